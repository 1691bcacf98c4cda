/* SPDX-License-Identifier: MIT
 * The types of attribute values and texts: what is accepted, and the canonical spelling.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum value_type {
    VALUE_NONE,
    VALUE_TEXT,
    VALUE_ENUM,
    VALUE_YES_NO,
    VALUE_ON_OFF,
    VALUE_INT,
    VALUE_UINT,
    VALUE_POSITIVE, /* an unsigned number above 0 */
    VALUE_INT64,
    VALUE_UINT64,
    VALUE_HEX1, /* unsigned, prints as 0x%x with so many digits at least */
    VALUE_HEX2,
    VALUE_HEX4,
    VALUE_HEX8,
    VALUE_HEX16,
    VALUE_CPUSET,
    VALUE_MAC,
    VALUE_UUID,
    VALUE_SIZE_KIB, /* a number with its unit in the attribute `unit`, prints in KiB */
    VALUE_SIZE_MIB, /* the same with MiB as the unit when none is given */
    VALUE_UNIT_KIB, /* that attribute; prints as KiB whatever it said */
};

/* True when one of "a|b|c" is exactly text. */
bool value_in(const char *values, const char *text);
/* The canonical spelling in the arena. NULL: not of this type (*ret_bad) or out of memory. */
const char *value_canonical(struct arena *arena, enum value_type type, const char *values, const char *text,
                            bool *ret_bad);
/* What the type expects, for the standard complaint: "Expected integer value"; NULL = nothing to say. */
const char *value_expectation(enum value_type type);
/* number * unit in bytes, rounded up to KiB. unit NULL = of `scale` bytes. -1 with the error slot filled; `where` names
 * the element in the complaint about a number that is none. */
int value_size_kib(const char *number, const char *unit, uint64_t scale, const char *where, uint64_t *ret_kib);
/* "0-3,^2" as a bitmap of bits bytes; the highest CPU is below max. -1 when it is not a CPU set. */
int value_cpuset(const char *text, unsigned char *bitmap, unsigned int max);
