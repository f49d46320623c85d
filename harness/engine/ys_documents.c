/* SPDX-License-Identifier: Apache-2.0 */
/* Documents: looked at once, recorded, judged from the record. */
#include <string.h>

#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_media.h"
#include "ys_persons.h"

/* ---- looking ---- */

/* The name in the record: without the machine's folder, where the file took it from a variable. */
static const char *shown_path(const char *path)
{
    const char *end = strrchr(path, '}');
    return end && end[1] == '/' ? end + 2 : path;
}

static void note_trouble(struct ys_arena *arena, struct ys_value *record, const char *member,
                         const struct ys_err *err)
{
    /* A program that is not there, or a file too long, is no fault of the document. */
    bool own = err->status == YS_ERR_SYNTAX || err->status == YS_ERR_ENCODING;
    ys_value_set_text(arena, record, member, err->text);
    ys_value_set_text(arena, record, "trouble",
                      own                               ? "candidate"
                      : err->status == YS_ERR_NOT_FOUND ? "environment"
                                                        : "configuration");
}

/* Which of the wanted texts stand in it. */
static void note_text(struct ys_arena *arena, struct ys_value *record, const struct ys_paper *paper,
                      const struct ys_supplied *supplied, const struct ys_buf *text)
{
    const char *whole = ys_media_squeeze(arena, text->bytes, text->length);
    struct ys_value *headings = ys_value_map(arena);
    for (size_t i = 0; i < paper->heading_count; i++) {
        const char *wanted =
            ys_media_squeeze(arena, paper->headings[i], strlen(paper->headings[i]));
        ys_value_set_bool(arena, headings, paper->headings[i], strstr(whole, wanted) != NULL);
    }
    ys_value_set_int(arena, record, "characters", (int64_t)strlen(whole));
    ys_value_set(arena, record, "headings", headings);
    if (supplied->signatory) {
        const char *name =
            ys_media_squeeze(arena, supplied->signatory, strlen(supplied->signatory));
        ys_value_set_bool(arena, record, "signed", *name && strstr(whole, name) != NULL);
    }
}

static void look_into(struct ys_arena *arena, struct ys_value *record, const struct ys_paper *paper,
                      const struct ys_supplied *supplied)
{
    struct ys_buf bytes;
    struct ys_buf text;
    struct ys_err err;
    char digest[YS_SM3_HEX_MAX];
    ys_buf_init(&bytes, YS_DOCUMENT_BYTES_MAX);
    ys_buf_init(&text, YS_DOCUMENT_TEXT_BYTES_MAX);
    if (ys_file_read(supplied->file, &bytes, &err) != YS_OK) {
        ys_value_set_text(arena, record, "unread",
                          err.status == YS_ERR_NOT_FOUND
                              ? "the file is not there"
                              : "the file cannot be read, or is too long (YS_DOCUMENT_BYTES_MAX)");
    } else {
        enum ys_media media = ys_media_of(bytes.bytes, bytes.length);
        ys_sm3_hex(bytes.bytes, bytes.length, digest);
        ys_value_set_text(arena, record, "sm3", digest);
        ys_value_set_int(arena, record, "bytes", (int64_t)bytes.length);
        ys_value_set_text(arena, record, "media", ys_media_word(media));
        ys_value_set_text(arena, record, "media_type", ys_media_type(media));
        if (media == YS_MEDIA_PDF || media == YS_MEDIA_DOCX || media == YS_MEDIA_ODT) {
            if (ys_media_text(arena, supplied->file, media, &text, &err) != YS_OK) {
                note_trouble(arena, record, "unreadable", &err);
            } else {
                note_text(arena, record, paper, supplied, &text);
            }
        }
    }
    ys_buf_clear(&text);
    ys_buf_clear(&bytes);
}

static struct ys_value *look(struct ys_engine *engine, struct ys_arena *arena,
                             const struct ys_clause *clause, const struct ys_paper *paper)
{
    const struct ys_supplied *supplied = ys_candidate_document(engine->candidate, clause, paper);
    struct ys_value *record = ys_value_map(arena);
    struct ys_civil day = ys_civil_from_wall(engine->started_us, YS_BEIJING_OFFSET_S);
    ys_value_set_text(arena, record, "kind", "document");
    ys_value_set_text(arena, record, "clause", clause->id);
    ys_value_set_text(arena, record, "document", paper->id);
    ys_value_set_text(arena, record, "on",
                      ys_arena_printf(arena, "%04d-%02d-%02d", day.year, day.month, day.day));
    ys_value_set_bool(arena, record, "supplied", supplied != NULL);
    if (supplied) {
        ys_value_set_text(arena, record, "path", shown_path(supplied->path));
        ys_value_set_text(arena, record, "dated", supplied->dated);
        ys_value_set_text(arena, record, "valid_until", supplied->valid_until);
        ys_value_set_text(arena, record, "signatory", supplied->signatory);
        ys_value_set_text(arena, record, "declared", supplied->sm3);
        look_into(arena, record, paper, supplied);
    }
    return record;
}

