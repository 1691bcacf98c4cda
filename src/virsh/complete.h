/* SPDX-License-Identifier: MIT
 * Completion of a command line, from the command rows.
 */
#pragma once
#include "virsh/command.h"
#include "virsh/words.h"

/* What the word `partial`, behind the text `before`, can become. */
void complete_line(struct shell *shell, const char *before, const char *partial, struct words *ret_words);
/* Adds a copy of word when it starts with partial. */
void complete_offer(struct words *words, const char *partial, const char *word);
/* Values of options. */
void complete_command(struct shell *shell, const char *partial, struct words *ret_words);
void complete_domain(struct shell *shell, const char *partial, struct words *ret_words);
void complete_domain_active(struct shell *shell, const char *partial, struct words *ret_words);
void complete_domain_inactive(struct shell *shell, const char *partial, struct words *ret_words);
void complete_event(struct shell *shell, const char *partial, struct words *ret_words);
/* A comma-separated list of shutdown modes. */
void complete_mode(struct shell *shell, const char *partial, struct words *ret_words);
