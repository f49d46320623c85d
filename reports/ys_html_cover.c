/* SPDX-License-Identifier: Apache-2.0 */
/* The first page: what this is, of whom, with which result. */
#include <string.h>

#include "ys_html.h"

struct heading {
    enum ys_word title;
    enum ys_word purpose;
    enum ys_word addressee;
    enum ys_word action;
    enum ys_word signer;
    const char *watermark; /* NULL: none */
    const char *notice;
};

/* What is not called an acceptance is treated as a self-test, the weaker claim. */
static struct heading heading_of(const struct ys_page *page)
{
    if (ys_page_is(page->result, "purpose", "acceptance")) {
        return (struct heading){.title = YS_WORD_TITLE_ACCEPTANCE,
                                .purpose = YS_WORD_PURPOSE_ACCEPTANCE,
                                .addressee = YS_WORD_TO_ACCEPTANCE,
                                .action = YS_WORD_ACTION_ACCEPTANCE,
                                .signer = YS_WORD_SIGNED_ACCEPTANCE};
    }
    if (ys_page_is(page->result, "purpose", "gate")) {
        return (struct heading){.title = YS_WORD_TITLE_GATE,
                                .purpose = YS_WORD_PURPOSE_GATE,
                                .addressee = YS_WORD_TO_GATE,
                                .action = YS_WORD_ACTION_GATE,
                                .signer = YS_WORD_SIGNED_GATE,
                                .watermark = ys_page_word(page, YS_WORD_WATERMARK_GATE),
                                .notice = ys_page_word(page, YS_WORD_NOTICE_GATE)};
    }
    return (struct heading){.title = YS_WORD_TITLE_SELFTEST,
                            .purpose = YS_WORD_PURPOSE_SELFTEST,
                            .addressee = YS_WORD_TO_SELFTEST,
                            .action = YS_WORD_ACTION_SELFTEST,
                            .signer = YS_WORD_SIGNED_SELFTEST,
                            .watermark = ys_page_word(page, YS_WORD_WATERMARK_SELFTEST),
                            .notice = ys_page_word(page, YS_WORD_NOTICE_SELFTEST)};
}

/* Title of the document: "关于参考银行的验收测试报告". */
static void write_h1(struct ys_page *page, const struct heading *heading)
{
    const char *name =
        ys_word_of(page->lang, ys_value_get(ys_value_get(page->result, "candidate"), "name"));
    ys_xw_start(page->xw, "h1");
    if (name[0] == '\0') {
        ys_xw_text(page->xw, ys_page_word(page, heading->title));
    } else if (page->lang == YS_LANG_EN) {
        ys_xw_printf(page->xw, "%s on %s", ys_page_word(page, heading->title), name);
    } else {
        ys_xw_printf(page->xw, "关于%s的%s", name, ys_page_word(page, heading->title));
    }
    ys_xw_end_full(page->xw);
}

/* GB/T 9704: issuer's mark, number, red rule, title, addressee. */
static void write_title(struct ys_page *page, const struct heading *heading)
{
    struct ys_xw *xw = page->xw;
    if (heading->watermark) {
        ys_xw_start(xw, "div");
        ys_xw_attr(xw, "class", "watermark");
        ys_xw_attr(xw, "aria-hidden", "true");
        ys_xw_element(xw, "span", NULL, heading->watermark);
        ys_xw_end_full(xw);
    }
    ys_xw_start(xw, "p");
    ys_xw_attr(xw, "class", "head");
    ys_xw_text(xw, ys_page_word(page, YS_WORD_HEAD));
    ys_xw_element(xw, "span", "kind", ys_page_word(page, heading->purpose));
    ys_xw_end_full(xw);
    ys_xw_start(xw, "p");
    ys_xw_attr(xw, "class", "number");
    ys_xw_printf(xw, "%s　", ys_page_word(page, YS_WORD_NUMBER));
    ys_xw_element(xw, "b", "id", ys_report_number(&page->arena, page->result));
    ys_xw_end_full(xw);
    ys_xw_start(xw, "hr");
    ys_xw_attr(xw, "class", "rule");
    ys_xw_end(xw);
    write_h1(page, heading);
    ys_xw_element(xw, "p", "addressee", ys_page_word(page, heading->addressee));
}

static const char *day_of(struct ys_page *page, const char *name)
{
    const char *time = ys_word_time(&page->arena, ys_page_text(page->result, name));
    if (strlen(time) < 10) {
        return time;
    }
    return page->lang == YS_LANG_EN
               ? ys_arena_strndup(&page->arena, time, 10)
               : ys_arena_printf(&page->arena, "%.4s年%d月%d日", time,
                                 (time[5] - '0') * 10 + time[6] - '0',
                                 (time[8] - '0') * 10 + time[9] - '0');
}

