/* SPDX-License-Identifier: MIT
 * The daemon as a whole: what its shards, listeners and connections share. Set up once, then read-only but for the
 * counters.
 */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/workers.h"

struct shard;
struct daemon_config;
struct daemon_paths;

/* Who may fill how much receive memory with incomplete messages. A connection belongs to one class. */
enum peer_class { PEER_UNAUTHENTICATED, PEER_READ_ONLY, PEER_READ_WRITE, PEER_CLASSES };

struct server {
    struct workers *workers;
    struct shard *shards;
    unsigned int shard_count;
    unsigned int max_clients;
    unsigned int max_client_requests;
    int keepalive_interval_s;
    unsigned int keepalive_count;
    atomic_uint clients;                          /* connections of all shards */
    atomic_size_t receive_bytes[PEER_CLASSES];    /* memory that incomplete messages hold now */
    void (*client_gone)(struct server *server);   /* a connection ended; any thread */
};

/* Most receive memory of a class and of all together, in bytes. */
#define RECEIVE_TOTAL_MAX (256u << 20)
#define RECEIVE_READ_ONLY_MAX (64u << 20)
#define RECEIVE_UNAUTHENTICATED_MAX (2u << 20)

/* True when the class, or all, hold as much as they may. */
bool server_over_budget(struct server *server, enum peer_class peer_class);

/* Runs the daemon until SIGTERM, SIGINT or the idle timeout (seconds, 0 = none). ready is called once all sockets
 * listen. 0 = clean end, -1 = could not start, error set. Removes its sockets; does not return when a call is stuck at
 * the end: see stop. */
int server_run(const struct daemon_config *config, const struct daemon_paths *paths, bool listen, int timeout_s,
               int (*ready)(void *opaque), void (*stuck)(void *opaque), void *opaque);
