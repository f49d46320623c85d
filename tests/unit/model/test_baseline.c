/* SPDX-License-Identifier: Apache-2.0 */
/* A baseline's edits keep every line that is not of an entry that goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "test_arena.h"
#include "ys_baseline.h"

static enum ys_status read_text(const char *text, const struct ys_baseline **ret_baseline,
                                struct ys_diags *diags)
{
    struct ys_err err;
    const struct ys_document *document = NULL;
    ys_diags_init(diags, &test_arena);
    assert_int_equal(ys_yaml_parse(&test_arena, "known.yaml", text, strlen(text), &document, &err),
                     YS_OK);
    return ys_baseline_read(&test_arena, document, diags, ret_baseline);
}

static const struct ys_baseline *baseline_of(const char *text)
{
    struct ys_diags diags;
    const struct ys_baseline *baseline = NULL;
    assert_int_equal(read_text(text, &baseline, &diags), YS_OK);
    return baseline;
}

#define ENTRY(id, indent)                                                                          \
    indent "- case: " id "\n" indent "  clause: 5.10\n" indent "  reason: later\n" indent          \
           "  owner: x\n" indent "  opened: 2026-01-02\n" indent "  expires: 2026-02-03\n" indent  \
           "  fingerprint: f0123456789abcdef\n"
#define HEAD "# who may edit this\nbaseline: bank # ours\nratchet: 3\nknown:\n"

static const char *remove_from(const char *text, const bool *marked)
{
    struct ys_buf buf;
    struct ys_err err = {.text = ""};
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    if (ys_baseline_remove(&test_arena, baseline_of(text), marked, &buf, &err) != YS_OK) {
        fail_msg("%s", err.text);
    }
    const char *out = ys_arena_strdup(&test_arena, buf.bytes);
    ys_buf_clear(&buf);
    return out;
}

static const struct ys_known NEW = {.case_id = "c.new",
                                    .clause = "5.10",
                                    .reason = "a \"reason\": #1 费用",
                                    .owner = "王五",
                                    .opened = "2026-01-05",
                                    .expires = "2026-03-01",
                                    .fingerprint = "fffffffffffffffff"};
#define NEW_TEXT                                                                                   \
    "- case: c.new\n    clause: 5.10\n    reason: \"a \\\"reason\\\": #1 费用\"\n"               \
    "    owner: \"王五\"\n    opened: 2026-01-05\n    expires: 2026-03-01\n"                     \
    "    fingerprint: fffffffffffffffff\n"

static const char *add_to(const char *text, int64_t ratchet)
{
    struct ys_buf buf;
    struct ys_err err = {.text = ""};
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    if (ys_baseline_add(&test_arena, baseline_of(text), &NEW, 1, ratchet, &buf, &err) != YS_OK) {
        fail_msg("%s", err.text);
    }
    const char *out = ys_arena_strdup(&test_arena, buf.bytes);
    ys_buf_clear(&buf);
    return out;
}

static void a_removed_entry_leaves_the_comments(void **state)
{
    (void)state;
    const bool middle[] = {false, true, false};
    const bool all[] = {true, true, true};
    static const char text[] = HEAD "  # first\n" ENTRY("c.a", "  ") "\n  # of b\n" ENTRY(
        "c.b", "  ") "    # inside b\n\n# of c\n" ENTRY("c.c", "  ") "# the end\n";
    assert_string_equal(
        remove_from(text, middle),
        "# who may edit this\nbaseline: bank # ours\nratchet: 2\nknown:\n"
        "  # first\n" ENTRY("c.a", "  ") "\n  # of b\n\n# of c\n" ENTRY("c.c", "  ") "# the end\n");
    assert_string_equal(remove_from(text, all),
                        "# who may edit this\nbaseline: bank # ours\nratchet: 0\nknown: []\n"
                        "  # first\n\n  # of b\n\n# of c\n# the end\n");
}

static void an_added_entry_stands_behind_the_last(void **state)
{
    (void)state;
    assert_string_equal(add_to(HEAD ENTRY("c.a", "  ") "# the end\n", 0),
                        HEAD ENTRY("c.a", "  ") "  " NEW_TEXT "# the end\n");
    assert_string_equal(add_to("baseline: b\nratchet: 0\nknown: [ ]  # none yet\n# end\n", 1),
                        "baseline: b\nratchet: 1\nknown:  # none yet\n  " NEW_TEXT "# end\n");
    /* without a newline at the end, and with its lines as Windows ends them */
    assert_string_equal(add_to("baseline: b\nratchet: 1\nknown: []", 0),
                        "baseline: b\nratchet: 1\nknown:\n  " NEW_TEXT);
    const char *windows = add_to("baseline: b\r\nratchet: 1\r\nknown: []\r\n", 0);
    assert_non_null(strstr(windows, "known:\r\n  - case: c.new\r\n    clause: 5.10\r\n"));
}

