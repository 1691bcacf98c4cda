/* SPDX-License-Identifier: MIT
 * Tables of what every device may carry: boot order, alias, address, virtio driver switches.
 */
#include <string.h>
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_XML

const struct rule device_boot_rule = { .name = "boot",
    .attributes = ATTRIBUTES({ .name = "order", .type = VALUE_POSITIVE, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "loadparm", .type = VALUE_TEXT }) };

/* Aliases are made anew for each start, but for those that users mark as theirs. */
static int finish_alias(struct rule_context *context, const xmlNode *source, struct node *node)
{
    const char *name = node_get(node, "name");
    (void)context, (void)source;
    return name && strncmp(name, "ua-", 3) == 0 ? FINISH_KEEP : FINISH_DROP;
}

const struct rule device_alias_rule = { .name = "alias", .finish = finish_alias,
    .attributes = ATTRIBUTES({ .name = "name", .type = VALUE_TEXT }) };

const struct rule device_acpi_rule = { .name = "acpi",
    .attributes = ATTRIBUTES({ .name = "index", .type = VALUE_UINT }) };

/* The parts of a PCI address. One of which nothing is said stays unsaid: the hypervisor's choice. */
static const struct pci_part {
    const char *name;
    unsigned int max;
} pci_parts[] = { { "domain", 0xFFFF }, { "bus", 0xFF }, { "slot", 0x1F }, { "function", 7 } };

static int check_pci(const struct node *node, const struct pci_part *part)
{
    uint64_t value;
    if (str_to_uint64(node_get(node, part->name), 16, &value) < 0 || value <= part->max)
        return 0;
    return error_set(VIR_FROM_NONE, VIR_ERR_XML_ERROR, 0, "Invalid PCI address %s='0x%llx', must be <= 0x%X",
                     part->name, (unsigned long long)value, part->max);
}

static int finish_address(struct rule_context *context, const xmlNode *source, struct node *node)
{
    bool said = false;
    (void)context;
    if (node_is(node, "type", "unassigned") && !str_equal(node->parent->name, "hostdev"))
        return rule_complain("U:address of type 'unassigned' is supported only for hostdevs", "");
    if (!node_is(node, "type", "pci"))
        return FINISH_KEEP;
    for (size_t i = 0; i < array_size(pci_parts); i++) {
        if (check_pci(node, &pci_parts[i]) < 0)
            return -1;
        said = said || (source && xmlHasProp(source, (const xmlChar *)pci_parts[i].name));
    }
    for (size_t i = 0; !said && i < array_size(pci_parts); i++)
        node_unset(node, pci_parts[i].name);
    return FINISH_KEEP;
}

#define ZERO(attribute, condition) { .name = attribute, .type = VALUE_UINT, .fallback = "0", .when = condition }
#define PCI(attribute, hex) { .name = attribute, .type = hex, .fallback = "0", .when = "type=pci" }

const struct rule device_address_rule = { .name = "address", .finish = finish_address,
    .attributes = ATTRIBUTES(
        { .name = "type", .type = VALUE_ENUM, .flags = ATTRIBUTE_REQUIRED,
          .values = "pci|drive|virtio-serial|ccid|usb|spapr-vio|virtio-s390|ccw|virtio-mmio|isa|dimm|unassigned",
          .missing = "I:No type specified for device address", .invalid = "U:unknown address type '%s'" },
        PCI("domain", VALUE_HEX4), ZERO("controller", "type=drive|virtio-serial|ccid"),
        PCI("bus", VALUE_HEX2), ZERO("bus", "type=drive|virtio-serial|usb"),
        ZERO("target", "type=drive"), ZERO("unit", "type=drive"),
        PCI("slot", VALUE_HEX2), ZERO("slot", "type=ccid"), { .name = "slot", .type = VALUE_UINT, .when = "type=dimm" },
        { .name = "port", .type = VALUE_UINT, .fallback = "0", .when = "type=virtio-serial" },
        { .name = "port", .type = VALUE_TEXT, .when = "type=usb" },
        PCI("function", VALUE_HEX1), { .name = "multifunction", .type = VALUE_ON_OFF, .when = "type=pci" },
        { .name = "reg", .type = VALUE_HEX8, .when = "type=spapr-vio" },
        { .name = "cssid", .type = VALUE_HEX1, .when = "type=ccw" },
        { .name = "ssid", .type = VALUE_HEX1, .when = "type=ccw" },
        { .name = "devno", .type = VALUE_HEX4, .when = "type=ccw" },
        { .name = "iobase", .type = VALUE_HEX1, .when = "type=isa" },
        { .name = "irq", .type = VALUE_HEX1, .when = "type=isa" },
        { .name = "base", .type = VALUE_HEX1, .when = "type=dimm" }) };

const struct rule device_driver_virtio_rule = { .name = "driver", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "iommu", .type = VALUE_ON_OFF }, { .name = "ats", .type = VALUE_ON_OFF },
                             { .name = "packed", .type = VALUE_ON_OFF },
                             { .name = "page_per_vq", .type = VALUE_ON_OFF }) };
