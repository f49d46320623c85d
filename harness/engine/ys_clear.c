/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a reply stands in clear in the record: an allow-list. Only what the catalogue or the
 * suite maps and does not call personal is, and what was sent as such and comes back; every other
 * value becomes a mark, so that a field that nobody foresaw cannot leak. The form of the reply, its
 * names, truth values and nulls stay.
 */
#include "ys_engine_private.h"

#include <string.h>
#include <strings.h>

#include "ys_charset.h"
#include "ys_json.h"
#include "ys_xml.h"

#define HIDDEN_KIND "unmapped"

void ys_clear_reset(struct ys_clear *clear)
{
    *clear = (struct ys_clear){0};
}

static void add_item(struct ys_exec *exec, const void *item)
{
    struct ys_clear *clear = &exec->clear;
    if (clear->count == clear->capacity) {
        size_t capacity = clear->capacity ? 2u * clear->capacity : 16u;
        const void **grown = ys_arena_calloc(&exec->arena, capacity, sizeof *grown);
        if (clear->count) {
            memcpy(grown, clear->items, clear->count * sizeof *grown);
        }
        clear->items = grown;
        clear->capacity = capacity;
    }
    clear->items[clear->count++] = item;
}

void ys_clear_value(struct ys_exec *exec, const struct ys_value *value)
{
    if (value) {
        add_item(exec, value);
    }
}

static bool is_personal(const struct ys_type *type)
{
    return type && (type->personal || type->kind == YS_TYPE_SECRET);
}

void ys_clear_typed(struct ys_exec *exec, const struct ys_type *type, const struct ys_value *value)
{
    if (is_personal(type) || !value) {
        return;
    }
    if (type && type->kind == YS_TYPE_LIST && value->kind == YS_KIND_LIST) {
        for (size_t i = 0; i < value->as.list.count; i++) {
            ys_clear_typed(exec, type->item, value->as.list.items[i]);
        }
    } else if (type && type->kind == YS_TYPE_OBJECT && value->kind == YS_KIND_MAP) {
        for (size_t i = 0; i < type->field_count; i++) {
            ys_clear_typed(exec, type->fields[i].type, ys_value_get(value, type->fields[i].name));
        }
    } else {
        ys_clear_value(exec, value);
    }
}

/* Texts of inputs that are not personal: the request shows them already. */
static void add_sent(struct ys_exec *exec, const struct ys_type *type, const struct ys_value *value,
                     struct ys_value *list)
{
    if (is_personal(type) || !value) {
        return;
    }
    if (ys_value_text(value)) {
        ys_value_append(&exec->arena, list, value);
    } else if (type && value->kind == YS_KIND_MAP) {
        for (size_t i = 0; i < type->field_count; i++) {
            add_sent(exec, type->fields[i].type, ys_value_get(value, type->fields[i].name), list);
        }
    }
}

void ys_clear_sent(struct ys_exec *exec, const struct ys_type *inputs, const struct ys_value *sent)
{
    struct ys_value *list = ys_value_list(&exec->arena);
    add_sent(exec, inputs, sent, list);
    exec->sent = list;
}

static bool was_sent(const struct ys_exec *exec, const struct ys_value *value)
{
    const char *text = ys_value_text(value);
    bool found = false;
    for (size_t i = 0; text && !found && i < ys_value_count(exec->sent); i++) {
        found = strcmp(ys_value_text(ys_value_at(exec->sent, i)), text) == 0;
    }
    return found;
}

/* ---- http steps: what the suite names there ---- */

static void clear_path(struct ys_exec *exec, const struct ys_value *tree, const char *query)
{
    const struct ys_jsonpath *path = NULL;
    const struct ys_value *nodes = NULL;
    if (tree && ys_jsonpath_parse(&exec->arena, query, &path, NULL) == YS_OK &&
        ys_jsonpath_select(&exec->arena, path, tree, &nodes, NULL) == YS_OK) {
        for (size_t i = 0; i < ys_value_count(nodes); i++) {
            ys_clear_value(exec, ys_value_at(nodes, i));
        }
    }
}

