/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory: the only door to malloc, and arenas.
 *
 * An allocation never returns NULL. Input is bounded by ys_limits.h, so exhaustion means that the
 * machine is out of memory; the handler is called once and the process ends with status 4. The
 * evidence on disk is valid up to its last whole record at every instant, so nothing is lost.
 *
 * An arena owns many small objects of one lifetime (a suite, a run, one step). They are never
 * freed singly. An arena is not shared between threads without a lock.
 */
#ifndef YS_MEM_H
#define YS_MEM_H

#include <stddef.h>

#include "ys_err.h"

/* Called when memory is exhausted, before exit status 4; it must not allocate. */
void ys_mem_on_exhausted(void (*handler)(size_t size_bytes));

void *ys_alloc(size_t size);                 /* not cleared */
void *ys_calloc(size_t count, size_t size);  /* cleared; an overflowing product is exhaustion */
void *ys_realloc(void *memory, size_t size); /* as realloc */
char *ys_strdup(const char *text);
void ys_free(void *memory);              /* NULL is fine */
void ys_wipe(void *memory, size_t size); /* clears secrets; never optimised away */

struct ys_arena_chunk;
struct ys_arena {
    struct ys_arena_chunk *head;
    size_t used_bytes; /* handed out since the last clear */
};

void ys_arena_init(struct ys_arena *arena);
/* Frees all; the arena is usable again. */
void ys_arena_clear(struct ys_arena *arena);
/* Forgets all objects but keeps the newest chunk, for loops. */
void ys_arena_reset(struct ys_arena *arena);
/* Takes over all objects of `other`, which is empty and usable again. */
void ys_arena_adopt(struct ys_arena *arena, struct ys_arena *other);
/* Cleared memory, aligned for any type. Dies with the arena. */
void *ys_arena_alloc(struct ys_arena *arena, size_t size);
void *ys_arena_calloc(struct ys_arena *arena, size_t count, size_t size);
char *ys_arena_strdup(struct ys_arena *arena, const char *text);
/* A copy of `length` bytes with a NUL behind them. */
char *ys_arena_strndup(struct ys_arena *arena, const char *bytes, size_t length);
char *ys_arena_printf(struct ys_arena *arena, const char *format, ...) YS_PRINTF(2, 3);

#endif
