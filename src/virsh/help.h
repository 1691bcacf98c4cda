/* SPDX-License-Identifier: MIT
 * Help texts, all made from the command rows.
 */
#pragma once
#include "virsh/command.h"

/* NAME, SYNOPSIS, DESCRIPTION and OPTIONS of one command. */
void help_command(struct shell *shell, const struct command *command);
/* The group's title and its commands; mark is ":" or "". */
void help_group(struct shell *shell, const struct command_group *group, const char *mark);
/* All groups. */
void help_everything(struct shell *shell);
/* What `virsh --help` prints. */
void help_usage(struct shell *shell);
