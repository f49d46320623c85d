/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou sample: the branches and cases of a spot check, drawn by a seed (9.1). */
#include <stdlib.h>
#include <string.h>

#include "ys_cli.h"
#include "ys_crypto.h"
#include "ys_csv.h"
#include "ys_sample.h"
#include "ys_undecided.h"

#define BRANCHES_DEFAULT 5
#define CASES_DEFAULT 10

/* What is drawn from: keys, and a value for people beside each. */
struct population {
    const char **keys;
    const struct ys_value **rows;
    size_t count;
};

static enum ys_status read_count(const struct ys_arguments *arguments, const char *option,
                                 uint64_t otherwise, uint64_t max, uint64_t *ret_count,
                                 struct ys_err *reterr)
{
    const char *text = ys_option_text(arguments, option);
    *ret_count = otherwise;
    if (text && (ys_parse_u64(text, strlen(text), ret_count) != YS_OK || *ret_count > max)) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "--%s is a whole number up to %llu, not '%s'",
                          option, (unsigned long long)max, text);
    }
    return YS_OK;
}

/* ---- branches ---- */

static bool may_be_drawn(const struct ys_branches *rule, const struct ys_value *row)
{
    for (size_t i = 0; i < ys_value_count(rule->where); i++) {
        const struct ys_member *member = &rule->where->as.map.members[i];
        const struct ys_value *found = ys_value_get(row, member->name);
        if (!found || !ys_value_equal(found, member->value)) {
            return false;
        }
    }
    return true;
}

/* The rows that --register or the candidate's supply names; an empty list where neither does. */
static enum ys_status branch_rows(const struct ys_arguments *arguments,
                                  const struct ys_inputs *inputs, const struct ys_value **ret_rows,
                                  const char **ret_source, struct ys_err *reterr)
{
    const char *path = ys_option_text(arguments, "register");
    const char *supply = inputs->pack->regulation->branches.supply;
    if (path) {
        *ret_source = path;
        return ys_csv_load(arguments->arena, path, ret_rows, reterr);
    }
    const struct ys_value *rows =
        inputs->candidate && supply ? ys_value_get(inputs->candidate->supplies, supply) : NULL;
    if (inputs->candidate && ys_value_count(rows) == 0) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT,
                          "the candidate file supplies no %s; name one with --register FILE",
                          supply ? supply : "register");
    }
    *ret_source = supply;
    *ret_rows = rows ? rows : ys_value_list(arguments->arena);
    return YS_OK;
}

static enum ys_status gather_branches(struct ys_arena *arena, const struct ys_branches *rule,
                                      const struct ys_value *rows, const char *source,
                                      struct population *from, struct ys_err *reterr)
{
    size_t count = ys_value_count(rows);
    const char *member = rule->id ? rule->id : "code";
    from->keys = ys_arena_calloc(arena, count + 1, sizeof *from->keys);
    from->rows = ys_arena_calloc(arena, count + 1, sizeof *from->rows);
    for (size_t i = 0; i < count; i++) {
        const struct ys_value *row = ys_value_at(rows, i);
        const char *key = ys_value_get_text(row, member);
        if (!key || !*key) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT, "%s, row %zu: no %s", source, i + 1, member);
        }
        if (may_be_drawn(rule, row)) {
            from->rows[from->count] = row;
            from->keys[from->count++] = key;
        }
    }
    if (count && !from->count) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT,
                          "%s: no row is a branch to draw (the regulation wants %s)", source,
                          ys_value_show(arena, rule->where, 80));
    }
    return YS_OK;
}

/* ---- cases ---- */

static bool is_asked_for(const struct ys_case *subject, const char *const *clauses, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (ys_case_cites(subject, clauses[i])) {
            return true;
        }
    }
    return count == 0;
}

static const struct ys_value *case_row(struct ys_arena *arena, const struct ys_case *subject)
{
    struct ys_value *row = ys_value_map(arena);
    struct ys_value *clauses = ys_value_list(arena);
    for (size_t i = 0; i < subject->clause_count; i++) {
        ys_value_append(arena, clauses, ys_value_string(arena, subject->clauses[i]));
    }
    ys_value_set_text(arena, row, "id", subject->id);
    ys_value_set(arena, row, "clauses", clauses);
    ys_value_set(arena, row, "title", ys_text_value(arena, &subject->title));
    if (subject->destructive) {
        ys_value_set_bool(arena, row, "destructive", true);
    }
    return row;
}

