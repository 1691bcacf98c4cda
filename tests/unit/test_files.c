/* SPDX-License-Identifier: MIT
 * URIs, and files that are read with a bound and replaced whole or not at all.
 */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "base/uri.h"

#include <cmocka.h>

/* NULL in `formatted`: not a URI. "name=" in params: that parameter with this value is there. */
static void test_uri(void **unused)
{
    static const struct {
        const char *text, *scheme, *user, *server;
        int port;
        const char *path, *param, *value, *formatted;
    } rows[] = {
        { "test:///default", "test", NULL, NULL, 0, "/default", NULL, NULL, "test:///default" },
        { "qemu+tls://me@host:16514/system?no_verify=1&pkipath=%2Ftmp%2Fa%20b", "qemu+tls", "me", "host", 16514,
          "/system", "pkipath", "/tmp/a b", "qemu+tls://me@host:16514/system?no_verify=1" },
        { "test+tcp://[::1]:99/x?", "test+tcp", NULL, "::1", 99, "/x", NULL, NULL, "test+tcp://[::1]:99/x" },
        { "test+tcp://[fe80::1]/x", "test+tcp", NULL, "fe80::1", 0, "/x", NULL, NULL, "test+tcp://[fe80::1]/x" },
        { "x:///p?flag&a=1", "x", NULL, NULL, 0, "/p", "flag", "", "x:///p?a=1" },
        { "x:///p?a=&b=2;c=3", "x", NULL, NULL, 0, "/p", "a", "", "x:///p?b=2&c=3" },
        { "x:///p?a=1=2", "x", NULL, NULL, 0, "/p", "a", "1=2", "x:///p" },
        { "x:///p?&&=5&a=1", "x", NULL, NULL, 0, "/p", "a", "1", "x:///p" },
        { "x:///p?%41=%42", "x", NULL, NULL, 0, "/p", "A", "B", "x:///p" },
        { "x:///a%20b", "x", NULL, NULL, 0, "/a b", NULL, NULL, "x:///a%20b" },
        { "x://h/p#part", "x", NULL, "h", 0, "/p", NULL, NULL, "x://h/p#part" },
        { "/only/a/path", NULL, NULL, NULL, 0, "/only/a/path", NULL, NULL, "///only/a/path" },
        { "not a uri", NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL },
        { "::", NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL },
        { "x://[::1", NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL },
    };
    (void)unused;
    for (size_t i = 0; i < array_size(rows); i++) {
        struct uri *uri = uri_parse(rows[i].text);
        if (!uri != !rows[i].formatted)
            fail_msg("%s", rows[i].text);
        if (!uri) {
            assert_int_equal(errno, EINVAL);
            continue;
        }
        if (!str_equal(uri->scheme, rows[i].scheme) || !str_equal(uri->user, rows[i].user) ||
            !str_equal(uri->server, rows[i].server) || uri->port != rows[i].port || !str_equal(uri->path, rows[i].path))
            fail_msg("%s: %s %s %s %d %s", rows[i].text, uri->scheme, uri->user, uri->server, uri->port, uri->path);
        if (rows[i].param && !str_equal(uri_param(uri, rows[i].param), rows[i].value))
            fail_msg("%s: %s is '%s'", rows[i].text, rows[i].param, uri_param(uri, rows[i].param));
        assert_null(uri_param(uri, "absent"));
        auto_free char *formatted = uri_format(uri); /* without the parameter that was asked for */
        assert_string_equal(formatted, rows[i].formatted);
        uri_free(uri);
    }
    uri_free(NULL);
}

static char directory[] = "/tmp/oirase-base-XXXXXX";

static int make_directory(void **unused)
{
    (void)unused;
    strcpy(directory + strlen(directory) - 6, "XXXXXX");
    return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int count_entries(void)
{
    int count = 0;
    DIR *dir = opendir(directory);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static int drop_directory(void **unused)
{
    (void)unused;
    unlink("file");
    rmdir("full/of");
    rmdir("full");
    rmdir("a/b/c");
    rmdir("a/b");
    rmdir("a");
    return chdir("/") == 0 ? rmdir(directory) : -1;
}

static void expect_content(const char *expected)
{
    auto_free char *content = NULL;
    size_t length = 0;
    assert_int_equal(file_read("file", 100, &content, &length), 0);
    assert_string_equal(content, expected);
    assert_int_equal(length, strlen(expected));
}

static void test_file_replace(void **unused)
{
    struct stat info;
    char path[256];
    (void)unused;
    assert_int_equal(file_replace("file", 0600, "one", 3), 0);
    expect_content("one");
    snprintf(path, sizeof path, "%s/file", directory);
    assert_int_equal(file_replace(path, 0644, "two", 3), 0);
    expect_content("two");
    assert_int_equal(stat("file", &info), 0);
    assert_int_equal(info.st_mode & 0777, 0644);
    assert_int_equal(file_replace("file", 0600, "", 0), 0);
    expect_content("");
    assert_int_equal(count_entries(), 1);
}

/* A replace that fails half-way, at the write or at the rename, leaves the old file and nothing else. */
static void test_file_replace_fails(void **unused)
{
    static char large[100000];
    struct rlimit limit, small;
    (void)unused;
    assert_int_equal(file_replace("file", 0600, "old", 3), 0);
    assert_int_equal(file_make_dirs("full/of", 0700), 0);
    assert_int_equal(file_replace("full", 0600, "new", 3), -1);
    assert_true(errno == EISDIR || errno == ENOTEMPTY || errno == EEXIST);
    assert_int_equal(file_replace("nowhere/file", 0600, "new", 3), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(count_entries(), 2);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = (struct rlimit){ 4096, limit.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int result = file_replace("file", 0600, large, sizeof large);
    int reason = errno;
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_int_equal(result, -1);
    assert_int_equal(reason, EFBIG);
    expect_content("old");
    assert_int_equal(count_entries(), 2);
}

static void test_file_read(void **unused)
{
    char *content = NULL;
    size_t length = 77;
    (void)unused;
    assert_int_equal(file_read("file", 100, &content, &length), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(file_replace("file", 0600, "a\0b\0", 4), 0);
    assert_int_equal(file_read("file", 3, &content, &length), -1);
    assert_int_equal(errno, EFBIG);
    assert_null(content);
    assert_int_equal(length, 77);
    assert_int_equal(file_read("file", 4, &content, &length), 0);
    assert_int_equal(length, 4);
    assert_memory_equal(content, "a\0b\0", 5);
    free(content);
    assert_int_equal(file_read(".", 4, &content, NULL), -1);
    assert_int_equal(errno, EISDIR);
}

static void test_make_dirs(void **unused)
{
    struct stat info;
    (void)unused;
    assert_int_equal(file_make_dirs("a/b/c", 0750), 0);
    assert_int_equal(file_make_dirs("a/b/c", 0750), 0);
    assert_int_equal(stat("a/b/c", &info), 0);
    assert_true(S_ISDIR(info.st_mode));
    assert_int_equal(info.st_mode & 0777, 0750);
    assert_int_equal(file_replace("file", 0600, "", 0), 0);
    assert_int_equal(file_make_dirs("file/d", 0750), -1);
    assert_int_equal(errno, ENOTDIR);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uri),
        cmocka_unit_test_setup_teardown(test_file_replace, make_directory, drop_directory),
        cmocka_unit_test_setup_teardown(test_file_replace_fails, make_directory, drop_directory),
        cmocka_unit_test_setup_teardown(test_file_read, make_directory, drop_directory),
        cmocka_unit_test_setup_teardown(test_make_dirs, make_directory, drop_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
