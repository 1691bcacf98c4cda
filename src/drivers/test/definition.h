/* SPDX-License-Identifier: MIT
 * What the test driver reads from and writes into definitions beyond their fields: names of network targets, pinning.
 */
#pragma once
#include "xml/domain.h"

/* As domain_def_parse; flags: enum domain_parse_flag. Network interfaces without target get the next free testnetN. */
struct domain_def *test_definition_parse(const char *xml, unsigned int flags);

#define TEST_CPUMAP_BYTES 2048 /* as many CPUs as a map on the wire can carry bytes of */

/* Which host CPUs run what; a bitmap of TEST_CPUMAP_BYTES. A pin of its own, else the one of all virtual CPUs, else all
 * CPUs of the host. */
void test_pin_of_vcpu(const struct domain_def *def, unsigned int vcpu, unsigned char *ret_map);
void test_pin_of_emulator(const struct domain_def *def, unsigned char *ret_map);
/* The number of the highest CPU in the map, -1 when it is empty. */
int test_pin_highest(const unsigned char *map, size_t length);

/* Sets the pin of one virtual CPU, or of the emulator with vcpu -1, in a copy that replaces *def: the arena of a
 * definition that is pinned over and over does not grow. -1 when out of memory, *def stays then. */
int test_pin_set(struct domain_def **def, int vcpu, const unsigned char *map, size_t length);
