/* SPDX-License-Identifier: MIT
 * libFuzzer target: a byte stream in chunks. Byte 0: whether the server (0: with the test driver behind it) or the
 * client reads it; byte 1: the chunk size. Nothing of it touches a socket or a file.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dispatch/driver.h"
#include "rpc/client.h"
#include "rpc/server.h"
#include "rpc/session.h"

#define CHECK(condition) ((condition) ? (void)0 : abort())
#define PENDING 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct server {
    struct session session; /* first: the callbacks cast */
    struct conn conn;
    struct event_sink sink;
    struct buf events;
};

static void deliver(struct event_sink *sink, enum proc proc, const void *msg)
{
    struct server *server = (struct server *)((char *)sink - offsetof(struct server, sink));
    CHECK(server_event(&server->events, &call_rows[proc], msg) == 0);
}

static void answer(struct server *server, const struct frame_header *header, const struct call_row *row,
                   const unsigned char *payload, size_t length)
{
    struct arena arena;
    void *args;
    arena_init(&arena, 0);
    int result = server_decode(row, payload, length, &arena, &args);
    if (result == 0) {
        void *ret = row->ret ? arena_alloc(&arena, row->ret->size) : NULL;
        result = invoke(&server->conn, call_row_proc(row), args, ret, &arena);
        if (result == 0)
            CHECK(server_reply(&server->session.out, header, row, ret) == 0);
    }
    CHECK(result == 0 || error_is_set());
    if (result < 0)
        CHECK(server_reply_error(&server->session.out, header) == 0);
    arena_clear(&arena);
}

static enum session_verdict take(struct session *session, const struct frame_header *header,
                                 const unsigned char *payload, size_t length)
{
    struct server *server = (struct server *)session;
    const struct call_row *row;
    error_reset();
    enum server_judgement judgement = server_judge(header, &row);
    if (judgement == SERVER_REFUSE)
        CHECK(server_reply_error(&session->out, header) == 0);
    if (judgement == SERVER_DISPATCH) {
        size_t skip = header->type == FRAME_CALL_WITH_FDS ? 4 : 0;
        answer(server, header, row, payload + skip, length - skip);
    }
    return header->serial % 4 == 3 ? SESSION_PAUSE : SESSION_GO_ON;
}

static void feed(struct session *session, const uint8_t *data, size_t size, size_t chunk)
{
    for (size_t at = 0; at < size; at += chunk) {
        size_t length = size - at < chunk ? size - at : chunk;
        uint8_t *copy = malloc(length);
        memcpy(copy, data + at, length);
        int result = session_feed(session, copy, length);
        free(copy);
        if (result == 0 && session->paused && at % 3 == 0)
            result = session_resume(session);
        if (result < 0)
            return;
    }
}

static void serve(const uint8_t *data, size_t size, size_t chunk)
{
    static const struct session_ops ops = { take, FRAME_CALL_WITH_FDS };
    struct server server = { .sink.deliver = deliver };
    error_reset();
    CHECK(conn_open(&server.conn, "test:///default", 0) == 0);
    server.conn.sink = &server.sink;
    session_init(&server.session, &ops, FRAME_MAX);
    feed(&server.session, data, size, chunk);
    conn_close(&server.conn);
    session_clear(&server.session);
    buf_clear(&server.events);
}

static void ignore_event(struct client *client, enum proc proc, const void *msg)
{
    (void)client;
    (void)proc;
    (void)msg;
}

static void note_done(struct client *client, struct pending *pending)
{
    (void)client;
    CHECK(pending->done);
}

static void call(const uint8_t *data, size_t size, size_t chunk)
{
    static const enum proc procs[PENDING] = { PROC_CONNECT_GET_TYPE, PROC_CONNECT_LIST_ALL_DOMAINS,
                                              PROC_DOMAIN_GET_INFO, PROC_CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY };
    struct client client;
    struct pending pending[PENDING] = { 0 };
    struct arena arena;
    arena_init(&arena, 0);
    client_init(&client);
    client.event = ignore_event;
    client.done = note_done;
    for (int i = 0; i < PENDING; i++) {
        const struct call_row *row = &call_rows[procs[i]];
        void *args = row->args ? arena_alloc(&arena, row->args->size) : NULL;
        if (procs[i] == PROC_DOMAIN_GET_INFO)
            ((struct domain_get_info_args *)args)->dom.name = arena_strdup(&arena, "d");
        CHECK(client_begin(&client, &pending[i], procs[i], args, arena_alloc(&arena, row->ret->size), &arena) == 0);
    }
    feed(&client.session, data, size, chunk);
    error_reset();
    error_set(1, 1, 0, "the end");
    client_fail_all(&client);
    for (int i = 0; i < PENDING; i++) {
        CHECK(pending[i].done);
        error_clear(&pending[i].error);
    }
    client_clear(&client);
    arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t chunk = 1 + (size_t)data[1] * 17 % 300;
    if (data[0] % 2 == 0)
        serve(data + 2, size - 2, chunk);
    else
        call(data + 2, size - 2, chunk);
    error_reset();
    return 0;
}
