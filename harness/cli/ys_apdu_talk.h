/* SPDX-License-Identifier: Apache-2.0 */
/* A dialogue with one card by hand: commands are sent, what crosses the contacts is printed as a
 * transcript with its meaning in comments, and is recorded. */
#ifndef YS_APDU_TALK_H
#define YS_APDU_TALK_H

#include "ys_card_guard.h"
#include "ys_cli.h"

struct ys_talk {
    const struct ys_arguments *arguments;
    struct ys_card_session *session;
    const char *reader;
    const char *expect_sw; /* mask or NULL */
    bool allows_forever;   /* commands that cannot be undone may be sent */
    bool recorded;         /* the session plays a recording */
    bool failed;           /* a status word was not the expected one */
    struct ys_card_recorder recorder;
    struct ys_value *rows; /* --json: what happened; else NULL */
    bool own_seen;         /* the command in work has crossed the contacts */
    struct ys_buf chain;   /* "00C0…\n": what followed it by itself; a transcript lists that too */
    size_t chain_at;       /* how much of it the transcript has listed */
};

void ys_talk_init(struct ys_talk *talk, const struct ys_arguments *arguments);
void ys_talk_clear(struct ys_talk *talk);
/* Prints and records the power-up of the session. */
void ys_talk_power(struct ys_talk *talk);
/* One command: hexadecimal bytes, "reset", "atr", or nothing. YS_ERR_SYNTAX: not understood,
 * nothing was sent; YS_ERR_GUARD: refused to protect the card. */
YS_NODISCARD enum ys_status ys_talk_send(struct ys_talk *talk, const char *line,
                                         struct ys_err *reterr);
/* A line of a transcript ("> 00A4…", "! ATR", "< …", "@ …"): what was sent then is sent again. */
YS_NODISCARD enum ys_status ys_talk_repeat(struct ys_talk *talk, const char *line,
                                           struct ys_err *reterr);

#endif
