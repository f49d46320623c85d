/* SPDX-License-Identifier: Apache-2.0 */
/* Findings of persons over time: who may say what, what counts, what expires, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ys_attest.h"
#include "ys_file.h"
#include "ys_rejudge.h"
#include "ys_run.h"
#include "ys_seal.h"
#include "ys_signature.h"

#define DAY_US (24ll * 3600 * 1000000)
#define START_US 1795564800000000ll /* 2026-11-25T00:00:00Z */

static const char REGULATION[] =
    "regulation: small\n"
    "title: small\n"
    "number: 1\n"
    "issued: 2024-01-10\n"
    "branches: {supply: register, id: code, name: name, where: {status: open}}\n"
    "clauses:\n"
    "  - {id: '1', article: a, text: t, modes: [S], mandatory: true, questions: [{id: window, "
    "ask: a, todo: b, people: 2, valid_days: 30}]}\n"
    "  - {id: '2', article: a, text: t, modes: [S], mandatory: true, questions: [{id: desk, "
    "ask: a, todo: b, branches: 2}]}\n"
    "  - {id: '3', article: a, text: t, modes: [D], mandatory: false, documents: [{id: policy, "
    "title: p}]}\n"
    "  - {id: '4', article: a, text: t, modes: [A], mandatory: false}\n";
static const char OPERATIONS[] =
    "catalogue: small\n"
    "types: {row: {object: {code: {type: string, required: true}, name: string, status: string}}}\n"
    "supplies: {register: {type: {list: row}, text: t}}\n"
    "operations:\n"
    "  - {id: bank.look, title: t, meaning: m, harmless: true, outputs: {outcome: {enum: "
    "[accepted]}}}\n";
static const char SUITE[] =
    "suite: one\ntitle: t\ncases:\n"
    "  - {id: one.case, clauses: ['4'], title: t, steps: [{call: bank.look, expect: {outcome: "
    "accepted}}]}\n";
static const char CANDIDATE[] =
    "candidate: small\nname: n\nregulation: small\n"
    "endpoints: {api: {url: 'http://127.0.0.1:9'}}\nallowed_hosts: [127.0.0.1]\n"
    "supplies: {register: [{code: b1, name: n, status: open}, {code: b2, name: n, status: open}, "
    "{code: b3, name: n, status: closed}, {code: b4, name: n, status: open}]}\n";

struct bench {
    struct ys_arena arena;
    char folder[32];
    const char *run_dir;
    const struct ys_pack *pack;
    struct ys_clock_fake fake;
    struct ys_clock clock;
};

static void put(struct bench *bench, const char *name, const char *text)
{
    assert_int_equal(
        ys_file_write(ys_path_join(&bench->arena, bench->folder, name), text, strlen(text), NULL),
        YS_OK);
}

/* A run that looked at no case: everything waits for persons. */
static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct ys_diags diags;
    const struct ys_candidate *candidate = NULL;
    static const char *const clauses[] = {"3"};
    struct ys_run_summary summary;
    struct ys_err err;
    *state = bench;
    ys_arena_init(&bench->arena);
    memcpy(bench->folder, "/tmp/ys-attest-XXXXXX", sizeof "/tmp/ys-attest-XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    put(bench, "regulation.yaml", REGULATION);
    put(bench, "operations.yaml", OPERATIONS);
    put(bench, "one.yaml", SUITE);
    ys_diags_init(&diags, &bench->arena);
    enum ys_status status =
        ys_pack_load(&bench->arena, bench->folder, NULL, 0, &diags, &bench->pack);
    if (diags.count) {
        print_message("%s\n", diags.items[0].text);
    }
    assert_int_equal(status, YS_OK);
    const char *path = ys_path_join(&bench->arena, bench->folder, "candidate.txt");
    put(bench, "candidate.txt", CANDIDATE);
    status = ys_candidate_load(&bench->arena, path, bench->pack, &diags, &candidate);
    if (diags.count) {
        print_message("%s\n", diags.items[0].text);
    }
    assert_int_equal(status, YS_OK);
    bench->fake.wall_us = START_US;
    bench->clock = ys_clock_from_fake(&bench->fake);
    bench->run_dir = ys_path_join(&bench->arena, bench->folder, "run");
    struct ys_run_options options = {
        .pack = bench->pack,
        .candidate = candidate,
        .run_dir = bench->run_dir,
        .clause_ids = clauses,
        .clause_id_count = 1,
        .jobs = 1,
        .seed = 7,
        .clock = &bench->clock,
    };
    status = ys_run(&options, &summary, &err);
    if (status != YS_OK) {
        print_message("%s\n", err.text);
    }
    assert_int_equal(status, YS_OK);
    assert_int_equal(summary.conclusion, YS_CONCLUSION_INCOMPLETE);
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    const char *folders[] = {"run/attestations", "run/blobs", "run", "."};
    for (size_t i = 0; i < 4; i++) {
        const char *folder = ys_path_join(&bench->arena, bench->folder, folders[i]);
        const char **names = NULL;
        size_t count = 0;
        if (ys_folder_exists(folder) &&
            ys_folder_list(&bench->arena, folder, NULL, &names, &count, NULL) == YS_OK) {
            for (size_t k = 0; k < count; k++) {
                unlink(ys_path_join(&bench->arena, folder, names[k]));
            }
        }
        rmdir(folder);
    }
    rmdir(bench->folder);
    ys_arena_clear(&bench->arena);
    free(bench);
    return 0;
}

