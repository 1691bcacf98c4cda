/* SPDX-License-Identifier: MIT
 * The connection behind virConnectPtr: a seam, its errors, its event callbacks. connect.c opens and closes; the rest of
 * the library only reads what is set once.
 *
 *   connect_open -> seam_open_local | seam_open_remote -> calls ... -> last reference -> events, seam, errors end
 */
#pragma once
#include "lib/deferred.h"
#include "lib/domain_events.h"
#include "lib/errors.h"
#include "lib/handle.h"
#include "lib/seam.h"

/* virConnectRegisterCloseCallback(): at most one a connection. */
struct close_callback {
    virConnectCloseFunc function;
    void *opaque;
    virFreeCallback free_opaque;
    bool queued; /* it holds the queue started: there is an event loop */
};

struct _virConnect {
    struct handle base;
    struct seam *seam;       /* owned; set once */
    struct seam_owner owner; /* what the seam calls back */
    bool read_only;          /* set once */
    bool local;              /* set once: a driver in this process answers */
    char *uri;               /* owned; set once: what virConnectGetURI() says, NULL = ask the peer */
    pthread_mutex_t lock;    /* guards type and close; never held across a call */
    char *type;              /* owned; what virConnectGetType() found, then kept until the end */
    struct close_callback close;
    struct conn_errors errors;
    struct domain_events *events; /* owned; set once */
    struct deferred *queue;       /* owned; set once: from the seam to the event loop */
};

/* Frees a connection whose last reference is gone. */
void connect_free(virConnectPtr conn);
