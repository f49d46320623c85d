/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cards by PC/SC-Lite; the only file with winscard.h.
 *
 * A session has a context (a connection to pcscd) of its own, and so has each list and wait, so
 * that threads with different readers never wait for each other. A session holds its card by
 * exclusive share and a transaction, and resets it at the end: no verified PIN is left behind.
 */
#include "ys_card_pcsc.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <winscard.h>

#include <reader.h>

#include "ys_card_watch.h"
#include "ys_clock.h"

enum { GONE_AFTER_MS = 1000, NS_PER_MS = 1000000, MUTE_PATIENCE = 10 };

#define PROTOCOLS (SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)

/* A reader whose card kept silent when it was last used. */
struct mute_reader {
    char *name;         /* NULL: a free place */
    uint32_t insertion; /* of that card */
};

struct pcsc_port {
    atomic_uint_least32_t transmit_ms;
    pthread_mutex_t lock; /* of what follows */
    struct mute_reader mute[YS_READERS_MAX];
};

struct pcsc_session {
    struct ys_card_session base;
    SCARDCONTEXT context;
    SCARDHANDLE handle;
    bool connected;
    const SCARD_IO_REQUEST *pci;
    uint32_t transmit_ms;
    char *reader;
    struct ys_card_watch *watch;
    struct pcsc_port *port;
};

static const struct ys_card_driver pcsc_driver;

const char *ys_card_version(void)
{
    return "pcsc-lite " PCSCLITE_VERSION_NUMBER;
}

/* Errors. */

static enum ys_status fail_mute(const char *reader, struct ys_err *reterr)
{
    return ys_err_set(reterr, YS_ERR_CARD_MUTE,
                      "the card in %s does not answer; take it out, clean its contacts and put it "
                      "in again",
                      reader);
}

static enum ys_status fail_removed(const char *reader, struct ys_err *reterr)
{
    return ys_err_set(reterr, YS_ERR_CARD_REMOVED, "the card was taken out of %s", reader);
}

static enum ys_status fail_service(struct ys_err *reterr)
{
    return ys_err_set(reterr, YS_ERR_CARD_SERVICE,
                      "the PC/SC service does not answer; start it with `systemctl start "
                      "pcscd.socket` or, where there is no systemd, `pcscd` (package pcscd)");
}

/* A service that is ending refuses whom it would let in (it can no longer ask polkit): whether it
 * is gone within half a second. */
static bool service_is_ending(void)
{
    const struct timespec pause = {.tv_nsec = 50000000};
    for (int tries = 0; tries < 10; tries++) {
        SCARDCONTEXT context;
        LONG rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
        if (rv == SCARD_E_NO_SERVICE || rv == SCARD_E_SERVICE_STOPPED) {
            return true;
        }
        if (rv == SCARD_S_SUCCESS) {
            SCardReleaseContext(context);
        }
        nanosleep(&pause, NULL);
    }
    return false;
}

static enum ys_status fail_refused(struct ys_err *reterr)
{
    return service_is_ending()
               ? fail_service(reterr)
               : ys_err_set(reterr, YS_ERR_CARD_SERVICE,
                            "the PC/SC service does not let this user use cards; run as root, or "
                            "allow org.debian.pcsc-lite.access_pcsc and access_card in polkit");
}

