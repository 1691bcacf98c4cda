/* SPDX-License-Identifier: MIT
 * Refusals that need the whole document: what contradicts itself.
 */
#include <stdio.h>
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

static const char *disk_source(const struct node *disk)
{
    static const char *const names[] = { "file", "dev", "dir", "name", "volume" };
    for (size_t i = 0; i < array_size(names); i++)
        if (node_get_in(disk, "source", names[i]))
            return node_get_in(disk, "source", names[i]);
    return "(null)";
}

static int check_targets(const struct node *devices)
{
    for (const struct node *disk = node_find(devices, "disk"); disk; disk = node_next(disk))
        for (const struct node *other = node_next(disk); other; other = node_next(other))
            if (str_equal(node_get_in(disk, "target", "dev"), node_get_in(other, "target", "dev")))
                return fail(VIR_ERR_XML_ERROR, "target '%s' duplicated for disk sources '%s' and '%s'",
                            node_get_in(disk, "target", "dev"), disk_source(disk), disk_source(other));
    return 0;
}

/* Two disks on one drive address of one bus. */
static int check_drive_addresses(const struct node *devices)
{
    for (const struct node *disk = node_find(devices, "disk"); disk; disk = node_next(disk))
        for (const struct node *other = node_next(disk); other; other = node_next(other)) {
            const struct node *address = node_find(disk, "address"), *second = node_find(other, "address");
            if (!address || !second || !node_is(address, "type", "drive") || !node_equal(address, second) ||
                !str_equal(node_get_in(disk, "target", "bus"), node_get_in(other, "target", "bus")))
                continue;
            return fail(VIR_ERR_CONFIG_UNSUPPORTED, "Found duplicate drive address for disk with target name '%s' "
                        "controller='%s' bus='%s' target='%s' unit='%s'", node_get_in(disk, "target", "dev"),
                        node_get(address, "controller"), node_get(address, "bus"), node_get(address, "target"),
                        node_get(address, "unit"));
        }
    return 0;
}

static int check_audio(const struct node *devices)
{
    for (const struct node *sound = node_find(devices, "sound"); sound; sound = node_next(sound)) {
        const char *id = node_get_in(sound, "audio", "id");
        bool found = !id;
        for (const struct node *at = node_find(devices, "audio"); at; at = node_next(at))
            found = found || node_is(at, "id", id);
        if (!found)
            return fail(VIR_ERR_XML_ERROR, "no audio device with ID %s", id);
    }
    return 0;
}

static const char *const booting[] = { "disk", "interface", "hostdev", "redirdev" };

static int check_boot_orders(const struct node *devices)
{
    for (size_t i = 0; i < array_size(booting); i++)
        for (const struct node *at = node_find(devices, booting[i]); at; at = node_next(at)) {
            const char *order = node_get_in(at, "boot", "order");
            for (size_t j = i; order && j < array_size(booting); j++)
                for (const struct node *other = j == i ? node_next(at) : node_find(devices, booting[j]); other;
                     other = node_next(other))
                    if (str_equal(node_get_in(other, "boot", "order"), order))
                        return fail(VIR_ERR_CONFIG_UNSUPPORTED, "boot order '%s' used for more than one device", order);
        }
    return 0;
}

/* CPUs that NUMA cells name, against the number of virtual CPUs. */
static int check_numa(const struct domain_def *def)
{
    const struct node *cpu = node_find(def->tree, "cpu"), *numa = cpu ? node_find(cpu, "numa") : NULL;
    unsigned char bitmap[2048];
    unsigned int total = 0, highest = 0;
    for (const struct node *cell = numa ? node_find(numa, "cell") : NULL; cell; cell = node_next(cell)) {
        if (!node_get(cell, "cpus") || value_cpuset(node_get(cell, "cpus"), bitmap, 8 * sizeof bitmap) < 0)
            continue;
        for (unsigned int i = 0; i < 8 * sizeof bitmap; i++)
            if (bitmap[i / 8] >> i % 8 & 1) {
                total++;
                highest = i > highest ? i : highest;
            }
    }
    if (total > def->max_vcpus)
        return fail(VIR_ERR_INTERNAL_ERROR, "Number of CPUs in <numa> exceeds the <vcpu> count");
    if (def->max_vcpus == 0 || (total && highest >= def->max_vcpus))
        return fail(VIR_ERR_INTERNAL_ERROR, "CPU IDs in <numa> exceed the <vcpu> count");
    return 0;
}

static int check_usb(const struct node *devices)
{
    bool master = true;
    for (const struct node *at = node_find(devices, "controller"); at; at = node_next(at))
        if (node_is(at, "type", "usb") && node_find(at, "master")) {
            master = false;
            for (const struct node *other = node_find(devices, "controller"); other; other = node_next(other))
                master = master || (node_is(other, "type", "usb") && !node_find(other, "master") &&
                                    node_is(other, "index", node_get(at, "index")));
        }
    if (!master)
        return fail(VIR_ERR_XML_DETAIL, "No master USB controller specified");
    for (const struct node *at = node_find(devices, "redirdev"); at; at = node_next(at)) {
        bool usable = false;
        for (const struct node *hub = node_find(devices, "controller"); hub; hub = node_next(hub))
            usable = usable || (node_is(hub, "type", "usb") && !node_is(hub, "model", "none"));
        if (!usable)
            return fail(VIR_ERR_CONFIG_UNSUPPORTED,
                        "cannot add redirected USB device: USB is disabled for this domain");
    }
    return 0;
}

int domain_check(const struct domain_def *def)
{
    const struct node *devices = node_find(def->tree, "devices");
    if (check_numa(def) < 0 || check_targets(devices) < 0 || check_boot_orders(devices) < 0 ||
        check_drive_addresses(devices) < 0 || check_audio(devices) < 0)
        return -1;
    return check_usb(devices);
}
