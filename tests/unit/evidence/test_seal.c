/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of tampering must be detected and rightly named. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ys_file.h"

enum { RECORDS = 5, RANDOM_TAMPERINGS = 3000 };

static void sealed_run_verifies(void **state)
{
    struct run *run = *state;
    struct ys_verification verification;
    run_fill_and_seal(run, RECORDS);
    assert_int_equal(run_verify(run, &verification), YS_FAULT_NONE);
    assert_int_equal(verification.records, RECORDS);
    assert_int_equal(strlen(verification.head), 64);
}

static void empty_log_can_be_sealed(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, 0);
    assert_int_equal(run_verify(run, NULL), YS_FAULT_NONE);
}

static void missing_folder_is_an_error_and_not_a_fault(void **state)
{
    struct run *run = *state;
    struct ys_verification verification;
    assert_int_equal(ys_seal_verify(&run->arena, "/nowhere/at/all", &verification, &run->err),
                     YS_ERR_NOT_FOUND);
}

/* The start of line `number` (from 1) of a log, and of the line behind it. */
static char *line_at(char *log, int number)
{
    for (int i = 1; i < number; i++) {
        log = strchr(log, '\n') + 1;
    }
    return log;
}

static void change_in_log(struct run *run, int line, const char *old, const char *new)
{
    size_t size = 0;
    char *log = run_read(run, "evidence.jsonl", &size);
    char *at = strstr(line_at(log, line), old);
    assert_non_null(at);
    memcpy(at, new, strlen(new));
    run_write(run, "evidence.jsonl", log, size);
    free(log);
}

static void expect(struct run *run, enum ys_fault fault, const char *file, int64_t record)
{
    struct ys_verification verification;
    enum ys_fault found = run_verify(run, &verification);
    if (found != fault) {
        fail_msg("expected %s, found %s: %s", ys_fault_name(fault), ys_fault_name(found),
                 verification.text);
    }
    assert_string_equal(verification.file, file);
    assert_int_equal(verification.record, record);
}

static void changed_content_breaks_the_chain_at_the_next_record(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS);
    change_in_log(run, 3, "\"number\":3", "\"number\":8");
    expect(run, YS_FAULT_CHAIN, "evidence.jsonl", 4);
}

static void changed_link_breaks_the_chain_there(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS);
    size_t size = 0;
    char *log = run_read(run, "evidence.jsonl", &size);
    char *digit = strstr(line_at(log, 3), "\"prev\":\"") + 8;
    *digit = *digit == '0' ? '1' : '0';
    run_write(run, "evidence.jsonl", log, size);
    free(log);
    expect(run, YS_FAULT_CHAIN, "evidence.jsonl", 3);
    change_in_log(run, 3, "\"prev\":\"", "\"prev\":\"zz");
    expect(run, YS_FAULT_SYNTAX, "evidence.jsonl", 3);
}

static void changed_first_link_is_named(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS);
    change_in_log(run, 1, "\"prev\":\"0", "\"prev\":\"1");
    expect(run, YS_FAULT_CHAIN, "evidence.jsonl", 1);
}

static void changed_number_is_a_fault_of_the_sequence(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS);
    change_in_log(run, 2, "\"seq\":2", "\"seq\":4");
    expect(run, YS_FAULT_SEQUENCE, "evidence.jsonl", 2);
}

static void broken_json_is_named_with_its_byte(void **state)
{
    struct run *run = *state;
    struct ys_verification verification;
    run_fill_and_seal(run, RECORDS);
    change_in_log(run, 2, "\"kind\"", "\"kind\x01");
    assert_int_equal(run_verify(run, &verification), YS_FAULT_SYNTAX);
    assert_int_equal(verification.record, 2);
    size_t size = 0;
    char *log = run_read(run, "evidence.jsonl", &size);
    assert_int_equal(verification.offset, strchr(log, '\x01') - log);
    free(log);
}

static void blank_between_members_is_not_canonical(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS);
    size_t size = 0;
    char *log = run_read(run, "evidence.jsonl", &size);
    char *wider = malloc(size + 1u);
    wider[0] = '{';
    wider[1] = ' ';
    memcpy(wider + 2, log + 1, size - 1u);
    run_write(run, "evidence.jsonl", wider, size + 1u);
    free(wider);
    free(log);
    expect(run, YS_FAULT_SYNTAX, "evidence.jsonl", 1);
}

