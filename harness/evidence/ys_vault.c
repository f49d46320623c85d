/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries wait in memory until the log is about to be made durable: what a record's marks stand
 * for is on disk before the record. They are closed then, on the committer's time.
 */
#include "ys_vault.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_json.h"

#define COUNTER_BYTES YS_SM4_BYTES
#define RUN_ID_CHARS_MAX 64u

struct entry {
    uint64_t hash; /* of the mark; 0 = empty */
    const char *mark;
    const char *value;
    bool learned;
};

struct ys_vault {
    uint8_t key[YS_REDACT_KEY_BYTES];
    uint8_t cipher_key[YS_SM3_BYTES]; /* its first YS_SM4_BYTES */
    struct ys_hmac *mac;
    char *path;
    char *key_path;
    int fd;
    struct ys_arena arena; /* of opened entries */
    pthread_mutex_t lock;  /* of all below */
    struct entry *entries; /* open addressing, a power of two */
    size_t capacity;
    size_t count;
    struct entry *order; /* opened entries as they were kept */
    size_t order_count;
    struct ys_buf waiting; /* entries that are not yet closed: mark, NUL, sort, value, NUL */
};

/* ---- where ---- */

static enum ys_status state_folder(struct ys_arena *arena, const char **ret_path,
                                   struct ys_err *reterr)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (state && state[0] == '/') {
        *ret_path = ys_path_join(arena, state, "yanshou");
    } else if (home && home[0] == '/') {
        *ret_path = ys_path_join(arena, home, ".local/state/yanshou");
    } else {
        return ys_err_set(reterr, YS_ERR_IO,
                          "there is no place for the key of the run: neither XDG_STATE_HOME nor "
                          "HOME is set");
    }
    return YS_OK;
}

/* keys/RUN or vaults/RUN; the folder is made where `make` says so. */
static enum ys_status file_path(struct ys_arena *arena, const char *folder, const char *run_id,
                                bool make, const char **ret_path, struct ys_err *reterr)
{
    const char *root = NULL;
    size_t length = strlen(run_id);
    if (length == 0 || length > RUN_ID_CHARS_MAX ||
        strspn(run_id, "0123456789abcdefghijklmnopqrstuvwxyz-") != length) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "'%s' is no id of a run", run_id);
    }
    enum ys_status status = state_folder(arena, &root, reterr);
    if (status != YS_OK) {
        return status;
    }
    const char *path = ys_path_join(arena, root, folder);
    if (make) {
        status = ys_folder_make(path, reterr);
        if (status == YS_OK && (chmod(root, 0700) != 0 || chmod(path, 0700) != 0)) {
            status = ys_err_set(reterr, YS_ERR_IO, "cannot keep %s to its owner alone", path);
        }
    }
    *ret_path = ys_path_join(arena, path, run_id);
    return status;
}

static enum ys_status fail(struct ys_err *reterr, const char *verb, const char *path)
{
    int error = errno;
    char reason[128];
    if (strerror_r(error, reason, sizeof reason) != 0) {
        snprintf(reason, sizeof reason, "error %d", error);
    }
    return ys_err_set(reterr, error == ENOENT ? YS_ERR_NOT_FOUND : YS_ERR_IO,
                      "cannot %s %s: %s; XDG_STATE_HOME names another place", verb, path, reason);
}

static enum ys_status write_all(int fd, const char *bytes, size_t length, const char *path,
                                struct ys_err *reterr)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno != EINTR) {
            return fail(reterr, "write", path);
        }
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return YS_OK;
}

/* ---- entries ---- */

static uint64_t hash_of(const char *mark)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *mark; mark++) {
        hash = (hash ^ (uint8_t)*mark) * UINT64_C(1099511628211);
    }
    return hash ? hash : 1;
}

static struct entry *slot_of(struct entry *entries, size_t capacity, uint64_t hash)
{
    size_t at = (size_t)hash & (capacity - 1u);
    while (entries[at].hash != 0 && entries[at].hash != hash) {
        at = (at + 1u) & (capacity - 1u);
    }
    return &entries[at];
}

