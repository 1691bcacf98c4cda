/* SPDX-License-Identifier: MIT
 * Questions about one domain that change nothing. The frequent ones (info, state) touch no memory but the domain's.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <time.h>

#include "base/error.h"
#include "drivers/test/calls.h"
#include "drivers/test/objects.h"

#define ERROR_DOMAIN VIR_FROM_TEST

int test_domain_get_info(struct call *call, const struct domain_get_info_args *args, struct domain_get_info_ret *ret)
{
    struct timespec now;
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    clock_gettime(CLOCK_REALTIME, &now);
    ret->state = (unsigned char)domain->state;
    ret->maxMem = domain->def->max_memory_kib;
    ret->memory = domain->def->memory_kib;
    ret->nrVirtCpu = (unsigned short)domain->def->vcpus;
    /* nanoseconds of wall clock in steps of a microsecond: as if it had run since 1970 */
    ret->cpuTime = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec / 1000 * 1000;
    return 0;
}

int test_domain_get_state(struct call *call, const struct domain_get_state_args *args, struct domain_get_state_ret *ret)
{
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    ret->state = domain->state;
    ret->reason = domain->reason;
    return 0;
}

int test_domain_get_control_info(struct call *call, const struct domain_get_control_info_args *args,
                                 struct domain_get_control_info_ret *ret)
{
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire_active(call, &args->dom);
    if (!domain)
        return -1;
    *ret = (struct domain_get_control_info_ret){ .state = VIR_DOMAIN_CONTROL_OK };
    return 0;
}

int test_domain_get_xml_desc(struct call *call, const struct domain_get_xml_desc_args *args,
                             struct domain_get_xml_desc_ret *ret)
{
    const unsigned int known = VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_MIGRATABLE;
    if (call_check_flags(call, args->flags, known) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    bool inactive = args->flags & VIR_DOMAIN_XML_INACTIVE;
    int form = (inactive ? TEST_XML_INACTIVE : 0) | (args->flags & VIR_DOMAIN_XML_SECURE ? TEST_XML_SECURE : 0);
    if (!domain->xml[form])
        domain->xml[form] = domain_def_format(inactive ? test_domain_config(domain) : domain->def,
                                              inactive ? -1 : domain->id,
                                              args->flags & (VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE));
    return call_out_string(call, domain->xml[form], &ret->xml);
}

/* The same of any domain, even of one that is gone: stock does not look. */
int test_domain_get_os_type(struct call *call, const struct domain_get_os_type_args *args,
                            struct domain_get_os_type_ret *ret)
{
    (void)args;
    return call_out_string(call, "linux", &ret->type);
}

int test_domain_is_active(struct call *call, const struct domain_is_active_args *args, struct domain_is_active_ret *ret)
{
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    ret->active = domain->id >= 0;
    return 0;
}

int test_domain_is_persistent(struct call *call, const struct domain_is_persistent_args *args,
                              struct domain_is_persistent_ret *ret)
{
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    ret->persistent = domain->persistent;
    return 0;
}

/* Nor does it look here. */
int test_domain_is_updated(struct call *call, const struct domain_is_updated_args *args,
                           struct domain_is_updated_ret *ret)
{
    (void)call;
    (void)args;
    ret->updated = 0;
    return 0;
}

int test_domain_get_security_label(struct call *call, const struct domain_get_security_label_args *args,
                                   struct domain_get_security_label_ret *ret)
{
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    const char *label = domain->id >= 0 ? "libvirt-test" : "";
    ret->enforcing = domain->id >= 0;
    ret->label.length = (uint32_t)strlen(label) + 1; /* the NUL travels, too */
    return call_out_string(call, label, &ret->label.items);
}

/* Nothing that a definition of this driver says taints its domain. */
int test_domain_get_messages(struct call *call, const struct domain_get_messages_args *args,
                             struct domain_get_messages_ret *ret)
{
    if (call_check_flags(call, args->flags, VIR_DOMAIN_MESSAGE_DEPRECATION | VIR_DOMAIN_MESSAGE_TAINTING) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    ret->msgs.length = 0;
    return 0;
}

int test_domain_get_hostname(struct call *call, const struct domain_get_hostname_args *args,
                             struct domain_get_hostname_ret *ret)
{
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire_active(call, &args->dom);
    if (!domain)
        return -1;
    return call_out_string(call, arena_printf(call->arena, "%shost", domain->name), &ret->hostname);
}
