/* SPDX-License-Identifier: Apache-2.0 */
/* Who the report is about, who answers for it, who must act by when, and until when it holds. */
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
#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_json.h"

static int setup(void **state)
{
    int status = report_bench(state);
    return status ? status : report_evidence(((struct bench *)*state)->dir, 1);
}

static const struct ys_value *json(struct bench *bench, const char *text)
{
    const struct ys_value *value = NULL;
    assert_int_equal(ys_json_parse(&bench->arena, text, strlen(text), &value, &bench->err), YS_OK);
    return value;
}

static void set(struct bench *bench, const char *name, const char *text)
{
    ys_value_set(&bench->arena, bench->result, name, json(bench, text));
}

static void put(struct bench *bench, const char *name, const char *text)
{
    const char *path = ys_path_join(&bench->arena, bench->dir, name);
    assert_int_equal(ys_file_write(path, text, strlen(text), &bench->err), YS_OK);
}

/* The report's text, of the test's arena. */
static const char *html_of(struct bench *bench, enum ys_lang lang)
{
    struct ys_buf text;
    const char *path = ys_path_join(&bench->arena, bench->dir, "report.html");
    if (ys_report_html(report_stream(&bench->arena, bench->result), bench->dir, NULL, lang, path,
                       &bench->err) != YS_OK) {
        fail_msg("%s", bench->err.text);
    }
    assert_int_equal(report_read(path, &text), 0);
    const char *kept = ys_arena_strndup(&bench->arena, text.bytes, text.length);
    ys_buf_clear(&text);
    return kept;
}

static void assert_has(const char *html, const char *what)
{
    if (!strstr(html, what)) {
        fail_msg("not in the report: %s", what);
    }
}

static void the_cover_names_the_legal_entity_and_who_answers(void **state)
{
    struct bench *bench = *state;
    const char *html = html_of(bench, YS_LANG_ZH);
    assert_has(html, "<dt>法人名称</dt><dd>候选文件未注明（legal_entity）</dd>");
    assert_has(html, "<dt>负责人员</dt><dd>未指名");
    set(bench, "candidate",
        "{\"id\":\"b\",\"name\":{\"zh\":\"测试银行\",\"en\":\"Test "
        "bank\"},\"legal_entity\":{\"name\":"
        "{\"zh\":\"测试银行股份有限公司\",\"en\":\"Test Bank "
        "Co.\"},\"code\":\"91110000YANHANG003\","
        "\"contact\":\"社保卡部\"}}");
    set(bench, "inspector", "\"测试检查员一\"");
    set(bench, "attestations",
        "[{\"clause\":\"5.4.1\",\"who\":\"测试检查员二\",\"verdict\":\"pass\",\"state\":\"counts\","
        "\"expires\":\"2027-05-24\"},{\"clause\":\"5.4.1\",\"who\":\"测试检查员二\",\"verdict\":"
        "\"pass\",\"state\":\"superseded\",\"expires\":\"2026-12-01\"},{\"clause\":\"5.4.3\","
        "\"who\":"
        "\"测试检查员三\",\"verdict\":\"fail\",\"state\":\"counts\",\"expires\":\"2026-12-02\"}]");
    html = html_of(bench, YS_LANG_ZH);
    assert_has(html, "<dt>法人名称</dt><dd>测试银行股份有限公司</dd>");
    assert_has(html, "<dt>统一社会信用代码</dt><dd>91110000YANHANG003</dd>");
    assert_has(html, "<dt>负责人员</dt><dd>测试检查员一</dd>");
    assert_has(html, "<dt>作出认定的人员</dt><dd>测试检查员二、测试检查员三</dd>");
    assert_has(html, "<h3>验收人员：测试检查员一</h3>");
    /* What was superseded, or found otherwise, ends nothing. */
    assert_has(html, "<dt>结论有效至</dt><dd>2027-05-24：");
    assert_has(html_of(bench, YS_LANG_EN), "expires (clause 5.4.1)</dd>");
}

static void a_line_that_is_open_has_an_owner_and_a_day(void **state)
{
    struct bench *bench = *state;
    set(bench, "clocks",
        "[{\"id\":\"6.2\",\"state\":\"kept\",\"due\":\"2026-07-12\",\"note\":\"\"},{\"id\":\"6.3\","
        "\"state\":\"running\",\"due\":\"2026-12-04\",\"day\":3,\"of\":10,\"note\":\"\"}]");
    set(bench, "inspector", "\"测试检查员一\"");
    set(bench, "undecided",
        "[{\"clause\":\"5.6.2\",\"who\":\"inspector\",\"cause\":\"person\",\"reason\":\"\"}]");
    const char *html = html_of(bench, YS_LANG_EN);
    assert_has(html, "<td>inspector, 测试检查员一</td><td>2026-12-04 (term of 6.3)</td>");
    assert_has(html, "Who must act: bank · Due: 2026-12-04 (term of 6.3)</p>");
    set(bench, "clocks", "[]");
    assert_has(html_of(bench, YS_LANG_EN), "<td>no statutory term is running</td>");
}

