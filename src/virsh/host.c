/* SPDX-License-Identifier: MIT
 * Commands about the connection and the host behind it.
 */
#include <string.h>

#include "base/cleanup.h"
#include "virsh/arguments.h"
#include "virsh/commands.h"
#include "virsh/cpumap.h"

/* Prints text and a newline (unless it has one), and frees it. NULL = the library call failed. */
static int print_owned(struct shell *shell, char *owned, const char *failure)
{
    auto_free char *text = owned;
    if (!text)
        return failure ? shell_error(shell, "%s", failure) : -1;
    shell_print(shell, "%s\n", text);
    return 0;
}

static int run_uri(struct shell *shell, const struct invocation *invocation)
{
    (void)invocation;
    return print_owned(shell, virConnectGetURI(shell->connection), "failed to get URI");
}

const struct command command_uri = { "uri", 0, run_uri, "print the hypervisor canonical URI", "", NULL };

static int run_hostname(struct shell *shell, const struct invocation *invocation)
{
    (void)invocation;
    return print_owned(shell, virConnectGetHostname(shell->connection), "failed to get hostname");
}

const struct command command_hostname = { "hostname", 0, run_hostname, "print the hypervisor hostname", "", NULL };

static int run_sysinfo(struct shell *shell, const struct invocation *invocation)
{
    (void)invocation;
    auto_free char *text = virConnectGetSysinfo(shell->connection, 0);
    if (!text)
        return shell_error(shell, "failed to get sysinfo");
    shell_print(shell, "%s", text);
    return 0;
}

const struct command command_sysinfo = {
    "sysinfo", 0, run_sysinfo, "print the hypervisor sysinfo",
    "output an XML string for the hypervisor sysinfo, if available", NULL,
};

static int run_capabilities(struct shell *shell, const struct invocation *invocation)
{
    (void)invocation;
    return print_owned(shell, virConnectGetCapabilities(shell->connection), "failed to get capabilities");
}

const struct command command_capabilities = {
    "capabilities", 0, run_capabilities, "capabilities", "Returns capabilities of hypervisor/driver.", NULL,
};

static void print_version_line(struct shell *shell, const char *format, const char *name, unsigned long version)
{
    auto_free char *number = format_text("%lu.%lu.%lu", version / 1000000, version / 1000 % 1000, version % 1000);
    if (name)
        shell_print(shell, "%s: %s %s\n", format, name, number);
    else
        shell_print(shell, "%s: %s\n", format, number);
}

static int run_version(struct shell *shell, const struct invocation *invocation)
{
    unsigned long library, api, hypervisor, daemon;
    const char *type = virConnectGetType(shell->connection);

    if (!type)
        return shell_error(shell, "failed to get hypervisor type");
    print_version_line(shell, "Compiled against library", "libvirt", LIBVIR_VERSION_NUMBER);
    if (virGetVersion(&library, type, &api) < 0)
        return shell_error(shell, "failed to get the library version");
    print_version_line(shell, "Using library", "libvirt", library);
    print_version_line(shell, "Using API", type, api);
    if (virConnectGetVersion(shell->connection, &hypervisor) < 0) {
        if (library_error_code() != VIR_ERR_NO_SUPPORT)
            return shell_error(shell, "failed to get the hypervisor version");
        library_error_reset();
        hypervisor = 0;
    }
    if (hypervisor == 0)
        shell_print(shell, "Cannot extract running %s hypervisor version\n", type);
    else
        print_version_line(shell, "Running hypervisor", type, hypervisor);
    if (argument_given(invocation, "daemon")) {
        if (virConnectGetLibVersion(shell->connection, &daemon) < 0)
            return shell_error(shell, "failed to get the daemon version");
        print_version_line(shell, "Running against daemon", NULL, daemon);
    }
    return 0;
}

const struct command command_version = {
    "version", 0, run_version, "show version", "Display the system version information.",
    (const struct option_row[]){
        { "daemon", OPTION_BOOL, 0, "report daemon version too", NULL },
        { 0 },
    },
};

static int run_maxvcpus(struct shell *shell, const struct invocation *invocation)
{
    const char *type = NULL;
    if (argument_string(shell, invocation, "type", &type) < 0)
        return -1;
    int count = virConnectGetMaxVcpus(shell->connection, type);
    if (count < 0)
        return -1;
    shell_print(shell, "%d\n", count);
    return 0;
}

const struct command command_maxvcpus = {
    "maxvcpus", 0, run_maxvcpus, "connection vcpu maximum",
    "Show maximum number of virtual CPUs for guests on this connection.",
    (const struct option_row[]){
        { "type", OPTION_STRING, 0, "domain type", NULL },
        { 0 },
    },
};

