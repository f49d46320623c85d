/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From verdicts of cases to those of clauses and to the conclusion; manifest.json and result.json
 * (docs/result-format.md).
 */
#include "ys_engine_private.h"

#include <string.h>

#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_json_writer.h"
#include "ys_persons.h"
#include "ys_term.h"

struct rolled {
    const struct ys_clause *clause;
    enum ys_verdict verdict;
    enum ys_cause cause;
    const char *reason;
    const char *who; /* who must act: "bank", "inspector", "bureau", "operator" or NULL */
    bool mandatory;
    struct ys_value *cases;
};

/* ---- clauses ---- */

static bool is_listed(const struct ys_candidate *candidate, const char *id)
{
    for (size_t i = 0; i < candidate->listed_clause_count; i++) {
        if (strcmp(candidate->listed_clauses[i], id) == 0) {
            return true;
        }
    }
    return false;
}

/* Planned cases stand in the order of the suites, so that one walk through these tells them apart;
 * `next` is the planned case that it has not met yet. */
static bool is_planned(const struct ys_engine *engine, size_t *next, const struct ys_case *subject)
{
    bool is_next = *next < engine->planned_count && engine->planned[*next].subject == subject;
    *next += is_next;
    return is_next;
}

static bool judges(const struct ys_case *subject, const char *clause)
{
    for (size_t i = 0; i < subject->clause_count; i++) {
        if (strcmp(subject->clauses[i], clause) == 0) {
            return true;
        }
    }
    return false;
}

static void worsen(struct rolled *rolled, enum ys_verdict verdict, enum ys_cause cause,
                   const char *reason, const char *who)
{
    if (ys_verdict_worse(rolled->verdict, verdict) != rolled->verdict) {
        rolled->verdict = verdict;
        rolled->cause = cause;
        rolled->reason = reason;
        rolled->who = who;
    }
}

static const char *who_acts(enum ys_cause cause)
{
    switch (cause) {
    case YS_CAUSE_NONE:
    case YS_CAUSE_CANDIDATE:
        return "bank";
    case YS_CAUSE_CONFIGURATION:
    case YS_CAUSE_ENVIRONMENT:
        return "operator";
    case YS_CAUSE_HARNESS:
        return "bureau";
    case YS_CAUSE_PERSON:
        return "inspector";
    }
    return "bureau";
}

/* What the cases of this run say. */
static void roll_cases(struct ys_engine *engine, struct ys_arena *arena, struct rolled *rolled)
{
    for (size_t i = 0; i < engine->planned_count; i++) {
        const struct ys_case_result *result = &engine->planned[i].result;
        if (judges(result->subject, rolled->clause->id)) {
            ys_value_append(arena, rolled->cases, ys_value_string(arena, result->subject->id));
            worsen(rolled, result->verdict, result->cause,
                   ys_arena_printf(arena, "%s: %s", result->subject->id,
                                   result->reason ? result->reason : ""),
                   who_acts(result->cause));
            /* Nobody is called qualified by his own word. */
            if ((result->verdict == YS_VERDICT_PASS ||
                 result->verdict == YS_VERDICT_NOT_APPLICABLE) &&
                ys_case_uses_stated(engine->pack, result->subject)) {
                worsen(rolled, YS_VERDICT_PENDING, YS_CAUSE_PERSON,
                       ys_arena_printf(arena,
                                       "%s: passed by facts of the card that the candidate states; "
                                       "the bureau puts into card.yaml what it confirms",
                                       result->subject->id),
                       "bureau");
            }
        }
    }
}

/* What is missing of the automatic part: cases that were not selected, or that nobody wrote. */
static void roll_missing(struct ys_engine *engine, struct rolled *rolled)
{
    const struct ys_pack *pack = engine->pack;
    bool any = ys_value_count(rolled->cases) > 0;
    size_t next = 0;
    for (size_t i = 0; i < pack->suite_count; i++) {
        for (size_t k = 0; k < pack->suites[i]->case_count; k++) {
            const struct ys_case *subject = &pack->suites[i]->cases[k];
            if (!is_planned(engine, &next, subject) && judges(subject, rolled->clause->id)) {
                any = true;
                worsen(rolled, YS_VERDICT_INCONCLUSIVE, YS_CAUSE_CONFIGURATION,
                       engine->options->shard.count > 1
                           ? "cases of this clause are in other parts of the plan"
                           : "cases of this clause were not selected in this run",
                       "operator");
            }
        }
    }
    if (!any && (rolled->clause->modes & YS_MODE_AUTOMATIC)) {
        worsen(rolled, YS_VERDICT_INCONCLUSIVE, YS_CAUSE_HARNESS, "no case judges this clause",
               "bureau");
    }
}

