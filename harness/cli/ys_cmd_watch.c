/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yanshou watch: the chosen cases again whenever a suite or the candidate file is saved. inotify
 * (this is its only user) wakes; what decides is the digest of the files, so that a save without a
 * change, and the many events of one save, run nothing.
 */
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "ys_cli.h"
#include "ys_cli_run.h"
#include "ys_cli_summary.h"
#include "ys_clock.h"
#include "ys_crypto.h"
#include "ys_diff.h"
#include "ys_file.h"
#include "ys_selection.h"

#define RUNS_MAX 10000  /* of one watch */
#define FOLDERS_MAX 64u /* that hold suites and the candidate file */
#define QUIET_MS 150    /* a save is over after so long without an event */
#define SAVES_MS 2000   /* or after so long in any case */
#define LOOK_MS 5000    /* the files are looked at without an event, for network file systems */

struct watch {
    const struct ys_arguments *arguments;
    int fd;
    char *folders[FOLDERS_MAX]; /* owned */
    size_t folder_count;
    char *last_run; /* owned; or NULL */
};

/* ---- the files ---- */

static void add_folder(struct watch *watch, const char *file)
{
    struct ys_arena arena;
    ys_arena_init(&arena);
    const char *folder = ys_folder_exists(file) ? file : ys_path_beside(&arena, file, ".");
    bool known = false;
    for (size_t i = 0; i < watch->folder_count && !known; i++) {
        known = strcmp(watch->folders[i], folder) == 0;
    }
    if (!known && watch->folder_count < FOLDERS_MAX) {
        watch->folders[watch->folder_count++] = ys_strdup(folder);
        if (inotify_add_watch(watch->fd, folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE) < 0) {
            fprintf(stderr, "yanshou: %s is looked at every %d s only\n", folder, LOOK_MS / 1000);
        }
    }
    ys_arena_clear(&arena);
}

static void add_inputs(struct watch *watch, const struct ys_inputs *inputs)
{
    const char *const *given = NULL;
    size_t count = ys_option_values(watch->arguments, "suites", &given);
    add_folder(watch, ys_option_text(watch->arguments, "candidate"));
    for (size_t i = 0; i < count; i++) {
        add_folder(watch, given[i]);
    }
    for (size_t i = 0; inputs->pack && i < inputs->pack->document_count; i++) {
        add_folder(watch, inputs->pack->documents[i]->name);
    }
}

/* Over the names and contents of all YAML files of the folders. */
static void digest_files(const struct watch *watch, char ret_hex[YS_SM3_HEX_MAX])
{
    struct ys_arena arena;
    uint8_t digest[YS_SM3_BYTES];
    struct ys_sm3 *sm3 = ys_sm3_new();
    ys_arena_init(&arena);
    for (size_t i = 0; i < watch->folder_count; i++) {
        const char **names = NULL;
        size_t count = 0;
        struct ys_err err;
        if (ys_folder_list(&arena, watch->folders[i], ".yaml", &names, &count, &err) != YS_OK) {
            continue;
        }
        for (size_t k = 0; k < count; k++) {
            struct ys_buf buf;
            ys_buf_init(&buf, YS_FILE_BYTES_MAX);
            if (ys_file_read(ys_path_join(&arena, watch->folders[i], names[k]), &buf, &err) ==
                YS_OK) {
                ys_sm3_update(sm3, names[k], strlen(names[k]) + 1u);
                ys_sm3_update(sm3, buf.bytes, buf.length + 1u);
            }
            ys_buf_clear(&buf);
        }
    }
    ys_sm3_final(sm3, digest);
    ys_sm3_free(sm3);
    ys_hex_encode_lower(digest, sizeof digest, ret_hex);
    ys_arena_clear(&arena);
}

/* Takes events until none has come for a while. */
static void drain(const struct watch *watch)
{
    char events[4096];
    struct pollfd one = {.fd = watch->fd, .events = POLLIN};
    for (int waited = 0; waited < SAVES_MS && !ys_cli_stopped(); waited += QUIET_MS) {
        if (poll(&one, 1, QUIET_MS) <= 0 || read(watch->fd, events, sizeof events) < 0) {
            return;
        }
    }
}

/* Until the files differ from `before`, or Ctrl-C. */
static void wait_for_change(const struct watch *watch, const char *before)
{
    char now[YS_SM3_HEX_MAX];
    for (;;) {
        digest_files(watch, now);
        if (ys_cli_stopped() || strcmp(now, before) != 0) {
            return;
        }
        struct pollfd one = {.fd = watch->fd, .events = POLLIN};
        if (poll(&one, 1, LOOK_MS) > 0) {
            drain(watch);
        }
    }
}

/* ---- one run ---- */

static void print_summary(const struct watch *watch, const struct ys_arguments *arguments,
                          const char *run_dir, const struct ys_run_summary *summary)
{
    struct ys_err err;
    struct ys_diff diff = {0};
    const struct ys_value *was = NULL;
    const struct ys_value *is = NULL;
    bool zh = strcmp(arguments->lang, "zh") == 0;
    struct ys_civil now =
        ys_civil_from_wall(ys_clock_real()->wall_us(ys_clock_real()->context), YS_BEIJING_OFFSET_S);
    bool compared = watch->last_run &&
                    ys_summary_load(arguments->arena, watch->last_run, &was, &err) == YS_OK &&
                    ys_summary_load(arguments->arena, run_dir, &is, &err) == YS_OK &&
                    ys_diff_results(arguments->arena, was, is, &diff, &err) == YS_OK;
    printf(zh ? "%s%02d:%02d:%02d  通过 %zu，不通过 %zu，未判定 %zu%s"
              : "%s%02d:%02d:%02d  pass %zu, fail %zu, undecided %zu%s",
           ys_color(arguments, summary->counts[YS_VERDICT_FAIL] ? YS_SGR_RED : YS_SGR_GREEN),
           now.hour, now.minute, now.second, summary->counts[YS_VERDICT_PASS],
           summary->counts[YS_VERDICT_FAIL], summary->counts[YS_VERDICT_INCONCLUSIVE],
           ys_color(arguments, YS_SGR_OFF));
    printf("  %s\n", run_dir);
    for (size_t i = 0; compared && i < ys_value_count(diff.cases); i++) {
        const struct ys_value *one = ys_value_at(diff.cases, i);
        const char *change = ys_value_get_text(one, "change");
        if (strcmp(change, "better") == 0 || strcmp(change, "worse") == 0) {
            printf("  %s %s\n", strcmp(change, "better") == 0 ? "+" : "-",
                   ys_value_get_text(one, "id"));
        }
    }
    fflush(stdout);
}

