/* SPDX-License-Identifier: MIT
 * One client of the daemon: its socket, its session, its opened driver connection. Belongs to one shard; only that
 * shard's thread touches it. Workers hold a request, events a sink: both reach it through the shard's mailbox.
 *
 *   accepted -> (authenticated) -> opened -> closing: socket gone, calls in flight end -> freed
 */
#pragma once
#include "daemon/shard.h"
#include "dispatch/driver.h"
#include "rpc/session.h"

struct connection {
    struct session session;
    struct conn conn;
    struct event_sink sink;
    struct shard *shard;
    struct connection *next, **link; /* the shard's list */
    uv_poll_t poll;
    int fd;
    int polled;               /* uv_poll_event bits that are armed */
    int fds[FRAME_MAX_FDS];   /* descriptors that came and belong to no complete message yet */
    unsigned int fd_count;
    struct peer peer;
    bool authenticated;
    bool closing;
    bool hang_up;             /* close when all that is queued has been sent */
    unsigned int in_flight;   /* calls that workers run */
    size_t accounted;         /* receive memory that is charged to the class */
    enum peer_class charged;  /* which class that was */
    uint64_t partial_since;   /* when the first byte of the incomplete message came; 0 = none */
    uint64_t unsent_since;    /* when the socket last took bytes while some waited; 0 = none wait */
};

/* Takes fd over and starts serving it. -1 with the error set; fd stays the caller's. */
int connection_new(struct shard *shard, int fd, const struct peer *peer, bool read_only);
/* Ends the conversation at once. The memory goes when nothing refers to it any more. */
void connection_close(struct connection *connection);
/* True when no more calls are to be taken in before some are answered and the answers read. */
bool connection_is_full(const struct connection *connection);
/* Sends what is queued, goes on with input that waited, arms the poll for what is left. May close the connection. */
void connection_flush(struct connection *connection);
/* One call fewer in flight: goes on, or lets a closing connection go. */
void connection_request_done(struct connection *connection);
/* Looks at the deadlines. */
void connection_tick(struct connection *connection, uint64_t now_ms);

/* Closes the first `count` descriptors that came, those of the present message. -1 with the error set when fewer came.
 */
int connection_drop_fds(struct connection *connection, unsigned int count);

/* daemon/calls.c: what a message means. */
enum session_verdict connection_take_message(struct connection *connection, const struct frame_header *header,
                                             const unsigned char *payload, size_t length);
