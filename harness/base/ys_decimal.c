/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exact decimals. Every operation finds the true result or says YS_ERR_RANGE; no intermediate
 * overflows where the result itself would fit.
 */
#include "ys_decimal.h"

#include <string.h>

#define SCALE_MAX ((int64_t)YS_DECIMAL_SCALE_MAX)
#define EXPONENT_CAP 1000000 /* beyond any number that fits; keeps the sum below from overflowing  \
                              */

static const int64_t powers_of_ten[YS_DECIMAL_SCALE_MAX + 1] = {
    INT64_C(1),
    INT64_C(10),
    INT64_C(100),
    INT64_C(1000),
    INT64_C(10000),
    INT64_C(100000),
    INT64_C(1000000),
    INT64_C(10000000),
    INT64_C(100000000),
    INT64_C(1000000000),
    INT64_C(10000000000),
    INT64_C(100000000000),
    INT64_C(1000000000000),
    INT64_C(10000000000000),
    INT64_C(100000000000000),
    INT64_C(1000000000000000),
    INT64_C(10000000000000000),
    INT64_C(100000000000000000),
    INT64_C(1000000000000000000),
};

struct ys_decimal ys_decimal_from_int(int64_t value)
{
    return (struct ys_decimal){.coefficient = value, .scale = 0};
}

/* coefficient · 10^-scale as a normalised decimal; a negative scale multiplies. */
static enum ys_status make(int64_t coefficient, int64_t scale, struct ys_decimal *ret)
{
    if (coefficient == 0) {
        *ret = ys_decimal_from_int(0);
        return YS_OK;
    }
    while (scale > 0 && coefficient % 10 == 0) {
        coefficient /= 10;
        scale--;
    }
    if (scale > SCALE_MAX || scale < -SCALE_MAX) {
        return YS_ERR_RANGE;
    }
    if (scale < 0) {
        if (__builtin_mul_overflow(coefficient, powers_of_ten[-scale], &coefficient)) {
            return YS_ERR_RANGE;
        }
        scale = 0;
    }
    *ret = (struct ys_decimal){.coefficient = coefficient, .scale = (uint8_t)scale};
    return YS_OK;
}

/* A number text under way. Zeros wait until a further digit shows that they count, so that
 * "1.000000000000000000000" and "1000e-3" fit. The value is kept negative: INT64_MIN has no
 * positive twin. */
struct digits {
    const char *text;
    size_t length;
    size_t at;
    int64_t negated;
    int64_t zeros_waiting;
    bool overflow;
};

static bool at_digit(const struct digits *d)
{
    return d->at < d->length && d->text[d->at] >= '0' && d->text[d->at] <= '9';
}

static bool take(struct digits *d, char expected)
{
    if (d->at >= d->length || d->text[d->at] != expected) {
        return false;
    }
    d->at++;
    return true;
}

/* Adds the digits at the cursor and returns how many there were. */
static int64_t take_digits(struct digits *d)
{
    int64_t count = 0;
    for (; at_digit(d); d->at++, count++) {
        int digit = d->text[d->at] - '0';
        if (digit == 0) {
            d->zeros_waiting += d->negated != 0;
            continue;
        }
        if (d->zeros_waiting >= SCALE_MAX || d->overflow) {
            d->overflow = true;
            continue;
        }
        d->overflow =
            __builtin_mul_overflow(d->negated, powers_of_ten[d->zeros_waiting + 1], &d->negated) ||
            __builtin_sub_overflow(d->negated, digit, &d->negated);
        d->zeros_waiting = 0;
    }
    return count;
}

static bool take_exponent(struct digits *d, int64_t *ret_exponent)
{
    int64_t exponent = 0;
    if (!take(d, 'e') && !take(d, 'E')) {
        *ret_exponent = 0;
        return true;
    }
    bool negative = take(d, '-');
    if (!negative) {
        take(d, '+');
    }
    size_t start = d->at;
    for (; at_digit(d); d->at++) {
        exponent = exponent < EXPONENT_CAP ? exponent * 10 + (d->text[d->at] - '0') : exponent;
    }
    *ret_exponent = negative ? -exponent : exponent;
    return d->at > start;
}

