/* SPDX-License-Identifier: MIT
 * Domain event callbacks of one connection. Many callbacks share one registration on the wire for each (event id,
 * domain); a callback holds a reference to its connection until it is deregistered.
 */
#pragma once
#include <libvirt/libvirt.h>

#include "lib/event_kinds.h"

struct domain_events;

/* NULL with the error set. */
struct domain_events *domain_events_new(void);
/* Called when no callback is left: each holds a reference to the connection that owns events. */
void domain_events_free(struct domain_events *events);
/* Calls the callbacks that message is for. On the event loop's thread. */
void domain_events_deliver(virConnectPtr conn, const struct event_message *message);
