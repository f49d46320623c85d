/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Offline data authentication. RSA: EMV Book 2, 5 and 6, and A2.1 for the block that a signature
 * opens to. SM2: JR/T 0025.17: certificates and signatures stand in clear with 64 bytes r ‖ s
 * behind them; what is signed is what stands before, and behind it the data that are not part of
 * the certificate.
 */
#include <string.h>

#include "ys_crypto.h"
#include "ys_emv.h"

#define HASH_BYTES 20u
#define SIGNATURE_BYTES 64u
#define TEXT_BYTES_MAX 6144u

struct text {
    uint8_t bytes[TEXT_BYTES_MAX];
    size_t length;
};

struct work {
    struct ys_arena *arena;
    const struct ys_emv_oda_input *input;
    const struct ys_emv_object *pan;
    struct text signed_data; /* static data, and the AIP behind them */
    struct text issuer_key;  /* modulus or point */
    struct text card_key;
};

static bool add(struct text *text, const uint8_t *bytes, size_t length)
{
    if (length > sizeof text->bytes - text->length) {
        return false;
    }
    if (length > 0) { /* bytes may be NULL otherwise */
        memcpy(text->bytes + text->length, bytes, length);
    }
    text->length += length;
    return true;
}

static bool add_object(struct work *work, struct text *text, uint32_t tag)
{
    const struct ys_emv_object *object = ys_emv_find(work->input->objects, tag);
    return object && add(text, object->bytes, object->length);
}

/* MMYY of a certificate as YYMM; NULL where it is no month. */
static const char *expiry_text(struct ys_arena *arena, const uint8_t date[2])
{
    bool sound = (date[0] & 0x0F) < 10 && (date[1] & 0x0F) < 10 && date[1] >> 4 < 10 &&
                 date[0] >= 0x01 && date[0] <= 0x12;
    return sound ? ys_arena_printf(arena, "%02X%02X", date[1], date[0]) : NULL;
}

/* "" where the certificate lasts; its last month is a whole one. */
static const char *expiry_fault(struct work *work, const char *expires)
{
    const uint8_t *today = work->input->today;
    const char *now = ys_arena_printf(work->arena, "%02X%02X", today[0], today[1]);
    if (!expires) {
        return "the expiry date of the certificate is no month";
    }
    return strcmp(expires, now) < 0
               ? ys_arena_printf(work->arena, "the certificate expired (month 20%.2s-%s)", expires,
                                 expires + 2)
               : "";
}

/* 3 to 8 digits of the issuer, F-padded, begin the card number. */
static bool issuer_fits(const struct work *work, const uint8_t id[4])
{
    for (size_t i = 0; i < 8; i++) {
        uint8_t digit = i % 2 ? id[i / 2] & 0x0F : id[i / 2] >> 4;
        if (digit == 0x0F && i >= 3) {
            return true;
        }
        uint8_t wanted = i / 2 >= work->pan->length ? 0x0F
                         : i % 2                    ? work->pan->bytes[i / 2] & 0x0F
                                                    : work->pan->bytes[i / 2] >> 4;
        if (digit != wanted) {
            return false;
        }
    }
    return true;
}

static bool pan_fits(const struct work *work, const uint8_t padded[10])
{
    size_t length = work->pan->length < 10 ? work->pan->length : 10;
    for (size_t i = length; i < 10; i++) {
        if (padded[i] != 0xFF) {
            return false;
        }
    }
    return memcmp(work->pan->bytes, padded, length) == 0;
}

/* ---- RSA ---- */

/* Opens a signature: 6A, format, …, hash, BC. NULL, or what is wrong. */
static const char *open_rsa(struct work *work, const struct ys_rsa_key *key, const uint8_t *bytes,
                            size_t length, uint8_t format, uint8_t *ret_block)
{
    struct ys_err err;
    if (length != key->modulus_length || length < 3 + HASH_BYTES) {
        return ys_arena_printf(work->arena, "it has %zu bytes and the key %zu", length,
                               key->modulus_length);
    }
    if (ys_rsa_recover(key, bytes, ret_block, &err) != YS_OK) {
        return ys_arena_strdup(work->arena, err.text);
    }
    if (ret_block[0] != 0x6A || ret_block[length - 1] != 0xBC || ret_block[1] != format) {
        return "it does not open: not signed with this key";
    }
    return NULL;
}

