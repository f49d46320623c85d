/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log is read once for an index of places (case and path of a step); records themselves are
 * read when they are wanted, so that a long log needs little memory. Iterations of a parallel step
 * ask at the same time: the mutex guards the cursors and the marks.
 */
#include "ys_replay.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_lines.h"

struct place {
    char *key; /* "case|path" */
    int64_t seq;
};

struct mark {
    const char *clear;
    const char *mark;
};

struct ys_replay {
    struct ys_arena arena;
    const char *run_dir;
    int fd;
    int64_t *offsets; /* of record n at n, of the end behind the last */
    size_t records;
    size_t offset_capacity;
    struct place *places; /* sorted by key and number */
    bool *spent;          /* places that were observed */
    size_t place_count;
    size_t place_capacity;
    const struct ys_value *start;
    struct ys_value *documents; /* `document` records */
    const char *const *suites; /* digests of the documents of the run */
    size_t suite_count;
    pthread_mutex_t mutex; /* of what follows, of `spent` and of the arena */
    struct mark *marks;
    size_t mark_count;
    size_t mark_capacity;
    size_t taken;
};

/* ---- the index ---- */

static void add_offset(struct ys_replay *replay, int64_t offset)
{
    if (replay->records + 2u >= replay->offset_capacity) {
        replay->offset_capacity = replay->offset_capacity ? 2u * replay->offset_capacity : 1024u;
        replay->offsets =
            ys_realloc(replay->offsets, replay->offset_capacity * sizeof *replay->offsets);
    }
    replay->offsets[++replay->records] = offset;
}

static void add_place(struct ys_replay *replay, const char *subject, const char *path, int64_t seq)
{
    if (replay->place_count == replay->place_capacity) {
        replay->place_capacity = replay->place_capacity ? 2u * replay->place_capacity : 1024u;
        replay->places =
            ys_realloc(replay->places, replay->place_capacity * sizeof *replay->places);
    }
    replay->places[replay->place_count++] =
        (struct place){.key = ys_arena_printf(&replay->arena, "%s|%s", subject, path), .seq = seq};
}

static void index_record(struct ys_replay *replay, const struct ys_value *record, int64_t seq)
{
    const char *kind = ys_value_get_text(record, "kind");
    const char *subject = ys_value_get_text(record, "case");
    const char *path = ys_value_get_text(record, "step");
    if (!kind) {
        return;
    }
    if (strcmp(kind, "run") == 0 && !replay->start) {
        replay->start = ys_value_copy(&replay->arena, record);
    } else if (strcmp(kind, "document") == 0) {
        ys_value_append(&replay->arena, replay->documents, ys_value_copy(&replay->arena, record));
    } else if (subject && strcmp(kind, "case") == 0) {
        add_place(replay, subject, "|case", seq);
    } else if (subject && path &&
               (strcmp(kind, "check") == 0 || strcmp(kind, "cleanup") == 0 ||
                strcmp(kind, "let") == 0)) {
        add_place(replay, subject, path, seq);
    } else if (subject && path && strcmp(kind, "sending") == 0) {
        add_place(replay, subject,
                  ys_arena_printf(&replay->arena, "%s" YS_REPLAY_ANNOUNCED, path), seq);
    } else if (subject && path && ys_value_get(record, "sent")) {
        add_place(replay, subject,
                  ys_arena_printf(&replay->arena, "%s" YS_REPLAY_ANSWERED, path), seq);
    }
}

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->seq > y->seq) - (x->seq < y->seq);
}

