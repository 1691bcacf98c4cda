/* SPDX-License-Identifier: MIT
 * libvirtd: reads options and configuration, goes to the background when told to, and runs the server. Exit codes as
 * stock's: 0 clean, 1 wrong options, configuration or pid file, 6 cannot serve.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "daemon/config.h"
#include "daemon/daemonize.h"
#include "daemon/logging.h"
#include "daemon/options.h"
#include "daemon/paths.h"
#include "daemon/pidfile.h"
#include "daemon/server.h"
#include "wire/error_text.h"

enum exit_code { EXIT_CONFIG = 1, EXIT_SERVE = 6 };

struct program {
    struct daemon_options options;
    struct daemon_config config;
    struct daemon_paths paths;
    struct pidfile pidfile;
    struct daemonize daemonize;
    bool privileged;
};

/* Says why the daemon cannot start, in the log and to a waiting parent. Returns code. */
static int refuse(struct program *program, int code)
{
    struct error error;
    struct arena arena;
    arena_init(&arena, 0);
    error_take(&error);
    const char *text = error_message(&error, &arena);
    log_error("%s", text ? text : "out of memory");
    daemonize_failed(&program->daemonize, code, text ? text : "out of memory");
    arena_clear(&arena);
    error_clear(&error);
    return code;
}

static int setup_logging(const struct program *program)
{
    const struct daemon_config *config = &program->config;
    struct log_settings settings = { .level = (enum log_level)config->log_level, .filters = config->log_filters,
                                     .outputs = config->log_outputs, .background = program->options.daemon,
                                     .fallback_file = program->paths.log_file };
    return logging_setup(&settings);
}

static int load_config(struct program *program)
{
    const struct daemon_options *options = &program->options;
    struct daemon_config *config = &program->config;
    const char *path = options->config_file ? options->config_file : program->paths.config_file;
    if (config_load(config, path, options->config_file != NULL) < 0 ||
        config_apply_environment(config, options->verbose) < 0)
        return -1;
    return !config->unix_sock_dir ? 0
                                  : paths_set_socket_dir(&program->paths, config->unix_sock_dir, program->privileged);
}

static int on_ready(void *opaque)
{
    struct program *program = opaque;
    daemonize_ready(&program->daemonize);
    log_info("oirase libvirtd serves on %s", program->paths.socket_rw);
    return 0;
}

/* A call in progress will not end: what other programs see is cleaned up, the rest goes with the process. */
static void on_stuck(void *opaque)
{
    struct program *program = opaque;
    pidfile_release(&program->pidfile);
    _exit(EXIT_SUCCESS);
}

static int serve(struct program *program)
{
    const struct daemon_options *options = &program->options;
    umask(program->privileged ? 022 : 077);
    if (options->daemon && daemonize_start(&program->daemonize, "libvirtd") < 0)
        return refuse(program, EXIT_SERVE);
    if (setup_logging(program) < 0)
        return refuse(program, EXIT_CONFIG);
    if (paths_make_dirs(&program->paths, program->privileged) < 0)
        return refuse(program, EXIT_SERVE);
    if (pidfile_acquire(&program->pidfile, options->pid_file ? options->pid_file : program->paths.pid_file) < 0)
        return refuse(program, EXIT_CONFIG);
    int timeout_s = options->timeout_s > 0 ? options->timeout_s : 0;
    int result = server_run(&program->config, &program->paths, options->listen, timeout_s, on_ready, on_stuck, program);
    int code = result < 0 ? refuse(program, EXIT_SERVE) : EXIT_SUCCESS;
    pidfile_release(&program->pidfile);
    return code;
}

static int run(struct program *program)
{
    if (config_init(&program->config, program->privileged) < 0 ||
        paths_init(&program->paths, program->privileged) < 0 || setup_logging(program) < 0 || load_config(program) < 0)
        return refuse(program, EXIT_CONFIG);
    if (program->options.show_config)
        return config_print(&program->config, stdout, program->options.format == SHOW_JSON) < 0 ? EXIT_CONFIG
                                                                                                : EXIT_SUCCESS;
    if (config_check_supported(&program->config, program->options.listen) < 0)
        return refuse(program, EXIT_CONFIG);
    return serve(program);
}

int main(int argc, char **argv)
{
    struct program program = { .pidfile = PIDFILE_INIT, .daemonize = DAEMONIZE_INIT, .privileged = geteuid() == 0 };
    int code = EXIT_CONFIG;
    setlocale(LC_ALL, "");
    switch (options_parse(&program.options, argc, argv)) {
    case OPTIONS_DONE:
        code = EXIT_SUCCESS;
        break;
    case OPTIONS_WRONG:
        if (error_is_set()) {
            logging_setup(&(struct log_settings){ 0 });
            code = refuse(&program, EXIT_CONFIG);
        }
        break;
    case OPTIONS_RUN:
        code = run(&program);
    }
    config_clear(&program.config);
    paths_clear(&program.paths);
    options_clear(&program.options);
    logging_clear();
    return code;
}
