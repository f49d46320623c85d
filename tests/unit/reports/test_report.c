/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "report_support.h"
#include "ys_file.h"
#include "ys_json.h"

enum { RECORDS = 40, EXPORTS = 3 };

static enum ys_status (*const exports[EXPORTS])(struct ys_json_stream *result, enum ys_lang lang,
                                                const char *path, struct ys_err *reterr) = {
    ys_report_ctrf, ys_report_sarif, ys_report_oscal};

static int setup(void **state)
{
    int status = report_bench(state);
    return status ? status : report_evidence(((struct bench *)*state)->dir, RECORDS);
}

static struct ys_buf html_of(struct bench *bench, const char *run_dir, enum ys_lang lang)
{
    struct ys_buf text;
    const char *path = ys_path_join(&bench->arena, bench->dir, "report.html");
    enum ys_status status = ys_report_html(report_stream(&bench->arena, bench->result), run_dir,
                                           NULL, lang, path, &bench->err);
    if (status != YS_OK) {
        fail_msg("%s", bench->err.text);
    }
    assert_int_equal(report_read(path, &text), 0);
    return text;
}

static xmlDocPtr parse(const struct ys_buf *text)
{
    xmlDocPtr doc = xmlReadMemory(text->bytes, (int)text->length, "report", NULL,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR);
    assert_non_null(doc);
    return doc;
}

static size_t occurrences(const char *text, const char *what)
{
    size_t count = 0;
    for (const char *at = strstr(text, what); at; at = strstr(at + 1, what)) {
        count++;
    }
    return count;
}

static struct ys_buf compared_html(struct bench *bench, enum ys_lang lang)
{
    struct ys_buf text;
    const char *path = ys_path_join(&bench->arena, bench->dir, "report.html");
    assert_int_equal(ys_report_html(report_stream(&bench->arena, bench->result), bench->dir,
                                    report_previous(&bench->arena), lang, path, &bench->err),
                     YS_OK);
    assert_int_equal(report_read(path, &text), 0);
    return text;
}

/* Lists in the order of what an inspector asks first; ids are links where there is a place. */
static void the_previous_run_is_compared(void **state)
{
    struct bench *bench = *state;
    struct ys_buf zh = compared_html(bench, YS_LANG_ZH);
    struct ys_buf en = compared_html(bench, YS_LANG_EN);
    xmlFreeDoc(parse(&zh));
    const char *at = zh.bytes;
    static const char *const order[] = {"<h2 id=\"previous-title\">与上次已签名运行的比较",
                                        "<dd>0a1b2c3d4e5f</dd>",
                                        "不合格 → 不合格",
                                        "abababab",
                                        "验收人员 · CN=测试检查员一 · 2026-11-02 10:00:00",
                                        "<dd>4 → 1</dd>",
                                        "<h3>新出现的不通过</h3>",
                                        "<a href=\"#clause-5.5.6\">",
                                        "<a href=\"#case-fees.withdrawal.fifth-free\">",
                                        "<h3>仍不通过</h3>",
                                        "失败方式与上次相同",
                                        "失败方式与上次不同",
                                        "另有 203 项",
                                        "<h3>上次不通过，本次未能判定或未测试</h3>",
                                        "<h3>上次通过，本次未能判定或未测试</h3>",
                                        "card.gone</th>",
                                        "<td>未测试</td>",
                                        "<h3>已改正</h3>",
                                        "id=\"environment\""};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        at = strstr(at, order[i]);
        if (!at) {
            fail_msg("not there, or not in its place: %s", order[i]);
        }
    }
    assert_non_null(strstr(en.bytes, "<h3>Fails now and did not then</h3>"));
    assert_non_null(strstr(en.bytes, "203 more; yanshou diff lists them."));
    ys_buf_clear(&zh);
    ys_buf_clear(&en);
}

static void html_is_well_formed_in_both_languages(void **state)
{
    struct bench *bench = *state;
    struct ys_buf zh = html_of(bench, bench->dir, YS_LANG_ZH);
    struct ys_buf en = html_of(bench, bench->dir, YS_LANG_EN);
    xmlFreeDoc(parse(&zh));
    xmlFreeDoc(parse(&en));
    assert_memory_equal(zh.bytes, "<!DOCTYPE html>\n<html ", 22);
    assert_non_null(strstr(zh.bytes, "lang=\"zh-CN\""));
    assert_non_null(strstr(en.bytes, "lang=\"en\""));
    assert_non_null(strstr(zh.bytes, "参考银行：不合格"));
    assert_non_null(strstr(en.bytes, "Reference bank: Unqualified"));
    ys_buf_clear(&zh);
    ys_buf_clear(&en);
}

