/* SPDX-License-Identifier: MIT
 * Commands about virsh itself: help, echo, the working directory, leaving, connecting, completion.
 */
#include <errno.h>
#include <pwd.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "virsh/arguments.h"
#include "virsh/commands.h"
#include "virsh/complete.h"
#include "virsh/help.h"

static const char *home_directory(void)
{
    const char *home = getenv("HOME");
    const struct passwd *user = home ? NULL : getpwuid(getuid());
    return home ? home : user ? user->pw_dir : "/";
}

static int run_cd(struct shell *shell, const struct invocation *invocation)
{
    const struct argument *argument = argument_find(invocation, "dir");
    const char *directory = argument && *argument->value ? argument->value : home_directory();
    if (!shell->interactive)
        return shell_error(shell, "cd: command valid only in interactive mode");
    if (chdir(directory) < 0)
        return shell_error(shell, "cd: %s: %s", strerror(errno), directory);
    return 0;
}

const struct command command_cd = {
    "cd", COMMAND_OFFLINE, run_cd, "change the current directory", "Change the current directory.",
    (const struct option_row[]){
        { "dir", OPTION_STRING, OPTION_EMPTY_OK, "directory to switch to (default: home or else root)", NULL },
        { 0 },
    },
};

static int run_pwd(struct shell *shell, const struct invocation *invocation)
{
    auto_free char *directory = getcwd(NULL, 0);
    (void)invocation;
    if (!directory)
        return shell_error(shell, "pwd: cannot get current directory: %s", strerror(errno));
    shell_print(shell, "%s\n", directory);
    return 0;
}

const struct command command_pwd = {
    "pwd", COMMAND_OFFLINE, run_pwd, "print the current directory", "Print the current directory.", NULL,
};

static void add_shell_quoted(struct buf *text, const char *word)
{
    if (*word && !word[strcspn(word, "\r\t\n !\"#$&'()*;<>?[\\]^`{|}~")]) {
        buf_adds(text, word);
        return;
    }
    buf_addc(text, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            buf_adds(text, "'\\''");
        else
            buf_addc(text, *word);
    }
    buf_addc(text, '\'');
}

static void add_xml_escaped(struct buf *text, const char *word)
{
    static const struct { char c; const char *entity; } entities[] = {
        { '<', "&lt;" }, { '>', "&gt;" }, { '&', "&amp;" }, { '"', "&quot;" }, { '\'', "&apos;" },
    };
    for (; *word; word++) {
        const char *entity = NULL;
        for (size_t i = 0; i < array_size(entities); i++) {
            if (entities[i].c == *word)
                entity = entities[i].entity;
        }
        if (entity)
            buf_adds(text, entity);
        else
            buf_addc(text, *word);
    }
}

/* One line a part; two commas are one comma of the text. */
static void add_split(struct buf *text, const char *word)
{
    for (; *word; word++) {
        if (word[0] == ',' && word[1] == ',')
            buf_addc(text, *word++);
        else
            buf_addc(text, *word == ',' ? '\n' : *word);
    }
    buf_addc(text, '\n');
}

static int run_echo(struct shell *shell, const struct invocation *invocation)
{
    auto_buf struct buf text = BUF_INIT;
    bool first = true;
    if (arguments_exclusive(shell, invocation, "shell", "xml") < 0 ||
        arguments_exclusive(shell, invocation, "shell", "split") < 0 ||
        arguments_exclusive(shell, invocation, "xml", "split") < 0)
        return -1;
    for (const struct argument *argument = invocation->arguments; argument; argument = argument->next) {
        if (argument->option->kind != OPTION_ARGV)
            continue;
        if (!first)
            buf_addc(&text, ' ');
        first = false;
        if (argument_given(invocation, "shell"))
            add_shell_quoted(&text, argument->value);
        else if (argument_given(invocation, "xml"))
            add_xml_escaped(&text, argument->value);
        else if (argument_given(invocation, "split"))
            add_split(&text, argument->value);
        else
            buf_adds(&text, argument->value);
    }
    auto_free char *line = keep(buf_take(&text));
    if (argument_given(invocation, "err"))
        shell_error(shell, "%s", line);
    else
        shell_print(shell, "%s", line);
    return 0;
}

