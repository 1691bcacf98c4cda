/* SPDX-License-Identifier: MIT
 * Socket, buffers, deadlines and the life of a connection. What messages mean is daemon/calls.c.
 */
#include "daemon/connection.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "rpc/server.h"

#define ERROR_DOMAIN VIR_FROM_RPC

#define OUT_MAX (256u << 10)      /* unsent bytes above which no more calls are read */
#define EVENTS_MAX (1u << 20)     /* unsent bytes above which a client that gets events is given up */
#define STALL_MS 30000            /* no progress for so long ends a half message or an unread reply */
#define SLOWEST_BYTES_PER_MS 1    /* a message must come in at this rate at least, beyond STALL_MS */
#define SMALL_INPUT 65536         /* receive memory that a connection has in any case */

static struct connection *of_session(struct session *session)
{
    return (struct connection *)((char *)session - offsetof(struct connection, session));
}

static enum session_verdict take_message(struct session *session, const struct frame_header *header,
                                         const unsigned char *payload, size_t length)
{
    return connection_take_message(of_session(session), header, payload, length);
}

static const struct session_ops session_ops = { take_message, FRAME_CALL_WITH_FDS };

static enum peer_class class_of(const struct connection *connection)
{
    return !connection->authenticated ? PEER_UNAUTHENTICATED
           : connection->conn.read_only ? PEER_READ_ONLY
                                        : PEER_READ_WRITE;
}

/* Charges what the input buffer holds now to the connection's class. */
static void charge(struct connection *connection, size_t size)
{
    struct server *server = connection->shard->server;
    enum peer_class peer_class = class_of(connection);
    if (size == connection->accounted && peer_class == connection->charged)
        return;
    atomic_fetch_sub(&server->receive_bytes[connection->charged], connection->accounted);
    atomic_fetch_add(&server->receive_bytes[peer_class], size);
    connection->accounted = size;
    connection->charged = peer_class;
}

static bool may_receive(const struct connection *connection)
{
    return connection->accounted <= SMALL_INPUT ||
           !server_over_budget(connection->shard->server, connection->charged);
}

static void on_poll(uv_poll_t *poll, int status, int events);

static void arm(struct connection *connection)
{
    size_t unsent = buf_length(&connection->session.out);
    bool readable = !connection->hang_up && session_wants_input(&connection->session) && unsent < OUT_MAX &&
                    may_receive(connection);
    int wanted = (readable ? UV_READABLE : 0) | (unsent ? UV_WRITABLE : 0);
    if (wanted == connection->polled)
        return;
    connection->polled = wanted;
    if (wanted)
        uv_poll_start(&connection->poll, wanted, on_poll);
    else
        uv_poll_stop(&connection->poll);
}

static void send_out(struct connection *connection)
{
    struct buf *out = &connection->session.out;
    uint64_t now = uv_now(&connection->shard->loop);
    while (buf_length(out) > 0) {
        ssize_t sent = send(connection->fd, buf_bytes(out), buf_length(out), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!connection->unsent_since)
                connection->unsent_since = now;
            return;
        }
        if (sent < 0) {
            connection_close(connection);
            return;
        }
        buf_consume(out, (size_t)sent);
        connection->unsent_since = buf_length(out) ? now : 0;
    }
    connection->unsent_since = 0;
}

static void give_up(struct connection *connection)
{
    struct error error;
    error_take(&error);
    if (error.code)
        log_error("the connection of %s is closed: %s", connection->peer.text,
                  error.detail ? error.detail : "out of memory");
    error_clear(&error);
    connection_close(connection);
}

bool connection_is_full(const struct connection *connection)
{
    return connection->in_flight >= connection->shard->server->max_client_requests ||
           buf_length(&connection->session.out) > OUT_MAX;
}

void connection_flush(struct connection *connection)
{
    struct session *session = &connection->session;
    while (!connection->closing) {
        if (session->out.failed)
            fail_no_memory();
        else
            send_out(connection);
        if (connection->closing)
            return;
        if (session->out.failed || (session->paused && !connection_is_full(connection) && session_resume(session) < 0))
            give_up(connection);
        else if (session->paused || buf_length(&session->out) == 0 || connection->unsent_since)
            break;
    }
    if (connection->closing)
        return;
    charge(connection, session->in.size);
    bool partial = buf_length(&session->in) > 0 && !session->paused;
    if (!partial)
        connection->partial_since = 0;
    else if (!connection->partial_since)
        connection->partial_since = uv_now(&connection->shard->loop);
    if (connection->hang_up && buf_length(&session->out) == 0 && connection->in_flight == 0)
        connection_close(connection);
    else
        arm(connection);
}

