/* SPDX-License-Identifier: MIT
 * One I/O thread with its own event loop and its own connections, which no other thread touches. Others reach a shard
 * only through its mailbox.
 */
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <uv.h>

#include "base/arena.h"
#include "base/buf.h"
#include "daemon/server.h"
#include "transport/socket.h"

struct connection;
struct shard;

/* A letter to a shard. The sender allocates it, taken() disposes of it on the shard's thread. */
struct post {
    struct post *next;
    void (*taken)(struct shard *shard, struct post *post);
};

#define SHARD_SCRATCH 65536 /* bytes read at once */

struct shard {
    struct server *server;
    pthread_t thread;
    uv_loop_t loop;
    uv_async_t mail;
    uv_timer_t tick;
    pthread_mutex_t lock; /* guards first, last */
    struct post *first, **last;
    bool stopping;
    struct connection *connections; /* doubly linked */
    struct arena arena;             /* of the fast call being answered */
    unsigned char *scratch;
};

/* Starts the thread. -1 with the error set. */
int shard_start(struct shard *shard, struct server *server);
/* Hands a letter over; any thread. The shard runs post->taken() soon, in the order of sending. */
void shard_post(struct shard *shard, struct post *post);
/* Hands an accepted socket over; the descriptor belongs to the shard then. -1 when out of memory (fd stays the
 * caller's). */
int shard_adopt(struct shard *shard, int fd, const struct peer *peer, bool read_only);
/* Closes all connections and ends the thread. Calls in progress must have ended before (workers_stop). */
void shard_stop(struct shard *shard);
