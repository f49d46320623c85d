/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_attest.h"

#include <string.h>

#include "ys_attestations.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_leak.h"
#include "ys_media.h"
#include "ys_persons.h"
#include "ys_photo.h"
#include "ys_rejudge.h"
#include "ys_signature.h"

#define DAY_US (24ll * 3600 * 1000000)
#define ID_DIGITS 12 /* of an id: enough for findings that are put together later */

struct ys_attest {
    struct ys_arena *arena;
    const char *run_dir;
    const struct ys_pack *pack;
    const struct ys_clock *clock;
    char head[YS_SM3_HEX_MAX]; /* of the evidence */
    int64_t records;
    bool interrupted;
    bool is_signed;
    bool is_unfinished;
    bool taken; /* something was, in this session */
    struct ys_rejudgement judged;
    struct ys_value *findings; /* records, this session's behind those before */
    const char *last_id;       /* of the finding taken in last, or found to be there */
};

/* ---- opening ---- */

static enum ys_status refuse(const struct ys_verification *found, struct ys_err *reterr)
{
    return ys_err_set(reterr, YS_ERR_EVIDENCE_BROKEN, "%s: %s: %s", found->file,
                      ys_fault_name(found->fault), found->text);
}

/* Whole, or whole but for a session that did not end. */
static enum ys_status check_run(struct ys_attest *attest, struct ys_err *reterr)
{
    struct ys_verification found;
    struct ys_verification begun;
    struct ys_signatures signatures = {0};
    enum ys_status status =
        ys_run_verify(attest->arena, attest->run_dir, NULL, &found, &signatures, reterr);
    if (status != YS_OK) {
        return status;
    }
    attest->is_signed =
        ys_file_exists(ys_path_join(attest->arena, attest->run_dir, YS_SIGNATURE_FILE));
    if (found.fault != YS_FAULT_NONE) {
        status = ys_seal_verify_attesting(attest->arena, attest->run_dir, &begun, reterr);
        if (status != YS_OK) {
            return status;
        }
        /* A signed run has no session: what is wrong with it is another matter. */
        if (begun.fault != YS_FAULT_NONE || attest->is_signed) {
            return refuse(begun.fault != YS_FAULT_NONE ? &begun : &found, reterr);
        }
        attest->is_unfinished = true;
    }
    memcpy(attest->head, found.head, sizeof attest->head);
    attest->records = found.records;
    return YS_OK;
}

/* A run of which judging again makes something else is not sealed anew with that: it would turn
 * better or worse by more than what was found. Findings that are not in the result yet change
 * clauses, but no case. */
static enum ys_status check_same(const struct ys_attest *attest, struct ys_err *reterr)
{
    bool added = attest->is_unfinished || attest->taken;
    for (size_t i = 0; i < ys_value_count(attest->judged.differences); i++) {
        const struct ys_value *one = ys_value_at(attest->judged.differences, i);
        const char *what = ys_value_word(one, "what");
        if (!added || strcmp(what, "case") == 0) {
            return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                              "judged again, %s%s%s differs from the sealed result, so nothing is "
                              "added to it; 'yanshou rejudge %s' tells what differs",
                              what, *ys_value_word(one, "id") ? " " : "", ys_value_word(one, "id"),
                              attest->run_dir);
        }
    }
    return YS_OK;
}

static enum ys_status judge(struct ys_attest *attest, struct ys_err *reterr)
{
    enum ys_status status =
        ys_rejudge(attest->arena, attest->run_dir, attest->pack, &attest->judged, reterr);
    if (status == YS_OK && ys_value_count(attest->judged.changed)) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                          "%s is not what the run was judged by; name its suites with -s",
                          ys_value_text(ys_value_at(attest->judged.changed, 0)));
    }
    return status == YS_OK ? check_same(attest, reterr) : status;
}

static enum ys_status load_findings(struct ys_attest *attest, struct ys_err *reterr)
{
    const struct ys_value *records = NULL;
    enum ys_status status = ys_attestations_read(attest->arena, attest->run_dir, &records, reterr);
    attest->findings = ys_value_list(attest->arena);
    for (size_t i = 0; status == YS_OK && i < ys_value_count(records); i++) {
        ys_value_append(attest->arena, attest->findings, ys_value_at(records, i));
    }
    return status;
}