/* Calls for every attribute of every element below the node. */
static void each_attribute(xmlNodePtr node, void (*found)(void *context, const char *name,
                                                          const char *value),
                           void *context)
{
    for (; node; node = node->next) {
        for (xmlAttrPtr attribute = node->properties;
             node->type == XML_ELEMENT_NODE && attribute; attribute = attribute->next) {
            xmlChar *value = xmlNodeListGetString(node->doc, attribute->children, 1);
            found(context, (const char *)attribute->name, value ? (const char *)value : "");
            xmlFree(value);
        }
        each_attribute(node->children, found, context);
    }
}

struct links {
    const char *html;
    size_t count;
};

static void check_link(void *context, const char *name, const char *value)
{
    struct links *links = context;
    char id[256];
    if (strcmp(name, "src") == 0) {
        assert_memory_equal(value, "data:image/jpeg;base64,", 23);
    }
    if (strcmp(name, "href") != 0) {
        return;
    }
    assert_int_equal(value[0], '#');
    snprintf(id, sizeof id, "id=\"%s\"", value + 1);
    if (occurrences(links->html, id) != 1) {
        fail_msg("%s leads nowhere or to two places", value);
    }
    links->count++;
}

static void every_link_leads_to_one_place_in_the_page_and_none_outside(void **state)
{
    struct bench *bench = *state;
    struct ys_buf html = html_of(bench, bench->dir, YS_LANG_ZH);
    struct links links = {.html = html.bytes};
    xmlDocPtr doc = parse(&html);
    each_attribute(xmlDocGetRootElement(doc), check_link, &links);
    assert_true(links.count > 30);
    assert_non_null(strstr(html.bytes, "default-src 'none'"));
    assert_null(strstr(html.bytes, "@import"));
    assert_null(strstr(html.bytes, "url("));
    xmlFreeDoc(doc);
    ys_buf_clear(&html);
}

static void same_result_gives_the_same_bytes_in_any_zone_and_locale(void **state)
{
    struct bench *bench = *state;
    struct ys_buf first = html_of(bench, bench->dir, YS_LANG_ZH);
    setenv("TZ", "America/New_York", 1);
    setenv("LC_ALL", "tr_TR.UTF-8", 1);
    struct ys_buf second = html_of(bench, bench->dir, YS_LANG_ZH);
    unsetenv("TZ");
    unsetenv("LC_ALL");
    assert_int_equal(first.length, second.length);
    assert_memory_equal(first.bytes, second.bytes, first.length);
    ys_buf_clear(&first);
    ys_buf_clear(&second);
}

static void only_cited_records_are_shown_each_once(void **state)
{
    struct bench *bench = *state;
    struct ys_buf html = html_of(bench, bench->dir, YS_LANG_ZH);
    assert_int_equal(occurrences(html.bytes, "class=\"record\""), 6);
    assert_int_equal(occurrences(html.bytes, "id=\"record-19\""), 1);
    assert_int_equal(occurrences(html.bytes, "id=\"record-18\""), 0);
    assert_non_null(strstr(html.bytes, "&lt;b&gt;手续费 &amp; 税&lt;/b&gt;"));
    ys_buf_clear(&html);
    html = html_of(bench, NULL, YS_LANG_ZH);
    assert_int_equal(occurrences(html.bytes, "id=\"record-"), 0);
    assert_int_equal(occurrences(html.bytes, "#record-"), 0);
    assert_non_null(strstr(html.bytes, "记录 19"));
    ys_buf_clear(&html);
}

static struct ys_value *open_case(struct bench *bench, size_t number)
{
    const struct ys_value *cases = ys_value_get(bench->result, "cases");
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        const struct ys_value *test = ys_value_at(cases, i);
        if (ys_value_count(ys_value_get(test, "findings")) > 0 && number-- == 0) {
            /* The tree is this test's own copy. */
            return cases->as.list.items[i] ? (struct ys_value *)(uintptr_t)test : NULL;
        }
    }
    return NULL;
}

