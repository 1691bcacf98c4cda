/* SPDX-License-Identifier: MIT
 * Table of <interface>.
 */
#include <string.h>
#include <sys/random.h>
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

#define KEPT(variable, element) static const struct rule variable = { .name = element, .flags = RULE_KEEP }
#define KEPT_MANY(variable, element) \
    static const struct rule variable = { .name = element, .flags = RULE_KEEP | RULE_MANY }

static const struct rule mac_rule = { .name = "mac", .flags = RULE_ALWAYS,
    .attributes = ATTRIBUTES({ .name = "address", .type = VALUE_MAC, .invalid = "X:unable to parse mac address '%s'" },
                             { .name = "type", .type = VALUE_ENUM, .values = "generated|static" },
                             { .name = "check", .type = VALUE_YES_NO }) };

static const struct rule source_local_rule = { .name = "local", .when = "type=udp",
    .attributes = ATTRIBUTES({ .name = "address", .type = VALUE_TEXT, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "port", .type = VALUE_UINT, .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule source_address_rule = { .name = "address", .when = "type=hostdev",
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "pci|usb", .fallback = "pci" },
                             { .name = "domain", .type = VALUE_HEX4, .fallback = "0" },
                             { .name = "bus", .type = VALUE_HEX2, .fallback = "0" },
                             { .name = "slot", .type = VALUE_HEX2, .fallback = "0" },
                             { .name = "function", .type = VALUE_HEX1, .fallback = "0" }) };
static const struct rule source_reconnect_rule = { .name = "reconnect", .when = "type=vhostuser", .flags = RULE_KEEP };
static const struct rule vhostuser_source_rule = { .name = "source", .when = "type=vhostuser",
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "unix", .flags = ATTRIBUTE_REQUIRED },
                             { .name = "path", .type = VALUE_TEXT },
                             { .name = "mode", .type = VALUE_ENUM, .values = "client|server" }),
    .children = CHILDREN(&source_reconnect_rule) };
#define SOCKET "type=server|client|mcast|udp"
#define NEEDS(what) .missing = "X:interface type='" what "' requires a 'source' element"
#define SOURCE(variable, kind, ...) \
    static const struct rule variable = { .name = "source", .when = "type=" kind, NEEDS(kind), \
        .attributes = ATTRIBUTES(__VA_ARGS__) }
SOURCE(network_source_rule, "network", { .name = "network", .type = VALUE_TEXT, .flags = ATTRIBUTE_REQUIRED },
       { .name = "portgroup", .type = VALUE_TEXT });
SOURCE(bridge_source_rule, "bridge", { .name = "bridge", .type = VALUE_TEXT, .flags = ATTRIBUTE_REQUIRED });
SOURCE(direct_source_rule, "direct", { .name = "dev", .type = VALUE_TEXT, .flags = ATTRIBUTE_REQUIRED },
       { .name = "mode", .type = VALUE_ENUM, .values = "vepa|private|bridge|passthrough", .fallback = "vepa" });
