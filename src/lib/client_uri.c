/* SPDX-License-Identifier: MIT
 * Choosing and splitting the URI.
 */
#include "lib/client_uri.h"

#include <errno.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "lib/client_conf.h"

#define ERROR_DOMAIN VIR_FROM_NONE
#define ALIAS_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

void client_uri_clear(struct client_uri *uri)
{
    free(uri->text);
    free(uri->transport);
    uri_free(uri->uri);
    *uri = (struct client_uri) { NULL, NULL, NULL };
}

static bool looks_like_alias(const char *name)
{
    return *name && name[strspn(name, ALIAS_LETTERS)] == '\0';
}

static int choose(const char *name, unsigned int flags, char **ret_text)
{
    auto_client_conf struct client_conf conf = { 0 };
    if (!name || !*name)
        name = getenv("LIBVIRT_DEFAULT_URI");
    if ((!name || !*name || looks_like_alias(name)) && client_conf_load(&conf) < 0)
        return -1;
    if (!name || !*name)
        name = conf.uri_default;
    if (!name || !*name) {
        *ret_text = NULL;
        return 0;
    }
    const char *alias =
        looks_like_alias(name) && !(flags & VIR_CONNECT_NO_ALIASES) ? client_conf_alias(&conf, name) : NULL;
    *ret_text = strdup(alias ? alias : name);
    return *ret_text ? 0 : fail_no_memory();
}

static int split_transport(struct client_uri *target)
{
    char *plus = strchr(target->uri->scheme, '+');
    if (!plus)
        return 0;
    target->transport = strdup(plus + 1);
    *plus = '\0';
    return target->transport ? 0 : fail_no_memory();
}

static int parse(struct client_uri *target)
{
    if (!target->text) {
        target->uri = calloc(1, sizeof *target->uri);
        return target->uri ? 0 : fail_no_memory();
    }
    target->uri = uri_parse(target->text);
    if (!target->uri)
        return errno == ENOMEM
                   ? fail_no_memory()
                   : error_set(VIR_FROM_URI, VIR_ERR_INTERNAL_ERROR, 0, "Unable to parse URI %s", target->text);
    if (!target->uri->scheme)
        return fail(VIR_ERR_NO_CONNECT, "URI '%s' does not include a driver name", target->text);
    return split_transport(target);
}

int client_uri_resolve(const char *name, unsigned int flags, struct client_uri *ret_uri)
{
    struct client_uri target = { NULL, NULL, NULL };
    if (choose(name, flags, &target.text) < 0 || parse(&target) < 0) {
        client_uri_clear(&target);
        return -1;
    }
    *ret_uri = target;
    return 0;
}
