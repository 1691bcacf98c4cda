/* SPDX-License-Identifier: MIT
 * A growing list of strings: completion results, columns.
 */
#pragma once
#include <stddef.h>

struct words {
    char **items; /* owned, each owned */
    size_t count;
};

/* Takes word. */
void words_add(struct words *words, char *word);
void words_clear(struct words *words);
