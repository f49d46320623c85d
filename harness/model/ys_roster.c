/* SPDX-License-Identifier: Apache-2.0 */
/* Which row of the roster is which licensed branch, and what each point counts. */
#include "ys_roster_private.h"

#include <string.h>

#include "ys_place.h"

#define AT(member) offsetof(struct ys_point, member)

static void add_difference(struct ys_roster_work *work, const char *kind,
                           const struct ys_point *point, const char *zh, const char *en,
                           bool settle)
{
    struct ys_arena *arena = work->arena;
    struct ys_value *one = ys_value_map(arena);
    ys_value_set_text(arena, one, "kind", kind);
    ys_value_set_text(arena, one, "branch", point->code);
    ys_value_set_text(arena, one, "name", point->name);
    ys_value_set(arena, one, "reason", ys_roster__texts(arena, zh, en));
    ys_value_set(arena, one, "action",
                 settle ? ys_roster__texts(arena, "由检查人员裁定", "an inspector settles it")
                        : ys_roster__texts(arena, "请银行更正名录", "the bank corrects its roster"));
    ys_value_append(arena, work->differences, one);
}

static void exclude(struct ys_roster_work *work, struct ys_point *point, const char *zh,
                    const char *en)
{
    struct ys_arena *arena = work->arena;
    struct ys_value *one = ys_value_map(arena);
    point->counted = true; /* as nothing */
    ys_value_set_text(arena, one, "branch", point->code);
    ys_value_set_text(arena, one, "name", point->name);
    ys_value_set(arena, one, "reason", ys_roster__texts(arena, zh, en));
    ys_value_append(arena, work->excluded, one);
}

static void note_twins(struct ys_roster_work *work, const struct ys_point *first,
                       const struct ys_point *second)
{
    struct ys_arena *arena = work->arena;
    struct ys_value *one = ys_value_map(arena);
    ys_value_set_text(arena, one, "branch", first->code);
    ys_value_set_text(arena, one, "name", first->name);
    ys_value_set_text(arena, one, "address", first->address);
    ys_value_set_text(arena, one, "other_branch", second->code);
    ys_value_set_text(arena, one, "other_name", second->name);
    ys_value_set_text(arena, one, "other_address", second->address);
    bool name = strcmp(first->loose_name, second->loose_name) == 0;
    bool address = *first->loose_address &&
                   strcmp(first->loose_address, second->loose_address) == 0;
    ys_value_set(arena, one, "reason",
                 name && address ? ys_roster__texts(arena, "名称和地址仅写法不同",
                                                    "name and address differ only in spelling")
                 : name ? ys_roster__texts(arena, "名称仅写法不同",
                                           "the names differ only in spelling")
                        : ys_roster__texts(arena, "地址相同", "the same address"));
    ys_value_append(arena, work->near_duplicates, one);
}

/* A code that stands again in its list counts once. */
static void mark_again(struct ys_roster_work *work, struct ys_points *points)
{
    struct ys_point **sorted = ys_roster__sorted(work->arena, points, AT(code));
    for (size_t i = 1; i < points->count; i++) {
        if (strcmp(sorted[i - 1]->code, sorted[i]->code) == 0) {
            sorted[i]->again = true;
            if (sorted[i]->here) {
                add_difference(work, "code-twice", sorted[i], "网点代码在名单中重复，只计一次",
                               "the code stands twice in its list and counts once", false);
            }
        }
    }
}

static bool is_free(const struct ys_point *point)
{
    return !point->match && !point->again;
}

/* The only free point with that text; NULL where there is none or several. */
static struct ys_point *only(struct ys_point *const *sorted, size_t count, size_t offset,
                             const char *text)
{
    size_t found = 0;
    size_t from = *text ? ys_roster__find(sorted, count, offset, text, &found) : 0;
    struct ys_point *one = NULL;
    for (size_t i = from; i < from + found; i++) {
        if (is_free(sorted[i])) {
            if (one) {
                return NULL;
            }
            one = sorted[i];
        }
    }
    return one;
}

static void pair(struct ys_point *licensed, struct ys_point *listed)
{
    licensed->match = listed;
    listed->match = licensed;
}