/* The hash covers what stands between 6A and itself, and `rest`. */
static bool hash_fits(const uint8_t *block, size_t length, const struct text *rest)
{
    uint8_t digest[YS_SHA1_BYTES];
    struct text whole = {.length = 0};
    if (!add(&whole, block + 1, length - 2 - HASH_BYTES) ||
        !add(&whole, rest->bytes, rest->length)) {
        return false;
    }
    ys_sha1_digest(whole.bytes, whole.length, digest);
    return memcmp(digest, block + length - 1 - HASH_BYTES, HASH_BYTES) == 0;
}

/* The key of a certificate: what is in the block, and the remainder. `at` is where it begins. */
static const char *take_key(struct work *work, const uint8_t *block, size_t length, size_t at,
                            uint32_t remainder, uint32_t exponent, const struct text *data,
                            struct text *ret_key)
{
    struct text rest = {.length = 0};
    size_t key_length = block[at - 2];
    size_t inside = length - at - 1 - HASH_BYTES;
    if (block[at - 4] != 0x01 || block[at - 3] != 0x01) {
        return "its algorithms are not SHA-1 and RSA";
    }
    const struct ys_emv_object *behind = ys_emv_find(work->input->objects, remainder);
    const struct ys_emv_object *power = ys_emv_find(work->input->objects, exponent);
    size_t outside = key_length > inside ? key_length - inside : 0;
    if (!power || power->length != block[at - 1] || (outside && !behind) ||
        (behind && behind->length != outside)) {
        return "exponent or remainder of the key are missing or of another length";
    }
    if ((behind && !add(&rest, behind->bytes, behind->length)) ||
        !add(&rest, power->bytes, power->length) || !add(&rest, data->bytes, data->length)) {
        return "there are more data than a card may have signed";
    }
    if (!hash_fits(block, length, &rest)) {
        return "its hash is wrong";
    }
    ret_key->length = 0;
    (void)add(ret_key, block + at, key_length - outside);
    if (behind) {
        (void)add(ret_key, behind->bytes, behind->length);
    }
    return NULL;
}

static struct ys_rsa_key rsa_key(const struct work *work, const struct text *modulus,
                                 uint32_t exponent)
{
    const struct ys_emv_object *power = ys_emv_find(work->input->objects, exponent);
    return (struct ys_rsa_key){modulus->bytes, modulus->length, power ? power->bytes : NULL,
                               power ? power->length : 0};
}

static const char *rsa_issuer(struct work *work, struct ys_emv_oda *oda)
{
    static const struct text none = {.length = 0};
    const struct ys_emv_ca_key *ca = work->input->ca;
    const struct ys_emv_object *certificate = ys_emv_find(work->input->objects, 0x90);
    const struct ys_rsa_key key = {ca->key, ca->key_length, ca->exponent, ca->exponent_length};
    uint8_t block[YS_RSA_CARD_BYTES_MAX];
    if (!certificate || certificate->length < 36) {
        return "90 (issuer certificate) is missing or too short";
    }
    const char *wrong = open_rsa(work, &key, certificate->bytes, certificate->length, 0x02, block);
    if (!wrong) {
        wrong =
            take_key(work, block, certificate->length, 15, 0x92, 0x9F32, &none, &work->issuer_key);
    }
    if (wrong) {
        return wrong;
    }
    oda->issuer_expires = expiry_text(work->arena, block + 6);
    return issuer_fits(work, block + 2) ? expiry_fault(work, oda->issuer_expires)
                                        : "it is of another issuer than the card number";
}

