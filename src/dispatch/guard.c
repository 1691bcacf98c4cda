/* SPDX-License-Identifier: MIT
 * The rules of the call table, in stock's order: limits, read-only, arguments.
 */
#include "dispatch/guard.h"

#include <libvirt/virterror.h>

#include "base/error.h"

#define ERROR_DOMAIN VIR_FROM_RPC

static const char *name_of(const struct call_row *row)
{
    return row->api ? row->api : row->name;
}

static int64_t value_of(const struct call_check *check, const void *args, uint16_t offset)
{
    const char *place = (const char *)args + offset;
    return check->width == 8 ? *(const int64_t *)place : *(const int32_t *)place;
}

static int check_limit(const struct call_check *check, const void *args)
{
    int code = check->kind == CHECK_LIST_LIMIT ? VIR_ERR_RPC : VIR_ERR_INTERNAL_ERROR;
    int64_t value = value_of(check, args, check->offset), factor = 1;
    if (check->offset2)
        factor = value_of(check, args, check->offset2);
    if (value < 0 || factor < 0)
        return fail(code, "%s must be non-negative", check->name);
    return value * factor > check->max ? fail(code, "%s", check->limit) : 0;
}

static int refuse(const struct call_row *row, const char *argument, const char *what)
{
    return error_set_argument(row->error_domain, VIR_ERR_INVALID_ARG, name_of(row), argument, "%s in %s must %s",
                              argument, name_of(row), what);
}

static int check_argument(const struct call_row *row, const struct call_check *check, const void *args)
{
    int64_t value = value_of(check, args, check->offset);
    switch ((enum check_kind)check->kind) {
    case CHECK_NOT_NEGATIVE:
        return value < 0 ? refuse(row, check->name, "be zero or greater") : 0;
    case CHECK_POSITIVE:
        return value <= 0 ? refuse(row, check->name, "be greater than zero") : 0;
    case CHECK_NOT_ZERO:
        return value == 0 ? refuse(row, check->name, "not be zero") : 0;
    case CHECK_NOT_NULL:
        return value == 0 ? refuse(row, check->name, "not be NULL") : 0;
    case CHECK_LIST_LIMIT:
    case CHECK_LIMIT:
        break;
    }
    return 0;
}

/* True when the row's condition holds for these args: the call changes something or reveals secrets. */
static bool needs_write(const struct call_row *row, const void *args)
{
    if (row->flags & CALL_WRITE)
        return true;
    if (!args || !(row->flags & (CALL_WRITE_IF_FLAGS | CALL_WRITE_IF_SOURCE)))
        return false;
    uint32_t value = *(const uint32_t *)((const char *)args + row->cond_offset);
    return row->flags & CALL_WRITE_IF_FLAGS ? (value & row->cond_value) != 0 : value == row->cond_value;
}

int guard_check_read_only(const struct call_row *row, const void *args, const char *function)
{
    if (!needs_write(row, args))
        return 0;
    return error_set(row->error_domain, VIR_ERR_OPERATION_DENIED, 0,
                     row->flags & CALL_SECURE ? "%s with secure flag" : "read only access prevents %s", function);
}

int guard_check(const struct call_row *row, const void *args, bool read_only)
{
    for (unsigned int i = 0; i < row->check_count && row->checks[i].kind <= CHECK_LIMIT; i++) {
        if (check_limit(&row->checks[i], args) < 0)
            return -1;
    }
    if (read_only && guard_check_read_only(row, args, name_of(row)) < 0)
        return -1;
    for (unsigned int i = 0; i < row->check_count; i++) {
        if (check_argument(row, &row->checks[i], args) < 0)
            return -1;
    }
    return 0;
}
