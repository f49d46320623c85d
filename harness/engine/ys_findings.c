/* SPDX-License-Identifier: Apache-2.0 */
/* What persons found, judged from their records: never a pass by default. */
#include <string.h>

#include "ys_attestations.h"
#include "ys_media.h"
#include "ys_persons.h"
#include "ys_sample.h"

enum ys_status ys_findings_load(struct ys_engine *engine, struct ys_err *reterr)
{
    const struct ys_value *records = NULL;
    enum ys_status status =
        ys_attestations_read(&engine->arena, engine->options->run_dir, &records, reterr);
    if (status == YS_OK) {
        engine->findings = records;
    }
    return status;
}

/* ---- which count ---- */

static bool is_about(const struct ys_value *record, const struct ys_clause *clause,
                     const struct ys_question *question, const char *branch)
{
    return strcmp(ys_value_word(record, "clause"), clause->id) == 0 &&
           strcmp(ys_value_word(record, "mode"), question->documentary ? "D" : "S") == 0 &&
           strcmp(ys_value_word(record, "question"), question->id) == 0 &&
           strcmp(ys_value_word(record, "branch"), branch ? branch : "") == 0;
}

/* Whoever found something may replace it, and nobody else may. */
static bool replaces(const struct ys_value *later, const struct ys_value *earlier)
{
    static const char *const same[] = {"clause", "mode", "question", "branch", "who"};
    bool holds = strcmp(ys_value_word(later, "supersedes"), ys_value_word(earlier, "id")) == 0;
    for (size_t i = 0; holds && i < sizeof same / sizeof same[0]; i++) {
        holds = strcmp(ys_value_word(later, same[i]), ys_value_word(earlier, same[i])) == 0;
    }
    return holds;
}

static bool is_superseded(const struct ys_value *records, size_t index)
{
    bool superseded = false;
    for (size_t i = index + 1u; i < ys_value_count(records) && !superseded; i++) {
        superseded = replaces(ys_value_at(records, i), ys_value_at(records, index));
    }
    return superseded;
}

bool ys_finding_same_person(struct ys_arena *arena, const char *name, const char *other)
{
    return strcmp(ys_media_name(arena, name), ys_media_name(arena, other)) == 0;
}

const struct ys_value *ys_finding_confirmed(struct ys_arena *arena, const struct ys_value *records,
                                            const struct ys_value *record)
{
    static const char *const same[] = {"clause", "mode", "question", "branch", "verdict"};
    const char *id = ys_value_get_text(record, "confirms");
    const struct ys_value *first = NULL;
    for (size_t i = 0; id && i < ys_value_count(records) && !first; i++) {
        const struct ys_value *one = ys_value_at(records, i);
        bool fits =
            strcmp(ys_value_word(one, "id"), id) == 0 && !ys_value_get(one, "confirms") &&
            !is_superseded(records, i) &&
            !ys_finding_same_person(arena, ys_value_word(one, "who"), ys_value_word(record, "who"));
        for (size_t k = 0; fits && k < sizeof same / sizeof same[0]; k++) {
            fits = strcmp(ys_value_word(one, same[k]), ys_value_word(record, same[k])) == 0;
        }
        first = fits ? one : NULL;
    }
    return first;
}

/* A confirmation of what no longer stands says nothing. */
static bool is_void(struct ys_arena *arena, const struct ys_value *records,
                    const struct ys_value *record)
{
    return ys_value_get(record, "confirms") && !ys_finding_confirmed(arena, records, record);
}

/*
 * The day on which findings are judged, in Beijing: that of the run, or of the last finding taken
 * in where it is later. So the same record gives the same verdicts whenever it is judged.
 */
static const char *day_of_judging(const struct ys_engine *engine, struct ys_arena *arena)
{
    struct ys_civil day = ys_civil_from_wall(engine->started_us, YS_BEIJING_OFFSET_S);
    const char *latest =
        engine->run_day ? engine->run_day
                        : ys_arena_printf(arena, "%04d-%02d-%02d", day.year, day.month, day.day);
    for (size_t i = 0; i < ys_value_count(engine->findings); i++) {
        const char *time = ys_value_word(ys_value_at(engine->findings, i), "beijing");
        if (strncmp(time, latest, 10) > 0) {
            latest = ys_arena_strndup(arena, time, strlen(time) < 10 ? strlen(time) : 10);
        }
    }
    return latest;
}

static bool is_expired(const struct ys_value *record, const char *day)
{
    return strcmp(ys_value_word(record, "expires"), day) < 0;
}

