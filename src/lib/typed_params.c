/* SPDX-License-Identifier: MIT
 * Reading and freeing arrays of typed parameters.
 */
#include "lib/typed_params.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "lib/errors.h"

#define ERROR_DOMAIN VIR_FROM_NONE

static const char *const type_names[] = {
    [VIR_TYPED_PARAM_INT] = "int",       [VIR_TYPED_PARAM_UINT] = "uint",     [VIR_TYPED_PARAM_LLONG] = "llong",
    [VIR_TYPED_PARAM_ULLONG] = "ullong", [VIR_TYPED_PARAM_DOUBLE] = "double", [VIR_TYPED_PARAM_BOOLEAN] = "boolean",
    [VIR_TYPED_PARAM_STRING] = "string",
};

static const char *type_name(int type)
{
    return type > 0 && type < (int)array_size(type_names) ? type_names[type] : "unknown";
}

void virTypedParamsClear(virTypedParameterPtr params, int nparams)
{
    if (!params)
        return;
    for (int i = 0; i < nparams; i++) {
        if (params[i].type == VIR_TYPED_PARAM_STRING) {
            free(params[i].value.s);
            params[i].value.s = NULL;
        }
    }
}

void virTypedParamsFree(virTypedParameterPtr params, int nparams)
{
    virTypedParamsClear(params, nparams);
    free(params);
}

static virTypedParameterPtr find(virTypedParameterPtr params, int nparams, const char *name)
{
    for (int i = 0; params && name && i < nparams; i++) {
        if (strcmp(params[i].field, name) == 0)
            return &params[i];
    }
    return NULL;
}

virTypedParameterPtr virTypedParamsGet(virTypedParameterPtr params, int nparams, const char *name)
{
    errors_reset();
    return find(params, nparams, name);
}

/* 1 and *ret_param when there is one of this type, 0 when there is none, -1 when its type is another. */
static int get(virTypedParameterPtr params, int nparams, const char *name, int type, virTypedParameterPtr *ret_param)
{
    errors_reset();
    virTypedParameterPtr param = find(params, nparams, name);
    if (!param)
        return 0;
    if (param->type != type) {
        fail(VIR_ERR_INVALID_ARG, "Invalid type '%s' requested for parameter '%s', actual type is '%s'",
             type_name(type), name, type_name(param->type));
        errors_dispatch(NULL);
        return -1;
    }
    *ret_param = param;
    return 1;
}

/* Defines one getter; value may be NULL. */
#define DEFINE_GET(function, type, constant, member)                                                                   \
    int function(virTypedParameterPtr params, int nparams, const char *name, type value)                               \
    {                                                                                                                  \
        virTypedParameterPtr param;                                                                                    \
        int result = get(params, nparams, name, constant, &param);                                                     \
        if (result == 1 && value)                                                                                      \
            *value = param->value.member;                                                                              \
        return result;                                                                                                 \
    }

DEFINE_GET(virTypedParamsGetInt, int *, VIR_TYPED_PARAM_INT, i)
DEFINE_GET(virTypedParamsGetUInt, unsigned int *, VIR_TYPED_PARAM_UINT, ui)
DEFINE_GET(virTypedParamsGetLLong, long long *, VIR_TYPED_PARAM_LLONG, l)
DEFINE_GET(virTypedParamsGetULLong, unsigned long long *, VIR_TYPED_PARAM_ULLONG, ul)
DEFINE_GET(virTypedParamsGetDouble, double *, VIR_TYPED_PARAM_DOUBLE, d)
DEFINE_GET(virTypedParamsGetBoolean, int *, VIR_TYPED_PARAM_BOOLEAN, b)
DEFINE_GET(virTypedParamsGetString, const char **, VIR_TYPED_PARAM_STRING, s)

int typed_param_from_wire(const struct typed_param *item, virTypedParameterPtr param)
{
    if (strlen(item->field) >= sizeof param->field)
        return error_set(VIR_FROM_RPC, VIR_ERR_RPC, 0, "Parameter %s too big for destination", item->field);
    strcpy(param->field, item->field);
    param->type = item->type;
    switch (item->type) {
    case VIR_TYPED_PARAM_INT:
        param->value.i = item->value.i;
        return 0;
    case VIR_TYPED_PARAM_UINT:
        param->value.ui = item->value.ui;
        return 0;
    case VIR_TYPED_PARAM_LLONG:
        param->value.l = item->value.l;
        return 0;
    case VIR_TYPED_PARAM_ULLONG:
        param->value.ul = item->value.ul;
        return 0;
    case VIR_TYPED_PARAM_DOUBLE:
        param->value.d = item->value.d;
        return 0;
    case VIR_TYPED_PARAM_BOOLEAN:
        param->value.b = item->value.b != 0;
        return 0;
    case VIR_TYPED_PARAM_STRING:
        param->value.s = strdup(item->value.s);
        return param->value.s ? 0 : fail_no_memory();
    default:
        return error_set(VIR_FROM_RPC, VIR_ERR_RPC, 0, "unknown parameter type: %d", item->type);
    }
}

int typed_params_from_wire(const struct typed_param *items, uint32_t count, virTypedParameterPtr *ret_params)
{
    virTypedParameterPtr params = calloc((size_t)count + 1, sizeof *params);
    if (!params)
        return fail_no_memory();
    for (uint32_t i = 0; i < count; i++) {
        if (typed_param_from_wire(&items[i], &params[i]) < 0) {
            virTypedParamsFree(params, (int)count);
            return -1;
        }
    }
    *ret_params = params;
    return 0;
}

int typed_params_to_wire(const struct _virTypedParameter *params, int count, struct arena *arena,
                         struct typed_param *ret_items)
{
    for (int i = 0; i < count; i++) {
        struct typed_param *item = &ret_items[i];
        item->field = arena_strndup(arena, params[i].field, strnlen(params[i].field, sizeof params[i].field));
        if (!item->field)
            return fail_no_memory();
        item->type = params[i].type;
        if (item->type == VIR_TYPED_PARAM_STRING)
            item->value.s = params[i].value.s;
        else if (item->type == VIR_TYPED_PARAM_BOOLEAN)
            item->value.b = params[i].value.b; /* a char there, an int here */
        else
            memcpy(&item->value, &params[i].value, sizeof item->value);
    }
    return 0;
}
