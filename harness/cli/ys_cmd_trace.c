/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou trace: clause → mode → cases, and what is not covered. */
#include <string.h>

#include "ys_cli.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_undecided.h"

static const char *modes_text(struct ys_arena *arena, const struct ys_clause *clause)
{
    if (clause->kind == YS_CLAUSE_CLOCK) {
        return "clock";
    }
    if (clause->kind == YS_CLAUSE_RECORD) {
        return "record";
    }
    return ys_arena_printf(arena, "%s%s%s", clause->modes & YS_MODE_AUTOMATIC ? "A" : "",
                           clause->modes & YS_MODE_DOCUMENTARY ? "D" : "",
                           clause->modes & YS_MODE_ON_SITE ? "S" : "");
}

/* Does acceptance wait for a case of this clause? */
static bool must_have_case(const struct ys_clause *clause)
{
    return clause->mandatory && !clause->after_acceptance && !clause->where_listed &&
           (clause->modes & YS_MODE_AUTOMATIC);
}

/* A case (of any clause: NULL) or command with the defects that fail it, by the matrix of
 * tools/prove.sh (NULL: not known). */
static const struct ys_value *case_entry(struct ys_arena *arena, const char *id, const char *clause,
                                         const struct ys_value *proof)
{
    struct ys_value *entry = ys_value_map(arena);
    struct ys_value *defects = ys_value_list(arena);
    ys_value_set_text(arena, entry, "id", id);
    for (size_t i = 0; i < ys_value_count(proof); i++) {
        const struct ys_value *row = ys_value_at(proof, i);
        const struct ys_value *failed = ys_value_get(row, "failed");
        const char *broken = ys_value_get_text(row, "clause");
        if (clause && (!broken || strcmp(broken, clause) != 0)) {
            continue;
        }
        for (size_t k = 0; k < ys_value_count(failed); k++) {
            const char *name = ys_value_text(ys_value_at(failed, k));
            if (name && strcmp(name, id) == 0 && ys_value_get_text(row, "defect")) {
                ys_value_append(arena, defects, ys_value_get(row, "defect"));
            }
        }
    }
    if (proof) {
        ys_value_set(arena, entry, "defects", defects);
    }
    return entry;
}

static struct ys_value *clause_row(struct ys_arena *arena, const struct ys_pack *pack,
                                   const struct ys_clause *clause, const struct ys_value *proof)
{
    struct ys_value *row = ys_value_map(arena);
    struct ys_value *positive = ys_value_list(arena);
    struct ys_value *negative = ys_value_list(arena);
    for (size_t s = 0; s < pack->suite_count; s++) {
        for (size_t c = 0; c < pack->suites[s]->case_count; c++) {
            const struct ys_case *subject = &pack->suites[s]->cases[c];
            if (ys_case_cites(subject, clause->id)) {
                ys_value_append(arena, subject->negative ? negative : positive,
                                case_entry(arena, subject->id, NULL, proof));
            }
        }
    }
    ys_value_set_text(arena, row, "clause", clause->id);
    ys_value_set_text(arena, row, "modes", modes_text(arena, clause));
    ys_value_set_bool(arena, row, "mandatory", clause->mandatory);
    ys_value_set_bool(arena, row, "covered",
                      !(clause->modes & YS_MODE_AUTOMATIC) ||
                          ys_value_count(positive) + ys_value_count(negative) > 0 ||
                          clause->command);
    ys_value_set(arena, row, "positive", positive);
    ys_value_set(arena, row, "negative", negative);
    if (clause->command) {
        struct ys_value *commands = ys_value_list(arena);
        ys_value_append(arena, commands,
                        case_entry(arena, ys_arena_printf(arena, "yanshou %s", clause->command),
                                   clause->id, proof));
        ys_value_set(arena, row, "commands", commands);
    }
    return row;
}

static void print_cases(const struct ys_value *cases, const char *mark)
{
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        const struct ys_value *entry = ys_value_at(cases, i);
        const struct ys_value *defects = ys_value_get(entry, "defects");
        printf("            %s %s", mark, ys_value_get_text(entry, "id"));
        for (size_t k = 0; k < ys_value_count(defects); k++) {
            printf("%s%s", k ? " " : "  ← ", ys_value_text(ys_value_at(defects, k)));
        }
        printf("%s\n", defects && ys_value_count(defects) == 0 ? "  ← no defect fails it" : "");
    }
}

static enum ys_status load_proof(const struct ys_arguments *arguments,
                                 const struct ys_value **ret_proof, struct ys_err *reterr)
{
    const char *path = ys_option_text(arguments, "proof");
    struct ys_buf buf;
    if (!path) {
        return YS_OK;
    }
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(path, &buf, reterr);
    if (status == YS_OK) {
        status = ys_json_parse(arguments->arena, buf.bytes, buf.length, ret_proof, reterr);
    }
    ys_buf_clear(&buf);
    return status;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    struct ys_value *rows = ys_value_list(arguments->arena);
    const struct ys_value *proof = NULL;
    size_t uncovered = 0;
    size_t needed = 0;
    if (load_proof(arguments, &proof, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    for (size_t i = 0; i < inputs.pack->regulation->clause_count; i++) {
        const struct ys_clause *clause = &inputs.pack->regulation->clauses[i];
        struct ys_value *row = clause_row(arguments->arena, inputs.pack, clause, proof);
        bool covered = ys_value_get_bool(row, "covered", true);
        uncovered += !covered;
        needed += !covered && must_have_case(clause);
        ys_value_append(arguments->arena, rows, row);
        if (!arguments->json) {
            ys_print_padded(stdout, clause->id, 9);
            printf(" %-6s %s%s\n", ys_value_get_text(row, "modes"),
                   ys_text_in(&clause->text, arguments->lang),
                   covered ? "" : "  (no case judges it yet)");
            print_cases(ys_value_get(row, "positive"), "+");
            print_cases(ys_value_get(row, "negative"), "-");
            print_cases(ys_value_get(row, "commands"), "=");
        }
    }
    if (arguments->json) {
        ys_cli_print_json(rows);
    } else {
        printf(
            "%zu clauses, %zu automatic ones without a case, %zu of them needed for acceptance\n",
            inputs.pack->regulation->clause_count, uncovered, needed);
    }
    return needed ? YS_EXIT_USAGE : YS_EXIT_GOOD;
}

static const struct ys_option OPTIONS[] = {
    {"candidate", 'c', "FILE", "a candidate file, for the regulation that it names"},
    {"suites", 's', "PATH", "a regulation folder, or a further suite file (repeatable)"},
    {"proof", 0, "FILE", "matrix.json of tools/prove.sh: which defects each case catches"},
};

const struct ys_command ys_command_trace = {
    .name = "trace",
    .summary = "clause, mode and cases, and what is not covered",
    .operands = "",
    .about =
        "Prints for each clause how it is judged (A automatic, D documentary, S on site) and\n"
        "the cases that judge it: '+' what must work, '-' what must be refused, '=' a command\n"
        "that judges it outside a run. Exit status 2 where a clause that acceptance needs has no\n"
        "case.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .run = run,
};
