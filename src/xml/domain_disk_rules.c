/* SPDX-License-Identifier: MIT
 * Tables of <disk>, <controller>, <filesystem>.
 */
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

/* ---- disk sources, one a type ---- */

#define STARTUP { .name = "startupPolicy", .type = VALUE_ENUM, .values = "mandatory|requisite|optional" }
#define PATH(attribute) { .name = attribute, .type = VALUE_TEXT, .flags = ATTRIBUTE_NON_EMPTY }

static const struct rule source_seclabel_rule = { .name = "seclabel", .flags = RULE_KEEP | RULE_MANY };
static const struct rule source_encryption_rule = { .name = "encryption", .flags = RULE_KEEP };
static const struct rule source_reservations_rule = { .name = "reservations", .flags = RULE_KEEP };
static const struct rule source_slices_rule = { .name = "slices", .flags = RULE_KEEP };
static const struct rule source_auth_rule = { .name = "auth", .flags = RULE_KEEP };
#define SOURCE_END &source_slices_rule, &source_seclabel_rule, &source_encryption_rule, &source_reservations_rule

static const struct rule file_source_rule = { .name = "source", .flags = RULE_DROP_EMPTY, .when = "type=file",
    .attributes = ATTRIBUTES(PATH("file"), { .name = "fdgroup", .type = VALUE_TEXT }, STARTUP),
    .children = CHILDREN(SOURCE_END) };
static const struct rule block_source_rule = { .name = "source", .flags = RULE_DROP_EMPTY, .when = "type=block",
    .attributes = ATTRIBUTES(PATH("dev"), STARTUP), .children = CHILDREN(SOURCE_END) };
static const struct rule dir_source_rule = { .name = "source", .flags = RULE_DROP_EMPTY, .when = "type=dir",
    .attributes = ATTRIBUTES(PATH("dir"), STARTUP), .children = CHILDREN(SOURCE_END) };

static int finish_volume(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)source;
    if (!node_get(node, "pool") != !node_get(node, "volume"))
        return rule_complain("X:'pool' and 'volume' must be specified together for 'pool' type source", "");
    return FINISH_KEEP;
}

static const struct rule volume_source_rule = { .name = "source", .flags = RULE_DROP_EMPTY, .when = "type=volume",
    .finish = finish_volume,
    .attributes = ATTRIBUTES(PATH("pool"), PATH("volume"),
                             { .name = "mode", .type = VALUE_ENUM, .values = "host|direct" }, STARTUP),
    .children = CHILDREN(SOURCE_END) };

/* Protocols with a well-known port: hosts without one get it. */
static int finish_host(struct rule_context *context, const xmlNode *source, struct node *node)
{
    static const struct { const char *protocol, *port; } ports[] = {
        { "nbd", "10809" }, { "iscsi", "3260" }, { "gluster", "24007" }, { "http", "80" }, { "https", "443" },
        { "ftp", "21" }, { "ftps", "990" }, { "tftp", "69" }, { "ssh", "22" }, { "sheepdog", "7000" },
        { "vxhs", "9999" }, { "nfs", "2049" },
    };
    (void)source;
    if (node_get(node, "port") || node_is(node, "transport", "unix"))
        return FINISH_KEEP;
    for (size_t i = 0; i < array_size(ports); i++)
        if (node_is(node->parent, "protocol", ports[i].protocol) &&
            node_set(context->arena, node, "port", ports[i].port) < 0)
            return fail_no_memory();
    return FINISH_KEEP;
}

static const struct rule host_rule = { .name = "host", .flags = RULE_MANY, .finish = finish_host,
    .attributes = ATTRIBUTES({ .name = "transport", .type = VALUE_ENUM, .values = "tcp|unix|rdma", .omit = "tcp",
                               .invalid = "U:unknown protocol transport type '%s'" },
                             { .name = "name", .type = VALUE_TEXT }, { .name = "port", .type = VALUE_TEXT },
                             { .name = "socket", .type = VALUE_TEXT }) };
