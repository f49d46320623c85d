/* SPDX-License-Identifier: Apache-2.0 */
/* Whole runs against a bank that answers from a script. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_server.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_run.h"
#include "ys_seal.h"

#define REPLY(status, length, body)                                                                \
    "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nContent-Length: " length             \
    "\r\n\r\n" body

static const char REGULATION[] =
    "regulation: test\n"
    "title: {zh: 试, en: Test}\n"
    "number: none\n"
    "issued: 2026-01-01\n"
    "clauses:\n"
    "  - {id: 1.1, article: a, text: {zh: 一, en: One}, modes: [A], mandatory: true}\n";

static const char OPERATIONS[] =
    "catalogue: test\n"
    "operations:\n"
    "  - id: fee.get\n"
    "    title: {zh: 费, en: Fee}\n"
    "    meaning: {zh: 费, en: Fee}\n"
    "    idempotent: true\n"
    "    inputs:\n"
    "      holder: {type: {type: string, personal: name}}\n"
    "    outputs:\n"
    "      outcome: {type: {enum: [accepted, refused]}}\n"
    "      fee: {type: money, required: true}\n"
    "      id: string\n";

static const char BINDING[] =
    "bindings:\n"
    "  fee.get:\n"
    "    method: POST\n"
    "    path: \"/fee\"\n"
    "    json: {holder: \"${in.holder}\"}\n"
    "    outcome: {from: status, map: {\"200\": accepted, \"409\": refused}}\n"
    "    outputs: {fee: {at: $.fee, unit: fen}, id: $.id}\n";

struct world {
    char folder[64];
    struct ys_arena arena;
    struct http_server *server;
    struct ys_run_summary summary;
    const struct ys_value *result;
};

static int begin(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    ys_arena_init(&world->arena);
    snprintf(world->folder, sizeof world->folder, "/tmp/ys-run-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    *state = world;
    return 0;
}

static int end(void **state)
{
    struct world *world = *state;
    http_server_stop(world->server);
    ys_folder_remove(world->folder);
    ys_arena_clear(&world->arena);
    free(world);
    return 0;
}

static const char *put(struct world *world, const char *name, const char *text)
{
    const char *path = ys_path_join(&world->arena, world->folder, name);
    struct ys_err err;
    if (ys_file_write(path, text, strlen(text), &err) != YS_OK) {
        fail_msg("%s", err.text);
    }
    return path;
}

static void complain(const struct ys_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        print_error("%u: %s\n", diags->items[i].line, diags->items[i].text);
    }
    fail();
}

static void load(struct world *world, const char *cases, const char *binding,
                 struct ys_run_options *options)
{
    struct ys_diags diags;
    ys_diags_init(&diags, &world->arena);
    const char *pack = ys_path_join(&world->arena, world->folder, "pack");
    assert_int_equal(ys_folder_make(pack, NULL), YS_OK);
    put(world, "pack/regulation.yaml", REGULATION);
    put(world, "pack/operations.yaml", OPERATIONS);
    put(world, "pack/suite.yaml",
        ys_arena_printf(&world->arena, "suite: s\ntitle: {zh: 试, en: S}\n%s", cases));
    unsigned port = world->server ? http_server_port(world->server) : 1;
    const char *candidate =
        put(world, "candidate.yaml",
            ys_arena_printf(&world->arena,
                            "candidate: c\nname: {zh: 行, en: Bank}\nregulation: test\n"
                            "environment: test\n"
                            "endpoints: {api: {url: \"http://127.0.0.1:%u\"}}\n"
                            "allowed_hosts: [127.0.0.1]\n%s",
                            port, binding));
    if (ys_pack_load(&world->arena, pack, NULL, 0, &diags, &options->pack) != YS_OK ||
        ys_candidate_load(&world->arena, candidate, options->pack, &diags, &options->candidate) !=
            YS_OK) {
        complain(&diags);
    }
}

static void run(struct world *world, const char *cases, const char *binding, unsigned jobs)
{
    struct ys_run_options options = {.jobs = jobs, .seed = 1, .clock = ys_clock_real()};
    struct ys_err err;
    load(world, cases, binding, &options);
    options.run_dir = ys_path_join(&world->arena, world->folder, "run");
    if (ys_run(&options, &world->summary, &err) != YS_OK) {
        fail_msg("%s", err.text);
    }
    struct ys_buf text;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    assert_int_equal(
        ys_file_read(ys_path_join(&world->arena, options.run_dir, "result.json"), &text, NULL),
        YS_OK);
    assert_int_equal(
        ys_json_parse(&world->arena, text.bytes, text.length, &world->result, NULL), YS_OK);
    ys_buf_clear(&text);
    struct ys_verification verification;
    assert_int_equal(ys_seal_verify(&world->arena, options.run_dir, &verification, NULL), YS_OK);
    assert_int_equal(verification.fault, YS_FAULT_NONE);
}

static const struct ys_value *first_case(const struct world *world)
{
    return ys_value_at(ys_value_get(world->result, "cases"), 0);
}

static void expect_case(const struct world *world, const char *verdict, const char *cause)
{
    const struct ys_value *subject = first_case(world);
    if (strcmp(ys_value_get_text(subject, "verdict"), verdict) != 0) {
        fail_msg("%s, not %s: %s", ys_value_get_text(subject, "verdict"), verdict,
                 ys_value_get_text(subject, "reason"));
    }
    const char *seen = ys_value_get_text(subject, "cause");
    assert_string_equal(seen ? seen : "", cause);
}

static const char CALL[] =
    "cases:\n"
    "  - id: one\n"
    "    clauses: [1.1]\n"
    "    title: {zh: 一, en: One}\n"
    "    steps:\n"
    "      - call: fee.get\n"
    "        with: {holder: 测试甲乙}\n"
    "        expect: {fee: 0.02}\n";

static void answer(struct world *world, const char *reply)
{
    struct http_script *script = ys_arena_alloc(&world->arena, sizeof *script);
    *script = (struct http_script){.reply = reply, .after = HTTP_KEEP};
    world->server = http_server_start(script, 1, NULL);
    assert_non_null(world->server);
}

static void an_expected_reply_passes_the_clause(void **state)
{
    struct world *world = *state;
    answer(world, REPLY("200 OK", "9", "{\"fee\":2}"));
    run(world, CALL, BINDING, 1);
    expect_case(world, "pass", "");
    assert_int_equal(world->summary.conclusion, YS_CONCLUSION_QUALIFIED);
    assert_int_equal(world->summary.requests, 1);
}

static void another_value_fails_and_tells_how_to_repeat_it(void **state)
{
    struct world *world = *state;
    answer(world, REPLY("200 OK", "11", "{\"fee\":200}"));
    run(world, CALL, BINDING, 1);
    expect_case(world, "fail", "candidate");
    assert_int_equal(world->summary.conclusion, YS_CONCLUSION_UNQUALIFIED);
    const struct ys_value *finding = ys_value_at(ys_value_get(first_case(world), "findings"), 0);
    assert_string_equal(ys_value_get_text(finding, "target"), "fee");
    assert_string_equal(ys_value_get_text(finding, "expected"), "equals 0.02");
    assert_string_equal(ys_value_get_text(finding, "observed"), "2");
    assert_non_null(strstr(ys_value_get_text(finding, "reproduce"), "curl -sS -X POST"));
    assert_null(strstr(ys_value_get_text(finding, "reproduce"), "测试甲乙"));
}

static void personal_inputs_never_reach_the_evidence(void **state)
{
    struct world *world = *state;
    answer(world, REPLY("200 OK", "45", "{\"fee\":2,\"holder\":\"\\u6d4b\\u8bd5\\u7532\\u4e59\"}"));
    run(world, CALL, BINDING, 1);
    expect_case(world, "pass", "");
    struct ys_buf text;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    assert_int_equal(
        ys_file_read(ys_path_join(&world->arena, world->folder, "run/evidence.jsonl"), &text,
                     NULL),
        YS_OK);
    assert_null(strstr(text.bytes, "测试甲乙"));
    assert_null(strstr(text.bytes, "u6d4b"));
    assert_non_null(strstr(text.bytes, "⟦name:"));
    ys_buf_clear(&text);
}

static void what_cannot_be_judged_names_who_must_act(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *reply;
        const char *cause;
    } table[] = {
        {REPLY("200 OK", "2", "{}"), "configuration"},
        {REPLY("418 Teapot", "2", "{}"), "configuration"},
        {REPLY("500 Oops", "4", "oops"), "candidate"},
        {REPLY("200 OK", "4", "oops"), "candidate"},
        {REPLY("200 OK", "13", "{\"fee\":\"two\"}"), "candidate"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        answer(world, table[i].reply);
        run(world, CALL, BINDING, 1);
        expect_case(world, "inconclusive", table[i].cause);
        assert_int_equal(world->summary.conclusion, YS_CONCLUSION_INCOMPLETE);
        http_server_stop(world->server);
        world->server = NULL;
        ys_folder_remove(ys_path_join(&world->arena, world->folder, "run"));
    }
}

static void a_bank_that_is_gone_neither_passes_nor_fails(void **state)
{
    struct world *world = *state;
    run(world, CALL, BINDING, 1);
    expect_case(world, "inconclusive", "environment");
}

static void an_unbound_operation_is_undecided(void **state)
{
    struct world *world = *state;
    run(world, CALL, "bindings: {}\n", 1);
    expect_case(world, "inconclusive", "configuration");
}

static const char LOOPS[] =
    "cases:\n"
    "  - id: loops\n"
    "    clauses: [1.1]\n"
    "    title: {zh: 一, en: One}\n"
    "    steps:\n"
    "      - repeat: {times: 1000, as: n}\n"
    "        collect: {squares: \"${n * n}\"}\n"
    "        steps:\n"
    "          - check: \"${n}\"\n"
    "            expect: {between: [1, 1000]}\n"
    "      - check: \"${squares[999]}\"\n"
    "        expect: 1000000\n"
    "      - parallel: {times: 20, as: n}\n"
    "        collect: {twice: \"${n + m}\"}\n"
    "        steps:\n"
    "          - let: {m: \"${n}\"}\n"
    "          - check: \"${m}\"\n"
    "            expect: {at_least: 1}\n"
    "      - check: \"${twice[6]}\"\n"
    "        expect: 14\n"
    "      - each: {of: [1, 2], as: x}\n"
    "        steps:\n"
    "          - check: \"${x}\"\n"
    "            expect: {in: [1, 2]}\n";

/* Else the bank would be judged by what it was never asked. */
static void an_input_that_the_binding_leaves_out_is_undecided(void **state)
{
    struct world *world = *state;
    answer(world, REPLY("200 OK", "9", "{\"fee\":2}"));
    run(world, CALL,
        "bindings:\n"
        "  fee.get:\n"
        "    method: GET\n"
        "    path: /fee\n"
        "    outcome: {from: status, map: {\"200\": accepted}}\n"
        "    outputs: {fee: {at: $.fee, unit: fen}}\n",
        1);
    expect_case(world, "inconclusive", "configuration");
    assert_string_equal(ys_value_get_text(first_case(world), "reason"),
                        "the binding of fee.get does not send the input 'holder'");
    assert_int_equal(world->summary.requests, 0);
}