static const char *next_run_dir(const struct watch *watch, struct ys_arena *arena,
                                const struct ys_candidate *candidate)
{
    const char *folder = ys_option_text(watch->arguments, "output");
    if (!folder) {
        return ys_cli_run_dir(arena, candidate);
    }
    for (int n = 1; n < RUNS_MAX; n++) {
        const char *path = ys_path_join(arena, folder, ys_arena_printf(arena, "%04d", n));
        if (!ys_folder_exists(path)) {
            return path;
        }
    }
    return folder;
}

static enum ys_status run_once(struct watch *watch, struct ys_arguments *arguments)
{
    struct ys_err err = {.text = ""};
    struct ys_inputs inputs = {0};
    struct ys_run_summary summary;
    const struct ys_clock *clock = ys_clock_real();
    enum ys_status status = ys_cli_load(arguments, &inputs, &err);
    add_inputs(watch, &inputs);
    struct ys_run_options options = {.pack = inputs.pack,
                                     .candidate = inputs.candidate,
                                     .purpose = YS_PURPOSE_SELFTEST,
                                     .jobs = 1,
                                     .seed = (uint64_t)clock->wall_us(clock->context),
                                     .build = ys_option_text(arguments, "build")};
    if (status == YS_OK) {
        status = ys_selection_make(arguments, &inputs, &options, &err);
    }
    if (status == YS_OK) {
        options.run_dir = next_run_dir(watch, arguments->arena, inputs.candidate);
        status = ys_cli_run(arguments, &options, &summary, &err);
    }
    if (status != YS_OK) {
        ys_cli_fail(&err); /* said; the next save may mend it */
        return status;
    }
    print_summary(watch, arguments, options.run_dir, &summary);
    ys_free(watch->last_run);
    watch->last_run = ys_strdup(options.run_dir);
    return YS_OK;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    const char *limit = ys_option_text(arguments, "runs");
    uint64_t most = RUNS_MAX;
    if (!ys_option_given(arguments, "candidate")) {
        return ys_cli_usage(arguments, "-c CANDIDATE is missing");
    }
    if (limit && (ys_parse_u64(limit, strlen(limit), &most) != YS_OK || !most || most > RUNS_MAX)) {
        return ys_cli_usage(arguments, "--runs is a whole number from 1 to %d, not '%s'", RUNS_MAX,
                            limit);
    }
    struct watch watch = {.arguments = arguments, .fd = inotify_init1(IN_CLOEXEC)};
    if (watch.fd < 0) {
        fprintf(stderr, "yanshou: files cannot be watched: inotify gives no descriptor\n");
        return YS_EXIT_HARNESS;
    }
    ys_cli_catch_signals();
    const struct ys_inputs nothing = {0};
    add_inputs(&watch, &nothing);
    for (uint64_t n = 0; n < most && !ys_cli_stopped();) {
        char before[YS_SM3_HEX_MAX];
        struct ys_arena arena;
        struct ys_arguments one = *arguments;
        size_t folders = watch.folder_count;
        ys_arena_init(&arena);
        one.arena = &arena;
        digest_files(&watch, before);
        n += run_once(&watch, &one) == YS_OK;
        if (watch.folder_count != folders) {
            digest_files(&watch, before); /* the first load tells where the suites are */
        }
        ys_arena_clear(&arena);
        if (n < most && !ys_cli_stopped()) {
            wait_for_change(&watch, before);
        }
    }
    for (size_t i = 0; i < watch.folder_count; i++) {
        ys_free(watch.folders[i]);
    }
    ys_free(watch.last_run);
    close(watch.fd);
    return YS_EXIT_GOOD;
}

static const struct ys_option OPTIONS[] = {
    {"candidate", 'c', "FILE", "the candidate file (required)"},
    {"suites", 's', "PATH", "a regulation folder, or a further suite file (repeatable)"},
    {"output", 'o', "DIR", "where the run directories are made, 0001 and on (default runs/)"},
    YS_SELECTION_OPTIONS,
    {"build", 0, "ID",
     "the candidate's build or release id, for the record (default: what the bank names\n"
     "where release.get is bound)"},
    {"runs", 0, "N", "end after so many runs"},
};

const struct ys_command ys_command_watch = {
    .name = "watch",
    .summary = "run the chosen cases again whenever a suite or the candidate file is saved",
    .operands = "",
    .about =
        "Runs the chosen cases, and again after each save that changes a file of the suites or "
        "the\n"
        "candidate; tells what fails and what got better (+) or worse (-). A file that is not\n"
        "valid is told, and the next save looked at. Each run keeps its run directory. Ctrl-C "
        "ends\n"
        "it cleanly: a run in work is undone and sealed first.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .run = run,
};
