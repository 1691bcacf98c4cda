/* SPDX-License-Identifier: MIT
 * What any connection answers by itself.
 */
#include "dispatch/generic.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "dispatch/driver.h"

#define ERROR_DOMAIN VIR_FROM_RPC

/* Features that a client may ask for (CONNECT_SUPPORTS_FEATURE), by number. */
enum feature {
    FEATURE_FD_PASSING = 8,
    FEATURE_TYPED_PARAM_STRING = 9,
    FEATURE_KEEPALIVE = 10,
    FEATURE_EVENT_CALLBACK = 14,
    FEATURE_CLOSE_CALLBACK = 15,
    FEATURE_NETWORK_UPDATE_ORDER = 16,
};

static int supports_feature(struct call *call, const struct connect_supports_feature_args *args,
                            struct connect_supports_feature_ret *ret)
{
    (void)call;
    switch (args->feature) {
    case FEATURE_FD_PASSING:
    case FEATURE_TYPED_PARAM_STRING:
    case FEATURE_KEEPALIVE:
    case FEATURE_EVENT_CALLBACK:
    case FEATURE_CLOSE_CALLBACK:
    case FEATURE_NETWORK_UPDATE_ORDER:
        ret->supported = 1;
    }
    return 0;
}

static int get_lib_version(struct call *call, const void *args, struct connect_get_lib_version_ret *ret)
{
    (void)call;
    (void)args;
    ret->lib_ver = LIBVIRT_COMPATIBLE_VERSION;
    return 0;
}

static int get_uri(struct call *call, const void *args, struct connect_get_uri_ret *ret)
{
    (void)args;
    return call_out_string(call, call->conn->uri, &ret->uri);
}

static int get_hostname(struct call *call, const void *args, struct connect_get_hostname_ret *ret)
{
    char name[256];
    (void)args;
    if (gethostname(name, sizeof name) < 0)
        return fail(VIR_ERR_INTERNAL_ERROR, "cannot read the name of this host: set one with hostnamectl");
    name[sizeof name - 1] = '\0';
    return call_out_string(call, name, &ret->hostname);
}

static struct event_hub *hub_of(struct call *call)
{
    if (!call->conn->events)
        fail(VIR_ERR_NO_SUPPORT, "%s", call->row->api ? call->row->api : call->row->name);
    return call->conn->events;
}

static int callback_register_any(struct call *call, const struct connect_domain_event_callback_register_any_args *args,
                                 struct connect_domain_event_callback_register_any_ret *ret)
{
    struct event_hub *hub = hub_of(call);
    const unsigned char *uuid = args->dom ? args->dom->uuid : NULL;
    return hub ? event_register(hub, call->conn, args->eventID, uuid, false, &ret->callbackID) : -1;
}

static int callback_deregister_any(struct call *call,
                                   const struct connect_domain_event_callback_deregister_any_args *args, void *ret)
{
    struct event_hub *hub = hub_of(call);
    (void)ret;
    return hub ? event_deregister(hub, call->conn, args->callbackID) : -1;
}

static int register_any(struct call *call, const struct connect_domain_event_register_any_args *args, void *ret)
{
    struct event_hub *hub = hub_of(call);
    int id;
    (void)ret;
    return hub ? event_register(hub, call->conn, args->eventID, NULL, true, &id) : -1;
}

static int deregister_any(struct call *call, const struct connect_domain_event_deregister_any_args *args, void *ret)
{
    struct event_hub *hub = hub_of(call);
    (void)ret;
    if (!hub)
        return -1;
    int id = event_find_legacy(hub, call->conn, args->eventID);
    if (id < 0)
        return fail(VIR_ERR_INTERNAL_ERROR, event_has_legacy(args->eventID) ? "domain event %d not registered"
                                                                           : "unsupported event ID %d", args->eventID);
    return event_deregister(hub, call->conn, id);
}

static int register_lifecycle(struct call *call, const void *args, struct connect_domain_event_register_ret *ret)
{
    struct event_hub *hub = hub_of(call);
    int id;
    (void)args;
    if (!hub || event_register(hub, call->conn, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL, true, &id) < 0)
        return -1;
    ret->cb_registered = 1;
    return 0;
}

static int deregister_lifecycle(struct call *call, const void *args, struct connect_domain_event_deregister_ret *ret)
{
    const struct connect_domain_event_deregister_any_args any = { .eventID = VIR_DOMAIN_EVENT_ID_LIFECYCLE };
    (void)args;
    ret->cb_registered = 0;
    return deregister_any(call, &any, NULL);
}

/* The hypervisor behind a driver of this build never goes away before the connection does. */
static int close_callback(struct call *call, const void *args, void *ret)
{
    (void)call;
    (void)args;
    (void)ret;
    return 0;
}

const struct driver_calls generic_calls = {
    .connect_supports_feature = supports_feature,
    .connect_get_lib_version = get_lib_version,
    .connect_get_uri = get_uri,
    .connect_get_hostname = get_hostname,
    .connect_domain_event_callback_register_any = callback_register_any,
    .connect_domain_event_callback_deregister_any = callback_deregister_any,
    .connect_domain_event_register_any = register_any,
    .connect_domain_event_deregister_any = deregister_any,
    .connect_domain_event_register = register_lifecycle,
    .connect_domain_event_deregister = deregister_lifecycle,
    .connect_register_close_callback = close_callback,
    .connect_unregister_close_callback = close_callback,
};
