/* SPDX-License-Identifier: MIT
 * A reader of `key = "text"`, `key = number` and `key = [ "text", ... ]` lines with # comments.
 */
#include "lib/client_conf.h"

#include <ctype.h>
#include <errno.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"

#define ERROR_DOMAIN VIR_FROM_CONF
#define FILE_MAX (1024 * 1024)

#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif

struct reader {
    const char *path;
    const char *at;
    int line;
};

void client_conf_clear(struct client_conf *conf)
{
    free(conf->uri_default);
    for (size_t i = 0; i < conf->alias_count; i++)
        free(conf->aliases[i]);
    free(conf->aliases);
    *conf = (struct client_conf) { 0 };
}

const char *client_conf_alias(const struct client_conf *conf, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < conf->alias_count; i++) {
        if (strncmp(conf->aliases[i], name, length) == 0 && conf->aliases[i][length] == '=')
            return conf->aliases[i] + length + 1;
    }
    return NULL;
}

static int syntax_error(const struct reader *reader, const char *what)
{
    return fail(VIR_ERR_CONF_SYNTAX, "%s:%d: %s", reader->path, reader->line, what);
}

/* Skips blanks, line ends and comments. */
static void skip(struct reader *reader)
{
    for (; *reader->at; reader->at++) {
        if (*reader->at == '#')
            reader->at += strcspn(reader->at, "\n");
        if (*reader->at == '\n')
            reader->line++;
        else if (!isspace((unsigned char)*reader->at))
            return;
        if (!*reader->at)
            return;
    }
}

static int read_text(struct reader *reader, char **ret_text)
{
    char quote = *reader->at;
    if (quote != '"' && quote != '\'')
        return syntax_error(reader, "expecting a value: a string in quotes, or a list of them in brackets");
    const char *start = reader->at + 1;
    const char *end = strchr(start, quote);
    if (!end || memchr(start, '\n', (size_t)(end - start)))
        return syntax_error(reader, "unterminated string: close it with the quote that opened it");
    *ret_text = strndup(start, (size_t)(end - start));
    reader->at = end + 1;
    return *ret_text ? 0 : fail_no_memory();
}

static int add_alias(const struct reader *reader, struct client_conf *conf, char *text)
{
    char **aliases = reallocarray(conf->aliases, conf->alias_count + 1, sizeof *aliases);
    if (aliases)
        conf->aliases = aliases;
    if (!aliases || !strchr(text, '=')) {
        if (aliases)
            fail(VIR_ERR_CONF_SYNTAX,
                 "%s:%d: Malformed 'uri_aliases' config entry '%s', expected 'alias=uri://host/path'", reader->path,
                 reader->line, text);
        else
            fail_no_memory();
        free(text);
        return -1;
    }
    conf->aliases[conf->alias_count++] = text;
    return 0;
}

/* keep: the list is uri_aliases. */
static int read_list(struct reader *reader, struct client_conf *conf, bool keep)
{
    reader->at++;
    for (skip(reader); *reader->at != ']'; skip(reader)) {
        char *text = NULL;
        if (read_text(reader, &text) < 0)
            return -1;
        if (!keep)
            free(text);
        else if (add_alias(reader, conf, text) < 0)
            return -1;
        skip(reader);
        if (*reader->at == ',')
            reader->at++;
        else if (*reader->at != ']')
            return syntax_error(reader, "expecting a separator in list: ',' or ']'");
    }
    reader->at++;
    return 0;
}

static int read_value(struct reader *reader, struct client_conf *conf, const char *key)
{
    if (*reader->at == '[')
        return read_list(reader, conf, str_equal(key, "uri_aliases"));
    if (isdigit((unsigned char)*reader->at) || *reader->at == '-') {
        reader->at += 1 + strspn(reader->at + 1, "0123456789");
        return 0;
    }
    char *text = NULL;
    if (read_text(reader, &text) < 0)
        return -1;
    if (str_equal(key, "uri_default")) {
        free(conf->uri_default);
        conf->uri_default = steal(text);
    }
    free(text);
    return 0;
}

static int read_settings(struct reader *reader, struct client_conf *conf)
{
    for (skip(reader); *reader->at; skip(reader)) {
        size_t length = strspn(reader->at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        auto_free char *key = strndup(reader->at, length);
        if (!key)
            return fail_no_memory();
        if (!length)
            return syntax_error(reader, "expecting a name");
        reader->at += length;
        skip(reader);
        if (*reader->at != '=')
            return syntax_error(reader, "expecting an assignment: name = \"value\"");
        reader->at++;
        skip(reader);
        if (read_value(reader, conf, key) < 0)
            return -1;
    }
    return 0;
}

/* The path, which the caller frees. NULL when out of memory. */
static char *conf_path(void)
{
    char *path = NULL;
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length;
    if (geteuid() == 0)
        length = asprintf(&path, "%s/libvirt/libvirt.conf", SYSCONFDIR);
    else if (base && *base)
        length = asprintf(&path, "%s/libvirt/libvirt.conf", base);
    else
        length = asprintf(&path, "%s/.config/libvirt/libvirt.conf", home ? home : "");
    return length < 0 ? NULL : path;
}

int client_conf_load(struct client_conf *conf)
{
    auto_free char *path = conf_path();
    return path ? client_conf_read(path, conf) : fail_no_memory();
}

int client_conf_read(const char *path, struct client_conf *conf)
{
    auto_free char *content = NULL;
    size_t length;
    if (file_read(path, FILE_MAX, &content, &length) < 0) {
        if (errno == ENOENT || errno == EACCES)
            return 0;
        return fail_errno(errno, "Failed to read file '%s'", path);
    }
    struct reader reader = { .path = path, .at = content, .line = 1 };
    return read_settings(&reader, conf);
}
