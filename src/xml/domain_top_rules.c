/* SPDX-License-Identifier: MIT
 * Tables of <domain> and of its small children: what is a name, a size, an action.
 */
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

#define ACTIONS "destroy|restart|rename-restart|preserve"

static int finish_uuid(struct rule_context *context, const xmlNode *source, struct node *node)
{
    unsigned char uuid[UUID_LENGTH];
    char text[UUID_STRING_SIZE];
    (void)source;
    if (node->text)
        return FINISH_KEEP;
    if (uuid_generate(uuid) < 0)
        return fail(VIR_ERR_INTERNAL_ERROR, "Failed to generate UUID: the system gives no random numbers");
    uuid_format(uuid, text);
    node->text = arena_strdup(context->arena, text);
    return node->text ? FINISH_KEEP : fail_no_memory();
}

/* An empty element means the default, as an absent one does. */
static const struct rule uuid_rule = { .name = "uuid", .flags = RULE_ALWAYS, .text = VALUE_UUID,
    .text_invalid = "I:malformed uuid element", .finish = finish_uuid };
static const struct rule genid_rule = { .name = "genid", .text = VALUE_UUID,
    .text_invalid = "I:malformed genid element", .finish = finish_uuid };

static const struct rule name_rule = { .name = "name", .text = VALUE_TEXT };

static int finish_max_memory(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)source;
    if (!node->text || !node_get(node, "slots") || str_equal(node_get(node, "slots"), "0"))
        return fail(VIR_ERR_XML_ERROR, "both maximum memory size and memory slot count must be specified");
    return FINISH_KEEP;
}

static const struct rule max_memory_rule = { .name = "maxMemory", .text = VALUE_SIZE_KIB,
    .attributes = ATTRIBUTES({ .name = "slots", .type = VALUE_UINT,
                               .invalid = "X:Failed to parse memory slot count" },
                             { .name = "unit", .type = VALUE_UNIT_KIB }),
    .finish = finish_max_memory };

static const struct rule memory_rule = { .name = "memory", .flags = RULE_ALWAYS, .text = VALUE_SIZE_KIB,
    .attributes = ATTRIBUTES({ .name = "dumpCore", .type = VALUE_ON_OFF },
                             { .name = "unit", .type = VALUE_UNIT_KIB }) };
static const struct rule current_memory_rule = { .name = "currentMemory", .flags = RULE_ALWAYS, .text = VALUE_SIZE_KIB,
    .attributes = ATTRIBUTES({ .name = "unit", .type = VALUE_UNIT_KIB }) };

static int finish_vcpu(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context;
    if (source && !node->text)
        return rule_complain("X:maximum vcpus count must be an integer", "");
    if (!node->text)
        node->text = "1";
    if (node_get(node, "cpuset") && node_is(node, "placement", "auto"))
        node_unset(node, "cpuset");
    return FINISH_KEEP;
}

static const struct rule vcpu_rule = { .name = "vcpu", .flags = RULE_ALWAYS, .text = VALUE_UINT,
    .text_invalid = "X:maximum vcpus count must be an integer", .finish = finish_vcpu,
    .attributes = ATTRIBUTES({ .name = "placement", .type = VALUE_ENUM, .values = "static|auto", .fallback = "static" },
                             { .name = "cpuset", .type = VALUE_CPUSET },
                             { .name = "current", .type = VALUE_UINT }) };

static const struct rule vcpus_vcpu_rule = { .name = "vcpu", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "id", .type = VALUE_UINT, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "enabled", .type = VALUE_YES_NO, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "hotpluggable", .type = VALUE_YES_NO, .fallback = "no" },
                             { .name = "order", .type = VALUE_POSITIVE }) };
static const struct rule vcpus_rule = { .name = "vcpus", .flags = RULE_DROP_EMPTY,
    .children = CHILDREN(&vcpus_vcpu_rule) };

static const struct rule iothreads_rule = { .name = "iothreads", .text = VALUE_UINT, .flags = RULE_DROP_EMPTY,
    .text_invalid = "X:invalid iothreads count '%s'" };

static const struct rule bootloader_rule = { .name = "bootloader", .flags = RULE_DROP_EMPTY, .text = VALUE_TEXT };

static int finish_bootloader_args(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)source;
    return node_find(node->parent, "bootloader") ? FINISH_KEEP : FINISH_DROP;
}

static const struct rule bootloader_args_rule = { .name = "bootloader_args", .flags = RULE_DROP_EMPTY,
    .text = VALUE_TEXT, .finish = finish_bootloader_args };

static int finish_reboot(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)source;
    if (strncmp(node->text, "coredump-", 9) == 0)
        return fail(VIR_ERR_CONFIG_UNSUPPORTED, "Lifecycle event '%s' doesn't support '%s' action",
                    node->name + 3, node->text);
    return FINISH_KEEP;
}

static const struct rule on_poweroff_rule = { .name = "on_poweroff", .flags = RULE_ALWAYS, .text = VALUE_ENUM,
    .text_values = ACTIONS "|coredump-destroy|coredump-restart", .text_fallback = "destroy", .finish = finish_reboot,
    .text_invalid = "U:unknown on_poweroff action: %s" };
static const struct rule on_reboot_rule = { .name = "on_reboot", .flags = RULE_ALWAYS, .text = VALUE_ENUM,
    .text_values = ACTIONS "|coredump-destroy|coredump-restart", .text_fallback = "restart", .finish = finish_reboot,
    .text_invalid = "U:unknown on_reboot action: %s" };
static const struct rule on_crash_rule = { .name = "on_crash", .flags = RULE_ALWAYS, .text = VALUE_ENUM,
    .text_values = ACTIONS "|coredump-destroy|coredump-restart", .text_fallback = "destroy",
    .text_invalid = "U:unknown on_crash action: %s" };
static const struct rule on_lockfailure_rule = { .name = "on_lockfailure", .flags = RULE_DROP_EMPTY,
    .text = VALUE_ENUM, .text_values = "poweroff|restart|pause|ignore",
    .text_invalid = "U:unknown on_lockfailure action: %s" };

/* title, description and metadata are fields of struct domain_def, not part of the tree. */
const struct rule domain_rule = { .name = "domain",
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .flags = ATTRIBUTE_REQUIRED,
        .values = "qemu|kqemu|kvm|xen|lxc|uml|openvz|test|vmware|hyperv|vbox|phyp|parallels|bhyve|vz|hvf",
        .missing = "I:missing domain type attribute", .invalid = "U:invalid domain type %s" }),
    .children = CHILDREN(&name_rule, &uuid_rule, &genid_rule, &max_memory_rule, &memory_rule, &current_memory_rule,
        &domain_blkiotune_rule, &domain_memtune_rule, &domain_memory_backing_rule, &vcpu_rule, &vcpus_rule,
        &iothreads_rule, &domain_iothread_ids_rule, &domain_cputune_rule, &domain_numatune_rule,
        &domain_resource_rule, &domain_sysinfo_rule, &bootloader_rule, &bootloader_args_rule, &domain_os_rule,
        &domain_idmap_rule, &domain_features_rule, &domain_cpu_rule, &domain_clock_rule, &on_poweroff_rule,
        &on_reboot_rule, &on_crash_rule, &on_lockfailure_rule, &domain_pm_rule, &domain_perf_rule,
        &domain_devices_rule, &domain_seclabel_rule, &domain_keywrap_rule, &domain_launch_security_rule) };
