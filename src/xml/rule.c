/* SPDX-License-Identifier: MIT
 * The interpreter of the element tables: walks a libxml2 element beside its rule and builds the canonical node.
 */
#include "xml/rule.h"

#include <string.h>
#include <libvirt/virterror.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "xml/document.h"

#define ERROR_DOMAIN VIR_FROM_XML

/* ---- questions to a rule ---- */

const struct rule *rule_find_child(const struct rule *rule, const char *name)
{
    for (const struct rule *const *child = rule->children; child && *child; child++)
        if (str_equal((*child)->name, name))
            return *child;
    return NULL;
}

int rule_child_rank(const struct rule *rule, const struct rule *child)
{
    int rank = 0;
    for (const struct rule *const *at = rule->children; at && *at; at++, rank++)
        if (*at == child)
            return rank;
    return rank;
}

int rule_attribute_rank(const struct rule *rule, const char *name)
{
    int rank = 0;
    for (const struct attribute_rule *at = rule->attributes; at && at->name; at++, rank++)
        if (str_equal(at->name, name))
            return rank;
    return rank;
}

bool rule_attribute_secret(const struct rule *rule, const char *name)
{
    for (const struct attribute_rule *at = rule->attributes; at && at->name; at++)
        if (str_equal(at->name, name))
            return at->flags & ATTRIBUTE_SECRET;
    return false;
}

/* ---- complaints ---- */

int rule_complain(const char *complaint, const char *value)
{
    static const struct { char letter; int code; } codes[] = {
        { 'X', VIR_ERR_XML_ERROR }, { 'U', VIR_ERR_CONFIG_UNSUPPORTED }, { 'I', VIR_ERR_INTERNAL_ERROR },
        { 'D', VIR_ERR_XML_DETAIL }, { 'A', VIR_ERR_INVALID_ARG },
    };
    auto_buf struct buf text = BUF_INIT;
    int code = VIR_ERR_INTERNAL_ERROR;
    bool ours = *complaint >= 'a';
    for (size_t i = 0; i < array_size(codes); i++)
        if (codes[i].letter == (*complaint & ~0x20))
            code = codes[i].code;
    const char *hole = strstr(complaint, "%s");
    if (hole) {
        buf_add(&text, complaint + 2, (size_t)(hole - complaint - 2));
        buf_adds(&text, value);
        buf_adds(&text, hole + 2);
    } else {
        buf_adds(&text, complaint + 2);
    }
    auto_free char *detail = buf_take(&text);
    if (!detail)
        return fail_no_memory();
    return error_set(ours ? VIR_FROM_XML : VIR_FROM_DOMAIN, code, 0, "%s", detail);
}

static int complain_attribute(const struct attribute_rule *attribute, const char *element, const char *value)
{
    const char *expected = value_expectation(attribute->type);
    if (attribute->invalid)
        return rule_complain(attribute->invalid, value);
    if (attribute->type == VALUE_CPUSET)
        return error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, 0, "Failed to parse bitmap '%s'", value);
    if (attribute->type == VALUE_POSITIVE && *value && strspn(value, "0") == strlen(value))
        return fail(VIR_ERR_XML_ERROR, "Invalid value for attribute '%s' in element '%s': Zero is not permitted",
                    attribute->name, element);
    return fail(VIR_ERR_XML_ERROR, "Invalid value for attribute '%s' in element '%s': '%s'.%s%s", attribute->name,
                element, value, expected ? " " : "", expected ? expected : "");
}

/* ---- conditions ---- */

/* "type=file|block": the attribute of the node itself or of its nearest ancestor that has it. */
static bool condition_holds(const char *when, const struct node *node)
{
    if (!when)
        return true;
    const char *equal = strchr(when, '=');
    char name[32];
    size_t length = (size_t)(equal - when);
    memcpy(name, when, length);
    name[length] = '\0';
    for (; node; node = node->parent) {
        const char *value = node_get(node, name);
        if (value)
            return value_in(equal + 1, value);
    }
    return false;
}

/* ---- sizes: the text or value takes its unit from the attribute beside it ---- */

/* How stock names the place: an attribute from its element, an element from the root. */
static void element_path(const struct node *node, const char *attribute, char *path, size_t size)
{
    const struct node *chain[DOCUMENT_MAX_DEPTH];
    int depth = 0;
    size_t used = 1;
    if (attribute) {
        snprintf(path, size, "./@%s", attribute);
        return;
    }
    for (; node && node->parent && depth < DOCUMENT_MAX_DEPTH; node = node->parent)
        chain[depth++] = node;
    snprintf(path, size, ".");
    while (depth > 0 && used < size)
        used += (size_t)snprintf(path + used, size - used, "/%s", chain[--depth]->name);
    if (used < size)
        snprintf(path + used, size - used, "[1]");
}