SOURCE(internal_source_rule, "internal", { .name = "name", .type = VALUE_TEXT, .flags = ATTRIBUTE_REQUIRED });
SOURCE(vdpa_source_rule, "vdpa", { .name = "dev", .type = VALUE_TEXT, .flags = ATTRIBUTE_REQUIRED });
static const struct rule socket_source_rule = { .name = "source", .when = SOCKET,
    .children = CHILDREN(&source_local_rule),
    .attributes = ATTRIBUTES({ .name = "address", .type = VALUE_TEXT, .when = "type=client|mcast|udp",
                               .flags = ATTRIBUTE_REQUIRED },
                             { .name = "address", .type = VALUE_TEXT },
                             { .name = "port", .type = VALUE_UINT, .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule hostdev_source_rule = { .name = "source", .when = "type=hostdev",
    NEEDS("hostdev"), .children = CHILDREN(&source_address_rule) };

static const struct rule script_rule = { .name = "script", .flags = RULE_DROP_BARE,
    .attributes = ATTRIBUTES({ .name = "path", .type = VALUE_TEXT }) };
static const struct rule downscript_rule = { .name = "downscript", .flags = RULE_DROP_BARE,
    .attributes = ATTRIBUTES({ .name = "path", .type = VALUE_TEXT }) };

/* Names that drivers make up themselves are not the user's. */
static int finish_target(struct rule_context *context, const xmlNode *source, struct node *node)
{
    const char *dev = node_get(node, "dev");
    (void)context, (void)source;
    if (dev && strncmp(dev, "vnet", 4) == 0)
        node_unset(node, "dev");
    return FINISH_KEEP;
}

static const struct rule target_rule = { .name = "target", .flags = RULE_DROP_BARE, .finish = finish_target,
    .attributes = ATTRIBUTES({ .name = "dev", .type = VALUE_TEXT, .flags = ATTRIBUTE_NON_EMPTY },
                             { .name = "managed", .type = VALUE_YES_NO }) };
static const struct rule guest_rule = { .name = "guest", .flags = RULE_DROP_BARE,
    .attributes = ATTRIBUTES({ .name = "dev", .type = VALUE_TEXT }, { .name = "actual", .type = VALUE_TEXT }) };

static int finish_model(struct rule_context *context, const xmlNode *source, struct node *node)
{
    const char *type = node_get(node, "type");
    (void)context, (void)source;
    if (type && strspn(type, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != strlen(type))
        return rule_complain("A:Model name contains invalid characters", "");
    return FINISH_KEEP;
}

static const struct rule model_rule = { .name = "model", .flags = RULE_DROP_BARE, .finish = finish_model,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_TEXT, .flags = ATTRIBUTE_NON_EMPTY }) };

#define OFFLOADS { .name = "csum", .type = VALUE_ON_OFF }, { .name = "gso", .type = VALUE_ON_OFF }, \
    { .name = "tso4", .type = VALUE_ON_OFF }, { .name = "tso6", .type = VALUE_ON_OFF }, \
    { .name = "ecn", .type = VALUE_ON_OFF }, { .name = "ufo", .type = VALUE_ON_OFF }
static const struct rule driver_host_rule = { .name = "host", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES(OFFLOADS, { .name = "mrg_rxbuf", .type = VALUE_ON_OFF }) };
static const struct rule driver_guest_rule = { .name = "guest", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES(OFFLOADS) };
static const struct rule driver_rule = { .name = "driver", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "name", .type = VALUE_ENUM, .values = "qemu|vhost" },
        { .name = "txmode", .type = VALUE_ENUM, .values = "iothread|timer" },
        { .name = "ioeventfd", .type = VALUE_ON_OFF }, { .name = "event_idx", .type = VALUE_ON_OFF },
        { .name = "queues", .type = VALUE_POSITIVE }, { .name = "rx_queue_size", .type = VALUE_UINT },
        { .name = "tx_queue_size", .type = VALUE_UINT }, { .name = "rss", .type = VALUE_ON_OFF },
        { .name = "rss_hash_report", .type = VALUE_ON_OFF }, { .name = "iommu", .type = VALUE_ON_OFF },
        { .name = "ats", .type = VALUE_ON_OFF }, { .name = "packed", .type = VALUE_ON_OFF },
        { .name = "page_per_vq", .type = VALUE_ON_OFF }),
    .children = CHILDREN(&driver_host_rule, &driver_guest_rule) };
static const struct rule backend_rule = { .name = "backend", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "tap", .type = VALUE_TEXT }, { .name = "vhost", .type = VALUE_TEXT }) };
static const struct rule link_rule = { .name = "link", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "state", .type = VALUE_ENUM, .values = "up|down",
                               .invalid = "U:unknown interface link state '%s'" }) };
static const struct rule mtu_rule = { .name = "mtu", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "size", .type = VALUE_UINT, .invalid = "X:malformed mtu size" }) };
static const struct rule rate_in_rule = { .name = "inbound", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "average", .type = VALUE_UINT64 }, { .name = "peak", .type = VALUE_UINT64 },
                             { .name = "floor", .type = VALUE_UINT64 }, { .name = "burst", .type = VALUE_UINT64 }) };
static const struct rule rate_out_rule = { .name = "outbound", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "average", .type = VALUE_UINT64 }, { .name = "peak", .type = VALUE_UINT64 },
                             { .name = "burst", .type = VALUE_UINT64 }) };
