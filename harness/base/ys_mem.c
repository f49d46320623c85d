/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory. An arena is a list of chunks, the newest (which is being filled) at its head. Chunks grow
 * from 1 KiB to 1 MiB by doubling, so that a small arena stays small and a large one makes few
 * calls. An object too large for that has a chunk of its own behind the head.
 */
#include "ys_mem.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define YS_HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define YS_HAS_ASAN 1
#endif
#endif
/* What an arena has not handed out is poisoned, so that ASan sees a use after reset. */
#ifdef YS_HAS_ASAN
#include <sanitizer/asan_interface.h>
#define YS_POISON(memory, size) __asan_poison_memory_region((memory), (size))
#define YS_UNPOISON(memory, size) __asan_unpoison_memory_region((memory), (size))
#else
#define YS_POISON(memory, size) ((void)(memory), (void)(size))
#define YS_UNPOISON(memory, size) ((void)(memory), (void)(size))
#endif

enum { EXIT_EXHAUSTED = 4, PRINTF_BYTES = 256 };

#define CHUNK_BYTES_MIN ((size_t)1 << 10)
#define CHUNK_BYTES_MAX ((size_t)1 << 20)
#define ALIGNMENT (_Alignof(max_align_t))

struct ys_arena_chunk {
    struct ys_arena_chunk *next;
    size_t size; /* bytes of `memory` */
    size_t used;
    _Alignas(max_align_t) unsigned char memory[];
};

typedef void (*ys_exhausted_fn)(size_t size_bytes);
static _Atomic(ys_exhausted_fn) exhausted_handler;

void ys_mem_on_exhausted(void (*handler)(size_t size_bytes))
{
    atomic_store(&exhausted_handler, handler);
}

static _Noreturn void end_exhausted(size_t size)
{
    ys_exhausted_fn handler = atomic_exchange(&exhausted_handler, NULL);
    if (handler) {
        handler(size);
    }
    _Exit(EXIT_EXHAUSTED);
}

void *ys_alloc(size_t size)
{
    void *memory = malloc(size ? size : 1);
    if (!memory) {
        end_exhausted(size);
    }
    return memory;
}

void *ys_calloc(size_t count, size_t size)
{
    size_t product = 0;
    if (__builtin_mul_overflow(count, size, &product)) {
        end_exhausted(SIZE_MAX);
    }
    void *memory = calloc(product ? product : 1, 1);
    if (!memory) {
        end_exhausted(product);
    }
    return memory;
}

void *ys_realloc(void *memory, size_t size)
{
    void *moved = realloc(memory, size ? size : 1);
    if (!moved) {
        end_exhausted(size);
    }
    return moved;
}

char *ys_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = ys_alloc(size);
    memcpy(copy, text, size);
    return copy;
}

void ys_free(void *memory)
{
    free(memory);
}

void ys_wipe(void *memory, size_t size)
{
    /* Through a volatile pointer the compiler cannot know that the bytes die unread. */
    static void *(*const volatile set)(void *, int, size_t) = memset;
    if (size > 0) {
        set(memory, 0, size);
    }
}

void ys_arena_init(struct ys_arena *arena)
{
    arena->head = NULL;
    arena->used_bytes = 0;
}

static void chunk_free(struct ys_arena_chunk *chunk)
{
    YS_UNPOISON(chunk->memory, chunk->size);
    free(chunk);
}

void ys_arena_clear(struct ys_arena *arena)
{
    struct ys_arena_chunk *next = NULL;
    for (struct ys_arena_chunk *chunk = arena->head; chunk; chunk = next) {
        next = chunk->next;
        chunk_free(chunk);
    }
    ys_arena_init(arena);
}

void ys_arena_reset(struct ys_arena *arena)
{
    struct ys_arena_chunk *kept = arena->head;
    if (!kept || kept->size > CHUNK_BYTES_MAX) {
        ys_arena_clear(arena);
        return;
    }
    arena->head = kept->next;
    ys_arena_clear(arena);
    kept->next = NULL;
    kept->used = 0;
    YS_POISON(kept->memory, kept->size);
    arena->head = kept;
}

void ys_arena_adopt(struct ys_arena *arena, struct ys_arena *other)
{
    /* Behind the head, which is being filled. */
    struct ys_arena_chunk **end = arena->head ? &arena->head->next : &arena->head;
    struct ys_arena_chunk *rest = *end;
    *end = other->head;
    while (*end) {
        end = &(*end)->next;
    }
    *end = rest;
    arena->used_bytes += other->used_bytes;
    ys_arena_init(other);
}

static struct ys_arena_chunk *chunk_new(size_t size)
{
    struct ys_arena_chunk *chunk = ys_alloc(sizeof *chunk + size);
    chunk->next = NULL;
    chunk->size = size;
    chunk->used = 0;
    YS_POISON(chunk->memory, size);
    return chunk;
}

/* A chunk with room for `size` bytes: the head, a new head, or one for this object alone. */
static struct ys_arena_chunk *chunk_for(struct ys_arena *arena, size_t size)
{
    struct ys_arena_chunk *head = arena->head;
    if (head && size <= head->size - head->used) {
        return head;
    }
    size_t grown = head ? head->size * 2 : CHUNK_BYTES_MIN;
    grown = grown > CHUNK_BYTES_MAX ? CHUNK_BYTES_MAX : grown;
    if (head && size > grown / 4) {
        struct ys_arena_chunk *own = chunk_new(size);
        own->next = head->next;
        head->next = own;
        return own;
    }
    struct ys_arena_chunk *chunk = chunk_new(size > grown ? size : grown);
    chunk->next = head;
    arena->head = chunk;
    return chunk;
}

void *ys_arena_alloc(struct ys_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2) {
        end_exhausted(size);
    }
    size_t rounded = ((size ? size : 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct ys_arena_chunk *chunk = chunk_for(arena, rounded);
    void *memory = chunk->memory + chunk->used;
    chunk->used += rounded;
    arena->used_bytes += rounded;
    YS_UNPOISON(memory, size ? size : 1);
    memset(memory, 0, size);
    return memory;
}

void *ys_arena_calloc(struct ys_arena *arena, size_t count, size_t size)
{
    size_t product = 0;
    if (__builtin_mul_overflow(count, size, &product)) {
        end_exhausted(SIZE_MAX);
    }
    return ys_arena_alloc(arena, product);
}

char *ys_arena_strdup(struct ys_arena *arena, const char *text)
{
    return ys_arena_strndup(arena, text, strlen(text));
}

char *ys_arena_strndup(struct ys_arena *arena, const char *bytes, size_t length)
{
    char *copy = ys_arena_alloc(arena, length + 1);
    if (length > 0) {
        memcpy(copy, bytes, length);
    }
    return copy;
}

char *ys_arena_printf(struct ys_arena *arena, const char *format, ...)
{
    char short_text[PRINTF_BYTES];
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(short_text, sizeof short_text, format, args);
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    char *text = ys_arena_alloc(arena, size);
    if (length > 0 && size <= sizeof short_text) {
        memcpy(text, short_text, size);
    } else if (length > 0) {
        vsnprintf(text, size, format, again);
    }
    va_end(again);
    va_end(args);
    return text;
}
