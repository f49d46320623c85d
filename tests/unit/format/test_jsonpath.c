/* SPDX-License-Identifier: Apache-2.0 */
/* JSONPath: the examples of RFC 9535, table by table, and what its grammar refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test_arena.h"
#include "ys_json.h"
#include "ys_jsonpath.h"

struct row {
    const char *query;
    const char *nodes; /* the selected nodes as a JSON list */
};

static void check(struct ys_arena *arena, const char *document, const struct row *rows,
                  size_t count)
{
    const struct ys_value *root = NULL;
    assert_int_equal(ys_json_parse(arena, document, strlen(document), &root, NULL), YS_OK);
    for (size_t i = 0; i < count; i++) {
        struct ys_err err;
        struct ys_buf buf;
        const struct ys_jsonpath *path = NULL;
        const struct ys_value *nodes = NULL;
        if (ys_jsonpath_parse(arena, rows[i].query, &path, &err) != YS_OK ||
            ys_jsonpath_select(arena, path, root, &nodes, &err) != YS_OK) {
            fail_msg("%s: %s", rows[i].query, err.text);
        }
        ys_buf_init(&buf, 100000);
        assert_int_equal(ys_json_write(nodes, &buf), YS_OK);
        if (strcmp(buf.bytes, rows[i].nodes) != 0) {
            fail_msg("%s selects %s, not %s", rows[i].query, buf.bytes, rows[i].nodes);
        }
        ys_buf_clear(&buf);
    }
}

#define CHECK(state, document, rows) check(*(state), document, rows, sizeof(rows) / sizeof(rows)[0])

/* RFC 9535, 1.5. */
static void the_bookstore_of_the_rfc(void **state)
{
    static const char document[] =
        "{\"store\":{\"book\":["
        "{\"category\":\"reference\",\"author\":\"Nigel Rees\","
        "\"title\":\"Sayings of the Century\",\"price\":8.95},"
        "{\"category\":\"fiction\",\"author\":\"Evelyn Waugh\","
        "\"title\":\"Sword of Honour\",\"price\":12.99},"
        "{\"category\":\"fiction\",\"author\":\"Herman Melville\",\"title\":\"Moby Dick\","
        "\"isbn\":\"0-553-21311-3\",\"price\":8.99},"
        "{\"category\":\"fiction\",\"author\":\"J. R. R. Tolkien\","
        "\"title\":\"The Lord of the Rings\",\"isbn\":\"0-395-19395-8\",\"price\":22.99}],"
        "\"bicycle\":{\"color\":\"red\",\"price\":399}}}";
    static const char authors[] =
        "[\"Nigel Rees\",\"Evelyn Waugh\",\"Herman Melville\",\"J. R. R. Tolkien\"]";
    static const struct row rows[] = {
        {"$.store.book[*].author", authors},
        {"$..author", authors},
        {"$.store.*.color", "[\"red\"]"},
        {"$.store..price", "[8.95,12.99,8.99,22.99,399]"},
        {"$..book[2].title", "[\"Moby Dick\"]"},
        {"$..book[2].author", "[\"Herman Melville\"]"},
        {"$..book[2].publisher", "[]"},
        {"$..book[-1].title", "[\"The Lord of the Rings\"]"},
        {"$..book[0,1].title", "[\"Sayings of the Century\",\"Sword of Honour\"]"},
        {"$..book[:2].title", "[\"Sayings of the Century\",\"Sword of Honour\"]"},
        {"$..book[?@.isbn].title", "[\"Moby Dick\",\"The Lord of the Rings\"]"},
        {"$..book[?@.price<10].title", "[\"Sayings of the Century\",\"Moby Dick\"]"},
        {"$..book[?@.price==8.950].price", "[8.95]"},
        {"$.store.bicycle[?@=='red']", "[\"red\"]"},
        {"$.store[?@.color].price", "[399]"},
        {"$..book[?@.price<$.store.bicycle.price && @.price>20].price", "[22.99]"},
        {"$..book[?search(@.author, 'ev')].price", "[]"},
        {"$..book[?search(@.author, '[Ee]v')].price", "[12.99]"},
        {"$..book[?length(@.title)==9].title", "[\"Moby Dick\"]"},
    };
    CHECK(state, document, rows);
}