bool ys_clause_applies(const struct ys_engine *engine, const struct ys_clause *clause)
{
    return !clause->after_acceptance && clause->kind == YS_CLAUSE_REQUIREMENT &&
           (!clause->where_listed || is_listed(engine->candidate, clause->id));
}

static void roll_clause(struct ys_engine *engine, struct ys_arena *arena, struct rolled *rolled)
{
    const struct ys_clause *clause = rolled->clause;
    bool applies = ys_clause_applies(engine, clause);
    rolled->cases = ys_value_list(arena);
    rolled->verdict = YS_VERDICT_NOT_APPLICABLE;
    rolled->mandatory = clause->mandatory && applies;
    if (clause->after_acceptance) {
        roll_cases(engine, arena, rolled); /* told where it was looked at; never decides */
    }
    if (!applies) {
        if (ys_value_count(rolled->cases) > 0) {
            return;
        }
        rolled->reason = clause->after_acceptance ? "after acceptance, not part of this run"
                         : clause->where_listed   ? "not listed for this candidate"
                                                  : "recorded, never judged";
        return;
    }
    roll_cases(engine, arena, rolled);
    roll_missing(engine, rolled);
    size_t count = 0;
    const struct ys_ruling *rulings = ys_persons_rule(engine, arena, clause, &count);
    for (size_t i = 0; i < count; i++) {
        worsen(rolled, rulings[i].verdict, rulings[i].cause, rulings[i].reason, rulings[i].who);
    }
}

static enum ys_conclusion conclude(const struct ys_engine *engine, const struct rolled *rolled,
                                   size_t count, struct ys_run_summary *summary)
{
    bool all = true;
    size_t mandatory = 0;
    for (size_t i = 0; i < count; i++) {
        summary->clause_counts[rolled[i].verdict]++;
        if (rolled[i].mandatory) {
            mandatory++;
            all = all && rolled[i].verdict == YS_VERDICT_PASS;
            summary->mandatory_failing += rolled[i].verdict == YS_VERDICT_FAIL;
        }
    }
    if (summary->mandatory_failing) {
        return YS_CONCLUSION_UNQUALIFIED;
    }
    /* A simulated card proves nothing about a bank's own cards, nor does a recording. */
    bool simulated =
        engine->options->purpose == YS_PURPOSE_ACCEPTANCE &&
        (engine->replayed_reader || (engine->virtual_reader && !engine->candidate->reference_bank));
    return all && mandatory && !simulated && !summary->interrupted ? YS_CONCLUSION_QUALIFIED
                                                                   : YS_CONCLUSION_INCOMPLETE;
}

/* ---- result.json ---- */

static void set_time(struct ys_arena *arena, struct ys_value *map, const char *name,
                     int64_t wall_us)
{
    char text[YS_TIME_TEXT_MAX];
    ys_time_format_utc(wall_us, text);
    ys_value_set_text(arena, map, name, text);
}

static struct ys_value *evidence_list(struct ys_arena *arena, const int64_t *numbers, size_t count)
{
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < count; i++) {
        ys_value_append(arena, list, ys_value_int(arena, numbers[i]));
    }
    return list;
}

