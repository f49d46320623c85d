/* SPDX-License-Identifier: Apache-2.0 */
/* Directories, files and values of the card: finding them. */
#include "iso/fs.h"

#include <stdlib.h>
#include <string.h>

void vc_fs_free(struct vc_fs *fs)
{
    for (size_t i = 0; i < fs->dfs_n; i++) {
        free(fs->dfs[i].app_data);
    }
}

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

size_t vc_fs_find_pin(const struct vc_fs *fs, size_t df)
{
    while (!fs->dfs[df].pin.present) {
        if (df == 0) {
            return fs->dfs_n;
        }
        df = fs->dfs[df].parent;
    }
    return df;
}

static size_t find_value(const struct vc_df *df, const char *name)
{
    size_t i = 0;
    while (i < df->values_n && strcmp(df->values[i].name, name) != 0) {
        i++;
    }
    return i;
}

const struct vc_value *vc_df_value(const struct vc_df *df, const char *name)
{
    size_t i = find_value(df, name);
    return i < df->values_n ? &df->values[i] : NULL;
}

bool vc_df_set_value(struct vc_df *df, const char *name, const uint8_t *bytes, size_t n)
{
    size_t i = find_value(df, name);
    if (i == VC_MAX_VALUES || n > VC_MAX_VALUE || strlen(name) >= sizeof df->values[i].name) {
        return false;
    }
    if (i == df->values_n) {
        memcpy(df->values[df->values_n++].name, name, strlen(name) + 1);
    }
    memcpy(df->values[i].bytes, bytes, n);
    df->values[i].length = n;
    return true;
}
