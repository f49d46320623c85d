/* SPDX-License-Identifier: Apache-2.0 */
/* What the report takes from the log as a whole, the ratio of branches and the bank's ledger. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report_support.h"
#include "ys_file.h"
#include "ys_html_tally.h"

static void put(struct bench *bench, const char *name, const char *text)
{
    const char *path = ys_path_join(&bench->arena, bench->dir, name);
    assert_int_equal(ys_file_write(path, text, strlen(text), &bench->err), YS_OK);
}

static struct ys_buf html_of(struct bench *bench, const char *run_dir, enum ys_lang lang)
{
    struct ys_buf text;
    if (ys_report_html(report_stream(&bench->arena, bench->result), run_dir, NULL, lang,
                       bench->report, &bench->err) != YS_OK) {
        fail_msg("%s", bench->err.text);
    }
    assert_int_equal(report_read(bench->report, &text), 0);
    return text;
}

static void assert_has(const struct ys_buf *html, const char *what)
{
    if (!strstr(html->bytes, what)) {
        fail_msg("not in the report: %s", what);
    }
}

static void assert_lacks(const struct ys_buf *html, const char *what)
{
    if (strstr(html->bytes, what)) {
        fail_msg("in the report: %s", what);
    }
}

static void the_ratio_is_told_step_by_step_in_words(void **state)
{
    struct bench *bench = *state;
    struct ys_buf zh = html_of(bench, NULL, YS_LANG_ZH);
    assert_has(&zh, "即时制卡网点应不少于营业网点的 7/10（北京市）。<b>尚不能判定。</b>抽查一处不实");
    assert_has(&zh, ">10 × 52 = 520 ≥ 7 × 58 = 406<svg ");
    assert_has(&zh, ">10 × 40 = 400 &lt; 7 × 58 = 406<svg ");
    /* 40 of 58 are 68.96 per cent: the bar must not reach the mark at 70. */
    assert_has(&zh, "class=\"some\" x=\"0\" y=\"2\" width=\"68\"");
    assert_has(&zh, "class=\"limit\" x=\"70\" y=\"0\" width=\"1\"");
    assert_has(&zh, "持牌在营，银行名录中没有</td><td>请银行更正名录</td>");
    assert_has(&zh, "名称和地址仅写法不同");
    assert_has(&zh, "持牌名册已停业");
    assert_has(&zh, "天津市 3");
    assert_has(&zh, "抽查不实");
    assert_has(&zh, "<dt>置信水平</dt><dd>0.95</dd>");
    static const char *const raw[] = {"near_duplicates", "on_roster", "claims_instant",
                                      "lower_bound", "closed-in-register", "true<"};
    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
        assert_lacks(&zh, raw[i]);
    }
    struct ys_buf en = html_of(bench, NULL, YS_LANG_EN);
    assert_has(&en, "at least 7 in 10 of those open in 北京市. <b>Not decidable yet.</b>");
    assert_has(&en, "the bank corrects its roster");
    assert_has(&en, "name and address differ only in spelling");
    ys_buf_clear(&zh);
    ys_buf_clear(&en);
}

