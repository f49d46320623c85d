/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The test CA, issuer and card: keys are made once in a folder, certificates each time a card is
 * personalised. RSA signs with message recovery (EMV Book 2, A2.1; JR/T 0025.7); SM2 signs what
 * stands before it (JR/T 0025.17).
 */
#include "apps/pboc.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    CA_BITS = 1152,
    ISSUER_BITS = 1024,
    ICC_BITS = 768,
    RSA_MAX = CA_BITS / 8,
    SM2_POINT = 64,
    SM2_SIGNATURE = 64,
    CA_INDEX = 0x80, /* RSA; SM2 has the next one */
    MASTER_SIZE = VC_PBOC_KEYS * VC_KEY_SIZE,
    BODY_MAX = 2048
};

enum owner { OWNER_CA, OWNER_ISSUER, OWNER_ICC, OWNERS };

struct vc_pboc_keys {
    EVP_PKEY *rsa[OWNERS];
    EVP_PKEY *sm2[OWNERS];
    uint8_t masters[2][MASTER_SIZE]; /* AC, MAC, ENC */
};

static const char *const owners[OWNERS] = {"ca", "issuer", "icc"};
static const int rsa_bits[OWNERS] = {CA_BITS, ISSUER_BITS, ICC_BITS};
static const char *const master_files[2] = {"issuer-masters-3des.txt", "issuer-masters-sm4.txt"};
static const uint8_t exponent[3] = {0x01, 0x00, 0x01};

static bool fail(struct vc_err *reterr, const char *path, const char *what)
{
    snprintf(reterr->text, sizeof reterr->text, "%.200s: %s", path, what);
    return false;
}

static FILE *open_in(const char *folder, const char *name, const char *mode, char ret_path[512])
{
    int n = snprintf(ret_path, 512, "%s/%s", folder, name);
    return n > 0 && n < 512 ? fopen(ret_path, mode) : NULL;
}

/* ---- keys in files ---- */

static bool make_pem(const char *folder, const char *name, EVP_PKEY *key, struct vc_err *reterr)
{
    char path[512] = "";
    FILE *file = key ? open_in(folder, name, "we", path) : NULL;
    bool ok = file && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1;
    ok = (!file || fclose(file) == 0) && ok;
    EVP_PKEY_free(key);
    return ok || fail(reterr, *path ? path : folder, "the key cannot be made or written");
}

static bool make_masters(const char *folder, const char *name, struct vc_err *reterr)
{
    char path[512] = "";
    uint8_t bytes[MASTER_SIZE];
    FILE *file = open_in(folder, name, "we", path);
    bool ok = file && RAND_bytes(bytes, sizeof bytes) == 1;
    for (size_t i = 0; ok && i < sizeof bytes; i++) {
        ok = fprintf(file, "%02X", bytes[i]) == 2;
    }
    ok = ok && fputc('\n', file) != EOF;
    ok = (!file || fclose(file) == 0) && ok;
    return ok || fail(reterr, path, strerror(errno));
}

static size_t modulus(const EVP_PKEY *key, uint8_t ret_bytes[RSA_MAX])
{
    BIGNUM *n = NULL;
    size_t length = 0;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 && BN_num_bytes(n) <= RSA_MAX) {
        length = (size_t)BN_bn2bin(n, ret_bytes);
    }
    BN_free(n);
    return length;
}

static bool point(const EVP_PKEY *key, uint8_t ret_bytes[SM2_POINT])
{
    uint8_t encoded[SM2_POINT + 1];
    size_t n = 0;
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded,
                                        &n) != 1 ||
        n != sizeof encoded || encoded[0] != 0x04) {
        return false;
    }
    memcpy(ret_bytes, encoded + 1, SM2_POINT);
    return true;
}

