/* SPDX-License-Identifier: MIT
 * Log lines by level. The library stays silent unless its caller sets a sink; the daemon routes lines to stderr,
 * a file, syslog or the journal. A level that is off costs one comparison.
 */
#pragma once

enum log_level { LOG_DEBUG_LEVEL = 1, LOG_INFO_LEVEL = 2, LOG_WARNING_LEVEL = 3, LOG_ERROR_LEVEL = 4 };

/* Receives one formatted line without its newline. source is the file's path below src, e.g. "daemon/client.c". */
typedef void (*log_sink)(enum log_level level, const char *source, int line, const char *text);

extern enum log_level log_threshold; /* lines below it are not formatted; starts above every level */

void log_set_sink(log_sink sink, enum log_level threshold);
void log_write(enum log_level level, const char *source, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#define log_at(level, ...) \
    do { \
        if ((level) >= log_threshold) \
            log_write((level), __FILE__, __LINE__, __VA_ARGS__); \
    } while (0)
#define log_debug(...) log_at(LOG_DEBUG_LEVEL, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO_LEVEL, __VA_ARGS__)
#define log_warning(...) log_at(LOG_WARNING_LEVEL, __VA_ARGS__)
#define log_error(...) log_at(LOG_ERROR_LEVEL, __VA_ARGS__)
