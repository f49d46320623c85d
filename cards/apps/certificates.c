/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificates of a card of the third generation: SS.CERT.ADF1 in the environment PKI.社会保障.
 * The holder's key pairs lie in internal files; a PIN, proven by a challenge, lets the card sign.
 *
 *   80 C4 01 03 Lc C1 <n> <PIN>        SM3 of the PIN, whose first half is the key CTK
 *   00 84 00 00 10                     challenge
 *   00 20 01 81 10 <SM4(CTK, challenge)>
 *   00 2A 9E 9A Lc <message>           r || s, with SM3 and the default identifier
 *
 * The last one is that of ISO/IEC 7816-8: what cards in the field sign with is not published.
 */
#include "apps/app.h"
#include "crypto/sm2.h"

#include <stdlib.h>
#include <string.h>

enum { PIN_USER = 0x81, TAG_PIN = 0xC1 };
enum { FILE_PUBLIC_KEY = 0x0012, FILE_SIGNING_KEY = 0x0014, FILE_SIGNING = 0x0018 };
enum { FILE_ENCRYPTION = 0x0019 };

struct settings {
    uint8_t signing_key[VC_SM2_PRIVATE];
    uint8_t encryption_key[VC_SM2_PRIVATE];
    uint8_t authority[VC_SM2_PRIVATE];
    const char *subject;
    const char *issuer;
    const char *from;
    const char *to;
};

/* What a card holds after its personalisation. */
struct keys {
    uint8_t signing_key[VC_SM2_PRIVATE];
};

static bool load_settings(const struct vc_yaml *yaml, const yaml_node_t *map,
                          struct settings *ret_settings)
{
    static const char *const names[] = {
        "signing_key", "encryption_key", "authority_key", "subject", "issuer", "from", "to", NULL};
    size_t n = 0;
    if (!vc_yaml_check_map(yaml, map, names) ||
        !vc_yaml_bytes(yaml, map, "signing_key", ret_settings->signing_key, VC_SM2_PRIVATE,
                       VC_SM2_PRIVATE, &n) ||
        !vc_yaml_bytes(yaml, map, "encryption_key", ret_settings->encryption_key, VC_SM2_PRIVATE,
                       VC_SM2_PRIVATE, &n) ||
        !vc_yaml_bytes(yaml, map, "authority_key", ret_settings->authority, VC_SM2_PRIVATE,
                       VC_SM2_PRIVATE, &n) ||
        !vc_yaml_text(yaml, map, "subject", &ret_settings->subject) ||
        !vc_yaml_text(yaml, map, "issuer", &ret_settings->issuer) ||
        !vc_yaml_text(yaml, map, "from", &ret_settings->from) ||
        !vc_yaml_text(yaml, map, "to", &ret_settings->to)) {
        return false;
    }
    if (strlen(ret_settings->from) != 8 || strlen(ret_settings->to) != 8) {
        return vc_yaml_fail(yaml, map, "\"from\" and \"to\" are days, YYYYMMDD");
    }
    return true;
}

static bool certify(const struct vc_yaml *yaml, const struct settings *settings, bool for_signing,
                    struct vc_ef *ef)
{
    const bool *on = yaml->defects->on;
    struct vc_certificate certificate = {
        .subject = on[VC_DEFECT_CERTIFICATE_OF_OTHER_PERSON] ? "B0000014X" : settings->subject,
        .issuer = settings->issuer,
        .from = on[VC_DEFECT_CERTIFICATE_EXPIRED] ? "20190101" : settings->from,
        .to = on[VC_DEFECT_CERTIFICATE_EXPIRED] ? "20200101" : settings->to,
        .serial = for_signing ? 1 : 2,
        .for_signing = for_signing};
    bool other = !for_signing || on[VC_DEFECT_CERTIFICATE_OF_OTHER_KEY];
    memcpy(certificate.key, other ? settings->encryption_key : settings->signing_key,
           VC_SM2_PRIVATE);
    memcpy(certificate.authority, settings->authority, VC_SM2_PRIVATE);
    if (on[VC_DEFECT_CERTIFICATE_OF_OTHER_AUTHORITY]) {
        certificate.authority[VC_SM2_PRIVATE - 1] ^= 0x01;
    }
    ef->body_updated = true;
    return vc_sm2_certify(&certificate, ef->body, VC_MAX_BODY, &ef->body_n);
}

/* The contents of its files are made when the card is personalised. */
static bool load(const struct vc_yaml *yaml, const yaml_node_t *map, struct vc_df *df)
{
    struct settings settings = {.subject = NULL};
    uint8_t public[VC_SM2_PUBLIC];
    bool swapped = yaml->defects->on[VC_DEFECT_CERTIFICATES_SWAPPED];
    struct vc_ef *key = vc_df_find_fid(df, FILE_PUBLIC_KEY);
    struct vc_ef *private = vc_df_find_fid(df, FILE_SIGNING_KEY);
    struct vc_ef *signing = vc_df_find_fid(df, swapped ? FILE_ENCRYPTION : FILE_SIGNING);
    struct vc_ef *encryption = vc_df_find_fid(df, swapped ? FILE_SIGNING : FILE_ENCRYPTION);
    if (!map) {
        return true; /* the environment, which has directories only */
    }
    if (!load_settings(yaml, map, &settings)) {
        return false;
    }
    if (!key || !private || !signing || !encryption) {
        return vc_yaml_fail(yaml, map, "certificates need the files 0012, 0014, 0018 and 0019");
    }
    struct keys *keys = calloc(1, sizeof *keys);
    df->app_data = keys;
    if (!keys || !vc_sm2_public(settings.signing_key, public) ||
        !certify(yaml, &settings, true, signing) || !certify(yaml, &settings, false, encryption)) {
        return vc_yaml_fail(yaml, map, "the keys are no keys of SM2, or a day is none");
    }
    memcpy(keys->signing_key, settings.signing_key, VC_SM2_PRIVATE);
    memcpy(private->body, settings.signing_key, VC_SM2_PRIVATE);
    private->body_n = VC_SM2_PRIVATE;
    /* Two bytes before X and Y, which readers skip: tag and length as in the command that loads
     * the key. */
    key->body[0] = 0xCA;
    key->body[1] = VC_SM2_PUBLIC;
    memcpy(key->body + 2, public, VC_SM2_PUBLIC);
    key->body_n = 2 + (yaml->defects->on[VC_DEFECT_PUBLIC_KEY_SHORT] ? 32 : VC_SM2_PUBLIC);
    return true;
}

