/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JSON object of which one long list stays in its file: the rest is a value, the items of the
 * list are read one at a time. A result with 100,000 cases is read so in the memory of one case,
 * and 16 bytes for the place of each.
 *
 *     status = ys_json_stream_open(path, "cases", YS_RESULT_BYTES_MAX, &result, reterr);
 *     for (size_t i = 0; i < ys_json_stream_count(result); i++) {
 *         const struct ys_value *test = ys_json_stream_at(result, i);
 *         …
 *     }
 *     status = ys_json_stream_status(result, reterr);
 *     ys_json_stream_close(result);
 */
#ifndef YS_JSON_STREAM_H
#define YS_JSON_STREAM_H

#include "ys_value.h"

struct ys_json_stream;

/* Reads the whole file once, so that what is no JSON is refused here, as ys_json_parse() would. A
 * member `list` that is no list is an ordinary member; the stream is empty then.
 * YS_ERR_NOT_FOUND, YS_ERR_IO, YS_ERR_LIMIT (the file is longer than `max`), YS_ERR_SYNTAX,
 * YS_ERR_ENCODING, YS_ERR_RANGE. */
YS_NODISCARD enum ys_status ys_json_stream_open(const char *path, const char *list, size_t max,
                                                struct ys_json_stream **ret_stream,
                                                struct ys_err *reterr);
/* The same over a value in memory, which must outlive it. Arena-owned; it need not be closed. */
struct ys_json_stream *ys_json_stream_of(struct ys_arena *arena, const struct ys_value *value,
                                         const char *list);
void ys_json_stream_close(struct ys_json_stream *stream); /* NULL is fine */
/* The whole of such a file as a value, for those who need it at once: its items are read one at a
 * time here too, so that no second tree of the file is ever held. Arena-owned; errors of opening,
 * each of which names the file. */
YS_NODISCARD enum ys_status ys_json_stream_load(struct ys_arena *arena, const char *path,
                                                const char *list, size_t max,
                                                const struct ys_value **ret_value,
                                                struct ys_err *reterr);

/* The members in their order; `list` may be empty. Borrowed from the stream. */
const struct ys_value *ys_json_stream_rest(const struct ys_json_stream *stream);
const char *ys_json_stream_list(const struct ys_json_stream *stream); /* its name */
size_t ys_json_stream_count(const struct ys_json_stream *stream);
/* Borrowed until the next call. NULL beyond the end, and where the file can no longer be read: the
 * fault sticks, and ys_json_stream_status() tells it. */
const struct ys_value *ys_json_stream_at(struct ys_json_stream *stream, size_t index);
YS_NODISCARD enum ys_status ys_json_stream_status(const struct ys_json_stream *stream,
                                                  struct ys_err *reterr);

#endif
