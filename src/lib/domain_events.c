/* SPDX-License-Identifier: MIT
 * Registering, sharing and calling domain event callbacks.
 *
 *   callback -> registration (event id, domain) -> callback id of the peer
 *
 * The lock is held across the call that makes or ends a registration, so that an event which arrives before the reply
 * finds its registration; it is never held while a callback of the program runs, and never taken by who pushes events.
 */
#define VIR_ENUM_SENTINELS
#include "lib/domain_events.h"

#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "lib/connect.h"
#include "lib/convert.h"
#include "lib/stub.h"

#define ERROR_DOMAIN VIR_FROM_NONE
#define EVENTS_DOMAIN VIR_FROM_DOMAIN /* of errors about arguments */

/* One registration on the wire. */
struct registration {
    struct registration *next;
    int event_id;
    bool filtered; /* for one domain */
    unsigned char uuid[UUID_LENGTH];
    int peer_id; /* the peer's callback id; -1 when it knows none and sends everything of this event id */
    int users;
};

struct callback {
    struct callback *next;
    atomic_int refs; /* the list's, each delivery's */
    atomic_bool removed;
    int id;
    bool lifecycle; /* made by virConnectDomainEventRegister() */
    struct registration *registration;
    virConnectPtr conn; /* a reference */
    virConnectDomainEventGenericCallback function;
    void *opaque;
    virFreeCallback free_opaque;
};

struct domain_events {
    pthread_mutex_t lock; /* guards all below */
    struct callback *callbacks;
    struct registration *registrations;
    int next_id;
};

struct domain_events *domain_events_new(void)
{
    struct domain_events *events = calloc(1, sizeof *events);
    if (events)
        pthread_mutex_init(&events->lock, NULL);
    else
        fail_no_memory();
    return events;
}

void domain_events_free(struct domain_events *events)
{
    if (!events)
        return;
    pthread_mutex_destroy(&events->lock);
    free(events);
}

/* Runs code of the program with the last reference: no lock may be held. */
static void callback_unref(struct callback *callback)
{
    if (atomic_fetch_sub(&callback->refs, 1) > 1)
        return;
    if (callback->free_opaque)
        callback->free_opaque(callback->opaque);
    handle_unref(callback->conn);
    free(callback);
}

static struct registration *find_registration(struct domain_events *events, int event_id, const unsigned char *uuid)
{
    struct registration *item = events->registrations;
    while (item && !(item->event_id == event_id && item->filtered == (uuid != NULL) &&
                     (!uuid || memcmp(item->uuid, uuid, UUID_LENGTH) == 0)))
        item = item->next;
    return item;
}

/* Tells the peer. A peer without callback ids filters nothing and takes each event id once. */
static int register_with_peer(struct stub *stub, struct domain_events *events, struct registration *item,
                              virDomainPtr dom)
{
    if (!stub->conn->seam->events_enabled) {
        for (struct registration *other = events->registrations; other; other = other->next) {
            if (other->event_id == item->event_id)
                return 0;
        }
        const struct connect_domain_event_register_any_args args = { .eventID = item->event_id };
        return stub_call_other(stub, PROC_CONNECT_DOMAIN_EVENT_REGISTER_ANY, &args, NULL);
    }
    struct wire_domain wire;
    struct connect_domain_event_callback_register_any_args args = { .eventID = item->event_id };
    struct connect_domain_event_callback_register_any_ret ret;
    if (dom) {
        domain_to_wire(dom, &wire);
        args.dom = &wire;
    }
    if (stub_call_other(stub, PROC_CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY, &args, &ret) < 0)
        return -1;
    item->peer_id = ret.callbackID;
    return 0;
}

static struct registration *add_registration(struct stub *stub, struct domain_events *events, int event_id,
                                             virDomainPtr dom)
{
    struct registration *item = calloc(1, sizeof *item);
    if (!item) {
        fail_no_memory();
        return NULL;
    }
    *item = (struct registration) { .event_id = event_id, .filtered = dom != NULL, .peer_id = -1 };
    if (dom)
        memcpy(item->uuid, object_of(dom)->uuid, UUID_LENGTH);
    if (register_with_peer(stub, events, item, dom) < 0) {
        free(item);
        return NULL;
    }
    item->next = events->registrations;
    events->registrations = item;
    return item;
}

