/* SPDX-License-Identifier: MIT
 * Parsed commands and the values of their options. A getter that finds a wrong value says so and returns -1.
 */
#pragma once
#include "virsh/command.h"

struct argument {
    const struct option_row *option;
    char *value; /* owned; NULL for OPTION_BOOL */
    struct argument *next;
};

struct invocation {
    const struct command *command;
    struct argument *arguments; /* owned */
    struct invocation *next;    /* owned; the command behind the `;` */
};

/* ---- parse.c ---- */
/* Commands of one line, separated by `;` or newline. Prints what is wrong. *ret_first NULL = the line is empty. */
int invocation_parse_line(struct shell *shell, const char *line, struct invocation **ret_first);
/* One command from the program's arguments. */
int invocation_parse_argv(struct shell *shell, char *const *argv, struct invocation **ret_first);
void invocation_free(struct invocation *first);

/* ---- arguments.c ---- */
const struct argument *argument_find(const struct invocation *invocation, const char *name);
bool argument_given(const struct invocation *invocation, const char *name);
/* 1 = *ret_value set (borrowed), 0 = the option is absent, -1 = wrong. So do the next ones. */
int argument_string(struct shell *shell, const struct invocation *invocation, const char *name, const char **ret_value);
int argument_int(struct shell *shell, const struct invocation *invocation, const char *name, int *ret_value);
int argument_uint(struct shell *shell, const struct invocation *invocation, const char *name, unsigned int *ret_value);
/* "1024" (KiB), "1G", "5MB", ... in KiB, rounded up. */
int argument_kib(struct shell *shell, const struct invocation *invocation, const char *name,
                 unsigned long long *ret_kib);
/* All OPTION_ARGV values joined by blanks; the caller frees it. NULL when there are none. */
char *argument_rest(const struct invocation *invocation, const char *name);
/* -1 with a message when both options are given. */
int arguments_exclusive(struct shell *shell, const struct invocation *invocation, const char *first,
                        const char *second);
/* -1 with a message when the option `name` is given without the option `needed`. */
int arguments_need(struct shell *shell, const struct invocation *invocation, const char *name, const char *needed);
/* The options --live, --config and --current as VIR_DOMAIN_AFFECT_*; -1 when --current is combined. */
int argument_affect(struct shell *shell, const struct invocation *invocation, unsigned int *ret_flags);
/* True when any of --live, --config, --current is given. */
bool argument_affect_given(const struct invocation *invocation);
