/* SPDX-License-Identifier: MIT
 * Tables of <cpu>: model, features, topology, NUMA cells.
 */
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_CPU

static int complain(int code, const char *text)
{
    return fail(code, "%s", text);
}

static int finish_model(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)source;
    const char *fallback = node_get(node, "fallback");
    if (fallback && !value_in("allow|forbid", fallback))
        return complain(VIR_ERR_CONFIG_UNSUPPORTED, "Invalid fallback attribute");
    return node->text ? FINISH_KEEP : FINISH_DROP;
}

static const struct rule model_rule = { .name = "model", .text = VALUE_TEXT, .finish = finish_model,
    .attributes = ATTRIBUTES({ .name = "fallback", .type = VALUE_TEXT, .fallback = "allow" },
                             { .name = "vendor_id", .type = VALUE_TEXT }) };
static const struct rule vendor_rule = { .name = "vendor", .flags = RULE_DROP_EMPTY, .text = VALUE_TEXT };

static const struct rule topology_rule = { .name = "topology",
    .attributes = ATTRIBUTES({ .name = "sockets", .type = VALUE_POSITIVE, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "dies", .type = VALUE_POSITIVE, .fallback = "1" },
                             { .name = "cores", .type = VALUE_POSITIVE, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "threads", .type = VALUE_POSITIVE, .flags = ATTRIBUTE_REQUIRED }) };

static int finish_cache(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)source;
    if (node_get(node, "level") && !value_in("1|2|3", node_get(node, "level")))
        return complain(VIR_ERR_XML_ERROR, "invalid CPU cache level, must be in range [1,3]");
    return FINISH_KEEP;
}

static const struct rule cache_rule = { .name = "cache", .finish = finish_cache,
    .attributes = ATTRIBUTES({ .name = "level", .type = VALUE_INT },
                             { .name = "mode", .type = VALUE_ENUM, .values = "emulate|passthrough|disable",
                               .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule maxphysaddr_rule = { .name = "maxphysaddr",
    .attributes = ATTRIBUTES({ .name = "mode", .type = VALUE_ENUM, .values = "emulate|passthrough",
                               .flags = ATTRIBUTE_REQUIRED },
                             { .name = "bits", .type = VALUE_INT }) };

static int finish_feature(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)context, (void)source;
    if (!value_in("force|require|optional|disable|forbid", node_get(node, "policy")))
        return complain(VIR_ERR_CONFIG_UNSUPPORTED, "Invalid CPU feature policy");
    if (!node_get(node, "name"))
        return complain(VIR_ERR_XML_ERROR, "Invalid CPU feature name");
    for (struct node *at = node_find(node->parent, "feature"); at; at = node_next(at))
        if (str_equal(node_get(at, "name"), node_get(node, "name")))
            return fail(VIR_ERR_XML_ERROR, "CPU feature '%s' specified more than once", node_get(node, "name"));
    return FINISH_KEEP;
}

static const struct rule feature_rule = { .name = "feature", .flags = RULE_MANY, .finish = finish_feature,
    .attributes = ATTRIBUTES({ .name = "policy", .type = VALUE_TEXT, .fallback = "require" },
                             { .name = "name", .type = VALUE_TEXT, .flags = ATTRIBUTE_NON_EMPTY }) };

/* ---- NUMA ---- */

static const struct rule sibling_rule = { .name = "sibling", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "id", .type = VALUE_UINT, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "value", .type = VALUE_UINT, .flags = ATTRIBUTE_REQUIRED }) };
static const struct rule distances_rule = { .name = "distances", .children = CHILDREN(&sibling_rule) };

/* Cells without a number take their place in the document. */
static int finish_cell(struct rule_context *context, const xmlNode *source, struct node *node)
{
    unsigned int place = 0;
    (void)source;
    for (struct node *at = node_find(node->parent, "cell"); at; at = node_next(at))
        place++;
    if (node_get(node, "id")) {
        for (struct node *at = node_find(node->parent, "cell"); at; at = node_next(at))
            if (node_is(at, "id", node_get(node, "id")))
                return rule_complain("X:Duplicate NUMA cell info for cell id '%s'", node_get(node, "id"));
        return FINISH_KEEP;
    }
    const char *id = arena_printf(context->arena, "%u", place);
    return id && node_set(context->arena, node, "id", id) == 0 ? FINISH_KEEP : fail_no_memory();
}

static const struct rule cell_rule = { .name = "cell", .flags = RULE_MANY, .finish = finish_cell,
    .attributes = ATTRIBUTES({ .name = "id", .type = VALUE_UINT },
                             { .name = "cpus", .type = VALUE_CPUSET },
                             { .name = "memory", .type = VALUE_SIZE_KIB, .flags = ATTRIBUTE_REQUIRED,
                               .missing = "x:missing element or attribute './@memory'" },
                             { .name = "unit", .type = VALUE_UNIT_KIB },
                             { .name = "memAccess", .type = VALUE_ENUM, .values = "shared|private" },
                             { .name = "discard", .type = VALUE_YES_NO }),
    .children = CHILDREN(&distances_rule) };

