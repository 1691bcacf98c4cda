/* SPDX-License-Identifier: MIT
 * Number and UUID texts.
 */
#include "base/str.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

int str_to_int64(const char *text, int base, int64_t *ret_value)
{
    char *end;
    if (!text || !*text || isspace((unsigned char)*text))
        return -1;
    errno = 0;
    long long value = strtoll(text, &end, base);
    if (errno || *end || end == text)
        return -1;
    *ret_value = value;
    return 0;
}

int str_to_uint64(const char *text, int base, uint64_t *ret_value)
{
    char *end;
    if (!text || !*text || !isalnum((unsigned char)*text))
        return -1;
    errno = 0;
    unsigned long long value = strtoull(text, &end, base);
    if (errno || *end || end == text)
        return -1;
    *ret_value = value;
    return 0;
}

int str_to_int(const char *text, int *ret_value)
{
    int64_t value;
    if (str_to_int64(text, 10, &value) < 0 || value < INT_MIN || value > INT_MAX)
        return -1;
    *ret_value = (int)value;
    return 0;
}

int str_to_uint(const char *text, unsigned int *ret_value)
{
    uint64_t value;
    if (str_to_uint64(text, 10, &value) < 0 || value > UINT_MAX)
        return -1;
    *ret_value = (unsigned int)value;
    return 0;
}

void uuid_format(const unsigned char uuid[UUID_LENGTH], char ret_text[UUID_STRING_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    char *out = ret_text;
    for (int i = 0; i < UUID_LENGTH; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = digits[uuid[i] >> 4];
        *out++ = digits[uuid[i] & 15];
    }
    *out = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int uuid_parse(const char *text, unsigned char ret_uuid[UUID_LENGTH])
{
    unsigned char uuid[UUID_LENGTH];
    while (isspace((unsigned char)*text))
        text++;
    for (int i = 0; i < UUID_LENGTH;) {
        if (*text == '-') {
            text++;
            continue;
        }
        int high = hex_value(text[0]);
        int low = high < 0 ? -1 : hex_value(text[1]);
        if (low < 0)
            return -1;
        uuid[i++] = (unsigned char)(high << 4 | low);
        text += 2;
    }
    while (isspace((unsigned char)*text))
        text++;
    if (*text)
        return -1;
    memcpy(ret_uuid, uuid, UUID_LENGTH);
    return 0;
}

int uuid_generate(unsigned char ret_uuid[UUID_LENGTH])
{
    if (getrandom(ret_uuid, UUID_LENGTH, 0) != UUID_LENGTH)
        return -1;
    ret_uuid[6] = (unsigned char)((ret_uuid[6] & 0x0f) | 0x40);
    ret_uuid[8] = (unsigned char)((ret_uuid[8] & 0x3f) | 0x80);
    return 0;
}
