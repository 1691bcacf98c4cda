/* SPDX-License-Identifier: MIT
 * The one place that runs libxml2's parser. A linear scan bounds what the parser treats in more than linear time; SAX
 * hooks bound depth and count while the tree grows and stop at the first declaration inside a DOCTYPE.
 */
#include "xml/document.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <libvirt/virterror.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/xmlerror.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

#define ERROR_DOMAIN VIR_FROM_XML
#define SCHEMA_DIR "/usr/share/libvirt/schemas"

struct parse_state {
    const char *label;
    int domain;
    size_t elements;
    bool failed; /* the error slot is filled; later errors of the parser are echoes */
    startElementNsSAX2Func start_element;
};

/* ---- the scan before the parser ---- */

static const char *skip_past(const char *text, const char *end)
{
    const char *found = strstr(text, end);
    return found ? found + strlen(end) : text + strlen(text);
}

/* One start tag from its '<' on; the place behind it. Counts what lies outside quotes. */
static const char *scan_tag(const char *text, size_t *ret_attributes, size_t *namespaces)
{
    size_t attributes = 0;
    while (*text && *text != '>') {
        if (*text == '"' || *text == '\'') {
            const char *close = strchr(text + 1, *text);
            if (!close)
                break;
            text = close;
        } else if (*text == '=') {
            attributes++;
        } else if (*text == 'x' && str_prefix(text, "xmlns")) {
            (*namespaces)++;
        }
        text++;
    }
    *ret_attributes = attributes;
    return *text == '>' ? text + 1 : text + strlen(text);
}

static int scan_limits(const char *xml)
{
    size_t namespaces = 0;
    for (const char *text = strchr(xml, '<'); text; text = strchr(text, '<')) {
        size_t attributes = 0;
        if (str_prefix(text, "<!--"))
            text = skip_past(text + 4, "-->");
        else if (str_prefix(text, "<![CDATA["))
            text = skip_past(text, "]]>");
        else if (str_prefix(text, "<?"))
            text = skip_past(text, "?>");
        else
            text = scan_tag(text, &attributes, &namespaces);
        if (attributes > DOCUMENT_MAX_ATTRIBUTES)
            return fail(VIR_ERR_XML_ERROR, "an element has more than %d attributes; remove the surplus",
                        DOCUMENT_MAX_ATTRIBUTES);
        if (namespaces > DOCUMENT_MAX_NAMESPACES)
            return fail(VIR_ERR_XML_ERROR, "more than %d namespace declarations; declare each namespace once",
                        DOCUMENT_MAX_NAMESPACES);
    }
    return 0;
}

/* ---- hooks while the tree grows ---- */

static void stop(xmlParserCtxt *parser)
{
    struct parse_state *state = parser->_private;
    state->failed = true;
    xmlStopParser(parser);
}

/* The line that the parser stands in, and its column, as far as the input still holds them. */
static void add_context(struct buf *out, const xmlParserInput *input)
{
    if (!input || !input->cur || input->base == input->end) {
        buf_adds(out, "(null)\n^");
        return;
    }
    const xmlChar *here = input->cur, *line = input->cur;
    while (line > input->base && (*line == '\n' || *line == '\r'))
        line--;
    while (line > input->base && *line != '\n' && *line != '\r')
        line--;
    if (*line == '\n' || *line == '\r')
        line++;
    size_t length = strcspn((const char *)line, "\r\n");
    buf_add(out, line, length);
    buf_addc(out, '\n');
    for (const xmlChar *at = line; at < here && *at && *at != '\n' && *at != '\r'; at++)
        buf_addc(out, '-');
    buf_addc(out, '^');
}

