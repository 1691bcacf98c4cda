/* SPDX-License-Identifier: MIT
 * A parsed URI (RFC 3986, parsed by libxml2), its query split into unescaped parameters.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct uri_param {
    char *name;
    char *value;   /* "" when the parameter has none */
    bool consumed; /* set by whoever understood it; uri_format() leaves consumed ones out */
};

struct uri {
    char *scheme; /* NULL when absent, as all of these */
    char *user;
    char *server; /* an IPv6 address stands without brackets */
    int port;     /* 0 when absent */
    char *path;
    char *fragment;
    struct uri_param *params;
    size_t param_count;
};

/* The parsed URI, which the caller frees with uri_free(). NULL with errno EINVAL (not a URI) or ENOMEM. */
struct uri *uri_parse(const char *text);
void uri_free(struct uri *uri);
/* Value of the first parameter of this name, marked consumed; NULL when absent. Borrowed. */
const char *uri_param(struct uri *uri, const char *name);
/* The URI as text without consumed parameters; the caller frees it. NULL when out of memory. */
char *uri_format(const struct uri *uri);
