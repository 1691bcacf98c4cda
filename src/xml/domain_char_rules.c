/* SPDX-License-Identifier: MIT
 * Tables of character devices: serial, parallel, console, channel, smartcard, redirdev, and their sources.
 */
#include <stddef.h>
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

#define CHAR_TYPES "null|vc|pty|dev|file|pipe|stdio|udp|tcp|unix|spicevmc|spiceport|nmdm|qemu-vdagent|dbus"
#define WITH_PATH "type=dev|file|pipe|unix"
#define TYPE_ATTRIBUTE \
    { .name = "type", .type = VALUE_ENUM, .values = CHAR_TYPES, .fallback = "pty", \
      .invalid = "U:unknown type presented to host for character device: %s" }

/* ---- the host's side ---- */

static const struct rule reconnect_rule = { .name = "reconnect", .when = "type=tcp|unix",
    .attributes = ATTRIBUTES({ .name = "enabled", .type = VALUE_YES_NO, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "timeout", .type = VALUE_UINT, .when = "enabled=yes",
                               .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule source_seclabel_rule = { .name = "seclabel", .flags = RULE_KEEP | RULE_MANY };
static const struct rule vdagent_clipboard_rule = { .name = "clipboard", .flags = RULE_KEEP,
    .when = "type=qemu-vdagent" };
static const struct rule vdagent_mouse_rule = { .name = "mouse", .flags = RULE_KEEP, .when = "type=qemu-vdagent" };

const struct rule chardev_source_rule = { .name = "source", .flags = RULE_MANY | RULE_DROP_EMPTY,
    .when = "type=dev|file|pipe|unix|tcp|udp|spiceport|dbus|nmdm|qemu-vdagent",
    .attributes = ATTRIBUTES(
        { .name = "mode", .type = VALUE_ENUM, .values = "connect|bind", .when = "type=unix|tcp|udp",
          .fallback = "connect" },
        { .name = "path", .type = VALUE_TEXT, .when = WITH_PATH,
          .flags = ATTRIBUTE_REQUIRED, .missing = "I:Missing source path attribute for char device" },
        { .name = "host", .type = VALUE_TEXT, .when = "type=tcp|udp" },
        { .name = "service", .type = VALUE_TEXT, .when = "type=tcp|udp" },
        { .name = "tls", .type = VALUE_YES_NO, .when = "type=tcp" },
        { .name = "append", .type = VALUE_ON_OFF, .when = "type=file" },
        { .name = "channel", .type = VALUE_TEXT, .when = "type=spiceport|dbus" },
        { .name = "master", .type = VALUE_TEXT, .when = "type=nmdm" },
        { .name = "slave", .type = VALUE_TEXT, .when = "type=nmdm" }),
    .children = CHILDREN(&vdagent_clipboard_rule, &vdagent_mouse_rule, &source_seclabel_rule, &reconnect_rule) };

const struct rule chardev_protocol_rule = { .name = "protocol", .when = "type=tcp", .flags = RULE_ALWAYS,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "raw|telnet|telnets|tls",
                               .fallback = "raw", .invalid = "x:Invalid value for attribute 'type' in element "
                               "'protocol': '%s'." }) };
const struct rule chardev_log_rule = { .name = "log",
    .attributes = ATTRIBUTES({ .name = "file", .type = VALUE_TEXT },
                             { .name = "append", .type = VALUE_ON_OFF }) };

static int finish_chardev(const struct node *node)
{
    const struct node *source = node_find(node, "source");
    const char *type = node_get(node, "type");
    if (!source && value_in(str_equal(node->name, "channel") ? "dev|file|pipe" : "dev|file|pipe|unix", type))
        return rule_complain("I:Missing source path attribute for char device", "");
    if (str_equal(type, "tcp") && !(source && node_get(source, "host")))
        return rule_complain("I:Missing source host attribute for char device", "");
    if (str_equal(type, "tcp") && !node_get(source, "service"))
        return rule_complain("I:Missing source service attribute for char device", "");
    if (str_equal(type, "spicevmc") && !value_in("channel|redirdev|smartcard", node->name))
        return rule_complain("U:spicevmc device type only supports virtio", "");
    return FINISH_KEEP;
}

/* ---- the guest's side ---- */

#define PORT_ATTRIBUTE { .name = "port", .type = VALUE_UINT, .invalid = "X:Invalid port number: %s" }
#define TARGET_UNKNOWN "U:unknown target type '%s' specified for character device"

static const struct rule target_model_rule = { .name = "model",
    .attributes = ATTRIBUTES({ .name = "name", .type = VALUE_TEXT, .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule serial_target_rule = { .name = "target", .flags = RULE_ALWAYS,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .invalid = TARGET_UNKNOWN,
        .values = "isa-serial|usb-serial|pci-serial|spapr-vio-serial|system-serial|sclp-serial|isa-debug" },
        PORT_ATTRIBUTE),
    .children = CHILDREN(&target_model_rule) };
static const struct rule parallel_target_rule = { .name = "target", .flags = RULE_ALWAYS,
    .attributes = ATTRIBUTES(PORT_ATTRIBUTE) };

/* Ports count on from the highest one so far. */
static int finish_port(struct rule_context *context, const xmlNode *source, struct node *node)
{
    struct node *target = node_find(node, "target");
    int64_t highest = -1;
    unsigned int port;
    (void)source;
    if (finish_chardev(node) < 0)
        return -1;
    if (node_get(target, "port"))
        return FINISH_KEEP;
    for (struct node *at = node_find(node->parent, node->name); at; at = node_next(at))
        if (node_get_in(at, "target", "port") && str_to_uint(node_get_in(at, "target", "port"), &port) == 0 &&
            port > highest)
            highest = port;
    const char *text = arena_printf(context->arena, "%lld", (long long)highest + 1);
    return text && node_set(context->arena, target, "port", text) == 0 ? FINISH_KEEP : fail_no_memory();
}

#define CHAR_CHILDREN(target) \
    CHILDREN(&chardev_source_rule, &chardev_protocol_rule, &chardev_log_rule, target, DEVICE_INFO)

const struct rule serial_rule = { .name = "serial", .flags = RULE_MANY, .finish = finish_port,
    .attributes = ATTRIBUTES(TYPE_ATTRIBUTE), .children = CHAR_CHILDREN(&serial_target_rule) };
const struct rule parallel_rule = { .name = "parallel", .flags = RULE_MANY, .finish = finish_port,
    .attributes = ATTRIBUTES(TYPE_ATTRIBUTE), .children = CHAR_CHILDREN(&parallel_target_rule) };

static const struct rule console_target_rule = { .name = "target", .flags = RULE_ALWAYS,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .fallback = "serial", .invalid = TARGET_UNKNOWN,
                               .values = "serial|xen|uml|virtio|lxc|openvz|sclp|sclplm" },
                             PORT_ATTRIBUTE) };