static void changed_last_record_is_not_the_sealed_one(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS);
    change_in_log(run, RECORDS, "\"number\":5", "\"number\":6");
    expect(run, YS_FAULT_DIGEST, "evidence.jsonl", RECORDS);
}

/* Rebuilds the log from its own lines in the given order. */
static void rearrange(struct run *run, const int *order, size_t count)
{
    size_t size = 0;
    char *log = run_read(run, "evidence.jsonl", &size);
    char *made = malloc(2u * size + 1u);
    size_t end = 0;
    for (size_t i = 0; i < count; i++) {
        char *line = line_at(log, order[i]);
        size_t length = (size_t)(strchr(line, '\n') - line) + 1u;
        memcpy(made + end, line, length);
        end += length;
    }
    run_write(run, "evidence.jsonl", made, end);
    free(made);
    free(log);
}

static void dropped_doubled_swapped_and_truncated_records_are_named(void **state)
{
    struct run *run = *state;
    static const struct {
        int order[RECORDS + 1];
        size_t count;
        int64_t record;
    } table[] = {
        {{1, 2, 4, 5}, 4, 3},       /* dropped */
        {{2, 3, 4, 5}, 4, 1},       /* the first dropped */
        {{1, 2, 2, 3, 4, 5}, 6, 3}, /* doubled */
        {{1, 3, 2, 4, 5}, 5, 2},    /* swapped */
        {{1, 2, 3, 4}, 4, 5},       /* the last dropped */
        {{1}, 0, 1},                /* emptied */
        {{1, 2, 3, 4, 5, 5}, 6, 6}, /* the last doubled */
    };
    run_fill_and_seal(run, RECORDS);
    size_t size = 0;
    char *log = run_read(run, "evidence.jsonl", &size);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        rearrange(run, table[i].order, table[i].count);
        expect(run, YS_FAULT_SEQUENCE, "evidence.jsonl", table[i].record);
        run_write(run, "evidence.jsonl", log, size);
    }
    free(log);
    assert_int_equal(run_verify(run, NULL), YS_FAULT_NONE);
}

static void record_appended_after_the_seal_is_named(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS + 1);
    size_t size = 0;
    char *longer = run_read(run, "evidence.jsonl", &size);
    run_remove(run, "evidence.jsonl");
    run_fill_and_seal(run, RECORDS);
    run_write(run, "evidence.jsonl", longer, size);
    free(longer);
    expect(run, YS_FAULT_SEQUENCE, "evidence.jsonl", RECORDS + 1);
}

static void cut_line_is_named_and_the_rest_stands(void **state)
{
    struct run *run = *state;
    struct ys_verification verification;
    run_fill_and_seal(run, RECORDS);
    size_t size = 0;
    char *log = run_read(run, "evidence.jsonl", &size);
    run_write(run, "evidence.jsonl", log, size - 1u);
    free(log);
    assert_int_equal(run_verify(run, &verification), YS_FAULT_CUT);
    assert_int_equal(verification.record, RECORDS);
    assert_int_equal(verification.records, RECORDS - 1);
}

static void log_without_a_file_and_run_without_a_seal_are_named(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS);
    run_remove(run, "seal.json");
    expect(run, YS_FAULT_UNSEALED, "seal.json", 0);
    run_remove(run, "evidence.jsonl");
    expect(run, YS_FAULT_MISSING, "evidence.jsonl", 0);
}

static void exchanged_and_missing_files_are_named(void **state)
{
    struct run *run = *state;
    static const char *const files[] = {"manifest.json", "result.json"};
    run_fill_and_seal(run, RECORDS);
    for (size_t i = 0; i < 2; i++) {
        size_t size = 0;
        char *bytes = run_read(run, files[i], &size);
        run_write(run, files[i], "{\"conclusion\":\"unqualified\"}\n", 29);
        expect(run, YS_FAULT_DIGEST, files[i], 0);
        run_remove(run, files[i]);
        expect(run, YS_FAULT_MISSING, files[i], 0);
        run_write(run, files[i], bytes, size);
        free(bytes);
    }
    assert_int_equal(run_verify(run, NULL), YS_FAULT_NONE);
}