static void clear_xpath(struct ys_exec *exec, struct ys_xml *xml, const char *query)
{
    const struct ys_value *nodes = NULL;
    if (xml && query && ys_xml_select(&exec->arena, xml, query, &nodes, NULL) == YS_OK) {
        for (size_t i = 0; i < ys_value_count(nodes); i++) {
            ys_clear_value(exec, ys_value_at(nodes, i));
        }
    }
}

static void clear_saved(struct ys_exec *exec, const struct ys_step *step,
                        const struct ys_value *observation, struct ys_xml *xml)
{
    const struct ys_value *body = ys_value_get(observation, "body");
    size_t before = exec->clear.count;
    for (size_t i = 0; i < ys_value_count(step->save); i++) {
        const struct ys_value *query = step->save->as.map.members[i].value;
        if (ys_value_text(query)) {
            clear_path(exec, observation, ys_value_text(query));
        } else {
            clear_xpath(exec, xml, ys_value_get_text(query, "xml"));
        }
    }
    for (size_t i = before; i < exec->clear.count; i++) {
        exec->clear.all =
            exec->clear.all || exec->clear.items[i] == body || exec->clear.items[i] == observation;
    }
}

void ys_clear_http(struct ys_exec *exec, const struct ys_step *step,
                   const struct ys_value *observation)
{
    const struct ys_value *json = ys_value_get(step->expect, "json");
    const struct ys_value *paths = ys_value_get(step->expect, "xml");
    const char *body = ys_value_get_text(observation, "body");
    struct ys_xml *xml = NULL;
    exec->clear.step = step;
    exec->clear.json = ys_value_get(observation, "json");
    exec->clear.all = ys_value_get(step->expect, "body") != NULL;
    for (size_t i = 0; i < ys_value_count(json); i++) {
        clear_path(exec, exec->clear.json, json->as.map.members[i].name);
    }
    if (!exec->clear.json && body && ys_xml_parse(body, strlen(body), NULL, &xml, NULL) == YS_OK) {
        exec->clear.xml = true;
    }
    for (size_t i = 0; i < ys_value_count(paths); i++) {
        clear_xpath(exec, xml, paths->as.map.members[i].name);
    }
    clear_saved(exec, step, observation, xml);
    ys_xml_free(xml);
}

bool ys_clear_header(const struct ys_exec *exec, const char *name)
{
    const struct ys_step *step = exec->clear.step;
    const struct ys_value *expected = step ? ys_value_get(step->expect, "headers") : NULL;
    bool named = ys_redact_header_is_clear(name);
    for (size_t i = 0; !named && i < ys_value_count(expected); i++) {
        named = strcasecmp(expected->as.map.members[i].name, name) == 0;
    }
    for (size_t i = 0; !named && step && i < ys_value_count(step->save); i++) {
        const char *saved = ys_value_get_text(step->save->as.map.members[i].value, "header");
        named = saved && strcasecmp(saved, name) == 0;
    }
    return named;
}

/* ---- hiding ---- */

struct hiding {
    struct ys_exec *exec;
    struct ys_buf out;
    const void **table; /* of the items, by address; its size is a power of two */
    size_t table_size;
    bool *clear; /* of the scalars of JSON, in their order */
    size_t count;
    size_t capacity;
    enum ys_status status;
};

static void put(struct hiding *hiding, const char *bytes, size_t length)
{
    if (hiding->status == YS_OK) {
        hiding->status = ys_buf_append(&hiding->out, bytes, length);
    }
}

/* The mark of a value: that of its own kind where it is known. */
static const char *mark_of(struct ys_exec *exec, const char *text, size_t length)
{
    size_t known_length = 0;
    const char *known =
        ys_redact_text(exec->engine->redactor, &exec->arena, text, length, &known_length);
    if (known != text && strncmp(known, YS_MARK_BEGIN, sizeof YS_MARK_BEGIN - 1u) == 0) {
        return ys_arena_strndup(&exec->arena, known, known_length);
    }
    return ys_redact_mark(exec->engine->redactor, &exec->arena, HIDDEN_KIND,
                          ys_arena_strndup(&exec->arena, text, length));
}

static void put_mark(struct hiding *hiding, const char *text, size_t length)
{
    const char *mark = mark_of(hiding->exec, text, length);
    put(hiding, mark, strlen(mark));
}