/* Drops one user of item; with the last one the peer is told. The registration is gone even when that fails. */
static int drop_registration(struct stub *stub, struct domain_events *events, struct registration *item)
{
    if (--item->users > 0)
        return 0;
    struct registration **place = &events->registrations;
    while (*place != item)
        place = &(*place)->next;
    *place = item->next;
    int event_id = item->event_id, peer_id = item->peer_id;
    free(item);
    if (peer_id >= 0) {
        const struct connect_domain_event_callback_deregister_any_args args = { .callbackID = peer_id };
        return stub_call_other(stub, PROC_CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY, &args, NULL);
    }
    for (item = events->registrations; item; item = item->next) {
        if (item->event_id == event_id)
            return 0;
    }
    const struct connect_domain_event_deregister_any_args args = { .eventID = event_id };
    return stub_call_other(stub, PROC_CONNECT_DOMAIN_EVENT_DEREGISTER_ANY, &args, NULL);
}

static int check_new(struct domain_events *events, const struct callback *wanted, int event_id,
                     const unsigned char *uuid)
{
    struct registration *item = find_registration(events, event_id, uuid);
    for (struct callback *callback = events->callbacks; callback && item; callback = callback->next) {
        if (callback->registration == item && callback->function == wanted->function &&
            callback->lifecycle == wanted->lifecycle)
            return fail(VIR_ERR_INVALID_ARG, "event callback already tracked");
    }
    return 0;
}

/* Takes over `callback` when it succeeds: its id, else -1. */
static int add_callback(struct stub *stub, struct callback *callback, int event_id, virDomainPtr dom)
{
    struct domain_events *events = stub->conn->events;
    const unsigned char *uuid = dom ? object_of(dom)->uuid : NULL;
    if (check_new(events, callback, event_id, uuid) < 0)
        return -1;
    struct registration *item = find_registration(events, event_id, uuid);
    if (!item)
        item = add_registration(stub, events, event_id, dom);
    if (!item)
        return -1;
    item->users++;
    callback->registration = item;
    callback->id = events->next_id++;
    struct callback **end = &events->callbacks;
    while (*end)
        end = &(*end)->next;
    *end = callback;
    return callback->id;
}

static int register_callback(struct stub *stub, const struct callback *wanted, int event_id, virDomainPtr dom)
{
    virConnectPtr conn = stub->conn;
    struct callback *callback = malloc(sizeof *callback);
    if (!callback)
        return fail_no_memory();
    if (deferred_start(conn->queue) < 0) {
        free(callback);
        return -1;
    }
    *callback = *wanted;
    atomic_init(&callback->refs, 1);
    atomic_init(&callback->removed, false);
    callback->conn = conn;
    handle_ref(conn);
    pthread_mutex_lock(&conn->events->lock);
    int id = add_callback(stub, callback, event_id, dom);
    pthread_mutex_unlock(&conn->events->lock);
    if (id < 0) {
        handle_unref(conn);
        free(callback);
        deferred_stop(conn->queue);
    }
    return id;
}

/* Whether callback has this id, or when id is -1 is the life-cycle callback with this function. */
static bool is_meant(const struct callback *callback, int id, virConnectDomainEventGenericCallback function)
{
    return id >= 0 ? callback->id == id : callback->lifecycle && callback->function == function;
}

/* Ends the callback that is_meant(). */
static int deregister_callback(struct stub *stub, int id, virConnectDomainEventGenericCallback function)
{
    virConnectPtr conn = stub->conn;
    struct domain_events *events = conn->events;
    pthread_mutex_lock(&events->lock);
    struct callback **place = &events->callbacks;
    while (*place && !is_meant(*place, id, function))
        place = &(*place)->next;
    struct callback *callback = *place;
    int result = -1;
    if (callback) {
        *place = callback->next;
        atomic_store(&callback->removed, true);
        result = drop_registration(stub, events, callback->registration);
    } else if (id >= 0) {
        fail(VIR_ERR_INVALID_ARG,
             conn->local ? "could not find event callback %d for deletion" : "event callback id %d not registered", id);
    } else {
        fail(VIR_ERR_INVALID_ARG, "event callback function %p not registered", (void *)function);
    }
    pthread_mutex_unlock(&events->lock);
    if (callback) {
        deferred_stop(conn->queue);
        callback_unref(callback);
    }
    return result;
}

/* The first callback for message with an id above after_id, referenced; NULL when there is none. Ids grow along the
 * list. */
