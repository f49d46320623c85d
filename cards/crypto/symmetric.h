/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_CRYPTO_H
#define VC_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VC_KEY_SIZE = 16, VC_FACTOR_SIZE = 8, VC_MAC_SIZE = 4 };

enum vc_algorithm { VC_ALGORITHM_3DES, VC_ALGORITHM_SM4 };

/*
 * Diversifies a key by a factor, in place.
 *   3DES: 3DES(key, F) || 3DES(key, ~F)     SM4: SM4(key, F || ~F)
 */
bool vc_crypto_diversify(enum vc_algorithm algorithm, uint8_t key[VC_KEY_SIZE],
                         const uint8_t factor[VC_FACTOR_SIZE]);
/*
 * The process key of a challenge; a key of DES is 8 bytes long and repeated.
 *   3DES: 3DES(key, R)                      SM4: SM4(key, R || ~R)
 */
bool vc_crypto_process_key(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE],
                           const uint8_t challenge[VC_FACTOR_SIZE], uint8_t ret_key[VC_KEY_SIZE]);
/*
 * The cryptogram of a factor under a process key.
 *   3DES: DES(PK, F)                        SM4: first 8 bytes of SM4(PK, F || ~F)
 */
bool vc_crypto_cryptogram(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE],
                          const uint8_t factor[VC_FACTOR_SIZE],
                          uint8_t ret_cryptogram[VC_FACTOR_SIZE]);

/*
 * The MAC of a message under a process key, padded with 80 00… to whole blocks, from an initial
 * value of zeros. `ret_mac` are the first four bytes of the last block with DES; with SM4 the last
 * block folded, the exclusive or of its four words.
 */
bool vc_crypto_mac(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE],
                   const uint8_t *message, size_t n, uint8_t ret_mac[VC_MAC_SIZE]);
/* The same of whole blocks that are padded already, from an initial value of one block. */
bool vc_crypto_mac_blocks(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE],
                          const uint8_t *initial, const uint8_t *blocks, size_t n,
                          uint8_t ret_mac[VC_MAC_SIZE]);
/* Without padding: `n` is a multiple of the block, 8 bytes with DES and 16 with SM4. */
bool vc_crypto_ecb(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE], bool encrypt,
                   const uint8_t *in, size_t n, uint8_t *ret_out);
size_t vc_crypto_block(enum vc_algorithm algorithm);

bool vc_crypto_random(uint8_t *ret_bytes, size_t n);
bool vc_crypto_equal(const uint8_t *a, const uint8_t *b, size_t n);

#endif