static size_t slot_of(const struct hiding *hiding, const void *item)
{
    size_t at = (size_t)((uintptr_t)item >> 4) * (size_t)0x9E3779B97F4A7C15u;
    at &= hiding->table_size - 1u;
    while (hiding->table[at] && hiding->table[at] != item) {
        at = (at + 1u) & (hiding->table_size - 1u);
    }
    return at;
}

static void make_room(struct hiding *hiding)
{
    const struct ys_clear *clear = &hiding->exec->clear;
    hiding->table_size = 16u;
    while (hiding->table_size < 2u * (clear->count + ys_value_count(hiding->exec->sent))) {
        hiding->table_size *= 2u;
    }
    hiding->table =
        ys_arena_calloc(&hiding->exec->arena, hiding->table_size, sizeof *hiding->table);
}

static void make_table(struct hiding *hiding)
{
    const struct ys_clear *clear = &hiding->exec->clear;
    for (size_t i = 0; i < clear->count; i++) {
        hiding->table[slot_of(hiding, clear->items[i])] = clear->items[i];
    }
}

/* Notes for each scalar below a value, in the order of the text, whether it is clear. */
static void walk(struct hiding *hiding, const struct ys_value *value, bool clear)
{
    clear = clear || hiding->table[slot_of(hiding, value)];
    if (value->kind == YS_KIND_MAP || value->kind == YS_KIND_LIST) {
        bool is_map = value->kind == YS_KIND_MAP;
        for (size_t i = 0; i < ys_value_count(value); i++) {
            walk(hiding, is_map ? value->as.map.members[i].value : value->as.list.items[i], clear);
        }
        return;
    }
    if (hiding->count == hiding->capacity) {
        hiding->capacity = hiding->capacity ? 2u * hiding->capacity : 64u;
        hiding->clear = ys_realloc(hiding->clear, hiding->capacity * sizeof *hiding->clear);
    }
    hiding->clear[hiding->count++] = clear || was_sent(hiding->exec, value) ||
                                     value->kind == YS_KIND_BOOL || value->kind == YS_KIND_NULL;
}

static size_t string_end(const char *text, size_t length, size_t at)
{
    at++;
    while (at < length && text[at] != '"') {
        at += text[at] == '\\' ? 2u : 1u;
    }
    return at < length ? at + 1u : length;
}

static size_t skip(const char *text, size_t length, size_t at, const char *set, bool in_set)
{
    while (at < length && text[at] && (strchr(set, text[at]) != NULL) == in_set) {
        at++;
    }
    return at;
}

/* The text of JSON with every scalar that is not clear replaced. It has been parsed: it is well
 * formed. */
static void hide_json(struct hiding *hiding, const char *text, size_t length)
{
    static const char blanks[] = " \t\r\n";
    static const char punctuation[] = " \t\r\n{}[],:";
    size_t scalar = 0;
    for (size_t at = 0; at < length;) {
        size_t start = at;
        if (strchr(punctuation, text[at])) {
            put(hiding, text + at++, 1);
            continue;
        }
        bool is_string = text[at] == '"';
        at = is_string ? string_end(text, length, at) : skip(text, length, at, punctuation, false);
        size_t next = skip(text, length, at, blanks, true);
        bool is_name = is_string && next < length && text[next] == ':';
        bool is_clear = is_name || (scalar < hiding->count && hiding->clear[scalar]);
        scalar += is_name ? 0 : 1u;
        if (is_clear) {
            put(hiding, text + start, at - start);
        } else {
            put(hiding, "\"", 1);
            put_mark(hiding, text + start + (is_string ? 1u : 0u),
                     at - start - (is_string ? 2u : 0u));
            put(hiding, "\"", 1);
        }
    }
}

/* FNV-1a. */
static size_t slot_of_text(const struct hiding *hiding, const char *text, size_t length)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (uint8_t)text[i]) * UINT64_C(0x100000001B3);
    }
    size_t at = (size_t)hash & (hiding->table_size - 1u);
    while (hiding->table[at]) {
        const char *known = hiding->table[at];
        if (strlen(known) == length && memcmp(known, text, length) == 0) {
            break;
        }
        at = (at + 1u) & (hiding->table_size - 1u);
    }
    return at;
}

