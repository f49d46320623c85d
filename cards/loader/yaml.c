/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading YAML nodes. Every name in a profile is known to who reads it or it is an error, so a
 * misspelt rule cannot leave a file open.
 */
#include "loader/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool vc_yaml_fail(const struct vc_yaml *yaml, const yaml_node_t *node, const char *format, ...)
{
    char text[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(yaml->reterr->text, sizeof yaml->reterr->text, "%.100s:%zu: %s", yaml->path,
             node ? node->start_mark.line + 1 : (size_t)1, text);
    return false;
}

static yaml_node_t *node_at(const struct vc_yaml *yaml, int index)
{
    return yaml_document_get_node(yaml->document, index);
}

const char *vc_yaml_scalar(const yaml_node_t *node)
{
    if (!node || node->type != YAML_SCALAR_NODE ||
        memchr(node->data.scalar.value, 0, node->data.scalar.length)) {
        return NULL;
    }
    return (const char *)node->data.scalar.value;
}

yaml_node_t *vc_yaml_find(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name)
{
    for (yaml_node_pair_t *pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top;
         pair++) {
        const char *key = vc_yaml_scalar(node_at(yaml, pair->key));
        if (key && strcmp(key, name) == 0) {
            return node_at(yaml, pair->value);
        }
    }
    return NULL;
}

bool vc_yaml_check_map(const struct vc_yaml *yaml, const yaml_node_t *map,
                       const char *const names[])
{
    if (map->type != YAML_MAPPING_NODE) {
        return vc_yaml_fail(yaml, map, "a mapping is expected here");
    }
    for (yaml_node_pair_t *pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *node = node_at(yaml, pair->key);
        const char *key = vc_yaml_scalar(node);
        size_t i = 0;
        while (key && names[i] && strcmp(names[i], key) != 0) {
            i++;
        }
        if (!key || !names[i]) {
            return vc_yaml_fail(yaml, node, "unknown entry \"%s\"", key ? key : "?");
        }
        if (vc_yaml_find(yaml, map, key) != node_at(yaml, pair->value)) {
            return vc_yaml_fail(yaml, node, "\"%s\" stands here twice", key);
        }
    }
    return true;
}

bool vc_yaml_text(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                  const char **ret_text)
{
    const yaml_node_t *node = vc_yaml_find(yaml, map, name);
    const char *text = vc_yaml_scalar(node);
    if (!text || !*text) {
        return vc_yaml_fail(yaml, node ? node : map, "\"%s\" is needed, a text", name);
    }
    *ret_text = text;
    return true;
}

bool vc_yaml_bytes(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                   uint8_t *ret_bytes, size_t least, size_t most, size_t *ret_n)
{
    const char *text = NULL;
    if (!vc_yaml_text(yaml, map, name, &text)) {
        return false;
    }
    if (!vc_hex_parse(text, ret_bytes, most, ret_n) || *ret_n < least) {
        return vc_yaml_fail(yaml, vc_yaml_find(yaml, map, name),
                            "\"%s\" must be %zu to %zu bytes in hexadecimal", name, least, most);
    }
    return true;
}

bool vc_yaml_byte(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                  uint8_t *ret_byte)
{
    size_t n = 0;
    return vc_yaml_bytes(yaml, map, name, ret_byte, 1, 1, &n);
}

bool vc_yaml_fid(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                 uint16_t *ret_fid)
{
    uint8_t bytes[2] = {0};
    size_t n = 0;
    if (!vc_yaml_bytes(yaml, map, name, bytes, 2, 2, &n)) {
        return false;
    }
    *ret_fid = (uint16_t)(bytes[0] << 8 | bytes[1]);
    return true;
}

bool vc_yaml_number(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                    size_t most, size_t *ret_number)
{
    const char *text = NULL;
    size_t number = 0;
    if (!vc_yaml_text(yaml, map, name, &text)) {
        return false;
    }
    for (const char *c = text; *c; c++) {
        number = *c >= '0' && *c <= '9' ? number * 10 + (size_t)(*c - '0') : most + 1;
        if (number > most) {
            return vc_yaml_fail(yaml, vc_yaml_find(yaml, map, name),
                                "\"%s\" must be a number up to %zu", name, most);
        }
    }
    *ret_number = number;
    return true;
}

bool vc_yaml_choice(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                    const char *const words[], size_t *ret_place)
{
    char all[160] = "";
    const char *text = NULL;
    if (!vc_yaml_text(yaml, map, name, &text)) {
        return false;
    }
    for (size_t i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0) {
            *ret_place = i;
            return true;
        }
        size_t at = strlen(all);
        snprintf(all + at, sizeof all - at, "%s%s", i ? ", " : "", words[i]);
    }
    return vc_yaml_fail(yaml, vc_yaml_find(yaml, map, name), "\"%s\" is one of %s", name, all);
}

bool vc_yaml_each(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                  struct vc_df *df, size_t most,
                  bool (*read)(const struct vc_yaml *, const yaml_node_t *, struct vc_df *))
{
    const yaml_node_t *list = vc_yaml_find(yaml, map, name);
    if (!list) {
        return true;
    }
    if (list->type != YAML_SEQUENCE_NODE) {
        return vc_yaml_fail(yaml, list, "\"%s\" must be a list", name);
    }
    if ((size_t)(list->data.sequence.items.top - list->data.sequence.items.start) > most) {
        return vc_yaml_fail(yaml, list, "\"%s\" has more than %zu entries", name, most);
    }
    for (yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top; item++) {
        if (!read(yaml, node_at(yaml, *item), df)) {
            return false;
        }
    }
    return true;
}
