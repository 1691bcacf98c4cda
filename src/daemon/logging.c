/* SPDX-License-Identifier: MIT
 * The sink: one lock around "which outputs, format, write". What may block (terminal, pipe) is waited for PATIENCE_MS
 * at most, and not at all again until it takes a line; syslog and the journal get datagrams without waiting.
 */
#include "daemon/logging.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <libvirt/virterror.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"

#define ERROR_DOMAIN VIR_FROM_NONE
#define PATIENCE_MS 200
#define MAX_TEXT 8192 /* bytes of one message; the rest is cut */
#define FACILITY_DAEMON 3

enum output_kind { TO_STDERR, TO_FILE, TO_SYSLOG, TO_JOURNALD };

static const struct {
    const char *name;
    const char *argument; /* what stands behind a second ':'; NULL = nothing may */
} output_kinds[] = {
    [TO_STDERR] = { "stderr", NULL },
    [TO_FILE] = { "file", "PATH" },
    [TO_SYSLOG] = { "syslog", "NAME" },
    [TO_JOURNALD] = { "journald", NULL },
};

struct log_filter {
    enum log_level level;
    char *match; /* owned */
};

struct log_output {
    enum log_level level;
    enum output_kind kind;
    char *argument; /* owned */
    int fd;
    bool stalled;  /* did not take the last line */
    size_t missed; /* lines since it stalled */
    bool torn;     /* ended within a line */
};

