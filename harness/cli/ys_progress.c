/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_progress.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "ys_report.h"

#define BAR_CELLS 20u

struct ys_progress {
    const struct ys_arguments *arguments;
    bool live; /* standard error is a terminal */
    size_t total;
    size_t done;
    size_t failing;
    size_t undecided;
    char doing[128];
};

struct ys_progress *ys_progress_new(const struct ys_arguments *arguments)
{
    struct ys_progress *progress = ys_calloc(1, sizeof *progress);
    progress->arguments = arguments;
    progress->live = isatty(STDERR_FILENO) && !arguments->quiet && !arguments->json;
    return progress;
}

static void erase(const struct ys_progress *progress)
{
    if (progress->live) {
        fprintf(stderr, "\r\x1b[K");
    }
}

static void draw(const struct ys_progress *progress)
{
    if (!progress->live || !progress->total) {
        return;
    }
    size_t cells = BAR_CELLS * progress->done / progress->total;
    fprintf(stderr, "\r\x1b[K[");
    for (size_t i = 0; i < BAR_CELLS; i++) {
        fputs(i < cells ? "█" : "·", stderr);
    }
    fprintf(stderr, "] %zu/%zu  %zu fail  %zu undecided  %s", progress->done, progress->total,
            progress->failing, progress->undecided, progress->doing);
    fflush(stderr);
}

void ys_progress_free(struct ys_progress *progress)
{
    if (progress) {
        erase(progress);
        ys_free(progress);
    }
}

static void on_planned(void *context, size_t case_count)
{
    struct ys_progress *progress = context;
    progress->total = case_count;
    draw(progress);
}

static void on_started(void *context, const struct ys_case *subject)
{
    struct ys_progress *progress = context;
    snprintf(progress->doing, sizeof progress->doing, "%s", subject->id);
    draw(progress);
}

static void on_waiting(void *context, const char *what)
{
    struct ys_progress *progress = context;
    if (what) {
        snprintf(progress->doing, sizeof progress->doing, "%s", what);
        if (!progress->live && !progress->arguments->quiet && !progress->arguments->json) {
            fprintf(stderr, "waiting: %s\n", what);
        }
    }
    draw(progress);
}

static enum ys_lang lang_of(const struct ys_arguments *arguments)
{
    return strcmp(arguments->lang, "zh") == 0 ? YS_LANG_ZH : YS_LANG_EN;
}

static const char *reason_in(const struct ys_arguments *arguments, const char *reason)
{
    return ys_reason_in(arguments->arena, lang_of(arguments), reason);
}

static const char *side_in(const struct ys_arguments *arguments, const char *side)
{
    return ys_side_in(arguments->arena, lang_of(arguments), side ? side : "");
}

static void print_finding(const struct ys_arguments *arguments, const struct ys_finding *finding)
{
    bool zh = strcmp(arguments->lang, "zh") == 0;
    const char *red =
        ys_color(arguments, finding->verdict == YS_VERDICT_FAIL ? YS_SGR_RED : YS_SGR_YELLOW);
    printf("    %s:%" PRIu32 "  %s\n", finding->file, finding->line, finding->step);
    if (finding->expected && finding->expected[0]) {
        printf("    %s%s%s%s %s\n", finding->target, finding->target[0] ? "  " : "", red,
               zh ? "预期" : "expected", side_in(arguments, finding->expected));
        printf("    %*s%s%s %s%s\n", (int)ys_text_columns(finding->target), "",
               finding->target[0] ? "  " : "", zh ? "实际" : "observed",
               side_in(arguments, finding->observed), ys_color(arguments, YS_SGR_OFF));
    }
    if (finding->reason && finding->reason[0]) {
        printf("    %s\n", reason_in(arguments, finding->reason));
    }
    if (finding->reproduce && finding->reproduce[0]) {
        printf("    %s%s\n", zh ? "复现：" : "reproduce: ", finding->reproduce);
    }
}

static void print_case(const struct ys_arguments *arguments, const struct ys_case_result *result)
{
    bool fail = result->verdict == YS_VERDICT_FAIL;
    printf("%s%s%s ", ys_color(arguments, fail ? YS_SGR_RED : YS_SGR_YELLOW),
           fail ? "✗ FAIL" : "? ", fail ? "" : ys_verdict_name(result->verdict));
    printf("%s", ys_color(arguments, YS_SGR_OFF));
    for (size_t i = 0; i < result->subject->clause_count; i++) {
        printf(" %s", result->subject->clauses[i]);
    }
    printf("  %s  (cause: %s)\n    %s\n", result->subject->id, ys_cause_name(result->cause),
           ys_text_in(&result->subject->title, arguments->lang));
    if (result->finding_count == 0 && result->reason) {
        printf("    %s\n", reason_in(arguments, result->reason));
    }
    for (size_t i = 0; i < result->finding_count && i < 5; i++) {
        print_finding(arguments, &result->findings[i]);
    }
    size_t more =
        result->findings_omitted + (result->finding_count > 5 ? result->finding_count - 5 : 0);
    if (more) {
        printf("    … and %zu more findings in the report\n", more);
    }
}

static void on_ended(void *context, const struct ys_case_result *result)
{
    struct ys_progress *progress = context;
    const struct ys_arguments *arguments = progress->arguments;
    progress->done++;
    progress->failing += result->verdict == YS_VERDICT_FAIL;
    progress->undecided +=
        result->verdict == YS_VERDICT_INCONCLUSIVE || result->verdict == YS_VERDICT_PENDING;
    erase(progress);
    if (!arguments->json) {
        if (result->verdict == YS_VERDICT_FAIL || result->verdict == YS_VERDICT_INCONCLUSIVE) {
            print_case(arguments, result);
        } else if (!progress->live && !arguments->quiet) {
            printf("%zu/%zu %s %s (%" PRId64 " ms)\n", progress->done, progress->total,
                   ys_verdict_name(result->verdict), result->subject->id, result->duration_ms);
        }
        fflush(stdout);
    }
    draw(progress);
}

void ys_progress_events(struct ys_progress *progress, struct ys_run_events *ret_events)
{
    *ret_events = (struct ys_run_events){
        .context = progress,
        .planned = on_planned,
        .case_started = on_started,
        .case_ended = on_ended,
        .waiting = on_waiting,
    };
}
