/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_report_words.h"

#include <stdint.h>
#include <string.h>

#include "ys_buf.h"
#include "ys_clock.h"

static const char *const words[YS_WORD_COUNT][2] = {
#define YS_REPORT_TEXT(name, zh, en) {zh, en},
#include "texts.def"
#undef YS_REPORT_TEXT
};

static const struct ys_wording verdicts[] = {
    {"fail", YS_WORD_FAIL, YS_WORD_SAYS_FAIL, "✕"},
    {"inconclusive", YS_WORD_INCONCLUSIVE, YS_WORD_SAYS_INCONCLUSIVE, "?"},
    {"pending", YS_WORD_PENDING, YS_WORD_SAYS_PENDING, "…"},
    {"pass", YS_WORD_PASS, YS_WORD_SAYS_PASS, "✓"},
    {"not-applicable", YS_WORD_NOT_APPLICABLE, YS_WORD_SAYS_NOT_APPLICABLE, "–"},
};

static const struct ys_wording conclusions[] = {
    {"qualified", YS_WORD_QUALIFIED, YS_WORD_SAYS_QUALIFIED, "✓"},
    {"unqualified", YS_WORD_UNQUALIFIED, YS_WORD_SAYS_UNQUALIFIED, "✕"},
    {"incomplete", YS_WORD_INCOMPLETE, YS_WORD_SAYS_INCOMPLETE, "…"},
};

const char *const ys_verdict_names[YS_VERDICT_NAMES + 1] = {"fail", "inconclusive",   "pending",
                                        "pass", "not-applicable", NULL};
const char *const ys_cause_names[] = {"candidate", "configuration", "environment",
                                      "harness",   "person",        NULL};

const char *ys_report_number(struct ys_arena *arena, const struct ys_value *result)
{
    const char *id = ys_value_get_text(ys_value_get(result, "candidate"), "id");
    const char *started = ys_value_get_text(result, "started");
    id = id ? id : "";
    if (!started || strlen(started) < 19) {
        return id;
    }
    return ys_arena_printf(arena, "%s-%.4s%.2s%.2sT%.2s%.2s%.2sZ", id, started, started + 5,
                           started + 8, started + 11, started + 14, started + 17);
}

const char *ys_report_name(struct ys_arena *arena, const struct ys_value *result,
                           const char *extension)
{
    const char *purpose = ys_value_get_text(result, "purpose");
    bool is_known =
        purpose && (strcmp(purpose, "acceptance") == 0 || strcmp(purpose, "gate") == 0);
    char *name = ys_arena_printf(arena, "%s-report-%s.%s", is_known ? purpose : "selftest",
                                 ys_report_number(arena, result), extension);
    /* The number comes from a file: nothing in it may lead to another folder. */
    for (char *at = name; *at; at++) {
        bool is_plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                        (*at >= '0' && *at <= '9') || strchr("-._", *at) != NULL;
        *at = is_plain ? *at : '-';
    }
    return name;
}

const char *ys_word(enum ys_lang lang, enum ys_word word)
{
    return words[word][lang == YS_LANG_EN ? 1 : 0];
}

static const struct ys_wording *find(const struct ys_wording *table, size_t count,
                                     const char *name)
{
    for (size_t i = 0; i < count && name; i++) {
        if (strcmp(table[i].name, name) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

const struct ys_wording *ys_wording_verdict(const char *name)
{
    return find(verdicts, sizeof verdicts / sizeof verdicts[0], name);
}

const struct ys_wording *ys_wording_conclusion(const char *name)
{
    return find(conclusions, sizeof conclusions / sizeof conclusions[0], name);
}

const char *ys_word_verdict(enum ys_lang lang, const char *name)
{
    const struct ys_wording *wording = ys_wording_verdict(name);
    return wording ? ys_word(lang, wording->word) : name ? name : "";
}

struct pair {
    const char *name;
    enum ys_word word;
};

static const char *word_by(enum ys_lang lang, const struct pair *pairs, size_t count,
                           const char *name)
{
    for (size_t i = 0; i < count && name; i++) {
        if (strcmp(pairs[i].name, name) == 0) {
            return ys_word(lang, pairs[i].word);
        }
    }
    return name ? name : "";
}

const char *ys_word_cause(enum ys_lang lang, const char *name)
{
    static const struct pair pairs[] = {{"candidate", YS_WORD_CAUSE_CANDIDATE},
                                        {"configuration", YS_WORD_CAUSE_CONFIGURATION},
                                        {"environment", YS_WORD_CAUSE_ENVIRONMENT},
                                        {"harness", YS_WORD_CAUSE_HARNESS},
                                        {"person", YS_WORD_CAUSE_PERSON}};
    return word_by(lang, pairs, sizeof pairs / sizeof pairs[0], name);
}

const char *ys_word_who(enum ys_lang lang, const char *name)
{
    static const struct pair pairs[] = {{"bank", YS_WORD_WHO_BANK},
                                        {"bureau", YS_WORD_WHO_BUREAU},
                                        {"inspector", YS_WORD_WHO_INSPECTOR},
                                        {"operator", YS_WORD_WHO_OPERATOR}};
    return word_by(lang, pairs, sizeof pairs / sizeof pairs[0], name);
}

const char *ys_word_mode(enum ys_lang lang, const char *name)
{
    static const struct pair pairs[] = {
        {"A", YS_WORD_MODE_A}, {"D", YS_WORD_MODE_D}, {"S", YS_WORD_MODE_S}};
    return word_by(lang, pairs, sizeof pairs / sizeof pairs[0], name);
}

const char *ys_word_of(enum ys_lang lang, const struct ys_value *texts)
{
    const char *plain = ys_value_text(texts);
    const char *zh = ys_value_get_text(texts, "zh");
    const char *en = ys_value_get_text(texts, "en");
    const char *first = lang == YS_LANG_EN ? en : zh;
    const char *second = lang == YS_LANG_EN ? zh : en;
    return plain ? plain : first ? first : second ? second : "";
}

const char *ys_word_time(struct ys_arena *arena, const char *utc)
{
    int64_t wall_us = 0;
    if (!utc || ys_time_parse(utc, &wall_us, NULL) != YS_OK) {
        return utc ? utc : "";
    }
    struct ys_civil civil = ys_civil_from_wall(wall_us, YS_BEIJING_OFFSET_S);
    return ys_arena_printf(arena, "%04d-%02d-%02d %02d:%02d:%02d", civil.year, civil.month,
                           civil.day, civil.hour, civil.minute, civil.second);
}

const char *ys_word_list(struct ys_arena *arena, const struct ys_value *list,
                         const char *separator)
{
    struct ys_buf text;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    for (size_t i = 0; i < ys_value_count(list); i++) {
        const char *item = ys_value_text(ys_value_at(list, i));
        if (!item || (text.length > 0 && ys_buf_append_text(&text, separator) != YS_OK) ||
            ys_buf_append_text(&text, item) != YS_OK) {
            continue;
        }
    }
    const char *joined = ys_arena_strndup(arena, text.bytes, text.length);
    ys_buf_clear(&text);
    return joined;
}