static void earlier_attempts_are_shown_with_what_was_seen(void **state)
{
    struct bench *bench = *state;
    struct ys_buf html = html_of(bench, bench->dir, YS_LANG_ZH);
    const char *section = strstr(html.bytes, "id=\"attempts\"");
    assert_non_null(section);
    const char *attempt = strstr(section, "steps[0].call card.activate");
    assert_non_null(attempt);
    assert_non_null(strstr(attempt, "2026-11-23 17:12:31"));
    assert_non_null(strstr(attempt, "processing"));
    assert_non_null(strstr(attempt, "href=\"#record-2\""));
    ys_buf_clear(&html);
}

static void cited_record_that_is_not_there_is_said_so(void **state)
{
    struct bench *bench = *state;
    struct ys_value *finding = ys_value_map(&bench->arena);
    struct ys_value *findings = ys_value_list(&bench->arena);
    struct ys_value *evidence = ys_value_list(&bench->arena);
    ys_value_append(&bench->arena, evidence, ys_value_int(&bench->arena, RECORDS + 1));
    ys_value_set(&bench->arena, finding, "evidence", evidence);
    ys_value_append(&bench->arena, findings, finding);
    ys_value_set(&bench->arena, open_case(bench, 0), "findings", findings);
    struct ys_buf html = html_of(bench, bench->dir, YS_LANG_ZH);
    assert_non_null(strstr(html.bytes, "evidence.jsonl 中没有这条记录。"));
    ys_buf_clear(&html);
}

static void purposes_cannot_be_mistaken_for_each_other(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *purpose;
        const char *title;
        bool is_acceptance;
    } table[] = {{"acceptance", "<h1>关于参考银行的验收测试报告</h1>", true},
                 {"selftest", "<h1>关于参考银行的自测报告</h1>", false},
                 {"gate", "<h1>关于参考银行的版本门禁报告</h1>", false},
                 {"anything else", "<h1>关于参考银行的自测报告</h1>", false}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        ys_value_set_text(&bench->arena, bench->result, "purpose", table[i].purpose);
        struct ys_buf html = html_of(bench, bench->dir, YS_LANG_ZH);
        assert_non_null(strstr(html.bytes, table[i].title));
        assert_int_equal(strstr(html.bytes, "不作验收依据") == NULL, table[i].is_acceptance);
        assert_int_equal(strstr(html.bytes, "notice purpose\"") == NULL, table[i].is_acceptance);
        ys_buf_clear(&html);
    }
}

static void file_names_say_the_purpose_and_lead_nowhere_else(void **state)
{
    struct bench *bench = *state;
    ys_value_set_text(&bench->arena, bench->result, "purpose", "acceptance");
    assert_string_equal(ys_report_name(&bench->arena, bench->result, "pdf"),
                        "acceptance-report-refbank-20261123T091231Z.pdf");
    ys_value_set_text(&bench->arena, bench->result, "purpose", "whatever");
    assert_string_equal(ys_report_name(&bench->arena, bench->result, "html"),
                        "selftest-report-refbank-20261123T091231Z.html");
    struct ys_value *candidate = ys_value_map(&bench->arena);
    ys_value_set_text(&bench->arena, candidate, "id", "../../a b");
    ys_value_set(&bench->arena, bench->result, "candidate", candidate);
    assert_string_equal(ys_report_name(&bench->arena, bench->result, "html"),
                        "selftest-report-..-..-a-b-20261123T091231Z.html");
}

static void the_cover_counts_mandatory_clauses_by_themselves_and_tells_the_terms(void **state)
{
    struct bench *bench = *state;
    struct ys_buf html = html_of(bench, NULL, YS_LANG_ZH);
    assert_non_null(strstr(html.bytes, "必须满足的条款（"));
    assert_non_null(strstr(html.bytes, "鼓励项（"));
    assert_non_null(strstr(html.bytes, "<dt>期限</dt><dd>2026-"));
    ys_buf_clear(&html);
}

