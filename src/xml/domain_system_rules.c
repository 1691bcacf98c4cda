/* SPDX-License-Identifier: MIT
 * Tables of <os>, <features> and <clock>: what the guest sees of its machine.
 */
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

/* ---- <os> ---- */

#define ARCHES "alpha|armv6l|armv7b|armv7l|aarch64|cris|i686|ia64|lm32|m68k|microblaze|microblazeel|mips|mipsel|" \
    "mips64|mips64el|openrisc|parisc|parisc64|ppc|ppc64|ppc64le|ppcemb|riscv32|riscv64|s390|s390x|sh4|sh4eb|" \
    "sparc|sparc64|unicore32|x86_64|xtensa|xtensaeb"

static int finish_os_type(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)source;
    return node->text ? FINISH_KEEP : rule_complain("X:an os <type> must be specified", "");
}

static const struct rule os_type_rule = { .name = "type", .text = VALUE_ENUM,
    .text_values = "hvm|xen|linux|exe|uml|xenpvh", .text_invalid = "U:unknown OS type '%s'", .finish = finish_os_type,
    .missing = "X:an os <type> must be specified",
    .attributes = ATTRIBUTES({ .name = "arch", .type = VALUE_ENUM, .values = ARCHES, .fallback = "i686",
                               .flags = ATTRIBUTE_NON_EMPTY, .invalid = "U:Unknown architecture %s" },
                             { .name = "machine", .type = VALUE_TEXT, .flags = ATTRIBUTE_NON_EMPTY }) };

#define TEXT_RULE(variable, element) \
    static const struct rule variable = { .name = element, .flags = RULE_DROP_EMPTY, .text = VALUE_TEXT }

static const struct rule os_init_rule = { .name = "init", .flags = RULE_DROP_EMPTY, .text = VALUE_TEXT };
static const struct rule os_initarg_rule = { .name = "initarg", .flags = RULE_DROP_EMPTY | RULE_MANY,
    .text = VALUE_TEXT };
static const struct rule os_initenv_rule = { .name = "initenv", .flags = RULE_DROP_EMPTY | RULE_MANY,
    .text = VALUE_TEXT,
    .attributes = ATTRIBUTES({ .name = "name", .type = VALUE_TEXT,
        .missing = "X:No name supplied for <initenv> element",
                               .flags = ATTRIBUTE_REQUIRED }) };
TEXT_RULE(os_initdir_rule, "initdir");
TEXT_RULE(os_inituser_rule, "inituser");
TEXT_RULE(os_initgroup_rule, "initgroup");
TEXT_RULE(os_kernel_rule, "kernel");
TEXT_RULE(os_initrd_rule, "initrd");
TEXT_RULE(os_cmdline_rule, "cmdline");
TEXT_RULE(os_dtb_rule, "dtb");
TEXT_RULE(os_root_rule, "root");

static const struct rule os_loader_rule = { .name = "loader", .flags = RULE_DROP_EMPTY, .text = VALUE_TEXT,
    .attributes = ATTRIBUTES({ .name = "readonly", .type = VALUE_YES_NO },
                             { .name = "secure", .type = VALUE_YES_NO },
                             { .name = "type", .type = VALUE_ENUM, .values = "rom|pflash", .fallback = "rom" },
                             { .name = "stateless", .type = VALUE_YES_NO }) };
static const struct rule os_nvram_rule = { .name = "nvram", .flags = RULE_DROP_EMPTY, .text = VALUE_TEXT,
    .attributes = ATTRIBUTES({ .name = "template", .type = VALUE_TEXT }) };

static const struct rule os_acpi_table_rule = { .name = "table", .text = VALUE_TEXT,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "slic", .flags = ATTRIBUTE_REQUIRED,
                               .missing = "X:Unknown acpi table type: %s",
                                   .invalid = "X:Unknown acpi table type: %s" }) };
static const struct rule os_acpi_rule = { .name = "acpi", .flags = RULE_DROP_EMPTY,
    .children = CHILDREN(&os_acpi_table_rule) };

static const struct rule os_boot_rule = { .name = "boot", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "dev", .type = VALUE_ENUM, .values = "fd|cdrom|hd|network",
                               .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule os_bootmenu_rule = { .name = "bootmenu", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "enable", .type = VALUE_YES_NO },
                             { .name = "timeout", .type = VALUE_UINT, .when = "enable=yes",
                               .invalid = "X:invalid value for boot menu timeout, must be in range [0,65535]" }) };
