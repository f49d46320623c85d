/* SPDX-License-Identifier: Apache-2.0 */
/* "${…}": grammar, types, functions, places of errors, and expansion inside trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "test_arena.h"
#include "ys_expr.h"
#include "ys_json.h"
#include "ys_yaml.h"

static const struct ys_value *json(struct ys_arena *arena, const char *text)
{
    const struct ys_value *value = NULL;
    assert_int_equal(ys_json_parse(arena, text, strlen(text), &value, NULL), YS_OK);
    return value;
}

static const struct ys_value *lookup(void *context, const char *name)
{
    return ys_value_get(context, name);
}

static const char SCOPE[] =
    "{\"a\":[10,20,30],\"holder\":{\"name\":\"测试一\",\"born\":\"19000101\",\"a b\":1},"
    "\"fee\":\"5.10\",\"n\":7,\"on\":true,\"nothing\":null,\"e\":[],\"nul\":\"x\\u0000y\","
    "\"rows\":[{\"id\":\"1\",\"open\":true},{\"id\":\"2\",\"open\":false}],"
    "\"swapped\":[{\"open\":false,\"id\":\"2\"},3,3.0,\"3\",null,null]}";

static enum ys_status eval(struct ys_arena *arena, const char *text,
                           const struct ys_value **ret_value, struct ys_err *reterr)
{
    const struct ys_expr *expr = NULL;
    struct ys_value *scope = ys_value_copy(arena, json(arena, SCOPE));
    enum ys_status status = ys_expr_parse(arena, text, strlen(text), &expr, reterr);
    return status == YS_OK ? ys_expr_eval(arena, expr, lookup, scope, ret_value, reterr) : status;
}

struct good {
    const char *text;
    const char *json;
};

static void check_good(struct ys_arena *arena, const struct good *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ys_err err = {.status = YS_OK};
        struct ys_buf buf;
        const struct ys_value *value = NULL;
        if (eval(arena, rows[i].text, &value, &err) != YS_OK) {
            fail_msg("%s: %s", rows[i].text, err.text);
        }
        ys_buf_init(&buf, 10000);
        assert_int_equal(ys_json_write(value, &buf), YS_OK);
        if (strcmp(buf.bytes, rows[i].json) != 0) {
            fail_msg("%s is %s, not %s", rows[i].text, buf.bytes, rows[i].json);
        }
        ys_buf_clear(&buf);
    }
}

struct bad {
    const char *text;
    enum ys_status status;
    unsigned column;
    const char *part;
};

static void check_bad(struct ys_arena *arena, const struct bad *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ys_err err = {.status = YS_OK};
        const struct ys_value *value = NULL;
        enum ys_status status = eval(arena, rows[i].text, &value, &err);
        if (status != rows[i].status || err.column != rows[i].column ||
            !strstr(err.text, rows[i].part)) {
            fail_msg("%s: %s at %u: %s", rows[i].text, ys_status_name(status), err.column,
                     status == YS_OK ? "" : err.text);
        }
        assert_null(value);
    }
}

#define CHECK_GOOD(state, rows) check_good(*(state), rows, sizeof(rows) / sizeof(rows)[0])
#define CHECK_BAD(state, rows) check_bad(*(state), rows, sizeof(rows) / sizeof(rows)[0])

static void operators_bind_as_in_c(void **state)
{
    static const struct good rows[] = {
        {"1 + 2 * 3", "7"},
        {"(1 + 2) * 3", "9"},
        {"10 - 2 - 3", "5"},
        {"12 / 4 / 3", "1"},
        {"-2 * -3", "6"},
        {"- - 2", "2"},
        {"7 % 3", "1"},
        {"0.1 + 0.2 == 0.3", "true"},
        {"1 / 8", "0.125"},
        {"1 < 2 == true", "true"},
        {"1 + 1 >= 2 && 2 <= 1 || true", "true"},
        {"true || false && false", "true"},
        {"!true || true", "true"},
        {"!(true || true)", "false"},
        {"1!=2", "true"},
        {"!on", "false"},
        {"on || missing", "true"},
        {"!on && missing", "false"},
        {"'a' < 'b'", "true"},
        {"'\xEF\xBF\xBD' < '\xF0\x9F\x98\x80'", "true"},
        {"1 == '1'", "false"},
        {"null == nothing", "true"},
        {"swapped[1] == swapped[2]", "true"},
        {"rows[1] == swapped[0]", "true"},
        {"5.10 * 2", "10.2"},
    };
    CHECK_GOOD(state, rows);
}

static void names_members_and_items_are_reached(void **state)
{
    static const struct good rows[] = {
        {"n", "7"},
        {"holder.name", "\"测试一\""},
        {"holder['a b']", "1"},
        {"holder[\"name\"]", "\"测试一\""},
        {"a[0] + a[-1]", "40"},
        {"rows[1].id", "\"2\""},
        {" a [ n - 6 ] ", "20"},
        {"'it\\'s \\\\ \\n\"'", "\"it's \\\\ \\n\\\"\""},
        {"length(holder.name)", "3"},
    };
    CHECK_GOOD(state, rows);
    static const struct bad bad[] = {
        {"missing", YS_ERR_UNDEFINED, 1, "'missing' is not defined"},
        {"truest == 1", YS_ERR_UNDEFINED, 1, "'truest' is not defined"},
        {"'测试' + holder.nmae", YS_ERR_UNDEFINED, 15, "did you mean 'name'"},
        {"n + holder.zzzzz", YS_ERR_UNDEFINED, 12, "there is no member 'zzzzz'"},
        {"a[3]", YS_ERR_UNDEFINED, 2, "there is no item 3"},
        {"a[-4]", YS_ERR_UNDEFINED, 2, "there is no item -4"},
        {"a[0.5]", YS_ERR_UNDEFINED, 2, "there is no item 0.5"},
        {"a['0']", YS_ERR_TYPE, 2, "not a list with a string"},
        {"n.x", YS_ERR_TYPE, 3, "'.x' needs a map, not a number"},
    };
    CHECK_BAD(state, bad);
}

static void what_is_no_expression_is_an_error_with_its_place(void **state)
{
    static const struct bad rows[] = {
        {"", YS_ERR_SYNTAX, 1, "ends too early"},
        {"  ", YS_ERR_SYNTAX, 3, "ends too early"},
        {"1 +", YS_ERR_SYNTAX, 4, "ends too early"},
        {"1 2", YS_ERR_SYNTAX, 3, "expected an operator or the end"},
        {"a = 1", YS_ERR_SYNTAX, 3, "expected an operator or the end"},
        {"(1", YS_ERR_SYNTAX, 3, "expected ')'"},
        {"a[1", YS_ERR_SYNTAX, 4, "expected ']'"},
        {"a.", YS_ERR_SYNTAX, 3, "member's name"},
        {"a.0", YS_ERR_SYNTAX, 3, "member's name"},
        {"'open", YS_ERR_SYNTAX, 6, "the string has no end"},
        {"'open\\", YS_ERR_SYNTAX, 7, "the string has no end"},
        {"1.2.3", YS_ERR_SYNTAX, 1, "not a number"},
        {"1.", YS_ERR_SYNTAX, 1, "not a number"},
        {"01", YS_ERR_SYNTAX, 1, "not a number"},
        {"#", YS_ERR_SYNTAX, 1, "expected a value"},
        {"lenght(a)", YS_ERR_UNDEFINED, 1, "did you mean 'length'"},
        {"1 + frobnicate(a)", YS_ERR_UNDEFINED, 5, "unknown function 'frobnicate'"},
        {"n * length(a, a)", YS_ERR_SYNTAX, 5, "length(value)"},
        {"length()", YS_ERR_SYNTAX, 1, "wrong number of arguments"},
        {"length(a", YS_ERR_SYNTAX, 9, "expected ',' or ')'"},
        {"max(1,2,3,4,5,6,7,8,9)", YS_ERR_SYNTAX, 21, "too many arguments"},
    };
    CHECK_BAD(state, rows);
}

static void wrong_types_and_inexact_numbers_are_refused(void **state)
{
    static const struct bad rows[] = {
        {"'a' + 'b'", YS_ERR_TYPE, 5, "arithmetic needs numbers, not a string"},
        {"n + fee", YS_ERR_TYPE, 3, "not a string"},
        {"-fee", YS_ERR_TYPE, 1, "not a string"},
        {"1 < 'a'", YS_ERR_TYPE, 3, "an order needs two numbers or two texts"},
        {"a < a", YS_ERR_TYPE, 3, "not a list"},
        {"n && true", YS_ERR_TYPE, 3, "a condition must be true or false, not a number"},
        {"true && n", YS_ERR_TYPE, 6, "not a number"},
        {"!n", YS_ERR_TYPE, 1, "not a number"},
        {"1 / 3", YS_ERR_RANGE, 3, "compare products"},
        {"1 / 0", YS_ERR_RANGE, 3, "no exact decimal form"},
        {"9000000000000000000 * 9", YS_ERR_RANGE, 21, "no exact decimal form"},
        {"1 + round(1, 19)", YS_ERR_RANGE, 5, "round: places go from 0 to 18"},
    };
    CHECK_BAD(state, rows);
}

static void numbers_are_rounded_half_away_from_zero(void **state)
{
    static const struct good rows[] = {
        {"round(0.125, 2)", "0.13"},
        {"round(-0.125, 2)", "-0.13"},
        {"round(0.135, 2)", "0.14"},
        {"round(0.1249999, 2)", "0.12"},
        {"round(2.5)", "3"},
        {"round(-2.5)", "-3"},
        {"round(0.4)", "0"},
        {"round(9.999, 2)", "10"},
        {"round(5, 2)", "5"},
        {"round(0.000000000000000005, 17)", "1e-17"},
        {"floor(2.9)", "2"},
        {"floor(-2.1)", "-3"},
        {"floor(-2)", "-2"},
        {"abs(-2.5) + abs(2.5)", "5"},
        {"sum(a)", "60"},
        {"sum(1, 2.5)", "3.5"},
        {"sum(e)", "0"},
        {"min(a) + max(a)", "40"},
        {"min(3, -1, 2)", "-1"},
        {"max(3, -1, 2)", "3"},
        {"number('007.50')", "7.5"},
        {"number(n)", "7"},
        {"money(5.1)", "\"5.10\""},
        {"money(-12)", "\"-12.00\""},
        {"money(round(1.005, 2))", "\"1.01\""},
    };
    CHECK_GOOD(state, rows);
    static const struct bad bad[] = {
        {"max(e)", YS_ERR_RANGE, 1, "at least one number"},
        {"sum(1, 'x')", YS_ERR_TYPE, 1, "sum: needs a number, not a string"},
        {"sum(9223372036854775807, 1)", YS_ERR_RANGE, 1, "the sum is out of range"},
        {"round(1, 0.5)", YS_ERR_RANGE, 1, "needs a whole number"},
        {"money(1.005)", YS_ERR_RANGE, 1, "over two places"},
        {"number('12x')", YS_ERR_NUMBER, 1, "number: "},
        {"number('1\\u')", YS_ERR_NUMBER, 1, "number: "},
        {"number(nul)", YS_ERR_NUMBER, 1, "number: "},
        {"floor('1')", YS_ERR_TYPE, 1, "floor: needs a number"},
        {"abs(e)", YS_ERR_TYPE, 1, "abs: needs a number"},
    };
    CHECK_BAD(state, bad);
}

static void lists_are_cut_joined_and_compared_by_type(void **state)
{
    static const struct good rows[] = {
        {"count(a)", "3"},
        {"length(e)", "0"},
        {"length(holder)", "3"},
        {"first(a)", "10"},
        {"last(a)", "30"},
        {"select(rows, '$[?@.open==true].id')", "[\"1\"]"},
        {"select(rows, '$[9]')", "[]"},
        {"unique(concat(a, a, swapped))", "[10,20,30,{\"id\":\"2\",\"open\":false},3,\"3\",null]"},
        {"concat(a)", "[10,20,30]"},
        {"difference(rows, swapped)", "[{\"id\":\"1\",\"open\":true}]"},
        {"intersection(rows, swapped)", "[{\"id\":\"2\",\"open\":false}]"},
        {"difference(concat(a, a), select(a, '$[1]'))", "[10,30,10,30]"},
        {"intersection(a, e)", "[]"},
        {"contains(a, 20.0)", "true"},
        {"contains(a, '20')", "false"},
        {"sample(e, 3, 1)", "[]"},
        {"sample(a, 0, 1)", "[]"},
        {"count(unique(sample(a, 9, 5)))", "3"},
        /* printf 'yanshou-sample-1\n%s\n%s' SEED ITEM | openssl dgst -sm3 */
        {"sample(a, 2, 4)", "[20,30]"},
        {"sample(a, 3, 6)", "[10,30,20]"},
        {"sample(rows, 1, 3)", "[{\"id\":\"2\",\"open\":false}]"},
    };
    CHECK_GOOD(state, rows);
    static const struct bad bad[] = {
        {"count('abc')", YS_ERR_TYPE, 1, "count: needs a list, not a string"},
        {"length(n)", YS_ERR_TYPE, 1, "length: needs a list"},
        {"first(e)", YS_ERR_RANGE, 1, "first: the list is empty"},
        {"last(n)", YS_ERR_TYPE, 1, "last: needs a list"},
        {"select(a, '$[')", YS_ERR_SYNTAX, 1, "select: JSONPath '$['"},
        {"concat(a, n)", YS_ERR_TYPE, 1, "needs a list"},
        {"difference(a, n)", YS_ERR_TYPE, 1, "needs a list"},
    };
    CHECK_BAD(state, bad);
}