/* What a return value of PC/SC means while `reader` is used. */
static enum ys_status fail(LONG rv, const char *reader, struct ys_err *reterr)
{
    switch ((uint32_t)rv) {
    case (uint32_t)SCARD_E_NO_SERVICE:
    case (uint32_t)SCARD_E_SERVICE_STOPPED:
    case (uint32_t)SCARD_F_COMM_ERROR:
        return fail_service(reterr);
    case (uint32_t)SCARD_W_SECURITY_VIOLATION:
        return fail_refused(reterr);
    case (uint32_t)SCARD_E_UNKNOWN_READER:
    case (uint32_t)SCARD_E_NO_READERS_AVAILABLE:
        return ys_err_set(reterr, YS_ERR_CARD_READER,
                          "there is no reader \"%s\"; `yanshou readers` lists those there are",
                          reader);
    case (uint32_t)SCARD_E_READER_UNAVAILABLE:
        return ys_err_set(reterr, YS_ERR_CARD_UNPLUGGED, "the reader %s was unplugged", reader);
    case (uint32_t)SCARD_E_NO_SMARTCARD:
        return ys_err_set(reterr, YS_ERR_CARD_ABSENT, "there is no card in %s; put one in", reader);
    case (uint32_t)SCARD_W_REMOVED_CARD:
        return fail_removed(reader, reterr);
    case (uint32_t)SCARD_W_RESET_CARD:
        return ys_err_set(reterr, YS_ERR_CARD_RESET,
                          "the card in %s was reset by another program, so what was selected and "
                          "verified is lost",
                          reader);
    case (uint32_t)SCARD_W_UNRESPONSIVE_CARD:
    case (uint32_t)SCARD_W_UNPOWERED_CARD:
        return fail_mute(reader, reterr);
    case (uint32_t)SCARD_E_SHARING_VIOLATION:
        return ys_err_set(reterr, YS_ERR_CARD_SHARED,
                          "another program holds the card in %s; end it (browsers, gpg and card "
                          "managers do that)",
                          reader);
    case (uint32_t)SCARD_E_PROTO_MISMATCH:
    case (uint32_t)SCARD_W_UNSUPPORTED_CARD:
        return ys_err_set(reterr, YS_ERR_CARD_PROTOCOL,
                          "the card in %s speaks neither T=0 nor T=1: %s", reader,
                          pcsc_stringify_error(rv));
    case (uint32_t)SCARD_E_INSUFFICIENT_BUFFER:
        return ys_err_set(reterr, YS_ERR_CARD_PROTOCOL,
                          "the card in %s answered more than %u bytes (YS_APDU_BYTES_MAX)", reader,
                          YS_APDU_BYTES_MAX);
    default:
        return ys_err_set(reterr, YS_ERR_CARD_OTHER, "%s: %s (%08X)", reader,
                          pcsc_stringify_error(rv), (unsigned)rv);
    }
}

/* Contexts. */

/* Held while contexts come and go, so that the socket of a new one can be told from the others. */
static pthread_mutex_t contexts_lock = PTHREAD_MUTEX_INITIALIZER;

static int new_socket(const int *before, unsigned before_count)
{
    int after[YS_CARD_SOCKETS_MAX];
    unsigned count = ys_card__service_sockets(after);
    for (unsigned i = 0; i < count; i++) {
        bool known = false;
        for (unsigned k = 0; k < before_count; k++) {
            known = known || before[k] == after[i];
        }
        if (!known) {
            return after[i];
        }
    }
    return -1;
}

/* `ret_socket` may be NULL; it is -1 where the socket cannot be found (then a mute card is only
 * noticed by the reader itself). */
static LONG establish(SCARDCONTEXT *ret_context, int *ret_socket)
{
    int before[YS_CARD_SOCKETS_MAX];
    pthread_mutex_lock(&contexts_lock);
    unsigned count = ret_socket ? ys_card__service_sockets(before) : 0;
    LONG rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, ret_context);
    if (rv == SCARD_S_SUCCESS && ret_socket) {
        *ret_socket = new_socket(before, count);
    }
    pthread_mutex_unlock(&contexts_lock);
    return rv;
}

static void release(SCARDCONTEXT context)
{
    pthread_mutex_lock(&contexts_lock);
    SCardReleaseContext(context);
    pthread_mutex_unlock(&contexts_lock);
}

/* Insertions and removals, which the upper half of a state counts. */
static uint32_t insertion_of(const SCARD_READERSTATE *state)
{
    return (uint32_t)(state->dwEventState >> 16);
}

