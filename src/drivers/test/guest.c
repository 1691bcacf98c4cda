/* SPDX-License-Identifier: MIT
 * Statistics of guests that do nothing: fixed numbers, and counters that grow with the time of day, as stock's.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <time.h>

#include "base/error.h"
#include "drivers/test/calls.h"
#include "drivers/test/objects.h"
#include "xml/node.h"

#define ERROR_DOMAIN VIR_FROM_TEST

/* Microseconds since 1970. */
static int64_t clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

#define GUEST_TIME_S 627319920

int test_domain_get_time(struct call *call, const struct domain_get_time_args *args, struct domain_get_time_ret *ret)
{
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    if (!domain)
        return -1;
    if (domain->state != VIR_DOMAIN_RUNNING)
        return fail(VIR_ERR_OPERATION_INVALID, "domain is not running");
    ret->seconds = GUEST_TIME_S;
    return 0;
}

/* ---- memory: told by the balloon ---- */

int test_domain_memory_stats(struct call *call, const struct domain_memory_stats_args *args,
                             struct domain_memory_stats_ret *ret)
{
    if (args->maxStats == 0)
        return 0;
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire_active(call, &args->dom);
    if (!domain)
        return -1;
    const struct node *devices = node_find(domain->def->tree, "devices");
    const struct node *balloon = devices ? node_find(devices, "memballoon") : NULL;
    uint64_t memory_kib = domain->def->memory_kib;
    const struct wire_domain_memory_stat stats[] = {
        { VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON, memory_kib },
        { VIR_DOMAIN_MEMORY_STAT_SWAP_IN, 0 },
        { VIR_DOMAIN_MEMORY_STAT_SWAP_OUT, 0 },
        { VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT, 0 },
        { VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT, 0 },
        { VIR_DOMAIN_MEMORY_STAT_UNUSED, memory_kib / 2 },
        { VIR_DOMAIN_MEMORY_STAT_AVAILABLE, memory_kib },
        { VIR_DOMAIN_MEMORY_STAT_USABLE, memory_kib / 2 },
        { VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE, GUEST_TIME_S },
        { VIR_DOMAIN_MEMORY_STAT_DISK_CACHES, memory_kib / 8 },
        { VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC, 0 },
        { VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL, 0 },
        { VIR_DOMAIN_MEMORY_STAT_RSS, memory_kib / 2 },
    };
    uint32_t count = args->maxStats < array_size(stats) ? args->maxStats : (uint32_t)array_size(stats);
    if (!balloon || node_is(balloon, "model", "none"))
        count = 0;
    ret->stats.items = arena_array(call->arena, count, sizeof stats[0]);
    if (!ret->stats.items)
        return fail_no_memory();
    memcpy(ret->stats.items, stats, count * sizeof stats[0]);
    ret->stats.length = count;
    return 0;
}

/* ---- devices ---- */

static const struct node *find_disk(const struct node *devices, const char *path)
{
    const struct node *at = node_find(devices, "disk");
    while (at && !str_equal(node_get_in(at, "target", "dev"), path) &&
           !str_equal(node_get_in(at, "source", "file"), path))
        at = node_next(at);
    return at;
}

static const struct node *find_interface(const struct node *devices, const char *device)
{
    const struct node *at = node_find(devices, "interface");
    while (at && !str_equal(node_get_in(at, "target", "dev"), device) &&
           !str_equal(node_get_in(at, "mac", "address"), device))
        at = node_next(at);
    return at;
}

int test_domain_block_stats(struct call *call, const struct domain_block_stats_args *args,
                            struct domain_block_stats_ret *ret)
{
    if (!*args->path)
        return fail(VIR_ERR_OPERATION_UNSUPPORTED, "summary statistics are not supported yet");
    auto_domain *domain = test_domain_acquire_active(call, &args->dom);
    if (!domain)
        return -1;
    if (!find_disk(node_find(domain->def->tree, "devices"), args->path))
        return fail(VIR_ERR_INVALID_ARG, "invalid path: %s", args->path);
    int64_t now_us = clock_us();
    *ret = (struct domain_block_stats_ret){ .rd_req = now_us / 10, .rd_bytes = now_us / 20, .wr_req = now_us / 30,
                                            .wr_bytes = now_us / 40, .errs = now_us / 2000000 };
    return 0;
}

