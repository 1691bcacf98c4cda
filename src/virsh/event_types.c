/* SPDX-License-Identifier: MIT
 * The callbacks of all event types: each makes the text of its event and hands it to its sink.
 */
#include "virsh/events.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "virsh/complete.h"
#include "virsh/shell.h"

static void deliver(void *opaque, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void deliver(void *opaque, const char *format, ...)
{
    struct event_sink *sink = opaque;
    auto_buf struct buf text = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    auto_free char *line = keep(buf_take(&text));
    sink->deliver(sink, line);
}

static const char *event_name(void *opaque)
{
    return ((struct event_sink *)opaque)->type->name;
}

/* texts[index], or "unknown" when there is none. */
static const char *pick(const char *const *texts, size_t count, int index)
{
    return index >= 0 && (size_t)index < count && texts[index] ? texts[index] : "unknown";
}
#define PICK(texts, index) pick(texts, array_size(texts), index)

static const char *lifecycle_detail(int event, int detail)
{
    static const char *const defined[] = { "Added", "Updated", "Renamed", "Snapshot" };
    static const char *const undefined[] = { "Removed", "Renamed" };
    static const char *const started[] = { "Booted", "Migrated", "Restored", "Snapshot", "Event wakeup" };
    static const char *const suspended[] = { "Paused", "Migrated", "I/O Error", "Watchdog", "Restored", "Snapshot",
                                             "API error", "Post-copy", "Post-copy Error" };
    static const char *const resumed[] = { "Unpaused", "Migrated", "Snapshot", "Post-copy", "Post-copy Error" };
    static const char *const stopped[] = { "Shutdown", "Destroyed", "Crashed", "Migrated", "Saved", "Failed",
                                           "Snapshot" };
    static const char *const shutdown[] = { "Finished", "Finished after guest request",
                                            "Finished after host request" };
    static const char *const pmsuspended[] = { "Memory", "Disk" };
    static const char *const crashed[] = { "Panicked", "Crashloaded" };
    switch (event) {
    case VIR_DOMAIN_EVENT_DEFINED:
        return PICK(defined, detail);
    case VIR_DOMAIN_EVENT_UNDEFINED:
        return PICK(undefined, detail);
    case VIR_DOMAIN_EVENT_STARTED:
        return PICK(started, detail);
    case VIR_DOMAIN_EVENT_SUSPENDED:
        return PICK(suspended, detail);
    case VIR_DOMAIN_EVENT_RESUMED:
        return PICK(resumed, detail);
    case VIR_DOMAIN_EVENT_STOPPED:
        return PICK(stopped, detail);
    case VIR_DOMAIN_EVENT_SHUTDOWN:
        return PICK(shutdown, detail);
    case VIR_DOMAIN_EVENT_PMSUSPENDED:
        return PICK(pmsuspended, detail);
    case VIR_DOMAIN_EVENT_CRASHED:
        return PICK(crashed, detail);
    default:
        return "unknown";
    }
}

static int on_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail, void *opaque)
{
    static const char *const events[] = { "Defined", "Undefined", "Started", "Suspended", "Resumed", "Stopped",
                                          "Shutdown", "PMSuspended", "Crashed" };
    (void)connection;
    deliver(opaque, "event 'lifecycle' for domain '%s': %s %s\n", virDomainGetName(domain), PICK(events, event),
            lifecycle_detail(event, detail));
    return 0;
}

static void on_plain(virConnectPtr connection, virDomainPtr domain, void *opaque)
{
    (void)connection;
    deliver(opaque, "event '%s' for domain '%s'\n", event_name(opaque), virDomainGetName(domain));
}

static void on_power(virConnectPtr connection, virDomainPtr domain, int reason, void *opaque)
{
    (void)reason;
    on_plain(connection, domain, opaque);
}

static void on_rtc_change(virConnectPtr connection, virDomainPtr domain, long long offset_s, void *opaque)
{
    (void)connection;
    deliver(opaque, "event 'rtc-change' for domain '%s': %lld\n", virDomainGetName(domain), offset_s);
}

static void on_watchdog(virConnectPtr connection, virDomainPtr domain, int action, void *opaque)
{
    static const char *const actions[] = { "none", "pause", "reset", "poweroff", "shutdown", "debug", "inject-nmi" };
    (void)connection;
    deliver(opaque, "event 'watchdog' for domain '%s': %s\n", virDomainGetName(domain), PICK(actions, action));
}

static const char *io_error_action(int action)
{
    static const char *const actions[] = { "none", "pause", "report" };
    return PICK(actions, action);
}

static void on_io_error(virConnectPtr connection, virDomainPtr domain, const char *path, const char *alias, int action,
                        void *opaque)
{
    (void)connection;
    deliver(opaque, "event 'io-error' for domain '%s': %s (%s) %s\n", virDomainGetName(domain), path, alias,
            io_error_action(action));
}

