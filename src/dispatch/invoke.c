/* SPDX-License-Identifier: MIT
 * The chokepoint: every call, local or remote, passes invoke() on its way into a driver. The rules are columns of the
 * call table; no driver checks them again.
 */
#include <errno.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "dispatch/driver.h"
#include "dispatch/generic.h"
#include "dispatch/guard.h"

#define ERROR_DOMAIN VIR_FROM_NONE
#define OPEN_READ_ONLY 1u

DEFINE_AUTO(struct uri, uri_free)

int conn_open(struct conn *conn, const char *uri_text, unsigned int flags)
{
    auto_with(uri_free) struct uri *uri = uri_parse(uri_text);
    if (!uri)
        return errno == ENOMEM ? fail_no_memory()
                               : error_set(VIR_FROM_URI, VIR_ERR_INTERNAL_ERROR, 0, "Unable to parse URI %s", uri_text);
    if (!uri->scheme)
        return fail(VIR_ERR_NO_CONNECT, "URI '%s' has no driver in front of '://', such as test:///default", uri_text);
    auto_free char *copy = strdup(uri_text);
    if (!copy)
        return fail_no_memory();
    for (size_t i = 0; drivers[i]; i++) {
        if (!str_equal(drivers[i]->scheme, uri->scheme))
            continue;
        int result = drivers[i]->open(conn, uri);
        if (result == 0)
            continue;
        if (result < 0)
            return -1;
        conn->driver = drivers[i];
        conn->uri = steal(copy);
        conn->read_only |= (flags & OPEN_READ_ONLY) != 0;
        return 0;
    }
    return fail(VIR_ERR_NO_CONNECT, "%s", uri_text);
}

void conn_close(struct conn *conn)
{
    if (conn->driver) {
        if (conn->events)
            event_forget(conn->events, conn);
        conn->driver->close(conn);
        conn->driver = NULL;
        conn->events = NULL;
    }
    free(steal(conn->uri));
}

typedef int (*call_function)(struct call *call, const void *args, void *ret);

static call_function find_function(const struct driver_calls *calls, enum proc proc)
{
    call_function function;
    memcpy(&function, (const char *)calls + proc * sizeof function, sizeof function);
    return function;
}

int invoke(struct conn *conn, enum proc proc, const void *args, void *ret, struct arena *arena)
{
    const struct call_row *row = &call_rows[proc];
    struct call call = { .conn = conn, .row = row, .arena = arena };
    if (ret && row->ret)
        memset(ret, 0, row->ret->size);
    if (!conn->driver)
        return error_set(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, 0, "hypervisor connection not open");
    if (guard_check(row, args, conn->read_only) < 0)
        return -1;
    call_function function = row->flags & CALL_EVENT ? NULL : find_function(&conn->driver->calls, proc);
    if (!function && !(row->flags & CALL_EVENT))
        function = find_function(&generic_calls, proc);
    if (!function)
        return error_set(row->error_domain, VIR_ERR_NO_SUPPORT, 0, "%s", row->api ? row->api : row->name);
    if (function(&call, args, ret) == 0)
        return 0;
    if (!error_is_set())
        return error_set_argument(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, NULL, NULL,
                                  "Library function returned error but did not set virError");
    return -1;
}

int call_check_flags(const struct call *call, unsigned int flags, unsigned int supported)
{
    const struct call_row *row = call->row;
    unsigned int unknown = flags & ~supported;
    if (!unknown)
        return 0;
    char function[128];
    snprintf(function, sizeof function, "%s%s", call->conn->driver->function_prefix,
             row->api ? row->api + strlen("vir") : row->name);
    return error_set_argument(call->conn->driver->error_domain, VIR_ERR_INVALID_ARG, function, "flags",
                              "unsupported flags (0x%x) in function %s", unknown, function);
}

int call_out_string(const struct call *call, const char *text, char **ret_text)
{
    char *copy = text ? arena_strdup(call->arena, text) : NULL;
    if (!copy)
        return error_set(VIR_FROM_NONE, VIR_ERR_NO_MEMORY, 0, NULL);
    *ret_text = copy;
    return 0;
}
