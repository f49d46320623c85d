/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou trace: clause → mode → cases → defects → verdict, and what is not covered. */
#include <string.h>

#include "ys_cli.h"
#include "ys_cli_summary.h"
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

struct trace {
    struct ys_arena *arena;
    const struct ys_pack *pack;
    const struct ys_value *matrix; /* rows of matrix.json, or NULL */
    const struct ys_value *proven; /* `cases` of proof.json, or NULL */
    const struct ys_value *result; /* of the run whose verdicts are told, or NULL */
};

static const struct ys_value *named(const struct ys_value *list, const char *member, const char *id)
{
    for (size_t i = 0; i < ys_value_count(list); i++) {
        const char *name = ys_value_get_text(ys_value_at(list, i), member);
        if (name && strcmp(name, id) == 0) {
            return ys_value_at(list, i);
        }
    }
    return NULL;
}

/* The defects of the matrix that fail a case, or (under one clause) a command. */
static const struct ys_value *defects_of_matrix(const struct trace *trace, const char *id,
                                                const char *clause)
{
    struct ys_value *defects = ys_value_list(trace->arena);
    for (size_t i = 0; i < ys_value_count(trace->matrix); i++) {
        const struct ys_value *row = ys_value_at(trace->matrix, i);
        const struct ys_value *failed = ys_value_get(row, "failed");
        const char *broken = ys_value_get_text(row, "clause");
        if (clause && (!broken || strcmp(broken, clause) != 0)) {
            continue;
        }
        for (size_t k = 0; k < ys_value_count(failed); k++) {
            const char *name = ys_value_text(ys_value_at(failed, k));
            if (name && strcmp(name, id) == 0 && ys_value_get_text(row, "defect")) {
                ys_value_append(trace->arena, defects, ys_value_get(row, "defect"));
            }
        }
    }
    return defects;
}

/* Those of a proof, while the case is what it was then. */
static const struct ys_value *defects_of_proof(const struct trace *trace,
                                               const struct ys_case *subject)
{
    const struct ys_candidate nobody = {.id = ""};
    const struct ys_value *entry = named(trace->proven, "case", subject->id);
    const char *then = ys_value_get_text(entry, "suite");
    struct ys_case_digests digests;
    ys_case_digest(trace->arena, trace->pack, &nobody, subject, &digests);
    return then && strcmp(then, digests.suite) == 0 ? ys_value_get(entry, "defects")
                                                    : ys_value_list(trace->arena);
}

static const struct ys_value *case_entry(const struct trace *trace, const struct ys_case *subject)
{
    struct ys_value *entry = ys_value_map(trace->arena);
    const struct ys_value *cases = ys_value_get(trace->result, "cases");
    const char *verdict = ys_value_get_text(named(cases, "id", subject->id), "verdict");
    ys_value_set_text(trace->arena, entry, "id", subject->id);
    if (trace->matrix) {
        ys_value_set(trace->arena, entry, "defects", defects_of_matrix(trace, subject->id, NULL));
    } else if (trace->proven) {
        ys_value_set(trace->arena, entry, "defects", defects_of_proof(trace, subject));
    }
    if (trace->result) {
        ys_value_set_text(trace->arena, entry, "verdict", verdict ? verdict : "not-run");
    }
    return entry;
}

static const struct ys_value *commands_value(const struct trace *trace,
                                             const struct ys_clause *clause)
{
    struct ys_value *commands = ys_value_list(trace->arena);
    struct ys_value *entry = ys_value_map(trace->arena);
    const char *name = ys_arena_printf(trace->arena, "yanshou %s", clause->command);
    ys_value_set_text(trace->arena, entry, "id", name);
    if (trace->matrix) {
        ys_value_set(trace->arena, entry, "defects", defects_of_matrix(trace, name, clause->id));
    }
    ys_value_append(trace->arena, commands, entry);
    return commands;
}

