/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last gate before a run is sealed: whether anything that is to be published holds a value
 * that the redactor knows, in any of its forms, full-width or broken over lines; or an identity
 * number (GB 11643, with its check digit) or card number (ISO/IEC 7812, with its Luhn digit) that
 * nobody knew of.
 */
#ifndef YS_LEAK_H
#define YS_LEAK_H

#include "ys_redact.h"

struct ys_leak {
    const char *file; /* relative to the run directory */
    int64_t offset;   /* of its first byte */
    const char *what; /* "⟦name:3f9a…⟧", "an identity number", "a card number": never the value */
};

/* Looks through every file of a run directory. YS_OK and *ret_found. Texts are arena-owned. */
YS_NODISCARD enum ys_status ys_leak_scan(struct ys_arena *arena, const char *run_dir,
                                         struct ys_redactor *redactor, bool *ret_found,
                                         struct ys_leak *ret_leak, struct ys_err *reterr);
/* The same over one text. */
bool ys_leak_in_text(struct ys_arena *arena, struct ys_redactor *redactor, const char *text,
                     size_t length, struct ys_leak *ret_leak);

#endif