/* The place of a mark, made where there is none; `*ret_known` tells. */
static struct entry *place_of(struct ys_vault *vault, const char *mark, bool *ret_known)
{
    if (2u * vault->count >= vault->capacity) {
        size_t capacity = vault->capacity ? 2u * vault->capacity : 1024u;
        struct entry *grown = ys_calloc(capacity, sizeof *grown);
        for (size_t i = 0; i < vault->capacity; i++) {
            if (vault->entries[i].hash) {
                *slot_of(grown, capacity, vault->entries[i].hash) = vault->entries[i];
            }
        }
        ys_free(vault->entries);
        vault->entries = grown;
        vault->capacity = capacity;
    }
    uint64_t hash = hash_of(mark);
    struct entry *entry = slot_of(vault->entries, vault->capacity, hash);
    *ret_known = entry->hash != 0;
    if (!*ret_known) {
        entry->hash = hash;
        vault->count++;
    }
    return entry;
}

/* counter ‖ cipher text ‖ HMAC over both, of an entry's `length` bytes; a line of base64. */
static enum ys_status close_entry(const struct ys_vault *vault, const char *entry, size_t length,
                                  struct ys_buf *lines, struct ys_err *reterr)
{
    struct ys_arena arena;
    ys_arena_init(&arena);
    uint8_t *box = ys_arena_alloc(&arena, COUNTER_BYTES + length + YS_SM3_BYTES);
    uint8_t *text = box + COUNTER_BYTES;
    enum ys_status status = ys_random(box, COUNTER_BYTES);
    if (status == YS_OK) {
        status = ys_sm4_ctr(vault->cipher_key, box, (const uint8_t *)entry, length, text, reterr);
    } else {
        ys_err_set(reterr, status, "no random numbers");
    }
    if (status == YS_OK) {
        ys_hmac_tag(vault->mac, box, COUNTER_BYTES + length, text + length);
        status = ys_buf_append_text(
            lines, ys_base64_encode(&arena, box, COUNTER_BYTES + length + YS_SM3_BYTES));
    }
    if (status == YS_OK) {
        status = ys_buf_append_char(lines, '\n');
    }
    ys_arena_clear(&arena);
    return status;
}

/* False where the line is not by this key. */
static bool open_entry(struct ys_vault *vault, const char *line, size_t length,
                       struct entry *ret_entry)
{
    uint8_t *box = NULL;
    size_t size = 0;
    uint8_t mac[YS_SM3_BYTES];
    struct ys_arena *arena = &vault->arena;
    if (ys_base64_decode(arena, line, length, &box, &size, NULL) != YS_OK ||
        size < COUNTER_BYTES + 1u + YS_SM3_BYTES) {
        return false;
    }
    size_t text_length = size - COUNTER_BYTES - YS_SM3_BYTES;
    ys_hmac_tag(vault->mac, box, COUNTER_BYTES + text_length, mac);
    unsigned difference = 0;
    for (size_t i = 0; i < YS_SM3_BYTES; i++) {
        difference |= (unsigned)(mac[i] ^ box[COUNTER_BYTES + text_length + i]);
    }
    char *text = ys_arena_alloc(arena, text_length + 1u);
    if (difference != 0 || ys_sm4_ctr(vault->cipher_key, box, box + COUNTER_BYTES, text_length,
                                      (uint8_t *)text, NULL) != YS_OK) {
        return false;
    }
    text[text_length] = '\0';
    size_t mark_length = strlen(text);
    if (mark_length + 1u >= text_length) {
        return false;
    }
    *ret_entry = (struct entry){.mark = text,
                                .value = text + mark_length + 2u,
                                .learned = text[mark_length + 1u] == '+'};
    return true;
}