/* 2.2.3, 2.3.1.3, 2.3.2.3, 2.3.3.3. */
static void names_wildcards_and_indices(void **state)
{
    static const struct row root[] = {{"$", "[{\"k\":\"v\"}]"}};
    CHECK(state, "{\"k\":\"v\"}", root);
    static const struct row names[] = {
        {"$.o['j j']", "[{\"k.k\":3}]"},
        {"$.o['j j']['k.k']", "[3]"},
        {"$.o[\"j j\"][\"k.k\"]", "[3]"},
        {"$[\"'\"][\"@\"]", "[2]"},
        {"$['\\'']['@']", "[2]"},
        {"$.o['j j']['k.k']['x']", "[]"},
        {"$ .o\n[ 'j j' ]\t[\r'k.k' ]", "[3]"},
    };
    CHECK(state, "{\"o\":{\"j j\":{\"k.k\":3}},\"'\":{\"@\":2}}", names);
    static const struct row wild[] = {
        {"$[*]", "[{\"j\":1,\"k\":2},[5,3]]"},
        {"$.o[*]", "[1,2]"},
        {"$.o.*", "[1,2]"},
        {"$.o[*, *]", "[1,2,1,2]"},
        {"$.a[*]", "[5,3]"},
        {"$.a.*", "[5,3]"},
        {"$.a[0].*", "[]"},
        {"$.a.length", "[]"},
        {"$.o[0]", "[]"},
        {"$.a['0']", "[]"},
    };
    CHECK(state, "{\"o\":{\"j\":1,\"k\":2},\"a\":[5,3]}", wild);
    static const struct row indices[] = {
        {"$[1]", "[\"b\"]"},
        {"$[-2]", "[\"a\"]"},
        {"$[0]", "[\"a\"]"},
        {"$[2]", "[]"},
        {"$[-3]", "[]"},
        {"$[9007199254740991]", "[]"},
        {"$[-9007199254740991]", "[]"},
    };
    CHECK(state, "[\"a\",\"b\"]", indices);
}

/* 2.3.4.3, and bounds on either side with either sign. */
static void slices_go_both_ways(void **state)
{
    static const struct row rows[] = {
        {"$[1:3]", "[\"b\",\"c\"]"},
        {"$[5:]", "[\"f\",\"g\"]"},
        {"$[1:5:2]", "[\"b\",\"d\"]"},
        {"$[5:1:-2]", "[\"f\",\"d\"]"},
        {"$[::-1]", "[\"g\",\"f\",\"e\",\"d\",\"c\",\"b\",\"a\"]"},
        {"$[:]", "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]"},
        {"$[::]", "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]"},
        {"$[::0]", "[]"},
        {"$[-2:]", "[\"f\",\"g\"]"},
        {"$[:-5]", "[\"a\",\"b\"]"},
        {"$[-100:2]", "[\"a\",\"b\"]"},
        {"$[5:100]", "[\"f\",\"g\"]"},
        {"$[100:]", "[]"},
        {"$[3:1]", "[]"},
        {"$[100:4:-1]", "[\"g\",\"f\"]"},
        {"$[2::-1]", "[\"c\",\"b\",\"a\"]"},
        {"$[:4:-1]", "[\"g\",\"f\"]"},
        {"$[2:-100:-1]", "[\"c\",\"b\",\"a\"]"},
        {"$[1:3:-1]", "[]"},
        {"$[-1:-4:-2]", "[\"g\",\"e\"]"},
        {"$[::9007199254740991]", "[\"a\"]"},
        {"$[::-9007199254740991]", "[\"g\"]"},
        {"$[-9007199254740991:9007199254740991:3]", "[\"a\",\"d\",\"g\"]"},
        {"$[ 1 : 5 : 2 ]", "[\"b\",\"d\"]"},
        {"$[0:1, 0]", "[\"a\",\"a\"]"},
    };
    CHECK(state, "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]", rows);
    static const struct row others[] = {{"$[:]", "[]"}, {"$.a[::-1]", "[]"}, {"$.b[1:]", "[]"}};
    CHECK(state, "{\"a\":[],\"b\":\"text\"}", others);
}

