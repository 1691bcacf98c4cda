/* SPDX-License-Identifier: MIT
 * Disk names to buses and addresses, and the controllers that the addresses need.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN
#define MAX_CONTROLLERS 2048

static const struct disk_prefix {
    const char *prefix, *bus;
} prefixes[] = {
    { "fd", "fdc" }, { "hd", "ide" }, { "vd", "virtio" }, { "sd", "scsi" }, { "xvd", "xen" }, { "ubd", "uml" },
};

/* "sdb" is 1, "sdaa" is 26, a partition number behind is fine. -1 when it is no such name. */
static int disk_index(const char *name)
{
    size_t skip = 0;
    int index = 0;
    for (size_t i = 0; i < array_size(prefixes) && !skip; i++)
        if (str_prefix(name, prefixes[i].prefix))
            skip = strlen(prefixes[i].prefix);
    const char *at = name + skip;
    if (!skip || *at < 'a' || *at > 'z')
        return -1;
    for (int digit = 0; *at >= 'a' && *at <= 'z'; at++, digit++) {
        if (digit == 5)
            return -1;
        index = (index + (digit > 0)) * 26 + (*at - 'a');
    }
    at += strspn(at, "0123456789");
    return *at ? -1 : index;
}

static const char *disk_name(const struct node *disk)
{
    return node_get_in(disk, "target", "dev");
}

static const char *given_bus(const struct node *disk)
{
    const char *bus = node_get_in(disk, "target", "bus");
    return bus ? bus : "";
}

/* How siblings of one name are put in order. */
struct order {
    bool (*alike)(const struct node *a,
                  const struct node *b); /* of one kind: kinds stay in the order they first come in */
    bool (*before)(const struct node *a,
                   const struct node *b); /* of two alike: a goes in front of b, which came first */
};

static void put_in_order(struct node *parent, const char *name, const struct order *order)
{
    struct node *sorted = NULL, *item;
    while ((item = node_find(parent, name))) {
        struct node **place = NULL, **link = &sorted;
        node_remove(item);
        for (; *link; link = &(*link)->next) {
            if (!order->alike(*link, item))
                continue;
            place = order->before(item, *link) ? link : &(*link)->next;
            if (place == link)
                break;
        }
        for (link = place ? place : &sorted; !place && *link; link = &(*link)->next)
            ;
        item->next = *link;
        *link = item;
    }
    while ((item = sorted)) {
        sorted = item->next;
        item->next = NULL;
        node_insert(parent, item);
    }
}

static bool same_bus(const struct node *a, const struct node *b)
{
    return str_equal(given_bus(a), given_bus(b));
}

static bool lower_disk(const struct node *a, const struct node *b)
{
    return disk_index(disk_name(b)) > disk_index(disk_name(a));
}

/* Disks of one bus print by their index; the bus counts as the document gives it. */
static const struct order disk_order = { same_bus, lower_disk };

static int fill_bus(struct rule_context *context, struct node *disk)
{
    struct node *target = node_find(disk, "target");
    const char *name = node_get(target, "dev"), *bus = node_get(target, "bus");
    bool floppy = node_is(disk, "device", "floppy");
    if (!bus && floppy)
        bus = "fdc";
    for (size_t i = 0; !bus && i < array_size(prefixes); i++)
        if (str_prefix(name, prefixes[i].prefix) && !str_equal(prefixes[i].bus, "fdc"))
            bus = prefixes[i].bus;
    if (!bus)
        bus = "ide";
    if (disk_index(name) < 0 && !node_find(disk, "address"))
        return rule_complain("X:Unknown disk name '%s' and no address specified", name);
    if (floppy && !str_prefix(name, "fd"))
        return rule_complain("I:Invalid floppy device name: %s", name);
    if (value_in("disk|lun", node_get(disk, "device")) && !str_prefix(name, "hd") && !str_prefix(name, "sd") &&
        !str_prefix(name, "vd") && !str_prefix(name, "xvd") && !str_prefix(name, "ubd"))
        return rule_complain("I:Invalid harddisk device name: %s", name);
    return node_set(context->arena, target, "bus", bus) < 0 ? fail_no_memory() : 0;
}

static int fill_address(struct rule_context *context, struct node *disk)
{
    static const struct { const char *bus; int of_controller, of_bus; } layouts[] = {
        { "ide", 4, 2 }, { "scsi", 7, 7 }, { "sata", 6, 6 }, { "fdc", 2, 2 },
    };
    int index = disk_index(disk_name(disk));
    char number[16];
    for (size_t i = 0; i < array_size(layouts); i++) {
        if (!str_equal(given_bus(disk), layouts[i].bus) || node_find(disk, "address") || index < 0)
            continue;
        const int parts[] = { index / layouts[i].of_controller, index % layouts[i].of_controller / layouts[i].of_bus, 0,
                              index % layouts[i].of_bus };
        static const char *const names[] = { "controller", "bus", "target", "unit" };
        struct node *address = node_ensure(context->arena, disk, "address");
        if (!address || node_set(context->arena, address, "type", "drive") < 0)
            return fail_no_memory();
        for (size_t part = 0; part < array_size(parts); part++) {
            snprintf(number, sizeof number, "%d", parts[part]);
            if (node_set(context->arena, address, names[part], number) < 0)
                return fail_no_memory();
        }
    }
    return 0;
}