static struct ys_value *finding_value(struct ys_arena *arena, const struct ys_finding *finding)
{
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "verdict", ys_verdict_name(finding->verdict));
    if (finding->cause != YS_CAUSE_NONE) {
        ys_value_set_text(arena, map, "cause", ys_cause_name(finding->cause));
    }
    ys_value_set_text(arena, map, "step", finding->step);
    ys_value_set_text(arena, map, "file", finding->file);
    ys_value_set_int(arena, map, "line", finding->line);
    ys_value_set_text(arena, map, "target", finding->target);
    ys_value_set_text(arena, map, "expected", finding->expected);
    ys_value_set_text(arena, map, "observed", finding->observed);
    ys_value_set_text(arena, map, "reason", finding->reason);
    ys_value_set_text(arena, map, "reproduce", finding->reproduce);
    if (finding->fingerprint && finding->fingerprint[0]) {
        ys_value_set_text(arena, map, "fingerprint", finding->fingerprint);
    }
    ys_value_set(arena, map, "evidence",
                 evidence_list(arena, &finding->evidence, finding->evidence ? 1 : 0));
    return map;
}

struct ys_value *ys_findings_value(struct ys_arena *arena, const struct ys_case_result *result)
{
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < result->finding_count; i++) {
        ys_value_append(arena, list, finding_value(arena, &result->findings[i]));
    }
    return list;
}

static struct ys_value *ids_value(struct ys_arena *arena, const char *const *ids, size_t count)
{
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < count; i++) {
        ys_value_append(arena, list, ys_value_string(arena, ids[i]));
    }
    return list;
}

/* What went into judging it, as digests; computing them takes more room than they do. */
static struct ys_value *inputs_value(struct ys_engine *engine, struct ys_arena *arena,
                                     const struct ys_case *subject)
{
    struct ys_case_digests digests;
    struct ys_value *inputs = ys_value_map(arena);
    struct ys_arena scratch;
    ys_arena_init(&scratch);
    ys_case_digest(&scratch, engine->pack, engine->candidate, subject, &digests);
    ys_arena_clear(&scratch);
    ys_value_set_text(arena, inputs, "suite", digests.suite);
    if (digests.bindings[0]) {
        ys_value_set_text(arena, inputs, "bindings", digests.bindings);
    }
    return inputs;
}

static struct ys_value *case_value(struct ys_engine *engine, struct ys_arena *arena,
                                   const struct ys_case_result *result)
{
    const struct ys_case *subject = result->subject;
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "id", subject->id);
    ys_value_set_text(arena, map, "suite", subject->suite->id);
    ys_value_set(arena, map, "title", ys_text_value(arena, &subject->title));
    ys_value_set(arena, map, "clauses", ids_value(arena, subject->clauses, subject->clause_count));
    ys_value_set_text(arena, map, "verdict", ys_verdict_name(result->verdict));
    if (result->cause != YS_CAUSE_NONE) {
        ys_value_set_text(arena, map, "cause", ys_cause_name(result->cause));
    }
    ys_value_set_text(arena, map, "reason", result->reason ? result->reason : "");
    ys_value_set_text(arena, map, "file", subject->suite->document->name);
    ys_value_set_int(arena, map, "line", subject->at ? subject->at->line : 0);
    set_time(arena, map, "started", result->started_us);
    ys_value_set_int(arena, map, "duration_ms", result->duration_ms);
    ys_attempts_set(arena, map, result);
    ys_value_set(arena, map, "evidence",
                 evidence_list(arena, result->evidence, result->evidence_count));
    ys_value_set_int(arena, map, "evidence_omitted", (int64_t)result->evidence_omitted);
    ys_value_set(arena, map, "findings", ys_findings_value(arena, result));
    ys_value_set_int(arena, map, "findings_omitted", (int64_t)result->findings_omitted);
    if (result->verdict == YS_VERDICT_FAIL) {
        ys_value_set_text(arena, map, "fingerprint", ys_fingerprint_case(arena, result));
    }
    ys_value_set(arena, map, "inputs", inputs_value(engine, arena, subject));
    return map;
}