const struct command command_echo = {
    "echo", COMMAND_OFFLINE, run_echo, "echo arguments. Used for internal testing.",
    "Echo back arguments, possibly with quoting. Used for internal testing.",
    (const struct option_row[]){
        { "shell", OPTION_BOOL, 0, "escape for shell use", NULL },
        { "xml", OPTION_BOOL, 0, "escape for XML use", NULL },
        { "split", OPTION_BOOL, 0, "split each argument on ','; ',,' is an escape sequence", NULL },
        { "err", OPTION_BOOL, 0, "output to stderr", NULL },
        { "str", OPTION_ALIAS, 0, "string", NULL },
        { "string", OPTION_ARGV, OPTION_BARE | OPTION_EMPTY_OK, "arguments to echo", NULL },
        { 0 },
    },
};

static int run_quit(struct shell *shell, const struct invocation *invocation)
{
    (void)invocation;
    shell->leaving = true;
    return 0;
}

const struct command command_quit = {
    "quit", COMMAND_OFFLINE, run_quit, "quit this interactive terminal", "", NULL,
};

const struct command command_exit = {
    "exit", COMMAND_OFFLINE, run_quit, "quit this interactive terminal", "", NULL,
};

static int run_help(struct shell *shell, const struct invocation *invocation)
{
    const struct argument *argument = argument_find(invocation, "command");
    if (!argument || !*argument->value) {
        help_everything(shell);
        return 0;
    }
    const struct command *command = command_find(argument->value);
    const struct command_group *group = command_group_find(argument->value);
    if (command)
        help_command(shell, command);
    else if (group)
        help_group(shell, group, ":");
    else
        return shell_error(shell, "command or command group '%s' doesn't exist", argument->value);
    return 0;
}

const struct command command_help = {
    "help", COMMAND_OFFLINE, run_help, "print help",
    "Prints global help, command specific help, or help for a\n    group of related commands",
    (const struct option_row[]){
        { "command", OPTION_STRING, OPTION_EMPTY_OK,
          "Prints global help, command specific help, or help for a group of related commands", complete_command },
        { 0 },
    },
};

static int run_connect(struct shell *shell, const struct invocation *invocation)
{
    const char *uri = NULL;
    bool read_only = argument_given(invocation, "readonly");
    int given = argument_string(shell, invocation, "name", &uri);
    if (given < 0)
        return -1;
    return session_connect(shell, uri, given ? read_only : read_only || shell->read_only);
}

const struct command command_connect = {
    "connect", COMMAND_OFFLINE, run_connect, "(re)connect to hypervisor",
    "Connect to local hypervisor. This is built-in command after shell start up.",
    (const struct option_row[]){
        { "name", OPTION_STRING, OPTION_EMPTY_OK, "hypervisor connection URI", NULL },
        { "readonly", OPTION_BOOL, 0, "read-only connection", NULL },
        { 0 },
    },
};

static int run_complete(struct shell *shell, const struct invocation *invocation)
{
    auto_buf struct buf before = BUF_INIT;
    struct words words = { 0 };
    const struct argument *last = NULL;
    for (const struct argument *argument = invocation->arguments; argument; argument = argument->next) {
        if (last)
            buf_addf(&before, "%s ", last->value);
        last = argument;
    }
    if (!last)
        return -1;
    auto_free char *text = keep(buf_take(&before));
    complete_line(shell, text, last->value, &words);
    for (size_t i = 0; i < words.count; i++)
        shell_print(shell, "%s\n", words.items[i]);
    int result = words.count ? 0 : -1;
    words_clear(&words);
    return result;
}

const struct command command_complete = {
    "complete", COMMAND_HIDDEN, run_complete, "internal command for autocompletion", "internal use only",
    (const struct option_row[]){
        { "string", OPTION_ARGV, OPTION_BARE | OPTION_EMPTY_OK, "partial string to autocomplete", NULL },
        { 0 },
    },
};
