/* SPDX-License-Identifier: MIT
 * Untrusted text into a libxml2 tree, within limits: size, depth, count of elements and attributes. No network, no
 * external file, no entity of the document's own. Every document family starts here; nothing else calls the parser.
 */
#pragma once
#include <stddef.h>
#include <libxml/tree.h>

#include "base/cleanup.h"

#define DOCUMENT_MAX_BYTES (4u << 20)
#define DOCUMENT_MAX_DEPTH 128
#define DOCUMENT_MAX_ELEMENTS 65536
#define DOCUMENT_MAX_ATTRIBUTES 256  /* of one element: the parser compares each with each */
#define DOCUMENT_MAX_NAMESPACES 1024 /* declared in the whole document: the parser searches them one by one */

DEFINE_AUTO(xmlDoc, xmlFreeDoc)
static inline void xmlFree_(xmlChar *text)
{
    xmlFree(text);
}
DEFINE_AUTO(xmlChar, xmlFree_)

/* Parses xml. `label` names the document in parse errors ("(domain_definition)"), `domain` is the error domain of these
 * errors. The root element must be called root (NULL = any). The caller frees the document with xmlFreeDoc; NULL on
 * failure. */
xmlDoc *document_parse(const char *xml, const char *label, const char *root, int domain);
/* Checks a document against an installed RNG schema, e.g. "domain.rng". */
int document_validate(xmlDoc *document, const char *schema);

/* The first element child of that name and no namespace; NULL when none. */
xmlNode *document_child(const xmlNode *parent, const char *name);
/* The next element sibling of the same name and no namespace. */
xmlNode *document_next(const xmlNode *element);
/* The value of an attribute, freed with xmlFree. *ret_value is NULL when absent. -1 when out of memory. */
int document_attribute(const xmlNode *element, const char *name, xmlChar **ret_value);
/* All text below an element, freed with xmlFree; as document_attribute. */
int document_text(const xmlNode *element, xmlChar **ret_value);
