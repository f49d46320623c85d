/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BER-TLV (ISO/IEC 8825-1 as ISO/IEC 7816-4, 5.2.2 narrows it) and the simple tag-length-value
 * records of the social security application (one-byte tag, one-byte length).
 */
#ifndef YS_TLV_H
#define YS_TLV_H

#include "ys_value.h"

struct ys_tlv {
    uint32_t tag;
    bool constructed;
    const uint8_t *bytes; /* the value field, borrowed from the input */
    size_t length;
    const struct ys_tlv *children; /* of a constructed object */
    size_t child_count;
};

enum ys_tlv_form { YS_TLV_BER, YS_TLV_SIMPLE };

/* Reads all objects of the input. YS_ERR_SYNTAX names the offset. 00 and FF between BER objects
 * are padding. Arena-owned; the values point into `bytes`. */
YS_NODISCARD enum ys_status ys_tlv_parse(struct ys_arena *arena, enum ys_tlv_form form,
                                         const uint8_t *bytes, size_t length,
                                         const struct ys_tlv **ret_objects, size_t *ret_count,
                                         struct ys_err *reterr);
/* Follows a path of hexadecimal tags ("6F/A5/88"); NULL when absent. */
const struct ys_tlv *ys_tlv_find(const struct ys_tlv *objects, size_t count, const char *path);
/* Whether a path is well formed: for lint. */
YS_NODISCARD enum ys_status ys_tlv_path_check(const char *path, struct ys_err *reterr);
/* [{tag, value: HEX} | {tag, children}] for evidence and reports. */
struct ys_value *ys_tlv_to_value(struct ys_arena *arena, const struct ys_tlv *objects,
                                 size_t count);
/* "FCI template" for 6F …, by language ("zh" or "en"); NULL when unknown. */
const char *ys_tlv_tag_name(uint32_t tag, const char *lang);

#endif
