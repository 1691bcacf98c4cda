/* SPDX-License-Identifier: MIT
 * Handles to the structs that name their objects on the wire, and back. One table says where each kind keeps what.
 */
#pragma once
#include "lib/handle.h"
#include "wire/messages.h"

/* Fills the wire struct of this kind; it borrows the handle's texts. */
void object_to_wire(enum handle_kind kind, const void *handle, void *ret_wire);
/* A handle with one reference. NULL with the error set. */
void *object_from_wire(enum handle_kind kind, virConnectPtr conn, const void *wire);
/* Size of the wire struct of this kind. */
size_t object_wire_size(enum handle_kind kind);

static inline void domain_to_wire(virDomainPtr dom, struct wire_domain *ret_wire)
{
    object_to_wire(HANDLE_DOMAIN, dom, ret_wire);
}

static inline virDomainPtr domain_from_wire(virConnectPtr conn, const struct wire_domain *wire)
{
    return object_from_wire(HANDLE_DOMAIN, conn, wire);
}
