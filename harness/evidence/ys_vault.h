/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the marks of one run stand for, kept apart from its record.
 *
 * The key of the run and the vault lie below $XDG_STATE_HOME/yanshou (default
 * ~/.local/state/yanshou), for their owner alone (folders 0700, files 0600), never in the run
 * directory:
 *
 *     keys/RUN        the key of the marks, 64 hexadecimal digits and a newline
 *     vaults/RUN      an entry a line: base64 of counter ‖ SM4-CTR(mark ‖ 0 ‖ sort ‖ value) ‖ MAC
 *     reveals.jsonl   who opened what, when and why
 *
 * Both keys of the vault are derived from the run's. A last line without an end (the process was
 * killed) is passed over. Thread-safe.
 */
#ifndef YS_VAULT_H
#define YS_VAULT_H

#include "ys_buf.h"
#include "ys_err.h"
#include "ys_mem.h"
#include "ys_redact.h"

struct ys_vault;

/* Makes key and vault of a new run. YS_ERR_IO where they cannot be kept. */
YS_NODISCARD enum ys_status ys_vault_create(const char *run_id, struct ys_vault **ret_vault,
                                            struct ys_err *reterr);
/* Opens both, to look up and to go on. YS_ERR_NOT_FOUND names the file that is missing;
 * YS_ERR_EVIDENCE_STATE where an entry is not of this key. */
YS_NODISCARD enum ys_status ys_vault_open(const char *run_id, struct ys_vault **ret_vault,
                                          struct ys_err *reterr);
void ys_vault_free(struct ys_vault *vault); /* wipes the key; writes what is waiting */
/* Removes key and vault of a run that did not begin, and frees. */
void ys_vault_discard(struct ys_vault *vault);
const uint8_t *ys_vault_key(const struct ys_vault *vault); /* YS_REDACT_KEY_BYTES */

/* Keeps what a mark stands for, once; `learned`: the value is looked for everywhere (sort '+'),
 * else it was hidden at one place (sort '-'). It is on disk after ys_vault_sync(). */
void ys_vault_keep(struct ys_vault *vault, const char *mark, const char *value, bool learned);
YS_NODISCARD enum ys_status ys_vault_sync(struct ys_vault *vault, struct ys_err *reterr);
/* The value of a mark, or NULL. Of an opened vault. Lives as long as the vault. */
const char *ys_vault_value(const struct ys_vault *vault, const char *mark);
/* Teaches the redactor what an opened vault keeps as learned. */
void ys_vault_teach(const struct ys_vault *vault, struct ys_redactor *redactor);
size_t ys_vault_count(const struct ys_vault *vault); /* marks it knows */

/* Appends a line to reveals.jsonl. Arena-owned path in *ret_path. */
YS_NODISCARD enum ys_status ys_vault_log_reveal(struct ys_arena *arena,
                                                const struct ys_value *record,
                                                const char **ret_path, struct ys_err *reterr);

#endif
