/* SPDX-License-Identifier: MIT
 * Error objects: one a thread, one a connection, handlers, copies; many threads on one connection.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void keep(void *data, virErrorPtr error)
{
    if (data)
        *(int *)data = error->code;
}

static void test_no_error(void **state)
{
    virError copy;
    (void)state;
    virResetLastError();
    assert_null(virGetLastError());
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OK);
    assert_int_equal(virGetLastErrorDomain(), VIR_FROM_NONE);
    assert_string_equal(virGetLastErrorMessage(), "no error");
    assert_int_equal(virCopyLastError(&copy), 0);
    assert_int_equal(virCopyLastError(NULL), -1);
    virErrorPtr saved = virSaveLastError();
    assert_int_equal(saved->code, VIR_ERR_OK);
    virFreeError(saved);
    virFreeError(NULL);
    virResetError(NULL);
}

static void test_fields(void **state)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    (void)state;
    assert_null(virDomainLookupByName(conn, NULL));
    virErrorPtr error = virGetLastError();
    assert_int_equal(error->code, VIR_ERR_INVALID_ARG);
    assert_int_equal(error->domain, VIR_FROM_DOMAIN);
    assert_int_equal(error->level, VIR_ERR_ERROR);
    assert_string_equal(error->message, "name in virDomainLookupByName must not be NULL");
    assert_string_equal(error->str1, "virDomainLookupByName");
    assert_string_equal(error->str2, "name");
    assert_null(error->str3);
    assert_int_equal(error->int1, 0);
    assert_null(virDomainLookupByName(NULL, "x"));
    error = virGetLastError();
    assert_int_equal(error->code, VIR_ERR_INVALID_CONN);
    assert_string_equal(error->str1, "invalid connection pointer in %s");
    assert_string_equal(error->str2, "virDomainLookupByName");
    assert_int_equal(error->int1, -1);
    virConnectClose(conn);
}

static void test_connection_keeps_it(void **state)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    virError copy;
    (void)state;
    assert_null(virConnGetLastError(conn));
    assert_null(virDomainLookupByName(conn, "absent"));
    virDomainPtr dom = virDomainLookupByName(conn, "test");
    assert_null(virGetLastError());
    assert_int_equal(virConnGetLastError(conn)->code, VIR_ERR_NO_DOMAIN);
    assert_int_equal(virConnCopyLastError(conn, &copy), VIR_ERR_NO_DOMAIN);
    assert_string_equal(copy.message, "Domain not found");
    virResetError(&copy);
    virConnResetLastError(conn);
    assert_null(virConnGetLastError(conn));
    virDomainFree(dom);
    virConnectClose(conn);
}

static void test_handlers(void **state)
{
    int of_process = 0, of_conn = 0;
    virConnectPtr conn = virConnectOpen("test:///default");
    (void)state;
    virSetErrorFunc(&of_process, keep);
    virDomainLookupByName(conn, "absent");
    assert_int_equal(of_process, VIR_ERR_NO_DOMAIN);
    of_process = 0;
    virConnSetErrorFunc(conn, &of_conn, keep);
    virDomainLookupByName(conn, "absent");
    assert_int_equal(of_process, 0);
    assert_int_equal(of_conn, VIR_ERR_NO_DOMAIN);
    virConnSetErrorFunc(conn, NULL, NULL);
    virDomainLookupByName(conn, NULL);
    assert_int_equal(of_process, VIR_ERR_INVALID_ARG);
    virSetErrorFunc(NULL, keep);
    virConnectClose(conn);
}

static void test_later_functions(void **state)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    (void)state;
    assert_int_equal(virConnectNumOfSecrets(conn), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_NO_SUPPORT);
    assert_string_equal(virGetLastErrorMessage(),
                        "this function is not supported by the connection driver: virConnectNumOfSecrets");
    assert_int_equal(virConnectNumOfSecrets(NULL), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_INVALID_CONN);
    virConnectClose(conn);
}

/* Each thread sees its own error and its own result, on one connection. */
static void *many_calls(void *opaque)
{
    virConnectPtr conn = opaque;
    for (int i = 0; i < 300; i++) {
        virDomainPtr dom = virDomainLookupByName(conn, "test");
        assert_non_null(dom);
        assert_null(virGetLastError());
        assert_int_equal(virDomainIsActive(dom), 1);
        assert_int_equal(virDomainRef(dom), 0);
        virDomainFree(dom);
        virDomainFree(dom);
        assert_null(virDomainLookupByID(conn, i % 2 ? -1 : 4711));
        assert_int_equal(virGetLastErrorCode(), i % 2 ? VIR_ERR_INVALID_ARG : VIR_ERR_NO_DOMAIN);
    }
    return NULL;
}

static void test_threads(void **state)
{
    pthread_t threads[8];
    virConnectPtr conn = virConnectOpen("test:///default");
    (void)state;
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, many_calls, conn), 0);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(virConnectClose(conn), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_error),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_connection_keeps_it),
        cmocka_unit_test(test_handlers),
        cmocka_unit_test(test_later_functions),
        cmocka_unit_test(test_threads),
    };
    virSetErrorFunc(NULL, keep);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