/* What a terminal is loaded with. */
static bool write_public(const char *folder, const struct vc_pboc_keys *keys, struct vc_err *reterr)
{
    char path[512] = "";
    uint8_t bytes[RSA_MAX];
    size_t n = modulus(keys->rsa[OWNER_CA], bytes);
    FILE *file = open_in(folder, "ca-keys.csv", "we", path);
    bool ok = file && n && fputs("rid,index,algorithm,key,exponent\n", file) >= 0 &&
              fprintf(file, "A000000333,%02X,rsa,", CA_INDEX) > 0;
    for (size_t i = 0; ok && i < n; i++) {
        ok = fprintf(file, "%02X", bytes[i]) == 2;
    }
    ok = ok && point(keys->sm2[OWNER_CA], bytes) &&
         fprintf(file, ",010001\nA000000333,%02X,sm2,", CA_INDEX + 1) > 0;
    for (size_t i = 0; ok && i < SM2_POINT; i++) {
        ok = fprintf(file, "%02X", bytes[i]) == 2;
    }
    ok = ok && fputs(",\n", file) >= 0;
    ok = (!file || fclose(file) == 0) && ok;
    return ok || fail(reterr, path, "the public keys cannot be written");
}

bool vc_pboc_keys_make(const char *folder, struct vc_err *reterr)
{
    char name[64];
    char path[512];
    FILE *made = open_in(folder, "ca-keys.csv", "re", path);
    if (made) {
        fclose(made);
        return true;
    }
    if (mkdir(folder, S_IRWXU) != 0 && errno != EEXIST) {
        return fail(reterr, folder, strerror(errno));
    }
    for (size_t i = 0; i < OWNERS; i++) {
        snprintf(name, sizeof name, "%s-rsa.pem", owners[i]);
        if (!make_pem(folder, name, EVP_RSA_gen((unsigned)rsa_bits[i]), reterr)) {
            return false;
        }
        snprintf(name, sizeof name, "%s-sm2.pem", owners[i]);
        if (!make_pem(folder, name, EVP_EC_gen("SM2"), reterr)) {
            return false;
        }
    }
    if (!make_masters(folder, master_files[0], reterr) ||
        !make_masters(folder, master_files[1], reterr)) {
        return false;
    }
    struct vc_pboc_keys *keys = vc_pboc_keys_load(folder, reterr);
    bool ok = keys && write_public(folder, keys, reterr);
    vc_pboc_keys_free(keys);
    return ok;
}

static bool load_masters(const char *folder, const char *name, uint8_t ret_bytes[MASTER_SIZE],
                         struct vc_err *reterr)
{
    char path[512] = "";
    char line[2 * MASTER_SIZE + 2] = "";
    size_t n = 0;
    FILE *file = open_in(folder, name, "re", path);
    bool ok = file && fgets(line, sizeof line, file);
    line[strcspn(line, "\n")] = '\0';
    ok = ok && vc_hex_parse(line, ret_bytes, MASTER_SIZE, &n) && n == MASTER_SIZE;
    if (file) {
        fclose(file);
    }
    return ok || fail(reterr, path, "not three keys of 16 bytes in hexadecimal; see --make-keys");
}

struct vc_pboc_keys *vc_pboc_keys_load(const char *folder, struct vc_err *reterr)
{
    struct vc_pboc_keys *keys = calloc(1, sizeof *keys);
    char name[64];
    char path[512] = "";
    bool ok = keys != NULL;
    for (size_t i = 0; ok && i < 2 * (size_t)OWNERS; i++) {
        snprintf(name, sizeof name, "%s-%s.pem", owners[i / 2], i % 2 ? "sm2" : "rsa");
        EVP_PKEY **place = i % 2 ? &keys->sm2[i / 2] : &keys->rsa[i / 2];
        FILE *file = open_in(folder, name, "re", path);
        *place = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
        if (file) {
            fclose(file);
        }
        ok = (*place && EVP_PKEY_is_a(*place, i % 2 ? "SM2" : "RSA")) ||
             fail(reterr, path, "no such private key in PEM; see --make-keys");
    }
    ok = ok && load_masters(folder, master_files[0], keys->masters[0], reterr) &&
         load_masters(folder, master_files[1], keys->masters[1], reterr);
    if (!ok) {
        vc_pboc_keys_free(keys);
        return NULL;
    }
    return keys;
}