/* By code, by licence, then by name and address both. */
static void match(struct ys_roster_work *work)
{
    static const size_t offsets[] = {AT(code), AT(licence)};
    const struct ys_points *roster = &work->roster;
    for (size_t k = 0; k < 2; k++) {
        struct ys_point **sorted = ys_roster__sorted(work->arena, roster, offsets[k]);
        for (size_t i = 0; i < work->licensed.count; i++) {
            struct ys_point *licensed = &work->licensed.at[i];
            struct ys_point *listed =
                is_free(licensed) ? only(sorted, roster->count, offsets[k],
                                         k ? licensed->licence : licensed->code)
                                  : NULL;
            if (listed) {
                pair(licensed, listed);
            }
        }
    }
    struct ys_point **names = ys_roster__sorted(work->arena, roster, AT(name_key));
    for (size_t i = 0; i < work->licensed.count; i++) {
        struct ys_point *licensed = &work->licensed.at[i];
        struct ys_point *listed =
            is_free(licensed) ? only(names, roster->count, AT(name_key), licensed->name_key) : NULL;
        if (listed && *licensed->address_key &&
            strcmp(listed->address_key, licensed->address_key) == 0) {
            pair(licensed, listed);
            add_difference(work, "code-differs", listed,
                           "名称和地址与持牌名册一致，网点代码不同",
                           "name and address are those of a licensed branch, the code is another",
                           false);
        }
    }
}

/* Another spelling among the points of a list; matched ones first. */
static struct ys_point *find_twin(struct ys_point *const *names, struct ys_point *const *addresses,
                                  size_t count, const struct ys_point *point)
{
    struct ys_point *twin = NULL;
    for (int k = 0; k < 2; k++) {
        struct ys_point *const *sorted = k ? addresses : names;
        const char *text = k ? point->loose_address : point->loose_name;
        size_t found = 0;
        size_t from =
            *text ? ys_roster__find(sorted, count, k ? AT(loose_address) : AT(loose_name), text,
                                    &found)
                  : 0;
        for (size_t i = from; i < from + found; i++) {
            bool usable = sorted[i] != point && !sorted[i]->again && sorted[i]->here &&
                          sorted[i]->staffed;
            if (usable && (!twin || (!twin->match && sorted[i]->match))) {
                twin = sorted[i];
            }
        }
    }
    return twin;
}

/* Looks for other spellings of the points that found no partner, first in the other list. */
static void find_twins(struct ys_roster_work *work)
{
    struct ys_points *lists[] = {&work->roster, &work->licensed};
    struct ys_point **names[2];
    struct ys_point **addresses[2];
    for (int k = 0; k < 2; k++) {
        names[k] = ys_roster__sorted(work->arena, lists[k], AT(loose_name));
        addresses[k] = ys_roster__sorted(work->arena, lists[k], AT(loose_address));
    }
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i < lists[k]->count; i++) {
            struct ys_point *point = &lists[k]->at[i];
            if (!is_free(point) || !point->here || !point->open || !point->staffed) {
                continue;
            }
            struct ys_point *other = find_twin(names[!k], addresses[!k], lists[!k]->count, point);
            struct ys_point *own = find_twin(names[k], addresses[k], lists[k]->count, point);
            point->twin = other && is_free(other) ? other : own ? own : other;
            if (point->twin && !(point->twin->twin == point)) {
                note_twins(work, point, point->twin);
            }
        }
    }
}

/* ---- what each counts ---- */

static void set_share(struct ys_point *point, struct ys_share now, struct ys_share worst,
                      struct ys_share best)
{
    point->counted = true;
    point->now = now;
    point->worst = worst;
    point->best = best;
}

#define NOTHING ((struct ys_share){0, 0})
#define PLAIN ((struct ys_share){0, 1})
#define INSTANT ((struct ys_share){1, 1})