static void loops_repeat_and_collect_in_order(void **state)
{
    struct world *world = *state;
    run(world, LOOPS, BINDING, 2);
    expect_case(world, "pass", "");
}

static const char UNDO[] =
    "fragments:\n"
    "  made:\n"
    "    title: {zh: 造, en: Made}\n"
    "    steps:\n"
    "      - let: {id: 7}\n"
    "    finally:\n"
    "      - call: fee.get\n"
    "        with: {holder: \"gone ${id}\"}\n"
    "    gives: \"${id}\"\n"
    "cases:\n"
    "  - id: undo\n"
    "    clauses: [1.1]\n"
    "    title: {zh: 一, en: One}\n"
    "    uses: [made]\n"
    "    steps:\n"
    "      - check: \"${made}\"\n"
    "        expect: 8\n"
    "      - check: never reached\n"
    "        expect: 0\n";

static void what_was_made_is_undone_after_a_failure(void **state)
{
    struct world *world = *state;
    answer(world, REPLY("200 OK", "9", "{\"fee\":2}"));
    run(world, UNDO, BINDING, 1);
    expect_case(world, "fail", "candidate");
    assert_int_equal(ys_value_count(ys_value_get(first_case(world), "findings")), 1);
    assert_int_equal(http_server_requests(world->server), 1);
    assert_non_null(strstr(http_server_last(world->server), "gone 7"));
}