static void conclusions_and_states_have_words_and_signs(void **state)
{
    struct bench *bench = *state;
    static const char *const table[][2] = {
        {"qualified", "✓</i>合格"}, {"unqualified", "✕</i>不合格"}, {"incomplete", "…</i>未完成"}};
    for (size_t i = 0; i < 3; i++) {
        ys_value_set_text(&bench->arena, bench->result, "conclusion", table[i][0]);
        struct ys_buf html = html_of(bench, bench->dir, YS_LANG_ZH);
        assert_non_null(strstr(html.bytes, table[i][1]));
        ys_buf_clear(&html);
    }
    ys_value_set_bool(&bench->arena, bench->result, "interrupted", true);
    struct ys_buf html = html_of(bench, bench->dir, YS_LANG_EN);
    assert_non_null(strstr(html.bytes, "The run was interrupted"));
    assert_non_null(strstr(html.bytes, "Card tests ran on virtual readers"));
    ys_buf_clear(&html);
}

static void hostile_texts_stay_texts(void **state)
{
    struct bench *bench = *state;
    static const char hostile[] =
        "</script><script>alert(1)</script>\x01\x7F\xEF\xBF\xBF\" onload='x";
    struct ys_value *candidate = ys_value_map(&bench->arena);
    ys_value_set_text(&bench->arena, candidate, "id", hostile);
    ys_value_set_text(&bench->arena, candidate, "name", hostile);
    ys_value_set(&bench->arena, bench->result, "candidate", candidate);
    ys_value_set_text(&bench->arena, open_case(bench, 0), "reason", hostile);
    ys_value_set_text(&bench->arena, open_case(bench, 0), "id", hostile);
    struct ys_buf html = html_of(bench, bench->dir, YS_LANG_ZH);
    xmlFreeDoc(parse(&html));
    assert_int_equal(occurrences(html.bytes, "<script"), 1);
    assert_non_null(strstr(html.bytes, "␁␡"));
    ys_buf_clear(&html);
    const char *path = ys_path_join(&bench->arena, bench->dir, "junit.xml");
    assert_int_equal(
        ys_report_junit(report_stream(&bench->arena, bench->result), path, &bench->err), YS_OK);
    assert_int_equal(report_read(path, &html), 0);
    xmlFreeDoc(parse(&html));
    ys_buf_clear(&html);
    for (size_t i = 0; i < EXPORTS; i++) {
        const struct ys_value *read = NULL;
        path = ys_path_join(&bench->arena, bench->dir, "export.json");
        assert_int_equal(
            exports[i](report_stream(&bench->arena, bench->result), YS_LANG_ZH, path, &bench->err),
            YS_OK);
        assert_int_equal(report_read(path, &html), 0);
        assert_int_equal(ys_json_parse(&bench->arena, html.bytes, html.length, &read, NULL), YS_OK);
        ys_buf_clear(&html);
    }
}

/* Nothing is known, and nothing may look passed or satisfied. */
static void empty_result_is_exported_without_a_fault(void **state)
{
    struct bench *bench = *state;
    bench->result = ys_value_map(&bench->arena);
    for (size_t i = 0; i < EXPORTS; i++) {
        struct ys_buf text;
        const struct ys_value *read = NULL;
        const char *path = ys_path_join(&bench->arena, bench->dir, "export.json");
        assert_int_equal(
            exports[i](report_stream(&bench->arena, bench->result), YS_LANG_EN, path, &bench->err),
            YS_OK);
        assert_int_equal(report_read(path, &text), 0);
        assert_int_equal(ys_json_parse(&bench->arena, text.bytes, text.length, &read, NULL), YS_OK);
        assert_null(strstr(text.bytes, "\"satisfied\""));
        assert_null(strstr(text.bytes, "\"status\": \"passed\""));
        ys_buf_clear(&text);
    }
}

static void result_is_written_as_it_is(void **state)
{
    struct bench *bench = *state;
    struct ys_buf expected;
    struct ys_buf text;
    const char *path = ys_path_join(&bench->arena, bench->dir, "copy.json");
    ys_buf_init(&expected, YS_FILE_BYTES_MAX);
    ys_value_set(&bench->arena, bench->result, "empty", ys_value_list(&bench->arena));
    ys_value_set(&bench->arena, bench->result, "nothing", ys_value_null(&bench->arena));
    assert_int_equal(ys_json_write_pretty(bench->result, &expected), YS_OK);
    assert_int_equal(ys_report_json(report_stream(&bench->arena, bench->result), path, &bench->err),
                     YS_OK);
    assert_int_equal(report_read(path, &text), 0);
    assert_string_equal(text.bytes, expected.bytes);
    ys_buf_clear(&expected);
    ys_buf_clear(&text);
}

