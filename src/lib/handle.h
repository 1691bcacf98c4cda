/* SPDX-License-Identifier: MIT
 * Public objects: reference counts, validity checks, and what every kind has in common. One struct serves all kinds but
 * connections; the table of kinds is generated from api/public/. Does not know what calls exist.
 *
 *   connection <- domain, network, pool, ... <- snapshot, checkpoint, port     (each holds a reference to its left)
 */
#pragma once
#include <libvirt/libvirt.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "lib/handle_kinds.h"

/* What every public pointer points to first. */
struct handle {
    uint32_t magic; /* handle_magic(kind) while alive: catches wrong and freed pointers */
    atomic_int refs;
};

struct old_name;

/* Every public object but a connection. Immutable but for number and, with virDomainRename(), name. */
struct object {
    struct handle base;
    virConnectPtr conn;                   /* a reference */
    struct object *parent;                /* a reference, or NULL: the domain of a snapshot, the network of a port */
    _Atomic(char *) name;                 /* owned, may be NULL */
    _Atomic(struct old_name *) old_names; /* owned: names that callers may still hold */
    char *extra;       /* owned, may be NULL: key of a volume, MAC of an interface, usage id of a secret, ... */
    char *place;       /* owned, may be NULL: name of the pool of a volume */
    atomic_int number; /* id of a domain (-1 inactive), usage type of a secret */
    unsigned char uuid[UUID_LENGTH];
};

struct handle_class {
    int error_code;   /* VIR_ERR_INVALID_* */
    int error_domain; /* VIR_FROM_* of that error, 0 = the function's own */
};

extern const struct handle_class handle_classes[HANDLE_KINDS];

static inline uint32_t handle_magic(enum handle_kind kind)
{
    return 0x6f690000u + kind;
}

/* A new handle has one reference. */
void handle_init(struct handle *handle, enum handle_kind kind);
void handle_ref(void *handle);
/* Takes a reference unless the last one is already gone. The memory must be valid. */
bool handle_try_ref(void *handle);
/* Drops one reference and frees the handle with the last one. Returns the references left. */
int handle_unref(void *handle);

/* An object of conn with one reference; holds references to conn and parent. uuid, name, extra, parent may be NULL.
 * NULL with the error set. */
void *object_new(enum handle_kind kind, virConnectPtr conn, void *parent, const char *name, const unsigned char *uuid);

/* Gives the object another name; the pointer that virDomainGetName() returned before stays valid. Without memory the
 * name stays as it was. */
void object_rename(void *handle, const char *name);

/* The connection that a handle belongs to; NULL with the error set when handle is not a live one of this kind.
 * domain: VIR_FROM_* of function's own errors. */
virConnectPtr handle_check(const char *function, int domain, enum handle_kind kind, const void *handle);

static inline struct object *object_of(const void *handle)
{
    return (struct object *)handle;
}

static inline void handle_set_id(void *handle, int id)
{
    atomic_store_explicit(&object_of(handle)->number, id, memory_order_relaxed);
}

/* The public accessors. domain: VIR_FROM_* of the function. Each resets the error, checks the handle, and reports
 * errors as public functions do. */
int handle_free_api(const char *function, int domain, enum handle_kind kind, void *handle);
int handle_ref_api(const char *function, int domain, enum handle_kind kind, void *handle);
const char *handle_name_api(const char *function, int domain, enum handle_kind kind, const void *handle);
const char *handle_extra_api(const char *function, int domain, enum handle_kind kind, const void *handle);
int handle_number_api(const char *function, int domain, enum handle_kind kind, const void *handle);
unsigned int handle_id_api(const char *function, int domain, enum handle_kind kind, const void *handle);
int handle_uuid_api(const char *function, int domain, enum handle_kind kind, const void *handle,
                    unsigned char *ret_uuid);
int handle_uuid_string_api(const char *function, int domain, enum handle_kind kind, const void *handle, char *ret_text);
/* Borrowed; the caller of the public function does not get a reference. */
virConnectPtr handle_connect_api(const char *function, int domain, enum handle_kind kind, const void *handle);
void *handle_parent_api(const char *function, int domain, enum handle_kind kind, const void *handle);