/* 2.3.5.3, table 11: each comparison stands in a filter that keeps the one item when it holds. */
static void comparisons_of_the_rfc(void **state)
{
    static const struct {
        const char *comparison;
        bool holds;
    } rows[] = {
        {"$.absent1 == $.absent2", true},
        {"$.absent1 <= $.absent2", true},
        {"$.absent == 'g'", false},
        {"$.absent1 != $.absent2", false},
        {"$.absent != 'g'", true},
        {"1 <= 2", true},
        {"1 > 2", false},
        {"13 == '13'", false},
        {"'a' <= 'b'", true},
        {"'a' > 'b'", false},
        {"$.obj == $.arr", false},
        {"$.obj != $.arr", true},
        {"$.obj == $.obj", true},
        {"$.obj != $.obj", false},
        {"$.arr == $.arr", true},
        {"$.arr != $.arr", false},
        {"$.obj == 17", false},
        {"$.obj != 17", true},
        {"$.obj <= $.arr", false},
        {"$.obj < $.arr", false},
        {"$.obj <= $.obj", true},
        {"$.arr <= $.arr", true},
        {"1 <= $.arr", false},
        {"1 >= $.arr", false},
        {"1 > $.arr", false},
        {"1 < $.arr", false},
        {"true <= true", true},
        {"true > true", false},
        {"true < false", false},
        {"null == null", true},
        {"null <= null", true},
        {"null < null", false},
        {"$.absent == null", false},
        {"$.absent < 1", false},
        {"$.obj == $.same", true},
        {"1 == 1.0", true},
        {"-0 == 0", true},
        {"1e2 == 100", true},
        {"1.5E+1 == 15", true},
        {"'1' < 2", false},
        {"'\\uFFFD' < '\\uD83D\\uDE00'", true},
        {"'a' < 'a\\u0000'", true},
        {"'a\\u0000b' == 'a\\u0000c'", false},
        {"'a\\u0000b' < 'a\\u0000c'", true},
        {"'' < 'a'", true},
        {"'aa' < 'b'", true},
    };
    static const char document[] = "{\"obj\":{\"x\":\"y\",\"z\":1},\"arr\":[2,3],"
                                   "\"same\":{\"z\":1.0,\"x\":\"y\"},\"one\":[0]}";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct row row = {ys_arena_printf(*state, "$.one[?%s]", rows[i].comparison),
                          rows[i].holds ? "[0]" : "[]"};
        check(*state, document, &row, 1);
    }
}