static void on_io_error_reason(virConnectPtr connection, virDomainPtr domain, const char *path, const char *alias,
                               int action, const char *reason, void *opaque)
{
    (void)connection;
    deliver(opaque, "event 'io-error-reason' for domain '%s': %s (%s) %s due to %s\n", virDomainGetName(domain), path,
            alias, io_error_action(action), reason);
}

static void on_graphics(virConnectPtr connection, virDomainPtr domain, int phase,
                        const virDomainEventGraphicsAddress *local, const virDomainEventGraphicsAddress *remote,
                        const char *scheme, const virDomainEventGraphicsSubject *subject, void *opaque)
{
    static const char *const phases[] = { "connect", "initialize", "disconnect" };
    static const char *const families[] = { "IPv4", "IPv6", "unix" };
    auto_buf struct buf text = BUF_INIT;
    (void)connection;
    buf_addf(&text, "event 'graphics' for domain '%s': %s local[%s %s %s] remote[%s %s %s] %s\n",
             virDomainGetName(domain), PICK(phases, phase), PICK(families, local->family), local->node, local->service,
             PICK(families, remote->family), remote->node, remote->service, scheme);
    for (int i = 0; i < subject->nidentity; i++)
        buf_addf(&text, "\t%s=%s\n", subject->identities[i].type, subject->identities[i].name);
    auto_free char *lines = keep(buf_take(&text));
    deliver(opaque, "%s", lines);
}

static void on_block_job(virConnectPtr connection, virDomainPtr domain, const char *disk, int type, int status,
                         void *opaque)
{
    static const char *const types[] = { "Unknown job", "Block Pull", "Block Copy", "Block Commit",
                                         "Active Block Commit", "Backup" };
    static const char *const statuses[] = { "completed", "failed", "canceled", "ready" };
    (void)connection;
    deliver(opaque, "event '%s' for domain '%s': %s for %s %s\n", event_name(opaque), virDomainGetName(domain),
            PICK(types, type), disk, PICK(statuses, status));
}

static void on_disk_change(virConnectPtr connection, virDomainPtr domain, const char *old_source,
                           const char *new_source, const char *alias, int reason, void *opaque)
{
    static const char *const reasons[] = { "changed", "dropped" };
    (void)connection;
    deliver(opaque, "event 'disk-change' for domain '%s' disk %s: %s -> %s: %s\n", virDomainGetName(domain), alias,
            old_source ? old_source : "<null>", new_source ? new_source : "<null>", PICK(reasons, reason));
}

static void on_tray_change(virConnectPtr connection, virDomainPtr domain, const char *alias, int reason, void *opaque)
{
    static const char *const reasons[] = { "opened", "closed" };
    (void)connection;
    deliver(opaque, "event 'tray-change' for domain '%s' disk %s: %s\n", virDomainGetName(domain), alias,
            PICK(reasons, reason));
}

static void on_balloon_change(virConnectPtr connection, virDomainPtr domain, unsigned long long actual_kib,
                              void *opaque)
{
    (void)connection;
    deliver(opaque, "event 'balloon-change' for domain '%s': %lluKiB\n", virDomainGetName(domain), actual_kib);
}

static void on_device(virConnectPtr connection, virDomainPtr domain, const char *alias, void *opaque)
{
    (void)connection;
    deliver(opaque, "event '%s' for domain '%s': %s\n", event_name(opaque), virDomainGetName(domain), alias);
}

static void add_parameter(struct buf *text, const virTypedParameter *parameter)
{
    buf_addf(text, "\t%s: ", parameter->field);
    switch (parameter->type) {
    case VIR_TYPED_PARAM_INT:
        buf_addf(text, "%d\n", parameter->value.i);
        break;
    case VIR_TYPED_PARAM_UINT:
        buf_addf(text, "%u\n", parameter->value.ui);
        break;
    case VIR_TYPED_PARAM_LLONG:
        buf_addf(text, "%lld\n", parameter->value.l);
        break;
    case VIR_TYPED_PARAM_ULLONG:
        buf_addf(text, "%llu\n", parameter->value.ul);
        break;
    case VIR_TYPED_PARAM_DOUBLE:
        buf_addf(text, "%f\n", parameter->value.d);
        break;
    case VIR_TYPED_PARAM_BOOLEAN:
        buf_addf(text, "%s\n", parameter->value.b ? "yes" : "no");
        break;
    case VIR_TYPED_PARAM_STRING:
        buf_addf(text, "%s\n", parameter->value.s);
        break;
    default:
        buf_addf(text, "(type %d)\n", parameter->type);
    }
}

static void on_parameters(virConnectPtr connection, virDomainPtr domain, virTypedParameterPtr parameters, int count,
                          void *opaque)
{
    auto_buf struct buf text = BUF_INIT;
    (void)connection;
    buf_addf(&text, "event '%s' for domain '%s':\n", event_name(opaque), virDomainGetName(domain));
    for (int i = 0; i < count; i++)
        add_parameter(&text, &parameters[i]);
    auto_free char *lines = keep(buf_take(&text));
    deliver(opaque, "%s", lines);
}

