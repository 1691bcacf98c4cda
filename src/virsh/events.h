/* SPDX-License-Identifier: MIT
 * Domain events: the types, and the text of each event.
 */
#pragma once
#include <libvirt/libvirt.h>
#include <stddef.h>

struct event_type {
    const char *name; /* as `event --list` shows it */
    int id;           /* VIR_DOMAIN_EVENT_ID_* */
    virConnectDomainEventGenericCallback callback;
};

extern const struct event_type event_types[];
extern const size_t event_type_count;

/* Who waits for an event; the opaque pointer of every callback. */
struct event_sink {
    void (*deliver)(struct event_sink *sink, const char *text); /* one or more lines; on the event thread */
    const struct event_type *type;
};
