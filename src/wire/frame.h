/* SPDX-License-Identifier: MIT
 * The frame of a message: a 32-bit length that counts itself, a 24-byte header, the payload.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "wire/xdr.h"

#define FRAME_HEADER_SIZE 28u       /* length word and header: the smallest message */
#define FRAME_MAX 33554436u         /* the largest value of the length word */
#define FRAME_PREAUTH_MAX 73728u    /* the same before authentication: SASL data is at most 64 KiB */
#define FRAME_MAX_FDS 32u

enum frame_type {
    FRAME_CALL = 0,
    FRAME_REPLY = 1,
    FRAME_MESSAGE = 2,
    FRAME_STREAM = 3,
    FRAME_CALL_WITH_FDS = 4,
    FRAME_REPLY_WITH_FDS = 5,
    FRAME_STREAM_HOLE = 6,
};

enum frame_status { FRAME_OK = 0, FRAME_ERROR = 1, FRAME_CONTINUE = 2 };

struct frame_header {
    uint32_t length; /* of the whole message */
    uint32_t program;
    uint32_t version;
    int32_t proc;
    uint32_t type;
    uint32_t serial;
    uint32_t status;
};

/* The header at data, of which at least FRAME_HEADER_SIZE bytes are there. */
static inline struct frame_header frame_parse(const unsigned char *data)
{
    return (struct frame_header){
        .length = xdr_get_u32(data),       .program = xdr_get_u32(data + 4), .version = xdr_get_u32(data + 8),
        .proc = (int32_t)xdr_get_u32(data + 12), .type = xdr_get_u32(data + 16),    .serial = xdr_get_u32(data + 20),
        .status = xdr_get_u32(data + 24),
    };
}

/* Writes the header at place (FRAME_HEADER_SIZE bytes). */
static inline void frame_format(unsigned char *place, const struct frame_header *header)
{
    xdr_put_u32(place, header->length);
    xdr_put_u32(place + 4, header->program);
    xdr_put_u32(place + 8, header->version);
    xdr_put_u32(place + 12, (uint32_t)header->proc);
    xdr_put_u32(place + 16, header->type);
    xdr_put_u32(place + 20, header->serial);
    xdr_put_u32(place + 24, header->status);
}

/* Appends one whole message to out: header (its length is filled in here) and the encoded value (NULL type = empty).
 * -1 when the value cannot be encoded, is larger than a frame may be, or out of memory; out is then as before. */
int frame_append(struct buf *out, const struct frame_header *header, const struct xdr_type *type, const void *value);
