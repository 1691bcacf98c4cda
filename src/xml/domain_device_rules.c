/* SPDX-License-Identifier: MIT
 * Table of <devices> and of the small devices. Kinds whose inside is of no interest to any driver yet are kept as
 * they come.
 */
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/document.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

#define KEPT(variable, element) static const struct rule variable = { .name = element, .flags = RULE_KEEP }

static const struct rule emulator_rule = { .name = "emulator", .flags = RULE_DROP_EMPTY, .text = VALUE_TEXT };

/* ---- input ---- */

static int finish_input(struct rule_context *context, const xmlNode *source, struct node *node)
{
    const char *type = node_get(node, "type"), *bus = node_get(node, "bus");
    const struct node *domain = node->parent->parent, *os = node_find(node_find(domain, "os"), "type");
    bool xen = value_in("xen|xenpvh", os->text) || (str_equal(os->text, "linux") && node_is(domain, "type", "xen"));
    bool has_ps2 = value_in("i686|x86_64", node_get(os, "arch"));
    (void)source;
    if (str_equal(type, "evdev"))
        return FINISH_KEEP;
    if (!xen && !str_equal(os->text, "hvm"))
        return rule_complain("I:Input devices are not supported by this virtualization driver.", "");
    if (xen)
        return bus || node_set(context->arena, node, "bus", "xen") == 0 ? FINISH_KEEP : fail_no_memory();
    if (!bus) {
        bus = str_equal(type, "passthrough") ? "virtio" : str_equal(type, "tablet") || !has_ps2 ? "usb" : "ps2";
        return node_set(context->arena, node, "bus", bus) < 0 ? fail_no_memory() : FINISH_KEEP;
    }
    if (str_equal(bus, "ps2") && !value_in("mouse|keyboard", type))
        return fail(VIR_ERR_INTERNAL_ERROR, "ps2 bus does not support %s input device", type);
    if (!value_in("ps2|usb|virtio", bus))
        return fail(VIR_ERR_INTERNAL_ERROR, "unsupported input bus %s", bus);
    return FINISH_KEEP;
}

static const struct rule input_source_rule = { .name = "source",
    .attributes = ATTRIBUTES({ .name = "evdev", .type = VALUE_TEXT }, { .name = "dev", .type = VALUE_TEXT },
                             { .name = "grab", .type = VALUE_TEXT }, { .name = "grabToggle", .type = VALUE_TEXT },
                             { .name = "repeat", .type = VALUE_ON_OFF }) };
static const struct rule input_rule = { .name = "input", .flags = RULE_MANY, .finish = finish_input,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .flags = ATTRIBUTE_REQUIRED,
                               .values = "mouse|tablet|keyboard|passthrough|evdev",
                               .missing = "I:missing input device type",
                               .invalid = "U:unknown input device type '%s'" },
        { .name = "bus", .type = VALUE_ENUM, .values = "ps2|usb|xen|parallels|none|virtio",
          .invalid = "U:unknown input bus type '%s'" },
        { .name = "model", .type = VALUE_ENUM, .values = "virtio|virtio-transitional|virtio-non-transitional" }),
    .children = CHILDREN(&device_driver_virtio_rule, &device_alias_rule, &device_address_rule, &input_source_rule) };

/* ---- devices with a model and little else ---- */

static const struct rule codec_rule = { .name = "codec", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "duplex|micro|output",
                               .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule sound_audio_rule = { .name = "audio",
    .attributes = ATTRIBUTES({ .name = "id", .type = VALUE_POSITIVE, .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule sound_rule = { .name = "sound", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "model", .type = VALUE_ENUM, .flags = ATTRIBUTE_REQUIRED,
                               .values = "sb16|es1370|pcspk|ac97|ich6|ich9|usb|ich7" }),
    .children = CHILDREN(&codec_rule, &sound_audio_rule, &device_alias_rule, &device_address_rule) };

static const struct rule watchdog_rule = { .name = "watchdog", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "model", .type = VALUE_ENUM, .values = "i6300esb|ib700|diag288|itco",
                               .flags = ATTRIBUTE_REQUIRED, .missing = "I:watchdog must contain model name",
                               .invalid = "U:unknown watchdog model '%s'" },
                             { .name = "action", .type = VALUE_ENUM, .fallback = "reset",
                               .values = "reset|shutdown|poweroff|pause|dump|none|inject-nmi",
                               .invalid = "U:unknown watchdog action '%s'" }),
    .children = CHILDREN(&device_alias_rule, &device_address_rule) };

