/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms in which a value may turn up in a request, a reply or a card's answer. Private to
 * this room.
 */
#ifndef YS_REDACT_FORMS_H
#define YS_REDACT_FORMS_H

#include "ys_mem.h"

typedef void (*ys_redact_form_fn)(void *context, const char *bytes, size_t length);

/* Calls `found` for every form but the value itself, in UTF-8 and, where it differs, in GBK:
 * hexadecimal in both cases, base64 (also inside a longer text, and with the URL alphabet),
 * percent-encoding, JSON escapes and XML entities. Forms may repeat. */
void ys_redact_forms(struct ys_arena *arena, const char *value, size_t length,
                     ys_redact_form_fn found, void *context);

#endif
