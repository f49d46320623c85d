/* SPDX-License-Identifier: Apache-2.0 */
/* Two rosters and the record of filings; see ys_filings.h. */
#include "ys_filings.h"

#include <string.h>

#include "ys_place.h"

struct comparing {
    struct ys_arena *arena;
    const struct ys_filings_question *ask;
    bool *used; /* filings that a change explains */
    struct ys_value *changes;
    bool failed;
    bool undecided;
};

static bool is_open(const struct ys_value *row)
{
    return row && strcmp(ys_value_word(row, "status"), "closed") != 0;
}

static const struct ys_value *branch_of(const struct ys_value *rows, const char *code)
{
    for (size_t i = 0; i < ys_value_count(rows); i++) {
        if (strcmp(ys_value_word(ys_value_at(rows, i), "code"), code) == 0) {
            return ys_value_at(rows, i);
        }
    }
    return NULL;
}

static enum ys_status check_roster(const char *list, const struct ys_value *rows,
                                   struct ys_err *reterr)
{
    if (ys_value_count(rows) == 0) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "%s has no branch", list);
    }
    for (size_t i = 0; i < ys_value_count(rows); i++) {
        const struct ys_value *row = ys_value_at(rows, i);
        const char *status = ys_value_word(row, "status");
        if (!*ys_value_word(row, "code") || !*ys_value_word(row, "name")) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT, "%s, row %zu: code and name must be there",
                              list, i + 1);
        }
        if (branch_of(rows, ys_value_word(row, "code")) != row) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT, "%s, row %zu: '%s' stands twice", list,
                              i + 1, ys_value_word(row, "code"));
        }
        if (*status && strcmp(status, "open") != 0 && strcmp(status, "closed") != 0) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT,
                              "%s, row %zu: status is '%s'; write open or closed", list, i + 1,
                              status);
        }
    }
    return YS_OK;
}

static enum ys_status check_record(const struct ys_value *rows, struct ys_err *reterr)
{
    static const char *const dates[] = {"day", "filed", "published"};
    static const char *const kinds[] = {"opened", "closed", "moved", "renamed"};
    for (size_t i = 0; i < ys_value_count(rows); i++) {
        const struct ys_value *row = ys_value_at(rows, i);
        bool known = false;
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            known = known || strcmp(ys_value_word(row, "change"), kinds[k]) == 0;
        }
        if (!known || !*ys_value_word(row, "branch")) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT,
                              "filings, row %zu: branch, and a change of opened, closed, moved or "
                              "renamed, must be there",
                              i + 1);
        }
        for (size_t k = 0; k < sizeof dates / sizeof dates[0]; k++) {
            const char *text = ys_value_word(row, dates[k]);
            int64_t day = 0;
            if ((k == 0 || *text) && ys_day_parse(text, &day, NULL) != YS_OK) {
                return ys_err_set(reterr, YS_ERR_ARGUMENT,
                                  "filings, row %zu: %s is '%s'; write YYYY-MM-DD%s", i + 1,
                                  dates[k], text, k ? " or leave it empty" : "");
            }
        }
    }
    return YS_OK;
}

static int64_t day_of(const struct ys_value *row, const char *name)
{
    int64_t day = -1;
    return ys_day_parse(ys_value_word(row, name), &day, NULL) == YS_OK ? day : -1;
}

static void add(struct comparing *comparing, const char *code, const char *name, const char *change,
                const char *state)
{
    static const struct {
        const char *state;
        struct ys_text text;
        bool fails;
        bool asks;
    } states[] = {
        {"in-time", {"按期备案并公布", "filed and published in time"}, false, false},
        {"not-filed", {"未备案", "not filed"}, true, false},
        {"filed-late", {"逾期备案", "filed late"}, true, false},
        {"not-published", {"已备案，未公布", "filed, not published"}, true, false},
        {"published-late", {"已备案，逾期公布", "filed, published late"}, true, false},
        {"still-listed",
         {"已备案停业，名录仍为在营", "filed as closed, still listed as open"},
         true,
         false},
        {"may-be-filed",
         {"尚未备案或公布，期限未满", "not filed or published yet, and still in time"},
         false,
         true},
        {"no-change",
         {"已备案，两份名录未见此变更，须人工核实",
          "filed, but the rosters show no such change: a person must look"},
         false,
         true},
    };
    struct ys_arena *arena = comparing->arena;
    struct ys_value *row = ys_value_map(arena);
    ys_value_set_text(arena, row, "branch", code);
    ys_value_set_text(arena, row, "name", name);
    ys_value_set_text(arena, row, "change", change);
    ys_value_set_text(arena, row, "state", state);
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(states[i].state, state) == 0) {
            ys_value_set(arena, row, "text", ys_text_value(arena, &states[i].text));
            comparing->failed = comparing->failed || states[i].fails;
            comparing->undecided = comparing->undecided || states[i].asks;
        }
    }
    ys_value_append(arena, comparing->changes, row);
}

/* Whether less than the allowed working days have gone by from a day to today. */
static enum ys_status still_time(const struct comparing *comparing, int64_t from, bool *ret_still,
                                 struct ys_err *reterr)
{
    const struct ys_filings_question *ask = comparing->ask;
    int64_t gone = 0;
    *ret_still = false;
    if (ask->since < 0) {
        return YS_OK;
    }
    enum ys_status status = ys_calendar_count(ask->calendar, from, ask->today, &gone, reterr);
    *ret_still = status == YS_OK && gone <= ask->within;
    return status;
}

