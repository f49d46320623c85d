/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of an OSCAL document that stand around its findings. Private to the reports. */
#ifndef YS_OSCAL_PARTS_H
#define YS_OSCAL_PARTS_H

#include "ys_export.h"

/* A clause's number as a token: "5.5.6" is "clause-5.5.6". Arena-owned. */
const char *ys_oscal_clause_id(struct ys_export *export, const struct ys_value *clause);
/* What names a document or an attestation within the run. Arena-owned. */
const char *ys_oscal_item_name(struct ys_export *export, const struct ys_value *item);
/* When the run started; the epoch where the result does not say. */
const char *ys_oscal_started(struct ys_export *export);

void ys_oscal_metadata(struct ys_export *export);
/* What OSCAL has no field for: verdict, cause, mode, counts … of a clause, case or result. */
void ys_oscal_props(struct ys_export *export, const struct ys_value *map);
void ys_oscal_tools(struct ys_export *export);
void ys_oscal_attestations(struct ys_export *export);
void ys_oscal_observations(struct ys_export *export);
void ys_oscal_back_matter(struct ys_export *export);

#endif