static int finish_plain(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)source;
    return finish_chardev(node);
}

/* Consoles are numbered by their place. */
static int finish_console(struct rule_context *context, const xmlNode *source, struct node *node)
{
    struct node *target = node_find(node, "target"), *first = node_find(node->parent, "console");
    unsigned int place = 0;
    (void)source;
    if (first && node_is(target, "type", "serial"))
        return rule_complain("U:Only the first console can be a serial port", "");
    for (struct node *at = first; at; at = node_next(at))
        place++;
    const char *text = arena_printf(context->arena, "%u", place);
    if (!text || node_set(context->arena, target, "port", text) < 0)
        return fail_no_memory();
    return finish_chardev(node);
}

const struct rule console_rule = { .name = "console", .flags = RULE_MANY, .finish = finish_console,
    .attributes = ATTRIBUTES(TYPE_ATTRIBUTE), .children = CHAR_CHILDREN(&console_target_rule) };

static const struct rule channel_target_rule = { .name = "target",
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "guestfwd|virtio|xen",
                               .flags = ATTRIBUTE_REQUIRED, .invalid = TARGET_UNKNOWN,
                               .missing = "X:target type must be specified for channel device" },
                             { .name = "address", .type = VALUE_TEXT, .when = "type=guestfwd",
                               .flags = ATTRIBUTE_REQUIRED,
                               .missing = "X:guestfwd channel does not define a target address" },
                             { .name = "port", .type = VALUE_UINT, .when = "type=guestfwd",
                               .flags = ATTRIBUTE_REQUIRED, .invalid = "X:Invalid port number: %s",
                               .missing = "X:guestfwd channel does not define a target port" },
                             { .name = "name", .type = VALUE_TEXT, .when = "type=virtio|xen" }),
    .missing = "X:target type must be specified for channel device" };

const struct rule channel_rule = { .name = "channel", .flags = RULE_MANY, .finish = finish_plain,
    .attributes = ATTRIBUTES(TYPE_ATTRIBUTE), .children = CHAR_CHILDREN(&channel_target_rule) };

/* ---- smartcard, redirdev ---- */

static const struct rule certificate_rule = { .name = "certificate", .flags = RULE_MANY, .text = VALUE_TEXT,
    .when = "mode=host-certificates" };
static const struct rule database_rule = { .name = "database", .text = VALUE_TEXT, .when = "mode=host-certificates" };

static int finish_smartcard(struct rule_context *context, const xmlNode *source, struct node *node)
{
    unsigned int count = 0;
    (void)context, (void)source;
    for (const struct node *at = node_find(node, "certificate"); at; at = node_next(at))
        count++;
    if (node_is(node, "mode", "host-certificates") && count != 3)
        return rule_complain("X:host-certificates mode needs exactly three certificates", "");
    return FINISH_KEEP;
}

const struct rule smartcard_rule = { .name = "smartcard", .flags = RULE_MANY, .finish = finish_smartcard,
    .attributes = ATTRIBUTES({ .name = "mode", .type = VALUE_ENUM, .values = "host|host-certificates|passthrough",
                               .flags = ATTRIBUTE_REQUIRED },
                             { .name = "type", .type = VALUE_ENUM, .values = CHAR_TYPES, .when = "mode=passthrough",
                               .flags = ATTRIBUTE_REQUIRED,
                               .missing = "X:passthrough mode requires a character device type attribute" }),
    .children = CHILDREN(&certificate_rule, &database_rule, &chardev_source_rule, &chardev_protocol_rule,
        DEVICE_INFO) };

const struct rule redirdev_rule = { .name = "redirdev", .flags = RULE_MANY | RULE_OPEN, .finish = finish_plain,
    .attributes = ATTRIBUTES({ .name = "bus", .type = VALUE_ENUM, .values = "usb", .fallback = "usb" },
                             { .name = "type", .type = VALUE_ENUM, .values = CHAR_TYPES,
                               .flags = ATTRIBUTE_REQUIRED,
                               .missing = "I:missing type in redirdev" }),
    .children = CHILDREN(&chardev_source_rule, &chardev_protocol_rule, DEVICE_INFO) };
