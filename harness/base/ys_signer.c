/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and certificates by OpenSSL's store, which hides whether they lie in a file or on a token.
 * The primitives are in ys_crypto.c.
 */
#include "ys_signer.h"

#include <limits.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#include "ys_crypto_private.h"

#define CERTIFICATES_MAX 32 /* of one source: a chain is three or four long */
#define PEM_LINE 64u        /* RFC 7468, 2 */

struct ys_signer {
    struct ys_arena arena;
    EVP_PKEY *key;
    const char **certificates;
    size_t count;
};

/* What a source holds. */
struct found {
    EVP_PKEY *key;
    STACK_OF(X509) * certificates;
};

static void found_clear(struct found *found)
{
    EVP_PKEY_free(found->key);
    sk_X509_pop_free(found->certificates, X509_free);
    *found = (struct found){0};
}

struct asker {
    ys_passphrase_fn ask;
    void *context;
};

static int give_passphrase(char *text, int size, int writing, void *context)
{
    const struct asker *asker = context;
    char passphrase[YS_PASSPHRASE_MAX];
    int length = -1;
    (void)writing;
    if (asker->ask && asker->ask(asker->context, passphrase)) {
        size_t given = strlen(passphrase);
        if (size > 0 && given <= (size_t)size) {
            memcpy(text, passphrase, given);
            length = (int)given;
        }
        ys_wipe(passphrase, sizeof passphrase);
    }
    return length;
}

static bool take(OSSL_STORE_INFO *info, struct found *found)
{
    if (OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY && !found->key) {
        found->key = OSSL_STORE_INFO_get1_PKEY(info);
        return found->key != NULL;
    }
    if (OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_CERT) {
        X509 *certificate = OSSL_STORE_INFO_get1_CERT(info);
        if (!certificate || !ys_crypto__set_user_id(certificate) ||
            sk_X509_num(found->certificates) >= CERTIFICATES_MAX ||
            sk_X509_push(found->certificates, certificate) <= 0) {
            X509_free(certificate);
            return false;
        }
    }
    return true;
}

/* Takes keys and certificates from an open store and closes it. The end of a PEM file counts as an
 * error for OpenSSL too, so what is missing is seen by the caller only. A token that refuses a PIN
 * is not asked again: each time would cost a try. */
static bool drain(OSSL_STORE_CTX *store, struct found *found)
{
    bool taken = store != NULL;
    if (!found->certificates) {
        found->certificates = sk_X509_new_null();
    }
    while (taken && !OSSL_STORE_eof(store) && !OSSL_STORE_error(store)) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);
        taken = !info || take(info, found);
        OSSL_STORE_INFO_free(info);
    }
    OSSL_STORE_close(store);
    return taken && found->certificates;
}

static bool load_source(const char *source, struct asker *asker, struct found *found)
{
    UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(give_passphrase, 0);
    bool loaded = ui && drain(OSSL_STORE_open(source, ui, asker, NULL, NULL), found);
    UI_destroy_method(ui);
    return loaded;
}

static bool is_token(const char *source)
{
    static const char scheme[] = "pkcs11:";
    return strncmp(source, scheme, sizeof scheme - 1u) == 0;
}

/* A "pkcs11:" URI that nothing answers is the commonest mistake with a token, and OpenSSL's own
 * words ("unregistered scheme") do not say what is missing. */
static bool lacks_provider(const char *source)
{
    if (!is_token(source)) {
        return false;
    }
    OSSL_STORE_LOADER *loader = OSSL_STORE_LOADER_fetch(NULL, "pkcs11", NULL);
    bool is_there = loader != NULL;
    OSSL_STORE_LOADER_free(loader);
    return !is_there;
}

static enum ys_status fail_load(struct ys_arena *arena, const char *what, const char *source,
                                struct ys_err *reterr)
{
    if (lacks_provider(source)) {
        (void)ys_crypto_take_error();
        return ys_err_set(reterr, YS_ERR_CRYPTO,
                          "%s can be read from %s: OpenSSL has no provider for pkcs11: URIs; "
                          "install the provider of the token and activate it in openssl.cnf, or in "
                          "a file that OPENSSL_CONF names (docs/evidence-format.md)",
                          what, source);
    }
    /* What a token says stands in the text that its provider adds, not among OpenSSL's reasons. */
    const char *told = is_token(source) ? ys_crypto__told() : "";
    what =
        ys_arena_printf(arena, "%s can be read from %s%s%s", what, source, *told ? ": " : "", told);
    return ys_crypto__fail(reterr, what);
}