/* By files of its own, or by those of the finding that it confirms. */
static bool shows_enough(struct ys_arena *arena, const struct ys_value *records,
                         const struct ys_value *record, const struct ys_question *question)
{
    const struct ys_value *first = ys_finding_confirmed(arena, records, record);
    return (int64_t)ys_value_count(ys_value_get(first ? first : record, "files")) >=
           question->files;
}

/* ---- judging ---- */

struct tally {
    const struct ys_value *fail;
    const struct ys_value *inconclusive;
    int64_t people; /* different persons who found that it holds */
    bool expired;
    bool bare; /* somebody found that it holds and does not show it */
};

static bool was_counted(struct ys_arena *arena, const struct ys_value *records, const bool *counted,
                        size_t index)
{
    const char *who = ys_value_word(ys_value_at(records, index), "who");
    for (size_t i = 0; i < index; i++) {
        if (counted[i] &&
            ys_finding_same_person(arena, ys_value_word(ys_value_at(records, i), "who"), who)) {
            return true;
        }
    }
    return false;
}

static struct tally count_findings(struct ys_engine *engine, struct ys_arena *arena,
                                   const struct ys_clause *clause,
                                   const struct ys_question *question, const char *branch)
{
    const struct ys_value *records = engine->findings;
    const char *day = day_of_judging(engine, arena);
    struct tally tally = {0};
    bool *counted = ys_arena_calloc(arena, ys_value_count(records) + 1u, sizeof *counted);
    for (size_t i = 0; i < ys_value_count(records); i++) {
        const struct ys_value *record = ys_value_at(records, i);
        const char *verdict = ys_value_word(record, "verdict");
        if (!is_about(record, clause, question, branch) || is_superseded(records, i) ||
            is_void(arena, records, record)) {
            continue;
        }
        const struct ys_value *first = ys_finding_confirmed(arena, records, record);
        if (is_expired(record, day) || (first && is_expired(first, day))) {
            tally.expired = true;
        } else if (strcmp(verdict, "fail") == 0) {
            tally.fail = tally.fail ? tally.fail : record;
        } else if (strcmp(verdict, "pass") != 0) {
            tally.inconclusive = tally.inconclusive ? tally.inconclusive : record;
        } else if (!shows_enough(arena, records, record, question)) {
            tally.bare = true;
        } else if (!was_counted(arena, records, counted, i)) {
            counted[i] = true;
            tally.people++;
        }
    }
    return tally;
}

static const char *place(struct ys_arena *arena, const char *branch)
{
    return branch ? ys_arena_printf(arena, " at %s", branch) : "";
}

struct ys_ruling ys_finding_rule(struct ys_engine *engine, struct ys_arena *arena,
                                 const struct ys_clause *clause, const struct ys_question *question,
                                 const char *branch)
{
    struct tally tally = count_findings(engine, arena, clause, question, branch);
    struct ys_ruling ruling = {YS_VERDICT_PENDING, YS_CAUSE_PERSON, NULL, "inspector"};
    if (tally.fail) {
        return (struct ys_ruling){YS_VERDICT_FAIL, YS_CAUSE_CANDIDATE,
                                  ys_arena_printf(arena, "an inspector found%s: %s",
                                                  place(arena, branch),
                                                  ys_value_word(tally.fail, "answer")),
                                  "bank"};
    }
    if (tally.inconclusive) {
        ruling.verdict = YS_VERDICT_INCONCLUSIVE;
        ruling.reason =
            ys_arena_printf(arena, "an inspector could not decide%s: %s", place(arena, branch),
                            ys_value_word(tally.inconclusive, "answer"));
        return ruling;
    }
    if (tally.people >= question->people) {
        return (struct ys_ruling){.verdict = YS_VERDICT_PASS};
    }
    if (tally.people > 0) {
        ruling.reason =
            ys_arena_printf(arena, "a further person must find the same%s", place(arena, branch));
    } else if (tally.expired) {
        ruling.reason = ys_arena_printf(arena, "the finding%s has expired", place(arena, branch));
    } else if (tally.bare) {
        ruling.reason =
            ys_arena_printf(arena, "the finding%s lacks files that show it", place(arena, branch));
    } else {
        ruling.reason = question->documentary ? "an inspector must judge the document"
                                              : "an inspector must see it on site";
    }
    return ruling;
}

/* ---- branches ---- */

