/* SPDX-License-Identifier: MIT
 * Judging and answering calls.
 */
#include "rpc/server.h"

#include <libvirt/virterror.h>

#include "base/error.h"
#include "wire/error_text.h"
#include "wire/messages.h"

#define ERROR_DOMAIN VIR_FROM_RPC
#define EVENT_SERIAL 1 /* what the stock daemon puts there; receivers ignore it */
#define ARENA_SLACK 4096
#define ARENA_FACTOR 4 /* bound of memory per byte received; the layouts of wire/messages.h need less than 3 */

static bool known_program(const struct frame_header *header)
{
    return header->version == PROGRAM_VERSION &&
           (header->program == PROGRAM_REMOTE || header->program == PROGRAM_QEMU || header->program == PROGRAM_LXC);
}

enum server_judgement server_judge(const struct frame_header *header, const struct call_row **ret_row)
{
    if (header->type != FRAME_CALL && header->type != FRAME_CALL_WITH_FDS)
        return SERVER_IGNORE;
    if (!known_program(header)) {
        fail(VIR_ERR_RPC, "Cannot find program %d version %d", (int)header->program, (int)header->version);
        return SERVER_REFUSE;
    }
    if (header->status != FRAME_OK) {
        fail(VIR_ERR_RPC, "Unexpected message status %u", header->status);
        return SERVER_REFUSE;
    }
    const struct call_row *row = call_row_find(header->program, header->proc);
    if (!row || row->flags & CALL_EVENT) {
        fail(VIR_ERR_RPC, "unknown procedure: %d", header->proc);
        return SERVER_REFUSE;
    }
    *ret_row = row;
    return SERVER_DISPATCH;
}

int server_decode(const struct call_row *row, const unsigned char *payload, size_t length, struct arena *arena,
                  void **ret_args)
{
    void *args = NULL;
    if (row->args) {
        arena->max = arena->used + row->args->size + length * ARENA_FACTOR + ARENA_SLACK;
        args = arena_alloc(arena, row->args->size);
        if (!args)
            return fail_no_memory();
        if (xdr_decode(row->args, payload, length, arena, args, NULL) < 0)
            return fail(VIR_ERR_RPC, "Unable to decode message payload");
        arena->max = 0;
    }
    *ret_args = args;
    return 0;
}

static struct frame_header reply_header(const struct frame_header *call, enum frame_status status)
{
    struct frame_header header = *call;
    header.type = FRAME_REPLY;
    header.status = status;
    return header;
}

int server_reply(struct buf *out, const struct frame_header *call, const struct call_row *row, const void *ret)
{
    struct frame_header header = reply_header(call, FRAME_OK);
    if (frame_append(out, &header, row->ret, ret) == 0)
        return 0;
    error_reset();
    fail(VIR_ERR_RPC, "Unable to encode message payload");
    return server_reply_error(out, call);
}

int server_reply_error(struct buf *out, const struct frame_header *call)
{
    struct frame_header header = reply_header(call, FRAME_ERROR);
    struct error error;
    struct arena arena;
    struct wire_error wire;
    error_take(&error);
    arena_init(&arena, 0);
    error_to_wire(&error, &arena, &wire);
    int result = frame_append(out, &header, &wire_error_type, &wire);
    arena_clear(&arena);
    error_clear(&error);
    return result;
}

int server_event(struct buf *out, const struct call_row *row, const void *msg)
{
    struct frame_header header = { .program = row->program, .version = PROGRAM_VERSION, .proc = row->number,
                                   .type = FRAME_MESSAGE, .serial = EVENT_SERIAL, .status = FRAME_OK };
    return frame_append(out, &header, row->args, msg);
}
