/* SPDX-License-Identifier: MIT
 * Event registrations of one driver instance and their delivery. Each registration is one (connection, event id,
 * optional domain); an event goes once to each that matches, as stock does.
 */
#pragma once
#include <stdbool.h>

#include "wire/calls.h"
#include "wire/messages.h"

struct conn;
struct event_hub;

struct event_hub *event_hub_new(void);
void event_hub_free(struct event_hub *hub);

/* Registers conn for domain events of this id, of one domain (uuid) or of all (NULL). legacy: deliver the message
 * without callback id that old clients understand. 0 and the id, or -1 with the error set. */
int event_register(struct event_hub *hub, struct conn *conn, int event_id, const unsigned char *uuid, bool legacy,
                   int *ret_callback_id);
/* Ends one registration of conn. -1 with the error set when there is no such one. */
int event_deregister(struct event_hub *hub, struct conn *conn, int callback_id);
/* True for the event ids that old clients know. */
bool event_has_legacy(int event_id);
/* The callback id of conn's legacy registration for this event id, -1 when there is none. */
int event_find_legacy(struct event_hub *hub, struct conn *conn, int event_id);
/* Ends all registrations of conn. Never fails: teardown asks nobody. */
void event_forget(struct event_hub *hub, struct conn *conn);

/* Delivers a domain event to every registration that matches. msg: the message struct of the callback-id form
 * (struct domain_event_callback_X_msg, or the flat one of newer events); its first member is set here. dom: the domain.
 */
void event_raise(struct event_hub *hub, int event_id, const struct wire_domain *dom, void *msg);
/* The same for the life-cycle event (VIR_DOMAIN_EVENT_ID_LIFECYCLE). */
void event_raise_lifecycle(struct event_hub *hub, const struct wire_domain *dom, int event, int detail);