static uint16_t hash_pin(struct vc_card *card, const struct vc_apdu *apdu)
{
    if (apdu->p1 != 1 || apdu->p2 != 3) {
        return VC_SW_P1P2;
    }
    if (apdu->data_n < 3 || apdu->data[1] != apdu->data_n - 2) {
        return VC_SW_LENGTH;
    }
    if (apdu->data[0] != TAG_PIN) {
        return VC_SW_DATA;
    }
    card->data_n = VC_SM3_SIZE;
    return vc_sm3(apdu->data + 2, apdu->data_n - 2, card->data) ? VC_SW_OK : VC_SW_UNKNOWN;
}

/* What proves the PIN: the challenge enciphered with the first half of its SM3. */
static bool proof_of(const struct vc_card *card, const struct vc_pin *pin,
                     uint8_t ret_proof[VC_KEY_SIZE])
{
    uint8_t digest[VC_SM3_SIZE];
    return vc_sm3(pin->value, pin->length, digest) &&
           vc_crypto_ecb(VC_ALGORITHM_SM4, digest, true, card->challenge, VC_KEY_SIZE, ret_proof);
}

static uint16_t verify(struct vc_card *card, const struct vc_apdu *apdu)
{
    const bool *on = card->defects.on;
    struct vc_pin *pin = &vc_card_df(card)->pin;
    uint8_t proof[VC_KEY_SIZE];
    size_t challenge_n = card->challenge_n;
    /* Without a proof, which only asks for the tries, P1 may be that of ISO/IEC 7816-4 too. */
    bool asks = apdu->data_n == 0;
    if (apdu->p1 > 1 || (apdu->p1 == 0 && !asks) || apdu->p2 != PIN_USER || !pin->present) {
        return VC_SW_P1P2;
    }
    if (asks) {
        return card->pin_df == card->df ? VC_SW_OK : vc_security_tries(pin->tries);
    }
    if (apdu->data_n == pin->length && on[VC_DEFECT_CERTIFICATE_PIN_PLAIN]) {
        return vc_security_check_pin(card, card->df, apdu->data, pin->length);
    }
    if (apdu->data_n != VC_KEY_SIZE) {
        return VC_SW_LENGTH;
    }
    if (!on[VC_DEFECT_CERTIFICATE_PIN_REPLAYED]) {
        card->challenge_n = 0;
    }
    if (challenge_n != VC_KEY_SIZE) {
        return VC_SW_NO_CHALLENGE;
    }
    if (!proof_of(card, pin, proof)) {
        return VC_SW_UNKNOWN;
    }
    /* A PIN that surely differs takes a try. */
    bool right = vc_crypto_equal(proof, apdu->data, sizeof proof);
    uint8_t before = pin->tries;
    uint8_t wrong[VC_MAX_PIN];
    memcpy(wrong, pin->value, pin->length);
    wrong[0] ^= 0xFF;
    uint16_t sw = vc_security_check_pin(card, card->df, right ? pin->value : wrong, pin->length);
    if (!right && on[VC_DEFECT_CERTIFICATE_PIN_TRIES]) {
        pin->tries = before;
        return vc_security_tries(before);
    }
    return sw;
}

static uint16_t sign(struct vc_card *card, const struct vc_apdu *apdu)
{
    static const uint8_t zeros[VC_SM3_SIZE];
    const bool *on = card->defects.on;
    const struct keys *keys = vc_card_df(card)->app_data;
    if (apdu->p1 != 0x9E || apdu->p2 != 0x9A) {
        return VC_SW_P1P2;
    }
    if (apdu->data_n == 0) {
        return VC_SW_LENGTH;
    }
    if (!keys) {
        return VC_SW_REFERENCE;
    }
    if (card->pin_df != card->df && !on[VC_DEFECT_SIGNATURE_WITHOUT_PIN]) {
        return VC_SW_SECURITY;
    }
    card->data_n = VC_SM2_SIGNATURE;
    bool wrong = on[VC_DEFECT_SIGNATURE_OVER_WRONG_DATA];
    return vc_sm2_sign(keys->signing_key, wrong ? zeros : apdu->data,
                       wrong ? sizeof zeros : apdu->data_n, card->data)
               ? VC_SW_OK
               : VC_SW_UNKNOWN;
}

static const struct vc_command commands[] = {
    {0x80, 0xC4, hash_pin},
    {0x00, 0x20, verify},
    {0x00, 0x2A, sign},
};

const struct vc_app vc_app_certificates = {.name = "certificates",
                                           .commands = commands,
                                           .commands_n = sizeof commands / sizeof commands[0],
                                           .load = load};
