/* SPDX-License-Identifier: MIT
 * The interactive shell: line editing, history and completion at a terminal (libedit), plain reading otherwise.
 * The history file is one line a command, in the cache directory.
 */
#include "virsh/interactive.h"

#include <stdio.h>
#include <string.h>

#include <editline/readline.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "virsh/arguments.h"
#include "virsh/complete.h"
#include "virsh/numbers.h"

#define HISTORY_LINES 500
#define HISTORY_BYTES (16u << 20)

DEFINE_AUTO(struct invocation, invocation_free)

static struct shell *completing_shell; /* libedit's callbacks take no context */

static char *history_path(void)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache)
        return format_text("%s/libvirt/virsh/history", cache);
    return home && *home ? format_text("%s/.cache/libvirt/virsh/history", home) : NULL;
}

static unsigned int history_limit(struct shell *shell)
{
    const char *text = getenv("VIRSH_HISTSIZE");
    unsigned int lines;
    if (!text)
        return HISTORY_LINES;
    if (number_uint(text, &lines) == 0)
        return lines;
    shell_error(shell, "Bad $VIRSH_HISTSIZE value.");
    return HISTORY_LINES;
}

static void history_load(struct shell *shell)
{
    auto_free char *path = history_path();
    auto_free char *content = NULL;
    using_history();
    stifle_history((int)history_limit(shell));
    if (!path || file_read(path, HISTORY_BYTES, &content, NULL) < 0)
        return;
    char *rest = content;
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (*line)
            add_history(line);
    }
}

/* A history that cannot be kept is no reason to fail a session that has ended. */
static void history_store(void)
{
    auto_free char *path = history_path();
    auto_buf struct buf content = BUF_INIT;
    if (!path)
        return;
    for (int i = 0; i < history_length; i++) {
        HIST_ENTRY *entry = history_get(history_base + i);
        if (entry && entry->line)
            buf_addf(&content, "%s\n", entry->line);
    }
    char *name = strrchr(path, '/');
    *name = '\0';
    int made = file_make_dirs(path, 0755);
    *name = '/';
    if (made == 0 && !content.failed && buf_length(&content) > 0)
        file_replace(path, 0600, buf_bytes(&content), buf_length(&content));
}

static char **complete_word(const char *text, int start, int end)
{
    struct words words = { 0 };
    auto_free char *before = format_text("%.*s", start, rl_line_buffer);
    (void)end;
    rl_attempted_completion_over = 1;
    complete_line(completing_shell, before, text, &words);
    if (words.count == 0)
        return NULL;

    /* libedit wants the common start first, then the matches, then NULL. */
    char **matches = keep(calloc(words.count + 2, sizeof *matches));
    size_t common = strlen(words.items[0]);
    for (size_t i = 0; i < words.count; i++) {
        size_t same = 0;
        while (same < common && words.items[i][same] == words.items[0][same])
            same++;
        common = same;
        matches[i + 1] = words.items[i];
    }
    matches[0] = format_text("%.*s", (int)common, words.items[0]);
    free(words.items);
    return matches;
}

/* The next line without its newline, which the caller frees; NULL at the end of input. */
static char *read_line(struct shell *shell)
{
    const char *prompt = shell->read_only ? "virsh > " : "virsh # ";
    if (shell->at_terminal)
        return readline(prompt);
    char *line = NULL;
    size_t size = 0;
    shell_print(shell, "%s", prompt);
    fflush(stdout);
    ssize_t length = getline(&line, &size, stdin);
    if (length < 0) {
        free(line);
        return NULL;
    }
    if (length > 0 && line[length - 1] == '\n')
        line[length - 1] = '\0';
    shell_print(shell, "%s\n", line);
    return line;
}

int interactive_run(struct shell *shell)
{
    if (!shell->quiet)
        shell_print(shell, "Welcome to virsh, the virtualization interactive terminal.\n\n"
                           "Type:  'help' for help with commands\n"
                           "       'quit' to quit\n\n");
    if (shell->at_terminal) {
        completing_shell = shell;
        rl_readline_name = (char *)"virsh";
        rl_initialize();
        rl_attempted_completion_function = complete_word;
        rl_basic_word_break_characters = (char *)" \t\n;";
        history_load(shell);
    }
    while (!shell->leaving) {
        auto_free char *line = read_line(shell);
        auto_with(invocation_free) struct invocation *first = NULL;
        if (!line)
            break;
        if (!*line)
            continue;
        if (shell->at_terminal)
            add_history(line);
        if (invocation_parse_line(shell, line, &first) == 0)
            invocation_run(shell, first);
        fflush(stdout);
    }
    shell_print(shell, "\n");
    if (shell->at_terminal)
        history_store();
    return 0;
}
