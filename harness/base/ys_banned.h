/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that the harness does without: unbounded, locale- or zone-dependent, or behind ys_mem.
 * Included by the compiler's command line after the system headers it names (see YsLayer.cmake).
 */
#ifndef YS_BANNED_H
#define YS_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* clang has these two as macros where _FORTIFY_SOURCE is set, and warns about poisoned macros. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat sprintf vsprintf strtok strncpy strncat atoi atol atof
#pragma GCC poison strtol strtoul strtoll strtoull strtod gmtime localtime gmtime_r localtime_r
#pragma GCC poison ctime asctime mktemp tmpnam system gets
#ifndef YS_MAY_ALLOCATE
#pragma GCC poison malloc calloc realloc strdup strndup
#endif

#endif
