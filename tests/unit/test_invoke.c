/* SPDX-License-Identifier: MIT
 * The chokepoint, with a driver whose every function only counts: which calls reach it on a read-only connection
 * (against tests/golden/access.txt), what argument checks and limits refuse, opening, closing, and the errors of calls
 * that nobody answers. Needs SOURCE_ROOT.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/virterror.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "dispatch/driver.h"
#include "dispatch/generic.h"
#include "golden.h"
#include "wire/error_text.h"

#undef fail /* cmocka has its own */
#include <cmocka.h>

static unsigned int entered, closed;
static enum proc entered_proc;
static int answer; /* of every function */

static int counting(struct call *call, const void *args, void *ret)
{
    (void)args;
    (void)ret;
    entered++;
    entered_proc = call_row_proc(call->row);
    return answer;
}

static int count_open(struct conn *conn, const struct uri *uri)
{
    if (str_equal(uri->path, "/decline"))
        return 0;
    if (str_equal(uri->path, "/broken"))
        return error_set(VIR_FROM_TEST, VIR_ERR_OPEN_FAILED, 0, "broken");
    conn->state = &closed;
    return 1;
}

static void count_close(struct conn *conn)
{
    assert_ptr_equal(conn->state, &closed);
    closed++;
}

static struct driver counter = { .scheme = "count", .function_prefix = "count", .error_domain = VIR_FROM_TEST,
                                 .open = count_open, .close = count_close };
static const struct driver nothing = {
    .scheme = "nothing", .function_prefix = "nothing", .open = count_open, .close = count_close
};
const struct driver *const drivers[] = { &counter, &nothing, NULL };

static int fill_vtable(void **unused)
{
    int (*function)(struct call *, const void *, void *) = counting;
    (void)unused;
    for (size_t i = 0; i < PROC_COUNT; i++)
        memcpy((char *)&counter.calls + i * sizeof function, &function, sizeof function);
    return 0;
}

static struct conn open_conn(const char *uri, unsigned int flags)
{
    struct conn conn = { 0 };
    error_reset();
    assert_int_equal(conn_open(&conn, uri, flags), 0);
    return conn;
}

/* Arguments of a call that pass the checks of its row: zero but for what must not be. */
static char *good_args(const struct call_row *row, struct arena *arena)
{
    static char text[] = "x";
    char *args = row->args ? arena_alloc(arena, row->args->size) : NULL;
    for (unsigned int i = 0; i < row->check_count; i++) {
        const struct call_check *check = &row->checks[i];
        if (check->kind == CHECK_NOT_NULL && check->width == 8)
            *(char **)(args + check->offset) = text;
        else if (check->kind == CHECK_NOT_NULL || check->kind == CHECK_POSITIVE || check->kind == CHECK_NOT_ZERO)
            args[check->offset] = 1; /* little-endian in either width */
    }
    return args;
}

static char *message(void)
{
    static char text[512];
    struct arena arena;
    arena_init(&arena, 0);
    snprintf(text, sizeof text, "%s", error_message(error_slot(), &arena));
    arena_clear(&arena);
    return text;
}

/* One call; true when the driver was entered. When not, the error is the denial of this row. */
static bool enters(struct conn *conn, const struct call_row *row, char *args)
{
    struct arena arena;
    char expected[256];
    unsigned int before = entered;
    arena_init(&arena, 0);
    error_reset();
    void *ret = row->ret ? arena_alloc(&arena, row->ret->size) : NULL;
    int result = invoke(conn, call_row_proc(row), args, ret, &arena);
    arena_clear(&arena);
    if (entered > before) {
        assert_int_equal(result, 0);
        assert_int_equal(entered_proc, call_row_proc(row));
        return true;
    }
    assert_int_equal(result, -1);
    assert_int_equal(error_slot()->code, VIR_ERR_OPERATION_DENIED);
    assert_int_equal(error_slot()->domain, row->error_domain);
    snprintf(expected, sizeof expected, "operation forbidden: %s%s%s",
             row->flags & CALL_SECURE ? "" : "read only access prevents ", row->api ? row->api : row->name,
             row->flags & CALL_SECURE ? " with secure flag" : "");
    assert_string_equal(message(), expected);
    return false;
}

