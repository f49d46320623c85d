/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token for tests, as an OpenSSL provider: it answers "pkcs11:" URIs (RFC 7512), asks for a PIN
 * and signs with an SM2 key that it never gives out. It shares no code with the harness.
 *
 * Its section of the OpenSSL configuration says what is on it:
 *
 *     key = FILE            an SM2 key in PEM
 *     certificate = FILE    of that key
 *     label = TEXT          the "object" of the URI
 *     pin = TEXT
 */
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/core_object.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#define SM2_SIGNATURE_MAX 72u /* DER of two numbers of 256 bits */
#define ID_MAX 64u

struct token {
    const OSSL_CORE_HANDLE *core;
    OSSL_FUNC_core_new_error_fn *new_error;
    OSSL_FUNC_core_vset_error_fn *vset_error;
    OSSL_LIB_CTX *inside; /* where the token itself computes */
    EVP_PKEY *key;
    unsigned char *certificate; /* DER */
    int certificate_length;
    const char *label, *pin;
};

/* Told to the program as the reason of the operation that failed. */
static void complain(struct token *token, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    token->new_error(token->core);
    token->vset_error(token->core, 1, format, args);
    va_end(args);
}

/* ---- the store: "pkcs11:object=LABEL" ---- */

struct search {
    struct token *token;
    char label[ID_MAX];
    unsigned given; /* so many of certificate and key */
    int failed;
};

static void *store_open(void *context, const char *uri)
{
    struct search *search = OPENSSL_zalloc(sizeof *search);
    const char *object = strstr(uri, "object=");
    if (!search || strncmp(uri, "pkcs11:", 7) != 0) {
        OPENSSL_free(search);
        return NULL;
    }
    search->token = context;
    if (object) {
        size_t length = strcspn(object + 7, ";?&");
        memcpy(search->label, object + 7, length < ID_MAX ? length : ID_MAX - 1u);
    }
    return search;
}

static const OSSL_PARAM *store_settable(void *context)
{
    static const OSSL_PARAM none[] = {OSSL_PARAM_END};
    (void)context;
    return none;
}

static int store_set(void *context, const OSSL_PARAM params[])
{
    (void)context;
    (void)params;
    return 1;
}

static int give_certificate(struct token *token, OSSL_CALLBACK *give, void *to)
{
    int type = OSSL_OBJECT_CERT;
    OSSL_PARAM object[] = {OSSL_PARAM_construct_int(OSSL_OBJECT_PARAM_TYPE, &type),
                           OSSL_PARAM_construct_octet_string(OSSL_OBJECT_PARAM_DATA,
                                                             token->certificate,
                                                             (size_t)token->certificate_length),
                           OSSL_PARAM_construct_end()};
    return give(object, to);
}

static int give_key(struct token *token, OSSL_CALLBACK *give, void *to,
                    OSSL_PASSPHRASE_CALLBACK *ask, void *asked)
{
    char pin[ID_MAX] = "";
    size_t length = 0;
    int type = OSSL_OBJECT_PKEY;
    char kind[] = "SM2";
    OSSL_PARAM about[] = {OSSL_PARAM_construct_utf8_string(OSSL_PASSPHRASE_PARAM_INFO,
                                                           (char[]){"PIN of the token"}, 0),
                          OSSL_PARAM_construct_end()};
    if (!ask(pin, sizeof pin - 1u, &length, about, asked)) {
        complain(token, "no PIN was given");
        return 0;
    }
    if (length != strlen(token->pin) || memcmp(pin, token->pin, length) != 0) {
        complain(token, "CKR_PIN_INCORRECT: the token refuses the PIN");
        return 0;
    }
    OSSL_PARAM object[] = {
        OSSL_PARAM_construct_int(OSSL_OBJECT_PARAM_TYPE, &type),
        OSSL_PARAM_construct_utf8_string(OSSL_OBJECT_PARAM_DATA_TYPE, kind, 0),
        OSSL_PARAM_construct_octet_string(OSSL_OBJECT_PARAM_REFERENCE, &token, sizeof token),
        OSSL_PARAM_construct_end()};
    return give(object, to);
}

static int store_load(void *context, OSSL_CALLBACK *give, void *to, OSSL_PASSPHRASE_CALLBACK *ask,
                      void *asked)
{
    struct search *search = context;
    struct token *token = search->token;
    int done = 0;
    if (strcmp(search->label, token->label) != 0) {
        complain(token, "there is no object '%s' on the token", search->label);
    } else {
        done = search->given == 0 ? give_certificate(token, give, to)
                                  : give_key(token, give, to, ask, asked);
    }
    search->given++;
    search->failed = !done;
    return done;
}

static int store_eof(void *context)
{
    const struct search *search = context;
    return search->given == 2;
}