/* 2.3.5.3, table 12. */
static void filters_of_the_rfc(void **state)
{
    static const char document[] =
        "{\"a\":[3,5,1,2,4,6,{\"b\":\"j\"},{\"b\":\"k\"},{\"b\":{}},{\"b\":\"kilo\"}],"
        "\"o\":{\"p\":1,\"q\":2,\"r\":3,\"s\":5,\"t\":{\"u\":6}},\"e\":\"f\"}";
    static const struct row rows[] = {
        {"$.a[?@.b == 'kilo']", "[{\"b\":\"kilo\"}]"},
        {"$.a[?(@.b == 'kilo')]", "[{\"b\":\"kilo\"}]"},
        {"$.a[?@>3.5]", "[5,4,6]"},
        {"$.a[?@.b]", "[{\"b\":\"j\"},{\"b\":\"k\"},{\"b\":{}},{\"b\":\"kilo\"}]"},
        {"$[?@.*]", "[[3,5,1,2,4,6,{\"b\":\"j\"},{\"b\":\"k\"},{\"b\":{}},{\"b\":\"kilo\"}],"
                    "{\"p\":1,\"q\":2,\"r\":3,\"s\":5,\"t\":{\"u\":6}}]"},
        {"$[?@[?@.b]]", "[[3,5,1,2,4,6,{\"b\":\"j\"},{\"b\":\"k\"},{\"b\":{}},{\"b\":\"kilo\"}]]"},
        {"$.o[?@<3, ?@<3]", "[1,2,1,2]"},
        {"$.a[?@<2 || @.b == \"k\"]", "[1,{\"b\":\"k\"}]"},
        {"$.a[?match(@.b, \"[jk]\")]", "[{\"b\":\"j\"},{\"b\":\"k\"}]"},
        {"$.a[?search(@.b, \"[jk]\")]", "[{\"b\":\"j\"},{\"b\":\"k\"},{\"b\":\"kilo\"}]"},
        {"$.o[?@>1 && @<4]", "[2,3]"},
        {"$.o[?@.u || @.x]", "[{\"u\":6}]"},
        {"$.a[?@.b == $.x]", "[3,5,1,2,4,6]"},
        {"$.a[?@ == @]", "[3,5,1,2,4,6,{\"b\":\"j\"},{\"b\":\"k\"},{\"b\":{}},{\"b\":\"kilo\"}]"},
        {"$.a[?!@.b]", "[3,5,1,2,4,6]"},
        {"$.a[?!(@.b || @>2)]", "[1,2]"},
        {"$.a[?! match(@.b, 'k.*') && @.b]", "[{\"b\":\"j\"},{\"b\":{}}]"},
        {"$.a[?@>5||@<2&&@<1]", "[6]"},
        {"$.a[?(@>5||@<2)&&@<2]", "[1]"},
        {"$.o[?@\n>\t2 ]", "[3,5]"},
        {"$[?count(@.*) == 5].t", "[{\"u\":6}]"},
        {"$.o[?value(@..u) == 6]", "[{\"u\":6}]"},
        {"$[?value(@..b) == 'j']", "[]"},
        {"$[?length(@) == 1]", "[\"f\"]"},
        {"$[?length(@) > 4].s", "[5]"},
        {"$[?length($.e) == 1].u", "[]"},
        {"$.o[?length(@) == 1]", "[{\"u\":6}]"},
        {"$.a[?length(@.b) == 4]", "[{\"b\":\"kilo\"}]"},
        {"$.a[?match(@.b, '(')]", "[]"},
        {"$.a[?match(@, '.*')]", "[]"},
        {"$.a[?match('kilo', @.b)]", "[{\"b\":\"kilo\"}]"},
        {"$.a[?length(@) == length(@.b)]", "[3,5,1,2,4,6,{\"b\":\"j\"},{\"b\":\"k\"}]"},
        {"$.e[?@]", "[]"},
    };
    CHECK(state, document, rows);
    static const struct row nul[] = {{"$[?match(@, 'a')]", "[\"a\"]"},
                                     {"$[?match(@, 'a\\u0000')]", "[]"},
                                     {"$[?search(@, 'x')]", "[\"a\\u0000x\"]"}};
    CHECK(state, "[\"a\",\"a\\u0000x\"]", nul);
}

/* 2.5.1.3, 2.5.2.3. */
static void segments_of_children_and_descendants(void **state)
{
    static const struct row children[] = {
        {"$[0, 3]", "[\"a\",\"d\"]"},
        {"$[0:2, 5]", "[\"a\",\"b\",\"f\"]"},
        {"$[0, 0]", "[\"a\",\"a\"]"},
        {"$['x', 1, *, ?@=='g']", "[\"b\",\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"g\"]"},
    };
    CHECK(state, "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]", children);
    static const struct row descendants[] = {
        {"$..j", "[1,4]"},
        {"$..[0]", "[5,{\"j\":4}]"},
        {"$..[*]", "[{\"j\":1,\"k\":2},[5,3,[{\"j\":4},{\"k\":6}]],1,2,5,3,"
                   "[{\"j\":4},{\"k\":6}],{\"j\":4},{\"k\":6},4,6]"},
        {"$..*", "[{\"j\":1,\"k\":2},[5,3,[{\"j\":4},{\"k\":6}]],1,2,5,3,"
                 "[{\"j\":4},{\"k\":6}],{\"j\":4},{\"k\":6},4,6]"},
        {"$..o", "[{\"j\":1,\"k\":2}]"},
        {"$.o..[*, *]", "[1,2,1,2]"},
        {"$.a..[0, 1]", "[5,3,{\"j\":4},{\"k\":6}]"},
        {"$.a..[?@.j]", "[{\"j\":4}]"},
        {"$..a..j", "[4]"},
    };
    CHECK(state, "{\"o\":{\"j\":1,\"k\":2},\"a\":[5,3,[{\"j\":4},{\"k\":6}]]}", descendants);
}

/* 2.6.1. */
static void null_is_a_value_like_others(void **state)
{
    static const struct row rows[] = {
        {"$.a", "[null]"},           {"$.a[0]", "[]"},          {"$.a.d", "[]"},
        {"$.b[0]", "[null]"},        {"$.b[*]", "[null]"},      {"$.b[?@]", "[null]"},
        {"$.b[?@==null]", "[null]"}, {"$.c[?@.d==null]", "[]"}, {"$.null", "[1]"},
    };
    CHECK(state, "{\"a\":null,\"b\":[null],\"c\":[{}],\"null\":1}", rows);
}

