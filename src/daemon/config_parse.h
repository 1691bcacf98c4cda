/* SPDX-License-Identifier: MIT
 * The grammar of libvirtd.conf: text in, a list of `key = value` entries with their lines out. Knows no key.
 * A value is an integer, a string or a list; entries end at a newline or ';'; '#' starts a comment.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum conf_type { CONF_INT, CONF_STRING, CONF_LIST };

struct conf_value {
    enum conf_type type;
    int line;                  /* where the value starts */
    bool is_signed;            /* CONF_INT written with a minus */
    bool overflow;             /* CONF_INT too large for number */
    int64_t number;            /* CONF_INT */
    const char *string;        /* CONF_STRING; CONF_INT: its digits as written */
    struct conf_value *items;  /* CONF_LIST: first item */
    struct conf_value *next;   /* next item of the list it is in */
};

struct conf_entry {
    const char *key;
    int line;
    struct conf_value value;
    struct conf_entry *next;
};

/* Parses length bytes of text, with a NUL behind them; name goes into error messages ("name:line: ..."). Entries and
 * their strings live in arena. *ret_entries is NULL for a file without entries. */
int conf_parse(struct arena *arena, const char *name, const char *text, size_t length, struct conf_entry **ret_entries);