enum ys_status ys_attest_open(struct ys_arena *arena, const char *run_dir,
                              const struct ys_pack *pack, const struct ys_clock *clock,
                              struct ys_attest **ret_attest, struct ys_err *reterr)
{
    struct ys_attest *attest = ys_arena_alloc(arena, sizeof *attest);
    attest->arena = arena;
    attest->run_dir = run_dir;
    attest->pack = pack;
    attest->clock = clock;
    enum ys_status status = check_run(attest, reterr);
    status = status == YS_OK ? judge(attest, reterr) : status;
    status = status == YS_OK ? load_findings(attest, reterr) : status;
    if (status == YS_OK) {
        attest->interrupted = ys_value_get_bool(attest->judged.result, "interrupted", false);
        *ret_attest = attest;
    }
    return status;
}

const struct ys_value *ys_attest_asked(const struct ys_attest *attest)
{
    return attest->judged.asked;
}

bool ys_attest_is_unfinished(const struct ys_attest *attest)
{
    return attest->is_unfinished;
}

bool ys_attest_is_signed(const struct ys_attest *attest)
{
    return attest->is_signed;
}

/* ---- what was said ---- */

static bool is_of(const struct ys_value *record, const struct ys_value *asked, const char *branch)
{
    return strcmp(ys_value_word(record, "clause"), ys_value_word(asked, "clause")) == 0 &&
           strcmp(ys_value_word(record, "mode"), ys_value_word(asked, "mode")) == 0 &&
           strcmp(ys_value_word(record, "question"), ys_value_word(asked, "question")) == 0 &&
           strcmp(ys_value_word(record, "branch"), branch) == 0;
}

static const struct ys_value *last_said(const struct ys_attest *attest,
                                        const struct ys_value *asked, const char *branch,
                                        const char *who)
{
    const struct ys_value *last = NULL;
    for (size_t i = 0; i < ys_value_count(attest->findings); i++) {
        const struct ys_value *record = ys_value_at(attest->findings, i);
        if (is_of(record, asked, branch) &&
            ys_finding_same_person(attest->arena, ys_value_word(record, "who"), who)) {
            last = record;
        }
    }
    return last;
}

static const char *today(const struct ys_attest *attest)
{
    struct ys_civil day =
        ys_civil_from_wall(attest->clock->wall_us(attest->clock->context), YS_BEIJING_OFFSET_S);
    return ys_arena_printf(attest->arena, "%04d-%02d-%02d", day.year, day.month, day.day);
}

/* Not expired, and no confirmation of what is no more. */
static bool stands(const struct ys_attest *attest, const struct ys_value *record)
{
    return strcmp(ys_value_word(record, "expires"), today(attest)) >= 0 &&
           (!ys_value_get(record, "confirms") ||
            ys_finding_confirmed(attest->arena, attest->findings, record));
}

const struct ys_value *ys_attest_said(const struct ys_attest *attest, const struct ys_value *asked,
                                      const char *who)
{
    const struct ys_value *last = last_said(attest, asked, ys_value_word(asked, "branch"), who);
    return last && stands(attest, last) ? last : NULL;
}

const struct ys_value *ys_attest_confirmable(const struct ys_attest *attest,
                                             const struct ys_value *asked, const char *who)
{
    const char *branch = ys_value_word(asked, "branch");
    const struct ys_value *found = NULL;
    for (size_t i = 0; i < ys_value_count(attest->findings); i++) {
        const struct ys_value *record = ys_value_at(attest->findings, i);
        if (is_of(record, asked, branch) && !ys_value_get(record, "confirms") &&
            !ys_finding_same_person(attest->arena, ys_value_word(record, "who"), who) &&
            record == last_said(attest, asked, branch, ys_value_word(record, "who")) &&
            stands(attest, record)) {
            found = record;
        }
    }
    return found;
}

