/* SPDX-License-Identifier: MIT
 * Completion: commands in the first place, options and their values behind. Never prints; an error offers nothing.
 */
#include "virsh/complete.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "virsh/arguments.h"
#include "virsh/domain.h"
#include "virsh/tokens.h"

void complete_offer(struct words *words, const char *partial, const char *word)
{
    if (str_prefix(word, partial))
        words_add(words, copy_text(word));
}

void complete_command(struct shell *shell, const char *partial, struct words *ret_words)
{
    (void)shell;
    for (const struct command_group *group = command_groups; group->title; group++) {
        for (const struct command *const *each = group->commands; *each; each++) {
            if (!((*each)->flags & COMMAND_HIDDEN))
                complete_offer(ret_words, partial, (*each)->name);
        }
    }
}

static void complete_listed(struct shell *shell, unsigned int flags, const char *partial, struct words *ret_words)
{
    virDomainPtr *domains = NULL;
    int count = shell->connection ? virConnectListAllDomains(shell->connection, &domains, flags) : -1;
    for (int i = 0; i < count; i++) {
        complete_offer(ret_words, partial, virDomainGetName(domains[i]));
        virDomainFree(domains[i]);
    }
    free(domains);
    library_error_reset();
}

void complete_domain(struct shell *shell, const char *partial, struct words *ret_words)
{
    complete_listed(shell, 0, partial, ret_words);
}

void complete_domain_active(struct shell *shell, const char *partial, struct words *ret_words)
{
    complete_listed(shell, VIR_CONNECT_LIST_DOMAINS_ACTIVE, partial, ret_words);
}

void complete_domain_inactive(struct shell *shell, const char *partial, struct words *ret_words)
{
    complete_listed(shell, VIR_CONNECT_LIST_DOMAINS_INACTIVE, partial, ret_words);
}

void complete_mode(struct shell *shell, const char *partial, struct words *ret_words)
{
    static const char *const modes[] = { "acpi", "agent", "initctl", "signal", "paravirt" };
    const char *comma = strrchr(partial, ',');
    int chosen = comma ? (int)(comma + 1 - partial) : 0;
    (void)shell;
    for (size_t i = 0; i < array_size(modes); i++) {
        const char *again = chosen ? strstr(partial, modes[i]) : NULL;
        auto_free char *word = format_text("%.*s%s", chosen, partial, modes[i]);
        if (!again || again >= partial + chosen)
            complete_offer(ret_words, partial, word);
    }
}

/* What the words of the last command on the line say so far. */
struct place {
    const struct command *command;        /* NULL = still to be named */
    const struct option_row *wants_value; /* the last word was this option's name */
    const struct option_row *seen[64];
    size_t seen_count;
};

static bool was_seen(const struct place *place, const struct option_row *row)
{
    for (size_t i = 0; i < place->seen_count; i++) {
        if (place->seen[i] == row)
            return true;
    }
    return false;
}

/* The option that the word names, or the next one that takes a word without a name. */
static const struct option_row *place_option(const struct place *place, const char *word)
{
    for (const struct option_row *row = place->command->options; row && row->name; row++) {
        if (row->kind == OPTION_ALIAS)
            continue;
        if (str_prefix(word, "--")) {
            size_t length = strcspn(word + 2, "=");
            if (strlen(row->name) == length && strncmp(row->name, word + 2, length) == 0)
                return row;
        } else if (row->kind != OPTION_BOOL && !(row->flags & OPTION_NAMED_ONLY) && !was_seen(place, row)) {
            return row;
        }
    }
    return NULL;
}

static void place_word(struct place *place, const char *word)
{
    if (!place->command) {
        place->command = command_find(word);
        return;
    }
    if (place->wants_value) {
        place->wants_value = NULL;
        return;
    }
    const struct option_row *row = place_option(place, word);
    if (!row)
        return;
    if (row->kind != OPTION_ARGV && place->seen_count < array_size(place->seen))
        place->seen[place->seen_count++] = row;
    if (str_prefix(word, "--") && row->kind != OPTION_BOOL && !strchr(word, '='))
        place->wants_value = row;
}

void complete_line(struct shell *shell, const char *before, const char *partial, struct words *ret_words)
{
    struct tokens tokens = { .line = before };
    struct place place = { 0 };
    enum token token;
    do {
        auto_free char *word = NULL;
        token = token_next(&tokens, &word);
        if (token == TOKEN_WORD)
            place_word(&place, word);
        else if (token == TOKEN_SEPARATOR)
            place = (struct place){ 0 };
    } while (token == TOKEN_WORD || token == TOKEN_SEPARATOR);

    if (!place.command) {
        complete_command(shell, partial, ret_words);
    } else if (place.wants_value) {
        if (place.wants_value->complete)
            place.wants_value->complete(shell, partial, ret_words);
    } else if (!*partial || str_prefix(partial, "-")) {
        for (const struct option_row *row = place.command->options; row && row->name; row++) {
            auto_free char *name = format_text("--%s", row->name);
            if (row->kind != OPTION_ALIAS && !was_seen(&place, row))
                complete_offer(ret_words, partial, name);
        }
    } else {
        const struct option_row *row = place_option(&place, partial);
        if (row && row->complete)
            row->complete(shell, partial, ret_words);
    }
}