static enum ys_status gather_cases(const struct ys_arguments *arguments, const struct ys_pack *pack,
                                   struct population *from, struct ys_err *reterr)
{
    struct ys_arena *arena = arguments->arena;
    const char *const *clauses = NULL;
    size_t clause_count = ys_option_values(arguments, "clause", &clauses);
    size_t most = 0;
    for (size_t s = 0; s < pack->suite_count; s++) {
        most += pack->suites[s]->case_count;
    }
    from->keys = ys_arena_calloc(arena, most + 1, sizeof *from->keys);
    from->rows = ys_arena_calloc(arena, most + 1, sizeof *from->rows);
    for (size_t i = 0; i < clause_count; i++) {
        size_t judging = 0;
        for (size_t s = 0; s < pack->suite_count; s++) {
            for (size_t c = 0; c < pack->suites[s]->case_count; c++) {
                judging += ys_case_cites(&pack->suites[s]->cases[c], clauses[i]);
            }
        }
        if (!judging) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT, "--clause %s: %s", clauses[i],
                              ys_regulation_clause(pack->regulation, clauses[i])
                                  ? "no case judges this clause"
                                  : "the regulation has no such clause");
        }
    }
    for (size_t s = 0; s < pack->suite_count; s++) {
        for (size_t c = 0; c < pack->suites[s]->case_count; c++) {
            const struct ys_case *subject = &pack->suites[s]->cases[c];
            if (is_asked_for(subject, clauses, clause_count)) {
                from->rows[from->count] = case_row(arena, subject);
                from->keys[from->count++] = subject->id;
            }
        }
    }
    return YS_OK;
}

/* ---- the draw ---- */

static int by_bytes(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* {population, population_sm3, asked, size, drawn[{id, …}]}. Keys are put in byte order first: the
 * order of the rows of a file then decides nothing, and the digest is that of the sorted lines. */
static enum ys_status draw(struct ys_arena *arena, const char *seed, const char *what,
                           const struct population *from, uint64_t asked,
                           struct ys_value **ret_draw, struct ys_err *reterr)
{
    const char **sorted = ys_arena_calloc(arena, from->count + 1, sizeof *sorted);
    struct ys_sm3 *sm3 = ys_sm3_new();
    uint8_t digest[YS_SM3_BYTES];
    char hex[YS_SM3_HEX_MAX];
    const char *twice = NULL;
    if (from->count) {
        memcpy(sorted, from->keys, from->count * sizeof *sorted);
    }
    qsort(sorted, from->count, sizeof *sorted, by_bytes);
    for (size_t i = 0; i < from->count; i++) {
        twice = i && strcmp(sorted[i - 1], sorted[i]) == 0 ? sorted[i] : twice;
        ys_sm3_update(sm3, sorted[i], strlen(sorted[i]));
        ys_sm3_update(sm3, "\n", 1);
    }
    ys_sm3_final(sm3, digest);
    ys_sm3_free(sm3);
    if (twice) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT,
                          "%s: '%s' stands twice and would be drawn twice as often", what, twice);
    }
    ys_hex_encode_lower(digest, sizeof digest, hex);
    const size_t *order = ys_sample_order(arena, seed, from->keys, from->count);
    struct ys_value *drawn = ys_value_list(arena);
    for (size_t i = 0; i < from->count && i < asked; i++) {
        ys_value_append(arena, drawn, from->rows[order[i]]);
    }
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_int(arena, map, "population", (int64_t)from->count);
    ys_value_set_text(arena, map, "population_sm3", ys_arena_strdup(arena, hex));
    ys_value_set_int(arena, map, "asked", (int64_t)asked);
    ys_value_set_int(arena, map, "size", (int64_t)ys_value_count(drawn));
    ys_value_set(arena, map, "drawn", drawn);
    *ret_draw = map;
    return YS_OK;
}

