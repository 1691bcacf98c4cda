/* SPDX-License-Identifier: MIT
 * The codec against libtirpc: a second interpreter of the same field tables, made of libtirpc's xdr_*() primitives.
 * Both must give the same bytes and read each other's, for every message type.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <rpc/rpc.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "random_value.h"
#include "wire/xdr.h"

#include <cmocka.h>

#define SEED 0x7469727063u
#define VALUES 20
#define BYTES_MAX 65536

static const struct xdr_field *current; /* of which a callback of xdr_array() or xdr_pointer() is to do one item */

static bool_t peer_struct(XDR *xdrs, const struct xdr_type *type, char *place);

static bool_t peer_typed(XDR *xdrs, struct typed_param *param)
{
    if (!xdr_string(xdrs, &param->field, XDR_STRING_MAX) || !xdr_int(xdrs, &param->type))
        return FALSE;
    switch (param->type) {
    case 1:
        return xdr_int(xdrs, &param->value.i);
    case 2:
        return xdr_u_int(xdrs, &param->value.ui);
    case 3:
        return xdr_int64_t(xdrs, &param->value.l);
    case 4:
        return xdr_u_int64_t(xdrs, &param->value.ul);
    case 5:
        return xdr_double(xdrs, &param->value.d);
    case 6:
        return xdr_int(xdrs, &param->value.b);
    case 7:
        return xdr_string(xdrs, &param->value.s, XDR_STRING_MAX);
    }
    return FALSE;
}

static bool_t peer_item(XDR *xdrs, const struct xdr_field *field, void *place)
{
    struct xdr_array *array = place;
    switch ((enum xdr_kind)field->kind) {
    case XDR_INT:
        return xdr_int(xdrs, place);
    case XDR_UINT:
        return xdr_u_int(xdrs, place);
    case XDR_HYPER:
        return xdr_int64_t(xdrs, place);
    case XDR_UHYPER:
        return xdr_u_int64_t(xdrs, place);
    case XDR_DOUBLE:
        return xdr_double(xdrs, place);
    case XDR_CHAR:
        return field->max ? xdr_vector(xdrs, place, field->max, 1, (xdrproc_t)xdr_char) : xdr_char(xdrs, place);
    case XDR_UCHAR:
        return xdr_u_char(xdrs, place);
    case XDR_USHORT:
        return xdr_u_short(xdrs, place);
    case XDR_STRING:
        return xdr_string(xdrs, place, field->max && field->form != XDR_ARRAY ? field->max : XDR_STRING_MAX);
    case XDR_UUID:
        return xdr_opaque(xdrs, place, UUID_LENGTH);
    case XDR_BYTES:
        return xdr_bytes(xdrs, (char **)&array->items, &array->length, field->max);
    case XDR_CHARS:
        return xdr_array(xdrs, (char **)&array->items, &array->length, field->max, 1, (xdrproc_t)xdr_char);
    case XDR_TYPED:
        return peer_typed(xdrs, place);
    case XDR_STRUCT:
        return peer_struct(xdrs, field->type, place);
    }
    return FALSE;
}

static bool_t peer_current(XDR *xdrs, void *place, ...)
{
    const struct xdr_field *field = current;
    bool_t good = peer_item(xdrs, field, place);
    current = field;
    return good;
}

static bool_t peer_member(XDR *xdrs, const struct xdr_field *field, void *member)
{
    struct xdr_array *array = member;
    current = field;
    if (field->form == XDR_ARRAY)
        return xdr_array(xdrs, (char **)&array->items, &array->length, field->max, (u_int)value_item_size(field),
                         (xdrproc_t)peer_current);
    if (field->form == XDR_ONE)
        return peer_item(xdrs, field, member);
    if (field->kind != XDR_STRING)
        return xdr_pointer(xdrs, member, (u_int)value_item_size(field), (xdrproc_t)peer_current);
    char **text = member; /* our optional string is one pointer, libtirpc's would be two */
    bool_t present = *text != NULL;
    if (!xdr_bool(xdrs, &present))
        return FALSE;
    return !present || peer_item(xdrs, field, member);
}

