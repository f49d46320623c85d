/* SPDX-License-Identifier: Apache-2.0 */
/* How a reply is filled. Private to the room. */
#ifndef YS_HTTP_REPLY_H
#define YS_HTTP_REPLY_H

#include "ys_http.h"

/* As after init, with the memory kept for the next reply. */
void ys_http__reply_reset(struct ys_http_reply *reply);
/* One header line as received, its line break included; a folded line (RFC 9112, 5.2) goes on with
 * the value before it and an empty one is nothing. False: there are YS_HTTP_HEADERS_MAX already. */
bool ys_http__reply_add_line(struct ys_http_reply *reply, const char *line, size_t length);

#endif
