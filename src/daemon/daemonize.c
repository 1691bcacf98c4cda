/* SPDX-License-Identifier: MIT
 * Two forks (the daemon is no session leader, so it never gets a terminal) and a pipe. What goes through the pipe: one
 * byte with the exit code, then the reason as text up to the end of the file.
 */
#include "daemon/daemonize.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libvirt/virterror.h>

#include "base/cleanup.h"
#include "base/error.h"

#define ERROR_DOMAIN VIR_FROM_NONE

static void send_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t wrote = write(fd, data, length);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return;
        data += wrote;
        length -= (size_t)wrote;
    }
}

/* The waiting process: reports what the daemon said and exits with its code. */
static void __attribute__((noreturn)) await(int fd, const char *program)
{
    char answer[4096];
    size_t length = 0;
    while (length < sizeof answer - 1) {
        ssize_t got = read(fd, answer + length, sizeof answer - 1 - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    answer[length] = '\0';
    if (length == 0)
        fprintf(stderr, "%s: error: the daemon ended before it was ready. Run it without --daemon to see why\n",
                program);
    else if (answer[0] != 0)
        fprintf(stderr, "%s: error: %s\n", program, answer + 1);
    fflush(stderr);
    _exit(length == 0 ? 1 : (unsigned char)answer[0]);
}

static int take_null(int target)
{
    auto_fd int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    return fd < 0 || dup2(fd, target) < 0 ? -1 : 0;
}

int daemonize_start(struct daemonize *daemonize, const char *program)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return fail_errno(errno, "cannot make a pipe");
    fflush(NULL);
    pid_t child = fork();
    if (child < 0) {
        int saved = errno;
        close(ends[0]);
        close(ends[1]);
        return fail_errno(saved, "cannot fork");
    }
    if (child > 0) {
        close(ends[1]);
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            continue;
        await(ends[0], program);
    }
    close(ends[0]);
    setsid();
    child = fork();
    if (child != 0)
        _exit(child < 0);
    daemonize->status_fd = ends[1];
    if (take_null(STDIN_FILENO) == 0 && take_null(STDOUT_FILENO) == 0 && chdir("/") == 0)
        return 0;
    int saved = errno;
    daemonize_failed(daemonize, 1, strerror(saved));
    return fail_errno(saved, "cannot open /dev/null");
}

static void answer(struct daemonize *daemonize, int code, const char *reason)
{
    char first = (char)code;
    if (daemonize->status_fd < 0)
        return;
    /* the waiting process may be gone (Ctrl-C): that must not end the daemon */
    struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
    sigaction(SIGPIPE, &ignore, &before);
    send_all(daemonize->status_fd, &first, 1);
    send_all(daemonize->status_fd, reason, strlen(reason));
    sigaction(SIGPIPE, &before, NULL);
    close(daemonize->status_fd);
    daemonize->status_fd = -1;
    take_null(STDERR_FILENO);
}

void daemonize_ready(struct daemonize *daemonize)
{
    answer(daemonize, 0, "");
}

void daemonize_failed(struct daemonize *daemonize, int code, const char *reason)
{
    answer(daemonize, code > 0 && code < 256 ? code : 1, reason);
}
