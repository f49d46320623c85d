/* SPDX-License-Identifier: Apache-2.0 */
/* The suites of SUITES_FOLDER, for cmocka's set-up and tear-down; the tests find them in *state. */
#ifndef TEST_PACK_H
#define TEST_PACK_H

#include "ys_pack.h"

struct world {
    struct ys_arena arena;
    struct ys_diags diags;
    const struct ys_pack *pack;
};

static int set_up_pack(void **state)
{
    static struct world world;
    ys_arena_init(&world.arena);
    ys_diags_init(&world.diags, &world.arena);
    assert_int_equal(ys_pack_load(&world.arena, SUITES_FOLDER, NULL, 0, &world.diags, &world.pack),
                     YS_OK);
    *state = &world;
    return 0;
}

static int tear_down_pack(void **state)
{
    struct world *world = *state;
    ys_arena_clear(&world->arena);
    return 0;
}

#endif
