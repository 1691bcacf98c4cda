/* SPDX-License-Identifier: MIT
 * From a message to its answer: judged by its header, by the phase of the connection, decoded, then answered at once
 * (fast) or by a worker (slow).
 */
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "base/str.h"
#include "daemon/connection.h"
#include "rpc/server.h"
#include "wire/messages.h"

#define ERROR_DOMAIN VIR_FROM_RPC
#define FEATURE_KEEPALIVE 10

/* A call that a worker runs. */
struct request {
    struct work work;
    struct post post;
    struct connection *connection;
    struct frame_header header;
    const struct call_row *row;
    struct arena arena; /* arguments and result */
    void *args;
    struct buf reply;
    bool lost; /* out of memory while encoding it */
};

static int answer(struct connection *connection, const struct frame_header *header, const struct call_row *row,
                  const void *ret)
{
    return server_reply(&connection->session.out, header, row, ret);
}

/* A second open fails, but as stock's does: with what is wrong about the URI, if anything is. */
static int refuse_second_open(const struct connect_open_args *args)
{
    struct conn scratch = { 0 };
    int result = conn_open(&scratch, args->name, args->flags);
    conn_close(&scratch);
    return result < 0 ? -1 : fail(VIR_ERR_INTERNAL_ERROR, "connection already open");
}

static int open_connection(struct connection *connection, const struct connect_open_args *args)
{
    struct conn *conn = &connection->conn;
    if (!args->name)
        return fail(VIR_ERR_INTERNAL_ERROR, "connection not open");
    if (conn->driver)
        return refuse_second_open(args);
    if (!*args->name)
        return fail(VIR_ERR_NO_CONNECT, "a URI: the daemon has no hypervisor to choose by itself; name one, such as "
                    "test:///default");
    return conn_open(conn, args->name, args->flags);
}

static int list_auth(struct connection *connection, const struct frame_header *header, const struct call_row *row)
{
    int types[] = { 0 }; /* none */
    struct auth_list_ret ret = { .types = { array_size(types), types } };
    return answer(connection, header, row, &ret);
}

static int supports_feature(struct connection *connection, const struct frame_header *header,
                            const struct call_row *row)
{
    struct server *server = connection->shard->server;
    struct connect_supports_feature_ret ret = { .supported = 1 };
    session_set_keepalive(&connection->session, server->keepalive_interval_s * 1000, server->keepalive_count,
                          uv_now(&connection->shard->loop));
    return answer(connection, header, row, &ret);
}

/* The calls that are about the connection itself. 1 = answered, 0 = another call, -1 = error set. */
static int handle_builtin(struct connection *connection, const struct frame_header *header, const struct call_row *row,
                          const void *args)
{
    switch ((int)call_row_proc(row)) {
    case PROC_AUTH_LIST:
        return list_auth(connection, header, row) < 0 ? -1 : 1;
    case PROC_AUTH_SASL_INIT:
    case PROC_AUTH_SASL_START:
    case PROC_AUTH_SASL_STEP:
        return fail(VIR_ERR_AUTH_FAILED, "authentication failed");
    case PROC_AUTH_POLKIT: /* not offered; stock's words */
        return error_set_argument(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, NULL, NULL,
                                  "Library function returned error but did not set virError");
    case PROC_CONNECT_OPEN:
        return open_connection(connection, args) < 0 || answer(connection, header, row, NULL) < 0 ? -1 : 1;
    case PROC_CONNECT_CLOSE:
        connection->hang_up = true;
        return answer(connection, header, row, NULL) < 0 ? -1 : 1;
    case PROC_CONNECT_SUPPORTS_FEATURE:
        if (((const struct connect_supports_feature_args *)args)->feature == FEATURE_KEEPALIVE)
            return supports_feature(connection, header, row) < 0 ? -1 : 1;
    }
    return 0;
}

static void take_reply(struct shard *shard, struct post *post)
{
    struct request *request = (struct request *)((char *)post - offsetof(struct request, post));
    struct connection *connection = request->connection;
    (void)shard;
    if (!connection->closing) {
        buf_add(&connection->session.out, buf_bytes(&request->reply), buf_length(&request->reply));
        connection->session.out.failed |= request->lost;
    }
    buf_clear(&request->reply);
    free(request);
    connection_request_done(connection);
}

