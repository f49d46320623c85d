/* SPDX-License-Identifier: Apache-2.0 */
/* Session keys, cryptograms and MACs of the financial application (JR/T 0025.7; .17 for SM4). */
#include "apps/pboc.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

enum { PADDED_MAX = 512 };

static const EVP_CIPHER *cipher_of(enum vc_algorithm algorithm)
{
    return algorithm == VC_ALGORITHM_SM4 ? EVP_sm4_ecb() : EVP_des_ede_ecb();
}

static bool ecb(const EVP_CIPHER *cipher, const uint8_t *key, int encrypt, const uint8_t *in,
                size_t n, uint8_t *ret_out)
{
    int length = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool ok = context && EVP_CipherInit_ex(context, cipher, NULL, key, NULL, encrypt) == 1 &&
              EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
              EVP_CipherUpdate(context, ret_out, &length, in, (int)n) == 1 && (size_t)length == n;
    EVP_CIPHER_CTX_free(context);
    return ok;
}

bool vc_pboc_session_key(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE], uint16_t atc,
                         uint8_t ret_key[VC_KEY_SIZE])
{
    uint8_t block[VC_KEY_SIZE] = {0};
    block[6] = (uint8_t)(atc >> 8);
    block[7] = (uint8_t)atc;
    block[14] = (uint8_t)~block[6];
    block[15] = (uint8_t)~block[7];
    return ecb(cipher_of(algorithm), key, 1, block, sizeof block, ret_key);
}

bool vc_pboc_mac(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE], const uint8_t *bytes,
                 size_t n, uint8_t ret_mac[VC_PBOC_AC_SIZE])
{
    size_t block = algorithm == VC_ALGORITHM_SM4 ? 16 : 8;
    uint8_t padded[PADDED_MAX] = {0};
    uint8_t chain[16] = {0};
    uint8_t single[VC_KEY_SIZE];
    if (n + block > sizeof padded) {
        return false;
    }
    memcpy(padded, bytes, n);
    padded[n] = 0x80;
    size_t length = (n / block + 1) * block;
    /* DES is 3DES with equal halves; only the last block takes both. */
    memcpy(single, key, 8);
    memcpy(single + 8, algorithm == VC_ALGORITHM_SM4 ? key + 8 : key, 8);
    bool ok = true;
    for (size_t at = 0; ok && at < length; at += block) {
        for (size_t i = 0; i < block; i++) {
            chain[i] ^= padded[at + i];
        }
        ok = ecb(cipher_of(algorithm), at + block == length ? key : single, 1, chain, block, chain);
    }
    OPENSSL_cleanse(single, sizeof single);
    memcpy(ret_mac, chain, VC_PBOC_AC_SIZE);
    return ok;
}

bool vc_pboc_arpc(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE],
                  const uint8_t ac[VC_PBOC_AC_SIZE], const uint8_t arc[2],
                  uint8_t ret_arpc[VC_PBOC_AC_SIZE])
{
    uint8_t block[16] = {0};
    uint8_t result[16];
    memcpy(block, ac, VC_PBOC_AC_SIZE);
    block[0] ^= arc[0];
    block[1] ^= arc[1];
    bool ok =
        ecb(cipher_of(algorithm), key, 1, block, algorithm == VC_ALGORITHM_SM4 ? 16 : 8, result);
    if (ok) {
        memcpy(ret_arpc, result, VC_PBOC_AC_SIZE);
    }
    return ok;
}

bool vc_pboc_decrypt(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE],
                     const uint8_t block[16], uint8_t ret_block[16])
{
    return ecb(cipher_of(algorithm), key, 0, block, 16, ret_block);
}