/*
 * Mute cards. While a driver waits for one, the reader answers nobody, and each case would lose
 * the whole patience again; so the next tries get a tenth of it until the card answers.
 */

static void note_mute(struct pcsc_port *port, const char *reader, bool mute, uint32_t insertion)
{
    size_t place = YS_READERS_MAX;
    pthread_mutex_lock(&port->lock);
    for (size_t i = YS_READERS_MAX; i-- > 0;) {
        bool same = port->mute[i].name && strcmp(port->mute[i].name, reader) == 0;
        if (same && mute) {
            place = YS_READERS_MAX;
            break;
        }
        if (same) {
            ys_free(port->mute[i].name);
            port->mute[i].name = NULL;
        }
        place = port->mute[i].name ? place : i;
    }
    if (mute && place < YS_READERS_MAX) {
        port->mute[place] = (struct mute_reader){ys_strdup(reader), insertion};
    }
    pthread_mutex_unlock(&port->lock);
}

/* `ret_insertion` may be NULL. */
static bool was_mute(struct pcsc_port *port, const char *reader, uint32_t *ret_insertion)
{
    bool mute = false;
    pthread_mutex_lock(&port->lock);
    for (size_t i = 0; i < YS_READERS_MAX && !mute; i++) {
        mute = port->mute[i].name && strcmp(port->mute[i].name, reader) == 0;
        if (mute && ret_insertion) {
            *ret_insertion = port->mute[i].insertion;
        }
    }
    pthread_mutex_unlock(&port->lock);
    return mute;
}

/* Readers. */

static enum ys_status read_states(SCARDCONTEXT context, struct ys_arena *arena, char *names,
                                  struct ys_reader_state **ret_readers, size_t *ret_count,
                                  struct ys_err *reterr)
{
    SCARD_READERSTATE states[YS_READERS_MAX];
    size_t count = 0;

    memset(states, 0, sizeof states);
    for (char *name = names; *name != '\0'; name += strlen(name) + 1) {
        if (count == YS_READERS_MAX) {
            return ys_err_set(reterr, YS_ERR_LIMIT,
                              "there are more than %u readers "
                              "(YS_READERS_MAX)",
                              YS_READERS_MAX);
        }
        states[count].szReader = name;
        states[count++].dwCurrentState = SCARD_STATE_UNAWARE;
    }
    LONG rv = count ? SCardGetStatusChange(context, 0, states, (DWORD)count) : SCARD_S_SUCCESS;
    if (rv != SCARD_S_SUCCESS && rv != SCARD_E_TIMEOUT) {
        return fail(rv, names, reterr);
    }
    struct ys_reader_state *readers = ys_arena_calloc(arena, count, sizeof *readers);
    for (size_t i = 0; i < count; i++) {
        size_t length = states[i].cbAtr;
        readers[i].name = ys_arena_strdup(arena, states[i].szReader);
        readers[i].card_present = (states[i].dwEventState & SCARD_STATE_PRESENT) != 0;
        readers[i].atr_length = length <= YS_ATR_BYTES_MAX ? length : YS_ATR_BYTES_MAX;
        memcpy(readers[i].atr, states[i].rgbAtr, readers[i].atr_length);
    }
    *ret_readers = readers;
    *ret_count = count;
    return YS_OK;
}

static enum ys_status pcsc_list(void *port, struct ys_arena *arena,
                                struct ys_reader_state **ret_readers, size_t *ret_count,
                                struct ys_err *reterr)
{
    SCARDCONTEXT context = 0;
    char *names = NULL;
    DWORD length = 0;
    enum ys_status status = YS_OK;
    (void)port;

