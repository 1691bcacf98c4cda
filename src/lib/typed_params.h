/* SPDX-License-Identifier: MIT
 * Typed parameters from their wire form.
 */
#pragma once
#include <libvirt/libvirt.h>
#include <stdint.h>

#include "wire/xdr.h"

/* A new array of count parameters that virTypedParamsFree() frees. -1 with the error set. */
int typed_params_from_wire(const struct typed_param *items, uint32_t count, virTypedParameterPtr *ret_params);
