/* SPDX-License-Identifier: MIT
 * What the daemon does before it serves: command line, paths, pid file, going to the background, log outputs. Works in
 * a directory of its own; nothing here needs root.
 */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libvirt/virterror.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "daemon/daemonize.h"
#include "daemon/logging.h"
#include "daemon/options.h"
#include "daemon/paths.h"
#include "daemon/pidfile.h"

#undef fail /* cmocka has its own */
#include <cmocka.h>

static char dir[64]; /* of the running test */

static int make_dir(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/test_daemon.XXXXXX");
    error_reset();
    return mkdtemp(dir) ? 0 : -1;
}

static int drop_dir(void **state)
{
    char command[100];
    (void)state;
    logging_clear();
    error_reset();
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static char *in_dir(const char *name)
{
    static char path[4][160];
    static int next;
    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[next], "%s/%s", dir, name);
    return path[next];
}

static char *content(const char *path)
{
    char *text;
    assert_int_equal(file_read(path, 1 << 20, &text, NULL), 0);
    return text;
}

static void assert_error(const char *begin)
{
    assert_true(error_is_set());
    if (!str_prefix(error_slot()->detail, begin))
        fail_msg("got %s\nwant %s", error_slot()->detail, begin);
    error_reset();
}

static void assert_matches(const char *text, const char *pattern)
{
    regex_t regex;
    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    int result = regexec(&regex, text, 0, NULL, 0);
    regfree(&regex);
    if (result)
        fail_msg("'%s' does not match '%s'", text, pattern);
}

/* ---- options ---- */

