/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_cli_run.h"

#include <signal.h>
#include <string.h>

#include "ys_card_guard.h"
#include "ys_clock.h"
#include "ys_file.h"
#include "ys_progress.h"
#include "ys_try.h"

static volatile int stop_requested;

static void on_signal(int number)
{
    stop_requested = number;
    /* A second signal ends the process at once; the log stays valid. */
    signal(number, SIG_DFL);
}

bool ys_cli_stopped(void)
{
    return stop_requested != 0;
}

void ys_cli_catch_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* `yanshou run … | head`: the run goes on, only the output ends. */
    signal(SIGPIPE, SIG_IGN);
    /* Past `ulimit -f` a write fails, which is told, instead of ending the process. */
    signal(SIGXFSZ, SIG_IGN);
}

const char *ys_cli_run_dir(struct ys_arena *arena, const struct ys_candidate *candidate)
{
    struct ys_civil now =
        ys_civil_from_wall(ys_clock_real()->wall_us(ys_clock_real()->context), YS_BEIJING_OFFSET_S);
    const char *base =
        ys_arena_printf(arena, "runs/%s-%04d%02d%02d-%02d%02d%02d", candidate->id, now.year,
                        now.month, now.day, now.hour, now.minute, now.second);
    const char *path = base;
    for (int n = 2; ys_folder_exists(path) && n < 1000; n++) {
        path = ys_arena_printf(arena, "%s-%d", base, n);
    }
    return path;
}

/* The build that the bank names where nobody else did; NULL where it does not, which is told. */
static const char *ask_build(const struct ys_arguments *arguments,
                             const struct ys_run_options *options)
{
    const struct ys_operation *release = options->pack->catalogue->release;
    const struct ys_value *told = NULL;
    struct ys_err err;
    bool bound = false;
    for (size_t i = 0; release && i < options->candidate->binding_count && !bound; i++) {
        bound = options->candidate->bindings[i].operation == release;
    }
    if (!bound || options->resume) {
        return NULL;
    }
    if (ys_try(arguments->arena, options->pack, options->candidate, ys_clock_real(), release->id,
               ys_value_map(arguments->arena), &told, &err) != YS_OK) {
        fprintf(stderr, "yanshou: %s did not name the build: %s\n", release->id, err.text);
        return NULL;
    }
    const char *build = ys_value_get_text(ys_value_get(told, "observation"), "build");
    if (!build) {
        const char *why = ys_value_get_text(ys_value_get(told, "trouble"), "text");
        fprintf(stderr, "yanshou: %s did not name the build: %s; give --build ID\n", release->id,
                why ? why : "refused");
    }
    return build;
}

enum ys_status ys_cli_run(const struct ys_arguments *arguments, struct ys_run_options *options,
                          struct ys_run_summary *ret_summary, struct ys_err *reterr)
{
    struct ys_err err;
    struct ys_card_port port;
    bool has_port = false;
    if (options->candidate->reader_count && !options->replay_cards) {
        /* Without a service the cases that need a reader are undecided, and say why. */
        has_port = ys_card_port_pcsc(&port, &err) == YS_OK;
        if (!has_port) {
            fprintf(stderr, "yanshou: no card readers: %s\n", err.text);
        }
    }
    struct ys_progress *progress = ys_progress_new(arguments);
    struct ys_run_events events;
    ys_progress_events(progress, &events);
    options->cards = has_port ? &port : NULL;
    /* What a recording asks for is in it; it has no tries to lose. */
    options->tries_folder =
        options->replay_cards ? NULL : ys_card_guard_folder(arguments->arena);
    options->events = &events;
    options->stop = &stop_requested;
    options->clock = ys_clock_real();
    ys_cli_catch_signals();
    if (!options->build) {
        options->build = ask_build(arguments, options);
    }
    enum ys_status status = ys_run(options, ret_summary, reterr);
    ys_progress_free(progress);
    if (has_port) {
        ys_card_port_free(&port);
    }
    return status;
}
