/* SPDX-License-Identifier: MIT
 * Reader of `key = value` text, without recursion. The text ends with a NUL and holds no other, so looking one
 * character ahead is always allowed. Messages begin with stock's words.
 */
#include "daemon/config_parse.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/virterror.h>

#include "base/error.h"
#include "base/str.h"

#define ERROR_DOMAIN VIR_FROM_CONF

struct parser {
    struct arena *arena;
    const char *name;
    const char *at;
    int line;
};

struct found {
    char text[24];
};

/* What stands at the reading position, for messages. */
static struct found found(const struct parser *parser)
{
    struct found found;
    unsigned char c = (unsigned char)*parser->at;
    if (c == '\0')
        strcpy(found.text, "the end of the file");
    else if (c == '\n' || c == '\r')
        strcpy(found.text, "the end of the line");
    else if (c > ' ' && c < 0x7f)
        snprintf(found.text, sizeof found.text, "'%c'", c);
    else
        snprintf(found.text, sizeof found.text, "the byte 0x%02x", c);
    return found;
}

#define syntax_error(parser, what, hint)                                                                               \
    fail(VIR_ERR_CONF_SYNTAX, "%s:%d: " what ": found %s; " hint, (parser)->name, (parser)->line, found(parser).text)

static void skip_blanks(struct parser *parser)
{
    while (*parser->at == ' ' || *parser->at == '\t')
        parser->at++;
}

/* Blanks, line ends and comments. */
static void skip_space(struct parser *parser)
{
    for (;; parser->at++) {
        if (*parser->at == '#')
            parser->at += strcspn(parser->at, "\n\r");
        if (*parser->at == '\n')
            parser->line++;
        else if (*parser->at != ' ' && *parser->at != '\t' && *parser->at != '\r')
            return;
    }
}

static int take_text(struct parser *parser, const char *start, size_t length, const char **ret_text)
{
    char *text = arena_strndup(parser->arena, start, length);
    if (!text)
        return fail_no_memory();
    *ret_text = text;
    return 0;
}

static int parse_multiline(struct parser *parser, struct conf_value *value)
{
    const char *start = parser->at + 3;
    const char *end = strstr(start, "\"\"\"");
    if (!end)
        return fail(VIR_ERR_CONF_SYNTAX,
                    "%s:%d: unterminated string: no closing \"\"\" up to the end of the file; add it", parser->name,
                    parser->line);
    for (const char *c = start; c < end; c++)
        parser->line += *c == '\n';
    parser->at = end + 3;
    return take_text(parser, start, (size_t)(end - start), &value->string);
}

static int parse_string(struct parser *parser, struct conf_value *value)
{
    value->type = CONF_STRING;
    if (str_prefix(parser->at, "\"\"\""))
        return parse_multiline(parser, value);
    char quote = *parser->at;
    const char *start = parser->at + 1;
    const char *end = start + strcspn(start, quote == '"' ? "\"\n" : "'\n");
    if (*end != quote)
        return fail(VIR_ERR_CONF_SYNTAX,
                    "%s:%d: unterminated string: no closing %c on this line; add it (a string of several lines stands "
                    "between \"\"\" and \"\"\")",
                    parser->name, parser->line, quote);
    parser->at = end + 1;
    return take_text(parser, start, (size_t)(end - start), &value->string);
}

static int parse_number(struct parser *parser, struct conf_value *value)
{
    const char *start = parser->at;
    value->type = CONF_INT;
    value->is_signed = *start == '-';
    if (*start == '-' || *start == '+')
        parser->at++;
    if (!isdigit((unsigned char)*parser->at))
        return syntax_error(parser, "unterminated number", "write digits behind the sign");
    while (isdigit((unsigned char)*parser->at))
        parser->at++;
    errno = 0;
    value->number = strtoll(start, NULL, 10);
    value->overflow = errno == ERANGE;
    return take_text(parser, start, (size_t)(parser->at - start), &value->string);
}

static int parse_scalar(struct parser *parser, struct conf_value *value)
{
    value->line = parser->line;
    if (*parser->at == '"' || *parser->at == '\'')
        return parse_string(parser, value);
    if (isdigit((unsigned char)*parser->at) || *parser->at == '-' || *parser->at == '+')
        return parse_number(parser, value);
    return syntax_error(parser, "expecting a value", "write a number, a \"string\" or a [ \"list\", \"of strings\" ]");
}

static int parse_list(struct parser *parser, struct conf_value *list)
{
    struct conf_value **tail = &list->items;
    list->type = CONF_LIST;
    list->line = parser->line;
    parser->at++;
    skip_space(parser);
    while (*parser->at && *parser->at != ']') {
        struct conf_value *item = arena_alloc(parser->arena, sizeof *item);
        if (!item)
            return fail_no_memory();
        if (parse_scalar(parser, item) < 0)
            return -1;
        *tail = item;
        tail = &item->next;
        skip_space(parser);
        if (*parser->at == ',') {
            parser->at++;
            skip_space(parser);
        } else if (*parser->at && *parser->at != ']') {
            return syntax_error(parser, "expecting a separator in list", "write a ',' between two items");
        }
    }
    if (!*parser->at)
        return fail(VIR_ERR_CONF_SYNTAX, "%s:%d: list is not closed with ]: it begins on line %d; add the ]",
                    parser->name, parser->line, list->line);
    parser->at++;
    return 0;
}

static int parse_entry(struct parser *parser, struct conf_entry *entry)
{
    const char *start = parser->at;
    entry->line = parser->line;
    if (!isalpha((unsigned char)*start) || !isascii((unsigned char)*start))
        return syntax_error(parser, "expecting a name", "a setting is written: name = value");
    while (isascii((unsigned char)*parser->at) && (isalnum((unsigned char)*parser->at) || *parser->at == '_'))
        parser->at++;
    if (take_text(parser, start, (size_t)(parser->at - start), &entry->key) < 0)
        return -1;
    skip_blanks(parser);
    if (*parser->at != '=')
        return syntax_error(parser, "expecting an assignment", "a setting is written: name = value");
    parser->at++;
    skip_blanks(parser);
    if ((*parser->at == '[' ? parse_list(parser, &entry->value) : parse_scalar(parser, &entry->value)) < 0)
        return -1;
    skip_blanks(parser);
    if (*parser->at == ';')
        parser->at++;
    else if (*parser->at && !strchr("\n\r#", *parser->at))
        return syntax_error(parser, "expecting a separator", "end the setting with a new line or ';'");
    return 0;
}

int conf_parse(struct arena *arena, const char *name, const char *text, size_t length, struct conf_entry **ret_entries)
{
    struct parser parser = { .arena = arena, .name = name, .at = text, .line = 1 };
    struct conf_entry *first = NULL, **tail = &first;
    const char *nul = memchr(text, '\0', length);
    if (nul) {
        for (; parser.at < nul; parser.at++)
            parser.line += *parser.at == '\n';
        return fail(VIR_ERR_CONF_SYNTAX, "%s:%d: unexpected NUL byte: this is not a text file; remove the byte", name,
                    parser.line);
    }
    for (skip_space(&parser); *parser.at; skip_space(&parser)) {
        struct conf_entry *entry = arena_alloc(arena, sizeof *entry);
        if (!entry)
            return fail_no_memory();
        if (parse_entry(&parser, entry) < 0)
            return -1;
        *tail = entry;
        tail = &entry->next;
    }
    *ret_entries = first;
    return 0;
}