/* In XML a value is known by its text. */
static void make_text_table(struct hiding *hiding)
{
    const struct ys_clear *clear = &hiding->exec->clear;
    for (size_t i = 0; i < clear->count; i++) {
        const char *text = ys_value_text(clear->items[i]);
        if (text) {
            hiding->table[slot_of_text(hiding, text, strlen(text))] = text;
        }
    }
    for (size_t i = 0; i < ys_value_count(hiding->exec->sent); i++) {
        const char *text = ys_value_text(ys_value_at(hiding->exec->sent, i));
        hiding->table[slot_of_text(hiding, text, strlen(text))] = text;
    }
}

static void put_xml_text(struct hiding *hiding, const char *text, size_t length)
{
    static const char blanks[] = " \t\r\n";
    size_t start = skip(text, length, 0, blanks, true);
    size_t end = length;
    while (end > start && strchr(blanks, text[end - 1u])) {
        end--;
    }
    put(hiding, text, start);
    if (end > start && !hiding->table[slot_of_text(hiding, text + start, end - start)]) {
        put_mark(hiding, text + start, end - start);
    } else {
        put(hiding, text + start, end - start);
    }
    put(hiding, text + end, length - end);
}

/* A tag; attributes other than declarations of names are values too. */
static size_t put_tag(struct hiding *hiding, const char *text, size_t length)
{
    size_t at = 0;
    bool declares = text[1] == '?';
    size_t name = 0; /* where the last name began */
    while (at < length && text[at] != '>') {
        if (text[at] != '"' && text[at] != '\'') {
            name = strchr(" \t\r\n", text[at]) ? at + 1u : name;
            put(hiding, text + at++, 1);
            continue;
        }
        const char *end = memchr(text + at + 1u, text[at], length - at - 1u);
        size_t size = end ? (size_t)(end - text) - at - 1u : length - at - 1u;
        bool keeps = declares || strncmp(text + name, "xmlns", 5) == 0;
        put(hiding, text + at, 1);
        if (keeps) {
            put(hiding, text + at + 1u, size);
        } else {
            put_xml_text(hiding, text + at + 1u, size);
        }
        at += 1u + size;
        if (end) {
            put(hiding, text + at++, 1);
        }
    }
    if (at < length) {
        put(hiding, text + at++, 1);
    }
    return at;
}

/* Values of XML are known by their text; comments and the like are values too. */
static void hide_xml(struct hiding *hiding, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        if (text[at] == '<' && at + 1u < length && text[at + 1u] != '!') {
            at += put_tag(hiding, text + at, length - at);
            continue;
        }
        size_t end = at;
        while (end < length && (text[end] != '<' || (end + 1u < length && text[end + 1u] == '!'))) {
            end++;
        }
        put_xml_text(hiding, text + at, end - at);
        at = end;
    }
}

const char *ys_clear_apply(struct ys_exec *exec, const char *bytes, size_t length,
                           size_t *ret_length)
{
    struct ys_clear *clear = &exec->clear;
    struct hiding hiding = {.exec = exec};
    *ret_length = length;
    if (clear->all || length == 0) {
        return bytes;
    }
    if (clear->text) {
        bytes = clear->text;
        length = clear->text_length;
    }
    ys_buf_init(&hiding.out, 4u * YS_HTTP_BODY_BYTES_MAX);
    const struct ys_value *json = clear->json;
    bool is_text = ys_utf8_is_valid(bytes, length) && !memchr(bytes, '\0', length);
    if (!json && is_text) {
        /* A reply that nobody mapped: its form is shown, where it has one. */
        enum ys_status status = ys_json_parse(&exec->arena, bytes, length, &json, NULL);
        json = status == YS_OK ? json : NULL;
    }
    make_room(&hiding);
    if (json && is_text) {
        make_table(&hiding);
        walk(&hiding, json, false);
        hide_json(&hiding, bytes, length);
    } else if (clear->xml && is_text) {
        make_text_table(&hiding);
        hide_xml(&hiding, bytes, length);
    } else {
        put_mark(&hiding, bytes, length);
    }
    if (hiding.status != YS_OK) {
        ys_buf_reset(&hiding.out);
        hiding.status = YS_OK;
        put_mark(&hiding, bytes, length);
    }
    *ret_length = hiding.out.length;
    const char *shown = ys_arena_strndup(&exec->arena, hiding.out.bytes, hiding.out.length);
    ys_buf_clear(&hiding.out);
    ys_free(hiding.clear);
    return shown;
}