/* What was done, in one sentence. */
static void write_opening(struct ys_page *page, const struct heading *heading)
{
    const struct ys_value *candidate = ys_value_get(page->result, "candidate");
    const char *regulation =
        ys_word_of(page->lang, ys_value_get(ys_value_get(page->result, "regulation"), "title"));
    ys_xw_start(page->xw, "p");
    ys_xw_attr(page->xw, "class", "opening");
    const char *name = ys_word_of(page->lang, ys_value_get(candidate, "name"));
    const char *action = ys_page_word(page, heading->action);
    size_t cases = ys_json_stream_count(page->cases);
    size_t clauses = ys_value_count(ys_value_get(page->result, "clauses"));
    if (page->lang == YS_LANG_EN) {
        ys_xw_printf(page->xw,
                     "Under \"%s\", the %s of %s was carried out on %s (Beijing time). %zu cases "
                     "ran and %zu clauses were looked at. The conclusion is:",
                     regulation, action, name, day_of(page, "started"), cases, clauses);
    } else {
        ys_xw_printf(page->xw,
                     "依据《%s》，%s（北京时间）对%s进行了%s，共执行用例 %zu 个，"
                     "逐条查看条款 %zu 条。现将结论报告如下：",
                     regulation, day_of(page, "started"), name, action, cases, clauses);
    }
    ys_xw_end_full(page->xw);
}

/* The annexes with their pages (in print), then who signs and when. */
static void write_ending(struct ys_page *page, const struct heading *heading)
{
    struct ys_xw *xw = page->xw;
    ys_xw_start(xw, "div");
    ys_xw_attr(xw, "class", "annexes");
    ys_xw_element(xw, "p", NULL, ys_page_word(page, YS_WORD_ANNEXES));
    ys_page_contents(page, 1);
    ys_xw_end_full(xw);
    ys_xw_start(xw, "p");
    ys_xw_attr(xw, "class", "signed");
    ys_xw_element(xw, "span", NULL, ys_page_word(page, heading->signer));
    ys_xw_element(xw, "span", NULL, day_of(page, "ended"));
    ys_xw_end_full(xw);
}

static void write_conclusion(struct ys_page *page)
{
    struct ys_xw *xw = page->xw;
    const char *name = ys_page_text(page->result, "conclusion");
    const struct ys_wording *wording = ys_wording_conclusion(name);
    ys_xw_start(xw, "section");
    ys_xw_attr(xw, "id", "conclusion");
    ys_xw_attr_printf(xw, "class", "conclusion %s", wording ? wording->name : "incomplete");
    ys_xw_attr(xw, "aria-labelledby", "conclusion-title");
    ys_xw_start(xw, "div");
    ys_xw_attr(xw, "class", "seal");
    ys_xw_start(xw, "span");
    ys_xw_start(xw, "i");
    ys_xw_attr(xw, "aria-hidden", "true");
    ys_xw_text(xw, wording ? wording->sign : "?");
    ys_xw_end_full(xw);
    ys_xw_text(xw, wording ? ys_page_word(page, wording->word) : name);
    ys_xw_end_full(xw);
    ys_xw_end_full(xw);
    ys_xw_start(xw, "div");
    ys_xw_start(xw, "h2");
    ys_xw_attr(xw, "id", "conclusion-title");
    ys_xw_text(xw, ys_page_word(page, YS_WORD_CONCLUSION));
    ys_xw_end_full(xw);
    ys_xw_start(xw, "p");
    ys_xw_printf(xw, page->lang == YS_LANG_EN ? "%s: %s" : "%s：%s",
                 ys_word_of(page->lang, ys_value_get(ys_value_get(page->result, "candidate"),
                                                     "name")),
                 wording ? ys_page_word(page, wording->word) : name);
    ys_xw_end_full(xw);
    ys_xw_element(xw, "p", NULL, wording ? ys_page_word(page, wording->says) : "");
    ys_xw_end_full(xw);
    ys_xw_end_full(xw);
}

static void write_notices(struct ys_page *page, const struct heading *heading)
{
    if (heading->notice) {
        ys_xw_element(page->xw, "p", "notice purpose", heading->notice);
    }
    if (ys_page_is(page->result, "readers", "virtual")) {
        ys_xw_element(page->xw, "p", "notice", ys_page_word(page, YS_WORD_NOTICE_VIRTUAL));
    }
    if (ys_page_is(page->result, "readers", "replay")) {
        ys_xw_element(page->xw, "p", "notice", ys_page_word(page, YS_WORD_NOTICE_REPLAY));
    }
    if (ys_value_get_bool(page->result, "interrupted", false)) {
        ys_xw_element(page->xw, "p", "notice", ys_page_word(page, YS_WORD_NOTICE_INTERRUPTED));
    }
}

