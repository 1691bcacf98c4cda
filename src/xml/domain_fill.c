/* SPDX-License-Identifier: MIT
 * What stock adds to a complete document, but for disks and controllers: serial ports behind consoles, a screen behind
 * graphics, interface names, NUMA placement.
 */
#include <stdio.h>
#include <stdlib.h>
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

/* ---- consoles ---- */

/* The host's side of a character device: everything that both ends of one line share. */
static int copy_host_side(struct rule_context *context, const struct node *from, struct node *to)
{
    static const char *const shared[] = { "source", "protocol", "log" };
    if (node_set(context->arena, to, "type", node_get(from, "type")) < 0)
        return fail_no_memory();
    for (size_t i = 0; i < array_size(shared); i++) {
        for (struct node *old; (old = node_find(to, shared[i]));)
            node_remove(old);
        for (const struct node *part = node_find(from, shared[i]); part; part = node_next(part)) {
            struct node *copy = node_copy(context->arena, part);
            if (!copy)
                return fail_no_memory();
            node_insert(to, copy);
        }
    }
    return 0;
}

static int set_target(struct rule_context *context, struct node *device, const char *type, const char *port)
{
    struct node *target = node_ensure(context->arena, device, "target");
    if (!target || (type && node_set(context->arena, target, "type", type) < 0) ||
        node_set(context->arena, target, "port", port) < 0)
        return fail_no_memory();
    return 0;
}

static bool is_serial_console(const struct node *console)
{
    return str_equal(node_get_in(console, "target", "type"), "serial");
}

static bool carries_console(const struct node *serial)
{
    const char *type = node_get_in(serial, "target", "type");
    return !type || value_in("isa-serial|spapr-vio-serial|system-serial|sclp-serial", type);
}

static struct node *prepend(struct rule_context *context, struct node *devices, const struct rule *rule)
{
    struct node *made = node_new(context->arena, rule->name), *first = node_find(devices, rule->name);
    if (!made)
        return NULL;
    made->rule = rule;
    node_insert(devices, made);
    /* node_insert put it behind its kind: move the others behind it */
    for (struct node *at = first, *next; at && at != made; at = next) {
        next = node_next(at);
        node_remove(at);
        node_insert(devices, at);
    }
    return made;
}

/* The first console of a fully virtual guest is the other end of its first serial port: each makes the other. */
static int fill_consoles(struct rule_context *context, struct node *devices, bool hvm)
{
    struct node *console = node_find(devices, "console"), *serial = node_find(devices, "serial");
    if (console && is_serial_console(console) && !serial && hvm) {
        serial = rule_make(context, devices, "serial");
        if (!serial || copy_host_side(context, console, serial) < 0)
            return -1;
    } else if (serial && hvm && carries_console(serial) && (!console || !is_serial_console(console))) {
        console = prepend(context, devices, &console_rule);
        if (!console)
            return fail_no_memory();
    }
    if (serial && console && hvm && carries_console(serial) &&
        (!node_find(console, "target") || is_serial_console(console)) &&
        (copy_host_side(context, serial, console) < 0 ||
         set_target(context, console, "serial", node_get_in(serial, "target", "port")) < 0))
        return -1;
    return 0;
}

/* ---- interfaces ---- */

static bool name_taken(const struct node *devices, const char *name)
{
    for (const struct node *at = node_find(devices, "interface"); at; at = node_next(at))
        if (str_equal(node_get_in(at, "target", "dev"), name))
            return true;
    return false;
}

static int fill_interface_names(struct rule_context *context, struct node *devices)
{
    unsigned int number = 0;
    char name[32];
    for (struct node *at = node_find(devices, "interface"); at; at = node_next(at)) {
        if (node_get_in(at, "target", "dev"))
            continue;
        do
            snprintf(name, sizeof name, "testnet%u", number++);
        while (name_taken(devices, name));
        struct node *target = node_ensure(context->arena, at, "target");
        if (!target || node_set(context->arena, target, "dev", name) < 0)
            return fail_no_memory();
    }
    return 0;
}

/* ---- screens ---- */

static int fill_video(struct rule_context *context, struct node *devices, bool xen)
{
    bool made = !node_find(devices, "video");
    struct node *first = node_find(devices, "video"), *primary = NULL;
    if (!first && node_find(devices, "graphics"))
        first = rule_make(context, devices, "video");
    else if (!first)
        return 0;
    if (!first)
        return -1;
    for (struct node *at = first; at; at = node_next(at)) {
        if (!node_get_in(at, "model", "primary"))
            continue;
        if (primary)
            return rule_complain("X:Only one primary video device is supported", "");
        primary = at;
    }
    struct node *model = node_find(first, "model");
    if (made && xen && (node_set(context->arena, model, "type", "xen") < 0 ||
                        node_set(context->arena, model, "vram", "4096") < 0))
        return fail_no_memory();
    if (!primary)
        return node_is(model, "type", "none") || node_set(context->arena, model, "primary", "yes") == 0
                   ? 0 : fail_no_memory();
    for (struct node *at = first, *next; at != primary; at = next) {
        next = node_next(at);
        node_remove(at);
        node_insert(devices, at);
    }
    return 0;
}

