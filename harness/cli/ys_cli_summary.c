/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_cli_summary.h"

#include <inttypes.h>
#include <string.h>

#include "ys_file.h"
#include "ys_previous.h"
#include "ys_report.h"
#include "ys_verdict.h"

enum ys_status ys_summary_load(struct ys_arena *arena, const char *run_dir,
                               const struct ys_value **ret_result, struct ys_err *reterr)
{
    return ys_summary_load_file(arena, ys_path_join(arena, run_dir, "result.json"), ret_result,
                                reterr);
}

enum ys_status ys_summary_open(struct ys_arena *arena, const char *run_dir,
                               struct ys_json_stream **ret_result, struct ys_err *reterr)
{
    return ys_json_stream_open(ys_path_join(arena, run_dir, "result.json"), "cases",
                               YS_RESULT_BYTES_MAX, ret_result, reterr);
}

enum ys_status ys_summary_load_file(struct ys_arena *arena, const char *path,
                                    const struct ys_value **ret_result, struct ys_err *reterr)
{
    return ys_json_stream_load(arena, path, "cases", YS_RESULT_BYTES_MAX, ret_result, reterr);
}

enum ys_status ys_summary_durations(struct ys_arena *arena, const char *run,
                                    const struct ys_value **ret_durations, struct ys_err *reterr)
{
    const struct ys_value *result = NULL;
    enum ys_status status = ys_folder_exists(run)
                                ? ys_summary_load(arena, run, &result, reterr)
                                : ys_summary_load_file(arena, run, &result, reterr);
    if (status != YS_OK) {
        return status;
    }
    struct ys_value *durations = ys_value_map(arena);
    const struct ys_value *cases = ys_value_get(result, "cases");
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        const struct ys_value *one = ys_value_at(cases, i);
        const char *id = ys_value_get_text(one, "id");
        if (id) {
            ys_value_set_int(arena, durations, id, ys_value_get_int(one, "duration_ms", -1));
        }
    }
    *ret_durations = durations;
    return YS_OK;
}

static const char *member(const struct ys_value *map, const char *name)
{
    const char *text = ys_value_get_text(map, name);
    return text ? text : "";
}

static const char *verdict_sgr(const char *verdict)
{
    if (strcmp(verdict, "pass") == 0) {
        return YS_SGR_GREEN;
    }
    return strcmp(verdict, "fail") == 0 ? YS_SGR_RED : YS_SGR_YELLOW;
}

const char *ys_summary_conclusion(const char *conclusion, const char *lang)
{
    const enum ys_conclusion all[] = {YS_CONCLUSION_QUALIFIED, YS_CONCLUSION_UNQUALIFIED,
                                      YS_CONCLUSION_INCOMPLETE};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(conclusion, ys_conclusion_name(all[i])) == 0) {
            return ys_conclusion_text(all[i], lang);
        }
    }
    return conclusion;
}

static void print_counts(const struct ys_arguments *arguments, const struct ys_value *summary)
{
    bool zh = strcmp(arguments->lang, "zh") == 0;
    static const char *const order[] = {"pass", "fail", "inconclusive", "pending",
                                        "not-applicable"};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        int64_t count = ys_value_get_int(summary, order[i], 0);
        if (zh) {
            printf("%s%s %" PRId64, i ? "，" : "", ys_word_verdict(YS_LANG_ZH, order[i]), count);
        } else {
            printf("%s%" PRId64 " %s", i ? ", " : "", count, order[i]);
        }
    }
    printf("\n");
}

static bool is_shown(const struct ys_value *clause, const char *verdict)
{
    return strcmp(member(clause, "verdict"), verdict) == 0 &&
           ys_value_get_bool(clause, "mandatory", false);
}

static bool same_reason(const struct ys_value *a, const struct ys_value *b)
{
    return strcmp(member(a, "reason"), member(b, "reason")) == 0 &&
           strcmp(member(a, "cause"), member(b, "cause")) == 0;
}

/* Mandatory clauses of a verdict under a heading; those with one reason share a line. */
static void print_clauses(const struct ys_arguments *arguments, const struct ys_value *result,
                          const char *verdict, const char *heading)
{
    const struct ys_value *clauses = ys_value_get(result, "clauses");
    size_t count = ys_value_count(clauses);
    enum ys_lang lang = strcmp(arguments->lang, "zh") == 0 ? YS_LANG_ZH : YS_LANG_EN;
    bool *told = ys_arena_calloc(arguments->arena, count + 1, sizeof *told);
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct ys_value *clause = ys_value_at(clauses, i);
        if (told[i] || !is_shown(clause, verdict)) {
            continue;
        }
        printf("%s%s%s", any ? "" : heading, any ? "" : "\n", "  ");
        any = true;
        for (size_t k = i; k < count; k++) {
            const struct ys_value *other = ys_value_at(clauses, k);
            if (!told[k] && is_shown(other, verdict) && same_reason(clause, other)) {
                told[k] = true;
                printf("%s%s%s ", ys_color(arguments, verdict_sgr(verdict)), member(other, "id"),
                       ys_color(arguments, YS_SGR_OFF));
            }
        }
        const char *cause = member(clause, "cause");
        printf(lang == YS_LANG_ZH ? " %s：%s\n" : " %s: %s\n",
               lang == YS_LANG_ZH ? ys_word_cause(lang, cause) : cause,
               ys_reason_in(arguments->arena, lang, member(clause, "reason")));
    }
}

