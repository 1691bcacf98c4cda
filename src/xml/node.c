/* SPDX-License-Identifier: MIT
 * Building and printing of the canonical tree.
 */
#include "xml/node.h"

#include <string.h>

#include "base/str.h"
#include "xml/rule.h"

struct node *node_new(struct arena *arena, const char *name)
{
    struct node *node = arena_alloc(arena, sizeof *node);
    char *copy = node ? arena_strdup(arena, name) : NULL;
    if (!copy)
        return NULL;
    node->name = copy;
    return node;
}

void node_insert(struct node *parent, struct node *child)
{
    struct node *before = parent->last;
    child->parent = parent;
    if (parent->rule && child->rule && before && rule_child_rank(parent->rule, child->rule) <
                                                     rule_child_rank(parent->rule, before->rule)) {
        int rank = rule_child_rank(parent->rule, child->rule);
        before = NULL;
        for (struct node *at = parent->children; at && rule_child_rank(parent->rule, at->rule) <= rank; at = at->next)
            before = at;
    }
    struct node **link = before ? &before->next : &parent->children;
    child->next = *link;
    *link = child;
    if (!child->next)
        parent->last = child;
}

void node_remove(struct node *child)
{
    struct node *parent = child->parent, *before = NULL;
    for (struct node *at = parent->children; at != child; at = at->next)
        before = at;
    *(before ? &before->next : &parent->children) = child->next;
    if (parent->last == child)
        parent->last = before;
    child->next = child->parent = NULL;
}

struct node *node_find(const struct node *parent, const char *name)
{
    for (struct node *child = parent->children; child; child = child->next)
        if (str_equal(child->name, name))
            return child;
    return NULL;
}

struct node *node_next(const struct node *node)
{
    for (struct node *next = node->next; next; next = next->next)
        if (str_equal(next->name, node->name))
            return next;
    return NULL;
}

static struct attribute *find_attribute(const struct node *node, const char *name)
{
    for (struct attribute *attribute = node->attributes; attribute; attribute = attribute->next)
        if (str_equal(attribute->name, name))
            return attribute;
    return NULL;
}

const char *node_get(const struct node *node, const char *name)
{
    const struct attribute *attribute = node ? find_attribute(node, name) : NULL;
    return attribute ? attribute->value : NULL;
}

const char *node_get_in(const struct node *node, const char *child, const char *attribute)
{
    const struct node *found = node_find(node, child);
    return found ? node_get(found, attribute) : NULL;
}

bool node_is(const struct node *node, const char *attribute, const char *value)
{
    const char *found = node_get(node, attribute);
    return found && str_equal(found, value);
}

int node_set(struct arena *arena, struct node *node, const char *name, const char *value)
{
    struct attribute *attribute = find_attribute(node, name);
    char *copy = arena_strdup(arena, value);
    if (!copy)
        return -1;
    if (attribute) {
        attribute->value = copy;
        return 0;
    }
    attribute = arena_alloc(arena, sizeof *attribute);
    char *name_copy = attribute ? arena_strdup(arena, name) : NULL;
    if (!name_copy)
        return -1;
    int rank = node->rule ? rule_attribute_rank(node->rule, name) : 0;
    struct attribute **link = &node->attributes;
    while (*link && (!node->rule || rule_attribute_rank(node->rule, (*link)->name) <= rank))
        link = &(*link)->next;
    *attribute = (struct attribute){ .next = *link, .name = name_copy, .value = copy };
    attribute->secret = node->rule && rule_attribute_secret(node->rule, name);
    *link = attribute;
    return 0;
}

void node_unset(struct node *node, const char *name)
{
    for (struct attribute **link = &node->attributes; *link; link = &(*link)->next) {
        if (!str_equal((*link)->name, name))
            continue;
        *link = (*link)->next;
        return;
    }
}

struct node *node_ensure(struct arena *arena, struct node *parent, const char *name)
{
    struct node *child = node_find(parent, name);
    if (child)
        return child;
    child = node_new(arena, name);
    if (!child)
        return NULL;
    child->rule = parent->rule ? rule_find_child(parent->rule, name) : NULL;
    node_insert(parent, child);
    return child;
}

struct node *node_copy(struct arena *arena, const struct node *node)
{
    struct node *copy = node_new(arena, node->name);
    if (!copy)
        return NULL;
    copy->rule = node->rule;
    copy->raw = node->raw;
    copy->secret = node->secret;
    copy->text = arena_strdup(arena, node->text);
    if (node->text && !copy->text)
        return NULL;
    for (const struct attribute *attribute = node->attributes; attribute; attribute = attribute->next)
        if (node_set(arena, copy, attribute->name, attribute->value) < 0)
            return NULL;
    for (const struct node *child = node->children; child; child = child->next) {
        struct node *child_copy = node_copy(arena, child);
        if (!child_copy)
            return NULL;
        node_insert(copy, child_copy);
    }
    return copy;
}

bool node_equal(const struct node *a, const struct node *b)
{
    if (!str_equal(a->name, b->name) || !str_equal(a->text, b->text))
        return false;
    const struct attribute *left = a->attributes, *right = b->attributes;
    for (; left && right; left = left->next, right = right->next)
        if (!str_equal(left->name, right->name) || !str_equal(left->value, right->value))
            return false;
    const struct node *first = a->children, *second = b->children;
    for (; !left && !right && first && second; first = first->next, second = second->next)
        if (!node_equal(first, second))
            return false;
    return !left && !right && !first && !second;
}

void node_escape(struct buf *out, const char *text)
{
    static const char *const escapes[128] = {
        ['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;", ['"'] = "&quot;", ['\''] = "&apos;",
    };
    for (const char *from = text;; text++) {
        const char *escape = (unsigned char)*text < 128 ? escapes[(unsigned char)*text] : NULL;
        if (*text && !escape)
            continue;
        buf_add(out, from, (size_t)(text - from));
        if (!*text)
            return;
        buf_adds(out, escape);
        from = text + 1;
    }
}

static void indent(struct buf *out, int depth)
{
    for (int i = 0; i < depth; i++)
        buf_adds(out, "  ");
}

void node_format(const struct node *node, int depth, unsigned int flags, struct buf *out)
{
    bool open = node->rule && (node->rule->flags & RULE_OPEN);
    const char *text = node->secret && !(flags & NODE_SECRETS) ? NULL : node->text;
    if (node->raw) {
        buf_adds(out, text);
        return;
    }
    indent(out, depth);
    buf_addf(out, "<%s", node->name);
    for (const struct attribute *attribute = node->attributes; attribute; attribute = attribute->next) {
        if (attribute->secret && !(flags & NODE_SECRETS))
            continue;
        buf_addf(out, " %s='", attribute->name);
        node_escape(out, attribute->value);
        buf_addc(out, '\'');
    }
    if (!text && !node->children && !open) {
        buf_adds(out, "/>\n");
        return;
    }
    buf_addc(out, '>');
    if (text)
        node_escape(out, text);
    if (!text || node->children) {
        buf_addc(out, '\n');
        for (const struct node *child = node->children; child; child = child->next)
            node_format(child, depth + 1, flags, out);
        indent(out, depth);
    }
    buf_addf(out, "</%s>\n", node->name);
}