static int run_nodeinfo(struct shell *shell, const struct invocation *invocation)
{
    virNodeInfo info;
    (void)invocation;
    if (virNodeGetInfo(shell->connection, &info) < 0)
        return shell_error(shell, "failed to get node information");
    shell_print(shell, "%-20s %s\n", "CPU model:", info.model);
    shell_print(shell, "%-20s %d\n", "CPU(s):", info.cpus);
    if (info.mhz)
        shell_print(shell, "%-20s %d MHz\n", "CPU frequency:", info.mhz);
    shell_print(shell, "%-20s %d\n", "CPU socket(s):", info.sockets);
    shell_print(shell, "%-20s %d\n", "Core(s) per socket:", info.cores);
    shell_print(shell, "%-20s %d\n", "Thread(s) per core:", info.threads);
    shell_print(shell, "%-20s %d\n", "NUMA cell(s):", info.nodes);
    shell_print(shell, "%-20s %lu KiB\n", "Memory size:", info.memory);
    return 0;
}

const struct command command_nodeinfo = {
    "nodeinfo", 0, run_nodeinfo, "node information", "Returns basic information about the node.", NULL,
};

/* The cells that the capabilities name: their numbers may have gaps. */
static int print_all_cells(struct shell *shell)
{
    static const char mark[] = "<cell id='";
    unsigned long long total = 0, free_bytes;
    auto_free char *capabilities = virConnectGetCapabilities(shell->connection);
    if (!capabilities)
        return shell_error(shell, "unable to get node capabilities");
    for (const char *at = capabilities; (at = strstr(at, mark));) {
        at += sizeof mark - 1;
        int cell = (int)strtol(at, NULL, 10);
        if (virNodeGetCellsFreeMemory(shell->connection, &free_bytes, cell, 1) != 1)
            return shell_error(shell, "failed to get free memory for NUMA node number: %d", cell);
        shell_print(shell, "%5d: %10llu KiB\n", cell, free_bytes / 1024);
        total += free_bytes / 1024;
    }
    shell_extra(shell, "--------------------\n");
    shell_extra(shell, "%5s: %10llu KiB\n", "Total", total);
    return 0;
}

static int run_freecell(struct shell *shell, const struct invocation *invocation)
{
    unsigned long long free_bytes;
    int cell;
    if (arguments_exclusive(shell, invocation, "all", "cellno") < 0)
        return -1;
    int given = argument_int(shell, invocation, "cellno", &cell);
    if (given < 0)
        return -1;
    if (argument_given(invocation, "all"))
        return print_all_cells(shell);
    if (given) {
        if (virNodeGetCellsFreeMemory(shell->connection, &free_bytes, cell, 1) != 1)
            return -1;
        shell_print(shell, "%d: %llu KiB\n", cell, free_bytes / 1024);
        return 0;
    }
    free_bytes = virNodeGetFreeMemory(shell->connection);
    if (free_bytes == 0)
        return -1;
    shell_print(shell, "%s: %llu KiB\n", "Total", free_bytes / 1024);
    return 0;
}

const struct command command_freecell = {
    "freecell", 0, run_freecell, "NUMA free memory", "display available free memory for the NUMA cell.",
    (const struct option_row[]){
        { "cellno", OPTION_INT, 0, "NUMA cell number", NULL },
        { "all", OPTION_BOOL, 0, "show free memory for all NUMA cells", NULL },
        { 0 },
    },
};

static int run_nodecpumap(struct shell *shell, const struct invocation *invocation)
{
    auto_free unsigned char *map = NULL;
    unsigned int online;
    int present = virNodeGetCPUMap(shell->connection, &map, &online, 0);
    if (present < 0)
        return shell_error(shell, "Unable to get cpu map");
    auto_free char *text = argument_given(invocation, "pretty") ? cpumap_ranges(map, present)
                                                                : cpumap_letters(map, present);
    shell_print(shell, "%-15s %d\n", "CPUs present:", present);
    shell_print(shell, "%-15s %d\n", "CPUs online:", online);
    shell_print(shell, "%-15s %s\n", "CPU map:", text);
    return 0;
}

const struct command command_nodecpumap = {
    "nodecpumap", 0, run_nodecpumap, "node cpu map",
    "Displays the node's total number of CPUs, the number of online CPUs and the list of online CPUs.",
    (const struct option_row[]){
        { "pretty", OPTION_BOOL, 0, "return human readable output", NULL },
        { 0 },
    },
};