static void texts_are_counted_in_characters(void **state)
{
    static const struct good rows[] = {
        {"upper('aZ中é1')", "\"AZ中é1\""},
        {"lower('aZ中É1')", "\"az中É1\""},
        {"trim(' \\n中 x\\n ')", "\"中 x\""},
        {"trim('  ')", "\"\""},
        {"slice(holder.name, 1, 3)", "\"试一\""},
        {"slice(holder.name, 0, 99)", "\"测试一\""},
        {"slice(holder.name, 2, 2)", "\"\""},
        {"slice(holder.name, 2, 1)", "\"\""},
        {"slice(holder.name, 5, 9)", "\"\""},
        {"slice('110101190001010015', 6, 14)", "\"19000101\""},
        {"length(nul)", "3"},
        {"slice(nul, 2, 3)", "\"y\""},
        {"contains(nul, 'y')", "true"},
        {"contains('测试一', '试')", "true"},
        {"contains('abc', '')", "true"},
        {"contains('ab', 'abc')", "false"},
        {"contains('aab', 'ab')", "true"},
        {"starts_with('6231', '62')", "true"},
        {"starts_with('6', '62')", "false"},
        {"split('a,b,,c', ',')", "[\"a\",\"b\",\"\",\"c\"]"},
        {"split('', ',')", "[\"\"]"},
        {"split('a--', '--')", "[\"a\",\"\"]"},
        {"join(split('a.b', '.'), '/')", "\"a/b\""},
        {"join(e, '/')", "\"\""},
        {"digits('No. 12-345号')", "\"12345\""},
        {"string(1.50)", "\"1.5\""},
        {"string('x')", "\"x\""},
        {"string(true)", "\"true\""},
        {"string(swapped[0])", "\"{\\\"id\\\":\\\"2\\\",\\\"open\\\":false}\""},
        {"hex('测')", "\"E6B58B\""},
        {"hex(nul)", "\"780079\""},
        {"sm3('abc')", "\"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0\""},
    };
    CHECK_GOOD(state, rows);
    static const struct bad bad[] = {
        {"split('a', '')", YS_ERR_ARGUMENT, 1, "an empty separator"},
        {"join(a, ',')", YS_ERR_TYPE, 1, "needs a string, not a number"},
        {"upper(n)", YS_ERR_TYPE, 1, "upper: needs a string"},
        {"slice('a', '0', 1)", YS_ERR_TYPE, 1, "slice: needs a number"},
    };
    CHECK_BAD(state, bad);
}