struct log_setup {
    enum log_level level;
    struct log_filter *filters;
    size_t filter_count;
    struct log_output *outputs;
    size_t output_count;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct log_setup *current; /* under lock */
static size_t lost;               /* under lock */

const char *logging_journal_socket = "/run/systemd/journal/socket";
const char *logging_syslog_socket = "/dev/log";

static const char *const level_names[] = { "", "debug", "info", "warning", "error" };
static const int syslog_priorities[] = { 7, 7, 6, 4, 3 };

static void setup_free(struct log_setup *setup)
{
    if (!setup)
        return;
    for (size_t i = 0; i < setup->filter_count; i++)
        free(setup->filters[i].match);
    for (size_t i = 0; i < setup->output_count; i++) {
        free(setup->outputs[i].argument);
        if (setup->outputs[i].kind != TO_STDERR)
            cleanup_fd(&setup->outputs[i].fd);
    }
    free(setup->filters);
    free(setup->outputs);
    free(setup);
}

DEFINE_AUTO(struct log_setup, setup_free)

/* ---- parsing ---- */

int log_level_parse(const char *text, enum log_level *ret_level)
{
    for (int level = LOG_DEBUG_LEVEL; level <= LOG_ERROR_LEVEL; level++) {
        if ((text[0] == '0' + level && !text[1]) || str_equal(text, level_names[level])) {
            *ret_level = (enum log_level)level;
            return 0;
        }
    }
    return -1;
}

/* The level before the first ':' of item; *ret_rest gets what follows the ':'. 1 when there is no ':', -1 for a bad
 * level. */
static int split_level(const char *item, enum log_level *ret_level, const char **ret_rest)
{
    const char *colon = strchr(item, ':');
    if (!colon)
        return 1;
    if (colon != item + 1 || item[0] < '1' || item[0] > '4')
        return -1;
    *ret_level = (enum log_level)(item[0] - '0');
    *ret_rest = colon + 1;
    return 0;
}

/* A printf precision for a part of a setting that may be hostile. */
static int shortened(size_t length)
{
    return length < 100 ? (int)length : 100;
}

#define LEVELS_HINT "levels are 1 (debug), 2 (info), 3 (warning), 4 (error)"

static int add_filter(struct log_setup *setup, const char *item)
{
    struct log_filter filter;
    const char *match;
    int split = split_level(item, &filter.level, &match);
    if (split > 0)
        return fail(VIR_ERR_INVALID_ARG, "Malformed format for filter '%.100s': write LEVEL:TEXT, e.g. 1:rpc", item);
    if (split < 0)
        return fail(VIR_ERR_INVALID_ARG, "Invalid priority '%.*s' for filter '%.100s': " LEVELS_HINT,
                    shortened(strcspn(item, ":")), item, item);
    if (*match == '+')
        match++;
    if (!*match)
        return fail(VIR_ERR_INVALID_ARG,
                    "Invalid match string '' in filter '%.100s': write a part of a source file's path", item);
    struct log_filter *grown = reallocarray(setup->filters, setup->filter_count + 1, sizeof *grown);
    if (!grown)
        return fail_no_memory();
    setup->filters = grown;
    filter.match = strdup(match);
    if (!filter.match)
        return fail_no_memory();
    grown[setup->filter_count++] = filter;
    return 0;
}

static int append_output(struct log_setup *setup, enum log_level level, enum output_kind kind, const char *argument)
{
    struct log_output output = { .level = level, .kind = kind, .fd = kind == TO_STDERR ? STDERR_FILENO : -1 };
    struct log_output *grown = reallocarray(setup->outputs, setup->output_count + 1, sizeof *grown);
    if (!grown)
        return fail_no_memory();
    setup->outputs = grown;
    if (argument && !(output.argument = strdup(argument)))
        return fail_no_memory();
    grown[setup->output_count++] = output;
    return 0;
}

static int add_output(struct log_setup *setup, const char *item)
{
    enum log_level level;
    const char *destination;
    int split = split_level(item, &level, &destination);
    if (split > 0)
        return fail(VIR_ERR_INVALID_ARG,
                    "Malformed format for log output '%.200s': write LEVEL:DESTINATION, e.g. 3:stderr", item);
    if (split < 0)
        return fail(VIR_ERR_INVALID_ARG, "Invalid log priority '%.*s' for log output '%.200s': " LEVELS_HINT,
                    shortened(strcspn(item, ":")), item, item);
    size_t length = strcspn(destination, ":");
    const char *argument = destination[length] ? destination + length + 1 : NULL;
    for (size_t kind = 0; kind < array_size(output_kinds); kind++) {
        const char *name = output_kinds[kind].name, *wanted = output_kinds[kind].argument;
        if (strlen(name) != length || memcmp(name, destination, length) != 0)
            continue;
        if (wanted ? argument && *argument : !argument)
            return append_output(setup, level, (enum output_kind)kind, argument);
        return fail(
            VIR_ERR_INVALID_ARG,
            "Log output '%.200s' does not meet the format requirements for destination type '%s': write %d:%s%s%s",
            item, name, level, name, wanted ? ":" : "", wanted ? wanted : "");
    }
    return fail(
        VIR_ERR_INVALID_ARG,
        "Invalid log destination '%.*s' for log output '%.200s': use stderr, journald, syslog:NAME or file:PATH",
        shortened(length), destination, item);
}

/* Calls add for each blank-separated item of text (NULL = none). */
static int each_item(struct log_setup *setup, const char *text, int (*add)(struct log_setup *, const char *))
{
    auto_free char *copy = strdup(text ? text : "");
    char *rest;
    if (!copy)
        return fail_no_memory();
    for (char *item = strtok_r(copy, " \t\n", &rest); item; item = strtok_r(NULL, " \t\n", &rest))
        if (add(setup, item) < 0)
            return -1;
    return 0;
}

static int check(const char *text, int (*add)(struct log_setup *, const char *))
{
    auto_with(setup_free) struct log_setup *setup = calloc(1, sizeof *setup);
    return setup ? each_item(setup, text, add) : fail_no_memory();
}

int logging_check_filters(const char *text)
{
    return check(text, add_filter);
}

int logging_check_outputs(const char *text)
{
    return check(text, add_output);
}

/* ---- writing ---- */

/* false when fd does not take all of it in time. */
static bool put(struct log_output *output, const char *text, size_t length)
{
    while (length > 0) {
        struct pollfd ready = { .fd = output->fd, .events = POLLOUT };
        int polled = poll(&ready, 1, output->stalled ? 0 : PATIENCE_MS);
        if (polled < 0 && errno == EINTR)
            continue;
        if (polled <= 0)
            return false;
        /* a pipe that is ready has room for PIPE_BUF bytes, so write() does not wait */
        size_t part = length < PIPE_BUF ? length : PIPE_BUF;
        ssize_t wrote = send(output->fd, text, part, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (wrote < 0 && errno == ENOTSOCK)
            wrote = write(output->fd, text, part);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        output->torn = text[wrote - 1] != '\n';
        text += wrote;
        length -= (size_t)wrote;
    }
    return true;
}

static bool put_datagram(int fd, const char *path, const char *text, int length)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    if (fd < 0 || strlen(path) >= sizeof to.sun_path)
        return false;
    strcpy(to.sun_path, path);
    return sendto(fd, text, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to) == length;
}

struct line {
    enum log_level level;
    const char *source;
    int number;
    const char *text;
    struct timespec time;
};

static bool write_stream(struct log_output *output, const struct line *line)
{
    char full[MAX_TEXT + 400];
    struct tm utc;
    gmtime_r(&line->time.tv_sec, &utc);
    int length = snprintf(full, sizeof full, "%s%04d-%02d-%02d %02d:%02d:%02d.%03ld+0000: %d: %s : %.200s:%d : %s\n",
                          output->torn ? "\n" : "", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
                          utc.tm_min, utc.tm_sec, line->time.tv_nsec / 1000000, (int)gettid(), level_names[line->level],
                          line->source, line->number, line->text);
    return put(output, full, (size_t)length);
}

static bool write_syslog(struct log_output *output, const struct line *line)
{
    static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    char full[MAX_TEXT + 400];
    struct tm local;
    localtime_r(&line->time.tv_sec, &local);
    int length = snprintf(full, sizeof full, "<%d>%s %2d %02d:%02d:%02d %.60s: %d: %s : %.200s:%d : %s\n",
                          FACILITY_DAEMON * 8 + syslog_priorities[line->level], months[local.tm_mon], local.tm_mday,
                          local.tm_hour, local.tm_min, local.tm_sec, output->argument, (int)gettid(),
                          level_names[line->level], line->source, line->number, line->text);
    return put_datagram(output->fd, logging_syslog_socket, full, length);
}

static bool write_journal(struct log_output *output, const struct line *line)
{
    char full[MAX_TEXT + 800];
    int length =
        snprintf(full, sizeof full,
                 "MESSAGE=%s\nPRIORITY=%d\nSYSLOG_FACILITY=%d\nLIBVIRT_SOURCE=%.200s\nCODE_FILE=src/%.200s\n"
                 "CODE_LINE=%d\n",
                 line->text, syslog_priorities[line->level], FACILITY_DAEMON, line->source, line->source, line->number);
    return put_datagram(output->fd, logging_journal_socket, full, length);
}

static bool write_to(struct log_output *output, const struct line *line)
{
    switch (output->kind) {
    case TO_SYSLOG:
        return write_syslog(output, line);
    case TO_JOURNALD:
        return write_journal(output, line);
    default:
        return write_stream(output, line);
    }
}

static void write_line(struct log_output *output, const struct line *line)
{
    output->stalled = !write_to(output, line);
    if (output->stalled) {
        output->missed++;
        lost++;
    } else if (output->missed > 0) {
        char text[80];
        struct line notice = *line;
        snprintf(text, sizeof text, "%zu lines before this one are missing here", output->missed);
        notice.level = LOG_WARNING_LEVEL;
        notice.text = text;
        output->missed = 0;
        write_to(output, &notice);
    }
}

/* One line without control characters, so that no client can forge log lines. */
static void clean_text(const char *text, char ret_clean[MAX_TEXT])
{
    size_t used = 0, length = strlen(text);
    while (length > 0 && text[length - 1] == '\n')
        length--;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (used + 8 > MAX_TEXT) {
            strcpy(ret_clean + used, "...");
            return;
        }
        if (c == '\n')
            used += (size_t)sprintf(ret_clean + used, "\\n");
        else if ((c < ' ' && c != '\t') || c == 0x7f)
            used += (size_t)sprintf(ret_clean + used, "\\x%02x", c);
        else
            ret_clean[used++] = (char)c;
    }
    ret_clean[used] = '\0';
}

