/* SPDX-License-Identifier: Apache-2.0 */
/* The arena of a test program, for cmocka's set-up and tear-down of a group or of each test; the
 * tests find it in *state too. */
#ifndef TEST_ARENA_H
#define TEST_ARENA_H

#include "ys_mem.h"

static struct ys_arena test_arena;

static int set_up_arena(void **state)
{
    ys_arena_init(&test_arena);
    *state = &test_arena;
    return 0;
}

static int tear_down_arena(void **state)
{
    (void)state;
    ys_arena_clear(&test_arena);
    return 0;
}

#endif
