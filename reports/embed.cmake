# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=file.c -DINPUTS=a.css;b.js -P embed.cmake
#
# Writes each input as a NUL-terminated array of bytes named after its file: report.css becomes
# ys_asset_report_css. Bytes, not a string literal: C17 promises only 4095 characters of those.
set(text "/* Generated from the files in reports/assets. */\n#include \"ys_report_assets.h\"\n")
foreach(input IN LISTS INPUTS)
    get_filename_component(name "${input}" NAME)
    string(MAKE_C_IDENTIFIER "${name}" name)
    file(READ "${input}" bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND text "const char ys_asset_${name}[] = {${bytes}'\\0'};\n")
endforeach()
file(WRITE "${OUTPUT}" "${text}")
