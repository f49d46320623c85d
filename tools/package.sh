#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the Debian package, looks it over and runs what it holds.
#
#   sh tools/package.sh [FOLDER]               the package is FOLDER/yanshou_VERSION_ARCH.deb
#   sh tools/package.sh --clean-root [FOLDER]  also installs and runs it in a Debian that was made
#                                              for it by debootstrap (root or sudo, and apt's package source)
#
# FOLDER is build/package by default. YS_PRESET names the preset (release); YS_BUILD_DIR a folder
# that is built already, of which the package is made.
set -eu
cd "$(dirname "$0")/.."
clean_root=
[ "${1:-}" != --clean-root ] || { clean_root=1; shift; }
folder=${1:-build/package}
preset=${YS_PRESET:-release}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
build=${YS_BUILD_DIR:-}

say() {
    printf '%s\n' "package: $*"
}
fail() {
    printf '%s\n' "package: $*" >&2
    exit 1
}

if [ -z "$build" ]; then
    build=$PWD/build/$preset
    [ -e "$build/build.ninja" ] || cmake --preset "$preset" >/dev/null
    cmake --build "$build" --target package-parts
fi
rm -f "$folder"/yanshou_*.deb
(cd "$build" && cpack -G DEB -B "$folder" >"$folder/cpack.log" 2>&1) || {
    cat "$folder/cpack.log" >&2
    exit 1
}
rm -rf "$folder/_CPack_Packages"
deb=$(ls "$folder"/yanshou_*.deb)
say "built $deb"

# What the package says of itself.
field() {
    dpkg-deb -f "$deb" "$1"
}
version=$(sed -n 's/^project(yanshou VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
[ "$(field Package)" = yanshou ] || fail "Package is $(field Package)"
[ "$(field Version)" = "$version" ] || fail "Version is $(field Version), not $version"
[ "$(field Architecture)" = "$(dpkg --print-architecture)" ] || fail "wrong architecture"
[ "$(field Recommends)" = "pcscd, weasyprint, fonts-noto-cjk" ] || fail "Recommends: $(field Recommends)"
for package in libc6 libcurl4 libpcsclite1 libssl3 libyaml-0-2 libjansson4 libxml2 libsqlite3-0 \
    libedit2 libqrencode4 libjpeg62-turbo libpng16-16 libmicrohttpd12 libgnutls30 poppler-utils unzip; do
    field Depends | tr ',' '\n' | grep -q "^ *$package\( \|$\)" || fail "Depends lacks $package"
done

# What it holds; nothing of the machine that built it.
rm -rf "$folder/root"
dpkg-deb -x "$deb" "$folder/root"
root=$folder/root/usr
doc=$root/share/doc/yanshou
for path in "$root/bin/yanshou" "$root/bin/refbank" "$root/bin/virtual-card" \
    "$root/share/man/man1/yanshou.1.gz" "$root/share/man/man5/yanshou-suite.5.gz" \
    "$root/share/man/man5/yanshou-candidate.5.gz" \
    "$root/share/bash-completion/completions/yanshou" \
    "$root/share/zsh/vendor-completions/_yanshou" \
    "$root/share/fish/vendor_completions.d/yanshou.fish" \
    "$root/share/yanshou/suites/beijing-2024/regulation.yaml" \
    "$root/share/yanshou/suites/schema/candidate.schema.json" \
    "$root/share/yanshou/card-profiles/ssc-v3.yaml" "$doc/copyright" "$doc/examples/refbank.yaml"; do
    [ -s "$path" ] || fail "the package lacks ${path#"$folder/root"}"
done
for page in yanshou.1 yanshou-suite.5 yanshou-candidate.5; do
    gzip -dc "$root/share/man/man${page##*.}/$page.gz" >"$folder/$page"
    "$root/bin/yanshou" help --man "${page%.*}" | cmp - "$folder/$page" ||
        fail "$page is not what the program says"
    rm -f "$folder/$page"
done
[ -z "$(find "$folder/root" -perm /022 ! -type l)" ] || fail "something is writable by others"

# What it does: from a folder that is not the source tree it finds the suites beside it.
try() {
    told=$(cd / && env -u YS_DATA_DIR "$@" 2>&1) || fail "$*: status $?: $told"
}
try "$root/bin/yanshou" --version
[ "$told" = "yanshou $version" ] || fail "--version says $told"
try "$root/bin/yanshou" check --json
mv "$root/share/yanshou/suites" "$root/share/yanshou/suites.away"
mkdir "$root/share/yanshou/suites"
if (cd / && "$root/bin/yanshou" check) >/dev/null 2>&1; then
    fail "the suites come from somewhere else than the package"
fi
rmdir "$root/share/yanshou/suites"
mv "$root/share/yanshou/suites.away" "$root/share/yanshou/suites"
try "$root/bin/refbank" --list-defects
try "$root/bin/virtual-card" --help
say "$(field Depends | tr ',' '\n' | wc -l) dependencies, $(find "$folder/root" -type f | wc -l) files, runs from where it is put"
rm -rf "$folder/root"
[ -n "$clean_root" ] || exit 0

# A Debian with nothing but its essentials; the package sources are those of this machine.
as_root=
[ "$(id -u)" -eq 0 ] || as_root="sudo -n"
PATH=$PATH:/usr/sbin
command -v debootstrap >/dev/null || fail "--clean-root needs debootstrap"
mirror=$(apt-get indextargets --format '$(SITE) $(CODENAME) $(CREATED_BY)' |
    sed -n 's/^\([^ ]*\) bookworm Packages$/\1/p' | sort -u | head -n 1)
[ -n "$mirror" ] || fail "apt knows no package source for Debian 12"
clean=$folder/clean
$as_root rm -rf "$clean"
$as_root debootstrap --variant=minbase bookworm "$clean" "$mirror" >"$folder/debootstrap.log" 2>&1 || {
    tail -n 5 "$folder/debootstrap.log" >&2
    exit 4
}
say "a clean Debian $(cat "$clean/etc/debian_version") with $($as_root chroot "$clean" dpkg-query -W | wc -l) packages"
$as_root cp "$deb" "$clean/tmp/yanshou.deb"
$as_root mount -t proc proc "$clean/proc" # the programs look at /proc/self/exe
trap '$as_root umount "$clean/proc" 2>/dev/null || true' EXIT
in_clean() {
    $as_root chroot "$clean" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} "$@"
}
in_clean apt-get update -qq
in_clean apt-get install -y -qq --no-install-recommends /tmp/yanshou.deb >"$folder/install.log" 2>&1 || {
    tail -n 20 "$folder/install.log" >&2
    exit 1
}
say "installed: $(in_clean dpkg-query -W yanshou)"
in_clean dpkg --audit
in_clean sh -c 'cd / && yanshou --version && yanshou check && yanshou help run >/dev/null &&
    refbank --list-defects >/dev/null && virtual-card --help >/dev/null &&
    test -s /usr/share/bash-completion/completions/yanshou' || fail "it does not run in the clean root"
in_clean apt-get purge -y -qq yanshou >>"$folder/install.log" 2>&1
! in_clean sh -c 'command -v yanshou || ls /usr/share/yanshou' >/dev/null 2>&1 ||
    fail "something stays behind when the package is removed"
$as_root umount "$clean/proc"
$as_root rm -rf "$clean"
say "installed, ran and was removed in a clean root"