/* On a worker's thread: the connection itself is not touched, only its opened driver connection. */
static void run_request(struct work *work)
{
    struct request *request = (struct request *)work;
    const struct call_row *row = request->row;
    void *ret = row->ret ? arena_alloc(&request->arena, row->ret->size) : NULL;
    int result = row->ret && !ret
                     ? fail_no_memory()
                     : invoke(&request->connection->conn, call_row_proc(row), request->args, ret, &request->arena);
    if (result == 0)
        result = server_reply(&request->reply, &request->header, row, ret);
    else
        result = server_reply_error(&request->reply, &request->header);
    request->lost = result < 0;
    arena_clear(&request->arena);
    request->post.taken = take_reply;
    shard_post(request->connection->shard, &request->post);
}

/* Moves the decoded call, which lives in arena, to a worker. 0, or -1 with the error set. */
static int defer(struct connection *connection, const struct frame_header *header, const struct call_row *row,
                 void *args, struct arena *arena)
{
    struct request *request = calloc(1, sizeof *request);
    if (!request)
        return fail_no_memory();
    request->connection = connection;
    request->header = *header;
    request->row = row;
    request->args = args;
    request->work.run = run_request;
    request->work.high = row->flags & CALL_HIGH;
    request->work.has_key = row->object_uuid >= 0;
    if (request->work.has_key)
        memcpy(request->work.key, (char *)args + row->object_uuid, WORK_KEY_SIZE);
    request->arena = *arena;
    arena_init(arena, 0);
    connection->in_flight++;
    if (workers_submit(connection->shard->server->workers, &request->work) < 0) {
        connection->in_flight--;
        *arena = request->arena;
        free(request);
        return -1;
    }
    return 0;
}

static int call_now(struct connection *connection, const struct frame_header *header, const struct call_row *row,
                    const void *args, struct arena *arena)
{
    void *ret = row->ret ? arena_alloc(arena, row->ret->size) : NULL;
    if (row->ret && !ret)
        return fail_no_memory();
    if (invoke(&connection->conn, call_row_proc(row), args, ret, arena) < 0)
        return -1;
    return answer(connection, header, row, ret);
}

/* 0 = answered or on its way, -1 = error set. */
static int dispatch(struct connection *connection, const struct frame_header *header, const struct call_row *row,
                    const unsigned char *payload, size_t length)
{
    struct arena *arena = &connection->shard->arena;
    void *args;
    if (!connection->authenticated && !(row->flags & CALL_PREAUTH))
        return fail(VIR_ERR_RPC, "authentication required");
    if (header->type == FRAME_CALL_WITH_FDS) { /* the arguments stand behind the count of descriptors */
        payload += 4;
        length -= 4;
    }
    if (server_decode(row, payload, length, arena, &args) < 0)
        return -1;
    int builtin = handle_builtin(connection, header, row, args);
    if (builtin)
        return builtin < 0 ? -1 : 0;
    if (row->flags & CALL_FAST || !connection->conn.driver)
        return call_now(connection, header, row, args, arena);
    return defer(connection, header, row, args, arena);
}

enum session_verdict connection_take_message(struct connection *connection, const struct frame_header *header,
                                             const unsigned char *payload, size_t length)
{
    const struct call_row *row;
    struct shard *shard = connection->shard;
    connection->partial_since = 0; /* it is whole; what follows it has its own deadline */
    if (connection->hang_up)
        return SESSION_GO_ON;
    if (header->type == FRAME_CALL_WITH_FDS && connection_drop_fds(connection, xdr_get_u32(payload)) < 0)
        return SESSION_CLOSE;
    error_reset();
    enum server_judgement judgement = server_judge(header, &row);
    if (judgement == SERVER_IGNORE)
        return SESSION_GO_ON;
    int result = judgement == SERVER_REFUSE ? -1 : dispatch(connection, header, row, payload, length);
    arena_reset(&shard->arena, 0);
    if (result < 0) {
        log_debug("call %d of %s fails: %s", header->proc, connection->peer.text,
                  error_slot()->detail ? error_slot()->detail : "");
        if (server_reply_error(&connection->session.out, header) < 0)
            return SESSION_CLOSE;
    }
    return connection_is_full(connection) ? SESSION_PAUSE : SESSION_GO_ON;
}
