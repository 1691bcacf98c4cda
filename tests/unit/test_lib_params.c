/* SPDX-License-Identifier: MIT
 * Typed parameters of the public API: building, reading, refusing, and their wire form.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/typed_params.h"

struct list {
    virTypedParameterPtr params;
    int count, room;
};

#define ADD(list, suffix, ...) virTypedParamsAdd##suffix(&(list)->params, &(list)->count, &(list)->room, __VA_ARGS__)

static void quiet(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

static void test_add_and_get(void **state)
{
    struct list list = { NULL, 0, 0 };
    const char *const words[] = { "one", "two", NULL };
    int i, flag;
    unsigned int ui;
    long long l;
    unsigned long long ul;
    double d;
    const char *s;
    (void)state;
    assert_int_equal(ADD(&list, Int, "int", -5), 0);
    assert_int_equal(ADD(&list, UInt, "uint", 7), 0);
    assert_int_equal(ADD(&list, LLong, "llong", INT64_MIN), 0);
    assert_int_equal(ADD(&list, ULLong, "ullong", UINT64_MAX), 0);
    assert_int_equal(ADD(&list, Double, "double", 1.5), 0);
    assert_int_equal(ADD(&list, Boolean, "boolean", 5), 0);
    assert_int_equal(ADD(&list, String, "string", "text"), 0);
    assert_int_equal(ADD(&list, StringList, "list", (const char **)words), 0);
    assert_int_equal(list.count, 9);
    assert_true(list.room >= list.count);
    assert_int_equal(virTypedParamsGetInt(list.params, list.count, "int", &i), 1);
    assert_int_equal(i, -5);
    assert_int_equal(virTypedParamsGetUInt(list.params, list.count, "uint", &ui), 1);
    assert_int_equal(ui, 7);
    assert_int_equal(virTypedParamsGetLLong(list.params, list.count, "llong", &l), 1);
    assert_true(l == INT64_MIN);
    assert_int_equal(virTypedParamsGetULLong(list.params, list.count, "ullong", &ul), 1);
    assert_true(ul == UINT64_MAX);
    assert_int_equal(virTypedParamsGetDouble(list.params, list.count, "double", &d), 1);
    assert_true(d == 1.5);
    assert_int_equal(virTypedParamsGetBoolean(list.params, list.count, "boolean", &flag), 1);
    assert_int_equal(flag, 1);
    assert_int_equal(virTypedParamsGetString(list.params, list.count, "list", &s), 1);
    assert_string_equal(s, "one");
    assert_int_equal(virTypedParamsGetInt(list.params, list.count, "absent", &i), 0);
    assert_int_equal(virTypedParamsGetInt(list.params, list.count, "uint", &i), -1);
    assert_string_equal(virGetLastErrorMessage(),
                        "invalid argument: Invalid type 'int' requested for parameter 'uint', actual type is 'uint'");
    virTypedParamsFree(list.params, list.count);
}

static void test_from_string(void **state)
{
    static const struct {
        int type;
        const char *text, *error;
    } cases[] = {
        { VIR_TYPED_PARAM_INT, "-12", NULL },
        { VIR_TYPED_PARAM_INT, "0x10", "invalid argument: Invalid value for field 'f': expected int" },
        { VIR_TYPED_PARAM_UINT, "-1", NULL },
        { VIR_TYPED_PARAM_UINT, "4294967296", "invalid argument: Invalid value for field 'f': expected unsigned int" },
        { VIR_TYPED_PARAM_ULLONG, "12 ", "invalid argument: Invalid value for field 'f': expected unsigned long long" },
        { VIR_TYPED_PARAM_DOUBLE, "1.5x", "invalid argument: Invalid value for field 'f': expected double" },
        { VIR_TYPED_PARAM_BOOLEAN, "true", NULL },
        { VIR_TYPED_PARAM_BOOLEAN, "2", "invalid argument: Invalid boolean value for field 'f'" },
        { VIR_TYPED_PARAM_STRING, NULL, "invalid argument: NULL value for field 'f'" },
        { 8, "1", "internal error: unexpected type 8 for field f" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct list list = { NULL, 0, 0 };
        int result = ADD(&list, FromString, "f", cases[i].type, cases[i].text);
        assert_int_equal(result, cases[i].error ? -1 : 0);
        assert_int_equal(list.count, cases[i].error ? 0 : 1);
        if (cases[i].error)
            assert_string_equal(virGetLastErrorMessage(), cases[i].error);
        virTypedParamsFree(list.params, list.count);
    }
}

static void test_long_name(void **state)
{
    struct list list = { NULL, 0, 0 };
    char name[VIR_TYPED_PARAM_FIELD_LENGTH + 1];
    (void)state;
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_int_equal(ADD(&list, Int, name, 1), -1);
    name[sizeof name - 2] = '\0';
    assert_int_equal(ADD(&list, Int, name, 1), 0);
    assert_int_equal(list.count, 1);
    virTypedParamsFree(list.params, list.count);
}

static void test_from_wire(void **state)
{
    char name[200];
    memset(name, 'y', sizeof name);
    name[sizeof name - 1] = '\0';
    struct typed_param items[] = { { .field = (char *)"a", .type = VIR_TYPED_PARAM_STRING, .value.s = (char *)"text" },
                                   { .field = (char *)"b", .type = VIR_TYPED_PARAM_BOOLEAN, .value.b = 7 },
                                   { .field = name, .type = VIR_TYPED_PARAM_INT } };
    virTypedParameterPtr params;
    int flag;
    (void)state;
    assert_int_equal(typed_params_from_wire(items, 2, &params), 0);
    assert_string_equal(params[0].value.s, "text");
    assert_int_equal(virTypedParamsGetBoolean(params, 2, "b", &flag), 1);
    assert_int_equal(flag, 1);
    virTypedParamsFree(params, 2);
    assert_int_equal(typed_params_from_wire(items, 3, &params), -1);
    items[1].type = 99;
    assert_int_equal(typed_params_from_wire(items, 2, &params), -1);
    virResetLastError();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_add_and_get), cmocka_unit_test(test_from_string),
                                        cmocka_unit_test(test_long_name), cmocka_unit_test(test_from_wire) };
    virSetErrorFunc(NULL, quiet);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