static bool is_drawn_from(const struct ys_branches *branches, const struct ys_value *row)
{
    for (size_t i = 0; i < ys_value_count(branches->where); i++) {
        const struct ys_member *member = &branches->where->as.map.members[i];
        const struct ys_value *found = ys_value_get(row, member->name);
        if (!found || !ys_value_equal(found, member->value)) {
            return false;
        }
    }
    return ys_value_get_text(row, branches->id) != NULL;
}

/* Rows that may be drawn. */
static const struct ys_value *branch_rows(struct ys_engine *engine, struct ys_arena *arena)
{
    const struct ys_branches *branches = &engine->pack->regulation->branches;
    const struct ys_value *rows =
        branches->supply ? ys_value_get(engine->supplies, branches->supply) : NULL;
    struct ys_value *from = ys_value_list(arena);
    for (size_t i = 0; i < ys_value_count(rows); i++) {
        if (is_drawn_from(branches, ys_value_at(rows, i))) {
            ys_value_append(arena, from, ys_value_at(rows, i));
        }
    }
    return from;
}

const struct ys_value *ys_branch_ids(struct ys_engine *engine, struct ys_arena *arena)
{
    const struct ys_value *rows = branch_rows(engine, arena);
    struct ys_value *ids = ys_value_list(arena);
    for (size_t i = 0; i < ys_value_count(rows); i++) {
        ys_value_append(arena, ids,
                        ys_value_get(ys_value_at(rows, i), engine->pack->regulation->branches.id));
    }
    return ids;
}

const struct ys_value *ys_question_branches(struct ys_engine *engine, struct ys_arena *arena,
                                            const struct ys_question *question)
{
    const char *id = engine->pack->regulation->branches.id;
    const struct ys_value *rows = branch_rows(engine, arena);
    size_t count = ys_value_count(rows);
    const char **keys = ys_arena_calloc(arena, count + 1, sizeof *keys);
    for (size_t i = 0; i < count; i++) {
        const char *key = ys_value_get_text(ys_value_at(rows, i), id);
        keys[i] = key ? key : "";
    }
    char seed[YS_DECIMAL_TEXT_MAX] = "0";
    if (engine->seed_value && engine->seed_value->kind == YS_KIND_NUMBER) {
        ys_decimal_format(engine->seed_value->as.number, seed);
    }
    const size_t *order = ys_sample_order(arena, seed, keys, count);
    struct ys_value *drawn = ys_value_list(arena);
    for (size_t i = 0; i < count && (int64_t)i < (int64_t)question->branches; i++) {
        ys_value_append(arena, drawn, ys_value_at(rows, order[i]));
    }
    return drawn;
}

/* ---- a clause ---- */

struct rulings {
    struct ys_arena *arena;
    struct ys_ruling *items;
    size_t count;
    size_t capacity;
};

static void add(struct rulings *rulings, struct ys_ruling ruling)
{
    if (rulings->count == rulings->capacity) {
        size_t capacity = rulings->capacity ? 2u * rulings->capacity : 8u;
        struct ys_ruling *items = ys_arena_calloc(rulings->arena, capacity, sizeof *items);
        if (rulings->count) {
            memcpy(items, rulings->items, rulings->count * sizeof *items);
        }
        rulings->items = items;
        rulings->capacity = capacity;
    }
    rulings->items[rulings->count++] = ruling;
}

/* A branch that was not drawn and that somebody looked at counts where it fails. */
static void rule_elsewhere(struct ys_engine *engine, struct rulings *rulings,
                           const struct ys_clause *clause, const struct ys_question *question)
{
    for (size_t i = 0; i < ys_value_count(engine->findings); i++) {
        const char *branch = ys_value_get_text(ys_value_at(engine->findings, i), "branch");
        if (branch && is_about(ys_value_at(engine->findings, i), clause, question, branch)) {
            struct ys_ruling ruling =
                ys_finding_rule(engine, rulings->arena, clause, question, branch);
            if (ruling.verdict == YS_VERDICT_FAIL) {
                add(rulings, ruling);
            }
        }
    }
}

static void rule_by_branch(struct ys_engine *engine, struct rulings *rulings,
                           const struct ys_clause *clause, const struct ys_question *question)
{
    const char *id = engine->pack->regulation->branches.id;
    const struct ys_value *branches = ys_question_branches(engine, rulings->arena, question);
    if (ys_value_count(branches) == 0) {
        add(rulings, (struct ys_ruling){YS_VERDICT_INCONCLUSIVE, YS_CAUSE_CONFIGURATION,
                                        "there is no list to draw branches from", "operator"});
    }
    for (size_t i = 0; i < ys_value_count(branches); i++) {
        add(rulings, ys_finding_rule(engine, rulings->arena, clause, question,
                                     ys_value_get_text(ys_value_at(branches, i), id)));
    }
    rule_elsewhere(engine, rulings, clause, question);
}

