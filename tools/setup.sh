#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing on Debian 12 and builds. Quick when nothing is missing.
#
#   sh tools/setup.sh            release build: build/release/bin/{yanshou,refbank,virtual-card}
#   YS_PRESET=dev sh tools/setup.sh   another preset of CMakePresets.json, beside the release build
set -eu
cd "$(dirname "$0")/.."
preset=${YS_PRESET:-release}

packages="gcc clang libclang-rt-14-dev cmake ninja-build ccache pkg-config libc6-dev
    libpcsclite-dev libedit-dev pcscd vsmartcard-vpcd libcurl4-openssl-dev libyaml-dev libcmocka-dev libssl-dev
    libjansson-dev libxml2-dev libxml2-utils libmicrohttpd-dev libgnutls28-dev libsqlite3-dev
    openssl jq python3-jsonschema python3-yaml git procps opensc pcsc-tools python3-pyscard chromium fonts-noto-cjk
    ca-certificates clang-format poppler-utils unzip weasyprint libqrencode-dev libjpeg62-turbo-dev libpng-dev
    mandoc zsh fish dpkg-dev file debootstrap"

say() {
    printf '%s\n' "setup: $*"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        say "needs root or sudo to run: $*" >&2
        exit 4
    fi
}

missing=
for package in $packages; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
    say "installing$missing"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

# Packages of npm that tests use, below build/NAME, once for these versions.
npm_install() {
    folder=build/$1
    shift
    [ "$(cat "$folder/installed" 2>/dev/null)" != "$*" ] || return 0
    if ! command -v npm >/dev/null 2>&1; then
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
    fi
    say "installing $*"
    mkdir -p "$folder"
    npm install --silent --no-save --no-package-lock --ignore-scripts --prefix "$folder" "$@" >/dev/null
    printf '%s\n' "$*" >"$folder/installed"
}

# The accessibility checker that a test of the report runs in Chromium.
npm_install axe axe-core@4.14.1
# The published schemas of formats that a test checks reports against.
npm_install schemas ctrf@0.3.0 @microsoft/jest-sarif@1.0.0-beta.0

build() {
    launcher=
    if command -v ccache >/dev/null 2>&1; then
        launcher=-DCMAKE_C_COMPILER_LAUNCHER=ccache
    fi
    # shellcheck disable=SC2086
    cmake --preset "$1" $launcher >"build/$1.configure.log" 2>&1 || {
        cat "build/$1.configure.log" >&2
        exit 4
    }
    say "building preset $1"
    cmake --build --preset "$1"
}

mkdir -p build
build release
[ "$preset" = release ] || build "$preset"
say "programs are in build/release/bin"
