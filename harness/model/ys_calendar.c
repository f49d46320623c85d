/* SPDX-License-Identifier: Apache-2.0 */
/* Working days by the year; see ys_calendar.h. */
#include "ys_calendar.h"

#include <assert.h>
#include <string.h>

#include "ys_clock.h"
#include "ys_model_private.h"

#define DAYS_MAX 366u
#define DAY_US INT64_C(86400000000)

/* ---- days ---- */

static struct ys_civil civil_of(int64_t day)
{
    return ys_civil_from_wall(day * DAY_US, 0);
}

/* 1970-01-01 was a Thursday. */
static bool is_weekend(int64_t day)
{
    int64_t weekday = ((day + 3) % 7 + 7) % 7; /* 0 = Monday */
    return weekday >= 5;
}

int64_t ys_day_add_months(int64_t day, int64_t months)
{
    struct ys_civil date = civil_of(day);
    int64_t month = date.year * INT64_C(12) + date.month - 1 + months;
    int year = (int)(month / 12);
    int number = (int)(month % 12) + 1;
    int last = date.day;
    while (!ys_civil_date_exists(year, number, last)) {
        last--;
    }
    return ys_civil_to_days(year, number, last);
}

void ys_day_format(int64_t day, char *text)
{
    char time[YS_TIME_TEXT_MAX];
    ys_time_format_utc(day * DAY_US, time);
    memcpy(text, time, 10);
    text[10] = '\0';
}

enum ys_status ys_day_parse(const char *text, int64_t *ret_day, struct ys_err *reterr)
{
    struct ys_civil date;
    enum ys_status status = ys_date_parse(text, &date, reterr);
    if (status == YS_OK) {
        *ret_day = ys_civil_to_days(date.year, date.month, date.day);
    }
    return status;
}

/* ---- loading ---- */

static bool load_day(struct ys_loader *loader, const struct ys_value *value, int64_t *ret_day)
{
    const char *text = value ? ys_value_written(value) : NULL;
    if (!text || ys_day_parse(text, ret_day, NULL) != YS_OK) {
        ys_diag_add(loader->diags, loader->document, value, "not a date")->expected = "YYYY-MM-DD";
        return false;
    }
    return true;
}

/* A day, or {from, to}: every weekday of it. */
static void load_off(struct ys_loader *loader, const struct ys_value *value, int64_t *days,
                     size_t *count)
{
    int64_t from = 0;
    int64_t to = 0;
    bool range = value->kind == YS_KIND_MAP;
    if (!load_day(loader, range ? ys_value_get(value, "from") : value, &from) ||
        !load_day(loader, range ? ys_value_get(value, "to") : value, &to)) {
        return;
    }
    if (to < from || to - from > 31) {
        ys_diag_add(loader->diags, loader->document, value, "not a stretch of days");
        return;
    }
    if (!range && is_weekend(from)) {
        ys_diag_add(loader->diags, loader->document, value,
                    "a Saturday or Sunday is a day off without being named");
    }
    for (int64_t day = from; day <= to && *count < DAYS_MAX; day++) {
        if (!is_weekend(day)) {
            days[(*count)++] = day;
        }
    }
}

static void load_days_off(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_calendar_year *year = object;
    int64_t *days = ys_arena_calloc(loader->arena, DAYS_MAX, sizeof *days);
    if (!ys_shape_kind(loader, value, YS_KIND_LIST, "days_off")) {
        return;
    }
    for (size_t i = 0; i < ys_value_count(value); i++) {
        load_off(loader, ys_value_at(value, i), days, &year->off_count);
    }
    year->days_off = days;
}

static void load_days_worked(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_calendar_year *year = object;
    int64_t *days = ys_arena_calloc(loader->arena, DAYS_MAX, sizeof *days);
    if (!ys_shape_kind(loader, value, YS_KIND_LIST, "days_worked")) {
        return;
    }
    for (size_t i = 0; i < ys_value_count(value) && year->worked_count < DAYS_MAX; i++) {
        const struct ys_value *item = ys_value_at(value, i);
        int64_t day = 0;
        if (!load_day(loader, item, &day)) {
            continue;
        }
        if (!is_weekend(day)) {
            ys_diag_add(loader->diags, loader->document, item,
                        "a weekday is worked without being named");
        }
        days[year->worked_count++] = day;
    }
    year->days_worked = days;
}

