/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_html_tally.h"

#include <string.h>

#include "ys_apdu.h"
#include "ys_buf.h"
#include "ys_json.h"
#include "ys_lines.h"

#define MARK_BEGIN "\xE2\x9F\xA6" /* ⟦ */
#define MARK_KIND_MAX 32u
#define SUB_BITS 4u
#define SUB_COUNT (1u << SUB_BITS)
#define SECOND_LENGTH 19u
#define CERTIFICATE_TEXT_MAX 300u
#define PER_CENT 100

/* ---- times ---- */

static size_t bucket_of(int64_t time_us)
{
    uint64_t value = time_us > 0 ? (uint64_t)time_us : 0;
    unsigned exponent = 0;
    for (uint64_t rest = value; rest > 1; rest >>= 1) {
        exponent++;
    }
    size_t index = (size_t)value;
    if (exponent >= SUB_BITS) {
        index = (exponent - SUB_BITS + 1u) * SUB_COUNT +
                ((value >> (exponent - SUB_BITS)) & (SUB_COUNT - 1u));
    }
    return index < YS_TALLY_BUCKETS ? index : YS_TALLY_BUCKETS - 1u;
}

/* The largest time that falls into it. */
static int64_t bucket_end(size_t index)
{
    if (index == YS_TALLY_BUCKETS - 1u) {
        return INT64_MAX;
    }
    if (index < SUB_COUNT) {
        return (int64_t)index;
    }
    unsigned shift = (unsigned)(index / SUB_COUNT) - 1u;
    return (int64_t)(((SUB_COUNT + index % SUB_COUNT + 1u) << shift) - 1u);
}

void ys_spread_add(struct ys_spread *spread, int64_t time_us)
{
    spread->count++;
    spread->max_us = time_us > spread->max_us ? time_us : spread->max_us;
    spread->buckets[bucket_of(time_us)]++;
}

int64_t ys_spread_percentile(const struct ys_spread *spread, int percent)
{
    int64_t rank = (spread->count * percent + PER_CENT - 1) / PER_CENT;
    int64_t seen = 0;
    for (size_t i = 0; i < YS_TALLY_BUCKETS && spread->count > 0; i++) {
        seen += spread->buckets[i];
        if (seen >= rank) {
            int64_t end = bucket_end(i);
            return end < spread->max_us ? end : spread->max_us;
        }
    }
    return spread->max_us;
}

/* ---- lists with a bound ---- */

static struct ys_tally_operation *operation_of(struct ys_tally *tally, const char *name,
                                               bool is_card)
{
    for (size_t i = 0; i < tally->operation_count; i++) {
        struct ys_tally_operation *one = &tally->operations[i];
        if (one->is_card == is_card && strcmp(one->name, name) == 0) {
            return one;
        }
    }
    if (tally->operation_count == YS_TALLY_OPERATIONS_MAX) {
        tally->omitted++;
        return NULL;
    }
    struct ys_tally_operation *one = &tally->operations[tally->operation_count++];
    one->name = ys_arena_strdup(&tally->arena, name);
    one->is_card = is_card;
    return one;
}

static void add_peer(struct ys_tally *tally, const char *url, const struct ys_value *reply)
{
    const char *host = strstr(url, "://");
    size_t length = host ? 3u + (size_t)(host - url) + strcspn(host + 3, "/?#") : 0;
    const char *version = ys_value_word(reply, "tls");
    const char *cipher = ys_value_word(reply, "cipher");
    for (size_t i = 0; i < tally->peer_count; i++) {
        struct ys_tally_peer *peer = &tally->peers[i];
        if (strncmp(peer->origin, url, length) == 0 && peer->origin[length] == '\0' &&
            strcmp(peer->version, version) == 0 && strcmp(peer->cipher, cipher) == 0) {
            peer->requests++;
            return;
        }
    }
    if (length == 0 || tally->peer_count == YS_TALLY_PEERS_MAX) {
        tally->omitted += length > 0 ? 1 : 0;
        return;
    }
    tally->peers[tally->peer_count++] =
        (struct ys_tally_peer){.origin = ys_arena_strndup(&tally->arena, url, length),
                               .version = ys_arena_strdup(&tally->arena, version),
                               .cipher = ys_arena_strdup(&tally->arena, cipher),
                               .requests = 1};
}

static const char *kept(struct ys_tally *tally, const struct ys_value *map, const char *name)
{
    const char *text = ys_value_word(map, name);
    size_t length = strlen(text);
    return length > CERTIFICATE_TEXT_MAX
               ? ys_arena_printf(&tally->arena, "%.*s…", (int)CERTIFICATE_TEXT_MAX, text)
               : ys_arena_strdup(&tally->arena, text);
}

