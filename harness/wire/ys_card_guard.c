/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_card_guard.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_json.h"

#define SW_OK 0x9000
#define SW_BLOCKED 0x6983
#define UNKNOWN (-1)

enum { NAME_MAX_BYTES = 64, MEMORY_BYTES_MAX = 65536 };

/* One card that was in a reader while the guard lived. */
struct known_card {
    struct known_card *next;
    char *reader;
    uint32_t insertion;
    uint8_t atr[YS_ATR_BYTES_MAX];
    size_t atr_length;
    char digest[YS_SM3_HEX_MAX];
    struct ys_arena arena; /* of `tries` */
    struct ys_value *tries; /* {"DF name/pin 00": left} */
};

struct ys_card_guard {
    pthread_mutex_t lock; /* of the list; a known card belongs to the one session that holds it */
    char *folder;
    int64_t floor;
    struct known_card *cards;
};

/* What a session has in work. */
struct ys_card_watched {
    struct ys_card_guard *guard;
    struct known_card *card;
    char selected[2 * NAME_MAX_BYTES + 1];
    int64_t before; /* tries before the command in work, UNKNOWN: none were counted */
};

const char *ys_card_guard_folder(struct ys_arena *arena)
{
    const char *own = getenv("YANSHOU_STATE_DIR");
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (own && *own) {
        return ys_path_join(arena, own, "cards");
    }
    if (state && *state) {
        return ys_path_join(arena, state, "yanshou/cards");
    }
    return home && *home ? ys_path_join(arena, home, ".local/state/yanshou/cards") : NULL;
}

struct ys_card_guard *ys_card_guard_new(const char *folder, int64_t floor)
{
    struct ys_card_guard *guard = ys_calloc(1, sizeof *guard);
    pthread_mutex_init(&guard->lock, NULL);
    guard->folder = folder ? ys_strdup(folder) : NULL;
    guard->floor = floor;
    return guard;
}

void ys_card_guard_free(struct ys_card_guard *guard)
{
    if (!guard) {
        return;
    }
    while (guard->cards) {
        struct known_card *card = guard->cards;
        guard->cards = card->next;
        ys_arena_clear(&card->arena);
        ys_free(card->reader);
        ys_free(card);
    }
    pthread_mutex_destroy(&guard->lock);
    ys_free(guard->folder);
    ys_free(guard);
}

/* ---- memory ---- */

static const char *memory_path(struct ys_arena *arena, const struct ys_card_guard *guard,
                               const struct known_card *card)
{
    return ys_path_join(arena, guard->folder, ys_arena_printf(arena, "%s.json", card->digest));
}

/* A file that is not ours to read is an error: forgetting could cost the card. */
static enum ys_status recall(struct ys_card_guard *guard, struct known_card *card,
                             struct ys_err *reterr)
{
    struct ys_buf text;
    const struct ys_value *root = NULL;
    const char *path = memory_path(&card->arena, guard, card);
    card->tries = ys_value_map(&card->arena);
    if (!ys_file_exists(path)) {
        return YS_OK;
    }
    ys_buf_init(&text, MEMORY_BYTES_MAX);
    enum ys_status status = ys_file_read(path, &text, reterr);
    if (status == YS_OK) {
        status = ys_json_parse(&card->arena, text.bytes, text.length, &root, reterr);
    }
    const struct ys_value *tries = status == YS_OK ? ys_value_get(root, "tries") : NULL;
    if (status != YS_OK || !tries || tries->kind != YS_KIND_MAP) {
        status = ys_err_set(reterr, YS_ERR_GUARD,
                            "refused to protect the card: what is remembered of its tries cannot "
                            "be read; look at %s, and remove it when the card has all its tries",
                            path);
    }
    for (size_t i = 0; status == YS_OK && i < tries->as.map.count; i++) {
        const struct ys_member *member = &tries->as.map.members[i];
        ys_value_set_int(&card->arena, card->tries, member->name,
                         ys_value_get_int(tries, member->name, 0));
    }
    ys_buf_clear(&text);
    return status;
}

