/* SPDX-License-Identifier: MIT
 * The one table of the keys of libvirtd.conf. Private to the daemon's config_*.c files.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "daemon/config.h"

enum key_type {
    KEY_BOOL,    /* bool: 0 or 1 */
    KEY_INT,     /* int */
    KEY_UINT,    /* unsigned int */
    KEY_MODE,    /* unsigned int: octal permissions, written as a string */
    KEY_STRING,  /* char * */
    KEY_LIST,    /* struct config_list */
    KEY_CHOICE,  /* int: the index of the word in choices */
    KEY_RETIRED, /* no member: any value is accepted, with a warning that it has no effect */
};

struct config_key {
    const char *name;
    enum key_type type;
    size_t offset;            /* in struct daemon_config */
    const char *initial;      /* default, as it would stand in the file; NULL = unset */
    int64_t min, max;         /* KEY_INT, KEY_UINT */
    const char *too_low;      /* stock's words for a number below min, where it has some of its own */
    const char *choices;      /* KEY_CHOICE: words separated by blanks */
    int (*check)(const char *text); /* KEY_STRING, each item of KEY_LIST: 0 or fail() */
    const char *heading;      /* begins a group of keys in the sample file */
    const char *doc;          /* one line for the sample file: meaning, unit, status */
    const char *example;      /* value shown in the sample file when initial says little */
};

extern const struct config_key config_keys[];
extern const size_t config_key_count;

/* The place of the key's value in config. */
static inline void *config_member(const struct daemon_config *config, const struct config_key *key)
{
    return (char *)config + key->offset;
}

/* The index-th word of choices; *ret_length gets its length. NULL behind the last. */
const char *config_choice(const char *choices, int index, size_t *ret_length);