static const struct rule bandwidth_rule = { .name = "bandwidth", .flags = RULE_DROP_EMPTY,
    .children = CHILDREN(&rate_in_rule, &rate_out_rule) };
static const struct rule port_rule = { .name = "port", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "isolated", .type = VALUE_YES_NO }) };
static const struct rule ip_rule = { .name = "ip", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "address", .type = VALUE_TEXT, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "family", .type = VALUE_ENUM, .values = "ipv4|ipv6", .fallback = "ipv4" },
                             { .name = "prefix", .type = VALUE_UINT }, { .name = "peer", .type = VALUE_TEXT }) };
KEPT_MANY(route_rule, "route");
KEPT(vlan_rule, "vlan");
KEPT(virtualport_parameters_rule, "parameters");
KEPT(filterref_rule, "filterref");
KEPT(teaming_rule, "teaming");
KEPT(tune_rule, "tune");
KEPT(coalesce_rule, "coalesce");
KEPT(rom_rule, "rom");
KEPT(backenddomain_rule, "backenddomain");

/* Open vSwitch knows a port by an id, made here when the document gives none. */
static int finish_virtualport(struct rule_context *context, const xmlNode *source, struct node *node)
{
    unsigned char uuid[UUID_LENGTH];
    char text[UUID_STRING_SIZE];
    (void)source;
    if (!node_is(node, "type", "openvswitch") || node_get_in(node, "parameters", "interfaceid"))
        return FINISH_KEEP;
    struct node *parameters = node_ensure(context->arena, node, "parameters");
    if (uuid_generate(uuid) < 0)
        return fail(VIR_ERR_INTERNAL_ERROR, "cannot generate a random uuid for interfaceid");
    uuid_format(uuid, text);
    return parameters && node_set(context->arena, parameters, "interfaceid", text) == 0 ? FINISH_KEEP
                                                                                        : fail_no_memory();
}

static const struct rule virtualport_rule = { .name = "virtualport", .finish = finish_virtualport,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_TEXT }),
    .children = CHILDREN(&virtualport_parameters_rule) };

static int finish_interface(struct rule_context *context, const xmlNode *source, struct node *node)
{
    struct node *mac = node_find(node, "mac"), *model = node_find(node, "model"), *driver;
    const char *address = node_get(mac, "address");
    unsigned char random[3];
    (void)source;
    if (address && strtoul(address, NULL, 16) & 1)
        return rule_complain("X:expected unicast mac address, found multicast '%s'", address);
    driver = node_find(node, "driver");
    if (driver && !(model && strncmp(node_get(model, "type"), "virtio", 6) == 0))
        node_remove(driver);
    if (address)
        return FINISH_KEEP;
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return fail(VIR_ERR_INTERNAL_ERROR, "no MAC address could be made: the system gives no random numbers");
    address = arena_printf(context->arena, "52:54:00:%02x:%02x:%02x", random[0], random[1], random[2]);
    return address && node_set(context->arena, mac, "address", address) == 0 ? FINISH_KEEP : fail_no_memory();
}

const struct rule interface_rule = { .name = "interface", .flags = RULE_MANY, .finish = finish_interface,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .fallback = "user",
        .values = "user|ethernet|vhostuser|server|client|mcast|network|bridge|internal|direct|hostdev|udp|vdpa|null|"
                  "vds" },
        { .name = "managed", .type = VALUE_YES_NO, .when = "type=hostdev" },
        { .name = "trustGuestRxFilters", .type = VALUE_YES_NO }),
    .children = CHILDREN(&mac_rule, &network_source_rule, &bridge_source_rule, &direct_source_rule,
        &internal_source_rule, &vdpa_source_rule, &socket_source_rule, &vhostuser_source_rule, &hostdev_source_rule,
        &vlan_rule, &virtualport_rule, &bandwidth_rule, &port_rule, &ip_rule, &route_rule, &script_rule,
        &downscript_rule,
        &backenddomain_rule, &target_rule, &guest_rule, &model_rule, &driver_rule, &backend_rule, &filterref_rule,
        &tune_rule, &teaming_rule, &link_rule, &mtu_rule, &coalesce_rule, &device_boot_rule, &rom_rule,
        &device_acpi_rule, &device_alias_rule, &device_address_rule) };
