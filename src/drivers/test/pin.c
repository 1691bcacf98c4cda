/* SPDX-License-Identifier: MIT
 * On which CPUs of the pretend host the virtual CPUs and the emulator may run.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "base/error.h"
#include "drivers/test/calls.h"
#include "drivers/test/definition.h"
#include "drivers/test/objects.h"

#define ERROR_DOMAIN VIR_FROM_TEST

#define AFFECT_FLAGS (VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG)

static size_t map_room(size_t map_bytes)
{
    return map_bytes < TEST_CPUMAP_BYTES ? map_bytes : TEST_CPUMAP_BYTES;
}

/* ---- virtual CPUs ---- */

/* Unknown flags are ignored, as stock does. */
int test_domain_get_vcpu_pin_info(struct call *call, const struct domain_get_vcpu_pin_info_args *args,
                                  struct domain_get_vcpu_pin_info_ret *ret)
{
    size_t room = (size_t)args->ncpumaps, map_bytes = (size_t)args->maplen; /* within limits by the guard */
    unsigned char map[TEST_CPUMAP_BYTES];
    if (test_check_exclusive(call, args->flags) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    const struct domain_def *def = domain ? test_target_one(domain, args->flags) : NULL;
    if (!def)
        return -1;
    size_t count = room < def->max_vcpus ? room : def->max_vcpus;
    ret->cpumaps.items = arena_array(call->arena, room, map_bytes);
    if (!ret->cpumaps.items)
        return fail_no_memory();
    for (size_t i = 0; i < count; i++) {
        test_pin_of_vcpu(def, (unsigned int)i, map);
        memcpy(ret->cpumaps.items + i * map_bytes, map, map_room(map_bytes));
    }
    ret->cpumaps.length = (uint32_t)(room * map_bytes); /* zeros behind the last map */
    ret->num = (int)count;
    return 0;
}

static int pin_vcpu(const struct call *call, const struct wire_domain *handle, unsigned int vcpu,
                    const unsigned char *map, size_t map_bytes)
{
    auto_domain *domain = test_domain_acquire(call, handle);
    if (!domain)
        return -1;
    if (!test_domain_active(domain))
        return fail(VIR_ERR_OPERATION_INVALID, "cannot pin vcpus on an inactive domain");
    if (vcpu >= domain->def->vcpus)
        return fail(VIR_ERR_INVALID_ARG, "requested vcpu '%d' is not present in the domain", (int)vcpu);
    test_domain_changed(domain);
    return test_pin_set(&domain->def, (int)vcpu, map, map_room(map_bytes));
}

int test_domain_pin_vcpu(struct call *call, const struct domain_pin_vcpu_args *args, void *ret)
{
    (void)ret;
    return pin_vcpu(call, &args->dom, args->vcpu, args->cpumap.items, args->cpumap.length);
}

int test_domain_pin_vcpu_flags(struct call *call, const struct domain_pin_vcpu_flags_args *args, void *ret)
{
    (void)ret;
    if (call_check_flags(call, args->flags, 0) < 0) /* stock knows no flag here, not even AFFECT_LIVE */
        return -1;
    return pin_vcpu(call, &args->dom, args->vcpu, args->cpumap.items, args->cpumap.length);
}

/* ---- the emulator ---- */

int test_domain_get_emulator_pin_info(struct call *call, const struct domain_get_emulator_pin_info_args *args,
                                      struct domain_get_emulator_pin_info_ret *ret)
{
    size_t map_bytes = (size_t)args->maplen; /* within limits by the guard */
    unsigned char map[TEST_CPUMAP_BYTES];
    if (call_check_flags(call, args->flags, AFFECT_FLAGS) < 0 || test_check_exclusive(call, args->flags) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    const struct domain_def *def = domain ? test_target_one(domain, args->flags) : NULL;
    if (!def)
        return -1;
    ret->cpumaps.items = arena_alloc(call->arena, map_bytes);
    if (!ret->cpumaps.items)
        return fail_no_memory();
    test_pin_of_emulator(def, map);
    memcpy(ret->cpumaps.items, map, map_room(map_bytes));
    ret->cpumaps.length = (uint32_t)map_bytes;
    ret->ret = 1;
    return 0;
}

int test_domain_pin_emulator(struct call *call, const struct domain_pin_emulator_args *args, void *ret)
{
    (void)ret;
    if (call_check_flags(call, args->flags, AFFECT_FLAGS) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    const struct domain_def *def = domain ? test_target_one(domain, args->flags) : NULL;
    size_t map_bytes = map_room(args->cpumap.length);
    if (!def)
        return -1;
    if (test_pin_highest(args->cpumap.items, map_bytes) < 0)
        return fail(VIR_ERR_INVALID_ARG, "Empty cpu list for pinning");
    test_domain_changed(domain);
    return test_pin_set(def == domain->def ? &domain->def : &domain->next_def, -1, args->cpumap.items, map_bytes);
}
