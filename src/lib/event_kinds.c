/* SPDX-License-Identifier: MIT
 * One line an event id. Events 0..15 come as { callbackID, ..., msg } or as msg alone; newer ones only flat.
 */
#define VIR_ENUM_SENTINELS
#include "lib/event_kinds.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/str.h"
#include "lib/typed_params.h"

typedef void (*call_callback)(virConnectPtr conn, virDomainPtr dom, const void *body,
                              virConnectDomainEventGenericCallback callback, void *opaque);

/* Defines call_NAME: body is a `struct type`, the callback's own arguments follow. */
#define CALL(name, type, signature, ...)                                                                               \
    static void call_##name(virConnectPtr conn, virDomainPtr dom, const void *body,                                    \
                            virConnectDomainEventGenericCallback callback, void *opaque)                               \
    {                                                                                                                  \
        const struct type *msg = body;                                                                                 \
        (void)msg;                                                                                                     \
        ((signature)(void (*)(void))callback)(conn, dom, ##__VA_ARGS__, opaque);                                       \
    }

CALL(lifecycle, wire_domain_event_lifecycle_msg, virConnectDomainEventCallback, msg->event, msg->detail)
CALL(generic, wire_domain_event_reboot_msg, virConnectDomainEventGenericCallback)
CALL(rtc_change, wire_domain_event_rtc_change_msg, virConnectDomainEventRTCChangeCallback, msg->offset)
CALL(watchdog, wire_domain_event_watchdog_msg, virConnectDomainEventWatchdogCallback, msg->action)
CALL(io_error, wire_domain_event_io_error_msg, virConnectDomainEventIOErrorCallback, msg->srcPath, msg->devAlias,
     msg->action)
CALL(io_error_reason, wire_domain_event_io_error_reason_msg, virConnectDomainEventIOErrorReasonCallback, msg->srcPath,
     msg->devAlias, msg->action, msg->reason)
CALL(block_job, wire_domain_event_block_job_msg, virConnectDomainEventBlockJobCallback, msg->path, msg->type,
     msg->status)
CALL(disk_change, wire_domain_event_disk_change_msg, virConnectDomainEventDiskChangeCallback, msg->oldSrcPath,
     msg->newSrcPath, msg->devAlias, msg->reason)
CALL(tray_change, wire_domain_event_tray_change_msg, virConnectDomainEventTrayChangeCallback, msg->devAlias,
     msg->reason)
CALL(pm, wire_domain_event_pmwakeup_msg, virConnectDomainEventPMWakeupCallback, 0)
CALL(balloon_change, wire_domain_event_balloon_change_msg, virConnectDomainEventBalloonChangeCallback, msg->actual)
CALL(device_removed, wire_domain_event_device_removed_msg, virConnectDomainEventDeviceRemovedCallback, msg->devAlias)
CALL(block_job_2, domain_event_block_job_2_msg, virConnectDomainEventBlockJobCallback, msg->dst, msg->type, msg->status)
CALL(agent_lifecycle, domain_event_callback_agent_lifecycle_msg, virConnectDomainEventAgentLifecycleCallback,
     msg->state, msg->reason)
CALL(device_added, domain_event_callback_device_added_msg, virConnectDomainEventDeviceAddedCallback, msg->devAlias)
CALL(migration_iteration, domain_event_callback_migration_iteration_msg,
     virConnectDomainEventMigrationIterationCallback, msg->iteration)
CALL(device_removal_failed, domain_event_callback_device_removal_failed_msg,
     virConnectDomainEventDeviceRemovalFailedCallback, msg->devAlias)
CALL(metadata_change, domain_event_callback_metadata_change_msg, virConnectDomainEventMetadataChangeCallback, msg->type,
     msg->nsuri)
CALL(block_threshold, domain_event_block_threshold_msg, virConnectDomainEventBlockThresholdCallback, msg->dev,
     msg->path, msg->threshold, msg->excess)
CALL(memory_failure, domain_event_memory_failure_msg, virConnectDomainEventMemoryFailureCallback, msg->recipient,
     msg->action, msg->flags)
CALL(memory_device_size_change, domain_event_memory_device_size_change_msg,
     virConnectDomainEventMemoryDeviceSizeChangeCallback, msg->alias, msg->size)

static void call_graphics(virConnectPtr conn, virDomainPtr dom, const void *body,
                          virConnectDomainEventGenericCallback callback, void *opaque)
{
    const struct wire_domain_event_graphics_msg *msg = body;
    const virDomainEventGraphicsAddress local = { msg->local.family, msg->local.node, msg->local.service };
    const virDomainEventGraphicsAddress remote = { msg->remote.family, msg->remote.node, msg->remote.service };
    virDomainEventGraphicsSubjectIdentityPtr identities = calloc(msg->subject.length + 1, sizeof *identities);
    if (!identities)
        return;
    for (uint32_t i = 0; i < msg->subject.length; i++) {
        identities[i].type = msg->subject.items[i].type;
        identities[i].name = msg->subject.items[i].name;
    }
    const virDomainEventGraphicsSubject subject = { (int)msg->subject.length, identities };
    ((virConnectDomainEventGraphicsCallback)(void (*)(void))callback)(conn, dom, msg->phase, &local, &remote,
                                                                      msg->authScheme, &subject, opaque);
    free(identities);
}

/* Tunable and job-completed events: a list of typed parameters. */
static void call_params(virConnectPtr conn, virDomainPtr dom, const struct typed_param *items, uint32_t count,
                        virConnectDomainEventGenericCallback callback, void *opaque)
{
    virTypedParameterPtr params;
    if (typed_params_from_wire(items, count, &params) < 0)
        return;
    ((virConnectDomainEventTunableCallback)(void (*)(void))callback)(conn, dom, params, (int)count, opaque);
    virTypedParamsFree(params, (int)count);
}

static void call_tunable(virConnectPtr conn, virDomainPtr dom, const void *body,
                         virConnectDomainEventGenericCallback callback, void *opaque)
{
    const struct domain_event_callback_tunable_msg *msg = body;
    call_params(conn, dom, msg->params.items, msg->params.length, callback, opaque);
}

static void call_job_completed(virConnectPtr conn, virDomainPtr dom, const void *body,
                               virConnectDomainEventGenericCallback callback, void *opaque)
{
    const struct domain_event_callback_job_completed_msg *msg = body;
    call_params(conn, dom, msg->params.items, msg->params.length, callback, opaque);
}

struct event_kind {
    enum proc proc;
    enum proc legacy; /* the form without a callback id; PROC_COUNT = none */
    uint16_t body;    /* offset in the form with a callback id; the other form is the body itself */
    uint16_t dom;     /* offset in the body */
    call_callback call;
};

#define NESTED(NAME, name, call)                                                                                       \
    {                                                                                                                  \
        PROC_DOMAIN_EVENT_CALLBACK_##NAME, PROC_DOMAIN_EVENT_##NAME,                                                   \
            offsetof(struct domain_event_callback_##name##_msg, msg),                                                  \
            offsetof(struct wire_domain_event_##name##_msg, dom), call                                                 \
    }
#define FLAT(NAME, name, call)                                                                                         \
    {                                                                                                                  \
        PROC_DOMAIN_EVENT_##NAME, PROC_COUNT, 0, offsetof(struct domain_event_##name##_msg, dom), call                 \
    }

static const struct event_kind kinds[] = {
    [VIR_DOMAIN_EVENT_ID_LIFECYCLE] = NESTED(LIFECYCLE, lifecycle, call_lifecycle),
    [VIR_DOMAIN_EVENT_ID_REBOOT] = NESTED(REBOOT, reboot, call_generic),
    [VIR_DOMAIN_EVENT_ID_RTC_CHANGE] = NESTED(RTC_CHANGE, rtc_change, call_rtc_change),
    [VIR_DOMAIN_EVENT_ID_WATCHDOG] = NESTED(WATCHDOG, watchdog, call_watchdog),
    [VIR_DOMAIN_EVENT_ID_IO_ERROR] = NESTED(IO_ERROR, io_error, call_io_error),
    [VIR_DOMAIN_EVENT_ID_GRAPHICS] = NESTED(GRAPHICS, graphics, call_graphics),
    [VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON] = NESTED(IO_ERROR_REASON, io_error_reason, call_io_error_reason),
    [VIR_DOMAIN_EVENT_ID_CONTROL_ERROR] = NESTED(CONTROL_ERROR, control_error, call_generic),
    [VIR_DOMAIN_EVENT_ID_BLOCK_JOB] = NESTED(BLOCK_JOB, block_job, call_block_job),
    [VIR_DOMAIN_EVENT_ID_DISK_CHANGE] = NESTED(DISK_CHANGE, disk_change, call_disk_change),
    [VIR_DOMAIN_EVENT_ID_TRAY_CHANGE] = NESTED(TRAY_CHANGE, tray_change, call_tray_change),
    [VIR_DOMAIN_EVENT_ID_PMWAKEUP] = NESTED(PMWAKEUP, pmwakeup, call_pm),
    [VIR_DOMAIN_EVENT_ID_PMSUSPEND] = NESTED(PMSUSPEND, pmsuspend, call_pm),
    [VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE] = NESTED(BALLOON_CHANGE, balloon_change, call_balloon_change),
    [VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK] = NESTED(PMSUSPEND_DISK, pmsuspend_disk, call_pm),
    [VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED] = NESTED(DEVICE_REMOVED, device_removed, call_device_removed),
    [VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2] = FLAT(BLOCK_JOB_2, block_job_2, call_block_job_2),
    [VIR_DOMAIN_EVENT_ID_TUNABLE] = FLAT(CALLBACK_TUNABLE, callback_tunable, call_tunable),
    [VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE] =
        FLAT(CALLBACK_AGENT_LIFECYCLE, callback_agent_lifecycle, call_agent_lifecycle),
    [VIR_DOMAIN_EVENT_ID_DEVICE_ADDED] = FLAT(CALLBACK_DEVICE_ADDED, callback_device_added, call_device_added),
    [VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION] =
        FLAT(CALLBACK_MIGRATION_ITERATION, callback_migration_iteration, call_migration_iteration),
    [VIR_DOMAIN_EVENT_ID_JOB_COMPLETED] = FLAT(CALLBACK_JOB_COMPLETED, callback_job_completed, call_job_completed),
    [VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED] =
        FLAT(CALLBACK_DEVICE_REMOVAL_FAILED, callback_device_removal_failed, call_device_removal_failed),
    [VIR_DOMAIN_EVENT_ID_METADATA_CHANGE] =
        FLAT(CALLBACK_METADATA_CHANGE, callback_metadata_change, call_metadata_change),
    [VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD] = FLAT(BLOCK_THRESHOLD, block_threshold, call_block_threshold),
    [VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE] = FLAT(MEMORY_FAILURE, memory_failure, call_memory_failure),
    [VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE] =
        FLAT(MEMORY_DEVICE_SIZE_CHANGE, memory_device_size_change, call_memory_device_size_change),
};
_Static_assert(array_size(kinds) == VIR_DOMAIN_EVENT_ID_LAST, "every event id has a kind");

bool event_message_parse(enum proc proc, const void *msg, struct event_message *ret_message)
{
    for (int id = 0; id < (int)array_size(kinds); id++) {
        const struct event_kind *kind = &kinds[id];
        if (proc != kind->proc && proc != kind->legacy)
            continue;
        bool full = proc == kind->proc;
        const char *body = (const char *)msg + (full ? kind->body : 0);
        *ret_message = (struct event_message) { .event_id = id,
                                                .has_callback_id = full,
                                                .body = body,
                                                .callback_id = full ? *(const int *)msg : -1,
                                                .dom = (const struct wire_domain *)(const void *)(body + kind->dom) };
        return true;
    }
    return false;
}

void event_call(const struct event_message *message, virConnectDomainEventGenericCallback callback, virConnectPtr conn,
                virDomainPtr dom, void *opaque)
{
    kinds[message->event_id].call(conn, dom, message->body, callback, opaque);
}
