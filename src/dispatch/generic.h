/* SPDX-License-Identifier: MIT
 * Calls that mean the same for every driver: versions, features, event registration. A driver may override each.
 */
#pragma once
#include "dispatch/driver_calls.h"

extern const struct driver_calls generic_calls;

/* 9.0.0, coded major * 1000000 + minor * 1000 + release. */
#define LIBVIRT_COMPATIBLE_VERSION 9000000
