/* SPDX-License-Identifier: MIT
 * Tables of <sysinfo>, <seclabel>, <perf>, <pm>, <keywrap>, <launchSecurity>, <idmap>, <resource>.
 */
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

/* ---- <sysinfo> ---- */

/* One table row an entry name; the entries of a block print in this order. */
static const struct { const char *block, *names; } sysinfo_blocks[] = {
    { "bios", "vendor|version|date|release" },
    { "system", "manufacturer|product|version|serial|uuid|sku|family" },
    { "baseBoard", "manufacturer|product|version|serial|asset|location" },
    { "chassis", "manufacturer|version|serial|asset|sku" },
};

static int entry_rank(const char *names, const char *name)
{
    int rank = 0;
    const char *found = strstr(names, name);
    for (const char *at = names; at < found; at++)
        rank += *at == '|';
    return rank;
}

static int finish_block(struct rule_context *context, const xmlNode *source, struct node *node)
{
    const char *names = "";
    struct node *kept[8] = { NULL };
    (void)context, (void)source;
    for (size_t i = 0; i < array_size(sysinfo_blocks); i++)
        if (str_equal(sysinfo_blocks[i].block, node->name))
            names = sysinfo_blocks[i].names;
    for (struct node *entry; (entry = node_find(node, "entry"));) {
        const char *name = node_get(entry, "name");
        node_remove(entry);
        if (name && entry->text && value_in(names, name) && !kept[entry_rank(names, name)])
            kept[entry_rank(names, name)] = entry;
    }
    for (size_t i = 0; i < array_size(kept); i++)
        if (kept[i])
            node_insert(node, kept[i]);
    return FINISH_KEEP;
}

static const struct rule entry_rule = { .name = "entry", .flags = RULE_MANY, .text = VALUE_TEXT,
    .attributes = ATTRIBUTES({ .name = "name", .type = VALUE_TEXT }) };
static const struct rule fwcfg_entry_rule = { .name = "entry", .flags = RULE_MANY, .text = VALUE_TEXT,
    .when = "type=fwcfg", .attributes = ATTRIBUTES({ .name = "name", .type = VALUE_TEXT, .flags = ATTRIBUTE_REQUIRED,
                                                     .missing = "X:Firmware entry is missing 'name' attribute" },
                                                   { .name = "file", .type = VALUE_TEXT }) };
#define BLOCK(variable, element, more) \
    static const struct rule variable = { .name = element, .flags = RULE_DROP_EMPTY | (more), .when = "type=smbios", \
        .finish = finish_block, .children = CHILDREN(&entry_rule) }
BLOCK(bios_rule, "bios", 0);
BLOCK(system_rule, "system", 0);
BLOCK(base_board_rule, "baseBoard", RULE_MANY);
BLOCK(chassis_rule, "chassis", 0);
static const struct rule oem_strings_rule = { .name = "oemStrings", .flags = RULE_DROP_EMPTY, .when = "type=smbios",
    .children = CHILDREN(&entry_rule) };
const struct rule domain_sysinfo_rule = { .name = "sysinfo", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "smbios|fwcfg",
                               .flags = ATTRIBUTE_REQUIRED }),
    .children = CHILDREN(&bios_rule, &system_rule, &base_board_rule, &chassis_rule, &oem_strings_rule,
        &fwcfg_entry_rule) };

/* ---- <seclabel> ---- */

static int finish_seclabel(struct rule_context *context, const xmlNode *source, struct node *node)
{
    const char *type = node_get(node, "type"), *model = node_get(node, "model");
    (void)source;
    if (!type)
        return FINISH_DROP;
    if (str_equal(type, "static") && !node_find(node, "label"))
        return rule_complain("X:security label is missing", "");
    for (struct node *at = node_find(node->parent, "seclabel"); at; at = node_next(at))
        if (model && str_equal(node_get(at, "model"), model))
            return fail(VIR_ERR_XML_DETAIL, "seclabel for model %s is already provided", model);
    if (str_equal(type, "none"))
        node_unset(node, "relabel");
    else if (!node_get(node, "relabel") &&
             node_set(context->arena, node, "relabel", str_equal(type, "dynamic") ? "yes" : "no") < 0)
        return fail_no_memory();
    return FINISH_KEEP;
}

static const struct rule label_rule = { .name = "label", .text = VALUE_TEXT, .when = "type=static",
    .flags = RULE_DROP_EMPTY };
static const struct rule baselabel_rule = { .name = "baselabel", .text = VALUE_TEXT, .when = "type=dynamic",
    .flags = RULE_DROP_EMPTY };
const struct rule domain_seclabel_rule = { .name = "seclabel", .flags = RULE_MANY, .finish = finish_seclabel,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "dynamic|static|none" },
                             { .name = "model", .type = VALUE_TEXT },
                             { .name = "relabel", .type = VALUE_YES_NO }),
    .children = CHILDREN(&label_rule, &baselabel_rule) };

/* ---- <perf> ---- */

#define PERF_EVENTS "cmt|mbmt|mbml|cpu_cycles|instructions|cache_references|cache_misses|branch_instructions|" \
    "branch_misses|bus_cycles|stalled_cycles_frontend|stalled_cycles_backend|ref_cpu_cycles|cpu_clock|task_clock|" \
    "page_faults|context_switches|cpu_migrations|page_faults_min|page_faults_maj|alignment_faults|emulation_faults"