static struct callback *next_match(struct domain_events *events, const struct event_message *message, int after_id)
{
    struct callback *found = NULL;
    pthread_mutex_lock(&events->lock);
    for (struct callback *callback = events->callbacks; callback && !found; callback = callback->next) {
        const struct registration *item = callback->registration;
        if (callback->id <= after_id || item->event_id != message->event_id)
            continue;
        bool match = message->has_callback_id
                         ? item->peer_id == message->callback_id
                         : !item->filtered || memcmp(item->uuid, message->dom->uuid, UUID_LENGTH) == 0;
        if (match) {
            atomic_fetch_add(&callback->refs, 1);
            found = callback;
        }
    }
    pthread_mutex_unlock(&events->lock);
    return found;
}

void domain_events_deliver(virConnectPtr conn, const struct event_message *message)
{
    virDomainPtr dom = domain_from_wire(conn, message->dom);
    if (!dom) {
        error_reset();
        return;
    }
    struct callback *callback = next_match(conn->events, message, -1);
    while (callback) {
        int id = callback->id;
        if (!atomic_load(&callback->removed))
            event_call(message, callback->function, conn, dom, callback->opaque);
        callback_unref(callback);
        callback = next_match(conn->events, message, id);
    }
    handle_unref(dom);
}

/* stub_begin() names the procedure whose row the permission check reads. */
#define EVENT_PROC PROC_CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY

int virConnectDomainEventRegister(virConnectPtr conn, virConnectDomainEventCallback cb, void *opaque,
                                  virFreeCallback freecb)
{
    struct stub stub;
    int result = -1;
    if (stub_begin(&stub, __func__, EVENTS_DOMAIN, EVENT_PROC, HANDLE_CONNECT, conn) == 0 &&
        stub_nonnull(&stub, (const void *)cb, "cb") == 0) {
        const struct callback wanted = {
            .lifecycle = true, .opaque = opaque, .free_opaque = freecb, .function = VIR_DOMAIN_EVENT_CALLBACK(cb)
        };
        result = register_callback(&stub, &wanted, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL) < 0 ? -1 : 0;
    }
    stub_end(&stub);
    return result;
}

int virConnectDomainEventDeregister(virConnectPtr conn, virConnectDomainEventCallback cb)
{
    struct stub stub;
    int result = -1;
    if (stub_begin(&stub, __func__, EVENTS_DOMAIN, EVENT_PROC, HANDLE_CONNECT, conn) == 0 &&
        stub_nonnull(&stub, (const void *)cb, "cb") == 0)
        result = deregister_callback(&stub, -1, VIR_DOMAIN_EVENT_CALLBACK(cb));
    stub_end(&stub);
    return result;
}

static int check_event_id(const struct stub *stub, int event_id)
{
    if (event_id < VIR_DOMAIN_EVENT_ID_LAST)
        return stub_nonnegative(stub, event_id >= 0, "eventID");
    return error_set_argument(EVENTS_DOMAIN, VIR_ERR_INVALID_ARG, stub->function, "eventID",
                              "eventID must be less than %d", VIR_DOMAIN_EVENT_ID_LAST);
}

static int check_same_connection(const struct stub *stub, virDomainPtr dom)
{
    if (!dom)
        return 0;
    virConnectPtr conn = handle_check(stub->function, EVENTS_DOMAIN, HANDLE_DOMAIN, dom);
    if (!conn)
        return -1;
    if (conn == stub->conn)
        return 0;
    return error_set_argument(EVENTS_DOMAIN, VIR_ERR_INVALID_ARG, stub->function, "dom",
                              "domain '%s' must match connection", object_of(dom)->name);
}

int virConnectDomainEventRegisterAny(virConnectPtr conn, virDomainPtr dom, int eventID,
                                     virConnectDomainEventGenericCallback cb, void *opaque, virFreeCallback freecb)
{
    struct stub stub;
    int result = -1;
    if (stub_begin(&stub, __func__, EVENTS_DOMAIN, EVENT_PROC, HANDLE_CONNECT, conn) == 0 &&
        check_same_connection(&stub, dom) == 0 && stub_nonnull(&stub, (const void *)cb, "cb") == 0 &&
        check_event_id(&stub, eventID) == 0) {
        const struct callback wanted = { .opaque = opaque, .free_opaque = freecb, .function = cb };
        result = register_callback(&stub, &wanted, eventID, dom);
    }
    stub_end(&stub);
    return result;
}

int virConnectDomainEventDeregisterAny(virConnectPtr conn, int callbackID)
{
    struct stub stub;
    int result = -1;
    if (stub_begin(&stub, __func__, EVENTS_DOMAIN, EVENT_PROC, HANDLE_CONNECT, conn) == 0 &&
        stub_nonnegative(&stub, callbackID >= 0, "callbackID") == 0)
        result = deregister_callback(&stub, callbackID, NULL);
    stub_end(&stub);
    return result;
}