static const char *canonical_size(struct rule_context *context, enum value_type type, const xmlNode *source,
                                  const struct node *node, const char *attribute, const char *text)
{
    auto_with(xmlFree_) xmlChar *unit = NULL;
    char path[256];
    element_path(node, attribute, path, sizeof path);
    uint64_t kib;
    if (document_attribute(source, "unit", &unit) < 0)
        return NULL;
    if (value_size_kib(text, (const char *)unit, type == VALUE_SIZE_MIB ? 1u << 20 : 1024, path, &kib) < 0)
        return NULL;
    const char *spelled = arena_printf(context->arena, "%llu", (unsigned long long)kib);
    if (!spelled)
        fail_no_memory();
    return spelled;
}

/* ---- attributes ---- */

static int take_value(struct rule_context *context, const struct attribute_rule *attribute, const xmlNode *source,
                      struct node *node, const char *text)
{
    bool bad = false;
    const char *value;
    if (attribute->omit && value_in(attribute->omit, text))
        return 0;
    if (attribute->type == VALUE_SIZE_KIB && source) {
        value = canonical_size(context, attribute->type, source, node, attribute->name, text);
        if (!value)
            return -1;
    } else {
        value = value_canonical(context->arena, attribute->type, attribute->values, text, &bad);
    }
    if (bad)
        return complain_attribute(attribute, node->name, text);
    if (!value || node_set(context->arena, node, attribute->name, value) < 0)
        return fail_no_memory();
    return 0;
}

static int parse_attribute(struct rule_context *context, const struct attribute_rule *attribute,
                           const xmlNode *source, struct node *node)
{
    auto_with(xmlFree_) xmlChar *given = NULL;
    if (!condition_holds(attribute->when, node))
        return 0;
    if (attribute->type == VALUE_UNIT_KIB)
        return take_value(context, attribute, NULL, node, "KiB");
    if (source && document_attribute(source, attribute->name, &given) < 0)
        return -1;
    const char *text = (const char *)given;
    if (text && !*text && (attribute->flags & ATTRIBUTE_NON_EMPTY))
        text = NULL;
    if (text)
        return take_value(context, attribute, source, node, text);
    if (attribute->fallback)
        return take_value(context, attribute, NULL, node, attribute->fallback);
    if (!(attribute->flags & ATTRIBUTE_REQUIRED))
        return 0;
    if (attribute->missing)
        return rule_complain(attribute->missing, "");
    return fail(VIR_ERR_XML_ERROR, "Missing required attribute '%s' in element '%s'", attribute->name, node->name);
}

static int parse_attributes(struct rule_context *context, const xmlNode *source, struct node *node)
{
    static const unsigned int passes[] = { ATTRIBUTE_PARSED_FIRST, 0 };
    for (size_t pass = 0; pass < array_size(passes); pass++)
        for (const struct attribute_rule *at = node->rule->attributes; at && at->name; at++)
            if ((at->flags & ATTRIBUTE_PARSED_FIRST) == passes[pass] &&
                parse_attribute(context, at, source, node) < 0)
                return -1;
    return 0;
}

/* ---- text ---- */

static int parse_text(struct rule_context *context, const xmlNode *source, struct node *node)
{
    const struct rule *rule = node->rule;
    auto_with(xmlFree_) xmlChar *given = NULL;
    if (source && document_text(source, &given) < 0)
        return -1;
    const char *text = given && *given ? (const char *)given : rule->text_fallback;
    bool bad = false;
    if (!text)
        return 0;
    if (source && (rule->text == VALUE_SIZE_KIB || rule->text == VALUE_SIZE_MIB)) {
        node->text = canonical_size(context, rule->text, source, node, NULL, text);
        return node->text ? 0 : -1;
    }
    node->text = value_canonical(context->arena, rule->text, rule->text_values, text, &bad);
    if (bad && rule->text_invalid)
        return rule_complain(rule->text_invalid, text);
    if (bad)
        return fail(VIR_ERR_XML_ERROR, "Invalid value for element '%s': '%s'.", node->name, text);
    node->secret = rule->flags & RULE_SECRET;
    return node->text ? 0 : fail_no_memory();
}

/* ---- what is not modelled ---- */

