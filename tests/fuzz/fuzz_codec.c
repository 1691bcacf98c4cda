/* SPDX-License-Identifier: MIT
 * libFuzzer target: two bytes choose a message type, the rest is decoded as one. What decodes must encode, and decode
 * again to an equal value. Memory is bounded as the server bounds it.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../unit/random_value.h"
#include "base/arena.h"
#include "base/buf.h"
#include "wire/calls.h"
#include "wire/xdr.h"

#define TYPES_MAX (3 * PROC_COUNT)
#define CHECK(condition) ((condition) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct xdr_type *types[TYPES_MAX];
static size_t types_count;

static void add_type(const struct xdr_type *type, void *opaque)
{
    (void)opaque;
    types[types_count++] = type;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (types_count == 0)
        each_type(add_type, NULL);
    if (size < 2)
        return 0;
    const struct xdr_type *type = types[(data[0] << 8 | data[1]) % types_count];
    struct arena arena, second;
    auto_buf struct buf once = BUF_INIT, twice = BUF_INIT;
    size_t used;
    size -= 2;
    arena_init(&arena, type->size + 8 + size * 4 + 4096);
    arena_init(&second, 0);
    void *value = arena_alloc(&arena, type->size), *again = arena_alloc(&second, type->size);
    if (xdr_decode(type, data + 2, size, &arena, value, &used) == 0) {
        CHECK(used <= size && used >= type->wire_min);
        CHECK(xdr_encode(type, value, &once) == 0);
        CHECK(xdr_decode(type, buf_bytes(&once), buf_length(&once), &second, again, &used) == 0);
        CHECK(used == buf_length(&once));
        CHECK(value_equal(type, value, again));
        CHECK(xdr_encode(type, again, &twice) == 0 && buf_length(&twice) == buf_length(&once));
    }
    arena_clear(&arena);
    arena_clear(&second);
    return 0;
}