static const char CONTRACT[] =
    "cases:\n"
    "  - id: contract\n"
    "    clauses: [1.1]\n"
    "    title: {zh: 一, en: One}\n"
    "    steps:\n"
    "      - contract: {call: fee.get}\n"
    "        save: {id: $.outputs.id}\n"
    "    finally:\n"
    "      - call: fee.get\n"
    "        with: {holder: \"gone ${id}\"}\n";

static const struct ys_value *observed_faults(struct world *world)
{
    const struct ys_value *findings = ys_value_get(first_case(world), "findings");
    const struct ys_value *last = ys_value_at(findings, ys_value_count(findings) - 1);
    const struct ys_value *faults = NULL;
    const char *text = ys_value_get_text(last, "observed");
    assert_string_equal(ys_value_get_text(last, "target"), "faults");
    assert_int_equal(ys_json_parse(&world->arena, text, strlen(text), &faults, NULL), YS_OK);
    return faults;
}

static void what_a_faulty_reply_made_is_undone(void **state)
{
    struct world *world = *state;
    answer(world, REPLY("200 OK", "20", "{\"fee\":\"two\",\"id\":7}"));
    run(world, CONTRACT, BINDING, 1);
    expect_case(world, "fail", "candidate");
    assert_int_equal(ys_value_count(observed_faults(world)), 2);
    assert_int_equal(http_server_requests(world->server), 2);
    assert_non_null(strstr(http_server_last(world->server), "gone 7"));
}

