/* SPDX-License-Identifier: MIT
 * libvirtd.conf: the grammar, every key of the table, every kind of mistake with its file:line, hostile files,
 * defaults, and that what --show-config prints reads back. With the environment variable SOURCE_ROOT also
 * docs/libvirtd.conf.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libvirt/virterror.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "daemon/config.h"
#include "daemon/config_keys.h"
#include "daemon/config_parse.h"

#undef fail /* cmocka has its own */
#include <cmocka.h>

static int load(struct daemon_config *config, const char *text)
{
    error_reset();
    assert_int_equal(config_init(config, true), 0);
    return config_load_text(config, "t.conf", text, strlen(text));
}

static void load_ok(struct daemon_config *config, const char *text)
{
    if (load(config, text) < 0)
        fail_msg("%s\n%s", text, error_slot()->detail);
}

static char *printed(const struct daemon_config *config, bool json)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(config_print(config, out, json), 0);
    fclose(out);
    return text;
}

static char *sample(void)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(config_print_sample(out), 0);
    fclose(out);
    return text;
}

/* ---- values ---- */

static void assert_same_value(const struct config_key *key, const void *a, const void *b)
{
    const struct config_list *la = a, *lb = b;
    switch (key->type) {
    case KEY_BOOL:
        assert_int_equal(*(const bool *)a, *(const bool *)b);
        break;
    case KEY_INT:
    case KEY_UINT:
    case KEY_MODE:
    case KEY_CHOICE:
        assert_memory_equal(a, b, sizeof(int));
        break;
    case KEY_STRING:
        if (!str_equal(*(char *const *)a, *(char *const *)b))
            fail_msg("%s: %s != %s", key->name, *(char *const *)a, *(char *const *)b);
        break;
    case KEY_LIST:
        assert_int_equal(la->is_set, lb->is_set);
        assert_int_equal(la->count, lb->count);
        for (size_t i = 0; i < la->count; i++)
            assert_string_equal(la->items[i], lb->items[i]);
        break;
    case KEY_RETIRED:
        break;
    }
}

static void assert_same(const struct daemon_config *a, const struct daemon_config *b)
{
    for (size_t i = 0; i < config_key_count; i++)
        assert_same_value(&config_keys[i], config_member(a, &config_keys[i]), config_member(b, &config_keys[i]));
}

static void test_defaults(void **state)
{
    struct daemon_config config;
    (void)state;
    load_ok(&config, "");
    assert_true(config.listen_tls);
    assert_false(config.listen_tcp);
    assert_string_equal(config.tls_port, "16514");
    assert_string_equal(config.tcp_port, "16509");
    assert_null(config.listen_addr);
    assert_null(config.unix_sock_dir);
    assert_int_equal(config.unix_sock_ro_perms, 0777);
    assert_int_equal(config.unix_sock_rw_perms, 0700);
    assert_int_equal(config.unix_sock_admin_perms, 0700);
    assert_int_equal(config.auth_unix_ro, AUTH_NONE);
    assert_int_equal(config.auth_unix_rw, AUTH_NONE);
    assert_int_equal(config.auth_tcp, AUTH_SASL);
    assert_int_equal(config.auth_tls, AUTH_NONE);
    assert_int_equal(config.tcp_min_ssf, 112);
    assert_false(config.tls_allowed_dn_list.is_set);
    assert_int_equal(config.max_clients, 5000);
    assert_int_equal(config.max_queued_clients, 1000);
    assert_int_equal(config.max_anonymous_clients, 20);
    assert_int_equal(config.min_workers, 5);
    assert_int_equal(config.max_workers, 20);
    assert_int_equal(config.prio_workers, 5);
    assert_int_equal(config.max_client_requests, 5);
    assert_int_equal(config.admin_min_workers, 1);
    assert_int_equal(config.admin_max_workers, 5);
    assert_int_equal(config.admin_max_clients, 5);
    assert_int_equal(config.log_level, 3);
    assert_null(config.log_filters);
    assert_int_equal(config.audit_level, 1);
    assert_int_equal(config.host_uuid_source, UUID_SOURCE_SMBIOS);
    assert_int_equal(config.keepalive_interval, 5);
    assert_int_equal(config.keepalive_count, 5);
    assert_int_equal(config.ovs_timeout, 5);
    for (size_t i = 0; i < CONFIG_MAX_KEYS; i++)
        assert_int_equal(config.origins[i].kind, FROM_DEFAULT);
    config_clear(&config);
}

