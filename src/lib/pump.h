/* SPDX-License-Identifier: MIT
 * One socket, many threads that wait for replies. Whoever waits while nobody pumps becomes the leader: it moves bytes
 * and wakes the others as their replies come; when its own reply is there, another waiter takes over. With an event
 * loop registered, the loop pumps while nobody waits. No thread of our own.
 */
#pragma once
#include <pthread.h>
#include <stdbool.h>

#include "rpc/client.h"

struct pump {
    pthread_mutex_t lock; /* guards all below; not held while polling */
    struct client client; /* its callbacks run with the lock held */
    int fd;
    int wake_fd;          /* makes a polling leader look again */
    bool leading;         /* some thread polls */
    bool dead;            /* the peer is gone; no more calls */
    int watch, timer;     /* of the event loop; -1 = none */
    unsigned int refs;    /* the owner's one, and one for each of watch and timer */
    /* With the lock held. */
    void (*event)(struct pump *pump, enum proc proc, const void *msg);
    /* The peer is gone, for a virConnectCloseReason. Without the lock, at most once, never during pump_close(). */
    void (*closed)(struct pump *pump, int reason);
    void (*destroy)(struct pump *pump); /* the last reference is gone */
    int close_reason;     /* not yet reported to closed(); -1 = none */
};

/* Takes over the connected socket fd. -1 with the error set (fd is closed then). */
int pump_init(struct pump *pump, int fd);
/* Makes one call and waits for its reply. Any thread. -1 with the error set. */
int pump_call(struct pump *pump, enum proc proc, const void *args, void *ret, struct arena *arena);
/* Lets the registered event loop, when there is one, pump while no thread waits. True when there is one. */
bool pump_attach(struct pump *pump);
/* Keepalive of our own; see session_set_keepalive(). */
void pump_set_keepalive(struct pump *pump, int interval_s, unsigned int count);
bool pump_is_alive(struct pump *pump);
/* Drops the owner's reference; the socket is closed at once, calls that still wait fail. */
void pump_close(struct pump *pump);
