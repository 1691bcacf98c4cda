/* SPDX-License-Identifier: MIT
 * virsh: the program's own options, then one line of commands or the interactive shell.
 */
#include <ctype.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "virsh/arguments.h"
#include "virsh/help.h"
#include "virsh/interactive.h"
#include "virsh/numbers.h"

DEFINE_AUTO(struct invocation, invocation_free)

static const struct option long_options[] = {
    { "connect", required_argument, NULL, 'c' },
    { "debug", required_argument, NULL, 'd' },
    { "escape", required_argument, NULL, 'e' },
    { "help", no_argument, NULL, 'h' },
    { "keepalive-interval", required_argument, NULL, 'k' },
    { "keepalive-count", required_argument, NULL, 'K' },
    { "log", required_argument, NULL, 'l' },
    { "quiet", no_argument, NULL, 'q' },
    { "readonly", no_argument, NULL, 'r' },
    { "timing", no_argument, NULL, 't' },
    { "version", optional_argument, NULL, 'v' },
    { NULL, 0, NULL, 0 },
};

enum next { GO_ON, SUCCEED, FAIL };

static void print_version(struct shell *shell, bool verbose)
{
    int major = LIBVIR_VERSION_NUMBER / 1000000, minor = LIBVIR_VERSION_NUMBER / 1000 % 1000;
    int release = LIBVIR_VERSION_NUMBER % 1000;
    if (!verbose) {
        shell_print(shell, "%d.%d.%d\n", major, minor, release);
        return;
    }
    shell_print(shell, "Virsh command line tool of libvirt %d.%d.%d\n", major, minor, release);
    shell_print(shell, "Oirase, an independent implementation of libvirt's remote system\n\n");
    shell_print(shell, "Compiled with support for:\n Hypervisors: Test\n Networking: Remote\n"
                       " Miscellaneous: Daemon Debug Editline\n");
}

/* "^]" or one character. */
static bool is_escape(const char *text)
{
    if (text[0] && !text[1])
        return text[0] != '^';
    return text[0] == '^' && text[1] && !text[2] && (isalpha((unsigned char)text[1]) || strchr("@[\\]^_", text[1]));
}

static enum next set_debug(struct shell *shell, const char *text)
{
    int level;
    if (number_int(text, &level) < 0) {
        shell_error(shell, "option -d takes a numeric argument");
        return FAIL;
    }
    if (level < DEBUG_DEBUG || level > DEBUG_ERROR) {
        shell_error(shell, "ignoring debug level %d out of range [%d-%d]", level, DEBUG_DEBUG, DEBUG_ERROR);
        return GO_ON;
    }
    shell->debug_level = level;
    return GO_ON;
}

/* name is the option as the user wrote it: "-k" or "--keepalive-interval". */
static enum next set_keepalive(struct shell *shell, const char *name, int *value)
{
    if (number_int(optarg, value) < 0) {
        shell_error(shell, "Invalid value for option %s", name);
        return FAIL;
    }
    if (*value < 0) {
        shell_error(shell, "option %s requires a positive integer argument", name);
        return FAIL;
    }
    shell->keepalive_given = true;
    return GO_ON;
}

static enum next option_missing_value(struct shell *shell)
{
    for (const struct option *row = long_options; row->name; row++) {
        if (row->val == optopt)
            shell_error(shell, "option '-%c'/'--%s' requires an argument", optopt, row->name);
    }
    return FAIL;
}

static enum next option_unknown(struct shell *shell, char **argv)
{
    if (optopt)
        shell_error(shell, "unsupported option '-%c'. See --help.", optopt);
    else
        shell_error(shell, "unsupported option '%s'. See --help.", argv[optind - 1]);
    return FAIL;
}

static enum next take_option(struct shell *shell, int option, int long_index, char **argv)
{
    char short_name[] = { '-', (char)option, '\0' };
    auto_free char *name = long_index >= 0 ? format_text("--%s", long_options[long_index].name) : copy_text(short_name);

