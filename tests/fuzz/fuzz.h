/* SPDX-License-Identifier: Apache-2.0 */
/* What every fuzz target shares. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdlib.h>

/* The entry point that a target defines. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for any bytes. */
static inline void require(int holds)
{
    if (!holds) {
        abort();
    }
}

#endif