/* Nobody is asked about a document that is not there or does not stand its checks. */
static bool is_ready(const struct ys_value *asked)
{
    const struct ys_value *document = ys_value_get(asked, "document");
    const char *stands = ys_value_word(asked, "stands");
    return !document || (ys_value_get(document, "sm3") &&
                         (strcmp(stands, "pending") == 0 || strcmp(stands, "pass") == 0));
}

bool ys_attest_is_open(const struct ys_attest *attest, const struct ys_value *asked)
{
    if (!is_ready(asked)) {
        return false;
    }
    int64_t people = 0;
    for (size_t i = 0; i < ys_value_count(attest->findings); i++) {
        const struct ys_value *record = ys_value_at(attest->findings, i);
        const char *branch = ys_value_word(asked, "branch");
        if (!is_of(record, asked, branch) ||
            record != last_said(attest, asked, branch, ys_value_word(record, "who")) ||
            !stands(attest, record)) {
            continue;
        }
        if (strcmp(ys_value_word(record, "verdict"), "fail") == 0) {
            return false;
        }
        people += strcmp(ys_value_word(record, "verdict"), "pass") == 0;
    }
    return people < ys_value_get_int(asked, "people", 1);
}

/* ---- one answer ---- */

static enum ys_status wrong(struct ys_err *reterr, const struct ys_answer *answer, const char *why)
{
    return ys_err_set(reterr, YS_ERR_ARGUMENT, "clause %s%s%s%s%s: %s",
                      answer->clause ? answer->clause : "?", answer->question ? ", " : "",
                      answer->question ? answer->question : "", answer->branch ? ", " : "",
                      answer->branch ? answer->branch : "", why);
}

/* The question that an answer is about; a branch that was not drawn is looked at by any. */
static enum ys_status find_asked(struct ys_attest *attest, const struct ys_answer *answer,
                                 const struct ys_value **ret_asked, struct ys_err *reterr)
{
    const struct ys_value *found = NULL;
    bool several = false;
    for (size_t i = 0; i < ys_value_count(attest->judged.asked); i++) {
        const struct ys_value *asked = ys_value_at(attest->judged.asked, i);
        if (!answer->clause || strcmp(ys_value_word(asked, "clause"), answer->clause) != 0 ||
            (answer->mode && strcmp(ys_value_word(asked, "mode"), answer->mode) != 0) ||
            (answer->question && strcmp(ys_value_word(asked, "question"), answer->question) != 0)) {
            continue;
        }
        bool same =
            found &&
            strcmp(ys_value_word(found, "question"), ys_value_word(asked, "question")) == 0 &&
            strcmp(ys_value_word(found, "mode"), ys_value_word(asked, "mode")) == 0;
        several = several || (found && !same);
        found = found ? found : asked;
    }
    if (!found) {
        return wrong(reterr, answer, "nothing is asked about this; --list shows what is");
    }
    if (several) {
        return wrong(reterr, answer, "several things are asked; say which (question, mode)");
    }
    bool by_branch = ys_value_get_bool(found, "by_branch", false);
    if (by_branch != (answer->branch != NULL)) {
        return wrong(reterr, answer,
                     by_branch ? "say at which branch" : "this is not asked by branch");
    }
    bool known = !by_branch;
    for (size_t i = 0; i < ys_value_count(attest->judged.branches) && !known; i++) {
        const char *id = ys_value_text(ys_value_at(attest->judged.branches, i));
        known = id && strcmp(id, answer->branch) == 0;
    }
    if (!known) {
        return wrong(reterr, answer, "the register has no such open branch");
    }
    *ret_asked = found;
    return YS_OK;
}

static bool is_word(const char *text)
{
    return text[0] != '\0' && strlen(text) <= 64u &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
               strlen(text);
}

/* What a person wrote must not publish somebody's numbers. */
static enum ys_status check_leak(struct ys_attest *attest, const struct ys_answer *answer,
                                 const char *text, struct ys_err *reterr)
{
    static const uint8_t no_key[YS_REDACT_KEY_BYTES];
    struct ys_leak leak;
    struct ys_redactor *redactor = ys_redactor_new(no_key);
    bool found = ys_leak_in_text(attest->arena, redactor, text, strlen(text), &leak);
    ys_redactor_free(redactor);
    return found ? wrong(reterr, answer,
                         ys_arena_printf(attest->arena, "%s stands in it; leave it out", leak.what))
                 : YS_OK;
}

