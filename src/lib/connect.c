/* SPDX-License-Identifier: MIT
 * Opening, sharing and closing connections.
 */
#include "lib/connect.h"

#include <libvirt/virterror.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "lib/client_uri.h"
#include "lib/close_callback.h"

#define ERROR_DOMAIN VIR_FROM_NONE
#define HOST_DOMAIN VIR_FROM_DOMAIN /* of errors about arguments */

static pthread_once_t init_once = PTHREAD_ONCE_INIT;

int virInitialize(void)
{
    pthread_once(&init_once, xmlInitParser);
    return 0;
}

static virConnectPtr conn_of(struct seam_owner *owner)
{
    return (virConnectPtr)(void *)((char *)owner - offsetof(struct _virConnect, owner));
}

static void on_event(struct event_sink *sink, enum proc proc, const void *msg)
{
    deferred_push(conn_of((struct seam_owner *)(void *)sink)->queue, proc, msg);
}

static void on_closed(struct seam_owner *owner, int reason)
{
    const struct connect_event_connection_closed_msg msg = { .reason = reason };
    deferred_push(conn_of(owner)->queue, PROC_CONNECT_EVENT_CONNECTION_CLOSED, &msg);
}

static void on_deferred(virConnectPtr conn, enum proc proc, const void *msg)
{
    struct event_message message;
    if (proc == PROC_CONNECT_EVENT_CONNECTION_CLOSED)
        close_callback_deliver(conn, ((const struct connect_event_connection_closed_msg *)msg)->reason);
    else if (event_message_parse(proc, msg, &message))
        domain_events_deliver(conn, &message);
}

void connect_free(virConnectPtr conn)
{
    if (conn->seam)
        conn->seam->ops->close(conn->seam);
    deferred_detach(conn->queue); /* after the seam, which pushes into it */
    domain_events_free(conn->events);
    conn_errors_clear(&conn->errors);
    pthread_mutex_destroy(&conn->lock);
    free(conn->uri);
    free(conn->type);
    free(conn);
}

static virConnectPtr connect_new(unsigned int flags)
{
    virConnectPtr conn = calloc(1, sizeof *conn);
    if (!conn) {
        fail_no_memory();
        return NULL;
    }
    handle_init(&conn->base, HANDLE_CONNECT);
    pthread_mutex_init(&conn->lock, NULL);
    conn_errors_init(&conn->errors);
    conn->owner = (struct seam_owner) { .sink = { on_event }, .closed = on_closed };
    conn->read_only = (flags & VIR_CONNECT_RO) != 0;
    conn->events = domain_events_new();
    conn->queue = conn->events ? deferred_new(conn, on_deferred) : NULL;
    if (!conn->queue) {
        handle_unref(conn);
        return NULL;
    }
    return conn;
}

/* A driver of this process, unless the URI names a way to somewhere else. 1 = opened, 0 = not here, -1 = error. */
static int try_local(virConnectPtr conn, const struct client_uri *target)
{
    if (target->transport || target->uri->server || !target->uri->scheme)
        return 0;
    conn->seam = seam_open_local(target->uri, conn->read_only, &conn->owner);
    conn->local = conn->seam != NULL;
    if (conn->seam)
        return 1;
    if (error_slot()->code != VIR_ERR_NO_CONNECT)
        return -1;
    error_reset();
    return 0;
}

static int open_target(virConnectPtr conn, struct client_uri *target)
{
    int local = try_local(conn, target);
    if (local == 0) {
        const struct remote_target remote = { .transport = target->transport,
                                              .uri = target->uri,
                                              .flags = conn->read_only };
        conn->seam = seam_open_remote(&remote, &conn->owner);
    }
    return conn->seam ? 0 : -1;
}

static int check_flags(unsigned int flags)
{
    unsigned int unknown = flags & ~(unsigned int)(VIR_CONNECT_RO | VIR_CONNECT_NO_ALIASES);
    return unknown ? error_set_argument(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "virConnectOpenAuth", "flags",
                                        "unsupported flags (0x%x) in function %s", unknown, "virConnectOpenAuth")
                   : 0;
}

static virConnectPtr connect_open(const char *name, unsigned int flags)
{
    struct client_uri target;
    virInitialize();
    errors_reset();
    virConnectPtr conn = NULL;
    if (check_flags(flags) == 0 && client_uri_resolve(name, flags, &target) == 0) {
        conn = connect_new(flags);
        if (conn && open_target(conn, &target) < 0)
            handle_unref(steal(conn));
        if (conn)
            conn->uri = steal(target.text);
        client_uri_clear(&target);
    }
    if (!conn)
        errors_dispatch(NULL);
    return conn;
}

virConnectPtr virConnectOpen(const char *name)
{
    return connect_open(name, 0);
}

virConnectPtr virConnectOpenReadOnly(const char *name)
{
    return connect_open(name, VIR_CONNECT_RO);
}

virConnectPtr virConnectOpenAuth(const char *name, virConnectAuthPtr auth, unsigned int flags)
{
    (void)auth;
    return connect_open(name, flags);
}

int virConnectRef(virConnectPtr conn)
{
    errors_reset();
    if (!handle_check(__func__, HOST_DOMAIN, HANDLE_CONNECT, conn)) {
        errors_dispatch(NULL);
        return -1;
    }
    handle_ref(conn);
    return 0;
}

int virConnectClose(virConnectPtr conn)
{
    errors_reset();
    if (!handle_check(__func__, VIR_FROM_NONE, HANDLE_CONNECT, conn)) {
        errors_dispatch(NULL);
        return -1;
    }
    return handle_unref(conn) > 0;
}
