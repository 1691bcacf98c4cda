/* SPDX-License-Identifier: MIT
 * What a command is: one row with its options. Parsing, checking, `help`, completion and the man page read these rows;
 * a command's function sees only the arguments that passed the checks.
 */
#pragma once
#include "virsh/shell.h"

struct invocation;
struct words;

enum option_kind {
    OPTION_BOOL,
    OPTION_INT,    /* a number */
    OPTION_STRING, /* text behind its name */
    OPTION_DATA,   /* required text, usually given without its name */
    OPTION_ARGV,   /* all that is left */
    OPTION_ALIAS,  /* another name for the option that `help` names; hidden */
};

enum option_flags {
    OPTION_REQUIRED = 1 << 0,
    OPTION_EMPTY_OK = 1 << 1,   /* '' is a value */
    OPTION_NAMED_ONLY = 1 << 2, /* never taken from a word without a name */
    OPTION_BARE = 1 << 3,       /* help shows the value without the option's name */
};

struct option_row {
    const char *name; /* NULL ends the table */
    enum option_kind kind;
    unsigned int flags;
    const char *help;
    /* Adds the values that start with partial. NULL = no completion. */
    void (*complete)(struct shell *shell, const char *partial, struct words *ret_words);
};

enum command_flags {
    COMMAND_OFFLINE = 1 << 0, /* works without a connection */
    COMMAND_HIDDEN = 1 << 1,  /* not in any listing */
};

struct command {
    const char *name;
    unsigned int flags;
    int (*run)(struct shell *shell, const struct invocation *invocation);
    const char *summary;
    const char *description; /* "" = none */
    const struct option_row *options; /* NULL = none */
};

struct command_group {
    const char *title;
    const char *keyword;
    const struct command *const *commands; /* NULL ends it */
};

/* Ends with a row without title. The order is that of `help`. */
extern const struct command_group command_groups[];

const struct command *command_find(const char *name);
const struct command_group *command_group_find(const char *title_or_keyword);
/* Runs one parsed line. 0 when its last command succeeded. */
int invocation_run(struct shell *shell, const struct invocation *first);
