/* SPDX-License-Identifier: MIT
 * Where log lines go: parses log_filters and log_outputs, and is the sink behind base/log.h. A line that cannot be
 * written within a short time is dropped and counted, so that a stuck terminal or journal never stops the daemon.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/log.h"

struct log_settings {
    enum log_level level;  /* of sources that no filter names */
    const char *filters;   /* "N:match ...", NULL or "" = none */
    const char *outputs;   /* "N:stderr N:file:PATH ...", NULL or "" = by itself, see fallback_file */
    bool background;       /* without outputs: not stderr but the journal, or else fallback_file, or else syslog */
    const char *fallback_file; /* paths.log_file, or NULL */
};

/* 1..4 or debug, info, warning, error. -1 without an error set when it is neither. */
int log_level_parse(const char *text, enum log_level *ret_level);
/* Check a setting without applying it. The error's text has stock's form and says what to do. */
int logging_check_filters(const char *text);
int logging_check_outputs(const char *text);

/* Opens the outputs (level 0 = warning) and becomes the sink; replaces an earlier setup as a whole, or changes nothing
 * and fails.
 * Thread-safe, so that a reload may call it. The daemon ignores SIGPIPE. Set up twice: before the configuration is read
 * (so that its errors are seen) and with its values. */
int logging_setup(const struct log_settings *settings);
/* Back to silence; closes the outputs. */
void logging_clear(void);
/* Lines dropped so far because an output did not take them. */
size_t logging_lost(void);

/* The sockets behind the outputs "journald" and "syslog". Only tests change them. */
extern const char *logging_journal_socket;
extern const char *logging_syslog_socket;
