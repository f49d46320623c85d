/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where in the log the records of a case stand, for the cases that the table of clauses names:
 * "record 17–19, 24". Cases that passed have such an address too, so that each line can be looked
 * up.
 */
#include <stdlib.h>
#include <string.h>

#include "ys_html.h"

#define RANGES_SHOWN_MAX 3u

struct range {
    int64_t first, last;
};

struct ys_address {
    const char *id;
    struct range ranges[RANGES_SHOWN_MAX];
    size_t count;
    int64_t more; /* records beyond the ranges shown */
};

static int compare_addresses(const void *a, const void *b)
{
    return strcmp(((const struct ys_address *)a)->id, ((const struct ys_address *)b)->id);
}

static void take_records(struct ys_address *address, const struct ys_value *test)
{
    const struct ys_value *evidence = ys_value_get(test, "evidence");
    int64_t omitted = ys_value_get_int(test, "evidence_omitted", 0);
    address->more = omitted;
    for (size_t i = 0; i < ys_value_count(evidence); i++) {
        int64_t number = ys_page_int_at(evidence, i, 0);
        struct range *last = address->count > 0 ? &address->ranges[address->count - 1u] : NULL;
        if (last && address->more == omitted && number == last->last + 1) {
            last->last = number;
        } else if (address->count < RANGES_SHOWN_MAX) {
            address->ranges[address->count++] = (struct range){number, number};
        } else {
            address->more++;
        }
    }
}

/* The ids that the table names, sorted, each once. */
void ys_addresses_start(struct ys_page *page)
{
    const struct ys_value *clauses = ys_value_get(page->result, "clauses");
    size_t total = 0;
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        size_t count = ys_value_count(ys_value_get(ys_value_at(clauses, i), "cases"));
        total += count < YS_CASES_SHOWN_MAX ? count : YS_CASES_SHOWN_MAX;
    }
    page->addresses = ys_arena_calloc(&page->kept, total + 1u, sizeof *page->addresses);
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        const struct ys_value *cases = ys_value_get(ys_value_at(clauses, i), "cases");
        for (size_t k = 0; k < ys_value_count(cases) && k < YS_CASES_SHOWN_MAX; k++) {
            const char *id = ys_value_text(ys_value_at(cases, k));
            page->addresses[page->address_count++].id = id ? id : "";
        }
    }
    size_t kept = 0;
    qsort(page->addresses, page->address_count, sizeof *page->addresses, compare_addresses);
    for (size_t i = 0; i < page->address_count; i++) {
        if (kept == 0 || strcmp(page->addresses[kept - 1u].id, page->addresses[i].id) != 0) {
            page->addresses[kept++].id = page->addresses[i].id;
        }
    }
    page->address_count = kept;
}

static struct ys_address *find(const struct ys_page *page, const char *id)
{
    const struct ys_address wanted = {.id = id};
    return page->address_count == 0
               ? NULL
               : bsearch(&wanted, page->addresses, page->address_count, sizeof *page->addresses,
                         compare_addresses);
}

void ys_addresses_note(struct ys_page *page, const struct ys_value *test)
{
    struct ys_address *address = find(page, ys_page_text(test, "id"));
    if (address && address->count == 0) {
        take_records(address, test);
    }
}

static int compare_numbers(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

bool ys_page_has_record(const struct ys_page *page, int64_t seq)
{
    return page->evidence_path && page->cited_count > 0 &&
           bsearch(&seq, page->cited, page->cited_count, sizeof *page->cited, compare_numbers);
}

static void write_number(struct ys_page *page, int64_t number)
{
    bool is_shown = ys_page_has_record(page, number);
    if (is_shown) {
        ys_xw_start(page->xw, "a");
        ys_xw_attr_printf(page->xw, "href", "#record-%lld", (long long)number);
    }
    ys_xw_printf(page->xw, "%lld", (long long)number);
    if (is_shown) {
        ys_xw_end_full(page->xw);
    }
}

void ys_html_address(struct ys_page *page, const char *case_id)
{
    const struct ys_address *address = find(page, case_id);
    if (!address || address->count == 0) {
        return;
    }
    ys_xw_start(page->xw, "div");
    ys_xw_attr(page->xw, "class", "address soft");
    ys_xw_printf(page->xw, "%s ", ys_page_word(page, YS_WORD_RECORD));
    for (size_t i = 0; i < address->count; i++) {
        const struct range *range = &address->ranges[i];
        ys_xw_text(page->xw, i > 0 ? ", " : "");
        write_number(page, range->first);
        if (range->last > range->first) {
            ys_xw_text(page->xw, "–");
            write_number(page, range->last);
        }
    }
    if (address->more > 0) {
        ys_xw_printf(page->xw, " … +%lld", (long long)address->more);
    }
    ys_xw_end_full(page->xw);
}
