/* SPDX-License-Identifier: MIT
 * The command line of libvirtd: one row an option, from which parsing and --help derive. Prints help, version and
 * complaints itself; starts nothing.
 */
#pragma once
#include <stdbool.h>

enum options_result {
    OPTIONS_RUN,   /* go on and start the daemon (or print the configuration: show_config) */
    OPTIONS_DONE,  /* --help or --version was printed: exit with 0 */
    OPTIONS_WRONG, /* the complaint was printed to stderr: exit with 1 */
};

enum show_format { SHOW_TEXT, SHOW_JSON };

struct daemon_options {
    bool verbose;
    bool daemon;             /* go to the background; relative paths below were made absolute */
    bool listen;
    bool show_config;        /* print the configuration to stdout and exit */
    enum show_format format; /* of show_config */
    int timeout_s;           /* exit after so long without clients; 0 = never, -1 = not given (which means never) */
    char *config_file;       /* owned; NULL = the default, which may be missing */
    char *pid_file;          /* owned; NULL = the default */
};

/* Reads argv. A wrong value of --timeout or --format goes to the error slot as well as to OPTIONS_WRONG (see
 * error_is_set()): stock writes those through its log, so the caller does. */
enum options_result options_parse(struct daemon_options *options, int argc, char **argv);
void options_clear(struct daemon_options *options);