static void finish_year(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    const struct ys_calendar_year *year = object;
    const int64_t *const lists[] = {year->days_off, year->days_worked};
    const size_t counts[] = {year->off_count, year->worked_count};
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < counts[k]; i++) {
            if (civil_of(lists[k][i]).year != year->year) {
                char text[11];
                ys_day_format(lists[k][i], text);
                ys_diag_add(loader->diags, loader->document, value, "%s is not a day of %lld", text,
                            (long long)year->year);
            }
        }
    }
}

#define AT(member) offsetof(struct ys_calendar_year, member)
static const struct ys_slot_spec SLOTS[] = {
    {.key = "calendar",
     .slot = YS_SLOT_INT,
     .required = true,
     .offset = AT(year),
     .doc = "the year"},
    {.key = "source",
     .slot = YS_SLOT_TEXTS,
     .required = true,
     .offset = AT(source),
     .doc = "the notice that it follows"},
    {.key = "days_off",
     .slot = YS_SLOT_CUSTOM,
     .required = true,
     .custom = load_days_off,
     .doc = "weekdays that are days off: a day, or {from, to}"},
    {.key = "days_worked",
     .slot = YS_SLOT_CUSTOM,
     .required = true,
     .custom = load_days_worked,
     .doc = "Saturdays and Sundays that are worked"},
};
#undef AT

const struct ys_shape ys_shape_calendar = {
    .name = "calendar",
    .doc = "The working days of a year",
    .size = sizeof(struct ys_calendar_year),
    .slots = SLOTS,
    .count = sizeof SLOTS / sizeof SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = offsetof(struct ys_calendar_year, at),
    .finish = finish_year,
};

const struct ys_calendar *ys_calendar_load(struct ys_arena *arena, const char *folder,
                                           const struct ys_document *const *documents, size_t count,
                                           struct ys_diags *diags)
{
    struct ys_calendar *calendar = ys_arena_alloc(arena, sizeof *calendar);
    struct ys_calendar_year *years = ys_arena_calloc(arena, count + 1, sizeof *years);
    *calendar = (struct ys_calendar){.folder = folder, .years = years, .year_count = count};
    for (size_t i = 0; i < count; i++) {
        struct ys_loader loader = {arena, diags, documents[i], NULL};
        ys_shape_load(&loader, &ys_shape_calendar, documents[i]->root, &years[i]);
    }
    return calendar;
}

/* ---- counting ---- */

static bool contains(const int64_t *days, size_t count, int64_t day)
{
    for (size_t i = 0; i < count; i++) {
        if (days[i] == day) {
            return true;
        }
    }
    return false;
}

enum ys_status ys_calendar_is_working(const struct ys_calendar *calendar, int64_t day,
                                      bool *ret_working, struct ys_err *reterr)
{
    int year = civil_of(day).year;
    for (size_t i = 0; i < calendar->year_count; i++) {
        const struct ys_calendar_year *known = &calendar->years[i];
        if (known->year == year) {
            *ret_working = is_weekend(day) ? contains(known->days_worked, known->worked_count, day)
                                           : !contains(known->days_off, known->off_count, day);
            return YS_OK;
        }
    }
    return ys_err_set(
        reterr, YS_ERR_NOT_FOUND,
        "there is no calendar for %d; add %s/%d.yaml after the State Council's notice "
        "for that year",
        year, calendar->folder, year);
}

enum ys_status ys_calendar_after(const struct ys_calendar *calendar, int64_t day, int64_t n,
                                 int64_t *ret_day, struct ys_err *reterr)
{
    assert(n >= 1);
    while (n > 0) {
        bool working = false;
        enum ys_status status = ys_calendar_is_working(calendar, ++day, &working, reterr);
        if (status != YS_OK) {
            return status;
        }
        n -= working;
    }
    *ret_day = day;
    return YS_OK;
}

enum ys_status ys_calendar_count(const struct ys_calendar *calendar, int64_t from, int64_t to,
                                 int64_t *ret_count, struct ys_err *reterr)
{
    int64_t count = 0;
    for (int64_t day = from + 1; day <= to; day++) {
        bool working = false;
        enum ys_status status = ys_calendar_is_working(calendar, day, &working, reterr);
        if (status != YS_OK) {
            return status;
        }
        count += working;
    }
    *ret_count = count;
    return YS_OK;
}