static void test_every_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        struct daemon_config config;
        char text[400];
        const char *value = key->example ? key->example : key->initial ? key->initial : "1";
        snprintf(text, sizeof text, "# one\n\n%s = %s\n", key->name, value);
        load_ok(&config, text);
        assert_int_equal(config.origins[i].kind, FROM_FILE);
        assert_int_equal(config.origins[i].line, 3);
        if (key->type == KEY_STRING)
            assert_memory_equal(*(char **)config_member(&config, key), value + 1, strlen(value) - 2);
        if (key->type == KEY_LIST)
            assert_true(((struct config_list *)config_member(&config, key))->count > 0);
        config_clear(&config);
    }
}

static void test_changed_values(void **state)
{
    struct daemon_config config;
    (void)state;
    load_ok(&config, "listen_tls = 0\nlisten_tcp=1\ntcp_port = '0'; tls_port = \"libvirts\"\n"
                     "unix_sock_rw_perms = \"0770\"\nauth_tcp = \"none\" # open\nauth_unix_ro = \"polkit\"\n"
                     "max_clients = +17\nkeepalive_interval = -1\nlog_level = 0\nhost_uuid_source = 'machine-id'\n"
                     "tls_allowed_dn_list = []\naccess_drivers = [ \"none\",\n\n  # why not\n  'polkit', ]\r\n"
                     "listen_addr = \"\"\ntls_priority = \"\"\"a\n\"b'\"\"\"\nmin_workers = 07");
    assert_false(config.listen_tls);
    assert_true(config.listen_tcp);
    assert_string_equal(config.tcp_port, "0");
    assert_string_equal(config.tls_port, "libvirts");
    assert_int_equal(config.unix_sock_rw_perms, 0770);
    assert_int_equal(config.auth_tcp, AUTH_NONE);
    assert_int_equal(config.auth_unix_ro, AUTH_POLKIT);
    assert_int_equal(config.max_clients, 17);
    assert_int_equal(config.keepalive_interval, -1);
    assert_int_equal(config.log_level, 0);
    assert_int_equal(config.host_uuid_source, UUID_SOURCE_MACHINE_ID);
    assert_true(config.tls_allowed_dn_list.is_set);
    assert_int_equal(config.tls_allowed_dn_list.count, 0);
    assert_int_equal(config.access_drivers.count, 2);
    assert_string_equal(config.access_drivers.items[1], "polkit");
    assert_string_equal(config.listen_addr, "");
    assert_string_equal(config.tls_priority, "a\n\"b'");
    assert_int_equal(config.min_workers, 7);
    config_clear(&config);
}

static void test_workers_balance(void **state)
{
    struct daemon_config config;
    (void)state;
    load_ok(&config, "max_workers = 2\nadmin_min_workers = 9\n");
    assert_int_equal(config.min_workers, 2);
    assert_int_equal(config.admin_max_workers, 9);
    config_clear(&config);
}

/* ---- mistakes ---- */

