/* SPDX-License-Identifier: MIT
 * The base layer: buffers, arenas, the error slot, numbers and UUIDs.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

#undef fail /* cmocka has its own */
#include <cmocka.h>

static void test_buf(void **unused)
{
    struct buf buf = BUF_INIT;
    auto_free char *all = NULL;
    (void)unused;
    assert_int_equal(buf_add(&buf, NULL, 0), 0); /* nothing, to nothing */
    assert_int_equal(buf_adds(&buf, ""), 0);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(buf_addf(&buf, "%d,", i), 0);
    buf_consume(&buf, 2);
    assert_int_equal(buf_adds(&buf, "end"), 0);
    assert_int_equal(buf_addc(&buf, '.'), 0);
    all = buf_take(&buf);
    assert_true(str_prefix(all, "1,2,3,"));
    assert_string_equal(strrchr(all, ','), ",end.");
    assert_null(buf.data);
    assert_int_equal(buf_length(&buf), 0);
    free(steal(all));
    all = buf_take(&buf); /* of an empty buffer */
    assert_string_equal(all, "");
}

/* A buffer as a queue: bytes go in behind and out in front, in all proportions; nothing is lost, drained storage
 * shrinks. */
static void test_buf_queue(void **unused)
{
    auto_buf struct buf buf = BUF_INIT;
    unsigned char next_in = 0, next_out = 0;
    (void)unused;
    for (size_t round = 0; round < 2000; round++) {
        for (size_t i = 0; i < round * 7 % 301; i++)
            assert_int_equal(buf_addc(&buf, (char)next_in++), 0);
        size_t taken = round * 13 % 307;
        if (taken > buf_length(&buf))
            taken = buf_length(&buf);
        for (size_t i = 0; i < taken; i++)
            assert_int_equal((unsigned char)buf_bytes(&buf)[i], next_out++);
        buf_consume(&buf, taken);
    }
    assert_true(buf.size <= 1 << 16);
    assert_non_null(buf_reserve(&buf, 1 << 20));
    buf_consume(&buf, buf_length(&buf));
    assert_int_equal(buf.size, 0);
}

static void test_buf_failure_is_sticky(void **unused)
{
    auto_buf struct buf buf = BUF_INIT;
    (void)unused;
    assert_int_equal(buf_adds(&buf, "a"), 0);
    assert_null(buf_reserve(&buf, SIZE_MAX / 2));
    assert_true(buf.failed);
    assert_int_equal(buf_addc(&buf, 'b'), -1);
    assert_int_equal(buf_addf(&buf, "%d", 1), -1);
    assert_null(buf_take(&buf));
    assert_false(buf.failed); /* usable again */
    assert_int_equal(buf_addc(&buf, 'c'), 0);
}

static void test_arena(void **unused)
{
    struct arena arena;
    (void)unused;
    arena_init(&arena, 0);
    for (size_t size = 0; size < 9000; size = size * 2 + 1) {
        unsigned char *place = arena_alloc(&arena, size);
        assert_non_null(place);
        assert_int_equal((uintptr_t)place % 8, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(place[i], 0);
        memset(place, 0xff, size);
    }
    assert_null(arena_strdup(&arena, NULL));
    assert_string_equal(arena_strdup(&arena, "text"), "text");
    assert_string_equal(arena_strndup(&arena, "text", 2), "te");
    assert_string_equal(arena_printf(&arena, "%d-%s", 5, "x"), "5-x");
    assert_null(arena_array(&arena, SIZE_MAX / 2, 3));
    assert_null(arena_array(&arena, SIZE_MAX, SIZE_MAX));
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_strndup(&arena, "", SIZE_MAX));
    arena_clear(&arena);
    assert_int_equal(arena.used, 0);
    assert_non_null(arena_alloc(&arena, 8)); /* usable again */
    char *kept = arena.blocks ? arena_alloc(&arena, 100) : NULL;
    memset(kept, 0xff, 100);
    arena_reset(&arena, 64);
    assert_int_equal(arena.used, 0);
    assert_int_equal(*(char *)arena_alloc(&arena, 64), 0);
    assert_null(arena_alloc(&arena, 1));
    assert_non_null(arena_alloc(&arena, 0));
    arena_clear(&arena);
}

static void test_error_slot(void **unused)
{
    struct error taken = { 0 };
    (void)unused;
    error_reset();
    assert_false(error_is_set());
    assert_int_equal(error_set(10, 42, 0, "first %d", 1), -1);
    assert_int_equal(error_set(11, 43, 0, "second"), -1); /* the first wins */
    assert_int_equal(error_set_argument(11, 43, "f", "a", "third"), -1);
    assert_int_equal(error_slot()->code, 42);
    assert_int_equal(error_slot()->domain, 10);
    assert_int_equal(error_slot()->level, 2);
    assert_int_equal(error_slot()->int1, -1);
    assert_int_equal(error_slot()->int2, -1);
    assert_string_equal(error_slot()->detail, "first 1");
    error_take(&taken);
    assert_false(error_is_set());
    assert_null(error_slot()->detail);
    error_set(1, 1, 0, "cleanup fails too");
    error_restore(&taken);
    assert_string_equal(error_slot()->detail, "first 1");
    assert_int_equal(taken.code, 0);
    error_reset();
    error_set(1, 38, ENOSPC, "cannot write %s", "x");
    assert_string_equal(error_slot()->detail, "cannot write x: No space left on device");
    assert_int_equal(error_slot()->int1, ENOSPC);
    error_reset();
    error_set(1, 2, 0, NULL);
    assert_true(error_is_set());
    assert_null(error_slot()->detail);
    error_reset();
    error_set_argument(20, 8, "virF", "flags", "flags in %s", "virF");
    assert_string_equal(error_slot()->message, "flags in virF");
    assert_string_equal(error_slot()->str1, "virF");
    assert_string_equal(error_slot()->str2, "flags");
    assert_null(error_slot()->detail);
    assert_int_equal(error_slot()->int1, 0);
    error_reset();
}

