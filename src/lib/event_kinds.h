/* SPDX-License-Identifier: MIT
 * The kinds of domain events: which messages carry them, and how a message becomes the arguments of a callback.
 */
#pragma once
#include <libvirt/libvirt.h>
#include <stdbool.h>

#include "wire/messages.h"
#include "wire/procs.h"

/* What a callback is told, found in a message. */
struct event_message {
    int event_id;                  /* VIR_DOMAIN_EVENT_ID_* */
    bool has_callback_id;          /* false: the form for peers without callback ids */
    int callback_id;               /* the peer's */
    const struct wire_domain *dom; /* borrowed from the message */
    const void *body;              /* what event_call() reads; borrowed from the message */
};

/* Whether proc carries a domain event; if so, *ret_message says what is in msg. */
bool event_message_parse(enum proc proc, const void *msg, struct event_message *ret_message);
/* Calls callback, which has the signature that stands for this event id in <libvirt/libvirt.h>. */
void event_call(const struct event_message *message, virConnectDomainEventGenericCallback callback, virConnectPtr conn,
                virDomainPtr dom, void *opaque);
