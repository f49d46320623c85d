/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ys_file.h"
#include "ys_vault.h"

#define RUN_ID "00c0ffee00aa"

static int setup(void **state)
{
    int status = run_setup(state);
    const struct run *run = *state;
    return status == 0 ? setenv("XDG_STATE_HOME", run->dir, 1) : status;
}

static struct ys_vault *created(struct run *run)
{
    struct ys_vault *vault = NULL;
    assert_int_equal(ys_vault_create(RUN_ID, &vault, &run->err), YS_OK);
    ys_redactor_keep(run->redactor, vault);
    return vault;
}

static struct ys_vault *opened(struct run *run)
{
    struct ys_vault *vault = NULL;
    assert_int_equal(ys_vault_open(RUN_ID, &vault, &run->err), YS_OK);
    return vault;
}

static void close_vault(struct run *run, struct ys_vault *vault)
{
    assert_int_equal(ys_vault_sync(vault, &run->err), YS_OK);
    ys_redactor_keep(run->redactor, NULL);
    ys_vault_free(vault);
}

static void a_mark_opens_to_its_value_and_credentials_are_not_kept(void **state)
{
    struct run *run = *state;
    struct ys_vault *vault = created(run);
    ys_redactor_learn(run->redactor, "name", "测试一");
    ys_redactor_learn_credential(run->redactor, "token", "a-token-of-the-bank");
    const char *hidden = ys_redact_mark(run->redactor, &run->arena, "unmapped", "17.00");
    close_vault(run, vault);

    vault = opened(run);
    const char *name = ys_redact_mark(run->redactor, &run->arena, "name", "测试一");
    const char *token = ys_redact_mark(run->redactor, &run->arena, "token", "a-token-of-the-bank");
    assert_string_equal(ys_vault_value(vault, name), "测试一");
    assert_string_equal(ys_vault_value(vault, hidden), "17.00");
    assert_null(ys_vault_value(vault, token));
    ys_vault_free(vault);
}

static void many_values_are_kept_once_each(void **state)
{
    struct run *run = *state;
    struct ys_vault *vault = created(run);
    for (int twice = 0; twice < 2; twice++) {
        for (int i = 0; i < 5000; i++) {
            char value[32];
            snprintf(value, sizeof value, "value %d", i);
            (void)ys_redact_mark(run->redactor, &run->arena, "name", value);
        }
    }
    close_vault(run, vault);
    vault = opened(run);
    assert_int_equal(ys_vault_count(vault), 5000);
    ys_vault_free(vault);
}

/* What a run that goes on must look for: what was learned, not what was hidden at one place. */
static void a_vault_teaches_what_was_learned(void **state)
{
    struct run *run = *state;
    struct ys_vault *vault = created(run);
    (void)ys_redact_mark(run->redactor, &run->arena, "name", "测试一");
    (void)ys_redact_mark(run->redactor, &run->arena, "unmapped", "00000000");
    ys_redactor_learn(run->redactor, "name", "测试一");
    close_vault(run, vault);

    vault = opened(run);
    struct ys_redactor *redactor = ys_redactor_new(ys_vault_key(vault));
    ys_vault_teach(vault, redactor);
    static const char text[] = "00000000 测试一";
    size_t length = 0;
    const char *redacted =
        ys_redact_text(redactor, &run->arena, text, sizeof text - 1u, &length);
    assert_string_equal(ys_arena_strndup(&run->arena, redacted, length),
                        ys_arena_printf(&run->arena, "00000000 %s",
                                        ys_redact_mark(redactor, &run->arena, "name", "测试一")));
    ys_redactor_free(redactor);
    ys_vault_free(vault);
}

/* A killed process leaves a half line; the next one goes on behind the last whole one. */
static void a_half_written_line_is_passed_over(void **state)
{
    struct run *run = *state;
    struct ys_vault *vault = created(run);
    ys_redactor_learn(run->redactor, "name", "测试一");
    ys_redactor_learn(run->redactor, "name", "测试二");
    close_vault(run, vault);
    size_t size = 0;
    char *bytes = run_read(run, "yanshou/vaults/" RUN_ID, &size);
    run_write(run, "yanshou/vaults/" RUN_ID, bytes, size - 9);
    free(bytes);

    vault = opened(run);
    ys_redactor_keep(run->redactor, vault);
    const char *mark = ys_redact_mark(run->redactor, &run->arena, "name", "测试三");
    close_vault(run, vault);
    vault = opened(run);
    assert_int_equal(ys_vault_count(vault), 2);
    assert_string_equal(ys_vault_value(vault, mark), "测试三");
    ys_vault_free(vault);
}

static void a_changed_entry_is_refused(void **state)
{
    struct run *run = *state;
    struct ys_vault *vault = created(run);
    ys_redactor_learn(run->redactor, "name", "测试一");
    close_vault(run, vault);
    size_t size = 0;
    char *bytes = run_read(run, "yanshou/vaults/" RUN_ID, &size);
    for (size_t i = 0; i + 3 < size; i++) {
        char before = bytes[i];
        bytes[i] = before == 'A' ? 'B' : 'A';
        run_write(run, "yanshou/vaults/" RUN_ID, bytes, size);
        assert_int_equal(ys_vault_open(RUN_ID, &vault, &run->err), YS_ERR_EVIDENCE_STATE);
        bytes[i] = before;
    }
    free(bytes);
}

static void files_are_for_their_owner_and_made_once(void **state)
{
    struct run *run = *state;
    static const char *const names[] = {"keys/" RUN_ID, "vaults/" RUN_ID};
    struct ys_vault *vault = created(run);
    for (size_t i = 0; i < 2; i++) {
        struct stat found;
        char path[160];
        snprintf(path, sizeof path, "%s/yanshou/%s", run->dir, names[i]);
        assert_int_equal(stat(path, &found), 0);
        assert_int_equal(found.st_mode & 0777, 0600);
    }
    struct ys_vault *second = NULL;
    assert_int_equal(ys_vault_create(RUN_ID, &second, &run->err), YS_ERR_IO);
    assert_int_equal(ys_vault_create("../elsewhere", &second, &run->err), YS_ERR_ARGUMENT);
    ys_redactor_keep(run->redactor, NULL);
    ys_vault_discard(vault);
    assert_int_equal(ys_vault_open(RUN_ID, &vault, &run->err), YS_ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_mark_opens_to_its_value_and_credentials_are_not_kept,
                                        setup, run_teardown),
        cmocka_unit_test_setup_teardown(many_values_are_kept_once_each, setup, run_teardown),
        cmocka_unit_test_setup_teardown(a_vault_teaches_what_was_learned, setup, run_teardown),
        cmocka_unit_test_setup_teardown(a_half_written_line_is_passed_over, setup, run_teardown),
        cmocka_unit_test_setup_teardown(a_changed_entry_is_refused, setup, run_teardown),
        cmocka_unit_test_setup_teardown(files_are_for_their_owner_and_made_once, setup,
                                        run_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
