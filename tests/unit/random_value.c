/* SPDX-License-Identifier: MIT
 * Random values and their comparison.
 */
#include "random_value.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "wire/calls.h"
#include "wire/messages.h"

#define MIXED_MAX 5
#define TINY_ITEMS 400

uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint32_t random_count(uint64_t *state, enum random_style style, uint32_t max)
{
    uint32_t wanted = style == RANDOM_EMPTY  ? 0
                      : style == RANDOM_TINY ? TINY_ITEMS
                                             : (uint32_t)(random_next(state) % (MIXED_MAX + 1));
    return wanted < max ? wanted : max;
}

static char *random_text(uint64_t *state, enum random_style style, uint32_t max, struct arena *arena)
{
    uint32_t length = style == RANDOM_MIXED ? (uint32_t)(random_next(state) % 12) : style == RANDOM_TINY ? 1 : 0;
    if (max && length > max)
        length = max;
    char *text = arena_alloc(arena, length + 1);
    for (uint32_t i = 0; i < length; i++)
        text[i] = (char)(1 + random_next(state) % 255);
    return text;
}

static void random_bytes(uint64_t *state, void *place, size_t length)
{
    for (size_t i = 0; i < length; i++)
        ((unsigned char *)place)[i] = (unsigned char)random_next(state);
}

static void random_typed(uint64_t *state, enum random_style style, struct typed_param *param, struct arena *arena)
{
    param->field = random_text(state, style, 0, arena);
    param->type = style == RANDOM_MIXED ? 1 + (int)(random_next(state) % 7) : style == RANDOM_TINY ? 7 : 1;
    if (param->type == 7)
        param->value.s = random_text(state, style, 0, arena);
    else if (param->type == 3 || param->type == 4 || param->type == 5)
        param->value.ul = random_next(state);
    else
        param->value.ui = (uint32_t)random_next(state);
}

size_t value_item_size(const struct xdr_field *field)
{
    static const size_t sizes[] = {
        [XDR_INT] = sizeof(int), [XDR_UINT] = sizeof(unsigned int), [XDR_HYPER] = sizeof(int64_t),
        [XDR_UHYPER] = sizeof(uint64_t), [XDR_DOUBLE] = sizeof(double), [XDR_CHAR] = 1, [XDR_UCHAR] = 1,
        [XDR_USHORT] = sizeof(unsigned short), [XDR_STRING] = sizeof(char *), [XDR_UUID] = UUID_LENGTH,
        [XDR_BYTES] = sizeof(struct xdr_array), [XDR_CHARS] = sizeof(struct xdr_array),
        [XDR_TYPED] = sizeof(struct typed_param),
    };
    return field->kind == XDR_STRUCT ? field->type->size : sizes[field->kind];
}

static void random_struct(uint64_t *state, const struct xdr_type *type, enum random_style style, char *place,
                          struct arena *arena);

static void random_item(uint64_t *state, const struct xdr_field *field, enum random_style style, void *place,
                        struct arena *arena)
{
    struct xdr_array *array = place;
    switch ((enum xdr_kind)field->kind) {
    case XDR_STRING:
        *(char **)place = random_text(state, style, field->form == XDR_ARRAY ? 0 : field->max, arena);
        break;
    case XDR_CHAR:
        random_bytes(state, place, field->max ? field->max : 1);
        break;
    case XDR_BYTES:
    case XDR_CHARS:
        array->length = style == RANDOM_TINY ? 0 : random_count(state, style, field->max);
        array->items = arena_alloc(arena, array->length);
        random_bytes(state, array->items, array->length);
        break;
    case XDR_TYPED:
        random_typed(state, style, place, arena);
        break;
    case XDR_STRUCT:
        random_struct(state, field->type, style, place, arena);
        break;
    default:
        random_bytes(state, place, value_item_size(field));
    }
}