static void names_may_be_escaped_and_of_any_script(void **state)
{
    static const struct row rows[] = {
        {"$.支行", "[1]"},
        {"$['\\u652f\\u884C']", "[1]"},
        {"$['\\uD83D\\uDE00']", "[2]"},
        {"$.\xF0\x9F\x98\x80", "[2]"},
        {"$[\"\\b\\f\\n\\r\\t\\/\\\\\\\"'\"]", "[3]"},
        {"$['\\b\\f\\n\\r\\t/\\\\\"\\'']", "[3]"},
        {"$['']", "[4]"},
        {"$['\\u0000']", "[]"},
        {"$['a\\u0000']", "[]"},
        {"$._1", "[6]"},
        {"$.true", "[7]"},
    };
    CHECK(state,
          "{\"支行\":1,\"\xF0\x9F\x98\x80\":2,\"\\b\\f\\n\\r\\t/\\\\\\\"'\":3,\"\":4,\"a\":5,"
          "\"_1\":6,\"true\":7}",
          rows);
}

static const struct {
    const char *query;
    unsigned column;
    const char *part;
} NO_QUERIES[] = {
    {"", 1, "begins with '$'"},
    {"a", 1, "begins with '$'"},
    {" $", 1, "begins with '$'"},
    {"@.a", 1, "begins with '$'"},
    {"$ ", 2, "or the end"},
    {"$a", 2, "or the end"},
    {"$.a b", 4, "or the end"},
    {"$.", 3, "expected a name"},
    {"$..", 4, "expected a name"},
    {"$. a", 3, "expected a name"},
    {"$.. a", 4, "expected a name"},
    {"$...a", 4, "expected a name"},
    {"$.1", 3, "expected a name"},
    {"$.&", 3, "expected a name"},
    {"$.'a'", 3, "expected a name"},
    {"$.支-", 4, "or the end"},
    {"$.[0]", 3, "expected a name"},
    {"$[", 3, "expected a selector"},
    {"$[]", 3, "expected a selector"},
    {"$[a]", 3, "expected a selector"},
    {"$[0", 4, "expected ',' or ']'"},
    {"$[0,]", 5, "expected a selector"},
    {"$[,0]", 3, "expected a selector"},
    {"$[0 1]", 5, "expected ',' or ']'"},
    {"$[01]", 3, "a leading zero"},
    {"$[-0]", 4, "expected a whole number"},
    {"$[-01]", 4, "expected a whole number"},
    {"$[-]", 4, "expected a whole number"},
    {"$[1.0]", 4, "expected ',' or ']'"},
    {"$[1e1]", 4, "expected ',' or ']'"},
    {"$[+1]", 3, "expected a selector"},
    {"$[9007199254740992]", 18, "beyond 2^53"},
    {"$[-9007199254740992]", 19, "beyond 2^53"},
    {"$[::9007199254740992]", 20, "beyond 2^53"},
    {"$[1:2:3:4]", 8, "expected ',' or ']'"},
    {"$[1:02]", 5, "a leading zero"},
    {"$['a]", 6, "the string has no end"},
    {"$[\"a']", 7, "the string has no end"},
    {"$['\n']", 4, "a control character"},
    {"$['\\x']", 5, "unknown escape"},
    {"$['\\\"']", 5, "unknown escape"},
    {"$[\"\\'\"]", 5, "unknown escape"},
    {"$['\\u12']", 8, "not a Unicode escape"},
    {"$['\\uD83D']", 10, "half of a surrogate pair"},
    {"$['\\uD83Dx']", 10, "half of a surrogate pair"},
    {"$['\\uD83D\\u0041']", 16, "not a Unicode escape"},
    {"$['\\uDE00']", 10, "not a Unicode escape"},
    {"$[?]", 4, "expected a query"},
    {"$[?@.a==]", 9, "expected a query"},
    {"$[?@.a=1]", 7, "expected ',' or ']'"},
    {"$[?@.a===1]", 9, "expected a query"},
    {"$[?@.a==1=='b']", 10, "expected ',' or ']'"},
    {"$[?(@.a==1]", 11, "expected ')'"},
    {"$[?@.a &&]", 10, "expected a query"},
    {"$[?@.a & @.b]", 8, "expected ',' or ']'"},
    {"$[?@.a and @.b]", 8, "expected ',' or ']'"},
    {"$[?@.a==01]", 9, "not a number"},
    {"$[?@.a==1.]", 9, "not a number"},
    {"$[?@.a==.1]", 9, "expected a query"},
    {"$[?@.a==+1]", 9, "expected a query"},
    {"$[?@.a==1e]", 9, "not a number"},
    {"$[?@.a==TRUE]", 9, "expected a query"},
    {"$[?@.a==trues]", 9, "expected a query"},
    {"$[?@.a==[1]]", 9, "expected a query"},
    {"$[?@.a=={}]", 9, "expected a query"},
    {"$[?!@.a==1]", 11, "'!' before a comparison needs parentheses"},
    {"$[?!!@.a]", 5, "expected a query"},
    {"$[?(@.a)==1]", 9, "expected ',' or ']'"},
    {"$[?1==(@.a)]", 7, "expected a query"},
    {"$[?true]", 8, "a value alone is no condition"},
    {"$[?1]", 5, "a value alone is no condition"},
    {"$[?'a'||@.a]", 7, "a value alone is no condition"},
    {"$[?@.*==1]", 10, "only singular queries"},
    {"$[?@..a==1]", 11, "only singular queries"},
    {"$[?@[0,0]==1]", 13, "only singular queries"},
    {"$[?@[0:1]==1]", 13, "only singular queries"},
    {"$[?1==@[?@.b]]", 14, "only singular queries"},
};

