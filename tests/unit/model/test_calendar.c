/* SPDX-License-Identifier: Apache-2.0 */
/* Working days and statutory terms, on the calendars that the suites carry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "test_pack.h"
#include "ys_term.h"
#include "ys_yaml.h"

static int64_t day(const char *text)
{
    int64_t number = 0;
    struct ys_err err;
    assert_int_equal(ys_day_parse(text, &number, &err), YS_OK);
    return number;
}

static void assert_after(const struct world *world, const char *from, int64_t n,
                         const char *expected)
{
    int64_t due = 0;
    char text[11];
    struct ys_err err;
    assert_int_equal(ys_calendar_after(world->pack->calendar, day(from), n, &due, &err), YS_OK);
    ys_day_format(due, text);
    assert_string_equal(text, expected);
}

/* From each event, the tenth working day; worked by hand from the State Council's notices. */
static void ten_working_days_skip_holidays_and_count_worked_weekends(void **state)
{
    static const struct {
        const char *from;
        const char *due;
    } terms[] = {
        {"2025-01-24", "2025-02-13"}, /* across Spring Festival, with two worked weekend days */
        {"2026-11-23", "2026-12-07"}, /* no holiday near */
        {"2024-09-27", "2024-10-16"}, /* National Day; 29 September and 12 October are worked */
        {"2024-02-08", "2024-02-28"}, /* the last day before Spring Festival; 18 February worked */
        {"2026-02-13", "2026-03-05"}, /* 14 and 28 February are worked */
        {"2025-10-03", "2025-10-21"}, /* an event on a holiday; 11 October is worked */
        {"2025-04-26", "2025-05-13"}, /* an event on a Saturday; 27 April is worked */
        {"2024-10-01", "2024-10-18"}, /* an event on the first day of National Day */
        {"2025-02-08", "2025-02-21"}, /* an event on a worked Saturday, itself not counted */
        {"2026-02-28", "2026-03-13"}, /* the same at the end of a month */
        {"2024-02-29", "2024-03-14"}, /* 29 February */
        {"2024-12-31", "2025-01-15"}, /* into the next year, whose first day is off */
    };
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        assert_after(*state, terms[i].from, 10, terms[i].due);
    }
}

static void the_day_of_the_event_is_not_counted(void **state)
{
    assert_after(*state, "2026-11-23", 1, "2026-11-24");
    assert_after(*state, "2026-11-27", 1, "2026-11-30");
    assert_after(*state, "2025-01-24", 1, "2025-01-26"); /* a worked Sunday */
}

static void days_are_counted_up_to_and_including_today(void **state)
{
    const struct world *world = *state;
    int64_t count = 0;
    struct ys_err err;
    assert_int_equal(ys_calendar_count(world->pack->calendar, day("2025-01-24"), day("2025-02-08"),
                                       &count, &err),
                     YS_OK);
    assert_int_equal(count, 6);
    assert_int_equal(ys_calendar_count(world->pack->calendar, day("2025-01-24"), day("2025-01-24"),
                                       &count, &err),
                     YS_OK);
    assert_int_equal(count, 0);
}

static void each_year_has_its_number_of_working_days(void **state)
{
    const struct world *world = *state;
    /* Weekdays of the year, less those off, plus weekend days worked. */
    static const struct {
        const char *from;
        const char *to;
        int64_t days;
    } years[] = {
        {"2023-12-31", "2024-12-31", 262 - 19 + 8},
        {"2024-12-31", "2025-12-31", 261 - 18 + 5},
        {"2025-12-31", "2026-12-31", 261 - 19 + 6},
    };
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++) {
        int64_t count = 0;
        struct ys_err err;
        assert_int_equal(ys_calendar_count(world->pack->calendar, day(years[i].from),
                                           day(years[i].to), &count, &err),
                         YS_OK);
        assert_int_equal(count, years[i].days);
    }
}

static void a_year_without_a_calendar_says_how_to_add_it(void **state)
{
    const struct world *world = *state;
    int64_t due = 0;
    struct ys_err err;
    assert_int_equal(ys_calendar_after(world->pack->calendar, day("2026-12-25"), 10, &due, &err),
                     YS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "calendar/2027.yaml"));
}

static void months_end_on_the_last_day_where_there_is_no_such_day(void **state)
{
    static const struct {
        const char *from;
        int64_t months;
        const char *to;
    } cases[] = {
        {"2026-08-31", 6, "2027-02-28"},  {"2023-08-31", 6, "2024-02-29"},
        {"2024-02-29", 12, "2025-02-28"}, {"2024-02-29", 6, "2024-08-29"},
        {"2026-07-15", 6, "2027-01-15"},  {"2026-12-31", 2, "2027-02-28"},
        {"2026-03-31", 1, "2026-04-30"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[11];
        ys_day_format(ys_day_add_months(day(cases[i].from), cases[i].months), text);
        assert_string_equal(text, cases[i].to);
    }
}

static struct ys_term_status term(struct world *world, const struct ys_candidate *candidate,
                                         const char *today, const char *id)
{
    struct ys_term_status *terms = NULL;
    size_t count = 0;
    ys_terms(&world->arena, world->pack->regulation, world->pack->calendar, candidate, day(today),
             &terms, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(terms[i].clause->id, id) == 0) {
            return terms[i];
        }
    }
    fail_msg("no term %s", id);
    return (struct ys_term_status){0};
}