static void dates_are_those_of_beijing(void **state)
{
    static const struct good rows[] = {
        {"date('2024-02-29')", "\"2024-02-29\""},
        {"date('2024-02-29T16:00:00Z')", "\"2024-03-01\""},
        {"date('2024-02-29T23:59:59+08:00')", "\"2024-02-29\""},
        {"month('2024-12-31T16:00:00Z')", "\"2025-01\""},
        {"add_days('2024-02-28', 2)", "\"2024-03-01\""},
        {"add_days('2024-01-01', -1)", "\"2023-12-31\""},
        {"add_months('2024-01-31', 1)", "\"2024-02-29\""},
        {"add_months('2023-08-31', 6)", "\"2024-02-29\""},
        {"add_months('2024-08-31', 6)", "\"2025-02-28\""},
        {"add_months('2024-01-15', -1)", "\"2023-12-15\""},
        {"add_months('0001-02-01', -1)", "\"0001-01-01\""},
        {"add_months('9999-11-30', 1)", "\"9999-12-30\""},
        {"resident_id('110101', '1900-01-01', 9)", "\"11010119000101009X\""},
        {"id_check_digit('11010519491231002X')", "\"X\""},
        {"id_check_digit('44052418800101001')", "\"4\""},
        {"resident_id('110101', '1900-01-01', 0)", "\"110101190001010006\""},
    };
    CHECK_GOOD(state, rows);
    static const struct bad bad[] = {
        {"date('2023-02-29')", YS_ERR_TIME, 1, "date: "},
        {"date('today')", YS_ERR_TIME, 1, "date: "},
        {"date('9999-12-31T23:00:00Z')", YS_ERR_RANGE, 1, "0001 … 9999"},
        {"add_days('9999-12-31', 1)", YS_ERR_RANGE, 1, "0001 … 9999"},
        {"add_days('2024-01-01', 99999999)", YS_ERR_RANGE, 1, "too many days"},
        {"add_months('0001-01-31', -1)", YS_ERR_RANGE, 1, "0001 … 9999"},
        {"add_months('9999-12-31', 1)", YS_ERR_RANGE, 1, "0001 … 9999"},
        {"add_months('2024-01-31', -9000000000000000000)", YS_ERR_RANGE, 1, "0001 … 9999"},
        {"id_check_digit('1101051949123100X')", YS_ERR_RANGE, 1, "17 digits"},
        {"resident_id('1101', '1900-01-01', 1)", YS_ERR_RANGE, 1, "an area of six digits"},
        {"resident_id('110101', '1900-01-01', 1000)", YS_ERR_RANGE, 1, "sequence from 0 to 999"},
    };
    CHECK_BAD(state, bad);
}