static void what_is_no_query_is_an_error_with_its_place(void **state)
{
    for (size_t i = 0; i < sizeof NO_QUERIES / sizeof NO_QUERIES[0]; i++) {
        struct ys_err err = {.status = YS_OK};
        const struct ys_jsonpath *path = NULL;
        if (ys_jsonpath_parse(*state, NO_QUERIES[i].query, &path, &err) != YS_ERR_SYNTAX ||
            err.column != NO_QUERIES[i].column || !strstr(err.text, NO_QUERIES[i].part)) {
            fail_msg("%s at %u: %s", NO_QUERIES[i].query, err.column, err.text);
        }
        assert_null(path);
    }
    struct ys_err err;
    const struct ys_jsonpath *path = NULL;
    assert_int_equal(ys_jsonpath_parse(*state, "$.\xFF", &path, &err), YS_ERR_SYNTAX);
    assert_non_null(strstr(err.text, "not UTF-8"));
}

/* 2.4.9, table of well-typed and ill-typed uses, and unknown functions. */
static void functions_are_checked_for_types_when_parsed(void **state)
{
    static const char *const good[] = {
        "$[?length(@) < 3]",
        "$[?count(@.*) == 1]",
        "$[?match(@.timezone, 'Europe/.*')]",
        "$[?value(@..color) == \"red\"]",
        "$[?count(@.a) == 0]",
        "$[?length(value(@.*)) == 1]",
        "$[?length( 'a' ) == length('b')]",
        "$[?!search(@.a, @.b)]",
        "$[?count($..*) > length($.a[0]['b'])]",
    };
    static const struct {
        const char *query;
        const char *part;
    } bad[] = {
        {"$[?length(@.*) < 3]", "the argument has the wrong type"},
        {"$[?count(1) == 1]", "the argument has the wrong type"},
        {"$[?match(@.timezone, 'Europe/.*') == true]", "only singular queries and values"},
        {"$[?value(@..color)]", "a value alone is no condition"},
        {"$[?length(@)]", "a value alone is no condition"},
        {"$[?count(length(@)) == 1]", "the argument has the wrong type"},
        {"$[?length(match(@, 'a')) == 1]", "the argument has the wrong type"},
        {"$[?length() == 1]", "expected a query"},
        {"$[?length (@) == 1]", "expected a query"},
        {"$[?length(@, @) == 1]", "expected ')'"},
        {"$[?match(@.a) == 1]", "expected ','"},
        {"$[?length(@ == 1]", "expected ')'"},
        {"$[?lenght(@) == 1]", "unknown function 'lenght'; did you mean 'length'?"},
        {"$[?bar(@.a)]", "unknown function 'bar'"},
        {"$[?Length(@) == 1]", "expected a query"},
    };
    struct ys_err err;
    const struct ys_jsonpath *path = NULL;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (ys_jsonpath_parse(*state, good[i], &path, &err) != YS_OK) {
            fail_msg("%s: %s", good[i], err.text);
        }
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (ys_jsonpath_parse(*state, bad[i].query, &path, &err) != YS_ERR_SYNTAX ||
            !strstr(err.text, bad[i].part)) {
            fail_msg("%s: %s", bad[i].query, err.text);
        }
    }
}

