/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "ys_calendar.h"
#include "ys_file.h"
#include "ys_history_private.h"

#define SLOWEST_CASES 10

/* ---- taking runs in ---- */

static bool is_run(struct ys_arena *arena, const char *folder)
{
    return ys_file_exists(ys_path_join(arena, folder, "manifest.json")) ||
           ys_file_exists(ys_path_join(arena, folder, "seal.json"));
}

static enum ys_status take(struct ys_store *store, struct ys_arena *arena, const char *run_dir,
                           struct ys_history_import *import, struct ys_err *reterr)
{
    enum ys_store_import outcome = YS_STORE_REFUSED;
    const char *why = NULL;
    enum ys_status status = ys_store_add(store, arena, run_dir, &outcome, &why, reterr);
    if (status != YS_OK) {
        return status;
    }
    import->added += outcome == YS_STORE_ADDED;
    import->known += outcome == YS_STORE_KNOWN;
    if (outcome == YS_STORE_REFUSED) {
        struct ys_value *one = ys_value_map(arena);
        ys_value_set_text(arena, one, "folder", run_dir);
        ys_value_set_text(arena, one, "why", why);
        ys_value_append(arena, import->refused, one);
    }
    return YS_OK;
}

static enum ys_status scan(struct ys_store *store, struct ys_arena *arena, const char *folder,
                           bool deeper, struct ys_history_import *import, struct ys_err *reterr)
{
    const char **names = NULL;
    size_t count = 0;
    enum ys_status status = ys_folder_list(arena, folder, NULL, &names, &count, reterr);
    for (size_t i = 0; i < count && status == YS_OK; i++) {
        const char *path = ys_path_join(arena, folder, names[i]);
        if (!ys_folder_exists(path)) {
            continue;
        }
        if (is_run(arena, path)) {
            status = take(store, arena, path, import, reterr);
        } else if (deeper) {
            status = scan(store, arena, path, false, import, reterr);
        }
    }
    return status;
}

enum ys_status ys_history_import(struct ys_store *store, struct ys_arena *arena, const char *folder,
                                 struct ys_history_import *ret_import, struct ys_err *reterr)
{
    struct ys_history_import import = {.refused = ys_value_list(arena)};
    enum ys_status status = is_run(arena, folder)
                                ? take(store, arena, folder, &import, reterr)
                                : scan(store, arena, folder, true, &import, reterr);
    if (status == YS_OK) {
        *ret_import = import;
    }
    return status;
}

/* ---- what they say ---- */

static enum ys_status choose_candidate(struct ys_store *store, struct ys_arena *arena,
                                       const char **candidate, struct ys_err *reterr)
{
    const struct ys_value *rows = NULL;
    enum ys_status status =
        ys_store_rows(store, arena, "SELECT DISTINCT candidate FROM run ORDER BY candidate", NULL,
                      0, &rows, reterr);
    if (status != YS_OK || *candidate) {
        return status;
    }
    if (ys_value_count(rows) == 0) {
        return ys_err_set(reterr, YS_ERR_NOT_FOUND, "there is no sealed run that verifies");
    }
    if (ys_value_count(rows) > 1) {
        return ys_err_set(reterr, YS_ERR_USAGE,
                          "there are runs of several candidates (%s, %s …); name one with "
                          "--candidate",
                          ys_value_word(ys_value_at(rows, 0), "candidate"),
                          ys_value_word(ys_value_at(rows, 1), "candidate"));
    }
    *candidate = ys_value_word(ys_value_at(rows, 0), "candidate");
    return YS_OK;
}

/* Rows that need no more than a query; `day` columns become dates. */
static enum ys_status set_rows(struct ys_store *store, struct ys_arena *arena,
                               struct ys_value *history, const char *name, const char *sql,
                               const struct ys_store_value *values, size_t count,
                               struct ys_err *reterr)
{
    const struct ys_value *rows = NULL;
    enum ys_status status = ys_store_rows(store, arena, sql, values, count, &rows, reterr);
    if (status != YS_OK) {
        return status;
    }
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < ys_value_count(rows); i++) {
        struct ys_value *row = ys_value_copy(arena, ys_value_at(rows, i));
        int64_t day = ys_value_get_int(row, "day", -1);
        if (day >= 0) {
            ys_history_set_day(arena, row, "day", day);
        }
        ys_value_append(arena, list, row);
    }
    ys_value_set(arena, history, name, list);
    return YS_OK;
}

