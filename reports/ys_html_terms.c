/* SPDX-License-Identifier: Apache-2.0 */
/* Who must act on an open line, by when, and how long the statement of a report holds. */
#include <string.h>

#include "ys_html.h"

/* The statutory term that runs: of several the last, since each begins with the end of the one
 * before. NULL: none runs. */
static const struct ys_value *running_term(const struct ys_page *page)
{
    const struct ys_value *clocks = ys_value_get(page->result, "clocks");
    const struct ys_value *found = NULL;
    for (size_t i = 0; i < ys_value_count(clocks); i++) {
        const struct ys_value *clock = ys_value_at(clocks, i);
        bool runs = ys_page_is(clock, "state", "running") || ys_page_is(clock, "state", "ending") ||
                    ys_page_is(clock, "state", "overdue");
        if (runs && ys_value_get_text(clock, "due")) {
            found = clock;
        }
    }
    return found;
}

/* The known failure of the gate that covers a case; NULL: none. */
static const struct ys_value *known_of(const struct ys_page *page, const char *case_id)
{
    const struct ys_value *known = ys_value_get(page->gate, "known");
    for (size_t i = 0; i < ys_value_count(known) && case_id; i++) {
        if (ys_page_is(ys_value_at(known, i), "case", case_id)) {
            return ys_value_at(known, i);
        }
    }
    return NULL;
}

const char *ys_page_due(struct ys_page *page, const char *case_id)
{
    const struct ys_value *known = known_of(page, case_id);
    const struct ys_value *term = running_term(page);
    if (known) {
        return ys_page_text(known, "expires");
    }
    if (!term) {
        return ys_page_word(page, YS_WORD_DUE_NONE);
    }
    return ys_arena_printf(
        &page->arena, page->lang == YS_LANG_EN ? "%s (term of %s%s)" : "%s（%s 的期限%s）",
        ys_page_text(term, "due"), ys_page_text(term, "id"),
        ys_page_is(term, "state", "overdue") ? ys_page_word(page, YS_WORD_DUE_OVERDUE) : "");
}

const char *ys_page_who_by_cause(const char *cause)
{
    static const struct {
        const char *cause;
        const char *who;
    } known[] = {{"candidate", "bank"},
                 {"configuration", "operator"},
                 {"environment", "operator"},
                 {"harness", "bureau"},
                 {"person", "inspector"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].cause, cause) == 0) {
            return known[i].who;
        }
    }
    return "";
}

const char *ys_page_owner(struct ys_page *page, const char *who, const char *case_id)
{
    const struct ys_value *known = known_of(page, case_id);
    const struct ys_value *candidate = ys_value_get(page->result, "candidate");
    const char *word = ys_word_who(page->lang, who);
    const char *name = strcmp(who, "bank") == 0
                           ? ys_page_text(ys_value_get(candidate, "legal_entity"), "contact")
                       : strcmp(who, "inspector") == 0 ? ys_page_text(page->result, "inspector")
                                                       : "";
    if (known) {
        name = ys_page_text(known, "owner");
    }
    return name[0] == '\0'
               ? word
               : ys_arena_printf(&page->arena, page->lang == YS_LANG_EN ? "%s, %s" : "%s，%s", word,
                                 name);
}

/* ---- how long it holds ---- */

struct expiry {
    const char *day;
    const char *clause;
};

static void take_expiry(struct expiry *expiry, const struct ys_value *item, const char *member)
{
    const char *day = ys_value_get_text(item, member);
    if (day && (!expiry->day || strcmp(day, expiry->day) < 0)) {
        expiry->day = day;
        expiry->clause = ys_page_text(item, "clause");
    }
}

const char *ys_page_holds_until(struct ys_page *page)
{
    const struct ys_value *documents = ys_value_get(page->result, "documents");
    const struct ys_value *findings = ys_value_get(page->result, "attestations");
    struct expiry expiry = {NULL, NULL};
    for (size_t i = 0; i < ys_value_count(documents); i++) {
        if (ys_page_is(ys_value_at(documents, i), "verdict", "pass")) {
            take_expiry(&expiry, ys_value_at(documents, i), "valid_until");
        }
    }
    for (size_t i = 0; i < ys_value_count(findings); i++) {
        const struct ys_value *one = ys_value_at(findings, i);
        if (ys_page_is(one, "verdict", "pass") && ys_page_is(one, "state", "counts")) {
            take_expiry(&expiry, one, "expires");
        }
    }
    if (!expiry.day) {
        return ys_page_word(page, YS_WORD_HOLDS_OPEN);
    }
    return ys_arena_printf(&page->arena,
                           page->lang == YS_LANG_EN
                               ? "%s: then the first finding or document that it rests on expires "
                                 "(clause %s)"
                               : "%s：届时所依据的人员认定或文件中最早的一项到期（条款 %s）",
                           expiry.day, expiry.clause);
}