static enum ys_status store(const struct ys_card_guard *guard, const struct known_card *card,
                            struct ys_err *reterr)
{
    struct ys_arena arena;
    struct ys_buf text;
    if (!guard->folder) {
        return YS_OK;
    }
    ys_arena_init(&arena);
    ys_buf_init(&text, MEMORY_BYTES_MAX);
    struct ys_value *root = ys_value_map(&arena);
    ys_value_set_text(&arena, root, "schema", "yanshou-card-tries/1");
    ys_value_set(&arena, root, "tries", card->tries);
    const char *path = memory_path(&arena, guard, card);
    struct ys_err err;
    enum ys_status status = ys_json_write_pretty(root, &text);
    if (status == YS_OK) {
        status = ys_folder_make(guard->folder, &err);
    }
    if (status == YS_OK) {
        status = ys_file_write(path, text.bytes, text.length, &err);
    }
    if (status != YS_OK) {
        ys_err_set(reterr, YS_ERR_GUARD,
                   "refused to protect the card: its tries cannot be remembered in %s; set "
                   "YANSHOU_STATE_DIR to a folder that can be written",
                   path);
        status = YS_ERR_GUARD;
    }
    ys_buf_clear(&text);
    ys_arena_clear(&arena);
    return status;
}

static int64_t remembered(const struct known_card *card, const char *key)
{
    return ys_value_get_int(card->tries, key, UNKNOWN);
}

/* `left` UNKNOWN: all tries are back. Nothing is written when nothing changes. */
static enum ys_status remember(struct ys_card_watched *watched, const char *key, int64_t left,
                               struct ys_err *reterr)
{
    struct known_card *card = watched->card;
    if (remembered(card, key) == left) {
        return YS_OK;
    }
    struct ys_value *tries = ys_value_map(&card->arena);
    for (size_t i = 0; i < card->tries->as.map.count; i++) {
        const struct ys_member *member = &card->tries->as.map.members[i];
        if (strcmp(member->name, key) != 0) {
            ys_value_set(&card->arena, tries, member->name, member->value);
        }
    }
    if (left != UNKNOWN) {
        ys_value_set_int(&card->arena, tries, ys_arena_strdup(&card->arena, key), left);
    }
    card->tries = tries;
    return store(watched->guard, card, reterr);
}

/* ---- which card it is ---- */

/* Its identification code where it has one; only a card that answers as expected counts. */
static enum ys_status read_code(struct ys_card_session *session, struct ys_arena *arena,
                                const uint8_t **ret_code, size_t *ret_length,
                                struct ys_err *reterr)
{
    static const uint8_t select[] = {0x00, 0xA4, 0x04, 0x00, 0x0F, 0x73, 0x78, 0x31, 0x2E, 0x73,
                                     0x68, 0x2E, 0xC9, 0xE7, 0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF};
    static const uint8_t read[] = {0x00, 0xB2, 0x01, 0x2C, 0x00};
    const uint8_t *data = NULL;
    size_t length = 0;
    uint16_t sw = 0;
    *ret_length = 0;
    enum ys_status status =
        ys_card_transmit(session, arena, select, sizeof select, &data, &length, &sw, reterr);
    if (status == YS_OK && sw == SW_OK) {
        status = ys_card_transmit(session, arena, read, sizeof read, &data, &length, &sw, reterr);
        if (status == YS_OK && sw == SW_OK) {
            *ret_code = data;
            *ret_length = length;
        }
    }
    /* A card that breaks the transport rules is judged by the cases, not here. */
    return status == YS_ERR_CARD_PROTOCOL ? YS_OK : status;
}

static enum ys_status identify(struct ys_card_guard *guard, struct known_card *card,
                               struct ys_card_session *session, struct ys_err *reterr)
{
    struct ys_arena arena;
    struct ys_buf identity;
    const uint8_t *code = NULL;
    size_t code_length = 0;
    enum ys_status status = YS_OK;

    ys_arena_init(&arena);
    ys_buf_init(&identity, MEMORY_BYTES_MAX);
    if (guard->folder) {
        status = read_code(session, &arena, &code, &code_length, reterr);
        if (status == YS_OK) {
            status = session->driver->reset(session, reterr);
        }
    }
    if (status == YS_OK) {
        status = ys_buf_append(&identity, session->atr, session->atr_length);
    }
    if (status == YS_OK && code_length) {
        status = ys_buf_append(&identity, code, code_length);
    }
    if (status == YS_OK) {
        ys_sm3_hex(identity.bytes, identity.length, card->digest);
    }
    ys_buf_clear(&identity);
    ys_arena_clear(&arena);
    return status;
}