enum ys_status ys_decimal_parse(const char *text, size_t length, struct ys_decimal *ret_value,
                                struct ys_err *reterr)
{
    struct digits d = {.text = text, .length = length};
    int64_t places = 0;
    int64_t exponent = 0;
    int shown = length > 64 ? 64 : (int)length;

    bool negative = take(&d, '-');
    if (!negative) {
        take(&d, '+');
    }
    bool leading_zero = d.at < length && text[d.at] == '0';
    int64_t whole = take_digits(&d);
    bool well_formed = whole > 0 && !(leading_zero && whole > 1);
    if (well_formed && take(&d, '.')) {
        places = take_digits(&d);
        well_formed = places > 0;
    }
    well_formed = well_formed && take_exponent(&d, &exponent) && d.at == length;
    if (!well_formed) {
        return ys_err_set(reterr, YS_ERR_NUMBER, "'%.*s' is not a number", shown, text);
    }
    int64_t value = d.negated;
    bool overflow = d.overflow || (!negative && __builtin_sub_overflow(0, d.negated, &value));
    if (overflow || make(value, places - d.zeros_waiting - exponent, ret_value) != YS_OK) {
        return ys_err_set(reterr, YS_ERR_RANGE,
                          "%.*s is out of range: 18 significant digits, of which at most %u behind "
                          "the point",
                          shown, text, YS_DECIMAL_SCALE_MAX);
    }
    return YS_OK;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;
}

