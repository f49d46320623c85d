/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealed run directories joined into one: the log of the joined run begins with a record of kind
 * "merge" and then holds the records of every part, one part behind the other. They are the
 * records of the parts but for three members that count lines: "seq" and "of" are moved on by
 * what stands before the part, and "prev" continues the new chain. So each part's own chain can be
 * computed again from the joined log, and ends in the head that the part's seal names; manifest,
 * result, seal and signatures of the part are blobs that the first record cites.
 *
 *     {"kind":"merge","parts":[{"files":{"manifest.json":"<SM3>", …},"first":2,"records":40}], …}
 */
#ifndef YS_PARTS_H
#define YS_PARTS_H

#include "ys_clock.h"
#include "ys_seal.h"
#include "ys_value.h"

#define YS_PARTS_MAX 1000u

/* One part as the joined log tells it. */
struct ys_part {
    int64_t first; /* sequence number of its first record in the joined log */
    int64_t records;
    const struct ys_value *files; /* {"manifest.json": SM3 of the blob} */
};

/* The parts of a run directory; none (count 0) where it was not joined. Arena-owned.
 * YS_ERR_NOT_FOUND, YS_ERR_EVIDENCE_BROKEN. */
YS_NODISCARD enum ys_status ys_parts_read(struct ys_arena *arena, const char *run_dir,
                                          const struct ys_part **ret_parts, size_t *ret_count,
                                          struct ys_err *reterr);
/* Reads a file of a part ("manifest.json", "result.json") as JSON. Arena-owned. */
YS_NODISCARD enum ys_status ys_part_file(struct ys_arena *arena, const char *run_dir,
                                         const struct ys_part *part, const char *name,
                                         const struct ys_value **ret_value, struct ys_err *reterr);

/* Writes evidence.jsonl and blobs/ of `run_dir`, which exists and has neither, from sealed run
 * directories that verify. The head of the new chain and the number of records. */
YS_NODISCARD enum ys_status ys_parts_join(const char *run_dir, const char *const *part_dirs,
                                          size_t count, const struct ys_clock *clock,
                                          char ret_head[65], int64_t *ret_records,
                                          struct ys_err *reterr);

/* Whether every part of a joined run, whose own chain and blobs hold, is what was sealed then. A
 * fault goes to *found. */
YS_NODISCARD enum ys_status ys_parts_verify(struct ys_arena *arena, const char *run_dir,
                                            struct ys_verification *found, struct ys_err *reterr);

#endif
