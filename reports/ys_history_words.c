/* SPDX-License-Identifier: Apache-2.0 */
/* The words and the sentence of a forecast, for the terminal and the page. */
#include <string.h>

#include "ys_report.h"

const char *ys_history_word(enum ys_lang lang, const char *name)
{
    static const struct {
        const char *name;
        const char *zh;
        const char *en;
    } words[] = {
#define YS_TEXT(name, zh, en) {name, zh, en},
#include "history.def"
#undef YS_TEXT
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i].name, name) == 0) {
            return lang == YS_LANG_ZH ? words[i].zh : words[i].en;
        }
    }
    return name;
}

const char *ys_history_forecast(struct ys_arena *arena, enum ys_lang lang,
                                const struct ys_value *forecast)
{
    bool zh = lang == YS_LANG_ZH;
    const char *state = ys_value_word(forecast, "state");
    long long points = (long long)ys_value_get_int(forecast, "points", 0);
    if (strcmp(state, "done") == 0) {
        return zh ? "已没有未达标的条款" : "no clause is open";
    }
    if (strcmp(state, "too-few") == 0) {
        long long needed = (long long)ys_value_get_int(forecast, "points_needed", 0);
        long long days = (long long)ys_value_get_int(forecast, "days_needed", 0);
        return zh ? ys_arena_printf(arena,
                                    "不作预测：有运行的日期只有 %lld 个；至少需要 %lld 个，且跨 "
                                    "%lld 天",
                                    points, needed, days)
                  : ys_arena_printf(arena,
                                    "none is made: days with runs: %lld; needed: %lld, over at "
                                    "least %lld days",
                                    points, needed, days);
    }
    if (strcmp(state, "no-progress") == 0) {
        return ys_arena_printf(arena,
                               zh ? "不作预测：最近 %lld 个日期的未达标条款数没有下降"
                                  : "none is made: over the last %lld days with runs the number of "
                                    "open clauses does not fall",
                               points);
    }
    long long weekly = (long long)-ys_value_get_int(forecast, "weekly_hundredths", 0);
    const char *latest = ys_value_word(forecast, "latest");
    const char *outlook = ys_value_word(forecast, "outlook");
    return ys_arena_printf(
        arena,
        zh ? "%s（90%% 区间 %s 至 %s）：每周减少 %lld.%02lld 项，依据 %lld 个日期%s%s"
           : "%s (90 %% interval %s to %s): %lld.%02lld clauses a week fewer, by %lld days%s%s",
        ys_value_word(forecast, "expected"), ys_value_word(forecast, "earliest"),
        *latest ? latest : ys_history_word(lang, "never"), weekly / 100, weekly % 100, points,
        *outlook ? (zh ? "；" : "; ") : "", *outlook ? ys_history_word(lang, outlook) : "");
}