static bool is_wanted(const struct ys_run_options *options, const struct ys_clause *clause)
{
    bool wanted = options->clause_id_count == 0 && options->case_glob_count == 0;
    for (size_t i = 0; i < options->clause_id_count; i++) {
        wanted = wanted || strcmp(options->clause_ids[i], clause->id) == 0;
    }
    return wanted;
}

bool ys_documents_are_wanted(const struct ys_engine *engine)
{
    const struct ys_regulation *regulation = engine->pack->regulation;
    bool wanted = ys_value_count(engine->documents) > 0;
    for (size_t i = 0; i < regulation->clause_count && !wanted; i++) {
        const struct ys_clause *clause = &regulation->clauses[i];
        wanted = clause->paper_count && ys_clause_applies(engine, clause) &&
                 is_wanted(engine->options, clause);
    }
    return wanted;
}

/* The record of a document from `from` on; *ret_next is where to go on. */
static const struct ys_value *find_record(const struct ys_engine *engine,
                                          const struct ys_clause *clause,
                                          const struct ys_paper *paper, size_t from,
                                          size_t *ret_next)
{
    for (size_t i = from; i < ys_value_count(engine->documents); i++) {
        const struct ys_value *record = ys_value_at(engine->documents, i);
        const char *of = ys_value_get_text(record, "clause");
        const char *id = ys_value_get_text(record, "document");
        if (of && id && strcmp(of, clause->id) == 0 && strcmp(id, paper->id) == 0) {
            *ret_next = i + 1u;
            return record;
        }
    }
    return NULL;
}

void ys_documents_take(struct ys_engine *engine, const struct ys_value *record)
{
    if (!engine->documents) {
        engine->documents = ys_value_list(&engine->arena);
    }
    ys_value_append(&engine->arena, engine->documents, ys_value_copy(&engine->arena, record));
}

enum ys_status ys_documents_look(struct ys_engine *engine, struct ys_err *reterr)
{
    const struct ys_regulation *regulation = engine->pack->regulation;
    struct ys_arena arena;
    enum ys_status status = YS_OK;
    int64_t seq = 0;
    ys_arena_init(&arena);
    for (size_t i = 0; i < regulation->clause_count && status == YS_OK; i++) {
        const struct ys_clause *clause = &regulation->clauses[i];
        bool wanted = ys_clause_applies(engine, clause) && is_wanted(engine->options, clause);
        for (size_t k = 0; wanted && k < clause->paper_count && status == YS_OK; k++) {
            size_t next = 0;
            if (find_record(engine, clause, &clause->papers[k], 0, &next)) {
                continue;
            }
            const struct ys_value *record = look(engine, &arena, clause, &clause->papers[k]);
            ys_documents_take(engine, record);
            status = ys_log_append(engine->log, record, &seq, reterr);
        }
    }
    if (status == YS_OK && seq) {
        status = ys_log_sync(engine->log, seq, reterr);
    }
    ys_arena_clear(&arena);
    return status;
}

/* ---- judging ---- */

struct checks {
    struct ys_arena *arena;
    struct ys_value *list;
    struct ys_ruling worst;
};

static void check(struct checks *checks, const char *what, enum ys_verdict verdict,
                  enum ys_cause cause, const char *who, const char *reason)
{
    struct ys_value *one = ys_value_map(checks->arena);
    ys_value_set_text(checks->arena, one, "what", what);
    ys_value_set_text(checks->arena, one, "verdict", ys_verdict_name(verdict));
    if (cause != YS_CAUSE_NONE) {
        ys_value_set_text(checks->arena, one, "cause", ys_cause_name(cause));
    }
    ys_value_set_text(checks->arena, one, "reason", reason);
    ys_value_append(checks->arena, checks->list, one);
    if (ys_verdict_worse(checks->worst.verdict, verdict) != checks->worst.verdict) {
        checks->worst = (struct ys_ruling){verdict, cause, reason, who};
    }
}

static void check_holds(struct checks *checks, const char *what, bool holds, const char *reason)
{
    check(checks, what, holds ? YS_VERDICT_PASS : YS_VERDICT_FAIL,
          holds ? YS_CAUSE_NONE : YS_CAUSE_CANDIDATE, holds ? NULL : "bank", holds ? "" : reason);
}

