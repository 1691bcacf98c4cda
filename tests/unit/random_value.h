/* SPDX-License-Identifier: MIT
 * Values of any message type, made and compared by walking the field tables. Independent of the codec, whose results
 * it judges.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "wire/xdr.h"

enum random_style {
    RANDOM_MIXED, /* a few items and characters each, optionals by chance */
    RANDOM_EMPTY, /* the smallest value: no items, no characters, no optionals */
    RANDOM_TINY,  /* many items, each as small as it can be: what costs most memory per byte */
};

/* The next of a repeatable sequence; *state is any number but 0. */
uint64_t random_next(uint64_t *state);
/* A value of type (which may be NULL: void, gives NULL) that keeps all limits, in arena. */
void *random_value(uint64_t *state, const struct xdr_type *type, enum random_style style, struct arena *arena);
/* Whether two values of type are equal in all that travels; doubles by their bits. */
bool value_equal(const struct xdr_type *type, const void *a, const void *b);
/* Size in memory of one item of the field: of an array, or of what an optional points to. */
size_t value_item_size(const struct xdr_field *field);

/* Calls visit once for each type of the call table, those inside others included. */
void each_type(void (*visit)(const struct xdr_type *type, void *opaque), void *opaque);