/* 20,000 rosters against 20,000: two loops would take 400 million comparisons of maps. */
/* A certificate that openssl made, of a key that signed "abc" (SM2 with SM3). */
#define SM2_CERTIFICATE                                                                            \
    "3082018C30820133A00302010202146852C6D72A9F9FDA59BC25105AC77709D686825F300A06082A811CCF55"     \
    "018375301C310B300906035504061302434E310D300B06035504030C0454657374301E170D32363131323431"     \
    "37303033345A170D3336313132313137303033345A301C310B300906035504061302434E310D300B06035504"     \
    "030C04546573743059301306072A8648CE3D020106082A811CCF5501822D0342000482A21D09CA733F2B42E0"     \
    "C8BEB579214F9385F288C116BBCB2A242B9B032C57BCA8CEE5C77A84FD9A1386176600E484F8BB73AC6BC3AA"     \
    "A14774E085B2590C83C2A3533051301D0603551D0E041604147ACCF66579344BFF546703C122075C56D335E1"     \
    "18301F0603551D230418301680147ACCF66579344BFF546703C122075C56D335E118300F0603551D130101FF"     \
    "040530030101FF300A06082A811CCF55018375034700304402203975F42B39252CD8B29CDA9E7883A6352A45"     \
    "5CB097EA31F2F061580255E24B2F0220039F6A7C938A8EEC06E147FDD367BA64D204F157B47F51D2311EBE82"     \
    "F94CE38E"