static void check_digest(struct checks *checks, const struct ys_value *record)
{
    const char *declared = ys_value_get_text(record, "declared");
    const char *found = ys_value_get_text(record, "sm3");
    if (declared && found) {
        check_holds(checks, "digest", strcmp(declared, found) == 0,
                    "its SM3 is not the one that the candidate file declares");
    }
}

static void check_type(struct checks *checks, const struct ys_value *record,
                       const struct ys_paper *paper)
{
    static const char *const any[] = {"pdf", "docx", "odt"};
    const char *const *allowed = paper->media_count ? paper->media : any;
    size_t count = paper->media_count ? paper->media_count : sizeof any / sizeof any[0];
    const char *media = ys_value_get_text(record, "media");
    const char *list = "";
    bool fits = false;
    for (size_t i = 0; i < count; i++) {
        fits = fits || (media && strcmp(media, allowed[i]) == 0);
        list = ys_arena_printf(checks->arena, "%s%s%s", list, i ? ", " : "", allowed[i]);
    }
    check_holds(checks, "type", fits,
                ys_arena_printf(checks->arena, "by its content it is %s; wanted: %s",
                                media ? media : "unknown", list));
}

static void check_headings(struct checks *checks, const struct ys_value *record,
                           const struct ys_paper *paper)
{
    const struct ys_value *headings = ys_value_get(record, "headings");
    for (size_t i = 0; i < paper->heading_count; i++) {
        const char *heading = paper->headings[i];
        if (!ys_value_get(headings, heading)) {
            check(checks, "heading", YS_VERDICT_INCONCLUSIVE, YS_CAUSE_HARNESS, "bureau",
                  ys_arena_printf(checks->arena,
                                  "the record does not say whether '%s' stands in it",
                                  heading));
        } else if (ys_value_get_bool(headings, heading, false)) {
            check(checks, "heading", YS_VERDICT_PASS, YS_CAUSE_NONE, NULL,
                  ys_arena_printf(checks->arena, "'%s' stands in it", heading));
        } else {
            check_holds(checks, "heading", false,
                        ys_arena_printf(checks->arena, "'%s' does not stand in it", heading));
        }
    }
}

/* What its text shows; false: nothing, so a person must not be asked to overlook it. */
static bool check_text(struct checks *checks, const struct ys_value *record)
{
    const char *unreadable = ys_value_get_text(record, "unreadable");
    const char *trouble = ys_value_get_text(record, "trouble");
    if (unreadable) {
        bool own = trouble && strcmp(trouble, "candidate") == 0;
        bool environment = trouble && strcmp(trouble, "environment") == 0;
        check(checks, "text", YS_VERDICT_INCONCLUSIVE,
              own           ? YS_CAUSE_CANDIDATE
              : environment ? YS_CAUSE_ENVIRONMENT
                            : YS_CAUSE_CONFIGURATION,
              own ? "bank" : "operator", unreadable);
        return false;
    }
    if (ys_value_get_int(record, "characters", 0) == 0) {
        check(checks, "text", YS_VERDICT_INCONCLUSIVE, YS_CAUSE_CANDIDATE, "bank",
              "it has no text, as a scan has none: supply a file with text");
        return false;
    }
    check(checks, "text", YS_VERDICT_PASS, YS_CAUSE_NONE, NULL, "");
    return true;
}

/* Days of texts that the loader has checked. */
static int64_t months_between(const char *from, const char *to)
{
    struct ys_civil a = {0};
    struct ys_civil b = {0};
    if (ys_date_parse(from, &a, NULL) != YS_OK || ys_date_parse(to, &b, NULL) != YS_OK) {
        return 0;
    }
    return ((int64_t)b.year - a.year) * 12 + (b.month - a.month) + (b.day > a.day);
}

static void check_dates(struct checks *checks, const struct ys_value *record,
                        const struct ys_paper *paper)
{
    const char *on = ys_value_get_text(record, "on");
    const char *dated = ys_value_get_text(record, "dated");
    const char *until = ys_value_get_text(record, "valid_until");
    struct ys_arena *arena = checks->arena;
    on = on ? on : "";
    if (dated && strcmp(dated, on) > 0) {
        check_holds(checks, "date", false,
                    ys_arena_printf(arena, "it bears the date %s, after the day of the run, %s",
                                    dated, on));
    } else if (dated && paper->max_age_months) {
        check_holds(checks, "date", months_between(dated, on) <= paper->max_age_months,
                    ys_arena_printf(arena, "it is of %s, older than %lld months", dated,
                                    (long long)paper->max_age_months));
    } else if (paper->max_age_months) {
        check_holds(checks, "date", false, "the candidate file does not say its date");
    }
    if (until) {
        check_holds(checks, "validity", strcmp(until, on) >= 0,
                    ys_arena_printf(arena, "it expired on %s", until));
    } else if (paper->expires) {
        check_holds(checks, "validity", false,
                    "the candidate file does not say until when it holds");
    }
}