static struct ys_attest *open_run(struct bench *bench)
{
    struct ys_attest *attest = NULL;
    struct ys_err err;
    enum ys_status status =
        ys_attest_open(&bench->arena, bench->run_dir, bench->pack, &bench->clock, &attest, &err);
    if (status != YS_OK) {
        print_message("%s\n", err.text);
    }
    assert_int_equal(status, YS_OK);
    return attest;
}

static struct ys_answer said(const char *clause, const char *branch, const char *who,
                             const char *verdict)
{
    return (struct ys_answer){.clause = clause,
                              .branch = branch,
                              .verdict = verdict,
                              .answer = "seen",
                              .who = who,
                              .role = "inspector"};
}

static enum ys_taken take(struct ys_attest *attest, struct ys_answer answer)
{
    enum ys_taken taken = YS_TAKEN_NEW;
    struct ys_err err;
    enum ys_status status = ys_attest_take(attest, &answer, false, &taken, &err);
    if (status != YS_OK) {
        print_message("%s\n", err.text);
    }
    assert_int_equal(status, YS_OK);
    return taken;
}

static void assert_refused(struct ys_attest *attest, struct ys_answer answer, const char *why)
{
    enum ys_taken taken = YS_TAKEN_NEW;
    struct ys_err err = {.text = ""};
    assert_int_equal(ys_attest_take(attest, &answer, false, &taken, &err), YS_ERR_ARGUMENT);
    if (!strstr(err.text, why)) {
        fail_msg("'%s' does not say '%s'", err.text, why);
    }
}

/* Ends the session; the run verifies, and judging again differs in nothing. */
static const struct ys_value *end(struct bench *bench, struct ys_attest *attest)
{
    const struct ys_value *result = NULL;
    struct ys_verification found;
    struct ys_rejudgement again;
    assert_int_equal(ys_attest_finish(attest, &result, NULL), YS_OK);
    assert_int_equal(ys_seal_verify(&bench->arena, bench->run_dir, &found, NULL), YS_OK);
    assert_int_equal(found.fault, YS_FAULT_NONE);
    assert_int_equal(ys_rejudge(&bench->arena, bench->run_dir, bench->pack, &again, NULL), YS_OK);
    assert_int_equal(ys_value_count(again.differences), 0);
    return result;
}

static void assert_clause(const struct ys_value *result, const char *id, const char *verdict,
                          const char *reason)
{
    const struct ys_value *clauses = ys_value_get(result, "clauses");
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        const struct ys_value *clause = ys_value_at(clauses, i);
        if (strcmp(ys_value_get_text(clause, "id"), id) == 0) {
            assert_string_equal(ys_value_get_text(clause, "verdict"), verdict);
            if (!strstr(ys_value_get_text(clause, "reason"), reason)) {
                fail_msg("'%s' does not say '%s'", ys_value_get_text(clause, "reason"), reason);
            }
            return;
        }
    }
    fail_msg("no clause %s", id);
}

static void two_different_persons_must_find_it(void **state)
{
    struct bench *bench = *state;
    struct ys_attest *attest = open_run(bench);
    take(attest, said("1", NULL, "first", "pass"));
    assert_int_equal(take(attest, said("1", NULL, " fi rst ", "pass")), YS_TAKEN_ALREADY);
    assert_clause(end(bench, attest), "1", "pending", "a further person must find the same");
    attest = open_run(bench);
    take(attest, said("1", NULL, "second", "pass"));
    assert_clause(end(bench, attest), "1", "pass", "");
}