static void adding_and_removing_gives_the_same_text(void **state)
{
    (void)state;
    static const char text[] = HEAD ENTRY("c.a", "") "\n# tail\n\n";
    const bool last[] = {false, true};
    const char *grown = add_to(text, 0);
    const char *back = remove_from(grown, last);
    assert_string_equal(back,
                        "# who may edit this\nbaseline: bank # ours\nratchet: 1\nknown:\n" ENTRY(
                            "c.a", "") "\n# tail\n\n");
}

static void what_cannot_be_edited_safely_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        ("baseline: b\nratchet: 1\nknown: [{case: c, clause: 5.1, reason: r, owner: o, opened: "
         "2026-01-02, expires: 2026-01-03, fingerprint: f0123456789abcdef}]\n"),
        "baseline: b\nratchet: \"1\"\nknown: []\n", "{baseline: b, ratchet: 1, known: [ # x\n]}\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct ys_diags diags;
        struct ys_err err = {.text = ""};
        struct ys_buf buf;
        const struct ys_baseline *baseline = NULL;
        if (read_text(texts[i], &baseline, &diags) != YS_OK) {
            continue;
        }
        ys_buf_init(&buf, YS_FILE_BYTES_MAX);
        assert_int_not_equal(ys_baseline_add(&test_arena, baseline, &NEW, 1, 0, &buf, &err), YS_OK);
        assert_true(err.text[0] != '\0');
        ys_buf_clear(&buf);
    }
}

static void what_an_entry_lacks_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *change;
        const char *told;
    } wrong[] = {
        {"  expires: 2026-13-03\n", "is no day"},
        {"  expires: 2025-02-03\n", "expires before it was opened"},
        {"", "lacks 'expires'"},
        {"  expires: 2026-02-03\n  ticket: 7\n", "unknown key 'ticket'"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct ys_diags diags;
        const struct ys_baseline *baseline = NULL;
        const char *text = ys_arena_printf(
            &test_arena,
            "baseline: b\nratchet: 1\nknown:\n- case: c\n  clause: 5.1\n  reason: r\n  owner: o\n"
            "  opened: 2026-01-02\n  fingerprint: f0123456789abcdef\n%s",
            wrong[i].change);
        assert_int_equal(read_text(text, &baseline, &diags), YS_ERR_INVALID);
        assert_non_null(strstr(diags.items[0].text, wrong[i].told));
    }
    struct ys_diags diags;
    const struct ys_baseline *baseline = NULL;
    assert_int_equal(read_text(HEAD ENTRY("c.a", "") ENTRY("c.a", ""), &baseline, &diags),
                     YS_ERR_INVALID);
    assert_non_null(strstr(diags.items[0].text, "is known twice"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_removed_entry_leaves_the_comments, set_up_arena,
                                        tear_down_arena),
        cmocka_unit_test_setup_teardown(an_added_entry_stands_behind_the_last, set_up_arena,
                                        tear_down_arena),
        cmocka_unit_test_setup_teardown(adding_and_removing_gives_the_same_text, set_up_arena,
                                        tear_down_arena),
        cmocka_unit_test_setup_teardown(what_cannot_be_edited_safely_is_refused, set_up_arena,
                                        tear_down_arena),
        cmocka_unit_test_setup_teardown(what_an_entry_lacks_is_told, set_up_arena, tear_down_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
