/* SPDX-License-Identifier: Apache-2.0 */
/* Any JSON as the lists of the 70 % question, and any bytes as two spellings of a place: a decision
 * never contradicts its sums, and spellings that are one by the plain key are one by the loose. */
#include <string.h>

#include "fuzz.h"
#include "ys_charset.h"
#include "ys_json.h"
#include "ys_place.h"
#include "ys_roster.h"

#define CITY "北京市"

/* denominator · instant - numerator · branches of a reading. */
static int64_t margin(const struct ys_value *root, const char *reading)
{
    const struct ys_value *threshold = ys_value_get(root, "threshold");
    const struct ys_value *sum = ys_value_get(root, reading);
    int64_t instant = ys_value_get_int(sum, "instant", -1);
    int64_t branches = ys_value_get_int(sum, "branches", -1);
    int64_t missing = ys_value_get_int(sum, "missing", -1);
    require(instant >= 0 && instant <= branches);
    int64_t margin = ys_value_get_int(threshold, "denominator", 0) * instant -
                     ys_value_get_int(threshold, "numerator", 0) * branches;
    require((missing == 0) == (margin >= 0));
    return margin;
}

static void reconcile(struct ys_arena *arena, const struct ys_value *input)
{
    const struct ys_value *root = NULL;
    struct ys_err err = {.status = YS_OK};
    enum ys_status status = ys_roster_reconcile(arena, input, &root, &err);
    if (status != YS_OK) {
        require(err.status == status && err.text[0]);
        return;
    }
    const char *decision = ys_value_get_text(root, "decision");
    (void)margin(root, "claimed");
    require(margin(root, "worst") <= margin(root, "reconciled"));
    require(margin(root, "reconciled") <= margin(root, "best"));
    require(strcmp(decision, "met") != 0 || margin(root, "worst") >= 0);
    require((strcmp(decision, "not-met") == 0) == (margin(root, "best") < 0));
}

static void compare(struct ys_arena *arena, const char *one, const char *other)
{
    const char *const texts[] = {one, other};
    const char *keys[2][4];
    for (int i = 0; i < 2; i++) {
        for (int loose = 0; loose < 2; loose++) {
            keys[i][loose] = ys_place_name_key(arena, texts[i], CITY, loose);
            keys[i][2 + loose] = ys_place_address_key(arena, texts[i], CITY, loose);
        }
        for (int k = 0; k < 4; k++) {
            require(ys_utf8_is_valid(keys[i][k], strlen(keys[i][k])));
        }
        (void)ys_place_is_elsewhere(texts[i], CITY);
        (void)ys_place_is_self_service(texts[i]);
    }
    for (int k = 0; k < 4; k += 2) {
        require(strcmp(keys[0][k], keys[1][k]) != 0 ||
                strcmp(keys[0][k + 1], keys[1][k + 1]) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err;
    const struct ys_value *input = NULL;
    ys_arena_init(&arena);
    if (ys_json_parse(&arena, (const char *)data, size, &input, &err) == YS_OK &&
        input->kind == YS_KIND_MAP) {
        reconcile(&arena, input);
    }
    char *text = ys_arena_strndup(&arena, (const char *)data, size);
    char *end = strchr(text, '\n');
    if (end) {
        *end = '\0';
    }
    compare(&arena, text, end ? end + 1 : text);
    ys_arena_clear(&arena);
    return 0;
}
