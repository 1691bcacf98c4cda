/* SPDX-License-Identifier: MIT
 * A bump allocator for the life of one message or one call: many small allocations, one free.
 * A limit bounds it; reaching the limit or running out of memory gives NULL, never an abort.
 */
#pragma once
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first, owned */
    char *next;                 /* free room of the newest block */
    char *limit;
    size_t used;                /* bytes handed out, for max */
    size_t max;                 /* bytes that may be handed out; 0 = no bound */
};

/* An arena that hands out at most max bytes (0 = no bound). Does not allocate. */
void arena_init(struct arena *arena, size_t max);
/* Frees all that was handed out, the first block included. */
void arena_clear(struct arena *arena);
/* As arena_clear, but keeps one small block for the next use: no malloc on the hot path. */
void arena_reset(struct arena *arena, size_t max);
/* Zeroed memory aligned for any object; NULL at the limit or when out of memory. size 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size);
/* count * size with the product checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* Copies; NULL text gives NULL. */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *bytes, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
