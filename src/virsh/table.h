/* SPDX-License-Identifier: MIT
 * Tables: columns as wide as their widest cell on the terminal, a ruler below the header.
 */
#pragma once
#include "virsh/words.h"

struct shell;

struct table {
    size_t columns;
    struct words cells; /* row by row, the header first */
};

/* A table with the given column titles; ends with NULL. */
void table_init(struct table *table, const char *title, ...) __attribute__((sentinel));
/* Adds the next cell; a row is as many cells as the header has. Copies. */
void table_add(struct table *table, const char *cell);
/* Prints it; with --quiet without header and ruler. */
void table_print(struct shell *shell, const struct table *table);
void table_clear(struct table *table);
