/* SPDX-License-Identifier: MIT
 * From error numbers to the full text that users read. The texts come from api/errors.api.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"

struct wire_error;

struct error_text {
    const char *bare;     /* without a detail */
    const char *detailed; /* with one: a format with exactly one %s */
};

extern const struct error_text error_texts[];
extern const int error_texts_count;

/* The row of a code; unknown codes get a text that says so. Never NULL. */
const struct error_text *error_text_find(int code);

/* Full message of error, allocated in arena. NULL when out of memory. */
char *error_message(const struct error *error, struct arena *arena);

/* error as it travels: message composed, str1 the format, str2 the detail, as stock fills them. Strings live in arena
 * or in error. */
void error_to_wire(const struct error *error, struct arena *arena, struct wire_error *ret_wire);