static void check_access(const struct call_row *row, const char *needs)
{
    struct conn reader = open_conn("count:///", 1), writer = open_conn("count:///", 0);
    struct arena arena;
    unsigned int number;
    arena_init(&arena, 0);
    char *args = good_args(row, &arena);
    assert_true(enters(&writer, row, args));
    if (str_equal(needs, "read") || str_equal(needs, "write")) {
        if (enters(&reader, row, args) != str_equal(needs, "read"))
            fail_msg("%s, which needs %s, on a read-only connection", row->name, needs);
    } else if (sscanf(needs, "write(flags&%u)", &number) == 1 || sscanf(needs, "secure(flags&%u)", &number) == 1) {
        uint32_t *flags = (uint32_t *)(args + row->cond_offset);
        assert_int_equal(str_prefix(needs, "secure"), (row->flags & CALL_SECURE) != 0);
        for (int bit = 0; bit <= 32; bit++) {
            *flags = bit < 32 ? 1u << bit : 0;
            if (enters(&reader, row, args) != !(*flags & number))
                fail_msg("%s, which needs %s, with flags %#x on a read-only connection", row->name, needs, *flags);
            assert_true(enters(&writer, row, args));
        }
    } else if (sscanf(needs, "write(source=%u)", &number) == 1) {
        uint32_t *source = (uint32_t *)(args + row->cond_offset);
        for (*source = 0; *source < number + 3; ++*source)
            assert_int_equal(enters(&reader, row, args), *source != number);
    } else {
        fail_msg("%s: cannot test 'needs %s'", row->name, needs);
    }
    conn_close(&reader);
    conn_close(&writer);
    arena_clear(&arena);
}

static void test_read_only(void **unused)
{
    FILE *file = golden_open("access.txt");
    char *line = NULL;
    size_t size = 0;
    unsigned int rows = 0, calls = 0;
    (void)unused;
    while (getline(&line, &size, file) > 0) {
        unsigned int program, number;
        char name[128], needs[128];
        if (line[0] == '#')
            continue;
        if (sscanf(line, "%x %u %127s %127s", &program, &number, name, needs) != 4)
            fail_msg("access.txt: %s", line);
        const struct call_row *row = call_row_find(program, (int32_t)number);
        if (!row || !str_equal(row->name, name))
            fail_msg("%s is not in the call table", name);
        check_access(row, needs);
        rows++;
    }
    free(line);
    fclose(file);
    for (int proc = 0; proc < PROC_COUNT; proc++)
        calls += !(call_rows[proc].flags & CALL_EVENT);
    assert_int_equal(rows, calls);
}

static void test_events_are_no_calls(void **unused)
{
    struct conn conn = open_conn("count:///", 0);
    (void)unused;
    for (int proc = 0; proc < PROC_COUNT; proc++) {
        if (!(call_rows[proc].flags & CALL_EVENT))
            continue;
        unsigned int before = entered;
        error_reset();
        assert_int_equal(invoke(&conn, (enum proc)proc, NULL, NULL, NULL), -1);
        assert_int_equal(error_slot()->code, VIR_ERR_NO_SUPPORT);
        assert_int_equal(entered, before);
    }
    conn_close(&conn);
}

static void test_unsupported(void **unused)
{
    struct conn conn = open_conn("nothing:///", 0);
    unsigned int refused = 0;
    (void)unused;
    for (int proc = 0; proc < PROC_COUNT; proc++) {
        const struct call_row *row = &call_rows[proc];
        void *generic;
        char expected[256];
        struct arena arena;
        memcpy(&generic, (const char *)&generic_calls + (size_t)proc * sizeof generic, sizeof generic);
        if (generic || row->flags & CALL_EVENT)
            continue;
        arena_init(&arena, 0);
        error_reset();
        void *ret = row->ret ? arena_alloc(&arena, row->ret->size) : NULL;
        assert_int_equal(invoke(&conn, (enum proc)proc, good_args(row, &arena), ret, &arena), -1);
        assert_int_equal(error_slot()->code, VIR_ERR_NO_SUPPORT);
        snprintf(expected, sizeof expected, "this function is not supported by the connection driver: %s",
                 row->api ? row->api : row->name);
        assert_string_equal(message(), expected);
        arena_clear(&arena);
        refused++;
    }
    assert_true(refused > 400);
    conn_close(&conn);
}

static int64_t check_value(const struct call_check *check, bool good)
{
    switch ((enum check_kind)check->kind) {
    case CHECK_LIST_LIMIT:
    case CHECK_LIMIT:
        return check->offset2 ? 1 : (int64_t)check->max + !good;
    case CHECK_NOT_NEGATIVE:
        return good ? 0 : -1;
    case CHECK_POSITIVE:
    case CHECK_NOT_ZERO:
    case CHECK_NOT_NULL:
        return good;
    }
    return 0;
}

static void set_value(char *args, const struct call_check *check, uint16_t offset, int64_t value)
{
    if (check->width == 8)
        *(int64_t *)(args + offset) = value;
    else
        *(int32_t *)(args + offset) = (int32_t)value;
}

