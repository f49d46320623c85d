# SPDX-License-Identifier: Apache-2.0
# ys_unit_test(NAME SOURCES … USES targets… [LABEL label] [WRAP symbols…])
#
# A cmocka program that CTest runs. LABEL is `unit` where it is not given.
function(ys_unit_test name)
    cmake_parse_arguments(ARG "" "LABEL" "SOURCES;USES;WRAP" ${ARGN})
    if(NOT ARG_LABEL)
        set(ARG_LABEL unit)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ys_flags PkgConfig::cmocka ${ARG_USES})
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/support")
    foreach(symbol IN LISTS ARG_WRAP)
        target_link_options(${name} PRIVATE "-Wl,--wrap=${symbol}")
    endforeach()
    set_target_properties(${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT 300
        ENVIRONMENT "YS_SOURCE_DIR=${PROJECT_SOURCE_DIR}")
endfunction()

# ys_fuzz_target(NAME SOURCE file USES targets… CORPUS directory)
#
# A libFuzzer entry point (LLVMFuzzerTestOneInput). With YS_FUZZ it is a fuzzer; in every other
# build a small main replays the corpus, so each finding stays a test.
function(ys_fuzz_target name)
    cmake_parse_arguments(ARG "" "SOURCE;CORPUS" "USES" ${ARGN})
    if(YS_FUZZ)
        add_executable(${name} ${ARG_SOURCE})
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    else()
        add_executable(${name} ${ARG_SOURCE} "${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.c")
    endif()
    target_link_libraries(${name} PRIVATE ys_flags ${ARG_USES})
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/fuzz")
    set_target_properties(${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
    if(YS_FUZZ)
        add_test(NAME ${name} COMMAND ${name} -runs=2000 -max_total_time=30 ${ARG_CORPUS})
    else()
        add_test(NAME ${name} COMMAND ${name} ${ARG_CORPUS})
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "fuzz" TIMEOUT 300)
endfunction()