    LONG rv = establish(&context, NULL);
    if (rv != SCARD_S_SUCCESS) {
        return fail(rv, "", reterr);
    }
    rv = SCardListReaders(context, NULL, NULL, &length);
    while (rv == SCARD_S_SUCCESS) {
        names = ys_realloc(names, length + 1);
        memset(names, 0, length + 1);
        rv = SCardListReaders(context, NULL, names, &length);
        if (rv != SCARD_E_INSUFFICIENT_BUFFER) {
            break;
        }
        rv = SCARD_S_SUCCESS; /* a reader was plugged in meanwhile */
    }
    if (rv == SCARD_E_NO_READERS_AVAILABLE) {
        *ret_readers = NULL;
        *ret_count = 0;
    } else if (rv != SCARD_S_SUCCESS) {
        status = fail(rv, "", reterr);
    } else {
        status = read_states(context, arena, names, ret_readers, ret_count, reterr);
    }
    ys_free(names);
    release(context);
    return status;
}

/* pcscd ends the session of a mute card that was taken out, and then says that the reader is empty
 * before the thread that watches the reader has seen it and counted it. A card put in between is
 * never noticed, so the reader is not called empty until then. */
static bool is_reached(struct pcsc_port *port, const SCARD_READERSTATE *state, bool want_present)
{
    uint32_t insertion = 0;
    bool present = (state->dwEventState & SCARD_STATE_PRESENT) != 0;
    bool counted = present || !was_mute(port, state->szReader, &insertion) ||
                   insertion_of(state) != insertion;
    return present == want_present && counted;
}

static enum ys_status pcsc_wait(void *port, const char *reader, bool want_present,
                                int64_t at_most_ms, bool *ret_reached, struct ys_err *reterr)
{
    const struct ys_clock *clock = ys_clock_real();
    int64_t end_ns = clock->monotonic_ns(clock->context) + at_most_ms * NS_PER_MS;
    SCARDCONTEXT context = 0;
    SCARD_READERSTATE state;
    bool reached = false;

    LONG rv = establish(&context, NULL);
    if (rv != SCARD_S_SUCCESS) {
        return fail(rv, reader, reterr);
    }
    memset(&state, 0, sizeof state);
    state.szReader = reader;
    state.dwCurrentState = SCARD_STATE_UNAWARE; /* the first call answers at once */
    for (;;) {
        int64_t left_ms = (end_ns - clock->monotonic_ns(clock->context)) / NS_PER_MS;
        left_ms = left_ms < 0 ? 0 : left_ms;
        /* 0xFFFFFFFF would mean for ever. */
        rv = SCardGetStatusChange(context, (DWORD)(left_ms < 3600000 ? left_ms : 3600000), &state,
                                  1);
        reached = is_reached(port, &state, want_present);
        if (rv == SCARD_S_SUCCESS && (state.dwEventState & SCARD_STATE_UNKNOWN)) {
            rv = SCARD_E_UNKNOWN_READER;
        }
        if ((rv != SCARD_S_SUCCESS && rv != SCARD_E_TIMEOUT) || reached || left_ms == 0) {
            break;
        }
        state.dwCurrentState = state.dwEventState;
    }
    release(context);
    if (rv != SCARD_S_SUCCESS && rv != SCARD_E_TIMEOUT) {
        return fail(rv, reader, reterr);
    }
    *ret_reached = reached;
    return YS_OK;
}

/* PC/SC part 10, 2.2: the driver answers tag, length and a control code for each feature. */
static uint32_t read_features(const uint8_t *bytes, size_t length)
{
    uint32_t features = 0;
    for (size_t at = 0; at + 2 <= length && at + 2 + bytes[at + 1] <= length;
         at += 2u + bytes[at + 1]) {
        features |= bytes[at] < 32 ? UINT32_C(1) << bytes[at] : 0;
    }
    return features;
}

static enum ys_status pcsc_features(void *port, const char *reader, uint32_t *ret_features,
                                    struct ys_err *reterr)
{
    uint8_t reply[MAX_BUFFER_SIZE];
    SCARDCONTEXT context = 0;
    SCARDHANDLE handle = 0;
    DWORD protocol = 0;
    DWORD length = 0;
    (void)port;