#define SM2_OF_ABC                                                                                 \
    "B974BD0725E607BC5F764014EDCF06DB2191E2439A98B100248E282CF4A939FA"                             \
    "681756B705CE99F42E740CCF286336B74EC20A8238D220A7B94170256ECC509C"

/* An authority, and a certificate that it signed, from 1 March 2024 to 28 February 2034. */
#define SM2_AUTHORITY                                                                              \
    "3082017E30820125A003020102020101300A06082A811CCF550183753027310B300906035504061302434E"       \
    "3118301606035504030C0F59616E73686F752054657374204341301E170D3234303130313030303030305A"       \
    "170D3433313233313233353935395A3027310B300906035504061302434E3118301606035504030C0F5961"       \
    "6E73686F7520546573742043413059301306072A8648CE3D020106082A811CCF5501822D0342000462EF00"       \
    "44387D207D6DD648FB0B723CF210B9B4E93A2D4CCA0824C04B2CD3B9CBD707C1A9C1B3584A51B71A5A5169"       \
    "B3BAB77EA72998C564C77EC3ED167E788490A3423040300F0603551D130101FF040530030101FF300E0603"       \
    "551D0F0101FF040403020106301D0603551D0E04160414275711D90A43706BACB20ACDC767C1270FDFF4C8"       \
    "300A06082A811CCF55018375034700304402203237EB305DA2CAB637CCDA188E64311AB349EE8A7BA040F0"       \
    "B56F88D0FCFA1BDC02202DD53DF6FEE469EFC34196D075DD3AF65E15FEE5B1F6BCA0A9354D473E3C3E84"
#define SM2_LEAF                                                                                   \
    "308201893082012FA003020102020102300A06082A811CCF550183753027310B300906035504061302434E"       \
    "3118301606035504030C0F59616E73686F752054657374204341301E170D3234303330313030303030305A"       \
    "170D3334303232383233353935395A3021310B300906035504061302434E3112301006035504030C094230"       \
    "303030303133313059301306072A8648CE3D020106082A811CCF5501822D0342000488886E4CB22CBDBCB2"       \
    "7872EA42F9398F99AF2BF26553B6384B2315E62236AFA565D8267FACD909F76343BE99B1C3777769CFDE98"       \
    "9005FD3BC62F3ACFD8D7A40CA3523050300E0603551D0F0101FF040403020780301D0603551D0E04160414"       \
    "AE37B2B6C1EBFE464929E163BC2168D62F042FDA301F0603551D23041830168014275711D90A43706BACB2"       \
    "0ACDC767C1270FDFF4C8300A06082A811CCF55018375034800304502203835A7FFF3207AE01953AC894DDA"       \
    "B8D2FA0D339EFF4811EDF46AA3F6160D7B82022100F58ED891C509C2F3BDB6CC03A09B28D9B1CD557DD8D0"       \
    "641ADAC63DB88258BEB6"

