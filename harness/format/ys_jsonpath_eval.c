/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluation of JSONPath, RFC 9535, 2.3 to 2.5. */
#include <string.h>

#include "ys_jsonpath_private.h"
#include "ys_regex.h"

struct evaluation {
    struct ys_arena *arena;
    const struct ys_value *root;
    size_t nodes;
    struct ys_err *reterr;
};

static enum ys_status select_nodes(struct evaluation *evaluation, const struct ys_jsonpath *path,
                                   const struct ys_value *current, struct ys_value **ret_nodes);
static enum ys_status holds(struct evaluation *evaluation, const struct ys_filter *filter,
                            const struct ys_value *current, bool *ret_holds);

static enum ys_status add(struct evaluation *evaluation, struct ys_value *nodes,
                          const struct ys_value *node)
{
    if (++evaluation->nodes > YS_JSONPATH_NODES_MAX) {
        return ys_err_set(evaluation->reterr, YS_ERR_LIMIT,
                          "a JSONPath selects more than YS_JSONPATH_NODES_MAX nodes");
    }
    ys_value_append(evaluation->arena, nodes, node);
    return YS_OK;
}

static const struct ys_value *child(const struct ys_value *value, size_t index)
{
    return value->kind == YS_KIND_LIST  ? value->as.list.items[index]
           : value->kind == YS_KIND_MAP ? value->as.map.members[index].value
                                        : NULL;
}

/* RFC 9535, 2.3.4.2.2: bounds of a slice by its step's sign. */
static enum ys_status select_slice(struct evaluation *evaluation,
                                   const struct ys_selector *selector, const struct ys_value *value,
                                   struct ys_value *nodes)
{
    int64_t length = (int64_t)value->as.list.count;
    int64_t step = selector->step;
    enum ys_status status = YS_OK;
    if (step == 0) {
        return YS_OK;
    }
    int64_t start = selector->has_start ? selector->start : step > 0 ? 0 : length - 1;
    int64_t end = selector->has_end ? selector->end : step > 0 ? length : -length - 1;
    start += start < 0 ? length : 0;
    end += end < 0 ? length : 0;
    int64_t low = step > 0 ? 0 : -1;
    int64_t high = step > 0 ? length : length - 1;
    start = start < low ? low : start > high ? high : start;
    end = end < low ? low : end > high ? high : end;
    for (int64_t i = start; status == YS_OK && (step > 0 ? i < end : i > end); i += step) {
        status = add(evaluation, nodes, value->as.list.items[i]);
        if ((step > 0 && i > high - step) || (step < 0 && i < low - step)) {
            break;
        }
    }
    return status;
}

/* The one node that a name or an index selects, else NULL. */
static const struct ys_value *single(const struct ys_selector *selector,
                                     const struct ys_value *value)
{
    if (selector->kind == YS_SELECTOR_NAME) {
        return selector->name ? ys_value_get(value, selector->name) : NULL;
    }
    int64_t count = value->kind == YS_KIND_LIST ? (int64_t)value->as.list.count : 0;
    int64_t index = selector->start + (selector->start < 0 ? count : 0);
    return index >= 0 ? ys_value_at(value, (size_t)index) : NULL;
}

/* The node of a singular query, NULL where there is none. Filters ask this of every item, so no
 * list is made. */
static const struct ys_value *follow(const struct evaluation *evaluation,
                                     const struct ys_jsonpath *path, const struct ys_value *current)
{
    const struct ys_value *value = path->relative ? current : evaluation->root;
    for (const struct ys_segment *s = path->segments; s && value; s = s->next) {
        value = single(s->selectors, value);
    }
    return value;
}

static enum ys_status apply_selector(struct evaluation *evaluation,
                                     const struct ys_selector *selector,
                                     const struct ys_value *value, struct ys_value *nodes)
{
    enum ys_status status = YS_OK;
    switch (selector->kind) {
    case YS_SELECTOR_NAME:
    case YS_SELECTOR_INDEX: {
        const struct ys_value *member = single(selector, value);
        return member ? add(evaluation, nodes, member) : YS_OK;
    }
    case YS_SELECTOR_SLICE:
        return value->kind == YS_KIND_LIST ? select_slice(evaluation, selector, value, nodes)
                                           : YS_OK;
    case YS_SELECTOR_WILDCARD:
        for (size_t i = 0; status == YS_OK && i < ys_value_count(value); i++) {
            status = add(evaluation, nodes, child(value, i));
        }
        return status;
    case YS_SELECTOR_FILTER:
        for (size_t i = 0; status == YS_OK && i < ys_value_count(value); i++) {
            bool keep = false;
            status = holds(evaluation, selector->filter, child(value, i), &keep);
            if (status == YS_OK && keep) {
                status = add(evaluation, nodes, child(value, i));
            }
        }
        return status;
    }
    return status;
}

