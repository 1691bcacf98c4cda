/* SPDX-License-Identifier: MIT
 * The call table: all that the schema says of a procedure, in one row. Generated from api/ (procs.h, calls.c).
 */
#pragma once
#include <stdint.h>

#include "wire/procs.h"
#include "wire/xdr.h"

#define PROGRAM_REMOTE 0x20008086u
#define PROGRAM_QEMU 0x20008087u
#define PROGRAM_LXC 0x00068000u
#define PROGRAM_ADMIN 0x06900690u
#define PROGRAM_KEEPALIVE 0x6b656570u
#define PROGRAM_VERSION 1u

enum call_flag {
    CALL_EVENT = 1 << 0,           /* a message that the server sends, not a call */
    CALL_WRITE = 1 << 1,           /* refused on a read-only connection ... */
    CALL_WRITE_IF_FLAGS = 1 << 2,  /* ... only if the field at cond_offset has a bit of cond_value */
    CALL_WRITE_IF_SOURCE = 1 << 3, /* ... only if the field at cond_offset equals cond_value */
    CALL_HIGH = 1 << 4,            /* may run in a worker kept for priority calls */
    CALL_FAST = 1 << 5,            /* memory only: answered on the I/O thread */
    CALL_PREAUTH = 1 << 6,         /* allowed before authentication */
    CALL_UPLOAD = 1 << 7,          /* opens a stream from the client */
    CALL_DOWNLOAD = 1 << 8,        /* opens a stream to the client */
    CALL_FDS_IN = 1 << 9,
    CALL_FDS_OUT = 1 << 10,
    CALL_SECURE = 1 << 11,         /* with CALL_WRITE_IF_FLAGS: because the flags reveal secrets */
};

/* An argument that is refused before a driver sees it. */
enum check_kind {
    CHECK_LIST_LIMIT,   /* 0 <= field <= max, of calls that list names or ids */
    CHECK_LIMIT,        /* the same of other calls; with offset2 the product of both */
    CHECK_NOT_NEGATIVE,
    CHECK_POSITIVE,
    CHECK_NOT_ZERO,
    CHECK_NOT_NULL,     /* a string that is absent, an array that is empty */
};

struct call_check {
    uint8_t kind;
    uint8_t width;     /* bytes of the field: 4 or 8 */
    uint16_t offset;   /* in the args */
    uint16_t offset2;  /* of the second factor, 0 = none */
    uint32_t max;
    const char *name;  /* as errors call the field */
    const char *limit; /* the error when it is over max */
};

struct call_row {
    const char *name;   /* DOMAIN_SUSPEND */
    const char *api;    /* virDomainSuspend: the public function that errors name */
    uint32_t program;
    int32_t number;     /* of the procedure in its program */
    uint32_t flags;     /* enum call_flag */
    uint16_t cond_offset;
    uint32_t cond_value;
    int16_t object_uuid; /* offset in the args of the UUID of the object that the call is about; -1 = none */
    int error_domain;    /* VIR_FROM_* of errors raised before a driver runs */
    const struct call_check *checks;
    unsigned int check_count;
    const struct xdr_type *args; /* NULL = void */
    const struct xdr_type *ret;
};

/* The rows, by enum proc. */
extern const struct call_row call_rows[PROC_COUNT];

/* The row of a procedure, or NULL when the program is unknown or has no such number. */
const struct call_row *call_row_find(uint32_t program, int32_t number);

static inline enum proc call_row_proc(const struct call_row *row)
{
    return (enum proc)(row - call_rows);
}
