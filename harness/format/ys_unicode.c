/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_unicode.h"

#include <stddef.h>

enum category {
    CN,
    CC,
    CF,
    CO,
    CS,
    LL,
    LM,
    LO,
    LT,
    LU,
    MC,
    ME,
    MN,
    ND,
    NL,
    NO,
    PC,
    PD,
    PE,
    PF,
    PI,
    PO,
    PS,
    SC,
    SK,
    SM,
    SO,
    ZL,
    ZP,
    ZS,
    PAIRS
};

/* In the order of the enumeration. */
static const char NAMES[][3] = {"Cn", "Cc", "Cf", "Co", "Cs", "Ll", "Lm", "Lo", "Lt", "Lu",
                                "Mc", "Me", "Mn", "Nd", "Nl", "No", "Pc", "Pd", "Pe", "Pf",
                                "Pi", "Po", "Ps", "Sc", "Sk", "Sm", "So", "Zl", "Zp", "Zs"};

static const struct {
    uint32_t first;
    uint32_t last;
    enum category category;
} RUNS[] = {
#define C(first, last, category) {first, last, category},
#include "ys_unicode.def"
#undef C
};

uint32_t ys_unicode_category(uint32_t character)
{
    size_t low = 0;
    size_t high = sizeof RUNS / sizeof RUNS[0];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (character > RUNS[middle].last) {
            low = middle + 1;
        } else if (character < RUNS[middle].first) {
            high = middle;
        } else if (RUNS[middle].category == PAIRS) {
            return UINT32_C(1) << ((character - RUNS[middle].first) % 2 ? LL : LU);
        } else {
            return UINT32_C(1) << RUNS[middle].category;
        }
    }
    return UINT32_C(1) << CN;
}

uint32_t ys_unicode_categories(const char *name, uint32_t length)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; length >= 1 && length <= 2 && i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (NAMES[i][0] == name[0] && (length == 1 || NAMES[i][1] == name[1])) {
            bits |= UINT32_C(1) << i;
        }
    }
    return bits;
}
