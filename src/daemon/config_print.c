/* SPDX-License-Identifier: MIT
 * Texts made from the table of keys: the settings in force (text that reads back, or JSON) and the sample file.
 */
#include <ctype.h>
#include <string.h>

#include "daemon/config_keys.h"

/* libvirtd.conf has no escapes: the quotes are chosen so that the text needs none. */
static void print_string(FILE *out, const char *text)
{
    const char *quote = "\"";
    if (strchr(text, '"') || strchr(text, '\n'))
        quote = strchr(text, '\'') || strchr(text, '\n') ? "\"\"\"" : "'";
    fprintf(out, "%s%s%s", quote, text, quote);
}

/* Length of the valid UTF-8 sequence at text, 0 when there is none. */
static size_t utf8_length(const unsigned char *text)
{
    static const struct {
        unsigned char first, last, second_min, second_max, length;
    } forms[] = {
        { 0x01, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
        { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
        { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (text[0] < forms[i].first || text[0] > forms[i].last)
            continue;
        if (forms[i].length > 1 && (text[1] < forms[i].second_min || text[1] > forms[i].second_max))
            return 0;
        for (size_t k = 2; k < forms[i].length; k++)
            if (text[k] < 0x80 || text[k] > 0xbf)
                return 0;
        return forms[i].length;
    }
    return 0;
}

static void print_json_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        size_t length = utf8_length(c);
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < ' ' || *c == 0x7f)
            fprintf(out, "\\u%04x", *c);
        else if (length == 0)
            fputs("\\ufffd", out);
        else
            fwrite(c, 1, length, out);
        c += length ? length : 1;
    }
    fputc('"', out);
}

static void print_list(FILE *out, const struct config_list *list, void (*print_item)(FILE *, const char *))
{
    fputs("[", out);
    for (size_t i = 0; i < list->count; i++) {
        fputs(i ? ", " : " ", out);
        print_item(out, list->items[i]);
    }
    fputs(" ]", out);
}

static bool has_value(const struct daemon_config *config, const struct config_key *key)
{
    const void *member = config_member(config, key);
    if (key->type == KEY_STRING)
        return *(char *const *)member != NULL;
    if (key->type == KEY_LIST)
        return ((const struct config_list *)member)->is_set;
    return key->type != KEY_RETIRED;
}

static void print_value(const struct daemon_config *config, const struct config_key *key, FILE *out, bool json)
{
    const void *member = config_member(config, key);
    void (*print_text)(FILE *, const char *) = json ? print_json_string : print_string;
    size_t length;
    const char *word;
    switch (key->type) {
    case KEY_BOOL:
        fputs(*(const bool *)member ? (json ? "true" : "1") : (json ? "false" : "0"), out);
        break;
    case KEY_INT:
        fprintf(out, "%d", *(const int *)member);
        break;
    case KEY_UINT:
        fprintf(out, "%u", *(const unsigned int *)member);
        break;
    case KEY_MODE:
        fprintf(out, "\"%04o\"", *(const unsigned int *)member);
        break;
    case KEY_CHOICE:
        word = config_choice(key->choices, *(const int *)member, &length);
        fprintf(out, "\"%.*s\"", (int)length, word);
        break;
    case KEY_STRING:
        print_text(out, *(char *const *)member);
        break;
    case KEY_LIST:
        print_list(out, member, print_text);
        break;
    case KEY_RETIRED:
        break;
    }
}

static const struct config_origin *origin_of(const struct daemon_config *config, const struct config_key *key)
{
    return &config->origins[key - config_keys];
}

/* A path in a comment must not end the comment. */
static void print_comment_text(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc(iscntrl((unsigned char)*text) ? '?' : *text, out);
}

static void print_key_text(const struct daemon_config *config, const struct config_key *key, FILE *out)
{
    const struct config_origin *origin = origin_of(config, key);
    if (!has_value(config, key)) {
        fprintf(out, "# %s is not set\n", key->name);
        return;
    }
    fprintf(out, "%s = ", key->name);
    print_value(config, key, out, false);
    fputs("  # ", out);
    if (origin->kind == FROM_FILE) {
        print_comment_text(out, config->path);
        fprintf(out, ":%d\n", origin->line);
    } else {
        fprintf(out, "%s\n", origin->kind == FROM_DEFAULT ? "default" : origin->name);
    }
}

static void print_key_json(const struct daemon_config *config, const struct config_key *key, FILE *out)
{
    static const char *const kinds[] = { "default", "file", "environment", "option" };
    const struct config_origin *origin = origin_of(config, key);
    fprintf(out, "  { \"key\": \"%s\", \"value\": ", key->name);
    if (has_value(config, key))
        print_value(config, key, out, true);
    else
        fputs("null", out);
    fprintf(out, ", \"from\": \"%s\"", kinds[origin->kind]);
    if (origin->kind == FROM_FILE) {
        fputs(", \"file\": ", out);
        print_json_string(out, config->path);
        fprintf(out, ", \"line\": %d", origin->line);
    } else if (origin->name) {
        fprintf(out, ", \"name\": \"%s\"", origin->name);
    }
    fputs(" }", out);
}

static int finish(FILE *out)
{
    return fflush(out) == 0 && !ferror(out) ? 0 : -1;
}

int config_print(const struct daemon_config *config, FILE *out, bool json)
{
    bool first = true;
    for (size_t i = 0; i < config_key_count; i++) {
        if (config_keys[i].type == KEY_RETIRED)
            continue;
        if (json) {
            fputs(first ? "[\n" : ",\n", out);
            print_key_json(config, &config_keys[i], out);
        } else {
            print_key_text(config, &config_keys[i], out);
        }
        first = false;
    }
    if (json)
        fputs("\n]\n", out);
    return finish(out);
}

static void print_wrapped(FILE *out, const char *text)
{
    size_t column = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column == 0 || column + 1 + length > 100)
            column = (size_t)fprintf(out, "%s# %.*s", column ? "\n" : "", (int)length, text);
        else
            column += (size_t)fprintf(out, " %.*s", (int)length, text);
        text += length + (text[length] == ' ');
    }
    fputc('\n', out);
}

int config_print_sample(FILE *out)
{
    fputs("# Settings of libvirtd, the system daemon (/etc/libvirt/libvirtd.conf) and each user's own\n"
          "# ($XDG_CONFIG_HOME/libvirt/libvirtd.conf). The manual page libvirtd(8) describes the syntax.\n"
          "# A line that begins with a single '#' and a key shows the default, or an example where the key\n"
          "# is unset by default. `libvirtd --show-config` prints the values in force and where each comes from.\n",
          out);
    for (size_t i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        if (key->type == KEY_RETIRED)
            continue;
        if (key->heading)
            fprintf(out, "\n\n# ---- %s ----\n", key->heading);
        fputc('\n', out);
        print_wrapped(out, key->doc);
        fprintf(out, "#%s = %s\n", key->name, key->initial ? key->initial : key->example);
    }
    return finish(out);
}