/* ---- smartcards ---- */

static int fill_smartcards(struct rule_context *context, struct node *devices)
{
    unsigned int slot = 0;
    char text[16];
    for (struct node *at = node_find(devices, "smartcard"); at; at = node_next(at), slot++) {
        if (node_find(at, "address"))
            continue;
        struct node *address = node_ensure(context->arena, at, "address");
        snprintf(text, sizeof text, "%u", slot);
        if (!address || node_set(context->arena, address, "type", "ccid") < 0 ||
            node_set(context->arena, address, "controller", "0") < 0 ||
            node_set(context->arena, address, "slot", text) < 0)
            return fail_no_memory();
    }
    return 0;
}

/* ---- the rest ---- */

/* A guest that is told nothing boots from its disk, unless a device or a boot loader has the say. */
static int fill_boot(struct rule_context *context, struct node *domain)
{
    struct node *os = node_find(domain, "os");
    if (!str_equal(node_find(os, "type")->text, "hvm") || node_find(os, "boot") || node_find(domain, "bootloader"))
        return 0;
    for (const struct node *at = node_find(domain, "devices")->children; at; at = at->next)
        if (node_get_in(at, "boot", "order"))
            return 0;
    struct node *boot = node_ensure(context->arena, os, "boot");
    return boot && node_set(context->arena, boot, "dev", "hd") == 0 ? 0 : fail_no_memory();
}

static int fill_placement(struct rule_context *context, struct node *domain)
{
    const struct node *vcpu = node_find(domain, "vcpu");
    struct node *numatune = node_find(domain, "numatune");
    if (!node_is(vcpu, "placement", "auto") || (numatune && node_find(numatune, "memory")))
        return 0;
    numatune = node_ensure(context->arena, domain, "numatune");
    struct node *memory = numatune ? node_ensure(context->arena, numatune, "memory") : NULL;
    if (!memory || node_set(context->arena, memory, "mode", "strict") < 0 ||
        node_set(context->arena, memory, "placement", "auto") < 0)
        return fail_no_memory();
    return 0;
}

static int fill_iothreads(struct rule_context *context, struct node *domain)
{
    struct node *count = node_find(domain, "iothreads"), *ids = node_find(domain, "iothreadids");
    unsigned int wanted = 0, have = 0, number = 1;
    char text[16];
    if (count && str_equal(count->text, "0")) {
        node_remove(count);
        return 0;
    }
    for (struct node *at = ids ? node_find(ids, "iothread") : NULL; at; at = node_next(at))
        have++;
    if (!ids)
        return 0;
    if (count)
        str_to_uint(count->text, &wanted);
    if (have > wanted) { /* more ids than threads: the ids count */
        count = node_ensure(context->arena, domain, "iothreads");
        if (!count || !(count->text = arena_printf(context->arena, "%u", have)))
            return fail_no_memory();
    }
    while (have < wanted && have < 4096) {
        bool taken = false;
        snprintf(text, sizeof text, "%u", number++);
        for (struct node *at = node_find(ids, "iothread"); at; at = node_next(at))
            taken = taken || node_is(at, "id", text);
        struct node *made = taken ? NULL : node_new(context->arena, "iothread");
        if (taken)
            continue;
        if (!made)
            return fail_no_memory();
        made->rule = rule_find_child(ids->rule, "iothread");
        node_insert(ids, made);
        if (node_set(context->arena, made, "id", text) < 0)
            return fail_no_memory();
        have++;
    }
    return 0;
}

int domain_fill(struct rule_context *context, struct node *domain)
{
    struct node *devices = node_find(domain, "devices");
    const char *os = node_find(node_find(domain, "os"), "type")->text;
    bool hvm = str_equal(os, "hvm");
    bool xen = str_equal(os, "xen") || (str_equal(os, "linux") && node_is(domain, "type", "xen"));
    if (fill_boot(context, domain) < 0 || domain_fill_disks(context, devices) < 0 ||
        fill_consoles(context, devices, hvm) < 0 ||
        fill_video(context, devices, xen) < 0 || fill_smartcards(context, devices) < 0 ||
        domain_fill_controllers(context, devices) < 0 || fill_interface_names(context, devices) < 0 ||
        fill_placement(context, domain) < 0 || fill_iothreads(context, domain) < 0)
        return -1;
    return 0;
}
