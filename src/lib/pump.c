/* SPDX-License-Identifier: MIT
 * Leader and followers on one socket.
 *
 *   pump_call: queue the call, send -> a leader there: wait until done, or for the lead
 *                                   -> none: poll, receive, feed until done -> pass the lead on
 */
#include "lib/pump.h"

#include <errno.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>

#include "base/cleanup.h"

#define ERROR_DOMAIN VIR_FROM_RPC
#define RECEIVE_SIZE 65536

/* A call and the thread that waits for it. */
struct waiting {
    struct pending pending; /* first, so that a pending is its waiting */
    pthread_cond_t wake;    /* done, or the lead is free */
};

static struct pump *of_client(struct client *client)
{
    return (struct pump *)((char *)client - offsetof(struct pump, client));
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void on_event(struct client *client, enum proc proc, const void *msg)
{
    struct pump *pump = of_client(client);
    if (pump->event)
        pump->event(pump, proc, msg);
}

static void on_done(struct client *client, struct pending *pending)
{
    (void)client;
    pthread_cond_signal(&((struct waiting *)pending)->wake);
}

int pump_init(struct pump *pump, int fd)
{
    *pump = (struct pump){ .fd = fd, .watch = -1, .timer = -1, .refs = 1, .close_reason = -1 };
    client_init(&pump->client);
    pump->client.event = on_event;
    pump->client.done = on_done;
    pthread_mutex_init(&pump->lock, NULL);
    pump->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (pump->wake_fd >= 0)
        return 0;
    int saved = errno;
    close(fd);
    pthread_mutex_destroy(&pump->lock);
    return fail_errno(saved, "Unable to make an eventfd");
}

/* The peer is gone, why stands in the thread's error: every waiting call gets it. */
static void die(struct pump *pump, int reason)
{
    if (pump->dead) {
        error_reset();
        return;
    }
    pump->dead = true;
    pump->close_reason = reason;
    client_fail_all(&pump->client);
    shutdown(pump->fd, SHUT_RDWR);
}

/* Reports the end of the peer once. Called without the lock. */
static void report_closed(struct pump *pump)
{
    pthread_mutex_lock(&pump->lock);
    int reason = pump->close_reason;
    pump->close_reason = -1;
    pthread_mutex_unlock(&pump->lock);
    if (reason >= 0 && pump->closed)
        pump->closed(pump, reason);
}

static void send_out(struct pump *pump)
{
    struct buf *out = &pump->client.session.out;
    while (!pump->dead && buf_length(out) > 0) {
        ssize_t sent = send(pump->fd, buf_bytes(out), buf_length(out), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            buf_consume(out, (size_t)sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        } else if (errno != EINTR) {
            error_reset();
            fail_errno(errno, "Cannot send data: the server closed the connection or the network failed");
            die(pump, VIR_CONNECT_CLOSE_REASON_ERROR);
        }
    }
}

/* Takes in what has arrived, once. */
static void receive(struct pump *pump)
{
    unsigned char bytes[RECEIVE_SIZE];
    if (pump->dead)
        return;
    ssize_t got = recv(pump->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    error_reset();
    if (got == 0) {
        fail_errno(EIO, "End of file while reading data");
        die(pump, VIR_CONNECT_CLOSE_REASON_EOF);
    } else if (got < 0) {
        fail_errno(errno, "Cannot recv data");
        die(pump, VIR_CONNECT_CLOSE_REASON_ERROR);
    } else if (session_feed(&pump->client.session, bytes, (size_t)got) < 0) {
        die(pump, VIR_CONNECT_CLOSE_REASON_ERROR);
    }
}

/* Runs the keepalive clock. Milliseconds until it is due again, -1 = never. */
static int tick(struct pump *pump)
{
    int64_t due = pump->dead ? -1 : session_tick(&pump->client.session, now_ms());
    if (due != -2)
        return due < 0 ? -1 : (int)due;
    error_reset();
    fail(VIR_ERR_INTERNAL_ERROR, "connection closed due to keepalive timeout");
    die(pump, VIR_CONNECT_CLOSE_REASON_KEEPALIVE);
    return -1;
}

static void wake_leader(struct pump *pump)
{
    uint64_t one = 1;
    if (pump->leading && write(pump->wake_fd, &one, sizeof one) < 0)
        return; /* full: the leader is awake already */
}

/* One round of the leader: waits for the socket without the lock, then moves bytes. */
static void lead(struct pump *pump)
{
    uint64_t woken;
    int timeout = tick(pump);
    send_out(pump);
    if (pump->dead)
        return;
    struct pollfd fds[] = { { .fd = pump->fd,
                              .events = POLLIN | (buf_length(&pump->client.session.out) ? POLLOUT : 0) },
                            { .fd = pump->wake_fd, .events = POLLIN } };
    pthread_mutex_unlock(&pump->lock);
    poll(fds, 2, timeout);
    pthread_mutex_lock(&pump->lock);
    if (fds[1].revents && read(pump->wake_fd, &woken, sizeof woken) < 0 && errno != EAGAIN)
        fds[0].revents = POLLIN;
    if (fds[0].revents & (POLLIN | POLLHUP | POLLERR))
        receive(pump);
}

/* Waits until the call is done, leading when nobody else does. */
static void wait_for(struct pump *pump, struct waiting *call)
{
    while (!call->pending.done) {
        if (pump->leading) {
            pthread_cond_wait(&call->wake, &pump->lock);
            continue;
        }
        pump->leading = true;
        while (!call->pending.done && !pump->dead)
            lead(pump);
        pump->leading = false;
    }
    if (!pump->leading && pump->client.pending)
        pthread_cond_signal(&((struct waiting *)pump->client.pending)->wake);
}

int pump_call(struct pump *pump, enum proc proc, const void *args, void *ret, struct arena *arena)
{
    struct waiting call = { .wake = PTHREAD_COND_INITIALIZER };
    int result = -1;
    pthread_mutex_lock(&pump->lock);
    if (pump->dead) {
        fail(VIR_ERR_INTERNAL_ERROR, "client socket is closed");
    } else if (client_begin(&pump->client, &call.pending, proc, args, ret, arena) == 0) {
        send_out(pump);
        if (buf_length(&pump->client.session.out) > 0)
            wake_leader(pump);
        wait_for(pump, &call);
        result = call.pending.failed ? -1 : 0;
    }
    pthread_mutex_unlock(&pump->lock);
    pthread_cond_destroy(&call.wake);
    if (call.pending.done) {
        error_reset();
        if (call.pending.failed)
            error_restore(&call.pending.error);
    }
    struct error kept;
    error_take(&kept);
    report_closed(pump);
    error_restore(&kept);
    return result;
}

static void unref(struct pump *pump)
{
    pthread_mutex_lock(&pump->lock);
    unsigned int left = --pump->refs;
    pthread_mutex_unlock(&pump->lock);
    if (left > 0)
        return;
    client_clear(&pump->client);
    close(pump->fd); /* not earlier: the event loop may still watch it; the peer has seen the shutdown */
    close(pump->wake_fd);
    pthread_mutex_destroy(&pump->lock);
    pump->destroy(pump);
}

static void drop_reference(void *opaque)
{
    unref(opaque);
}

/* The event loop pumps unless a thread does. */
static void pump_from_loop(struct pump *pump)
{
    pthread_mutex_lock(&pump->lock);
    bool ours = !pump->leading;
    if (ours) {
        receive(pump);
        int due = tick(pump);
        send_out(pump);
        if (pump->timer >= 0)
            virEventUpdateTimeout(pump->timer, due);
        bool unsent = buf_length(&pump->client.session.out) > 0;
        if (pump->watch >= 0)
            virEventUpdateHandle(pump->watch, pump->dead ? 0
                                              : VIR_EVENT_HANDLE_READABLE | (unsent ? VIR_EVENT_HANDLE_WRITABLE : 0));
    }
    pthread_mutex_unlock(&pump->lock);
    error_reset();
    report_closed(pump);
}

static void on_readable(int watch, int fd, int events, void *opaque)
{
    (void)watch;
    (void)fd;
    (void)events;
    pump_from_loop(opaque);
}

static void on_timer(int timer, void *opaque)
{
    (void)timer;
    pump_from_loop(opaque);
}

bool pump_attach(struct pump *pump)
{
    pump->refs += 2;
    int watch = virEventAddHandle(pump->fd, VIR_EVENT_HANDLE_READABLE, on_readable, pump, drop_reference);
    int timer = watch < 0 ? -1 : virEventAddTimeout(-1, on_timer, pump, drop_reference);
    pthread_mutex_lock(&pump->lock);
    pump->watch = watch;
    pump->timer = timer;
    pump->refs -= (watch < 0) + (timer < 0);
    pthread_mutex_unlock(&pump->lock);
    error_reset();
    return watch >= 0;
}

void pump_set_keepalive(struct pump *pump, int interval_s, unsigned int count)
{
    pthread_mutex_lock(&pump->lock);
    session_set_keepalive(&pump->client.session, interval_s * 1000, count, now_ms());
    if (pump->timer >= 0)
        virEventUpdateTimeout(pump->timer, interval_s > 0 ? interval_s * 1000 : -1);
    wake_leader(pump);
    pthread_mutex_unlock(&pump->lock);
}

bool pump_is_alive(struct pump *pump)
{
    pthread_mutex_lock(&pump->lock);
    bool alive = !pump->dead;
    pthread_mutex_unlock(&pump->lock);
    return alive;
}

void pump_close(struct pump *pump)
{
    pthread_mutex_lock(&pump->lock);
    int watch = pump->watch, timer = pump->timer;
    pump->watch = pump->timer = -1;
    pump->closed = NULL;
    pump->event = NULL;
    if (!pump->dead) {
        error_reset();
        fail(VIR_ERR_INTERNAL_ERROR, "client socket is closed");
        die(pump, VIR_CONNECT_CLOSE_REASON_CLIENT);
    }
    pthread_mutex_unlock(&pump->lock);
    if (watch >= 0)
        virEventRemoveHandle(watch);
    if (timer >= 0)
        virEventRemoveTimeout(timer);
    error_reset();
    unref(pump);
}
