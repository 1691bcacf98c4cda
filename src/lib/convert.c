/* SPDX-License-Identifier: MIT
 * Handles to wire structs and back.
 */
#include "lib/convert.h"

#include <string.h>

#include "lib/handle.h"

void domain_to_wire(virDomainPtr dom, struct wire_domain *ret_wire)
{
    const struct object *object = object_of(dom);
    ret_wire->name = object->name;
    ret_wire->id = atomic_load_explicit(&object->number, memory_order_relaxed);
    memcpy(ret_wire->uuid, object->uuid, UUID_LENGTH);
}

virDomainPtr domain_from_wire(virConnectPtr conn, const struct wire_domain *wire)
{
    virDomainPtr dom = object_new(HANDLE_DOMAIN, conn, NULL, wire->name, wire->uuid);
    if (dom)
        handle_set_id(dom, wire->id);
    return dom;
}
