/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_FS_H
#define VC_FS_H

#include "crypto.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VC_MAX_DFS = 6,
    VC_MAX_EFS = 8,
    VC_MAX_RECORDS = 16,
    VC_MAX_RECORD = 255,
    VC_MAX_KEYS = 12,
    VC_MAX_DF_NAME = 16,
    VC_MAX_PIN_TRIES = 15,
    VC_PIN_SIZE = 3
};

struct vc_err {
    char text[320];
};

enum vc_condition_kind {
    VC_CONDITION_FREE,
    VC_CONDITION_PIN,
    VC_CONDITION_KEY,
    VC_CONDITION_NEVER
};

struct vc_condition {
    enum vc_condition_kind kind;
    size_t key; /* place in the keys of the directory */
};

enum vc_join { VC_JOIN_NONE, VC_JOIN_OR, VC_JOIN_AND };

/* One condition, or two of which one (|) or both (+) must hold. */
struct vc_rule {
    struct vc_condition first;
    struct vc_condition second;
    enum vc_join join;
};

struct vc_record {
    uint8_t bytes[VC_MAX_RECORD];
    size_t length;
    bool updated; /* differs from the profile: part of the state file */
};

/* A transparent file is one record that is read by offset. */
struct vc_ef {
    uint16_t fid;
    uint8_t sfi; /* 0: none */
    bool transparent;
    struct vc_rule read;
    struct vc_rule update;
    struct vc_record records[VC_MAX_RECORDS];
    size_t records_n;
};

enum vc_key_use { VC_KEY_INTERNAL, VC_KEY_EXTERNAL, VC_KEY_PSAM };

struct vc_key {
    char name[16];
    enum vc_key_use use;
    enum vc_algorithm algorithm;
    uint8_t usage;              /* PSAM: levels of diversification in bits 8-6, type in bits 5-1 */
    uint8_t index;              /* reference in the command */
    uint8_t value[VC_KEY_SIZE]; /* card: diversified; PSAM: master */
};

struct vc_df {
    uint16_t fid;
    uint8_t name[VC_MAX_DF_NAME];
    size_t name_length;
    uint8_t proprietary[16]; /* contents of the template A5 of the FCI */
    size_t proprietary_length;
    struct vc_key keys[VC_MAX_KEYS];
    size_t keys_n;
    struct vc_ef efs[VC_MAX_EFS];
    size_t efs_n;
};

struct vc_pin {
    bool present;
    size_t df;                   /* the application that it belongs to */
    uint8_t digits[VC_PIN_SIZE]; /* BCD */
    uint8_t tries;
    uint8_t tries_limit;
};

/* dfs[0] is the MF; the others lie below it. */
struct vc_fs {
    struct vc_df dfs[VC_MAX_DFS];
    size_t dfs_n;
    struct vc_pin pin;
};

/* The place of a directory, or dfs_n where there is none. */
size_t vc_fs_find_name(const struct vc_fs *fs, const uint8_t *name, size_t n);
size_t vc_fs_find_fid(const struct vc_fs *fs, uint16_t fid);
/* Whether a record begins with this tag. */
bool vc_fs_has_tag(const struct vc_fs *fs, uint8_t tag);
/* NULL where the directory has no such file. Owned by the file system. */
struct vc_ef *vc_df_find_sfi(struct vc_df *df, uint8_t sfi);
struct vc_ef *vc_df_find_fid(struct vc_df *df, uint16_t fid);

/* Hexadecimal digits, blanks between bytes allowed. False for anything else and for more than
 * `cap` bytes. */
bool vc_hex_parse(const char *text, uint8_t *ret_bytes, size_t cap, size_t *ret_n);
/* The digits of a decimal text, two in a byte, the last half padded with F. */
bool vc_bcd_parse(const char *text, uint8_t *ret_bytes, size_t cap, size_t *ret_n);

/*
 * The state file holds what survives the card being taken out: the PIN, its tries and updated
 * records. It is replaced as a whole, so a reader finds the old one or the new one. Loading a file
 * that does not exist leaves the file system as it is.
 */
bool vc_fs_load(struct vc_fs *fs, const char *path, struct vc_err *reterr);
bool vc_fs_save(const struct vc_fs *fs, const char *path);

#endif
