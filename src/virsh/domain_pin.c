/* SPDX-License-Identifier: MIT
 * Commands that bind a domain's threads to host CPUs: vcpupin and emulatorpin.
 */
#include "base/str.h"
#include "virsh/commands.h"
#include "virsh/complete.h"
#include "virsh/cpumap.h"
#include "virsh/domain.h"
#include "virsh/table.h"

/* The map of a --cpulist; "r" is all CPUs of the host. */
static int cpulist_map(struct shell *shell, const char *list, int cpus, unsigned char **ret_map)
{
    if (str_equal(list, "r")) {
        unsigned char *map = keep(calloc((size_t)VIR_CPU_MAPLEN(cpus), 1));
        for (int cpu = 0; cpu < cpus; cpu++)
            VIR_USE_CPU(map, cpu);
        *ret_map = map;
        return 0;
    }
    auto_free unsigned char *map = NULL;
    int highest = cpumap_parse(list, cpus, &map);
    if (highest <= 0) {
        shell_error(shell, "Invalid cpulist '%s'", list);
        return highest < 0 ? shell_error(shell, "invalid argument: Failed to parse bitmap '%s'", list) : -1;
    }
    if (highest > cpus)
        return shell_error(shell, "CPU %d in cpulist '%s' exceed the maxcpu %d", highest - 1, list, cpus);
    *ret_map = steal(map);
    return 0;
}

/* vcpu -1 = all. */
static int print_pinning(struct shell *shell, virDomainPtr domain, int vcpu, unsigned int flags, int cpus)
{
    size_t map_size = (size_t)VIR_CPU_MAPLEN(cpus);
    if ((flags & VIR_DOMAIN_AFFECT_LIVE) && virDomainIsActive(domain) == 0)
        return shell_error(shell, "cannot get vcpupin for offline domain");
    if ((flags & VIR_DOMAIN_AFFECT_CONFIG) && virDomainIsPersistent(domain) == 0)
        return shell_error(shell, "cannot get vcpupin for transient domain");
    int count = virDomainGetVcpusFlags(domain, flags | VIR_DOMAIN_VCPU_MAXIMUM);
    if (count < 0)
        return -1;
    auto_free unsigned char *maps = keep(calloc((size_t)count + 1, map_size));
    int pinned = virDomainGetVcpuPinInfo(domain, count, maps, (int)map_size, flags);
    if (pinned < 0)
        return -1;
    if (vcpu >= pinned) {
        int running = virDomainIsActive(domain);
        return shell_error(shell, running > 0 && !(flags & VIR_DOMAIN_AFFECT_CONFIG)
                                      ? "vcpu %d is out of range of live cpu count %d"
                                      : "vcpu %d is out of range of persistent cpu count %d", vcpu, pinned);
    }
    struct table table;
    table_init(&table, "VCPU", "CPU Affinity", NULL);
    for (int i = 0; i < pinned; i++) {
        if (vcpu >= 0 && i != vcpu)
            continue;
        auto_free char *number = format_text("%d", i);
        auto_free char *ranges = cpumap_ranges(maps + (size_t)i * map_size, cpus);
        table_add(&table, number);
        table_add(&table, ranges);
    }
    table_print(shell, &table);
    table_clear(&table);
    return 0;
}

static int run_vcpupin(struct shell *shell, const struct invocation *invocation)
{
    unsigned int vcpu = 0, flags;
    const char *list = NULL;
    if (arguments_exclusive(shell, invocation, "current", "live") < 0 ||
        arguments_exclusive(shell, invocation, "current", "config") < 0)
        return -1;
    bool query = !argument_given(invocation, "cpulist");
    if (query && arguments_exclusive(shell, invocation, "live", "config") < 0)
        return -1;
    if (argument_affect(shell, invocation, &flags) < 0)
        return -1;
    int vcpu_given = argument_uint(shell, invocation, "vcpu", &vcpu);
    if (vcpu_given < 0)
        return -1;
    if (!query && !vcpu_given)
        return shell_error(shell, "vcpupin: Missing vCPU number in pin mode.");
    int cpus = virNodeGetCPUMap(shell->connection, NULL, NULL, 0);
    if (cpus < 0)
        return -1;
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain)
        return -1;
    if (query)
        return print_pinning(shell, domain, vcpu_given ? (int)vcpu : -1, flags, cpus);
    list = argument_find(invocation, "cpulist")->value;
    auto_free unsigned char *map = NULL;
    if (cpulist_map(shell, list, cpus, &map) < 0)
        return -1;
    if (!argument_affect_given(invocation))
        return virDomainPinVcpu(domain, vcpu, map, VIR_CPU_MAPLEN(cpus));
    return virDomainPinVcpuFlags(domain, vcpu, map, VIR_CPU_MAPLEN(cpus), flags);
}

const struct command command_vcpupin = {
    "vcpupin", 0, run_vcpupin, "control or query domain vcpu affinity", "Pin domain VCPUs to host physical CPUs.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        { "vcpu", OPTION_INT, 0, "vcpu number", NULL },
        { "cpulist", OPTION_STRING, OPTION_EMPTY_OK, "host cpu number(s) to set, or omit option to query", NULL },
        AFFECT_OPTIONS,
        { 0 },
    },
};

static int run_emulatorpin(struct shell *shell, const struct invocation *invocation)
{
    unsigned int flags;
    if (argument_affect(shell, invocation, &flags) < 0)
        return -1;
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain)
        return -1;
    int cpus = virNodeGetCPUMap(shell->connection, NULL, NULL, 0);
    if (cpus < 0)
        return -1;
    if (argument_given(invocation, "cpulist"))
        return shell_error(shell, "option --cpulist of emulatorpin is not supported by this virsh");
    auto_free unsigned char *map = keep(calloc((size_t)VIR_CPU_MAPLEN(cpus), 1));
    if (virDomainGetEmulatorPinInfo(domain, map, VIR_CPU_MAPLEN(cpus), flags) < 0)
        return -1;
    auto_free char *ranges = cpumap_ranges(map, cpus);
    shell_extra(shell, "emulator: CPU Affinity\n");
    shell_extra(shell, "----------------------------------\n");
    shell_extra(shell, "       *: ");
    shell_print(shell, "%s\n", ranges);
    return 0;
}

const struct command command_emulatorpin = {
    "emulatorpin", 0, run_emulatorpin, "control or query domain emulator affinity",
    "Pin domain emulator threads to host physical CPUs.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        { "cpulist", OPTION_STRING, OPTION_EMPTY_OK, "host cpu number(s) to set, or omit option to query", NULL },
        AFFECT_OPTIONS,
        { 0 },
    },
};