static const char *rsa_card(struct work *work, struct ys_emv_oda *oda)
{
    const struct ys_emv_object *certificate = ys_emv_find(work->input->objects, 0x9F46);
    const struct ys_rsa_key key = rsa_key(work, &work->issuer_key, 0x9F32);
    uint8_t block[YS_RSA_CARD_BYTES_MAX];
    if (!certificate || certificate->length < 42) {
        return "9F46 (card certificate) is missing or too short";
    }
    const char *wrong = open_rsa(work, &key, certificate->bytes, certificate->length, 0x04, block);
    if (!wrong) {
        wrong = take_key(work, block, certificate->length, 21, 0x9F48, 0x9F47, &work->signed_data,
                         &work->card_key);
    }
    if (wrong) {
        return wrong;
    }
    oda->card_expires = expiry_text(work->arena, block + 12);
    return pan_fits(work, block + 2) ? expiry_fault(work, oda->card_expires)
                                     : "it is of another card number";
}

static const char *rsa_static(struct work *work)
{
    const struct ys_emv_object *signature = ys_emv_find(work->input->objects, 0x93);
    const struct ys_rsa_key key = rsa_key(work, &work->issuer_key, 0x9F32);
    uint8_t block[YS_RSA_CARD_BYTES_MAX];
    const char *wrong = open_rsa(work, &key, signature->bytes, signature->length, 0x03, block);
    if (wrong) {
        return wrong;
    }
    return hash_fits(block, signature->length, &work->signed_data) ? "" : "its hash is wrong";
}

static const char *rsa_dynamic(struct work *work)
{
    const struct ys_emv_oda_input *input = work->input;
    const struct ys_rsa_key key = rsa_key(work, &work->card_key, 0x9F47);
    struct text rest = {.length = 0};
    uint8_t block[YS_RSA_CARD_BYTES_MAX];
    const char *wrong = open_rsa(work, &key, input->dynamic, input->dynamic_length, 0x05, block);
    if (wrong) {
        return wrong;
    }
    if (block[2] != 0x01 || block[3] > input->dynamic_length - 25) {
        return "its algorithm or the length of its data are wrong";
    }
    return add(&rest, input->terminal, input->terminal_length) &&
                   hash_fits(block, input->dynamic_length, &rest)
               ? ""
               : "its hash is wrong: not over the terminal's data";
}

/* ---- SM2 ---- */

static bool sm2_fits(const uint8_t point[YS_SM2_POINT_BYTES], const uint8_t *bytes, size_t length,
                     const struct text *rest)
{
    struct text whole = {.length = 0};
    struct ys_err err;
    bool valid = false;
    size_t body = length - SIGNATURE_BYTES;
    return add(&whole, bytes, body) && add(&whole, rest->bytes, rest->length) &&
           ys_sm2_verify_raw(point, whole.bytes, whole.length, bytes + body, &valid, &err) ==
               YS_OK &&
           valid;
}

static const char *sm2_issuer(struct work *work, struct ys_emv_oda *oda)
{
    static const struct text none = {.length = 0};
    const struct ys_emv_object *certificate = ys_emv_find(work->input->objects, 0x90);
    if (!certificate || certificate->length != 142 || certificate->bytes[0] != 0x12 ||
        certificate->bytes[10] != 0x04 || certificate->bytes[13] != YS_SM2_POINT_BYTES) {
        return "90 is missing or no SM2 certificate of an issuer";
    }
    const uint8_t *bytes = certificate->bytes;
    if (work->input->ca->key_length != YS_SM2_POINT_BYTES ||
        !sm2_fits(work->input->ca->key, bytes, certificate->length, &none)) {
        return "its signature does not hold";
    }
    (void)add(&work->issuer_key, bytes + 14, YS_SM2_POINT_BYTES);
    oda->issuer_expires = expiry_text(work->arena, bytes + 5);
    return issuer_fits(work, bytes + 1) ? expiry_fault(work, oda->issuer_expires)
                                        : "it is of another issuer than the card number";
}