static struct ys_value *modes_value(struct ys_arena *arena, unsigned modes)
{
    struct ys_value *list = ys_value_list(arena);
    static const struct {
        unsigned bit;
        const char *name;
    } known[] = {{YS_MODE_AUTOMATIC, "A"}, {YS_MODE_DOCUMENTARY, "D"}, {YS_MODE_ON_SITE, "S"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (modes & known[i].bit) {
            ys_value_append(arena, list, ys_value_string(arena, known[i].name));
        }
    }
    return list;
}

static struct ys_value *clause_value(struct ys_arena *arena, const struct rolled *rolled)
{
    const struct ys_clause *clause = rolled->clause;
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "id", clause->id);
    ys_value_set_text(arena, map, "article", clause->article);
    ys_value_set(arena, map, "title", ys_text_value(arena, &clause->text));
    ys_value_set(arena, map, "modes", modes_value(arena, clause->modes));
    ys_value_set_text(arena, map, "verdict", ys_verdict_name(rolled->verdict));
    ys_value_set_bool(arena, map, "mandatory", rolled->mandatory);
    ys_value_set(arena, map, "cases", rolled->cases);
    if (rolled->cause != YS_CAUSE_NONE) {
        ys_value_set_text(arena, map, "cause", ys_cause_name(rolled->cause));
    }
    bool silent = rolled->verdict == YS_VERDICT_PASS || !rolled->reason;
    ys_value_set_text(arena, map, "reason", silent ? "" : rolled->reason);
    return map;
}

static struct ys_value *tool_value(struct ys_arena *arena)
{
    struct ys_value *tool = ys_value_map(arena);
    struct ys_value *libraries = ys_value_list(arena);
    ys_value_set_text(arena, tool, "name", "yanshou");
    ys_value_set_text(arena, tool, "version", YS_VERSION);
    ys_value_set_text(arena, tool, "sm3", ys_tool_digest());
    ys_value_append(arena, libraries, ys_value_string(arena, ys_http_version()));
    ys_value_append(arena, libraries, ys_value_string(arena, ys_card_version()));
    ys_value_append(arena, libraries, ys_value_string(arena, ys_crypto_version()));
    ys_value_set(arena, tool, "libraries", libraries);
    return tool;
}

/* {index, of}: which part of a divided plan. */
static void set_shard(struct ys_engine *engine, struct ys_arena *arena, struct ys_value *map)
{
    const struct ys_shard *shard = &engine->options->shard;
    if (shard->count > 1) {
        struct ys_value *part = ys_value_map(arena);
        ys_value_set_int(arena, part, "index", shard->index);
        ys_value_set_int(arena, part, "of", shard->count);
        ys_value_set(arena, map, "shard", part);
    }
}

static void set_legal_entity(struct ys_engine *engine, struct ys_arena *arena,
                             struct ys_value *candidate)
{
    const struct ys_legal_entity *entity = &engine->candidate->legal_entity;
    if (entity->code) {
        struct ys_value *map = ys_value_map(arena);
        ys_value_set(arena, map, "name", ys_text_value(arena, &entity->name));
        ys_value_set_text(arena, map, "code", entity->code);
        ys_value_set_text(arena, map, "contact", entity->contact);
        ys_value_set(arena, candidate, "legal_entity", map);
    }
}

/* What it states of the card otherwise than card.yaml; the manifest has the file itself. */
static struct ys_value *stated_value(struct ys_engine *engine, struct ys_arena *arena)
{
    static const char *const names[] = {"file", "sm3", "facts"};
    struct ys_value *map = ys_value_map(arena);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ys_value_set(arena, map, names[i], ys_value_get(engine->pack->stated, names[i]));
    }
    return map;
}