static enum ys_status read_log(struct ys_replay *replay, const char *path,
                               const struct ys_part *part, struct ys_err *reterr)
{
    struct ys_lines *lines = NULL;
    struct ys_lines_line line = {0};
    struct ys_arena arena;
    ys_arena_init(&arena);
    enum ys_status status = ys_lines_open(path, &lines, reterr);
    int64_t end = 0;
    while (status == YS_OK && (status = ys_lines_next(lines, &line, reterr)) == YS_OK &&
           line.text && line.is_whole) {
        const struct ys_value *record = NULL;
        ys_arena_reset(&arena);
        status = ys_json_parse(&arena, line.text, line.length, &record, reterr);
        if (status == YS_OK) {
            add_offset(replay, line.offset);
            int64_t seq = (int64_t)replay->records;
            if (!part || (seq >= part->first && seq < part->first + part->records)) {
                index_record(replay, record, seq);
            }
            end = line.offset + (int64_t)line.length + 1;
        }
    }
    ys_lines_free(lines);
    ys_arena_clear(&arena);
    if (status == YS_OK && !replay->start) {
        status = ys_err_set(reterr, YS_ERR_EVIDENCE_STATE, "%s does not begin with a run", path);
    }
    if (status == YS_OK) {
        replay->offsets[replay->records + 1u] = end;
        if (replay->place_count) { /* a run without cases has none */
            qsort(replay->places, replay->place_count, sizeof *replay->places, compare_places);
        }
        replay->spent = ys_calloc(replay->place_count + 1u, sizeof *replay->spent);
    }
    return status;
}

enum ys_status ys_replay_open(const char *run_dir, struct ys_replay **ret_replay,
                              struct ys_err *reterr)
{
    return ys_replay_open_part(run_dir, NULL, ret_replay, reterr);
}

enum ys_status ys_replay_open_part(const char *run_dir, const struct ys_part *part,
                                   struct ys_replay **ret_replay, struct ys_err *reterr)
{
    struct ys_replay *replay = ys_calloc(1, sizeof *replay);
    ys_arena_init(&replay->arena);
    pthread_mutex_init(&replay->mutex, NULL);
    replay->documents = ys_value_list(&replay->arena);
    replay->run_dir = ys_arena_strdup(&replay->arena, run_dir);
    const char *path = ys_path_join(&replay->arena, run_dir, "evidence.jsonl");
    replay->fd = open(path, O_RDONLY | O_CLOEXEC);
    enum ys_status status = replay->fd < 0
                                ? ys_err_set(reterr, YS_ERR_NOT_FOUND, "cannot open %s", path)
                                : read_log(replay, path, part, reterr);
    if (status == YS_OK) {
        *ret_replay = replay;
    } else {
        ys_replay_free(replay);
    }
    return status;
}

void ys_replay_free(struct ys_replay *replay)
{
    if (!replay) {
        return;
    }
    if (replay->fd >= 0) {
        close(replay->fd);
    }
    ys_free(replay->offsets);
    ys_free(replay->places);
    ys_free(replay->spent);
    ys_free(replay->marks);
    pthread_mutex_destroy(&replay->mutex);
    ys_arena_clear(&replay->arena);
    ys_free(replay);
}

void ys_replay_suites(struct ys_replay *replay, const char *const *digests, size_t count)
{
    replay->suites = digests;
    replay->suite_count = count;
}

const struct ys_value *ys_replay_start(const struct ys_replay *replay)
{
    return replay->start;
}

const struct ys_value *ys_replay_documents(const struct ys_replay *replay)
{
    return replay->documents;
}

/* ---- records ---- */

const struct ys_value *ys_replay_record(const struct ys_replay *replay, struct ys_arena *arena,
                                        int64_t seq)
{
    const struct ys_value *record = NULL;
    if (seq < 1 || seq > (int64_t)replay->records) {
        return NULL;
    }
    size_t length = (size_t)(replay->offsets[seq + 1] - replay->offsets[seq]);
    char *line = ys_arena_alloc(arena, length + 1u);
    ssize_t got = pread(replay->fd, line, length, (off_t)replay->offsets[seq]);
    if (got != (ssize_t)length || ys_json_parse(arena, line, length, &record, NULL) != YS_OK) {
        return NULL;
    }
    return record;
}