    LONG rv = establish(&context, NULL);
    if (rv != SCARD_S_SUCCESS) {
        return fail(rv, reader, reterr);
    }
    rv = SCardConnect(context, reader, SCARD_SHARE_DIRECT, 0, &handle, &protocol);
    if (rv == SCARD_S_SUCCESS) {
        /* A driver that knows no features says that it does not know the question. */
        LONG told = SCardControl(handle, CM_IOCTL_GET_FEATURE_REQUEST, NULL, 0, reply,
                                 sizeof reply, &length);
        *ret_features = told == SCARD_S_SUCCESS ? read_features(reply, length) : 0;
        SCardDisconnect(handle, SCARD_LEAVE_CARD);
    }
    release(context);
    return rv == SCARD_S_SUCCESS ? YS_OK : fail(rv, reader, reterr);
}

/* Sessions. */

static void session_free(struct pcsc_session *session)
{
    if (session->connected) {
        ys_card__watch_begin(session->watch, session->transmit_ms);
        SCardEndTransaction(session->handle, SCARD_LEAVE_CARD);
        SCardDisconnect(session->handle, SCARD_RESET_CARD);
        ys_card__watch_end(session->watch);
    }
    ys_card__watch_free(session->watch);
    release(session->context);
    ys_free(session->reader);
    ys_free(session);
}

/* ATR and protocol of the card as it is powered now. */
static LONG read_card(struct pcsc_session *session)
{
    BYTE atr[MAX_ATR_SIZE];
    DWORD atr_length = sizeof atr;
    DWORD protocol = 0;
    DWORD state = 0;
    LONG rv = SCardStatus(session->handle, NULL, NULL, &state, &protocol, atr, &atr_length);

    if (rv == SCARD_S_SUCCESS) {
        session->base.atr_length = atr_length <= YS_ATR_BYTES_MAX ? atr_length : YS_ATR_BYTES_MAX;
        memcpy(session->base.atr, atr, session->base.atr_length);
        session->base.protocol = protocol == SCARD_PROTOCOL_T1 ? 1 : 0;
        session->pci = protocol == SCARD_PROTOCOL_T1 ? SCARD_PCI_T1 : SCARD_PCI_T0;
    }
    return rv;
}

/* What is in the reader now. */
static LONG look(struct pcsc_session *session, SCARD_READERSTATE *ret_state)
{
    memset(ret_state, 0, sizeof *ret_state);
    ret_state->szReader = session->reader;
    return SCardGetStatusChange(session->context, 0, ret_state, 1);
}

static enum ys_status hold_card(struct pcsc_session *session, struct ys_err *reterr)
{
    DWORD protocol = 0;
    ys_card__watch_begin(session->watch, session->transmit_ms);
    LONG rv = SCardConnect(session->context, session->reader, SCARD_SHARE_EXCLUSIVE, PROTOCOLS,
                           &session->handle, &protocol);
    session->connected = rv == SCARD_S_SUCCESS;
    if (rv == SCARD_S_SUCCESS) {
        rv = SCardBeginTransaction(session->handle);
    }
    if (rv == SCARD_S_SUCCESS) {
        rv = read_card(session);
    }
    if (rv == SCARD_S_SUCCESS) {
        SCARD_READERSTATE state;
        rv = look(session, &state);
        session->base.insertion = insertion_of(&state);
    }
    if (ys_card__watch_end(session->watch)) {
        note_mute(session->port, session->reader, true, session->base.insertion);
        return fail_mute(session->reader, reterr);
    }
    /* The program that holds it is this one: pcscd still waits for the card. */
    if (rv == SCARD_E_SHARING_VIOLATION && was_mute(session->port, session->reader, NULL)) {
        return fail_mute(session->reader, reterr);
    }
    return rv == SCARD_S_SUCCESS ? YS_OK : fail(rv, session->reader, reterr);
}

