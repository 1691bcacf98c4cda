/* SPDX-License-Identifier: MIT
 * Counters of the host: nodecpustats and nodememstats.
 */
#include <time.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "virsh/arguments.h"
#include "virsh/commands.h"

enum { CPU_USER, CPU_SYSTEM, CPU_IDLE, CPU_IOWAIT, CPU_INTR, CPU_USAGE, CPU_FIELDS };

static const struct { const char *field; const char *label; } cpu_fields[CPU_FIELDS] = {
    [CPU_USER] = { VIR_NODE_CPU_STATS_USER, "user:" },
    [CPU_SYSTEM] = { VIR_NODE_CPU_STATS_KERNEL, "system:" },
    [CPU_IDLE] = { VIR_NODE_CPU_STATS_IDLE, "idle:" },
    [CPU_IOWAIT] = { VIR_NODE_CPU_STATS_IOWAIT, "iowait:" },
    [CPU_INTR] = { VIR_NODE_CPU_STATS_INTR, "intr:" },
    [CPU_USAGE] = { VIR_NODE_CPU_STATS_UTILIZATION, "usage:" },
};

struct cpu_sample {
    bool present[CPU_FIELDS];
    unsigned long long values[CPU_FIELDS];
};

/* 1 = sampled, 0 = the host has no counters. */
static int cpu_sample_take(struct shell *shell, int cpu, struct cpu_sample *ret_sample)
{
    int count = 0;
    if (virNodeGetCPUStats(shell->connection, cpu, NULL, &count, 0) < 0)
        return shell_error(shell, "Unable to get number of cpu stats");
    if (count == 0)
        return 0;
    auto_free virNodeCPUStats *stats = keep(calloc((size_t)count, sizeof *stats));
    if (virNodeGetCPUStats(shell->connection, cpu, stats, &count, 0) < 0)
        return shell_error(shell, "Unable to get node cpu stats");
    *ret_sample = (struct cpu_sample){ 0 };
    for (int i = 0; i < count; i++) {
        for (size_t field = 0; field < CPU_FIELDS; field++) {
            if (str_equal(stats[i].field, cpu_fields[field].field)) {
                ret_sample->present[field] = true;
                ret_sample->values[field] = stats[i].value;
            }
        }
    }
    return 1;
}

static void print_percent(struct shell *shell, const char *label, double percent)
{
    shell_print(shell, "%-15s %5.1lf%%\n", label, percent);
}

static int print_percentages(struct shell *shell, int cpu, struct cpu_sample *first)
{
    struct cpu_sample second;
    double passed[CPU_FIELDS], total = 0;
    if (first->present[CPU_USAGE]) {
        print_percent(shell, "usage:", (double)first->values[CPU_USAGE]);
        print_percent(shell, "idle:", 100.0 - (double)first->values[CPU_USAGE]);
        return 0;
    }
    nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
    int taken = cpu_sample_take(shell, cpu, &second);
    if (taken <= 0)
        return taken;
    for (size_t field = 0; field < CPU_USAGE; field++) {
        passed[field] = second.present[field] ? (double)(second.values[field] - first->values[field]) : 0;
        total += passed[field];
    }
    print_percent(shell, "usage:", (passed[CPU_USER] + passed[CPU_SYSTEM]) / total * 100);
    for (size_t field = 0; field < CPU_USAGE; field++) {
        if (second.present[field])
            print_percent(shell, cpu_fields[field].label, passed[field] / total * 100);
    }
    return 0;
}

static int run_nodecpustats(struct shell *shell, const struct invocation *invocation)
{
    struct cpu_sample sample;
    int cpu = VIR_NODE_CPU_STATS_ALL_CPUS;
    if (argument_int(shell, invocation, "cpu", &cpu) < 0)
        return -1;
    int taken = cpu_sample_take(shell, cpu, &sample);
    if (taken <= 0)
        return taken;
    if (argument_given(invocation, "percent"))
        return print_percentages(shell, cpu, &sample);
    for (size_t field = 0; field < CPU_USAGE; field++) {
        if (sample.present[field])
            shell_print(shell, "%-15s %20llu\n", cpu_fields[field].label, sample.values[field]);
    }
    if (sample.present[CPU_USAGE]) {
        print_percent(shell, "usage:", (double)sample.values[CPU_USAGE]);
        print_percent(shell, "idle:", 100.0 - (double)sample.values[CPU_USAGE]);
    }
    return 0;
}

const struct command command_nodecpustats = {
    "nodecpustats", 0, run_nodecpustats, "Prints cpu stats of the node.",
    "Returns cpu stats of the node, in nanoseconds.",
    (const struct option_row[]){
        { "cpu", OPTION_INT, 0, "prints specified cpu statistics only.", NULL },
        { "percent", OPTION_BOOL, 0, "prints by percentage during 1 second.", NULL },
        { 0 },
    },
};

static int run_nodememstats(struct shell *shell, const struct invocation *invocation)
{
    int cell = VIR_NODE_MEMORY_STATS_ALL_CELLS, count = 0;
    if (argument_int(shell, invocation, "cell", &cell) < 0)
        return -1;
    if (virNodeGetMemoryStats(shell->connection, cell, NULL, &count, 0) < 0)
        return shell_error(shell, "Unable to get number of memory stats");
    if (count == 0)
        return 0;
    auto_free virNodeMemoryStats *stats = keep(calloc((size_t)count, sizeof *stats));
    if (virNodeGetMemoryStats(shell->connection, cell, stats, &count, 0) < 0)
        return shell_error(shell, "Unable to get memory stats");
    for (int i = 0; i < count; i++)
        shell_print(shell, "%-7s: %20llu KiB\n", stats[i].field, stats[i].value);
    return 0;
}

const struct command command_nodememstats = {
    "nodememstats", 0, run_nodememstats, "Prints memory stats of the node.",
    "Returns memory stats of the node, in kilobytes.",
    (const struct option_row[]){
        { "cell", OPTION_INT, 0, "prints specified cell statistics only.", NULL },
        { 0 },
    },
};
