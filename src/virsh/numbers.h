/* SPDX-License-Identifier: MIT
 * Numbers as virsh takes them from its user: decimal, leading blanks and a plus sign allowed, nothing behind.
 */
#pragma once

int number_int(const char *text, int *ret_value);
int number_uint(const char *text, unsigned int *ret_value);
/* A size with a unit in bytes; a bare number counts units of default_scale bytes. On -1 *ret_reason is a message that
 * the caller frees, or NULL when the text does not even start with a number. */
int number_scaled(const char *text, unsigned long long default_scale, unsigned long long *ret_bytes,
                  char **ret_reason);