/* Nobody's case failed, and the clause fails all the same: it must not be missed. */
static void a_clause_that_persons_failed_blocks_too(void **state)
{
    struct bench *bench = *state;
    set(bench, "cases", "[]");
    set(bench, "clauses",
        "[{\"id\":\"5.4.1\",\"article\":\"第五条\",\"title\":{\"en\":\"a "
        "window\"},\"verdict\":\"fail\","
        "\"mandatory\":true,\"cases\":[],\"cause\":\"candidate\",\"reason\":\"an inspector found "
        "at "
        "101: no window\"}]");
    const char *html = html_of(bench, YS_LANG_EN);
    const char *section = strstr(html, "id=\"blocking\"");
    assert_non_null(section);
    const char *line = strstr(section, "an inspector found at 101: no window");
    assert_non_null(line);
    assert_true(line < strstr(section, "</section>"));
}

static void each_clause_leads_to_the_official_text(void **state)
{
    struct bench *bench = *state;
    set(bench, "regulation",
        "{\"id\":\"r\",\"title\":{\"zh\":\"细则\"},\"number\":\"测发〔2024〕2号\","
        "\"issuer\":{\"zh\":\"测试局\"},\"issued\":"
        "\"2024-01-10\",\"official_text\":\"https://bureau.example/2024-2\"}");
    const char *html = html_of(bench, YS_LANG_ZH);
    assert_has(html, "条文出自：《细则》（测发〔2024〕2号），测试局，2024-01-10，<a "
                     "href=\"https://bureau.example/2024-2\"");
    assert_has(html, "<td><a href=\"https://bureau.example/2024-2\" rel=\"noreferrer\">第");
    assert_null(strstr(html, "未登记正式文本的网址"));
    set(bench, "regulation",
        "{\"id\":\"r\",\"title\":{\"zh\":\"细则\"},\"number\":\"n\",\"issued\":\"2024-01-10\"}");
    html = html_of(bench, YS_LANG_ZH);
    assert_has(html, "条文出自：《细则》（n），2024-01-10。未登记正式文本的网址，");
    assert_has(html_of(bench, YS_LANG_EN), "No address of the official text is recorded");
    set(bench, "regulation",
        "{\"id\":\"r\",\"title\":{\"zh\":\"细则\"},\"number\":\"n\",\"official_text\":"
        "\"javascript:alert(1)\"}");
    assert_null(strstr(html_of(bench, YS_LANG_ZH), "javascript:alert"));
}

static void what_was_declared_is_told_with_what_follows(void **state)
{
    struct bench *bench = *state;
    assert_null(strstr(html_of(bench, YS_LANG_EN), "id=\"declared\""));
    put(bench, "manifest.json",
        "{\"system\":\"Testux "
        "1\",\"readers\":[{\"role\":\"card\"},{\"role\":\"psam\"}],\"declared\":{"
        "\"operations\":64,\"bound\":63,\"documents\":2,\"supplies\":[\"register\"],"
        "\"destructive\":"
        "false,\"listed\":[],\"missing\":[{\"what\":\"operation\",\"name\":\"psam.revoke\","
        "\"clauses\":"
        "[\"5.6.4\"]},{\"what\":\"consent\",\"name\":\"destructive\",\"clauses\":[\"5.4.2.1\"]}],"
        "\"translated\":[{\"what\":\"outcome\",\"name\":\"outcome\",\"at\":\"status\",\"codes\":{"
        "\"200\":\"accepted\",\"409\":\"refused\",\"201\":\"accepted\"},\"operations\":[\"card."
        "apply\",\"card.issue\"]},{\"what\":"
        "\"output\","
        "\"name\":\"entries.kind\",\"at\":\"TYPE\",\"codes\":{\"F\":\"fee\"},\"operations\":["
        "\"ledger.statement\"]}]}}");
    const char *html = html_of(bench, YS_LANG_EN);
    assert_has(html, "<dt>Operations bound</dt><dd>63 / 64</dd>");
    assert_has(html, "<dt>Readers by role</dt><dd>card, psam</dd>");
    assert_has(html, "<td>operation (not bound)</td><td class=\"id\">psam.revoke</td><td><a "
                     "href=\"#clause-5.6.4\">5.6.4</a></td>");
    assert_has(html, "<dt>Test cards may be used up</dt><dd>no</dd>");
    assert_has(html, "<div class=\"soft\">HTTP status</div></td><td><div><code>200</code> "
                     "<code>201</code> → accepted</div><div><code>409</code> → refused</div></td>"
                     "<td class=\"id\">card.apply card.issue</td>");
    assert_has(html, "<div class=\"id\">entries.kind</div><div class=\"soft\">TYPE</div></td>"
                     "<td><div><code>F</code> → fee</div></td>");
    assert_has(html, "<dt>Operating system</dt><dd>Testux 1</dd>");
    assert_has(html, "<a href=\"#declared\">");
    assert_has(html, "<a href=\"#translated\">");
}

