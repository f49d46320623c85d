/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data objects of the financial application, the records made of them, data object lists, and the
 * state file, which is replaced as a whole:
 *   financial <ATC> <last online ATC> <tries> <blocked> <PIN block>
 *   financial-object <tag> <bytes>
 *   financial-log <bytes>           the newest first
 */
#include "apps/pboc.h"
#include "iso/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void vc_pboc_free(struct vc_pboc *pboc)
{
    if (pboc) {
        vc_pboc_keys_free(pboc->pki);
    }
    free(pboc);
}

struct vc_object *vc_pboc_find(struct vc_pboc *pboc, uint16_t tag, enum vc_pboc_family family)
{
    for (size_t i = 0; i < pboc->objects_n; i++) {
        struct vc_object *object = &pboc->objects[i];
        if (object->tag == tag && (object->family == VC_PBOC_ANY || object->family == family)) {
            return object;
        }
    }
    return NULL;
}

bool vc_pboc_set(struct vc_pboc *pboc, uint16_t tag, enum vc_pboc_family family,
                 const uint8_t *bytes, size_t n)
{
    struct vc_object *object = vc_pboc_find(pboc, tag, family);
    if (!object || object->family != family) {
        if (pboc->objects_n == VC_PBOC_MAX_OBJECTS) {
            return false;
        }
        object = &pboc->objects[pboc->objects_n++];
        *object = (struct vc_object){.tag = tag, .family = family};
    }
    if (n > sizeof object->bytes) {
        return false;
    }
    memcpy(object->bytes, bytes, n);
    object->n = n;
    return true;
}

bool vc_pboc_put(uint8_t *buffer, size_t *n, uint16_t tag, const uint8_t *bytes, size_t bytes_n)
{
    size_t at = *n;
    size_t head = (tag > 0xFF ? 2u : 1u) + (bytes_n > 0x7F ? 2u : 1u);
    if (bytes_n > 0xFF || at + head + bytes_n > VC_MAX_RECORD + 1) {
        return false;
    }
    if (tag > 0xFF) {
        buffer[at++] = (uint8_t)(tag >> 8);
    }
    buffer[at++] = (uint8_t)tag;
    if (bytes_n > 0x7F) {
        buffer[at++] = 0x81;
    }
    buffer[at++] = (uint8_t)bytes_n;
    memmove(buffer + at, bytes, bytes_n);
    *n = at + bytes_n;
    return true;
}

bool vc_pboc_compose(struct vc_pboc *pboc, const struct vc_pboc_record *record, uint8_t *buffer,
                     size_t *ret_n)
{
    *ret_n = 0;
    for (size_t i = 0; i < record->tags_n; i++) {
        const struct vc_object *object = vc_pboc_find(pboc, record->tags[i], record->family);
        if (record->tags[i] == 0x5A && pboc->defects->on[VC_DEFECT_PAN_MISSING]) {
            continue;
        }
        if (!object || !vc_pboc_put(buffer, ret_n, object->tag, object->bytes, object->n)) {
            return false;
        }
    }
    return true;
}

bool vc_pboc_dol_next(const struct vc_object *dol, size_t *at, uint16_t *ret_tag, size_t *ret_n)
{
    size_t i = *at;
    if (i >= dol->n) {
        return false;
    }
    *ret_tag = dol->bytes[i++];
    if ((*ret_tag & 0x1F) == 0x1F && i < dol->n) {
        *ret_tag = (uint16_t)(*ret_tag << 8 | dol->bytes[i++]);
    }
    *ret_n = i < dol->n ? dol->bytes[i++] : 0;
    *at = i;
    return true;
}

bool vc_pboc_dol_find(const struct vc_object *dol, const uint8_t *data, uint16_t tag,
                      const uint8_t **ret_bytes, size_t *ret_n)
{
    size_t place = 0;
    uint16_t found = 0;
    size_t n = 0;
    for (size_t at = 0; dol && vc_pboc_dol_next(dol, &at, &found, &n); place += n) {
        if (found == tag) {
            *ret_bytes = data + place;
            *ret_n = n;
            return true;
        }
    }
    return false;
}