/* How many cases were not for this candidate or its card, by reason: a skip is never silent. */
static void print_not_applicable(const struct ys_arguments *arguments,
                                 struct ys_json_stream *result)
{
    struct ys_arena *arena = arguments->arena;
    enum ys_lang lang = strcmp(arguments->lang, "zh") == 0 ? YS_LANG_ZH : YS_LANG_EN;
    struct ys_value *counts = ys_value_map(arena); /* reason: cases */
    for (size_t i = 0; i < ys_json_stream_count(result); i++) {
        const struct ys_value *test = ys_json_stream_at(result, i);
        const char *reason = member(test, "reason");
        if (strcmp(member(test, "verdict"), ys_verdict_name(YS_VERDICT_NOT_APPLICABLE)) == 0) {
            ys_value_set_int(arena, counts, ys_arena_strdup(arena, reason),
                             ys_value_get_int(counts, reason, 0) + 1);
        }
    }
    for (size_t i = 0; i < counts->as.map.count; i++) {
        const struct ys_member *one = &counts->as.map.members[i];
        const char *heading = lang == YS_LANG_ZH ? "不适用的用例：\n" : "cases that do not apply:\n";
        printf("%s  %" PRId64 ": %s\n", i ? "" : heading, ys_value_get_int(counts, one->name, 0),
               ys_reason_in(arena, lang, one->name));
    }
}

static void print_text(const struct ys_arguments *arguments, const char *run_dir,
                       struct ys_json_stream *stream)
{
    const struct ys_value *result = ys_json_stream_rest(stream);
    bool zh = strcmp(arguments->lang, "zh") == 0;
    const char *conclusion = member(result, "conclusion");
    const struct ys_value *proof = ys_value_get(result, "proof");
    printf("\n");
    print_clauses(arguments, result, "fail", zh ? "不通过的条款：" : "clauses that fail:");
    print_clauses(arguments, result, "inconclusive",
                  zh ? "未能判定的条款：" : "clauses that could not be decided:");
    print_clauses(arguments, result, "pending",
                  zh ? "待人工处理的条款：" : "clauses that wait for a person:");
    print_not_applicable(arguments, stream);
    printf("\n%s", zh ? "条款：" : "clauses ");
    print_counts(arguments, ys_value_get(result, "summary"));
    printf("%s%s %s%s%s\n", ys_color(arguments, YS_SGR_BOLD), zh ? "结论" : "conclusion",
           ys_summary_conclusion(conclusion, arguments->lang), zh ? " " : "", zh ? conclusion : "");
    printf("%s", ys_color(arguments, YS_SGR_OFF));
    if (proof) {
        printf("%s %" PRId64 "/%" PRId64 "\n",
               zh ? "已证明能查出错误的用例" : "checks proven able to fail",
               ys_value_get_int(proof, "cases_proven", 0), ys_value_get_int(proof, "cases", 0));
    }
    if (ys_value_get_bool(result, "interrupted", false)) {
        printf("%s\n", zh ? "运行被中断" : "the run was interrupted");
    }
    printf("%s %s/report.html\n", zh ? "报告" : "report", run_dir);
}

static void print_json(const struct ys_arguments *arguments, const char *run_dir,
                       const struct ys_value *result)
{
    struct ys_arena *arena = arguments->arena;
    struct ys_value *out = ys_value_map(arena);
    ys_value_set_text(arena, out, "run_dir", run_dir);
    static const char *const names[] = {"schema",  "conclusion", "purpose", "interrupted",
                                        "summary", "undecided",  "timing"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct ys_value *value = ys_value_get(result, names[i]);
        if (value) {
            ys_value_set(arena, out, names[i], value);
        }
    }
    ys_cli_print_json(out);
}

/* Where each report lies when nobody says, and who writes it. */
static const struct {
    const char *name;
    const char *file;
    enum ys_status (*write)(struct ys_json_stream *result, enum ys_lang lang, const char *path,
                            struct ys_err *reterr); /* NULL: see ys_summary_report() */
} report_kinds[] = {{"html", "report.html", NULL},
                    {"pdf", "report.pdf", NULL},
                    {"junit", "junit.xml", NULL},
                    {"csv", "clauses.csv", ys_report_csv},
                    {"ctrf", "ctrf.json", ys_report_ctrf},
                    {"sarif", "report.sarif", ys_report_sarif},
                    {"oscal", "assessment-results.json", ys_report_oscal},
                    {"json", NULL, NULL}};