static struct node *keep_subtree(struct rule_context *context, const xmlNode *source)
{
    auto_free char *name = NULL;
    if (source->ns && source->ns->prefix) {
        if (asprintf(&name, "%s:%s", source->ns->prefix, source->name) < 0)
            name = NULL;
    } else {
        name = strdup((const char *)source->name);
    }
    struct node *node = name ? node_new(context->arena, name) : NULL;
    if (!node)
        goto no_memory;
    bool elements = false;
    for (const xmlNode *child = source->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        struct node *kept = keep_subtree(context, child);
        if (!kept)
            return NULL;
        node_insert(node, kept);
        elements = true;
    }
    for (const xmlAttr *attribute = source->properties; attribute; attribute = attribute->next) {
        auto_with(xmlFree_) xmlChar *value = xmlNodeListGetString(source->doc, attribute->children, 1);
        if (node_set(context->arena, node, (const char *)attribute->name, value ? (const char *)value : "") < 0)
            goto no_memory;
    }
    if (!elements) {
        auto_with(xmlFree_) xmlChar *text = xmlNodeGetContent(source);
        if (!text)
            goto no_memory;
        if (*text && !(node->text = arena_strdup(context->arena, (const char *)text)))
            goto no_memory;
    }
    return node;
no_memory:
    fail_no_memory();
    return NULL;
}

/* ---- elements ---- */

static struct node *parse_node(struct rule_context *context, const struct rule *rule, const xmlNode *source,
                               struct node *parent, bool *ret_dropped);

static int parse_child(struct rule_context *context, const struct rule *rule, const xmlNode *source,
                       struct node *parent)
{
    bool dropped = false;
    struct node *child = parse_node(context, rule, source, parent, &dropped);
    if (!child)
        return dropped ? 0 : -1;
    node_insert(parent, child);
    return 0;
}

static int parse_children(struct rule_context *context, const xmlNode *source, struct node *node)
{
    for (const struct rule *const *at = node->rule->children; at && *at; at++) {
        const struct rule *rule = *at;
        if (!condition_holds(rule->when, node))
            continue;
        const xmlNode *child = source ? document_child(source, rule->name) : NULL;
        if (!child && rule->missing)
            return rule_complain(rule->missing, "");
        if (!child && (rule->flags & RULE_ALWAYS) && parse_child(context, rule, NULL, node) < 0)
            return -1;
        for (unsigned int count = 1; child; child = rule->flags & RULE_MANY ? document_next(child) : NULL, count++) {
            if (count > RULE_MAX_SIBLINGS)
                return fail(VIR_ERR_XML_ERROR, "line %ld: more than %d elements '%s' in '%s'; remove the surplus",
                            xmlGetLineNo(child), RULE_MAX_SIBLINGS, rule->name, node->name);
            if (parse_child(context, rule, child, node) < 0)
                return -1;
        }
    }
    return 0;
}

static int refuse_unknown(const struct rule *rule, const xmlNode *source)
{
    for (const xmlNode *child = source->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE && !rule_find_child(rule, (const char *)child->name))
            return rule_complain(rule->unknown, (const char *)child->name);
    return 0;
}

static struct node *parse_node(struct rule_context *context, const struct rule *rule, const xmlNode *source,
                               struct node *parent, bool *ret_dropped)
{
    struct node *node;
    if (source && (rule->flags & RULE_KEEP)) {
        node = keep_subtree(context, source);
        if (node)
            node->rule = rule;
        return node;
    }
    node = node_new(context->arena, rule->name);
    if (!node) {
        fail_no_memory();
        return NULL;
    }
    node->rule = rule;
    node->parent = parent;
    if (source && rule->unknown && refuse_unknown(rule, source) < 0)
        return NULL;
    if (parse_attributes(context, source, node) < 0)
        return NULL;
    if (rule->text != VALUE_NONE && parse_text(context, source, node) < 0)
        return NULL;
    if (parse_children(context, source, node) < 0)
        return NULL;
    int finish = rule->finish ? rule->finish(context, source, node) : FINISH_KEEP;
    if (finish == FINISH_FAILED)
        return NULL;
    bool bare = !node->attributes && !node->children && !node->text;
    if (finish == FINISH_DROP || (bare && (rule->flags & RULE_DROP_EMPTY)) ||
        (!node->attributes && (rule->flags & RULE_DROP_BARE)) ||
        (rule->text != VALUE_NONE && !node->text && !node->children && (rule->flags & RULE_DROP_EMPTY))) {
        *ret_dropped = true;
        return NULL;
    }
    return node;
}

struct node *rule_parse(struct rule_context *context, const struct rule *rule, const xmlNode *source,
                        struct node *parent, bool *ret_dropped)
{
    bool dropped = false;
    struct node *node = parse_node(context, rule, source, parent, &dropped);
    if (ret_dropped)
        *ret_dropped = dropped;
    return node;
}

struct node *rule_make(struct rule_context *context, struct node *parent, const char *name)
{
    const struct rule *rule = rule_find_child(parent->rule, name);
    bool dropped = false;
    struct node *node = parse_node(context, rule, NULL, parent, &dropped);
    if (node)
        node_insert(parent, node);
    return node;
}
