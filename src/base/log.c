/* SPDX-License-Identifier: MIT
 * Formats a line and hands it to the sink.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum log_level log_threshold = LOG_ERROR_LEVEL + 1;
static log_sink current_sink;

void log_set_sink(log_sink sink, enum log_level threshold)
{
    current_sink = sink;
    log_threshold = sink ? threshold : LOG_ERROR_LEVEL + 1;
}

void log_write(enum log_level level, const char *source, int line, const char *format, ...)
{
    log_sink sink = current_sink;
    if (!sink)
        return;
    auto_free char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    const char *below = strstr(source, "src/");
    sink(level, below ? below + 4 : source, line, text ? text : "(out of memory)");
}
