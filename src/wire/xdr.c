/* SPDX-License-Identifier: MIT
 * The interpreter of the field tables. Every count is compared with its limit and with the bytes that are left before
 * anything is allocated; memory comes from the caller's arena only.
 */
#include "wire/xdr.h"

#include <stdbool.h>
#include <string.h>

#define UUID_BYTES 16
#define TYPED_MIN 12 /* an empty field name, the discriminant, the smallest value */

enum { TYPED_INT = 1, TYPED_UINT, TYPED_LLONG, TYPED_ULLONG, TYPED_DOUBLE, TYPED_BOOLEAN, TYPED_STRING };

struct reader {
    const unsigned char *next;
    size_t left;
    struct arena *arena;
};

/* The next `length` bytes, or NULL when there are fewer. */
static const unsigned char *take(struct reader *in, size_t length)
{
    if (length > in->left)
        return NULL;
    const unsigned char *data = in->next;
    in->next += length;
    in->left -= length;
    return data;
}

static int read_u32(struct reader *in, uint32_t *ret_value)
{
    const unsigned char *data = take(in, 4);
    if (!data)
        return -1;
    *ret_value = xdr_get_u32(data);
    return 0;
}

static int read_u64(struct reader *in, uint64_t *ret_value)
{
    const unsigned char *data = take(in, 8);
    if (!data)
        return -1;
    *ret_value = (uint64_t)xdr_get_u32(data) << 32 | xdr_get_u32(data + 4);
    return 0;
}

static size_t padded(size_t length)
{
    return (length + 3) & ~(size_t)3;
}

/* A counted run of bytes; the padding is skipped whatever it holds, as stock does. */
static const unsigned char *read_run(struct reader *in, uint32_t max, uint32_t *ret_length)
{
    uint32_t length;
    if (read_u32(in, &length) < 0 || length > max)
        return NULL;
    *ret_length = length;
    return take(in, padded(length));
}

static int read_string(struct reader *in, uint32_t max, char **ret_text)
{
    static char empty[1];
    uint32_t length;
    const unsigned char *bytes = read_run(in, max ? max : XDR_STRING_MAX, &length);
    if (!bytes)
        return -1;
    char *text = length ? arena_strndup(in->arena, (const char *)bytes, length) : empty;
    if (!text)
        return -1;
    *ret_text = text;
    return 0;
}

static int read_typed(struct reader *in, struct typed_param *param)
{
    uint32_t type, word;
    uint64_t wide;
    if (read_string(in, 0, &param->field) < 0 || read_u32(in, &type) < 0)
        return -1;
    param->type = (int)type;
    switch (type) {
    case TYPED_INT:
    case TYPED_UINT:
    case TYPED_BOOLEAN:
        if (read_u32(in, &word) < 0)
            return -1;
        param->value.ui = word;
        return 0;
    case TYPED_LLONG:
    case TYPED_ULLONG:
    case TYPED_DOUBLE:
        if (read_u64(in, &wide) < 0)
            return -1;
        param->value.ul = wide; /* a double shares the bits */
        return 0;
    case TYPED_STRING:
        return read_string(in, 0, &param->value.s);
    }
    return -1;
}

/* Size in memory and least size on the wire of one item. */
static void item_sizes(const struct xdr_field *field, size_t *ret_size, size_t *ret_wire)
{
    switch ((enum xdr_kind)field->kind) {
    case XDR_HYPER:
    case XDR_UHYPER:
    case XDR_DOUBLE:
        *ret_size = *ret_wire = 8;
        return;
    case XDR_STRING:
        *ret_size = sizeof(char *);
        *ret_wire = 4;
        return;
    case XDR_UUID:
        *ret_size = *ret_wire = UUID_BYTES;
        return;
    case XDR_TYPED:
        *ret_size = sizeof(struct typed_param);
        *ret_wire = TYPED_MIN;
        return;
    case XDR_STRUCT:
        *ret_size = field->type->size;
        *ret_wire = field->type->wire_min;
        return;
    case XDR_CHAR:
    case XDR_UCHAR:
        *ret_size = 1;
        *ret_wire = 4;
        return;
    case XDR_USHORT:
        *ret_size = 2;
        *ret_wire = 4;
        return;
    case XDR_BYTES:
    case XDR_CHARS:
        *ret_size = sizeof(struct xdr_array);
        *ret_wire = 4;
        return;
    case XDR_INT:
    case XDR_UINT:
        break;
    }
    *ret_size = *ret_wire = 4;
}

