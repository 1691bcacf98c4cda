/* SPDX-License-Identifier: MIT
 * Commands about virtual CPUs: setvcpus, vcpucount, vcpuinfo.
 */
#include "virsh/commands.h"
#include "virsh/complete.h"
#include "virsh/cpumap.h"
#include "virsh/domain.h"

static int run_setvcpus(struct shell *shell, const struct invocation *invocation)
{
    unsigned int flags, count = 0;
    if (argument_affect(shell, invocation, &flags) < 0 ||
        arguments_exclusive(shell, invocation, "guest", "config") < 0 ||
        arguments_need(shell, invocation, "maximum", "config") < 0)
        return -1;
    flags |= argument_given(invocation, "guest") ? VIR_DOMAIN_VCPU_GUEST : 0u;
    flags |= argument_given(invocation, "maximum") ? VIR_DOMAIN_VCPU_MAXIMUM : 0u;
    flags |= argument_given(invocation, "hotpluggable") ? VIR_DOMAIN_VCPU_HOTPLUGGABLE : 0u;
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain || argument_uint(shell, invocation, "count", &count) < 0)
        return -1;
    if (count == 0)
        return shell_error(shell, "Can't set 0 processors for a VM");
    if (!flags && !argument_given(invocation, "current"))
        return virDomainSetVcpus(domain, count);
    return virDomainSetVcpusFlags(domain, count, flags);
}

const struct command command_setvcpus = {
    "setvcpus", 0, run_setvcpus, "change number of virtual CPUs",
    "Change the number of virtual CPUs in the guest domain.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        { "count", OPTION_INT, OPTION_REQUIRED, "number of virtual CPUs", NULL },
        { "maximum", OPTION_BOOL, 0, "set maximum limit on next boot", NULL },
        AFFECT_OPTIONS,
        { "guest", OPTION_BOOL, 0, "modify cpu state in the guest", NULL },
        { "hotpluggable", OPTION_BOOL, 0, "make added vcpus hot(un)pluggable", NULL },
        { 0 },
    },
};

static int vcpu_count(struct shell *shell, virDomainPtr domain, unsigned int flags)
{
    int count = virDomainGetVcpusFlags(domain, flags);
    if (count < 0 && (flags & VIR_DOMAIN_VCPU_GUEST))
        return shell_error(shell, "Failed to retrieve vCPU count from the guest");
    return count;
}

/* All counts that exist: the saved ones of a persistent domain, the live ones of a running domain. */
static int print_all_counts(struct shell *shell, virDomainPtr domain)
{
    static const struct { const char *what, *when; unsigned int flags; } rows[] = {
        { "maximum", "config", VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_AFFECT_CONFIG },
        { "maximum", "live", VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_AFFECT_LIVE },
        { "current", "config", VIR_DOMAIN_AFFECT_CONFIG },
        { "current", "live", VIR_DOMAIN_AFFECT_LIVE },
    };
    int active = virDomainIsActive(domain), persistent = virDomainIsPersistent(domain);
    if (active < 0 || persistent < 0)
        return -1;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].flags & VIR_DOMAIN_AFFECT_CONFIG ? !persistent : !active)
            continue;
        int count = vcpu_count(shell, domain, rows[i].flags);
        if (count < 0)
            return -1;
        shell_print(shell, "%-12s %-12s %3d\n", rows[i].what, rows[i].when, count);
    }
    return 0;
}

static int run_vcpucount(struct shell *shell, const struct invocation *invocation)
{
    bool maximum = argument_given(invocation, "maximum"), active = argument_given(invocation, "active");
    bool current = argument_given(invocation, "current"), guest = argument_given(invocation, "guest");
    unsigned int flags = (argument_given(invocation, "live") ? VIR_DOMAIN_AFFECT_LIVE : 0u) |
                         (argument_given(invocation, "config") ? VIR_DOMAIN_AFFECT_CONFIG : 0u);

    if (arguments_exclusive(shell, invocation, "live", "config") < 0)
        return -1;
    /* Before --active existed, --current alone meant it, and it may still be combined like that. */
    if ((maximum || active) && (arguments_exclusive(shell, invocation, "current", "live") < 0 ||
                                arguments_exclusive(shell, invocation, "current", "config") < 0))
        return -1;
    if (arguments_exclusive(shell, invocation, "active", "maximum") < 0 ||
        arguments_exclusive(shell, invocation, "guest", "config") < 0)
        return -1;
    flags |= (maximum ? VIR_DOMAIN_VCPU_MAXIMUM : 0u) | (guest ? VIR_DOMAIN_VCPU_GUEST : 0u);
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain)
        return -1;
    if (!flags && !active && !current)
        return print_all_counts(shell, domain);
    int count = vcpu_count(shell, domain, flags);
    if (count < 0)
        return -1;
    shell_print(shell, "%d\n", count);
    return 0;
}

