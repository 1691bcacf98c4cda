/* SPDX-License-Identifier: MIT
 * What every call must pass before a driver sees it: limits, read-only, arguments. All of it is columns of the call
 * table.
 */
#pragma once
#include <stdbool.h>

#include "wire/calls.h"

/* 0, or -1 with stock's error. args is NULL for calls without arguments. */
int guard_check(const struct call_row *row, const void *args, bool read_only);

/* The read-only part alone: 0, or -1 when the call with these args is not for a read-only connection. Without args only
 * what holds for any. function: as the error calls it. */
int guard_check_read_only(const struct call_row *row, const void *args, const char *function);