static void *other_thread(void *unused)
{
    (void)unused;
    if (error_is_set())
        return unused;
    error_set(2, 2, 0, "of the other thread, freed at its end");
    return NULL;
}

static void test_error_slot_is_of_the_thread(void **unused)
{
    pthread_t thread;
    void *result;
    (void)unused;
    error_reset();
    error_set(1, 1, 0, "mine");
    assert_int_equal(pthread_create(&thread, NULL, other_thread, error_slot()), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_null(result);
    assert_string_equal(error_slot()->detail, "mine");
    error_reset();
}

static void test_numbers(void **unused)
{
    static const struct { const char *text; bool fits_int, fits_uint, fits_int64, fits_uint64;
    } rows[] = {
        { "0", true, true, true, true },
        { "007", true, true, true, true },
        { "2147483647", true, true, true, true },
        { "2147483648", false, true, true, true },
        { "-1", true, false, true, false },
        { "-2147483648", true, false, true, false },
        { "-2147483649", false, false, true, false },
        { "4294967295", false, true, true, true },
        { "4294967296", false, false, true, true },
        { "9223372036854775807", false, false, true, true },
        { "9223372036854775808", false, false, false, true },
        { "-9223372036854775808", false, false, true, false },
        { "-9223372036854775809", false, false, false, false },
        { "18446744073709551615", false, false, false, true },
        { "18446744073709551616", false, false, false, false },
        { "", false, false, false, false },
        { " 1", false, false, false, false },
        { "1 ", false, false, false, false },
        { "1x", false, false, false, false },
        { "x", false, false, false, false },
        { "-", false, false, false, false },
        { "0x10", false, false, false, false },
        { "1.5", false, false, false, false },
        { "\t1", false, false, false, false },
        { NULL, false, false, false, false },
    };
    (void)unused;
    for (size_t i = 0; i < array_size(rows); i++) {
        int a = 77;
        unsigned int b = 77;
        int64_t c = 77;
        uint64_t d = 77;
        bool good = str_to_int(rows[i].text, &a) == (rows[i].fits_int ? 0 : -1) &&
                    str_to_uint(rows[i].text, &b) == (rows[i].fits_uint ? 0 : -1) &&
                    str_to_int64(rows[i].text, 10, &c) == (rows[i].fits_int64 ? 0 : -1) &&
                    str_to_uint64(rows[i].text, 10, &d) == (rows[i].fits_uint64 ? 0 : -1);
        if (!good || (!rows[i].fits_int && a != 77) || (!rows[i].fits_uint && b != 77) ||
            (!rows[i].fits_int64 && c != 77) || (!rows[i].fits_uint64 && d != 77))
            fail_msg("'%s'", rows[i].text);
    }
    uint64_t value;
    assert_int_equal(str_to_uint64("ff", 16, &value), 0);
    assert_int_equal(value, 255);
    assert_int_equal(str_to_uint64("0777", 8, &value), 0);
    assert_int_equal(value, 511);
}

static void test_uuid(void **unused)
{
    static const char canonical[] = "6695eb01-f6a4-8304-79aa-97f2502e193f";
    static const struct { const char *text; bool good;
    } rows[] = {
        { canonical, true },
        { "6695EB01-F6A4-8304-79AA-97F2502E193F", true },
        { "6695eb01f6a4830479aa97f2502e193f", true },
        { "  6695eb01-f6a4-8304-79aa-97f2502e193f\n", true },
        { "-6695eb01f6a4830479aa97f2502e193f", true },
        { "", false },
        { "6695eb01-f6a4-8304-79aa-97f2502e193", false },
        { "6695eb01-f6a4-8304-79aa-97f2502e193f0", false },
        { "6695eb01-f6a4-8304-79aa-97f2502e193g", false },
        { "6695eb01-f6a4-8304-79aa-97f2502e193f x", false },
        { "6-695eb01f6a4830479aa97f2502e193f", false },
    };
    unsigned char uuid[UUID_LENGTH], other[UUID_LENGTH];
    char text[UUID_STRING_SIZE];
    (void)unused;
    for (size_t i = 0; i < array_size(rows); i++) {
        memset(uuid, 0xaa, sizeof uuid);
        if (uuid_parse(rows[i].text, uuid) != (rows[i].good ? 0 : -1))
            fail_msg("'%s'", rows[i].text);
        uuid_format(uuid, text);
        assert_string_equal(text, rows[i].good ? canonical : "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa");
    }
    assert_int_equal(uuid_generate(uuid), 0);
    assert_int_equal(uuid_generate(other), 0);
    assert_memory_not_equal(uuid, other, sizeof uuid);
    assert_int_equal(uuid[6] >> 4, 4);
    assert_int_equal(uuid[8] >> 6, 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buf),
        cmocka_unit_test(test_buf_queue),
        cmocka_unit_test(test_buf_failure_is_sticky),
        cmocka_unit_test(test_arena),
        cmocka_unit_test(test_error_slot),
        cmocka_unit_test(test_error_slot_is_of_the_thread),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_uuid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