static const struct {
    const char *text;
    int code;
    const char *message; /* how it begins */
} mistakes[] = {
    { "x", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting an assignment: found the end of the file; " },
    { "\n\nlisten_tcp 1\n", VIR_ERR_CONF_SYNTAX, "t.conf:3: expecting an assignment: found '1'; " },
    { "a-b = 3\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting an assignment: found '-'; " },
    { "listen_tcp\n= 1\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting an assignment: found the end of the line; " },
    { "[libvirtd]\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting a name: found '['; " },
    { "_x = 1\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting a name: found '_'; " },
    { "log_level = 1;;\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting a name: found ';'; " },
    { "\xef\xbb\xbflog_level = 1\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting a name: found the byte 0xef; " },
    { "listen_tcp = yes\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting a value: found 'y'; " },
    { "listen_tcp =\n1\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting a value: found the end of the line; " },
    { "listen_tcp = 1 2\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting a separator: found '2'; " },
    { "listen_tcp = 0x1\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting a separator: found 'x'; " },
    { "tls_port = \"a\\\"b\"\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting a separator: found 'b'; " },
    { "log_level = -\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: unterminated number: found the end of the line; " },
    { "\ntls_port = \"12\n", VIR_ERR_CONF_SYNTAX, "t.conf:2: unterminated string: " },
    { "tls_port = 'a\n'\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: unterminated string: " },
    { "tls_port = \"\"\"a\n\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: unterminated string: " },
    { "access_drivers = [ \"polkit\"\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:2: list is not closed with ]: it begins on line 1; " },
    { "access_drivers = [ \"a\" \"b\" ]\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: expecting a separator in list: found '\"'; " },
    { "access_drivers = [ \"none\",, ]\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting a value: found ','; " },
    { "access_drivers = [ [ \"none\" ] ]\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expecting a value: found '['; " },
    { "\nfoo = 1\n", VIR_ERR_CONF_SYNTAX, "t.conf:2: unknown key 'foo': correct or remove it" },
    { "listen_tpc = 1\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: unknown key 'listen_tpc': did you mean 'listen_tcp'?" },
    { "Listen_tcp = 1\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: unknown key 'Listen_tcp': did you mean 'listen_tcp'?" },
    { "log_level = 1\n\nlog_level = 1\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:3: duplicate key 'log_level': line 1 sets it already; " },
    { "listen_tcp = \"yes\"\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: expected a bool for 'listen_tcp' parameter: found \"yes\"; " },
    { "listen_tcp = -1\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expected a bool for 'listen_tcp' parameter: found -1; " },
    { "listen_tcp = 2\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: value for 'listen_tcp' parameter must be 0 or 1: found 2" },
    { "max_clients = \"5\"\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: expected an unsigned integer for 'max_clients' parameter: found \"5\"; " },
    { "max_clients = -5\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: expected an unsigned integer for 'max_clients' parameter: found -5; " },
    { "max_clients = 99999999999\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: value for 'max_clients' parameter must be in range 0:4294967295: found 99999999999" },
    { "max_clients = 99999999999999999999999\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: value for 'max_clients' parameter must be in range 0:4294967295: found 99999999999999999999999" },
    { "keepalive_interval = \"x\"\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: expected a signed integer for 'keepalive_interval' parameter: " },
    { "keepalive_interval = -9999999999\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: value for 'keepalive_interval' parameter must be in range -2147483648:2147483647: found -9999999999" },
    { "log_level = 5\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: value for 'log_level' parameter must be in range 0:4: found 5" },
    { "max_workers = 0\n", VIR_ERR_CONFIG_UNSUPPORTED, "t.conf:1: 'max_workers' must be greater than 0: " },
    { "max_client_requests = 0\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: value for 'max_client_requests' parameter must be in range 1:" },
    { "tcp_min_ssf = 56\n", VIR_ERR_CONFIG_UNSUPPORTED,
      "t.conf:1: minimum SSF levels lower than 112 are not supported: " },
    { "min_workers = 9\nmax_workers = 3\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: 'min_workers' (9) is above 'max_workers' (3, line 2): " },
    { "tcp_port = 16509\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: expected a string for 'tcp_port' parameter: found 16509; " },
    { "tcp_port = [ \"1\" ]\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: expected a string for 'tcp_port' parameter: found a list; " },
    { "tcp_port = \"65536\"\n", VIR_ERR_INVALID_ARG, "t.conf:1: tcp_port: invalid port '65536': " },
    { "tcp_port = \"\"\n", VIR_ERR_INVALID_ARG, "t.conf:1: tcp_port: invalid port '': " },
    { "tls_port = \"a b\"\n", VIR_ERR_INVALID_ARG, "t.conf:1: tls_port: invalid port 'a b': " },
    { "unix_sock_ro_perms = 0777\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: expected a string for 'unix_sock_ro_perms' parameter: found 0777; " },
    { "unix_sock_ro_perms = \"0888\"\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: Failed to parse mode '0888' of 'unix_sock_ro_perms': " },
    { "unix_sock_ro_perms = \"01777\"\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: Failed to parse mode '01777' of 'unix_sock_ro_perms': " },
    { "unix_sock_rw_perms = \"\"\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: Failed to parse mode '' of 'unix_sock_rw_perms': " },
    { "unix_sock_dir = \"run\"\n", VIR_ERR_INVALID_ARG, "t.conf:1: unix_sock_dir: 'run' is not an absolute path: " },
    { "unix_sock_group = \"\"\n", VIR_ERR_INVALID_ARG, "t.conf:1: unix_sock_group: an empty name matches nothing: " },
    { "auth_tcp = \"foo\"\n", VIR_ERR_CONFIG_UNSUPPORTED,
      "t.conf:1: auth_tcp: unsupported auth foo: use one of: none sasl" },
    { "auth_tcp = \"polkit\"\n", VIR_ERR_CONFIG_UNSUPPORTED,
      "t.conf:1: auth_tcp: unsupported auth polkit: use one of: none sasl" },
    { "auth_unix_rw = \"SASL\"\n", VIR_ERR_CONFIG_UNSUPPORTED,
      "t.conf:1: auth_unix_rw: unsupported auth SASL: use one of: none sasl polkit" },
    { "auth_unix_rw = \"none sasl\"\n", VIR_ERR_CONFIG_UNSUPPORTED,
      "t.conf:1: auth_unix_rw: unsupported auth none sasl: " },
    { "auth_tls = \"\"\n", VIR_ERR_CONFIG_UNSUPPORTED, "t.conf:1: auth_tls: unsupported auth : " },
    { "auth_tls = 1\n", VIR_ERR_CONF_SYNTAX, "t.conf:1: expected a string for 'auth_tls' parameter: found 1; " },
    { "access_drivers = \"polkit\"\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:1: expected a string list for 'access_drivers' parameter: found \"polkit\"; " },
    { "access_drivers = [ \"none\",\n 1 ]\n", VIR_ERR_CONF_SYNTAX,
      "t.conf:2: expected a string list for 'access_drivers' parameter: found 1; " },
    { "access_drivers = [ \"none\",\n \"foo\" ]\n", VIR_ERR_INTERNAL_ERROR,
      "t.conf:2: access_drivers: Cannot find security driver 'foo': " },
    { "tls_allowed_ip_list = [ \"\" ]\n", VIR_ERR_INVALID_ARG,
      "t.conf:1: tls_allowed_ip_list: an empty name matches nothing: " },
    { "host_uuid = \"x\"\n", VIR_ERR_INVALID_ARG, "t.conf:1: host_uuid: invalid host UUID: x: " },
    { "host_uuid = \"11111111-1111-1111-1111-111111111111\"\n", VIR_ERR_INVALID_ARG,
      "t.conf:1: host_uuid: invalid host UUID: 11111111-1111-1111-1111-111111111111: all its digits are the same" },
    { "host_uuid_source = \"foo\"\n", VIR_ERR_CONFIG_UNSUPPORTED,
      "t.conf:1: host_uuid_source: invalid UUID source: foo: use one of: smbios machine-id" },
    { "log_filters = \"9:a\"\n", VIR_ERR_INVALID_ARG,
      "t.conf:1: log_filters: Invalid priority '9' for filter '9:a': " },
    { "log_filters = \"foo\"\n", VIR_ERR_INVALID_ARG, "t.conf:1: log_filters: Malformed format for filter 'foo': " },
    { "log_filters = \"1:\"\n", VIR_ERR_INVALID_ARG,
      "t.conf:1: log_filters: Invalid match string '' in filter '1:': " },
    { "log_outputs = \"stderr\"\n", VIR_ERR_INVALID_ARG,
      "t.conf:1: log_outputs: Malformed format for log output 'stderr': " },
    { "log_outputs = \"0:stderr\"\n", VIR_ERR_INVALID_ARG,
      "t.conf:1: log_outputs: Invalid log priority '0' for log output '0:stderr': " },
    { "log_outputs = \"3:foo:a\"\n", VIR_ERR_INVALID_ARG,
      "t.conf:1: log_outputs: Invalid log destination 'foo' for log output '3:foo:a': " },
    { "log_outputs = \"1:stderr 3:file\"\n", VIR_ERR_INVALID_ARG,
      "t.conf:1: log_outputs: Log output '3:file' does not meet the format requirements for destination type "
      "'file': " },
    { "log_outputs = \"3:stderr:x\"\n", VIR_ERR_INVALID_ARG,
      "t.conf:1: log_outputs: Log output '3:stderr:x' does not meet the format requirements for destination type "
      "'stderr': " },
    { "auth_tcp = \"\"\"a\nb\x1b\"\"\"\n", VIR_ERR_CONFIG_UNSUPPORTED, "t.conf:1: auth_tcp: unsupported auth a?b?: " },
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < array_size(mistakes); i++) {
        struct daemon_config config;
        if (load(&config, mistakes[i].text) == 0)
            fail_msg("accepted: %s", mistakes[i].text);
        if (!str_prefix(error_slot()->detail, mistakes[i].message) || error_slot()->code != mistakes[i].code)
            fail_msg("%s\n got %d: %s\nwant %d: %s", mistakes[i].text, error_slot()->code, error_slot()->detail,
                     mistakes[i].code, mistakes[i].message);
        config_clear(&config);
    }
    error_reset();
}

