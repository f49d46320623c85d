/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the log as a whole tells: peers, cards, times, marks, what was made and undone. Read once,
 * line by line; every list has a bound, so memory does not grow with the log. Private to the
 * reports.
 */
#ifndef YS_HTML_TALLY_H
#define YS_HTML_TALLY_H

#include "ys_crypto.h"
#include "ys_mem.h"
#include "ys_value.h"

#define YS_TALLY_PEERS_MAX 64u
#define YS_TALLY_CARDS_MAX 16u
#define YS_TALLY_MARKS_MAX 32u
#define YS_TALLY_OPERATIONS_MAX 160u
#define YS_TALLY_LEFT_MAX 20u /* of what was not undone, told one by one */
#define YS_TALLY_BUCKETS 640u

/* Times fall into buckets of which each is at most a sixteenth wider than it begins. */
struct ys_spread {
    int64_t count, max_us;
    uint32_t buckets[YS_TALLY_BUCKETS];
};

struct ys_tally_peer {
    const char *origin, *version, *cipher;
    int64_t requests;
};

/* Of the certificate that an origin showed to a TLS step. */
struct ys_tally_certificate {
    const char *origin, *subject, *issuer, *key, *not_after;
    int64_t key_bits;
};

struct ys_tally_card {
    const char *reader, *atr;
};

#define YS_TALLY_PANS_MAX 32u

struct ys_tally_mark {
    const char *kind;
    int64_t count;
};

struct ys_tally_operation {
    const char *name;
    bool is_card;
    struct ys_spread times;
    int64_t effects;      /* exchanges that were announced, since they may change something */
    int64_t undone, left; /* as a part of cleaning up */
};

struct ys_tally_left {
    int64_t seq;
    const char *case_id, *step, *reason;
};

struct ys_tally {
    struct ys_arena arena;
    int64_t records;
    char head[YS_SM3_HEX_MAX]; /* SM3 of the last whole line; "" for none */
    struct ys_tally_peer peers[YS_TALLY_PEERS_MAX];
    struct ys_tally_certificate certificates[YS_TALLY_PEERS_MAX];
    struct ys_tally_card cards[YS_TALLY_CARDS_MAX];
    const char *pans[YS_TALLY_PANS_MAX]; /* card numbers, first six and last four digits */
    struct ys_tally_mark marks[YS_TALLY_MARKS_MAX];
    struct ys_tally_operation *operations; /* YS_TALLY_OPERATIONS_MAX of them */
    struct ys_tally_left lefts[YS_TALLY_LEFT_MAX];
    size_t peer_count, certificate_count, card_count, mark_count, operation_count, left_count;
    size_t pan_count;
    int64_t omitted; /* peers, cards, marks and operations beyond the bounds */
    int64_t left_total, peak;
    char second[20]; /* whose exchanges are counted, "2026-11-23T09:12:31" */
    int64_t in_second;
};

/* YS_ERR_IO, YS_ERR_NOT_FOUND; a line that is no record is counted and tells nothing. */
YS_NODISCARD enum ys_status ys_tally_new(const char *evidence_path, struct ys_tally **ret_tally,
                                         struct ys_err *reterr);
void ys_tally_free(struct ys_tally *tally);
/* What so many per cent of the times are not above, in microseconds; 0 for none. */
int64_t ys_spread_percentile(const struct ys_spread *spread, int percent);
void ys_spread_add(struct ys_spread *spread, int64_t time_us);

#endif