size_t ys_decimal_format_places(struct ys_decimal value, unsigned places, char *text)
{
    char reversed[YS_DECIMAL_TEXT_MAX];
    size_t count = 0;
    size_t length = 0;
    uint64_t rest = magnitude(value.coefficient);
    unsigned padding = places > YS_DECIMAL_SCALE_MAX ? YS_DECIMAL_SCALE_MAX : places;

    for (unsigned place = value.scale; place < padding; place++) {
        reversed[count++] = '0';
    }
    for (unsigned place = 0; place < value.scale; place++) {
        reversed[count++] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (count > 0) {
        reversed[count++] = '.';
    }
    do {
        reversed[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value.coefficient < 0) {
        reversed[count++] = '-';
    }
    while (count > 0) {
        text[length++] = reversed[--count];
    }
    text[length] = '\0';
    return length;
}

size_t ys_decimal_format(struct ys_decimal value, char *text)
{
    return ys_decimal_format_places(value, 0, text);
}

/* whole + fraction · 10^-18, both with the sign of the number. */
struct parts {
    int64_t whole;
    int64_t fraction;
};

static struct parts split(struct ys_decimal value)
{
    int64_t unit = powers_of_ten[value.scale];
    return (struct parts){
        .whole = value.coefficient / unit,
        .fraction = value.coefficient % unit * powers_of_ten[YS_DECIMAL_SCALE_MAX - value.scale],
    };
}

int ys_decimal_compare(struct ys_decimal a, struct ys_decimal b)
{
    struct parts x = split(a);
    struct parts y = split(b);
    if (x.whole != y.whole) {
        return x.whole < y.whole ? -1 : 1;
    }
    return (x.fraction > y.fraction) - (x.fraction < y.fraction);
}

bool ys_decimal_is_integer(struct ys_decimal value)
{
    return value.scale == 0;
}

enum ys_status ys_decimal_to_int(struct ys_decimal value, int64_t *ret_value)
{
    if (value.scale != 0) {
        return YS_ERR_RANGE;
    }
    *ret_value = value.coefficient;
    return YS_OK;
}

static enum ys_status add_parts(struct parts x, struct parts y, unsigned scale,
                                struct ys_decimal *ret)
{
    const int64_t one = powers_of_ten[YS_DECIMAL_SCALE_MAX];
    int64_t whole = 0;
    int64_t fraction = x.fraction + y.fraction;
    int64_t coefficient = 0;

    if (__builtin_add_overflow(x.whole, y.whole, &whole) ||
        __builtin_add_overflow(whole, fraction / one, &whole)) {
        return YS_ERR_RANGE;
    }
    fraction %= one;
    /* One sign for both, so that the products below stay within the result. */
    if (whole > 0 && fraction < 0) {
        whole--;
        fraction += one;
    } else if (whole < 0 && fraction > 0) {
        whole++;
        fraction -= one;
    }
    if (__builtin_mul_overflow(whole, powers_of_ten[scale], &coefficient) ||
        __builtin_add_overflow(coefficient, fraction / powers_of_ten[YS_DECIMAL_SCALE_MAX - scale],
                               &coefficient)) {
        return YS_ERR_RANGE;
    }
    return make(coefficient, scale, ret);
}

/* The sum may have fewer places than its terms, and fit only then. */
static enum ys_status add_at_needed_scale(struct parts x, struct parts y, unsigned scale,
                                          struct ys_decimal *ret)
{
    int64_t fraction = x.fraction + y.fraction;
    while (scale > 0 && fraction % powers_of_ten[YS_DECIMAL_SCALE_MAX - scale + 1] == 0) {
        scale--;
    }
    return add_parts(x, y, scale, ret);
}

enum ys_status ys_decimal_add(struct ys_decimal a, struct ys_decimal b, struct ys_decimal *ret)
{
    unsigned scale = a.scale > b.scale ? a.scale : b.scale;
    return add_at_needed_scale(split(a), split(b), scale, ret);
}

enum ys_status ys_decimal_subtract(struct ys_decimal a, struct ys_decimal b, struct ys_decimal *ret)
{
    unsigned scale = a.scale > b.scale ? a.scale : b.scale;
    struct parts y = split(b);
    if (y.whole == INT64_MIN) {
        /* Has no negation: subtract it in two steps, a + INT64_MAX + 1. */
        struct ys_decimal most = ys_decimal_from_int(INT64_MAX);
        struct ys_decimal one = ys_decimal_from_int(1);
        if (a.coefficient >= 0) {
            return YS_ERR_RANGE;
        }
        enum ys_status status = ys_decimal_add(a, most, &most);
        return status == YS_OK ? ys_decimal_add(most, one, ret) : status;
    }
    y.whole = -y.whole;
    y.fraction = -y.fraction;
    return add_at_needed_scale(split(a), y, scale, ret);
}

/* Takes one factor of ten out of the product a · b, where there is one. */
static bool cancel_ten(int64_t *a, int64_t *b)
{
    if (*a % 10 == 0) {
        *a /= 10;
    } else if (*b % 10 == 0) {
        *b /= 10;
    } else if (*a % 2 == 0 && *b % 5 == 0) {
        *a /= 2;
        *b /= 5;
    } else if (*a % 5 == 0 && *b % 2 == 0) {
        *a /= 5;
        *b /= 2;
    } else {
        return false;
    }
    return true;
}

enum ys_status ys_decimal_multiply(struct ys_decimal a, struct ys_decimal b, struct ys_decimal *ret)
{
    int64_t x = a.coefficient;
    int64_t y = b.coefficient;
    int64_t product = 0;
    int64_t scale = (int64_t)a.scale + b.scale;

    while (scale > 0 && x != 0 && y != 0 && cancel_ten(&x, &y)) {
        scale--;
    }
    if (__builtin_mul_overflow(x, y, &product)) {
        return YS_ERR_RANGE;
    }
    return make(product, scale, ret);
}

static uint64_t greatest_common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* How often `prime` divides *number, which loses these factors. */
static int64_t take_factor(uint64_t *number, uint64_t prime)
{
    int64_t count = 0;
    while (*number % prime == 0) {
        *number /= prime;
        count++;
    }
    return count;
}

enum ys_status ys_decimal_divide(struct ys_decimal a, struct ys_decimal b, struct ys_decimal *ret)
{
    if (b.coefficient == 0) {
        return YS_ERR_RANGE;
    }
    if (a.coefficient == 0) {
        *ret = ys_decimal_from_int(0);
        return YS_OK;
    }
    uint64_t numerator = magnitude(a.coefficient);
    uint64_t denominator = magnitude(b.coefficient);
    uint64_t common = greatest_common_divisor(numerator, denominator);
    numerator /= common;
    denominator /= common;

    /* A fraction ends only when its denominator is 2^twos · 5^fives: widen that to a power of 10.
     */
    int64_t twos = take_factor(&denominator, 2);
    int64_t fives = take_factor(&denominator, 5);
    if (denominator != 1) {
        return YS_ERR_RANGE;
    }
    uint64_t factor = twos < fives ? 2 : 5;
    int64_t tens = twos < fives ? fives : twos;
    for (int64_t i = twos < fives ? twos : fives; i < tens; i++) {
        if (__builtin_mul_overflow(numerator, factor, &numerator)) {
            return YS_ERR_RANGE;
        }
    }
    int64_t scale = (int64_t)a.scale - b.scale + tens;
    while (scale > 0 && numerator % 10 == 0) {
        numerator /= 10;
        scale--;
    }
    bool negative = (a.coefficient < 0) != (b.coefficient < 0);
    if (numerator > (uint64_t)INT64_MAX + (negative ? 1u : 0u)) {
        return YS_ERR_RANGE;
    }
    int64_t coefficient = negative ? -(int64_t)(numerator - 1) - 1 : (int64_t)numerator;
    return make(coefficient, scale, ret);
}

enum ys_status ys_decimal_remainder(struct ys_decimal a, struct ys_decimal b,
                                    struct ys_decimal *ret)
{
    if (a.scale != 0 || b.scale != 0 || b.coefficient == 0) {
        return YS_ERR_RANGE;
    }
    /* INT64_MIN % -1 overflows in C; everything is divisible by one. */
    int64_t rest = b.coefficient == -1 ? 0 : a.coefficient % b.coefficient;
    if (rest != 0 && (rest < 0) != (b.coefficient < 0)) {
        rest += b.coefficient;
    }
    *ret = ys_decimal_from_int(rest);
    return YS_OK;
}

enum ys_status ys_parse_u64(const char *text, size_t length, uint64_t *ret_value)
{
    uint64_t value = 0;
    if (length == 0) {
        return YS_ERR_NUMBER;
    }
    bool overflow = false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return YS_ERR_NUMBER;
        }
        overflow = overflow || __builtin_mul_overflow(value, UINT64_C(10), &value) ||
                   __builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value);
    }
    if (overflow) {
        return YS_ERR_RANGE;
    }
    *ret_value = value;
    return YS_OK;
}

enum ys_status ys_parse_duration(const char *text, int64_t *ret_ms, struct ys_err *reterr)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    size_t digits = strspn(text, "0123456789");
    uint64_t count = 0;

    enum ys_status status = ys_parse_u64(text, digits, &count);
    for (size_t i = 0; status == YS_OK && i < sizeof units / sizeof units[0]; i++) {
        int64_t ms = 0;
        if (strcmp(text + digits, units[i].name) != 0) {
            continue;
        }
        if (__builtin_mul_overflow(count, units[i].ms, &ms)) {
            return ys_err_set(reterr, YS_ERR_RANGE, "the duration '%s' is too long", text);
        }
        *ret_ms = ms;
        return YS_OK;
    }
    return ys_err_set(reterr, status == YS_ERR_RANGE ? YS_ERR_RANGE : YS_ERR_NUMBER,
                      "'%s' is not a duration such as 200ms, 5s, 2m or 1h", text);
}
