/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou rejudge: the verdicts of a run, computed again from its record. */
#include <string.h>

#include "ys_buf.h"
#include "ys_cli.h"
#include "ys_cli_summary.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_rejudge.h"
#include "ys_report.h"
#include "ys_signature.h"

static const char *text_of(const struct ys_value *map, const char *name)
{
    const char *text = ys_value_get_text(map, name);
    return text && *text ? text : "-";
}

/* What an unchanged reader wants to know first: where the two sides part. */
static void print_side(const struct ys_arguments *arguments, const char *label,
                       const struct ys_value *side)
{
    bool zh = strcmp(arguments->lang, "zh") == 0;
    enum ys_lang lang = zh ? YS_LANG_ZH : YS_LANG_EN;
    if (!side || side->kind == YS_KIND_NULL) {
        printf("    %s %s\n", label, zh ? "无" : "not there");
        return;
    }
    const char *cause = ys_value_word(side, "cause");
    printf("    %s %s%s%s: %s\n", label, text_of(side, "verdict"), *cause ? " " : "", cause,
           ys_reason_in(arguments->arena, lang, text_of(side, "reason")));
    const struct ys_value *findings = ys_value_get(side, "findings");
    for (size_t i = 0; i < ys_value_count(findings); i++) {
        const struct ys_value *finding = ys_value_at(findings, i);
        printf(zh ? "      %s：预期 %s，实际 %s\n" : "      %s: expected %s, observed %s\n",
               text_of(finding, "target"),
               ys_side_in(arguments->arena, lang, text_of(finding, "expected")),
               ys_side_in(arguments->arena, lang, text_of(finding, "observed")));
    }
}

static void print_difference(const struct ys_arguments *arguments, const struct ys_value *one)
{
    bool zh = strcmp(arguments->lang, "zh") == 0;
    const char *what = text_of(one, "what");
    if (strcmp(what, "conclusion") == 0) {
        printf(zh ? "结论：原 %s，现 %s\n" : "conclusion: was %s, is %s\n",
               ys_summary_conclusion(text_of(one, "was"), arguments->lang),
               ys_summary_conclusion(text_of(one, "is"), arguments->lang));
        return;
    }
    const char *chinese = strcmp(what, "clause") == 0 ? "条款" : "用例";
    printf("%s %s\n", zh ? chinese : what, text_of(one, "id"));
    print_side(arguments, zh ? "原 " : "was", ys_value_get(one, "was"));
    print_side(arguments, zh ? "现 " : "is ", ys_value_get(one, "is"));
}

static void print_text(const struct ys_arguments *arguments, const struct ys_rejudgement *found)
{
    bool zh = strcmp(arguments->lang, "zh") == 0;
    for (size_t i = 0; i < ys_value_count(found->changed); i++) {
        printf("%s%s\n", zh ? "与原运行所用不同：" : "other than in the run: ",
               ys_value_text(ys_value_at(found->changed, i)));
    }
    for (size_t i = 0; i < ys_value_count(found->differences); i++) {
        print_difference(arguments, ys_value_at(found->differences, i));
    }
    printf(
        zh ? "重新判定用例 %zu 个，差异 %zu 处；%zu 项检查涉及已隐去的值，沿用原判定\n"
           : "%zu cases judged again, %zu differences; %zu checks stand on hidden values and are "
             "taken over\n",
        ys_value_count(ys_value_get(found->result, "cases")), ys_value_count(found->differences),
        found->taken);
}

static void print_json(struct ys_arena *arena, const struct ys_rejudgement *found)
{
    struct ys_value *out = ys_value_map(arena);
    ys_value_set_text(arena, out, "conclusion", ys_conclusion_name(found->conclusion));
    ys_value_set_int(arena, out, "cases",
                     (int64_t)ys_value_count(ys_value_get(found->result, "cases")));
    ys_value_set_int(arena, out, "taken", (int64_t)found->taken);
    ys_value_set(arena, out, "changed", found->changed);
    ys_value_set(arena, out, "differences", found->differences);
    ys_cli_print_json(out);
}

static enum ys_status check_record(struct ys_arena *arena, const char *run_dir,
                                   struct ys_err *reterr)
{
    struct ys_verification found;
    struct ys_signatures signatures;
    enum ys_status status = ys_run_verify(arena, run_dir, NULL, &found, &signatures, reterr);
    if (status == YS_OK && found.fault != YS_FAULT_NONE) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_BROKEN, "%s/%s: %s: %s", run_dir, found.file,
                          ys_fault_name(found.fault), found.text);
    }
    return status;
}

static enum ys_status write_result(const char *path, const struct ys_value *result,
                                   struct ys_err *reterr)
{
    struct ys_buf text;
    ys_buf_init(&text, YS_RESULT_BYTES_MAX);
    enum ys_status status = ys_json_write_pretty(result, &text);
    status = status == YS_OK ? ys_file_write(path, text.bytes, text.length, reterr)
                             : ys_err_set(reterr, status, "the result is too long");
    ys_buf_clear(&text);
    return status;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    const char *run_dir = arguments->positionals[0];
    const char *output = ys_option_text(arguments, "output");
    struct ys_err err;
    struct ys_inputs inputs;
    struct ys_rejudgement found;
    if (!ys_folder_exists(run_dir)) {
        return ys_cli_usage(arguments, "there is no run directory %s", run_dir);
    }
    if (check_record(arguments->arena, run_dir, &err) != YS_OK ||
        ys_cli_load(arguments, &inputs, &err) != YS_OK ||
        ys_rejudge(arguments->arena, run_dir, inputs.pack, &found, &err) != YS_OK ||
        (output && write_result(output, found.result, &err) != YS_OK)) {
        return ys_cli_fail(&err);
    }
    if (arguments->json) {
        print_json(arguments->arena, &found);
    } else {
        print_text(arguments, &found);
    }
    if (ys_value_count(found.differences) && !ys_value_count(found.changed)) {
        fprintf(stderr, "yanshou: the suites are those of the run and the verdicts differ: this is "
                        "an error of yanshou, or the record was made by another version\n");
        return YS_EXIT_HARNESS;
    }
    return ys_summary_exit(found.result);
}

static const struct ys_option OPTIONS[] = {
    {"suites", 's', "PATH",
     "a regulation folder, or a further suite file (repeatable); default: as\n"
     "installed"},
    {"output", 'o', "FILE", "write the result reached now, in the form of result.json"},
};

const struct ys_command ys_command_rejudge = {
    .name = "rejudge",
    .summary = "compute every verdict again from the record, without the bank",
    .operands = "RUNDIR",
    .about = "Verifies the run directory and judges what its record observed. On the suites of the "
             "run\n"
             "nothing may differ (status 4 if it does); on changed ones (-s), what differs is "
             "listed with\n"
             "both sides. Nothing in the run directory is changed. Otherwise the exit status is "
             "that of\n"
             "the conclusion, as with run.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