static enum ys_status check_words(struct ys_attest *attest, const struct ys_answer *answer,
                                  struct ys_err *reterr)
{
    if (!answer->who || !ys_media_name(attest->arena, answer->who)[0] ||
        strlen(answer->who) > YS_ANSWER_BYTES_MAX) {
        return wrong(reterr, answer, "say who found it");
    }
    if (!answer->role || !is_word(answer->role)) {
        return wrong(reterr, answer, "a role is a word of letters, digits and hyphens");
    }
    if (!answer->answer ||
        !ys_media_squeeze(attest->arena, answer->answer, strlen(answer->answer))[0]) {
        return wrong(reterr, answer, "say in words what was seen");
    }
    if (strlen(answer->answer) > YS_ANSWER_BYTES_MAX) {
        return wrong(reterr, answer, "the answer is too long (YS_ANSWER_BYTES_MAX)");
    }
    enum ys_status status = check_leak(attest, answer, answer->answer, reterr);
    return status == YS_OK ? check_leak(attest, answer, answer->who, reterr) : status;
}

/* The last day on which a finding of `seen` holds. NULL: not a date. */
static const char *expiry(struct ys_attest *attest, const char *seen, int64_t valid_days)
{
    struct ys_civil day = {0};
    if (ys_date_parse(seen, &day, NULL) != YS_OK) {
        return NULL;
    }
    day = ys_civil_from_wall(ys_civil_to_wall(&day, 0) + valid_days * DAY_US, 0);
    return ys_arena_printf(attest->arena, "%04d-%02d-%02d", day.year, day.month, day.day);
}

static enum ys_status check_day(struct ys_attest *attest, const struct ys_answer *answer,
                                const struct ys_value *asked, struct ys_err *reterr)
{
    const char *day = today(attest);
    const char *seen = answer->seen ? answer->seen : day;
    const char *expires = expiry(attest, seen, ys_value_get_int(asked, "valid_days", 0));
    if (!expires) {
        return wrong(reterr, answer, "the day of the look is YYYY-MM-DD");
    }
    if (strcmp(seen, day) > 0) {
        return wrong(reterr, answer, "the day of the look is still to come");
    }
    if (strcmp(expires, day) < 0) {
        return wrong(reterr, answer,
                     ys_arena_printf(attest->arena, "what was seen on %s held until %s: look again",
                                     seen, expires));
    }
    return YS_OK;
}

/* A file of evidence, cleaned, in *ret_bytes; `ret_given` is the digest of what was given. */
static enum ys_status read_file(struct ys_attest *attest, const struct ys_answer *answer,
                                const char *path, bool keep_position, struct ys_buf *ret_bytes,
                                char ret_given[YS_SM3_HEX_MAX], struct ys_err *reterr)
{
    struct ys_buf raw;
    struct ys_err err;
    ys_buf_init(&raw, YS_DOCUMENT_BYTES_MAX);
    enum ys_status status = ys_file_read(path, &raw, &err);
    if (status == YS_OK) {
        enum ys_media media = ys_media_of(raw.bytes, raw.length);
        bool picture = media == YS_MEDIA_JPEG || media == YS_MEDIA_PNG;
        ys_sm3_hex(raw.bytes, raw.length, ret_given);
        if (picture && !keep_position) {
            status = ys_photo_clean(raw.bytes, raw.length, ret_bytes, &err);
        } else if (picture || media == YS_MEDIA_PDF) {
            status = ys_buf_append(ret_bytes, raw.bytes, raw.length);
        } else {
            status = ys_err_set(&err, YS_ERR_TYPE, "files are JPEG or PNG pictures, or PDF");
        }
    }
    ys_buf_clear(&raw);
    return status == YS_OK
               ? YS_OK
               : wrong(reterr, answer, ys_arena_printf(attest->arena, "%s: %s", path, err.text));
}

