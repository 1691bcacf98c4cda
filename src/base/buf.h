/* SPDX-License-Identifier: MIT
 * A growing byte buffer with a consumed prefix: text being formatted, bytes waiting for a socket.
 * Out of memory is sticky (`failed`), so that a formatter checks once, at buf_take() or at the end.
 */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data;    /* owned; data[start..end) is the content */
    size_t start;  /* bytes already consumed */
    size_t end;    /* end of the content */
    size_t size;   /* bytes allocated */
    bool failed;   /* an allocation failed; the content is incomplete */
};

#define BUF_INIT { 0 }

/* Frees the storage; the buffer is empty and usable afterwards. */
void buf_clear(struct buf *buf);
/* Room for `more` bytes behind the content; the place to write them, or NULL when out of memory. */
char *buf_reserve(struct buf *buf, size_t more);
/* Appends. -1 when out of memory (also recorded in `failed`). */
int buf_add(struct buf *buf, const void *data, size_t length);
int buf_adds(struct buf *buf, const char *text);
int buf_addc(struct buf *buf, char c);
int buf_addf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
int buf_vaddf(struct buf *buf, const char *format, va_list args);
/* Drops `length` bytes from the front of the content. */
void buf_consume(struct buf *buf, size_t length);
/* The content as a NUL-terminated string that the caller frees; the buffer becomes empty. NULL when `failed`. */
char *buf_take(struct buf *buf);

static inline size_t buf_length(const struct buf *buf)
{
    return buf->end - buf->start;
}

static inline char *buf_bytes(const struct buf *buf)
{
    return buf->data ? buf->data + buf->start : NULL;
}

static inline void buf_cleanup(struct buf *buf)
{
    buf_clear(buf);
}
#define auto_buf __attribute__((cleanup(buf_cleanup)))