static int store_close(void *context)
{
    OPENSSL_free(context);
    return 1;
}

typedef void (*any_fn)(void);

static const OSSL_DISPATCH store_functions[] = {
    {OSSL_FUNC_STORE_OPEN, (any_fn)store_open},
    {OSSL_FUNC_STORE_SETTABLE_CTX_PARAMS, (any_fn)store_settable},
    {OSSL_FUNC_STORE_SET_CTX_PARAMS, (any_fn)store_set},
    {OSSL_FUNC_STORE_LOAD, (any_fn)store_load},
    {OSSL_FUNC_STORE_EOF, (any_fn)store_eof},
    {OSSL_FUNC_STORE_CLOSE, (any_fn)store_close},
    {0, NULL}};

/* ---- the key: a handle, of which only the public half is told ---- */

static void *key_new(void *context)
{
    return context;
}

static void key_free(void *key)
{
    (void)key; /* it stays on the token */
}

static void *key_load(const void *reference, size_t size)
{
    struct token *token = NULL;
    if (size == sizeof token) {
        memcpy(&token, reference, size);
    }
    return token;
}

static int key_has(const void *key, int selection)
{
    (void)selection;
    return key != NULL;
}

static const OSSL_PARAM public_types[] = {
    OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
    OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0), OSSL_PARAM_END};

static const OSSL_PARAM *key_export_types(int selection)
{
    (void)selection;
    return public_types;
}

static int key_export(void *key, int selection, OSSL_CALLBACK *give, void *to)
{
    struct token *token = key;
    unsigned char point[256];
    size_t length = 0;
    char group[] = "SM2";
    if ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 ||
        !EVP_PKEY_get_octet_string_param(token->key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point,
                                         &length)) {
        return 0;
    }
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, length),
        OSSL_PARAM_construct_end()};
    return give(params, to);
}

static int key_get(void *key, OSSL_PARAM params[])
{
    const struct token *token = key;
    return EVP_PKEY_get_params(token->key, params);
}

static const OSSL_PARAM *key_gettable(void *context)
{
    static const OSSL_PARAM known[] = {OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL),
                                       OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
                                       OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
                                       OSSL_PARAM_END};
    (void)context;
    return known;
}

static const OSSL_DISPATCH key_functions[] = {
    {OSSL_FUNC_KEYMGMT_NEW, (any_fn)key_new},
    {OSSL_FUNC_KEYMGMT_FREE, (any_fn)key_free},
    {OSSL_FUNC_KEYMGMT_LOAD, (any_fn)key_load},
    {OSSL_FUNC_KEYMGMT_HAS, (any_fn)key_has},
    {OSSL_FUNC_KEYMGMT_EXPORT, (any_fn)key_export},
    {OSSL_FUNC_KEYMGMT_EXPORT_TYPES, (any_fn)key_export_types},
    {OSSL_FUNC_KEYMGMT_GET_PARAMS, (any_fn)key_get},
    {OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, (any_fn)key_gettable},
    {0, NULL}};

/* ---- signing ---- */

struct signing {
    struct token *token;
    EVP_MD_CTX *digest;
    EVP_PKEY_CTX *parameters; /* the digest's own */
};

static void *sign_new(void *context, const char *properties)
{
    (void)context;
    (void)properties;
    return OPENSSL_zalloc(sizeof(struct signing));
}

static void sign_free(void *context)
{
    struct signing *signing = context;
    EVP_MD_CTX_free(signing->digest);
    OPENSSL_free(signing);
}

static int sign_set(void *context, const OSSL_PARAM params[])
{
    struct signing *signing = context;
    const OSSL_PARAM *id = params ? OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_DIST_ID) : NULL;
    return !id || EVP_PKEY_CTX_set1_id(signing->parameters, id->data, (int)id->data_size) == 1;
}

static const OSSL_PARAM *sign_settable(void *context, void *provider)
{
    static const OSSL_PARAM known[] = {OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_DIST_ID, NULL, 0),
                                       OSSL_PARAM_END};
    (void)context;
    (void)provider;
    return known;
}

static int sign_init(void *context, const char *digest, void *key, const OSSL_PARAM params[])
{
    struct signing *signing = context;
    signing->token = key;
    signing->digest = EVP_MD_CTX_new();
    return EVP_DigestSignInit_ex(signing->digest, &signing->parameters, digest,
                                 signing->token->inside, NULL, signing->token->key, NULL) == 1 &&
           sign_set(signing, params);
}

static int sign_update(void *context, const unsigned char *bytes, size_t length)
{
    const struct signing *signing = context;
    return EVP_DigestSignUpdate(signing->digest, bytes, length);
}

