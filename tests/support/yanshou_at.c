/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yanshou-at TIME COMMAND…: yanshou on another day, for tests of what takes months. The linker puts
 * the clock below in the place of the machine's, which runs on from TIME; the program that is
 * installed has no such thing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "ys_cli.h"
#include "ys_clock.h"

const struct ys_clock *__real_ys_clock_real(void);
const struct ys_clock *__wrap_ys_clock_real(void);

static int64_t shift_us;

static int64_t shifted_wall_us(void *context)
{
    (void)context;
    const struct ys_clock *clock = __real_ys_clock_real();
    return clock->wall_us(clock->context) + shift_us;
}

static int64_t monotonic_ns(void *context)
{
    (void)context;
    const struct ys_clock *clock = __real_ys_clock_real();
    return clock->monotonic_ns(clock->context);
}

const struct ys_clock *__wrap_ys_clock_real(void)
{
    static const struct ys_clock clock = {
        .wall_us = shifted_wall_us, .monotonic_ns = monotonic_ns, .context = NULL};
    return &clock;
}

int main(int argc, char **argv)
{
    struct ys_err err;
    int64_t then = 0;
    const struct ys_clock *clock = __real_ys_clock_real();
    if (argc < 3) {
        fprintf(stderr, "usage: yanshou-at TIME COMMAND...\n");
        return YS_EXIT_USAGE;
    }
    if (ys_time_parse(argv[1], &then, &err) != YS_OK) {
        fprintf(stderr, "yanshou-at: %s\n", err.text);
        return YS_EXIT_USAGE;
    }
    shift_us = then - clock->wall_us(clock->context);
    argv[1] = argv[0];
    return ys_cli_main(argc - 1, argv + 1);
}