static void functions_for_cards(void **state)
{
    static const struct good rows[] = {
        {"byte(0)", "\"00\""},
        {"byte(10)", "\"0A\""},
        {"byte(255)", "\"FF\""},
        /* GM/T 0002, A.1 */
        {"sm4('0123456789ABCDEFFEDCBA9876543210', '0123456789ABCDEFFEDCBA9876543210')",
         "\"681EDF34D206965E86B3E94F536E4246\""},
        {"certificate('" SM2_CERTIFICATE "').key", "\"SM2\""},
        {"certificate('" SM2_CERTIFICATE "').not_before", "\"2026-11-25\""},
        {"contains(certificate('" SM2_CERTIFICATE "').subject, 'Test')", "true"},
        {"sm2_verify('" SM2_CERTIFICATE "', '616263', '" SM2_OF_ABC "')", "true"},
        {"sm2_verify('" SM2_CERTIFICATE "', '616264', '" SM2_OF_ABC "')", "false"},
        {"certificate_chain('" SM2_LEAF "', split('" SM2_AUTHORITY "', '/'), '2026-11-25')",
         "\"good\""},
        {"certificate_chain('" SM2_LEAF "', split('" SM2_CERTIFICATE "/" SM2_AUTHORITY
         "', '/'), '2024-03-01')",
         "\"good\""},
        {"certificate_chain('" SM2_LEAF "', split('" SM2_AUTHORITY "', '/'), '2034-03-02')",
         "\"certificate has expired\""},
        {"certificate_chain('" SM2_LEAF "', split('" SM2_AUTHORITY "', '/'), '2024-02-29')",
         "\"certificate is not yet valid\""},
        {"certificate_chain('" SM2_LEAF "', split('" SM2_CERTIFICATE "', '/'), '2026-11-25')",
         "\"unable to get local issuer certificate\""},
        {"certificate_chain('" SM2_LEAF "', split('" SM2_LEAF "', '/'), '2026-11-25')",
         "\"the certificate is named as its own authority\""},
    };
    CHECK_GOOD(state, rows);
    static const struct bad bad[] = {
        {"certificate_chain('3000', split('" SM2_AUTHORITY "', '/'), '2026-11-25')", YS_ERR_RANGE,
         1, "certificates in DER"},
        {"certificate_chain('" SM2_LEAF "', '" SM2_AUTHORITY "', '2026-11-25')", YS_ERR_TYPE, 1,
         "list"},
        {"certificate_chain('" SM2_LEAF "', split('" SM2_AUTHORITY "', '/'), 'today')",
         YS_ERR_RANGE, 1, "YYYY-MM-DD"},
        {"sm4('00', '0123456789ABCDEFFEDCBA9876543210')", YS_ERR_RANGE, 1, "16 bytes"},
        {"byte(256)", YS_ERR_RANGE, 1, "0 to 255"},
        {"byte(1.5)", YS_ERR_RANGE, 1, "0 to 255"},
        {"byte(0 - 1)", YS_ERR_RANGE, 1, "0 to 255"},
        {"sm4('x', '00')", YS_ERR_RANGE, 1, "hexadecimal"},
        {"certificate('3000')", YS_ERR_RANGE, 1, "a certificate in DER"},
        {"sm2_verify('3000', '00', '00')", YS_ERR_RANGE, 1, "64 bytes"},
        {"sm2_verify('3000', '00', '" SM2_OF_ABC "')", YS_ERR_RANGE, 1, "SM2 key"},
    };
    CHECK_BAD(state, bad);
}

static void sets_of_many_rows_stay_linear(void **state)
{
    static const char *texts[] = {"difference(a, b)", "intersection(a, b)", "unique(a)"};
    static const size_t counts[] = {1, 19999, 20000};
    struct ys_value *scope = ys_value_map(*state);
    for (size_t side = 0; side < 2; side++) {
        struct ys_value *list = ys_value_list(*state);
        for (size_t i = 0; i < 20000; i++) {
            struct ys_value *row = ys_value_map(*state);
            ys_value_set_int(*state, row, "number", (int64_t)(side ? 20000 - i : i));
            ys_value_set_text(*state, row, "name", "测试");
            ys_value_append(*state, list, row);
        }
        ys_value_set(*state, scope, side ? "b" : "a", list);
    }
    for (size_t i = 0; i < 3; i++) {
        const struct ys_expr *expr = NULL;
        const struct ys_value *value = NULL;
        clock_t start = clock();
        assert_int_equal(ys_expr_parse(*state, texts[i], strlen(texts[i]), &expr, NULL), YS_OK);
        assert_int_equal(ys_expr_eval(*state, expr, lookup, scope, &value, NULL), YS_OK);
        assert_int_equal(ys_value_count(value), counts[i]);
        assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
    }
}

