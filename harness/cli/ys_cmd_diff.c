/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou diff: what changed between two runs. */
#include <string.h>

#include "ys_cli.h"
#include "ys_cli_summary.h"
#include "ys_diff.h"
#include "ys_file.h"
#include "ys_report.h"

static const char *word(const struct ys_arguments *arguments, const char *change)
{
    static const char *const chinese[][2] = {
        {"worse", "变差"},     {"new", "新增"},     {"gone", "消失"},     {"changed", "变化"},
        {"better", "变好"},    {"renamed", "更名"}, {"clause", "条款"},   {"case", "用例"},
        {"was", "原"},         {"is", "现"},        {"expected", "预期"}, {"observed", "实际"},
        {"conclusion", "结论"}};
    for (size_t i = 0; strcmp(arguments->lang, "zh") == 0 && i < sizeof chinese / sizeof chinese[0];
         i++) {
        if (strcmp(chinese[i][0], change) == 0) {
            return chinese[i][1];
        }
    }
    return change;
}

/* A result may come from anywhere: no control character reaches the terminal, and in Markdown no
 * mark has a meaning. */
static void put(const char *text, bool markdown)
{
    for (const char *at = text; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte < 0x20 || byte == 0x7f) {
            putchar(' ');
            continue;
        }
        if (markdown && strchr("\\`*_[]<>|#&~!", *at)) {
            putchar('\\');
        }
        putchar(*at);
    }
}

/* "fail candidate: fee differs; fee: expected equals 0, observed 2" */
static void put_side(const struct ys_arguments *arguments, const struct ys_value *side,
                     bool markdown)
{
    enum ys_lang lang = strcmp(arguments->lang, "zh") == 0 ? YS_LANG_ZH : YS_LANG_EN;
    if (side->kind == YS_KIND_NULL) {
        putchar('-');
        return;
    }
    put(ys_value_word(side, "verdict"), markdown);
    if (*ys_value_word(side, "cause")) {
        putchar(' ');
        put(ys_value_word(side, "cause"), markdown);
    }
    if (*ys_value_word(side, "reason")) {
        printf(": ");
        put(ys_reason_in(arguments->arena, lang, ys_value_word(side, "reason")), markdown);
    }
    const struct ys_value *seen = ys_value_get(side, "observation");
    if (seen && *ys_value_word(seen, "target")) {
        printf("; ");
        put(ys_value_word(seen, "target"), markdown);
        printf(": %s ", word(arguments, "expected"));
        put(ys_side_in(arguments->arena, lang, ys_value_word(seen, "expected")), markdown);
        printf(", %s ", word(arguments, "observed"));
        put(ys_side_in(arguments->arena, lang, ys_value_word(seen, "observed")), markdown);
    }
}

static void put_id(const struct ys_value *entry, bool markdown)
{
    if (ys_value_get(entry, "was_id")) {
        put(ys_value_word(entry, "was_id"), markdown);
        printf(" → ");
    }
    put(ys_value_word(entry, "id"), markdown);
}

static const char *change_sgr(const char *change)
{
    if (strcmp(change, "worse") == 0) {
        return YS_SGR_RED;
    }
    return strcmp(change, "better") == 0 ? YS_SGR_GREEN : YS_SGR_YELLOW;
}

static void print_table(const struct ys_arguments *arguments, const char *what,
                        const struct ys_value *entries)
{
    for (size_t i = 0; i < ys_value_count(entries); i++) {
        const struct ys_value *entry = ys_value_at(entries, i);
        const char *change = ys_value_word(entry, "change");
        printf("%s", ys_color(arguments, change_sgr(change)));
        ys_print_padded(stdout, word(arguments, change), 8);
        printf("%s %s ", ys_color(arguments, YS_SGR_OFF), word(arguments, what));
        put_id(entry, false);
        printf("\n           ");
        ys_print_padded(stdout, word(arguments, "was"), 4);
        put_side(arguments, ys_value_get(entry, "was"), false);
        printf("\n           ");
        ys_print_padded(stdout, word(arguments, "is"), 4);
        put_side(arguments, ys_value_get(entry, "is"), false);
        printf("\n");
    }
}

