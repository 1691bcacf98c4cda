/* SPDX-License-Identifier: MIT
 * How much memory a domain has and may have: two fields of its definitions.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "base/error.h"
#include "drivers/test/calls.h"
#include "drivers/test/objects.h"

#define ERROR_DOMAIN VIR_FROM_TEST

#define MEMORY_LIMIT_KIB (INT64_MAX / 1024) /* so that it can be told in bytes */

int test_domain_get_max_memory(struct call *call, const struct domain_get_max_memory_args *args,
                               struct domain_get_max_memory_ret *ret)
{
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    ret->memory = domain->def->max_memory_kib;
    return 0;
}

static int set_maximum(struct test_domain *domain, struct domain_def *def, uint64_t memory_kib)
{
    if (test_domain_active(domain) && def == domain->def)
        return fail(VIR_ERR_OPERATION_INVALID, "cannot resize the maximum memory on an active domain");
    def->max_memory_kib = memory_kib;
    if (def->memory_kib > memory_kib)
        def->memory_kib = memory_kib;
    return 0;
}

static int set_memory(const struct call *call, const struct wire_domain *handle, uint64_t memory_kib,
                      unsigned int flags)
{
    int result = 0;
    if (memory_kib > MEMORY_LIMIT_KIB)
        return error_set(VIR_FROM_DOMAIN, VIR_ERR_OVERFLOW, 0, "input too large: %llu", (unsigned long long)memory_kib);
    auto_domain *domain = test_domain_acquire(call, handle);
    struct domain_def *def = domain ? test_target_one(domain, flags) : NULL;
    if (!def)
        return -1;
    if (flags & VIR_DOMAIN_MEM_MAXIMUM)
        result = set_maximum(domain, def, memory_kib);
    else if (memory_kib > def->max_memory_kib)
        result = fail(VIR_ERR_INVALID_ARG, "cannot set memory higher than max memory");
    else
        def->memory_kib = memory_kib;
    test_domain_changed(domain);
    return result;
}

int test_domain_set_max_memory(struct call *call, const struct domain_set_max_memory_args *args, void *ret)
{
    (void)ret;
    return set_memory(call, &args->dom, args->memory, VIR_DOMAIN_MEM_MAXIMUM);
}

int test_domain_set_memory(struct call *call, const struct domain_set_memory_args *args, void *ret)
{
    (void)ret;
    return set_memory(call, &args->dom, args->memory, VIR_DOMAIN_AFFECT_LIVE);
}

int test_domain_set_memory_flags(struct call *call, const struct domain_set_memory_flags_args *args, void *ret)
{
    const unsigned int known = VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_MEM_MAXIMUM;
    (void)ret;
    if (call_check_flags(call, args->flags, known) < 0)
        return -1;
    return set_memory(call, &args->dom, args->memory, args->flags);
}