static void set_head(struct ys_engine *engine, struct ys_arena *arena, struct ys_value *root,
                     const struct ys_run_summary *summary)
{
    const struct ys_run_options *options = engine->options;
    struct ys_value *regulation = ys_value_map(arena);
    struct ys_value *candidate = ys_value_map(arena);
    ys_value_set_text(arena, root, "schema", "yanshou-result-1");
    ys_value_set_text(arena, root, "conclusion", ys_conclusion_name(summary->conclusion));
    ys_value_set_text(arena, root, "purpose", ys_purpose_name(options->purpose));
    ys_value_set_bool(arena, root, "interrupted", summary->interrupted);
    ys_value_set_text(arena, root, "readers",
                      engine->replayed_reader   ? "replay"
                      : engine->virtual_reader  ? "virtual"
                      : engine->physical_reader ? "physical"
                                                : "none");
    ys_value_set(arena, root, "tool", tool_value(arena));
    ys_value_set_text(arena, regulation, "id", engine->pack->regulation->id);
    ys_value_set(arena, regulation, "title",
                 ys_text_value(arena, &engine->pack->regulation->title));
    ys_value_set_text(arena, regulation, "number", engine->pack->regulation->number);
    if (engine->pack->regulation->issuer.zh || engine->pack->regulation->issuer.en) {
        ys_value_set(arena, regulation, "issuer",
                     ys_text_value(arena, &engine->pack->regulation->issuer));
    }
    ys_value_set_text(arena, regulation, "issued", engine->pack->regulation->issued);
    ys_value_set_text(arena, regulation, "official_text",
                      engine->pack->regulation->official_text);
    ys_value_set(arena, root, "regulation", regulation);
    ys_value_set_text(arena, candidate, "id", engine->candidate->id);
    ys_value_set(arena, candidate, "name", ys_text_value(arena, &engine->candidate->name));
    set_legal_entity(engine, arena, candidate);
    ys_value_set_text(arena, candidate, "build", options->build);
    if (engine->pack->stated) {
        ys_value_set(arena, candidate, "card", stated_value(engine, arena));
    }
    ys_value_set(arena, root, "candidate", candidate);
    ys_value_set_text(arena, root, "inspector", options->inspector);
    ys_value_set_text(arena, root, "run", ys_value_get_text(engine->run_value, "id"));
    set_shard(engine, arena, root);
    set_time(arena, root, "started", engine->started_us);
    set_time(arena, root, "ended", engine->ended_us ? engine->ended_us : ys_engine_wall(engine));
    if (engine->cuts) {
        ys_value_set(arena, root, "cuts", engine->cuts);
    }
    if (engine->clock_value) {
        ys_value_set(arena, root, "clock", engine->clock_value);
    }
}

/* The computation that says most: the last one with a sample, else the last one. */
static const struct ys_value *coverage_value(const struct ys_engine *engine)
{
    const struct ys_value *best = NULL;
    for (size_t i = 0; i < engine->planned_count; i++) {
        const struct ys_value *coverage = engine->planned[i].coverage;
        if (coverage && (!best || ys_value_get(coverage, "sample") ||
                         !ys_value_get(best, "sample"))) {
            best = coverage;
        }
    }
    return best;
}

/* The statutory terms as they stood on the day of the run, in Beijing. */
static struct ys_value *clocks_value(struct ys_engine *engine, struct ys_arena *arena)
{
    struct ys_value *list = ys_value_list(arena);
    struct ys_civil today = ys_civil_from_wall(engine->started_us, YS_BEIJING_OFFSET_S);
    struct ys_term_status *terms = NULL;
    size_t count = 0;
    ys_terms(arena, engine->pack->regulation, engine->pack->calendar, engine->candidate,
             ys_civil_to_days(today.year, today.month, today.day), &terms, &count);
    for (size_t i = 0; i < count; i++) {
        struct ys_value *one = ys_value_map(arena);
        struct ys_value *note = ys_value_map(arena);
        char due[11];
        ys_value_set_text(arena, one, "id", terms[i].clause->id);
        ys_value_set_text(arena, one, "from", terms[i].clause->term.from);
        ys_value_set_text(arena, one, "to", terms[i].clause->term.to);
        ys_value_set_text(arena, one, "state", ys_term_state_name(terms[i].state));
        if (terms[i].due >= 0) {
            ys_day_format(terms[i].due, due);
            ys_value_set_text(arena, one, "due", ys_arena_strdup(arena, due));
            ys_value_set_int(arena, one, "day", terms[i].day);
            ys_value_set_int(arena, one, "of", terms[i].of);
        }
        ys_value_set_text(arena, note, "zh", ys_term_note(arena, &terms[i], "zh"));
        ys_value_set_text(arena, note, "en", ys_term_note(arena, &terms[i], "en"));
        ys_value_set(arena, one, "note", note);
        ys_value_append(arena, list, one);
    }
    return list;
}

/* The cases of the suites that this run left out, so that nobody takes a part for the whole. */
static struct ys_value *not_selected_value(struct ys_engine *engine, struct ys_arena *arena)
{
    struct ys_value *list = ys_value_list(arena);
    size_t next = 0;
    for (size_t i = 0; i < engine->pack->suite_count; i++) {
        for (size_t k = 0; k < engine->pack->suites[i]->case_count; k++) {
            const struct ys_case *subject = &engine->pack->suites[i]->cases[k];
            if (!is_planned(engine, &next, subject)) {
                struct ys_value *one = ys_value_map(arena);
                ys_value_set_text(arena, one, "id", subject->id);
                ys_value_set(arena, one, "clauses",
                             ids_value(arena, subject->clauses, subject->clause_count));
                ys_value_append(arena, list, one);
            }
        }
    }
    return list;
}

