/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_PROFILE_H
#define VC_PROFILE_H

#include "defects.h"
#include "iso/fs.h"

enum { VC_MAX_ATR = 33, VC_HISTORICAL_SIZE = 13, VC_MAX_SETTINGS = 16, VC_LEVELS = 3 };

/* Another text for the records of a tag, in the encoding of the record. The texts are borrowed. */
struct vc_settings {
    struct {
        uint8_t tag;
        const char *text;
    } list[VC_MAX_SETTINGS];
    size_t n;
};

struct vc_profile {
    uint8_t atr[VC_MAX_ATR];
    size_t atr_length;
    bool has_tck;
    bool t1;                                    /* the ATR offers T=1, which is spoken then */
    bool extended;                              /* commands of extended length are understood */
    bool chaining;                              /* and chained commands */
    uint8_t factors[VC_LEVELS][VC_FACTOR_SIZE]; /* of a card's keys, in the order of their use */
    struct vc_fs fs;
};

/*
 * Reads a profile and personalises the card with it: texts become record contents, master keys
 * become card keys. Settings, which may be NULL, come before the texts of the profile.
 * `ret_profile` is zero before; its file system is freed by the caller, also after an error, which
 * names file and line.
 */
bool vc_profile_load(const char *path, const struct vc_settings *settings,
                     const struct vc_defects *defects, struct vc_profile *ret_profile,
                     struct vc_err *reterr);

#endif
