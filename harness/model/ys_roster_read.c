/* SPDX-License-Identifier: Apache-2.0 */
/* The lists as points; every row that cannot be understood is an error that names it. */
#include <stdlib.h>
#include <string.h>

#include "ys_limits.h"
#include "ys_place.h"
#include "ys_roster_private.h"

static const char *text_or(const struct ys_value *row, const char *name, const char *otherwise)
{
    const struct ys_value *value = ys_value_get(row, name);
    const char *text = value ? ys_value_written(value) : NULL;
    return text && *text ? text : otherwise;
}

/* A word of two lists; false: neither has it. */
static bool word_is(const char *text, const char *const *yes, const char *const *no, bool *ret)
{
    for (; *yes; yes++) {
        if (strcmp(text, *yes) == 0) {
            *ret = true;
            return true;
        }
    }
    for (; *no; no++) {
        if (strcmp(text, *no) == 0) {
            *ret = false;
            return true;
        }
    }
    return false;
}

static enum ys_status flag(const struct ys_value *row, const char *name, bool otherwise,
                           const char *list, size_t number, bool *ret, struct ys_err *reterr)
{
    static const struct {
        const char *name;
        const char *yes[5];
        const char *no[6];
    } words[] = {
        {"status", {"open", "营业", "在营", "开业", NULL}, {"closed", "停业", "撤销", "终止", NULL}},
        {"kind", {"branch", "营业网点", "网点", NULL}, {"self-service", "自助", "自助网点", NULL}},
        {"instant_issuance", {"true", "yes", "是", "1", NULL}, {"false", "no", "否", "0", NULL}},
    };
    const struct ys_value *value = ys_value_get(row, name);
    if (!value || value->kind == YS_KIND_NULL) {
        *ret = otherwise;
        return YS_OK;
    }
    if (value->kind == YS_KIND_BOOL) {
        *ret = value->as.boolean;
        return YS_OK;
    }
    const char *text = ys_value_written(value);
    for (size_t i = 0; text && i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i].name, name) == 0 && word_is(text, words[i].yes, words[i].no, ret)) {
            return YS_OK;
        }
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i].name, name) == 0) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT, "%s, row %zu: %s is '%s'; write %s or %s",
                              list, number, name, text ? text : ys_kind_name(value->kind),
                              words[i].yes[0], words[i].no[0]);
        }
    }
    return YS_OK;
}

static void add_keys(struct ys_roster_work *work, struct ys_point *point)
{
    point->name_key = ys_place_name_key(work->arena, point->name, work->city, false);
    point->loose_name = ys_place_name_key(work->arena, point->name, work->city, true);
    point->address_key = ys_place_address_key(work->arena, point->address, work->city, false);
    point->loose_address = ys_place_address_key(work->arena, point->address, work->city, true);
}

static enum ys_status read_points(struct ys_roster_work *work, const struct ys_value *rows,
                                  const char *list, struct ys_points *points,
                                  struct ys_err *reterr)
{
    if (!rows || rows->kind != YS_KIND_LIST || rows->as.list.count == 0) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "the %s has no rows", list);
    }
    if (rows->as.list.count > YS_ROSTER_ROWS_MAX) {
        return ys_err_set(reterr, YS_ERR_LIMIT, "the %s passes YS_ROSTER_ROWS_MAX", list);
    }
    points->count = rows->as.list.count;
    points->at = ys_arena_calloc(work->arena, points->count, sizeof *points->at);
    for (size_t i = 0; i < points->count; i++) {
        const struct ys_value *row = ys_value_at(rows, i);
        struct ys_point *point = &points->at[i];
        point->listed = points == &work->roster;
        point->code = text_or(row, "code", NULL);
        point->name = text_or(row, "name", NULL);
        if (!point->code || !point->name) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT, "%s, row %zu: %s is missing", list, i + 1,
                              point->code ? "name" : "code");
        }
        point->address = text_or(row, "address", "");
        point->city = text_or(row, "city", work->city);
        point->licence = text_or(row, "licence", "");
        size_t length = strlen(work->city);
        size_t shorter = length > 3 ? length - 3 : length; /* 北京 for 北京市 */
        point->here = strcmp(point->city, work->city) == 0 ||
                      (strlen(point->city) == shorter &&
                       strncmp(point->city, work->city, shorter) == 0);
        enum ys_status status = flag(row, "status", true, list, i + 1, &point->open, reterr);
        if (status == YS_OK) {
            status = flag(row, "kind", true, list, i + 1, &point->staffed, reterr);
        }
        if (status == YS_OK) {
            status = flag(row, "instant_issuance", false, list, i + 1, &point->instant, reterr);
        }
        if (status != YS_OK) {
            return status;
        }
        add_keys(work, point);
    }
    return YS_OK;
}