static bool_t peer_struct(XDR *xdrs, const struct xdr_type *type, char *place)
{
    for (uint32_t i = 0; i < type->count; i++) {
        if (!peer_member(xdrs, &type->fields[i], place + type->fields[i].offset))
            return FALSE;
    }
    return TRUE;
}

static void compare(const struct xdr_type *type, uint64_t *state, enum random_style style)
{
    static char theirs[BYTES_MAX];
    struct arena arena;
    auto_buf struct buf ours = BUF_INIT;
    XDR xdrs;
    arena_init(&arena, 0);
    char *value = random_value(state, type, style, &arena);
    assert_int_equal(xdr_encode(type, value, &ours), 0);
    xdrmem_create(&xdrs, theirs, sizeof theirs, XDR_ENCODE);
    if (!peer_struct(&xdrs, type, value))
        fail_msg("%s: libtirpc does not encode it", type->name);
    size_t length = xdr_getpos(&xdrs);
    if (length != buf_length(&ours) || memcmp(theirs, buf_bytes(&ours), length) != 0)
        fail_msg("%s: %zu bytes of libtirpc differ from our %zu", type->name, length, buf_length(&ours));

    char *by_us = arena_alloc(&arena, type->size), *by_them = arena_alloc(&arena, type->size);
    assert_int_equal(xdr_decode(type, theirs, length, &arena, by_us, NULL), 0);
    assert_true(value_equal(type, value, by_us));
    xdrmem_create(&xdrs, buf_bytes(&ours), (u_int)buf_length(&ours), XDR_DECODE);
    if (!peer_struct(&xdrs, type, by_them) || xdr_getpos(&xdrs) != length)
        fail_msg("%s: libtirpc does not decode it to its end", type->name);
    if (!value_equal(type, value, by_them))
        fail_msg("%s: libtirpc decodes our bytes to another value", type->name);
    xdrs.x_op = XDR_FREE;
    peer_struct(&xdrs, type, by_them);
    arena_clear(&arena);
}

/* Whether a message with one bit flipped is one, both must agree on (texts with a NUL in them aside: they end there).
 */
static void compare_flips(const struct xdr_type *type, uint64_t *state)
{
    struct arena arena;
    auto_buf struct buf out = BUF_INIT;
    arena_init(&arena, 0);
    assert_int_equal(xdr_encode(type, random_value(state, type, RANDOM_MIXED, &arena), &out), 0);
    arena_clear(&arena);
    size_t length = buf_length(&out);
    for (size_t bit = 0; bit < length * 8; bit++) {
        XDR xdrs;
        char *bytes = buf_bytes(&out), *us = calloc(1, type->size), *them = calloc(1, type->size);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        int ours = xdr_decode(type, bytes, length, &arena, us, NULL);
        xdrmem_create(&xdrs, bytes, (u_int)length, XDR_DECODE);
        bool_t theirs = peer_struct(&xdrs, type, them);
        if ((ours == 0) != theirs)
            fail_msg("%s, bit %zu: we say %d, libtirpc says %d", type->name, bit, ours, theirs);
        if (theirs && !value_equal(type, us, them))
            fail_msg("%s, bit %zu: decoded to different values", type->name, bit);
        xdrs.x_op = XDR_FREE;
        peer_struct(&xdrs, type, them);
        free(us);
        free(them);
        arena_reset(&arena, 0);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
    }
    arena_clear(&arena);
}

static void visit(const struct xdr_type *type, void *opaque)
{
    for (int i = 0; i < VALUES; i++)
        compare(type, opaque, RANDOM_MIXED);
    compare(type, opaque, RANDOM_EMPTY);
    compare_flips(type, opaque);
}

static void test_same_bytes(void **unused)
{
    uint64_t state = SEED;
    (void)unused;
    each_type(visit, &state);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(test_same_bytes) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
