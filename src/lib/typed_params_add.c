/* SPDX-License-Identifier: MIT
 * Building arrays of typed parameters. The array is the caller's, allocated with malloc; a failed call leaves it as it
 * was.
 */
#include <errno.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "lib/errors.h"

#define ERROR_DOMAIN VIR_FROM_NONE

/* Room for one more; *ret_param is the free place, zeroed and named but not counted yet. */
static int reserve(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                   virTypedParameterPtr *ret_param)
{
    if (!params || !nparams || !maxparams || !name)
        return fail(VIR_ERR_INVALID_ARG, "params, nparams, maxparams and name must not be NULL");
    if (strlen(name) >= VIR_TYPED_PARAM_FIELD_LENGTH)
        return fail(VIR_ERR_INTERNAL_ERROR, "Field name '%s' too long", name);
    if (*nparams >= *maxparams) {
        int room = *nparams + (*nparams < 2 ? 1 : *nparams / 2);
        virTypedParameterPtr grown = reallocarray(*params, (size_t)room, sizeof *grown);
        if (!grown)
            return fail_no_memory();
        *params = grown;
        *maxparams = room;
    }
    virTypedParameterPtr param = &(*params)[*nparams];
    memset(param, 0, sizeof *param);
    strcpy(param->field, name);
    *ret_param = param;
    return 0;
}

/* Reports an error; else counts the new parameter. */
static int finish(int result, int *nparams)
{
    if (result == 0)
        ++*nparams;
    else
        errors_dispatch(NULL);
    return result;
}

/* Defines one adder of a number. */
#define DEFINE_ADD(function, ctype, constant, member, stored)                                                          \
    int function(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, ctype value)            \
    {                                                                                                                  \
        virTypedParameterPtr param = NULL;                                                                             \
        errors_reset();                                                                                                \
        int result = reserve(params, nparams, maxparams, name, &param);                                                \
        if (result == 0) {                                                                                             \
            param->type = constant;                                                                                    \
            param->value.member = stored;                                                                              \
        }                                                                                                              \
        return finish(result, nparams);                                                                                \
    }

DEFINE_ADD(virTypedParamsAddInt, int, VIR_TYPED_PARAM_INT, i, value)
DEFINE_ADD(virTypedParamsAddUInt, unsigned int, VIR_TYPED_PARAM_UINT, ui, value)
DEFINE_ADD(virTypedParamsAddLLong, long long, VIR_TYPED_PARAM_LLONG, l, value)
DEFINE_ADD(virTypedParamsAddULLong, unsigned long long, VIR_TYPED_PARAM_ULLONG, ul, value)
DEFINE_ADD(virTypedParamsAddDouble, double, VIR_TYPED_PARAM_DOUBLE, d, value)
DEFINE_ADD(virTypedParamsAddBoolean, int, VIR_TYPED_PARAM_BOOLEAN, b, value != 0)

static int set_string(virTypedParameterPtr param, const char *value)
{
    param->type = VIR_TYPED_PARAM_STRING;
    param->value.s = strdup(value ? value : "");
    return param->value.s ? 0 : fail_no_memory();
}

int virTypedParamsAddString(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                            const char *value)
{
    virTypedParameterPtr param = NULL;
    errors_reset();
    int result = reserve(params, nparams, maxparams, name, &param);
    if (result == 0)
        result = set_string(param, value);
    return finish(result, nparams);
}

int virTypedParamsAddStringList(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                                const char **values)
{
    errors_reset();
    for (size_t i = 0; values && values[i]; i++) {
        if (virTypedParamsAddString(params, nparams, maxparams, name, values[i]) < 0)
            return -1;
    }
    return 0;
}

static int refuse(const char *name, const char *expected)
{
    return fail(VIR_ERR_INVALID_ARG, "Invalid value for field '%s': expected %s", name, expected);
}

/* As strtoull() but strict, except that "-1" stands for the largest number, as stock takes it. */
static int parse_unsigned(const char *text, unsigned long long max, unsigned long long *ret_value)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || *end)
        return -1;
    if (strchr(text, '-') && -value <= max)
        value &= max;
    if (value > max)
        return -1;
    *ret_value = value;
    return 0;
}

static int parse_double(const char *text, double *ret_value)
{
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    if (errno || end == text || *end)
        return -1;
    *ret_value = value;
    return 0;
}

static int parse_boolean(const char *text, char *ret_value)
{
    bool yes = strcasecmp(text, "true") == 0 || str_equal(text, "1");
    if (!yes && strcasecmp(text, "false") != 0 && !str_equal(text, "0"))
        return -1;
    *ret_value = yes;
    return 0;
}

static int set_from_text(virTypedParameterPtr param, int type, const char *text)
{
    unsigned long long number;
    int64_t wide;
    param->type = type;
    switch (type) {
    case VIR_TYPED_PARAM_INT:
        return str_to_int(text, &param->value.i) < 0 ? refuse(param->field, "int") : 0;
    case VIR_TYPED_PARAM_UINT:
        if (parse_unsigned(text, 0xffffffffu, &number) < 0)
            return refuse(param->field, "unsigned int");
        param->value.ui = (unsigned int)number;
        return 0;
    case VIR_TYPED_PARAM_LLONG:
        if (str_to_int64(text, 10, &wide) < 0)
            return refuse(param->field, "long long");
        param->value.l = wide;
        return 0;
    case VIR_TYPED_PARAM_ULLONG:
        return parse_unsigned(text, ~0ull, &param->value.ul) < 0 ? refuse(param->field, "unsigned long long") : 0;
    case VIR_TYPED_PARAM_DOUBLE:
        return parse_double(text, &param->value.d) < 0 ? refuse(param->field, "double") : 0;
    case VIR_TYPED_PARAM_BOOLEAN:
        if (parse_boolean(text, &param->value.b) < 0)
            return fail(VIR_ERR_INVALID_ARG, "Invalid boolean value for field '%s'", param->field);
        return 0;
    case VIR_TYPED_PARAM_STRING:
        return set_string(param, text);
    default:
        return fail(VIR_ERR_INTERNAL_ERROR, "unexpected type %d for field %s", type, param->field);
    }
}

int virTypedParamsAddFromString(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, int type,
                                const char *value)
{
    virTypedParameterPtr param = NULL;
    errors_reset();
    int result = reserve(params, nparams, maxparams, name, &param);
    if (result == 0)
        result =
            value ? set_from_text(param, type, value) : fail(VIR_ERR_INVALID_ARG, "NULL value for field '%s'", name);
    return finish(result, nparams);
}