static enum ys_status pcsc_connect(void *context, const char *reader,
                                   struct ys_card_session **ret_session, struct ys_err *reterr)
{
    struct pcsc_port *port = context;
    SCARDCONTEXT established = 0;
    int fd = -1;

    LONG rv = establish(&established, &fd);
    if (rv != SCARD_S_SUCCESS) {
        return fail(rv, reader, reterr);
    }
    struct pcsc_session *session = ys_calloc(1, sizeof *session);
    session->base.driver = &pcsc_driver;
    session->context = established;
    session->port = port;
    session->transmit_ms = atomic_load(&port->transmit_ms);
    if (was_mute(port, reader, NULL)) {
        session->transmit_ms = session->transmit_ms / MUTE_PATIENCE + 1;
    }
    session->reader = ys_strdup(reader);
    session->watch = fd >= 0 ? ys_card__watch_new(fd) : NULL;
    enum ys_status status = hold_card(session, reterr);
    if (status != YS_OK) {
        session_free(session);
        return status;
    }
    note_mute(port, reader, false, 0);
    session->transmit_ms = atomic_load(&port->transmit_ms);
    *ret_session = &session->base;
    return YS_OK;
}

/* A driver says the same of a card that is mute and of one that was just taken out; pcscd knows
 * within a moment. */
static bool is_gone(struct pcsc_session *session)
{
    SCARD_READERSTATE state;
    LONG rv = look(session, &state);
    if (rv == SCARD_S_SUCCESS && (state.dwEventState & SCARD_STATE_PRESENT)) {
        state.dwCurrentState = state.dwEventState;
        rv = SCardGetStatusChange(session->context, GONE_AFTER_MS, &state, 1);
    }
    return rv == SCARD_S_SUCCESS && !(state.dwEventState & SCARD_STATE_PRESENT);
}

/* The card of the session is gone; another one may be in its place. */
static enum ys_status fail_gone(struct pcsc_session *session, struct ys_err *reterr)
{
    SCARD_READERSTATE state;
    LONG rv = look(session, &state);
    if (rv == SCARD_E_UNKNOWN_READER ||
        (rv == SCARD_S_SUCCESS && (state.dwEventState & SCARD_STATE_UNKNOWN))) {
        return fail(SCARD_E_READER_UNAVAILABLE, session->reader, reterr);
    }
    if (rv == SCARD_E_NO_SERVICE || rv == SCARD_E_SERVICE_STOPPED) {
        return fail(rv, session->reader, reterr);
    }
    if (rv != SCARD_S_SUCCESS || !(state.dwEventState & SCARD_STATE_PRESENT)) {
        return fail_removed(session->reader, reterr);
    }
    bool same = state.cbAtr == session->base.atr_length &&
                memcmp(state.rgbAtr, session->base.atr, state.cbAtr) == 0;
    return ys_err_set(reterr, YS_ERR_CARD_SWAPPED,
                      same ? "the card was taken out of %s and a card put in again in mid-case; "
                             "leave it in until the case ends"
                           : "another card (its ATR differs) was put into %s in mid-case; leave "
                             "the card in until the case ends",
                      session->reader);
}

static enum ys_status fail_in_session(struct pcsc_session *session, LONG rv, struct ys_err *reterr)
{
    if (rv == SCARD_E_UNKNOWN_READER || rv == SCARD_E_NO_READERS_AVAILABLE) {
        return fail(SCARD_E_READER_UNAVAILABLE, session->reader, reterr);
    }
    if (rv == SCARD_E_NO_SMARTCARD || rv == SCARD_W_REMOVED_CARD || rv == SCARD_E_INVALID_HANDLE) {
        return fail_gone(session, reterr);
    }
    if (rv == SCARD_E_NOT_TRANSACTED || rv == SCARD_E_COMM_DATA_LOST || rv == SCARD_E_TIMEOUT ||
        rv == SCARD_W_UNPOWERED_CARD) {
        return is_gone(session) ? fail_gone(session, reterr)
                                : fail_mute(session->reader, reterr);
    }
    return fail(rv, session->reader, reterr);
}