const struct command command_vcpucount = {
    "vcpucount", 0, run_vcpucount, "domain vcpu counts", "Returns the number of virtual CPUs used by the domain.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        { "maximum", OPTION_BOOL, 0, "get maximum count of vcpus", NULL },
        { "active", OPTION_BOOL, 0, "get number of currently active vcpus", NULL },
        { "live", OPTION_BOOL, 0, "get value from running domain", NULL },
        { "config", OPTION_BOOL, 0, "get value to be used on next boot", NULL },
        { "current", OPTION_BOOL, 0, "get value according to current domain state", NULL },
        { "guest", OPTION_BOOL, 0, "retrieve vcpu count from the guest instead of the hypervisor", NULL },
        { 0 },
    },
};

static void print_affinity(struct shell *shell, const unsigned char *map, int cpus, bool pretty)
{
    if (pretty) {
        auto_free char *ranges = cpumap_ranges(map, cpus);
        shell_print(shell, "%-15s %s (out of %d)\n", "CPU Affinity:", ranges, cpus);
    } else {
        auto_free char *letters = cpumap_letters(map, cpus);
        shell_print(shell, "%-15s %s\n", "CPU Affinity:", letters);
    }
}

/* Of a stopped domain only the number of CPUs and their pinning are known. */
static int print_stopped_vcpus(struct shell *shell, virDomainPtr domain, int vcpus, int cpus, bool pretty)
{
    size_t map_size = (size_t)VIR_CPU_MAPLEN(cpus);
    auto_free unsigned char *maps = keep(calloc((size_t)vcpus + 1, map_size));
    int count = virDomainGetVcpuPinInfo(domain, vcpus, maps, (int)map_size, VIR_DOMAIN_AFFECT_CONFIG);
    if (count < 0)
        return -1;
    for (int i = 0; i < count; i++) {
        if (i > 0)
            shell_print(shell, "\n");
        shell_print(shell, "%-15s %d\n", "VCPU:", i);
        shell_print(shell, "%-15s %s\n", "CPU:", "N/A");
        shell_print(shell, "%-15s %s\n", "State:", "N/A");
        shell_print(shell, "%-15s %s\n", "CPU time", "N/A");
        print_affinity(shell, maps + (size_t)i * map_size, cpus, pretty);
    }
    return 0;
}

static int run_vcpuinfo(struct shell *shell, const struct invocation *invocation)
{
    bool pretty = argument_given(invocation, "pretty");
    virDomainInfo domain_info;
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain)
        return -1;
    int cpus = virNodeGetCPUMap(shell->connection, NULL, NULL, 0);
    if (cpus < 0 || virDomainGetInfo(domain, &domain_info) < 0)
        return -1;

    size_t map_size = (size_t)VIR_CPU_MAPLEN(cpus);
    auto_free virVcpuInfo *vcpus = keep(calloc((size_t)domain_info.nrVirtCpu + 1, sizeof *vcpus));
    auto_free unsigned char *maps = keep(calloc((size_t)domain_info.nrVirtCpu + 1, map_size));
    int count = virDomainGetVcpus(domain, vcpus, domain_info.nrVirtCpu, maps, (int)map_size);
    if (count < 0) {
        if (domain_info.state != VIR_DOMAIN_SHUTOFF)
            return -1;
        library_error_reset();
        return print_stopped_vcpus(shell, domain, domain_info.nrVirtCpu, cpus, pretty);
    }
    for (int i = 0; i < count; i++) {
        if (i > 0)
            shell_print(shell, "\n");
        shell_print(shell, "%-15s %d\n", "VCPU:", (int)vcpus[i].number);
        if (vcpus[i].cpu >= 0)
            shell_print(shell, "%-15s %d\n", "CPU:", vcpus[i].cpu);
        else
            shell_print(shell, "%-15s %s\n", "CPU:", "N/A");
        shell_print(shell, "%-15s %s\n", "State:", vcpu_state_text(vcpus[i].state));
        if (vcpus[i].cpuTime)
            shell_print(shell, "%-15s %.1lfs\n", "CPU time:", (double)vcpus[i].cpuTime / 1e9);
        print_affinity(shell, maps + (size_t)i * map_size, cpus, pretty);
    }
    return 0;
}

const struct command command_vcpuinfo = {
    "vcpuinfo", 0, run_vcpuinfo, "detailed domain vcpu information",
    "Returns basic information about the domain virtual CPUs.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        { "pretty", OPTION_BOOL, 0, "return human readable output", NULL },
        { 0 },
    },
};