static int event_rank(const struct node *event)
{
    int rank = 0;
    const char *name = node_get(event, "name");
    for (const char *at = PERF_EVENTS; at; rank++) {
        const char *bar = strchr(at, '|');
        if (strncmp(at, name, strlen(name)) == 0 && (at[strlen(name)] == '|' || !at[strlen(name)]))
            return rank;
        at = bar ? bar + 1 : NULL;
    }
    return rank;
}

static int finish_perf(struct rule_context *context, const xmlNode *source, struct node *node)
{
    struct node *sorted[32] = { NULL }, *event;
    (void)context, (void)source;
    while ((event = node_find(node, "event"))) {
        node_remove(event);
        if (sorted[event_rank(event)])
            return fail(VIR_ERR_XML_ERROR, "perf event '%s' was already specified", node_get(event, "name"));
        sorted[event_rank(event)] = event;
    }
    for (size_t i = 0; i < array_size(sorted); i++)
        if (sorted[i])
            node_insert(node, sorted[i]);
    return FINISH_KEEP;
}

static const struct rule event_rule = { .name = "event", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "name", .type = VALUE_ENUM, .values = PERF_EVENTS, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "enabled", .type = VALUE_YES_NO, .flags = ATTRIBUTE_REQUIRED }) };
const struct rule domain_perf_rule = { .name = "perf", .flags = RULE_DROP_EMPTY, .finish = finish_perf,
    .children = CHILDREN(&event_rule) };

/* ---- the rest ---- */

#define SLEEP(variable, element) \
    static const struct rule variable = { .name = element, .flags = RULE_DROP_EMPTY, \
        .attributes = ATTRIBUTES({ .name = "enabled", .type = VALUE_YES_NO }) }
SLEEP(suspend_to_mem_rule, "suspend-to-mem");
SLEEP(suspend_to_disk_rule, "suspend-to-disk");
const struct rule domain_pm_rule = { .name = "pm", .flags = RULE_DROP_EMPTY,
    .children = CHILDREN(&suspend_to_mem_rule, &suspend_to_disk_rule) };

static const struct rule cipher_rule = { .name = "cipher", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "name", .type = VALUE_ENUM, .values = "aes|dea", .flags = ATTRIBUTE_REQUIRED },
                             { .name = "state", .type = VALUE_ON_OFF, .flags = ATTRIBUTE_REQUIRED }) };
const struct rule domain_keywrap_rule = { .name = "keywrap", .flags = RULE_DROP_EMPTY,
    .children = CHILDREN(&cipher_rule) };

static const struct rule cbitpos_rule = { .name = "cbitpos", .text = VALUE_UINT, .when = "type=sev",
    .text_invalid = "X:Invalid format for launch security cbitpos" };
static const struct rule reduced_bits_rule = { .name = "reducedPhysBits", .text = VALUE_UINT, .when = "type=sev",
    .text_invalid = "X:Invalid format for launch security reduced-phys-bits" };
static const struct rule policy_rule = { .name = "policy", .text = VALUE_HEX4, .when = "type=sev",
    .text_invalid = "X:failed to get launch security policy", .missing = "X:failed to get launch security policy" };
static const struct rule dh_cert_rule = { .name = "dhCert", .text = VALUE_TEXT, .when = "type=sev",
    .flags = RULE_DROP_EMPTY };
static const struct rule session_rule = { .name = "session", .text = VALUE_TEXT, .when = "type=sev",
    .flags = RULE_DROP_EMPTY };
const struct rule domain_launch_security_rule = { .name = "launchSecurity",
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "sev|s390-pv",
                               .flags = ATTRIBUTE_REQUIRED },
                             { .name = "kernelHashes", .type = VALUE_YES_NO }),
    .children = CHILDREN(&cbitpos_rule, &reduced_bits_rule, &policy_rule, &dh_cert_rule, &session_rule) };

#define ID_NUMBER(attribute) \
    { .name = attribute, .type = VALUE_UINT, .flags = ATTRIBUTE_REQUIRED, \
      .missing = "X:invalid idmap start/target/count settings", \
      .invalid = "X:invalid idmap start/target/count settings" }
#define ID_RANGE(variable, element) \
    static const struct rule variable = { .name = element, .flags = RULE_MANY, \
        .attributes = ATTRIBUTES(ID_NUMBER("start"), ID_NUMBER("target"), ID_NUMBER("count")) }
ID_RANGE(uid_rule, "uid");
ID_RANGE(gid_rule, "gid");
const struct rule domain_idmap_rule = { .name = "idmap", .flags = RULE_DROP_EMPTY,
    .children = CHILDREN(&uid_rule, &gid_rule) };

static int finish_resource(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)source;
    if (!node->children)
        return fail(VIR_ERR_XML_ERROR, "element 'resource' has neither 'partition' nor 'fibrechannel'; add one");
    return FINISH_KEEP;
}

static const struct rule partition_rule = { .name = "partition", .text = VALUE_TEXT, .flags = RULE_DROP_EMPTY };
static const struct rule fibrechannel_rule = { .name = "fibrechannel",
    .attributes = ATTRIBUTES({ .name = "appid", .type = VALUE_TEXT, .flags = ATTRIBUTE_REQUIRED }) };
const struct rule domain_resource_rule = { .name = "resource", .finish = finish_resource,
    .children = CHILDREN(&partition_rule, &fibrechannel_rule) };
