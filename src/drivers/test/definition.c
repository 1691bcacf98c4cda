/* SPDX-License-Identifier: MIT
 * The parts of a definition that the test driver keeps in its tree.
 */
#include "drivers/test/definition.h"

#include <libvirt/virterror.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "drivers/test/objects.h"
#include "xml/node.h"
#include "xml/rule.h"
#include "xml/value.h"

#define ERROR_DOMAIN VIR_FROM_TEST

/* ---- network targets ---- */

static bool target_is_used(const struct node *devices, const char *name)
{
    for (const struct node *at = node_find(devices, "interface"); at; at = node_next(at)) {
        if (str_equal(node_get_in(at, "target", "dev"), name))
            return true;
    }
    return false;
}

static int name_target(struct domain_def *def, const struct node *devices, struct node *interface)
{
    char name[32];
    unsigned int number = 0;
    do
        snprintf(name, sizeof name, "testnet%u", number++);
    while (target_is_used(devices, name));
    struct node *target = node_ensure(&def->arena, interface, "target");
    if (!target || node_set(&def->arena, target, "dev", name) < 0)
        return fail_no_memory();
    return 0;
}

struct domain_def *test_definition_parse(const char *xml, unsigned int flags)
{
    auto_with(domain_def_free) struct domain_def *def = domain_def_parse(xml, flags);
    const struct node *devices = def ? node_find(def->tree, "devices") : NULL;
    for (struct node *at = devices ? node_find(devices, "interface") : NULL; at; at = node_next(at)) {
        if (!node_get_in(at, "target", "dev") && name_target(def, devices, at) < 0)
            return NULL;
    }
    return steal(def);
}

/* ---- pinning ---- */

/* Reads a CPU set; false when the text is none. An empty text is the empty set. */
static bool read_cpuset(const char *text, unsigned char *ret_map)
{
    memset(ret_map, 0, TEST_CPUMAP_BYTES);
    return text && (!*text || value_cpuset(text, ret_map, TEST_CPUMAP_BYTES * 8) == 0);
}

static void default_pin(const struct domain_def *def, unsigned char *ret_map)
{
    if (read_cpuset(node_get_in(def->tree, "vcpu", "cpuset"), ret_map))
        return;
    memset(ret_map, 0, TEST_CPUMAP_BYTES);
    memset(ret_map, 0xff, TEST_HOST_CPUS / 8);
}

static struct node *find_vcpu_pin(const struct node *cputune, unsigned int vcpu)
{
    char number[16];
    snprintf(number, sizeof number, "%u", vcpu);
    for (struct node *at = node_find(cputune, "vcpupin"); at; at = node_next(at)) {
        if (node_is(at, "vcpu", number))
            return at;
    }
    return NULL;
}

void test_pin_of_vcpu(const struct domain_def *def, unsigned int vcpu, unsigned char *ret_map)
{
    const struct node *cputune = node_find(def->tree, "cputune");
    const struct node *pin = cputune ? find_vcpu_pin(cputune, vcpu) : NULL;
    if (!pin || !read_cpuset(node_get(pin, "cpuset"), ret_map))
        default_pin(def, ret_map);
}

void test_pin_of_emulator(const struct domain_def *def, unsigned char *ret_map)
{
    const struct node *cputune = node_find(def->tree, "cputune");
    if (!cputune || !read_cpuset(node_get_in(cputune, "emulatorpin", "cpuset"), ret_map))
        default_pin(def, ret_map);
}

int test_pin_highest(const unsigned char *map, size_t length)
{
    for (size_t cpu = length * 8; cpu-- > 0;) {
        if (map[cpu / 8] >> cpu % 8 & 1)
            return (int)cpu;
    }
    return -1;
}

/* "0-3,5"; the caller frees it, NULL when out of memory. */
static char *format_cpuset(const unsigned char *map, size_t length)
{
    auto_buf struct buf text = BUF_INIT;
    buf_adds(&text, "");
    for (size_t cpu = 0; cpu < length * 8; cpu++) {
        if (!(map[cpu / 8] >> cpu % 8 & 1))
            continue;
        size_t last = cpu;
        while (last + 1 < length * 8 && map[(last + 1) / 8] >> (last + 1) % 8 & 1)
            last++;
        buf_addf(&text, buf_length(&text) ? ",%zu" : "%zu", cpu);
        if (last > cpu)
            buf_addf(&text, "-%zu", last);
        cpu = last;
    }
    return buf_take(&text);
}

static unsigned int pin_number(const struct node *pin)
{
    unsigned int number = 0;
    str_to_uint(node_get(pin, "vcpu"), &number);
    return number;
}

/* A new pin in its place: pins print by virtual CPU. NULL when out of memory. */
static struct node *add_vcpu_pin(struct arena *arena, struct node *cputune, unsigned int vcpu)
{
    char number[16];
    snprintf(number, sizeof number, "%u", vcpu);
    struct node *pin = node_new(arena, "vcpupin");
    if (!pin)
        return NULL;
    pin->rule = cputune->rule ? rule_find_child(cputune->rule, "vcpupin") : NULL;
    node_insert(cputune, pin);
    if (node_set(arena, pin, "vcpu", number) < 0)
        return NULL;
    for (struct node *at = node_find(cputune, "vcpupin"), *next; at != pin; at = next) {
        next = node_next(at);
        if (pin_number(at) > vcpu) {
            node_remove(at);
            node_insert(cputune, at);
        }
    }
    return pin;
}

int test_pin_set(struct domain_def **def, int vcpu, const unsigned char *map, size_t length)
{
    auto_with(domain_def_free) struct domain_def *copy = domain_def_copy(*def);
    auto_free char *cpuset = format_cpuset(map, length);
    if (!copy || !cpuset)
        return fail_no_memory();
    struct node *cputune = node_ensure(&copy->arena, copy->tree, "cputune"), *pin = NULL;
    if (cputune && vcpu < 0)
        pin = node_ensure(&copy->arena, cputune, "emulatorpin");
    else if (cputune)
        pin = find_vcpu_pin(cputune, (unsigned int)vcpu);
    if (cputune && !pin)
        pin = add_vcpu_pin(&copy->arena, cputune, (unsigned int)vcpu);
    if (!pin || node_set(&copy->arena, pin, "cpuset", cpuset) < 0)
        return fail_no_memory();
    struct domain_def *old = *def;
    *def = steal(copy);
    domain_def_free(old);
    return 0;
}
