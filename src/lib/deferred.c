/* SPDX-License-Identifier: MIT
 * The queue and its timer. A message is kept encoded: the codec is the one deep copy that knows every type.
 * Lock order: whatever the pusher holds, then the queue's lock, then the event loop's own.
 */
#include "lib/deferred.h"

#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "lib/handle.h"
#include "wire/calls.h"

#define ERROR_DOMAIN VIR_FROM_NONE
#define NO_TIMER (-1)

struct message {
    struct message *next;
    enum proc proc;
    struct buf body;
};

struct deferred {
    atomic_int refs; /* the connection's, the timer's */
    deferred_deliver deliver;
    pthread_mutex_t lock; /* guards all below */
    virConnectPtr conn;   /* borrowed; NULL once it is gone */
    int users;
    int timer; /* NO_TIMER without users */
    struct message *first;
    struct message **end; /* where the next one is linked */
};

static void message_free(struct message *message)
{
    buf_clear(&message->body);
    free(message);
}

static struct message *take_all(struct deferred *queue)
{
    struct message *first = steal(queue->first);
    queue->end = &queue->first;
    return first;
}

static void free_all(struct message *message)
{
    while (message) {
        struct message *next = message->next;
        message_free(message);
        message = next;
    }
}

static void deferred_unref(void *opaque)
{
    struct deferred *queue = opaque;
    if (atomic_fetch_sub(&queue->refs, 1) > 1)
        return;
    free_all(queue->first);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

struct deferred *deferred_new(virConnectPtr conn, deferred_deliver deliver)
{
    struct deferred *queue = calloc(1, sizeof *queue);
    if (!queue) {
        fail_no_memory();
        return NULL;
    }
    atomic_init(&queue->refs, 1);
    pthread_mutex_init(&queue->lock, NULL);
    queue->conn = conn;
    queue->deliver = deliver;
    queue->timer = NO_TIMER;
    queue->end = &queue->first;
    return queue;
}

void deferred_detach(struct deferred *queue)
{
    if (!queue)
        return;
    pthread_mutex_lock(&queue->lock);
    queue->conn = NULL;
    struct message *left = take_all(queue);
    int timer = queue->timer;
    queue->timer = NO_TIMER;
    pthread_mutex_unlock(&queue->lock);
    if (timer != NO_TIMER)
        virEventRemoveTimeout(timer);
    free_all(left);
    deferred_unref(queue);
}

static void deliver_one(struct deferred *queue, virConnectPtr conn, const struct message *message)
{
    const struct xdr_type *type = call_rows[message->proc].args;
    struct arena arena;
    arena_init(&arena, 0);
    void *msg = arena_alloc(&arena, type->size);
    if (msg && xdr_decode(type, buf_bytes(&message->body), buf_length(&message->body), &arena, msg, NULL) == 0)
        queue->deliver(conn, message->proc, msg);
    else
        log_warning("an event (%s) is lost: out of memory", call_rows[message->proc].name);
    arena_clear(&arena);
}

static void on_timer(int timer, void *opaque)
{
    struct deferred *queue = opaque;
    pthread_mutex_lock(&queue->lock);
    virConnectPtr conn = queue->conn && handle_try_ref(queue->conn) ? queue->conn : NULL;
    struct message *message = take_all(queue);
    virEventUpdateTimeout(timer, -1);
    pthread_mutex_unlock(&queue->lock);
    while (message) {
        struct message *next = message->next;
        if (conn)
            deliver_one(queue, conn, message);
        message_free(message);
        message = next;
    }
    if (conn)
        handle_unref(conn);
}

int deferred_start(struct deferred *queue)
{
    pthread_mutex_lock(&queue->lock);
    if (queue->timer == NO_TIMER) {
        atomic_fetch_add(&queue->refs, 1);
        queue->timer = virEventAddTimeout(-1, on_timer, queue, deferred_unref);
        if (queue->timer < 0) {
            queue->timer = NO_TIMER;
            pthread_mutex_unlock(&queue->lock);
            atomic_fetch_sub(&queue->refs, 1);
            return fail(VIR_ERR_INTERNAL_ERROR, "could not initialize domain event timer");
        }
    }
    queue->users++;
    pthread_mutex_unlock(&queue->lock);
    return 0;
}

void deferred_stop(struct deferred *queue)
{
    int timer = NO_TIMER;
    struct message *left = NULL;
    pthread_mutex_lock(&queue->lock);
    if (--queue->users == 0) {
        timer = queue->timer;
        queue->timer = NO_TIMER;
        left = take_all(queue);
    }
    pthread_mutex_unlock(&queue->lock);
    if (timer != NO_TIMER)
        virEventRemoveTimeout(timer);
    free_all(left);
}

void deferred_push(struct deferred *queue, enum proc proc, const void *msg)
{
    struct message *message = calloc(1, sizeof *message);
    if (!message || xdr_encode(call_rows[proc].args, msg, &message->body) < 0) {
        log_warning("an event (%s) is lost: it cannot be copied", call_rows[proc].name);
        if (message)
            message_free(message);
        return;
    }
    message->proc = proc;
    pthread_mutex_lock(&queue->lock);
    if (queue->timer != NO_TIMER) {
        *queue->end = message;
        queue->end = &message->next;
        virEventUpdateTimeout(queue->timer, 0);
        message = NULL;
    }
    pthread_mutex_unlock(&queue->lock);
    if (message)
        message_free(message);
}
