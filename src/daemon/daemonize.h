/* SPDX-License-Identifier: MIT
 * Going to the background (--daemon). The first process waits until the daemon says that it is ready or that it failed,
 * writes the reason to the terminal and exits with the matching code. To be called before any thread exists.
 */
#pragma once

struct daemonize {
    int status_fd; /* to the waiting process; -1 = in the foreground or already answered */
};

#define DAEMONIZE_INIT { -1 }

/* Returns 0 in the daemon (own session, cwd /, stdin and stdout on /dev/null, stderr still the terminal's); the
 * process that called never returns from it. -1 when no child could be made. */
int daemonize_start(struct daemonize *daemonize, const char *program);
/* The daemon serves: the waiting process exits with 0, stderr goes to /dev/null. Harmless in the foreground. */
void daemonize_ready(struct daemonize *daemonize);
/* The daemon cannot start: the waiting process writes "<program>: error: <reason>" to its stderr and exits with code
 * (not 0). Harmless in the foreground. */
void daemonize_failed(struct daemonize *daemonize, int code, const char *reason);
