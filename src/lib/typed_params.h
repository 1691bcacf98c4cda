/* SPDX-License-Identifier: MIT
 * Typed parameters from and to their wire form.
 */
#pragma once
#include <libvirt/libvirt.h>
#include <stdint.h>

#include "wire/xdr.h"

/* A new array of count parameters that virTypedParamsFree() frees. -1 with the error set. */
int typed_params_from_wire(const struct typed_param *items, uint32_t count, virTypedParameterPtr *ret_params);

/* The same into one element of the caller's array. */
int typed_param_from_wire(const struct typed_param *item, virTypedParameterPtr param);

/* The same the other way: ret_items has room for count; names are copied to arena, values borrowed. -1 with the error
 * set when out of memory; a type that does not exist fails when it is encoded. */
int typed_params_to_wire(const struct _virTypedParameter *params, int count, struct arena *arena,
                         struct typed_param *ret_items);
