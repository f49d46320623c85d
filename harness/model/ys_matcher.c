/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_matcher.h"

#include <string.h>

static const struct ys_matcher_info TABLE[YS_MATCHER_COUNT] = {
    {YS_MATCH_EQUALS, "equals", YS_ARGUMENT_VALUE, "the value is equal, type and all"},
    {YS_MATCH_NOT, "not", YS_ARGUMENT_MATCHER, "the value is not equal, or does not match"},
    {YS_MATCH_LESS, "less", YS_ARGUMENT_ORDERED, "the value is less"},
    {YS_MATCH_AT_MOST, "at_most", YS_ARGUMENT_ORDERED, "the value is less or equal"},
    {YS_MATCH_GREATER, "greater", YS_ARGUMENT_ORDERED, "the value is greater"},
    {YS_MATCH_AT_LEAST, "at_least", YS_ARGUMENT_ORDERED, "the value is greater or equal"},
    {YS_MATCH_BETWEEN, "between", YS_ARGUMENT_PAIR, "the value lies between, ends included"},
    {YS_MATCH_IN, "in", YS_ARGUMENT_LIST, "the value is one of the list"},
    {YS_MATCH_MATCHES, "matches", YS_ARGUMENT_PATTERN, "the whole text matches the pattern"},
    {YS_MATCH_CONTAINS, "contains", YS_ARGUMENT_VALUE, "a text has the part, a list the item"},
    {YS_MATCH_STARTS_WITH, "starts_with", YS_ARGUMENT_TEXT, "the text begins so"},
    {YS_MATCH_ENDS_WITH, "ends_with", YS_ARGUMENT_TEXT, "the text ends so"},
    {YS_MATCH_LENGTH, "length", YS_ARGUMENT_MATCHER, "characters of a text, items of a list"},
    {YS_MATCH_COUNT, "count", YS_ARGUMENT_MATCHER, "nodes that the path selected, or items"},
    {YS_MATCH_EACH, "each", YS_ARGUMENT_MATCHER, "every item holds"},
    {YS_MATCH_ANY, "any", YS_ARGUMENT_MATCHER, "at least one item holds"},
    {YS_MATCH_NONE, "none", YS_ARGUMENT_MATCHER, "no item holds"},
    {YS_MATCH_UNIQUE, "unique", YS_ARGUMENT_TRUE, "no two items are equal"},
    {YS_MATCH_SUBSET_OF, "subset_of", YS_ARGUMENT_LIST, "every item is in the list"},
    {YS_MATCH_SUPERSET_OF, "superset_of", YS_ARGUMENT_LIST, "has every item of the list"},
    {YS_MATCH_TYPE, "type", YS_ARGUMENT_TYPE, "the type of the value"},
    {YS_MATCH_EXISTS, "exists", YS_ARGUMENT_TRUE, "the path selected something"},
    {YS_MATCH_ABSENT, "absent", YS_ARGUMENT_TRUE, "the path selected nothing"},
    {YS_MATCH_LIKE, "like", YS_ARGUMENT_VALUE, "same structure and types as the example"},
    {YS_MATCH_FIELDS, "fields", YS_ARGUMENT_FIELDS, "matchers of the members of a map"},
    {YS_MATCH_ALLOW_EMPTY, "allow_empty", YS_ARGUMENT_TRUE, "an empty list is no vacuity"},
};

const struct ys_matcher_info *ys_matcher_table(void)
{
    return TABLE;
}

const struct ys_matcher_info *ys_matcher_find(const char *name)
{
    for (size_t i = 0; i < YS_MATCHER_COUNT; i++) {
        if (strcmp(TABLE[i].name, name) == 0) {
            return &TABLE[i];
        }
    }
    return NULL;
}
