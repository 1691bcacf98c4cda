/* SPDX-License-Identifier: MIT
 * Storage of struct words.
 */
#include "virsh/words.h"

#include <stdlib.h>

#include "virsh/shell.h"

void words_add(struct words *words, char *word)
{
    words->items = keep(realloc(words->items, (words->count + 1) * sizeof *words->items));
    words->items[words->count++] = word;
}

void words_clear(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
    *words = (struct words){ 0 };
}