static enum ys_status apply_selectors(struct evaluation *evaluation,
                                      const struct ys_segment *segment,
                                      const struct ys_value *value, struct ys_value *nodes)
{
    enum ys_status status = YS_OK;
    for (const struct ys_selector *s = segment->selectors; s && status == YS_OK; s = s->next) {
        status = apply_selector(evaluation, s, value, nodes);
    }
    return status;
}

/* The node and all below it, parents before children (RFC 9535, 2.5.2.2). */
static enum ys_status descend(struct evaluation *evaluation, const struct ys_segment *segment,
                              const struct ys_value *value, struct ys_value *nodes)
{
    enum ys_status status = apply_selectors(evaluation, segment, value, nodes);
    if (value->kind == YS_KIND_LIST || value->kind == YS_KIND_MAP) {
        for (size_t i = 0; status == YS_OK && i < ys_value_count(value); i++) {
            status = descend(evaluation, segment, child(value, i), nodes);
        }
    }
    return status;
}

static enum ys_status select_nodes(struct evaluation *evaluation, const struct ys_jsonpath *path,
                                   const struct ys_value *current, struct ys_value **ret_nodes)
{
    struct ys_value *nodes = ys_value_list(evaluation->arena);
    enum ys_status status = add(evaluation, nodes, path->relative ? current : evaluation->root);
    for (const struct ys_segment *s = path->segments; s && status == YS_OK; s = s->next) {
        struct ys_value *next = ys_value_list(evaluation->arena);
        for (size_t i = 0; status == YS_OK && i < nodes->as.list.count; i++) {
            const struct ys_value *node = nodes->as.list.items[i];
            status = s->descendant ? descend(evaluation, s, node, next)
                                   : apply_selectors(evaluation, s, node, next);
        }
        nodes = next;
    }
    *ret_nodes = nodes;
    return status;
}

/* The value of an operand; NULL stands for Nothing (RFC 9535, 2.4.1). */
static enum ys_status operand_value(struct evaluation *evaluation, const struct ys_operand *operand,
                                    const struct ys_value *current,
                                    const struct ys_value **ret_value);

static size_t characters(const struct ys_value *text)
{
    size_t count = 0;
    for (size_t i = 0; i < text->as.string.length; i++) {
        count += ((unsigned char)text->as.string.bytes[i] & 0xC0u) != 0x80u;
    }
    return count;
}

static enum ys_status function_value(struct evaluation *evaluation,
                                     const struct ys_operand *operand,
                                     const struct ys_value *current,
                                     const struct ys_value **ret_value)
{
    const struct ys_value *a = NULL;
    const struct ys_value *b = NULL;
    struct ys_value *nodes = NULL;
    enum ys_status status = YS_OK;
    *ret_value = NULL;
    if (operand->function == YS_FN_COUNT || operand->function == YS_FN_VALUE) {
        status = select_nodes(evaluation, operand->arguments[0]->query, current, &nodes);
        if (status == YS_OK && operand->function == YS_FN_COUNT) {
            *ret_value = ys_value_int(evaluation->arena, (int64_t)nodes->as.list.count);
        } else if (status == YS_OK && nodes->as.list.count == 1) {
            *ret_value = nodes->as.list.items[0];
        }
        return status;
    }
    status = operand_value(evaluation, operand->arguments[0], current, &a);
    if (status == YS_OK && operand->argument_count == 2) {
        status = operand_value(evaluation, operand->arguments[1], current, &b);
    }
    if (status != YS_OK) {
        return status;
    }
    if (operand->function == YS_FN_LENGTH) {
        if (a && a->kind == YS_KIND_STRING) {
            *ret_value = ys_value_int(evaluation->arena, (int64_t)characters(a));
        } else if (a && (a->kind == YS_KIND_LIST || a->kind == YS_KIND_MAP)) {
            *ret_value = ys_value_int(evaluation->arena, (int64_t)ys_value_count(a));
        }
        return YS_OK;
    }
    /* match and search: false for anything but two strings and a valid pattern (2.4.6). */
    bool matches = false;
    if (a && b && a->kind == YS_KIND_STRING && b->kind == YS_KIND_STRING &&
        !memchr(b->as.string.bytes, '\0', b->as.string.length) &&
        ys_regex_match(b->as.string.bytes, a->as.string.bytes, a->as.string.length,
                       operand->function == YS_FN_MATCH, &matches, NULL) != YS_OK) {
        matches = false;
    }
    *ret_value = ys_value_bool(evaluation->arena, matches);
    return YS_OK;
}

