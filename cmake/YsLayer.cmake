# SPDX-License-Identifier: Apache-2.0
# ys_layer(NAME SOURCES … HEADERS … USES rooms… [PRIVATE libraries…])
#
# One static library a room. Its include path reaches others only through USES, so an include
# against the order of the rooms does not compile. HEADERS become a file set that the target
# all_verify_interface_header_sets compiles one by one, alone.
function(ys_layer name)
    cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;USES;PRIVATE" ${ARGN})
    add_library(ys_${name} STATIC ${ARG_SOURCES})
    add_library(ys::${name} ALIAS ys_${name})
    target_sources(ys_${name} PUBLIC FILE_SET HEADERS
        BASE_DIRS "${CMAKE_CURRENT_SOURCE_DIR}" FILES ${ARG_HEADERS})
    set_target_properties(ys_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
    target_link_libraries(ys_${name} PRIVATE ys_flags ${ARG_PRIVATE})
    target_compile_options(ys_${name} PRIVATE
        "SHELL:-include ${PROJECT_SOURCE_DIR}/harness/base/ys_banned.h")
    foreach(room IN LISTS ARG_USES)
        target_link_libraries(ys_${name} PUBLIC ys_${room})
    endforeach()
endfunction()
