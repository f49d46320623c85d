/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files: whole reads with a cap, atomic writes, folders. Errors name the path and the remedy that
 * errno suggests.
 */
#ifndef YS_FILE_H
#define YS_FILE_H

#include <stdbool.h>

#include "ys_buf.h"
#include "ys_crypto.h"
#include "ys_err.h"
#include "ys_mem.h"

/* Appends the whole file to `buf`; its max applies. YS_ERR_NOT_FOUND, YS_ERR_IO, YS_ERR_LIMIT. */
YS_NODISCARD enum ys_status ys_file_read(const char *path, struct ys_buf *buf,
                                         struct ys_err *reterr);
/* SM3 of a file of any length, in lower-case digits. YS_ERR_NOT_FOUND, YS_ERR_IO. */
YS_NODISCARD enum ys_status ys_file_sm3(const char *path, char ret_hex[YS_SM3_HEX_MAX],
                                        struct ys_err *reterr);
/* Writes beside `path`, makes it durable and renames: readers see the old or the new content. */
YS_NODISCARD enum ys_status ys_file_write(const char *path, const void *bytes, size_t length,
                                          struct ys_err *reterr);
/* The same piece by piece: nothing is seen of it before the end. Faults stick, and ending tells
 * them. */
struct ys_file_part;
YS_NODISCARD enum ys_status ys_file_part_open(const char *path, struct ys_file_part **ret_part,
                                              struct ys_err *reterr);
void ys_file_part_write(struct ys_file_part *part, const void *bytes, size_t length);
/* Frees in any case. */
YS_NODISCARD enum ys_status ys_file_part_end(struct ys_file_part *part, struct ys_err *reterr);
void ys_file_part_abandon(struct ys_file_part *part); /* leaves no file; NULL is fine */
/* Gives a file a second name, in the place of what had it; a copy where the file system has no hard
 * links. */
YS_NODISCARD enum ys_status ys_file_also(const char *path, const char *name,
                                         struct ys_err *reterr);
/* Makes a folder and its parents; an existing one is fine. */
YS_NODISCARD enum ys_status ys_folder_make(const char *path, struct ys_err *reterr);
/* Copies a file of any length, durably; an existing one is not written over. YS_ERR_NOT_FOUND,
 * YS_ERR_IO. */
YS_NODISCARD enum ys_status ys_file_copy(const char *from, const char *to, struct ys_err *reterr);
/* Removes a folder that this process made, with all that is in it; links are not followed. What
 * cannot be removed stays. */
void ys_folder_remove(const char *path);
bool ys_file_exists(const char *path);
bool ys_folder_exists(const char *path);
/* Names (not paths) in a folder with this ending (NULL: all), sorted by bytes. Arena-owned. */
YS_NODISCARD enum ys_status ys_folder_list(struct ys_arena *arena, const char *path,
                                           const char *ending, const char ***ret_names,
                                           size_t *ret_count, struct ys_err *reterr);
/* `name` relative to the folder of `base_file`, unless it is absolute. Arena-owned. */
const char *ys_path_beside(struct ys_arena *arena, const char *base_file, const char *name);
const char *ys_path_join(struct ys_arena *arena, const char *folder, const char *name);

#endif