static const struct rule stats_rule = { .name = "stats", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "period", .type = VALUE_INT, .omit = "0" }) };

static int finish_memballoon(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)node;
    if (source && document_next(source))
        return rule_complain("I:only a single memory balloon device is supported", "");
    return FINISH_KEEP;
}

static const struct rule memballoon_rule = { .name = "memballoon", .finish = finish_memballoon,
    .attributes = ATTRIBUTES({ .name = "model", .type = VALUE_ENUM, .flags = ATTRIBUTE_REQUIRED,
                               .values = "virtio|xen|none|virtio-transitional|virtio-non-transitional" },
                             { .name = "autodeflate", .type = VALUE_ON_OFF },
                             { .name = "freePageReporting", .type = VALUE_ON_OFF }),
    .children = CHILDREN(&stats_rule, &device_alias_rule, &device_address_rule, &device_driver_virtio_rule) };

static const struct rule hub_rule = { .name = "hub", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "usb", .flags = ATTRIBUTE_REQUIRED,
                               .missing = "I:missing hub device type",
                               .invalid = "U:unknown hub device type '%s'" }),
    .children = CHILDREN(&device_alias_rule, &device_address_rule) };

static const struct rule panic_rule = { .name = "panic", .flags = RULE_MANY | RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "model", .type = VALUE_ENUM, .values = "isa|pseries|hyperv|s390|pvpanic",
                               .invalid = "U:unknown panic model '%s'" }),
    .children = CHILDREN(&device_alias_rule, &device_address_rule) };

static const struct rule nvram_rule = { .name = "nvram", .flags = RULE_OPEN,
    .children = CHILDREN(&device_alias_rule, &device_address_rule) };

/* Numbers below 3 are taken by the host and the hypervisor. */
static int finish_cid(struct rule_context *context, const xmlNode *source, struct node *node)
{
    unsigned int address = 3;
    (void)source;
    if (node_get(node, "address") && str_to_uint(node_get(node, "address"), &address) == 0 && address < 3)
        return rule_complain("U:guest CIDs must be >= 3", "");
    if (!node_get(node, "address") && !node_get(node, "auto") && node_set(context->arena, node, "auto", "yes") < 0)
        return fail_no_memory();
    return FINISH_KEEP;
}

static const struct rule cid_rule = { .name = "cid", .flags = RULE_ALWAYS, .finish = finish_cid,
    .attributes = ATTRIBUTES({ .name = "auto", .type = VALUE_YES_NO }, { .name = "address", .type = VALUE_UINT }) };
static const struct rule vsock_rule = { .name = "vsock",
    .attributes = ATTRIBUTES({ .name = "model", .type = VALUE_ENUM,
                               .values = "virtio|virtio-transitional|virtio-non-transitional" }),
    .children = CHILDREN(&cid_rule, &device_alias_rule, &device_address_rule, &device_driver_virtio_rule) };

static const struct rule iommu_driver_rule = { .name = "driver", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "intremap", .type = VALUE_ON_OFF },
                             { .name = "caching_mode", .type = VALUE_ON_OFF }, { .name = "eim", .type = VALUE_ON_OFF },
                             { .name = "iotlb", .type = VALUE_ON_OFF }, { .name = "aw_bits", .type = VALUE_UINT }) };
static const struct rule iommu_rule = { .name = "iommu", .flags = 0,
    .attributes = ATTRIBUTES({ .name = "model", .type = VALUE_ENUM, .values = "intel|smmuv3|virtio",
                               .flags = ATTRIBUTE_REQUIRED }),
    .children = CHILDREN(&iommu_driver_rule, &device_alias_rule, &device_address_rule) };

/* ---- rng ---- */

