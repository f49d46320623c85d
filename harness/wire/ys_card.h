/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card port: a table of functions with a context. Two drivers stand behind the same contract:
 * PC/SC (ys_card_pcsc.c, the only file with winscard.h) and replay (ys_card_replay.c: a recorded
 * dialogue, where a wrong command stops hard).
 *
 * A session holds one card exclusively. T=0's 61xx and 6Cxx are resolved here (GET RESPONSE,
 * repeated Le) as ISO/IEC 7816-3 asks, and each raw exchange is told to the listener as it
 * happened, so that evidence shows what crossed the contacts.
 */
#ifndef YS_CARD_H
#define YS_CARD_H

#include "ys_apdu.h"
#include "ys_buf.h"
#include "ys_value.h"

struct ys_reader_state {
    const char *name;
    bool card_present;
    uint8_t atr[YS_ATR_BYTES_MAX];
    size_t atr_length;
};

/* What a reader can do by itself, by the tags of PC/SC part 10, 2.3: bits of a set. */
enum ys_reader_feature {
    YS_READER_VERIFY_PIN = 0x06,    /* takes a PIN at its own keys and sends it to the card */
    YS_READER_MODIFY_PIN = 0x07,    /* the same for a change of the PIN */
    YS_READER_PIN_PROPERTIES = 0x0A /* tells about its display and keys */
};

struct ys_card_session;
struct ys_card_tap;
struct ys_card_watched;

/* One raw command and its raw reply. `duration_us` is measured around the transmit alone. */
typedef void ys_card_listener_fn(void *context, const uint8_t *command, size_t command_length,
                                 const uint8_t *reply, size_t reply_length, int64_t duration_us);

struct ys_card_driver {
    const char *name; /* "pcsc", "replay" */
    /* Readers with their state now. Arena-owned. */
    enum ys_status (*list)(void *context, struct ys_arena *arena,
                           struct ys_reader_state **ret_readers, size_t *ret_count,
                           struct ys_err *reterr);
    /* A set of 1 << enum ys_reader_feature; further features have their tags as bits too. Needs no
     * card. YS_ERR_CARD_SHARED where another program holds the reader. */
    enum ys_status (*features)(void *context, const char *reader, uint32_t *ret_features,
                               struct ys_err *reterr);
    /* Powers the card and holds it exclusively. */
    enum ys_status (*connect)(void *context, const char *reader,
                              struct ys_card_session **ret_session, struct ys_err *reterr);
    /* One raw exchange, no resolution. `reply` holds YS_APDU_BYTES_MAX bytes. */
    enum ys_status (*transmit)(struct ys_card_session *session, const uint8_t *command,
                               size_t command_length, uint8_t *reply, size_t *ret_length,
                               struct ys_err *reterr);
    /* Warm reset; the session goes on with a fresh card state. */
    enum ys_status (*reset)(struct ys_card_session *session, struct ys_err *reterr);
    void (*disconnect)(struct ys_card_session *session);
    /* Waits until the card state of a reader changes (insertion, removal) or the time is over
     * (YS_OK either way; *ret_changed tells). */
    enum ys_status (*wait)(void *context, const char *reader, bool want_present, int64_t at_most_ms,
                           bool *ret_reached, struct ys_err *reterr);
    /* What the terminal itself brings into a dialogue (its clock, a random number): a recording
     * puts in `bytes` what was brought then. NULL: nothing is put there. */
    enum ys_status (*bring)(struct ys_card_session *session, uint8_t *bytes, size_t length,
                            struct ys_err *reterr);
    void (*free)(void *context);
};

/* A driver's session begins with this. */
struct ys_card_session {
    const struct ys_card_driver *driver;
    uint8_t atr[YS_ATR_BYTES_MAX];
    size_t atr_length;
    int protocol; /* 0: T=0, 1: T=1 */
    uint32_t insertion; /* differs from card to card put into the reader; 0: not known */
    struct ys_card_watched *watched; /* by a guard (ys_card_guard.h), or NULL */
    struct ys_card_tap *tap;         /* records each exchange, or NULL */
    ys_card_listener_fn *listener;
    void *listener_context;
};

