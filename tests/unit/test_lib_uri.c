/* SPDX-License-Identifier: MIT
 * From a name to a connection: defaults, aliases, the split of the URI, errors of virConnectOpen().
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#undef fail /* cmocka's; base/error.h has its own */
#include "base/error.h"
#include "lib/client_conf.h"
#include "lib/client_uri.h"

static void quiet(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

/* Reads text as a libvirt.conf. */
static int read_conf(const char *text, struct client_conf *conf)
{
    char path[] = "/tmp/libvirt.conf.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    int result = client_conf_read(path, conf);
    unlink(path);
    return result;
}

static void test_conf(void **state)
{
    auto_client_conf struct client_conf conf = { 0 };
    (void)state;
    assert_int_equal(
        read_conf("# comment\nother = 5\nlist = []\nuri_default = \"test:///default\" # end\n"
                  "uri_aliases = [\n  \"hail=qemu+ssh://root@hail/system\", # first\n  'sleet=test:///x',\n]\n",
                  &conf),
        0);
    assert_string_equal(conf.uri_default, "test:///default");
    assert_string_equal(client_conf_alias(&conf, "hail"), "qemu+ssh://root@hail/system");
    assert_string_equal(client_conf_alias(&conf, "sleet"), "test:///x");
    assert_null(client_conf_alias(&conf, "sle"));
    assert_null(client_conf_alias(&conf, "rain"));
}

static void test_bad_conf(void **state)
{
    static const char *const texts[] = { "uri_default",
                                         "uri_default = ",
                                         "uri_default = \"x",
                                         "uri_default = \"a\nb\"",
                                         "uri_aliases = [ \"a=b\" \"c=d\" ]",
                                         "uri_aliases = [ \"a=b\"",
                                         "= 5",
                                         "uri_aliases = [ \"nothing\" ]",
                                         "[",
                                         "uri_default = x" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        auto_client_conf struct client_conf conf = { 0 };
        assert_int_equal(read_conf(texts[i], &conf), -1);
        assert_int_equal(error_slot()->code, VIR_ERR_CONF_SYNTAX);
        assert_non_null(strstr(error_slot()->detail, ".conf."));
        error_reset();
    }
}

static void test_split(void **state)
{
    struct client_uri uri;
    (void)state;
    assert_int_equal(client_uri_resolve("test+unix:///default?socket=/s", 0, &uri), 0);
    assert_string_equal(uri.uri->scheme, "test");
    assert_string_equal(uri.transport, "unix");
    assert_string_equal(uri.text, "test+unix:///default?socket=/s");
    client_uri_clear(&uri);
    setenv("LIBVIRT_DEFAULT_URI", "test:///default", 1);
    assert_int_equal(client_uri_resolve("", 0, &uri), 0);
    assert_string_equal(uri.text, "test:///default");
    assert_null(uri.transport);
    client_uri_clear(&uri);
    unsetenv("LIBVIRT_DEFAULT_URI");
}

static void test_open_errors(void **state)
{
    static const struct {
        const char *name, *text;
        int code, domain;
    } cases[] = {
        { "test", "no connection driver available for URI 'test' does not include a driver name", VIR_ERR_NO_CONNECT,
          VIR_FROM_NONE },
        { "://", "internal error: Unable to parse URI ://", VIR_ERR_INTERNAL_ERROR, VIR_FROM_URI },
        { "te st:///default", "internal error: Unable to parse URI te st:///default", VIR_ERR_INTERNAL_ERROR,
          VIR_FROM_URI },
        { "test:///", "invalid argument: testOpen: supply a path or use test:///default", VIR_ERR_INVALID_ARG,
          VIR_FROM_TEST },
        { "test+unix:///default?socket=/nonexistent/s",
          "Failed to connect socket to '/nonexistent/s': No such file or directory", VIR_ERR_SYSTEM_ERROR,
          VIR_FROM_RPC },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_null(virConnectOpen(cases[i].name));
        virErrorPtr error = virGetLastError();
        assert_non_null(error);
        assert_string_equal(error->message, cases[i].text);
        assert_int_equal(error->code, cases[i].code);
        assert_int_equal(error->domain, cases[i].domain);
    }
}

static void test_open_and_close(void **state)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    (void)state;
    assert_non_null(conn);
    char *uri = virConnectGetURI(conn);
    assert_string_equal(uri, "test:///default");
    free(uri);
    assert_string_equal(virConnectGetType(conn), "TEST");
    virDomainPtr dom = virDomainLookupByName(conn, "test");
    assert_non_null(dom);
    assert_ptr_equal(virDomainGetConnect(dom), conn);
    assert_int_equal(virConnectRef(conn), 0);
    assert_int_equal(virConnectClose(conn), 1);
    assert_int_equal(virConnectClose(conn), 1);
    assert_int_equal(virDomainFree(dom), 0);
    assert_int_equal(virConnectClose(NULL), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_INVALID_CONN);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_conf), cmocka_unit_test(test_bad_conf),
                                        cmocka_unit_test(test_split), cmocka_unit_test(test_open_errors),
                                        cmocka_unit_test(test_open_and_close) };
    virSetErrorFunc(NULL, quiet);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
