/* SPDX-License-Identifier: MIT
 * Scalar values of documents. Every number is checked for overflow; nothing wraps.
 */
#include "xml/value.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <libvirt/virterror.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

#define ERROR_DOMAIN VIR_FROM_XML
#define CPUSET_MAX 16384

bool value_in(const char *values, const char *text)
{
    size_t length = strlen(text);
    for (const char *at = values; at;) {
        const char *bar = strchr(at, '|');
        size_t span = bar ? (size_t)(bar - at) : strlen(at);
        if (span == length && memcmp(at, text, length) == 0)
            return true;
        at = bar ? bar + 1 : NULL;
    }
    return false;
}

/* Decimal with leading blanks and sign, as stock reads numbers: " 8" and "+8" are 8; "-1" is not unsigned. */
static int parse_unsigned(const char *text, int base, uint64_t max, uint64_t *ret_value)
{
    while (isspace((unsigned char)*text))
        text++;
    if (*text == '+' && isdigit((unsigned char)text[1]))
        text++;
    uint64_t value;
    if (str_to_uint64(text, base, &value) < 0 || value > max)
        return -1;
    *ret_value = value;
    return 0;
}

static int parse_signed(const char *text, int64_t min, int64_t max, int64_t *ret_value)
{
    while (isspace((unsigned char)*text))
        text++;
    if (*text == '+' && isdigit((unsigned char)text[1]))
        text++;
    int64_t value;
    if (str_to_int64(text, 10, &value) < 0 || value < min || value > max)
        return -1;
    *ret_value = value;
    return 0;
}

/* ---- CPU sets ---- */

static const char *parse_cpu(const char *text, unsigned int *ret_cpu)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return NULL;
    errno = 0;
    unsigned long cpu = strtoul(text, &end, 10);
    if (errno || cpu >= UINT_MAX)
        return NULL;
    *ret_cpu = (unsigned int)cpu;
    return end;
}