struct ys_card_port {
    const struct ys_card_driver *driver;
    void *context;
};

/* YS_ERR_CARD_SERVICE when pcscd does not answer; the text says how to start it. */
YS_NODISCARD enum ys_status ys_card_port_pcsc(struct ys_card_port *ret_port, struct ys_err *reterr);
/* `recording` is a transcript of lines: "# comment", "@ reader name" (what follows happened there),
 * "! ATR hex" (power-up or reset), "> command hex" ('?' for a digit that may be any, as in a
 * PIN), "< reply hex" (none: the card was mute), "= hex" (what the terminal brought), "- removed".
 * Another command, or a reset that was not recorded, is YS_ERR_CARD_REPLAY and names the line.
 * YS_ERR_SYNTAX. */
YS_NODISCARD enum ys_status ys_card_port_replay(const char *name, const char *recording,
                                                size_t length, struct ys_card_port *ret_port,
                                                struct ys_err *reterr);
void ys_card_port_free(struct ys_card_port *port);
/* The first reader whose name fits `pattern` (with * and ?) and whose card's ATR fits the mask
 * `atr` (ys_apdu.h); each may be NULL. NULL: none does. */
const struct ys_reader_state *ys_reader_find(const struct ys_reader_state *readers, size_t count,
                                             const char *pattern, const char *atr);
/* By its name: made by software, or the reader of a recording. */
bool ys_reader_is_virtual(const char *name);
/* Ends a session: the card is reset and free for others. NULL is fine. */
void ys_card_disconnect(struct ys_card_session *session);

/* Sends a command and resolves 61xx and 6Cxx. `ret_data` is the reply without its status word,
 * arena-owned. YS_ERR_CARD_PROTOCOL: a reply that ISO/IEC 7816 does not allow: one byte, a status
 * word outside 61xx … 6Fxx and 9xxx, more bytes than Le, a chain without end. YS_ERR_CARD_MUTE: no
 * reply, or one of no byte. YS_ERR_GUARD: not sent. */
YS_NODISCARD enum ys_status ys_card_transmit(struct ys_card_session *session,
                                             struct ys_arena *arena, const uint8_t *command,
                                             size_t command_length, const uint8_t **ret_data,
                                             size_t *ret_length, uint16_t *ret_sw,
                                             struct ys_err *reterr);
/* Writes what happens in sessions as a transcript that ys_card_port_replay() plays. */
struct ys_card_recorder {
    struct ys_buf text;
    const char *reader; /* of the last line written, borrowed from its session's tap */
};
/* Joins a session to a recorder. Lives as long as the session. */
struct ys_card_tap {
    struct ys_card_recorder *recorder;
    const char *reader; /* borrowed */
};
/* A command as it stands in a recording: in hexadecimal, a PIN as '?'. Arena-owned. */
const char *ys_card_recorded_command(struct ys_arena *arena, const uint8_t *command, size_t length);
void ys_card_recorder_init(struct ys_card_recorder *recorder);
void ys_card_recorder_clear(struct ys_card_recorder *recorder);
/* The clock or random number that the terminal is about to use: recorded where the session has a
 * tap; of a recording, `bytes` become those of then. */
YS_NODISCARD enum ys_status ys_card_bring(struct ys_card_session *session, uint8_t *bytes,
                                          size_t length, struct ys_err *reterr);
/* For ys_card.c: what a transmit came to, so that the recording plays it again; `reply` counts only
 * with YS_OK. */
void ys_card__record_end(struct ys_card_tap *tap, enum ys_status status, const uint8_t *command,
                         size_t command_length, const uint8_t *reply, size_t reply_length);
/* Records power-up (after connect and after each reset). */
YS_NODISCARD enum ys_status ys_card_record_power(struct ys_card_tap *tap,
                                                 const struct ys_card_session *session);
/* A ys_card_listener_fn whose context is a struct ys_card_tap. What passes YS_FILE_BYTES_MAX is
 * left out. */
void ys_card_record_exchange(void *tap, const uint8_t *command, size_t command_length,
                             const uint8_t *reply, size_t reply_length, int64_t duration_us);

/* "pcsc-lite 1.9.9": recorded with each run. */
const char *ys_card_version(void);

#endif
