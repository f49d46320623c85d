/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redaction before anything is hashed or written.
 *
 * Known secrets and personal data become "⟦kind:tag⟧", where the tag is the start of
 * HMAC-SM3(run key, kind ‖ 0 ‖ value): equal values stay recognisably equal within a run, nothing
 * can be guessed back without the key, which is kept apart from the record. Values are told to
 * the redactor as they become known (a token, a PIN, an output that the catalogue calls
 * personal); headers are written in clear only when they are on the allow-list. Thread-safe.
 */
#ifndef YS_REDACT_H
#define YS_REDACT_H

#include "ys_buf.h"
#include "ys_value.h"

struct ys_redactor;
struct ys_vault;

#define YS_REDACT_KEY_BYTES 32u
#define YS_MARK_BEGIN "⟦" /* of every mark */
#define YS_MARK_END "⟧"

struct ys_redactor *ys_redactor_new(const uint8_t key[YS_REDACT_KEY_BYTES]);
void ys_redactor_free(struct ys_redactor *redactor);
/* `kind` is "secret", "token", "pin", "id-number", "name", "phone", "address", "pan" …
 * Values shorter than three bytes are refused silently: they would blot out everything. Also
 * finds the value's base64, hexadecimal (UTF-8 and GBK), percent-encoded and JSON-escaped forms. */
void ys_redactor_learn(struct ys_redactor *redactor, const char *kind, const char *value);
/* A credential of the candidate or a token of the run: a "secret" or "token" that no vault
 * keeps. */
void ys_redactor_learn_credential(struct ys_redactor *redactor, const char *kind,
                                  const char *value);
/* From now on the vault keeps what each mark stands for. Borrowed; before other threads begin. */
void ys_redactor_keep(struct ys_redactor *redactor, struct ys_vault *vault);
/* The marker of a value ("⟦pin:3f9a…⟧"). Arena-owned. */
const char *ys_redact_mark(struct ys_redactor *redactor, struct ys_arena *arena, const char *kind,
                           const char *value);
/* The text with every known value replaced; the same pointer when nothing was found. */
const char *ys_redact_text(struct ys_redactor *redactor, struct ys_arena *arena, const char *text,
                           size_t length, size_t *ret_length);
/* The next known value, in any form, from *at on: its place is *at to *ret_end. The mark is the
 * redactor's. */
bool ys_redact_find(struct ys_redactor *redactor, const char *text, size_t length, size_t *at,
                    size_t *ret_end, const char **ret_mark);
/* All strings of a tree (map names too); the same pointer when nothing was found. */
const struct ys_value *ys_redact_value(struct ys_redactor *redactor, struct ys_arena *arena,
                                       const struct ys_value *value);
/* Whether a header may be written in clear (content-type, date, content-length, …). */
bool ys_redact_header_is_clear(const char *name);

#endif