int domain_fill_disks(struct rule_context *context, struct node *devices)
{
    put_in_order(devices, "disk", &disk_order);
    for (struct node *disk = node_find(devices, "disk"); disk; disk = node_next(disk))
        if (fill_bus(context, disk) < 0 || fill_address(context, disk) < 0)
            return -1;
    return 0;
}

/* ---- controllers ---- */

/* The highest controller number that devices of one kind name in their address; -1 = none. */
static int64_t highest_controller(const struct node *devices, const char *element, const char *bus, const char *type)
{
    int64_t highest = -1;
    for (const struct node *at = node_find(devices, element); at; at = node_next(at)) {
        int64_t number = 0;
        const struct node *address = node_find(at, "address");
        if (bus && !str_equal(given_bus(at), bus))
            continue;
        if (address && !node_is(address, "type", type))
            continue;
        if (address && node_get(address, "controller") &&
            str_to_int64(node_get(address, "controller"), 10, &number) < 0)
            continue;
        highest = number > highest ? number : highest;
    }
    return highest;
}

static bool has_controller(const struct node *devices, const char *type, const char *index)
{
    for (const struct node *at = node_find(devices, "controller"); at; at = node_next(at))
        if (node_is(at, "type", type) && node_is(at, "index", index))
            return true;
    return false;
}

/* Behind the last controller of its type, or as the last. */
static int add_controller(struct rule_context *context, struct node *devices, const char *type, const char *index)
{
    struct node *made = node_new(context->arena, "controller"), *last = NULL;
    if (!made)
        return fail_no_memory();
    made->rule = &controller_rule;
    if (node_set(context->arena, made, "type", type) < 0 || node_set(context->arena, made, "index", index) < 0)
        return fail_no_memory();
    for (struct node *at = node_find(devices, "controller"); at; at = node_next(at))
        if (node_is(at, "type", type))
            last = at;
    if (!last) {
        node_insert(devices, made);
        return 0;
    }
    made->parent = devices;
    made->next = last->next;
    last->next = made;
    if (!made->next)
        devices->last = made;
    return 0;
}

static int need_controllers(struct rule_context *context, struct node *devices, const char *type, int64_t highest)
{
    char index[16];
    if (highest >= MAX_CONTROLLERS)
        return fail(VIR_ERR_XML_ERROR, "controller %lld of type '%s' is beyond the limit of %d; use a lower number",
                    (long long)highest, type, MAX_CONTROLLERS - 1);
    for (int i = 0; i <= highest; i++) {
        snprintf(index, sizeof index, "%d", i);
        if (!has_controller(devices, type, index) && add_controller(context, devices, type, index) < 0)
            return -1;
    }
    return 0;
}

/* Channels and consoles of type virtio sit on one; only the controllers that they name are made. */
static int need_virtio_serial(struct rule_context *context, struct node *devices)
{
    static const char *const elements[] = { "channel", "console" };
    for (size_t i = 0; i < array_size(elements); i++)
        for (struct node *at = node_find(devices, elements[i]); at; at = node_next(at)) {
            const struct node *address = node_find(at, "address");
            const char *index = "0";
            if (!str_equal(node_get_in(at, "target", "type"), "virtio"))
                continue;
            if (address && node_is(address, "type", "virtio-serial"))
                index = node_get(address, "controller");
            else if (address)
                continue;
            if (!has_controller(devices, "virtio-serial", index) &&
                add_controller(context, devices, "virtio-serial", index) < 0)
                return -1;
        }
    return 0;
}

static int controller_number(const struct node *controller)
{
    int number = -1;
    if (node_get(controller, "index"))
        str_to_int(node_get(controller, "index"), &number);
    return number;
}

static bool same_kind(const struct node *a, const struct node *b)
{
    return node_is(a, "type", node_get(b, "type"));
}

static bool lower_controller(const struct node *a, const struct node *b)
{
    return controller_number(a) >= 0 && controller_number(b) > controller_number(a);
}

/* Controllers of one kind print by number; those without a number go behind what is there. */
static const struct order controller_order = { same_kind, lower_controller };

/* A controller without a number takes the first one of its kind that is free. */
static int number_controllers(struct rule_context *context, struct node *devices)
{
    const char *kind = NULL;
    unsigned int number = 0;
    char text[16];
    for (struct node *at = node_find(devices, "controller"); at; at = node_next(at)) {
        if (!str_equal(kind, node_get(at, "type")))
            number = 0; /* kinds stand together, so that a number once tried stays taken */
        kind = node_get(at, "type");
        if (node_get(at, "index"))
            continue;
        do
            snprintf(text, sizeof text, "%u", number++);
        while (has_controller(devices, node_get(at, "type"), text));
        if (node_set(context->arena, at, "index", text) < 0)
            return fail_no_memory();
    }
    return 0;
}

int domain_fill_controllers(struct rule_context *context, struct node *devices)
{
    static const char *const buses[] = { "scsi", "fdc", "ide", "sata" };
    put_in_order(devices, "controller", &controller_order);
    if (number_controllers(context, devices) < 0)
        return -1;
    for (size_t i = 0; i < array_size(buses); i++)
        if (need_controllers(context, devices, buses[i], highest_controller(devices, "disk", buses[i], "drive")) < 0)
            return -1;
    if (need_virtio_serial(context, devices) < 0)
        return -1;
    return need_controllers(context, devices, "ccid", highest_controller(devices, "smartcard", NULL, "ccid"));
}
