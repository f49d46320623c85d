/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou baseline: the known failures of a candidate: list, add, prune. */
#include <string.h>

#include "ys_calendar.h"
#include "ys_cli.h"
#include "ys_cli_summary.h"
#include "ys_clock.h"
#include "ys_file.h"
#include "ys_gate.h"

struct work {
    const struct ys_arguments *arguments;
    const char *path;
    const struct ys_baseline *baseline;
    const struct ys_value *result; /* of the run that was named, or NULL */
    int64_t today;
    bool fresh; /* the file is to be made; its first entries set the ratchet */
};

static int64_t today_in_beijing(void)
{
    struct ys_civil now =
        ys_civil_from_wall(ys_clock_real()->wall_us(ys_clock_real()->context), YS_BEIJING_OFFSET_S);
    return ys_civil_to_days(now.year, now.month, now.day);
}

/* ---- list ---- */

static enum ys_exit list_json(const struct work *work)
{
    struct ys_arena *arena = work->arguments->arena;
    struct ys_value *root = ys_value_map(arena);
    struct ys_value *list = ys_value_list(arena);
    ys_value_set_text(arena, root, "schema", "yanshou-baseline-1");
    ys_value_set_text(arena, root, "candidate", work->baseline->candidate);
    ys_value_set_int(arena, root, "ratchet", work->baseline->ratchet);
    for (size_t i = 0; i < work->baseline->known_count; i++) {
        const struct ys_known *known = &work->baseline->known[i];
        struct ys_value *one = ys_value_map(arena);
        ys_value_set_text(arena, one, "case", known->case_id);
        ys_value_set_text(arena, one, "clause", known->clause);
        ys_value_set_text(arena, one, "reason", known->reason);
        ys_value_set_text(arena, one, "owner", known->owner);
        ys_value_set_text(arena, one, "opened", known->opened);
        ys_value_set_text(arena, one, "expires", known->expires);
        ys_value_set_int(arena, one, "days_left", known->expires_day - work->today);
        ys_value_set_text(arena, one, "fingerprint", known->fingerprint);
        if (work->result) {
            ys_value_set_text(arena, one, "state",
                              ys_known_state_name(ys_known_state_of(
                                  known, work->result, ys_result_day(work->result), NULL)));
        }
        ys_value_append(arena, list, one);
    }
    ys_value_set(arena, root, "known", list);
    return ys_cli_print_json(root);
}

static enum ys_exit list(const struct work *work)
{
    const struct ys_arguments *arguments = work->arguments;
    bool zh = strcmp(arguments->lang, "zh") == 0;
    if (arguments->json) {
        return list_json(work);
    }
    for (size_t i = 0; i < work->baseline->known_count; i++) {
        const struct ys_known *known = &work->baseline->known[i];
        int64_t left = known->expires_day - work->today;
        printf("%s%s%s  %s\n", ys_color(arguments, YS_SGR_BOLD), known->case_id,
               ys_color(arguments, YS_SGR_OFF), known->clause);
        printf("    %s%s %s%s (%s%lld %s)%s", zh ? "到期 " : "expires ", known->expires,
               ys_color(arguments, left < 0                   ? YS_SGR_RED
                                   : left < YS_GATE_WARN_DAYS ? YS_SGR_YELLOW
                                                              : YS_SGR_GREEN),
               "", zh ? "还剩 " : "", (long long)left, zh ? "天" : "days left",
               ys_color(arguments, YS_SGR_OFF));
        if (work->result) {
            printf("  %s", ys_known_state_name(ys_known_state_of(
                               known, work->result, ys_result_day(work->result), NULL)));
        }
        printf("\n    %s: %s\n", known->owner, known->reason);
    }
    printf(zh ? "%s：%zu 条，棘轮 %lld\n" : "%s: %zu entries, ratchet %lld\n",
           work->baseline->candidate, work->baseline->known_count,
           (long long)work->baseline->ratchet);
    return YS_EXIT_GOOD;
}

/* ---- add ---- */

static bool is_chosen(const struct ys_arguments *arguments, const char *id)
{
    const char *const *ids = NULL;
    size_t count = ys_option_values(arguments, "case", &ids);
    bool chosen = count == 0;
    for (size_t i = 0; i < count && !chosen; i++) {
        chosen = strcmp(ids[i], id) == 0;
    }
    return chosen;
}

static const struct ys_known *known_of(const struct ys_baseline *baseline, const char *case_id,
                                       const char *clause)
{
    for (size_t i = 0; i < baseline->known_count; i++) {
        if (strcmp(baseline->known[i].case_id, case_id) == 0 &&
            strcmp(baseline->known[i].clause, clause) == 0) {
            return &baseline->known[i];
        }
    }
    return NULL;
}

