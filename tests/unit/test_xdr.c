/* SPDX-License-Identifier: MIT
 * The codec over every message type of the call table: round trips, every truncation, every flipped bit, every limit,
 * what the decoder forgives, and the bounds of its memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "random_value.h"
#include "rpc/server.h"
#include "wire/calls.h"
#include "wire/messages.h"
#include "wire/xdr.h"

#undef fail /* cmocka has its own */
#include <cmocka.h>

#define SEED 0x6f6972617365u
#define LARGEST                                                                                                        \
    (8u << 20) /* messages above this are not built: a limit that large is tested by its announcement only */

static int decode(const struct xdr_type *type, const void *data, size_t length, struct arena *arena, void **ret_value,
                  size_t *ret_used)
{
    *ret_value = arena_alloc(arena, type->size);
    return xdr_decode(type, data, length, arena, *ret_value, ret_used);
}

/* True when the bytes decode; the value is thrown away. The bytes are copied so that a read behind them is noticed. */
static bool decodes(const struct xdr_type *type, const void *data, size_t length)
{
    struct arena arena;
    void *value;
    char *copy = malloc(length ? length : 1);
    if (length)
        memcpy(copy, data, length);
    arena_init(&arena, 0);
    bool good = decode(type, copy, length, &arena, &value, NULL) == 0;
    arena_clear(&arena);
    free(copy);
    return good;
}

static void round_trip(const struct xdr_type *type, uint64_t *state, enum random_style style)
{
    struct arena arena;
    auto_buf struct buf first = BUF_INIT, second = BUF_INIT;
    void *back;
    size_t used;
    arena_init(&arena, 0);
    void *value = random_value(state, type, style, &arena);
    if (xdr_encode(type, value, &first) < 0)
        fail_msg("%s: a value within all limits is not encoded", type->name);
    if (buf_length(&first) < type->wire_min)
        fail_msg("%s: shorter than wire_min", type->name);
    if (decode(type, buf_bytes(&first), buf_length(&first), &arena, &back, &used) < 0 || used != buf_length(&first))
        fail_msg("%s: does not decode to its end", type->name);
    if (!value_equal(type, value, back))
        fail_msg("%s: decodes to another value", type->name);
    assert_int_equal(xdr_encode(type, back, &second), 0);
    assert_int_equal(buf_length(&first), buf_length(&second));
    assert_memory_equal(buf_bytes(&first), buf_bytes(&second), buf_length(&first));
    arena_clear(&arena);
}

static void visit_round_trip(const struct xdr_type *type, void *opaque)
{
    for (int i = 0; i < 30; i++)
        round_trip(type, opaque, RANDOM_MIXED);
    round_trip(type, opaque, RANDOM_EMPTY);
    round_trip(type, opaque, RANDOM_TINY);
}

static void test_round_trips(void **unused)
{
    uint64_t state = SEED;
    (void)unused;
    each_type(visit_round_trip, &state);
}

/* The empty value takes exactly wire_min bytes: the decoder bounds announced counts by it. */
static void visit_wire_min(const struct xdr_type *type, void *opaque)
{
    struct arena arena;
    auto_buf struct buf out = BUF_INIT;
    arena_init(&arena, 0);
    assert_int_equal(xdr_encode(type, random_value(opaque, type, RANDOM_EMPTY, &arena), &out), 0);
    if (buf_length(&out) != type->wire_min)
        fail_msg("%s: wire_min is %u, the empty value has %zu bytes", type->name, type->wire_min, buf_length(&out));
    arena_clear(&arena);
}

static void test_wire_min(void **unused)
{
    uint64_t state = SEED;
    (void)unused;
    each_type(visit_wire_min, &state);
}