static enum ys_status check_files(struct ys_attest *attest, const struct ys_answer *answer,
                                  const struct ys_value *asked, struct ys_err *reterr)
{
    int64_t wanted = ys_value_get_int(asked, "files", 0);
    char given[YS_SM3_HEX_MAX];
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < answer->file_count; i++) {
        struct ys_buf bytes;
        ys_buf_init(&bytes, YS_DOCUMENT_BYTES_MAX);
        status = read_file(attest, answer, answer->files[i], false, &bytes, given, reterr);
        ys_buf_clear(&bytes);
    }
    if (status == YS_OK && strcmp(answer->verdict, "pass") == 0 && !answer->confirms &&
        (int64_t)answer->file_count < wanted) {
        return wrong(reterr, answer,
                     ys_arena_printf(attest->arena,
                                     "that it holds must be shown by at least %lld file(s)",
                                     (long long)wanted));
    }
    return status;
}

/* One confirms what another person found, as it stands. */
static enum ys_status check_confirms(struct ys_attest *attest, const struct ys_answer *answer,
                                     const struct ys_value *asked, struct ys_err *reterr)
{
    const char *branch = answer->branch ? answer->branch : "";
    const struct ys_value *first = NULL;
    for (size_t i = 0; answer->confirms && i < ys_value_count(attest->findings); i++) {
        const struct ys_value *record = ys_value_at(attest->findings, i);
        first = strcmp(ys_value_word(record, "id"), answer->confirms) == 0 ? record : first;
    }
    if (!answer->confirms) {
        return YS_OK;
    }
    if (!first || !is_of(first, asked, branch)) {
        return wrong(reterr, answer,
                     ys_arena_printf(attest->arena, "no finding %s is about this; --list --json "
                                                    "shows what was found",
                                     answer->confirms));
    }
    if (ys_finding_same_person(attest->arena, ys_value_word(first, "who"), answer->who)) {
        return wrong(reterr, answer,
                     ys_arena_printf(attest->arena,
                                     "'%s' found it, and cannot confirm it as '%s': "
                                     "another person must",
                                     ys_value_word(first, "who"), answer->who));
    }
    if (ys_value_get(first, "confirms")) {
        return wrong(reterr, answer,
                     "this is a confirmation; confirm the finding that it is about");
    }
    if (strcmp(ys_value_word(first, "verdict"), answer->verdict) != 0) {
        return wrong(reterr, answer,
                     ys_arena_printf(attest->arena,
                                     "it was found to be '%s', which '%s' does not "
                                     "confirm: leave 'confirms' out",
                                     ys_value_word(first, "verdict"), answer->verdict));
    }
    if (!stands(attest, first) ||
        first != last_said(attest, asked, branch, ys_value_word(first, "who"))) {
        return wrong(reterr, answer, "what it confirms was superseded, or has expired");
    }
    return answer->file_count == 0
               ? YS_OK
               : wrong(reterr, answer, "a confirmation shares the files of what it confirms");
}

/* The second person of an answer, before the first's finding has its id. */
static enum ys_status check_second(struct ys_attest *attest, const struct ys_answer *answer,
                                   const struct ys_value *asked, struct ys_err *reterr)
{
    const struct ys_answer second = ys_answer_confirming(answer, "");
    if (!second.who) {
        return YS_OK;
    }
    if (answer->confirms) {
        return wrong(reterr, answer,
                     "this is a confirmation; confirm the finding that it is about");
    }
    if (ys_finding_same_person(attest->arena, answer->who, second.who)) {
        return wrong(reterr, answer,
                     ys_arena_printf(attest->arena, "'%s' found it, and cannot confirm it as '%s': "
                                                    "another person must",
                                     answer->who, second.who));
    }
    enum ys_status status = check_words(attest, &second, reterr);
    return status == YS_OK ? check_day(attest, &second, asked, reterr) : status;
}

