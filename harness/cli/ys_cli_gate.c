/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_cli_gate.h"

#include <string.h>

#include "ys_cli_summary.h"
#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_report.h"
#include "ys_term.h"

bool ys_cli_gate_wanted(const struct ys_arguments *arguments)
{
    return ys_option_given(arguments, "baseline") || ys_option_given(arguments, "gate");
}

int64_t ys_cli_retrofit_end(struct ys_arena *arena, const struct ys_inputs *inputs)
{
    struct ys_term_status *terms = NULL;
    size_t count = 0;
    ys_terms(arena, inputs->pack->regulation, inputs->pack->calendar, inputs->candidate, 0, &terms,
             &count);
    for (size_t i = 0; i < count; i++) {
        const char *to = terms[i].clause->term.to;
        if (to && strcmp(to, "retrofit_finished") == 0) {
            return terms[i].due;
        }
    }
    return -1;
}

enum ys_status ys_cli_gate_load(const struct ys_arguments *arguments, int64_t end,
                                struct ys_gate_files *ret_files, struct ys_err *reterr)
{
    struct ys_gate_files files = {NULL, NULL};
    struct ys_diags diags;
    const char *baseline = ys_option_text(arguments, "baseline");
    const char *gate = ys_option_text(arguments, "gate");
    enum ys_status status = YS_OK;
    ys_diags_init(&diags, arguments->arena);
    if (baseline) {
        status = ys_baseline_load(arguments->arena, baseline, &diags, &files.baseline);
    }
    if (files.baseline) {
        ys_baseline_check_end(files.baseline, end, &diags);
    }
    if (gate && (status == YS_OK || status == YS_ERR_INVALID)) {
        status = ys_gate_conditions_load(arguments->arena, gate, &diags, &files.conditions);
    }
    ys_cli_tell(arguments, &diags);
    if (diags.errors) {
        return ys_err_set(reterr, YS_ERR_INVALID, "%zu problem%s; nothing was decided",
                          diags.errors, diags.errors == 1 ? "" : "s");
    }
    if (status == YS_OK) {
        *ret_files = files;
    }
    return status;
}

/* ---- for people ---- */

static void print_entries(const struct ys_arguments *arguments, const struct ys_value *entries,
                          const char *mark, const char *sgr)
{
    for (size_t i = 0; i < ys_value_count(entries); i++) {
        const struct ys_value *one = ys_value_at(entries, i);
        printf("%s%s %s%s", ys_color(arguments, sgr), mark, ys_value_word(one, "kind"),
               ys_color(arguments, YS_SGR_OFF));
        if (*ys_value_word(one, "clause")) {
            printf("  %s", ys_value_word(one, "clause"));
        }
        if (*ys_value_word(one, "case")) {
            printf("  %s", ys_value_word(one, "case"));
        }
        printf(": %s\n", ys_value_word(ys_value_get(one, "text"), arguments->lang));
    }
}

static void print_decision(const struct ys_arguments *arguments, const struct ys_value *gate,
                           const char *path)
{
    bool zh = strcmp(arguments->lang, "zh") == 0;
    const char *decision = ys_value_word(gate, "decision");
    const char *sgr = strcmp(decision, "green") == 0 ? YS_SGR_GREEN
                      : strcmp(decision, "red") == 0 ? YS_SGR_RED
                                                     : YS_SGR_YELLOW;
    const char *word = !zh                              ? decision
                       : strcmp(decision, "green") == 0 ? "绿（可放行）"
                       : strcmp(decision, "red") == 0   ? "红（不可放行）"
                                                        : "未定";
    print_entries(arguments, ys_value_get(gate, "reasons"), "✗", YS_SGR_RED);
    print_entries(arguments, ys_value_get(gate, "warnings"), "!", YS_SGR_YELLOW);
    printf("%s%s %s%s%s", ys_color(arguments, YS_SGR_BOLD), zh ? "门禁" : "gate",
           ys_color(arguments, sgr), word, ys_color(arguments, YS_SGR_OFF));
    printf(zh ? "：原因 %zu 项，提醒 %zu 项，成立的已知失败 %lld 条，用例 %lld 个；%s\n"
              : ": reasons %zu, warnings %zu, known failures that stand %lld, cases %lld; %s\n",
           ys_value_count(ys_value_get(gate, "reasons")),
           ys_value_count(ys_value_get(gate, "warnings")),
           (long long)ys_value_get_int(gate, "standing", 0),
           (long long)ys_value_get_int(gate, "cases", 0), path);
}