    switch (option) {
    case 'c':
        free(shell->uri);
        shell->uri = *optarg ? copy_text(optarg) : NULL;
        shell->uri_required = true;
        return GO_ON;
    case 'd':
        return set_debug(shell, optarg);
    case 'e':
        if (is_escape(optarg))
            return GO_ON;
        shell_error(shell, "Invalid string '%s' for escape sequence", optarg);
        return FAIL;
    case 'h':
        help_usage(shell);
        return SUCCEED;
    case 'k':
        return set_keepalive(shell, name, &shell->keepalive_interval_s);
    case 'K':
        return set_keepalive(shell, name, &shell->keepalive_count);
    case 'l':
        if (shell_log_open(shell, optarg) == 0)
            return GO_ON;
        shell_error(shell, "failed to open the log file. check the log file path");
        return FAIL;
    case 'q':
        shell->quiet = true;
        return GO_ON;
    case 'r':
        shell->read_only = true;
        return GO_ON;
    case 't':
        shell->timing = true;
        return GO_ON;
    case 'v':
        print_version(shell, str_equal(optarg, "long"));
        return SUCCEED;
    case 'V':
        print_version(shell, true);
        return SUCCEED;
    case ':':
        return option_missing_value(shell);
    default:
        return option_unknown(shell, argv);
    }
}

static enum next take_options(struct shell *shell, int argc, char **argv)
{
    for (;;) {
        int long_index = -1;
        int option = getopt_long(argc, argv, "+:c:d:e:hk:K:l:qrtvV", long_options, &long_index);
        if (option < 0)
            return GO_ON;
        enum next next = take_option(shell, option, long_index, argv);
        if (next != GO_ON)
            return next;
    }
}

static void take_environment(struct shell *shell)
{
    const char *uri = getenv("VIRSH_DEFAULT_CONNECT_URI");
    const char *debug = getenv("VIRSH_DEBUG");
    const char *log = getenv("VIRSH_LOG_FILE");
    int level;

    if (uri && *uri && !shell->uri_required)
        shell->uri = copy_text(uri);
    if (debug && shell->debug_level == DEBUG_ERROR) {
        if (number_int(debug, &level) == 0 && level >= DEBUG_DEBUG && level <= DEBUG_ERROR) {
            shell->debug_level = level;
        } else {
            shell_error(shell, "VIRSH_DEBUG not set with a valid numeric value");
            shell_error(shell, "VIRSH_DEBUG not set with a valid numeric value");
        }
    }
    if (log && *log && shell->log_fd < 0 && shell_log_open(shell, log) < 0)
        shell_error(shell, "failed to open the log file. check the log file path");
}

static int run_commands(struct shell *shell, int count, char **words)
{
    auto_with(invocation_free) struct invocation *first = NULL;
    if (count == 1) {
        shell_debug(shell, DEBUG_INFO, "commands: \"%s\"\n", words[0]);
        if (!*words[0] || invocation_parse_line(shell, words[0], &first) < 0)
            return -1;
    } else if (invocation_parse_argv(shell, words, &first) < 0) {
        return -1;
    }
    if (session_start(shell) < 0)
        return -1;
    if (shell->uri_required && session_ensure(shell) < 0)
        return -1;
    return invocation_run(shell, first);
}

static int run_interactive(struct shell *shell)
{
    shell->interactive = true;
    shell->at_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (session_start(shell) < 0)
        return -1;
    if (shell->uri_required && session_ensure(shell) < 0)
        return -1;
    return interactive_run(shell);
}

int main(int argc, char **argv)
{
    struct shell shell = {
        .debug_level = DEBUG_ERROR,
        .keepalive_interval_s = 5,
        .keepalive_count = 6,
        .log_fd = -1,
        .lost_fd = -1,
    };
    setlocale(LC_ALL, "");
    enum next next = take_options(&shell, argc, argv);
    int result = next == FAIL ? -1 : 0;
    if (next == GO_ON) {
        take_environment(&shell);
        int count = argc - optind;
        result = count > 0 ? run_commands(&shell, count, argv + optind) : run_interactive(&shell);
        session_stop(&shell);
        library_error_reset();
    }
    free(shell.uri);
    if (shell.log_fd >= 0)
        close(shell.log_fd);
    if (fflush(stdout) != 0 || ferror(stdout))
        result = -1;
    return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