static const char *readers_word(const struct ys_page *page)
{
    const char *readers = ys_page_text(page->result, "readers");
    return strcmp(readers, "virtual") == 0    ? ys_page_word(page, YS_WORD_READERS_VIRTUAL)
           : strcmp(readers, "replay") == 0   ? ys_page_word(page, YS_WORD_READERS_REPLAY)
           : strcmp(readers, "physical") == 0 ? ys_page_word(page, YS_WORD_READERS_PHYSICAL)
           : strcmp(readers, "none") == 0 || readers[0] == '\0'
               ? ys_page_word(page, YS_WORD_READERS_NONE)
               : readers;
}

static void write_time(struct ys_page *page, enum ys_word word, const char *name)
{
    const char *time = ys_word_time(&page->arena, ys_page_text(page->result, name));
    if (time[0] != '\0') {
        ys_page_fact(page, word,
                     ys_arena_printf(&page->arena,
                                     page->lang == YS_LANG_EN ? "%s (%s)" : "%s（%s）", time,
                                     ys_page_word(page, YS_WORD_BEIJING_TIME)));
    }
}

/* The statutory terms that are not kept yet: due when, and which day this is. */
static void write_deadlines(struct ys_page *page)
{
    const struct ys_value *clocks = ys_value_get(page->result, "clocks");
    for (size_t i = 0; i < ys_value_count(clocks); i++) {
        const struct ys_value *clock = ys_value_at(clocks, i);
        long long day = (long long)ys_value_get_int(clock, "day", 0);
        long long of = (long long)ys_value_get_int(clock, "of", 0);
        if (ys_page_is(clock, "state", "kept") || of <= 0) {
            continue;
        }
        ys_page_fact(page, YS_WORD_DEADLINE,
                     ys_arena_printf(&page->arena,
                                     page->lang == YS_LANG_EN
                                         ? "%s (%s, day %lld of %lld: %s)"
                                         : "%s（%s，第 %lld 天，共 %lld 天：%s）",
                                     ys_page_text(clock, "due"), ys_page_text(clock, "id"), day,
                                     of, ys_word_of(page->lang, ys_value_get(clock, "note"))));
    }
}

static void write_legal_entity(struct ys_page *page, const struct ys_value *entity)
{
    if (!entity) {
        ys_page_fact(page, YS_WORD_LEGAL_ENTITY, ys_page_word(page, YS_WORD_LEGAL_ENTITY_NONE));
        return;
    }
    ys_page_fact(page, YS_WORD_LEGAL_ENTITY, ys_word_of(page->lang, ys_value_get(entity, "name")));
    ys_page_fact(page, YS_WORD_CREDIT_CODE, ys_page_text(entity, "code"));
    ys_page_fact(page, YS_WORD_CONTACT, ys_page_text(entity, "contact"));
}

/* Whether an earlier finding has the same name. */
static bool is_named_before(const struct ys_value *findings, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (ys_page_is(ys_value_at(findings, i), "who",
                       ys_page_text(ys_value_at(findings, index), "who"))) {
            return true;
        }
    }
    return false;
}

/* Who answers for the run, whose findings it has, and who signed it. */
static void write_persons(struct ys_page *page)
{
    const struct ys_value *findings = ys_value_get(page->result, "attestations");
    const char *inspector = ys_page_text(page->result, "inspector");
    struct ys_value *names = ys_value_list(&page->arena);
    for (size_t i = 0; i < ys_value_count(findings); i++) {
        if (!is_named_before(findings, i)) {
            ys_value_append(&page->arena, names, ys_value_get(ys_value_at(findings, i), "who"));
        }
    }
    ys_page_fact(page, YS_WORD_INSPECTOR_OF_RUN,
                 inspector[0] ? inspector : ys_page_word(page, YS_WORD_INSPECTOR_NOT_NAMED));
    ys_page_fact(page, YS_WORD_FINDINGS_BY,
                 ys_word_list(&page->arena, names, page->lang == YS_LANG_EN ? ", " : "、"));
    for (size_t i = 0; i < page->signatures.count; i++) {
        const struct ys_signature *one = &page->signatures.items[i];
        ys_page_fact(page, YS_WORD_SIGNED_BY,
                     ys_arena_printf(&page->arena, "%s · %s · %s", ys_page_role(page, one->role),
                                     one->certificate.subject,
                                     ys_word_time(&page->arena, one->time)));
    }
}

