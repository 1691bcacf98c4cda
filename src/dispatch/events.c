/* SPDX-License-Identifier: MIT
 * The registrations of one driver instance. Lock order: a domain's lock before the hub's; a sink's queue after it.
 */
#include "dispatch/events.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "dispatch/driver.h"

#define ERROR_DOMAIN VIR_FROM_RPC
#define UUID_LENGTH 16

struct registration {
    struct conn *conn;
    int callback_id;
    int event_id;
    bool legacy;
    bool filtered;
    unsigned char uuid[UUID_LENGTH];
};

struct event_hub {
    pthread_mutex_t lock; /* guards all below */
    struct registration *items;
    size_t count;
    int next_id;
};

/* The messages of an event id: with a callback id, and the older form without (ids 0..15 only). */
struct event_kind {
    enum proc proc;
    enum proc legacy; /* PROC_COUNT = none */
};

/* Where the legacy form of a message starts in the form with a callback id: every inner message starts with a domain.
 */
#define LEGACY_OFFSET offsetof(struct domain_event_callback_lifecycle_msg, msg)

#define NESTED(name) \
    { PROC_DOMAIN_EVENT_CALLBACK_##name, PROC_DOMAIN_EVENT_##name }
#define FLAT(name) \
    { PROC_##name, PROC_COUNT }

static const struct event_kind kinds[] = {
    [VIR_DOMAIN_EVENT_ID_LIFECYCLE] = NESTED(LIFECYCLE),
    [VIR_DOMAIN_EVENT_ID_REBOOT] = NESTED(REBOOT),
    [VIR_DOMAIN_EVENT_ID_RTC_CHANGE] = NESTED(RTC_CHANGE),
    [VIR_DOMAIN_EVENT_ID_WATCHDOG] = NESTED(WATCHDOG),
    [VIR_DOMAIN_EVENT_ID_IO_ERROR] = NESTED(IO_ERROR),
    [VIR_DOMAIN_EVENT_ID_GRAPHICS] = NESTED(GRAPHICS),
    [VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON] = NESTED(IO_ERROR_REASON),
    [VIR_DOMAIN_EVENT_ID_CONTROL_ERROR] = NESTED(CONTROL_ERROR),
    [VIR_DOMAIN_EVENT_ID_BLOCK_JOB] = NESTED(BLOCK_JOB),
    [VIR_DOMAIN_EVENT_ID_DISK_CHANGE] = NESTED(DISK_CHANGE),
    [VIR_DOMAIN_EVENT_ID_TRAY_CHANGE] = NESTED(TRAY_CHANGE),
    [VIR_DOMAIN_EVENT_ID_PMWAKEUP] = NESTED(PMWAKEUP),
    [VIR_DOMAIN_EVENT_ID_PMSUSPEND] = NESTED(PMSUSPEND),
    [VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE] = NESTED(BALLOON_CHANGE),
    [VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK] = NESTED(PMSUSPEND_DISK),
    [VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED] = NESTED(DEVICE_REMOVED),
    [VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2] = FLAT(DOMAIN_EVENT_BLOCK_JOB_2),
    [VIR_DOMAIN_EVENT_ID_TUNABLE] = FLAT(DOMAIN_EVENT_CALLBACK_TUNABLE),
    [VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE] = FLAT(DOMAIN_EVENT_CALLBACK_AGENT_LIFECYCLE),
    [VIR_DOMAIN_EVENT_ID_DEVICE_ADDED] = FLAT(DOMAIN_EVENT_CALLBACK_DEVICE_ADDED),
    [VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION] = FLAT(DOMAIN_EVENT_CALLBACK_MIGRATION_ITERATION),
    [VIR_DOMAIN_EVENT_ID_JOB_COMPLETED] = FLAT(DOMAIN_EVENT_CALLBACK_JOB_COMPLETED),
    [VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED] = FLAT(DOMAIN_EVENT_CALLBACK_DEVICE_REMOVAL_FAILED),
    [VIR_DOMAIN_EVENT_ID_METADATA_CHANGE] = FLAT(DOMAIN_EVENT_CALLBACK_METADATA_CHANGE),
    [VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD] = FLAT(DOMAIN_EVENT_BLOCK_THRESHOLD),
    [VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE] = FLAT(DOMAIN_EVENT_MEMORY_FAILURE),
    [VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE] = FLAT(DOMAIN_EVENT_MEMORY_DEVICE_SIZE_CHANGE),
};

struct event_hub *event_hub_new(void)
{
    struct event_hub *hub = calloc(1, sizeof *hub);
    if (hub)
        pthread_mutex_init(&hub->lock, NULL);
    else
        fail_no_memory();
    return hub;
}

void event_hub_free(struct event_hub *hub)
{
    if (!hub)
        return;
    pthread_mutex_destroy(&hub->lock);
    free(hub->items);
    free(hub);
}

static bool same_filter(const struct registration *item, const unsigned char *uuid)
{
    return item->filtered ? uuid && memcmp(item->uuid, uuid, UUID_LENGTH) == 0 : !uuid;
}

static int add_registration(struct event_hub *hub, const struct registration *wanted, const unsigned char *uuid)
{
    for (size_t i = 0; i < hub->count; i++) {
        const struct registration *item = &hub->items[i];
        if (item->conn == wanted->conn && item->event_id == wanted->event_id && same_filter(item, uuid))
            return error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, 0, "event callback already tracked");
    }
    struct registration *items = reallocarray(hub->items, hub->count + 1, sizeof *items);
    if (!items)
        return fail_no_memory();
    hub->items = items;
    items[hub->count] = *wanted;
    items[hub->count++].callback_id = hub->next_id++;
    return 0;
}

static bool is_known(int event_id)
{
    return event_id >= 0 && (size_t)event_id < sizeof kinds / sizeof kinds[0];
}

bool event_has_legacy(int event_id)
{
    return is_known(event_id) && kinds[event_id].legacy != PROC_COUNT;
}

int event_register(struct event_hub *hub, struct conn *conn, int event_id, const unsigned char *uuid, bool legacy,
                   int *ret_callback_id)
{
    if (!(legacy ? event_has_legacy(event_id) : is_known(event_id)))
        return fail(VIR_ERR_INTERNAL_ERROR, "unsupported event ID %d", event_id);
    struct registration wanted = { .conn = conn, .event_id = event_id, .legacy = legacy, .filtered = uuid != NULL };
    if (uuid)
        memcpy(wanted.uuid, uuid, UUID_LENGTH);
    pthread_mutex_lock(&hub->lock);
    int result = add_registration(hub, &wanted, uuid);
    if (result == 0)
        *ret_callback_id = hub->items[hub->count - 1].callback_id;
    pthread_mutex_unlock(&hub->lock);
    return result;
}

int event_deregister(struct event_hub *hub, struct conn *conn, int callback_id)
{
    bool found = false;
    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < hub->count && !found; i++) {
        if (hub->items[i].conn == conn && hub->items[i].callback_id == callback_id) {
            memmove(&hub->items[i], &hub->items[i + 1], (hub->count - i - 1) * sizeof *hub->items);
            hub->count--;
            found = true;
        }
    }
    pthread_mutex_unlock(&hub->lock);
    return found ? 0 : fail(VIR_ERR_INTERNAL_ERROR, "domain event callback %d not registered", callback_id);
}

