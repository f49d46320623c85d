/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of "${…}" that a card's answers need: ciphers, certificates and signatures, all in
 * hexadecimal. */
#include <string.h>

#include "ys_clock.h"
#include "ys_crypto.h"
#include "ys_expr_private.h"

static enum ys_status bytes_of(struct ys_arena *arena, const struct ys_value *value,
                               uint8_t **ret_bytes, size_t *ret_length, struct ys_err *reterr)
{
    enum ys_status status = ys_expr__need(value, YS_KIND_STRING, reterr);
    if (status != YS_OK) {
        return status;
    }
    if (ys_hex_decode(arena, value->as.string.bytes, ret_bytes, ret_length, reterr) != YS_OK) {
        return ys_err_set(reterr, YS_ERR_RANGE, "needs hexadecimal digits");
    }
    return YS_OK;
}

static enum ys_status apply_byte(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                 const struct ys_value **ret_value, struct ys_err *reterr)
{
    int64_t number = 0;
    (void)count;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_NUMBER, reterr);
    if (status != YS_OK) {
        return status;
    }
    if (ys_decimal_to_int(in[0]->as.number, &number) != YS_OK || number < 0 || number > 255) {
        return ys_err_set(reterr, YS_ERR_RANGE, "needs a whole number from 0 to 255");
    }
    *ret_value = ys_value_printf(arena, "%02X", (unsigned)number);
    return YS_OK;
}

/* SM4 in counter mode over zeros is the cipher of the counter. */
static enum ys_status apply_sm4(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                const struct ys_value **ret_value, struct ys_err *reterr)
{
    static const uint8_t zeros[YS_SM4_BYTES];
    uint8_t result[YS_SM4_BYTES];
    uint8_t *key = NULL;
    uint8_t *block = NULL;
    size_t key_length = 0;
    size_t length = 0;
    (void)count;
    enum ys_status status = bytes_of(arena, in[0], &key, &key_length, reterr);
    status = status == YS_OK ? bytes_of(arena, in[1], &block, &length, reterr) : status;
    if (status == YS_OK && (key_length != YS_SM4_BYTES || length != YS_SM4_BYTES)) {
        status = ys_err_set(reterr, YS_ERR_RANGE, "needs a key and a block of 16 bytes");
    }
    status = status == YS_OK ? ys_sm4_ctr(key, block, zeros, sizeof zeros, result, reterr) : status;
    if (status == YS_OK) {
        char hex[2 * YS_SM4_BYTES + 1];
        ys_hex_encode(result, sizeof result, hex);
        *ret_value = ys_value_string(arena, hex);
    }
    return status;
}

/* The PEM form that cryptography reads. */
static const char *pem_of(struct ys_arena *arena, const uint8_t *der, size_t length)
{
    const char *base64 = ys_base64_encode(arena, der, length);
    size_t left = strlen(base64);
    const struct ys_value *text = ys_value_string(arena, "-----BEGIN CERTIFICATE-----\n");
    while (left > 0) {
        size_t line = left < 64 ? left : 64;
        text = ys_value_printf(arena, "%s%.*s\n", ys_value_text(text), (int)line, base64);
        base64 += line;
        left -= line;
    }
    return ys_value_text(
        ys_value_printf(arena, "%s-----END CERTIFICATE-----\n", ys_value_text(text)));
}

static void set_day(struct ys_arena *arena, struct ys_value *map, const char *name, int64_t time_us)
{
    struct ys_civil civil = ys_civil_from_wall(time_us, YS_BEIJING_OFFSET_S);
    ys_value_set(
        arena, map, name,
        ys_value_printf(arena, "%04d-%02d-%02d", civil.year % 10000, civil.month, civil.day));
}

static enum ys_status apply_certificate(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                        const struct ys_value **ret_value, struct ys_err *reterr)
{
    struct ys_certificate certificate;
    uint8_t *der = NULL;
    size_t length = 0;
    (void)count;
    enum ys_status status = bytes_of(arena, in[0], &der, &length, reterr);
    if (status == YS_OK) {
        status = ys_certificate_read(arena, pem_of(arena, der, length), &certificate, reterr);
    }
    if (status != YS_OK) {
        return status == YS_ERR_CRYPTO
                   ? ys_err_set(reterr, YS_ERR_RANGE, "needs a certificate in DER, hexadecimal")
                   : status;
    }
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "subject", certificate.subject);
    ys_value_set_text(arena, map, "issuer", certificate.issuer);
    ys_value_set_text(arena, map, "serial", certificate.serial);
    ys_value_set_text(arena, map, "key", certificate.key);
    set_day(arena, map, "not_before", certificate.not_before_us);
    set_day(arena, map, "not_after", certificate.not_after_us);
    *ret_value = map;
    return YS_OK;
}

static enum ys_status pem_at(struct ys_arena *arena, const struct ys_value *value,
                             const char **ret_pem, struct ys_err *reterr)
{
    uint8_t *der = NULL;
    size_t length = 0;
    enum ys_status status = bytes_of(arena, value, &der, &length, reterr);
    if (status == YS_OK) {
        *ret_pem = pem_of(arena, der, length);
    }
    return status;
}