#define KEPT(variable, element) static const struct rule variable = { .name = element, .flags = RULE_KEEP }
KEPT(source_snapshot_rule, "snapshot");
KEPT(source_config_rule, "config");
KEPT(source_initiator_rule, "initiator");
KEPT(source_ssl_rule, "ssl");
KEPT(source_cookies_rule, "cookies");
KEPT(source_readahead_rule, "readahead");
KEPT(source_timeout_rule, "timeout");
KEPT(source_identity_rule, "identity");
KEPT(source_reconnect_rule, "reconnect");
KEPT(source_known_hosts_rule, "knownHosts");

static const struct rule network_source_rule = { .name = "source", .when = "type=network",
    .attributes = ATTRIBUTES({ .name = "protocol", .type = VALUE_ENUM, .flags = ATTRIBUTE_REQUIRED,
            .values = "nbd|rbd|sheepdog|gluster|iscsi|http|https|ftp|ftps|tftp|ssh|vxhs|nfs" },
        { .name = "name", .type = VALUE_TEXT }, { .name = "query", .type = VALUE_TEXT, .when = "protocol=http|https" },
        { .name = "tls", .type = VALUE_YES_NO }, { .name = "tlsHostname", .type = VALUE_TEXT }, STARTUP),
    .children = CHILDREN(&host_rule, &source_snapshot_rule, &source_config_rule, &source_auth_rule,
        &source_initiator_rule, &source_ssl_rule, &source_cookies_rule, &source_readahead_rule, &source_timeout_rule,
        &source_identity_rule, &source_reconnect_rule, &source_known_hosts_rule, SOURCE_END) };

static const struct rule nvme_address_rule = { .name = "address",
    .attributes = ATTRIBUTES({ .name = "domain", .type = VALUE_HEX4, .fallback = "0" },
                             { .name = "bus", .type = VALUE_HEX2, .fallback = "0" },
                             { .name = "slot", .type = VALUE_HEX2, .fallback = "0" },
                             { .name = "function", .type = VALUE_HEX1, .fallback = "0" }) };
static const struct rule nvme_source_rule = { .name = "source", .when = "type=nvme",
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "pci", .flags = ATTRIBUTE_REQUIRED },
                             { .name = "managed", .type = VALUE_YES_NO },
                             { .name = "namespace", .type = VALUE_UINT64, .flags = ATTRIBUTE_REQUIRED }),
    .children = CHILDREN(&nvme_address_rule) };
static const struct rule vhostuser_source_rule = { .name = "source", .when = "type=vhostuser",
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "unix", .flags = ATTRIBUTE_REQUIRED },
                             { .name = "path", .type = VALUE_TEXT }),
    .children = CHILDREN(&source_reconnect_rule) };

/* ---- <disk> ---- */

static const struct rule disk_driver_rule = { .name = "driver", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "name", .type = VALUE_TEXT },
        { .name = "type", .type = VALUE_ENUM, .invalid = "U:unknown driver format value '%s'",
          .values = "raw|dir|bochs|cloop|dmg|iso|vpc|vdi|fat|vhd|ploop|cow|qcow|qcow2|qed|vmdk" },
        { .name = "cache", .type = VALUE_ENUM, .omit = "default",
          .values = "default|none|writethrough|writeback|directsync|unsafe" },
        { .name = "error_policy", .type = VALUE_ENUM, .omit = "default",
            .values = "default|stop|report|ignore|enospace" },
        { .name = "rerror_policy", .type = VALUE_ENUM, .omit = "default", .values = "default|stop|report|ignore" },
        { .name = "io", .type = VALUE_ENUM, .values = "native|threads|io_uring" },
        { .name = "ioeventfd", .type = VALUE_ON_OFF }, { .name = "event_idx", .type = VALUE_ON_OFF },
        { .name = "copy_on_read", .type = VALUE_ON_OFF },
        { .name = "discard", .type = VALUE_ENUM, .values = "unmap|ignore" },
        { .name = "iothread", .type = VALUE_POSITIVE },
        { .name = "detect_zeroes", .type = VALUE_ENUM, .values = "off|on|unmap" },
        { .name = "queues", .type = VALUE_POSITIVE }, { .name = "queue_size", .type = VALUE_POSITIVE },
        { .name = "iommu", .type = VALUE_ON_OFF }, { .name = "ats", .type = VALUE_ON_OFF },
        { .name = "packed", .type = VALUE_ON_OFF }, { .name = "page_per_vq", .type = VALUE_ON_OFF }) };