/* For the shell: quoted where it is more than a plain word. */
static const char *shell_word(struct ys_arena *arena, const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-";
    if (*word && !word[strspn(word, plain)]) {
        return word;
    }
    const char *out = "'";
    for (const char *at = word; *at; at++) {
        out = *at == '\'' ? ys_arena_printf(arena, "%s'\\''", out)
                          : ys_arena_printf(arena, "%s%c", out, *at);
    }
    return ys_arena_printf(arena, "%s'", out);
}

/* The line that runs just the drawn cases; "" where none was drawn. */
static const char *run_line(const struct ys_arguments *arguments, const char *seed,
                            const struct ys_value *cases)
{
    struct ys_arena *arena = arguments->arena;
    const char *candidate = ys_option_text(arguments, "candidate");
    const char *const *suites = NULL;
    size_t suite_count = ys_option_values(arguments, "suites", &suites);
    const struct ys_value *drawn = ys_value_get(cases, "drawn");
    const char *line =
        ys_arena_printf(arena, "yanshou run -c %s --seed %s",
                        candidate ? shell_word(arena, candidate) : "CANDIDATE", seed);
    for (size_t i = 0; i < suite_count; i++) {
        line = ys_arena_printf(arena, "%s -s %s", line, shell_word(arena, suites[i]));
    }
    for (size_t i = 0; i < ys_value_count(drawn); i++) {
        line = ys_arena_printf(arena, "%s --case %s", line,
                               shell_word(arena, ys_value_get_text(ys_value_at(drawn, i), "id")));
    }
    return ys_value_count(drawn) ? line : "";
}

/* ---- telling it ---- */

/* Files may come from anywhere: no control character reaches the terminal. */
static void put(const char *text)
{
    for (const char *at = text ? text : ""; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        putchar(byte < 0x20 || byte == 0x7F ? ' ' : *at);
    }
}

static void print_draw(const struct ys_arguments *arguments, const char *what,
                       const struct ys_value *draw, const char *id, const char *name)
{
    bool chinese = strcmp(arguments->lang, "zh") == 0;
    const struct ys_value *drawn = ys_value_get(draw, "drawn");
    long long population = (long long)ys_value_get_int(draw, "population", 0);
    long long size = (long long)ys_value_get_int(draw, "size", 0);
    bool all = size < ys_value_get_int(draw, "asked", 0);
    printf(chinese ? "%s：抽 %lld，共 %lld%s\n" : "%s: %lld of %lld%s\n", what, size, population,
           !all      ? ""
           : chinese ? "（全部）"
                     : " (all there are)");
    for (size_t i = 0; i < ys_value_count(drawn); i++) {
        const struct ys_value *row = ys_value_at(drawn, i);
        const struct ys_value *title = ys_value_get(row, name);
        const char *text = ys_value_text(title);
        printf("  ");
        put(ys_value_get_text(row, id));
        printf("  ");
        put(text ? text : ys_value_get_text(title, arguments->lang));
        if (ys_value_get_bool(row, "destructive", false)) {
            printf(chinese ? "（不可撤销，需同意）" : " (cannot be undone: needs consent)");
        }
        printf("\n");
    }
    printf("  SM3 %s\n", ys_value_get_text(draw, "population_sm3"));
}