/* A case's records: a statement of which two entries break the expectation. */
static void the_ledger_marks_the_offending_entries(void **state)
{
    struct bench *bench = *state;
    struct ys_buf log;
    ys_buf_init(&log, YS_FILE_BYTES_MAX);
    for (int i = 1; i < 18; i++) {
        assert_int_equal(ys_buf_append_text(&log, "{\"kind\":\"let\"}\n"), YS_OK);
    }
    const char *records =
        "{\"seq\":18,\"kind\":\"http\",\"case\":\"fees.withdrawal.fifth-free\",\"operation\":"
        "\"ledger.statement\",\"request\":{\"method\":\"GET\",\"url\":\"https://127.0.0.1:1/s\"},"
        "\"reply\":{\"status\":200,\"body\":\"{}\"}}\n"
        "{\"seq\":19,\"kind\":\"check\",\"case\":\"fees.withdrawal.fifth-free\",\"of\":18,"
        "\"verdict\":\"fail\",\"failed\":[{\"target\":\"entries[1].kind\",\"expected\":\"in [1]\","
        "\"observed\":\"\\\"fee\\\"\"},{\"target\":\"balance\",\"expected\":\"equals 100\","
        "\"observed\":\"97.50\"}],\"observed\":{\"balance\":97.50,\"entries\":["
        "{\"id\":\"J1\",\"kind\":\"deposit\",\"amount\":100,\"text\":\"存入\"},"
        "{\"id\":\"J2\",\"kind\":\"fee\",\"amount\":-2.5,\"text\":\"<费>\"}]}}\n";
    assert_int_equal(ys_buf_append_text(&log, records), YS_OK);
    put(bench, "evidence.jsonl", log.bytes);
    struct ys_buf html = html_of(bench, bench->dir, YS_LANG_ZH);
    assert_has(&html, "银行账户明细：不符的分录已标出");
    assert_has(&html, "<tr><th scope=\"row\">1<div class=\"soft\">J1</div></th>");
    assert_has(&html, "<tr class=\"fail\"><th scope=\"row\">2<div class=\"soft\">J2</div></th>");
    assert_has(&html, "&lt;费&gt;<div class=\"soft\">fee</div></td><td class=\"amount\">-2.5</td>"
                      "<td class=\"amount\">97.5</td><td><b>✕ kind：预期是 [1] 之一，"
                      "实际 &quot;fee&quot;</b>");
    assert_has(&html, "银行所报余额</th><td class=\"amount\">97.5</td><td><b>✕ balance：预期等于 "
                      "100，实际 97.50</b>");
    ys_buf_clear(&html);
    ys_buf_clear(&log);
}

static void the_log_tells_peers_cards_times_marks_and_what_was_left(void **state)
{
    struct bench *bench = *state;
    struct ys_tally *tally = NULL;
    put(bench, "evidence.jsonl",
        "{\"kind\":\"http\",\"operation\":\"card.apply\",\"sent\":1,\"time\":"
        "\"2026-11-23T09:12:31.000000Z\",\"request\":{\"url\":\"https://127.0.0.1:8443/a?b\"},"
        "\"reply\":{\"tls\":\"TLSv1.3\",\"cipher\":\"C\",\"time_us\":1000,\"body\":"
        "\"⟦pan:12⟧ ⟦name:34⟧ ⟦name:35⟧ ⟦not a mark⟧\"},\"answer\":\"⟦answer:5⟧\"}\n"
        "{\"kind\":\"http\",\"operation\":\"card.apply\",\"time\":\"2026-11-23T09:12:31.900000Z\","
        "\"request\":{\"url\":\"https://127.0.0.1:8443/c\"},\"reply\":{\"tls\":\"TLSv1.3\","
        "\"cipher\":\"C\",\"time_us\":3000}}\n"
        "{\"kind\":\"tls\",\"url\":\"https://127.0.0.1:8443\",\"seen\":{\"subject\":\"CN=a\","
        "\"issuer\":\"CN=b\",\"key\":\"EC\",\"key_bits\":256,\"not_after\":\"2027\"}}\n"
        "{\"kind\":\"tls\",\"url\":\"https://127.0.0.1:8443\",\"seen\":{\"connected\":false}}\n"
        "{\"kind\":\"card\",\"reader\":\"card\",\"atr\":\"3B00\",\"command\":\"00A40400\","
        "\"time_us\":7,\"time\":\"2026-11-23T09:12:32.000000Z\"}\n"
        "{\"kind\":\"cleanup\",\"step\":\"finally[0].call card.cancel\",\"verdict\":\"pass\"}\n"
        "no record\n"
        "{\"kind\":\"cleanup\",\"case\":\"a.b\",\"step\":\"finally[1].call card.cancel\","
        "\"verdict\":\"fail\",\"failed\":[{\"reason\":\"balance differs\"}],\"seq\":8}\n"
        "{\"a line that is cut");
    assert_int_equal(ys_tally_new(bench->evidence, &tally, &bench->err), YS_OK);
    assert_int_equal(tally->records, 8);
    assert_int_equal(strlen(tally->head), 64);
    assert_int_equal(tally->peer_count, 1);
    assert_string_equal(tally->peers[0].origin, "https://127.0.0.1:8443");
    assert_int_equal(tally->peers[0].requests, 2);
    assert_int_equal(tally->certificate_count, 1);
    assert_int_equal(tally->card_count, 1);
    assert_int_equal(tally->mark_count, 2);
    assert_string_equal(tally->marks[1].kind, "name");
    assert_int_equal(tally->marks[1].count, 2);
    assert_int_equal(tally->peak, 2);
    assert_int_equal(tally->operations[0].effects, 1);
    assert_int_equal(tally->operations[0].times.max_us, 3000);
    assert_int_equal(tally->left_total, 1);
    assert_int_equal(tally->omitted, 0);
    ys_tally_free(tally);
    struct ys_buf html = html_of(bench, bench->dir, YS_LANG_ZH);
    assert_has(&html, "TLSv1.3 C</td><td class=\"amount\">2</td><td><div>CN=a</div>");
    assert_has(&html, "EC 256");
    assert_has(&html, "3B00");
    assert_has(&html, "<td>银行卡号</td><td class=\"amount\">1</td>");
    assert_has(&html, "未完成的清理（1）");
    assert_has(&html, "balance 与预期不符");
    ys_buf_clear(&html);
    assert_int_equal(ys_tally_new("/tmp/ys-none/evidence.jsonl", &tally, &bench->err),
                     YS_ERR_NOT_FOUND);
}