static void a_reply_in_another_notation_breaks_the_contract(void **state)
{
    struct world *world = *state;
    answer(world, REPLY("200 OK", "2", "OK"));
    run(world, CONTRACT, BINDING, 1);
    expect_case(world, "fail", "candidate");
    const char *fault = ys_value_text(ys_value_at(observed_faults(world), 0));
    assert_non_null(strstr(fault, "fee.get (status 200) is not JSON"));
}

static const char NOT_FOR_THIS[] =
    "cases:\n"
    "  - id: for-another\n"
    "    clauses: [1.1]\n"
    "    title: {zh: 一, en: One}\n"
    "    steps:\n"
    "      - check: LD/T 32 2.00\n"
    "        expect: LD/T 32 3.00\n"
    "        else: not-applicable\n"
    "      - check: never reached\n"
    "        expect: 0\n";

static void a_case_that_is_for_another_candidate_says_so_and_proves_nothing(void **state)
{
    struct world *world = *state;
    run(world, NOT_FOR_THIS, BINDING, 1);
    expect_case(world, "not-applicable", "");
    assert_string_equal(ys_value_get_text(first_case(world), "reason"),
                        "not applicable: this is \"LD/T 32 2.00\", "
                        "the case is for \"LD/T 32 3.00\"");
    const struct ys_value *clause = ys_value_at(ys_value_get(world->result, "clauses"), 0);
    assert_string_equal(ys_value_get_text(clause, "verdict"), "not-applicable");
    assert_int_equal(world->summary.conclusion, YS_CONCLUSION_INCOMPLETE);
}

static void what_failed_before_stays_a_failure(void **state)
{
    struct world *world = *state;
    run(world,
        "cases:\n"
        "  - id: for-another\n"
        "    clauses: [1.1]\n"
        "    title: {zh: 一, en: One}\n"
        "    steps:\n"
        "      - check: 1\n"
        "        expect: 2\n"
        "        soft: true\n"
        "      - check: 1\n"
        "        expect: 3\n"
        "        else: not-applicable\n",
        BINDING, 1);
    expect_case(world, "fail", "candidate");
}

