/* SPDX-License-Identifier: Apache-2.0 */
/* Each case that did not pass: expected beside observed, whose fault, and how to see it again. */
#include "ys_html.h"

static void write_side(struct ys_page *page, const struct ys_value *finding,
                       const char *class_name, enum ys_word title, const char *other)
{
    ys_xw_start(page->xw, "div");
    ys_xw_attr(page->xw, "class", class_name);
    ys_xw_element(page->xw, "h4", NULL, ys_page_word(page, title));
    ys_xw_element(page->xw, "pre", NULL, ys_page_side(page, finding, class_name));
    ys_html_card_side(page, finding, class_name, other);
    ys_xw_end_full(page->xw);
}

static void write_place(struct ys_page *page, const struct ys_value *map)
{
    const char *file = ys_page_text(map, "file");
    long long line = (long long)ys_value_get_int(map, "line", 0);
    if (file[0] != '\0') {
        ys_xw_element(page->xw, "dt", NULL, ys_page_word(page, YS_WORD_SOURCE));
        ys_xw_start(page->xw, "dd");
        ys_xw_start(page->xw, "code");
        ys_xw_text(page->xw, file);
        if (line > 0) {
            ys_xw_printf(page->xw, ":%lld", line);
        }
        ys_xw_end_full(page->xw);
        ys_xw_end_full(page->xw);
    }
}

/* Where it was found and how to see it again. */
static void write_way(struct ys_page *page, const struct ys_value *finding)
{
    struct ys_xw *xw = page->xw;
    const struct ys_value *evidence = ys_value_get(finding, "evidence");
    ys_page_fact(page, YS_WORD_STEP, ys_page_text(finding, "step"));
    write_place(page, finding);
    if (ys_value_count(evidence) > 0) {
        ys_xw_element(xw, "dt", NULL, ys_page_word(page, YS_WORD_EVIDENCE));
        ys_xw_start(xw, "dd");
        ys_page_citations(page, evidence);
        ys_xw_end_full(xw);
    }
}

/* Of the same exchange as the one before, which has said the rest. */
static bool is_same_way(const struct ys_value *finding, const struct ys_value *before)
{
    const struct ys_value *here = ys_value_get(finding, "evidence");
    const struct ys_value *there = ys_value_get(before, "evidence");
    return before && ys_value_count(here) == 1 && ys_value_count(there) == 1 &&
           ys_page_int_at(here, 0, 0) == ys_page_int_at(there, 0, 1) &&
           ys_page_is(finding, "step", ys_page_text(before, "step")) &&
           ys_page_is(finding, "cause", ys_page_text(before, "cause"));
}

static void write_finding(struct ys_page *page, const struct ys_value *finding,
                          const struct ys_value *before)
{
    struct ys_xw *xw = page->xw;
    const char *reproduce = ys_page_text(finding, "reproduce");
    bool is_repeated = is_same_way(finding, before);
    ys_xw_start(xw, "div");
    ys_xw_attr(xw, "class", "finding");
    if (ys_value_get(finding, "expected") || ys_value_get(finding, "observed")) {
        ys_xw_start(xw, "div");
        ys_xw_attr(xw, "class", "compare");
        write_side(page, finding, "expected", YS_WORD_EXPECTED, "observed");
        write_side(page, finding, "observed", YS_WORD_OBSERVED, "expected");
        ys_xw_end_full(xw);
    }
    ys_xw_start(xw, "dl");
    ys_xw_attr(xw, "class", "facts");
    ys_page_fact(page, YS_WORD_REASON, ys_page_reason(page, finding));
    ys_page_fact(page, YS_WORD_TARGET, ys_page_text(finding, "target"));
    if (!is_repeated) {
        ys_page_fact(page, YS_WORD_CAUSE,
                     ys_word_cause(page->lang, ys_page_text(finding, "cause")));
        write_way(page, finding);
    }
    ys_xw_end_full(xw);
    if (reproduce[0] != '\0' && !is_repeated) {
        ys_xw_element(xw, "p", "soft", ys_page_word(page, YS_WORD_REPRODUCE));
        ys_xw_element(xw, "pre", "reproduce", reproduce);
    }
    ys_xw_end_full(xw);
}

static void write_case(struct ys_page *page, const struct ys_value *test)
{
    struct ys_xw *xw = page->xw;
    const char *verdict = ys_page_text(test, "verdict");
    const struct ys_value *findings = ys_value_get(test, "findings");
    long long omitted = (long long)ys_value_get_int(test, "findings_omitted", 0);
    const char *clauses = ys_word_list(&page->arena, ys_value_get(test, "clauses"), " ");
    ys_xw_raw(xw, "\n");
    ys_xw_start(xw, "article");
    ys_xw_attr_printf(xw, "id", "case-%s", ys_page_text(test, "id"));
    ys_xw_attr(xw, "class", verdict);
    ys_xw_attr(xw, "data-verdict", verdict);
    ys_xw_attr(xw, "data-cause", ys_page_text(test, "cause"));
    ys_xw_attr(xw, "data-clauses", clauses);
    ys_xw_start(xw, "h3");
    ys_page_verdict(page, verdict);
    ys_xw_element(xw, "span", NULL, ys_word_of(page->lang, ys_value_get(test, "title")));
    ys_xw_end_full(xw);
    ys_xw_start(xw, "p");
    ys_xw_attr(xw, "class", "soft");
    ys_xw_printf(xw, "%s %s · ", ys_page_word(page, YS_WORD_CLAUSE), clauses);
    ys_xw_element(xw, "code", NULL, ys_page_text(test, "id"));
    ys_xw_end_full(xw);
    ys_xw_element(xw, "p", NULL, ys_page_reason(page, test));
    for (size_t i = 0; i < ys_value_count(findings); i++) {
        write_finding(page, ys_value_at(findings, i),
                      i > 0 ? ys_value_at(findings, i - 1u) : NULL);
    }
    ys_html_sequence(page, test);
    if (omitted > 0) {
        ys_xw_start(xw, "p");
        ys_xw_attr(xw, "class", "soft");
        ys_xw_printf(xw, page->lang == YS_LANG_EN
                             ? "%lld further findings of this case are not listed."
                             : "另有 %lld 条同类结果未列出。",
                     omitted);
        ys_xw_end_full(xw);
    }
    ys_xw_end_full(xw);
    ys_arena_reset(&page->arena);
}

void ys_html_findings(struct ys_page *page)
{
    ys_page_section_start(page, "findings", YS_WORD_FINDINGS);
    if (page->open_count == 0) {
        ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_FINDINGS_NONE));
    }
    for (size_t i = 0; i < page->open_count; i++) {
        write_case(page, ys_json_stream_at(page->cases, page->open_places[i]));
    }
    if (page->open_more > 0) {
        ys_page_more(page, "soft", YS_WORD_FINDINGS_MORE, page->open_more);
    }
    ys_page_section_end(page);
}