static void singular_queries_are_known(void **state)
{
    static const struct {
        const char *query;
        bool singular;
    } rows[] = {
        {"$", true},       {"$.a[0]['b']", true}, {"$[-1]", true},       {"$.*", false},
        {"$..a", false},   {"$[0,1]", false},     {"$[0:1]", false},     {"$.a[?@]", false},
        {"$[*].a", false}, {"$.a..b", false},     {"$['a','a']", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct ys_jsonpath *path = NULL;
        assert_int_equal(ys_jsonpath_parse(*state, rows[i].query, &path, NULL), YS_OK);
        assert_int_equal(ys_jsonpath_is_singular(path), rows[i].singular);
    }
}

static void length_nesting_and_nodes_have_caps(void **state)
{
    struct ys_err err;
    const struct ys_jsonpath *path = NULL;
    char *query = ys_arena_alloc(*state, YS_JSONPATH_BYTES_MAX + 2);
    memset(query, 'a', YS_JSONPATH_BYTES_MAX + 1);
    memcpy(query, "$.", 2);
    assert_int_equal(ys_jsonpath_parse(*state, query, &path, &err), YS_ERR_LIMIT);
    assert_non_null(strstr(err.text, "YS_JSONPATH_BYTES_MAX"));
    query[YS_JSONPATH_BYTES_MAX] = '\0';
    assert_int_equal(ys_jsonpath_parse(*state, query, &path, &err), YS_OK);

    static const char *const nests[] = {"(", "!(", "@[?"};
    for (size_t n = 0; n < sizeof nests / sizeof nests[0]; n++) {
        size_t length = strlen(nests[n]);
        memcpy(query, "$[?", 3);
        for (size_t i = 0; i < 500; i++) {
            memcpy(query + 3 + i * length, nests[n], length);
        }
        query[3 + 500 * length] = '\0';
        assert_int_equal(ys_jsonpath_parse(*state, query, &path, &err), YS_ERR_SYNTAX);
        assert_non_null(strstr(err.text, "YS_JSONPATH_DEPTH_MAX"));
    }

    struct ys_value *list = ys_value_list(*state);
    for (size_t i = 0; i < 1001; i++) {
        ys_value_append(*state, list, ys_value_int(*state, 1));
    }
    const struct ys_value *nodes = NULL;
    assert_int_equal(ys_jsonpath_parse(*state, "$[?count($[?@==1])>0]", &path, NULL), YS_OK);
    assert_int_equal(ys_jsonpath_select(*state, path, list, &nodes, &err), YS_ERR_LIMIT);
    assert_null(nodes);
    assert_non_null(strstr(err.text, "YS_JSONPATH_NODES_MAX"));
    /* Comparisons of a filter make no nodes, so a long roster has room for many of them. */
    assert_int_equal(ys_jsonpath_parse(*state, "$[?@==1 && @<2 && @>0 && !@.a]", &path, NULL),
                     YS_OK);
    assert_int_equal(ys_jsonpath_select(*state, path, list, &nodes, &err), YS_OK);
    assert_int_equal(ys_value_count(nodes), 1001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bookstore_of_the_rfc),
        cmocka_unit_test(names_wildcards_and_indices),
        cmocka_unit_test(slices_go_both_ways),
        cmocka_unit_test(comparisons_of_the_rfc),
        cmocka_unit_test(filters_of_the_rfc),
        cmocka_unit_test(segments_of_children_and_descendants),
        cmocka_unit_test(null_is_a_value_like_others),
        cmocka_unit_test(names_may_be_escaped_and_of_any_script),
        cmocka_unit_test(what_is_no_query_is_an_error_with_its_place),
        cmocka_unit_test(functions_are_checked_for_types_when_parsed),
        cmocka_unit_test(singular_queries_are_known),
        cmocka_unit_test(length_nesting_and_nodes_have_caps),
    };
    return cmocka_run_group_tests(tests, set_up_arena, tear_down_arena);
}
