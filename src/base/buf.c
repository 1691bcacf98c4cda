/* SPDX-License-Identifier: MIT
 * Storage of struct buf. Grows by doubling, so that appending n bytes costs O(n); gives memory back when a large
 * buffer has been drained, so that one big message does not stay resident for the life of a connection.
 */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_KEEP 65536 /* a drained buffer above this size is released */

void buf_clear(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf)BUF_INIT;
}

char *buf_reserve(struct buf *buf, size_t more)
{
    size_t length = buf_length(buf);

    if (buf->failed || more > SIZE_MAX / 4 || length > SIZE_MAX / 4) {
        buf->failed = true;
        return NULL;
    }
    if (buf->data && buf->size - buf->end >= more)
        return buf->data + buf->end;
    if (buf->start > 0 && buf->size - length >= more && buf->start >= length) {
        memmove(buf->data, buf->data + buf->start, length);
    } else {
        size_t size = buf->size < 128 ? 256 : buf->size * 2;
        while (size < length + more)
            size *= 2;
        char *data = malloc(size);
        if (!data) {
            buf->failed = true;
            return NULL;
        }
        if (length > 0)
            memcpy(data, buf->data + buf->start, length);
        free(buf->data);
        buf->data = data;
        buf->size = size;
    }
    buf->start = 0;
    buf->end = length;
    return buf->data + buf->end;
}

int buf_add(struct buf *buf, const void *data, size_t length)
{
    char *place = buf_reserve(buf, length);
    if (!place)
        return -1;
    if (length > 0)
        memcpy(place, data, length);
    buf->end += length;
    return 0;
}

int buf_adds(struct buf *buf, const char *text)
{
    return buf_add(buf, text, strlen(text));
}

int buf_addc(struct buf *buf, char c)
{
    return buf_add(buf, &c, 1);
}

int buf_vaddf(struct buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *place = length < 0 ? NULL : buf_reserve(buf, (size_t)length + 1);
    if (place) {
        vsnprintf(place, (size_t)length + 1, format, again);
        buf->end += (size_t)length;
    }
    va_end(again);
    return place ? 0 : -1;
}

int buf_addf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int result = buf_vaddf(buf, format, args);
    va_end(args);
    return result;
}

void buf_consume(struct buf *buf, size_t length)
{
    buf->start += length;
    if (buf->start < buf->end)
        return;
    if (buf->size > BUF_KEEP)
        buf_clear(buf);
    buf->start = buf->end = 0;
}

char *buf_take(struct buf *buf)
{
    if (buf_addc(buf, '\0') < 0) {
        buf_clear(buf);
        return NULL;
    }
    if (buf->start > 0)
        memmove(buf->data, buf->data + buf->start, buf_length(buf));
    char *text = buf->data;
    *buf = (struct buf)BUF_INIT;
    return text;
}
