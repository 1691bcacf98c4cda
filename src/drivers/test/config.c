/* SPDX-License-Identifier: MIT
 * Configurations of domains: define, undefine, rename, autostart, managed save.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "base/error.h"
#include "drivers/test/calls.h"
#include "drivers/test/definition.h"
#include "drivers/test/life.h"
#include "drivers/test/objects.h"

#define ERROR_DOMAIN VIR_FROM_TEST

/* ---- define ---- */

static int define(const struct call *call, const char *xml, unsigned int parse_flags, struct wire_domain *ret_handle)
{
    bool existed, updated = false;
    auto_with(domain_def_free) struct domain_def *def = test_definition_parse(xml, parse_flags);
    auto_domain *domain = def ? test_domain_define(test_host_of(call), &def, &existed) : NULL;
    if (!domain)
        return -1;
    if (existed) {
        struct domain_def **place = test_domain_active(domain) ? &domain->next_def : &domain->def;
        updated = *place != NULL; /* a transient domain has no configuration yet */
        domain_def_free(*place);
        *place = steal(def);
        test_domain_changed(domain);
    }
    domain->persistent = true;
    test_domain_raise(domain, domain->id, VIR_DOMAIN_EVENT_DEFINED,
                      updated ? VIR_DOMAIN_EVENT_DEFINED_UPDATED : VIR_DOMAIN_EVENT_DEFINED_ADDED);
    return test_domain_out(call, domain, ret_handle);
}

int test_domain_define_xml(struct call *call, const struct domain_define_xml_args *args,
                           struct domain_define_xml_ret *ret)
{
    return define(call, args->xml, 0, &ret->dom);
}

int test_domain_define_xml_flags(struct call *call, const struct domain_define_xml_flags_args *args,
                                 struct domain_define_xml_flags_ret *ret)
{
    if (call_check_flags(call, args->flags, VIR_DOMAIN_DEFINE_VALIDATE) < 0)
        return -1;
    return define(call, args->xml, args->flags & VIR_DOMAIN_DEFINE_VALIDATE ? DOMAIN_PARSE_VALIDATE : 0, &ret->dom);
}

/* ---- undefine ---- */

static int undefine(const struct call *call, const struct wire_domain *handle, unsigned int flags)
{
    auto_domain *domain = test_domain_acquire(call, handle);
    if (!domain)
        return -1;
    if (domain->managed_save && !(flags & VIR_DOMAIN_UNDEFINE_MANAGED_SAVE))
        return fail(VIR_ERR_OPERATION_INVALID, "Refusing to undefine while domain managed save image exists");
    domain->managed_save = false;
    domain->persistent = false;
    if (!test_domain_active(domain))
        test_domain_remove(domain);
    test_domain_raise(domain, domain->id, VIR_DOMAIN_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED_REMOVED);
    return 0;
}

int test_domain_undefine(struct call *call, const struct domain_undefine_args *args, void *ret)
{
    (void)ret;
    return undefine(call, &args->dom, 0);
}

int test_domain_undefine_flags(struct call *call, const struct domain_undefine_flags_args *args, void *ret)
{
    const unsigned int known = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA;
    (void)ret;
    if (call_check_flags(call, args->flags, known) < 0)
        return -1;
    return undefine(call, &args->dom, args->flags);
}

/* ---- rename ---- */

int test_domain_rename(struct call *call, const struct domain_rename_args *args, struct domain_rename_ret *ret)
{
    if (!*args->new_name)
        return error_set_argument(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, call->row->api, "new_name",
                                  "string new_name in %s must not be empty", call->row->api);
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    if (test_domain_active(domain))
        return fail(VIR_ERR_OPERATION_INVALID, "cannot rename active domain");
    if (strchr(args->new_name, '/'))
        return fail(VIR_ERR_XML_ERROR, "name %s cannot contain '/'", args->new_name);
    struct wire_domain before;
    if (test_domain_out(call, domain, &before) < 0 || test_domain_set_name(domain, args->new_name) < 0)
        return -1;
    event_raise_lifecycle(domain->host->events, &before, VIR_DOMAIN_EVENT_UNDEFINED,
                          VIR_DOMAIN_EVENT_UNDEFINED_RENAMED);
    test_domain_raise(domain, domain->id, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_RENAMED);
    ret->retcode = 0;
    return 0;
}

/* ---- autostart ---- */

int test_domain_get_autostart(struct call *call, const struct domain_get_autostart_args *args,
                              struct domain_get_autostart_ret *ret)
{
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    ret->autostart = domain->autostart;
    return 0;
}

int test_domain_set_autostart(struct call *call, const struct domain_set_autostart_args *args, void *ret)
{
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    (void)ret;
    if (!domain)
        return -1;
    domain->autostart = args->autostart != 0;
    return 0;
}

/* ---- managed save: there is no memory to save, only the fact ---- */

int test_domain_managed_save(struct call *call, const struct domain_managed_save_args *args, void *ret)
{
    (void)ret;
    if (call_check_flags(call, args->flags,
                         VIR_DOMAIN_SAVE_BYPASS_CACHE | VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire_active(call, &args->dom);
    if (!domain)
        return -1;
    if (!domain->persistent)
        return fail(VIR_ERR_OPERATION_INVALID, "cannot do managed save for transient domain");
    domain->managed_save = true;
    test_life_stop(domain, VIR_DOMAIN_SHUTOFF_SAVED, VIR_DOMAIN_EVENT_STOPPED_SAVED);
    return 0;
}

int test_domain_has_managed_save_image(struct call *call, const struct domain_has_managed_save_image_args *args,
                                       struct domain_has_managed_save_image_ret *ret)
{
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    ret->result = domain->managed_save;
    return 0;
}

int test_domain_managed_save_remove(struct call *call, const struct domain_managed_save_remove_args *args, void *ret)
{
    (void)ret;
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    domain->managed_save = false;
    return 0;
}