static const char RUNS[] =
    "SELECT folder, started, day, purpose, build, conclusion, readers, cases, interrupted, gate,"
    " duration_ms FROM run WHERE candidate = ?1 AND day <= ?2 ORDER BY started, id";
/* Both verdicts on the same suites, the same build of the bank and the same day. */
static const char FLAKY[] =
    "SELECT test.id AS \"case\", run.day AS day, run.build AS build,"
    " sum(test.verdict = 'pass') AS passed, sum(test.verdict = 'fail') AS failed"
    " FROM test JOIN run ON test.run = run.id"
    " WHERE run.candidate = ?1 AND run.day <= ?2 AND run.build <> ''"
    " AND test.verdict IN ('pass', 'fail')"
    " GROUP BY test.id, run.day, run.build, test.suite, test.bindings"
    " HAVING passed > 0 AND failed > 0 ORDER BY run.day DESC, test.id";
static const char SLOWEST[] =
    "SELECT test.id AS \"case\", count(*) AS runs, sum(duration_ms) / count(*) AS mean_ms,"
    " max(test.duration_ms) AS longest_ms"
    " FROM (SELECT test.id, test.duration_ms FROM test JOIN run ON test.run = run.id"
    "  WHERE run.candidate = ?1 AND run.day <= ?2 AND run.interrupted = 0) AS test"
    " GROUP BY test.id ORDER BY mean_ms DESC, test.id LIMIT ?3";
/* The entries of the last baseline that a gate looked at. */
static const char KNOWN[] =
    "SELECT test AS \"case\", clause, owner, reason, expires, state FROM known WHERE run ="
    " (SELECT max(run.id) FROM run WHERE candidate = ?1 AND gate IS NOT NULL AND started ="
    "  (SELECT max(started) FROM run WHERE candidate = ?1 AND gate IS NOT NULL AND day <= ?2))"
    " ORDER BY expires, pos";

static void set_days_left(struct ys_arena *arena, struct ys_value *history, int64_t today)
{
    const struct ys_value *known = ys_value_get(history, "known");
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < ys_value_count(known); i++) {
        struct ys_value *one = ys_value_copy(arena, ys_value_at(known, i));
        int64_t day = 0;
        if (ys_day_parse(ys_value_word(one, "expires"), &day, NULL) == YS_OK) {
            ys_value_set_int(arena, one, "days_left", day - today);
        }
        ys_value_append(arena, list, one);
    }
    ys_value_set(arena, history, "known", list);
}

static void remark(struct ys_arena *arena, struct ys_value *list, const char *zh, const char *en)
{
    struct ys_value *one = ys_value_map(arena);
    ys_value_set_text(arena, one, "zh", zh);
    ys_value_set_text(arena, one, "en", en);
    ys_value_append(arena, list, one);
}

/* What no clause says and yet stands before an acceptance. */
static struct ys_value *remarks_of(struct ys_arena *arena, const struct ys_value *runs)
{
    struct ys_value *list = ys_value_list(arena);
    bool accepted = false;
    bool nameless = false;
    const struct ys_value *last = ys_value_at(runs, ys_value_count(runs) - 1);
    for (size_t i = 0; i < ys_value_count(runs); i++) {
        accepted =
            accepted || strcmp(ys_value_word(ys_value_at(runs, i), "purpose"), "acceptance") == 0;
        nameless = nameless || !*ys_value_word(ys_value_at(runs, i), "build");
    }
    if (!accepted) {
        remark(arena, list, "尚未进行过验收运行", "there was no acceptance run yet");
    }
    if (strcmp(ys_value_word(last, "readers"), "virtual") == 0) {
        remark(arena, list, "最近一次运行使用虚拟读卡器，不能据此得出合格结论",
               "the last run used virtual readers, on which no acceptance can rest");
    }
    if (strcmp(ys_value_word(last, "readers"), "replay") == 0) {
        remark(arena, list, "最近一次运行重放卡片的录制，不能据此得出合格结论",
               "the last run replayed a recording of cards, on which no acceptance can rest");
    }
    if (nameless) {
        remark(arena, list, "有的运行没有记录银行的版本（--build），不稳定用例的统计不含这些运行",
               "some runs have no build of the bank (--build); flaky cases cannot be told by them");
    }
    return list;
}

