/* SPDX-License-Identifier: MIT
 * Access to the recorded files of tests/golden. Needs SOURCE_ROOT.
 */
#pragma once
#include <stddef.h>
#include <stdio.h>

/* The file below tests/golden, open for reading; ends the test program when there is none. */
FILE *golden_open(const char *name);
/* The bytes that the hex digits at text stand for, up to the first other character. The caller frees them. */
unsigned char *golden_bytes(const char *text, size_t *ret_length);