void vc_pboc_keys_free(struct vc_pboc_keys *keys)
{
    for (size_t i = 0; keys && i < OWNERS; i++) {
        EVP_PKEY_free(keys->rsa[i]);
        EVP_PKEY_free(keys->sm2[i]);
    }
    free(keys);
}

const uint8_t *vc_pboc_master(const struct vc_pboc_keys *keys, enum vc_algorithm algorithm,
                              enum vc_pboc_use use)
{
    return keys->masters[algorithm == VC_ALGORITHM_SM4] + use * (size_t)VC_KEY_SIZE;
}

/* ---- signatures ---- */

struct text {
    uint8_t bytes[BODY_MAX];
    size_t n;
};

static void add(struct text *text, const void *bytes, size_t n)
{
    if (n <= sizeof text->bytes - text->n) {
        memcpy(text->bytes + text->n, bytes, n);
        text->n += n;
    }
}

static void add_byte(struct text *text, uint8_t byte)
{
    add(text, &byte, 1);
}

/* 6A, the body padded with BB, SHA-1 over the body and what follows it, BC: as long as the key. */
static bool sign_rsa(EVP_PKEY *key, struct text *body, const struct text *rest, bool spoil,
                     uint8_t *ret_signature, size_t *ret_n)
{
    uint8_t block[RSA_MAX];
    struct text hashed = {.n = 0};
    unsigned hash_n = 0;
    size_t n = (size_t)EVP_PKEY_get_size(key);
    if (n > sizeof block || body->n + 22 > n) {
        return false;
    }
    while (body->n < n - 22) {
        add_byte(body, 0xBB);
    }
    add(&hashed, body->bytes, body->n);
    add(&hashed, rest->bytes, rest->n);
    block[0] = 0x6A;
    memcpy(block + 1, body->bytes, body->n);
    if (EVP_Digest(hashed.bytes, hashed.n, block + n - 21, &hash_n, EVP_sha1(), NULL) != 1) {
        return false;
    }
    block[n - 21] ^= spoil ? 0x01 : 0x00;
    block[n - 1] = 0xBC;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    *ret_n = n;
    bool ok = context && EVP_PKEY_sign_init(context) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1 &&
              EVP_PKEY_sign(context, ret_signature, ret_n, block, n) == 1;
    EVP_PKEY_CTX_free(context);
    return ok;
}

/* r || s over the text, with the user id that GM/T 0009 gives where none is agreed. */
static bool sign_sm2(EVP_PKEY *key, const struct text *text, uint8_t ret_signature[SM2_SIGNATURE])
{
    static const char user[] = "1234567812345678";
    uint8_t der[128];
    size_t der_n = sizeof der;
    EVP_PKEY_CTX *parameters = NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const uint8_t *at = der;
    bool ok = context && EVP_DigestSignInit(context, &parameters, EVP_sm3(), NULL, key) == 1 &&
              EVP_PKEY_CTX_set1_id(parameters, user, sizeof user - 1) == 1 &&
              EVP_DigestSignUpdate(context, text->bytes, text->n) == 1 &&
              EVP_DigestSignFinal(context, der, &der_n) == 1;
    ECDSA_SIG *signature = ok ? d2i_ECDSA_SIG(NULL, &at, (long)der_n) : NULL;
    ok = signature && BN_bn2binpad(ECDSA_SIG_get0_r(signature), ret_signature, 32) == 32 &&
         BN_bn2binpad(ECDSA_SIG_get0_s(signature), ret_signature + 32, 32) == 32;
    ECDSA_SIG_free(signature);
    EVP_MD_CTX_free(context);
    return ok;
}

/* ---- certificates ---- */

static const uint8_t expired[2] = {0x12, 0x19};
static const uint8_t serial[3] = {0x00, 0x00, 0x01};

/* The first digits of the PAN, F-padded to 4 bytes; the PAN, F-padded to 10. */
static void add_pan(struct vc_pboc *pboc, struct text *text, size_t n)
{
    uint8_t padded[10];
    const struct vc_object *pan = vc_pboc_find(pboc, 0x5A, VC_PBOC_ANY);
    memset(padded, 0xFF, sizeof padded);
    memcpy(padded, pan->bytes, pan->n < sizeof padded ? pan->n : sizeof padded);
    if (n == 4 && pboc->defects->on[VC_DEFECT_ISSUER_OF_ANOTHER_BANK]) {
        padded[1] = 0x29;
    }
    add(text, padded, n);
}