/* ---- searches ---- */

static const char *text_at(const struct ys_point *point, size_t offset)
{
    return *(const char *const *)(const void *)((const char *)point + offset);
}

struct sorting {
    const char *text;
    struct ys_point *point;
};

static int by_text(const void *left, const void *right)
{
    const struct sorting *l = left;
    const struct sorting *r = right;
    int order = strcmp(l->text, r->text);
    return order ? order : (l->point > r->point) - (l->point < r->point);
}

struct ys_point **ys_roster__sorted(struct ys_arena *arena, const struct ys_points *points,
                                    size_t offset)
{
    struct sorting *rows = ys_arena_calloc(arena, points->count + 1, sizeof *rows);
    struct ys_point **sorted = ys_arena_calloc(arena, points->count + 1, sizeof(struct ys_point *));
    for (size_t i = 0; i < points->count; i++) {
        rows[i] = (struct sorting){text_at(&points->at[i], offset), &points->at[i]};
    }
    qsort(rows, points->count, sizeof *rows, by_text);
    for (size_t i = 0; i < points->count; i++) {
        sorted[i] = rows[i].point;
    }
    return sorted;
}

size_t ys_roster__find(struct ys_point *const *sorted, size_t count, size_t offset,
                       const char *text, size_t *ret_count)
{
    size_t low = 0;
    for (size_t high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(text_at(sorted[middle], offset), text) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t end = low;
    while (end < count && strcmp(text_at(sorted[end], offset), text) == 0) {
        end++;
    }
    *ret_count = end - low;
    return low;
}

struct ys_value *ys_roster__texts(struct ys_arena *arena, const char *zh, const char *en)
{
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "zh", zh);
    ys_value_set_text(arena, map, "en", en);
    return map;
}

/* The separate list of instant branches: where it is given, both must say so. */
static enum ys_status read_instant(struct ys_roster_work *work, const struct ys_value *rows,
                                   struct ys_err *reterr)
{
    if (!rows || rows->kind == YS_KIND_NULL) {
        return YS_OK;
    }
    size_t offset = offsetof(struct ys_point, code);
    struct ys_points list = {.count = 0};
    enum ys_status status = read_points(work, rows, "instant-issuance list", &list, reterr);
    if (status != YS_OK) {
        return status;
    }
    struct ys_point **sorted = ys_roster__sorted(work->arena, &list, offset);
    for (size_t i = 0; i < work->roster.count; i++) {
        struct ys_point *point = &work->roster.at[i];
        size_t found = 0;
        (void)ys_roster__find(sorted, list.count, offset, point->code, &found);
        point->unsure = point->instant != (found > 0);
    }
    return YS_OK;
}

static enum ys_status whole(const struct ys_value *map, const char *name, int64_t *ret,
                            struct ys_err *reterr)
{
    int64_t value = ys_value_get_int(map, name, 0);
    if (value < 1 || value > 1000000) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "threshold.%s is a whole number from 1", name);
    }
    *ret = value;
    return YS_OK;
}

enum ys_status ys_roster__read(struct ys_roster_work *work, const struct ys_value *input,
                               struct ys_err *reterr)
{
    static const char *const known[] = {"roster",    "register", "instant", "city",
                                        "threshold", "sample",   "probes",  "within_minutes"};
    for (size_t i = 0; i < ys_value_count(input); i++) {
        const char *name = input->as.map.members[i].name;
        bool found = false;
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
            found = found || strcmp(known[k], name) == 0;
        }
        if (!found) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT, "a coverage has no '%s'", name);
        }
    }
    work->city = ys_value_get_text(input, "city");
    work->sample = ys_value_get(input, "sample");
    work->probes = ys_value_get(input, "probes");
    work->within_minutes = ys_value_get_int(input, "within_minutes", 120);
    const struct ys_value *threshold = ys_value_get(input, "threshold");
    if (!work->city) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "a coverage needs a city");
    }
    enum ys_status status = whole(threshold, "numerator", &work->numerator, reterr);
    if (status == YS_OK) {
        status = whole(threshold, "denominator", &work->denominator, reterr);
    }
    if (status == YS_OK) {
        status = read_points(work, ys_value_get(input, "roster"), "roster", &work->roster, reterr);
    }
    if (status == YS_OK) {
        status =
            read_points(work, ys_value_get(input, "register"), "register", &work->licensed, reterr);
    }
    return status == YS_OK ? read_instant(work, ys_value_get(input, "instant"), reterr) : status;
}
