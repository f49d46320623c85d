# SPDX-License-Identifier: Apache-2.0
# What a person who builds Yanshou may choose. Presets set these for the usual purposes.
option(YS_WERROR "Treat compiler warnings as errors" OFF)
option(YS_BUILD_TESTS "Build the tests" ON)
option(YS_FUZZ "Build fuzz targets with libFuzzer (clang only)" OFF)
option(YS_COVERAGE "Instrument for coverage" OFF)
option(YS_HARDEN "Fortify, stack protector, PIE and full RELRO" OFF)
set(YS_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address,undefined or thread")
