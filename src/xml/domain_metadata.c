/* SPDX-License-Identifier: MIT
 * The <metadata> element: applications' own elements, one a namespace, kept as markup.
 */
#include <stdlib.h>
#include <string.h>
#include <libvirt/virterror.h>
#include <libxml/tree.h>

#include "base/error.h"
#include "xml/document.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

static void metadata_free(struct domain_metadata *entry)
{
    free(entry->uri);
    free(entry->text);
    free(entry);
}

void domain_metadata_clear(struct domain_def *def)
{
    while (def->metadata) {
        struct domain_metadata *next = def->metadata->next;
        metadata_free(def->metadata);
        def->metadata = next;
    }
}

/* Takes text. */
static int append(struct domain_def *def, const char *uri, char *text)
{
    struct domain_metadata **end = &def->metadata, *entry = calloc(1, sizeof *entry);
    char *uri_copy = strdup(uri);
    if (!entry || !uri_copy || !text) {
        free(entry);
        free(uri_copy);
        free(text);
        return fail_no_memory();
    }
    while (*end)
        end = &(*end)->next;
    *entry = (struct domain_metadata){ .uri = uri_copy, .text = text };
    *end = entry;
    return 0;
}

static const struct domain_metadata *find(const struct domain_def *def, const char *uri)
{
    for (const struct domain_metadata *entry = def->metadata; entry; entry = entry->next)
        if (str_equal(entry->uri, uri))
            return entry;
    return NULL;
}

/* The element as libxml2 prints it; level is its depth. */
static char *dump(const xmlNode *element, int level)
{
    xmlBuffer *buffer = xmlBufferCreate();
    char *text = NULL;
    if (buffer && xmlNodeDump(buffer, element->doc, (xmlNode *)element, level, 1) >= 0)
        text = strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return text;
}

int domain_metadata_take(struct domain_def *def, const xmlNode *source)
{
    def->has_metadata = true;
    for (const xmlNode *child = source->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE || !child->ns || !child->ns->href)
            continue;
        const char *uri = (const char *)child->ns->href;
        if (!find(def, uri) && append(def, uri, dump(child, 2)) < 0)
            return -1;
    }
    return 0;
}

int domain_metadata_copy(struct domain_def *copy, const struct domain_def *def)
{
    copy->has_metadata = def->has_metadata;
    for (const struct domain_metadata *entry = def->metadata; entry; entry = entry->next)
        if (append(copy, entry->uri, strdup(entry->text)) < 0)
            return -1;
    return 0;
}

void domain_metadata_format(const struct domain_def *def, struct buf *out)
{
    if (!def->has_metadata)
        return;
    if (!def->metadata) {
        buf_adds(out, "  <metadata/>\n");
        return;
    }
    buf_adds(out, "  <metadata>\n");
    for (const struct domain_metadata *entry = def->metadata; entry; entry = entry->next)
        buf_addf(out, "    %s\n", entry->text);
    buf_adds(out, "  </metadata>\n");
}

/* Takes the declaration of the element's own namespace out of the element; the caller frees it. */
static xmlNs *detach_namespace(xmlNode *element)
{
    for (xmlNs **link = &element->nsDef; *link; link = &(*link)->next) {
        if (*link != element->ns)
            continue;
        xmlNs *own = *link;
        *link = own->next;
        own->next = NULL;
        return own;
    }
    return NULL;
}

/* Alone, an element stands without the namespace that it was found by. */
static void strip_namespace(xmlNode *node, const char *uri)
{
    if (node->type != XML_ELEMENT_NODE)
        return;
    if (node->ns && str_equal((const char *)node->ns->href, uri))
        node->ns = NULL;
    for (xmlAttr *attribute = node->properties; attribute; attribute = attribute->next)
        if (attribute->ns && str_equal((const char *)attribute->ns->href, uri))
            attribute->ns = NULL;
    for (xmlNode *child = node->children; child; child = child->next)
        strip_namespace(child, uri);
}

/* Elements without a namespace join that of the application. */
static void adopt(xmlNode *node, xmlNs *ns)
{
    if (node->type != XML_ELEMENT_NODE)
        return;
    if (!node->ns)
        node->ns = ns;
    for (xmlNode *child = node->children; child; child = child->next)
        adopt(child, ns);
}

int domain_def_get_metadata(const struct domain_def *def, const char *uri, char **ret_text)
{
    const struct domain_metadata *entry = find(def, uri);
    if (!entry)
        return fail(VIR_ERR_NO_DOMAIN_METADATA, "Requested metadata element is not present");
    auto_with(xmlFreeDoc) xmlDoc *document = document_parse(entry->text, "(metadata_xml)", NULL, ERROR_DOMAIN);
    xmlNode *element = document ? xmlDocGetRootElement(document) : NULL;
    if (!element)
        return -1;
    xmlNs *own = detach_namespace(element);
    strip_namespace(element, uri);
    char *text = dump(element, 0);
    if (own)
        xmlFreeNs(own);
    if (!text)
        return fail_no_memory();
    *ret_text = text;
    return 0;
}

static void remove_entry(struct domain_def *def, const char *uri)
{
    for (struct domain_metadata **link = &def->metadata; *link; link = &(*link)->next) {
        struct domain_metadata *entry = *link;
        if (!str_equal(entry->uri, uri))
            continue;
        *link = entry->next;
        metadata_free(entry);
        return;
    }
}

int domain_def_set_metadata(struct domain_def *def, const char *xml, const char *key, const char *uri)
{
    if (!uri || !*uri)
        return fail(VIR_ERR_INVALID_ARG, "uri in domain_def_set_metadata must not be NULL");
    if (!xml) {
        remove_entry(def, uri);
        return 0;
    }
    auto_with(xmlFreeDoc) xmlDoc *document = document_parse(xml, "(metadata_xml)", NULL, ERROR_DOMAIN);
    xmlNode *element = document ? xmlDocGetRootElement(document) : NULL;
    if (!element)
        return -1;
    xmlNs *ns = xmlNewNs(element, (const xmlChar *)uri, (const xmlChar *)key);
    if (!ns)
        return fail(VIR_ERR_INTERNAL_ERROR, "failed to create a new XML namespace");
    adopt(element, ns);
    char *text = dump(element, 2);
    if (!text)
        return fail_no_memory();
    remove_entry(def, uri);
    def->has_metadata = true;
    return append(def, uri, text);
}
