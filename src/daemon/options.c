/* SPDX-License-Identifier: MIT
 * getopt_long over the rows of option_rows; getopt itself writes the complaints about unknown options, as in stock.
 */
#include "daemon/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "daemon/paths.h"

#define ERROR_DOMAIN VIR_FROM_NONE

enum { OPTION_SHOW_CONFIG = 256, OPTION_FORMAT };

struct option_row {
    int code; /* the short option's letter, or 256 and above without one */
    const char *name;
    const char *argument; /* NULL = takes none */
    const char *help;
};

static const struct option_row option_rows[] = {
    { 'h', "help", NULL, "Show this help" },
    { 'v', "verbose", NULL, "Log what happens (level info)" },
    { 'd', "daemon", NULL, "Go to the background when ready" },
    { 'l', "listen", NULL, "Accept clients from the network" },
    { 't', "timeout", "secs", "Exit after so long without clients" },
    { 'f', "config", "file", "Read another configuration file" },
    { 'V', "version", NULL, "Show the version" },
    { 'p', "pid-file", "file", "Write another pid file" },
    { OPTION_SHOW_CONFIG, "show-config", NULL, "Print all settings, and where each comes from" },
    { OPTION_FORMAT, "format", "text|json", "Form of --show-config" },
};

#define ROWS array_size(option_rows)

static void print_options(FILE *out)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct option_row *row = &option_rows[i];
        char left[64], letter[8] = "    ";
        if (row->code < 256)
            snprintf(letter, sizeof letter, "-%c |", row->code);
        snprintf(left, sizeof left, "%s --%s%s%s%s", letter, row->name, row->argument ? " <" : "",
                 row->argument ? row->argument : "", row->argument ? ">" : "");
        fprintf(out, "  %-26s %s\n", left, row->help);
    }
}

static void print_help(FILE *out, const char *program)
{
    struct daemon_paths paths;
    bool privileged = geteuid() == 0;
    fprintf(out, "\nUsage:\n  %s [options]\n\nOptions:\n", program);
    print_options(out);
    if (paths_init(&paths, privileged) < 0) {
        error_reset();
        return;
    }
    fprintf(out, "\nDefault paths:\n\n  Configuration file (unless overridden by -f):\n    %s\n\n  Sockets:\n    %s\n",
            paths.config_file, paths.socket_rw);
    if (paths.socket_ro)
        fprintf(out, "    %s\n", paths.socket_ro);
    fprintf(out, "\n  PID file (unless overridden by -p):\n    %s\n\n", paths.pid_file);
    paths_clear(&paths);
}

static void print_version(const char *program)
{
    printf("%s (libvirt) %d.%d.%d\n", program, LIBVIR_VERSION_NUMBER / 1000000, LIBVIR_VERSION_NUMBER / 1000 % 1000,
           LIBVIR_VERSION_NUMBER % 1000);
}

static int set_text(char **member, const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        return fail_no_memory();
    free(*member);
    *member = copy;
    return 0;
}

static int set_timeout(struct daemon_options *options, const char *text)
{
    int seconds;
    if (str_to_int(text, &seconds) < 0 || seconds < 0)
        return fail(VIR_ERR_INVALID_ARG, "Invalid value for timeout: '%.40s': give a number of seconds, 0 = never exit",
                    text);
    options->timeout_s = seconds;
    return 0;
}

static int set_format(struct daemon_options *options, const char *text)
{
    if (!str_equal(text, "text") && !str_equal(text, "json"))
        return fail(VIR_ERR_INVALID_ARG, "Invalid value for format: '%.40s': use text or json", text);
    options->format = str_equal(text, "json") ? SHOW_JSON : SHOW_TEXT;
    return 0;
}

/* The background daemon runs in /: what the user typed counts from where he typed it. */
static int make_absolute(char **path)
{
    if (!*path || (*path)[0] == '/')
        return 0;
    auto_free char *here = getcwd(NULL, 0);
    char *full;
    if (!here || asprintf(&full, "%s/%s", str_equal(here, "/") ? "" : here, *path) < 0)
        return fail_no_memory();
    free(*path);
    *path = full;
    return 0;
}

static int apply_option(struct daemon_options *options, int code)
{
    switch (code) {
    case 'v':
        options->verbose = true;
        return 0;
    case 'd':
        options->daemon = true;
        return 0;
    case 'l':
        options->listen = true;
        return 0;
    case 't':
        return set_timeout(options, optarg);
    case 'f':
        return set_text(&options->config_file, optarg);
    case 'p':
        return set_text(&options->pid_file, optarg);
    case OPTION_SHOW_CONFIG:
        options->show_config = true;
        return 0;
    default: /* OPTION_FORMAT, the last row */
        return set_format(options, optarg);
    }
}

static enum options_result parse(struct daemon_options *options, int argc, char **argv)
{
    struct option longs[ROWS + 1] = { 0 };
    char shorts[2 * ROWS + 1], *next = shorts;
    const char *program = argc > 0 ? argv[0] : "libvirtd";
    int code;
    for (size_t i = 0; i < ROWS; i++) {
        longs[i] = (struct option){ option_rows[i].name, option_rows[i].argument ? required_argument : no_argument,
                                    NULL, option_rows[i].code };
        if (option_rows[i].code < 256) {
            *next++ = (char)option_rows[i].code;
            if (option_rows[i].argument)
                *next++ = ':';
        }
    }
    *next = '\0';
    optind = 0; /* glibc: start afresh */
    while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        if (code == 'h') {
            print_help(stderr, program);
            return OPTIONS_DONE;
        }
        if (code == 'V') {
            print_version(program);
            return OPTIONS_DONE;
        }
        if (code == '?') {
            print_help(stderr, program);
            return OPTIONS_WRONG;
        }
        if (apply_option(options, code) < 0)
            return OPTIONS_WRONG;
    }
    if (optind < argc) {
        fprintf(stderr, "%s: unexpected, non-option, command line arguments\n", program);
        return OPTIONS_WRONG;
    }
    if (options->daemon && (make_absolute(&options->config_file) < 0 || make_absolute(&options->pid_file) < 0))
        return OPTIONS_WRONG;
    return OPTIONS_RUN;
}

enum options_result options_parse(struct daemon_options *options, int argc, char **argv)
{
    *options = (struct daemon_options){ .timeout_s = -1 };
    enum options_result result = parse(options, argc, argv);
    if (result != OPTIONS_RUN)
        options_clear(options);
    return result;
}

void options_clear(struct daemon_options *options)
{
    free(options->config_file);
    free(options->pid_file);
    *options = (struct daemon_options){ .timeout_s = -1 };
}
