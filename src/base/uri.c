/* SPDX-License-Identifier: MIT
 * libxml2's URI parser behind a small struct.
 */
#include "base/uri.h"

#include <errno.h>
#include <libxml/uri.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"

void uri_free(struct uri *uri)
{
    if (!uri)
        return;
    for (size_t i = 0; i < uri->param_count; i++) {
        free(uri->params[i].name);
        free(uri->params[i].value);
    }
    free(uri->params);
    free(uri->scheme);
    free(uri->user);
    free(uri->server);
    free(uri->path);
    free(uri->fragment);
    free(uri);
}
DEFINE_AUTO(struct uri, uri_free)

/* strdup that passes NULL on; 0, or -1 when out of memory. */
static int copy_text(char **place, const char *text)
{
    *place = text ? strdup(text) : NULL;
    return text && !*place ? -1 : 0;
}

static char *unescape(const char *text, size_t length)
{
    if (length == 0)
        return strdup("");
    return xmlURIUnescapeString(text, (int)length, NULL);
}

static int parse_query(struct uri *uri, const char *query)
{
    while (*query) {
        size_t length = strcspn(query, "&;");
        const char *equals = memchr(query, '=', length);
        size_t name_length = equals ? (size_t)(equals - query) : length;
        if (name_length > 0) {
            struct uri_param *params = reallocarray(uri->params, uri->param_count + 1, sizeof *params);
            if (!params)
                return -1;
            uri->params = params;
            struct uri_param *param = &params[uri->param_count++];
            *param = (struct uri_param){ .name = unescape(query, name_length) };
            param->value = equals ? unescape(equals + 1, length - name_length - 1) : strdup("");
            if (!param->name || !param->value)
                return -1;
        }
        query += length + (query[length] != '\0');
    }
    return 0;
}

static void strip_brackets(char *server)
{
    size_t length = server ? strlen(server) : 0;
    if (length < 2 || server[0] != '[' || server[length - 1] != ']')
        return;
    memmove(server, server + 1, length - 2);
    server[length - 2] = '\0';
}

struct uri *uri_parse(const char *text)
{
    xmlURIPtr parsed = xmlParseURI(text);
    if (!parsed) {
        errno = EINVAL;
        return NULL;
    }
    auto_with(uri_free) struct uri *uri = calloc(1, sizeof *uri);
    int failed = !uri || copy_text(&uri->scheme, parsed->scheme) < 0 || copy_text(&uri->user, parsed->user) < 0 ||
                 copy_text(&uri->server, parsed->server) < 0 || copy_text(&uri->path, parsed->path) < 0 ||
                 copy_text(&uri->fragment, parsed->fragment) < 0 ||
                 (parsed->query_raw && parse_query(uri, parsed->query_raw) < 0);
    if (!failed) {
        uri->port = parsed->port > 0 ? parsed->port : 0;
        strip_brackets(uri->server);
    }
    xmlFreeURI(parsed);
    if (failed) {
        errno = ENOMEM;
        return NULL;
    }
    return steal(uri);
}

const char *uri_param(struct uri *uri, const char *name)
{
    for (size_t i = 0; i < uri->param_count; i++) {
        if (str_equal(uri->params[i].name, name)) {
            uri->params[i].consumed = true;
            return uri->params[i].value;
        }
    }
    return NULL;
}

static void add_escaped(struct buf *out, const char *text, const char *keep)
{
    xmlChar *escaped = xmlURIEscapeStr((const xmlChar *)text, (const xmlChar *)keep);
    if (!escaped)
        out->failed = true;
    else
        buf_adds(out, (const char *)escaped);
    xmlFree(escaped);
}

char *uri_format(const struct uri *uri)
{
    struct buf out = BUF_INIT;
    if (uri->scheme)
        buf_addf(&out, "%s:", uri->scheme);
    buf_adds(&out, "//");
    if (uri->user) {
        add_escaped(&out, uri->user, "");
        buf_adds(&out, "@");
    }
    if (uri->server)
        buf_addf(&out, strchr(uri->server, ':') ? "[%s]" : "%s", uri->server);
    if (uri->port)
        buf_addf(&out, ":%d", uri->port);
    if (uri->path)
        add_escaped(&out, uri->path, "/:@!$&'()*+,;=");
    char separator = '?';
    for (size_t i = 0; i < uri->param_count; i++) {
        if (uri->params[i].consumed)
            continue;
        buf_addc(&out, separator);
        separator = '&';
        add_escaped(&out, uri->params[i].name, "");
        buf_addc(&out, '=');
        add_escaped(&out, uri->params[i].value, "/");
    }
    if (uri->fragment)
        buf_addf(&out, "#%s", uri->fragment);
    return buf_take(&out);
}