const struct ys_value *ys_replay_end(const struct ys_replay *replay, struct ys_arena *arena)
{
    return ys_replay_record(replay, arena, (int64_t)replay->records);
}

/* The first place that does not sort before `key`. */
static size_t lower_bound(const struct ys_replay *replay, const char *key)
{
    size_t low = 0;
    size_t high = replay->place_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2u;
        if (strcmp(replay->places[middle].key, key) < 0) {
            low = middle + 1u;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The first place of this key that was not spent, or NULL. */
static struct place *find_place(struct ys_replay *replay, const char *key)
{
    size_t low = lower_bound(replay, key);
    while (low < replay->place_count && strcmp(replay->places[low].key, key) == 0) {
        if (!replay->spent[low]) {
            return &replay->places[low];
        }
        low++;
    }
    return NULL;
}

/* The next record of the step in work; NULL when there is none left. */
static const struct ys_value *next_record(struct ys_exec *exec, bool spend, int64_t *ret_seq)
{
    struct ys_replay *replay = exec->engine->replay;
    const char *key =
        ys_arena_printf(&exec->arena, "%s|%s", exec->run->subject->id, exec->path.bytes);
    pthread_mutex_lock(&replay->mutex);
    struct place *place = find_place(replay, key);
    if (place && spend) {
        replay->spent[place - replay->places] = true;
    }
    pthread_mutex_unlock(&replay->mutex);
    if (!place) {
        return NULL;
    }
    *ret_seq = place->seq;
    return ys_replay_record(replay, &exec->arena, place->seq);
}

int64_t ys_replay_case(struct ys_replay *replay, const char *id)
{
    struct ys_arena arena;
    int64_t number = 0;
    ys_arena_init(&arena);
    struct place *place = find_place(replay, ys_arena_printf(&arena, "%s||case", id));
    if (place) {
        number = ys_value_get_int(ys_replay_record(replay, &arena, place->seq), "number", 0);
    }
    ys_arena_clear(&arena);
    return number;
}

bool ys_replay_has_more(struct ys_exec *exec)
{
    int64_t seq = 0;
    return next_record(exec, false, &seq) != NULL;
}

bool ys_replay_spend(struct ys_exec *exec)
{
    int64_t seq = 0;
    return next_record(exec, true, &seq) != NULL;
}

int64_t ys_replay_last(struct ys_exec *exec, const char *sort)
{
    const struct ys_replay *replay = exec->engine->replay;
    const char *key = ys_arena_printf(&exec->arena, "%s|%s%s", exec->run->subject->id,
                                      exec->path.bytes, sort);
    int64_t seq = 0;
    for (size_t at = lower_bound(replay, key);
         at < replay->place_count && strcmp(replay->places[at].key, key) == 0; at++) {
        seq = replay->places[at].seq;
    }
    return seq;
}

bool ys_replay_was_begun(struct ys_exec *exec, size_t index)
{
    const struct ys_replay *replay = exec->engine->replay;
    const char *prefix = ys_arena_printf(&exec->arena, "%s|%s[%zu]", exec->run->subject->id,
                                         exec->path.bytes, index);
    size_t at = lower_bound(replay, prefix);
    return at < replay->place_count && strncmp(replay->places[at].key, prefix, strlen(prefix)) == 0;
}

static bool is_trouble(const struct ys_value *record)
{
    return ys_value_get(record, "reason") && !ys_value_get(record, "passed");
}

bool ys_replay_is_stopped(struct ys_exec *exec)
{
    int64_t seq = 0;
    const struct ys_value *record = next_record(exec, false, &seq);
    const char *reason = ys_value_get_text(record, "reason");
    return reason && is_trouble(record) && strcmp(reason, "interrupted") == 0;
}

int64_t ys_replay_wall(struct ys_exec *exec)
{
    int64_t seq = 0;
    int64_t wall_us = 0;
    const struct ys_value *record = next_record(exec, false, &seq);
    const char *text = ys_value_get_text(record, "clock");
    text = text ? text : ys_value_get_text(record, "time");
    text = text ? text : ys_value_get_text(exec->engine->replay->start, "time");
    return text && ys_time_parse(text, &wall_us, NULL) == YS_OK ? wall_us : 0;
}

enum ys_status ys_replay_value(const struct ys_replay *replay, struct ys_arena *arena,
                               const struct ys_value *value, const struct ys_value **ret_value,
                               struct ys_err *reterr)
{
    const char *digest = ys_value_get_text(value, "blob");
    if (!digest || ys_value_count(value) != 2 || strlen(digest) != YS_SM3_HEX_MAX - 1u) {
        *ret_value = value;
        return YS_OK;
    }
    struct ys_buf bytes;
    ys_buf_init(&bytes, YS_FILE_BYTES_MAX);
    const char *path = ys_arena_printf(arena, "%s/blobs/%s", replay->run_dir, digest);
    enum ys_status status = ys_file_read(path, &bytes, reterr);
    if (status == YS_OK) {
        *ret_value = ys_value_string_n(arena, bytes.bytes, bytes.length);
    }
    ys_buf_clear(&bytes);
    return status;
}

/* ---- marks ---- */

static void add_mark(struct ys_replay *replay, const char *clear, const char *mark)
{
    pthread_mutex_lock(&replay->mutex);
    bool known = false;
    for (size_t i = 0; i < replay->mark_count && !known; i++) {
        known = strcmp(replay->marks[i].clear, clear) == 0;
    }
    if (!known) {
        if (replay->mark_count == replay->mark_capacity) {
            replay->mark_capacity = replay->mark_capacity ? 2u * replay->mark_capacity : 16u;
            replay->marks =
                ys_realloc(replay->marks, replay->mark_capacity * sizeof *replay->marks);
        }
        replay->marks[replay->mark_count++] = (struct mark){ys_arena_strdup(&replay->arena, clear),
                                                            ys_arena_strdup(&replay->arena, mark)};
    }
    pthread_mutex_unlock(&replay->mutex);
}

/* Learns from what was sent, side by side: in clear by the suites, as marks in the record. */
static void learn_marks(struct ys_replay *replay, const struct ys_value *clear,
                        const struct ys_value *recorded)
{
    const char *text = ys_value_text(clear);
    const char *mark = ys_value_text(recorded);
    if (text && mark) {
        if (strcmp(text, mark) != 0 && strstr(mark, YS_MARK_BEGIN)) {
            add_mark(replay, text, mark);
        }
    } else if (clear && recorded && clear->kind == YS_KIND_MAP) {
        for (size_t i = 0; i < clear->as.map.count; i++) {
            const struct ys_member *member = &clear->as.map.members[i];
            learn_marks(replay, member->value, ys_value_get(recorded, member->name));
        }
    } else if (clear && recorded && clear->kind == YS_KIND_LIST) {
        for (size_t i = 0; i < clear->as.list.count; i++) {
            learn_marks(replay, clear->as.list.items[i], ys_value_at(recorded, i));
        }
    }
}

/* The text with every hidden value replaced; itself when there is none. */
static const char *mark_text(struct ys_replay *replay, struct ys_arena *arena, const char *text)
{
    for (size_t i = 0; i < replay->mark_count; i++) {
        const struct mark *mark = &replay->marks[i];
        const char *at = strlen(mark->clear) >= 3u ? strstr(text, mark->clear) : NULL;
        if (at) {
            text = ys_arena_printf(arena, "%.*s%s%s", (int)(at - text), text, mark->mark,
                                   mark_text(replay, arena, at + strlen(mark->clear)));
        }
    }
    return text;
}

static const struct ys_value *mark_value(struct ys_replay *replay, struct ys_arena *arena,
                                         const struct ys_value *value)
{
    const char *text = ys_value_text(value);
    struct ys_value *copy = NULL;
    if (text) {
        const char *marked = mark_text(replay, arena, text);
        if (marked != text) {
            copy = ys_value_string(arena, marked);
            copy->line = value->line;
            copy->column = value->column;
        }
    } else if (value->kind == YS_KIND_MAP || value->kind == YS_KIND_LIST) {
        size_t count = ys_value_count(value);
        for (size_t i = 0; i < count; i++) {
            bool is_map = value->kind == YS_KIND_MAP;
            const struct ys_value *inner =
                is_map ? value->as.map.members[i].value : value->as.list.items[i];
            const struct ys_value *marked = mark_value(replay, arena, inner);
            if (marked != inner && !copy) {
                copy = ys_value_copy(arena, value);
            }
            if (marked != inner && is_map) {
                copy->as.map.members[i].value = marked;
            } else if (marked != inner) {
                copy->as.list.items[i] = marked;
            }
        }
    }
    return copy ? copy : value;
}

const struct ys_value *ys_replay_mark(struct ys_replay *replay, struct ys_arena *arena,
                                      const struct ys_value *value)
{
    if (!value) {
        return NULL;
    }
    pthread_mutex_lock(&replay->mutex);
    const struct ys_value *marked = replay->mark_count ? mark_value(replay, arena, value) : value;
    pthread_mutex_unlock(&replay->mutex);
    return marked;
}

bool ys_replay_has_suite(const struct ys_replay *replay, const char *digest)
{
    for (size_t i = 0; i < replay->suite_count; i++) {
        if (strcmp(replay->suites[i], digest) == 0) {
            return true;
        }
    }
    return false;
}

void ys_replay_take(struct ys_replay *replay, size_t count)
{
    pthread_mutex_lock(&replay->mutex);
    replay->taken += count;
    pthread_mutex_unlock(&replay->mutex);
}

size_t ys_replay_taken_count(const struct ys_replay *replay)
{
    return replay->taken;
}

/* ---- observing ---- */

/* What an http step saw, from the record of its exchange. */
static bool observe_http(struct ys_exec *exec, const struct ys_value *record,
                         const struct ys_value **ret_observation, struct ys_trouble *trouble)
{
    struct ys_replay *replay = exec->engine->replay;
    struct ys_arena *arena = &exec->arena;
    struct ys_err err;
    const struct ys_value *exchange =
        ys_replay_record(replay, arena, ys_value_get_int(record, "of", 0));
    const struct ys_value *reply = ys_value_get(exchange, "reply");
    const struct ys_value *body = ys_value_get(reply, "body");
    const struct ys_value *json = NULL;
    if (!reply) {
        return ys_trouble_set(trouble, YS_CAUSE_HARNESS, "the record has no reply to this step");
    }
    if (body && ys_replay_value(replay, arena, body, &body, &err) != YS_OK) {
        return ys_trouble_err(trouble, &err);
    }
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_int(arena, map, "status", ys_value_get_int(reply, "status", 0));
    ys_value_set(arena, map, "headers", ys_value_get(reply, "headers"));
    const char *text = ys_value_text(body);
    if (text && ys_json_parse(arena, text, body->as.string.length, &json, NULL) == YS_OK) {
        ys_value_set(arena, map, "json", json);
    }
    ys_value_set(arena, map, "body", body ? body : ys_value_string(arena, ""));
    ys_value_set_int(arena, map, "time_ms", ys_value_get_int(reply, "time_us", 0) / 1000);
    if (ys_value_get(reply, "tls")) {
        struct ys_value *tls = ys_value_map(arena);
        ys_value_set(arena, tls, "version", ys_value_get(reply, "tls"));
        ys_value_set_text(arena, tls, "cipher", ys_value_get_text(reply, "cipher"));
        ys_value_set(arena, map, "tls", tls);
    }
    *ret_observation = map;
    return true;
}

/* A card step that ended at a command before its last noted that command's status word. */
static void note_end(const struct ys_step *step, const struct ys_value *record,
                     const struct ys_value *observed, struct ys_check *ret_check)
{
    const struct ys_value *failed = ys_value_at(ys_value_get(record, "failed"), 0);
    const char *target = ys_value_get_text(failed, "target");
    const char *command = ys_value_get_text(observed, "command");
    if (step->kind == YS_STEP_CARD && target && command && strcmp(target, command) == 0) {
        *ret_check = (struct ys_check){
            .verdict = YS_VERDICT_FAIL,
            .cause = YS_CAUSE_CANDIDATE,
            .target = target,
            .expected = ys_value_get_text(failed, "expected"),
            .observed = ys_value_get_text(failed, "observed"),
            .reason = ys_value_get_text(failed, "reason"),
        };
    }
}

static void learn_inputs(struct ys_exec *exec, const struct ys_step *step,
                         const struct ys_value *record)
{
    const struct ys_value *recorded = ys_value_get(record, "with");
    const struct ys_value *tree = step->kind == YS_STEP_CALL ? step->with : step->body;
    const struct ys_value *clear = NULL;
    if (recorded && tree &&
        ys_template_expand(&exec->arena, tree, ys_scope_lookup, &exec->view, &clear, NULL) ==
            YS_OK) {
        learn_marks(exec->engine->replay, clear, recorded);
    }
}

bool ys_replay_observe(struct ys_exec *exec, const struct ys_step *step,
                       const struct ys_value **ret_observation, struct ys_check *ret_check,
                       struct ys_trouble *trouble)
{
    struct ys_replay *replay = exec->engine->replay;
    struct ys_err err;
    const struct ys_value *record = next_record(exec, true, &exec->seq);
    const struct ys_value *observed = ys_value_get(record, "observed");
    exec->record = record;
    if (!record) {
        return ys_trouble_set(trouble, YS_CAUSE_HARNESS,
                              "the record has no observation of this step");
    }
    if (is_trouble(record)) {
        enum ys_cause cause = YS_CAUSE_HARNESS;
        (void)ys_cause_named(ys_value_get_text(record, "cause"), &cause);
        exec->told = true;
        return ys_trouble_set(trouble, cause, "%s", ys_value_get_text(record, "reason"));
    }
    learn_inputs(exec, step, record);
    if (step->kind == YS_STEP_HTTP) {
        return observe_http(exec, record, ret_observation, trouble);
    }
    if (step->kind == YS_STEP_COVERAGE) {
        return ys_observe_coverage(exec, step, ret_observation, trouble);
    }
    if (step->kind == YS_STEP_CHECK) {
        /* What is checked follows from what was observed, and is computed anew. */
        if (!ys_exec_expand(exec, &exec->view, step->body, &observed, trouble)) {
            return false;
        }
        *ret_observation = ys_replay_mark(replay, &exec->arena, observed);
        return true;
    }
    if (!observed) {
        return ys_trouble_set(trouble, YS_CAUSE_HARNESS, "the record does not say what was seen");
    }
    if (ys_replay_value(replay, &exec->arena, observed, &observed, &err) != YS_OK) {
        return ys_trouble_err(trouble, &err);
    }
    /* A large observation lies in a blob, as JSON. */
    if (ys_value_text(observed) &&
        ys_json_parse(&exec->arena, observed->as.string.bytes, observed->as.string.length,
                      &observed, &err) != YS_OK) {
        return ys_trouble_err(trouble, &err);
    }
    note_end(step, record, observed, ret_check);
    *ret_observation = observed;
    return true;
}

void ys_replay_spend_let(struct ys_exec *exec)
{
    int64_t seq = 0;
    const struct ys_value *record = next_record(exec, false, &seq);
    const char *kind = ys_value_get_text(record, "kind");
    if (kind && strcmp(kind, "let") == 0) {
        (void)next_record(exec, true, &seq);
    }
}
