/* SPDX-License-Identifier: MIT
 * Life of struct domain_def: parse, format, copy, free. The rows of `bindings` tie fields to elements and are walked
 * both ways.
 */
#include "xml/domain.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/document.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

static const char *const action_names[] = {
    [DOMAIN_ACTION_DESTROY] = "destroy",
    [DOMAIN_ACTION_RESTART] = "restart",
    [DOMAIN_ACTION_RESTART_RENAME] = "rename-restart",
    [DOMAIN_ACTION_PRESERVE] = "preserve",
    [DOMAIN_ACTION_COREDUMP_DESTROY] = "coredump-destroy",
    [DOMAIN_ACTION_COREDUMP_RESTART] = "coredump-restart",
};

/* ---- fields and elements ---- */

enum binding_type { BIND_UINT64, BIND_UINT, BIND_ACTION };

/* The text of a child of <domain>. */
static const struct binding {
    const char *element;
    enum binding_type type;
    size_t offset;
} bindings[] = {
    { "maxMemory", BIND_UINT64, offsetof(struct domain_def, hotplug_memory_kib) },
    { "memory", BIND_UINT64, offsetof(struct domain_def, max_memory_kib) },
    { "currentMemory", BIND_UINT64, offsetof(struct domain_def, memory_kib) },
    { "vcpu", BIND_UINT, offsetof(struct domain_def, max_vcpus) },
    { "on_poweroff", BIND_ACTION, offsetof(struct domain_def, on_poweroff) },
    { "on_reboot", BIND_ACTION, offsetof(struct domain_def, on_reboot) },
    { "on_crash", BIND_ACTION, offsetof(struct domain_def, on_crash) },
};

static const struct binding *find_binding(const char *element)
{
    for (size_t i = 0; i < array_size(bindings); i++)
        if (str_equal(bindings[i].element, element))
            return &bindings[i];
    return NULL;
}

static void binding_take(struct domain_def *def, const struct binding *binding, const char *text)
{
    void *field = (char *)def + binding->offset;
    if (!text)
        return;
    switch (binding->type) {
    case BIND_UINT64:
        str_to_uint64(text, 10, field);
        break;
    case BIND_UINT:
        str_to_uint(text, field);
        break;
    case BIND_ACTION:
        for (size_t i = 0; i < array_size(action_names); i++)
            if (str_equal(action_names[i], text))
                *(enum domain_action *)field = (enum domain_action)i;
        break;
    }
}

static const char *binding_text(const struct domain_def *def, const struct binding *binding, char *number, size_t size)
{
    const void *field = (const char *)def + binding->offset;
    switch (binding->type) {
    case BIND_UINT64:
        snprintf(number, size, "%llu", (unsigned long long)*(const uint64_t *)field);
        return number;
    case BIND_UINT:
        snprintf(number, size, "%u", *(const unsigned int *)field);
        return number;
    case BIND_ACTION:
        return action_names[*(const enum domain_action *)field];
    }
    return NULL;
}

/* ---- parse ---- */

static int take_text(const xmlNode *root, const char *name, char **ret_text)
{
    const xmlNode *element = document_child(root, name);
    auto_with(xmlFree_) xmlChar *text = NULL;
    if (element && document_text(element, &text) < 0)
        return -1;
    if (!text || !*text)
        return 0;
    *ret_text = strdup((const char *)text);
    return *ret_text ? 0 : fail_no_memory();
}

static int check_name(const char *name, unsigned int flags)
{
    if (!name)
        return fail(VIR_ERR_NO_NAME, NULL);
    if (strchr(name, '/'))
        return fail(VIR_ERR_XML_ERROR, "name %s cannot contain '/'", name);
    if ((flags & DOMAIN_PARSE_DEFINE) && strchr(name, '\n'))
        return error_set(VIR_FROM_XML, VIR_ERR_XML_DETAIL, 0, "invalid char in name: %c", '\n');
    return 0;
}

static uint64_t numa_memory(const struct node *domain)
{
    const struct node *cpu = node_find(domain, "cpu"), *numa = cpu ? node_find(cpu, "numa") : NULL;
    uint64_t total = 0, kib;
    for (const struct node *cell = numa ? node_find(numa, "cell") : NULL; cell; cell = node_next(cell))
        if (str_to_uint64(node_get(cell, "memory"), 10, &kib) == 0 && __builtin_add_overflow(total, kib, &total))
            return UINT64_MAX;
    return total;
}