static void random_struct(uint64_t *state, const struct xdr_type *type, enum random_style style, char *place,
                          struct arena *arena)
{
    for (uint32_t i = 0; i < type->count; i++) {
        const struct xdr_field *field = &type->fields[i];
        char *member = place + field->offset;
        if (field->form == XDR_ARRAY) {
            struct xdr_array *array = (struct xdr_array *)member;
            size_t size = value_item_size(field);
            array->length = random_count(state, style, field->max);
            array->items = arena_array(arena, array->length, size);
            for (uint32_t k = 0; k < array->length; k++)
                random_item(state, field, style, (char *)array->items + k * size, arena);
        } else if (field->form == XDR_ONE || (field->kind == XDR_STRING && random_count(state, style, 2))) {
            random_item(state, field, style, member, arena);
        } else if (random_count(state, style, 2) && field->kind != XDR_STRING) {
            void *value = arena_alloc(arena, value_item_size(field));
            random_item(state, field, style, value, arena);
            *(void **)member = value;
        }
    }
}

void *random_value(uint64_t *state, const struct xdr_type *type, enum random_style style, struct arena *arena)
{
    if (!type)
        return NULL;
    char *place = arena_alloc(arena, type->size);
    random_struct(state, type, style, place, arena);
    return place;
}

static bool typed_equal(const struct typed_param *a, const struct typed_param *b)
{
    if (!str_equal(a->field, b->field) || a->type != b->type)
        return false;
    if (a->type == 7)
        return str_equal(a->value.s, b->value.s);
    if (a->type == 3 || a->type == 4 || a->type == 5)
        return a->value.ul == b->value.ul;
    return a->value.ui == b->value.ui;
}

static bool item_equal(const struct xdr_field *field, const void *a, const void *b)
{
    const struct xdr_array *left = a, *right = b;
    switch ((enum xdr_kind)field->kind) {
    case XDR_STRING:
        return str_equal(*(char *const *)a, *(char *const *)b);
    case XDR_CHAR:
        return memcmp(a, b, field->max ? field->max : 1) == 0;
    case XDR_BYTES:
    case XDR_CHARS:
        return left->length == right->length && (!left->length || memcmp(left->items, right->items, left->length) == 0);
    case XDR_TYPED:
        return typed_equal(a, b);
    case XDR_STRUCT:
        return value_equal(field->type, a, b);
    default:
        return memcmp(a, b, value_item_size(field)) == 0;
    }
}

static bool array_equal(const struct xdr_field *field, const struct xdr_array *a, const struct xdr_array *b)
{
    size_t size = value_item_size(field);
    bool equal = a->length == b->length;
    for (uint32_t i = 0; equal && i < a->length; i++)
        equal = item_equal(field, (const char *)a->items + i * size, (const char *)b->items + i * size);
    return equal;
}

static bool member_equal(const struct xdr_field *field, const void *a, const void *b)
{
    if (field->form == XDR_ONE || field->kind == XDR_STRING)
        return field->form == XDR_ARRAY ? array_equal(field, a, b) : item_equal(field, a, b);
    if (field->form == XDR_ARRAY)
        return array_equal(field, a, b);
    const void *left = *(void *const *)a, *right = *(void *const *)b;
    return !left || !right ? left == right : item_equal(field, left, right);
}

bool value_equal(const struct xdr_type *type, const void *a, const void *b)
{
    bool equal = true;
    for (uint32_t i = 0; type && equal && i < type->count; i++) {
        const struct xdr_field *field = &type->fields[i];
        equal = member_equal(field, (const char *)a + field->offset, (const char *)b + field->offset);
    }
    return equal;
}

struct seen {
    const struct xdr_type *types[PROC_COUNT * 3];
    size_t count;
};

static void see(struct seen *seen, const struct xdr_type *type)
{
    for (size_t i = 0; i < seen->count; i++) {
        if (seen->types[i] == type)
            return;
    }
    if (!type)
        return;
    seen->types[seen->count++] = type;
    for (uint32_t i = 0; i < type->count; i++) {
        if (type->fields[i].kind == XDR_STRUCT)
            see(seen, type->fields[i].type);
    }
}

void each_type(void (*visit)(const struct xdr_type *type, void *opaque), void *opaque)
{
    struct seen *seen = calloc(1, sizeof *seen);
    if (!seen)
        abort();
    see(seen, &wire_error_type);
    for (int proc = 0; proc < PROC_COUNT; proc++) {
        see(seen, call_rows[proc].args);
        see(seen, call_rows[proc].ret);
    }
    for (size_t i = 0; i < seen->count; i++)
        visit(seen->types[i], opaque);
    free(seen);
}