enum ys_status ys_attest_check(struct ys_attest *attest, const struct ys_answer *answer,
                               struct ys_err *reterr)
{
    const struct ys_value *asked = NULL;
    if (attest->is_signed) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                          "the run is signed, and a signature says that nothing is added: attest a "
                          "copy of the folder without its signature.json, and have that signed");
    }
    enum ys_status status = find_asked(attest, answer, &asked, reterr);
    status = status == YS_OK ? check_words(attest, answer, reterr) : status;
    status = status == YS_OK ? check_day(attest, answer, asked, reterr) : status;
    status = status == YS_OK ? check_confirms(attest, answer, asked, reterr) : status;
    status = status == YS_OK ? check_second(attest, answer, asked, reterr) : status;
    status = status == YS_OK ? check_files(attest, answer, asked, reterr) : status;
    const struct ys_value *document = status == YS_OK ? ys_value_get(asked, "document") : NULL;
    if (document && strcmp(answer->verdict, "pass") == 0 && !ys_value_get(document, "sm3")) {
        return wrong(reterr, answer, "the run has not seen the document, so nobody can judge it");
    }
    return status;
}

/* Keeps the files of an answer and tells them. */
static enum ys_status keep_files(struct ys_attest *attest, const struct ys_answer *answer,
                                 bool keep_position, struct ys_value *ret_list,
                                 struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < answer->file_count; i++) {
        struct ys_buf bytes;
        char given[YS_SM3_HEX_MAX] = "";
        char kept[YS_SM3_HEX_MAX] = "";
        const char *slash = strrchr(answer->files[i], '/');
        ys_buf_init(&bytes, YS_DOCUMENT_BYTES_MAX);
        status = read_file(attest, answer, answer->files[i], keep_position, &bytes, given, reterr);
        if (status == YS_OK) {
            status = ys_attestations_keep(attest->run_dir, bytes.bytes, bytes.length, kept, reterr);
        }
        if (status == YS_OK) {
            struct ys_value *file = ys_value_map(attest->arena);
            ys_value_set_text(attest->arena, file, "name", slash ? slash + 1 : answer->files[i]);
            ys_value_set_text(attest->arena, file, "sm3", kept);
            ys_value_set_int(attest->arena, file, "bytes", (int64_t)bytes.length);
            ys_value_set_text(attest->arena, file, "media_type",
                              ys_media_type(ys_media_of(bytes.bytes, bytes.length)));
            if (strcmp(given, kept) != 0) {
                ys_value_set_text(attest->arena, file, "given", given);
            }
            ys_value_append(attest->arena, ret_list, file);
        }
        ys_buf_clear(&bytes);
    }
    return status;
}

static struct ys_value *make_record(struct ys_attest *attest, const struct ys_answer *answer,
                                    const struct ys_value *asked)
{
    struct ys_arena *arena = attest->arena;
    struct ys_value *record = ys_value_map(arena);
    const char *seen = answer->seen ? answer->seen : today(attest);
    ys_value_set_text(arena, record, "kind", "attestation");
    ys_value_set_text(arena, record, "clause", ys_value_word(asked, "clause"));
    ys_value_set_text(arena, record, "mode", ys_value_word(asked, "mode"));
    ys_value_set_text(arena, record, "question", ys_value_word(asked, "question"));
    ys_value_set_text(arena, record, "branch", answer->branch);
    ys_value_set_text(arena, record, "verdict", answer->verdict);
    ys_value_set_text(arena, record, "answer", answer->answer);
    ys_value_set_text(arena, record, "who", answer->who);
    ys_value_set_text(arena, record, "role", answer->role);
    ys_value_set_text(arena, record, "seen", seen);
    ys_value_set_text(arena, record, "expires",
                      expiry(attest, seen, ys_value_get_int(asked, "valid_days", 0)));
    ys_value_set_text(arena, record, "confirms", answer->confirms);
    ys_value_set_text(arena, record, "document",
                      ys_value_get_text(ys_value_get(asked, "document"), "sm3"));
    return record;
}

static bool says_the_same(const struct ys_value *record, const struct ys_value *before)
{
    static const char *const members[] = {"verdict", "answer", "role", "seen", "files", "confirms"};
    bool same = true;
    for (size_t i = 0; same && i < sizeof members / sizeof members[0]; i++) {
        same = ys_value_equal(ys_value_get(record, members[i]), ys_value_get(before, members[i]));
    }
    return same;
}