static void set_body(struct ys_engine *engine, struct ys_arena *arena, struct ys_value *root,
                     const struct rolled *rolled, size_t count,
                     const struct ys_run_summary *summary)
{
    struct ys_value *counts = ys_value_map(arena);
    struct ys_value *clauses = ys_value_list(arena);
    struct ys_value *undecided = ys_value_list(arena);
    struct ys_value *timing = ys_value_map(arena);
    for (size_t i = 0; i < YS_VERDICT_COUNT; i++) {
        ys_value_set_int(arena, counts, ys_verdict_name((enum ys_verdict)i),
                         (int64_t)summary->clause_counts[i]);
    }
    for (size_t i = 0; i < count; i++) {
        ys_value_append(arena, clauses, clause_value(arena, &rolled[i]));
        if (rolled[i].verdict == YS_VERDICT_PENDING ||
            rolled[i].verdict == YS_VERDICT_INCONCLUSIVE) {
            struct ys_value *one = ys_value_map(arena);
            ys_value_set_text(arena, one, "clause", rolled[i].clause->id);
            ys_value_set_text(arena, one, "reason", rolled[i].reason);
            ys_value_set_text(arena, one, "cause", ys_cause_name(rolled[i].cause));
            ys_value_set_text(arena, one, "who", rolled[i].who);
            ys_value_append(arena, undecided, one);
        }
    }
    ys_value_set_int(arena, timing, "duration_ms", summary->duration_ms);
    ys_value_set_int(arena, timing, "requests", summary->requests);
    ys_value_set_int(arena, timing, "apdus", summary->apdus);
    ys_value_set(arena, root, "summary", counts);
    ys_value_set(arena, root, "clauses", clauses);
    ys_value_set(arena, root, "cases", ys_value_list(arena));
    ys_value_set(arena, root, "not_selected", not_selected_value(engine, arena));
    ys_value_set(arena, root, "undecided", undecided);
    const struct ys_value *documents = ys_documents_value(engine, arena);
    if (ys_value_count(documents)) {
        ys_value_set(arena, root, "documents", documents);
    }
    if (ys_value_count(engine->findings)) {
        ys_value_set(arena, root, "attestations", ys_attestations_value(engine, arena));
    }
    const struct ys_value *coverage = coverage_value(engine);
    if (coverage) {
        ys_value_set(arena, root, "coverage", coverage);
    }
    if (engine->options->proof) {
        ys_value_set(arena, root, "proof", ys_proven_value(engine, arena));
    }
    ys_value_set(arena, root, "clocks", clocks_value(engine, arena));
    ys_value_set(arena, root, "timing", timing);
}

static enum ys_status write_json(const char *path, const struct ys_value *root,
                                 struct ys_err *reterr)
{
    struct ys_buf buf;
    ys_buf_init(&buf, YS_RESULT_BYTES_MAX);
    enum ys_status status = ys_json_write_pretty(root, &buf);
    if (status != YS_OK) {
        ys_err_set(reterr, status, "%s passes YS_RESULT_BYTES_MAX", path);
    } else {
        status = ys_file_write(path, buf.bytes, buf.length, reterr);
    }
    ys_buf_clear(&buf);
    return status;
}

/* All but the cases, whose list is empty. */
static const struct ys_value *make_rest(struct ys_engine *engine, struct ys_arena *arena,
                                        struct ys_run_summary *summary)
{
    const struct ys_regulation *regulation = engine->pack->regulation;
    struct rolled *rolled = ys_arena_calloc(arena, regulation->clause_count + 1, sizeof *rolled);
    ys_trust_apply(engine, arena);
    for (size_t i = 0; i < engine->planned_count; i++) {
        summary->counts[engine->planned[i].result.verdict]++;
    }
    for (size_t i = 0; i < regulation->clause_count; i++) {
        rolled[i].clause = &regulation->clauses[i];
        roll_clause(engine, arena, &rolled[i]);
    }
    summary->conclusion = conclude(engine, rolled, regulation->clause_count, summary);
    struct ys_value *root = ys_value_map(arena);
    set_head(engine, arena, root, summary);
    set_body(engine, arena, root, rolled, regulation->clause_count, summary);
    return ys_redact_value(engine->redactor, arena, root);
}