size_t vc_pboc_dol_length(const struct vc_object *dol)
{
    size_t length = 0;
    uint16_t tag = 0;
    size_t n = 0;
    for (size_t at = 0; dol && vc_pboc_dol_next(dol, &at, &tag, &n);) {
        length += n;
    }
    return length;
}

/* ---- state file ---- */

static void write_state(const void *what, FILE *file)
{
    const struct vc_pboc *pboc = what;
    const struct vc_pboc_state *state = &pboc->state;
    fprintf(file, "financial %u %u %u %d ", state->atc, state->last_online_atc, state->tries,
            state->blocked);
    vc_state_write_hex(file, state->pin, sizeof state->pin);
    fputc('\n', file);
    for (size_t i = 0; i < pboc->objects_n; i++) {
        if (pboc->objects[i].updated) {
            fprintf(file, "financial-object %04X ", pboc->objects[i].tag);
            vc_state_write_hex(file, pboc->objects[i].bytes, pboc->objects[i].n);
            fputc('\n', file);
        }
    }
    for (size_t i = 0; i < state->log_n; i++) {
        fputs("financial-log ", file);
        vc_state_write_hex(file, state->log[i], VC_PBOC_LOG_RECORD);
        fputc('\n', file);
    }
}

static bool read_state(struct vc_pboc *pboc, const char *line)
{
    struct vc_pboc_state state = pboc->state;
    char hex[2 * VC_PBOC_PIN_BLOCK + 1];
    unsigned blocked = 0;
    size_t n = 0;
    if (sscanf(line, "financial %5" SCNu16 " %5" SCNu16 " %3" SCNu8 " %1u %16s", &state.atc,
               &state.last_online_atc, &state.tries, &blocked, hex) != 5 ||
        !vc_hex_parse(hex, state.pin, sizeof state.pin, &n) || n != sizeof state.pin ||
        state.tries > pboc->tries_limit || blocked > 1) {
        return false;
    }
    state.blocked = blocked == 1;
    pboc->state = state;
    return true;
}

static bool read_line(struct vc_pboc *pboc, const char *line)
{
    char hex[2 * VC_MAX_RECORD + 1];
    uint8_t bytes[VC_MAX_RECORD];
    uint16_t tag = 0;
    size_t n = 0;
    if (sscanf(line, "financial-object %4" SCNx16 " %510s", &tag, hex) == 2) {
        struct vc_object *object = vc_pboc_find(pboc, tag, VC_PBOC_ANY);
        if (!object || !vc_hex_parse(hex, bytes, sizeof bytes, &n) || n != object->n) {
            return false;
        }
        memcpy(object->bytes, bytes, n);
        object->updated = true;
        return true;
    }
    if (sscanf(line, "financial-log %510s", hex) == 1) {
        struct vc_pboc_state *state = &pboc->state;
        if (state->log_n == VC_PBOC_LOG_SIZE || !vc_hex_parse(hex, bytes, sizeof bytes, &n) ||
            n != VC_PBOC_LOG_RECORD) {
            return false;
        }
        memcpy(state->log[state->log_n++], bytes, n);
        return true;
    }
    return read_state(pboc, line);
}

static bool name_file(const char *state_path, char ret_path[4096])
{
    int n = snprintf(ret_path, 4096, "%s.financial", state_path);
    return n > 0 && n < 4096;
}

bool vc_pboc_restore(struct vc_pboc *pboc, const char *state_path, struct vc_err *reterr)
{
    char path[4096];
    char line[2 * VC_MAX_RECORD + 64];
    bool ok = true;
    if (!state_path) {
        return true;
    }
    FILE *file = name_file(state_path, path) ? fopen(path, "re") : NULL;
    if (!file) {
        return errno == ENOENT;
    }
    while (ok && fgets(line, sizeof line, file)) {
        ok = read_line(pboc, line);
    }
    fclose(file);
    if (!ok) {
        snprintf(reterr->text, sizeof reterr->text,
                 "%.200s: not the state of a card of this profile; remove the file to start afresh",
                 path);
    }
    return ok;
}

bool vc_pboc_save(const struct vc_pboc *pboc, const char *state_path)
{
    char path[4096];
    return name_file(state_path, path) && vc_state_replace(path, write_state, pboc);
}