static void share_matched(struct ys_roster_work *work, struct ys_point *licensed)
{
    const struct ys_point *listed = licensed->match;
    if (!listed->here || !listed->open || !listed->staffed) {
        set_share(licensed, PLAIN, PLAIN, NOTHING);
        add_difference(work, !listed->here  ? "elsewhere-on-roster"
                             : listed->open ? "self-service-on-roster"
                                            : "closed-on-roster",
                       listed, "持牌名册列为本市在营网点，银行名录不作此列",
                       "licensed and open in the city by the register, not so on the roster", true);
        return;
    }
    if (strcmp(licensed->loose_name, listed->loose_name) != 0 &&
        strcmp(licensed->loose_address, listed->loose_address) != 0) {
        set_share(licensed, PLAIN, PLAIN, listed->instant ? INSTANT : PLAIN);
        add_difference(work, "another-place", listed, "代码相同，名称和地址均与持牌名册不同",
                       "the code of a licensed branch with another name and another address", true);
        return;
    }
    if (listed->unsure) {
        set_share(licensed, PLAIN, PLAIN, INSTANT);
        add_difference(work, "instant-list-differs", listed, "名录与即时制卡名单说法不一",
                       "the roster and the list of instant branches disagree", true);
        return;
    }
    struct ys_share share = listed->instant ? INSTANT : PLAIN;
    set_share(licensed, share, share, share);
}

static void share_licensed(struct ys_roster_work *work, struct ys_point *licensed)
{
    if (licensed->again) {
        return;
    }
    if (!licensed->open || !licensed->staffed || !licensed->here) {
        bool claims = licensed->match && licensed->match->open && licensed->match->here &&
                      licensed->match->staffed;
        exclude(work, licensed, licensed->open ? "不是本市营业网点" : "持牌名册已停业",
                licensed->open ? "no business branch of the city" : "closed by the register");
        if (claims) {
            add_difference(work, "closed-in-register", licensed->match,
                           "银行列为在营，持牌名册已停业",
                           "open on the roster, closed in the register", false);
        }
    } else if (licensed->match) {
        share_matched(work, licensed);
    } else {
        const struct ys_point *twin = licensed->twin;
        struct ys_share best = !twin            ? PLAIN
                               : !twin->listed  ? NOTHING
                               : twin->match    ? PLAIN
                               : twin->instant  ? INSTANT
                                                : PLAIN;
        set_share(licensed, PLAIN, PLAIN, best);
        add_difference(work, "not-on-roster", licensed, "持牌在营，银行名录中没有",
                       "licensed and open, and not on the roster", twin != NULL);
    }
}

static void share_unknown(struct ys_roster_work *work, struct ys_point *listed)
{
    if (listed->again || listed->match || !listed->here) {
        return;
    }
    if (!listed->open || !listed->staffed) {
        exclude(work, listed, listed->open ? "自助服务点" : "已停业",
                listed->open ? "a self-service point" : "closed");
    } else if (ys_place_is_self_service(listed->name)) {
        exclude(work, listed, "名称表明为自助服务点", "a self-service point by its name");
        add_difference(work, "self-service", listed, "自助服务点列为营业网点",
                       "a self-service point is listed as a branch", false);
    } else if (ys_place_is_elsewhere(listed->address, work->city)) {
        exclude(work, listed, "地址在外地", "its address is in another city");
        add_difference(work, "other-city", listed, "外地网点列为本市网点",
                       "a branch of another city is listed as one of this", false);
    } else if (listed->twin) {
        set_share(listed, NOTHING, NOTHING, NOTHING);
        add_difference(work, "another-spelling", listed, "疑为同一网点的另一写法，名册中只有一个",
                       "perhaps another spelling of a branch that has one licence", true);
    } else {
        set_share(listed, NOTHING, listed->instant ? NOTHING : PLAIN,
                  listed->instant ? INSTANT : NOTHING);
        add_difference(work, "not-in-register", listed, "银行列为在营，持牌名册中没有",
                       "open on the roster, and not in the register", true);
    }
}

enum ys_status ys_roster_reconcile(struct ys_arena *arena, const struct ys_value *input,
                                   const struct ys_value **ret_coverage, struct ys_err *reterr)
{
    struct ys_roster_work work = {.arena = arena};
    work.differences = ys_value_list(arena);
    work.near_duplicates = ys_value_list(arena);
    work.excluded = ys_value_list(arena);
    enum ys_status status = ys_roster__read(&work, input, reterr);
    if (status != YS_OK) {
        return status;
    }
    mark_again(&work, &work.roster);
    mark_again(&work, &work.licensed);
    match(&work);
    find_twins(&work);
    for (size_t i = 0; i < work.licensed.count; i++) {
        share_licensed(&work, &work.licensed.at[i]);
    }
    for (size_t i = 0; i < work.roster.count; i++) {
        share_unknown(&work, &work.roster.at[i]);
    }
    return ys_roster__count(&work, ret_coverage, reterr);
}
