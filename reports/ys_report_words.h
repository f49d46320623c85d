/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the reports in both languages, and how data is worded. Private to the reports. */
#ifndef YS_REPORT_WORDS_H
#define YS_REPORT_WORDS_H

#include "ys_mem.h"
#include "ys_report.h"

enum ys_word {
#define YS_REPORT_TEXT(name, zh, en) YS_WORD_##name,
#include "texts.def"
#undef YS_REPORT_TEXT
    YS_WORD_COUNT
};

/* How a verdict, a conclusion, a cause … is called and drawn. */
struct ys_wording {
    const char *name; /* as in result.json */
    enum ys_word word;
    enum ys_word says; /* a sentence */
    const char *sign;  /* a shape that tells it apart without colour */
};

const char *ys_word(enum ys_lang lang, enum ys_word word);
/* NULL where the name is not known; then the name itself is shown. */
const struct ys_wording *ys_wording_verdict(const char *name);
const struct ys_wording *ys_wording_conclusion(const char *name);
#define YS_VERDICT_NAMES 5
extern const char *const ys_verdict_names[]; /* worst first, NULL at the end */
extern const char *const ys_cause_names[];   /* NULL at the end */
const char *ys_word_who(enum ys_lang lang, const char *name);
const char *ys_word_mode(enum ys_lang lang, const char *name);

/* A texts map, or a plain text. Never NULL. */
const char *ys_word_of(enum ys_lang lang, const struct ys_value *texts);
/* "2026-11-23 17:12:31" in Beijing; the text itself when it is no time. Arena-owned. */
const char *ys_word_time(struct ys_arena *arena, const char *utc);
/* The texts of a list with a separator between them; "" for none. Arena-owned. */
const char *ys_word_list(struct ys_arena *arena, const struct ys_value *list,
                         const char *separator);

#endif