static void add_certificate(struct ys_tally *tally, const struct ys_value *record)
{
    const struct ys_value *seen = ys_value_get(record, "seen");
    const char *url = ys_value_word(record, "url");
    if (!ys_value_get_text(seen, "subject")) {
        return;
    }
    for (size_t i = 0; i < tally->certificate_count; i++) {
        if (strcmp(tally->certificates[i].origin, url) == 0 &&
            strncmp(tally->certificates[i].subject, ys_value_word(seen, "subject"),
                    CERTIFICATE_TEXT_MAX) == 0) {
            return;
        }
    }
    if (tally->certificate_count == YS_TALLY_PEERS_MAX) {
        tally->omitted++;
        return;
    }
    tally->certificates[tally->certificate_count++] =
        (struct ys_tally_certificate){.origin = ys_arena_strdup(&tally->arena, url),
                                      .subject = kept(tally, seen, "subject"),
                                      .issuer = kept(tally, seen, "issuer"),
                                      .key = kept(tally, seen, "key"),
                                      .not_after = kept(tally, seen, "not_after"),
                                      .key_bits = ys_value_get_int(seen, "key_bits", 0)};
}

static void add_card(struct ys_tally *tally, const char *reader, const char *atr)
{
    for (size_t i = 0; i < tally->card_count; i++) {
        if (strcmp(tally->cards[i].reader, reader) == 0 &&
            strcmp(tally->cards[i].atr, atr) == 0) {
            return;
        }
    }
    if (tally->card_count == YS_TALLY_CARDS_MAX) {
        tally->omitted++;
        return;
    }
    tally->cards[tally->card_count++] =
        (struct ys_tally_card){.reader = ys_arena_strdup(&tally->arena, reader),
                               .atr = ys_arena_strdup(&tally->arena, atr)};
}

static void add_mark(struct ys_tally *tally, const char *kind, size_t length)
{
    for (size_t i = 0; i < tally->mark_count; i++) {
        struct ys_tally_mark *mark = &tally->marks[i];
        if (strncmp(mark->kind, kind, length) == 0 && mark->kind[length] == '\0') {
            mark->count++;
            return;
        }
    }
    if (tally->mark_count == YS_TALLY_MARKS_MAX) {
        tally->omitted++;
        return;
    }
    tally->marks[tally->mark_count++] = (struct ys_tally_mark){
        .kind = ys_arena_strndup(&tally->arena, kind, length), .count = 1};
}

/* ⟦kind:tag⟧; that of an answer stands for a whole reply in the vault and hides nothing here. */
static void take_marks(struct ys_tally *tally, const char *line)
{
    for (const char *at = strstr(line, MARK_BEGIN); at; at = strstr(at, MARK_BEGIN)) {
        at += strlen(MARK_BEGIN);
        size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789-");
        bool is_mark = length > 0 && length <= MARK_KIND_MAX && at[length] == ':';
        if (is_mark && strncmp(at, "answer:", 7) != 0) {
            add_mark(tally, at, length);
        }
    }
}

/* ---- records ---- */

static void take_rate(struct ys_tally *tally, const struct ys_value *record)
{
    const char *time = ys_value_word(record, "time");
    if (strlen(time) < SECOND_LENGTH) {
        return;
    }
    if (strncmp(tally->second, time, SECOND_LENGTH) != 0) {
        memcpy(tally->second, time, SECOND_LENGTH);
        tally->second[SECOND_LENGTH] = '\0';
        tally->in_second = 0;
    }
    tally->in_second++;
    tally->peak = tally->in_second > tally->peak ? tally->in_second : tally->peak;
}

static void take_http(struct ys_tally *tally, const struct ys_value *record)
{
    const struct ys_value *reply = ys_value_get(record, "reply");
    const char *operation = ys_value_word(record, "operation");
    take_rate(tally, record);
    add_peer(tally, ys_value_word(ys_value_get(record, "request"), "url"), reply);
    struct ys_tally_operation *one =
        operation_of(tally, operation[0] ? operation : "http", false);
    if (one) {
        one->effects += ys_value_get(record, "sent") ? 1 : 0;
        if (ys_value_get(reply, "time_us")) {
            ys_spread_add(&one->times, ys_value_get_int(reply, "time_us", 0));
        }
    }
}

static void take_card(struct ys_tally *tally, const struct ys_value *record)
{
    const char *command = ys_value_word(record, "command");
    const char *atr = ys_value_get_text(record, "atr");
    const char *name = NULL;
    uint8_t *bytes = NULL;
    size_t count = 0;
    struct ys_arena arena;
    ys_arena_init(&arena);
    if (strlen(command) >= 4 && ys_hex_decode(&arena, ys_arena_strndup(&arena, command, 4), &bytes,
                                              &count, NULL) == YS_OK) {
        name = ys_apdu_command_name(bytes[0], bytes[1]);
    }
    if (atr) {
        add_card(tally, ys_value_word(record, "reader"), atr);
    }
    struct ys_tally_operation *one = operation_of(tally, name ? name : "APDU", true);
    if (one) {
        one->effects += ys_value_get(record, "sent") ? 1 : 0;
        ys_spread_add(&one->times, ys_value_get_int(record, "time_us", 0));
    }
    ys_arena_clear(&arena);
}