static enum log_level level_of(const struct log_setup *setup, const char *source)
{
    for (size_t i = 0; i < setup->filter_count; i++)
        if (strstr(source, setup->filters[i].match))
            return setup->filters[i].level;
    return setup->level;
}

static void sink(enum log_level level, const char *source, int number, const char *text)
{
    int saved = errno;
    char clean[MAX_TEXT];
    struct line line = { .level = level, .source = source, .number = number, .text = clean };
    clock_gettime(CLOCK_REALTIME, &line.time);
    pthread_mutex_lock(&lock);
    if (current && level >= level_of(current, source)) {
        clean_text(text, clean);
        for (size_t i = 0; i < current->output_count; i++)
            if (level >= current->outputs[i].level)
                write_line(&current->outputs[i], &line);
    }
    pthread_mutex_unlock(&lock);
    errno = saved;
}

/* ---- setting up ---- */

static bool socket_exists(const char *path)
{
    return access(path, W_OK) == 0;
}

/* What stock does without log_outputs: the journal when nobody sits at the terminal, else stderr; a daemon in the
 * background without a journal gets its file. */
static int add_default_output(struct log_setup *setup, const struct log_settings *settings)
{
    if ((settings->background || !isatty(STDIN_FILENO)) && socket_exists(logging_journal_socket))
        return append_output(setup, LOG_DEBUG_LEVEL, TO_JOURNALD, NULL);
    if (settings->background && settings->fallback_file) {
        auto_free char *parent = strdup(settings->fallback_file);
        char *slash = parent ? strrchr(parent, '/') : NULL;
        if (slash && slash > parent) {
            *slash = '\0';
            file_make_dirs(parent, 0700); /* a failure shows when the file is opened */
        }
        return append_output(setup, LOG_DEBUG_LEVEL, TO_FILE, settings->fallback_file);
    }
    if (settings->background)
        return append_output(setup, LOG_DEBUG_LEVEL, TO_SYSLOG, "libvirtd");
    return append_output(setup, LOG_DEBUG_LEVEL, TO_STDERR, NULL);
}