static struct ys_answer confirming(const char *who, const char *id, const char *verdict)
{
    struct ys_answer answer = said("1", NULL, who, verdict);
    answer.confirms = id;
    return answer;
}

static const struct ys_value *finding(const struct ys_value *result, size_t index)
{
    return ys_value_at(ys_value_get(result, "attestations"), index);
}

static void another_person_confirms_what_one_found(void **state)
{
    struct bench *bench = *state;
    struct ys_attest *attest = open_run(bench);
    take(attest, said("1", NULL, "Wang  Yi", "pass"));
    const char *id = ys_arena_strdup(&bench->arena, ys_attest_last_id(attest));
    static const char *const spellings[] = {"Wang Yi", "ＷＡＮＧ　ＹＩ", "wang·yi", "Wang\u200BYi",
                                            "W a n g-Yi", "Wang\u2003Yi"};
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        assert_refused(attest, confirming(spellings[i], id, "pass"), "another person must");
    }
    assert_refused(attest, confirming("second", "a000000000000", "pass"), "no finding");
    assert_refused(attest, confirming("second", id, "fail"), "does not confirm");
    assert_int_equal(take(attest, confirming("second", id, "pass")), YS_TAKEN_NEW);
    const char *second = ys_attest_last_id(attest);
    assert_refused(attest, confirming("third", second, "pass"), "this is a confirmation");
    assert_int_equal(take(attest, confirming("second", id, "pass")), YS_TAKEN_ALREADY);
    const struct ys_value *result = end(bench, attest);
    assert_clause(result, "1", "pass", "");
    const struct ys_value *by = ys_value_at(ys_value_get(finding(result, 0), "confirmed_by"), 0);
    assert_string_equal(ys_value_get_text(by, "who"), "second");
    assert_string_equal(ys_value_get_text(finding(result, 1), "confirms"), id);
    assert_string_equal(ys_value_get_text(finding(result, 1), "state"), "counts");
}

/* Whoever confirmed something did not confirm what came in its place. */
static void a_confirmation_goes_with_what_it_confirms(void **state)
{
    struct bench *bench = *state;
    struct ys_attest *attest = open_run(bench);
    take(attest, said("1", NULL, "first", "pass"));
    const char *id = ys_arena_strdup(&bench->arena, ys_attest_last_id(attest));
    take(attest, confirming("second", id, "pass"));
    assert_clause(end(bench, attest), "1", "pass", "");
    attest = open_run(bench);
    struct ys_answer again = said("1", NULL, "first", "pass");
    again.answer = "I looked at another one";
    take(attest, again);
    assert_refused(attest, confirming("third", id, "pass"), "superseded");
    const struct ys_value *asked = ys_value_at(ys_attest_asked(attest), 0);
    assert_true(ys_attest_is_open(attest, asked));
    assert_null(ys_attest_said(attest, asked, "second"));
    assert_non_null(ys_attest_confirmable(attest, asked, "second"));
    assert_null(ys_attest_confirmable(attest, asked, "FIRST"));
    const struct ys_value *result = end(bench, attest);
    assert_clause(result, "1", "pending", "a further person must find the same");
    assert_string_equal(ys_value_get_text(finding(result, 1), "state"), "void");
    assert_null(ys_value_get(finding(result, 0), "confirmed_by"));
    attest = open_run(bench);
    asked = ys_value_at(ys_attest_asked(attest), 0);
    const struct ys_value *now = ys_attest_confirmable(attest, asked, "second");
    assert_int_equal(take(attest, confirming("second", ys_value_get_text(now, "id"), "pass")),
                     YS_TAKEN_INSTEAD);
    assert_clause(end(bench, attest), "1", "pass", "");
}

static void a_failing_finding_stands_until_who_made_it_replaces_it(void **state)
{
    struct bench *bench = *state;
    struct ys_attest *attest = open_run(bench);
    take(attest, said("1", NULL, "first", "pass"));
    take(attest, said("1", NULL, "second", "pass"));
    take(attest, said("1", NULL, "third", "fail"));
    const struct ys_value *result = end(bench, attest);
    assert_clause(result, "1", "fail", "an inspector found: seen");
    assert_string_equal(ys_value_get_text(result, "conclusion"), "unqualified");
    attest = open_run(bench);
    assert_int_equal(take(attest, said("1", NULL, "third", "pass")), YS_TAKEN_INSTEAD);
    result = end(bench, attest);
    assert_clause(result, "1", "pass", "");
    const struct ys_value *all = ys_value_get(result, "attestations");
    assert_int_equal(ys_value_count(all), 4);
    assert_string_equal(ys_value_get_text(ys_value_at(all, 2), "state"), "superseded");
    assert_string_equal(ys_value_get_text(ys_value_at(all, 3), "supersedes"),
                        ys_value_get_text(ys_value_at(all, 2), "id"));
}