/* A value of another type is refused for every key that has one. */
static void test_wrong_type_of_every_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        struct daemon_config config;
        char text[100], begin[100];
        if (key->type == KEY_RETIRED)
            continue;
        bool number = key->type == KEY_BOOL || key->type == KEY_INT || key->type == KEY_UINT;
        snprintf(text, sizeof text, "\n%s = %s\n", key->name, number ? "\"1\"" : "1");
        snprintf(begin, sizeof begin, "t.conf:2: expected a");
        assert_int_equal(load(&config, text), -1);
        assert_true(str_prefix(error_slot()->detail, begin));
        assert_non_null(strstr(error_slot()->detail, key->name));
        config_clear(&config);
    }
    error_reset();
}

/* ---- files ---- */

static void test_files(void **state)
{
    struct daemon_config config;
    char dir[] = "/tmp/test_config.XXXXXX";
    char path[64], big[64];
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a.conf", dir);
    snprintf(big, sizeof big, "%s/b.conf", dir);
    error_reset();

    assert_int_equal(config_init(&config, true), 0);
    assert_int_equal(config_load(&config, path, false), 0);
    assert_null(config.path);
    assert_int_equal(config_load(&config, path, true), -1);
    assert_true(str_prefix(error_slot()->detail, "Failed to open file '"));
    assert_non_null(strstr(error_slot()->detail, "': No such file or directory"));
    error_reset();
    assert_int_equal(config_load(&config, dir, true), -1);
    assert_true(str_prefix(error_slot()->detail, "Failed to read file '"));
    error_reset();

    assert_int_equal(file_replace(path, 0600, "log_level = 1\n", 14), 0);
    assert_int_equal(config_load(&config, path, true), 0);
    assert_string_equal(config.path, path);
    assert_int_equal(config.log_level, 1);

    /* more than 10 MiB is refused by size alone */
    FILE *file = fopen(big, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(truncate(big, 10 * 1024 * 1024 + 1), 0);
    assert_int_equal(config_load(&config, big, true), -1);
    assert_non_null(strstr(error_slot()->detail, "larger than"));
    error_reset();
    config_clear(&config);
    unlink(path);
    unlink(big);
    rmdir(dir);
}

static void test_hostile(void **state)
{
    struct daemon_config config;
    size_t length = 10 * 1024 * 1024;
    char *text = malloc(length + 1);
    (void)state;
    assert_non_null(text);
    assert_int_equal(config_init(&config, true), 0);
    error_reset();

    static const char with_nul[] = "listen_tcp = 1\n\nlog_level\0 = 1\n";
    assert_int_equal(config_load_text(&config, "t.conf", with_nul, sizeof with_nul - 1), -1);
    assert_true(str_prefix(error_slot()->detail, "t.conf:3: unexpected NUL byte"));
    error_reset();

    memset(text, 'a', length);
    text[length] = '\0';
    assert_int_equal(config_load_text(&config, "t.conf", text, length), -1);
    assert_true(strlen(error_slot()->detail) < 300);
    error_reset();

    memcpy(text, "auth_tcp = \"", 12);
    text[length - 1] = '"';
    assert_int_equal(config_load_text(&config, "t.conf", text, length), -1);
    assert_true(strlen(error_slot()->detail) < 300);
    error_reset();

    memset(text, '[', length);
    memcpy(text, "access_drivers = ", 17);
    assert_int_equal(config_load_text(&config, "t.conf", text, length), -1);
    assert_true(str_prefix(error_slot()->detail, "t.conf:1: expecting a value"));
    error_reset();

    /* as many list items as fit: bounded memory, so an error (out of memory) and no crash */
    for (size_t i = 17; i + 1 < length; i += 2)
        memcpy(text + i, "1,", 2);
    memcpy(text, "access_drivers = [", 18);
    assert_int_equal(config_load_text(&config, "t.conf", text, length), -1);
    error_reset();
    config_clear(&config);
    free(text);
}

/* Every prefix of the sample with all its settings active, and many damaged copies: an error with a place, or fine. */
static void test_damaged(void **state)
{
    char *text = sample();
    uint64_t random = 88172645463325252u;
    size_t length = strlen(text);
    (void)state;
    for (size_t i = 0; i + 1 < length; i++)
        if (text[i] == '#' && text[i + 1] != ' ')
            text[i] = ' ';
    for (size_t round = 0; round < 6000; round++) {
        struct daemon_config config;
        char *copy = strdup(text);
        assert_non_null(copy);
        size_t end = round < length ? round : length;
        copy[end] = '\0';
        for (int change = 0; round % 2 && end && change < 3; change++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            copy[random % end] = "\"'[]=,;#\n\r 0-a\x80\0"[(random >> 32) % 16];
        }
        error_reset();
        assert_int_equal(config_init(&config, true), 0);
        if (config_load_text(&config, "t.conf", copy, end) < 0)
            assert_true(str_prefix(error_slot()->detail, "t.conf:"));
        config_clear(&config);
        free(copy);
    }
    error_reset();
    free(text);
}

/* ---- printing ---- */

static void test_round_trip(void **state)
{
    struct daemon_config config, again;
    (void)state;
    load_ok(&config,
            "listen_tls = 0\nlisten_tcp = 1\nlisten_addr = 'say \"hi\"'\nunix_sock_rw_perms = \"0770\"\n"
            "auth_tcp = \"none\"\ntls_priority = \"\"\"\"two\nlines' # no comment\"\"\"\nkeepalive_interval = -3\n"
            "tls_allowed_dn_list = [ ]\ntls_allowed_ip_list = [ 'a\"b', \"c'd\", \"\"\"e\nf\"\"\" ]\n"
            "max_clients = 4294967295\nhost_uuid_source = \"machine-id\"\nunix_sock_dir = \"/x y\"\nmax_workers = 1\n"
            "keepalive_required = 1\n");
    auto_free char *text = printed(&config, false);
    assert_non_null(strstr(text, "listen_tcp = 1  # t.conf:2\n"));
    assert_non_null(strstr(text, "tcp_port = \"16509\"  # default\n"));
    assert_non_null(strstr(text, "# crl_file is not set\n"));
    load_ok(&again, text);
    assert_same(&config, &again);
    config_clear(&again);
    config_clear(&config);
}

static void test_print_every_example(void **state)
{
    struct daemon_config config, again;
    auto_free char *text = sample();
    (void)state;
    /* the sample as it is sets nothing */
    struct daemon_config defaults;
    load_ok(&defaults, "");
    load_ok(&config, text);
    assert_same(&config, &defaults);
    config_clear(&config);
    config_clear(&defaults);
    /* with every example active it loads and prints to the same values */
    for (char *c = text; *c; c++)
        if (*c == '#' && c[1] != ' ' && (c == text || c[-1] == '\n'))
            *c = ' ';
    load_ok(&config, text);
    for (size_t i = 0; i < config_key_count; i++)
        assert_int_equal(config.origins[i].kind, config_keys[i].type == KEY_RETIRED ? FROM_DEFAULT : FROM_FILE);
    auto_free char *shown = printed(&config, false);
    load_ok(&again, shown);
    assert_same(&config, &again);
    config_clear(&again);
    config_clear(&config);
}

static void test_json(void **state)
{
    struct daemon_config config;
    (void)state;
    load_ok(&config, "\nlisten_addr = 'a\"\\\x01\xff\xc3\xb6'\ntls_allowed_dn_list = [ \"x\", \"y\" ]\n");
    auto_free char *text = printed(&config, true);
    assert_true(str_prefix(text, "[\n  { \"key\": \"listen_tls\", \"value\": true, \"from\": \"default\" },\n"));
    assert_non_null(
        strstr(text, "{ \"key\": \"listen_addr\", \"value\": \"a\\\"\\\\\\u0001\\ufffd\xc3\xb6\", \"from\": \"file\", "
                     "\"file\": \"t.conf\", \"line\": 2 }"));
    assert_non_null(strstr(text, "{ \"key\": \"tls_allowed_dn_list\", \"value\": [ \"x\", \"y\" ], "));
    assert_non_null(strstr(text, "{ \"key\": \"crl_file\", \"value\": null, \"from\": \"default\" }"));
    assert_string_equal(text + strlen(text) - 4, "}\n]\n");
    config_clear(&config);
}

static void test_sample_file(void **state)
{
    const char *root = getenv("SOURCE_ROOT");
    (void)state;
    assert_non_null(root);
    auto_free char *path = NULL, *content = NULL, *text = sample();
    assert_true(asprintf(&path, "%s/docs/libvirtd.conf", root) > 0);
    assert_int_equal(file_read(path, 1 << 20, &content, NULL), 0);
    if (!str_equal(content, text))
        fail_msg("docs/libvirtd.conf differs from the table of keys: run this test's program with --print-sample > it");
}

/* ---- environment, and what this build cannot do ---- */

static void test_environment(void **state)
{
    struct daemon_config config;
    (void)state;
    unsetenv("LIBVIRT_LOG_FILTERS");
    setenv("LIBVIRT_DEBUG", "error", 1);
    setenv("LIBVIRT_LOG_OUTPUTS", "2:stderr", 1);
    load_ok(&config, "log_level = 2\nlog_outputs = \"1:stderr\"\nlog_filters = \"1:rpc\"\n");
    assert_int_equal(config_apply_environment(&config, false), 0);
    assert_int_equal(config.log_level, 4);
    assert_string_equal(config.log_outputs, "2:stderr");
    assert_string_equal(config.log_filters, "1:rpc");
    auto_free char *text = printed(&config, false);
    assert_non_null(strstr(text, "log_level = 4  # LIBVIRT_DEBUG\n"));
    assert_int_equal(config_apply_environment(&config, true), 0);
    assert_int_equal(config.log_level, 2);

    setenv("LIBVIRT_DEBUG", "9", 1);
    assert_int_equal(config_apply_environment(&config, false), -1);
    assert_true(
        str_prefix(error_slot()->detail, "LIBVIRT_DEBUG: Failed to set logging priority, argument '9' is invalid: "));
    error_reset();
    setenv("LIBVIRT_DEBUG", "", 1);
    setenv("LIBVIRT_LOG_OUTPUTS", "3:foo", 1);
    assert_int_equal(config_apply_environment(&config, false), -1);
    assert_true(str_prefix(error_slot()->detail, "LIBVIRT_LOG_OUTPUTS: Invalid log destination 'foo' for log output"));
    error_reset();
    unsetenv("LIBVIRT_DEBUG");
    unsetenv("LIBVIRT_LOG_OUTPUTS");
    config_clear(&config);

    load_ok(&config, "log_level = 1\n");
    assert_int_equal(config_apply_environment(&config, true), 0);
    assert_int_equal(config.log_level, 1);
    config_clear(&config);
}

static const struct {
    const char *text;
    bool listen;
    const char *message; /* NULL = supported */
} supported[] = {
    { "", false, NULL },
    { "", true, "listen_tls = 1 (the default): this build has no TLS; " },
    { "listen_tls = 1\n", false, NULL },
    { "listen_tls = 1\n", true, "t.conf:1: listen_tls = 1: this build has no TLS; " },
    { "listen_tls = 0\n", true, NULL },
    { "listen_tls = 0\nlisten_tcp = 1\n", false, NULL },
    { "listen_tls = 0\nlisten_tcp = 1\n", true, "auth_tcp: unsupported auth sasl: " },
    { "listen_tls = 0\nlisten_tcp = 1\nauth_tcp = \"sasl\"\n", true, "t.conf:3: auth_tcp: unsupported auth sasl: " },
    { "listen_tls = 0\nlisten_tcp = 1\nauth_tcp = \"none\"\n", true, NULL },
    { "auth_unix_rw = \"polkit\"\n", false, "t.conf:1: auth_unix_rw: unsupported auth polkit: " },
    { "auth_unix_ro = \"sasl\"\n", false, "t.conf:1: auth_unix_ro: unsupported auth sasl: " },
    { "access_drivers = [ \"none\" ]\n", false, NULL },
    { "access_drivers = [ \"none\", \"polkit\" ]\n", false,
      "t.conf:1: access_drivers: Cannot find security driver 'polkit': " },
    { "audit_level = 2\n", false, "t.conf:1: audit_level = 2: " },
    { "audit_logging = 1\n", false, "t.conf:1: audit_logging = 1: " },
};

static void test_supported(void **state)
{
    (void)state;
    for (size_t i = 0; i < array_size(supported); i++) {
        struct daemon_config config;
        load_ok(&config, supported[i].text);
        int result = config_check_supported(&config, supported[i].listen);
        assert_int_equal(result, supported[i].message ? -1 : 0);
        if (supported[i].message && !str_prefix(error_slot()->detail, supported[i].message))
            fail_msg("%s\n got %s\nwant %s", supported[i].text, error_slot()->detail, supported[i].message);
        config_clear(&config);
    }
    error_reset();
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_every_key),
        cmocka_unit_test(test_changed_values),
        cmocka_unit_test(test_workers_balance),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_wrong_type_of_every_key),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_print_every_example),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_sample_file),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_supported),
    };
    if (argc > 1 && str_equal(argv[1], "--print-sample"))
        return config_print_sample(stdout) < 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
