/* SPDX-License-Identifier: MIT
 * The language of the element tables, and its interpreter. A table says which attributes and children an element has,
 * in the order in which they print, with types, defaults and complaints; what no table row can say is a function in
 * the row's `finish`. Tables are constants; the interpreter knows no element by name.
 */
#pragma once
#include <stdbool.h>
#include <libxml/tree.h>

#include "xml/node.h"
#include "xml/value.h"

/* A complaint is "X:text" with at most one %s (the bad value): the letter picks the code that stock reports.
 * X = XML_ERROR, U = CONFIG_UNSUPPORTED, I = INTERNAL_ERROR, D = XML_DETAIL, A = INVALID_ARG; small letters likewise
 * with the XML layer's own error domain. NULL = the standard text. */

enum attribute_flag {
    ATTRIBUTE_REQUIRED = 1,
    ATTRIBUTE_SECRET = 2,
    ATTRIBUTE_PARSED_FIRST = 4, /* needed by conditions of attributes that print before it */
    ATTRIBUTE_NON_EMPTY = 8,    /* an empty text counts as absent */
};

struct attribute_rule {
    const char *name;
    enum value_type type;
    const char *values;   /* VALUE_ENUM: "a|b|c" */
    const char *fallback; /* the value when absent; NULL = none */
    unsigned int flags;
    const char *when;    /* "attribute=a|b": only then, by the element or its nearest ancestor that has it */
    const char *invalid; /* complaint */
    const char *missing; /* complaint */
    const char *omit;    /* values that mean the same as absence: "default" */
};

enum rule_flag {
    RULE_MANY = 1,        /* each occurrence counts; otherwise the first */
    RULE_KEEP = 2,        /* below here nothing is modelled: kept in place */
    RULE_OPEN = 4,        /* has no short form: <a> newline </a> */
    RULE_DROP_EMPTY = 8,  /* nothing but its name is as good as nothing */
    RULE_ALWAYS = 16,     /* made when absent */
    RULE_SECRET = 32,     /* the text is secret */
    RULE_DROP_BARE = 64,  /* dropped when it has no attribute */
};

#define RULE_MAX_SIBLINGS 4096 /* occurrences of one element in its parent: later steps compare each with each */

struct rule_context {
    struct arena *arena;
    unsigned int flags; /* of the family's parse function */
    void *family;       /* what the finish functions of one family share */
};

enum { FINISH_FAILED = -1, FINISH_KEEP = 0, FINISH_DROP = 1 };
/* Called when the node's attributes and children are there; source is NULL for a node that the table made. */
typedef int (*rule_finish)(struct rule_context *context, const xmlNode *source, struct node *node);

struct rule {
    const char *name;
    unsigned int flags;
    enum value_type text;    /* VALUE_NONE = no text */
    const char *text_values; /* VALUE_ENUM */
    const char *text_invalid;
    const char *text_fallback;
    const struct attribute_rule *attributes; /* ends with name NULL */
    const struct rule *const *children;      /* in printing order, ends with NULL */
    const char *when;
    const char *unknown; /* complaint about child elements that are not in the table; NULL = dropped */
    const char *missing; /* complaint when there is none; NULL = optional */
    rule_finish finish;
};

#define ATTRIBUTES(...) (const struct attribute_rule[]){ __VA_ARGS__, { 0 } }
#define CHILDREN(...) (const struct rule *const[]){ __VA_ARGS__, NULL }

/* The canonical form of source by its rule. NULL with the error slot filled, or *ret_dropped set: nothing remains. */
struct node *rule_parse(struct rule_context *context, const struct rule *rule, const xmlNode *source,
                        struct node *parent, bool *ret_dropped);
/* A node as if the document had said <name/>, inserted in its place with defaults filled in. */
struct node *rule_make(struct rule_context *context, struct node *parent, const char *name);
/* Raises a complaint. Always -1. */
int rule_complain(const char *complaint, const char *value);

const struct rule *rule_find_child(const struct rule *rule, const char *name);
int rule_child_rank(const struct rule *rule, const struct rule *child);
int rule_attribute_rank(const struct rule *rule, const char *name);
bool rule_attribute_secret(const struct rule *rule, const char *name);