static void visit_mutations(const struct xdr_type *type, void *opaque)
{
    struct arena arena;
    auto_buf struct buf out = BUF_INIT;
    arena_init(&arena, 0);
    assert_int_equal(xdr_encode(type, random_value(opaque, type, RANDOM_MIXED, &arena), &out), 0);
    arena_clear(&arena);
    for (size_t cut = 0; cut < buf_length(&out); cut++) {
        if (decodes(type, buf_bytes(&out), cut))
            fail_msg("%s: decodes though %zu of its bytes are missing", type->name, buf_length(&out) - cut);
    }
    for (size_t bit = 0; bit < buf_length(&out) * 8; bit++) {
        auto_buf struct buf again = BUF_INIT;
        void *value;
        size_t used;
        buf_bytes(&out)[bit / 8] ^= (char)(1 << bit % 8);
        if (decode(type, buf_bytes(&out), buf_length(&out), &arena, &value, &used) == 0) {
            assert_true(used <= buf_length(&out));
            if (xdr_encode(type, value, &again) < 0)
                fail_msg("%s: what decodes with bit %zu flipped does not encode", type->name, bit);
        }
        arena_reset(&arena, 0);
        buf_bytes(&out)[bit / 8] ^= (char)(1 << bit % 8);
    }
    arena_clear(&arena);
}

static void test_truncations_and_bit_flips(void **unused)
{
    uint64_t state = SEED;
    (void)unused;
    each_type(visit_mutations, &state);
}

static bool is_counted(const struct xdr_field *field)
{
    return field->form == XDR_ARRAY || field->kind == XDR_STRING || field->kind == XDR_BYTES ||
           field->kind == XDR_CHARS;
}

static uint32_t limit_of(const struct xdr_field *field)
{
    return field->kind == XDR_STRING && field->form != XDR_ARRAY && !field->max ? XDR_STRING_MAX : field->max;
}

/* Least bytes of one of the things that the field counts. */
static size_t counted_size(const struct xdr_field *field)
{
    if (field->form != XDR_ARRAY)
        return field->kind == XDR_CHARS ? 4 : 1;
    if (field->kind == XDR_STRUCT)
        return field->type->wire_min;
    if (field->kind == XDR_UUID)
        return 16;
    return field->kind == XDR_TYPED                                                             ? 12
           : field->kind == XDR_HYPER || field->kind == XDR_UHYPER || field->kind == XDR_DOUBLE ? 8
                                                                                                : 4;
}

static void add_u32(struct buf *out, uint32_t value)
{
    char word[4];
    xdr_put_u32(word, value);
    assert_int_equal(buf_add(out, word, 4), 0);
}

/* The smallest value of type up to field `index`, whose count is announced as `count` and followed by `items` items,
 * then the smallest rest and room to spare. */
static void build(const struct xdr_type *type, uint32_t index, uint32_t count, uint32_t items, struct buf *out)
{
    struct arena arena;
    uint64_t state = SEED;
    const struct xdr_field *field = &type->fields[index];
    struct xdr_type before = *type;
    before.count = index;
    arena_init(&arena, 0);
    void *value = random_value(&state, type, RANDOM_EMPTY, &arena);
    assert_int_equal(xdr_encode(&before, value, out), 0);
    if (field->form == XDR_OPTIONAL)
        add_u32(out, 1);
    add_u32(out, count);
    size_t size = items * counted_size(field), start = buf_length(out);
    size = (size + 3) & ~(size_t)3;
    memset(buf_reserve(out, size), 0, size);
    out->end += size;
    for (uint32_t i = 0; field->kind == XDR_TYPED && i < items; i++)
        xdr_put_u32(buf_bytes(out) + start + i * 12 + 4, 1);
    struct xdr_type after = *type;
    after.fields += index + 1;
    after.count -= index + 1;
    assert_int_equal(xdr_encode(&after, value, out), 0);
    memset(buf_reserve(out, 64), 0, 64);
    out->end += 64;
    arena_clear(&arena);
}

static bool builds_and_decodes(const struct xdr_type *type, uint32_t index, uint32_t count, uint32_t items)
{
    auto_buf struct buf out = BUF_INIT;
    build(type, index, count, items, &out);
    return decodes(type, buf_bytes(&out), buf_length(&out));
}

