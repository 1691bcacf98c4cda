/* SPDX-License-Identifier: MIT
 * What the pretend host says of itself: versions, size, CPUs, memory, security model. All fixed.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "drivers/test/calls.h"
#include "drivers/test/defaults.h"
#include "drivers/test/objects.h"
#include "wire/limits.h"

#define ERROR_DOMAIN VIR_FROM_TEST

int test_connect_get_type(struct call *call, const void *args, struct connect_get_type_ret *ret)
{
    (void)args;
    return call_out_string(call, "TEST", &ret->type);
}

int test_connect_get_version(struct call *call, const void *args, struct connect_get_version_ret *ret)
{
    (void)call;
    (void)args;
    ret->hv_ver = 2;
    return 0;
}

int test_connect_get_max_vcpus(struct call *call, const struct connect_get_max_vcpus_args *args,
                               struct connect_get_max_vcpus_ret *ret)
{
    (void)call;
    (void)args;
    ret->max_vcpus = TEST_MAX_VCPUS;
    return 0;
}

int test_connect_get_capabilities(struct call *call, const void *args, struct connect_get_capabilities_ret *ret)
{
    (void)args;
    return call_out_string(call, test_capabilities, &ret->capabilities);
}

int test_connect_get_sysinfo(struct call *call, const struct connect_get_sysinfo_args *args,
                             struct connect_get_sysinfo_ret *ret)
{
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    return call_out_string(call, test_sysinfo, &ret->sysinfo);
}

int test_connect_is_secure(struct call *call, const void *args, struct connect_is_secure_ret *ret)
{
    (void)call;
    (void)args;
    ret->secure = 1;
    return 0;
}

int test_node_get_info(struct call *call, const void *args, struct node_get_info_ret *ret)
{
    (void)call;
    (void)args;
    *ret = (struct node_get_info_ret){ .model = "i686", .memory = 3145728, .cpus = TEST_HOST_CPUS, .mhz = 1400,
                                       .nodes = 2, .sockets = 2, .cores = 2, .threads = 2 };
    return 0;
}

int test_node_get_cells_free_memory(struct call *call, const struct node_get_cells_free_memory_args *args,
                                    struct node_get_cells_free_memory_ret *ret)
{
    static const uint64_t cells[] = { 2097152, 4194304 };
    int count = (int)array_size(cells);
    if (args->startCell >= count)
        return fail(VIR_ERR_INVALID_ARG, "Range exceeds available cells");
    if (args->maxcells < count - args->startCell)
        count = args->startCell + args->maxcells;
    ret->cells.length = (uint32_t)(count - args->startCell);
    ret->cells.items = arena_array(call->arena, ret->cells.length, sizeof cells[0]);
    if (!ret->cells.items)
        return fail_no_memory();
    memcpy(ret->cells.items, cells + args->startCell, ret->cells.length * sizeof cells[0]);
    return 0;
}

int test_node_get_free_memory(struct call *call, const void *args, struct node_get_free_memory_ret *ret)
{
    (void)call;
    (void)args;
    ret->freeMem = 3145728;
    return 0;
}

int test_node_get_security_model(struct call *call, const void *args, struct node_get_security_model_ret *ret)
{
    static const char model[] = "testSecurity";
    (void)args;
    if (call_out_string(call, model, &ret->model.items) < 0 || call_out_string(call, "", &ret->doi.items) < 0)
        return -1;
    ret->model.length = sizeof model; /* both count their NUL */
    ret->doi.length = 1;
    return 0;
}

int test_node_get_cpu_stats(struct call *call, const struct node_get_cpu_stats_args *args,
                            struct node_get_cpu_stats_ret *ret)
{
    static const struct wire_node_get_cpu_stats stats[] = {
        { (char *)VIR_NODE_CPU_STATS_USER, 9797400000 },
        { (char *)VIR_NODE_CPU_STATS_KERNEL, 34678723400000 },
        { (char *)VIR_NODE_CPU_STATS_IDLE, 87264900000 },
        { (char *)VIR_NODE_CPU_STATS_IOWAIT, 763600000 },
    };
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    int count = args->nparams < (int)array_size(stats) ? args->nparams : (int)array_size(stats);
    if (count <= 0) { /* asks for the number only */
        ret->nparams = array_size(stats);
        return 0;
    }
    ret->params.items = arena_array(call->arena, (size_t)count, sizeof stats[0]);
    if (!ret->params.items)
        return fail_no_memory();
    memcpy(ret->params.items, stats, (size_t)count * sizeof stats[0]);
    ret->params.length = (uint32_t)count;
    return 0;
}

int test_node_get_cpu_map(struct call *call, const struct node_get_cpu_map_args *args,
                          struct node_get_cpu_map_ret *ret)
{
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    ret->ret = 8;
    ret->online = args->need_online ? 3 : 0;
    if (args->need_map) {
        ret->cpumap.items = arena_alloc(call->arena, 1);
        if (!ret->cpumap.items)
            return fail_no_memory();
        ret->cpumap.items[0] = 0x15; /* CPUs 0, 2, 4 */
        ret->cpumap.length = 1;
    }
    return 0;
}

int test_node_get_free_pages(struct call *call, const struct node_get_free_pages_args *args,
                             struct node_get_free_pages_ret *ret)
{
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    uint64_t total = (uint64_t)args->pages.length * args->cellCount;
    if (total > LIMIT_NODE_MAX_CELLS)
        return fail(VIR_ERR_INVALID_ARG, "%u page sizes of %u cells are more than the %d numbers of an answer",
                    args->pages.length, args->cellCount, LIMIT_NODE_MAX_CELLS);
    ret->counts.items = arena_array(call->arena, (size_t)total, sizeof ret->counts.items[0]);
    if (!ret->counts.items)
        return fail_no_memory();
    uint64_t count = 6; /* stock's series: neither size nor cell matters */
    for (uint64_t i = 0; i < total; i++) {
        count = count * 2 + 7;
        ret->counts.items[i] = count;
    }
    ret->counts.length = (uint32_t)total;
    return 0;
}
