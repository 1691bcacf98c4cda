/* SPDX-License-Identifier: MIT
 * Small questions about strings and strict number parsing (no leading blanks, no trailing text, no overflow).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool str_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static inline bool str_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

#define array_size(array) (sizeof(array) / sizeof((array)[0]))

/* Whole-string decimal (base 10, or another with the last argument). 0, or -1 when not exactly such a number. */
int str_to_int(const char *text, int *ret_value);
int str_to_uint(const char *text, unsigned int *ret_value);
int str_to_int64(const char *text, int base, int64_t *ret_value);
int str_to_uint64(const char *text, int base, uint64_t *ret_value);

#define UUID_LENGTH 16
#define UUID_STRING_SIZE 37

/* "6695eb01-f6a4-8304-79aa-97f2502e193f" into ret_text, NUL included. */
void uuid_format(const unsigned char uuid[UUID_LENGTH], char ret_text[UUID_STRING_SIZE]);
/* Accepts 32 hex digits with dashes and surrounding blanks, as stock does. -1 when it is not a UUID. */
int uuid_parse(const char *text, unsigned char ret_uuid[UUID_LENGTH]);
/* A random (version 4) UUID. -1 when the system has no randomness. */
int uuid_generate(unsigned char ret_uuid[UUID_LENGTH]);