static void result_added_to_a_sealed_run_is_named(void **state)
{
    struct run *run = *state;
    char head[65];
    int64_t records = 0;
    struct ys_log *log = run_open(run);
    run_append(run, log, 1);
    assert_int_equal(ys_log_close(log, head, &records, &run->err), YS_OK);
    ys_log_free(log);
    assert_int_equal(ys_seal_write(run->dir, head, records, true, &run->err), YS_OK);
    assert_int_equal(run_verify(run, NULL), YS_FAULT_NONE);
    run_write(run, "result.json", "{}\n", 3);
    expect(run, YS_FAULT_EXTRA, "result.json", 0);
}

static const char *blob_name(struct run *run, size_t index)
{
    const char **names = NULL;
    size_t count = 0;
    const char *folder = ys_path_join(&run->arena, run->dir, "blobs");
    assert_int_equal(ys_folder_list(&run->arena, folder, NULL, &names, &count, NULL), YS_OK);
    assert_true(index < count);
    return ys_path_join(&run->arena, "blobs", names[index]);
}

static void changed_exchanged_missing_and_added_blobs_are_named(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS);
    const char *first = blob_name(run, 0);
    const char *second = blob_name(run, 1);
    size_t first_size = 0;
    size_t second_size = 0;
    char *first_bytes = run_read(run, first, &first_size);
    char *second_bytes = run_read(run, second, &second_size);

    run_write(run, first, second_bytes, second_size);
    run_write(run, second, first_bytes, first_size);
    expect(run, YS_FAULT_DIGEST, first, 0);
    run_write(run, first, first_bytes, first_size);
    expect(run, YS_FAULT_DIGEST, second, 0);
    run_remove(run, second);
    expect(run, YS_FAULT_MISSING, second, 0);
    run_write(run, second, second_bytes, second_size);
    run_write(run, "blobs/extra", "x", 1);
    expect(run, YS_FAULT_EXTRA, "blobs/extra", 0);
    run_remove(run, "blobs/extra");
    assert_int_equal(run_verify(run, NULL), YS_FAULT_NONE);
    free(first_bytes);
    free(second_bytes);
}

static void seal_of_another_run_does_not_fit(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS);
    size_t size = 0;
    char *seal = run_read(run, "seal.json", &size);
    run_remove(run, "evidence.jsonl");
    run->time.wall_us += 1;
    run_fill_and_seal(run, RECORDS);
    run_write(run, "seal.json", seal, size);
    free(seal);
    expect(run, YS_FAULT_DIGEST, "evidence.jsonl", RECORDS);
}

static void damaged_seals_are_faults_of_their_own(void **state)
{
    struct run *run = *state;
    static const char *const seals[] = {
        "", "{}\n", "[]\n", "{\"schema\":\"yanshou-seal-1\"}\n", "{\"schema\": 1}\n", "\n",
        "{\"blobs\":[],\"evidence\":{\"head\":\"0\",\"records\":0},\"files\":{},"
        "\"interrupted\":false,\"schema\":\"yanshou-seal-1\"}\n",
        "{\"blobs\":[],\"evidence\":{\"head\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\",\"records\":0},"
        "\"files\":{\"../../etc/passwd\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\"},"
        "\"interrupted\":false,\"schema\":\"yanshou-seal-1\"}\n"};
    run_fill_and_seal(run, RECORDS);
    for (size_t i = 0; i < sizeof seals / sizeof seals[0]; i++) {
        run_write(run, "seal.json", seals[i], strlen(seals[i]));
        expect(run, YS_FAULT_SYNTAX, "seal.json", 0);
    }
}

static void foreign_file_among_the_blobs_stops_the_seal(void **state)
{
    struct run *run = *state;
    char head[65];
    int64_t records = 0;
    struct ys_log *log = run_open(run);
    assert_int_equal(ys_log_close(log, head, &records, &run->err), YS_OK);
    ys_log_free(log);
    run_write(run, "blobs/notes.txt", "x", 1);
    assert_int_equal(ys_seal_write(run->dir, head, records, false, &run->err),
                     YS_ERR_EVIDENCE_STATE);
    assert_non_null(strstr(run->err.text, "notes.txt"));
}

