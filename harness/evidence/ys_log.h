/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The evidence log: evidence.jsonl, one canonical JSON object (RFC 8785) a line, each with
 * "seq" (from 1), "prev" (SM3 of the previous line without its newline, 64 zeros in the first),
 * "time" (UTC) and "beijing". Lines are only ever appended.
 *
 * ys_log_append() orders, redacts, hashes and buffers a record; a committer thread writes and
 * syncs whatever has come together (group commit), so durability costs one fdatasync for many
 * records. ys_log_sync() returns when a record is durable: a verdict may count only after it.
 * A kill at any instant leaves a chain that verifies up to its last whole line. Thread-safe.
 */
#ifndef YS_LOG_H
#define YS_LOG_H

#include "ys_clock.h"
#include "ys_redact.h"
#include "ys_value.h"

struct ys_log;

/* Where a log was taken up again. */
struct ys_log_cut {
    int64_t after;   /* last whole record */
    int64_t dropped; /* bytes behind it that were no whole record */
    char dropped_sm3[65]; /* of those bytes; "" where there were none */
};

/* Creates run_dir/evidence.jsonl (YS_ERR_EVIDENCE_STATE when it exists) and run_dir/blobs/. */
YS_NODISCARD enum ys_status ys_log_create(const char *run_dir, const struct ys_clock *clock,
                                          struct ys_redactor *redactor, struct ys_log **ret_log,
                                          struct ys_err *reterr);
/* Goes on behind the last whole record of a log that has no seal; what follows it is cut off.
 * YS_ERR_EVIDENCE_STATE where another process writes it or it is sealed; YS_ERR_EVIDENCE_BROKEN
 * with the fault where its chain does not hold. */
YS_NODISCARD enum ys_status ys_log_resume(const char *run_dir, const struct ys_clock *clock,
                                          struct ys_redactor *redactor, struct ys_log **ret_log,
                                          struct ys_log_cut *ret_cut, struct ys_err *reterr);
/* What a record's marks stand for is made durable before the record. Borrowed; NULL: nowhere. */
void ys_log_keep(struct ys_log *log, struct ys_vault *vault);
/* Appends a map; "seq", "prev", "time" and "beijing" are added. The record is copied. After a
 * write error every call fails with it: nothing is judged that is not on disk. */
YS_NODISCARD enum ys_status ys_log_append(struct ys_log *log, const struct ys_value *record,
                                          int64_t *ret_seq, struct ys_err *reterr);
YS_NODISCARD enum ys_status ys_log_sync(struct ys_log *log, int64_t seq, struct ys_err *reterr);
/* Lets the record be written at once, without waiting for it. */
void ys_log_hurry(struct ys_log *log, int64_t seq);
/* Writes bytes to blobs/<SM3 of the redacted bytes> and gives {"blob": digest, "length": n};
 * short text is given back as a string. Redaction comes first. Arena-owned. */
YS_NODISCARD enum ys_status ys_log_body(struct ys_log *log, struct ys_arena *arena,
                                        const char *bytes, size_t length,
                                        const struct ys_value **ret_value, struct ys_err *reterr);
/* Syncs and closes; the head of the chain (hexadecimal SM3 of the last line) and the count. */
YS_NODISCARD enum ys_status ys_log_close(struct ys_log *log, char ret_head[65], int64_t *ret_count,
                                         struct ys_err *reterr);
void ys_log_free(struct ys_log *log); /* closes without a seal where close was not called */

#endif
