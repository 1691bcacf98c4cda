/* SPDX-License-Identifier: MIT
 * Blocks of struct arena. A block is at least ARENA_BLOCK bytes; larger requests get a block of their own.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK 4096
#define ARENA_ALIGN 8

struct arena_block {
    struct arena_block *older;
    size_t size; /* of data */
    _Alignas(ARENA_ALIGN) char data[];
};

void arena_init(struct arena *arena, size_t max)
{
    *arena = (struct arena){ .max = max };
}

static void free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
}

void arena_clear(struct arena *arena)
{
    free_blocks(arena->blocks);
    arena_init(arena, arena->max);
}

void arena_reset(struct arena *arena, size_t max)
{
    struct arena_block *keep = arena->blocks;
    if (!keep || keep->older || keep->size != ARENA_BLOCK) {
        arena_clear(arena);
        arena->max = max;
        return;
    }
    *arena = (struct arena){ .blocks = keep, .next = keep->data, .limit = keep->data + keep->size, .max = max };
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (arena->max && size > arena->max - arena->used)
        return NULL;
    if (size > (size_t)(arena->limit - arena->next) || !arena->next) {
        size_t room = size > ARENA_BLOCK ? size : ARENA_BLOCK;
        struct arena_block *block = malloc(sizeof *block + room);
        if (!block)
            return NULL;
        block->older = arena->blocks;
        block->size = room;
        arena->blocks = block;
        arena->next = block->data;
        arena->limit = block->data + room;
    }
    void *place = arena->next;
    arena->next += size;
    arena->used += size;
    return memset(place, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    return arena_alloc(arena, total);
}

char *arena_strndup(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = length < SIZE_MAX ? arena_alloc(arena, length + 1) : NULL;
    if (copy && length > 0)
        memcpy(copy, bytes, length);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *text = length < 0 ? NULL : arena_alloc(arena, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}
