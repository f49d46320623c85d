/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of "${…}": looking them up, and those of numbers. Each is pure. */
#include <string.h>

#include "ys_expr_private.h"
#include "ys_suggest.h"

enum ys_status ys_expr__need(const struct ys_value *value, enum ys_kind kind, struct ys_err *reterr)
{
    if (value->kind == kind) {
        return YS_OK;
    }
    return ys_err_set(reterr, YS_ERR_TYPE, "needs a %s, not a %s", ys_kind_name(kind),
                      ys_kind_name(value->kind));
}

enum ys_status ys_expr__need_index(const struct ys_value *value, int64_t *ret_index,
                                   struct ys_err *reterr)
{
    enum ys_status status = ys_expr__need(value, YS_KIND_NUMBER, reterr);
    if (status == YS_OK && ys_decimal_to_int(value->as.number, ret_index) != YS_OK) {
        status = ys_err_set(reterr, YS_ERR_RANGE, "needs a whole number");
    }
    return status;
}

/* The sum (mode 0), least (-1) or greatest (1) of the arguments, or of the one list among them. */
static enum ys_status fold(ys_expr_arguments in, size_t count, int mode,
                           struct ys_decimal *ret_number, struct ys_err *reterr)
{
    bool is_list = count == 1 && in[0]->kind == YS_KIND_LIST;
    size_t total = is_list ? in[0]->as.list.count : count;
    struct ys_decimal result = {0, 0};
    if (total == 0 && mode != 0) {
        return ys_err_set(reterr, YS_ERR_RANGE, "needs at least one number");
    }
    for (size_t i = 0; i < total; i++) {
        const struct ys_value *value = is_list ? in[0]->as.list.items[i] : in[i];
        enum ys_status status = ys_expr__need(value, YS_KIND_NUMBER, reterr);
        if (status != YS_OK) {
            return status;
        }
        if (mode == 0) {
            if (ys_decimal_add(result, value->as.number, &result) != YS_OK) {
                return ys_err_set(reterr, YS_ERR_RANGE, "the sum is out of range");
            }
        } else if (i == 0 || ys_decimal_compare(value->as.number, result) * mode > 0) {
            result = value->as.number;
        }
    }
    *ret_number = result;
    return YS_OK;
}

static enum ys_status apply_sum(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                const struct ys_value **ret_value, struct ys_err *reterr)
{
    struct ys_decimal number;
    enum ys_status status = fold(in, count, 0, &number, reterr);
    if (status == YS_OK) {
        *ret_value = ys_value_number(arena, number);
    }
    return status;
}

static enum ys_status apply_min(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                const struct ys_value **ret_value, struct ys_err *reterr)
{
    struct ys_decimal number;
    enum ys_status status = fold(in, count, -1, &number, reterr);
    if (status == YS_OK) {
        *ret_value = ys_value_number(arena, number);
    }
    return status;
}

static enum ys_status apply_max(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                const struct ys_value **ret_value, struct ys_err *reterr)
{
    struct ys_decimal number;
    enum ys_status status = fold(in, count, 1, &number, reterr);
    if (status == YS_OK) {
        *ret_value = ys_value_number(arena, number);
    }
    return status;
}

static enum ys_status apply_abs(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_NUMBER, reterr);
    if (status != YS_OK) {
        return status;
    }
    struct ys_decimal number = in[0]->as.number;
    if (number.coefficient == INT64_MIN) {
        return ys_err_set(reterr, YS_ERR_RANGE, "the number is out of range");
    }
    number.coefficient = number.coefficient < 0 ? -number.coefficient : number.coefficient;
    *ret_value = ys_value_number(arena, number);
    return YS_OK;
}

/* Cuts a number to `places` digits behind the point. */
static struct ys_decimal cut_places(struct ys_decimal number, unsigned places, bool down)
{
    int64_t unit = 1;
    if (number.scale <= places) {
        return number;
    }
    for (unsigned i = places; i < number.scale; i++) {
        unit *= 10;
    }
    int64_t kept = number.coefficient / unit;
    int64_t rest = number.coefficient % unit;
    if (down) {
        kept -= rest < 0;
    } else {
        int64_t size = rest < 0 ? -rest : rest;
        kept += size < unit - size ? 0 : rest < 0 ? -1 : 1;
    }
    while (places > 0 && kept % 10 == 0) {
        kept /= 10;
        places--;
    }
    return (struct ys_decimal){kept, (uint8_t)places};
}

/* A half goes away from zero, as banks settle fen; not to the even neighbour. */
static enum ys_status apply_round(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    int64_t places = 0;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_NUMBER, reterr);
    if (status == YS_OK && count == 2) {
        status = ys_expr__need_index(in[1], &places, reterr);
    }
    if (status == YS_OK && (places < 0 || places > (int64_t)YS_DECIMAL_SCALE_MAX)) {
        status = ys_err_set(reterr, YS_ERR_RANGE, "places go from 0 to 18");
    }
    if (status == YS_OK) {
        *ret_value = ys_value_number(arena, cut_places(in[0]->as.number, (unsigned)places, false));
    }
    return status;
}

static enum ys_status apply_floor(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_NUMBER, reterr);
    if (status == YS_OK) {
        *ret_value = ys_value_number(arena, cut_places(in[0]->as.number, 0, true));
    }
    return status;
}

static const struct ys_expr_function NUMBERS[] = {
    {{"abs", 1, 1, "abs(number)", "the number without its sign"}, apply_abs},
    {{"floor", 1, 1, "floor(number)", "the whole number at or below"}, apply_floor},
    {{"max", 1, YS_EXPR_ARGUMENTS_MAX, "max(list) or max(a, b, …)", "the greatest number"},
     apply_max},
    {{"min", 1, YS_EXPR_ARGUMENTS_MAX, "min(list) or min(a, b, …)", "the least number"}, apply_min},
    {{"round", 1, 2, "round(number, places)",
      "to that many places, 0 where left out; a half goes away from zero"},
     apply_round},
    {{"sum", 1, YS_EXPR_ARGUMENTS_MAX, "sum(list) or sum(a, b, …)", "the sum of the numbers"},
     apply_sum},
    {.apply = NULL},
};

static const struct ys_expr_function *const TABLES[] = {NUMBERS, YS_EXPR__LISTS, YS_EXPR__TEXTS,
                                                        YS_EXPR__CARDS};

/* Row `index` of all tables, NULL behind the last. */
static const struct ys_expr_function *function_at(size_t index)
{
    for (size_t t = 0; t < sizeof TABLES / sizeof TABLES[0]; t++) {
        for (const struct ys_expr_function *row = TABLES[t]; row->apply; row++) {
            if (index-- == 0) {
                return row;
            }
        }
    }
    return NULL;
}

const struct ys_expr_function_info *ys_expr_function_at(size_t index)
{
    const struct ys_expr_function *row = function_at(index);
    return row ? &row->info : NULL;
}

const struct ys_expr_function *ys_expr__function(const char *name, const char **ret_near)
{
    const char *names[YS_EXPR_FUNCTIONS_MAX];
    size_t count = 0;
    for (const struct ys_expr_function *row = function_at(0); row && count < YS_EXPR_FUNCTIONS_MAX;
         row = function_at(++count)) {
        if (strcmp(row->info.name, name) == 0) {
            return row;
        }
        names[count] = row->info.name;
    }
    *ret_near = ys_suggest(name, names, count);
    return NULL;
}