/* Upper ends of buckets: never below the true value, at most a sixteenth above it. */
static void percentiles_are_never_too_low(void **state)
{
    (void)state;
    struct ys_spread *spread = calloc(1, sizeof *spread);
    assert_int_equal(ys_spread_percentile(spread, 50), 0);
    for (int64_t i = 1; i <= 100; i++) {
        ys_spread_add(spread, i * i * i);
    }
    for (int percent = 1; percent <= 100; percent++) {
        int64_t exact = (int64_t)percent * percent * percent;
        int64_t told = ys_spread_percentile(spread, percent);
        assert_true(told >= exact && told <= exact + exact / 16 + 1);
    }
    ys_spread_add(spread, INT64_MAX);
    ys_spread_add(spread, -5);
    assert_int_equal(ys_spread_percentile(spread, 100), INT64_MAX);
    free(spread);
}

static void a_gate_tells_its_decision_only_of_its_own_run(void **state)
{
    struct bench *bench = *state;
    char gate[1024];
    const char *known = "\"decision\":\"red\",\"reasons\":[{\"kind\":\"expired\",\"text\":{\"zh\":"
                        "\"已过期\",\"en\":\"over\"}}],\"known\":[{\"case\":\"a.b\","
                        "\"clause\":\"5.5.6\",\"state\":\"expired\",\"owner\":\"王五\","
                        "\"opened\":\"2026-07-02\",\"expires\":\"2026-08-01\",\"days_left\":-3}]";
    put(bench, "evidence.jsonl", "{\"kind\":\"let\"}\n");
    put(bench, "seal.json", "{}\n");
    snprintf(gate, sizeof gate, "{\"seal\":\"of another run\",%s}", known);
    put(bench, "gate.json", gate);
    ys_value_set_text(&bench->arena, bench->result, "purpose", "gate");
    struct ys_buf html = html_of(bench, bench->dir, YS_LANG_ZH);
    assert_lacks(&html, "王五");
    ys_buf_clear(&html);
    char root[65];
    ys_sm3_hex("{}\n", 3, root);
    snprintf(gate, sizeof gate, "{\"seal\":\"%s\",%s}", root, known);
    put(bench, "gate.json", gate);
    html = html_of(bench, bench->dir, YS_LANG_ZH);
    assert_has(&html, "门禁决定：<b>✕ 不放行</b>");
    assert_has(&html, "2026-07-02 → 2026-08-01</td><td class=\"amount\">-3</td><td>✕ 已过期</td>");
    ys_buf_clear(&html);
    /* No waiver shows in a report of another purpose. */
    ys_value_set_text(&bench->arena, bench->result, "purpose", "acceptance");
    html = html_of(bench, bench->dir, YS_LANG_ZH);
    assert_lacks(&html, "王五");
    ys_buf_clear(&html);
}

