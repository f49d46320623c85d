/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The symmetric primitives of social security cards: diversification, process key, cryptogram.
 *
 * The DES family follows implementations in the field. How 8-byte fields fill the 16-byte block of
 * SM4 is taken to be F || ~F, the shape that PBOC diversification has; LD/T 32.4 decides.
 */
#include "crypto/symmetric.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

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

size_t vc_crypto_block(enum vc_algorithm algorithm)
{
    return algorithm == VC_ALGORITHM_SM4 ? 16 : 8;
}

bool vc_crypto_ecb(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE], bool encrypt,
                   const uint8_t *in, size_t n, uint8_t *ret_out)
{
    int length = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool ok =
        context &&
        EVP_CipherInit_ex(context, cipher_of(algorithm), NULL, key, NULL, encrypt ? 1 : 0) == 1 &&
        EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
        EVP_CipherUpdate(context, ret_out, &length, in, (int)n) == 1 && (size_t)length == n;
    EVP_CIPHER_CTX_free(context);
    return ok;
}

bool vc_crypto_mac_blocks(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE],
                          const uint8_t *initial, const uint8_t *blocks, size_t n,
                          uint8_t ret_mac[VC_MAC_SIZE])
{
    uint8_t last[VC_KEY_SIZE] = {0};
    size_t size = vc_crypto_block(algorithm);
    memcpy(last, initial, size);
    for (size_t at = 0; at < n; at += size) {
        uint8_t block[VC_KEY_SIZE];
        for (size_t i = 0; i < size; i++) {
            block[i] = last[i] ^ blocks[at + i];
        }
        if (!vc_crypto_ecb(algorithm, key, true, block, size, last)) {
            return false;
        }
    }
    for (size_t i = 0; i < VC_MAC_SIZE; i++) {
        ret_mac[i] = algorithm == VC_ALGORITHM_SM4
                         ? last[i] ^ last[i + 4] ^ last[i + 8] ^ last[i + 12]
                         : last[i];
    }
    return true;
}

bool vc_crypto_mac(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE],
                   const uint8_t *message, size_t n, uint8_t ret_mac[VC_MAC_SIZE])
{
    static const uint8_t zeros[VC_KEY_SIZE];
    uint8_t padded[512] = {0};
    size_t size = vc_crypto_block(algorithm);
    size_t padded_n = (n / size + 1) * size;
    if (padded_n > sizeof padded) {
        return false;
    }
    memcpy(padded, message, n);
    padded[n] = 0x80;
    return vc_crypto_mac_blocks(algorithm, key, zeros, padded, padded_n, ret_mac);
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
    if (!vc_crypto_ecb(algorithm, key, true, block, sizeof block, result)) {
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
    if (!vc_crypto_ecb(algorithm, key, true, block, sizeof block, result)) {
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
    if (!vc_crypto_ecb(algorithm, key, true, block, sizeof block, result)) {
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
