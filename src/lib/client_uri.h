/* SPDX-License-Identifier: MIT
 * From the name that a program gives virConnectOpen() to a parsed URI: defaults, aliases of libvirt.conf, the
 * transport.
 */
#pragma once
#include "base/uri.h"

struct client_uri {
    char *text;      /* owned: the URI as chosen; NULL when nobody named one and the daemon decides */
    struct uri *uri; /* owned: its scheme without "+transport"; all members NULL when text is NULL */
    char *transport; /* owned: what followed the '+', NULL when nothing did */
};

/* name NULL or "": LIBVIRT_DEFAULT_URI, then uri_default of libvirt.conf, then none. flags: VIR_CONNECT_NO_ALIASES.
 * -1 with the error set. */
int client_uri_resolve(const char *name, unsigned int flags, struct client_uri *ret_uri);
void client_uri_clear(struct client_uri *uri);
