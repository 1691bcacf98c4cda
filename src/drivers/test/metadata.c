/* SPDX-License-Identifier: MIT
 * Title, description and the clients' own elements of a domain's definitions.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "base/error.h"
#include "drivers/test/calls.h"
#include "drivers/test/objects.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

#define AFFECT_FLAGS (VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG)

static int refuse(const struct call *call, const char *argument, const char *reason)
{
    return error_set_argument(ERROR_DOMAIN, VIR_ERR_INVALID_ARG, call->row->api, argument, "%s in %s %s", argument,
                              call->row->api, reason);
}

/* What the type asks of the other arguments. */
static int check_uri(const struct call *call, int type, const char *uri)
{
    if ((type == VIR_DOMAIN_METADATA_TITLE || type == VIR_DOMAIN_METADATA_DESCRIPTION) && uri)
        return refuse(call, "uri", "must be NULL");
    if (type == VIR_DOMAIN_METADATA_ELEMENT && !uri)
        return refuse(call, "uri", "must not be NULL");
    return 0;
}

int test_domain_get_metadata(struct call *call, const struct domain_get_metadata_args *args,
                             struct domain_get_metadata_ret *ret)
{
    const char *text = NULL;
    auto_free char *element = NULL;
    if (test_check_exclusive(call, args->flags) < 0 || check_uri(call, args->type, args->uri) < 0 ||
        call_check_flags(call, args->flags, AFFECT_FLAGS) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    if (args->type < 0 || args->type > VIR_DOMAIN_METADATA_ELEMENT)
        return fail(VIR_ERR_INVALID_ARG, "unknown metadata type '%d'", args->type);
    const struct domain_def *def = test_target_one(domain, args->flags);
    if (!def)
        return -1;
    switch (args->type) {
    case VIR_DOMAIN_METADATA_DESCRIPTION:
        text = def->description;
        break;
    case VIR_DOMAIN_METADATA_TITLE:
        text = def->title;
        break;
    case VIR_DOMAIN_METADATA_ELEMENT:
        if (domain_def_get_metadata(def, args->uri, &element) < 0)
            return -1;
        text = element;
    }
    if (!text)
        return fail(VIR_ERR_NO_DOMAIN_METADATA, "Requested metadata element is not present");
    return call_out_string(call, text, &ret->metadata);
}

static int check_set(const struct call *call, const struct domain_set_metadata_args *args)
{
    if (args->type == VIR_DOMAIN_METADATA_TITLE && args->metadata && strchr(args->metadata, '\n'))
        return error_set_argument(ERROR_DOMAIN, VIR_ERR_INVALID_ARG, call->row->api, "metadata",
                                  "metadata title can't contain newlines");
    if (check_uri(call, args->type, args->uri) < 0)
        return -1;
    if (args->type == VIR_DOMAIN_METADATA_ELEMENT && args->metadata && !args->key)
        return refuse(call, "key", "must not be NULL");
    if ((args->type == VIR_DOMAIN_METADATA_TITLE || args->type == VIR_DOMAIN_METADATA_DESCRIPTION) && args->key)
        return refuse(call, "key", "must be NULL");
    return 0;
}

static int set_in(struct domain_def *def, const struct domain_set_metadata_args *args)
{
    switch (args->type) {
    case VIR_DOMAIN_METADATA_DESCRIPTION:
        return domain_def_set_description(def, args->metadata);
    case VIR_DOMAIN_METADATA_TITLE:
        return domain_def_set_title(def, args->metadata);
    case VIR_DOMAIN_METADATA_ELEMENT:
        return domain_def_set_metadata(def, args->metadata, args->key, args->uri);
    }
    return fail(VIR_ERR_INVALID_ARG, "unknown metadata type '%d'", args->type);
}

int test_domain_set_metadata(struct call *call, const struct domain_set_metadata_args *args, void *ret)
{
    struct test_target target;
    (void)ret;
    if (check_set(call, args) < 0 || call_check_flags(call, args->flags, AFFECT_FLAGS) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain || test_target_find(domain, args->flags, &target) < 0)
        return -1;
    test_domain_changed(domain);
    if ((target.live && set_in(target.live, args) < 0) || (target.config && set_in(target.config, args) < 0))
        return -1;
    struct domain_event_callback_metadata_change_msg msg = {
        .dom = { .name = domain->name, .id = domain->id }, .type = args->type, .nsuri = args->uri
    };
    memcpy(msg.dom.uuid, domain->uuid, UUID_LENGTH);
    event_raise(domain->host->events, VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, &msg.dom, &msg);
    return 0;
}