/* A value with count things in the field; the things are all zero, typed parameters excepted. */
static int encode_count(const struct xdr_type *type, uint32_t index, uint32_t count)
{
    struct arena arena;
    uint64_t state = SEED;
    auto_buf struct buf out = BUF_INIT;
    const struct xdr_field *field = &type->fields[index];
    arena_init(&arena, 0);
    char *value = random_value(&state, type, RANDOM_EMPTY, &arena);
    void *member = value + field->offset;
    if (field->kind == XDR_STRING && field->form != XDR_ARRAY) {
        *(char **)member = memset(arena_alloc(&arena, (size_t)count + 1), 'x', count);
    } else {
        auto_buf struct buf bytes = BUF_INIT;
        void *built;
        struct xdr_field wide = *field; /* the same field without its limit makes the items */
        struct xdr_type one = { "one", type->size, 0, 1, &wide };
        struct xdr_array *array = member;
        wide.max = UINT32_MAX;
        build(type, index, count, count, &bytes);
        struct xdr_type before = *type;
        auto_buf struct buf prefix = BUF_INIT;
        before.count = index;
        assert_int_equal(xdr_encode(&before, value, &prefix), 0);
        size_t skip = buf_length(&prefix);
        assert_int_equal(decode(&one, buf_bytes(&bytes) + skip, buf_length(&bytes) - skip, &arena, &built, NULL), 0);
        *array = *(struct xdr_array *)((char *)built + field->offset);
    }
    int result = xdr_encode(type, value, &out);
    if (result < 0)
        assert_int_equal(buf_length(&out), 0);
    arena_clear(&arena);
    return result;
}

/* Bytes of memory that a count costs which no items follow. */
static size_t cost_of_count(const struct xdr_type *type, uint32_t index, uint32_t count)
{
    struct arena arena;
    auto_buf struct buf out = BUF_INIT;
    void *value;
    arena_init(&arena, 0);
    build(type, index, count, 0, &out);
    (void)decode(type, buf_bytes(&out), buf_length(&out), &arena, &value, NULL);
    size_t cost = arena.used - type->size;
    arena_clear(&arena);
    return cost > 4 * buf_length(&out) ? cost - 4 * buf_length(&out) : 0;
}

static void visit_limits(const struct xdr_type *type, void *opaque)
{
    static const uint32_t absurd[] = { 0x7fffffff, 0x80000000, 0xfffffffc, 0xfffffffd, 0xfffffffe, 0xffffffff };
    unsigned int *limits = opaque;
    for (uint32_t i = 0; i < type->count; i++) {
        const struct xdr_field *field = &type->fields[i];
        if (!is_counted(field))
            continue;
        uint32_t max = limit_of(field);
        (*limits)++;
        assert_true(max > 0);
        for (size_t k = 0; k < array_size(absurd); k++) {
            if (builds_and_decodes(type, i, absurd[k], 1000))
                fail_msg("%s, field %u: count %u is accepted", type->name, i, absurd[k]);
        }
        if (cost_of_count(type, i, max) > 256)
            fail_msg("%s, field %u: memory is taken for %u announced items that are not there", type->name, i, max);
        if (builds_and_decodes(type, i, 1001, 900) && max > 1000 && counted_size(field) > 4)
            fail_msg("%s, field %u: more items than bytes", type->name, i);
        if ((uint64_t)max * counted_size(field) > LARGEST)
            continue;
        if (!builds_and_decodes(type, i, max, max))
            fail_msg("%s, field %u: its limit %u is not accepted", type->name, i, max);
        if (builds_and_decodes(type, i, max + 1, max + 1))
            fail_msg("%s, field %u: one more than its limit %u is accepted", type->name, i, max);
        if (encode_count(type, i, max) < 0)
            fail_msg("%s, field %u: its limit %u is not encoded", type->name, i, max);
        if (encode_count(type, i, max + 1) == 0)
            fail_msg("%s, field %u: one more than its limit %u is encoded", type->name, i, max);
    }
}

static void test_limits(void **unused)
{
    unsigned int limits = 0;
    (void)unused;
    each_type(visit_limits, &limits);
    assert_true(limits > 300);
}

static void test_unknown_discriminants(void **unused)
{
    static const struct xdr_field field = { XDR_TYPED, XDR_ONE, 0, 0, NULL };
    static const struct xdr_type type = { "typed", sizeof(struct typed_param), 12, 1, &field };
    static const size_t sizes[] = { [1] = 4, [2] = 4, [3] = 8, [4] = 8, [5] = 8, [6] = 4, [7] = 4 };
    static const uint32_t wrong[] = { 0, 8, 9, 256, 0x80000001, 0xffffffff, 0x01000000 };
    unsigned char bytes[16 + 16] = { 0, 0, 0, 1, 'n' };
    (void)unused;
    for (uint32_t i = 1; i < array_size(sizes); i++) {
        xdr_put_u32(bytes + 8, i);
        assert_true(decodes(&type, bytes, 12 + sizes[i]));
        assert_false(decodes(&type, bytes, 12 + sizes[i] - 1));
    }
    for (size_t i = 0; i < array_size(wrong); i++) {
        struct typed_param param = { (char *)"n", (int)wrong[i], { 0 } };
        auto_buf struct buf out = BUF_INIT;
        xdr_put_u32(bytes + 8, wrong[i]);
        assert_false(decodes(&type, bytes, sizeof bytes));
        assert_int_equal(xdr_encode(&type, &param, &out), -1);
        assert_int_equal(buf_length(&out), 0);
    }
}

