/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_shard.h"

#include <stdlib.h>
#include <string.h>

#include "ys_decimal.h"
#include "ys_mem.h"

struct weighed {
    size_t at;
    int64_t weight;
};

/* A whole number from `least` on; false where the text is something else. */
static bool read_number(const char *text, size_t length, uint64_t least, uint64_t most,
                        uint64_t *ret_number)
{
    uint64_t number = 0;
    if (ys_parse_u64(text, length, &number) != YS_OK || number < least || number > most) {
        return false;
    }
    *ret_number = number;
    return true;
}

static enum ys_status parse_pair(const char *text, const char *where, struct ys_shard *ret_shard,
                                 struct ys_err *reterr)
{
    const char *slash = strchr(text, '/');
    uint64_t index = 0;
    uint64_t count = 0;
    if (!slash || !read_number(text, (size_t)(slash - text), 1, YS_SHARDS_MAX, &index) ||
        !read_number(slash + 1, strlen(slash + 1), 1, YS_SHARDS_MAX, &count) || index > count) {
        return ys_err_set(reterr, YS_ERR_USAGE, "%s is I/N with 1 ≤ I ≤ N ≤ %u, e.g. 2/5, not '%s'",
                          where, YS_SHARDS_MAX, text);
    }
    *ret_shard = (struct ys_shard){.index = (unsigned)index, .count = (unsigned)count};
    return YS_OK;
}

/* Two variables of the environment, the first counting from `first`. */
static enum ys_status parse_variables(const char *index_name, uint64_t first,
                                      const char *count_name, const char *count_text,
                                      struct ys_shard *ret_shard, struct ys_err *reterr)
{
    const char *index_text = getenv(index_name);
    uint64_t index = 0;
    uint64_t count = 0;
    if (!count_text) {
        return ys_err_set(reterr, YS_ERR_USAGE,
                          "%s is set and the number of parts is not known: say --shard auto/N",
                          index_name);
    }
    if (!read_number(count_text, strlen(count_text), 1, YS_SHARDS_MAX, &count)) {
        return ys_err_set(reterr, YS_ERR_USAGE, "%s is a number from 1 to %u, not '%s'", count_name,
                          YS_SHARDS_MAX, count_text);
    }
    if (!read_number(index_text, strlen(index_text), first, first + count - 1u, &index)) {
        return ys_err_set(reterr, YS_ERR_USAGE,
                          "%s is a number from %llu to %llu for %llu parts, not '%s'", index_name,
                          (unsigned long long)first, (unsigned long long)(first + count - 1u),
                          (unsigned long long)count, index_text);
    }
    *ret_shard =
        (struct ys_shard){.index = (unsigned)(index - first + 1u), .count = (unsigned)count};
    return YS_OK;
}

enum ys_status ys_shard_parse(const char *text, struct ys_shard *ret_shard, struct ys_err *reterr)
{
    if (strncmp(text, "auto", 4) != 0 || (text[4] != '\0' && text[4] != '/')) {
        return parse_pair(text, "--shard", ret_shard, reterr);
    }
    const char *count = text[4] == '/' ? text + 5 : NULL;
    if (getenv("YANSHOU_SHARD")) {
        return parse_pair(getenv("YANSHOU_SHARD"), "YANSHOU_SHARD", ret_shard, reterr);
    }
    if (getenv("CI_NODE_INDEX")) {
        return parse_variables("CI_NODE_INDEX", 1, count ? "--shard auto/N" : "CI_NODE_TOTAL",
                               count ? count : getenv("CI_NODE_TOTAL"), ret_shard, reterr);
    }
    if (getenv("JOB_COMPLETION_INDEX")) {
        return parse_variables("JOB_COMPLETION_INDEX", 0, "--shard auto/N", count, ret_shard,
                               reterr);
    }
    return ys_err_set(reterr, YS_ERR_USAGE,
                      "--shard auto needs YANSHOU_SHARD (I/N), CI_NODE_INDEX and CI_NODE_TOTAL, or "
                      "JOB_COMPLETION_INDEX in the environment, and none is set");
}

static int by_weight(const void *a, const void *b)
{
    const struct weighed *x = a;
    const struct weighed *y = b;
    if (x->weight != y->weight) {
        return x->weight < y->weight ? 1 : -1;
    }
    return (x->at > y->at) - (x->at < y->at);
}

/* The median of what is known, of `sorted` from the longest down; 1 where nothing is. */
static int64_t median(const struct weighed *sorted, size_t count)
{
    size_t known = 0;
    while (known < count && sorted[known].weight >= 0) {
        known++;
    }
    return known && sorted[known / 2].weight > 0 ? sorted[known / 2].weight : 1;
}

void ys_shard_divide(const int64_t *durations_ms, size_t count, unsigned parts, unsigned *ret_parts)
{
    struct weighed *cases = ys_calloc(count + 1u, sizeof *cases);
    uint64_t *load = ys_calloc(parts + 1u, sizeof *load);
    for (size_t i = 0; i < count; i++) {
        cases[i] = (struct weighed){.at = i, .weight = durations_ms[i]};
    }
    qsort(cases, count, sizeof *cases, by_weight);
    int64_t usual = median(cases, count);
    for (size_t i = 0; i < count; i++) {
        cases[i].weight = cases[i].weight < 0 ? usual : cases[i].weight;
    }
    qsort(cases, count, sizeof *cases, by_weight);
    for (size_t i = 0; i < count; i++) {
        unsigned least = 0;
        for (unsigned k = 1; k < parts; k++) {
            least = load[k] < load[least] ? k : least;
        }
        /* A case of 0 ms is work too, or all of them would fall to one part. */
        load[least] += (uint64_t)cases[i].weight + 1u;
        ret_parts[cases[i].at] = least + 1u;
    }
    ys_free(load);
    ys_free(cases);
}