/* By its content and time, so that findings which are put together later keep their ids. */
static enum ys_status set_id(struct ys_attest *attest, struct ys_value *record,
                             struct ys_err *reterr)
{
    char time[YS_TIME_TEXT_MAX];
    char digest[YS_SM3_HEX_MAX];
    struct ys_buf text;
    ys_time_format_utc(attest->clock->wall_us(attest->clock->context), time);
    ys_value_set_text(attest->arena, record, "at", time);
    ys_buf_init(&text, YS_RECORD_BYTES_MAX);
    enum ys_status status = ys_json_write(record, &text);
    if (status == YS_OK) {
        ys_sm3_hex(text.bytes, text.length, digest);
        ys_value_set_text(attest->arena, record, "id",
                          ys_arena_printf(attest->arena, "a%.*s", ID_DIGITS, digest));
    } else {
        ys_err_set(reterr, status, "the finding is too long (YS_RECORD_BYTES_MAX)");
    }
    ys_buf_clear(&text);
    return status;
}

enum ys_status ys_attest_take(struct ys_attest *attest, const struct ys_answer *answer,
                              bool keep_position, enum ys_taken *ret_taken, struct ys_err *reterr)
{
    const struct ys_value *asked = NULL;
    enum ys_status status = ys_attest_check(attest, answer, reterr);
    status = status == YS_OK ? find_asked(attest, answer, &asked, reterr) : status;
    if (status != YS_OK) {
        return status;
    }
    struct ys_value *record = make_record(attest, answer, asked);
    struct ys_value *files = ys_value_list(attest->arena);
    const struct ys_value *before =
        last_said(attest, asked, answer->branch ? answer->branch : "", answer->who);
    status = keep_files(attest, answer, keep_position, files, reterr);
    ys_value_set(attest->arena, record, "files", files);
    if (status == YS_OK && before && says_the_same(record, before)) {
        *ret_taken = YS_TAKEN_ALREADY;
        attest->last_id = ys_value_word(before, "id");
        return YS_OK;
    }
    if (before) {
        /* One person, one spelling. */
        ys_value_set_text(attest->arena, record, "who", ys_value_word(before, "who"));
        ys_value_set_text(attest->arena, record, "supersedes", ys_value_word(before, "id"));
    }
    status = status == YS_OK ? set_id(attest, record, reterr) : status;
    if (status == YS_OK) {
        status =
            ys_attestations_append(attest->run_dir, attest->head, record, attest->clock, reterr);
    }
    if (status == YS_OK) {
        ys_value_append(attest->arena, attest->findings, record);
        attest->taken = true;
        attest->last_id = ys_value_word(record, "id");
        *ret_taken = before ? YS_TAKEN_INSTEAD : YS_TAKEN_NEW;
    }
    return status;
}

const char *ys_attest_last_id(const struct ys_attest *attest)
{
    return attest->last_id;
}

/* ---- the end ---- */

static enum ys_status write_result(struct ys_attest *attest, struct ys_err *reterr)
{
    struct ys_buf text;
    ys_buf_init(&text, YS_RESULT_BYTES_MAX);
    enum ys_status status = ys_json_write_pretty(attest->judged.result, &text);
    status = status == YS_OK
                 ? ys_file_write(ys_path_join(attest->arena, attest->run_dir, "result.json"),
                                 text.bytes, text.length, reterr)
                 : ys_err_set(reterr, status, "the result passes YS_RESULT_BYTES_MAX");
    ys_buf_clear(&text);
    return status;
}

enum ys_status ys_attest_finish(struct ys_attest *attest, const struct ys_value **ret_result,
                                struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    if (attest->taken || attest->is_unfinished) {
        status = judge(attest, reterr);
        status = status == YS_OK ? write_result(attest, reterr) : status;
        if (status == YS_OK) {
            status = ys_seal_write(attest->run_dir, attest->head, attest->records,
                                   attest->interrupted, reterr);
        }
    }
    if (status == YS_OK) {
        attest->taken = false;
        attest->is_unfinished = false;
        *ret_result = attest->judged.result;
    }
    return status;
}
