/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates made on the spot, so that none can expire in the tree. */
#ifndef TEST_CERTIFICATES_H
#define TEST_CERTIFICATES_H

#include <stdbool.h>

/* Writes FOLDER/NAME.pem and FOLDER/NAME.key (EC P-256). `issuer` is the name of an earlier one,
 * NULL: signed by itself, a root. `hosts` is a subjectAltName such as "DNS:localhost,IP:127.0.0.1"
 * or NULL. Valid from yesterday for `days` (negative: expired so many days ago). */
bool certificate_make(const char *folder, const char *name, const char *issuer, const char *hosts,
                      int days);

/* The same with an SM2 key, as GM/T 0015 has it. Valid from `from` until `until` (seconds since
 * 1970); `usage` is a key usage such as "digitalSignature", NULL: an authority. */
bool certificate_make_sm2(const char *folder, const char *name, const char *issuer,
                          const char *usage, long long from, long long until);

#endif