static const char *sm2_card(struct work *work, struct ys_emv_oda *oda)
{
    const struct ys_emv_object *certificate = ys_emv_find(work->input->objects, 0x9F46);
    if (!certificate || certificate->length != 148 || certificate->bytes[0] != 0x14 ||
        certificate->bytes[16] != 0x04 || certificate->bytes[19] != YS_SM2_POINT_BYTES) {
        return "9F46 is missing or no SM2 certificate of a card";
    }
    const uint8_t *bytes = certificate->bytes;
    if (!sm2_fits(work->issuer_key.bytes, bytes, certificate->length, &work->signed_data)) {
        return "its signature does not hold over the records";
    }
    (void)add(&work->card_key, bytes + 20, YS_SM2_POINT_BYTES);
    oda->card_expires = expiry_text(work->arena, bytes + 11);
    return pan_fits(work, bytes + 1) ? expiry_fault(work, oda->card_expires)
                                     : "it is of another card number";
}

static const char *sm2_static(struct work *work)
{
    const struct ys_emv_object *signature = ys_emv_find(work->input->objects, 0x93);
    if (signature->length != 3 + SIGNATURE_BYTES || signature->bytes[0] != 0x13) {
        return "93 is no SM2 signature of static data";
    }
    return sm2_fits(work->issuer_key.bytes, signature->bytes, signature->length, &work->signed_data)
               ? ""
               : "its signature does not hold over the records";
}

static const char *sm2_dynamic(struct work *work)
{
    const struct ys_emv_oda_input *input = work->input;
    struct text rest = {.length = 0};
    if (input->dynamic_length < 2 + SIGNATURE_BYTES || input->dynamic[0] != 0x15 ||
        input->dynamic_length != 2u + input->dynamic[1] + SIGNATURE_BYTES) {
        return "it is no SM2 signature of dynamic data";
    }
    return add(&rest, input->terminal, input->terminal_length) &&
                   sm2_fits(work->card_key.bytes, input->dynamic, input->dynamic_length, &rest)
               ? ""
               : "its signature does not hold over the terminal's data";
}

/* ---- all together ---- */

static const char *gather(struct work *work)
{
    const struct ys_emv_oda_input *input = work->input;
    const struct ys_emv_object *tags = ys_emv_find(input->objects, 0x9F4A);
    work->pan = ys_emv_find(input->objects, 0x5A);
    if (!work->pan) {
        return "5A (card number) is missing";
    }
    if (input->static_length > YS_EMV_STATIC_MAX) {
        return "the signed records are longer than YS_EMV_STATIC_MAX";
    }
    (void)add(&work->signed_data, input->static_data, input->static_length);
    if (tags && (tags->length != 1 || tags->bytes[0] != 0x82)) {
        return "9F4A names other data than the AIP";
    }
    return tags && !add_object(work, &work->signed_data, 0x82) ? "82 (AIP) is missing" : "";
}

void ys_emv_oda_check(struct ys_arena *arena, const struct ys_emv_oda_input *input,
                      struct ys_emv_oda *ret_oda)
{
    struct ys_emv_oda oda = {0};
    bool sm2 = input->ca->sm2;
    struct work *work = ys_arena_alloc(arena, sizeof *work);
    memset(work, 0, sizeof *work);
    work->arena = arena;
    work->input = input;
    oda.issuer = gather(work);
    if (!*oda.issuer) {
        oda.issuer = sm2 ? sm2_issuer(work, &oda) : rsa_issuer(work, &oda);
    }
    if (work->issuer_key.length && ys_emv_find(input->objects, 0x93)) {
        oda.static_data = sm2 ? sm2_static(work) : rsa_static(work);
    }
    if (work->issuer_key.length && ys_emv_find(input->objects, 0x9F46)) {
        oda.card = sm2 ? sm2_card(work, &oda) : rsa_card(work, &oda);
    }
    if (work->card_key.length && input->terminal && input->dynamic) {
        oda.dynamic = sm2 ? sm2_dynamic(work) : rsa_dynamic(work);
    }
    *ret_oda = oda;
}
