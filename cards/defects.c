/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of defects, and those that are wrong contents: they change what a record is
 * personalised with. Defects of behaviour are guarded where the behaviour is.
 */
#include "defects.h"

#include <string.h>

static const struct {
    const char *name;
    const char *clause;
    const char *text;
} list[VC_DEFECT_COUNT] = {
#define VC_DEFECT(id, name, clause, text) {name, clause, text},
#include "defects.def"
#undef VC_DEFECT
};

bool vc_defects_enable(struct vc_defects *defects, const char *name)
{
    for (size_t i = 0; i < VC_DEFECT_COUNT; i++) {
        if (strcmp(list[i].name, name) == 0) {
            defects->on[i] = true;
            return true;
        }
    }
    return false;
}

void vc_defects_list(FILE *out)
{
    for (size_t i = 0; i < VC_DEFECT_COUNT; i++) {
        fprintf(out, "%s\t%s\t%s\n", list[i].name, list[i].clause, list[i].text);
    }
}

const char *vc_defects_text(const struct vc_defects *defects, uint8_t tag, const char *text)
{
    /* Where the defect is not the check digit, it is right: only the comparison with the bank
     * finds such a number. */
    static const struct {
        uint8_t tag;
        enum vc_defect defect;
        const char *text;
    } wrong[] = {
        {0x03, VC_DEFECT_WRONG_VERSION, "1.00"},
        {0x02, VC_DEFECT_SAYS_VERSION_2, "2"},
        {0x03, VC_DEFECT_SAYS_VERSION_2, "2.00"},
        {0x02, VC_DEFECT_SHEDS_VERSION_3, "2"},
        {0x03, VC_DEFECT_SHEDS_VERSION_3, "2.00"},
        {0x06, VC_DEFECT_EXPIRED_CARD, "20200101"},
        {0x07, VC_DEFECT_CARD_NUMBER_DIFFERS, "B0000014X"},
        {0x08, VC_DEFECT_ID_NUMBER_DIFFERS, "110101190001010030"},
        {0x09, VC_DEFECT_NAME_DIFFERS, "测试二"},
        {0x09, VC_DEFECT_NAME_WITH_SPACES, "测试一                        "},
        {0x01, VC_DEFECT_WRONG_RID, "110000D156000006B00000131000000A"},
        {0x04, VC_DEFECT_WRONG_INITIALISER, "915600000111000001010001"},
        {0x05, VC_DEFECT_IMPOSSIBLE_DATE, "20240231"},
        {0x07, VC_DEFECT_CARD_NUMBER_CHECK, "B00000132"},
        {0x08, VC_DEFECT_ID_NUMBER_CHECK, "110101190001010015"},
        {0x0B, VC_DEFECT_UNKNOWN_ETHNIC_GROUP, "77"},
        {0x0C, VC_DEFECT_UNKNOWN_BIRTHPLACE, "990101"},
        {0x0D, VC_DEFECT_BIRTH_DATE_AGAINST_ID, "19000102"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (wrong[i].tag == tag && defects->on[wrong[i].defect]) {
            return wrong[i].text;
        }
    }
    if (tag == 0x0A && defects->on[VC_DEFECT_SEX_AGAINST_ID]) {
        return strcmp(text, "1") == 0 ? "2" : "1";
    }
    return text;
}