static void on_agent_lifecycle(virConnectPtr connection, virDomainPtr domain, int state, int reason, void *opaque)
{
    static const char *const states[] = { NULL, "connected", "disconnected" };
    static const char *const reasons[] = { "unknown", "domain started", "channel event" };
    (void)connection;
    deliver(opaque, "event 'agent-lifecycle' for domain '%s': state: '%s' reason: '%s'\n", virDomainGetName(domain),
            PICK(states, state), PICK(reasons, reason));
}

static void on_migration_iteration(virConnectPtr connection, virDomainPtr domain, int iteration, void *opaque)
{
    (void)connection;
    deliver(opaque, "event 'migration-iteration' for domain '%s': iteration: '%d'\n", virDomainGetName(domain),
            iteration);
}

static void on_metadata_change(virConnectPtr connection, virDomainPtr domain, int type, const char *uri, void *opaque)
{
    static const char *const types[] = { "description", "title", "element" };
    (void)connection;
    deliver(opaque, "event 'metadata-change' for domain '%s': type %s, uri %s\n", virDomainGetName(domain),
            PICK(types, type), uri ? uri : "<null>");
}

static void on_block_threshold(virConnectPtr connection, virDomainPtr domain, const char *device, const char *path,
                               unsigned long long threshold, unsigned long long excess, void *opaque)
{
    (void)connection;
    deliver(opaque, "event 'block-threshold' for domain '%s': dev: %s(%s) %llu %llu\n", virDomainGetName(domain),
            device, path ? path : "<null>", threshold, excess);
}

static void on_memory_failure(virConnectPtr connection, virDomainPtr domain, int recipient, int action,
                              unsigned int flags, void *opaque)
{
    static const char *const recipients[] = { "hypervisor", "guest" };
    static const char *const actions[] = { "ignore", "inject", "fatal", "reset" };
    (void)connection;
    deliver(opaque, "event 'memory-failure' for domain '%s':\nrecipient: %s\naction: %s\nflags:\n"
                    "\taction required: %d\n\trecursive: %d\n", virDomainGetName(domain), PICK(recipients, recipient),
            PICK(actions, action), !!(flags & VIR_DOMAIN_MEMORY_FAILURE_ACTION_REQUIRED),
            !!(flags & VIR_DOMAIN_MEMORY_FAILURE_RECURSIVE));
}

static void on_memory_size(virConnectPtr connection, virDomainPtr domain, const char *alias,
                           unsigned long long size_kib, void *opaque)
{
    (void)connection;
    deliver(opaque, "event 'memory-device-size-change' for domain '%s':\nalias: %s\nsize: %llu\n",
            virDomainGetName(domain), alias, size_kib);
}

#define ROW(name, id, callback) { name, VIR_DOMAIN_EVENT_ID_##id, VIR_DOMAIN_EVENT_CALLBACK(callback) }

const struct event_type event_types[] = {
    ROW("lifecycle", LIFECYCLE, on_lifecycle),
    ROW("reboot", REBOOT, on_plain),
    ROW("rtc-change", RTC_CHANGE, on_rtc_change),
    ROW("watchdog", WATCHDOG, on_watchdog),
    ROW("io-error", IO_ERROR, on_io_error),
    ROW("graphics", GRAPHICS, on_graphics),
    ROW("io-error-reason", IO_ERROR_REASON, on_io_error_reason),
    ROW("control-error", CONTROL_ERROR, on_plain),
    ROW("block-job", BLOCK_JOB, on_block_job),
    ROW("disk-change", DISK_CHANGE, on_disk_change),
    ROW("tray-change", TRAY_CHANGE, on_tray_change),
    ROW("pm-wakeup", PMWAKEUP, on_power),
    ROW("pm-suspend", PMSUSPEND, on_power),
    ROW("balloon-change", BALLOON_CHANGE, on_balloon_change),
    ROW("pm-suspend-disk", PMSUSPEND_DISK, on_power),
    ROW("device-removed", DEVICE_REMOVED, on_device),
    ROW("block-job-2", BLOCK_JOB_2, on_block_job),
    ROW("tunable", TUNABLE, on_parameters),
    ROW("agent-lifecycle", AGENT_LIFECYCLE, on_agent_lifecycle),
    ROW("device-added", DEVICE_ADDED, on_device),
    ROW("migration-iteration", MIGRATION_ITERATION, on_migration_iteration),
    ROW("job-completed", JOB_COMPLETED, on_parameters),
    ROW("device-removal-failed", DEVICE_REMOVAL_FAILED, on_device),
    ROW("metadata-change", METADATA_CHANGE, on_metadata_change),
    ROW("block-threshold", BLOCK_THRESHOLD, on_block_threshold),
    ROW("memory-failure", MEMORY_FAILURE, on_memory_failure),
    ROW("memory-device-size-change", MEMORY_DEVICE_SIZE_CHANGE, on_memory_size),
};

const size_t event_type_count = array_size(event_types);

void complete_event(struct shell *shell, const char *partial, struct words *ret_words)
{
    (void)shell;
    for (size_t i = 0; i < event_type_count; i++)
        complete_offer(ret_words, partial, event_types[i].name);
}