static int sign_final(void *context, unsigned char *signature, size_t *length, size_t size)
{
    const struct signing *signing = context;
    *length = signature ? size : SM2_SIGNATURE_MAX;
    return !signature || EVP_DigestSignFinal(signing->digest, signature, length) == 1;
}

static const OSSL_DISPATCH sign_functions[] = {
    {OSSL_FUNC_SIGNATURE_NEWCTX, (any_fn)sign_new},
    {OSSL_FUNC_SIGNATURE_FREECTX, (any_fn)sign_free},
    {OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, (any_fn)sign_init},
    {OSSL_FUNC_SIGNATURE_DIGEST_SIGN_UPDATE, (any_fn)sign_update},
    {OSSL_FUNC_SIGNATURE_DIGEST_SIGN_FINAL, (any_fn)sign_final},
    {OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, (any_fn)sign_set},
    {OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, (any_fn)sign_settable},
    {0, NULL}};

/* ---- the provider ---- */

static const OSSL_ALGORITHM *query(void *context, int operation, int *ret_no_cache)
{
    static const OSSL_ALGORITHM stores[] = {{"pkcs11", "provider=token", store_functions, NULL},
                                            {NULL, NULL, NULL, NULL}};
    static const OSSL_ALGORITHM keys[] = {{"SM2", "provider=token", key_functions, NULL},
                                          {NULL, NULL, NULL, NULL}};
    static const OSSL_ALGORITHM signatures[] = {{"SM2", "provider=token", sign_functions, NULL},
                                                {NULL, NULL, NULL, NULL}};
    (void)context;
    *ret_no_cache = 0;
    return operation == OSSL_OP_STORE       ? stores
           : operation == OSSL_OP_KEYMGMT   ? keys
           : operation == OSSL_OP_SIGNATURE ? signatures
                                            : NULL;
}

static void teardown(void *context)
{
    struct token *token = context;
    EVP_PKEY_free(token->key);
    OPENSSL_free(token->certificate);
    OSSL_LIB_CTX_free(token->inside);
    OPENSSL_free(token);
}

static const OSSL_DISPATCH provider_functions[] = {
    {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (any_fn)query},
    {OSSL_FUNC_PROVIDER_TEARDOWN, (any_fn)teardown},
    {0, NULL}};

static int read_token(struct token *token, const char *key, const char *certificate)
{
    BIO *file = BIO_new_file(key, "r");
    token->key =
        file ? PEM_read_bio_PrivateKey_ex(file, NULL, NULL, NULL, token->inside, NULL) : NULL;
    BIO_free(file);
    file = BIO_new_file(certificate, "r");
    X509 *x509 = X509_new_ex(token->inside, NULL);
    x509 = file && PEM_read_bio_X509(file, &x509, NULL, NULL) ? x509 : NULL;
    token->certificate_length = x509 ? i2d_X509(x509, &token->certificate) : 0;
    X509_free(x509);
    BIO_free(file);
    return token->key && token->certificate_length > 0;
}

OSSL_provider_init_fn OSSL_provider_init;

int OSSL_provider_init(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *in,
                       const OSSL_DISPATCH **out, void **ret_context)
{
    OSSL_FUNC_core_get_params_fn *get = NULL;
    struct token *token = OPENSSL_zalloc(sizeof *token);
    char *key = NULL;
    char *certificate = NULL;
    char *label = NULL;
    char *pin = NULL;
    for (; token && in->function_id != 0; in++) {
        if (in->function_id == OSSL_FUNC_CORE_GET_PARAMS) {
            get = OSSL_FUNC_core_get_params(in);
        } else if (in->function_id == OSSL_FUNC_CORE_NEW_ERROR) {
            token->new_error = OSSL_FUNC_core_new_error(in);
        } else if (in->function_id == OSSL_FUNC_CORE_VSET_ERROR) {
            token->vset_error = OSSL_FUNC_core_vset_error(in);
        }
    }
    OSSL_PARAM wanted[] = {OSSL_PARAM_utf8_ptr("key", &key, 0),
                           OSSL_PARAM_utf8_ptr("certificate", &certificate, 0),
                           OSSL_PARAM_utf8_ptr("label", &label, 0),
                           OSSL_PARAM_utf8_ptr("pin", &pin, 0), OSSL_PARAM_END};
    if (!token || !get || !get(core, wanted) || !key || !certificate || !label || !pin) {
        OPENSSL_free(token);
        return 0;
    }
    token->core = core;
    token->label = label;
    token->pin = pin;
    token->inside = OSSL_LIB_CTX_new();
    if (!token->inside || !read_token(token, key, certificate)) {
        teardown(token);
        return 0;
    }
    *out = provider_functions;
    *ret_context = token;
    return 1;
}