static const char EMPTY_LOOP[] =
    "cases:\n"
    "  - id: empty\n"
    "    clauses: [1.1]\n"
    "    title: {zh: 一, en: One}\n"
    "    steps:\n"
    "      - each: {of: [], as: x}\n"
    "        steps:\n"
    "          - check: \"${x}\"\n"
    "            expect: 0\n";

static void a_loop_over_nothing_is_undecided(void **state)
{
    struct world *world = *state;
    run(world, EMPTY_LOOP, BINDING, 1);
    expect_case(world, "inconclusive", "candidate");
}

static const char GIVEN[] =
    "cases:\n"
    "  - id: given\n"
    "    clauses: [1.1]\n"
    "    title: {zh: 一, en: One}\n"
    "    given:\n"
    "      - check: 1\n"
    "        expect: 2\n"
    "    steps:\n"
    "      - check: 1\n"
    "        expect: 1\n";

static void a_failing_preparation_leaves_the_case_undecided(void **state)
{
    struct world *world = *state;
    run(world, GIVEN, BINDING, 1);
    expect_case(world, "inconclusive", "candidate");
}

static const char UNTIL[] =
    "cases:\n"
    "  - id: until\n"
    "    clauses: [1.1]\n"
    "    title: {zh: 一, en: One}\n"
    "    steps:\n"
    "      - call: fee.get\n"
    "        expect: {fee: 0.05}\n"
    "        until: {every: 10ms, at_most: 5s}\n";

static void polling_ends_when_the_expectation_holds(void **state)
{
    struct world *world = *state;
    static const struct http_script script[] = {
        {REPLY("200 OK", "9", "{\"fee\":1}"), 0, HTTP_KEEP},
        {REPLY("200 OK", "9", "{\"fee\":2}"), 0, HTTP_KEEP},
        {REPLY("200 OK", "9", "{\"fee\":5}"), 0, HTTP_KEEP},
    };
    world->server = http_server_start(script, 3, NULL);
    run(world, UNTIL, BINDING, 1);
    expect_case(world, "pass", "");
    assert_int_equal(world->summary.requests, 3);
    const struct ys_value *test = ys_value_at(ys_value_get(world->result, "cases"), 0);
    const struct ys_value *earlier = ys_value_get(test, "earlier_attempts");
    assert_int_equal(ys_value_get_int(test, "attempts", 0), 3);
    assert_int_equal(ys_value_count(earlier), 2);
    for (size_t i = 0; i < 2; i++) {
        const struct ys_value *attempt = ys_value_at(earlier, i);
        assert_int_equal(ys_value_get_int(attempt, "attempt", 0), i + 1);
        assert_string_equal(ys_value_get_text(attempt, "step"), "steps[0].call fee.get");
        assert_string_equal(ys_value_get_text(attempt, "verdict"), "fail");
        assert_string_equal(ys_value_get_text(attempt, "observed"), i == 0 ? "0.01" : "0.02");
        assert_int_equal(ys_value_count(ys_value_get(attempt, "evidence")), 1);
        assert_non_null(ys_value_get_text(attempt, "at"));
    }
}

#define OVER(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OVER(an_expected_reply_passes_the_clause),
        OVER(another_value_fails_and_tells_how_to_repeat_it),
        OVER(personal_inputs_never_reach_the_evidence),
        OVER(what_cannot_be_judged_names_who_must_act),
        OVER(a_bank_that_is_gone_neither_passes_nor_fails),
        OVER(an_unbound_operation_is_undecided),
        OVER(an_input_that_the_binding_leaves_out_is_undecided),
        OVER(loops_repeat_and_collect_in_order),
        OVER(what_was_made_is_undone_after_a_failure),
        OVER(what_a_faulty_reply_made_is_undone),
        OVER(a_reply_in_another_notation_breaks_the_contract),
        OVER(a_case_that_is_for_another_candidate_says_so_and_proves_nothing),
        OVER(what_failed_before_stays_a_failure),
        OVER(a_loop_over_nothing_is_undecided),
        OVER(a_failing_preparation_leaves_the_case_undecided),
        OVER(polling_ends_when_the_expectation_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