static struct ys_value *clause_row(const struct trace *trace, const struct ys_clause *clause)
{
    struct ys_arena *arena = trace->arena;
    const struct ys_pack *pack = trace->pack;
    struct ys_value *row = ys_value_map(arena);
    struct ys_value *positive = ys_value_list(arena);
    struct ys_value *negative = ys_value_list(arena);
    for (size_t s = 0; s < pack->suite_count; s++) {
        for (size_t c = 0; c < pack->suites[s]->case_count; c++) {
            const struct ys_case *subject = &pack->suites[s]->cases[c];
            if (ys_case_cites(subject, clause->id)) {
                ys_value_append(arena, subject->negative ? negative : positive,
                                case_entry(trace, subject));
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
        ys_value_set(arena, row, "commands", commands_value(trace, clause));
    }
    if (trace->result) {
        const struct ys_value *clauses = ys_value_get(trace->result, "clauses");
        const char *verdict = ys_value_get_text(named(clauses, "id", clause->id), "verdict");
        ys_value_set_text(arena, row, "verdict", verdict ? verdict : "not-run");
    }
    return row;
}

/* ---- the table ---- */

static void print_cases(const struct ys_value *cases, const char *mark)
{
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        const struct ys_value *entry = ys_value_at(cases, i);
        const struct ys_value *defects = ys_value_get(entry, "defects");
        const char *verdict = ys_value_get_text(entry, "verdict");
        printf("            %s %s%s%s", mark, ys_value_get_text(entry, "id"), verdict ? ": " : "",
               verdict ? verdict : "");
        for (size_t k = 0; k < ys_value_count(defects); k++) {
            printf("%s%s", k ? " " : "  ← ", ys_value_text(ys_value_at(defects, k)));
        }
        printf("%s\n", defects && ys_value_count(defects) == 0 ? "  ← no defect fails it" : "");
    }
}

static void print_row(const struct ys_arguments *arguments, const struct ys_clause *clause,
                      const struct ys_value *row)
{
    const char *verdict = ys_value_get_text(row, "verdict");
    ys_print_padded(stdout, clause->id, 9);
    printf(" %-6s ", ys_value_get_text(row, "modes"));
    if (verdict) {
        printf("%s: ", verdict);
    }
    printf("%s%s\n", ys_text_in(&clause->text, arguments->lang),
           ys_value_get_bool(row, "covered", true) ? "" : "  (no case judges it yet)");
    print_cases(ys_value_get(row, "positive"), "+");
    print_cases(ys_value_get(row, "negative"), "-");
    print_cases(ys_value_get(row, "commands"), "=");
}

/* ---- CSV: a line a case, or a clause without one; RFC 4180 ---- */

static void print_line(const struct ys_value *row, const char *kind, const struct ys_value *entry)
{
    const struct ys_value *defects = ys_value_get(entry, "defects");
    const char *id = ys_value_get_text(entry, "id");
    const char *of_case = ys_value_get_text(entry, "verdict");
    const char *of_clause = ys_value_get_text(row, "verdict");
    printf("%s,%s,%s,%s,%s,%s,", ys_value_get_text(row, "clause"), ys_value_get_text(row, "modes"),
           ys_value_get_bool(row, "mandatory", false) ? "yes" : "no",
           of_clause ? of_clause : "", kind, id ? id : "");
    for (size_t i = 0; i < ys_value_count(defects); i++) {
        printf("%s%s", i ? ";" : "", ys_value_text(ys_value_at(defects, i)));
    }
    printf(",%s\r\n", of_case ? of_case : "");
}

static void print_csv(const struct ys_value *rows)
{
    static const char *const kinds[][2] = {
        {"positive", "positive"}, {"negative", "negative"}, {"commands", "command"}};
    printf("clause,modes,mandatory,clause_verdict,kind,case,defects,case_verdict\r\n");
    for (size_t i = 0; i < ys_value_count(rows); i++) {
        const struct ys_value *row = ys_value_at(rows, i);
        size_t lines = 0;
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            const struct ys_value *entries = ys_value_get(row, kinds[k][0]);
            for (size_t e = 0; e < ys_value_count(entries); e++, lines++) {
                print_line(row, kinds[k][1], ys_value_at(entries, e));
            }
        }
        if (lines == 0) {
            print_line(row, "", NULL);
        }
    }
}

/* ---- the command ---- */

/* matrix.json is a list of defects, proof.json has the cases. */
static enum ys_status load_proof(const char *path, struct trace *trace, struct ys_err *reterr)
{
    const struct ys_value *read = NULL;
    struct ys_buf buf;
    if (!path) {
        return YS_OK;
    }
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(path, &buf, reterr);
    if (status == YS_OK) {
        status = ys_json_parse(trace->arena, buf.bytes, buf.length, &read, reterr);
    }
    if (status == YS_OK && read->kind == YS_KIND_LIST) {
        trace->matrix = read;
    } else if (status == YS_OK) {
        trace->proven = ys_value_get(read, "cases");
        if (!ys_value_get_text(read, "proof") || !trace->proven) {
            status = ys_err_set(reterr, YS_ERR_INVALID,
                                "%s is neither matrix.json nor proof.json of tools/prove.sh", path);
        }
    }
    ys_buf_clear(&buf);
    return status;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    struct trace trace = {.arena = arguments->arena};
    const char *run_dir = ys_option_text(arguments, "run");
    bool csv = ys_option_given(arguments, "csv");
    size_t uncovered = 0;
    size_t needed = 0;
    if (csv && arguments->json) {
        return ys_cli_usage(arguments, "--csv or --json, not both");
    }
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK ||
        load_proof(ys_option_text(arguments, "proof"), &trace, &err) != YS_OK ||
        (run_dir && ys_summary_load(trace.arena, run_dir, &trace.result, &err) != YS_OK)) {
        return ys_cli_fail(&err);
    }
    trace.pack = inputs.pack;
    struct ys_value *rows = ys_value_list(trace.arena);
    for (size_t i = 0; i < inputs.pack->regulation->clause_count; i++) {
        const struct ys_clause *clause = &inputs.pack->regulation->clauses[i];
        struct ys_value *row = clause_row(&trace, clause);
        bool covered = ys_value_get_bool(row, "covered", true);
        uncovered += !covered;
        needed += !covered && must_have_case(clause);
        ys_value_append(trace.arena, rows, row);
        if (!arguments->json && !csv) {
            print_row(arguments, clause, row);
        }
    }
    if (arguments->json) {
        ys_cli_print_json(rows);
    } else if (csv) {
        print_csv(rows);
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
    {"proof", 0, "FILE",
     "matrix.json or proof.json of tools/prove.sh: which defects each case catches"},
    {"run", 0, "RUNDIR", "verdicts of clauses and cases, from this run"},
    {"csv", 0, NULL, "a line a case, separated by commas"},
};

const struct ys_command ys_command_trace = {
    .name = "trace",
    .summary = "clause, mode and cases, and what is not covered",
    .operands = "",
    .about =
        "Prints for each clause how it is judged (A automatic, D documentary, S on site) and\n"
        "the cases that judge it: '+' what must work, '-' what must be refused, '=' a command\n"
        "that judges it outside a run; with --proof the defects that each catches, with --run\n"
        "what it came to. Exit status 2 where a clause that acceptance needs has no case.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .run = run,
};