static void every_function_has_a_name_a_usage_and_a_line(void **state)
{
    (void)state;
    size_t count = 0;
    for (; ys_expr_function_at(count); count++) {
        const struct ys_expr_function_info *info = ys_expr_function_at(count);
        size_t length = strlen(info->name);
        assert_memory_equal(info->usage, info->name, length);
        assert_int_equal(info->usage[length], '(');
        assert_true(info->least >= 1 && info->least <= info->most);
        assert_true(strlen(info->doc) > 0);
        for (size_t i = 0; i < count; i++) {
            assert_string_not_equal(ys_expr_function_at(i)->name, info->name);
        }
    }
    assert_true(count >= 30);
    assert_null(ys_expr_function_at(count + 1));
}

static char *repeat(struct ys_arena *arena, const char *part, size_t times)
{
    size_t length = strlen(part);
    char *text = ys_arena_alloc(arena, length * times + 8);
    for (size_t i = 0; i < times; i++) {
        memcpy(text + i * length, part, length);
    }
    return text;
}

static void ignore_name(void *context, const char *root, const char *path)
{
    (void)root;
    (void)path;
    ++*(size_t *)context;
}

static void nesting_and_length_have_caps(void **state)
{
    static const char *const nests[] = {"(", "-", "!", "abs(", "a["};
    struct ys_err err;
    const struct ys_expr *expr = NULL;
    for (size_t i = 0; i < sizeof nests / sizeof nests[0]; i++) {
        const char *text = repeat(*state, nests[i], 500);
        assert_int_equal(ys_expr_parse(*state, text, strlen(text), &expr, &err), YS_ERR_SYNTAX);
        assert_non_null(strstr(err.text, "YS_EXPR_DEPTH_MAX"));
    }
    char *text = repeat(*state, "n+", 2047);
    text[4094] = 'n';
    size_t names = 0;
    const struct ys_value *value = NULL;
    assert_int_equal(eval(*state, text, &value, &err), YS_OK);
    assert_true(ys_value_equal(value, ys_value_int(*state, 7 * 2048)));
    assert_int_equal(ys_expr_parse(*state, text, strlen(text), &expr, NULL), YS_OK);
    ys_expr_names(expr, ignore_name, &names);
    assert_int_equal(names, 2048);
    text = repeat(*state, "n", YS_EXPR_BYTES_MAX + 1);
    assert_int_equal(ys_expr_parse(*state, text, strlen(text), &expr, &err), YS_ERR_LIMIT);
    assert_non_null(strstr(err.text, "YS_EXPR_BYTES_MAX"));
}

struct collected {
    char text[200];
};

static void collect(void *context, const char *root, const char *path)
{
    struct collected *collected = context;
    size_t used = strlen(collected->text);
    snprintf(collected->text + used, sizeof collected->text - used, "%s=%s ", root, path);
}

static void names_are_told_with_their_constant_members(void **state)
{
    const struct ys_value *tree =
        json(*state, "{\"a\":\"x ${holder.name} ${sum(a.b, c[d.e].f)} $${no}\","
                     "\"b\":[1,\"${!f && g == 'h'}\"]}");
    struct collected collected = {""};
    assert_int_equal(ys_template_names(*state, tree, collect, &collected, NULL), YS_OK);
    assert_string_equal(collected.text, "holder=holder.name a=a.b c=c d=d.e f=f g=g ");
}

static const struct ys_value *expand(struct ys_arena *arena, const char *text)
{
    struct ys_err err;
    const struct ys_value *value = NULL;
    if (ys_template_expand(arena, ys_value_string(arena, text), lookup,
                           ys_value_copy(arena, json(arena, SCOPE)), &value, &err) != YS_OK) {
        fail_msg("%s: %s", text, err.text);
    }
    return value;
}

