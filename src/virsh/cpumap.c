/* SPDX-License-Identifier: MIT
 * CPU map parsing and formatting.
 */
#include "virsh/cpumap.h"

#include <stdbool.h>
#include <stdint.h>
#include <ctype.h>
#include <errno.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "virsh/shell.h"

#define CPUS_MAX 1024 /* of a list the user writes */

static bool cpu_is_set(const unsigned char *map, int cpu)
{
    return map[cpu / 8] & (1 << (cpu % 8));
}

char *cpumap_letters(const unsigned char *map, int cpus)
{
    auto_buf struct buf text = BUF_INIT;
    for (int cpu = 0; cpu < cpus; cpu++)
        buf_addc(&text, cpu_is_set(map, cpu) ? 'y' : '-');
    return keep(buf_take(&text));
}

char *cpumap_ranges(const unsigned char *map, int cpus)
{
    auto_buf struct buf text = BUF_INIT;
    const char *comma = "";
    for (int cpu = 0; cpu < cpus; cpu++) {
        int first = cpu;
        if (!cpu_is_set(map, cpu))
            continue;
        while (cpu + 1 < cpus && cpu_is_set(map, cpu + 1))
            cpu++;
        if (first == cpu)
            buf_addf(&text, "%s%d", comma, first);
        else
            buf_addf(&text, "%s%d-%d", comma, first, cpu);
        comma = ",";
    }
    return keep(buf_take(&text));
}

static const char *skip_blanks(const char *at)
{
    while (isspace((unsigned char)*at))
        at++;
    return at;
}

static int parse_cpu(const char **at, int *ret_cpu)
{
    char *end;
    errno = 0;
    if (!isdigit((unsigned char)**at))
        return -1;
    unsigned long cpu = strtoul(*at, &end, 10);
    if (errno || cpu >= CPUS_MAX)
        return -1;
    *at = end;
    *ret_cpu = (int)cpu;
    return 0;
}

int cpumap_parse(const char *text, int cpus, unsigned char **ret_map)
{
    auto_free unsigned char *map = keep(calloc((size_t)((cpus > CPUS_MAX ? cpus : CPUS_MAX) + 7) / 8, 1));
    const char *at = skip_blanks(text);
    int highest = 0;

    if (!*at)
        return -1;
    while (*at) {
        int first, last;
        bool remove = *at == '^';
        at += remove;
        if (parse_cpu(&at, &first) < 0)
            return -1;
        last = first;
        at = skip_blanks(at);
        if (*at == '-') {
            at = skip_blanks(at + 1);
            if (remove || parse_cpu(&at, &last) < 0 || last < first)
                return -1;
            at = skip_blanks(at);
        }
        for (int cpu = first; cpu <= last; cpu++) {
            if (remove)
                map[cpu / 8] &= (unsigned char)~(1 << (cpu % 8));
            else
                map[cpu / 8] |= (unsigned char)(1 << (cpu % 8));
        }
        if (*at && *at != ',')
            return -1;
        at = skip_blanks(*at ? at + 1 : at);
    }
    for (int cpu = 0; cpu < CPUS_MAX; cpu++) {
        if (cpu_is_set(map, cpu))
            highest = cpu + 1;
    }
    *ret_map = steal(map);
    return highest;
}