/* The card number that a payment read, as far as it may be shown. */
static void take_check(struct ys_tally *tally, const struct ys_value *record)
{
    const struct ys_value *fields = ys_value_get(ys_value_get(record, "observed"), "fields");
    const char *pan = ys_value_get_text(fields, "pan_masked");
    for (size_t i = 0; pan && i < tally->pan_count; i++) {
        pan = strcmp(tally->pans[i], pan) == 0 ? NULL : pan;
    }
    if (pan && tally->pan_count < YS_TALLY_PANS_MAX) {
        tally->pans[tally->pan_count++] = ys_arena_strdup(&tally->arena, pan);
    } else {
        tally->omitted += pan ? 1 : 0;
    }
}

/* "finally[0].call holder.remove" → "holder.remove"; a card step is one of the card. */
static void take_cleanup(struct ys_tally *tally, const struct ys_value *record)
{
    const char *step = ys_value_word(record, "step");
    const char *blank = strrchr(step, ' ');
    bool is_done = strcmp(ys_value_word(record, "verdict"), "pass") == 0;
    struct ys_tally_operation *one = operation_of(tally, blank ? blank + 1 : "APDU", !blank);
    if (one) {
        one->undone += is_done ? 1 : 0;
        one->left += is_done ? 0 : 1;
    }
    if (is_done || tally->left_total++ >= (int64_t)YS_TALLY_LEFT_MAX) {
        return;
    }
    const struct ys_value *failed = ys_value_at(ys_value_get(record, "failed"), 0);
    tally->lefts[tally->left_count++] = (struct ys_tally_left){
        .seq = ys_value_get_int(record, "seq", 0),
        .case_id = ys_arena_strdup(&tally->arena, ys_value_word(record, "case")),
        .step = ys_arena_strdup(&tally->arena, step),
        .reason = kept(tally, failed ? failed : record, "reason")};
}

static void take(struct ys_tally *tally, const struct ys_lines_line *line)
{
    /* What is told of a record, by whatever of it; bodies are the most of a log, and are not. */
    static const char *const told[] = {
        "kind",      "time",    "seq",    "case",    "step",     "operation", "request",
        "url",       "reply",   "tls",    "cipher",  "time_us",  "sent",      "command",
        "atr",       "reader",  "seen",   "subject", "issuer",   "key",       "key_bits",
        "not_after", "verdict", "failed", "reason",  "observed", "fields",    "pan_masked"};
    struct ys_arena arena;
    const struct ys_value *record = NULL;
    ys_arena_init(&arena);
    take_marks(tally, line->text);
    if (ys_json_pick(&arena, line->text, line->length, told, sizeof told / sizeof told[0], &record,
                     NULL) == YS_OK) {
        const char *kind = ys_value_word(record, "kind");
        if (strcmp(kind, "http") == 0) {
            take_http(tally, record);
        } else if (strcmp(kind, "card") == 0) {
            take_card(tally, record);
        } else if (strcmp(kind, "tls") == 0) {
            add_certificate(tally, record);
        } else if (strcmp(kind, "cleanup") == 0) {
            take_cleanup(tally, record);
        } else if (strcmp(kind, "check") == 0) {
            take_check(tally, record);
        }
    }
    ys_arena_clear(&arena);
}

enum ys_status ys_tally_new(const char *evidence_path, struct ys_tally **ret_tally,
                            struct ys_err *reterr)
{
    struct ys_lines *lines = NULL;
    struct ys_lines_line line = {0};
    struct ys_buf last;
    struct ys_tally *tally = ys_alloc(sizeof *tally);
    memset(tally, 0, sizeof *tally);
    ys_arena_init(&tally->arena);
    tally->operations = ys_alloc(YS_TALLY_OPERATIONS_MAX * sizeof *tally->operations);
    memset(tally->operations, 0, YS_TALLY_OPERATIONS_MAX * sizeof *tally->operations);
    ys_buf_init(&last, YS_LINES_BYTES_MAX + 1u);
    enum ys_status status = ys_lines_open(evidence_path, &lines, reterr);
    while (status == YS_OK) {
        status = ys_lines_next(lines, &line, reterr);
        if (status != YS_OK || !line.text || !line.is_whole) {
            break;
        }
        tally->records++;
        ys_buf_reset(&last);
        status = ys_buf_append(&last, line.text, line.length);
        if (status == YS_OK) {
            take(tally, &line);
        }
    }
    if (status == YS_OK) {
        ys_sm3_hex(last.bytes, last.length, tally->head);
        *ret_tally = tally;
    } else {
        ys_tally_free(tally);
    }
    ys_buf_clear(&last);
    ys_lines_free(lines);
    return status;
}

void ys_tally_free(struct ys_tally *tally)
{
    if (tally) {
        ys_free(tally->operations);
        ys_arena_clear(&tally->arena);
        ys_free(tally);
    }
}