static void check_signatory(struct checks *checks, const struct ys_value *record,
                            const struct ys_paper *paper)
{
    const char *name = ys_value_get_text(record, "signatory");
    if (paper->signatory && !name) {
        check_holds(checks, "signatory", false, "the candidate file does not say who signed it");
    } else if (name) {
        check_holds(checks, "signatory", ys_value_get_bool(record, "signed", false),
                    "the name of who is said to have signed it does not stand in it");
    }
}

static void judge_record(struct checks *checks, const struct ys_value *record,
                         const struct ys_paper *paper)
{
    const char *unread = ys_value_get_text(record, "unread");
    if (!ys_value_get_bool(record, "supplied", false)) {
        check(checks, "presence", YS_VERDICT_PENDING, YS_CAUSE_PERSON, "bank",
              "it is not supplied yet");
        return;
    }
    if (unread) {
        check(checks, "presence", YS_VERDICT_INCONCLUSIVE, YS_CAUSE_CONFIGURATION, "operator",
              unread);
        return;
    }
    check_holds(checks, "presence", true, "");
    check_digest(checks, record);
    check_type(checks, record, paper);
    if (ys_value_get(record, "characters") || ys_value_get(record, "unreadable")) {
        if (check_text(checks, record)) {
            check_headings(checks, record, paper);
            check_signatory(checks, record, paper);
        }
    }
    check_dates(checks, record, paper);
}

const struct ys_value *ys_document_judge(struct ys_engine *engine, struct ys_arena *arena,
                                         const struct ys_clause *clause,
                                         const struct ys_paper *paper, struct ys_ruling *ret_worst)
{
    struct checks checks = {
        .arena = arena, .list = ys_value_list(arena), .worst = {.verdict = YS_VERDICT_PASS}};
    const struct ys_question *question = ys_clause_question(clause, true, paper->id);
    size_t next = 0;
    const struct ys_value *record = find_record(engine, clause, paper, 0, &next);
    if (!record) {
        check(&checks, "presence", YS_VERDICT_INCONCLUSIVE, YS_CAUSE_CONFIGURATION, "operator",
              "the documents of this clause were not looked at in this run");
    }
    /* Parts of a run that were joined may have looked more than once: all must hold. */
    for (; record; record = find_record(engine, clause, paper, next, &next)) {
        judge_record(&checks, record, paper);
    }
    struct ys_ruling finding = ys_finding_rule(engine, arena, clause, question, NULL);
    /* Nobody is asked about a document that does not stand the checks. */
    if (finding.verdict != YS_VERDICT_PENDING || checks.worst.verdict == YS_VERDICT_PASS) {
        check(&checks, "finding", finding.verdict, finding.cause, finding.who,
              finding.reason ? finding.reason : "");
    }
    *ret_worst = checks.worst;
    return checks.list;
}

static void copy_members(struct ys_arena *arena, struct ys_value *to, const struct ys_value *from)
{
    static const char *const members[] = {"path",  "sm3",         "bytes",    "media_type",
                                          "dated", "valid_until", "signatory"};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (ys_value_get(from, members[i])) {
            ys_value_set(arena, to, members[i], ys_value_get(from, members[i]));
        }
    }
}

const struct ys_value *ys_document_value(struct ys_engine *engine, struct ys_arena *arena,
                                         const struct ys_clause *clause,
                                         const struct ys_paper *paper)
{
    struct ys_value *one = ys_value_map(arena);
    size_t next = 0;
    ys_value_set_text(arena, one, "clause", clause->id);
    ys_value_set_text(arena, one, "id", paper->id);
    ys_value_set(arena, one, "title", ys_text_value(arena, &paper->title));
    copy_members(arena, one, find_record(engine, clause, paper, 0, &next));
    return one;
}

const struct ys_value *ys_documents_value(struct ys_engine *engine, struct ys_arena *arena)
{
    const struct ys_regulation *regulation = engine->pack->regulation;
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < regulation->clause_count; i++) {
        const struct ys_clause *clause = &regulation->clauses[i];
        for (size_t k = 0; ys_clause_applies(engine, clause) && k < clause->paper_count; k++) {
            const struct ys_paper *paper = &clause->papers[k];
            struct ys_ruling worst;
            struct ys_value *one =
                ys_value_copy(arena, ys_document_value(engine, arena, clause, paper));
            ys_value_set(arena, one, "checks",
                         ys_document_judge(engine, arena, clause, paper, &worst));
            ys_value_set_text(arena, one, "verdict", ys_verdict_name(worst.verdict));
            ys_value_append(arena, list, one);
        }
    }
    return list;
}