static const struct rule disk_target_rule = { .name = "target",
    .attributes = ATTRIBUTES({ .name = "dev", .type = VALUE_TEXT },
        { .name = "bus", .type = VALUE_ENUM, .values = "ide|fdc|scsi|virtio|xen|usb|uml|sata|sd" },
        { .name = "tray", .type = VALUE_ENUM, .values = "closed|open", .omit = "closed" },
        { .name = "removable", .type = VALUE_ON_OFF, .when = "bus=usb|scsi" },
        { .name = "rotation_rate", .type = VALUE_POSITIVE }) };

#define WORD(variable, element) \
    static const struct rule variable = { .name = element, .flags = RULE_DROP_EMPTY, .text = VALUE_TEXT }
#define FLAG(variable, element) static const struct rule variable = { .name = element }
WORD(serial_text_rule, "serial");
WORD(wwn_rule, "wwn");
WORD(vendor_rule, "vendor");
WORD(product_rule, "product");
FLAG(readonly_rule, "readonly");
FLAG(shareable_rule, "shareable");
static const struct rule transient_rule = { .name = "transient",
    .attributes = ATTRIBUTES({ .name = "shareBacking", .type = VALUE_YES_NO }) };
static const struct rule geometry_rule = { .name = "geometry", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "cyls", .type = VALUE_UINT }, { .name = "heads", .type = VALUE_UINT },
                             { .name = "secs", .type = VALUE_UINT },
                             { .name = "trans", .type = VALUE_ENUM, .values = "none|auto|lba",
                               .invalid = "I:invalid translation value '%s'" }) };
static const struct rule blockio_rule = { .name = "blockio", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "logical_block_size", .type = VALUE_UINT },
                             { .name = "physical_block_size", .type = VALUE_UINT }) };
KEPT(disk_auth_rule, "auth");
KEPT(backing_store_rule, "backingStore");
KEPT(disk_encryption_rule, "encryption");
static const struct rule iotune_rule = { .name = "iotune", .flags = RULE_KEEP | RULE_DROP_EMPTY };

static int finish_disk(struct rule_context *context, const xmlNode *source, struct node *node)
{
    struct node *target = node_find(node, "target"), *from = node_find(node, "source");
    bool removable = value_in("cdrom|floppy", node_get(node, "device"));
    const char *path = from ? node_get(from, "file") : NULL;
    (void)source;
    if (from && !path)
        path = node_get(from, "dev") ? node_get(from, "dev") : node_get(from, "dir");
    if (!target || !node_get(target, "dev"))
        return path ? fail(VIR_ERR_NO_TARGET, "%s", path) : fail(VIR_ERR_NO_TARGET, NULL);
    if (!from && !removable)
        return fail(VIR_ERR_NO_SOURCE, "%s", node_get(target, "dev"));
    if (node_get(target, "tray") && !removable)
        return rule_complain("U:tray is only valid for cdrom and floppy", "");
    if (node_is(node, "device", "lun") && !node_is(node, "type", "block") && !node_is(node, "type", "network") &&
        !node_is(node, "type", "volume"))
        return rule_complain("U:disk device='lun' is only valid for block type disk source", "");
    if (node_get(node, "rawio") && !node_is(node, "device", "lun"))
        return rule_complain("U:rawio can be used only with device='lun'", "");
    if (node_is(node, "type", "vhostuser") && node_set(context->arena, node, "snapshot", "no") < 0)
        return fail_no_memory();
    if (node_is(node, "device", "cdrom") && !node_find(node, "readonly") &&
        !node_ensure(context->arena, node, "readonly"))
        return fail_no_memory();
    return FINISH_KEEP;
}

