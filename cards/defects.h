/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_DEFECTS_H
#define VC_DEFECTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum vc_defect {
#define VC_DEFECT(id, name, clause, text) VC_DEFECT_##id,
#include "defects.def"
#undef VC_DEFECT
    VC_DEFECT_COUNT
};

struct vc_defects {
    bool on[VC_DEFECT_COUNT];
};

/* False where no defect has this name. */
bool vc_defects_enable(struct vc_defects *defects, const char *name);
/* One line for each: name, clause and what goes wrong, separated by tabs. */
void vc_defects_list(FILE *out);
/* What a record of this tag is personalised with: `text`, or what a defect puts there. */
const char *vc_defects_text(const struct vc_defects *defects, uint8_t tag, const char *text);

#endif