/* Puts a certificate and what of the key did not fit into it. */
static bool put_rsa(struct vc_pboc *pboc, EVP_PKEY *signer, struct text *body, const EVP_PKEY *key,
                    const struct text *data, const uint16_t tags[3], bool spoil)
{
    uint8_t public[RSA_MAX];
    uint8_t signature[RSA_MAX];
    size_t signature_n = 0;
    struct text rest = {.n = 0};
    size_t n = modulus(key, public);
    const uint8_t head[] = {0x01, 0x01, (uint8_t)n, sizeof exponent};
    add(body, head, sizeof head);
    size_t room = (size_t)EVP_PKEY_get_size(signer) - 22 - body->n;
    size_t inside = n < room ? n : room;
    add(body, public, inside);
    add(&rest, public + inside, n - inside);
    add(&rest, exponent, sizeof exponent);
    add(&rest, data->bytes, data->n);
    return n && sign_rsa(signer, body, &rest, spoil, signature, &signature_n) &&
           vc_pboc_set(pboc, tags[0], VC_PBOC_RSA, signature, signature_n) &&
           vc_pboc_set(pboc, tags[1], VC_PBOC_RSA, public + inside, n - inside) &&
           vc_pboc_set(pboc, tags[2], VC_PBOC_RSA, exponent, sizeof exponent);
}

static bool certify_rsa(struct vc_pboc *pboc, const struct text *data)
{
    static const uint16_t issuer_tags[] = {0x90, 0x92, 0x9F32};
    static const uint16_t icc_tags[] = {0x9F46, 0x9F48, 0x9F47};
    const bool *on = pboc->defects->on;
    const struct text none = {.n = 0};
    const uint8_t index = CA_INDEX;
    struct text body = {.n = 0};
    uint8_t signature[RSA_MAX];
    size_t n = 0;
    EVP_PKEY *ca = pboc->pki->rsa[OWNER_CA];
    EVP_PKEY *issuer = pboc->pki->rsa[OWNER_ISSUER];
    add_byte(&body, 0x02);
    add_pan(pboc, &body, 4);
    add(&body, on[VC_DEFECT_ISSUER_CERTIFICATE_EXPIRED] ? expired : pboc->certificate_expiry, 2);
    add(&body, serial, sizeof serial);
    if (!put_rsa(pboc, ca, &body, issuer, &none, issuer_tags,
                 on[VC_DEFECT_ISSUER_CERTIFICATE_HASH])) {
        return false;
    }
    body.n = 0;
    add_byte(&body, 0x04);
    add_pan(pboc, &body, 10);
    add(&body, on[VC_DEFECT_ICC_CERTIFICATE_EXPIRED] ? expired : pboc->certificate_expiry, 2);
    add(&body, serial, sizeof serial);
    if (!put_rsa(pboc, issuer, &body, pboc->pki->rsa[OWNER_ICC], data, icc_tags, false)) {
        return false;
    }
    body.n = 0;
    add(&body, (const uint8_t[]){0x03, 0x01, 0xDA, 0xC1}, 4);
    return sign_rsa(issuer, &body, data, on[VC_DEFECT_SDA_HASH], signature, &n) &&
           vc_pboc_set(pboc, 0x93, VC_PBOC_RSA, signature, n) &&
           vc_pboc_set(pboc, 0x8F, VC_PBOC_RSA, &index, 1);
}