/* Entries for what fails in the run, is chosen, and is not known yet. */
static enum ys_status collect(const struct work *work, const struct ys_known *common,
                              struct ys_known **ret_entries, size_t *ret_count,
                              struct ys_err *reterr)
{
    struct ys_arena *arena = work->arguments->arena;
    const struct ys_value *cases = ys_value_get(work->result, "cases");
    size_t total = 0;
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        total += ys_value_count(ys_value_get(ys_value_at(cases, i), "clauses"));
    }
    struct ys_known *entries = ys_arena_calloc(arena, total + 1, sizeof *entries);
    size_t count = 0;
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        const struct ys_value *one = ys_value_at(cases, i);
        const struct ys_value *clauses = ys_value_get(one, "clauses");
        const char *id = ys_value_word(one, "id");
        bool wanted =
            strcmp(ys_value_word(one, "verdict"), "fail") == 0 && is_chosen(work->arguments, id);
        for (size_t k = 0; wanted && k < ys_value_count(clauses); k++) {
            const char *clause = ys_value_text(ys_value_at(clauses, k));
            const struct ys_known *known = known_of(work->baseline, id, clause);
            if (known && strcmp(known->fingerprint, ys_value_word(one, "fingerprint")) != 0) {
                return ys_err_at(reterr, YS_ERR_INVALID, work->path, known->at->line,
                                 known->at->column,
                                 "%s is known to fail in another way than in this run; 'yanshou "
                                 "baseline prune' removes the entry",
                                 id);
            }
            if (!known) {
                entries[count] = *common;
                entries[count].case_id = id;
                entries[count].clause = clause;
                entries[count++].fingerprint = ys_value_word(one, "fingerprint");
            }
        }
    }
    *ret_entries = entries;
    *ret_count = count;
    return YS_OK;
}

static enum ys_exit write_file(const struct work *work, const struct ys_buf *buf)
{
    struct ys_err err;
    return ys_file_write(work->path, buf->bytes, buf->length, &err) == YS_OK ? YS_EXIT_GOOD
                                                                             : ys_cli_fail(&err);
}

/* What the options say of every entry, with the day that no entry may outlast. */
static enum ys_exit read_common(const struct work *work, struct ys_known *common)
{
    const struct ys_arguments *arguments = work->arguments;
    struct ys_err err;
    char *today = ys_arena_alloc(arguments->arena, 11);
    int64_t end = ys_result_retrofit_end(work->result);
    ys_day_format(work->today, today);
    common->opened = today;
    common->reason = ys_option_text(arguments, "reason");
    common->owner = ys_option_text(arguments, "owner");
    common->expires = ys_option_text(arguments, "expires");
    if (!common->reason || !common->owner || !common->expires) {
        return ys_cli_usage(arguments, "add needs --reason, --owner and --expires");
    }
    if (ys_day_parse(common->expires, &common->expires_day, &err) != YS_OK) {
        return ys_cli_usage(arguments, "--expires %s: %s", common->expires, err.text);
    }
    if (end < 0 || common->expires_day > end || common->expires_day < work->today) {
        char last[11] = "?";
        if (end >= 0) {
            ys_day_format(end, last);
        }
        return ys_cli_usage(arguments,
                            "--expires lies between today (%s) and the end of the retrofit (%s)",
                            today, last);
    }
    return YS_EXIT_GOOD;
}