static unsigned int cell_id(const struct node *cell)
{
    unsigned int id = 0;
    return str_to_uint(node_get(cell, "id"), &id) == 0 ? id : 0;
}

static const char *stated_distance(const struct node *cell, const char *to)
{
    const struct node *distances = node_find(cell, "distances");
    for (const struct node *at = distances ? node_find(distances, "sibling") : NULL; at; at = node_next(at))
        if (str_equal(node_get(at, "id"), to))
            return node_get(at, "value");
    return NULL;
}

/* The full table of distances: what one side says holds for the other; 10 to itself, 20 otherwise. */
static int complete_distances(struct rule_context *context, struct node *numa, struct node *cell)
{
    struct node *old = node_find(cell, "distances");
    struct node *distances = node_new(context->arena, "distances");
    if (!distances)
        return fail_no_memory();
    distances->rule = &distances_rule;
    for (struct node *other = node_find(numa, "cell"); other; other = node_next(other)) {
        const char *id = node_get(other, "id"), *value = stated_distance(cell, id);
        struct node *sibling = node_new(context->arena, "sibling");
        if (!value)
            value = stated_distance(other, node_get(cell, "id"));
        if (!sibling || node_set(context->arena, sibling, "id", id) < 0 ||
            node_set(context->arena, sibling, "value", value ? value : other == cell ? "10" : "20") < 0)
            return fail_no_memory();
        sibling->rule = &sibling_rule;
        node_insert(distances, sibling);
    }
    if (old)
        node_remove(old);
    node_insert(cell, distances);
    return 0;
}

static int finish_numa(struct rule_context *context, const xmlNode *source, struct node *node)
{
    bool distances = false;
    unsigned int count = 0;
    (void)source;
    if (!node_find(node, "cell"))
        return rule_complain("X:NUMA topology defined without NUMA cells", "");
    for (struct node *at = node_find(node, "cell"); at; at = node_next(at), count++)
        distances = distances || node_find(at, "distances");
    for (struct node *at = node_find(node, "cell"); at; at = node_next(at))
        if (cell_id(at) >= count)
            return error_set(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, 0,
                             "Exactly one 'cell' element per guest NUMA cell allowed, non-contiguous ranges or "
                             "ranges not starting from 0 are not allowed");
    if (distances && count <= 64)
        for (struct node *at = node_find(node, "cell"); at; at = node_next(at))
            if (complete_distances(context, node, at) < 0)
                return -1;
    return FINISH_KEEP;
}

static const struct rule numa_rule = { .name = "numa", .finish = finish_numa, .children = CHILDREN(&cell_rule) };

/* ---- <cpu> ---- */

static int check_without_model(const struct node *node, bool own_features)
{
    if (node_find(node, "vendor"))
        return complain(VIR_ERR_XML_ERROR, "CPU vendor specified without CPU model");
    if (node_find(node, "feature") && !own_features)
        return complain(VIR_ERR_XML_ERROR, "Non-empty feature list specified without CPU model");
    return 0;
}

/* A model without a mode is "custom"; "custom" without a model is as good as no mode. */
static int finish_cpu(struct rule_context *context, const xmlNode *source, struct node *node)
{
    const char *mode = node_get(node, "mode");
    bool has_model = node_find(node, "model"), of_host = mode && !str_equal(mode, "custom");
    (void)source;
    if (mode && !value_in("custom|host-model|host-passthrough|maximum", mode))
        return fail(VIR_ERR_CONFIG_UNSUPPORTED, "Invalid mode attribute '%s'", mode);
    if (node_get(node, "migratable") && !(mode && value_in("host-passthrough|maximum", mode)))
        return complain(VIR_ERR_CONFIG_UNSUPPORTED,
                        "Attribute migratable is only allowed for 'host-passthrough' / 'maximum' CPU mode");
    if (!has_model && check_without_model(node, of_host) < 0)
        return -1;
    if (of_host || !has_model)
        node_unset(node, "match");
    if (has_model && mode && value_in("host-passthrough|maximum", mode))
        node_remove(node_find(node, "model"));
    if (of_host)
        return FINISH_KEEP;
    if (!has_model) {
        node_unset(node, "mode");
        node_unset(node, "check");
        return FINISH_KEEP;
    }
    if (node_set(context->arena, node, "mode", "custom") < 0 ||
        (!node_get(node, "match") && node_set(context->arena, node, "match", "exact") < 0))
        return fail_no_memory();
    return FINISH_KEEP;
}

const struct rule domain_cpu_rule = { .name = "cpu", .flags = RULE_DROP_EMPTY, .finish = finish_cpu,
    .attributes = ATTRIBUTES({ .name = "mode", .type = VALUE_TEXT },
                             { .name = "match", .type = VALUE_ENUM, .values = "minimum|exact|strict" },
                             { .name = "check", .type = VALUE_ENUM, .values = "none|partial|full" },
                             { .name = "migratable", .type = VALUE_ON_OFF }),
    .children = CHILDREN(&model_rule, &vendor_rule, &topology_rule, &cache_rule, &maxphysaddr_rule, &feature_rule,
        &numa_rule) };
