/* SPDX-License-Identifier: Apache-2.0 */
/* Scratch run directories and small files for the tests of this room. */
#ifndef YS_TEST_EVIDENCE_SUPPORT_H
#define YS_TEST_EVIDENCE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ys_log.h"
#include "ys_seal.h"

/* A run directory with what a test needs; made anew and removed around each test. */
struct run {
    char dir[64];
    struct ys_arena arena;
    struct ys_redactor *redactor;
    struct ys_clock_fake time;
    struct ys_clock clock;
    struct ys_err err;
};

int run_setup(void **state);
int run_teardown(void **state);

/* The content of dir/name, malloc'ed; *ret_size bytes. */
char *run_read(const struct run *run, const char *name, size_t *ret_size);
void run_write(const struct run *run, const char *name, const void *bytes, size_t size);
void run_remove(const struct run *run, const char *name);

/* `count` records, a blob, a manifest and a result, closed and sealed. */
void run_fill_and_seal(struct run *run, int count);
struct ys_log *run_open(struct run *run);
int64_t run_append(struct run *run, struct ys_log *log, int number);
enum ys_fault run_verify(struct run *run, struct ys_verification *ret_verification);

/* A small generator; a fixed seed, not 0, so that a failure can be repeated. */
uint32_t random_next(uint32_t *seed);
/* Makes `made`, which has room for twice `size` and 64 bytes, of `bytes` in one of six ways: a bit
 * or a byte changed, a piece cut out or doubled, the end cut off, a piece appended. Returns its
 * size; it may come out the same. */
size_t random_tamper(uint32_t *seed, const char *bytes, size_t size, char *made);

#endif