/* The body, the point and the signature over both and `data`, which is not in the certificate. */
static bool put_sm2(struct vc_pboc *pboc, EVP_PKEY *signer, struct text *body, const EVP_PKEY *key,
                    const struct text *data, uint16_t tag)
{
    uint8_t public[SM2_POINT];
    uint8_t signature[SM2_SIGNATURE];
    if (key) {
        /* SM2 with SM3 signs, SM2 is the key, on the recommended curve. */
        const uint8_t head[] = {0x04, 0x04, 0x11, SM2_POINT};
        add(body, head, sizeof head);
        if (!point(key, public)) {
            return false;
        }
        add(body, public, sizeof public);
    }
    struct text whole = *body;
    add(&whole, data->bytes, data->n);
    if (data->n && pboc->defects->on[VC_DEFECT_SM2_OVER_WRONG_DATA]) {
        whole.bytes[whole.n - 1] ^= 0x01;
    }
    if (!sign_sm2(signer, &whole, signature)) {
        return false;
    }
    add(body, signature, sizeof signature);
    return vc_pboc_set(pboc, tag, VC_PBOC_SM, body->bytes, body->n);
}

static bool certify_sm2(struct vc_pboc *pboc, const struct text *data)
{
    const bool *on = pboc->defects->on;
    const struct text none = {.n = 0};
    const uint8_t index = CA_INDEX + 1;
    struct text body = {.n = 0};
    EVP_PKEY *issuer = pboc->pki->sm2[OWNER_ISSUER];
    add_byte(&body, 0x12);
    add_pan(pboc, &body, 4);
    add(&body, on[VC_DEFECT_SM2_CERTIFICATE_EXPIRED] ? expired : pboc->certificate_expiry, 2);
    add(&body, serial, sizeof serial);
    if (!put_sm2(pboc, pboc->pki->sm2[OWNER_CA], &body, issuer, &none, 0x90)) {
        return false;
    }
    body.n = 0;
    add_byte(&body, 0x14);
    add_pan(pboc, &body, 10);
    add(&body, pboc->certificate_expiry, 2);
    add(&body, serial, sizeof serial);
    if (!put_sm2(pboc, issuer, &body, pboc->pki->sm2[OWNER_ICC], data, 0x9F46)) {
        return false;
    }
    body.n = 0;
    add(&body, (const uint8_t[]){0x13, 0xDA, 0xC2}, 3);
    return put_sm2(pboc, issuer, &body, NULL, data, 0x93) &&
           vc_pboc_set(pboc, 0x8F, VC_PBOC_SM, &index, 1);
}

bool vc_pboc_certify(struct vc_pboc *pboc, const uint8_t *data, size_t n)
{
    struct text text = {.n = 0};
    add(&text, data, n);
    return certify_rsa(pboc, &text) && certify_sm2(pboc, &text);
}

bool vc_pboc_sign_dynamic(const struct vc_pboc *pboc, enum vc_pboc_family family,
                          const uint8_t *terminal, size_t terminal_n, uint8_t *ret_bytes,
                          size_t cap, size_t *ret_n)
{
    uint8_t number[9] = {8};
    struct text body = {.n = 0};
    struct text rest = {.n = 0};
    bool sm = family == VC_PBOC_SM;
    if (RAND_bytes(number + 1, sizeof number - 1) != 1) {
        return false;
    }
    add_byte(&body, sm ? 0x15 : 0x05);
    if (!sm) {
        add_byte(&body, 0x01);
    }
    add_byte(&body, sizeof number);
    add(&body, number, sizeof number);
    if (!pboc->defects
             ->on[sm ? VC_DEFECT_SM2_DDA_WITHOUT_TERMINAL : VC_DEFECT_DDA_WITHOUT_TERMINAL]) {
        add(&rest, terminal, terminal_n);
    }
    if (!sm) {
        return cap >= RSA_MAX &&
               sign_rsa(pboc->pki->rsa[OWNER_ICC], &body, &rest, false, ret_bytes, ret_n);
    }
    struct text whole = body;
    add(&whole, rest.bytes, rest.n);
    uint8_t signature[SM2_SIGNATURE];
    if (body.n + sizeof signature > cap ||
        !sign_sm2(pboc->pki->sm2[OWNER_ICC], &whole, signature)) {
        return false;
    }
    memcpy(ret_bytes, body.bytes, body.n);
    memcpy(ret_bytes + body.n, signature, sizeof signature);
    *ret_n = body.n + sizeof signature;
    return true;
}
