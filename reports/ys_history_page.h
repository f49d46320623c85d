/* SPDX-License-Identifier: Apache-2.0 */
/* What the sources of the history's page share. Private to the reports. */
#ifndef YS_HISTORY_PAGE_H
#define YS_HISTORY_PAGE_H

#include "ys_report.h"
#include "ys_xml_writer.h"

struct ys_history_page {
    struct ys_xw *xw;
    struct ys_arena *arena;
    const struct ys_value *history;
    enum ys_lang lang;
};

const char *ys_hp_text(const struct ys_value *map, const char *name); /* never NULL */
const char *ys_hp_word(const struct ys_history_page *page, const char *name);
/* Days since 1970 of a "YYYY-MM-DD" member; -1 where there is none. */
int64_t ys_hp_day(const struct ys_value *map, const char *name);
/* zh or en of a texts map. */
const char *ys_hp_in(const struct ys_history_page *page, const struct ys_value *texts);

void ys_history_burndown(struct ys_history_page *page);
void ys_history_timeline(struct ys_history_page *page);
void ys_history_tables(struct ys_history_page *page);
void ys_history_blockers(struct ys_history_page *page);

#endif