static void write_facts(struct ys_page *page, const struct heading *heading)
{
    const struct ys_value *candidate = ys_value_get(page->result, "candidate");
    const struct ys_value *regulation = ys_value_get(page->result, "regulation");
    ys_xw_start(page->xw, "dl");
    ys_xw_attr(page->xw, "class", "facts");
    ys_page_fact(page, YS_WORD_CANDIDATE, ys_word_of(page->lang, ys_value_get(candidate, "name")));
    write_legal_entity(page, ys_value_get(candidate, "legal_entity"));
    ys_page_fact(page, YS_WORD_BUILD, ys_page_text(candidate, "build"));
    ys_page_fact(page, YS_WORD_REGULATION,
                 ys_arena_printf(&page->arena, "%s %s",
                                 ys_word_of(page->lang, ys_value_get(regulation, "title")),
                                 ys_page_text(regulation, "number")));
    ys_page_fact(page, YS_WORD_PURPOSE, ys_page_word(page, heading->purpose));
    write_persons(page);
    ys_page_fact(page, YS_WORD_TEST_ENVIRONMENT, ys_page_text(page->manifest, "environment"));
    ys_page_fact(page, YS_WORD_READERS, readers_word(page));
    write_time(page, YS_WORD_STARTED, "started");
    write_time(page, YS_WORD_ENDED, "ended");
    ys_page_fact(page, YS_WORD_HOLDS_UNTIL, ys_page_holds_until(page));
    write_deadlines(page);
    ys_xw_end_full(page->xw);
}

/* Counts of the mandatory clauses by themselves, where there are others too. */
static void write_kinds(struct ys_page *page)
{
    static const enum ys_word kinds[] = {YS_WORD_OPTIONAL_CLAUSES, YS_WORD_MANDATORY_CLAUSES};
    const struct ys_value *clauses = ys_value_get(page->result, "clauses");
    size_t counts[2][YS_VERDICT_NAMES] = {{0}};
    size_t totals[2] = {0, 0};
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        const struct ys_value *clause = ys_value_at(clauses, i);
        size_t kind = ys_value_get_bool(clause, "mandatory", true) ? 1 : 0;
        for (size_t v = 0; ys_verdict_names[v]; v++) {
            counts[kind][v] += ys_page_is(clause, "verdict", ys_verdict_names[v]) ? 1u : 0u;
        }
        totals[kind]++;
    }
    for (size_t kind = 2; kind-- > 0 && totals[0] > 0;) {
        ys_xw_start(page->xw, "p");
        ys_xw_attr(page->xw, "class", "soft");
        ys_xw_printf(page->xw, page->lang == YS_LANG_EN ? "%s (%zu):" : "%s（%zu 条）：",
                     ys_page_word(page, kinds[kind]), totals[kind]);
        const char *between = page->lang == YS_LANG_EN ? " " : "";
        for (size_t v = 0; ys_verdict_names[v]; v++) {
            if (counts[kind][v] > 0) {
                ys_xw_printf(page->xw, "%s%s %zu", between,
                             ys_word_verdict(page->lang, ys_verdict_names[v]), counts[kind][v]);
                between = page->lang == YS_LANG_EN ? ", " : "，";
            }
        }
        ys_xw_end_full(page->xw);
    }
}

static void write_counts(struct ys_page *page)
{
    static const char *const order[] = {"pass", "fail", "inconclusive", "pending",
                                        "not-applicable"};
    const struct ys_value *clauses = ys_value_get(page->result, "clauses");
    ys_xw_start(page->xw, "ul");
    ys_xw_attr(page->xw, "class", "counts");
    ys_xw_attr(page->xw, "aria-label", ys_page_word(page, YS_WORD_COUNTS));
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        unsigned long long count = 0;
        for (size_t j = 0; j < ys_value_count(clauses); j++) {
            count += ys_page_is(ys_value_at(clauses, j), "verdict", order[i]) ? 1u : 0u;
        }
        ys_xw_start(page->xw, "li");
        ys_xw_start(page->xw, "b");
        ys_xw_printf(page->xw, "%llu", count);
        ys_xw_end_full(page->xw);
        ys_page_verdict(page, order[i]);
        ys_xw_end_full(page->xw);
    }
    ys_xw_end_full(page->xw);
}

void ys_html_cover(struct ys_page *page)
{
    struct heading heading = heading_of(page);
    ys_xw_start(page->xw, "header");
    write_title(page, &heading);
    write_opening(page, &heading);
    write_conclusion(page);
    write_notices(page, &heading);
    write_counts(page);
    write_kinds(page);
    write_facts(page, &heading);
    write_ending(page, &heading);
    ys_xw_end_full(page->xw);
    ys_arena_reset(&page->arena);
}