static void long_records_verify_and_longer_lines_than_any_record_do_not(void **state)
{
    struct run *run = *state;
    size_t size = YS_RECORD_BYTES_MAX - 1024u;
    char *text = malloc(2u * YS_RECORD_BYTES_MAX);
    memset(text, 'x', 2u * YS_RECORD_BYTES_MAX);
    struct ys_log *log = run_open(run);
    run_append(run, log, 1);
    struct ys_value *record = ys_value_map(&run->arena);
    ys_value_set(&run->arena, record, "body", ys_value_string_n(&run->arena, text, size));
    assert_int_equal(ys_log_append(log, record, NULL, &run->err), YS_OK);
    run_append(run, log, 3);
    ys_log_free(log);
    expect(run, YS_FAULT_UNSEALED, "seal.json", 0);
    run_write(run, "evidence.jsonl", text, 2u * YS_RECORD_BYTES_MAX);
    expect(run, YS_FAULT_SYNTAX, "evidence.jsonl", 1);
    free(text);
}

static void random_tampering_never_passes(void **state)
{
    struct run *run = *state;
    uint32_t seed = 20240110u;
    int tried = 0;
    run_fill_and_seal(run, RECORDS);
    const char *files[] = {"evidence.jsonl", "manifest.json", "result.json", blob_name(run, 0),
                           "seal.json"};
    for (int i = 0; i < RANDOM_TAMPERINGS; i++) {
        const char *file = files[random_next(&seed) % 5u];
        size_t size = 0;
        char *bytes = run_read(run, file, &size);
        char *made = malloc(2u * size + 64u);
        size_t made_size = random_tamper(&seed, bytes, size, made);
        bool interrupted_flag = strcmp(file, "seal.json") == 0;
        if (made_size != size || memcmp(made, bytes, size) != 0) {
            struct ys_verification verification;
            run_write(run, file, made, made_size);
            enum ys_fault found = run_verify(run, &verification);
            if (found == YS_FAULT_NONE) {
                fail_msg("tampering %d of %s passed%s", i, file,
                         interrupted_flag ? " (seal)" : "");
            }
            /* A changed seal may accuse a file that is innocent; else the file is the one. */
            if (!interrupted_flag) {
                assert_string_equal(verification.file, file);
            }
            run_write(run, file, bytes, size);
            tried++;
        }
        free(made);
        free(bytes);
        ys_arena_reset(&run->arena);
        files[3] = blob_name(run, 0);
    }
    assert_true(tried > RANDOM_TAMPERINGS / 2);
    assert_int_equal(run_verify(run, NULL), YS_FAULT_NONE);
}

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, run_setup, run_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(sealed_run_verifies),
        RUN_TEST(empty_log_can_be_sealed),
        RUN_TEST(missing_folder_is_an_error_and_not_a_fault),
        RUN_TEST(changed_content_breaks_the_chain_at_the_next_record),
        RUN_TEST(changed_link_breaks_the_chain_there),
        RUN_TEST(changed_first_link_is_named),
        RUN_TEST(changed_number_is_a_fault_of_the_sequence),
        RUN_TEST(broken_json_is_named_with_its_byte),
        RUN_TEST(blank_between_members_is_not_canonical),
        RUN_TEST(changed_last_record_is_not_the_sealed_one),
        RUN_TEST(dropped_doubled_swapped_and_truncated_records_are_named),
        RUN_TEST(record_appended_after_the_seal_is_named),
        RUN_TEST(cut_line_is_named_and_the_rest_stands),
        RUN_TEST(log_without_a_file_and_run_without_a_seal_are_named),
        RUN_TEST(exchanged_and_missing_files_are_named),
        RUN_TEST(result_added_to_a_sealed_run_is_named),
        RUN_TEST(changed_exchanged_missing_and_added_blobs_are_named),
        RUN_TEST(seal_of_another_run_does_not_fit),
        RUN_TEST(damaged_seals_are_faults_of_their_own),
        RUN_TEST(foreign_file_among_the_blobs_stops_the_seal),
        RUN_TEST(long_records_verify_and_longer_lines_than_any_record_do_not),
        RUN_TEST(random_tampering_never_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