static bool load_pem(const char *pem, struct found *found)
{
    struct asker nobody = {0};
    size_t length = strlen(pem);
    UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(give_passphrase, 0);
    BIO *bio = length > 0 && length <= INT_MAX ? BIO_new_mem_buf(pem, (int)length) : NULL;
    bool loaded =
        ui && bio &&
        drain(OSSL_STORE_attach(bio, "file", NULL, NULL, ui, &nobody, NULL, NULL, NULL), found);
    BIO_free(bio);
    UI_destroy_method(ui);
    return loaded;
}

/* NULL when OpenSSL cannot encode it. */
static const char *pem_text(struct ys_arena *arena, X509 *certificate)
{
    unsigned char *der = NULL;
    int length = i2d_X509(certificate, &der);
    if (length < 0) {
        return NULL;
    }
    const char *digits = ys_base64_encode(arena, der, (size_t)length);
    OPENSSL_free(der);
    size_t left = strlen(digits);
    char *text = ys_arena_alloc(arena, left + left / PEM_LINE + 64u);
    char *end = text;
    static const char head[] = "-----BEGIN CERTIFICATE-----\n";
    static const char foot[] = "-----END CERTIFICATE-----\n";
    memcpy(end, head, sizeof head - 1u);
    end += sizeof head - 1u;
    while (left > 0) {
        size_t line = left < PEM_LINE ? left : PEM_LINE;
        memcpy(end, digits, line);
        end += line;
        *end++ = '\n';
        digits += line;
        left -= line;
    }
    memcpy(end, foot, sizeof foot);
    return text;
}

/* The certificate of the key first, the others in their order. */
static enum ys_status keep_certificates(struct ys_signer *signer, STACK_OF(X509) * certificates,
                                        struct ys_err *reterr)
{
    int count = sk_X509_num(certificates);
    int own = 0;
    while (own < count &&
           X509_check_private_key(sk_X509_value(certificates, own), signer->key) != 1) {
        own++;
    }
    if (own == count) {
        return ys_err_set(reterr, YS_ERR_CRYPTO,
                          count ? "none of the %d certificates belongs to the key"
                                : "there is no certificate of the key (%d found)",
                          count);
    }
    signer->certificates =
        ys_arena_calloc(&signer->arena, (size_t)count, sizeof *signer->certificates);
    for (int i = -1; i < count; i++) {
        if (i == own) {
            continue;
        }
        X509 *certificate = sk_X509_value(certificates, i < 0 ? own : i);
        const char *text = pem_text(&signer->arena, certificate);
        if (!text) {
            return ys_crypto__fail(reterr, "the certificate cannot be written as PEM");
        }
        signer->certificates[signer->count++] = text;
    }
    return YS_OK;
}

enum ys_status ys_signer_open(const char *key, const char *certificates,
                              ys_passphrase_fn passphrase, void *context,
                              struct ys_signer **ret_signer, struct ys_err *reterr)
{
    struct asker asker = {.ask = passphrase, .context = context};
    struct found found = {0};
    struct ys_signer *signer = ys_calloc(1, sizeof *signer);
    enum ys_status status = YS_OK;
    ys_arena_init(&signer->arena);
    if (!load_source(key, &asker, &found) || !found.key) {
        status = fail_load(&signer->arena, "no private key", key, reterr);
        goto out;
    }
    if (certificates && !load_source(certificates, &asker, &found)) {
        status = fail_load(&signer->arena, "no certificate", certificates, reterr);
        goto out;
    }
    signer->key = found.key;
    found.key = NULL;
    if (!EVP_PKEY_is_a(signer->key, "SM2")) {
        status = ys_err_set(reterr, YS_ERR_CRYPTO, "the private key of %s is of type %s, not SM2",
                            key, EVP_PKEY_get0_type_name(signer->key));
        goto out;
    }
    status = keep_certificates(signer, found.certificates, reterr);
out:
    found_clear(&found);
    if (status == YS_OK) {
        *ret_signer = signer;
    } else {
        ys_signer_free(signer);
    }
    return status;
}

void ys_signer_free(struct ys_signer *signer)
{
    if (signer) {
        EVP_PKEY_free(signer->key);
        ys_arena_clear(&signer->arena);
        ys_free(signer);
    }
}

const char *const *ys_signer_certificates(const struct ys_signer *signer, size_t *ret_count)
{
    *ret_count = signer->count;
    return signer->certificates;
}

enum ys_status ys_signer_sign(const struct ys_signer *signer, struct ys_arena *arena,
                              const void *bytes, size_t length, uint8_t **ret_signature,
                              size_t *ret_length, struct ys_err *reterr)
{
    return ys_crypto__sm2_sign(arena, signer->key, bytes, length, ret_signature, ret_length,
                               reterr);
}