static void one_expression_keeps_its_type_and_several_make_a_text(void **state)
{
    assert_int_equal(expand(*state, "${n}")->kind, YS_KIND_NUMBER);
    assert_int_equal(expand(*state, "${a}")->kind, YS_KIND_LIST);
    assert_int_equal(expand(*state, "${nothing}")->kind, YS_KIND_NULL);
    static const struct good rows[] = {
        {"${n}${n}", "77"},       {" ${n}", " 7"},
        {"¥${fee}元", "¥5.10元"}, {"${on}!", "true!"},
        {"$${n}", "${n}"},        {"$$${n}", "$${n}"},
        {"$n ${n}", "$n 7"},      {"$", "$"},
        {"${n} $", "7 $"},        {"${'}'}", "}"},
        {"${'${n}'}", "${n}"},    {"${'a\\'}'}.", "a'}."},
        {"${0.50 * 2}x", "1x"},   {"$${n} ${n}", "${n} 7"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(ys_value_text(expand(*state, rows[i].text)), rows[i].json);
    }
    const struct ys_value *nul = json(*state, "\"x\\u0000${n}\"");
    const struct ys_value *value = NULL;
    assert_int_equal(ys_template_expand(*state, nul, lookup,
                                        ys_value_copy(*state, json(*state, SCOPE)), &value, NULL),
                     YS_OK);
    assert_int_equal(value->as.string.length, 3);
    assert_memory_equal(value->as.string.bytes,
                        "x\0"
                        "7",
                        4);
}

static void a_tree_without_expressions_is_returned_as_it_is(void **state)
{
    const struct ys_value *plain =
        json(*state, "{\"a\":[1,\"$5\",{\"b\":\"{}\",\"${n}\":null}],\"c\":true}");
    const struct ys_value *value = NULL;
    size_t used = ((struct ys_arena *)*state)->used_bytes;
    assert_int_equal(ys_template_expand(*state, plain, lookup, NULL, &value, NULL), YS_OK);
    assert_ptr_equal(value, plain);
    assert_int_equal(((struct ys_arena *)*state)->used_bytes, used);

    const struct ys_value *mixed = json(*state, "{\"a\":[1,{\"x\":2}],\"b\":[1,\"${n}\",2]}");
    assert_int_equal(ys_template_expand(*state, mixed, lookup,
                                        ys_value_copy(*state, json(*state, SCOPE)), &value, NULL),
                     YS_OK);
    assert_ptr_equal(ys_value_get(value, "a"), ys_value_get(mixed, "a"));
    assert_true(ys_value_equal(value, json(*state, "{\"a\":[1,{\"x\":2}],\"b\":[1,7,2]}")));
}

static void errors_have_the_place_of_the_string_and_the_character_inside(void **state)
{
    static const char text[] = "steps:\n  - amount: ok\n    note: 'fee ${n + missing}'\n";
    static const struct {
        const char *text;
        enum ys_status status;
        const char *part;
    } rows[] = {
        {"${n + missing}", YS_ERR_UNDEFINED,
         "'${n + missing}' at character 5: 'missing' is not defined"},
        {"x ${n +} y", YS_ERR_SYNTAX, "'${n +}' at character 4: the expression ends too early"},
        {"${n", YS_ERR_SYNTAX, "'${' has no '}'"},
        {"x ${a}", YS_ERR_TYPE, "a list cannot stand inside a text"},
        {"x ${nothing}", YS_ERR_TYPE, "a null cannot stand inside a text"},
    };
    struct ys_err err;
    const struct ys_document *document = NULL;
    const struct ys_value *value = NULL;
    struct ys_value *scope = ys_value_copy(*state, json(*state, SCOPE));
    assert_int_equal(ys_yaml_parse(*state, "suite.yaml", text, strlen(text), &document, NULL),
                     YS_OK);
    assert_int_equal(ys_template_expand(*state, document->root, lookup, scope, &value, &err),
                     YS_ERR_UNDEFINED);
    assert_null(value);
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 11);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(ys_template_expand(*state, ys_value_string(*state, rows[i].text), lookup,
                                            scope, &value, &err),
                         rows[i].status);
        if (!strstr(err.text, rows[i].part)) {
            fail_msg("%s: %s", rows[i].text, err.text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_bind_as_in_c),
        cmocka_unit_test(names_members_and_items_are_reached),
        cmocka_unit_test(what_is_no_expression_is_an_error_with_its_place),
        cmocka_unit_test(wrong_types_and_inexact_numbers_are_refused),
        cmocka_unit_test(numbers_are_rounded_half_away_from_zero),
        cmocka_unit_test(lists_are_cut_joined_and_compared_by_type),
        cmocka_unit_test(texts_are_counted_in_characters),
        cmocka_unit_test(dates_are_those_of_beijing),
        cmocka_unit_test(functions_for_cards),
        cmocka_unit_test(sets_of_many_rows_stay_linear),
        cmocka_unit_test(every_function_has_a_name_a_usage_and_a_line),
        cmocka_unit_test(nesting_and_length_have_caps),
        cmocka_unit_test(names_are_told_with_their_constant_members),
        cmocka_unit_test(one_expression_keeps_its_type_and_several_make_a_text),
        cmocka_unit_test(a_tree_without_expressions_is_returned_as_it_is),
        cmocka_unit_test(errors_have_the_place_of_the_string_and_the_character_inside),
    };
    return cmocka_run_group_tests(tests, set_up_arena, tear_down_arena);
}