static void expect_refusal(const struct call_row *row, const struct call_check *check)
{
    static const char *const musts[] = { [CHECK_NOT_NEGATIVE] = "be zero or greater",
                                         [CHECK_POSITIVE] = "be greater than zero",
                                         [CHECK_NOT_ZERO] = "not be zero",
                                         [CHECK_NOT_NULL] = "not be NULL" };
    char expected[256];
    if (check->kind == CHECK_LIST_LIMIT || check->kind == CHECK_LIMIT) {
        assert_int_equal(error_slot()->code, check->kind == CHECK_LIST_LIMIT ? VIR_ERR_RPC : VIR_ERR_INTERNAL_ERROR);
        assert_int_equal(error_slot()->domain, VIR_FROM_RPC);
        assert_string_equal(error_slot()->detail, check->limit);
        return;
    }
    snprintf(expected, sizeof expected, "%s in %s must %s", check->name, row->api, musts[check->kind]);
    assert_int_equal(error_slot()->code, VIR_ERR_INVALID_ARG);
    assert_int_equal(error_slot()->domain, row->error_domain);
    assert_true(strstr(message(), expected) != NULL);
    assert_string_equal(error_slot()->str1, row->api);
    assert_string_equal(error_slot()->str2, check->name);
}

static void test_argument_checks(void **unused)
{
    struct conn conn = open_conn("count:///", 0);
    unsigned int checks = 0;
    (void)unused;
    for (int proc = 0; proc < PROC_COUNT; proc++) {
        const struct call_row *row = &call_rows[proc];
        for (unsigned int i = 0; i < row->check_count; i++, checks++) {
            const struct call_check *check = &row->checks[i];
            struct arena arena;
            arena_init(&arena, 0);
            char *args = good_args(row, &arena);
            void *ret = row->ret ? arena_alloc(&arena, row->ret->size) : NULL;
            if (check->offset2)
                set_value(args, check, check->offset2, (int64_t)check->max + 1);
            set_value(args, check, check->offset, check_value(check, false));
            unsigned int before = entered;
            error_reset();
            assert_int_equal(invoke(&conn, (enum proc)proc, args, ret, &arena), -1);
            assert_int_equal(entered, before);
            expect_refusal(row, check);
            if (check->offset2)
                set_value(args, check, check->offset2, (int64_t)check->max);
            set_value(args, check, check->offset, check_value(check, true));
            error_reset();
            if (invoke(&conn, (enum proc)proc, args, ret, &arena) < 0)
                fail_msg("%s: %s: %s", row->name, check->name, message());
            arena_clear(&arena);
        }
    }
    assert_true(checks > 0);
    conn_close(&conn);
}

static void test_driver_errors(void **unused)
{
    struct conn conn = open_conn("count:///", 0);
    struct connect_get_type_ret ret;
    struct arena arena;
    (void)unused;
    arena_init(&arena, 0);
    memset(&ret, 0xff, sizeof ret);
    assert_int_equal(invoke(&conn, PROC_CONNECT_GET_TYPE, NULL, &ret, &arena), 0);
    assert_null(ret.type); /* drivers start from zeros */
    answer = -1;
    assert_int_equal(invoke(&conn, PROC_CONNECT_GET_TYPE, NULL, &ret, &arena), -1);
    answer = 0;
    assert_int_equal(error_slot()->code, VIR_ERR_INTERNAL_ERROR);
    assert_int_equal(error_slot()->domain, VIR_FROM_RPC);
    assert_string_equal(message(), "Library function returned error but did not set virError");
    conn_close(&conn);
}

static void test_open_and_close(void **unused)
{
    static const struct { const char *uri; int code; } wrong[] = {
        { "count:///broken", VIR_ERR_OPEN_FAILED }, { "count:///decline", VIR_ERR_NO_CONNECT },
        { "other:///", VIR_ERR_NO_CONNECT }, { "/count", VIR_ERR_NO_CONNECT }, { ":::", VIR_ERR_INTERNAL_ERROR },
    };
    (void)unused;
    closed = 0;
    for (size_t i = 0; i < array_size(wrong); i++) {
        struct conn conn = { 0 };
        error_reset();
        if (conn_open(&conn, wrong[i].uri, 0) != -1 || error_slot()->code != wrong[i].code)
            fail_msg("%s: %s", wrong[i].uri, message());
        assert_null(conn.driver);
        error_reset();
        assert_int_equal(invoke(&conn, PROC_CONNECT_GET_TYPE, NULL, NULL, NULL), -1);
        assert_int_equal(error_slot()->code, VIR_ERR_INTERNAL_ERROR);
        assert_string_equal(error_slot()->detail, "hypervisor connection not open");
        conn_close(&conn);
        assert_null(conn.uri);
    }
    assert_int_equal(closed, 0);
    struct conn conn = { .read_only = true }; /* of the read-only socket: no flag lifts it */
    assert_int_equal(conn_open(&conn, "count:///here?a=b", 0), 0);
    assert_true(conn.read_only);
    assert_string_equal(conn.uri, "count:///here?a=b");
    conn_close(&conn);
    conn_close(&conn);
    assert_int_equal(closed, 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_only),     cmocka_unit_test(test_events_are_no_calls),
        cmocka_unit_test(test_unsupported),   cmocka_unit_test(test_argument_checks),
        cmocka_unit_test(test_driver_errors), cmocka_unit_test(test_open_and_close),
    };
    return cmocka_run_group_tests(tests, fill_vtable, NULL);
}
