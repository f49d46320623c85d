/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state file: text lines, numbers of directories and files in hexadecimal.
 *   virtual-card-state 2
 *   card blocked
 *   life <DF> blocked|dead
 *   pin <DF> <bytes> <tries>
 *   key <DF> <place> <tries>
 *   record <DF> <EF> <number> <bytes>
 *   body <DF> <EF> <bytes>
 *   value <DF> <name> <bytes>
 */
#include "iso/state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_SIZE = 2 * VC_MAX_BODY + 64 };

static const char state_header[] = "virtual-card-state 2\n";

static struct vc_df *df_of(struct vc_fs *fs, uint16_t fid)
{
    size_t place = vc_fs_find_fid(fs, fid);
    return place < fs->dfs_n ? &fs->dfs[place] : NULL;
}

static bool load_life(struct vc_fs *fs, const char *line)
{
    uint16_t fid = 0;
    char word[8];
    if (strcmp(line, "card blocked\n") == 0) {
        fs->card_blocked = true;
        return true;
    }
    if (sscanf(line, "life %4" SCNx16 " %7s", &fid, word) != 2) {
        return false;
    }
    struct vc_df *df = df_of(fs, fid);
    bool blocked = strcmp(word, "blocked") == 0;
    if (!df || (!blocked && strcmp(word, "dead") != 0)) {
        return false;
    }
    df->life = blocked ? VC_LIFE_BLOCKED : VC_LIFE_DEAD;
    return true;
}

static bool load_pin(struct vc_fs *fs, const char *line)
{
    uint16_t fid = 0;
    char hex[2 * VC_MAX_PIN + 1];
    uint8_t bytes[VC_MAX_PIN];
    uint8_t tries = 0;
    size_t n = 0;
    char more = 0;
    if (sscanf(line, "pin %4" SCNx16 " %24s %" SCNu8 " %c", &fid, hex, &tries, &more) != 3) {
        return false;
    }
    struct vc_df *df = df_of(fs, fid);
    if (!df || !df->pin.present || !vc_hex_parse(hex, bytes, sizeof bytes, &n) || n == 0 ||
        tries > df->pin.tries_limit) {
        return false;
    }
    memcpy(df->pin.value, bytes, n);
    df->pin.length = n;
    df->pin.tries = tries;
    return true;
}

static bool load_key(struct vc_fs *fs, const char *line)
{
    uint16_t fid = 0;
    unsigned place = 0;
    uint8_t tries = 0;
    char more = 0;
    if (sscanf(line, "key %4" SCNx16 " %2u %" SCNu8 " %c", &fid, &place, &tries, &more) != 3) {
        return false;
    }
    struct vc_df *df = df_of(fs, fid);
    if (!df || place >= df->keys_n || tries > df->keys[place].tries_limit) {
        return false;
    }
    df->keys[place].tries = tries;
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
    struct vc_df *df = df_of(fs, df_fid);
    struct vc_ef *ef = df ? vc_df_find_fid(df, ef_fid) : NULL;
    if (!ef || number == 0 || number > ef->records_n ||
        !vc_hex_parse(hex, bytes, sizeof bytes, &n) || n != ef->records[number - 1].length) {
        return false;
    }
    memcpy(ef->records[number - 1].bytes, bytes, n);
    ef->records[number - 1].updated = true;
    return true;
}

static bool load_body(struct vc_fs *fs, const char *line)
{
    uint16_t df_fid = 0;
    uint16_t ef_fid = 0;
    char hex[2 * VC_MAX_BODY + 1];
    uint8_t bytes[VC_MAX_BODY];
    size_t n = 0;
    if (sscanf(line, "body %4" SCNx16 " %4" SCNx16 " %4096s", &df_fid, &ef_fid, hex) != 3) {
        return false;
    }
    struct vc_df *df = df_of(fs, df_fid);
    struct vc_ef *ef = df ? vc_df_find_fid(df, ef_fid) : NULL;
    if (!ef || !ef->transparent || !vc_hex_parse(hex, bytes, sizeof bytes, &n) || n == 0) {
        return false;
    }
    memcpy(ef->body, bytes, n);
    ef->body_n = n;
    ef->body_updated = true;
    return true;
}

