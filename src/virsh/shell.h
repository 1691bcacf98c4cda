/* SPDX-License-Identifier: MIT
 * The state of one virsh process and what every part of it uses: output with virsh's conventions, the libvirt error of
 * the running command, the connection. The event thread may print, and sets `disconnected`; the rest belongs to the
 * main thread.
 */
#pragma once
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Levels of --debug: a line shows when its level is at least the chosen one. */
enum debug_level { DEBUG_DEBUG, DEBUG_INFO, DEBUG_NOTICE, DEBUG_WARNING, DEBUG_ERROR };

struct shell {
    virConnectPtr connection; /* owned; NULL = not connected */
    char *uri;                /* owned; NULL = the library's default */
    bool uri_required;        /* -c was given: connect before the first command, whatever it is */
    bool read_only;
    bool quiet;
    bool timing;
    bool interactive;
    bool at_terminal;         /* interactive, and both ends are a terminal */
    bool leaving;             /* quit or exit ran */
    int debug_level;
    bool keepalive_given;
    int keepalive_interval_s;
    int keepalive_count;
    int log_fd;               /* -1 = no log file */
    int lost_fd;              /* eventfd, readable once the connection is lost */
    atomic_bool disconnected; /* set by the close callback on the event thread */
};

/* ---- output.c ---- */
void shell_print(struct shell *shell, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As shell_print, but silent with --quiet: headers and confirmations. */
void shell_extra(struct shell *shell, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "error: " and the text on stderr. Always -1, so that a command may return it. */
int shell_error(struct shell *shell, const char *format, ...) __attribute__((format(printf, 2, 3)));
void shell_debug(struct shell *shell, enum debug_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Appends to the log file from now on. -1 when it cannot be opened. */
int shell_log_open(struct shell *shell, const char *path);
/* Routes the library's errors of the calling thread into the slot that the next four read. */
void library_errors_capture(void);
/* The code of the last library error since the last reset; 0 = none. */
int library_error_code(void);
void library_error_reset(void);
/* Prints the last library error, if there is one, and resets it. */
void library_error_report(struct shell *shell);

/* ---- session.c ---- */
/* Registers the default event loop and starts the thread that runs it. */
int session_start(struct shell *shell);
/* Closes the connection and joins the event thread. */
void session_stop(struct shell *shell);
/* Opens the connection unless a live one is open. Reports its failure. */
int session_ensure(struct shell *shell);
/* Replaces the connection (command connect). uri NULL keeps the current one. Reports its failure. */
int session_connect(struct shell *shell, const char *uri, bool read_only);

/* ---- memory ---- */
/* virsh ends when memory does: a shell cannot go on without. */
void *keep(void *allocated);
char *copy_text(const char *text);
char *format_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