static const char *skip_blanks(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

int value_cpuset(const char *text, unsigned char *bitmap, unsigned int max)
{
    memset(bitmap, 0, (max + 7) / 8);
    text = skip_blanks(text);
    for (;;) {
        unsigned int first, last;
        bool exclude = *text == '^';
        text = parse_cpu(text + exclude, &first);
        if (!text)
            return -1;
        last = first;
        text = skip_blanks(text);
        if (*text == '-' && !exclude) {
            text = parse_cpu(skip_blanks(text + 1), &last);
            if (!text)
                return -1;
            text = skip_blanks(text);
        }
        if (last < first || last >= max)
            return -1;
        for (unsigned int cpu = first; cpu <= last; cpu++) {
            if (exclude && !(bitmap[cpu / 8] >> cpu % 8 & 1))
                return -1;
            bitmap[cpu / 8] = (unsigned char)(exclude ? bitmap[cpu / 8] & ~(1 << cpu % 8)
                                                      : bitmap[cpu / 8] | 1 << cpu % 8);
        }
        if (!*text)
            return 0;
        if (*text != ',')
            return -1;
        text = skip_blanks(text + 1);
    }
}

static const char *cpuset_canonical(struct arena *arena, const char *text, bool *ret_bad)
{
    unsigned char bitmap[CPUSET_MAX / 8];
    auto_buf struct buf spelled = BUF_INIT;
    if (value_cpuset(text, bitmap, CPUSET_MAX) < 0) {
        *ret_bad = true;
        return NULL;
    }
    for (unsigned int cpu = 0; cpu < CPUSET_MAX; cpu++) {
        if (!(bitmap[cpu / 8] >> cpu % 8 & 1))
            continue;
        unsigned int last = cpu;
        while (last + 1 < CPUSET_MAX && bitmap[(last + 1) / 8] >> (last + 1) % 8 & 1)
            last++;
        buf_addf(&spelled, last > cpu ? "%s%u-%u" : "%s%u", buf_length(&spelled) ? "," : "", cpu, last);
        cpu = last;
    }
    return spelled.failed ? NULL : arena_strndup(arena, buf_bytes(&spelled), buf_length(&spelled));
}

/* ---- addresses ---- */

static const char *mac_canonical(struct arena *arena, const char *text, bool *ret_bad)
{
    unsigned int bytes[6];
    const char *at = text;
    for (int i = 0; i < 6; i++) {
        char *end;
        if (!isxdigit((unsigned char)*at))
            goto bad;
        unsigned long byte = strtoul(at, &end, 16);
        if (byte > 255 || *end != (i < 5 ? ':' : '\0') || end - at > 2)
            goto bad;
        bytes[i] = (unsigned int)byte;
        at = end + 1;
    }
    return arena_printf(arena, "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4],
                        bytes[5]);
bad:
    *ret_bad = true;
    return NULL;
}

static const char *uuid_canonical(struct arena *arena, const char *text, bool *ret_bad)
{
    unsigned char uuid[UUID_LENGTH];
    char spelled[UUID_STRING_SIZE];
    *ret_bad = uuid_parse(text, uuid) < 0;
    if (*ret_bad)
        return NULL;
    uuid_format(uuid, spelled);
    return arena_strdup(arena, spelled);
}

/* ---- all ---- */

static const char *unsigned_canonical(struct arena *arena, const char *text, int base, uint64_t min, uint64_t max,
                                      const char *format, bool *ret_bad)
{
    uint64_t value;
    char spelled[32];
    *ret_bad = parse_unsigned(text, base, max, &value) < 0 || value < min;
    if (*ret_bad)
        return NULL;
    snprintf(spelled, sizeof spelled, format, (unsigned long long)value);
    return arena_strdup(arena, spelled);
}

static const char *signed_canonical(struct arena *arena, const char *text, int64_t min, int64_t max, bool *ret_bad)
{
    int64_t value;
    *ret_bad = parse_signed(text, min, max, &value) < 0;
    return *ret_bad ? NULL : arena_printf(arena, "%lld", (long long)value);
}

static const char *one_of(struct arena *arena, const char *values, const char *text, bool *ret_bad)
{
    *ret_bad = !value_in(values, text);
    return *ret_bad ? NULL : arena_strdup(arena, text);
}

const char *value_canonical(struct arena *arena, enum value_type type, const char *values, const char *text,
                            bool *ret_bad)
{
    *ret_bad = false;
    switch (type) {
    case VALUE_ENUM:
        return one_of(arena, values, text, ret_bad);
    case VALUE_YES_NO:
        return one_of(arena, "yes|no", text, ret_bad);
    case VALUE_ON_OFF:
        return one_of(arena, "on|off", text, ret_bad);
    case VALUE_INT:
        return signed_canonical(arena, text, INT_MIN, INT_MAX, ret_bad);
    case VALUE_INT64:
        return signed_canonical(arena, text, INT64_MIN, INT64_MAX, ret_bad);
    case VALUE_UINT:
        return unsigned_canonical(arena, text, 10, 0, UINT_MAX, "%llu", ret_bad);
    case VALUE_POSITIVE:
        return unsigned_canonical(arena, text, 10, 1, UINT_MAX, "%llu", ret_bad);
    case VALUE_UINT64:
        return unsigned_canonical(arena, text, 10, 0, UINT64_MAX, "%llu", ret_bad);
    case VALUE_HEX1:
        return unsigned_canonical(arena, text, 0, 0, UINT_MAX, "0x%llx", ret_bad);
    case VALUE_HEX2:
        return unsigned_canonical(arena, text, 0, 0, UINT_MAX, "0x%02llx", ret_bad);
    case VALUE_HEX4:
        return unsigned_canonical(arena, text, 0, 0, UINT_MAX, "0x%04llx", ret_bad);
    case VALUE_HEX8:
        return unsigned_canonical(arena, text, 0, 0, UINT_MAX, "0x%08llx", ret_bad);
    case VALUE_HEX16:
        return unsigned_canonical(arena, text, 16, 0, UINT64_MAX, "0x%016llx", ret_bad);
    case VALUE_CPUSET:
        return cpuset_canonical(arena, text, ret_bad);
    case VALUE_MAC:
        return mac_canonical(arena, text, ret_bad);
    case VALUE_UUID:
        return uuid_canonical(arena, text, ret_bad);
    case VALUE_UNIT_KIB:
        return arena_strdup(arena, "KiB");
    case VALUE_NONE:
    case VALUE_TEXT:
    case VALUE_SIZE_KIB:
    case VALUE_SIZE_MIB:
        break;
    }
    return arena_strdup(arena, text);
}

const char *value_expectation(enum value_type type)
{
    switch (type) {
    case VALUE_INT:
    case VALUE_INT64:
        return "Expected integer value";
    case VALUE_UINT:
    case VALUE_POSITIVE:
    case VALUE_UINT64:
    case VALUE_HEX1:
    case VALUE_HEX2:
    case VALUE_HEX4:
    case VALUE_HEX8:
    case VALUE_HEX16:
        return "Expected non-negative integer value";
    default:
        return NULL;
    }
}

/* ---- sizes ---- */

/* Bytes in one unit: b, k, KB, KiB and so on up to E, any case. 0 when there is no such unit. */
static uint64_t unit_bytes(const char *unit)
{
    static const char letters[] = "kmgtpe";
    if (strcasecmp(unit, "b") == 0 || strcasecmp(unit, "byte") == 0 || strcasecmp(unit, "bytes") == 0)
        return 1;
    const char *letter = *unit ? strchr(letters, tolower((unsigned char)*unit)) : NULL;
    if (!letter)
        return 0;
    uint64_t base = 1024, bytes = 1;
    if (strcasecmp(unit + 1, "b") == 0)
        base = 1000;
    else if (unit[1] && strcasecmp(unit + 1, "ib") != 0)
        return 0;
    for (const char *power = letters; power <= letter; power++)
        bytes *= base;
    return bytes;
}

int value_size_kib(const char *number, const char *unit, uint64_t scale, const char *where, uint64_t *ret_kib)
{
    uint64_t count, bytes;
    bool given = unit && *unit;
    if (parse_unsigned(number, 10, UINT64_MAX, &count) < 0)
        return fail(VIR_ERR_XML_ERROR, "Invalid value '%s' for element or attribute '%s'", number, where);
    if (given)
        scale = unit_bytes(unit);
    if (scale == 0)
        return error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, 0, "unknown suffix '%s'", unit);
    if (__builtin_mul_overflow(count, scale, &bytes) || bytes > INT64_MAX)
        return error_set(VIR_FROM_NONE, VIR_ERR_OVERFLOW, 0, "value too large: %llu%s", (unsigned long long)count,
                         given ? unit : "");
    *ret_kib = bytes / 1024 + (bytes % 1024 > 0);
    return 0;
}