static enum ys_status read_entries(struct ys_vault *vault, struct ys_err *reterr)
{
    struct ys_buf text;
    ys_buf_init(&text, YS_VAULT_BYTES_MAX);
    enum ys_status status = ys_file_read(vault->path, &text, reterr);
    const char *at = text.bytes;
    size_t line = 0;
    size_t capacity = 0;
    while (status == YS_OK && at && at < text.bytes + text.length) {
        const char *end = memchr(at, '\n', (size_t)(text.bytes + text.length - at));
        struct entry entry;
        bool known = false;
        if (!end) {
            break; /* the process was killed while it wrote this line */
        }
        line++;
        if (!open_entry(vault, at, (size_t)(end - at), &entry)) {
            status = ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                                "%s, line %zu: not written with the key of this run",
                                vault->path, line);
            break;
        }
        struct entry *place = place_of(vault, entry.mark, &known);
        place->mark = entry.mark;
        place->value = entry.value;
        place->learned = place->learned || entry.learned;
        if (vault->order_count == capacity) {
            capacity = capacity ? 2u * capacity : 256u;
            vault->order = ys_realloc(vault->order, capacity * sizeof *vault->order);
        }
        vault->order[vault->order_count++] = entry;
        at = end + 1;
    }
    /* What comes next begins a line of its own. */
    if (status == YS_OK && at && at < text.bytes + text.length &&
        truncate(vault->path, (off_t)(at - text.bytes)) != 0) {
        status = fail(reterr, "shorten", vault->path);
    }
    ys_buf_clear(&text);
    return status;
}

/* ---- opening ---- */

static struct ys_vault *vault_new(const uint8_t key[YS_REDACT_KEY_BYTES], const char *path,
                                  const char *key_path)
{
    static const char cipher_label[] = "yanshou vault SM4";
    static const char mac_label[] = "yanshou vault HMAC";
    struct ys_vault *vault = ys_calloc(1, sizeof *vault);
    memcpy(vault->key, key, sizeof vault->key);
    ys_hmac_sm3(key, YS_REDACT_KEY_BYTES, cipher_label, sizeof cipher_label - 1u,
                vault->cipher_key);
    uint8_t mac_key[YS_SM3_BYTES];
    ys_hmac_sm3(key, YS_REDACT_KEY_BYTES, mac_label, sizeof mac_label - 1u, mac_key);
    vault->mac = ys_hmac_new(mac_key, sizeof mac_key);
    ys_wipe(mac_key, sizeof mac_key);
    vault->path = ys_strdup(path);
    vault->key_path = ys_strdup(key_path);
    vault->fd = -1;
    ys_arena_init(&vault->arena);
    ys_buf_init(&vault->waiting, SIZE_MAX);
    pthread_mutex_init(&vault->lock, NULL);
    return vault;
}

static enum ys_status write_key(const char *path, const uint8_t *key, struct ys_err *reterr)
{
    char text[2u * YS_REDACT_KEY_BYTES + 2u];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return fail(reterr, "make", path);
    }
    ys_hex_encode_lower(key, YS_REDACT_KEY_BYTES, text);
    text[sizeof text - 2u] = '\n';
    enum ys_status status = write_all(fd, text, sizeof text - 1u, path, reterr);
    if (status == YS_OK && fdatasync(fd) != 0) {
        status = fail(reterr, "make durable", path);
    }
    ys_wipe(text, sizeof text);
    close(fd);
    return status;
}

static enum ys_status read_key(struct ys_arena *arena, const char *path, uint8_t *ret_key,
                               struct ys_err *reterr)
{
    struct ys_buf text;
    uint8_t *bytes = NULL;
    size_t length = 0;
    ys_buf_init(&text, 2u * YS_REDACT_KEY_BYTES + 1u);
    enum ys_status status = ys_file_read(path, &text, reterr);
    if (status == YS_OK) {
        size_t digits = text.length && text.bytes[text.length - 1u] == '\n' ? text.length - 1u
                                                                            : text.length;
        const char *hex = ys_arena_strndup(arena, text.bytes ? text.bytes : "", digits);
        if (ys_hex_decode(arena, hex, &bytes, &length, NULL) != YS_OK ||
            length != YS_REDACT_KEY_BYTES) {
            status = ys_err_set(reterr, YS_ERR_EVIDENCE_STATE, "%s is no key of a run", path);
        } else {
            memcpy(ret_key, bytes, YS_REDACT_KEY_BYTES);
            ys_wipe(bytes, length);
        }
    }
    if (text.bytes) {
        ys_wipe(text.bytes, text.length);
    }
    ys_buf_clear(&text);
    return status;
}

