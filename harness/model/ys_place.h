/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and addresses of branches in a form that can be compared: full and half width, traditional
 * and simplified characters, spaces and marks, numerals before 号 楼 层 and behind 第, and the words
 * that a bank adds or leaves out. A plain key unites only spellings of one name; a loose one also
 * leaves out 支行, 营业部 … and the part of an address behind its house number, and is good for a
 * question to a person, never for a decision.
 */
#ifndef YS_PLACE_H
#define YS_PLACE_H

#include <stdbool.h>

#include "ys_mem.h"

/* `city` as the roster writes it ("北京市"); it is left out where it stands in front. */
const char *ys_place_name_key(struct ys_arena *arena, const char *name, const char *city,
                              bool loose);
const char *ys_place_address_key(struct ys_arena *arena, const char *address, const char *city,
                                 bool loose);
/* Whether an address begins with another city, province or region. */
bool ys_place_is_elsewhere(const char *address, const char *city);
/* Whether a name says that nobody works there: 自助, ATM, 离行. */
bool ys_place_is_self_service(const char *name);

#endif
