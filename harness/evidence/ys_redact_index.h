/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many byte patterns found in one pass: the search behind the redactor. Private to this room.
 *
 * Patterns may be added at any time without a rebuild. A position of the text is looked at more
 * closely only when its first three bytes start some pattern; then one running hash walks forward
 * and is looked up at each length that such patterns have. So the cost hardly depends on how many
 * patterns there are. Not thread-safe: the redactor locks.
 */
#ifndef YS_REDACT_INDEX_H
#define YS_REDACT_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#define YS_REDACT_PATTERN_BYTES_MIN 3u

struct ys_redact_index;

struct ys_redact_index *ys_redact_index_new(void);
void ys_redact_index_free(struct ys_redact_index *index); /* wipes the patterns */
/* `mark` is borrowed for the life of the index. A pattern that is there stays as it is, except
 * that `is_value` is remembered. Patterns below the minimum are ignored. */
void ys_redact_index_add(struct ys_redact_index *index, const char *bytes, size_t length,
                         const char *mark, bool is_value);
/* The first place from `at` on where a pattern, or a mark, may begin; `length` where there is none.
 */
size_t ys_redact_index_seek(const struct ys_redact_index *index, const char *text, size_t length,
                            size_t at);
/* The length of the longest pattern at the start of the text, 0 when there is none. */
size_t ys_redact_index_match(const struct ys_redact_index *index, const char *text, size_t length,
                             const char **ret_mark);
/* The mark of exactly these bytes, NULL when they are no pattern; whether they are a value. */
const char *ys_redact_index_get(const struct ys_redact_index *index, const char *bytes,
                                size_t length, bool *ret_is_value);
bool ys_redact_index_is_empty(const struct ys_redact_index *index);

#endif