const struct ys_ruling *ys_persons_rule(struct ys_engine *engine, struct ys_arena *arena,
                                        const struct ys_clause *clause, size_t *ret_count)
{
    struct rulings rulings = {.arena = arena};
    for (size_t i = 0; i < clause->question_count; i++) {
        const struct ys_question *question = &clause->questions[i];
        const struct ys_paper *paper =
            question->documentary ? ys_clause_paper(clause, question->id) : NULL;
        if (paper) {
            struct ys_ruling worst;
            ys_document_judge(engine, arena, clause, paper, &worst);
            bool plain = worst.verdict == YS_VERDICT_PASS || worst.verdict == YS_VERDICT_PENDING;
            if (!plain) {
                worst.reason = ys_arena_printf(arena, "document %s: %s", paper->id, worst.reason);
            }
            add(&rulings, worst);
        } else if (question->branches) {
            rule_by_branch(engine, &rulings, clause, question);
        } else {
            add(&rulings, ys_finding_rule(engine, arena, clause, question, NULL));
        }
    }
    *ret_count = rulings.count;
    return rulings.items;
}

/* ---- as values ---- */

/* Who confirmed a finding, as far as that counts. */
static void set_confirmed_by(struct ys_engine *engine, struct ys_arena *arena,
                             struct ys_value *ret_one, const struct ys_value *record,
                             const char *day)
{
    static const char *const members[] = {"id", "who", "role", "seen", "at"};
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < ys_value_count(engine->findings); i++) {
        const struct ys_value *other = ys_value_at(engine->findings, i);
        if (!ys_value_get(other, "confirms") || is_expired(other, day) ||
            ys_finding_confirmed(arena, engine->findings, other) != record ||
            is_superseded(engine->findings, i)) {
            continue;
        }
        struct ys_value *map = ys_value_map(arena);
        for (size_t k = 0; k < sizeof members / sizeof members[0]; k++) {
            ys_value_set_text(arena, map, members[k], ys_value_get_text(other, members[k]));
        }
        ys_value_append(arena, list, map);
    }
    if (ys_value_count(list)) {
        ys_value_set(arena, ret_one, "confirmed_by", list);
    }
}

/* What persons found of one question and stands: for who is asked the same. */
static const struct ys_value *found_value(struct ys_engine *engine, struct ys_arena *arena,
                                          const struct ys_clause *clause,
                                          const struct ys_question *question, const char *branch)
{
    static const char *const members[] = {"id", "who", "role", "seen", "verdict", "answer"};
    const char *day = day_of_judging(engine, arena);
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < ys_value_count(engine->findings); i++) {
        const struct ys_value *record = ys_value_at(engine->findings, i);
        if (!is_about(record, clause, question, branch) || is_superseded(engine->findings, i) ||
            is_expired(record, day) || is_void(arena, engine->findings, record)) {
            continue;
        }
        struct ys_value *map = ys_value_map(arena);
        for (size_t k = 0; k < sizeof members / sizeof members[0]; k++) {
            ys_value_set_text(arena, map, members[k], ys_value_get_text(record, members[k]));
        }
        ys_value_append(arena, list, map);
    }
    return list;
}