static void terms_tell_where_they_stand(void **state)
{
    const struct ys_candidate finished = {.retrofit_finished = "2025-01-24"};
    const struct ys_candidate late = {.applied = "2026-01-05", .approved = "2026-01-20"};
    const struct ys_candidate kept = {.applied = "2026-01-05", .approved = "2026-01-19"};
    const struct ys_candidate retrofit = {.approved = "2026-08-31"};
    static const struct {
        int candidate;
        const char *today;
        const char *id;
        enum ys_term_state state;
    } cases[] = {
        {0, "2025-01-24", "6.3", YS_TERM_RUNNING}, {0, "2025-02-10", "6.3", YS_TERM_RUNNING},
        {0, "2025-02-11", "6.3", YS_TERM_ENDING},  {0, "2025-02-13", "6.3", YS_TERM_ENDING},
        {0, "2025-02-14", "6.3", YS_TERM_OVERDUE}, {0, "2025-02-14", "6.1", YS_TERM_NOT_STARTED},
        {1, "2026-03-01", "6.1", YS_TERM_MISSED},  {2, "2026-03-01", "6.1", YS_TERM_KEPT},
        {3, "2026-09-01", "6.2", YS_TERM_RUNNING}, {3, "2027-02-14", "6.2", YS_TERM_ENDING},
        {3, "2027-02-28", "6.2", YS_TERM_ENDING},  {3, "2027-03-01", "6.2", YS_TERM_OVERDUE},
    };
    const struct ys_candidate *const candidates[] = {&finished, &late, &kept, &retrofit};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct ys_term_status found =
            term(*state, candidates[cases[i].candidate], cases[i].today, cases[i].id);
        assert_int_equal(found.state, cases[i].state);
    }
}

/* A reminder comes on the first day that is called ending, for both kinds of terms. */
static void warnings_come_before_the_due_day(void **state)
{
    const struct ys_candidate finished = {.retrofit_finished = "2025-01-24"};
    const struct ys_candidate retrofit = {.approved = "2026-08-31"};
    char text[11];
    ys_day_format(term(*state, &finished, "2025-01-26", "6.3").warned, text);
    assert_string_equal(text, "2025-02-11");
    assert_int_equal(term(*state, &finished, "2025-02-10", "6.3").state, YS_TERM_RUNNING);
    assert_int_equal(term(*state, &finished, "2025-02-11", "6.3").state, YS_TERM_ENDING);
    ys_day_format(term(*state, &retrofit, "2026-09-01", "6.2").warned, text);
    assert_string_equal(text, "2027-02-14");
    assert_int_equal(term(*state, &retrofit, "2027-02-13", "6.2").state, YS_TERM_RUNNING);
    assert_int_equal(term(*state, &finished, "2025-01-26", "6.1").warned, -1);
}

static void mistakes_of_a_calendar_are_named(void **state)
{
    struct world *world = *state;
    static const char text[] =
        "calendar: 2028\n"
        "source: {zh: 某, en: some}\n"
        "days_off: [2028-01-01, 2027-12-31, {from: 2028-03-02, to: 2028-03-01}, x]\n"
        "days_worked: [2028-01-03]\n";
    static const char *const expected[] = {"Saturday or Sunday", "not a day of 2028",
                                           "not a stretch of days", "not a date",
                                           "a weekday is worked"};
    const struct ys_document *document = NULL;
    struct ys_diags diags;
    struct ys_err err;
    ys_diags_init(&diags, &world->arena);
    assert_int_equal(ys_yaml_parse(&world->arena, "2028.yaml", text, strlen(text), &document, &err),
                     YS_OK);
    ys_calendar_load(&world->arena, "calendar", &document, 1, &diags);
    for (size_t k = 0; k < sizeof expected / sizeof expected[0]; k++) {
        bool found = false;
        for (size_t i = 0; i < diags.count; i++) {
            found = found || strstr(diags.items[i].text, expected[k]);
        }
        assert_true(found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_working_days_skip_holidays_and_count_worked_weekends),
        cmocka_unit_test(the_day_of_the_event_is_not_counted),
        cmocka_unit_test(days_are_counted_up_to_and_including_today),
        cmocka_unit_test(each_year_has_its_number_of_working_days),
        cmocka_unit_test(a_year_without_a_calendar_says_how_to_add_it),
        cmocka_unit_test(months_end_on_the_last_day_where_there_is_no_such_day),
        cmocka_unit_test(terms_tell_where_they_stand),
        cmocka_unit_test(warnings_come_before_the_due_day),
        cmocka_unit_test(mistakes_of_a_calendar_are_named),
    };
    return cmocka_run_group_tests(tests, set_up_pack, tear_down_pack);
}
