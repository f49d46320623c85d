# SPDX-License-Identifier: Apache-2.0
# One interface target carries language level, warnings, sanitizers, coverage and hardening.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)

add_library(ys_flags INTERFACE)
add_library(ys::flags ALIAS ys_flags)
target_compile_definitions(ys_flags INTERFACE
    _POSIX_C_SOURCE=200809L YS_VERSION="${PROJECT_VERSION}")
target_compile_options(ys_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wcast-qual -Wpointer-arith
    -Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough -Wnull-dereference -Wswitch-enum
    -Wdouble-promotion
    $<$<BOOL:${YS_WERROR}>:-Werror>)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND YS_SANITIZE)
    # gcc 12 reports null dereferences and uninitialised uses on paths that only the
    # sanitizers' own instrumentation makes; clang and the plain gcc builds keep both.
    target_compile_options(ys_flags INTERFACE -Wno-null-dereference -Wno-maybe-uninitialized)
endif()
if(YS_SANITIZE)
    target_compile_options(ys_flags INTERFACE
        -fsanitize=${YS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(ys_flags INTERFACE -fsanitize=${YS_SANITIZE})
endif()
if(YS_COVERAGE)
    target_compile_options(ys_flags INTERFACE --coverage -O0)
    target_link_options(ys_flags INTERFACE --coverage)
endif()
if(YS_FUZZ)
    target_compile_options(ys_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(YS_HARDEN)
    target_compile_options(ys_flags INTERFACE -fstack-protector-strong -fPIE
        $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3>)
    target_link_options(ys_flags INTERFACE -pie -Wl,-z,relro,-z,now)
endif()
