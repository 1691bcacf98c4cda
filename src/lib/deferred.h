/* SPDX-License-Identifier: MIT
 * Messages that a peer sent by itself, on their way from whatever thread read them to the event loop: callbacks of the
 * program run there and nowhere else. The queue outlives its connection as long as its timer does.
 */
#pragma once
#include <libvirt/libvirt.h>

#include "wire/procs.h"

struct deferred;

/* Handles one message on the event loop's thread. conn is referenced meanwhile; no lock is held. */
typedef void (*deferred_deliver)(virConnectPtr conn, enum proc proc, const void *msg);

/* NULL with the error set. conn is borrowed. */
struct deferred *deferred_new(virConnectPtr conn, deferred_deliver deliver);
/* The connection goes away: drops what is queued and the connection's hold on the queue. */
void deferred_detach(struct deferred *queue);
/* One more, or one less, who wants messages; the timer exists while somebody does. -1 with the error set when the
 * program has no event loop. */
int deferred_start(struct deferred *queue);
void deferred_stop(struct deferred *queue);
/* Queues a copy of msg, which is lost when nobody wants messages or memory is short. Any thread; does not block. */
void deferred_push(struct deferred *queue, enum proc proc, const void *msg);
