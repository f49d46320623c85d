/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of the card: finding them, and keeping what changes in a state file of text lines:
 *   virtual-card-state 1
 *   pin <BCD> <tries>
 *   record <DF> <EF> <number> <bytes>
 */
#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char state_header[] = "virtual-card-state 1\n";

size_t vc_fs_find_name(const struct vc_fs *fs, const uint8_t *name, size_t n)
{
    size_t i = 0;
    while (i < fs->dfs_n &&
           (fs->dfs[i].name_length != n || n == 0 || memcmp(fs->dfs[i].name, name, n) != 0)) {
        i++;
    }
    return i;
}

size_t vc_fs_find_fid(const struct vc_fs *fs, uint16_t fid)
{
    size_t i = 0;
    while (i < fs->dfs_n && fs->dfs[i].fid != fid) {
        i++;
    }
    return i;
}

bool vc_fs_has_tag(const struct vc_fs *fs, uint8_t tag)
{
    for (size_t d = 0; d < fs->dfs_n; d++) {
        for (size_t e = 0; e < fs->dfs[d].efs_n; e++) {
            const struct vc_ef *ef = &fs->dfs[d].efs[e];
            for (size_t r = 0; r < ef->records_n && !ef->transparent; r++) {
                if (ef->records[r].bytes[0] == tag) {
                    return true;
                }
            }
        }
    }
    return false;
}

struct vc_ef *vc_df_find_sfi(struct vc_df *df, uint8_t sfi)
{
    for (size_t i = 0; i < df->efs_n; i++) {
        if (sfi != 0 && df->efs[i].sfi == sfi) {
            return &df->efs[i];
        }
    }
    return NULL;
}

struct vc_ef *vc_df_find_fid(struct vc_df *df, uint16_t fid)
{
    for (size_t i = 0; i < df->efs_n; i++) {
        if (df->efs[i].fid == fid) {
            return &df->efs[i];
        }
    }
    return NULL;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789ABCDEFabcdef";
    const char *at = c ? strchr(digits, c) : NULL;
    if (!at) {
        return -1;
    }
    int value = (int)(at - digits);
    return value < 16 ? value : value - 6;
}

bool vc_hex_parse(const char *text, uint8_t *ret_bytes, size_t cap, size_t *ret_n)
{
    size_t n = 0;
    while (*text) {
        if (*text == ' ') {
            text++;
            continue;
        }
        int high = hex_digit(text[0]);
        int low = high < 0 ? -1 : hex_digit(text[1]);
        if (low < 0 || n == cap) {
            return false;
        }
        ret_bytes[n++] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    *ret_n = n;
    return true;
}

bool vc_bcd_parse(const char *text, uint8_t *ret_bytes, size_t cap, size_t *ret_n)
{
    size_t digits = strlen(text);
    if (strspn(text, "0123456789") != digits || (digits + 1) / 2 > cap) {
        return false;
    }
    for (size_t i = 0; i < digits; i += 2) {
        int low = text[i + 1] ? text[i + 1] - '0' : 0xF;
        ret_bytes[i / 2] = (uint8_t)((text[i] - '0') << 4 | low);
    }
    *ret_n = (digits + 1) / 2;
    return true;
}

static bool load_pin(struct vc_fs *fs, const char *line)
{
    char digits[2 * VC_PIN_SIZE + 1];
    uint8_t bytes[VC_PIN_SIZE];
    uint8_t tries = 0;
    size_t n = 0;
    char more = 0;
    if (sscanf(line, "pin %6s %" SCNu8 " %c", digits, &tries, &more) != 2 ||
        !vc_bcd_parse(digits, bytes, sizeof bytes, &n) || n != sizeof bytes ||
        tries > fs->pin.tries_limit) {
        return false;
    }
    memcpy(fs->pin.digits, bytes, sizeof bytes);
    fs->pin.tries = tries;
    return true;
}

static bool load_record(struct vc_fs *fs, const char *line)
{
    uint16_t df_fid = 0;
    uint16_t ef_fid = 0;
    unsigned number = 0;
    char hex[2 * VC_MAX_RECORD + 1];
    uint8_t bytes[VC_MAX_RECORD];
    size_t n = 0;
    if (sscanf(line, "record %4" SCNx16 " %4" SCNx16 " %3u %510s", &df_fid, &ef_fid, &number,
               hex) != 4) {
        return false;
    }
    size_t df = vc_fs_find_fid(fs, df_fid);
    struct vc_ef *ef = df < fs->dfs_n ? vc_df_find_fid(&fs->dfs[df], ef_fid) : NULL;
    if (!ef || number == 0 || number > ef->records_n ||
        !vc_hex_parse(hex, bytes, sizeof bytes, &n) || n != ef->records[number - 1].length) {
        return false;
    }
    memcpy(ef->records[number - 1].bytes, bytes, n);
    ef->records[number - 1].updated = true;
    return true;
}

bool vc_fs_load(struct vc_fs *fs, const char *path, struct vc_err *reterr)
{
    char line[2 * VC_MAX_RECORD + 64];
    unsigned number = 0;
    bool ok = true;
    FILE *file = fopen(path, "re");
    if (!file) {
        if (errno == ENOENT) {
            return true;
        }
        snprintf(reterr->text, sizeof reterr->text, "%s: %s", path, strerror(errno));
        return false;
    }
    while (ok && fgets(line, sizeof line, file)) {
        number++;
        ok = number == 1 ? strcmp(line, state_header) == 0
                         : load_pin(fs, line) || load_record(fs, line);
    }
    if (!ok || number == 0 || ferror(file)) {
        snprintf(reterr->text, sizeof reterr->text,
                 "%s:%u: not the state of a card of this profile; remove the file to start afresh",
                 path, number);
        ok = false;
    }
    fclose(file);
    return ok;
}

static void write_hex(FILE *file, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fprintf(file, "%02X", bytes[i]);
    }
}

static void write_state(const struct vc_fs *fs, FILE *file)
{
    fputs(state_header, file);
    if (fs->pin.present) {
        fputs("pin ", file);
        write_hex(file, fs->pin.digits, sizeof fs->pin.digits);
        fprintf(file, " %u\n", fs->pin.tries);
    }
    for (size_t d = 0; d < fs->dfs_n; d++) {
        const struct vc_df *df = &fs->dfs[d];
        for (size_t e = 0; e < df->efs_n; e++) {
            const struct vc_ef *ef = &df->efs[e];
            for (size_t r = 0; r < ef->records_n; r++) {
                if (ef->records[r].updated) {
                    fprintf(file, "record %04X %04X %zu ", df->fid, ef->fid, r + 1);
                    write_hex(file, ef->records[r].bytes, ef->records[r].length);
                    fputc('\n', file);
                }
            }
        }
    }
}

bool vc_fs_save(const struct vc_fs *fs, const char *path)
{
    char temporary[4096];
    int length = snprintf(temporary, sizeof temporary, "%s.new", path);
    if (length < 0 || (size_t)length >= sizeof temporary) {
        return false;
    }
    /* The PIN is in it. */
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return false;
    }
    FILE *file = fdopen(fd, "w");
    if (!file) {
        close(fd);
        unlink(temporary);
        return false;
    }
    write_state(fs, file);
    bool ok = fflush(file) == 0 && !ferror(file) && fsync(fd) == 0;
    ok = fclose(file) == 0 && ok;
    ok = ok && rename(temporary, path) == 0;
    if (!ok) {
        unlink(temporary);
    }
    return ok;
}
