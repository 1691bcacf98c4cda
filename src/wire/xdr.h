/* SPDX-License-Identifier: MIT
 * XDR (RFC 4506) driven by tables: one interpreter encodes and decodes every message of the protocol.
 * The tables are generated from api/ (wire/messages.h, tables.c). Nothing else touches wire bytes but wire/frame.h.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

enum xdr_kind {
    XDR_INT,    /* int */
    XDR_UINT,   /* unsigned int */
    XDR_HYPER,  /* int64_t */
    XDR_UHYPER, /* uint64_t */
    XDR_DOUBLE, /* double */
    XDR_CHAR,   /* char, 4 bytes on the wire; with `max` in form XDR_ONE: an array of exactly max chars */
    XDR_UCHAR,  /* unsigned char, 4 bytes on the wire */
    XDR_USHORT, /* unsigned short, 4 bytes on the wire */
    XDR_STRING, /* char *, NUL-terminated in memory; at most max bytes */
    XDR_UUID,   /* unsigned char[16] */
    XDR_BYTES,  /* struct xdr_array of unsigned char; at most max */
    XDR_CHARS,  /* struct xdr_array of char, 4 bytes each on the wire; at most max */
    XDR_TYPED,  /* struct typed_param */
    XDR_STRUCT, /* the struct that `type` describes */
};

enum xdr_form {
    XDR_ONE,
    XDR_OPTIONAL, /* a pointer, NULL when absent (a string is a pointer already) */
    XDR_ARRAY,    /* struct xdr_array of the kind; at most max items */
};

struct xdr_field {
    uint8_t kind;
    uint8_t form;
    uint16_t offset; /* of the member in the C struct */
    uint32_t max;
    const struct xdr_type *type; /* of XDR_STRUCT */
};

struct xdr_type {
    const char *name;
    uint32_t size;     /* of the C struct */
    uint32_t wire_min; /* least bytes that one takes on the wire: bounds announced counts by the bytes left */
    uint32_t count;
    const struct xdr_field *fields;
};

/* Layout of every generated `struct { uint32_t length; T *items; }` member. */
struct xdr_array {
    uint32_t length;
    void *items;
};

/* A typed parameter as it travels. type: VIR_TYPED_PARAM_*. */
struct typed_param {
    char *field;
    int type;
    union {
        int i;
        unsigned int ui;
        int64_t l;
        uint64_t ul;
        double d;
        int b;
        char *s;
    } value;
};

/* Limit of strings that carry no limit of their own. */
#define XDR_STRING_MAX 4194304

/* Decodes one `type` from length bytes into *ret_value; strings and arrays live in arena, whose use is bounded by a
 * small multiple of length. ret_used (may be NULL): bytes consumed; trailing bytes are not an error. NULL type means
 * void. 0, or -1 when the bytes are not such a value or the arena is exhausted; *ret_value is then undefined. Sets no
 * error. */
int xdr_decode(const struct xdr_type *type, const void *data, size_t length, struct arena *arena, void *ret_value,
               size_t *ret_used);

/* Appends value to out. -1 when a string or array is over its limit, a required pointer is NULL, or out of memory;
 * out then has its former length. Sets no error. */
int xdr_encode(const struct xdr_type *type, const void *value, struct buf *out);

static inline uint32_t xdr_get_u32(const void *data)
{
    const unsigned char *b = data;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static inline void xdr_put_u32(void *place, uint32_t value)
{
    unsigned char *b = place;
    b[0] = (unsigned char)(value >> 24);
    b[1] = (unsigned char)(value >> 16);
    b[2] = (unsigned char)(value >> 8);
    b[3] = (unsigned char)value;
}