int test_domain_interface_stats(struct call *call, const struct domain_interface_stats_args *args,
                                struct domain_interface_stats_ret *ret)
{
    auto_domain *domain = test_domain_acquire_active(call, &args->dom);
    if (!domain)
        return -1;
    if (!find_interface(node_find(domain->def->tree, "devices"), args->device))
        return error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, 0, "'%s' is not a known interface", args->device);
    int64_t now_us = clock_us();
    *ret = (struct domain_interface_stats_ret){ .rx_bytes = now_us / 10, .rx_packets = now_us / 100,
                                                .rx_errs = now_us / 1000000, .rx_drop = now_us / 2000000,
                                                .tx_bytes = now_us / 20, .tx_packets = now_us / 110,
                                                .tx_errs = now_us / 3000000, .tx_drop = now_us / 4000000 };
    return 0;
}

/* ---- time on the CPUs of the host, of which two count here ---- */

struct cpu_time {
    const char *name;
    uint64_t nanoseconds; /* of CPU 0; the next has one more */
};

static const struct cpu_time total_times[] = {
    { VIR_DOMAIN_CPU_STATS_CPUTIME, 48772617035 },
    { VIR_DOMAIN_CPU_STATS_USERTIME, 5540000000 },
    { VIR_DOMAIN_CPU_STATS_SYSTEMTIME, 6460000000 },
};
static const struct cpu_time each_times[] = {
    { VIR_DOMAIN_CPU_STATS_CPUTIME, 24386308517 },
    { VIR_DOMAIN_CPU_STATS_VCPUTIME, 23151740627 },
};
#define STAT_CPUS 2

/* The first `kinds` of times for the CPUs first..last-1. */
static int fill_cpu_times(const struct call *call, const struct cpu_time *times, unsigned int kinds, unsigned int first,
                          unsigned int last, struct domain_get_cpu_stats_ret *ret)
{
    ret->params.items = arena_array(call->arena, (size_t)kinds * (last - first), sizeof ret->params.items[0]);
    if (!ret->params.items)
        return fail_no_memory();
    for (unsigned int cpu = first; cpu < last; cpu++) {
        for (unsigned int i = 0; i < kinds; i++) {
            struct typed_param *param = &ret->params.items[ret->params.length++];
            *param = (struct typed_param){ .type = VIR_TYPED_PARAM_ULLONG, .value.ul = times[i].nanoseconds + cpu };
            if (call_out_string(call, times[i].name, &param->field) < 0)
                return -1;
        }
    }
    ret->nparams = (int)kinds;
    return 0;
}

static int check_cpu_stats(const struct call *call, const struct domain_get_cpu_stats_args *args)
{
    const char *api = call->row->api;
    if (args->start_cpu < -1)
        return error_set_argument(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, api, "start_cpu",
                                  "start_cpu in %s must be zero or greater", api);
    if (args->start_cpu == -1 && args->ncpus != 1)
        return error_set_argument(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, api, "start_cpu",
                                  "ncpus must be 1 when start_cpu is -1");
    if (args->ncpus == 0 && args->nparams > 0)
        return error_set_argument(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, api, "params", "params in %s must not be NULL",
                                  api);
    return 0;
}

int test_domain_get_cpu_stats(struct call *call, const struct domain_get_cpu_stats_args *args,
                              struct domain_get_cpu_stats_ret *ret)
{
    bool total = args->start_cpu < 0;
    unsigned int most = total ? array_size(total_times) : array_size(each_times);
    if (check_cpu_stats(call, args) < 0 || call_check_flags(call, args->flags, 0) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire_active(call, &args->dom);
    if (!domain)
        return -1;
    if (args->nparams == 0) { /* asks how many there are: kinds, or CPUs */
        ret->nparams = args->ncpus == 0 ? STAT_CPUS : (int)most;
        return 0;
    }
    unsigned int kinds = args->nparams < most ? args->nparams : most;
    if (total)
        return fill_cpu_times(call, total_times, kinds, 0, 1, ret);
    if (args->start_cpu >= STAT_CPUS)
        return fail(VIR_ERR_INVALID_ARG, "start_cpu %d larger than maximum of %d", args->start_cpu, STAT_CPUS - 1);
    unsigned int first = (unsigned int)args->start_cpu;
    unsigned int last = args->ncpus < STAT_CPUS - first ? first + args->ncpus : STAT_CPUS;
    return fill_cpu_times(call, each_times, kinds, first, last, ret);
}
