/* SPDX-License-Identifier: MIT
 * What a driver is: a vtable indexed by procedure, and an open function. Drivers know nothing of wire bytes, sockets
 * or public handles: a call comes in as a value and its result goes out as one.
 *
 *   invoke() -> guard (read-only, flags) -> driver->calls.X(call, args, ret)
 */
#pragma once
#include <stdbool.h>

#include "base/arena.h"
#include "base/uri.h"
#include "dispatch/driver_calls.h"
#include "dispatch/events.h"

struct conn;

struct driver {
    const char *scheme; /* "test": of the URIs that it answers */
    const char *function_prefix; /* "test": errors name the function testDomainSuspend for virDomainSuspend */
    int error_domain;            /* VIR_FROM_TEST */
    /* Opens uri. 1 = opened, conn->state is set; 0 = not mine; -1 = mine but failed, error set. */
    int (*open)(struct conn *conn, const struct uri *uri);
    /* Releases conn->state. Callbacks of conn are removed before. */
    void (*close)(struct conn *conn);
    struct driver_calls calls;
};

/* Where the events of a connection go: a message of the type that call_rows[proc].args tells. Called with the hub's
 * lock held: it may enqueue, not block and not call back. */
struct event_sink {
    void (*deliver)(struct event_sink *sink, enum proc proc, const void *msg);
};

/* One opened connection as the serving side sees it. Calls of one connection may run on several threads at once. */
struct conn {
    const struct driver *driver; /* NULL until opened */
    void *state;                 /* the driver's, set by its open */
    char *uri;                   /* as opened, owned */
    bool read_only;              /* a property of the socket, or asked for at open; never lifted */
    struct event_hub *events;    /* the driver's hub, set by its open; borrowed */
    struct event_sink *sink;     /* NULL = events are not wanted */
};

/* One call in progress. */
struct call {
    struct conn *conn;
    const struct call_row *row;
    struct arena *arena; /* lives until the result has been used */
};

/* The drivers of this build, NULL at the end. */
extern const struct driver *const drivers[];

/* Opens uri_text on conn with the first driver that takes it. -1 with the error set; conn is then as before. */
int conn_open(struct conn *conn, const char *uri_text, unsigned int flags);
/* Removes all callbacks and releases the driver's state, with no regard to permissions. Safe on an unopened conn. */
void conn_close(struct conn *conn);

/* Makes the call that row describes. Never blocks by itself; the driver may. 0, or -1 with the thread's error set.
 * args and ret are the structs of wire/messages.h (NULL for void); what ret points to lives in arena. */
int invoke(struct conn *conn, enum proc proc, const void *args, void *ret, struct arena *arena);

/* For drivers: refuses flags outside `supported` with stock's error, 0 otherwise. */
int call_check_flags(const struct call *call, unsigned int flags, unsigned int supported);
/* For drivers: a copy of text in the call's arena. -1 with VIR_ERR_NO_MEMORY, also when text is NULL. */
int call_out_string(const struct call *call, const char *text, char **ret_text);