static void set_head(struct ys_arena *arena, struct ys_value *history, const struct ys_value *run,
                     const char *candidate, int64_t today)
{
    struct ys_value *map = ys_value_map(arena);
    struct ys_value *name = ys_value_map(arena);
    int64_t end = ys_value_get_int(run, "retrofit_end", -1);
    ys_value_set_text(arena, history, "schema", "yanshou-history-1");
    ys_value_set_text(arena, name, "zh", ys_value_word(run, "name_zh"));
    ys_value_set_text(arena, name, "en", ys_value_word(run, "name_en"));
    ys_value_set_text(arena, map, "id", candidate);
    ys_value_set(arena, map, "name", name);
    ys_value_set_text(arena, map, "build", ys_value_word(run, "build"));
    ys_value_set(arena, history, "candidate", map);
    ys_value_set_text(arena, history, "regulation", ys_value_word(run, "regulation"));
    ys_history_set_day(arena, history, "today", today);
    ys_history_set_day(arena, history, "retrofit_ends", end);
    if (end >= 0) {
        ys_value_set_int(arena, history, "days_left", end - today);
    }
}

enum ys_status ys_history_make(struct ys_store *store, struct ys_arena *arena,
                               const char *candidate, int64_t today,
                               const struct ys_history_import *import,
                               const struct ys_value **ret_history, struct ys_err *reterr)
{
    struct ys_value *history = ys_value_map(arena);
    const struct ys_value *runs = NULL;
    struct ys_tracks tracks;
    enum ys_status status = choose_candidate(store, arena, &candidate, reterr);
    const struct ys_store_value values[] = {
        {.text = candidate}, {.number = today}, {.number = SLOWEST_CASES}};
    if (status == YS_OK) {
        status = ys_store_rows(store, arena,
                               "SELECT * FROM run WHERE candidate = ?1 AND day <= ?2"
                               " ORDER BY started, id",
                               values, 2, &runs, reterr);
    }
    if (status == YS_OK && ys_value_count(runs) == 0) {
        return ys_err_set(reterr, YS_ERR_NOT_FOUND, "there is no run of '%s'", candidate);
    }
    if (status == YS_OK) {
        status = ys_tracks_make(store, arena, runs, &tracks, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    const struct ys_value *last = ys_value_at(runs, ys_value_count(runs) - 1);
    set_head(arena, history, last, candidate, today);
    ys_value_set(arena, history, "points", ys_tracks_points(&tracks));
    ys_value_set(arena, history, "clauses", ys_tracks_clauses(&tracks));
    ys_value_set(arena, history, "blockers", ys_tracks_blockers(&tracks));
    ys_value_set(arena, history, "forecast",
                 ys_tracks_forecast(&tracks, ys_value_get_int(last, "retrofit_end", -1)));
    ys_value_set(arena, history, "remarks", remarks_of(arena, runs));
    status = set_rows(store, arena, history, "known", KNOWN, values, 2, reterr);
    set_days_left(arena, history, today);
    if (status == YS_OK) {
        status = set_rows(store, arena, history, "flaky", FLAKY, values, 2, reterr);
    }
    if (status == YS_OK) {
        status = set_rows(store, arena, history, "slowest", SLOWEST, values, 3, reterr);
    }
    if (status == YS_OK) {
        status = set_rows(store, arena, history, "runs", RUNS, values, 2, reterr);
    }
    if (status == YS_OK) {
        ys_value_set(arena, history, "refused", import->refused);
        *ret_history = history;
    }
    return status;
}
