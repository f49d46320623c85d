/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_YAML_H
#define VC_YAML_H

#include "loader/profile.h"

#include <yaml.h>

/* A profile being read: what the parts of the loader, and the applications, hand to each other. */
struct vc_yaml {
    const char *path;
    yaml_document_t *document;
    const struct vc_settings *settings;
    const struct vc_defects *defects;
    struct vc_profile *profile;
    struct vc_err *reterr;
};

/* Always false; the error names the file and the line of the node, which may be NULL. */
bool vc_yaml_fail(const struct vc_yaml *yaml, const yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* NULL where the node is no scalar or holds a zero byte. */
const char *vc_yaml_scalar(const yaml_node_t *node);
/* The value of an entry, or NULL. */
yaml_node_t *vc_yaml_find(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name);
/* A mapping whose keys are all among `names`, which a NULL ends, none of them twice. */
bool vc_yaml_check_map(const struct vc_yaml *yaml, const yaml_node_t *map,
                       const char *const names[]);
/* Entries that are needed; the error says so where they are missing or not of their kind. */
bool vc_yaml_text(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                  const char **ret_text);
bool vc_yaml_bytes(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                   uint8_t *ret_bytes, size_t least, size_t most, size_t *ret_n);
bool vc_yaml_byte(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                  uint8_t *ret_byte);
bool vc_yaml_fid(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                 uint16_t *ret_fid);
bool vc_yaml_number(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                    size_t most, size_t *ret_number);
/* One of `words`, which a NULL ends, by its place. */
bool vc_yaml_choice(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                    const char *const words[], size_t *ret_place);
/* Calls `read` for each item of the sequence `name`, which may be missing. */
bool vc_yaml_each(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                  struct vc_df *df, size_t most,
                  bool (*read)(const struct vc_yaml *, const yaml_node_t *, struct vc_df *));

#endif