/* Without <memory>, the NUMA cells and memory modules add up to it; the current memory is no more than that. */
static int settle_memory(struct domain_def *def)
{
    const struct node *devices = node_find(def->tree, "devices");
    uint64_t cells = numa_memory(def->tree), kib;
    bool said = def->max_memory_kib > 0;
    if (!said)
        def->max_memory_kib = cells;
    for (const struct node *at = node_find(devices, "memory"); at; at = node_next(at)) {
        const struct node *target = node_find(at, "target"), *size = target ? node_find(target, "size") : NULL;
        if (!cells)
            return fail(VIR_ERR_XML_DETAIL, "can't add memory backend as guest has no NUMA nodes configured");
        if (!said && size && str_to_uint64(size->text, 10, &kib) == 0 &&
            __builtin_add_overflow(def->max_memory_kib, kib, &def->max_memory_kib))
            return fail(VIR_ERR_OVERFLOW, "size of memory modules overflows");
    }
    if (def->max_memory_kib == 0)
        return fail(VIR_ERR_XML_ERROR, "Memory size must be specified via <memory> or in the <numa> configuration");
    if (def->memory_kib == 0 || def->memory_kib > def->max_memory_kib)
        def->memory_kib = def->max_memory_kib;
    if (def->hotplug_memory_kib && def->hotplug_memory_kib < def->max_memory_kib)
        return fail(VIR_ERR_XML_ERROR, "maximum memory size must be equal or greater than the actual memory size");
    return 0;
}

static int settle_vcpus(struct domain_def *def)
{
    struct node *vcpu = node_find(def->tree, "vcpu");
    const char *current = node_get(vcpu, "current");
    def->vcpus = def->max_vcpus;
    if (current)
        str_to_uint(current, &def->vcpus);
    if (def->vcpus > def->max_vcpus)
        return fail(VIR_ERR_CONFIG_UNSUPPORTED, "maximum vCPU count must not be less than current vCPU count");
    node_unset(vcpu, "current");
    return 0;
}

static int take_fields(struct domain_def *def)
{
    const struct node *type = node_find(node_find(def->tree, "os"), "type");
    for (const struct node *child = def->tree->children; child; child = child->next) {
        const struct binding *binding = find_binding(child->name);
        if (binding)
            binding_take(def, binding, child->text);
    }
    def->virt_type = node_get(def->tree, "type");
    def->os_type = type->text;
    def->arch = node_get(type, "arch");
    def->machine = node_get(type, "machine");
    return uuid_parse(node_find(def->tree, "uuid")->text, def->uuid) < 0
               ? fail(VIR_ERR_INTERNAL_ERROR, "malformed uuid element") : 0;
}

static int take_id(struct domain_def *def, const xmlNode *root, unsigned int flags)
{
    auto_with(xmlFree_) xmlChar *id = NULL;
    def->id = -1;
    if (!(flags & DOMAIN_PARSE_LIVE))
        return 0;
    if (document_attribute(root, "id", &id) < 0)
        return -1;
    if (id && str_to_int((const char *)id, &def->id) < 0)
        def->id = -1;
    return 0;
}

static int parse_root(struct domain_def *def, const xmlNode *root, unsigned int flags)
{
    struct rule_context context = { .arena = &def->arena, .flags = flags };
    const xmlNode *metadata = document_child(root, "metadata");
    if (take_text(root, "name", &def->name) < 0 || check_name(def->name, flags) < 0 ||
        take_text(root, "title", &def->title) < 0 || take_text(root, "description", &def->description) < 0 ||
        take_id(def, root, flags) < 0)
        return -1;
    def->tree = rule_parse(&context, &domain_rule, root, NULL, NULL);
    if (!def->tree)
        return -1;
    if (def->title && strchr(def->title, '\n'))
        return fail(VIR_ERR_XML_ERROR, "Domain title can't contain newlines");
    if (metadata && domain_metadata_take(def, metadata) < 0)
        return -1;
    if (take_fields(def) < 0 || settle_memory(def) < 0 || settle_vcpus(def) < 0 ||
        domain_fill(&context, def->tree) < 0)
        return -1;
    return domain_check(def);
}

struct domain_def *domain_def_parse(const char *xml, unsigned int flags)
{
    auto_with(xmlFreeDoc) xmlDoc *document = document_parse(xml, "(domain_definition)", "domain", ERROR_DOMAIN);
    if (!document || ((flags & DOMAIN_PARSE_VALIDATE) && document_validate(document, "domain.rng") < 0))
        return NULL;
    auto_with(domain_def_free) struct domain_def *def = calloc(1, sizeof *def);
    if (!def) {
        fail_no_memory();
        return NULL;
    }
    arena_init(&def->arena, 0);
    return parse_root(def, xmlDocGetRootElement(document), flags) < 0 ? NULL : steal(def);
}