static void what_nobody_can_tell_is_undecided(void **state)
{
    struct bench *bench = *state;
    struct ys_attest *attest = open_run(bench);
    take(attest, said("1", NULL, "first", "inconclusive"));
    take(attest, said("1", NULL, "second", "pass"));
    assert_clause(end(bench, attest), "1", "inconclusive", "could not decide");
}

static void a_finding_expires(void **state)
{
    struct bench *bench = *state;
    struct ys_attest *attest = open_run(bench);
    take(attest, said("1", NULL, "first", "pass"));
    take(attest, said("1", NULL, "second", "pass"));
    assert_clause(end(bench, attest), "1", "pass", "");
    /* On its last day it holds. */
    bench->fake.wall_us = START_US + 30 * DAY_US;
    attest = open_run(bench);
    take(attest, said("2", "b1", "first", "pass"));
    assert_clause(end(bench, attest), "1", "pass", "");
    bench->fake.wall_us = START_US + 31 * DAY_US;
    attest = open_run(bench);
    take(attest, said("2", "b2", "first", "pass"));
    const struct ys_value *result = end(bench, attest);
    assert_clause(result, "1", "pending", "has expired");
    assert_string_equal(
        ys_value_get_text(ys_value_at(ys_value_get(result, "attestations"), 0), "state"),
        "expired");
    /* Looked at again, it holds again. */
    attest = open_run(bench);
    take(attest, said("1", NULL, "first", "pass"));
    take(attest, said("1", NULL, "second", "pass"));
    assert_clause(end(bench, attest), "1", "pass", "");
}

static void every_branch_that_was_drawn_is_wanted(void **state)
{
    struct bench *bench = *state;
    struct ys_attest *attest = open_run(bench);
    const struct ys_value *asked = ys_attest_asked(attest);
    const char *drawn[4] = {0};
    size_t count = 0;
    for (size_t i = 0; i < ys_value_count(asked); i++) {
        const char *branch = ys_value_get_text(ys_value_at(asked, i), "branch");
        if (branch) {
            assert_string_not_equal(branch, "b3"); /* closed */
            drawn[count++] = branch;
        }
    }
    assert_int_equal(count, 2);
    take(attest, said("2", drawn[0], "first", "pass"));
    assert_clause(end(bench, attest), "2", "pending", "must see it on site");
    attest = open_run(bench);
    take(attest, said("2", drawn[1], "first", "pass"));
    assert_clause(end(bench, attest), "2", "pass", "");
    /* One that was not drawn cannot help, and can fail. */
    const char *other = "b1";
    for (size_t i = 0; i < 2; i++) {
        if (strcmp(drawn[i], other) == 0) {
            other = strcmp(drawn[0], "b2") == 0 || strcmp(drawn[1], "b2") == 0 ? "b4" : "b2";
        }
    }
    attest = open_run(bench);
    take(attest, said("2", other, "first", "fail"));
    assert_clause(end(bench, attest), "2", "fail", other);
}

static void what_cannot_count_is_refused(void **state)
{
    struct bench *bench = *state;
    struct ys_attest *attest = open_run(bench);
    struct ys_answer answer = said("1", NULL, "first", "pass");
    assert_refused(attest, said("9", NULL, "first", "pass"), "nothing is asked");
    assert_refused(attest, said("1", "b1", "first", "pass"), "not asked by branch");
    assert_refused(attest, said("2", NULL, "first", "pass"), "say at which branch");
    assert_refused(attest, said("2", "b3", "first", "pass"), "no such open branch");
    assert_refused(attest, said("1", NULL, " \t", "pass"), "who");
    assert_refused(attest, said("3", NULL, "first", "pass"), "has not seen the document");
    answer.answer = "  ";
    assert_refused(attest, answer, "what was seen");
    answer.answer = "the holder 110101190001010014 said so";
    assert_refused(attest, answer, "leave it out");
    answer.answer = "seen";
    answer.seen = "2026-11-26";
    assert_refused(attest, answer, "still to come");
    answer.seen = "2026-10-25";
    assert_refused(attest, answer, "look again");
    answer.seen = "2026-02-30";
    assert_refused(attest, answer, "YYYY-MM-DD");
    answer.seen = NULL;
    static const char *const files[] = {"/etc/hostname"};
    answer.files = files;
    answer.file_count = 1;
    assert_refused(attest, answer, "JPEG or PNG");
    assert_false(
        ys_file_exists(ys_path_join(&bench->arena, bench->run_dir, "attestations/records.jsonl")));
    end(bench, attest);
}