static const struct rule rate_rule = { .name = "rate", .flags = RULE_DROP_BARE,
    .attributes = ATTRIBUTES({ .name = "bytes", .type = VALUE_UINT, .invalid = "X:invalid RNG rate bytes value" },
                             { .name = "period", .type = VALUE_UINT, .omit = "0" }) };
static int finish_backend(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)source;
    if (!node_is(node, "model", "random"))
        node->text = NULL;
    else if (!node->text)
        node->text = "/dev/random";
    return FINISH_KEEP;
}

static const struct rule backend_rule = { .name = "backend", .text = VALUE_TEXT, .finish = finish_backend,
    .missing = "X:only one RNG backend is supported",
        .when = "model=virtio|virtio-transitional|virtio-non-transitional",
    .attributes = ATTRIBUTES({ .name = "model", .type = VALUE_ENUM, .values = "random|egd|builtin",
                               .flags = ATTRIBUTE_REQUIRED, .missing = "X:missing RNG device backend model",
                               .invalid = "U:unknown RNG backend model '%s'" },
                             { .name = "type", .type = VALUE_TEXT, .when = "model=egd" }),
    .children = CHILDREN(&chardev_source_rule, &chardev_protocol_rule) };
const struct rule rng_rule = { .name = "rng", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "model", .type = VALUE_ENUM, .flags = ATTRIBUTE_REQUIRED,
                               .values = "virtio|virtio-transitional|virtio-non-transitional",
                               .missing = "X:missing RNG device model",
                               .invalid = "U:unknown RNG model '%s'" }),
    .children = CHILDREN(&rate_rule, &backend_rule, &device_driver_virtio_rule, &device_alias_rule,
        &device_address_rule) };

/* ---- hostdev, tpm, shmem, lease, redirfilter ---- */

#define HEX_ID(variable, element) \
    static const struct rule variable = { .name = element, .when = "type=usb", \
        .attributes = ATTRIBUTES({ .name = "id", .type = VALUE_HEX4, .flags = ATTRIBUTE_REQUIRED }) }
HEX_ID(vendor_rule, "vendor");
HEX_ID(product_rule, "product");
static const struct rule pci_source_address_rule = { .name = "address", .flags = RULE_ALWAYS, .when = "type=pci",
    .attributes = ATTRIBUTES({ .name = "domain", .type = VALUE_HEX4, .fallback = "0" },
                             { .name = "bus", .type = VALUE_HEX2, .fallback = "0" },
                             { .name = "slot", .type = VALUE_HEX2, .fallback = "0" },
                             { .name = "function", .type = VALUE_HEX1, .fallback = "0" }) };
static const struct rule usb_source_address_rule = { .name = "address", .when = "type=usb",
    .attributes = ATTRIBUTES({ .name = "bus", .type = VALUE_UINT }, { .name = "device", .type = VALUE_UINT }) };
static const struct rule hostdev_source_rule = { .name = "source", .flags = RULE_DROP_EMPTY, .when = "type=pci|usb",
    .missing = "X:Missing <source> element in hostdev device",
    .attributes = ATTRIBUTES({ .name = "startupPolicy", .type = VALUE_ENUM, .values = "mandatory|requisite|optional",
                               .when = "type=usb" }),
    .children = CHILDREN(&vendor_rule, &product_rule, &pci_source_address_rule, &usb_source_address_rule) };
static const struct rule hostdev_other_source_rule = { .name = "source", .flags = RULE_KEEP,
    .when = "type=scsi|scsi_host|mdev|storage|misc|net" };
