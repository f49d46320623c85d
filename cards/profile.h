/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_PROFILE_H
#define VC_PROFILE_H

#include "defects.h"
#include "fs.h"

enum { VC_MAX_ATR = 33, VC_HISTORICAL_SIZE = 13, VC_MAX_SETTINGS = 16 };

/* Another text for the records of a tag, in the encoding of the record. The texts are borrowed. */
struct vc_settings {
    struct {
        uint8_t tag;
        const char *text;
    } list[VC_MAX_SETTINGS];
    size_t n;
};

enum vc_kind { VC_KIND_CARD, VC_KIND_PSAM };

struct vc_profile {
    enum vc_kind kind;
    uint8_t atr[VC_MAX_ATR]; /* ends with 13 historical bytes */
    size_t atr_length;
    uint8_t factors[2][VC_FACTOR_SIZE]; /* of a card's keys, in the order of their use */
    struct vc_fs fs;
};

/*
 * Reads a profile and personalises the card with it: texts become record contents, master keys
 * become card keys. Settings, which may be NULL, come before the texts of the profile. Errors name
 * file and line.
 */
bool vc_profile_load(const char *path, const struct vc_settings *settings,
                     const struct vc_defects *defects, struct vc_profile *ret_profile,
                     struct vc_err *reterr);

#endif
