/* SPDX-License-Identifier: MIT
 * The canonical tree: what a document means after parsing, with defaults filled in and children in printing order.
 * All of it lives in one arena. Knows elements and texts, not libxml2 and not domains.
 */
#pragma once
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"

struct rule;

struct attribute {
    struct attribute *next;
    const char *name;
    const char *value;
    bool secret; /* printed on request only */
};

struct node {
    struct node *next, *parent;
    struct node *children, *last;
    struct attribute *attributes;
    const struct rule *rule; /* NULL below an element that is kept as it came */
    const char *name;
    const char *text; /* NULL = none */
    bool raw;         /* text is ready markup: printed as it is */
    bool secret;      /* the text is printed on request only */
};

struct node *node_new(struct arena *arena, const char *name);
/* Adds behind the siblings that print before it, by the order of the parent's rule; without rules, as the last. */
void node_insert(struct node *parent, struct node *child);
void node_remove(struct node *child);
/* Borrowed; NULL when absent. node_find takes the first child of that name. */
struct node *node_find(const struct node *parent, const char *name);
struct node *node_next(const struct node *node); /* next sibling of the same name */
const char *node_get(const struct node *node, const char *attribute);
/* As node_get for a child: node_get_in(disk, "target", "dev"). */
const char *node_get_in(const struct node *node, const char *child, const char *attribute);
bool node_is(const struct node *node, const char *attribute, const char *value);
/* Sets an attribute in its printing place; value is copied. -1 when out of memory. */
int node_set(struct arena *arena, struct node *node, const char *attribute, const char *value);
void node_unset(struct node *node, const char *attribute);
/* Finds or makes a child. NULL when out of memory. */
struct node *node_ensure(struct arena *arena, struct node *parent, const char *name);
/* A copy in another arena, without parent. NULL when out of memory. */
struct node *node_copy(struct arena *arena, const struct node *node);
/* Deep comparison of names, attributes, texts. */
bool node_equal(const struct node *a, const struct node *b);

enum node_print { NODE_SECRETS = 1 };
/* Prints with two blanks a level; failures stay in out->failed. */
void node_format(const struct node *node, int depth, unsigned int flags, struct buf *out);
/* Text with the five special characters escaped. */
void node_escape(struct buf *out, const char *text);