enum ys_status ys_summary_report(const struct ys_arguments *arguments, const char *run_dir,
                                 struct ys_json_stream *result, const struct ys_value *previous,
                                 const char *kind, const char *path, const char **ret_path,
                                 struct ys_err *reterr)
{
    enum { COUNT = sizeof report_kinds / sizeof report_kinds[0] };
    enum ys_lang lang = strcmp(arguments->lang, "en") == 0 ? YS_LANG_EN : YS_LANG_ZH;
    enum ys_status status = YS_OK;
    bool is_named = !path && (strcmp(kind, "html") == 0 || strcmp(kind, "pdf") == 0);
    size_t at = 0;
    while (at < COUNT && strcmp(report_kinds[at].name, kind) != 0) {
        at++;
    }
    if (at == COUNT) {
        return ys_err_set(reterr, YS_ERR_USAGE,
                          "unknown report '%s'; there are html, pdf, junit, csv, ctrf, sarif, "
                          "oscal and json",
                          kind);
    }
    if (!path) {
        const char *file = report_kinds[at].file;
        path = file ? ys_path_join(arguments->arena, run_dir, file) : "/dev/stdout";
    }
    if (report_kinds[at].write) {
        status = report_kinds[at].write(result, lang, path, reterr);
    } else if (strcmp(kind, "html") == 0) {
        status = ys_report_html(result, run_dir, previous, lang, path, reterr);
    } else if (strcmp(kind, "pdf") == 0) {
        status = ys_report_pdf(result, run_dir, previous, lang, path, reterr);
    } else if (strcmp(kind, "junit") == 0) {
        status = ys_report_junit(result, path, reterr);
    } else {
        status = ys_report_json(result, path, reterr);
    }
    if (status == YS_OK && is_named) {
        /* report.html is for programs; the other name tells a person its purpose. */
        const char *name = ys_report_name(arguments->arena, ys_json_stream_rest(result), kind);
        status = ys_file_also(path, ys_path_join(arguments->arena, run_dir, name), reterr);
    }
    if (status == YS_OK) {
        *ret_path = path;
    }
    return status;
}

enum ys_exit ys_summary_exit(const struct ys_value *result)
{
    const char *conclusion = member(result, "conclusion");
    if (strcmp(conclusion, "qualified") == 0) {
        return YS_EXIT_GOOD;
    }
    return strcmp(conclusion, "unqualified") == 0 ? YS_EXIT_FAIL : YS_EXIT_UNDECIDED;
}

enum ys_status ys_summary_reports(const struct ys_arguments *arguments, const char *run_dir,
                                  struct ys_json_stream *result, const struct ys_value *previous,
                                  struct ys_err *reterr)
{
    static const char *const kinds[] = {"html", "junit"};
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *written = NULL;
        status = ys_summary_report(arguments, run_dir, result, previous, kinds[i], NULL, &written,
                                   reterr);
    }
    /* Setting pages takes minutes where a run takes seconds: only what will be signed gets it. */
    const char *purpose = ys_value_get_text(ys_json_stream_rest(result), "purpose");
    if (status == YS_OK && purpose && strcmp(purpose, "acceptance") == 0) {
        const char *written = NULL;
        struct ys_err err;
        status =
            ys_summary_report(arguments, run_dir, result, previous, "pdf", NULL, &written, &err);
        if (status != YS_OK) {
            fprintf(stderr, "yanshou: no report.pdf: %s\n", err.text);
            status =
                status == YS_ERR_NOT_FOUND ? YS_OK : ys_err_prefix(reterr, &err, "%s", run_dir);
        }
    }
    return status;
}

enum ys_exit ys_summary_tell(const struct ys_arguments *arguments, const char *run_dir,
                             struct ys_json_stream *result)
{
    if (arguments->json) {
        print_json(arguments, run_dir, ys_json_stream_rest(result));
    } else {
        print_text(arguments, run_dir, result);
    }
    return ys_summary_exit(ys_json_stream_rest(result));
}

enum ys_exit ys_summary_conclude(const struct ys_arguments *arguments, const char *run_dir,
                                 const char *previous_dir)
{
    struct ys_err err;
    struct ys_json_stream *result = NULL;
    const struct ys_value *previous = NULL;
    if (ys_summary_open(arguments->arena, run_dir, &result, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    enum ys_status status =
        ys_previous_compare(arguments->arena, previous_dir, run_dir, result, &previous, &err);
    if (status == YS_OK && previous_dir) {
        status = ys_previous_keep(arguments->arena, previous_dir, run_dir, &err);
    }
    if (status == YS_OK) {
        status = ys_summary_reports(arguments, run_dir, result, previous, &err);
    }
    enum ys_exit ended =
        status == YS_OK ? ys_summary_tell(arguments, run_dir, result) : ys_cli_fail(&err);
    ys_json_stream_close(result);
    return ended;
}