/* ---- gate.json, gate-junit.xml ---- */

static enum ys_status write_json(const char *path, const struct ys_value *value,
                                 struct ys_err *reterr)
{
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_json_write_pretty(value, &buf);
    status = status == YS_OK ? ys_file_write(path, buf.bytes, buf.length, reterr)
                             : ys_err_set(reterr, status, "%s passes YS_FILE_BYTES_MAX", path);
    ys_buf_clear(&buf);
    return status;
}

static enum ys_status set_seal(struct ys_arena *arena, const char *run_dir, struct ys_value *gate,
                               struct ys_err *reterr)
{
    struct ys_buf buf;
    char hex[YS_SM3_HEX_MAX];
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(ys_path_join(arena, run_dir, "seal.json"), &buf, reterr);
    if (status == YS_OK) {
        ys_sm3_hex(buf.bytes, buf.length, hex);
        ys_value_set_text(arena, gate, "seal", hex);
    }
    ys_buf_clear(&buf);
    return status;
}

static enum ys_exit publish(const struct ys_arguments *arguments, const char *run_dir,
                            const struct ys_value *result, const struct ys_value *gate)
{
    struct ys_err err;
    const char *report = NULL;
    const char *path = ys_path_join(arguments->arena, run_dir, "gate.json");
    if (write_json(path, gate, &err) != YS_OK ||
        ys_report_gate_junit(gate, result,
                             ys_path_join(arguments->arena, run_dir, "gate-junit.xml"),
                             &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    /* The report for people tells the decision and the known failures too. */
    if (result &&
        ys_summary_report(arguments, run_dir, ys_json_stream_of(arguments->arena, result, "cases"),
                          NULL, "html", NULL, &report, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    if (arguments->json) {
        return ys_cli_print_json(gate);
    }
    print_decision(arguments, gate, path);
    return YS_EXIT_GOOD;
}

enum ys_exit ys_cli_gate_conclude(const struct ys_arguments *arguments, const char *run_dir,
                                  const struct ys_value *result, const struct ys_gate_files *files)
{
    struct ys_err err;
    struct ys_gate_verdict verdict;
    if (ys_gate_decide(arguments->arena, result, files->baseline, files->conditions, &verdict,
                       &err) != YS_OK ||
        set_seal(arguments->arena, run_dir, verdict.value, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    enum ys_exit status = publish(arguments, run_dir, result, verdict.value);
    if (status != YS_EXIT_GOOD) {
        return status;
    }
    switch (verdict.decision) {
    case YS_GATE_GREEN:
        return YS_EXIT_GOOD;
    case YS_GATE_RED:
        return YS_EXIT_FAIL;
    case YS_GATE_OPEN:
        return YS_EXIT_UNDECIDED;
    }
    return YS_EXIT_HARNESS;
}

enum ys_exit ys_cli_gate_refuse(const struct ys_arguments *arguments, const char *run_dir,
                                const char *candidate, const struct ys_err *err)
{
    struct ys_err failure;
    struct ys_value *gate = ys_gate_refuse(arguments->arena, candidate, err->text);
    if (ys_folder_make(run_dir, &failure) != YS_OK) {
        return ys_cli_fail(&failure);
    }
    enum ys_exit status = publish(arguments, run_dir, NULL, gate);
    return status == YS_EXIT_GOOD ? YS_EXIT_USAGE : status;
}
