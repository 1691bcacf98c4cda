/* SPDX-License-Identifier: MIT
 * The steps of a stub. The rules of read-only connections come from the call table, as in dispatch/invoke.c; checking
 * here too saves the round trip and names the public function.
 */
#include "lib/stub.h"

#include <libvirt/virterror.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dispatch/guard.h"
#include "lib/connect.h"
#include "lib/convert.h"
#include "lib/typed_params.h"
#include "wire/calls.h"

#define ERROR_DOMAIN (stub->domain)

static int refuse(const struct stub *stub, const char *argument, const char *what)
{
    return error_set_argument(stub->domain, VIR_ERR_INVALID_ARG, stub->function, argument, "%s in %s must %s", argument,
                              stub->function, what);
}

int stub_begin(struct stub *stub, const char *function, int domain, enum proc proc, enum handle_kind kind,
               const void *handle)
{
    errors_reset();
    *stub = (struct stub) { .function = function, .domain = domain, .proc = proc };
    arena_init(&stub->arena, 0);
    stub->conn = handle_check(function, domain, kind, handle);
    if (!stub->conn)
        return -1;
    return stub->conn->read_only ? guard_check_read_only(&call_rows[proc], NULL, function) : 0;
}

int stub_call_other(struct stub *stub, enum proc proc, const void *args, void *ret)
{
    struct seam *seam = stub->conn->seam;
    if (stub->conn->read_only && guard_check_read_only(&call_rows[proc], args, stub->function) < 0)
        return -1;
    return seam->ops->call(seam, proc, args, ret, &stub->arena);
}

int stub_call(struct stub *stub, const void *args, void *ret)
{
    return stub_call_other(stub, stub->proc, args, ret);
}

void stub_end(struct stub *stub)
{
    errors_dispatch(stub->conn);
    arena_clear(&stub->arena);
}

void stub_later(const char *function, int domain, enum handle_kind kind, const void *handle)
{
    virConnectPtr conn = NULL;
    errors_reset();
    if (kind != HANDLE_NONE)
        conn = handle_check(function, domain, kind, handle);
    error_set(domain, VIR_ERR_NO_SUPPORT, 0, "%s", function);
    errors_dispatch(conn);
}

int stub_nonnull(const struct stub *stub, const void *value, const char *argument)
{
    return value ? 0 : refuse(stub, argument, "not be NULL");
}

int stub_null(const struct stub *stub, const void *value, const char *argument)
{
    return value ? refuse(stub, argument, "be NULL") : 0;
}

int stub_nonzero(const struct stub *stub, bool holds, const char *argument)
{
    return holds ? 0 : refuse(stub, argument, "not be zero");
}

int stub_positive(const struct stub *stub, bool holds, const char *argument)
{
    return holds ? 0 : refuse(stub, argument, "be greater than zero");
}

int stub_nonnegative(const struct stub *stub, bool holds, const char *argument)
{
    return holds ? 0 : refuse(stub, argument, "be zero or greater");
}

int stub_kib(const struct stub *stub, unsigned long long value)
{
    return value > ULLONG_MAX / 1024 ? fail(VIR_ERR_OVERFLOW, "input too large: %llu", value) : 0;
}

int stub_oneline(const struct stub *stub, const char *text, const char *argument)
{
    if (!text || !strchr(text, '\n'))
        return 0;
    return error_set_argument(stub->domain, VIR_ERR_INVALID_ARG, stub->function, argument,
                              "metadata title can't contain newlines");
}

int stub_exclusive(const struct stub *stub, unsigned int flags, unsigned int a, const char *a_name, unsigned int b,
                   const char *b_name)
{
    if (!(flags & a) || !(flags & b))
        return 0;
    return error_set_argument(stub->domain, VIR_ERR_INVALID_ARG, stub->function, "ctl",
                              "Flags '%s' and '%s' are mutually exclusive", a_name, b_name);
}

int stub_fail_unknown(void)
{
    struct error error = { .code = VIR_ERR_INTERNAL_ERROR,
                           .domain = VIR_FROM_NONE,
                           .level = VIR_ERR_ERROR,
                           .message = strdup("An error occurred, but the cause is unknown") };
    error_restore(&error);
    return -1;
}

char *stub_string(const struct stub *stub, const char *text)
{
    char *copy = text ? strdup(text) : NULL;
    if (text && !copy)
        fail_no_memory();
    return copy;
}

/* A peer that stores more than the caller has room for. */
static int refuse_count(const struct stub *stub, uint32_t count, int max)
{
    return error_set(VIR_FROM_RPC, VIR_ERR_RPC, 0, "%s: the peer sent %u items where %d were asked for", stub->function,
                     count, max);
}

int stub_names(const struct stub *stub, char *const *items, uint32_t count, char **ret_names, int max)
{
    if (count > (uint32_t)max)
        return refuse_count(stub, count, max);
    for (uint32_t i = 0; i < count; i++) {
        ret_names[i] = stub_string(stub, items[i]);
        if (!ret_names[i]) {
            while (i > 0)
                free(ret_names[--i]);
            return -1;
        }
    }
    return (int)count;
}

int stub_ids(const struct stub *stub, const int *items, uint32_t count, int *ret_ids, int max)
{
    if (count > (uint32_t)max)
        return refuse_count(stub, count, max);
    if (count)
        memcpy(ret_ids, items, count * sizeof *items);
    return (int)count;
}

int stub_params(const struct typed_param *items, uint32_t count, int total, virTypedParameterPtr params, int *nparams)
{
    int room = *nparams;
    if (room == 0) {
        *nparams = total;
        return 0;
    }
    for (int i = 0; i < room && (uint32_t)i < count; i++) {
        if (typed_param_from_wire(&items[i], &params[i]) < 0) {
            virTypedParamsClear(params, i);
            return -1;
        }
    }
    *nparams = (uint32_t)room < count ? room : (int)count;
    return 0;
}

int stub_typed(struct stub *stub, virTypedParameterPtr params, int count, struct xdr_array *ret_array)
{
    struct typed_param *items = arena_array(&stub->arena, (size_t)count, sizeof *items);
    if (!items)
        return fail_no_memory();
    if (typed_params_to_wire(params, count, &stub->arena, items) < 0)
        return -1;
    *ret_array = (struct xdr_array) { (uint32_t)count, items };
    return 0;
}

int stub_handle(const struct stub *stub, enum handle_kind kind, const void *handle)
{
    return handle_check(stub->function, stub->domain, kind, handle) ? 0 : -1;
}

int stub_objects(const struct stub *stub, enum handle_kind kind, const void *items, uint32_t count, void ***ret_handles)
{
    if (!ret_handles)
        return 0;
    void **handles = calloc((size_t)count + 1, sizeof *handles);
    if (!handles)
        return fail_no_memory();
    for (uint32_t i = 0; i < count; i++) {
        handles[i] = object_from_wire(kind, stub->conn, (const char *)items + i * object_wire_size(kind));
        if (!handles[i]) {
            while (i > 0)
                handle_unref(handles[--i]);
            free(handles);
            return -1;
        }
    }
    *ret_handles = handles;
    return 0;
}
