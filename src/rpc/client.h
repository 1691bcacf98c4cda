/* SPDX-License-Identifier: MIT
 * The client's side of calls: serials, the calls that wait for a reply, events. No I/O and no locks: the owner
 * serialises.
 */
#pragma once
#include "base/error.h"
#include "rpc/session.h"
#include "wire/calls.h"

/* One call in flight. Owned by the caller, linked into the client until it is done. */
struct pending {
    struct pending *next;
    uint32_t serial;
    const struct call_row *row;
    struct arena *arena; /* where the reply is decoded */
    void *ret;
    bool done;
    bool failed;         /* `error` says why */
    struct error error;
};

struct client {
    struct session session;
    struct pending *pending;
    uint32_t next_serial;
    /* An event: msg is valid only during the call. */
    void (*event)(struct client *client, enum proc proc, const void *msg);
    /* A call has become done. */
    void (*done)(struct client *client, struct pending *pending);
};

void client_init(struct client *client);
void client_clear(struct client *client);

/* Queues the call and links pending. -1 with the error set when it cannot be encoded. */
int client_begin(struct client *client, struct pending *pending, enum proc proc, const void *args, void *ret,
                 struct arena *arena);
/* Unlinks a call that will not be waited for any longer. */
void client_forget(struct client *client, struct pending *pending);
/* Ends every call in flight with a copy of the thread's error, which is reset. */
void client_fail_all(struct client *client);