const struct ys_value *ys_attestations_value(struct ys_engine *engine, struct ys_arena *arena)
{
    static const char *const members[] = {"id",      "clause",     "mode",    "branch", "question",
                                          "answer",  "verdict",    "who",     "role",   "seen",
                                          "expires", "supersedes", "confirms"};
    const char *day = day_of_judging(engine, arena);
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < ys_value_count(engine->findings); i++) {
        const struct ys_value *record = ys_value_at(engine->findings, i);
        struct ys_value *one = ys_value_map(arena);
        const struct ys_clause *clause =
            ys_regulation_clause(engine->pack->regulation, ys_value_word(record, "clause"));
        const struct ys_question *question =
            clause ? ys_clause_question(clause, strcmp(ys_value_word(record, "mode"), "D") == 0,
                                        ys_value_word(record, "question"))
                   : NULL;
        for (size_t k = 0; k < sizeof members / sizeof members[0]; k++) {
            ys_value_set_text(arena, one, members[k], ys_value_get_text(record, members[k]));
        }
        if (question) {
            ys_value_set(arena, one, "title", ys_text_value(arena, &question->ask));
        }
        ys_value_set_text(arena, one, "at", ys_value_word(record, "at"));
        ys_value_set_text(arena, one, "state",
                          is_superseded(engine->findings, i)         ? "superseded"
                          : is_void(arena, engine->findings, record) ? "void"
                          : is_expired(record, day)                  ? "expired"
                                                                     : "counts");
        set_confirmed_by(engine, arena, one, record, day);
        const struct ys_value *files = ys_value_get(record, "files");
        struct ys_value *shown = ys_value_list(arena);
        for (size_t k = 0; k < ys_value_count(files); k++) {
            struct ys_value *file = ys_value_map(arena);
            static const char *const known[] = {"name", "sm3", "bytes", "media_type"};
            for (size_t m = 0; m < sizeof known / sizeof known[0]; m++) {
                if (ys_value_get(ys_value_at(files, k), known[m])) {
                    ys_value_set(arena, file, known[m],
                                 ys_value_get(ys_value_at(files, k), known[m]));
                }
            }
            ys_value_append(arena, shown, file);
        }
        ys_value_set(arena, one, "files", shown);
        ys_value_append(arena, list, one);
    }
    return list;
}

/* What a person needs to know of a question before answering it. */
static struct ys_value *asked(struct ys_engine *engine, struct ys_arena *arena,
                              const struct ys_clause *clause, const struct ys_question *question,
                              const struct ys_value *row)
{
    const struct ys_branches *branches = &engine->pack->regulation->branches;
    const char *branch = row ? ys_value_get_text(row, branches->id) : NULL;
    struct ys_ruling ruling = ys_finding_rule(engine, arena, clause, question, branch);
    struct ys_value *one = ys_value_map(arena);
    ys_value_set_text(arena, one, "clause", clause->id);
    ys_value_set_text(arena, one, "mode", question->documentary ? "D" : "S");
    ys_value_set_text(arena, one, "question", question->id);
    ys_value_set(arena, one, "requirement", ys_text_value(arena, &clause->text));
    ys_value_set(arena, one, "ask", ys_text_value(arena, &question->ask));
    ys_value_set(arena, one, "todo", ys_text_value(arena, &question->todo));
    ys_value_set_text(arena, one, "branch", branch);
    if (row) {
        ys_value_set_text(arena, one, "branch_name", ys_value_word(row, branches->name));
    }
    ys_value_set_bool(arena, one, "by_branch", question->branches > 0);
    ys_value_set_int(arena, one, "people", question->people);
    ys_value_set_int(arena, one, "files", question->files);
    ys_value_set_int(arena, one, "valid_days", question->valid_days);
    ys_value_set_text(arena, one, "verdict", ys_verdict_name(ruling.verdict));
    ys_value_set_text(arena, one, "reason", ruling.reason ? ruling.reason : "");
    ys_value_set(arena, one, "found", found_value(engine, arena, clause, question, branch));
    const struct ys_paper *paper =
        question->documentary ? ys_clause_paper(clause, question->id) : NULL;
    if (paper) {
        struct ys_ruling worst;
        const struct ys_value *checks = ys_document_judge(engine, arena, clause, paper, &worst);
        ys_value_set(arena, one, "document", ys_document_value(engine, arena, clause, paper));
        ys_value_set(arena, one, "checks", checks);
        ys_value_set_text(arena, one, "stands", ys_verdict_name(worst.verdict));
    }
    return one;
}

const struct ys_value *ys_asked_value(struct ys_engine *engine, struct ys_arena *arena)
{
    const struct ys_regulation *regulation = engine->pack->regulation;
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < regulation->clause_count; i++) {
        const struct ys_clause *clause = &regulation->clauses[i];
        for (size_t k = 0; ys_clause_applies(engine, clause) && k < clause->question_count; k++) {
            const struct ys_question *question = &clause->questions[k];
            if (!question->branches) {
                ys_value_append(arena, list, asked(engine, arena, clause, question, NULL));
                continue;
            }
            const struct ys_value *rows = ys_question_branches(engine, arena, question);
            for (size_t r = 0; r < ys_value_count(rows); r++) {
                ys_value_append(arena, list,
                                asked(engine, arena, clause, question, ys_value_at(rows, r)));
            }
        }
    }
    return list;
}