const struct rule disk_rule = { .name = "disk", .flags = RULE_MANY, .finish = finish_disk,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .fallback = "file",
                               .values = "file|block|dir|network|volume|nvme|vhostuser" },
        { .name = "device", .type = VALUE_ENUM, .values = "disk|cdrom|floppy|lun", .fallback = "disk" },
        { .name = "model", .type = VALUE_ENUM, .values = "virtio|virtio-transitional|virtio-non-transitional" },
        { .name = "rawio", .type = VALUE_YES_NO },
        { .name = "sgio", .type = VALUE_ENUM, .values = "filtered|unfiltered" },
        { .name = "snapshot", .type = VALUE_ENUM, .values = "no|internal|external|manual" }),
    .children = CHILDREN(&disk_driver_rule, &disk_auth_rule, &file_source_rule, &block_source_rule, &dir_source_rule,
        &network_source_rule, &volume_source_rule, &nvme_source_rule, &vhostuser_source_rule, &backing_store_rule,
        &geometry_rule, &blockio_rule, &disk_target_rule, &iotune_rule, &readonly_rule, &shareable_rule,
        &transient_rule, &serial_text_rule, &wwn_rule, &vendor_rule, &product_rule, &disk_encryption_rule,
        DEVICE_INFO) };

/* ---- <controller> ---- */

static const struct rule controller_driver_rule = { .name = "driver", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "queues", .type = VALUE_UINT }, { .name = "cmd_per_lun", .type = VALUE_UINT },
        { .name = "max_sectors", .type = VALUE_UINT }, { .name = "ioeventfd", .type = VALUE_ON_OFF },
        { .name = "iothread", .type = VALUE_UINT }, { .name = "iommu", .type = VALUE_ON_OFF },
        { .name = "ats", .type = VALUE_ON_OFF }, { .name = "packed", .type = VALUE_ON_OFF },
        { .name = "page_per_vq", .type = VALUE_ON_OFF }) };
static const struct rule controller_model_rule = { .name = "model", .when = "type=pci",
    .attributes = ATTRIBUTES({ .name = "name", .type = VALUE_TEXT }) };
static const struct rule controller_target_node_rule = { .name = "node", .text = VALUE_UINT };
static const struct rule controller_target_rule = { .name = "target", .when = "type=pci", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "chassisNr", .type = VALUE_UINT }, { .name = "chassis", .type = VALUE_UINT },
                             { .name = "port", .type = VALUE_HEX1 }, { .name = "busNr", .type = VALUE_UINT },
                             { .name = "index", .type = VALUE_UINT }, { .name = "hotplug", .type = VALUE_ON_OFF }),
    .children = CHILDREN(&controller_target_node_rule) };
static const struct rule master_rule = { .name = "master", .when = "type=usb",
    .attributes = ATTRIBUTES({ .name = "startport", .type = VALUE_UINT }) };
static const struct rule pcihole64_rule = { .name = "pcihole64", .when = "type=pci", .text = VALUE_SIZE_KIB,
    .attributes = ATTRIBUTES({ .name = "unit", .type = VALUE_UNIT_KIB }) };

#define MODEL(condition, choices) \
    { .name = "model", .type = VALUE_ENUM, .when = condition, .values = choices, \
      .invalid = "U:Unknown model type '%s'" }