const struct ys_value *ys_result_make(struct ys_engine *engine, struct ys_arena *arena,
                                      struct ys_run_summary *summary)
{
    const struct ys_value *rest = make_rest(engine, arena, summary);
    struct ys_value *root = ys_value_map(arena);
    struct ys_value *cases = ys_value_list(arena);
    for (size_t i = 0; i < engine->planned_count; i++) {
        struct ys_value *one = case_value(engine, arena, &engine->planned[i].result);
        ys_value_append(arena, cases, ys_redact_value(engine->redactor, arena, one));
    }
    for (size_t i = 0; i < ys_value_count(rest); i++) {
        const struct ys_member *member = &rest->as.map.members[i];
        ys_value_set(arena, root, member->name,
                     strcmp(member->name, "cases") == 0 ? cases : member->value);
    }
    return root;
}

struct output {
    struct ys_file_part *part;
    size_t bytes;
};

static void write_part(void *to, const char *bytes, size_t length)
{
    struct output *output = to;
    output->bytes += length;
    if (output->bytes <= YS_RESULT_BYTES_MAX) {
        ys_file_part_write(output->part, bytes, length);
    }
}

/* The cases go into the file one at a time. */
static void write_cases(struct ys_engine *engine, struct ys_jw *jw)
{
    struct ys_arena arena;
    ys_arena_init(&arena);
    ys_jw_list(jw, "cases");
    for (size_t i = 0; i < engine->planned_count; i++) {
        const struct ys_value *one = case_value(engine, &arena, &engine->planned[i].result);
        ys_jw_value(jw, NULL, ys_redact_value(engine->redactor, &arena, one));
        ys_arena_reset(&arena);
    }
    ys_jw_end(jw);
    ys_arena_clear(&arena);
}

enum ys_status ys_result_write(struct ys_engine *engine, struct ys_run_summary *summary,
                               struct ys_err *reterr)
{
    struct ys_arena arena;
    struct output output = {.part = NULL};
    ys_arena_init(&arena);
    const struct ys_value *rest = make_rest(engine, &arena, summary);
    const char *path = ys_path_join(&arena, engine->options->run_dir, "result.json");
    enum ys_status status = ys_file_part_open(path, &output.part, reterr);
    if (status != YS_OK) {
        goto out;
    }
    struct ys_jw *jw = ys_jw_new(write_part, &output);
    ys_jw_map(jw, NULL);
    for (size_t i = 0; i < ys_value_count(rest); i++) {
        const struct ys_member *member = &rest->as.map.members[i];
        if (strcmp(member->name, "cases") == 0) {
            write_cases(engine, jw);
        } else {
            ys_jw_value(jw, member->name, member->value);
        }
    }
    ys_jw_end(jw);
    status = ys_jw_finish(jw, reterr);
    if (status == YS_OK && output.bytes > YS_RESULT_BYTES_MAX) {
        status = ys_err_set(reterr, YS_ERR_LIMIT, "%s passes YS_RESULT_BYTES_MAX", path);
    }
    if (status == YS_OK) {
        status = ys_file_part_end(output.part, reterr);
    } else {
        ys_file_part_abandon(output.part);
    }
out:
    ys_arena_clear(&arena);
    return status;
}

/* ---- manifest.json ---- */

static void add_input(struct ys_arena *arena, struct ys_value *list, const char *file,
                      const char *digest)
{
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "file", file);
    ys_value_set_text(arena, map, "sm3", digest);
    ys_value_append(arena, list, map);
}