static void empty_result_is_reported_without_a_fault(void **state)
{
    struct bench *bench = *state;
    bench->result = ys_value_map(&bench->arena);
    struct ys_buf html = html_of(bench, NULL, YS_LANG_ZH);
    xmlFreeDoc(parse(&html));
    /* Nothing is known, so nothing may look accepted. */
    assert_non_null(strstr(html.bytes, "class=\"conclusion incomplete\""));
    assert_non_null(strstr(html.bytes, "<h1>自测报告</h1>"));
    ys_buf_clear(&html);
}

static size_t count_elements(xmlNodePtr node, const char *name)
{
    size_t count = 0;
    for (; node; node = node->next) {
        count += node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
        count += count_elements(node->children, name);
    }
    return count;
}

static void junit_tells_failures_from_errors_and_skips(void **state)
{
    struct bench *bench = *state;
    struct ys_buf text;
    const char *path = ys_path_join(&bench->arena, bench->dir, "junit.xml");
    assert_int_equal(
        ys_report_junit(report_stream(&bench->arena, bench->result), path, &bench->err), YS_OK);
    assert_int_equal(report_read(path, &text), 0);
    xmlDocPtr doc = parse(&text);
    xmlNodePtr root = xmlDocGetRootElement(doc);
    const struct ys_value *summary = ys_value_get(bench->result, "summary");
    const struct ys_value *cases = ys_value_get(bench->result, "cases");
    assert_int_equal(count_elements(root, "testcase"), ys_value_count(cases));
    assert_int_equal(count_elements(root, "failure"), ys_value_get_int(summary, "fail", -1));
    assert_int_equal(count_elements(root, "error"), ys_value_get_int(summary, "inconclusive", -1));
    assert_int_equal(count_elements(root, "skipped"), ys_value_get_int(summary, "pending", -1));
    assert_non_null(strstr(text.bytes, "failures=\"2\" errors=\"2\" skipped=\"1\""));
    assert_non_null(strstr(text.bytes, "<property name=\"clause\" value=\"5.5.6\"/>"));
    assert_non_null(strstr(text.bytes, "value=\"evidence.jsonl#19\""));
    assert_non_null(strstr(text.bytes, "expected: equals 0\nobserved: 2\n"));
    xmlFreeDoc(doc);
    ys_buf_clear(&text);
}

static void cases_of_one_suite_come_together_in_junit(void **state)
{
    struct bench *bench = *state;
    static const char *const suites[] = {"a", "b", "a", "b", "b"};
    struct ys_value *cases = ys_value_list(&bench->arena);
    for (size_t i = 0; i < 5; i++) {
        struct ys_value *test = ys_value_map(&bench->arena);
        ys_value_set_text(&bench->arena, test, "suite", suites[i]);
        ys_value_set_text(&bench->arena, test, "id", "x");
        ys_value_set_text(&bench->arena, test, "verdict", "pass");
        ys_value_append(&bench->arena, cases, test);
    }
    ys_value_set(&bench->arena, bench->result, "cases", cases);
    struct ys_buf text;
    const char *path = ys_path_join(&bench->arena, bench->dir, "junit.xml");
    assert_int_equal(
        ys_report_junit(report_stream(&bench->arena, bench->result), path, &bench->err), YS_OK);
    assert_int_equal(report_read(path, &text), 0);
    assert_int_equal(occurrences(text.bytes, "<testsuite "), 2);
    assert_int_equal(occurrences(text.bytes, "<testcase "), 5);
    assert_non_null(strstr(text.bytes, "<testsuite name=\"b\" tests=\"3\""));
    ys_buf_clear(&text);
}