static enum ys_status operand_value(struct evaluation *evaluation, const struct ys_operand *operand,
                                    const struct ys_value *current,
                                    const struct ys_value **ret_value)
{
    switch (operand->kind) {
    case YS_OPERAND_LITERAL:
        *ret_value = operand->literal;
        break;
    case YS_OPERAND_QUERY: /* singular, or the parser would not take it for a value */
        *ret_value = follow(evaluation, operand->query, current);
        break;
    case YS_OPERAND_FUNCTION:
        return function_value(evaluation, operand, current, ret_value);
    }
    return YS_OK;
}

/* RFC 9535, 2.3.5.2.2. */
static bool compare(enum ys_comparison comparison, const struct ys_value *a,
                    const struct ys_value *b)
{
    bool equal = a && b ? ys_value_equal(a, b) : a == b;
    bool less = false;
    bool greater = false;
    if (a && b && a->kind == b->kind && a->kind == YS_KIND_NUMBER) {
        int order = ys_decimal_compare(a->as.number, b->as.number);
        less = order < 0;
        greater = order > 0;
    } else if (a && b && a->kind == b->kind && a->kind == YS_KIND_STRING) {
        int order = ys_value_compare_text(a, b);
        less = order < 0;
        greater = order > 0;
    }
    switch (comparison) {
    case YS_EQ:
        return equal;
    case YS_NE:
        return !equal;
    case YS_LT:
        return less;
    case YS_LE:
        return less || equal;
    case YS_GT:
        return greater;
    case YS_GE:
        return greater || equal;
    }
    return false;
}

static enum ys_status holds(struct evaluation *evaluation, const struct ys_filter *filter,
                            const struct ys_value *current, bool *ret_holds)
{
    const struct ys_value *a = NULL;
    const struct ys_value *b = NULL;
    struct ys_value *nodes = NULL;
    enum ys_status status = YS_OK;
    switch (filter->kind) {
    case YS_FILTER_OR:
    case YS_FILTER_AND:
        status = holds(evaluation, filter->left, current, ret_holds);
        if (status == YS_OK && *ret_holds == (filter->kind == YS_FILTER_AND)) {
            status = holds(evaluation, filter->right, current, ret_holds);
        }
        break;
    case YS_FILTER_NOT:
        status = holds(evaluation, filter->left, current, ret_holds);
        *ret_holds = !*ret_holds;
        break;
    case YS_FILTER_EXISTS:
        if (ys_jsonpath_is_singular(filter->a->query)) {
            *ret_holds = follow(evaluation, filter->a->query, current) != NULL;
            break;
        }
        status = select_nodes(evaluation, filter->a->query, current, &nodes);
        *ret_holds = status == YS_OK && nodes->as.list.count > 0;
        break;
    case YS_FILTER_COMPARE:
        status = operand_value(evaluation, filter->a, current, &a);
        if (status == YS_OK) {
            status = operand_value(evaluation, filter->b, current, &b);
        }
        *ret_holds = status == YS_OK && compare(filter->comparison, a, b);
        break;
    case YS_FILTER_TEST:
        status = operand_value(evaluation, filter->a, current, &a);
        *ret_holds = status == YS_OK && a && a->kind == YS_KIND_BOOL && a->as.boolean;
        break;
    }
    return status;
}

enum ys_status ys_jsonpath_select(struct ys_arena *arena, const struct ys_jsonpath *path,
                                  const struct ys_value *root, const struct ys_value **ret_nodes,
                                  struct ys_err *reterr)
{
    struct evaluation evaluation = {arena, root, 0, reterr};
    struct ys_value *nodes = NULL;
    enum ys_status status = select_nodes(&evaluation, path, root, &nodes);
    if (status == YS_OK) {
        *ret_nodes = nodes;
    }
    return status;
}
