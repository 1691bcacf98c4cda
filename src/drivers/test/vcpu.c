/* SPDX-License-Identifier: MIT
 * How many virtual CPUs a domain has and may have, and what they are doing.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "drivers/test/calls.h"
#include "drivers/test/definition.h"
#include "drivers/test/objects.h"

#define ERROR_DOMAIN VIR_FROM_TEST

#define VCPU_FLAGS (VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_VCPU_MAXIMUM)

/* ---- numbers ---- */

static int get_vcpus(const struct call *call, const struct wire_domain *handle, unsigned int flags, int *ret_num)
{
    auto_domain *domain = test_domain_acquire(call, handle);
    const struct domain_def *def = domain ? test_target_one(domain, flags) : NULL;
    if (!def)
        return -1;
    *ret_num = (int)(flags & VIR_DOMAIN_VCPU_MAXIMUM ? def->max_vcpus : def->vcpus);
    return 0;
}

int test_domain_get_max_vcpus(struct call *call, const struct domain_get_max_vcpus_args *args,
                              struct domain_get_max_vcpus_ret *ret)
{
    return get_vcpus(call, &args->dom, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_VCPU_MAXIMUM, &ret->num);
}

int test_domain_get_vcpus_flags(struct call *call, const struct domain_get_vcpus_flags_args *args,
                                struct domain_get_vcpus_flags_ret *ret)
{
    if (call_check_flags(call, args->flags, VCPU_FLAGS) < 0 || test_check_exclusive(call, args->flags) < 0)
        return -1;
    return get_vcpus(call, &args->dom, args->flags, &ret->num);
}

static int check_maximum(unsigned int count, const struct domain_def *def)
{
    if (count > def->max_vcpus)
        return fail(VIR_ERR_INVALID_ARG, "requested cpu amount exceeds maximum (%u > %u)", count, def->max_vcpus);
    return 0;
}

static int set_vcpus(const struct call *call, const struct wire_domain *handle, unsigned int count, unsigned int flags)
{
    bool set_maximum = flags & VIR_DOMAIN_VCPU_MAXIMUM;
    struct test_target target;
    if (count > TEST_MAX_VCPUS)
        return fail(VIR_ERR_INVALID_ARG, "requested cpu amount exceeds maximum supported amount (%u > %d)", count,
                    TEST_MAX_VCPUS);
    auto_domain *domain = test_domain_acquire(call, handle);
    if (!domain || test_target_find(domain, flags, &target) < 0)
        return -1;
    if (target.live && check_maximum(count, target.live) < 0)
        return -1;
    if (target.config && !set_maximum && check_maximum(count, target.config) < 0)
        return -1;
    if (target.live)
        target.live->vcpus = count;
    if (target.config && set_maximum)
        target.config->max_vcpus = count;
    if (target.config && (!set_maximum || target.config->vcpus > count))
        target.config->vcpus = count;
    test_domain_changed(domain);
    return 0;
}

int test_domain_set_vcpus(struct call *call, const struct domain_set_vcpus_args *args, void *ret)
{
    (void)ret;
    return set_vcpus(call, &args->dom, args->nvcpus, VIR_DOMAIN_AFFECT_LIVE);
}

int test_domain_set_vcpus_flags(struct call *call, const struct domain_set_vcpus_flags_args *args, void *ret)
{
    (void)ret;
    if (args->flags & VIR_DOMAIN_VCPU_MAXIMUM && !(args->flags & VIR_DOMAIN_AFFECT_CONFIG))
        return error_set_argument(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, call->row->api, "ctl",
                                  "Flag 'VIR_DOMAIN_AFFECT_CONFIG' is required by flag 'VIR_DOMAIN_VCPU_MAXIMUM'");
    if (call_check_flags(call, args->flags, VCPU_FLAGS) < 0)
        return -1;
    return set_vcpus(call, &args->dom, args->nvcpus, args->flags);
}

/* ---- what they do: all run, each on the last host CPU that it may use ---- */

/* info has room for count entries, maps for as many maps of map_bytes. */
static void fill_vcpus(const struct domain_def *def, size_t count, size_t map_bytes, struct wire_vcpu_info *ret_info,
                       unsigned char *ret_maps)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t cpu_time = ((uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000) / 10;
    for (size_t i = 0; i < count; i++) {
        unsigned char map[TEST_CPUMAP_BYTES];
        test_pin_of_vcpu(def, (unsigned int)i, map);
        ret_info[i] = (struct wire_vcpu_info){ .number = (unsigned int)i, .state = VIR_VCPU_RUNNING,
                                               .cpu_time = cpu_time, .cpu = test_pin_highest(map, sizeof map) };
        memcpy(ret_maps + i * map_bytes, map, map_bytes < sizeof map ? map_bytes : sizeof map);
    }
}

int test_domain_get_vcpus(struct call *call, const struct domain_get_vcpus_args *args, struct domain_get_vcpus_ret *ret)
{
    size_t room = (size_t)args->maxinfo, map_bytes = (size_t)args->maplen; /* within limits by the guard */
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    if (!test_domain_active(domain))
        return fail(VIR_ERR_OPERATION_INVALID, "cannot list vcpus for an inactive domain");
    size_t count = room < domain->def->vcpus ? room : domain->def->vcpus;
    ret->info.items = arena_array(call->arena, count, sizeof ret->info.items[0]);
    ret->cpumaps.items = arena_array(call->arena, room, map_bytes);
    if (!ret->info.items || !ret->cpumaps.items)
        return fail_no_memory();
    fill_vcpus(domain->def, count, map_bytes, ret->info.items, ret->cpumaps.items);
    ret->info.length = (uint32_t)count;
    ret->cpumaps.length = (uint32_t)(room * map_bytes); /* zeros behind the last map */
    return 0;
}
