/* SPDX-License-Identifier: MIT
 * Words into invocations: finds the command, gives each word to its option, checks what is missing. The command `help`
 * forgives everything, and --help turns any command into `help COMMAND`.
 */
#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "virsh/arguments.h"
#include "virsh/tokens.h"

void invocation_free(struct invocation *first)
{
    while (first) {
        struct invocation *next = first->next;
        while (first->arguments) {
            struct argument *after = first->arguments->next;
            free(first->arguments->value);
            free(first->arguments);
            first->arguments = after;
        }
        free(first);
        first = next;
    }
}

DEFINE_AUTO(struct invocation, invocation_free)

struct parser {
    struct shell *shell;
    struct tokens tokens;
    struct invocation *invocation; /* borrowed: the command being parsed */
    bool forgiving;                /* the command is help */
    bool names_end;                /* -- was seen */
    bool help_wanted;
};

static const struct option_row *option_find(const struct command *command, const char *name)
{
    for (const struct option_row *row = command->options; row && row->name; row++) {
        if (str_equal(row->name, name))
            return row->kind == OPTION_ALIAS ? option_find(command, row->help) : row;
    }
    return NULL;
}

static const struct option_row *option_without_name(const struct invocation *invocation)
{
    for (const struct option_row *row = invocation->command->options; row && row->name; row++) {
        if (row->kind == OPTION_BOOL || row->kind == OPTION_ALIAS || (row->flags & OPTION_NAMED_ONLY))
            continue;
        if (row->kind == OPTION_ARGV || !argument_given(invocation, row->name))
            return row;
    }
    return NULL;
}

/* Takes value. */
static void argument_add(struct parser *parser, const struct option_row *option, char *value)
{
    struct argument *argument = keep(calloc(1, sizeof *argument));
    struct argument **end = &parser->invocation->arguments;
    argument->option = option;
    argument->value = value;
    while (*end)
        end = &(*end)->next;
    *end = argument;
    shell_debug(parser->shell, DEBUG_INFO, "%s: %s(%s): %s\n", parser->invocation->command->name, option->name,
                value ? "optdata" : "bool", value ? value : "(none)");
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] == '-' && isalnum((unsigned char)word[2]);
}

/* word is "--name" or "--name=value". */
static int parse_option(struct parser *parser, char *word)
{
    const struct command *command = parser->invocation->command;
    char *name = word + 2;
    char *equals = strchr(name, '=');
    auto_free char *value = equals ? copy_text(equals + 1) : NULL;
    if (equals)
        *equals = '\0';

    if (str_equal(name, "help")) {
        if (value)
            return shell_error(parser->shell, "invalid '=' after option --%s", name);
        parser->help_wanted = true;
        return 0;
    }
    const struct option_row *option = option_find(command, name);
    if (!option) {
        if (parser->forgiving)
            return 0;
        return shell_error(parser->shell, "command '%s' doesn't support option --%s", command->name, name);
    }
    if (option->kind != OPTION_ARGV && argument_given(parser->invocation, option->name)) {
        shell_error(parser->shell, "option --%s already seen", option->name);
        return parser->forgiving ? 0 : -1;
    }
    if (option->kind == OPTION_BOOL) {
        if (value)
            return shell_error(parser->shell, "invalid '=' after option --%s", name);
    } else if (!value && token_next(&parser->tokens, &value) != TOKEN_WORD) {
        return shell_error(parser->shell, "expected syntax: --%s <%s>", name,
                           option->kind == OPTION_INT ? "number" : "string");
    }
    argument_add(parser, option, steal(value));
    return 0;
}

static int parse_word(struct parser *parser, char *word)
{
    if (!parser->names_end && str_equal(word, "--")) {
        parser->names_end = true;
        return 0;
    }
    if (!parser->names_end && is_option(word))
        return parse_option(parser, word);
    const struct option_row *option = option_without_name(parser->invocation);
    if (option)
        argument_add(parser, option, copy_text(word));
    else if (!parser->forgiving)
        return shell_error(parser->shell, "unexpected data '%s'", word);
    return 0;
}

static int check_required(struct parser *parser)
{
    const struct command *command = parser->invocation->command;
    for (const struct option_row *row = command->options; row && row->name; row++) {
        if ((row->flags & OPTION_REQUIRED) && !argument_given(parser->invocation, row->name))
            return shell_error(parser->shell,
                               row->kind == OPTION_DATA ? "command '%s' requires <%s> option"
                                                        : "command '%s' requires --%s option",
                               command->name, row->name);
    }
    return 0;
}

/* Makes the invocation `help --command NAME`. */
static void turn_into_help(struct invocation *invocation)
{
    const char *name = invocation->command->name;
    while (invocation->arguments) {
        struct argument *after = invocation->arguments->next;
        free(invocation->arguments->value);
        free(invocation->arguments);
        invocation->arguments = after;
    }
    invocation->command = command_find("help");
    invocation->arguments = keep(calloc(1, sizeof *invocation->arguments));
    invocation->arguments->option = option_find(invocation->command, "command");
    invocation->arguments->value = copy_text(name);
}

/* Parses one command up to its separator. *ret_token is what ended it. */
static int parse_command(struct parser *parser, const char *name, enum token *ret_token,
                         struct invocation **ret_invocation)
{
    auto_with(invocation_free) struct invocation *invocation = keep(calloc(1, sizeof *invocation));
    enum token token;

    invocation->command = command_find(name);
    if (!invocation->command)
        return shell_error(parser->shell, "unknown command: '%s'", name);
    parser->invocation = invocation;
    parser->forgiving = str_equal(invocation->command->name, "help");
    parser->names_end = parser->help_wanted = false;
    for (;;) {
        auto_free char *word = NULL;
        token = token_next(&parser->tokens, &word);
        if (token != TOKEN_WORD)
            break;
        if (parse_word(parser, word) < 0)
            return -1;
    }
    if (token == TOKEN_ERROR)
        return shell_error(parser->shell, "%s", parser->tokens.error);
    if (parser->help_wanted)
        turn_into_help(invocation);
    else if (check_required(parser) < 0)
        return -1;
    *ret_token = token;
    *ret_invocation = steal(invocation);
    return 0;
}

static int parse_all(struct parser *parser, struct invocation **ret_first)
{
    auto_with(invocation_free) struct invocation *first = NULL;
    struct invocation **end = &first;
    enum token token;
    do {
        auto_free char *name = NULL;
        token = token_next(&parser->tokens, &name);
        if (token == TOKEN_ERROR)
            return shell_error(parser->shell, "%s", parser->tokens.error);
        if (token != TOKEN_WORD)
            continue;
        if (name[0] == '#') { /* a quoted or separate word: what follows is a comment all the same */
            do {
                free(steal(name));
                token = token_next(&parser->tokens, &name);
            } while (token == TOKEN_WORD);
            continue;
        }
        if (parse_command(parser, name, &token, end) < 0)
            return -1;
        end = &(*end)->next;
    } while (token != TOKEN_END);
    *ret_first = steal(first);
    return 0;
}

int invocation_parse_line(struct shell *shell, const char *line, struct invocation **ret_first)
{
    struct parser parser = { .shell = shell, .tokens = { .line = line } };
    return parse_all(&parser, ret_first);
}

int invocation_parse_argv(struct shell *shell, char *const *argv, struct invocation **ret_first)
{
    struct parser parser = { .shell = shell, .tokens = { .argv = argv } };
    return parse_all(&parser, ret_first);
}
