/* SPDX-License-Identifier: MIT
 * Recorded files.
 */
#include "golden.h"

#include <stdlib.h>
#include <string.h>

FILE *golden_open(const char *name)
{
    char path[4096];
    const char *root = getenv("SOURCE_ROOT");
    snprintf(path, sizeof path, "%s/tests/golden/%s", root ? root : ".", name);
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        fputs("set SOURCE_ROOT to the root of the source tree\n", stderr);
        exit(1);
    }
    return file;
}

unsigned char *golden_bytes(const char *text, size_t *ret_length)
{
    unsigned int byte;
    size_t length = 0;
    unsigned char *bytes = malloc(strlen(text) / 2 + 1);
    while (bytes && sscanf(text + 2 * length, "%2x", &byte) == 1)
        bytes[length++] = (unsigned char)byte;
    *ret_length = length;
    return bytes;
}
