/* SPDX-License-Identifier: MIT
 * Handles: creation, references, checks.
 */
#include "lib/handle.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "lib/connect.h"
#include "lib/errors.h"

void handle_init(struct handle *handle, enum handle_kind kind)
{
    handle->magic = handle_magic(kind);
    atomic_init(&handle->refs, 1);
}

void handle_ref(void *handle)
{
    atomic_fetch_add_explicit(&((struct handle *)handle)->refs, 1, memory_order_relaxed);
}

struct old_name {
    struct old_name *next;
    char *text;
};

bool handle_try_ref(void *handle)
{
    atomic_int *refs = &((struct handle *)handle)->refs;
    int count = atomic_load_explicit(refs, memory_order_relaxed);
    while (count > 0) {
        if (atomic_compare_exchange_weak_explicit(refs, &count, count + 1, memory_order_acquire, memory_order_relaxed))
            return true;
    }
    return false;
}

static void object_free(struct object *object)
{
    if (object->parent)
        handle_unref(object->parent);
    handle_unref(object->conn);
    struct old_name *old = object->old_names;
    while (old) {
        struct old_name *next = old->next;
        free(old->text);
        free(old);
        old = next;
    }
    free(object->name);
    free(object->extra);
    free(object->place);
    free(object);
}

int handle_unref(void *pointer)
{
    struct handle *handle = pointer;
    int left = atomic_fetch_sub_explicit(&handle->refs, 1, memory_order_acq_rel) - 1;
    if (left > 0)
        return left;
    uint32_t magic = handle->magic;
    handle->magic = 0;
    if (magic == handle_magic(HANDLE_CONNECT))
        connect_free(pointer);
    else
        object_free(pointer);
    return 0;
}

void *object_new(enum handle_kind kind, virConnectPtr conn, void *parent, const char *name, const unsigned char *uuid)
{
    struct object *object = calloc(1, sizeof *object);
    char *copy = name ? strdup(name) : NULL;
    if (!object || (name && !copy)) {
        free(object);
        free(copy);
        error_set(VIR_FROM_NONE, VIR_ERR_NO_MEMORY, 0, NULL);
        return NULL;
    }
    handle_init(&object->base, kind);
    handle_ref(conn);
    object->conn = conn;
    if (parent)
        handle_ref(parent);
    object->parent = parent;
    object->name = copy;
    if (uuid)
        memcpy(object->uuid, uuid, UUID_LENGTH);
    return object;
}

void object_rename(void *handle, const char *name)
{
    struct object *object = object_of(handle);
    struct old_name *old = malloc(sizeof *old);
    char *copy = strdup(name);
    if (!old || !copy) {
        free(old);
        free(copy);
        return;
    }
    old->text = atomic_exchange(&object->name, copy);
    old->next = atomic_load(&object->old_names);
    while (!atomic_compare_exchange_weak(&object->old_names, &old->next, old))
        continue;
}

virConnectPtr handle_check(const char *function, int domain, enum handle_kind kind, const void *handle)
{
    const struct handle *base = handle;
    if (base && base->magic == handle_magic(kind))
        return kind == HANDLE_CONNECT ? (virConnectPtr)handle : object_of(handle)->conn;
    const struct handle_class *class = &handle_classes[kind];
    error_set(class->error_domain ? class->error_domain : domain, class->error_code, 0, "%s", function);
    return NULL;
}

/* Starts an accessor: NULL when handle is not a live one of this kind, with the error reported. */
static struct object *begin(const char *function, int domain, enum handle_kind kind, const void *handle)
{
    errors_reset();
    if (handle_check(function, domain, kind, handle))
        return object_of(handle);
    errors_dispatch(NULL);
    return NULL;
}

/* Refuses a NULL output of an accessor. */
static int refuse_null(const char *function, int domain, const struct object *object, const char *argument)
{
    error_set_argument(domain, VIR_ERR_INVALID_ARG, function, argument, "%s in %s must not be NULL", argument,
                       function);
    errors_dispatch(object->conn);
    return -1;
}

int handle_free_api(const char *function, int domain, enum handle_kind kind, void *handle)
{
    if (!begin(function, domain, kind, handle))
        return -1;
    handle_unref(handle);
    return 0;
}

int handle_ref_api(const char *function, int domain, enum handle_kind kind, void *handle)
{
    if (!begin(function, domain, kind, handle))
        return -1;
    handle_ref(handle);
    return 0;
}

const char *handle_name_api(const char *function, int domain, enum handle_kind kind, const void *handle)
{
    const struct object *object = begin(function, domain, kind, handle);
    return object ? object->name : NULL;
}

const char *handle_extra_api(const char *function, int domain, enum handle_kind kind, const void *handle)
{
    const struct object *object = begin(function, domain, kind, handle);
    return object ? object->extra : NULL;
}

int handle_number_api(const char *function, int domain, enum handle_kind kind, const void *handle)
{
    struct object *object = begin(function, domain, kind, handle);
    return object ? atomic_load_explicit(&object->number, memory_order_relaxed) : -1;
}

unsigned int handle_id_api(const char *function, int domain, enum handle_kind kind, const void *handle)
{
    return (unsigned int)handle_number_api(function, domain, kind, handle);
}

int handle_uuid_api(const char *function, int domain, enum handle_kind kind, const void *handle,
                    unsigned char *ret_uuid)
{
    const struct object *object = begin(function, domain, kind, handle);
    if (!object)
        return -1;
    if (!ret_uuid)
        return refuse_null(function, domain, object, "uuid");
    memcpy(ret_uuid, object->uuid, UUID_LENGTH);
    return 0;
}

int handle_uuid_string_api(const char *function, int domain, enum handle_kind kind, const void *handle, char *ret_text)
{
    const struct object *object = begin(function, domain, kind, handle);
    if (!object)
        return -1;
    if (!ret_text)
        return refuse_null(function, domain, object, "buf");
    uuid_format(object->uuid, ret_text);
    return 0;
}

virConnectPtr handle_connect_api(const char *function, int domain, enum handle_kind kind, const void *handle)
{
    const struct object *object = begin(function, domain, kind, handle);
    return object ? object->conn : NULL;
}

void *handle_parent_api(const char *function, int domain, enum handle_kind kind, const void *handle)
{
    const struct object *object = begin(function, domain, kind, handle);
    return object ? object->parent : NULL;
}