static struct known_card *find_card(const struct ys_card_guard *guard,
                                    const struct ys_card_session *session, const char *reader)
{
    for (struct known_card *card = guard->cards; card; card = card->next) {
        if (strcmp(card->reader, reader) == 0 && card->insertion == session->insertion &&
            card->atr_length == session->atr_length &&
            memcmp(card->atr, session->atr, card->atr_length) == 0) {
            return card;
        }
    }
    return NULL;
}

static enum ys_status make_card(struct ys_card_guard *guard, struct ys_card_session *session,
                                const char *reader, struct known_card **ret_card,
                                struct ys_err *reterr)
{
    struct known_card *card = ys_calloc(1, sizeof *card);
    ys_arena_init(&card->arena);
    card->reader = ys_strdup(reader);
    card->insertion = session->insertion;
    card->atr_length = session->atr_length;
    memcpy(card->atr, session->atr, card->atr_length);
    card->tries = ys_value_map(&card->arena);
    enum ys_status status = identify(guard, card, session, reterr);
    if (status == YS_OK && guard->folder) {
        status = recall(guard, card, reterr);
    }
    if (status != YS_OK) {
        ys_arena_clear(&card->arena);
        ys_free(card->reader);
        ys_free(card);
        return status;
    }
    pthread_mutex_lock(&guard->lock);
    card->next = guard->cards;
    guard->cards = card;
    pthread_mutex_unlock(&guard->lock);
    *ret_card = card;
    return YS_OK;
}

enum ys_status ys_card_guard_join(struct ys_card_guard *guard, struct ys_card_session *session,
                                  const char *reader, struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    pthread_mutex_lock(&guard->lock);
    struct known_card *card = find_card(guard, session, reader);
    pthread_mutex_unlock(&guard->lock);
    if (!card) {
        status = make_card(guard, session, reader, &card, reterr);
    }
    if (status == YS_OK) {
        session->watched = ys_calloc(1, sizeof *session->watched);
        session->watched->guard = guard;
        session->watched->card = card;
    }
    return status;
}

/* ---- commands ---- */

/* Which counter a command may lower: "DF/pin 00", "DF/key 04"; false: none. */
static bool counter_of(const struct ys_card_watched *watched, const uint8_t *command, size_t length,
                       char *ret_key, size_t size, bool *ret_pin)
{
    enum ys_apdu_risk risk = ys_apdu_risk(command, length);
    if (risk != YS_RISK_PIN && risk != YS_RISK_KEY) {
        return false;
    }
    /* RESET RETRY COUNTER and RELOAD PIN are allowed by the unblocking key, not by the PIN. */
    bool unblocks = command[1] == 0x2C || (command[1] == 0x5E && command[2] == 0x00);
    *ret_pin = risk == YS_RISK_PIN && !unblocks;
    snprintf(ret_key, size, "%s/%s %02X", watched->selected,
             unblocks   ? "unblocking key"
             : *ret_pin ? "pin"
                        : "key",
             command[3]);
    return true;
}

/* An empty VERIFY tells the tries left and uses none. */
static enum ys_status ask_tries(struct ys_card_session *session, const uint8_t *command,
                                int64_t *ret_left, bool *ret_verified, uint16_t *ret_sw,
                                struct ys_err *reterr)
{
    struct ys_arena arena;
    const uint8_t question[] = {command[0] & 0x03, 0x20, 0x00, command[3]};
    const uint8_t *data = NULL;
    size_t length = 0;
    uint16_t sw = 0;
    ys_arena_init(&arena);
    enum ys_status status =
        ys_card_transmit(session, &arena, question, sizeof question, &data, &length, &sw, reterr);
    ys_arena_clear(&arena);
    *ret_verified = sw == SW_OK;
    *ret_left = (sw & 0xFFF0) == 0x63C0 ? sw & 0x000F : sw == SW_BLOCKED ? 0 : UNKNOWN;
    *ret_sw = sw;
    return status;
}