static bool load_value(struct vc_fs *fs, const char *line)
{
    uint16_t fid = 0;
    char name[16];
    char hex[2 * VC_MAX_VALUE + 1] = "";
    uint8_t bytes[VC_MAX_VALUE];
    size_t n = 0;
    if (sscanf(line, "value %4" SCNx16 " %15s %128s", &fid, name, hex) < 2 ||
        !vc_hex_parse(hex, bytes, sizeof bytes, &n)) {
        return false;
    }
    struct vc_df *df = df_of(fs, fid);
    return df && vc_df_set_value(df, name, bytes, n);
}

bool vc_state_load(struct vc_fs *fs, const char *path, struct vc_err *reterr)
{
    char line[LINE_SIZE];
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
                         : load_life(fs, line) || load_pin(fs, line) || load_key(fs, line) ||
                               load_record(fs, line) || load_body(fs, line) || load_value(fs, line);
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

void vc_state_write_hex(FILE *file, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fprintf(file, "%02X", bytes[i]);
    }
}

static void write_files(const struct vc_df *df, FILE *file)
{
    for (size_t e = 0; e < df->efs_n; e++) {
        const struct vc_ef *ef = &df->efs[e];
        for (size_t r = 0; r < ef->records_n; r++) {
            if (ef->records[r].updated) {
                fprintf(file, "record %04X %04X %zu ", df->fid, ef->fid, r + 1);
                vc_state_write_hex(file, ef->records[r].bytes, ef->records[r].length);
                fputc('\n', file);
            }
        }
        if (ef->body_updated) {
            fprintf(file, "body %04X %04X ", df->fid, ef->fid);
            vc_state_write_hex(file, ef->body, ef->body_n);
            fputc('\n', file);
        }
    }
}

static void write_df(const struct vc_df *df, FILE *file)
{
    if (df->life != VC_LIFE_ACTIVE) {
        fprintf(file, "life %04X %s\n", df->fid, df->life == VC_LIFE_BLOCKED ? "blocked" : "dead");
    }
    if (df->pin.present) {
        fprintf(file, "pin %04X ", df->fid);
        vc_state_write_hex(file, df->pin.value, df->pin.length);
        fprintf(file, " %u\n", df->pin.tries);
    }
    for (size_t i = 0; i < df->keys_n; i++) {
        if (df->keys[i].tries != df->keys[i].tries_limit) {
            fprintf(file, "key %04X %zu %u\n", df->fid, i, df->keys[i].tries);
        }
    }
    write_files(df, file);
    for (size_t i = 0; i < df->values_n; i++) {
        fprintf(file, "value %04X %s ", df->fid, df->values[i].name);
        vc_state_write_hex(file, df->values[i].bytes, df->values[i].length);
        fputc('\n', file);
    }
}

static void write_state(const void *what, FILE *file)
{
    const struct vc_fs *fs = what;
    fputs(state_header, file);
    if (fs->card_blocked) {
        fputs("card blocked\n", file);
    }
    for (size_t d = 0; d < fs->dfs_n; d++) {
        write_df(&fs->dfs[d], file);
    }
}

bool vc_state_replace(const char *path, void (*write)(const void *what, FILE *file),
                      const void *what)
{
    char temporary[4096];
    int length = snprintf(temporary, sizeof temporary, "%s.new", path);
    if (length < 0 || (size_t)length >= sizeof temporary) {
        return false;
    }
    /* The PINs are in it. */
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
    write(what, file);
    bool ok = fflush(file) == 0 && !ferror(file) && fsync(fd) == 0;
    ok = fclose(file) == 0 && ok;
    ok = ok && rename(temporary, path) == 0;
    if (!ok) {
        unlink(temporary);
    }
    return ok;
}

bool vc_state_save(const struct vc_fs *fs, const char *path)
{
    return vc_state_replace(path, write_state, fs);
}
