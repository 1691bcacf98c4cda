/* SPDX-License-Identifier: MIT
 * Runs $VISUAL or $EDITOR on a private temporary file. A name without shell characters is run directly, so that
 * nothing in it is interpreted.
 */
#include "virsh/editor.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"

#define EDITED_MAX (10u << 20)
#define PLAIN_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/_.:@"

extern char **environ;

int edited_init(struct shell *shell, const char *text, struct edited *ret_edited)
{
    const char *directory = getenv("TMPDIR");
    auto_free char *path = format_text("%s/virshXXXXXX.xml", directory ? directory : "/tmp");
    auto_fd int fd = mkstemps(path, 4);
    size_t length = strlen(text);
    if (fd < 0)
        return shell_error(shell, "mkostemps: failed to create temporary file: %s", strerror(errno));
    while (length > 0) {
        ssize_t wrote = write(fd, text, length);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0) {
            shell_error(shell, "write: %s: failed to write to temporary file: %s", path, strerror(errno));
            unlink(path);
            return -1;
        }
        text += wrote;
        length -= (size_t)wrote;
    }
    ret_edited->path = steal(path);
    return 0;
}

void edited_clear(struct edited *edited)
{
    if (edited->path)
        unlink(edited->path);
    free(steal(edited->path));
}

/* The command line as arguments: by the shell when the editor's name has characters that only a shell understands. */
static int spawn_editor(const char *editor, const char *path, pid_t *ret_pid)
{
    char *words[32];
    size_t count = 0;
    auto_free char *copy = copy_text(editor);
    auto_free char *line = format_text("%s %s", editor, path);
    if (editor[strspn(editor, PLAIN_CHARACTERS " \t")]) {
        char *const argv[] = { (char *)"sh", (char *)"-c", line, NULL };
        return posix_spawnp(ret_pid, "sh", NULL, NULL, argv, environ);
    }
    char *rest = copy;
    for (char *word; (word = strsep(&rest, " \t"));) {
        if (*word && count < sizeof words / sizeof words[0] - 2)
            words[count++] = word;
    }
    if (count == 0)
        return ENOENT;
    words[count++] = (char *)path;
    words[count] = NULL;
    return posix_spawnp(ret_pid, words[0], NULL, NULL, words, environ);
}

int edited_run(struct shell *shell, struct edited *edited, char **ret_text)
{
    const char *editor = getenv("VISUAL");
    pid_t pid;
    int status;

    if (!editor)
        editor = getenv("EDITOR");
    if (!editor)
        editor = "vi";
    fflush(stdout);
    int code = spawn_editor(editor, edited->path, &pid);
    if (code)
        return shell_error(shell, "Cannot find '%s' in path: %s", editor, strerror(code));
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return shell_error(shell, "waitpid: %s", strerror(errno));
    }
    if (!WIFEXITED(status))
        return shell_error(shell, "internal error: Child process (%s %s) unexpected fatal signal %d", editor,
                           edited->path, WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return shell_error(shell, "internal error: Child process (%s %s) unexpected exit status %d", editor,
                           edited->path, WEXITSTATUS(status));
    if (file_read(edited->path, EDITED_MAX, ret_text, NULL) < 0)
        return shell_error(shell, "%s: failed to read temporary file: %s", edited->path, strerror(errno));
    return 0;
}

int ask_again(struct shell *shell, bool can_relax)
{
    struct termios cooked, raw;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &cooked) < 0)
        return -1;
    raw = cooked;
    cfmakeraw(&raw);
    for (;;) {
        tcsetattr(STDIN_FILENO, TCSANOW, &raw);
        shell_print(shell, "\rFailed. Try again? [%s]: ", can_relax ? "y,n,i,f,?" : "y,n,f,?");
        fflush(stdout);
        unsigned char key;
        ssize_t got = read(STDIN_FILENO, &key, 1);
        tcsetattr(STDIN_FILENO, TCSANOW, &cooked);
        if (got <= 0)
            return -1;
        if (key >= 'A' && key <= 'Z')
            key = (unsigned char)(key - 'A' + 'a');
        if (key == 'y' || key == 'n' || key == 'f' || (key == 'i' && can_relax)) {
            shell_print(shell, "\r\n");
            return key;
        }
        if (key == '?')
            shell_print(shell, "\r\ny - yes, start editor again\nn - no, throw away my changes\n%s"
                               "f - force, try to redefine again\n? - print this help\n",
                        can_relax ? "i - turn off validation and try to redefine again\n" : "");
    }
}
