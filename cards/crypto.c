/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The symmetric primitives of social security cards: diversification, process key, cryptogram.
 *
 * The DES family follows implementations in the field. How 8-byte fields fill the 16-byte block of
 * SM4 is taken to be F || ~F, the shape that PBOC diversification has; LD/T 32.4 decides.
 */
#include "crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

/* One ECB pass without padding; n is a multiple of the block. */
static bool encrypt(const EVP_CIPHER *cipher, const uint8_t key[VC_KEY_SIZE], const uint8_t *in,
                    size_t n, uint8_t *ret_out)
{
    int length = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool ok = context && EVP_EncryptInit_ex(context, cipher, NULL, key, NULL) == 1 &&
              EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
              EVP_EncryptUpdate(context, ret_out, &length, in, (int)n) == 1 && (size_t)length == n;
    EVP_CIPHER_CTX_free(context);
    return ok;
}

static const EVP_CIPHER *cipher_of(enum vc_algorithm algorithm)
{
    switch (algorithm) {
    case VC_ALGORITHM_3DES:
        return EVP_des_ede_ecb();
    case VC_ALGORITHM_SM4:
        return EVP_sm4_ecb();
    }
    return NULL;
}

static void with_complement(const uint8_t factor[VC_FACTOR_SIZE], uint8_t ret_block[VC_KEY_SIZE])
{
    for (size_t i = 0; i < VC_FACTOR_SIZE; i++) {
        ret_block[i] = factor[i];
        ret_block[VC_FACTOR_SIZE + i] = (uint8_t)~factor[i];
    }
}

bool vc_crypto_diversify(enum vc_algorithm algorithm, uint8_t key[VC_KEY_SIZE],
                         const uint8_t factor[VC_FACTOR_SIZE])
{
    uint8_t block[VC_KEY_SIZE];
    uint8_t result[VC_KEY_SIZE];
    with_complement(factor, block);
    /* Two DES blocks and one SM4 block are the same 16 bytes. */
    if (!encrypt(cipher_of(algorithm), key, block, sizeof block, result)) {
        return false;
    }
    memcpy(key, result, sizeof result);
    OPENSSL_cleanse(result, sizeof result);
    return true;
}

bool vc_crypto_process_key(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE],
                           const uint8_t challenge[VC_FACTOR_SIZE], uint8_t ret_key[VC_KEY_SIZE])
{
    uint8_t block[VC_KEY_SIZE];
    uint8_t result[VC_KEY_SIZE];
    with_complement(challenge, block);
    if (!encrypt(cipher_of(algorithm), key, block, sizeof block, result)) {
        return false;
    }
    if (algorithm == VC_ALGORITHM_3DES) {
        /* Single DES is 3DES with equal halves. */
        memcpy(result + VC_FACTOR_SIZE, result, VC_FACTOR_SIZE);
    }
    memcpy(ret_key, result, sizeof result);
    OPENSSL_cleanse(result, sizeof result);
    return true;
}

bool vc_crypto_cryptogram(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE],
                          const uint8_t factor[VC_FACTOR_SIZE],
                          uint8_t ret_cryptogram[VC_FACTOR_SIZE])
{
    uint8_t block[VC_KEY_SIZE];
    uint8_t result[VC_KEY_SIZE];
    with_complement(factor, block);
    if (!encrypt(cipher_of(algorithm), key, block, sizeof block, result)) {
        return false;
    }
    memcpy(ret_cryptogram, result, VC_FACTOR_SIZE);
    return true;
}

bool vc_crypto_random(uint8_t *ret_bytes, size_t n)
{
    return RAND_bytes(ret_bytes, (int)n) == 1;
}

bool vc_crypto_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}