static const struct rule hostdev_driver_rule = { .name = "driver", .flags = RULE_KEEP };
static const struct rule hostdev_teaming_rule = { .name = "teaming", .flags = RULE_KEEP };
static const struct rule hostdev_rom_rule = { .name = "rom", .flags = RULE_KEEP };
static const struct rule hostdev_readonly_rule = { .name = "readonly" };
static const struct rule hostdev_shareable_rule = { .name = "shareable" };
const struct rule hostdev_rule = { .name = "hostdev", .flags = RULE_MANY | RULE_OPEN,
    .attributes = ATTRIBUTES({ .name = "mode", .type = VALUE_ENUM, .values = "subsystem|capabilities",
                               .fallback = "subsystem", .invalid = "U:unknown hostdev mode '%s'" },
        { .name = "type", .type = VALUE_ENUM, .flags = ATTRIBUTE_REQUIRED,
          .values = "usb|pci|scsi|scsi_host|mdev|storage|misc|net",
          .missing = "X:missing source address type", .invalid = "U:unknown host device source address type '%s'" },
        { .name = "managed", .type = VALUE_YES_NO, .fallback = "no", .when = "mode=subsystem" },
        { .name = "sgio", .type = VALUE_ENUM, .values = "filtered|unfiltered" },
        { .name = "rawio", .type = VALUE_YES_NO },
        { .name = "model", .type = VALUE_TEXT }, { .name = "display", .type = VALUE_ON_OFF },
        { .name = "ramfb", .type = VALUE_ON_OFF }),
    .children = CHILDREN(&hostdev_driver_rule, &hostdev_source_rule, &hostdev_other_source_rule, &hostdev_teaming_rule,
        &hostdev_readonly_rule, &hostdev_shareable_rule, &device_boot_rule, &device_alias_rule, &hostdev_rom_rule,
        &device_address_rule) };

static const struct rule shmem_model_rule = { .name = "model", .flags = RULE_ALWAYS,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "ivshmem|ivshmem-plain|ivshmem-doorbell",
                               .fallback = "ivshmem" }) };
KEPT(shmem_size_rule, "size");
KEPT(shmem_server_rule, "server");
KEPT(shmem_msi_rule, "msi");
static const struct rule shmem_rule = { .name = "shmem", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "name", .type = VALUE_TEXT, .flags = ATTRIBUTE_REQUIRED,
                               .missing = "X:shmem element must contain 'name' attribute" },
                             { .name = "role", .type = VALUE_ENUM, .values = "master|peer" }),
    .children = CHILDREN(&shmem_model_rule, &shmem_size_rule, &shmem_server_rule, &shmem_msi_rule, &device_alias_rule,
        &device_address_rule) };

static const struct rule lockspace_rule = { .name = "lockspace", .text = VALUE_TEXT, .flags = RULE_DROP_EMPTY };
static const struct rule key_rule = { .name = "key", .text = VALUE_TEXT, .flags = RULE_DROP_EMPTY,
    .missing = "X:Missing 'key' element for lease" };
static const struct rule lease_target_rule = { .name = "target", .missing = "X:Missing 'target' element for lease",
    .attributes = ATTRIBUTES({ .name = "path", .type = VALUE_TEXT, .flags = ATTRIBUTE_REQUIRED,
                               .missing = "X:Missing path in lease target" },
                             { .name = "offset", .type = VALUE_UINT64, .omit = "0" }) };
static const struct rule lease_rule = { .name = "lease", .flags = RULE_MANY,
    .children = CHILDREN(&lockspace_rule, &key_rule, &lease_target_rule) };

#define ANY_HEX(attribute, hex) \
    { .name = attribute, .type = hex, .omit = "-1", .invalid = "x:Invalid value for attribute '" attribute \
      "' in element 'usbdev': '%s'. Expected integer value" }
static const struct rule redirfilter_usbdev_rule = { .name = "usbdev", .flags = RULE_MANY,
    .attributes = ATTRIBUTES(ANY_HEX("class", VALUE_HEX2), ANY_HEX("vendor", VALUE_HEX4),
                             ANY_HEX("product", VALUE_HEX4), { .name = "version", .type = VALUE_TEXT },
                             { .name = "allow", .type = VALUE_YES_NO, .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule redirfilter_rule = { .name = "redirfilter", .flags = RULE_DROP_EMPTY,
    .children = CHILDREN(&redirfilter_usbdev_rule) };

static const struct rule tpm_backend_rule = { .name = "backend", .flags = RULE_KEEP,
    .missing = "X:missing TPM device backend" };
static const struct rule tpm_rule = { .name = "tpm", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "model", .type = VALUE_ENUM,
                               .values = "tpm-tis|tpm-crb|tpm-spapr|spapr-tpm-proxy" }),
    .children = CHILDREN(&tpm_backend_rule, &device_alias_rule, &device_address_rule) };
KEPT(audio_input_rule, "input");
KEPT(audio_output_rule, "output");

static int finish_audio(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)source;
    for (const struct node *at = node_find(node->parent, "audio"); at; at = node_next(at))
        if (str_equal(node_get(at, "id"), node_get(node, "id")))
            return rule_complain("X:audio ID %s is used multiple times", node_get(node, "id"));
    return FINISH_KEEP;
}

