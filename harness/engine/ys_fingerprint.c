/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fingerprints of failures: a digest over the step, the target, the expectation as the suite has
 * it and the kind of what was observed. Numbers of iterations, values of this run and texts that a
 * bank chose are left out, so that the same failure of the next run has the same fingerprint, and
 * another failure of the same case has another one. The set of a case's failing findings makes its
 * fingerprint: how often a loop failed does not count.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ys_crypto.h"
#include "ys_engine_private.h"
#include "ys_json.h"

#define SHOWN_DIGITS 16 /* hexadecimal digits of a fingerprint, behind the letter f */

/* Lists of steps in the suite: their numbers are places, those of loops are iterations. */
static bool is_place(const char *name, size_t length)
{
    static const char *const places[] = {"steps", "given", "finally"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (strlen(places[i]) == length && memcmp(places[i], name, length) == 0) {
            return true;
        }
    }
    return false;
}

/* "steps[0].repeat[4].call x" is steps[0].repeat[].call x; `targets` have no places. */
static const char *without_iterations(struct ys_arena *arena, const char *text, bool places)
{
    char *out = ys_arena_strdup(arena, text);
    size_t length = 0;
    size_t word = 0;
    for (const char *at = text; *at; at++) {
        if (at[0] == '[' && isdigit((unsigned char)at[1]) &&
            !(places && is_place(out + word, length - word))) {
            out[length++] = '[';
            while (isdigit((unsigned char)at[1])) {
                at++;
            }
            continue;
        }
        out[length++] = *at;
        if (!isalpha((unsigned char)*at)) {
            word = length;
        }
    }
    out[length] = '\0';
    return out;
}

/* Values of a closed list tell failures apart and are themselves kinds. */
static bool is_code(const char *target)
{
    return strcmp(target, "outcome") == 0 || strcmp(target, "sw") == 0 ||
           strcmp(target, "status") == 0 || strcmp(target, "reason") == 0;
}

/* `observed` is JSON as ys_value_show() writes it, or a sentence. */
static const char *kind_of(const char *target, const char *observed)
{
    if (is_code(target) || strcmp(observed, "nothing") == 0 || strcmp(observed, "null") == 0 ||
        strcmp(observed, "true") == 0 || strcmp(observed, "false") == 0) {
        return observed;
    }
    switch (observed[0]) {
    case '\0':
        return "";
    case '"':
        return "string";
    case '[':
        return "list";
    case '{':
        return "map";
    default:
        return isdigit((unsigned char)observed[0]) || observed[0] == '-' ? "number" : "text";
    }
}

static const char *short_digest(struct ys_arena *arena, const char *bytes, size_t length)
{
    char hex[YS_SM3_HEX_MAX];
    ys_sm3_hex(bytes, length, hex);
    /* The letter keeps it from being taken for a number by those who look for card numbers. */
    return ys_arena_printf(arena, "f%.*s", SHOWN_DIGITS, hex);
}

const char *ys_fingerprint_finding(struct ys_arena *arena, const char *step,
                                   const struct ys_check *check)
{
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    /* A text of one step is far below the cap. */
    enum ys_status status = ys_buf_printf(
        &buf, "%s\n%s\n%s\n", without_iterations(arena, step, true),
        without_iterations(arena, check->target, false), kind_of(check->target, check->observed));
    if (status == YS_OK && check->at) {
        status = ys_json_write(check->at, &buf);
    }
    const char *digest = short_digest(arena, buf.bytes, buf.length);
    ys_buf_clear(&buf);
    return status == YS_OK ? digest : "";
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *ys_fingerprint_case(struct ys_arena *arena, const struct ys_case_result *result)
{
    const char **prints = ys_arena_calloc(arena, result->finding_count + 1, sizeof *prints);
    size_t count = 0;
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    for (size_t i = 0; i < result->finding_count; i++) {
        if (result->findings[i].verdict == YS_VERDICT_FAIL) {
            prints[count++] = result->findings[i].fingerprint;
        }
    }
    qsort(prints, count, sizeof *prints, by_text);
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < count && status == YS_OK; i++) {
        if (i == 0 || strcmp(prints[i], prints[i - 1]) != 0) {
            status = ys_buf_printf(&buf, "%s\n", prints[i]);
        }
    }
    const char *digest = short_digest(arena, buf.bytes, buf.length);
    ys_buf_clear(&buf);
    return digest;
}
