/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_FS_H
#define VC_FS_H

#include "crypto/symmetric.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VC_MAX_DFS = 16,
    VC_MAX_EFS = 24,
    VC_MAX_RECORDS = 16,
    VC_MAX_RECORD = 255,
    VC_MAX_BODY = 2048,
    VC_MAX_KEYS = 96,
    VC_MAX_DF_NAME = 16,
    VC_MAX_FCI = 200,
    VC_MAX_PIN = 12,
    VC_MAX_TRIES = 15,
    VC_MAX_VALUES = 16,
    VC_MAX_VALUE = 64
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

/* A file of records, or a transparent one: a body that is read by offset. */
struct vc_ef {
    uint16_t fid;
    uint8_t sfi; /* 0: none */
    bool transparent;
    struct vc_rule read;
    struct vc_rule update;
    bool update_mac; /* an update is refused unless it carries the MAC of `mac_key` */
    size_t mac_key;  /* place in the keys of the directory */
    struct vc_record records[VC_MAX_RECORDS];
    size_t records_n;
    uint8_t body[VC_MAX_BODY];
    size_t body_n;
    bool body_updated;
};

enum vc_key_use { VC_KEY_INTERNAL, VC_KEY_EXTERNAL, VC_KEY_MAC, VC_KEY_PSAM };

struct vc_key {
    char name[16];
    enum vc_key_use use;
    enum vc_algorithm algorithm;
    uint8_t usage;              /* PSAM: levels of diversification in bits 8-6, type in bits 5-1 */
    uint8_t index;              /* reference in the command */
    uint8_t version;            /* of several with one index; 0: the only one */
    uint8_t value[VC_KEY_SIZE]; /* card: diversified; PSAM: master */
    uint8_t tries;              /* left; at 0 the key is blocked */
    uint8_t tries_limit;        /* 0: wrong uses are not counted */
};

struct vc_pin {
    bool present;
    uint8_t value[VC_MAX_PIN];
    size_t length;
    uint8_t tries;
    uint8_t tries_limit;
    struct vc_rule unblock; /* what PIN CHANGE/UNBLOCK needs beside its MAC */
    bool mac;               /* whether it needs one, of `mac_key` */
    size_t mac_key;
};

enum vc_life { VC_LIFE_ACTIVE, VC_LIFE_BLOCKED, VC_LIFE_DEAD };

/* A named value that an application keeps from one insertion to the next. */
struct vc_value {
    char name[16];
    uint8_t bytes[VC_MAX_VALUE];
    size_t length;
};

struct vc_app;

struct vc_df {
    uint16_t fid;
    size_t parent; /* place of the directory that it lies in; of the MF, 0 */
    uint8_t name[VC_MAX_DF_NAME];
    size_t name_length;
    uint8_t proprietary[VC_MAX_FCI]; /* contents of the template A5 of the FCI */
    size_t proprietary_length;
    const struct vc_app *app; /* whose commands it has, beside those of all directories, or NULL */
    void *app_data;           /* of the application, from calloc(); freed with the file system */
    enum vc_life life;
    struct vc_key keys[VC_MAX_KEYS];
    size_t keys_n;
    struct vc_pin pin;
    struct vc_ef efs[VC_MAX_EFS];
    size_t efs_n;
    struct vc_value values[VC_MAX_VALUES];
    size_t values_n;
};

/* dfs[0] is the MF. */
struct vc_fs {
    struct vc_df dfs[VC_MAX_DFS];
    size_t dfs_n;
    bool card_blocked;
};

void vc_fs_free(struct vc_fs *fs);
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

/* The place of the directory whose PIN counts in directory `df`: itself or the nearest above it
 * that has one; dfs_n where there is none. */
size_t vc_fs_find_pin(const struct vc_fs *fs, size_t df);
/* The value of that name, or NULL. */
const struct vc_value *vc_df_value(const struct vc_df *df, const char *name);
/* Sets a value of at most VC_MAX_VALUE bytes. False where there is no room. */
bool vc_df_set_value(struct vc_df *df, const char *name, const uint8_t *bytes, size_t n);

#endif