static enum ys_status refuse_pin(int64_t left, int64_t floor, struct ys_err *reterr)
{
    return ys_err_set(reterr, YS_ERR_GUARD,
                      "refused to protect the card: %lld PIN tries are left, and a wrong PIN would "
                      "leave fewer than the floor of %lld",
                      (long long)left, (long long)floor);
}

static enum ys_status check_pin(struct ys_card_session *session, const uint8_t *command,
                                const char *key, struct ys_err *reterr)
{
    struct ys_card_watched *watched = session->watched;
    bool verified = false;
    uint16_t sw = 0;
    int64_t left = UNKNOWN;
    enum ys_status status = ask_tries(session, command, &left, &verified, &sw, reterr);
    if (status != YS_OK || verified) {
        return status; /* verified in this session: the tries are full */
    }
    left = left == UNKNOWN ? remembered(watched->card, key) : left;
    if (left == UNKNOWN) {
        return ys_err_set(reterr, YS_ERR_GUARD,
                          "the card does not tell its PIN tries (%04X), so no PIN is sent", sw);
    }
    if (left - 1 < watched->guard->floor) {
        return refuse_pin(left, watched->guard->floor, reterr);
    }
    watched->before = left;
    return remember(watched, key, left - 1, reterr);
}

static enum ys_status check_key(struct ys_card_watched *watched, const char *key,
                                struct ys_err *reterr)
{
    int64_t left = remembered(watched->card, key);
    if (left == UNKNOWN) {
        return YS_OK;
    }
    if (left - 1 < YS_CARD_KEY_FLOOR) {
        return ys_err_set(reterr, YS_ERR_GUARD,
                          "refused to protect the card: it said that %lld tries of a key are left "
                          "(%s), and a wrong one would lock it; use the key rightly by other means "
                          "and remove %s.json",
                          (long long)left, strrchr(key, '/') + 1, watched->card->digest);
    }
    watched->before = left;
    return remember(watched, key, left - 1, reterr);
}

enum ys_status ys_card__guard_before(struct ys_card_session *session, const uint8_t *command,
                                     size_t length, struct ys_err *reterr)
{
    char key[2 * NAME_MAX_BYTES + 32];
    bool pin = false;
    session->watched->before = UNKNOWN;
    if (!counter_of(session->watched, command, length, key, sizeof key, &pin)) {
        return YS_OK;
    }
    return pin ? check_pin(session, command, key, reterr)
               : check_key(session->watched, key, reterr);
}

/* Remembers which directory is selected: each has PIN and keys of its own. */
static void note_select(struct ys_card_watched *watched, const uint8_t *command, size_t length)
{
    size_t lc = length > 5 ? command[4] : 0;
    bool elementary = command[2] == 0x02 || (command[2] == 0x00 && command[3] == 0x00);
    if (lc == 0 || lc > NAME_MAX_BYTES || length < 5 + lc || elementary) {
        return;
    }
    ys_hex_encode(command + 5, lc, watched->selected);
}

void ys_card__guard_after(struct ys_card_session *session, const uint8_t *command, size_t length,
                          uint16_t sw)
{
    char key[2 * NAME_MAX_BYTES + 32];
    struct ys_card_watched *watched = session->watched;
    bool pin = false;
    enum ys_status status = YS_OK;
    if (command[1] == 0xA4 && !(command[0] & 0x80) && sw == SW_OK) {
        note_select(watched, command, length);
    }
    if (!counter_of(watched, command, length, key, sizeof key, &pin)) {
        return;
    }
    if (sw == SW_OK) {
        status = remember(watched, key, UNKNOWN, NULL);
    } else if ((sw & 0xFFF0) == 0x63C0) {
        status = remember(watched, key, sw & 0x000F, NULL);
    } else if (sw == SW_BLOCKED) {
        status = remember(watched, key, 0, NULL);
    } else if (watched->before != UNKNOWN) {
        status = remember(watched, key, watched->before, NULL); /* it was not tried */
    }
    (void)status; /* what was written before the command is never more than what is left */
}
