/* SPDX-License-Identifier: Apache-2.0 */
/*
 * General categories of Unicode characters, for "\p{…}" in patterns. The table is our own, since
 * that of libxml2 knows only the first and last character of the CJK and Hangul blocks.
 */
#ifndef YS_UNICODE_H
#define YS_UNICODE_H

#include <stdint.h>

/* The bit of the category of a character; that of Cn for what is not assigned. */
uint32_t ys_unicode_category(uint32_t character);
/* The bits of a category ("Lu") or a group of them ("L") by its `length` letters, 0 for none. */
uint32_t ys_unicode_categories(const char *name, uint32_t length);

#endif