static int open_output(struct log_output *output)
{
    if (output->kind == TO_STDERR)
        return 0;
    if (output->kind == TO_FILE) {
        /* O_NONBLOCK: a fifo that nobody reads fails here instead of stopping the daemon */
        output->fd = open(output->argument, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
        if (output->fd < 0)
            return fail_errno(errno, "failed to open %s", output->argument);
        return 0;
    }
    output->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return output->fd < 0 ? fail_errno(errno, "cannot make a socket for %s", output_kinds[output->kind].name) : 0;
}

int logging_setup(const struct log_settings *settings)
{
    auto_with(setup_free) struct log_setup *setup = calloc(1, sizeof *setup);
    if (!setup)
        return fail_no_memory();
    setup->level = settings->level ? settings->level : LOG_WARNING_LEVEL;
    if (each_item(setup, settings->filters, add_filter) < 0 || each_item(setup, settings->outputs, add_output) < 0)
        return -1;
    if (setup->output_count == 0 && add_default_output(setup, settings) < 0)
        return -1;
    for (size_t i = 0; i < setup->output_count; i++)
        if (open_output(&setup->outputs[i]) < 0)
            return -1;
    enum log_level least = setup->level;
    for (size_t i = 0; i < setup->filter_count; i++)
        if (setup->filters[i].level < least)
            least = setup->filters[i].level;
    pthread_mutex_lock(&lock);
    struct log_setup *before = current;
    current = steal(setup);
    log_set_sink(sink, least);
    pthread_mutex_unlock(&lock);
    setup_free(before);
    return 0;
}

void logging_clear(void)
{
    pthread_mutex_lock(&lock);
    struct log_setup *before = current;
    current = NULL;
    log_set_sink(NULL, LOG_ERROR_LEVEL);
    pthread_mutex_unlock(&lock);
    setup_free(before);
}

size_t logging_lost(void)
{
    pthread_mutex_lock(&lock);
    size_t count = lost;
    pthread_mutex_unlock(&lock);
    return count;
}
