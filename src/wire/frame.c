/* SPDX-License-Identifier: MIT
 * Appends messages.
 */
#include "wire/frame.h"

int frame_append(struct buf *out, const struct frame_header *header, const struct xdr_type *type, const void *value)
{
    size_t before = buf_length(out);
    unsigned char *place = (unsigned char *)buf_reserve(out, FRAME_HEADER_SIZE);
    if (!place)
        return -1;
    frame_format(place, header);
    out->end += FRAME_HEADER_SIZE;
    size_t length = 0;
    int result = xdr_encode(type, value, out);
    if (result == 0) {
        length = buf_length(out) - before;
        result = length > FRAME_MAX ? -1 : 0;
    }
    if (result < 0) {
        out->end = out->start + before;
        return -1;
    }
    xdr_put_u32(buf_bytes(out) + before, (uint32_t)length);
    return 0;
}