static const struct rule audio_rule = { .name = "audio", .flags = RULE_MANY, .finish = finish_audio,
    .attributes = ATTRIBUTES({ .name = "id", .type = VALUE_POSITIVE, .flags = ATTRIBUTE_REQUIRED },
        { .name = "type", .type = VALUE_ENUM, .flags = ATTRIBUTE_REQUIRED,
          .values = "none|alsa|coreaudio|jack|oss|pulseaudio|sdl|spice|file|dbus" },
        { .name = "timerPeriod", .type = VALUE_UINT }, { .name = "path", .type = VALUE_TEXT, .when = "type=file" },
        { .name = "driver", .type = VALUE_TEXT, .when = "type=sdl" },
        { .name = "serverName", .type = VALUE_TEXT, .when = "type=pulseaudio" },
        { .name = "tryMMap", .type = VALUE_YES_NO, .when = "type=oss" },
        { .name = "exclusive", .type = VALUE_YES_NO, .when = "type=oss" },
        { .name = "dspPolicy", .type = VALUE_INT, .when = "type=oss" }),
    .children = CHILDREN(&audio_input_rule, &audio_output_rule) };

/* Memory modules: sizes in KiB, a node of the guest's NUMA. */
static const struct rule memory_size_rule = { .name = "size", .text = VALUE_SIZE_KIB,
    .attributes = ATTRIBUTES({ .name = "unit", .type = VALUE_UNIT_KIB }) };
static const struct rule memory_node_rule = { .name = "node", .text = VALUE_UINT };
static const struct rule memory_label_rule = { .name = "label", .flags = RULE_KEEP };
static const struct rule memory_block_rule = { .name = "block", .text = VALUE_SIZE_KIB,
    .attributes = ATTRIBUTES({ .name = "unit", .type = VALUE_UNIT_KIB }) };
static const struct rule memory_requested_rule = { .name = "requested", .text = VALUE_SIZE_KIB,
    .attributes = ATTRIBUTES({ .name = "unit", .type = VALUE_UNIT_KIB }) };
static const struct rule memory_readonly_rule = { .name = "readonly" };
static const struct rule memory_target_rule = { .name = "target",
    .children = CHILDREN(&memory_size_rule, &memory_node_rule, &memory_label_rule, &memory_block_rule,
        &memory_requested_rule, &memory_readonly_rule) };
static const struct rule memory_source_rule = { .name = "source", .flags = RULE_KEEP };
static const struct rule memory_uuid_rule = { .name = "uuid", .text = VALUE_UUID };
static const struct rule memory_rule = { .name = "memory", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "model", .type = VALUE_ENUM, .flags = ATTRIBUTE_REQUIRED,
                               .values = "dimm|nvdimm|virtio-pmem|virtio-mem|sgx-epc" },
                             { .name = "access", .type = VALUE_ENUM, .values = "shared|private" },
                             { .name = "discard", .type = VALUE_YES_NO }),
    .children = CHILDREN(&memory_uuid_rule, &memory_source_rule, &memory_target_rule, &device_alias_rule,
        &device_address_rule) };

const struct rule domain_devices_rule = { .name = "devices", .flags = RULE_ALWAYS | RULE_OPEN,
    .children = CHILDREN(&emulator_rule, &disk_rule, &controller_rule, &lease_rule, &filesystem_rule, &interface_rule,
        &smartcard_rule, &serial_rule, &parallel_rule, &console_rule, &channel_rule, &input_rule, &tpm_rule,
        &graphics_rule, &sound_rule, &audio_rule, &video_rule, &hostdev_rule, &redirdev_rule, &redirfilter_rule,
        &hub_rule, &watchdog_rule, &memballoon_rule, &rng_rule, &nvram_rule, &panic_rule, &shmem_rule, &memory_rule,
        &iommu_rule, &vsock_rule) };
