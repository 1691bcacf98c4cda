/* SPDX-License-Identifier: MIT
 * Output: results on stdout, errors on stderr, both in the log file when there is one, and the library's last error.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "virsh/shell.h"

static const char *const level_names[] = { "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR" };

static _Thread_local bool capturing; /* only the main thread's errors belong to a command */
static virErrorPtr last_error;

void *keep(void *allocated)
{
    if (!allocated) {
        fputs("error: out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    return allocated;
}

char *copy_text(const char *text)
{
    return text ? keep(strdup(text)) : NULL;
}

static char *format_list(const char *format, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    return keep(text);
}

char *format_text(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = format_list(format, args);
    va_end(args);
    return text;
}

int shell_log_open(struct shell *shell, const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        return -1;
    if (shell->log_fd >= 0)
        close(shell->log_fd);
    shell->log_fd = fd;
    return 0;
}

static void log_line(struct shell *shell, enum debug_level level, const char *text)
{
    if (shell->log_fd < 0)
        return;
    auto_buf struct buf line = BUF_INIT;
    char stamp[32];
    time_t now = time(NULL);
    struct tm parts;
    size_t length = strlen(text);
    localtime_r(&now, &parts);
    strftime(stamp, sizeof stamp, "%Y.%m.%d %H:%M:%S", &parts);
    while (length > 0 && text[length - 1] == '\n')
        length--;
    buf_addf(&line, "[%s virsh %d] %s %.*s\n", stamp, (int)getpid(), level_names[level], (int)length, text);
    if (line.failed || write(shell->log_fd, buf_bytes(&line), buf_length(&line)) < 0) {
        close(steal_fd(&shell->log_fd));
        fputs("error: failed to write the log file\n", stderr);
    }
}

void shell_print(struct shell *shell, const char *format, ...)
{
    (void)shell;
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
}

void shell_extra(struct shell *shell, const char *format, ...)
{
    if (shell->quiet)
        return;
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
}

int shell_error(struct shell *shell, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    auto_free char *text = format_list(format, args);
    va_end(args);
    fflush(stdout);
    fprintf(stderr, "error: %s\n", text);
    fflush(stderr);
    log_line(shell, DEBUG_ERROR, text);
    return -1;
}

void shell_debug(struct shell *shell, enum debug_level level, const char *format, ...)
{
    if ((int)level < shell->debug_level)
        return;
    va_list args;
    va_start(args, format);
    auto_free char *text = format_list(format, args);
    va_end(args);
    fputs(text, stdout);
    fflush(stdout);
    log_line(shell, level, text);
}

static void library_error_raised(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
    if (!capturing)
        return;
    virFreeError(last_error);
    last_error = virSaveLastError();
}

void library_errors_capture(void)
{
    capturing = true;
    virSetErrorFunc(NULL, library_error_raised);
}

int library_error_code(void)
{
    return last_error ? last_error->code : 0;
}

void library_error_reset(void)
{
    virFreeError(last_error);
    last_error = NULL;
    if (capturing) /* the library is initialized */
        virResetLastError();
}

void library_error_report(struct shell *shell)
{
    if (last_error && last_error->code != VIR_ERR_OK)
        shell_error(shell, "%s", last_error->message ? last_error->message : "unknown error");
    library_error_reset();
}
