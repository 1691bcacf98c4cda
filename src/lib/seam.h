/* SPDX-License-Identifier: MIT
 * The one seam of the library: every public function ends in seam_call(). A local seam invokes a driver in this
 * process (dispatch/), a remote one encodes the call and waits for its reply (rpc/ over transport/). Nothing above this
 * header knows which it is.
 */
#pragma once
#include <stdbool.h>

#include "base/arena.h"
#include "base/uri.h"
#include "dispatch/driver.h"

struct seam;

struct seam_ops {
    /* Makes the call; ret's strings live in arena. -1 with the thread's error set. Any thread, any number at once. */
    int (*call)(struct seam *seam, enum proc proc, const void *args, void *ret, struct arena *arena);
    /* Ends the connection (CONNECT_CLOSE included) and frees the seam. No call is in progress. */
    void (*close)(struct seam *seam);
    /* 1 alive, 0 dead. */
    int (*is_alive)(struct seam *seam);
    /* 1 when no other host or user can read the traffic. */
    int (*is_secure)(struct seam *seam);
    int (*is_encrypted)(struct seam *seam);
    /* interval_s <= 0 disables. 0 = set, 1 = the peer does not support it, -1 = error. */
    int (*set_keepalive)(struct seam *seam, int interval_s, unsigned int count);
};

/* Base of every seam; the implementations embed it first. */
struct seam {
    const struct seam_ops *ops;
    bool events_enabled; /* the peer knows callback ids (always true locally) */
};

/* What a seam tells its connection, from any thread. Both must not block and not call the seam. */
struct seam_owner {
    struct event_sink sink; /* events: msg is valid only during the call */
    void (*closed)(struct seam_owner *owner, int reason); /* virConnectCloseReason: the peer is gone; at most once */
};

/* Opens uri (transport already split off: scheme is the driver) in this process. NULL with the error set;
 * VIR_ERR_NO_CONNECT when no driver of this build takes it. flags: 1 = read-only. */
struct seam *seam_open_local(const struct uri *uri, unsigned int flags, struct seam_owner *owner);

/* How to reach a daemon: what is left of the URI's left side and its consumed parameters. */
struct remote_target {
    const char *transport; /* unix, tcp, tls, ssh, ext; NULL = by rule: tls with a server, else unix */
    struct uri *uri; /* scheme without +transport; seam_open_remote marks the parameters it understands as consumed */
    const char *name;      /* what to pass to CONNECT_OPEN; NULL = derive it from uri as stock does */
    unsigned int flags;    /* 1 = read-only */
};

/* Connects, authenticates and opens. NULL with the error set. */
struct seam *seam_open_remote(const struct remote_target *target, struct seam_owner *owner);