const struct rule controller_rule = { .name = "controller", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .fallback = "ide",
                               .values = "ide|fdc|scsi|sata|virtio-serial|ccid|usb|pci|xenbus|isa" },
        { .name = "index", .type = VALUE_UINT,
          .invalid = "x:Invalid value for attribute 'index' in element 'controller': '%s'. Expected integer value" },
        MODEL("type=scsi", "auto|buslogic|lsilogic|lsisas1068|vmpvscsi|ibmvscsi|virtio-scsi|lsisas1078|"
              "virtio-transitional|virtio-non-transitional|ncr53c90|dc390|am53c974"),
        MODEL("type=usb", "piix3-uhci|piix4-uhci|ehci|ich9-ehci1|ich9-uhci1|ich9-uhci2|ich9-uhci3|vt82c686b-uhci|"
              "pci-ohci|nec-xhci|qusb1|qusb2|qemu-xhci|none"),
        MODEL("type=pci", "pci-root|pcie-root|pci-bridge|dmi-to-pci-bridge|pcie-to-pci-bridge|pcie-root-port|"
              "pcie-switch-upstream-port|pcie-switch-downstream-port|pci-expander-bus|pcie-expander-bus"),
        MODEL("type=ide", "piix3|piix4|ich6"),
        MODEL("type=virtio-serial", "virtio|virtio-transitional|virtio-non-transitional"),
        { .name = "ports", .type = VALUE_INT, .when = "type=virtio-serial|usb" },
        { .name = "vectors", .type = VALUE_INT, .when = "type=virtio-serial" },
        { .name = "maxGrantFrames", .type = VALUE_INT, .when = "type=xenbus" },
        { .name = "maxEventChannels", .type = VALUE_INT, .when = "type=xenbus" }),
    .children = CHILDREN(&master_rule, &controller_model_rule, &controller_target_rule, &controller_driver_rule,
        &device_alias_rule, &device_address_rule, &pcihole64_rule) };

/* ---- <filesystem> ---- */

KEPT(filesystem_driver_rule, "driver");
KEPT(binary_rule, "binary");
KEPT(space_hard_limit_rule, "space_hard_limit");
KEPT(space_soft_limit_rule, "space_soft_limit");
static const struct rule filesystem_source_rule = { .name = "source",
    .attributes = ATTRIBUTES({ .name = "dir", .type = VALUE_TEXT, .when = "type=mount|bind" },
                             { .name = "dev", .type = VALUE_TEXT, .when = "type=block" },
                             { .name = "file", .type = VALUE_TEXT, .when = "type=file" },
                             { .name = "name", .type = VALUE_TEXT, .when = "type=template" },
                             { .name = "usage", .type = VALUE_TEXT, .when = "type=ram" },
                             { .name = "units", .type = VALUE_TEXT, .when = "type=ram" },
                             { .name = "pool", .type = VALUE_TEXT, .when = "type=volume" },
                             { .name = "volume", .type = VALUE_TEXT, .when = "type=volume" },
                             { .name = "socket", .type = VALUE_TEXT, .when = "type=mount" }) };
static const struct rule filesystem_target_rule = { .name = "target",
    .attributes = ATTRIBUTES({ .name = "dir", .type = VALUE_TEXT }) };

static int finish_filesystem(struct rule_context *context, const xmlNode *source, struct node *node)
{
    struct node *from = node_find(node, "source");
    (void)context, (void)source;
    const char *dir = node_get_in(node, "target", "dir");
    if ((!from || !from->attributes) && !node_is(node, "type", "ram"))
        return dir ? fail(VIR_ERR_NO_SOURCE, "%s", dir) : fail(VIR_ERR_NO_SOURCE, NULL);
    if (!dir)
        return node_get(from, "dir") ? fail(VIR_ERR_NO_TARGET, "%s", node_get(from, "dir"))
                                     : fail(VIR_ERR_NO_TARGET, NULL);
    return FINISH_KEEP;
}

const struct rule filesystem_rule = { .name = "filesystem", .flags = RULE_MANY, .finish = finish_filesystem,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .fallback = "mount",
                               .values = "mount|block|file|template|ram|bind|volume" },
        { .name = "accessmode", .type = VALUE_ENUM, .values = "passthrough|mapped|squash", .fallback = "passthrough" },
        { .name = "model", .type = VALUE_ENUM, .values = "virtio|virtio-transitional|virtio-non-transitional" },
        { .name = "multidevs", .type = VALUE_ENUM, .values = "default|remap|forbid|warn", .omit = "default" },
        { .name = "fmode", .type = VALUE_TEXT }, { .name = "dmode", .type = VALUE_TEXT }),
    .children = CHILDREN(&filesystem_driver_rule, &binary_rule, &filesystem_source_rule, &filesystem_target_rule,
        &readonly_rule, &space_hard_limit_rule, &space_soft_limit_rule, DEVICE_INFO) };