static void other_suites_are_refused(void **state)
{
    struct bench *bench = *state;
    struct ys_diags diags;
    const struct ys_pack *other = NULL;
    struct ys_attest *attest = NULL;
    struct ys_err err;
    put(bench, "two.yaml", "# another file\nfragments: []\n");
    ys_diags_init(&diags, &bench->arena);
    if (ys_pack_load(&bench->arena, bench->folder, NULL, 0, &diags, &other) != YS_OK) {
        put(bench, "two.yaml", SUITE);
    }
    assert_non_null(other);
    assert_int_equal(
        ys_attest_open(&bench->arena, bench->run_dir, other, &bench->clock, &attest, &err),
        YS_ERR_EVIDENCE_STATE);
}

/* The sealed result with one text for another, and the seal anew. */
static void reseal(struct bench *bench, const char *was, const char *is)
{
    struct ys_verification found;
    struct ys_buf text;
    struct ys_buf other;
    const char *path = ys_path_join(&bench->arena, bench->run_dir, "result.json");
    assert_int_equal(ys_seal_verify(&bench->arena, bench->run_dir, &found, NULL), YS_OK);
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    ys_buf_init(&other, YS_FILE_BYTES_MAX);
    assert_int_equal(ys_file_read(path, &text, NULL), YS_OK);
    assert_int_equal(ys_buf_append(&text, "", 1), YS_OK);
    const char *at = strstr(text.bytes, was);
    assert_non_null(at);
    assert_int_equal(ys_buf_append(&other, text.bytes, (size_t)(at - text.bytes)), YS_OK);
    assert_int_equal(ys_buf_append_text(&other, is), YS_OK);
    assert_int_equal(ys_buf_append_text(&other, at + strlen(was)), YS_OK);
    assert_int_equal(ys_file_write(path, other.bytes, other.length, NULL), YS_OK);
    assert_int_equal(ys_seal_write(bench->run_dir, found.head, found.records, false, NULL), YS_OK);
    assert_int_equal(ys_seal_verify(&bench->arena, bench->run_dir, &found, NULL), YS_OK);
    assert_int_equal(found.fault, YS_FAULT_NONE);
    ys_buf_clear(&text);
    ys_buf_clear(&other);
}

static void a_result_that_the_record_does_not_give_is_refused(void **state)
{
    struct bench *bench = *state;
    struct ys_attest *attest = NULL;
    struct ys_err err;
    reseal(bench, "\"verdict\": \"pending\"", "\"verdict\": \"pass\"");
    assert_int_equal(
        ys_attest_open(&bench->arena, bench->run_dir, bench->pack, &bench->clock, &attest, &err),
        YS_ERR_EVIDENCE_STATE);
    assert_non_null(strstr(err.text, "differs from the sealed result"));
}

static void a_session_that_was_cut_is_ended_by_the_next(void **state)
{
    struct bench *bench = *state;
    struct ys_verification found;
    struct ys_attest *attest = open_run(bench);
    take(attest, said("1", NULL, "first", "pass"));
    assert_int_equal(ys_seal_verify(&bench->arena, bench->run_dir, &found, NULL), YS_OK);
    assert_int_not_equal(found.fault, YS_FAULT_NONE);
    attest = open_run(bench);
    assert_true(ys_attest_is_unfinished(attest));
    take(attest, said("1", NULL, "second", "pass"));
    assert_clause(end(bench, attest), "1", "pass", "");
    attest = open_run(bench);
    assert_false(ys_attest_is_unfinished(attest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_different_persons_must_find_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_person_confirms_what_one_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_confirmation_goes_with_what_it_confirms, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_failing_finding_stands_until_who_made_it_replaces_it,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_nobody_can_tell_is_undecided, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_finding_expires, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_branch_that_was_drawn_is_wanted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_count_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_suites_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_result_that_the_record_does_not_give_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_session_that_was_cut_is_ended_by_the_next, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