static enum ys_status pcsc_transmit(struct ys_card_session *base, const uint8_t *command,
                                    size_t command_length, uint8_t *reply, size_t *ret_length,
                                    struct ys_err *reterr)
{
    struct pcsc_session *session = (struct pcsc_session *)base;
    DWORD length = YS_APDU_BYTES_MAX;

    ys_card__watch_begin(session->watch, session->transmit_ms);
    LONG rv = SCardTransmit(session->handle, session->pci, command, (DWORD)command_length, NULL,
                            reply, &length);
    if (ys_card__watch_end(session->watch)) {
        note_mute(session->port, session->reader, true, session->base.insertion);
        return fail_mute(session->reader, reterr);
    }
    if (rv != SCARD_S_SUCCESS) {
        return fail_in_session(session, rv, reterr);
    }
    /* Some drivers call it a success of no bytes when the card is taken out in mid-exchange. */
    if (length == 0 && is_gone(session)) {
        return fail_gone(session, reterr);
    }
    *ret_length = length;
    return YS_OK;
}

static enum ys_status pcsc_reset(struct ys_card_session *base, struct ys_err *reterr)
{
    struct pcsc_session *session = (struct pcsc_session *)base;
    DWORD protocol = 0;

    ys_card__watch_begin(session->watch, session->transmit_ms);
    LONG rv = SCardReconnect(session->handle, SCARD_SHARE_EXCLUSIVE, PROTOCOLS, SCARD_RESET_CARD,
                             &protocol);
    SCARD_READERSTATE state = {0};
    if (rv == SCARD_S_SUCCESS) {
        rv = read_card(session);
    }
    if (rv == SCARD_S_SUCCESS) {
        rv = look(session, &state);
    }
    if (ys_card__watch_end(session->watch)) {
        note_mute(session->port, session->reader, true, session->base.insertion);
        return fail_mute(session->reader, reterr);
    }
    if (rv == SCARD_S_SUCCESS && insertion_of(&state) != session->base.insertion) {
        return fail_gone(session, reterr);
    }
    return rv == SCARD_S_SUCCESS ? YS_OK : fail_in_session(session, rv, reterr);
}

static void pcsc_disconnect(struct ys_card_session *session)
{
    if (session) {
        session_free((struct pcsc_session *)session);
    }
}

static void pcsc_free(void *context)
{
    struct pcsc_port *port = context;
    for (size_t i = 0; i < YS_READERS_MAX; i++) {
        ys_free(port->mute[i].name);
    }
    pthread_mutex_destroy(&port->lock);
    ys_free(port);
}

static const struct ys_card_driver pcsc_driver = {
    .name = "pcsc",
    .list = pcsc_list,
    .features = pcsc_features,
    .connect = pcsc_connect,
    .transmit = pcsc_transmit,
    .reset = pcsc_reset,
    .disconnect = pcsc_disconnect,
    .wait = pcsc_wait,
    .free = pcsc_free,
};

enum ys_status ys_card_port_pcsc(struct ys_card_port *ret_port, struct ys_err *reterr)
{
    SCARDCONTEXT context = 0;
    LONG rv = establish(&context, NULL);
    if (rv != SCARD_S_SUCCESS) {
        return fail(rv, "", reterr);
    }
    release(context);
    struct pcsc_port *port = ys_calloc(1, sizeof *port);
    atomic_init(&port->transmit_ms, YS_CARD_TRANSMIT_MS);
    pthread_mutex_init(&port->lock, NULL);
    ret_port->driver = &pcsc_driver;
    ret_port->context = port;
    return YS_OK;
}

void ys_card__pcsc_set_patience(const struct ys_card_port *port, uint32_t transmit_ms)
{
    struct pcsc_port *pcsc = port->context;
    atomic_store(&pcsc->transmit_ms, transmit_ms);
}