/* Every file that the run read to know what to do. */
static const struct ys_value *files_value(const struct ys_engine *engine, struct ys_arena *arena)
{
    const struct ys_document *list_of_documents = engine->candidate->document_list;
    const struct ys_value *proof = engine->options->proof;
    struct ys_value *inputs = ys_value_list(arena);
    for (size_t i = 0; i < engine->pack->document_count; i++) {
        add_input(arena, inputs, engine->pack->documents[i]->name,
                  engine->pack->documents[i]->digest);
    }
    add_input(arena, inputs, engine->candidate->document->name,
              engine->candidate->document->digest);
    if (list_of_documents) {
        add_input(arena, inputs, list_of_documents->name, list_of_documents->digest);
    }
    if (proof) {
        add_input(arena, inputs, ys_value_get_text(proof, "file"),
                  ys_value_get_text(proof, "sm3"));
    }
    return inputs;
}

enum ys_status ys_manifest_write(struct ys_engine *engine, struct ys_err *reterr)
{
    const struct ys_run_options *options = engine->options;
    struct ys_arena arena;
    ys_arena_init(&arena);
    struct ys_value *root = ys_value_map(&arena);
    struct ys_value *readers = ys_value_list(&arena);
    char seed[32];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)options->seed);
    ys_value_set_text(&arena, root, "schema", "yanshou-manifest-1");
    ys_value_set(&arena, root, "tool", tool_value(&arena));
    ys_value_set_text(&arena, root, "purpose", ys_purpose_name(options->purpose));
    ys_value_set_text(&arena, root, "seed", seed);
    ys_value_set_int(&arena, root, "jobs", options->jobs);
    ys_value_set_bool(&arena, root, "allow_virtual", options->allow_virtual);
    struct ys_value *selection = ys_value_map(&arena);
    ys_value_set(&arena, selection, "cases",
                 ids_value(&arena, options->case_globs, options->case_glob_count));
    ys_value_set(&arena, selection, "clauses",
                 ids_value(&arena, options->clause_ids, options->clause_id_count));
    if (options->case_ids) {
        ys_value_set(&arena, selection, "ids",
                     ids_value(&arena, options->case_ids, options->case_id_count));
    }
    ys_value_set(&arena, root, "selection", selection);
    ys_value_set_text(&arena, root, "suites", engine->pack->folder);
    ys_value_set_text(&arena, root, "candidate_file", engine->candidate->document->name);
    ys_value_set_text(&arena, root, "build", options->build);
    ys_value_set_text(&arena, root, "inspector", options->inspector);
    if (options->previous) {
        ys_value_set(&arena, root, "previous", options->previous);
    }
    ys_value_set_text(&arena, root, "candidate", engine->candidate->id);
    ys_value_set_text(&arena, root, "environment", engine->candidate->environment);
    set_time(&arena, root, "started", engine->started_us);
    ys_value_set(&arena, root, "inputs", files_value(engine, &arena));
    if (options->proof) {
        ys_value_set(&arena, root, "proof", options->proof);
    }
    ys_value_set(&arena, root, "cases", ys_value_int(&arena, (int64_t)engine->planned_count));
    struct ys_value *plan = ys_value_map(&arena);
    ys_value_set_text(&arena, plan, "sm3", engine->plan_digest);
    ys_value_set_int(&arena, plan, "cases", (int64_t)engine->plan_cases);
    ys_value_set_bool(&arena, plan, "shuffled", options->shuffle);
    set_shard(engine, &arena, plan);
    ys_value_set(&arena, root, "plan", plan);
    for (size_t i = 0; i < engine->candidate->reader_count; i++) {
        const struct ys_reader_role *role = &engine->candidate->readers[i];
        struct ys_value *map = ys_value_map(&arena);
        ys_value_set_text(&arena, map, "role", role->role);
        ys_value_set_text(&arena, map, "name", role->pattern);
        ys_value_set_text(&arena, map, "atr", role->atr);
        ys_value_append(&arena, readers, map);
    }
    ys_value_set(&arena, root, "readers", readers);
    ys_value_set_text(&arena, root, "system", ys_system_version(&arena));
    ys_value_set(&arena, root, "declared", ys_declared_value(engine, &arena));
    if (options->replay_cards) {
        ys_value_set_text(&arena, root, "replay_cards", options->replay_cards);
    }
    enum ys_status status =
        write_json(ys_path_join(&arena, options->run_dir, "manifest.json"), root, reterr);
    ys_arena_clear(&arena);
    return status;
}