static enum ys_status open_file(struct ys_vault *vault, int flags, struct ys_err *reterr)
{
    vault->fd = open(vault->path, O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0600);
    return vault->fd < 0 ? fail(reterr, "open", vault->path) : YS_OK;
}

static enum ys_status vault_make(const char *run_id, bool is_new, struct ys_vault **ret_vault,
                                 struct ys_err *reterr)
{
    struct ys_arena arena;
    const char *key_path = NULL;
    const char *path = NULL;
    uint8_t key[YS_REDACT_KEY_BYTES];
    struct ys_vault *vault = NULL;
    ys_arena_init(&arena);
    enum ys_status status = file_path(&arena, "keys", run_id, is_new, &key_path, reterr);
    if (status == YS_OK) {
        status = file_path(&arena, "vaults", run_id, is_new, &path, reterr);
    }
    if (status == YS_OK && is_new && ys_random(key, sizeof key) != YS_OK) {
        status = ys_err_set(reterr, YS_ERR_CRYPTO, "no random numbers");
    }
    if (status == YS_OK) {
        status = is_new ? write_key(key_path, key, reterr)
                        : read_key(&arena, key_path, key, reterr);
    }
    if (status == YS_OK) {
        vault = vault_new(key, path, key_path);
        status = is_new ? YS_OK : read_entries(vault, reterr);
    }
    if (status == YS_OK) {
        status = open_file(vault, is_new ? O_CREAT | O_EXCL : 0, reterr);
    }
    ys_wipe(key, sizeof key);
    ys_arena_clear(&arena);
    if (status == YS_OK) {
        *ret_vault = vault;
    } else {
        ys_vault_free(vault);
    }
    return status;
}

enum ys_status ys_vault_create(const char *run_id, struct ys_vault **ret_vault,
                               struct ys_err *reterr)
{
    return vault_make(run_id, true, ret_vault, reterr);
}

enum ys_status ys_vault_open(const char *run_id, struct ys_vault **ret_vault,
                             struct ys_err *reterr)
{
    return vault_make(run_id, false, ret_vault, reterr);
}

void ys_vault_free(struct ys_vault *vault)
{
    if (!vault) {
        return;
    }
    if (vault->fd >= 0) {
        enum ys_status status = ys_vault_sync(vault, NULL);
        (void)status; /* whoever needs to know has asked before */
        close(vault->fd);
    }
    ys_wipe(vault->key, sizeof vault->key);
    ys_wipe(vault->cipher_key, sizeof vault->cipher_key);
    ys_hmac_free(vault->mac);
    for (size_t i = 0; i < vault->order_count; i++) {
        ys_wipe((char *)(uintptr_t)vault->order[i].value, strlen(vault->order[i].value));
    }
    ys_arena_clear(&vault->arena);
    ys_buf_clear(&vault->waiting);
    ys_free(vault->entries);
    ys_free(vault->order);
    ys_free(vault->path);
    ys_free(vault->key_path);
    pthread_mutex_destroy(&vault->lock);
    ys_free(vault);
}

void ys_vault_discard(struct ys_vault *vault)
{
    if (vault) {
        (void)unlink(vault->path);
        (void)unlink(vault->key_path);
    }
    ys_vault_free(vault);
}

const uint8_t *ys_vault_key(const struct ys_vault *vault)
{
    return vault->key;
}

/* ---- use ---- */

void ys_vault_keep(struct ys_vault *vault, const char *mark, const char *value, bool learned)
{
    bool known = false;
    pthread_mutex_lock(&vault->lock);
    struct entry *place = place_of(vault, mark, &known);
    if (!known || (learned && !place->learned)) {
        place->learned = learned;
        /* Without a cap an append cannot fail. */
        if (ys_buf_append(&vault->waiting, mark, strlen(mark) + 1u) != YS_OK ||
            ys_buf_append_char(&vault->waiting, learned ? '+' : '-') != YS_OK ||
            ys_buf_append(&vault->waiting, value, strlen(value) + 1u) != YS_OK) {
            abort();
        }
    }
    pthread_mutex_unlock(&vault->lock);
}