static int read_struct(struct reader *in, const struct xdr_type *type, char *place);

static int read_chars(struct reader *in, char *place, uint32_t length)
{
    const unsigned char *data = take(in, (size_t)length * 4);
    if (!data)
        return -1;
    for (uint32_t i = 0; i < length; i++)
        place[i] = (char)xdr_get_u32(data + 4 * (size_t)i);
    return 0;
}

static int read_item(struct reader *in, const struct xdr_field *field, void *place)
{
    uint32_t word;
    switch ((enum xdr_kind)field->kind) {
    case XDR_INT:
    case XDR_UINT:
        return read_u32(in, place);
    case XDR_HYPER:
    case XDR_UHYPER:
    case XDR_DOUBLE:
        return read_u64(in, place);
    case XDR_CHAR:
    case XDR_UCHAR:
        if (field->max)
            return read_chars(in, place, field->max);
        if (read_u32(in, &word) < 0)
            return -1;
        *(unsigned char *)place = (unsigned char)word;
        return 0;
    case XDR_USHORT:
        if (read_u32(in, &word) < 0)
            return -1;
        *(unsigned short *)place = (unsigned short)word;
        return 0;
    case XDR_STRING:
        return read_string(in, field->form == XDR_ARRAY ? 0 : field->max, place);
    case XDR_UUID: {
        const unsigned char *uuid = take(in, UUID_BYTES);
        if (!uuid)
            return -1;
        memcpy(place, uuid, UUID_BYTES);
        return 0;
    }
    case XDR_BYTES: {
        struct xdr_array *array = place;
        const unsigned char *bytes = read_run(in, field->max, &array->length);
        if (!bytes)
            return -1;
        array->items = arena_strndup(in->arena, (const char *)bytes, array->length);
        return array->items ? 0 : -1;
    }
    case XDR_CHARS: {
        struct xdr_array *array = place;
        if (read_u32(in, &array->length) < 0 || array->length > field->max || array->length > in->left / 4)
            return -1;
        array->items = arena_alloc(in->arena, (size_t)array->length + 1);
        return array->items ? read_chars(in, array->items, array->length) : -1;
    }
    case XDR_TYPED:
        return read_typed(in, place);
    case XDR_STRUCT:
        return read_struct(in, field->type, place);
    }
    return -1;
}

static int read_array(struct reader *in, const struct xdr_field *field, struct xdr_array *array)
{
    size_t size, wire;
    item_sizes(field, &size, &wire);
    if (read_u32(in, &array->length) < 0 || array->length > field->max || array->length > in->left / wire)
        return -1;
    array->items = arena_array(in->arena, array->length, size);
    if (!array->items)
        return -1;
    for (uint32_t i = 0; i < array->length; i++) {
        if (read_item(in, field, (char *)array->items + i * size) < 0)
            return -1;
    }
    return 0;
}

static int read_optional(struct reader *in, const struct xdr_field *field, void **pointer)
{
    size_t size, wire;
    uint32_t present;
    if (read_u32(in, &present) < 0)
        return -1;
    *pointer = NULL;
    if (!present)
        return 0;
    if (field->kind == XDR_STRING)
        return read_item(in, field, pointer);
    item_sizes(field, &size, &wire);
    *pointer = arena_alloc(in->arena, size);
    return *pointer ? read_item(in, field, *pointer) : -1;
}

static int read_struct(struct reader *in, const struct xdr_type *type, char *place)
{
    for (uint32_t i = 0; i < type->count; i++) {
        const struct xdr_field *field = &type->fields[i];
        void *member = place + field->offset;
        int result = field->form == XDR_ONE     ? read_item(in, field, member)
                     : field->form == XDR_ARRAY ? read_array(in, field, member)
                                                : read_optional(in, field, member);
        if (result < 0)
            return -1;
    }
    return 0;
}

int xdr_decode(const struct xdr_type *type, const void *data, size_t length, struct arena *arena, void *ret_value,
               size_t *ret_used)
{
    struct reader in = { data, length, arena };
    if (type) {
        memset(ret_value, 0, type->size);
        if (read_struct(&in, type, ret_value) < 0)
            return -1;
    }
    if (ret_used)
        *ret_used = length - in.left;
    return 0;
}

static int write_u32(struct buf *out, uint32_t value)
{
    char *place = buf_reserve(out, 4);
    if (!place)
        return -1;
    xdr_put_u32(place, value);
    out->end += 4;
    return 0;
}

