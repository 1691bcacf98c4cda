/* SPDX-License-Identifier: MIT
 * The shapes of objects on the wire.
 */
#include "lib/convert.h"

#include <libvirt/virterror.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"

#define ERROR_DOMAIN VIR_FROM_NONE

/* Offsets in the wire struct plus one; 0 = this kind has no such member. */
struct shape {
    size_t size;
    uint16_t name, uuid, number, extra, place, parent;
    enum handle_kind parent_kind;
};

#define AT(type, member) (offsetof(struct wire_##type, member) + 1)

static const struct shape shapes[HANDLE_KINDS] = {
    [HANDLE_DOMAIN] = { sizeof(struct wire_domain), .name = AT(domain, name), .uuid = AT(domain, uuid),
                        .number = AT(domain, id) },
    [HANDLE_NETWORK] = { sizeof(struct wire_network), .name = AT(network, name), .uuid = AT(network, uuid) },
    [HANDLE_NETWORK_PORT] = { sizeof(struct wire_network_port), .uuid = AT(network_port, uuid),
                              .parent = AT(network_port, net), .parent_kind = HANDLE_NETWORK },
    [HANDLE_STORAGE_POOL] = { sizeof(struct wire_storage_pool), .name = AT(storage_pool, name),
                              .uuid = AT(storage_pool, uuid) },
    [HANDLE_STORAGE_VOL] = { sizeof(struct wire_storage_vol), .name = AT(storage_vol, name),
                             .extra = AT(storage_vol, key), .place = AT(storage_vol, pool) },
    [HANDLE_NODE_DEVICE] = { sizeof(struct wire_node_device), .name = AT(node_device, name) },
    [HANDLE_INTERFACE] = { sizeof(struct wire_interface), .name = AT(interface, name), .extra = AT(interface, mac) },
    [HANDLE_SECRET] = { sizeof(struct wire_secret), .uuid = AT(secret, uuid), .number = AT(secret, usageType),
                        .extra = AT(secret, usageID) },
    [HANDLE_NWFILTER] = { sizeof(struct wire_nwfilter), .name = AT(nwfilter, name), .uuid = AT(nwfilter, uuid) },
    [HANDLE_NWFILTER_BINDING] = { sizeof(struct wire_nwfilter_binding), .name = AT(nwfilter_binding, portdev),
                                  .extra = AT(nwfilter_binding, filtername) },
    [HANDLE_DOMAIN_SNAPSHOT] = { sizeof(struct wire_snapshot), .name = AT(snapshot, name), .parent = AT(snapshot, dom),
                                 .parent_kind = HANDLE_DOMAIN },
    [HANDLE_DOMAIN_CHECKPOINT] = { sizeof(struct wire_checkpoint), .name = AT(checkpoint, name),
                                   .parent = AT(checkpoint, dom), .parent_kind = HANDLE_DOMAIN },
};

size_t object_wire_size(enum handle_kind kind)
{
    return shapes[kind].size;
}

static void put_text(char *wire, uint16_t at, char *text)
{
    if (at)
        memcpy(wire + at - 1, &text, sizeof text);
}

static const char *get_text(const char *wire, uint16_t at)
{
    char *text = NULL;
    if (at)
        memcpy(&text, wire + at - 1, sizeof text);
    return text;
}

void object_to_wire(enum handle_kind kind, const void *handle, void *ret_wire)
{
    const struct shape *shape = &shapes[kind];
    const struct object *object = object_of(handle);
    char *wire = ret_wire;
    put_text(wire, shape->name, object->name);
    put_text(wire, shape->extra, object->extra);
    put_text(wire, shape->place, object->place);
    if (shape->uuid)
        memcpy(wire + shape->uuid - 1, object->uuid, UUID_LENGTH);
    if (shape->number)
        *(int *)(wire + shape->number - 1) = atomic_load_explicit(&object->number, memory_order_relaxed);
    if (shape->parent)
        object_to_wire(shape->parent_kind, object->parent, wire + shape->parent - 1);
}

/* Copies a text that stands at `at`; without such a member *place stays NULL. */
static int copy_text(const char *wire, uint16_t at, char **place)
{
    const char *text = get_text(wire, at);
    *place = text ? strdup(text) : NULL;
    return text && !*place ? fail_no_memory() : 0;
}

void *object_from_wire(enum handle_kind kind, virConnectPtr conn, const void *wire)
{
    const struct shape *shape = &shapes[kind];
    const char *bytes = wire;
    void *parent = NULL;
    if (shape->parent) {
        parent = object_from_wire(shape->parent_kind, conn, bytes + shape->parent - 1);
        if (!parent)
            return NULL;
    }
    const unsigned char *uuid = shape->uuid ? (const unsigned char *)bytes + shape->uuid - 1 : NULL;
    struct object *object = object_new(kind, conn, parent, get_text(bytes, shape->name), uuid);
    if (parent)
        handle_unref(parent); /* the object has its own reference */
    if (!object)
        return NULL;
    if (shape->number)
        handle_set_id(object, *(const int *)(bytes + shape->number - 1));
    if (copy_text(bytes, shape->extra, &object->extra) < 0 || copy_text(bytes, shape->place, &object->place) < 0) {
        handle_unref(object);
        return NULL;
    }
    return object;
}
