/* SPDX-License-Identifier: MIT
 * CPU maps: bit n of byte n/8 is host CPU n. As text: "0-3,^2,7" or "yy-y".
 */
#pragma once

/* "yy-y"; the caller frees it. */
char *cpumap_letters(const unsigned char *map, int cpus);
/* "0-1,3"; the caller frees it. */
char *cpumap_ranges(const unsigned char *map, int cpus);
/* Reads "0-3,^2,7" into a map of at least `cpus` CPUs that the caller frees. Returns the number of its highest set CPU
 * plus one, 0 when no CPU is set, -1 when the text is not a CPU list. */
int cpumap_parse(const char *text, int cpus, unsigned char **ret_map);