int event_find_legacy(struct event_hub *hub, struct conn *conn, int event_id)
{
    int id = -1;
    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < hub->count; i++) {
        const struct registration *item = &hub->items[i];
        if (item->conn == conn && item->legacy && item->event_id == event_id)
            id = item->callback_id;
    }
    pthread_mutex_unlock(&hub->lock);
    return id;
}

void event_forget(struct event_hub *hub, struct conn *conn)
{
    size_t kept = 0;
    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < hub->count; i++) {
        if (hub->items[i].conn != conn)
            hub->items[kept++] = hub->items[i];
    }
    hub->count = kept;
    pthread_mutex_unlock(&hub->lock);
}

void event_raise(struct event_hub *hub, int event_id, const struct wire_domain *dom, void *msg)
{
    const struct event_kind *kind = &kinds[event_id];
    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < hub->count; i++) {
        const struct registration *item = &hub->items[i];
        if (item->event_id != event_id || !item->conn->sink)
            continue;
        if (item->filtered && memcmp(item->uuid, dom->uuid, UUID_LENGTH) != 0)
            continue;
        struct event_sink *sink = item->conn->sink;
        *(int *)msg = item->callback_id;
        if (item->legacy)
            sink->deliver(sink, kind->legacy, (const char *)msg + LEGACY_OFFSET);
        else
            sink->deliver(sink, kind->proc, msg);
    }
    pthread_mutex_unlock(&hub->lock);
}

void event_raise_lifecycle(struct event_hub *hub, const struct wire_domain *dom, int event, int detail)
{
    struct domain_event_callback_lifecycle_msg msg = { .msg = { .dom = *dom, .event = event, .detail = detail } };
    event_raise(hub, VIR_DOMAIN_EVENT_ID_LIFECYCLE, dom, &msg);
}