static void on_error(void *context, xmlError *error)
{
    xmlParserCtxt *parser = context;
    struct parse_state *state = parser ? parser->_private : NULL;
    if (!state || state->failed || error->level < XML_ERR_ERROR)
        return;
    if (error->domain == XML_FROM_NAMESPACE && error->level < XML_ERR_FATAL)
        return;
    state->failed = true;
    if (error->code == XML_ERR_NO_MEMORY) {
        error_set(state->domain, VIR_ERR_NO_MEMORY, 0, NULL);
        return;
    }
    auto_buf struct buf text = BUF_INIT;
    buf_addf(&text, "%s:%d: %s", state->label, error->line, error->message ? error->message : "unknown error\n");
    add_context(&text, parser->input);
    auto_free char *detail = buf_take(&text);
    error_set(state->domain, detail ? VIR_ERR_XML_DETAIL : VIR_ERR_NO_MEMORY, 0, detail ? "%s" : NULL, detail);
}

static void on_start_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                             int namespace_count, const xmlChar **namespaces, int attribute_count,
                             int default_count, const xmlChar **attributes)
{
    xmlParserCtxt *parser = context;
    struct parse_state *state = parser->_private;
    if (parser->nodeNr >= DOCUMENT_MAX_DEPTH) {
        fail(VIR_ERR_XML_ERROR, "line %d: elements are nested deeper than %d levels; flatten the document",
             xmlSAX2GetLineNumber(context), DOCUMENT_MAX_DEPTH);
        stop(parser);
        return;
    }
    if (++state->elements > DOCUMENT_MAX_ELEMENTS) {
        fail(VIR_ERR_XML_ERROR, "more than %d elements; split the document", DOCUMENT_MAX_ELEMENTS);
        stop(parser);
        return;
    }
    state->start_element(context, name, prefix, uri, namespace_count, namespaces, attribute_count, default_count,
                         attributes);
}

static void refuse_declaration(void *context)
{
    xmlParserCtxt *parser = context;
    struct parse_state *state = parser->_private;
    if (!state->failed)
        fail(VIR_ERR_XML_ERROR, "line %d: declarations inside DOCTYPE are not accepted; write the text out instead",
             xmlSAX2GetLineNumber(context));
    stop(parser);
}

static void on_entity(void *context, const xmlChar *name, int type, const xmlChar *public_id,
                      const xmlChar *system_id, xmlChar *content)
{
    (void)name, (void)type, (void)public_id, (void)system_id, (void)content;
    refuse_declaration(context);
}

static void on_attribute(void *context, const xmlChar *element, const xmlChar *name, int type, int default_type,
                         const xmlChar *value, xmlEnumeration *tree)
{
    (void)element, (void)name, (void)type, (void)default_type, (void)value;
    xmlFreeEnumeration(tree);
    refuse_declaration(context);
}

static void on_element(void *context, const xmlChar *name, int type, xmlElementContent *content)
{
    (void)name, (void)type, (void)content;
    refuse_declaration(context);
}

static void on_notation(void *context, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
    (void)name, (void)public_id, (void)system_id;
    refuse_declaration(context);
}

static void on_unparsed(void *context, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id,
                        const xmlChar *notation)
{
    (void)name, (void)public_id, (void)system_id, (void)notation;
    refuse_declaration(context);
}

/* The parser asks here for every file it would read besides the document itself. */
static xmlParserInput *resolve_nothing(void *context, const xmlChar *public_id, const xmlChar *system_id)
{
    (void)context, (void)public_id, (void)system_id;
    return NULL;
}

static void install_hooks(xmlParserCtxt *parser, struct parse_state *state)
{
    parser->_private = state;
    state->start_element = parser->sax->startElementNs;
    parser->sax->startElementNs = on_start_element;
    parser->sax->serror = on_error;
    parser->sax->entityDecl = on_entity;
    parser->sax->attributeDecl = on_attribute;
    parser->sax->elementDecl = on_element;
    parser->sax->notationDecl = on_notation;
    parser->sax->unparsedEntityDecl = on_unparsed;
    parser->sax->resolveEntity = resolve_nothing;
}