static void a_card_number_is_shown_in_part(void **state)
{
    struct bench *bench = *state;
    put(bench, "evidence.jsonl",
        "{\"kind\":\"check\",\"observed\":{\"fields\":{\"pan_masked\":\"620000******0130\"}}}\n"
        "{\"kind\":\"check\",\"observed\":{\"fields\":{\"pan_masked\":\"620000******0130\"}}}\n"
        "{\"kind\":\"check\",\"observed\":{\"fields\":{\"pan_masked\":\"620000******0247\"}}}\n");
    assert_has(html_of(bench, YS_LANG_EN), "last four digits): <code>620000******0130</code> "
                                           "<code>620000******0247</code></p>");
}

/* The picture as it was taken in, and no other; and nothing from outside the folder. */
static void pictures_of_findings_are_shown_small(void **state)
{
    struct bench *bench = *state;
    struct ys_buf picture;
    char sm3[YS_SM3_HEX_MAX];
    assert_int_equal(report_read(YS_TEST_CORPUS "/thumbnail/turned.jpg", &picture), 0);
    ys_sm3_hex(picture.bytes, picture.length, sm3);
    const char *folder = ys_path_join(&bench->arena, bench->dir, "attestations");
    assert_int_equal(ys_folder_make(folder, &bench->err), YS_OK);
    const char *path = ys_path_join(&bench->arena, folder, sm3);
    assert_int_equal(ys_file_write(path, picture.bytes, picture.length, &bench->err), YS_OK);
    set(bench, "attestations",
        ys_arena_printf(&bench->arena,
                        "[{\"clause\":\"5.4.1\",\"who\":\"w\",\"role\":\"inspector\",\"state\":"
                        "\"counts\",\"verdict\":\"pass\",\"seen\":\"2026-11-24\",\"files\":[{"
                        "\"name\":\"window.jpg\",\"sm3\":\"%s\"},{\"name\":\"x\",\"sm3\":"
                        "\"../evidence.jsonl\"}]}]",
                        sm3));
    const char *html = html_of(bench, YS_LANG_EN);
    const char *image = strstr(html, "<img src=\"data:image/jpeg;base64,/9j/");
    assert_non_null(image);
    assert_null(strstr(image + 1, "<img"));
    assert_has(image, "width=\"106\" height=\"160\" alt=\"Small picture of window.jpg\"/>");
    assert_has(html, "img-src data:");
    assert_int_equal(ys_file_write(path, picture.bytes, picture.length - 1u, &bench->err), YS_OK);
    assert_null(strstr(html_of(bench, YS_LANG_EN), "<img"));
    ys_buf_clear(&picture);
}

static void a_signature_that_does_not_verify_is_said_so(void **state)
{
    struct bench *bench = *state;
    assert_has(html_of(bench, YS_LANG_EN), "bears no electronic signature");
    put(bench, "signature.json", "{\"schema\":\"yanshou-signatures-1\",\"signatures\":[]}\n");
    assert_has(html_of(bench, YS_LANG_EN), "do not verify and must not be relied on:");
}

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, setup, report_bench_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(the_cover_names_the_legal_entity_and_who_answers),
        RUN_TEST(a_line_that_is_open_has_an_owner_and_a_day),
        RUN_TEST(a_clause_that_persons_failed_blocks_too),
        RUN_TEST(each_clause_leads_to_the_official_text),
        RUN_TEST(what_was_declared_is_told_with_what_follows),
        RUN_TEST(a_card_number_is_shown_in_part),
        RUN_TEST(pictures_of_findings_are_shown_small),
        RUN_TEST(a_signature_that_does_not_verify_is_said_so),
    };
    return cmocka_run_group_tests_name("who the report names, and by when", tests, NULL, NULL);
}