static enum ys_status close_entries(const struct ys_vault *vault, const struct ys_buf *entries,
                                    struct ys_buf *lines, struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    const char *end = entries->bytes + entries->length;
    for (const char *at = entries->bytes; status == YS_OK && at < end;) {
        size_t length = strlen(at) + 1u;
        length += strlen(at + length);
        status = close_entry(vault, at, length, lines, reterr);
        at += length + 1u;
    }
    return status;
}

enum ys_status ys_vault_sync(struct ys_vault *vault, struct ys_err *reterr)
{
    struct ys_buf lines;
    ys_buf_init(&lines, SIZE_MAX);
    pthread_mutex_lock(&vault->lock);
    struct ys_buf entries = vault->waiting;
    ys_buf_init(&vault->waiting, SIZE_MAX);
    pthread_mutex_unlock(&vault->lock);
    if (entries.length == 0) {
        return YS_OK;
    }
    enum ys_status status = close_entries(vault, &entries, &lines, reterr);
    if (status == YS_OK) {
        status = write_all(vault->fd, lines.bytes, lines.length, vault->path, reterr);
    }
    if (status == YS_OK && fdatasync(vault->fd) != 0) {
        status = fail(reterr, "make durable", vault->path);
    }
    ys_wipe(entries.bytes, entries.length);
    ys_buf_clear(&entries);
    ys_buf_clear(&lines);
    return status;
}

const char *ys_vault_value(const struct ys_vault *vault, const char *mark)
{
    if (vault->capacity == 0) {
        return NULL;
    }
    const struct entry *entry = slot_of(vault->entries, vault->capacity, hash_of(mark));
    return entry->mark && strcmp(entry->mark, mark) == 0 ? entry->value : NULL;
}

size_t ys_vault_count(const struct ys_vault *vault)
{
    return vault->count;
}

void ys_vault_teach(const struct ys_vault *vault, struct ys_redactor *redactor)
{
    char kind[64];
    for (size_t i = 0; i < vault->order_count; i++) {
        const struct entry *entry = &vault->order[i];
        const char *begin = entry->mark + strlen(YS_MARK_BEGIN);
        size_t length = strcspn(begin, ":");
        if (entry->learned && length < sizeof kind) {
            memcpy(kind, begin, length);
            kind[length] = '\0';
            ys_redactor_learn(redactor, kind, entry->value);
        }
    }
}

enum ys_status ys_vault_log_reveal(struct ys_arena *arena, const struct ys_value *record,
                                   const char **ret_path, struct ys_err *reterr)
{
    const char *root = NULL;
    struct ys_buf line;
    ys_buf_init(&line, YS_RECORD_BYTES_MAX);
    enum ys_status status = state_folder(arena, &root, reterr);
    if (status == YS_OK) {
        status = ys_folder_make(root, reterr);
    }
    const char *path = root ? ys_path_join(arena, root, "reveals.jsonl") : "";
    int fd = status == YS_OK ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (status == YS_OK && fd < 0) {
        status = fail(reterr, "open", path);
    }
    if (status == YS_OK && (ys_json_write(record, &line) != YS_OK ||
                            ys_buf_append_char(&line, '\n') != YS_OK)) {
        status = ys_err_set(reterr, YS_ERR_LIMIT, "who and why are too long");
    }
    if (status == YS_OK) {
        status = write_all(fd, line.bytes, line.length, path, reterr);
    }
    if (status == YS_OK && fdatasync(fd) != 0) {
        status = fail(reterr, "make durable", path);
    }
    if (fd >= 0) {
        close(fd);
    }
    ys_buf_clear(&line);
    if (status == YS_OK) {
        *ret_path = path;
    }
    return status;
}