static int write_u64(struct buf *out, uint64_t value)
{
    char *place = buf_reserve(out, 8);
    if (!place)
        return -1;
    xdr_put_u32(place, (uint32_t)(value >> 32));
    xdr_put_u32(place + 4, (uint32_t)value);
    out->end += 8;
    return 0;
}

static int write_run(struct buf *out, const void *bytes, size_t length)
{
    char *place = buf_reserve(out, 4 + padded(length));
    if (!place)
        return -1;
    xdr_put_u32(place, (uint32_t)length);
    memset(place + 4 + (length & ~(size_t)3), 0, padded(length) - (length & ~(size_t)3));
    if (length)
        memcpy(place + 4, bytes, length);
    out->end += 4 + padded(length);
    return 0;
}

static int write_string(struct buf *out, const char *text, uint32_t max)
{
    if (!text)
        return -1;
    size_t length = strlen(text);
    return length > (max ? max : XDR_STRING_MAX) ? -1 : write_run(out, text, length);
}

static int write_typed(struct buf *out, const struct typed_param *param)
{
    if (write_string(out, param->field, 0) < 0 || write_u32(out, (uint32_t)param->type) < 0)
        return -1;
    switch (param->type) {
    case TYPED_INT:
    case TYPED_UINT:
    case TYPED_BOOLEAN:
        return write_u32(out, param->value.ui);
    case TYPED_LLONG:
    case TYPED_ULLONG:
    case TYPED_DOUBLE:
        return write_u64(out, param->value.ul);
    case TYPED_STRING:
        return write_string(out, param->value.s, 0);
    }
    return -1;
}

static int write_chars(struct buf *out, const char *chars, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (write_u32(out, (uint32_t)(int32_t)chars[i]) < 0)
            return -1;
    }
    return 0;
}

static int write_struct(struct buf *out, const struct xdr_type *type, const char *place);

static int write_item(struct buf *out, const struct xdr_field *field, const void *place)
{
    const struct xdr_array *array = place;
    switch ((enum xdr_kind)field->kind) {
    case XDR_INT:
    case XDR_UINT:
        return write_u32(out, *(const uint32_t *)place);
    case XDR_HYPER:
    case XDR_UHYPER:
    case XDR_DOUBLE:
        return write_u64(out, *(const uint64_t *)place);
    case XDR_CHAR:
        return write_chars(out, place, field->max ? field->max : 1);
    case XDR_UCHAR:
        return write_u32(out, *(const unsigned char *)place);
    case XDR_USHORT:
        return write_u32(out, *(const unsigned short *)place);
    case XDR_STRING:
        return write_string(out, *(char *const *)place, field->form == XDR_ARRAY ? 0 : field->max);
    case XDR_UUID:
        return buf_add(out, place, UUID_BYTES);
    case XDR_BYTES:
        return array->length > field->max ? -1 : write_run(out, array->items, array->length);
    case XDR_CHARS:
        if (array->length > field->max || write_u32(out, array->length) < 0)
            return -1;
        return write_chars(out, array->items, array->length);
    case XDR_TYPED:
        return write_typed(out, place);
    case XDR_STRUCT:
        return write_struct(out, field->type, place);
    }
    return -1;
}

static int write_member(struct buf *out, const struct xdr_field *field, const char *member)
{
    if (field->form == XDR_ONE)
        return write_item(out, field, member);
    if (field->form == XDR_OPTIONAL) {
        const void *value = *(void *const *)member;
        if (write_u32(out, value != NULL) < 0)
            return -1;
        return !value ? 0 : write_item(out, field, field->kind == XDR_STRING ? (const void *)member : value);
    }
    const struct xdr_array *array = (const void *)member;
    size_t size, wire;
    item_sizes(field, &size, &wire);
    if (array->length > field->max || write_u32(out, array->length) < 0)
        return -1;
    for (uint32_t i = 0; i < array->length; i++) {
        if (write_item(out, field, (const char *)array->items + i * size) < 0)
            return -1;
    }
    return 0;
}

static int write_struct(struct buf *out, const struct xdr_type *type, const char *place)
{
    for (uint32_t i = 0; i < type->count; i++) {
        if (write_member(out, &type->fields[i], place + type->fields[i].offset) < 0)
            return -1;
    }
    return 0;
}

int xdr_encode(const struct xdr_type *type, const void *value, struct buf *out)
{
    size_t before = buf_length(out);
    if (!type || write_struct(out, type, value) == 0)
        return 0;
    out->end = out->start + before;
    return -1;
}