/* ---- format ---- */

static void format_text(struct buf *out, const char *element, const char *text)
{
    if (!text)
        return;
    buf_addf(out, "  <%s>", element);
    node_escape(out, text);
    buf_addf(out, "</%s>\n", element);
}

/* A child of <domain>, with the field's value over the tree's. */
static void format_child(const struct domain_def *def, const struct node *child, unsigned int print, struct buf *out)
{
    const struct binding *binding = find_binding(child->name);
    struct node shown = *child;
    char number[32], current[16];
    struct attribute last = { .name = "current", .value = current }, copies[8];
    if (binding)
        shown.text = binding_text(def, binding, number, sizeof number);
    if (str_equal(child->name, "vcpu") && def->vcpus != def->max_vcpus) {
        size_t count = 0;
        snprintf(current, sizeof current, "%u", def->vcpus);
        for (const struct attribute *at = child->attributes; at && count + 1 < array_size(copies); at = at->next) {
            copies[count] = *at;
            copies[count].next = &copies[count + 1];
            count++;
        }
        copies[count] = last;
        shown.attributes = copies;
    }
    node_format(&shown, 1, print, out);
}

char *domain_def_format(const struct domain_def *def, int id, unsigned int flags)
{
    auto_buf struct buf out = BUF_INIT;
    unsigned int print = flags & VIR_DOMAIN_XML_SECURE ? NODE_SECRETS : 0;
    char uuid[UUID_STRING_SIZE];
    bool texts_done = false;
    uuid_format(def->uuid, uuid);
    buf_addf(&out, "<domain type='%s'", def->virt_type);
    if (id >= 0 && !(flags & VIR_DOMAIN_XML_INACTIVE))
        buf_addf(&out, " id='%d'", id);
    buf_adds(&out, ">\n");
    format_text(&out, "name", def->name);
    format_text(&out, "uuid", uuid);
    for (const struct node *child = def->tree->children; child; child = child->next) {
        if (str_equal(child->name, "name") || str_equal(child->name, "uuid"))
            continue;
        if (!texts_done && !str_equal(child->name, "genid")) {
            format_text(&out, "title", def->title);
            format_text(&out, "description", def->description);
            domain_metadata_format(def, &out);
            texts_done = true;
        }
        format_child(def, child, print, &out);
    }
    buf_adds(&out, "</domain>\n");
    return buf_take(&out);
}

/* ---- life ---- */

static char *copy_text(const char *text, bool *failed)
{
    char *copy = text ? strdup(text) : NULL;
    *failed = *failed || (text && !copy);
    return copy;
}

struct domain_def *domain_def_copy(const struct domain_def *def)
{
    auto_with(domain_def_free) struct domain_def *copy = malloc(sizeof *copy);
    bool failed = false;
    if (!copy) {
        fail_no_memory();
        return NULL;
    }
    *copy = *def;
    arena_init(&copy->arena, 0);
    copy->metadata = NULL;
    copy->name = copy_text(def->name, &failed);
    copy->title = copy_text(def->title, &failed);
    copy->description = copy_text(def->description, &failed);
    copy->tree = node_copy(&copy->arena, def->tree);
    if (failed || !copy->tree || domain_metadata_copy(copy, def) < 0) {
        fail_no_memory();
        return NULL;
    }
    const struct node *type = node_find(node_find(copy->tree, "os"), "type");
    copy->virt_type = node_get(copy->tree, "type");
    copy->os_type = type->text;
    copy->arch = node_get(type, "arch");
    copy->machine = node_get(type, "machine");
    return steal(copy);
}

void domain_def_free(struct domain_def *def)
{
    if (!def)
        return;
    domain_metadata_clear(def);
    arena_clear(&def->arena);
    free(def->name);
    free(def->title);
    free(def->description);
    free(def);
}

static int replace_text(char **place, const char *text)
{
    char *copy = text && *text ? strdup(text) : NULL;
    if (text && *text && !copy)
        return fail_no_memory();
    free(*place);
    *place = copy;
    return 0;
}

int domain_def_set_title(struct domain_def *def, const char *text)
{
    if (text && strchr(text, '\n'))
        return fail(VIR_ERR_INVALID_ARG, "metadata title can't contain newlines");
    return replace_text(&def->title, text);
}

int domain_def_set_description(struct domain_def *def, const char *text)
{
    return replace_text(&def->description, text);
}