/* Cases that passed have an address too; a number is a link where the annex has the record. */
static void each_case_has_its_evidence_address(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(report_evidence(bench->dir, 40), 0);
    struct ys_buf zh = html_of(bench, bench->dir, YS_LANG_ZH);
    assert_has(&zh, "every-branch<div class=\"address soft\">记录 1–3</div>");
    assert_has(&zh, "select</a><div class=\"address soft\">记录 27</div>");
    assert_has(&zh, "capacity</a><div class=\"address soft\">记录 "
                    "<a href=\"#record-25\">25</a></div>");
    ys_buf_clear(&zh);
    struct ys_buf bare = html_of(bench, NULL, YS_LANG_EN);
    assert_has(&bare, "capacity</a><div class=\"address soft\">record 25</div>");
    ys_buf_clear(&bare);
}

/* Runs of before it was recorded are told as such. */
static void the_digest_of_the_tool_is_told(void **state)
{
    struct bench *bench = *state;
    struct ys_buf html = html_of(bench, NULL, YS_LANG_EN);
    assert_has(&html, "program file (SM3)</dt><dd>not recorded by this run</dd>");
    ys_buf_clear(&html);
    struct ys_value *tool = ys_value_copy(&bench->arena, ys_value_get(bench->result, "tool"));
    ys_value_set_text(&bench->arena, tool, "sm3", "0a0b0c");
    ys_value_set(&bench->arena, bench->result, "tool", tool);
    html = html_of(bench, NULL, YS_LANG_ZH);
    assert_has(&html, "<dt>程序文件摘要（SM3）</dt><dd>0a0b0c</dd>");
    ys_buf_clear(&html);
}

/* Findings, the blocking page and the marked entries alike. */
static void expectations_are_told_in_the_language_of_the_report(void **state)
{
    struct bench *bench = *state;
    struct ys_buf zh = html_of(bench, NULL, YS_LANG_ZH);
    assert_has(&zh, "<h4>预期</h4><pre>等于 0</pre>");
    assert_has(&zh, "预期：等于 0；实际：<b>");
    assert_lacks(&zh, "<pre>equals ");
    assert_lacks(&zh, "：equals ");
    ys_buf_clear(&zh);
    struct ys_buf en = html_of(bench, NULL, YS_LANG_EN);
    assert_has(&en, "<h4>Expected</h4><pre>equals 0</pre>");
    assert_has(&en, "Expected: equals 0; Observed: <b>");
    ys_buf_clear(&en);
}

/* Many records are told as ranges, the first three of them. */
static void scattered_records_are_counted(void **state)
{
    static const int scattered[] = {5, 6, 9, 11, 12, 13, 20, 21};
    struct bench *bench = *state;
    struct ys_value *first = ys_value_copy(
        &bench->arena, ys_value_at(ys_value_get(bench->result, "cases"), 0));
    struct ys_value *evidence = ys_value_list(&bench->arena);
    struct ys_value *cases = ys_value_list(&bench->arena);
    for (size_t i = 0; i < sizeof scattered / sizeof scattered[0]; i++) {
        ys_value_append(&bench->arena, evidence, ys_value_int(&bench->arena, scattered[i]));
    }
    ys_value_set(&bench->arena, first, "evidence", evidence);
    ys_value_set_int(&bench->arena, first, "evidence_omitted", 7);
    ys_value_append(&bench->arena, cases, first);
    ys_value_set(&bench->arena, bench->result, "cases", cases);
    struct ys_buf html = html_of(bench, NULL, YS_LANG_EN);
    assert_has(&html, "<div class=\"address soft\">record 5–6, 9, 11–13 … +9</div>");
    ys_buf_clear(&html);
}

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, report_bench, report_bench_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(each_case_has_its_evidence_address),
        RUN_TEST(the_digest_of_the_tool_is_told),
        RUN_TEST(expectations_are_told_in_the_language_of_the_report),
        RUN_TEST(scattered_records_are_counted),
        RUN_TEST(the_ratio_is_told_step_by_step_in_words),
        RUN_TEST(the_ledger_marks_the_offending_entries),
        RUN_TEST(the_log_tells_peers_cards_times_marks_and_what_was_left),
        RUN_TEST(percentiles_are_never_too_low),
        RUN_TEST(a_gate_tells_its_decision_only_of_its_own_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
