/* SPDX-License-Identifier: MIT
 * Between handles and the structs that name objects on the wire.
 */
#pragma once
#include <libvirt/libvirt.h>

#include "wire/messages.h"

/* Borrows the handle's name: *ret_wire is valid as long as dom is. */
void domain_to_wire(virDomainPtr dom, struct wire_domain *ret_wire);
/* A new handle with one reference; NULL with the error set. */
virDomainPtr domain_from_wire(virConnectPtr conn, const struct wire_domain *wire);