/* Whether nothing else among the certificates issued this one. */
static bool is_top(X509 *certificate, STACK_OF(X509) * certificates)
{
    for (int i = 0; i < sk_X509_num(certificates); i++) {
        X509 *other = sk_X509_value(certificates, i);
        if (other != certificate && X509_cmp(other, certificate) != 0 &&
            X509_NAME_cmp(X509_get_subject_name(other), X509_get_issuer_name(certificate)) == 0) {
            return false;
        }
    }
    return true;
}

/* RFC 5280, 4.2.1.3: digitalSignature (0) or nonRepudiation (1), where key usage is told. The
 * second certificate of a Chinese pair is for encryption and must not sign. */
static bool may_sign(const X509 *certificate)
{
    ASN1_BIT_STRING *usage = X509_get_ext_d2i(certificate, NID_key_usage, NULL, NULL);
    bool may =
        !usage || ASN1_BIT_STRING_get_bit(usage, 0) == 1 || ASN1_BIT_STRING_get_bit(usage, 1) == 1;
    ASN1_BIT_STRING_free(usage);
    return may;
}

static const char *describe(struct ys_arena *arena, const char *why, X509 *certificate)
{
    struct ys_certificate facts;
    const char *pem = certificate ? pem_text(arena, certificate) : NULL;
    if (!pem || ys_certificate_read(arena, pem, &facts, NULL) != YS_OK) {
        return ys_arena_strdup(arena, why);
    }
    return ys_arena_printf(arena, "%s (%s)", why, facts.subject);
}

/* Verifies the first of `given` up to one of `believed`. */
static bool verify(struct ys_arena *arena, STACK_OF(X509) * given, STACK_OF(X509) * believed,
                   int64_t at_us, struct ys_chain *ret_chain)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    bool ready = store && context;
    for (int i = 0; ready && i < sk_X509_num(believed); i++) {
        ready = X509_STORE_add_cert(store, sk_X509_value(believed, i)) == 1;
    }
    ready = ready && X509_STORE_CTX_init(context, store, sk_X509_value(given, 0), given) == 1;
    if (ready) {
        X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
        X509_VERIFY_PARAM_set_time(param, (time_t)(at_us / 1000000));
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
        ret_chain->is_valid = X509_verify_cert(context) == 1;
        if (!ret_chain->is_valid) {
            int error = X509_STORE_CTX_get_error(context);
            ret_chain->why = describe(arena, X509_verify_cert_error_string(error),
                                      X509_STORE_CTX_get_current_cert(context));
        } else if (!may_sign(sk_X509_value(given, 0))) {
            ret_chain->is_valid = false;
            ret_chain->why =
                describe(arena, "its key usage does not allow signatures", sk_X509_value(given, 0));
        }
    }
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return ready;
}

enum ys_status ys_chain_judge(struct ys_arena *arena, const char *const *chain, size_t count,
                              const char *anchors, int64_t at_us, struct ys_chain *ret_chain,
                              struct ys_err *reterr)
{
    struct found given = {0};
    struct found believed = {0};
    struct ys_chain judged = {0};
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < count && !judged.why; i++) {
        if (!load_pem(chain[i], &given) || sk_X509_num(given.certificates) != (int)i + 1) {
            judged.why = ys_arena_printf(arena, "certificate %zu cannot be read", i + 1u);
        }
    }
    if (count == 0) {
        judged.why = "there is no certificate";
    }
    if (anchors && (!load_pem(anchors, &believed) || sk_X509_num(believed.certificates) == 0)) {
        status = ys_crypto__fail(reterr, "no trusted certificate can be read (PEM)");
        goto out;
    }
    if (!anchors) {
        believed.certificates = sk_X509_new_null();
        for (int i = 0; i < sk_X509_num(given.certificates); i++) {
            X509 *certificate = sk_X509_value(given.certificates, i);
            if (is_top(certificate, given.certificates) && X509_up_ref(certificate) == 1 &&
                sk_X509_push(believed.certificates, certificate) <= 0) {
                X509_free(certificate);
            }
        }
    }
    if (!judged.why && !verify(arena, given.certificates, believed.certificates, at_us, &judged)) {
        status = ys_crypto__fail(reterr, "the certificates cannot be judged");
    }
out:
    found_clear(&given);
    found_clear(&believed);
    if (status == YS_OK) {
        (void)ys_crypto_take_error(); /* what a chain at fault left in the queue is no error */
        *ret_chain = judged;
    }
    return status;
}
