/* SPDX-License-Identifier: Apache-2.0 */
/* A text in Chinese and English. A document may give one string for both. */
#ifndef YS_TEXT_H
#define YS_TEXT_H

#include "ys_value.h"

struct ys_text {
    const char *zh;
    const char *en;
};

/* By "zh" or "en"; falls back to the other, never NULL. */
const char *ys_text_in(const struct ys_text *text, const char *lang);
/* {"zh": …, "en": …} */
struct ys_value *ys_text_value(struct ys_arena *arena, const struct ys_text *text);

#endif