/* Runs parse with stdout and stderr going to files in dir. */
static enum options_result parse(struct daemon_options *options, char **argv)
{
    int argc = 0, out = dup(1), err = dup(2);
    while (argv[argc])
        argc++;
    fflush(NULL);
    int to_out = open(in_dir("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int to_err = open(in_dir("err"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(out >= 0 && err >= 0 && to_out >= 0 && to_err >= 0);
    dup2(to_out, 1);
    dup2(to_err, 2);
    enum options_result result = options_parse(options, argc, argv);
    fflush(NULL);
    dup2(out, 1);
    dup2(err, 2);
    close(out);
    close(err);
    close(to_out);
    close(to_err);
    return result;
}

#define ARGS(...) ((char **)(const char *[]){ "libvirtd", __VA_ARGS__, NULL })

static void test_options(void **state)
{
    struct daemon_options options;
    (void)state;
    assert_int_equal(parse(&options, (char **)(const char *[]){ "libvirtd", NULL }), OPTIONS_RUN);
    assert_false(options.verbose || options.daemon || options.listen || options.show_config);
    assert_int_equal(options.timeout_s, -1);
    assert_null(options.config_file);
    assert_null(options.pid_file);
    options_clear(&options);

    assert_int_equal(parse(&options, ARGS("-vl", "-t30", "--config", "a.conf", "--pid-file=b.pid", "-f", "c.conf",
                                          "--show-config", "--format", "json")),
                     OPTIONS_RUN);
    assert_true(options.verbose && options.listen && options.show_config);
    assert_int_equal(options.format, SHOW_JSON);
    assert_int_equal(options.timeout_s, 30);
    assert_string_equal(options.config_file, "c.conf");
    assert_string_equal(options.pid_file, "b.pid");
    options_clear(&options);

    /* the background daemon runs in another directory */
    auto_free char *here = getcwd(NULL, 0), *full = NULL;
    assert_int_equal(parse(&options, ARGS("-d", "-f", "c.conf", "-p", "/b.pid")), OPTIONS_RUN);
    assert_true(options.daemon);
    assert_true(asprintf(&full, "%s/c.conf", here) > 0);
    assert_string_equal(options.config_file, full);
    assert_string_equal(options.pid_file, "/b.pid");
    options_clear(&options);
}

static void test_options_that_print(void **state)
{
    struct daemon_options options;
    (void)state;
    assert_int_equal(parse(&options, ARGS("--version")), OPTIONS_DONE);
    auto_free char *version = content(in_dir("out"));
    assert_matches(version, "^libvirtd \\(libvirt\\) [0-9]+\\.[0-9]+\\.[0-9]+\n$");
    assert_int_equal(parse(&options, ARGS("--help")), OPTIONS_DONE);
    auto_free char *help = content(in_dir("err"));
    assert_true(str_prefix(help, "\nUsage:\n  libvirtd [options]\n\nOptions:\n  -h | --help "));
    assert_non_null(strstr(help, "\n  -p | --pid-file <file> "));
    assert_non_null(strstr(help, "/libvirtd.conf\n"));
}

static const struct {
    const char *args[3];
    const char *text;  /* begin of stderr, or */
    const char *error; /* of the error slot */
} wrong_options[] = {
    { { "--foo" }, "libvirtd: unrecognized option '--foo'\n\nUsage:\n", NULL },
    { { "-x" }, "libvirtd: invalid option -- 'x'\n\nUsage:\n", NULL },
    { { "-t" }, "libvirtd: option requires an argument -- 't'\n\nUsage:\n", NULL },
    { { "--help=1" }, "libvirtd: option '--help' doesn't allow an argument\n\nUsage:\n", NULL },
    { { "extra" }, "libvirtd: unexpected, non-option, command line arguments\n", NULL },
    { { "-t", "x" }, "", "Invalid value for timeout: 'x': " },
    { { "-t", "-1" }, "", "Invalid value for timeout: '-1': " },
    { { "-t", "1s" }, "", "Invalid value for timeout: '1s': " },
    { { "-t", "99999999999" }, "", "Invalid value for timeout: '99999999999': " },
    { { "--format", "xml" }, "", "Invalid value for format: 'xml': " },
};

static void test_wrong_options(void **state)
{
    (void)state;
    for (size_t i = 0; i < array_size(wrong_options); i++) {
        struct daemon_options options;
        const char *argv[] = { "libvirtd", wrong_options[i].args[0], wrong_options[i].args[1], NULL };
        assert_int_equal(parse(&options, (char **)argv), OPTIONS_WRONG);
        auto_free char *text = content(in_dir("err"));
        if (!str_prefix(text, wrong_options[i].text))
            fail_msg("got %s\nwant %s", text, wrong_options[i].text);
        assert_int_equal(error_is_set(), wrong_options[i].error != NULL);
        if (wrong_options[i].error)
            assert_error(wrong_options[i].error);
    }
}

/* ---- paths ---- */

static void test_paths(void **state)
{
    struct daemon_paths paths;
    gid_t gid;
    (void)state;
    assert_int_equal(paths_init(&paths, true), 0);
    assert_string_equal(paths.config_file, "/etc/libvirt/libvirtd.conf");
    assert_string_equal(paths.pid_file, "/run/libvirtd.pid");
    assert_string_equal(paths.socket_rw, "/run/libvirt/libvirt-sock");
    assert_string_equal(paths.socket_ro, "/run/libvirt/libvirt-sock-ro");
    assert_string_equal(paths.socket_admin, "/run/libvirt/libvirt-admin-sock");
    assert_int_equal(paths_set_socket_dir(&paths, "/a", true), 0);
    assert_string_equal(paths.socket_dir, "/a");
    assert_string_equal(paths.socket_ro, "/a/libvirt-sock-ro");
    assert_string_equal(paths.runtime_dir, "/run/libvirt");
    char longest[200];
    memset(longest, 'x', sizeof longest);
    longest[0] = '/';
    longest[199] = '\0';
    assert_int_equal(paths_set_socket_dir(&paths, longest, true), -1);
    assert_error("the path of the socket '/xxx");
    assert_string_equal(paths.socket_dir, "/a");
    paths_clear(&paths);

    setenv("HOME", "/home/joe", 1);
    unsetenv("XDG_RUNTIME_DIR");
    unsetenv("XDG_CONFIG_HOME");
    setenv("XDG_CACHE_HOME", "not/absolute", 1);
    assert_int_equal(paths_init(&paths, false), 0);
    assert_string_equal(paths.config_file, "/home/joe/.config/libvirt/libvirtd.conf");
    assert_string_equal(paths.socket_rw, "/home/joe/.cache/libvirt/libvirt-sock");
    assert_string_equal(paths.socket_admin, "/home/joe/.cache/libvirt/libvirt-admin-sock");
    assert_null(paths.socket_ro);
    assert_string_equal(paths.pid_file, "/home/joe/.cache/libvirt/libvirtd.pid");
    paths_clear(&paths);

    setenv("XDG_RUNTIME_DIR", in_dir("run"), 1);
    setenv("XDG_CONFIG_HOME", "/c", 1);
    setenv("XDG_CACHE_HOME", "/d", 1);
    assert_int_equal(paths_init(&paths, false), 0);
    assert_string_equal(paths.config_file, "/c/libvirt/libvirtd.conf");
    assert_string_equal(paths.log_file, "/d/libvirt/libvirtd.log");
    assert_string_equal(paths.socket_rw, in_dir("run/libvirt/libvirt-sock"));
    assert_string_equal(paths.pid_file, in_dir("run/libvirt/libvirtd.pid"));
    assert_int_equal(paths_make_dirs(&paths, false), 0);
    struct stat status;
    assert_int_equal(stat(in_dir("run/libvirt"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(paths_make_dirs(&paths, false), 0);
    assert_int_equal(file_replace(in_dir("file"), 0600, "", 0), 0);
    assert_int_equal(paths_set_socket_dir(&paths, in_dir("file"), false), 0);
    assert_int_equal(paths_make_dirs(&paths, false), -1);
    assert_error("Failed to create directory '");
    paths_clear(&paths);

    assert_int_equal(paths_find_group("root", &gid), 0);
    assert_int_equal(gid, 0);
    assert_int_equal(paths_find_group("4711", &gid), 0);
    assert_int_equal(gid, 4711);
    assert_int_equal(paths_find_group(NULL, &gid), 0);
    assert_int_equal(gid, getegid());
    assert_int_equal(paths_find_group("no such group", &gid), -1);
    assert_error("Failed to parse group 'no such group': ");
}

/* ---- pid file ---- */

static void test_pidfile(void **state)
{
    struct pidfile pidfile = PIDFILE_INIT, second = PIDFILE_INIT;
    char number[16], expected[300];
    int ends[2];
    (void)state;
    assert_int_equal(file_replace(in_dir("pid"), 0644, "stale 123456789", 15), 0);
    assert_int_equal(pidfile_acquire(&pidfile, in_dir("pid")), 0);
    auto_free char *text = content(in_dir("pid"));
    snprintf(number, sizeof number, "%d", (int)getpid());
    assert_string_equal(text, number);
    pidfile_release(&pidfile);
    assert_int_equal(access(in_dir("pid"), F_OK), -1);
    pidfile_release(&pidfile);

    /* another process holds it */
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char c = pidfile_acquire(&pidfile, in_dir("pid")) == 0 ? 'y' : 'n';
        if (write(ends[1], &c, 1) == 1)
            pause();
        _exit(0);
    }
    char c = 'n';
    assert_int_equal(read(ends[0], &c, 1), 1);
    assert_int_equal(c, 'y');
    assert_int_equal(pidfile_acquire(&second, in_dir("pid")), -1);
    assert_int_equal(error_slot()->code, VIR_ERR_SYSTEM_ERROR);
    snprintf(expected, sizeof expected,
             "Failed to acquire pid file '%s': Resource temporarily unavailable: process %d holds it; ", in_dir("pid"),
             (int)child);
    assert_error(expected);
    assert_int_equal(access(in_dir("pid"), F_OK), 0);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    /* its owner died: the file stays, the lock is gone */
    assert_int_equal(pidfile_acquire(&second, in_dir("pid")), 0);
    pidfile_release(&second);
    close(ends[0]);
    close(ends[1]);

    assert_int_equal(pidfile_acquire(&second, in_dir("no/pid")), -1);
    snprintf(expected, sizeof expected, "Failed to open pid file '%s': No such file or directory", in_dir("no/pid"));
    assert_error(expected);
}

/* ---- background ---- */

enum daemon_end { END_READY, END_FAILED, END_SILENT };

/* Starts a daemon that ends as told; the exit code of the first process, its stderr in the file "err". */
static int run_daemon(enum daemon_end end, int code)
{
    int status, alive[2];
    assert_int_equal(pipe(alive), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct daemonize daemonize = DAEMONIZE_INIT;
        int err = open(in_dir("err"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(err, 2);
        if (daemonize_start(&daemonize, "libvirtd") < 0)
            _exit(99);
        if (end == END_READY)
            daemonize_ready(&daemonize);
        else if (end == END_FAILED)
            daemonize_failed(&daemonize, code, "cannot do it: 100% full");
        char where[100] = "", *cwd = getcwd(where, sizeof where);
        char c = cwd && str_equal(cwd, "/") && getsid(0) != getpid() ? 'y' : 'n';
        _exit(write(alive[1], &c, 1) != 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    close(alive[1]);
    char c = 'n';
    assert_int_equal(read(alive[0], &c, 1), 1);
    assert_int_equal(c, 'y');
    close(alive[0]);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_daemonize(void **state)
{
    (void)state;
    assert_int_equal(run_daemon(END_READY, 0), 0);
    auto_free char *quiet = content(in_dir("err"));
    assert_string_equal(quiet, "");
    assert_int_equal(run_daemon(END_FAILED, 6), 6);
    auto_free char *reason = content(in_dir("err"));
    assert_string_equal(reason, "libvirtd: error: cannot do it: 100% full\n");
    assert_int_equal(run_daemon(END_FAILED, 0), 1);
    assert_int_equal(run_daemon(END_SILENT, 0), 1);
    auto_free char *silent = content(in_dir("err"));
    assert_true(str_prefix(silent, "libvirtd: error: the daemon ended before it was ready"));
    /* in the foreground nothing happens */
    struct daemonize foreground = DAEMONIZE_INIT;
    daemonize_ready(&foreground);
    daemonize_failed(&foreground, 1, "x");
}

/* ---- logging ---- */

static void set_up(enum log_level level, const char *filters, const char *outputs)
{
    struct log_settings settings = { .level = level, .filters = filters, .outputs = outputs };
    if (logging_setup(&settings) < 0)
        fail_msg("%s", error_slot()->detail);
}

static void test_log_levels(void **state)
{
    static const struct {
        const char *text;
        int level;
    } texts[] = { { "1", 1 },     { "2", 2 },       { "3", 3 },     { "4", 4 },  { "debug", 1 },
                  { "info", 2 },  { "warning", 3 }, { "error", 4 }, { "0", -1 }, { "5", -1 },
                  { "warn", -1 }, { "", -1 },       { "11", -1 } };
    (void)state;
    for (size_t i = 0; i < array_size(texts); i++) {
        enum log_level level = (enum log_level)0;
        assert_int_equal(log_level_parse(texts[i].text, &level), texts[i].level < 0 ? -1 : 0);
        if (texts[i].level > 0)
            assert_int_equal(level, texts[i].level);
    }
}

static void test_log_file(void **state)
{
    char outputs[500], stamp[200];
    (void)state;
    snprintf(outputs, sizeof outputs, "1:file:%s  4:file:%s", in_dir("all"), in_dir("errors"));
    set_up(LOG_WARNING_LEVEL, "1:daemon/chatty 4:daemon/quiet", outputs);
    assert_int_equal(log_threshold, LOG_DEBUG_LEVEL);
    log_write(LOG_INFO_LEVEL, "../src/daemon/main.c", 7, "not shown");
    log_write(LOG_WARNING_LEVEL, "../src/daemon/main.c", 8, "shown\nnext \x1b[1m %s\n", "line");
    log_write(LOG_DEBUG_LEVEL, "src/daemon/chatty.c", 9, "filter lets it through");
    log_write(LOG_WARNING_LEVEL, "src/daemon/quiet.c", 10, "filter keeps it");
    log_write(LOG_ERROR_LEVEL, "src/daemon/main.c", 11, "bad");
    logging_clear();
    log_write(LOG_ERROR_LEVEL, "src/daemon/main.c", 12, "nobody listens");
    auto_free char *all = content(in_dir("all")), *errors = content(in_dir("errors"));
    snprintf(stamp, sizeof stamp,
             "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}\\+0000: %d: error : daemon/main.c:11 : "
             "bad\n$",
             (int)gettid());
    assert_matches(errors, stamp);
    assert_matches(all, "^[^\n]+: warning : daemon/main.c:8 : shown\\\\nnext \\\\x1b\\[1m line\n"
                        "[^\n]+: debug : daemon/chatty.c:9 : filter lets it through\n"
                        "[^\n]+: error : daemon/main.c:11 : bad\n$");
    struct stat status;
    assert_int_equal(stat(in_dir("all"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void test_log_long_line(void **state)
{
    char outputs[200];
    auto_free char *text = malloc(100001);
    (void)state;
    memset(text, 'x', 100000);
    text[100000] = '\0';
    snprintf(outputs, sizeof outputs, "1:file:%s", in_dir("long"));
    set_up(LOG_DEBUG_LEVEL, NULL, outputs);
    log_write(LOG_ERROR_LEVEL, "src/a.c", 1, "%s", text);
    logging_clear();
    auto_free char *all = content(in_dir("long"));
    assert_true(strlen(all) > 8000 && strlen(all) < 8500);
    assert_string_equal(all + strlen(all) - 5, "x...\n");
}

static void test_log_wrong_settings(void **state)
{
    struct log_settings settings = { .outputs = "1:file:/nonexistent/dir/log" };
    (void)state;
    assert_int_equal(logging_setup(&settings), -1);
    assert_error("failed to open /nonexistent/dir/log: No such file or directory");
    /* a failed change leaves the earlier setup at work */
    char outputs[200];
    snprintf(outputs, sizeof outputs, "1:file:%s", in_dir("kept"));
    set_up(LOG_DEBUG_LEVEL, NULL, outputs);
    settings = (struct log_settings){ .filters = "5:x", .outputs = "1:stderr" };
    assert_int_equal(logging_setup(&settings), -1);
    assert_error("Invalid priority '5' for filter '5:x': ");
    log_write(LOG_DEBUG_LEVEL, "src/a.c", 1, "still here");
    auto_free char *all = content(in_dir("kept"));
    assert_non_null(strstr(all, "still here"));
}

static int datagram_socket(const char *path)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    strcpy(name.sun_path, path);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    return fd;
}

static void test_log_datagrams(void **state)
{
    char got[2000] = "";
    (void)state;
    auto_free char *journal_path = strdup(in_dir("journal")), *syslog_path = strdup(in_dir("syslog"));
    logging_journal_socket = journal_path;
    logging_syslog_socket = syslog_path;
    auto_fd int journal = datagram_socket(journal_path);
    auto_fd int syslog = datagram_socket(syslog_path);
    set_up(LOG_DEBUG_LEVEL, NULL, "1:journald 2:syslog:zork");
    log_write(LOG_WARNING_LEVEL, "src/daemon/main.c", 5, "one\ntwo");
    ssize_t length = recv(journal, got, sizeof got - 1, 0);
    assert_true(length > 0);
    got[length] = '\0';
    assert_string_equal(got, "MESSAGE=one\\ntwo\nPRIORITY=4\nSYSLOG_FACILITY=3\nLIBVIRT_SOURCE=daemon/main.c\n"
                             "CODE_FILE=src/daemon/main.c\nCODE_LINE=5\n");
    length = recv(syslog, got, sizeof got - 1, 0);
    assert_true(length > 0);
    got[length] = '\0';
    assert_matches(got,
                   "^<28>[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} zork: [0-9]+: warning : daemon/main.c:5 : one\\\\ntwo\n$");

    /* nobody reads: lines get lost, the daemon goes on */
    size_t before = logging_lost();
    for (int i = 0; i < 2000; i++)
        log_write(LOG_ERROR_LEVEL, "src/a.c", 1, "flood");
    assert_true(logging_lost() > before);
    logging_clear();

    /* without log_outputs and in the background the journal is found by its socket, else the file is taken */
    struct log_settings settings = { .background = true, .fallback_file = in_dir("made/by/log") };
    while (recv(journal, got, sizeof got, 0) > 0)
        continue;
    assert_int_equal(logging_setup(&settings), 0);
    log_write(LOG_ERROR_LEVEL, "src/a.c", 1, "to the journal");
    assert_true(recv(journal, got, sizeof got, 0) > 0);
    unlink(journal_path);
    assert_int_equal(logging_setup(&settings), 0);
    log_write(LOG_ERROR_LEVEL, "src/a.c", 1, "to the file");
    auto_free char *all = content(in_dir("made/by/log"));
    assert_non_null(strstr(all, "to the file"));
    logging_clear();
    logging_journal_socket = "/run/systemd/journal/socket";
    logging_syslog_socket = "/dev/log";
}

/* stderr is a pipe that nobody reads: the logging thread must come back, and lines flow again once it is read. */
static void test_log_stuck_pipe(void **state)
{
    int ends[2], err = dup(2);
    char drain[70000];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    set_up(LOG_DEBUG_LEVEL, NULL, "1:stderr");
    size_t before = logging_lost();
    dup2(ends[1], 2);
    for (int i = 0; i < 5000; i++)
        log_write(LOG_ERROR_LEVEL, "src/a.c", 1, "a line of some length that fills the pipe sooner or later");
    size_t after = logging_lost();
    ssize_t got = read(ends[0], drain, sizeof drain);
    log_write(LOG_ERROR_LEVEL, "src/a.c", 2, "flows again");
    ssize_t more = read(ends[0], drain, sizeof drain - 1);
    dup2(err, 2);
    close(err);
    close(ends[0]);
    close(ends[1]);
    logging_clear();
    assert_true(after > before);
    assert_true(got > 0 && more > 0);
    drain[more] = '\0';
    assert_non_null(strstr(drain, "a.c:2 : flows again\n"));
    assert_non_null(strstr(drain, " lines before this one are missing here\n"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_options, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(test_options_that_print, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(test_wrong_options, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(test_paths, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(test_pidfile, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(test_daemonize, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(test_log_levels, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(test_log_file, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(test_log_long_line, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(test_log_wrong_settings, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(test_log_datagrams, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(test_log_stuck_pipe, make_dir, drop_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