static enum ys_exit add(const struct work *work)
{
    const struct ys_arguments *arguments = work->arguments;
    struct ys_err err;
    struct ys_known common = {0};
    struct ys_known *entries = NULL;
    size_t count = 0;
    enum ys_exit status = read_common(work, &common);
    if (status != YS_EXIT_GOOD) {
        return status;
    }
    if (collect(work, &common, &entries, &count, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    if (!count) {
        return ys_cli_usage(arguments, "nothing that fails in %s is chosen and not yet known",
                            arguments->positionals[2]);
    }
    int64_t total = (int64_t)(work->baseline->known_count + count);
    bool raise = work->fresh || ys_option_given(arguments, "raise-ratchet");
    if (total > work->baseline->ratchet && !raise) {
        return ys_cli_usage(arguments,
                            "%s would have %lld entries, its ratchet allows %lld; --raise-ratchet "
                            "raises it, for all to see",
                            work->path, (long long)total, (long long)work->baseline->ratchet);
    }
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    int64_t ratchet = total > work->baseline->ratchet ? total : 0;
    status = ys_baseline_add(arguments->arena, work->baseline, entries, count, ratchet, &buf,
                             &err) == YS_OK
                 ? write_file(work, &buf)
                 : ys_cli_fail(&err);
    ys_buf_clear(&buf);
    if (status == YS_EXIT_GOOD && !arguments->quiet) {
        for (size_t i = 0; i < count; i++) {
            printf("+ %s  %s\n", entries[i].case_id, entries[i].clause);
        }
    }
    return status;
}

/* ---- prune ---- */

static enum ys_exit prune(const struct work *work)
{
    const struct ys_baseline *baseline = work->baseline;
    struct ys_arena *arena = work->arguments->arena;
    bool *marked = ys_arena_calloc(arena, baseline->known_count + 1, sizeof *marked);
    size_t count = 0;
    for (size_t i = 0; i < baseline->known_count; i++) {
        enum ys_known_state state =
            ys_known_state_of(&baseline->known[i], work->result, ys_result_day(work->result), NULL);
        marked[i] =
            state == YS_KNOWN_FIXED || state == YS_KNOWN_OTHERWISE || state == YS_KNOWN_UNMATCHED;
        count += marked[i];
        if (marked[i] && !work->arguments->quiet) {
            printf("- %s  %s  %s\n", baseline->known[i].case_id, baseline->known[i].clause,
                   ys_known_state_name(state));
        }
    }
    if (!count) {
        return YS_EXIT_GOOD;
    }
    struct ys_err err;
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    enum ys_exit status = ys_baseline_remove(arena, baseline, marked, &buf, &err) == YS_OK
                              ? write_file(work, &buf)
                              : ys_cli_fail(&err);
    ys_buf_clear(&buf);
    return status;
}

/* ---- the command ---- */

/* The baseline in the file, or for `add` an empty one where there is no file yet. */
static enum ys_status load_baseline(struct work *work, struct ys_diags *diags)
{
    struct ys_arena *arena = work->arguments->arena;
    const struct ys_document *document = NULL;
    struct ys_err err;
    if (!work->fresh) {
        return ys_baseline_load(arena, work->path, diags, &work->baseline);
    }
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    enum ys_status status =
        ys_baseline_new(ys_value_word(ys_value_get(work->result, "candidate"), "id"), &buf);
    if (status == YS_OK) {
        status = ys_yaml_parse(arena, work->path, buf.bytes, buf.length, &document, &err);
    }
    ys_buf_clear(&buf);
    return status == YS_OK ? ys_baseline_read(arena, document, diags, &work->baseline) : status;
}

static enum ys_status load_run(struct work *work, struct ys_err *reterr)
{
    enum ys_status status = ys_summary_load(work->arguments->arena, work->arguments->positionals[2],
                                            &work->result, reterr);
    if (status == YS_OK && ys_result_day(work->result) < 0) {
        status = ys_err_set(reterr, YS_ERR_INVALID, "%s holds no result of a run",
                            work->arguments->positionals[2]);
    }
    return status;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    static const struct {
        const char *name;
        bool needs_run;
        enum ys_exit (*run)(const struct work *work);
    } actions[] = {{"list", false, list}, {"add", true, add}, {"prune", true, prune}};
    struct ys_err err;
    struct ys_diags diags;
    struct work work = {.arguments = arguments, .today = today_in_beijing()};
    size_t which = 0;
    while (which < 3 && strcmp(arguments->positionals[0], actions[which].name) != 0) {
        which++;
    }
    if (which == 3) {
        return ys_cli_usage(arguments, "there are list, add and prune, not '%s'",
                            arguments->positionals[0]);
    }
    if (actions[which].needs_run && arguments->positional_count < 3) {
        return ys_cli_usage(arguments, "%s needs a run directory behind the file",
                            actions[which].name);
    }
    work.path = arguments->positionals[1];
    if (arguments->positional_count == 3 && load_run(&work, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    ys_diags_init(&diags, arguments->arena);
    work.fresh = actions[which].run == add && !ys_file_exists(work.path);
    enum ys_status status = load_baseline(&work, &diags);
    ys_cli_tell(arguments, &diags);
    if (status != YS_OK) {
        return YS_EXIT_USAGE;
    }
    if (work.result && strcmp(ys_value_word(ys_value_get(work.result, "candidate"), "id"),
                              work.baseline->candidate) != 0) {
        return ys_cli_usage(arguments, "%s is the baseline of '%s', the run of another candidate",
                            work.path, work.baseline->candidate);
    }
    return actions[which].run(&work);
}

static const struct ys_option OPTIONS[] = {
    {"case", 0, "ID", "add: only this case (repeatable; default: all that fail)"},
    {"reason", 0, "TEXT", "add: why it may stand for now"},
    {"owner", 0, "WHO", "add: who answers for it"},
    {"expires", 0, "DAY", "add: the last day on which it stands, at most the retrofit's end"},
    {"raise-ratchet", 0, NULL, "add: allow more entries than the ratchet does"},
};

const struct ys_command ys_command_baseline = {
    .name = "baseline",
    .summary = "known failures with owner and expiry: list, add, prune",
    .operands = "list|add|prune FILE [RUNDIR]",
    .about =
        "FILE is the baseline of a gate (docs/gate.md). 'list' shows it, with what became of each\n"
        "entry in RUNDIR; 'add' takes in what fails in RUNDIR and begins FILE where it is not;\n"
        "'prune' removes entries whose failure did not happen in RUNDIR, and lowers the ratchet.\n"
        "Comments and everything else in FILE stay as they are.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 2,
    .operands_max = 3,
    .run = run,
};