/* What stock's decoder forgives, ours does: bytes behind the struct, padding that is not zero, any marker but 0. */
static void test_forgiven(void **unused)
{
    static const struct xdr_field fields[] = { { XDR_STRING, XDR_OPTIONAL, 0, 5, NULL },
                                               { XDR_INT, XDR_OPTIONAL, sizeof(char *), 0, NULL } };
    static const struct xdr_type type = { "forgiven", 2 * sizeof(char *), 8, 2, fields };
    static const unsigned char bytes[] = { 0x80, 0, 0, 0,    0,    0,    0,    3,   'a', 'b', 'c', 0xff, 0,
                                           0,    0, 2, 0xff, 0xff, 0xff, 0xfe, 't', 'r', 'a', 'i', 'l' };
    struct { char *text; int *number; } *value;
    struct arena arena;
    size_t used;
    (void)unused;
    arena_init(&arena, 0);
    assert_int_equal(decode(&type, bytes, sizeof bytes, &arena, (void **)&value, &used), 0);
    assert_int_equal(used, 20);
    assert_string_equal(value->text, "abc");
    assert_int_equal(*value->number, -2);
    arena_clear(&arena);
    assert_int_equal(xdr_decode(NULL, bytes, sizeof bytes, NULL, NULL, &used), 0);
    assert_int_equal(used, 0);
}

static void test_required_pointers(void **unused)
{
    struct domain_lookup_by_name_args args = { NULL };
    auto_buf struct buf out = BUF_INIT;
    (void)unused;
    assert_int_equal(buf_adds(&out, "kept"), 0);
    assert_int_equal(xdr_encode(&domain_lookup_by_name_args_type, &args, &out), -1);
    assert_int_equal(buf_length(&out), 4);
    assert_memory_equal(buf_bytes(&out), "kept", 4);
}

/* Whatever a valid message holds, the bound that server_decode() sets on its memory suffices. */
static void bounded(const struct call_row *row, uint64_t *state, enum random_style style)
{
    struct arena arena, received;
    auto_buf struct buf out = BUF_INIT;
    void *args;
    arena_init(&arena, 0);
    arena_init(&received, 0);
    assert_int_equal(xdr_encode(row->args, random_value(state, row->args, style, &arena), &out), 0);
    error_reset();
    if (server_decode(row, (unsigned char *)buf_bytes(&out), buf_length(&out), &received, &args) < 0)
        fail_msg("%s: %zu bytes need more memory than the server allows", row->name, buf_length(&out));
    if (received.used > row->args->size + 4 * buf_length(&out) + 4096)
        fail_msg("%s: %zu bytes became %zu", row->name, buf_length(&out), received.used);
    arena_clear(&received);
    for (size_t max = 8; max < 4096; max += 8) { /* and with less memory it fails, and leaves nothing behind */
        void *value = arena_alloc(&arena, row->args->size);
        arena_init(&received, max);
        bool good = xdr_decode(row->args, buf_bytes(&out), buf_length(&out), &received, value, NULL) == 0;
        bool enough = received.used <= max;
        arena_clear(&received);
        assert_true(enough);
        if (good)
            break;
    }
    arena_clear(&arena);
}

static void test_memory_bound(void **unused)
{
    uint64_t state = SEED;
    (void)unused;
    for (int proc = 0; proc < PROC_COUNT; proc++) {
        for (int style = 0; call_rows[proc].args && style < 3; style++)
            bounded(&call_rows[proc], &state, (enum random_style)style);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_wire_min),
        cmocka_unit_test(test_truncations_and_bit_flips),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_unknown_discriminants),
        cmocka_unit_test(test_forgiven),
        cmocka_unit_test(test_required_pointers),
        cmocka_unit_test(test_memory_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