static xmlDoc *parse_within_limits(const char *xml, size_t length, struct parse_state *state)
{
    xmlParserCtxt *parser = xmlNewParserCtxt();
    if (!parser) {
        fail_no_memory();
        return NULL;
    }
    install_hooks(parser, state);
    xmlDoc *document = xmlCtxtReadMemory(parser, xml, (int)length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
    bool good = document && parser->wellFormed && !state->failed;
    xmlFreeParserCtxt(parser);
    if (good)
        return document;
    xmlFreeDoc(document);
    if (!error_is_set())
        error_set(state->domain, VIR_ERR_XML_DETAIL, 0, "%s:1: Document is empty\n(null)\n^", state->label);
    return NULL;
}

xmlDoc *document_parse(const char *xml, const char *label, const char *root, int domain)
{
    struct parse_state state = { .label = label, .domain = domain };
    size_t length = strnlen(xml, DOCUMENT_MAX_BYTES + 1);
    if (length > DOCUMENT_MAX_BYTES) {
        fail(VIR_ERR_XML_ERROR, "the document is longer than %u bytes; shorten it", DOCUMENT_MAX_BYTES);
        return NULL;
    }
    if (scan_limits(xml) < 0)
        return NULL;
    auto_with(xmlFreeDoc) xmlDoc *document = parse_within_limits(xml, length, &state);
    if (!document)
        return NULL;
    const xmlNode *top = xmlDocGetRootElement(document);
    if (root && (!top || !str_equal((const char *)top->name, root))) {
        fail(VIR_ERR_XML_ERROR, "expecting root element of '%s', not '%s'", root,
             top ? (const char *)top->name : "nothing");
        return NULL;
    }
    return steal(document);
}

/* ---- RNG ---- */

static void collect_message(void *context, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void collect_message(void *context, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vaddf(context, format, args);
    va_end(args);
}

static xmlRelaxNG *schema_load(const char *path)
{
    xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(path);
    if (!parser)
        return NULL;
    struct buf ignored = BUF_INIT;
    xmlRelaxNGSetParserErrors(parser, collect_message, collect_message, &ignored);
    xmlRelaxNG *schema = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    buf_clear(&ignored);
    return schema;
}

int document_validate(xmlDoc *document, const char *schema_name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", SCHEMA_DIR, schema_name);
    if (access(path, R_OK) < 0)
        return fail(VIR_ERR_CONFIG_UNSUPPORTED, "validation needs the schema %s; install libvirt's schemas", path);
    xmlRelaxNG *schema = schema_load(path);
    if (!schema)
        return fail(VIR_ERR_INTERNAL_ERROR, "Unable to parse RNG %s", path);
    auto_buf struct buf messages = BUF_INIT;
    xmlRelaxNGValidCtxt *validator = xmlRelaxNGNewValidCtxt(schema);
    int result = -1;
    if (validator) {
        xmlRelaxNGSetValidErrors(validator, collect_message, collect_message, &messages);
        result = xmlRelaxNGValidateDoc(validator, document);
    }
    xmlRelaxNGFreeValidCtxt(validator);
    xmlRelaxNGFree(schema);
    if (result == 0)
        return 0;
    auto_free char *detail = buf_take(&messages);
    if (!detail || !validator)
        return fail_no_memory();
    return fail(VIR_ERR_XML_INVALID_SCHEMA, "Unable to validate doc against %s\n%s", path, detail);
}

/* ---- walking ---- */

xmlNode *document_child(const xmlNode *parent, const char *name)
{
    for (xmlNode *child = parent->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE && !child->ns && str_equal((const char *)child->name, name))
            return child;
    return NULL;
}

xmlNode *document_next(const xmlNode *element)
{
    for (xmlNode *next = element->next; next; next = next->next)
        if (next->type == XML_ELEMENT_NODE && !next->ns && xmlStrEqual(next->name, element->name))
            return next;
    return NULL;
}

int document_attribute(const xmlNode *element, const char *name, xmlChar **ret_value)
{
    const xmlAttr *attribute = xmlHasProp(element, (const xmlChar *)name);
    xmlChar *value = attribute ? xmlGetProp(element, (const xmlChar *)name) : NULL;
    if (attribute && !value)
        return fail_no_memory();
    *ret_value = value;
    return 0;
}

int document_text(const xmlNode *element, xmlChar **ret_value)
{
    xmlChar *text = xmlNodeGetContent(element);
    if (!text)
        return fail_no_memory();
    *ret_value = text;
    return 0;
}