/* At noon in Beijing: a certificate that begins or ends on the day is in force. */
static enum ys_status noon_of(const struct ys_value *value, int64_t *ret_us, struct ys_err *reterr)
{
    struct ys_civil day;
    enum ys_status status = ys_expr__need(value, YS_KIND_STRING, reterr);
    if (status != YS_OK || ys_date_parse(value->as.string.bytes, &day, NULL) != YS_OK) {
        return status == YS_OK ? ys_err_set(reterr, YS_ERR_RANGE, "needs a date, YYYY-MM-DD")
                               : status;
    }
    day.hour = 12;
    *ret_us = ys_civil_to_wall(&day, YS_BEIJING_OFFSET_S);
    return YS_OK;
}

/* "good", or in words why the certificate does not lead to one of the authorities. */
static enum ys_status apply_chain(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    const char *authorities[YS_CERTIFICATES_MAX];
    const char *pem = NULL;
    const char *fault = NULL;
    int64_t at_us = 0;
    (void)count;
    enum ys_status status = ys_expr__need(in[1], YS_KIND_LIST, reterr);
    size_t trusted = status == YS_OK ? ys_value_count(in[1]) : 0;
    if (trusted > YS_CERTIFICATES_MAX) {
        return ys_err_set(reterr, YS_ERR_LIMIT, "takes at most YS_CERTIFICATES_MAX authorities");
    }
    status = status == YS_OK ? pem_at(arena, in[0], &pem, reterr) : status;
    for (size_t i = 0; status == YS_OK && i < trusted; i++) {
        status = pem_at(arena, ys_value_at(in[1], i), &authorities[i], reterr);
    }
    status = status == YS_OK ? noon_of(in[2], &at_us, reterr) : status;
    status = status == YS_OK
                 ? ys_certificate_chain(pem, authorities, trusted, at_us, &fault, reterr)
                 : status;
    if (status != YS_OK) {
        return status == YS_ERR_CRYPTO
                   ? ys_err_set(reterr, YS_ERR_RANGE, "needs certificates in DER, hexadecimal")
                   : status;
    }
    *ret_value = ys_value_string(arena, fault ? fault : "good");
    return YS_OK;
}

/* One of the two numbers of a signature as INTEGER in DER; gives the end. */
static uint8_t *put_integer(uint8_t *at, const uint8_t number[32])
{
    size_t skip = 0;
    while (skip < 31 && number[skip] == 0) {
        skip++;
    }
    bool sign = (number[skip] & 0x80u) != 0;
    *at++ = 0x02;
    *at++ = (uint8_t)(32 - skip + sign);
    if (sign) {
        *at++ = 0;
    }
    memcpy(at, number + skip, 32 - skip);
    return at + (32 - skip);
}

static enum ys_status apply_sm2_verify(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                       const struct ys_value **ret_value, struct ys_err *reterr)
{
    uint8_t der[2 + 2 * 35] = {0x30};
    uint8_t *parts[3];
    size_t lengths[3];
    bool valid = false;
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < count; i++) {
        status = bytes_of(arena, in[i], &parts[i], &lengths[i], reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    if (lengths[2] != 64) {
        return ys_err_set(reterr, YS_ERR_RANGE, "needs a signature r || s of 64 bytes");
    }
    uint8_t *end = put_integer(put_integer(der + 2, parts[2]), parts[2] + 32);
    der[1] = (uint8_t)(end - der - 2);
    status = ys_sm2_verify(pem_of(arena, parts[0], lengths[0]), parts[1], lengths[1], der,
                           (size_t)(end - der), &valid, reterr);
    if (status == YS_OK) {
        *ret_value = ys_value_bool(arena, valid);
    }
    return status == YS_ERR_CRYPTO
               ? ys_err_set(reterr, YS_ERR_RANGE, "needs a certificate of an SM2 key in DER")
               : status;
}

const struct ys_expr_function YS_EXPR__CARDS[] = {
    {{"byte", 1, 1, "byte(number)", "a number from 0 to 255 as two hexadecimal digits"},
     apply_byte},
    {{"certificate", 1, 1, "certificate(hex)",
      "a certificate in DER: subject, issuer, serial, key, not_before, not_after"},
     apply_certificate},
    {{"certificate_chain", 3, 3, "certificate_chain(hex, authorities, date)",
      "good, or why a certificate does not lead to one of the authorities' on that day; a list, "
      "all in DER, hexadecimal"},
     apply_chain},
    {{"sm2_verify", 3, 3, "sm2_verify(certificate, message, signature)",
      "whether r || s signs the message (SM2 with SM3); all in hexadecimal"},
     apply_sm2_verify},
    {{"sm4", 2, 2, "sm4(key, block)", "SM4 of one block, hexadecimal"}, apply_sm4},
    {.apply = NULL},
};
