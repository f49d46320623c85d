# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where, and the Debian package made of the same. Manual pages and
# completions are written by the program itself, so that they are those of its options.
#
# `cmake --build --preset release --target package-parts` builds all of it and nothing else.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

set(pages "yanshou 1" "yanshou-suite 5" "yanshou-candidate 5")
set(parts)
foreach(page IN LISTS pages)
    separate_arguments(page UNIX_COMMAND "${page}")
    list(GET page 0 name)
    list(GET page 1 section)
    set(file "${CMAKE_BINARY_DIR}/man/${name}.${section}.gz")
    add_custom_command(OUTPUT "${file}"
        COMMAND "${CMAKE_COMMAND}" -E make_directory "${CMAKE_BINARY_DIR}/man"
        COMMAND sh -c "\"$1\" help --man \"$2\" | gzip -9n >\"$3\"" sh
            "$<TARGET_FILE:yanshou>" "${name}" "${file}"
        DEPENDS yanshou VERBATIM)
    install(FILES "${file}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}")
    list(APPEND parts "${file}")
endforeach()

# Each shell looks below the data folder.
set(bash_file bash-completion/completions/yanshou)
set(zsh_file zsh/vendor-completions/_yanshou)
set(fish_file fish/vendor_completions.d/yanshou.fish)
foreach(shell bash zsh fish)
    set(file "${CMAKE_BINARY_DIR}/completions/${${shell}_file}")
    get_filename_component(folder "${file}" DIRECTORY)
    get_filename_component(place "${${shell}_file}" DIRECTORY)
    add_custom_command(OUTPUT "${file}"
        COMMAND "${CMAKE_COMMAND}" -E make_directory "${folder}"
        COMMAND sh -c "\"$1\" help --completion \"$2\" >\"$3\"" sh
            "$<TARGET_FILE:yanshou>" "${shell}" "${file}"
        DEPENDS yanshou VERBATIM)
    install(FILES "${file}" DESTINATION "${CMAKE_INSTALL_DATADIR}/${place}")
    list(APPEND parts "${file}")
endforeach()
add_custom_target(package-parts ALL DEPENDS ${parts} yanshou refbank virtual-card)

install(DIRECTORY suites/ DESTINATION "${CMAKE_INSTALL_DATADIR}/yanshou/suites")
install(DIRECTORY cards/profiles/ DESTINATION "${CMAKE_INSTALL_DATADIR}/yanshou/card-profiles")
install(FILES README.md README.zh-CN.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs")
install(FILES fixtures/candidates/refbank.yaml DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples")
file(READ .vscode/settings.json editor)
string(REPLACE "./suites/schema/" "/usr/share/yanshou/suites/schema/" editor "${editor}")
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/settings.json" CONTENT "${editor}" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/settings.json"
    DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples/.vscode")

# Debian wants a file of this name; the whole licence is in every Debian system.
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/copyright" @ONLY CONTENT
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: yanshou

Files: *
Copyright: the authors of yanshou
License: Apache-2.0
 On Debian systems the text of the licence is in /usr/share/common-licenses/Apache-2.0.
")
install(FILES "${CMAKE_BINARY_DIR}/copyright" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME yanshou)
set(CPACK_PACKAGE_VENDOR "the authors of yanshou")
set(CPACK_PACKAGE_CONTACT "the authors of yanshou <yanshou@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "acceptance tests of social security card banks")
set(CPACK_PACKAGE_DESCRIPTION
"Runs the acceptance suites of a city's bureau against a bank, its HTTPS
endpoints and its cards in readers, judges every clause of the regulation,
keeps the evidence and writes the report. With a reference bank and a
virtual card to try it on.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON) # the shared libraries, by what the programs need
set(CPACK_DEBIAN_PACKAGE_DEPENDS "poppler-utils, unzip") # they read documents (5.6, 5.8)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "pcscd, weasyprint, fonts-noto-cjk")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "jq, openssl, ca-certificates")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
include(CPack)