static void print_rows(const struct ys_arguments *arguments, const char *what,
                       const struct ys_value *entries)
{
    for (size_t i = 0; i < ys_value_count(entries); i++) {
        const struct ys_value *entry = ys_value_at(entries, i);
        printf("| %s | %s ", word(arguments, ys_value_word(entry, "change")),
               word(arguments, what));
        put_id(entry, true);
        printf(" | ");
        put_side(arguments, ys_value_get(entry, "was"), true);
        printf(" | ");
        put_side(arguments, ys_value_get(entry, "is"), true);
        printf(" |\n");
    }
}

static void print_counts(const struct ys_arguments *arguments, const struct ys_diff *diff,
                         const char *was, const char *is)
{
    for (int i = 0; i < YS_CHANGE_NONE; i++) {
        printf("%s%zu %s", i ? ", " : "", diff->counts[i],
               word(arguments, ys_change_name((enum ys_change)i)));
    }
    printf("; %s: ", word(arguments, "conclusion"));
    put(was, false);
    printf(" → ");
    put(is, false);
    printf("\n");
}

static void print_json(struct ys_arena *arena, const struct ys_diff *diff, const char *was,
                       const char *is)
{
    struct ys_value *out = ys_value_map(arena);
    struct ys_value *counts = ys_value_map(arena);
    struct ys_value *conclusion = ys_value_map(arena);
    for (int i = 0; i < YS_CHANGE_NONE; i++) {
        ys_value_set_int(arena, counts, ys_change_name((enum ys_change)i),
                         (int64_t)diff->counts[i]);
    }
    ys_value_set_text(arena, conclusion, "was", was);
    ys_value_set_text(arena, conclusion, "is", is);
    ys_value_set_text(arena, out, "schema", "yanshou-diff-1");
    ys_value_set_bool(arena, out, "worse", diff->worse);
    ys_value_set(arena, out, "conclusion", conclusion);
    ys_value_set(arena, out, "summary", counts);
    ys_value_set(arena, out, "clauses", diff->clauses);
    ys_value_set(arena, out, "cases", diff->cases);
    ys_cli_print_json(out);
}

static enum ys_status load(struct ys_arena *arena, const char *path,
                           const struct ys_value **ret_result, struct ys_err *reterr)
{
    return ys_folder_exists(path) ? ys_summary_load(arena, path, ret_result, reterr)
                                  : ys_summary_load_file(arena, path, ret_result, reterr);
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_arena *arena = arguments->arena;
    const struct ys_value *was = NULL;
    const struct ys_value *is = NULL;
    struct ys_diff diff;
    struct ys_err err;
    bool markdown = ys_option_given(arguments, "markdown");
    if (markdown && arguments->json) {
        return ys_cli_usage(arguments, "--json and --markdown exclude each other");
    }
    if (load(arena, arguments->positionals[0], &was, &err) != YS_OK ||
        load(arena, arguments->positionals[1], &is, &err) != YS_OK ||
        ys_diff_results(arena, was, is, &diff, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    const char *before = ys_value_word(was, "conclusion");
    const char *now = ys_value_word(is, "conclusion");
    if (arguments->json) {
        print_json(arena, &diff, before, now);
    } else if (markdown) {
        print_counts(arguments, &diff, before, now);
        if (ys_value_count(diff.clauses) || ys_value_count(diff.cases)) {
            printf("\n| | | %s | %s |\n|---|---|---|---|\n", word(arguments, "was"),
                   word(arguments, "is"));
        }
        print_rows(arguments, "clause", diff.clauses);
        print_rows(arguments, "case", diff.cases);
    } else {
        print_table(arguments, "clause", diff.clauses);
        print_table(arguments, "case", diff.cases);
        print_counts(arguments, &diff, before, now);
    }
    return diff.worse ? YS_EXIT_FAIL : YS_EXIT_GOOD;
}

static const struct ys_option OPTIONS[] = {
    {"markdown", 0, NULL, "a Markdown table, for the comment of a merge request"},
};

const struct ys_command ys_command_diff = {
    .name = "diff",
    .summary = "what got better, worse, is new, gone or changed between two runs",
    .operands = "OLD NEW",
    .about =
        "OLD and NEW are run directories or result.json files; nothing is verified here (see\n"
        "verify). Shows clauses and cases that differ, with the first observation in which "
        "both\n"
        "sides differ. A case with a new name is matched by its title and clauses, and said to "
        "be\n"
        "renamed. Exit status 1 if something got worse or something new fails, else 0.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 2,
    .operands_max = 2,
    .run = run,
};
