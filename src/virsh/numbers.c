/* SPDX-License-Identifier: MIT
 * Number parsing without side effects; the callers word the messages.
 */
#include "virsh/numbers.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "virsh/shell.h"

int number_int(const char *text, int *ret_value)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < INT_MIN || value > INT_MAX)
        return -1;
    *ret_value = (int)value;
    return 0;
}

int number_uint(const char *text, unsigned int *ret_value)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno || end == text || *end || value > UINT_MAX || memchr(text, '-', (size_t)(end - text)))
        return -1;
    *ret_value = (unsigned int)value;
    return 0;
}

/* Bytes in one unit; 0 = no such unit. */
static unsigned long long unit_scale(const char *suffix, unsigned long long default_scale)
{
    static const char letters[] = "kmgtpe";
    if (!*suffix)
        return default_scale;
    if (strcasecmp(suffix, "b") == 0 || strcasecmp(suffix, "byte") == 0 || strcasecmp(suffix, "bytes") == 0)
        return 1;
    char letter = *suffix >= 'A' && *suffix <= 'Z' ? (char)(*suffix - 'A' + 'a') : *suffix;
    const char *place = strchr(letters, letter);
    unsigned long long base;
    if (!place)
        return 0;
    if (!suffix[1] || strcasecmp(suffix + 1, "iB") == 0)
        base = 1024;
    else if (strcasecmp(suffix + 1, "B") == 0)
        base = 1000;
    else
        return 0;
    unsigned long long scale = base;
    for (const char *step = letters; step < place; step++)
        scale *= base;
    return scale;
}

int number_scaled(const char *text, unsigned long long default_scale, unsigned long long *ret_bytes,
                  char **ret_reason)
{
    char *end;
    *ret_reason = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || memchr(text, '-', (size_t)(end - text)))
        return -1;
    unsigned long long scale = unit_scale(end, default_scale);
    if (scale == 0) {
        *ret_reason = format_text("invalid argument: unknown suffix '%s'", end);
        return -1;
    }
    if (value > ULLONG_MAX / scale) {
        *ret_reason = format_text("numerical overflow: value too large: %llu%s", value, end);
        return -1;
    }
    *ret_bytes = value * scale;
    return 0;
}