static void csv_quotes_and_never_computes(void **state)
{
    struct bench *bench = *state;
    struct ys_value *clause = ys_value_map(&bench->arena);
    struct ys_value *clauses = ys_value_list(&bench->arena);
    ys_value_set_text(&bench->arena, clause, "id", "5.5.6");
    ys_value_set_text(&bench->arena, clause, "verdict", "fail");
    ys_value_set_text(&bench->arena, clause, "article", "a \"quoted\", text");
    ys_value_set_text(&bench->arena, clause, "reason", "=HYPERLINK(\"x\")");
    ys_value_append(&bench->arena, clauses, clause);
    ys_value_set(&bench->arena, bench->result, "clauses", clauses);
    struct ys_buf text;
    const char *path = ys_path_join(&bench->arena, bench->dir, "clauses.csv");
    assert_int_equal(
        ys_report_csv(report_stream(&bench->arena, bench->result), YS_LANG_EN, path, &bench->err),
        YS_OK);
    assert_int_equal(report_read(path, &text), 0);
    assert_string_equal(text.bytes,
                        "\xEF\xBB\xBF\"Clause\",\"Article\",\"Requirement\",\"Mandatory\","
                        "\"Mode\",\"Verdict\",\"Cause\",\"Cases\",\"Reason\"\r\n"
                        "\"5.5.6\",\"a \"\"quoted\"\", text\",\"\",\"yes\",\"\",\"Fail\",\"\","
                        "\"\",\"'=HYPERLINK(\"\"x\"\")\"\r\n");
    ys_buf_clear(&text);
}

static void failed_writes_are_told_and_leave_nothing(void **state)
{
    struct bench *bench = *state;
    const char *nowhere = ys_path_join(&bench->arena, bench->dir, "no/such/report");
    assert_int_equal(
        ys_report_junit(report_stream(&bench->arena, bench->result), "/dev/full", &bench->err),
        YS_ERR_REPORT);
    assert_int_equal(ys_report_html(report_stream(&bench->arena, bench->result), NULL, NULL,
                                    YS_LANG_ZH, "/dev/full", &bench->err),
                     YS_ERR_REPORT);
    assert_int_equal(ys_report_html(report_stream(&bench->arena, bench->result), NULL, NULL,
                                    YS_LANG_ZH, nowhere, &bench->err),
                     YS_ERR_REPORT);
    assert_non_null(strstr(bench->err.text, "no/such/report"));
    for (size_t i = 0; i < EXPORTS; i++) {
        assert_int_equal(exports[i](report_stream(&bench->arena, bench->result), YS_LANG_ZH,
                                    "/dev/full", &bench->err),
                         YS_ERR_REPORT);
        assert_int_equal(exports[i](report_stream(&bench->arena, bench->result), YS_LANG_ZH,
                                    nowhere, &bench->err),
                         YS_ERR_REPORT);
    }
    assert_int_not_equal(ys_report_csv(report_stream(&bench->arena, bench->result), YS_LANG_ZH,
                                       nowhere, &bench->err),
                         YS_OK);
    const char *path = ys_path_join(&bench->arena, bench->dir, "report.html");
    assert_int_equal(ys_report_html(report_stream(&bench->arena, bench->result), nowhere, NULL,
                                    YS_LANG_ZH, path, &bench->err),
                     YS_ERR_NOT_FOUND);
    assert_false(ys_file_exists(path));
    assert_false(ys_file_exists(ys_path_join(&bench->arena, bench->dir, "report.html.part")));
}

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, setup, report_bench_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(the_previous_run_is_compared),
        RUN_TEST(html_is_well_formed_in_both_languages),
        RUN_TEST(every_link_leads_to_one_place_in_the_page_and_none_outside),
        RUN_TEST(same_result_gives_the_same_bytes_in_any_zone_and_locale),
        RUN_TEST(only_cited_records_are_shown_each_once),
        RUN_TEST(earlier_attempts_are_shown_with_what_was_seen),
        RUN_TEST(cited_record_that_is_not_there_is_said_so),
        RUN_TEST(purposes_cannot_be_mistaken_for_each_other),
        RUN_TEST(file_names_say_the_purpose_and_lead_nowhere_else),
        RUN_TEST(the_cover_counts_mandatory_clauses_by_themselves_and_tells_the_terms),
        RUN_TEST(conclusions_and_states_have_words_and_signs),
        RUN_TEST(hostile_texts_stay_texts),
        RUN_TEST(empty_result_is_reported_without_a_fault),
        RUN_TEST(empty_result_is_exported_without_a_fault),
        RUN_TEST(result_is_written_as_it_is),
        RUN_TEST(junit_tells_failures_from_errors_and_skips),
        RUN_TEST(cases_of_one_suite_come_together_in_junit),
        RUN_TEST(csv_quotes_and_never_computes),
        RUN_TEST(failed_writes_are_told_and_leave_nothing),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    xmlCleanupParser();
    return failed;
}