static void receive(struct connection *connection)
{
    struct shard *shard = connection->shard;
    ssize_t got = connection->peer.local ? socket_receive(connection->fd, shard->scratch, SHARD_SCRATCH,
                                                          connection->fds, &connection->fd_count, FRAME_MAX_FDS)
                                         : recv(connection->fd, shard->scratch, SHARD_SCRATCH, 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (got <= 0) {
        connection_close(connection);
        return;
    }
    if (session_feed(&connection->session, shard->scratch, (size_t)got) < 0)
        give_up(connection);
    else if (connection->fd_count > 0 && buf_length(&connection->session.in) == 0)
        connection_drop_fds(connection, connection->fd_count); /* nothing that is half received can mean them */
    connection_flush(connection);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct connection *connection = poll->data;
    if (status < 0) {
        connection_close(connection);
        return;
    }
    if (events & UV_WRITABLE)
        connection_flush(connection);
    if (!connection->closing && events & UV_READABLE)
        receive(connection);
}

struct event_post {
    struct post post;
    struct connection *connection;
    struct buf message;
};

static void take_event(struct shard *shard, struct post *post)
{
    struct event_post *event = (struct event_post *)post;
    struct connection *connection = event->connection;
    (void)shard;
    if (!connection->closing) {
        struct buf *out = &connection->session.out;
        if (buf_length(out) + buf_length(&event->message) > EVENTS_MAX) {
            log_warning(
                "the connection of %s is closed: it subscribed to events and does not read them (%zu bytes wait)",
                connection->peer.text, buf_length(out));
            connection_close(connection);
        } else {
            buf_add(out, buf_bytes(&event->message), buf_length(&event->message));
            connection_flush(connection);
        }
    }
    buf_clear(&event->message);
    free(event);
}

/* Any thread, with the hub's lock held. */
static void deliver_event(struct event_sink *sink, enum proc proc, const void *msg)
{
    struct connection *connection = (struct connection *)((char *)sink - offsetof(struct connection, sink));
    struct event_post *event = calloc(1, sizeof *event);
    if (!event || server_event(&event->message, &call_rows[proc], msg) < 0) {
        log_error("an event %s for %s is lost: out of memory", call_rows[proc].name, connection->peer.text);
        if (event)
            buf_clear(&event->message);
        free(event);
        return;
    }
    event->post.taken = take_event;
    event->connection = connection;
    shard_post(connection->shard, &event->post);
}

int connection_new(struct shard *shard, int fd, const struct peer *peer, bool read_only)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return fail_no_memory();
    if (uv_poll_init(&shard->loop, &connection->poll, fd) < 0) {
        free(connection);
        return fail(VIR_ERR_INTERNAL_ERROR, "cannot watch the socket of %s", peer->text);
    }
    session_init(&connection->session, &session_ops, FRAME_MAX);
    connection->fd = fd;
    connection->shard = shard;
    connection->peer = *peer;
    connection->poll.data = connection;
    /* auth "none" is the only kind of this build; config_check_supported() sees to it */
    connection->authenticated = true;
    connection->charged = class_of(connection);
    connection->sink.deliver = deliver_event;
    connection->conn = (struct conn){ .read_only = read_only, .sink = &connection->sink };
    connection->next = shard->connections;
    connection->link = &shard->connections;
    if (connection->next)
        connection->next->link = &connection->next;
    shard->connections = connection;
    arm(connection);
    log_info("a connection of %s%s", peer->text, read_only ? ", read-only" : "");
    return 0;
}

struct last_post {
    struct post post;
    struct connection *connection;
};

static void take_last(struct shard *shard, struct post *post)
{
    struct last_post *last = (struct last_post *)post;
    (void)shard;
    free(last->connection);
    free(last);
}

/* Nothing calls into the connection any more. Events that were posted earlier are still in the mailbox, so the memory
 * goes with a letter behind them. */
static void retire(struct connection *connection)
{
    struct shard *shard = connection->shard;
    conn_close(&connection->conn);
    error_reset();
    struct last_post *last = malloc(sizeof *last);
    if (!last)
        return; /* out of memory: a small leak instead of a stray pointer */
    *last = (struct last_post){ { NULL, take_last }, connection };
    shard_post(shard, &last->post);
}

int connection_drop_fds(struct connection *connection, unsigned int count)
{
    if (count > connection->fd_count)
        return fail(VIR_ERR_RPC, "%u file descriptors were announced, %u came", count, connection->fd_count);
    for (unsigned int i = 0; i < count; i++)
        close(connection->fds[i]);
    connection->fd_count -= count;
    memmove(connection->fds, connection->fds + count, connection->fd_count * sizeof *connection->fds);
    return 0;
}

static void on_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    struct server *server = connection->shard->server;
    close(connection->fd);
    connection->fd = -1;
    connection_drop_fds(connection, connection->fd_count);
    charge(connection, 0);
    session_clear(&connection->session);
    atomic_fetch_sub(&server->clients, 1);
    server->client_gone(server);
    if (connection->in_flight == 0)
        retire(connection);
}

void connection_close(struct connection *connection)
{
    if (connection->closing)
        return;
    connection->closing = true;
    *connection->link = connection->next;
    if (connection->next)
        connection->next->link = connection->link;
    uv_close((uv_handle_t *)&connection->poll, on_closed);
    log_info("the connection of %s ends", connection->peer.text);
}

void connection_request_done(struct connection *connection)
{
    connection->in_flight--;
    if (connection->closing) {
        if (connection->in_flight == 0 && connection->fd < 0)
            retire(connection);
        return;
    }
    connection_flush(connection);
}

void connection_tick(struct connection *connection, uint64_t now_ms)
{
    struct session *session = &connection->session;
    if (connection->partial_since &&
        now_ms - connection->partial_since > STALL_MS + buf_length(&session->in) / SLOWEST_BYTES_PER_MS) {
        log_warning("the connection of %s is closed: a message of it did not arrive in time (%zu bytes so far)",
                    connection->peer.text, buf_length(&session->in));
        connection_close(connection);
        return;
    }
    if (connection->unsent_since && now_ms - connection->unsent_since > STALL_MS) {
        log_warning("the connection of %s is closed: it does not read its replies", connection->peer.text);
        connection_close(connection);
        return;
    }
    if (session_tick(session, now_ms) == -2) {
        log_warning("the connection of %s is closed: no answer to %u keepalive messages", connection->peer.text,
                    session->keepalive.count);
        connection_close(connection);
        return;
    }
    connection_flush(connection);
}
