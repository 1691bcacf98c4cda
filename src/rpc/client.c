/* SPDX-License-Identifier: MIT
 * Matches replies with calls by their serial, in whatever order they come.
 */
#include "rpc/client.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "wire/error_text.h"
#include "wire/messages.h"

#define ERROR_DOMAIN VIR_FROM_RPC

static char *copy_text(const char *text)
{
    return text ? strdup(text) : NULL;
}

static void error_from_wire(const struct wire_error *wire, struct error *ret_error)
{
    *ret_error = (struct error){ .code = wire->code ? wire->code : VIR_ERR_INTERNAL_ERROR, .domain = wire->domain,
                                 .level = wire->level, .int1 = wire->int1, .int2 = wire->int2 };
    ret_error->message = copy_text(wire->message ? wire->message : error_text_find(ret_error->code)->bare);
    ret_error->str1 = copy_text(wire->str1);
    ret_error->str2 = copy_text(wire->str2);
    ret_error->str3 = copy_text(wire->str3);
}

static void finish_failed(struct client *client, struct pending *pending)
{
    pending->failed = true;
    error_take(&pending->error);
    client_forget(client, pending);
    pending->done = true;
    client->done(client, pending);
}

static void take_error(struct client *client, struct pending *pending, const unsigned char *payload, size_t length)
{
    struct arena arena;
    struct wire_error wire;
    arena_init(&arena, length * 8 + 4096);
    error_reset();
    if (xdr_decode(&wire_error_type, payload, length, &arena, &wire, NULL) < 0) {
        fail(VIR_ERR_RPC, "Unable to decode the error reply to %s", pending->row->name);
    } else {
        struct error error;
        error_from_wire(&wire, &error);
        error_restore(&error);
    }
    arena_clear(&arena);
    finish_failed(client, pending);
}

static void take_reply(struct client *client, const struct frame_header *header, const unsigned char *payload,
                       size_t length)
{
    struct pending *pending = client->pending;
    while (pending && pending->serial != header->serial)
        pending = pending->next;
    if (!pending) {
        log_warning("a reply with serial %u, which no call waits for, is dropped", header->serial);
        return;
    }
    if (header->program != pending->row->program || header->proc != pending->row->number) {
        error_reset();
        fail(VIR_ERR_RPC, "the reply with serial %u is to procedure %d, the call was %s: the peer mixes replies up",
             header->serial, header->proc, pending->row->name);
        finish_failed(client, pending);
        return;
    }
    if (header->status == FRAME_ERROR) {
        take_error(client, pending, payload, length);
        return;
    }
    if (header->status != FRAME_OK ||
        xdr_decode(pending->row->ret, payload, length, pending->arena, pending->ret, NULL) < 0) {
        error_reset();
        fail(VIR_ERR_RPC, "Unable to decode message payload: the reply to %s is not what the protocol says",
             pending->row->name);
        finish_failed(client, pending);
        return;
    }
    client_forget(client, pending);
    pending->done = true;
    client->done(client, pending);
}

static void take_event(struct client *client, const struct frame_header *header, const unsigned char *payload,
                       size_t length)
{
    const struct call_row *row = call_row_find(header->program, header->proc);
    if (!row || !(row->flags & CALL_EVENT))
        return;
    struct arena arena;
    arena_init(&arena, length * 8 + 4096);
    void *msg = row->args ? arena_alloc(&arena, row->args->size) : NULL;
    if (row->args && (!msg || xdr_decode(row->args, payload, length, &arena, msg, NULL) < 0))
        log_warning("an event %s that does not decode is dropped", row->name);
    else
        client->event(client, call_row_proc(row), msg);
    arena_clear(&arena);
}

static enum session_verdict take_message(struct session *session, const struct frame_header *header,
                                         const unsigned char *payload, size_t length)
{
    struct client *client = (struct client *)((char *)session - offsetof(struct client, session));
    if (header->type == FRAME_REPLY)
        take_reply(client, header, payload, length);
    else if (header->type == FRAME_MESSAGE)
        take_event(client, header, payload, length);
    return SESSION_GO_ON;
}

static const struct session_ops client_ops = { take_message, FRAME_REPLY_WITH_FDS };

void client_init(struct client *client)
{
    *client = (struct client){ 0 };
    session_init(&client->session, &client_ops, FRAME_MAX);
}

void client_clear(struct client *client)
{
    session_clear(&client->session);
}

int client_begin(struct client *client, struct pending *pending, enum proc proc, const void *args, void *ret,
                 struct arena *arena)
{
    const struct call_row *row = &call_rows[proc];
    struct frame_header header = { .program = row->program, .version = PROGRAM_VERSION, .proc = row->number,
                                   .type = FRAME_CALL, .serial = client->next_serial, .status = FRAME_OK };
    if (session_send(&client->session, &header, row->args, args) < 0)
        return fail(VIR_ERR_RPC,
                    "Unable to encode message payload of %s: an argument is longer than the protocol allows",
                    row->name);
    client->next_serial++;
    *pending =
        (struct pending) { .next = client->pending, .serial = header.serial, .row = row, .arena = arena, .ret = ret };
    client->pending = pending;
    return 0;
}

void client_forget(struct client *client, struct pending *pending)
{
    for (struct pending **link = &client->pending; *link; link = &(*link)->next) {
        if (*link == pending) {
            *link = pending->next;
            return;
        }
    }
}

void client_fail_all(struct client *client)
{
    struct error cause;
    error_take(&cause);
    while (client->pending) {
        error_set(cause.domain, cause.code, 0, "%s", cause.detail ? cause.detail : "client socket is closed");
        finish_failed(client, client->pending);
    }
    error_clear(&cause);
}