static const struct rule os_bios_rule = { .name = "bios", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "useserial", .type = VALUE_YES_NO },
                             { .name = "rebootTimeout", .type = VALUE_INT,
                               .invalid = "X:invalid value for rebootTimeout, must be in range [-1,65535]" }) };
static const struct rule os_smbios_rule = { .name = "smbios",
    .attributes = ATTRIBUTES({ .name = "mode", .type = VALUE_ENUM, .values = "emulate|host|sysinfo|none",
                               .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule os_firmware_feature_rule = { .name = "feature", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "enabled", .type = VALUE_YES_NO, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "name", .type = VALUE_ENUM, .values = "enrolled-keys|secure-boot",
                               .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule os_firmware_rule = { .name = "firmware", .flags = RULE_DROP_EMPTY,
    .children = CHILDREN(&os_firmware_feature_rule) };

/* Which children mean something to which kind of guest; the others are dropped. */
static const struct { const char *element, *types; } os_parts[] = {
    { "init", "exe" }, { "initarg", "exe" }, { "initenv", "exe" }, { "initdir", "exe" }, { "inituser", "exe" },
    { "initgroup", "exe" }, { "boot", "hvm" }, { "bootmenu", "hvm" },
    { "loader", "hvm|xen|uml|xenpvh" }, { "nvram", "hvm|xen|uml|xenpvh" }, { "kernel", "hvm|xen|uml|xenpvh" },
    { "initrd", "hvm|xen|uml|xenpvh" }, { "cmdline", "hvm|xen|uml|xenpvh" }, { "dtb", "hvm|xen|uml|xenpvh" },
    { "root", "hvm|xen|uml|xenpvh" },
};

static int finish_os(struct rule_context *context, const xmlNode *source, struct node *node)
{
    struct node *type = node_find(node, "type"), *part;
    (void)context, (void)source;
    for (size_t i = 0; i < array_size(os_parts); i++)
        while (!value_in(os_parts[i].types, type->text) && (part = node_find(node, os_parts[i].element)))
            node_remove(part);
    if (node_get(node, "firmware") && node_get_in(node, "loader", "readonly"))
        return rule_complain("D:loader attribute 'readonly' cannot be specified when firmware autoselection is enabled",
                             "");
    if (str_equal(type->text, "exe") && !node_find(node, "init"))
        return rule_complain("X:init binary must be specified", "");
    if (str_equal(type->text, "xen") && node_is(node->parent, "type", "xen"))
        type->text = "linux"; /* Xen's own old name for a paravirtual guest */
    return FINISH_KEEP;
}

const struct rule domain_os_rule = { .name = "os", .finish = finish_os, .missing = "X:an os <type> must be specified",
    .attributes = ATTRIBUTES({ .name = "firmware", .type = VALUE_ENUM, .values = "bios|efi",
                               .invalid = "U:unknown firmware value %s" }),
    .children = CHILDREN(&os_type_rule, &os_firmware_rule, &os_init_rule, &os_initarg_rule, &os_initenv_rule,
        &os_initdir_rule, &os_inituser_rule, &os_initgroup_rule, &os_loader_rule, &os_nvram_rule, &os_kernel_rule,
        &os_initrd_rule, &os_cmdline_rule, &os_dtb_rule, &os_root_rule, &os_acpi_rule, &os_boot_rule,
        &os_bootmenu_rule, &os_bios_rule, &os_smbios_rule) };

/* ---- <features> ---- */

#define BARE(variable, element) static const struct rule variable = { .name = element }
/* A switch that is on when its element says nothing. */
#define SWITCH(variable, element) \
    static const struct rule variable = { .name = element, \
        .attributes = ATTRIBUTES({ .name = "state", .type = VALUE_ON_OFF, .fallback = "on" }) }
/* A switch that must say what it is. */
#define STATED(variable, element) \
    static const struct rule variable = { .name = element, \
        .attributes = ATTRIBUTES({ .name = "state", .type = VALUE_ON_OFF, .flags = ATTRIBUTE_REQUIRED }) }
#define CHOICE(variable, element, attribute, choices) \
    static const struct rule variable = { .name = element, .flags = RULE_DROP_EMPTY, \
        .attributes = ATTRIBUTES({ .name = attribute, .type = VALUE_ENUM, .values = choices }) }

BARE(acpi_rule, "acpi");
BARE(pae_rule, "pae");
BARE(viridian_rule, "viridian");
BARE(privnet_rule, "privnet");
static const struct rule apic_rule = { .name = "apic",
    .attributes = ATTRIBUTES({ .name = "eoi", .type = VALUE_ON_OFF }) };
SWITCH(hap_rule, "hap");
SWITCH(pvspinlock_rule, "pvspinlock");
SWITCH(pmu_rule, "pmu");
SWITCH(vmport_rule, "vmport");
SWITCH(vmcoreinfo_rule, "vmcoreinfo");
STATED(htm_rule, "htm");
STATED(nested_hv_rule, "nested-hv");
STATED(ccf_assist_rule, "ccf-assist");
CHOICE(ioapic_rule, "ioapic", "driver", "kvm|qemu");
CHOICE(cfpc_rule, "cfpc", "value", "broken|workaround|fixed");
CHOICE(sbbc_rule, "sbbc", "value", "broken|workaround|fixed");
CHOICE(ibs_rule, "ibs", "value", "broken|workaround|fixed-ibs|fixed-ccd|fixed-na");
static const struct rule gic_rule = { .name = "gic",
    .attributes = ATTRIBUTES({ .name = "version", .type = VALUE_ENUM, .values = "host|2|3" }) };
static const struct rule msrs_rule = { .name = "msrs",
    .attributes = ATTRIBUTES({ .name = "unknown", .type = VALUE_ENUM, .values = "ignore|fault",
                               .flags = ATTRIBUTE_REQUIRED }) };

/* Print with the unit that the size was given in MiB (tseg) or in KiB (tb-cache). */
static int finish_tseg(struct rule_context *context, const xmlNode *source, struct node *node)
{
    uint64_t kib;
    (void)source;
    if (!node->text)
        return FINISH_DROP;
    if (str_to_uint64(node->text, 10, &kib) < 0)
        return fail(VIR_ERR_INTERNAL_ERROR, "malformed tseg size '%s'", node->text);
    static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB" };
    size_t unit = 0;
    for (; kib > 0 && kib % 1024 == 0 && unit + 1 < array_size(units); unit++)
        kib /= 1024;
    node->text = arena_printf(context->arena, "%llu", (unsigned long long)kib);
    if (!node->text || node_set(context->arena, node, "unit", units[unit]) < 0)
        return fail_no_memory();
    return FINISH_KEEP;
}

static const struct rule tseg_rule = { .name = "tseg", .text = VALUE_SIZE_MIB, .finish = finish_tseg,
    .attributes = ATTRIBUTES({ .name = "unit", .type = VALUE_UNIT_KIB }) };
static const struct rule smm_rule = { .name = "smm", .children = CHILDREN(&tseg_rule),
    .attributes = ATTRIBUTES({ .name = "state", .type = VALUE_ON_OFF, .fallback = "on" }) };
static const struct rule tb_cache_rule = { .name = "tb-cache", .text = VALUE_SIZE_KIB,
    .attributes = ATTRIBUTES({ .name = "unit", .type = VALUE_UNIT_KIB }) };
static const struct rule tcg_rule = { .name = "tcg", .flags = RULE_DROP_EMPTY, .children = CHILDREN(&tb_cache_rule) };
static const struct rule maxpagesize_rule = { .name = "maxpagesize", .text = VALUE_SIZE_KIB,
    .attributes = ATTRIBUTES({ .name = "unit", .type = VALUE_UNIT_KIB }) };
static const struct rule hpt_rule = { .name = "hpt", .flags = RULE_DROP_EMPTY, .children = CHILDREN(&maxpagesize_rule),
    .attributes = ATTRIBUTES({ .name = "resizing", .type = VALUE_ENUM, .values = "enabled|disabled|required" }) };

STATED(relaxed_rule, "relaxed");
STATED(vapic_rule, "vapic");
STATED(vpindex_rule, "vpindex");
STATED(runtime_rule, "runtime");
STATED(synic_rule, "synic");
STATED(reset_rule, "reset");
STATED(frequencies_rule, "frequencies");
STATED(reenlightenment_rule, "reenlightenment");
STATED(tlbflush_rule, "tlbflush");
STATED(ipi_rule, "ipi");
STATED(evmcs_rule, "evmcs");
STATED(avic_rule, "avic");
STATED(direct_rule, "direct");

static int finish_spinlocks(struct rule_context *context, const xmlNode *source, struct node *node)
{
    unsigned int retries;
    (void)context, (void)source;
    if (node_get(node, "retries") && str_to_uint(node_get(node, "retries"), &retries) == 0 && retries < 4095)
        return rule_complain("X:HyperV spinlock retry count must be at least 4095", "");
    return FINISH_KEEP;
}

static const struct rule spinlocks_rule = { .name = "spinlocks", .finish = finish_spinlocks,
    .attributes = ATTRIBUTES({ .name = "state", .type = VALUE_ON_OFF, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "retries", .type = VALUE_UINT, .when = "state=on",
                                 .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule stimer_rule = { .name = "stimer", .children = CHILDREN(&direct_rule),
    .attributes = ATTRIBUTES({ .name = "state", .type = VALUE_ON_OFF, .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule vendor_id_rule = { .name = "vendor_id",
    .attributes = ATTRIBUTES({ .name = "state", .type = VALUE_ON_OFF, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "value", .type = VALUE_TEXT, .when = "state=on",
                               .missing = "X:missing 'value' attribute for HyperV feature 'vendor_id'",
                               .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule hyperv_rule = { .name = "hyperv", .flags = RULE_OPEN,
    .unknown = "U:unsupported HyperV Enlightenment feature: %s",
    .attributes = ATTRIBUTES({ .name = "mode", .type = VALUE_ENUM, .values = "custom|passthrough",
                               .fallback = "custom" }),
    .children = CHILDREN(&relaxed_rule, &vapic_rule, &spinlocks_rule, &vpindex_rule, &runtime_rule, &synic_rule,
        &stimer_rule, &reset_rule, &vendor_id_rule, &frequencies_rule, &reenlightenment_rule, &tlbflush_rule,
        &ipi_rule, &evmcs_rule, &avic_rule) };

STATED(hidden_rule, "hidden");
STATED(hint_dedicated_rule, "hint-dedicated");
STATED(poll_control_rule, "poll-control");
STATED(pv_ipi_rule, "pv-ipi");
static int finish_dirty_ring(struct rule_context *context, const xmlNode *source, struct node *node)
{
    unsigned int size = 1024;
    (void)context, (void)source;
    if (node_get(node, "size") && str_to_uint(node_get(node, "size"), &size) == 0 &&
        (size < 1024 || size > 65536 || (size & (size - 1))))
        return rule_complain("X:dirty ring must be power of 2 and ranges [1024, 65536]", "");
    return FINISH_KEEP;
}

static const struct rule dirty_ring_rule = { .name = "dirty-ring", .finish = finish_dirty_ring,
    .attributes = ATTRIBUTES({ .name = "state", .type = VALUE_ON_OFF, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "size", .type = VALUE_UINT, .when = "state=on", .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule kvm_rule = { .name = "kvm", .flags = RULE_OPEN, .unknown = "U:unsupported KVM feature: %s",
    .children = CHILDREN(&hidden_rule, &hint_dedicated_rule, &poll_control_rule, &pv_ipi_rule, &dirty_ring_rule) };

STATED(e820_host_rule, "e820_host");
static const struct rule passthrough_rule = { .name = "passthrough",
    .attributes = ATTRIBUTES({ .name = "state", .type = VALUE_ON_OFF, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "mode", .type = VALUE_ENUM, .values = "default|sync_pt|share_pt",
                               .omit = "default" }) };
static const struct rule xen_rule = { .name = "xen", .flags = RULE_OPEN, .unknown = "U:unsupported Xen feature: %s",
    .children = CHILDREN(&e820_host_rule, &passthrough_rule) };

/* One row a capability would say nothing that the names do not: what is below is kept. */
static const struct rule capabilities_rule = { .name = "capabilities", .flags = RULE_KEEP };

const struct rule domain_features_rule = { .name = "features", .flags = RULE_DROP_EMPTY,
    .unknown = "U:unexpected feature '%s'",
    .children = CHILDREN(&acpi_rule, &apic_rule, &pae_rule, &hap_rule, &viridian_rule, &privnet_rule, &hyperv_rule,
        &kvm_rule, &pvspinlock_rule, &capabilities_rule, &pmu_rule, &vmport_rule, &gic_rule, &smm_rule, &ioapic_rule,
        &hpt_rule, &vmcoreinfo_rule, &htm_rule, &nested_hv_rule, &msrs_rule, &ccf_assist_rule, &xen_rule, &cfpc_rule,
        &sbbc_rule, &ibs_rule, &tcg_rule) };

/* ---- <clock> ---- */

static const struct rule catchup_rule = { .name = "catchup", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "threshold", .type = VALUE_UINT64 }, { .name = "slew", .type = VALUE_UINT64 },
                             { .name = "limit", .type = VALUE_UINT64 }) };

static int finish_timer(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)source;
    if (node_find(node, "catchup") && !node_is(node, "tickpolicy", "catchup"))
        return rule_complain("X:setting of timer catchup policies is only supported with tickpolicy='catchup'", "");
    return FINISH_KEEP;
}

static const struct rule timer_rule = { .name = "timer", .flags = RULE_MANY, .finish = finish_timer,
    .attributes = ATTRIBUTES({ .name = "name", .type = VALUE_ENUM, .flags = ATTRIBUTE_REQUIRED,
                               .values = "platform|pit|rtc|hpet|tsc|kvmclock|hypervclock|armvtimer" },
                             { .name = "present", .type = VALUE_YES_NO },
                             { .name = "tickpolicy", .type = VALUE_ENUM, .values = "delay|catchup|merge|discard" },
                             { .name = "track", .type = VALUE_ENUM, .values = "boot|guest|wall|realtime",
                               .when = "name=platform|rtc" },
                             { .name = "frequency", .type = VALUE_UINT64, .when = "name=tsc" },
                             { .name = "mode", .type = VALUE_ENUM, .values = "auto|native|emulate|paravirt|smpsafe",
                               .when = "name=tsc" }),
    .children = CHILDREN(&catchup_rule) };

/* utc and localtime with a number are "variable" based on themselves; "reset" stays a word. */
static int finish_clock(struct rule_context *context, const xmlNode *source, struct node *node)
{
    const char *offset = node_get(node, "offset"), *adjustment = node_get(node, "adjustment");
    int64_t seconds;
    (void)source;
    if (!adjustment)
        return FINISH_KEEP;
    bool number = str_to_int64(adjustment, 10, &seconds) == 0;
    bool variable = str_equal(offset, "variable");
    if (!number && !variable && !str_equal(adjustment, "reset"))
        return rule_complain("X:unknown clock adjustment '%s'", adjustment);
    if (!variable && !number)
        return FINISH_KEEP;
    if (!variable && (node_set(context->arena, node, "basis", offset) < 0 ||
                      node_set(context->arena, node, "offset", "variable") < 0))
        return fail_no_memory();
    const char *spelled = arena_printf(context->arena, "%lld", number ? (long long)seconds : 0);
    if (!spelled || node_set(context->arena, node, "adjustment", spelled) < 0)
        return fail_no_memory();
    return FINISH_KEEP;
}

const struct rule domain_clock_rule = { .name = "clock", .flags = RULE_ALWAYS, .finish = finish_clock,
    .attributes = ATTRIBUTES({ .name = "offset", .type = VALUE_ENUM, .fallback = "utc",
                               .values = "utc|localtime|variable|timezone|absolute",
                               .invalid = "U:unknown clock offset '%s'" },
                             { .name = "adjustment", .type = VALUE_TEXT, .when = "offset=utc|localtime" },
                             { .name = "adjustment", .type = VALUE_TEXT, .when = "offset=variable", .fallback = "0" },
                             { .name = "basis", .type = VALUE_ENUM, .values = "utc|localtime", .fallback = "utc",
                               .when = "offset=variable", .invalid = "U:unknown clock basis '%s'" },
                             { .name = "timezone", .type = VALUE_TEXT, .when = "offset=timezone",
                               .flags = ATTRIBUTE_REQUIRED | ATTRIBUTE_NON_EMPTY,
                               .missing = "I:missing 'timezone' attribute for clock with offset='timezone'" },
                             { .name = "start", .type = VALUE_UINT64, .when = "offset=absolute",
                               .flags = ATTRIBUTE_REQUIRED,
                               .missing = "I:missing 'start' attribute for clock with offset='absolute'" }),
    .children = CHILDREN(&timer_rule) };