static void print_table(const struct ys_arguments *arguments, const struct ys_branches *rule,
                        const struct ys_value *root)
{
    bool chinese = strcmp(arguments->lang, "zh") == 0;
    const struct ys_value *branches = ys_value_get(root, "branches");
    const struct ys_value *cases = ys_value_get(root, "cases");
    printf(chinese ? "抽查 种子 %s，方法 %s\n" : "spot check, seed %s, method %s\n",
           ys_value_get_text(root, "seed"), YS_SAMPLE_METHOD);
    if (branches) {
        print_draw(arguments, chinese ? "网点" : "branches", branches, rule->id ? rule->id : "code",
                   rule->name ? rule->name : "name");
    }
    print_draw(arguments, chinese ? "用例" : "cases", cases, "id", "title");
    const char *line = ys_value_get_text(root, "run");
    if (*line) {
        printf("%s\n", line);
    }
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    struct ys_arena *arena = arguments->arena;
    struct population branches = {0};
    struct population cases = {0};
    const struct ys_value *rows = NULL;
    const char *source = "the register";
    struct ys_value *branch_draw = NULL;
    struct ys_value *case_draw = NULL;
    struct ys_value *root = ys_value_map(arena);
    uint64_t seed = 0;
    uint64_t branch_count = 0;
    uint64_t case_count = 0;
    if (!ys_option_text(arguments, "seed")) {
        return ys_cli_usage(arguments,
                            "name a seed with --seed N: a number that neither side chose, "
                            "such as a lottery's, settles a dispute");
    }
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    const struct ys_branches *rule = &inputs.pack->regulation->branches;
    if (read_count(arguments, "seed", 0, UINT64_MAX, &seed, &err) != YS_OK ||
        read_count(arguments, "branches", BRANCHES_DEFAULT, INT32_MAX, &branch_count, &err) !=
            YS_OK ||
        read_count(arguments, "cases", CASES_DEFAULT, YS_VALUES_MAX, &case_count, &err) != YS_OK ||
        branch_rows(arguments, &inputs, &rows, &source, &err) != YS_OK ||
        gather_branches(arena, rule, rows, source, &branches, &err) != YS_OK ||
        gather_cases(arguments, inputs.pack, &cases, &err) != YS_OK) {
        return ys_cli_usage(arguments, "%s", err.text);
    }
    const char *digits = ys_arena_printf(arena, "%llu", (unsigned long long)seed);
    if (draw(arena, digits, source, &branches, branch_count, &branch_draw, &err) != YS_OK ||
        draw(arena, digits, "cases", &cases, case_count, &case_draw, &err) != YS_OK) {
        return ys_cli_usage(arguments, "%s", err.text);
    }
    if (!branches.count && ys_option_given(arguments, "branches") && branch_count) {
        return ys_cli_usage(arguments, "--branches needs a list to draw from: --register or -c");
    }
    ys_value_set_text(arena, root, "schema", "yanshou-sample-1");
    ys_value_set_text(arena, root, "regulation", inputs.pack->regulation->id);
    ys_value_set_text(arena, root, "seed", digits);
    ys_value_set_text(arena, root, "method", YS_SAMPLE_METHOD);
    if (branches.count) {
        ys_value_set(arena, root, "branches", branch_draw);
    }
    ys_value_set(arena, root, "cases", case_draw);
    ys_value_set_text(arena, root, "run", run_line(arguments, digits, case_draw));
    if (arguments->json) {
        return ys_cli_print_json(root);
    }
    if (ys_option_given(arguments, "run")) {
        printf("%s\n", ys_value_get_text(root, "run"));
        return YS_EXIT_GOOD;
    }
    print_table(arguments, rule, root);
    return YS_EXIT_GOOD;
}

static const struct ys_option OPTIONS[] = {
    {"seed", 0, "N", "the number that draws; the same number draws the same"},
    {"candidate", 'c', "FILE", "a candidate file: draw from the register that it supplies"},
    {"register", 0, "FILE", "draw branches from this list (CSV): code, name, status"},
    {"branches", 0, "N", "so many branches (default 5)"},
    {"cases", 0, "N", "so many cases (default 10, at most 64)"},
    {"clause", 0, "ID", "only cases that judge this clause (repeatable)"},
    {"suites", 's', "PATH", "a regulation folder, or a further suite file (repeatable)"},
    {"run", 0, NULL, "print just the line that runs the drawn cases"},
};

const struct ys_command ys_command_sample = {
    .name = "sample",
    .summary = "branches and cases of a spot check, drawn by a seed",
    .operands = "",
    .about =
        "Draws the branches and the cases of an unannounced spot check. Whoever has the seed and\n"
        "the lists draws the same: keys (branch codes, case ids) in the order of\n"
        "SM3(\"yanshou-sample-1\" LF SEED LF KEY), the first N; and the SM3 of each list, sorted,\n"
        "one key a line, tells that the lists are the same. docs/result-format.md has the lines "
        "of\n"
        "openssl. The last line runs just the drawn cases; attest what was seen at the branches.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .run = run,
};