static enum ys_status judge_filing(struct comparing *comparing, const struct ys_value *filing,
                                   const char **ret_state, struct ys_err *reterr)
{
    int64_t day = day_of(filing, "day");
    int64_t filed = day_of(filing, "filed");
    int64_t published = day_of(filing, "published");
    int64_t due = 0;
    bool still = false;
    enum ys_status status = still_time(comparing, day, &still, reterr);
    if (status == YS_OK) {
        status =
            ys_calendar_after(comparing->ask->calendar, day, comparing->ask->within, &due, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    *ret_state = filed >= 0 && filed > due           ? "filed-late"
                 : published >= 0 && published > due ? "published-late"
                 : filed >= 0 && published >= 0      ? "in-time"
                 : still                             ? "may-be-filed"
                 : filed < 0                         ? "not-filed"
                                                     : "not-published";
    return YS_OK;
}

static enum ys_status note_change(struct comparing *comparing, const struct ys_value *branch,
                                  const char *change, struct ys_err *reterr)
{
    const struct ys_value *record = comparing->ask->record;
    const char *code = ys_value_word(branch, "code");
    const char *state = "not-filed";
    bool still = false;
    for (size_t i = 0; i < ys_value_count(record); i++) {
        const struct ys_value *filing = ys_value_at(record, i);
        if (!comparing->used[i] && strcmp(ys_value_word(filing, "branch"), code) == 0 &&
            strcmp(ys_value_word(filing, "change"), change) == 0) {
            comparing->used[i] = true;
            enum ys_status status = judge_filing(comparing, filing, &state, reterr);
            if (status == YS_OK) {
                add(comparing, code, ys_value_word(branch, "name"), change, state);
            }
            return status;
        }
    }
    enum ys_status status = still_time(comparing, comparing->ask->since, &still, reterr);
    if (status == YS_OK) {
        add(comparing, code, ys_value_word(branch, "name"), change, still ? "may-be-filed" : state);
    }
    return status;
}

static bool differs(struct comparing *comparing, const struct ys_value *before,
                    const struct ys_value *after, bool name)
{
    struct ys_arena *arena = comparing->arena;
    const char *city = comparing->ask->city;
    const char *member = name ? "name" : "address";
    const char *was = ys_value_word(before, member);
    const char *is = ys_value_word(after, member);
    return name ? strcmp(ys_place_name_key(arena, was, city, false),
                         ys_place_name_key(arena, is, city, false)) != 0
                : strcmp(ys_place_address_key(arena, was, city, false),
                         ys_place_address_key(arena, is, city, false)) != 0;
}

static enum ys_status compare_rosters(struct comparing *comparing, struct ys_err *reterr)
{
    const struct ys_filings_question *ask = comparing->ask;
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < ys_value_count(ask->before); i++) {
        const struct ys_value *was = ys_value_at(ask->before, i);
        const struct ys_value *is = branch_of(ask->after, ys_value_word(was, "code"));
        if (!is_open(was)) {
            continue;
        }
        if (!is_open(is)) {
            status = note_change(comparing, was, "closed", reterr);
            continue;
        }
        if (differs(comparing, was, is, false)) {
            status = note_change(comparing, is, "moved", reterr);
        }
        if (status == YS_OK && differs(comparing, was, is, true)) {
            status = note_change(comparing, is, "renamed", reterr);
        }
    }
    for (size_t i = 0; status == YS_OK && i < ys_value_count(ask->after); i++) {
        const struct ys_value *is = ys_value_at(ask->after, i);
        if (is_open(is) && !is_open(branch_of(ask->before, ys_value_word(is, "code")))) {
            status = note_change(comparing, is, "opened", reterr);
        }
    }
    return status;
}

/* Filings that no change explains, but for those of before the earlier roster. */
static void rest_of_record(struct comparing *comparing)
{
    const struct ys_filings_question *ask = comparing->ask;
    for (size_t i = 0; i < ys_value_count(ask->record); i++) {
        const struct ys_value *filing = ys_value_at(ask->record, i);
        const char *code = ys_value_word(filing, "branch");
        const struct ys_value *branch = branch_of(ask->after, code);
        const char *change = ys_value_word(filing, "change");
        if (comparing->used[i] || day_of(filing, "day") < ask->since) {
            continue;
        }
        add(comparing, code, ys_value_word(branch, "name"), change,
            strcmp(change, "closed") == 0 && is_open(branch) ? "still-listed" : "no-change");
    }
}

enum ys_status ys_filings_compare(struct ys_arena *arena,
                                  const struct ys_filings_question *question,
                                  const struct ys_value **ret_comparison, struct ys_err *reterr)
{
    size_t filings = ys_value_count(question->record);
    struct comparing comparing = {.arena = arena, .ask = question};
    struct ys_value *root = ys_value_map(arena);
    comparing.used = ys_arena_calloc(arena, filings + 1, sizeof *comparing.used);
    comparing.changes = ys_value_list(arena);
    enum ys_status status = check_roster("the earlier roster", question->before, reterr);
    status = status == YS_OK ? check_roster("the later roster", question->after, reterr) : status;
    status = status == YS_OK ? check_record(question->record, reterr) : status;
    status = status == YS_OK ? compare_rosters(&comparing, reterr) : status;
    if (status != YS_OK) {
        return status;
    }
    rest_of_record(&comparing);
    ys_value_set_text(arena, root, "schema", "yanshou-filings-1");
    ys_value_set_text(arena, root, "verdict",
                      comparing.failed      ? "fail"
                      : comparing.undecided ? "undecided"
                                            : "pass");
    ys_value_set_int(arena, root, "before", (int64_t)ys_value_count(question->before));
    ys_value_set_int(arena, root, "after", (int64_t)ys_value_count(question->after));
    ys_value_set_int(arena, root, "within_working_days", question->within);
    ys_value_set(arena, root, "changes", comparing.changes);
    *ret_comparison = root;
    return YS_OK;
}
