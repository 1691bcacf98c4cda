/* SPDX-License-Identifier: MIT
 * Life of struct daemon_config: defaults, reading a file over them, environment, and what this build must refuse.
 * Every value, the defaults included, goes through set_value(), so that no value escapes the checks of its row.
 */
#include "daemon/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/virterror.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "daemon/config_keys.h"
#include "daemon/config_parse.h"
#include "daemon/logging.h"

#define ERROR_DOMAIN VIR_FROM_CONF
#define MAX_FILE (10 * 1024 * 1024) /* stock's bound as well */
#define MAX_PARSED (8 * MAX_FILE)   /* memory for the entries of one file */

/* Where the value being set stands, for messages. */
struct place {
    const char *name;
    enum config_origin_kind kind;
};

struct shown {
    char text[64];
};

/* A value as messages name it: short, without control characters. Strings get the quotes given. */
static struct shown shown_with(const struct conf_value *value, const char *quote)
{
    struct shown shown;
    if (value->type == CONF_LIST) {
        strcpy(shown.text, "a list");
        return shown;
    }
    bool cut = strlen(value->string) > 40;
    snprintf(shown.text, sizeof shown.text, "%s%.40s%s%s", quote, value->string, cut ? "..." : "", quote);
    for (char *c = shown.text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    return shown;
}

static struct shown shown(const struct conf_value *value)
{
    return shown_with(value, value->type == CONF_STRING ? "\"" : "");
}

static int wrong_type(const struct place *place, const struct config_key *key, const struct conf_value *value)
{
    static const struct {
        const char *expected, *hint;
    } texts[] = {
        [KEY_BOOL] = { "a bool", "write 0 or 1" },
        [KEY_INT] = { "a signed integer", "write a number without quotes" },
        [KEY_UINT] = { "an unsigned integer", "write a number of 0 or more without quotes" },
        [KEY_MODE] = { "a string", "write octal digits between quotes, e.g. \"0700\"" },
        [KEY_STRING] = { "a string", "write the value between quotes" },
        [KEY_LIST] = { "a string list", "write [ \"one\", \"two\" ]" },
        [KEY_CHOICE] = { "a string", "write the word between quotes" },
    };
    return fail(VIR_ERR_CONF_SYNTAX, "%s:%d: expected %s for '%s' parameter: found %s; %s", place->name, value->line,
                texts[key->type].expected, key->name, shown(value).text, texts[key->type].hint);
}

static int out_of_range(const struct place *place, const struct config_key *key, const struct conf_value *value)
{
    if (key->type == KEY_BOOL)
        return fail(VIR_ERR_CONF_SYNTAX, "%s:%d: value for '%s' parameter must be 0 or 1: found %s", place->name,
                    value->line, key->name, shown(value).text);
    if (key->too_low && !value->overflow && value->number < key->min)
        return fail(VIR_ERR_CONFIG_UNSUPPORTED, "%s:%d: %s: found %s = %s; write %lld or more", place->name,
                    value->line, key->too_low, key->name, shown(value).text, (long long)key->min);
    return fail(VIR_ERR_CONF_SYNTAX, "%s:%d: value for '%s' parameter must be in range %lld:%lld: found %s",
                place->name, value->line, key->name, (long long)key->min, (long long)key->max, shown(value).text);
}

static int run_check(const struct place *place, const struct config_key *key, const struct conf_value *value)
{
    if (!key->check || key->check(value->string) == 0)
        return 0;
    struct error cause;
    error_take(&cause);
    error_set(cause.domain, cause.code, 0, "%s:%d: %s: %s", place->name, value->line, key->name,
              cause.detail ? cause.detail : "not a valid value");
    error_clear(&cause);
    return -1;
}

static int set_number(void *member, const struct place *place, const struct config_key *key,
                      const struct conf_value *value)
{
    if (value->type != CONF_INT || (value->is_signed && key->type != KEY_INT))
        return wrong_type(place, key, value);
    if (value->overflow ||
        (key->type == KEY_BOOL ? value->number > 1 : value->number < key->min || value->number > key->max))
        return out_of_range(place, key, value);
    if (key->type == KEY_BOOL)
        *(bool *)member = value->number != 0;
    else if (key->type == KEY_INT)
        *(int *)member = (int)value->number;
    else
        *(unsigned int *)member = (unsigned int)value->number;
    return 0;
}

static int set_mode(unsigned int *member, const struct place *place, const struct config_key *key,
                    const struct conf_value *value)
{
    uint64_t mode;
    if (value->type != CONF_STRING)
        return wrong_type(place, key, value);
    if (str_to_uint64(value->string, 8, &mode) < 0 || mode > 0777)
        return fail(VIR_ERR_CONF_SYNTAX,
                    "%s:%d: Failed to parse mode %s of '%s': write octal permissions from \"0000\" to "
                    "\"0777\"",
                    place->name, value->line, shown_with(value, "'").text, key->name);
    *member = (unsigned int)mode;
    return 0;
}

static int set_choice(int *member, const struct place *place, const struct config_key *key,
                      const struct conf_value *value)
{
    const char *word;
    size_t length;
    if (value->type != CONF_STRING)
        return wrong_type(place, key, value);
    for (int i = 0; (word = config_choice(key->choices, i, &length)); i++) {
        if (strlen(value->string) == length && memcmp(word, value->string, length) == 0) {
            *member = i;
            return 0;
        }
    }
    const char *what = str_prefix(key->name, "auth_") ? "unsupported auth" : "invalid UUID source:";
    return fail(VIR_ERR_CONFIG_UNSUPPORTED, "%s:%d: %s: %s %s: use one of: %s", place->name, value->line, key->name,
                what, shown_with(value, "").text, key->choices);
}

static int set_string(char **member, const struct place *place, const struct config_key *key,
                      const struct conf_value *value)
{
    if (value->type != CONF_STRING)
        return wrong_type(place, key, value);
    if (run_check(place, key, value) < 0)
        return -1;
    char *copy = strdup(value->string);
    if (!copy)
        return fail_no_memory();
    free(*member);
    *member = copy;
    return 0;
}

static void list_clear(struct config_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct config_list){ 0 };
}

static int set_list(struct config_list *member, const struct place *place, const struct config_key *key,
                    const struct conf_value *value)
{
    struct config_list list = { .is_set = true };
    size_t count = 0;
    if (value->type != CONF_LIST)
        return wrong_type(place, key, value);
    for (const struct conf_value *item = value->items; item; item = item->next, count++) {
        if (item->type != CONF_STRING)
            return wrong_type(place, key, item);
        if (run_check(place, key, item) < 0)
            return -1;
    }
    list.items = calloc(count + 1, sizeof *list.items);
    if (!list.items)
        return fail_no_memory();
    for (const struct conf_value *item = value->items; item; item = item->next, list.count++) {
        list.items[list.count] = strdup(item->string);
        if (!list.items[list.count]) {
            list_clear(&list);
            return fail_no_memory();
        }
    }
    list_clear(member);
    *member = list;
    return 0;
}

static int set_value(struct daemon_config *config, const struct place *place, const struct config_key *key,
                     const struct conf_value *value)
{
    void *member = config_member(config, key);
    switch (key->type) {
    case KEY_BOOL:
    case KEY_INT:
    case KEY_UINT:
        return set_number(member, place, key, value);
    case KEY_MODE:
        return set_mode(member, place, key, value);
    case KEY_CHOICE:
        return set_choice(member, place, key, value);
    case KEY_STRING:
        return set_string(member, place, key, value);
    case KEY_LIST:
        return set_list(member, place, key, value);
    case KEY_RETIRED:
        log_warning("%s:%d: '%s' has no effect: %s; remove the line", place->name, value->line, key->name, key->doc);
        return 0;
    }
    return 0;
}

static const struct config_key *find_key(const char *name)
{
    for (size_t i = 0; i < config_key_count; i++)
        if (str_equal(config_keys[i].name, name))
            return &config_keys[i];
    return NULL;
}

#define MAX_NAME 40

/* Slips of the finger (a character added, lost, changed, or two swapped) between two names; 99 for long names. */
static int edit_distance(const char *a, const char *b)
{
    int slips[MAX_NAME + 1][MAX_NAME + 1];
    size_t rows = strlen(a), columns = strlen(b);
    if (rows > MAX_NAME || columns > MAX_NAME)
        return 99;
    for (size_t i = 0; i <= rows; i++) {
        for (size_t j = 0; j <= columns; j++) {
            int best = i == 0 ? (int)j : (int)i;
            if (i > 0 && j > 0) {
                int lost = slips[i - 1][j] + 1, added = slips[i][j - 1] + 1;
                best = slips[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
                best = lost < best ? lost : best;
                best = added < best ? added : best;
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && slips[i - 2][j - 2] + 1 < best)
                    best = slips[i - 2][j - 2] + 1;
            }
            slips[i][j] = best;
        }
    }
    return slips[rows][columns];
}

static int unknown_key(const struct place *place, const struct conf_entry *entry)
{
    const char *nearest = NULL;
    int least = 4;
    for (size_t i = 0; i < config_key_count; i++) {
        int distance = config_keys[i].type == KEY_RETIRED ? 99 : edit_distance(entry->key, config_keys[i].name);
        if (distance < least) {
            least = distance;
            nearest = config_keys[i].name;
        }
    }
    if (nearest)
        return fail(VIR_ERR_CONF_SYNTAX, "%s:%d: unknown key '%.60s': did you mean '%s'?", place->name, entry->line,
                    entry->key, nearest);
    return fail(VIR_ERR_CONF_SYNTAX,
                "%s:%d: unknown key '%.60s': correct or remove it (libvirtd --show-config lists all keys)", place->name,
                entry->line, entry->key);
}

static struct config_origin *origin_of(struct daemon_config *config, const char *name)
{
    return &config->origins[find_key(name) - config_keys];
}

/* Stock starts when one of the two alone was chosen and does not fit the other's default; both chosen is a mistake. */
static int balance(struct daemon_config *config, const struct place *place, const char *min_name, unsigned int *min,
                   const char *max_name, unsigned int *max)
{
    const struct config_origin *min_origin = origin_of(config, min_name), *max_origin = origin_of(config, max_name);
    if (*min <= *max)
        return 0;
    if (min_origin->kind == FROM_DEFAULT)
        *min = *max;
    else if (max_origin->kind == FROM_DEFAULT)
        *max = *min;
    else
        return fail(VIR_ERR_CONF_SYNTAX,
                    "%s:%d: '%s' (%u) is above '%s' (%u, line %d): lower the one or raise the other", place->name,
                    min_origin->line, min_name, *min, max_name, *max, max_origin->line);
    return 0;
}

static int apply_entries(struct daemon_config *config, const struct place *place, const struct conf_entry *entries)
{
    int lines[CONFIG_MAX_KEYS] = { 0 };
    for (const struct conf_entry *entry = entries; entry; entry = entry->next) {
        const struct config_key *key = find_key(entry->key);
        if (!key)
            return unknown_key(place, entry);
        size_t row = (size_t)(key - config_keys);
        if (lines[row])
            return fail(VIR_ERR_CONF_SYNTAX,
                        "%s:%d: duplicate key '%s': line %d sets it already; remove one of the two", place->name,
                        entry->line, key->name, lines[row]);
        lines[row] = entry->line;
        if (set_value(config, place, key, &entry->value) < 0)
            return -1;
        config->origins[row] = (struct config_origin){ .kind = place->kind, .line = entry->line };
    }
    if (balance(config, place, "min_workers", &config->min_workers, "max_workers", &config->max_workers) < 0)
        return -1;
    return balance(config, place, "admin_min_workers", &config->admin_min_workers, "admin_max_workers",
                   &config->admin_max_workers);
}

static int load(struct daemon_config *config, const struct place *place, const char *text, size_t length)
{
    struct arena arena;
    struct conf_entry *entries;
    arena_init(&arena, MAX_PARSED);
    int result = conf_parse(&arena, place->name, text, length, &entries);
    if (result == 0)
        result = apply_entries(config, place, entries);
    arena_clear(&arena);
    return result;
}

int config_init(struct daemon_config *config, bool privileged)
{
    auto_buf struct buf text = BUF_INIT;
    *config = (struct daemon_config){ .privileged = privileged };
    for (size_t i = 0; i < config_key_count; i++)
        if (config_keys[i].initial)
            buf_addf(&text, "%s = %s\n", config_keys[i].name, config_keys[i].initial);
    size_t length = buf_length(&text);
    auto_free char *defaults = buf_take(&text);
    if (!defaults)
        return fail_no_memory();
    if (load(config, &(struct place){ "defaults", FROM_DEFAULT }, defaults, length) == 0)
        return 0;
    config_clear(config);
    return -1;
}

void config_clear(struct daemon_config *config)
{
    for (size_t i = 0; i < config_key_count; i++) {
        if (config_keys[i].type == KEY_STRING)
            free(*(char **)config_member(config, &config_keys[i]));
        else if (config_keys[i].type == KEY_LIST)
            list_clear(config_member(config, &config_keys[i]));
    }
    free(config->path);
    *config = (struct daemon_config){ 0 };
}

int config_load_text(struct daemon_config *config, const char *name, const char *text, size_t length)
{
    char *path = strdup(name);
    if (!path)
        return fail_no_memory();
    free(config->path);
    config->path = path;
    return load(config, &(struct place){ path, FROM_FILE }, text, length);
}

int config_load(struct daemon_config *config, const char *path, bool must_exist)
{
    auto_free char *text = NULL;
    size_t length;
    if (file_read(path, MAX_FILE, &text, &length) == 0)
        return config_load_text(config, path, text, length);
    if (errno == ENOENT && !must_exist)
        return 0;
    if (errno == EFBIG)
        return fail(VIR_ERR_SYSTEM_ERROR, "Failed to read file '%s': it is larger than %d bytes", path, MAX_FILE);
    if (errno == ENOMEM)
        return fail_no_memory();
    return fail_errno(errno, "Failed to %s file '%s'", errno == EISDIR || errno == EIO ? "read" : "open", path);
}

static int apply_log_text(struct daemon_config *config, const char *variable, const char *name, char **member,
                          int (*check)(const char *text))
{
    const char *text = getenv(variable);
    if (!text || !*text)
        return 0;
    if (check(text) < 0) {
        struct error cause;
        error_take(&cause);
        error_set(cause.domain, cause.code, 0, "%s: %s", variable, cause.detail ? cause.detail : "not a valid value");
        error_clear(&cause);
        return -1;
    }
    char *copy = strdup(text);
    if (!copy)
        return fail_no_memory();
    free(*member);
    *member = copy;
    *origin_of(config, name) = (struct config_origin){ .kind = FROM_ENVIRONMENT, .name = variable };
    return 0;
}

int config_apply_environment(struct daemon_config *config, bool verbose)
{
    const char *text = getenv("LIBVIRT_DEBUG");
    if (text && *text) {
        enum log_level level;
        if (log_level_parse(text, &level) < 0)
            return fail(VIR_ERR_INVALID_ARG,
                        "LIBVIRT_DEBUG: Failed to set logging priority, argument '%.40s' is invalid: use 1 (debug), 2 "
                        "(info), 3 (warning) or 4 (error)",
                        text);
        config->log_level = level;
        *origin_of(config, "log_level") = (struct config_origin){ .kind = FROM_ENVIRONMENT, .name = "LIBVIRT_DEBUG" };
    }
    if (verbose && (config->log_level == 0 || config->log_level > LOG_INFO_LEVEL)) {
        config->log_level = LOG_INFO_LEVEL;
        *origin_of(config, "log_level") = (struct config_origin){ .kind = FROM_OPTION, .name = "--verbose" };
    }
    if (apply_log_text(config, "LIBVIRT_LOG_FILTERS", "log_filters", &config->log_filters, logging_check_filters) < 0)
        return -1;
    return apply_log_text(config, "LIBVIRT_LOG_OUTPUTS", "log_outputs", &config->log_outputs, logging_check_outputs);
}

struct where {
    char text[300];
};

/* "file:line: " of a key that the file sets, else "" */
static struct where where(const struct daemon_config *config, const char *name)
{
    struct where where = { "" };
    const struct config_origin *origin = &config->origins[find_key(name) - config_keys];
    if (origin->kind == FROM_FILE)
        snprintf(where.text, sizeof where.text, "%.280s:%d: ", config->path, origin->line);
    return where;
}

static int check_auth(const struct daemon_config *config, const char *name, int scheme)
{
    if (scheme == AUTH_NONE)
        return 0;
    return fail(
        VIR_ERR_CONFIG_UNSUPPORTED,
        "%s%s: unsupported auth %s: this build cannot ask for it and will not serve without it; set %s = \"none\" %s",
        where(config, name).text, name, scheme == AUTH_SASL ? "sasl" : "polkit", name,
        str_prefix(name, "auth_unix_") ? "and let the permissions of the socket decide"
                                       : "only where everybody who reaches the port may have full control");
}

int config_check_supported(const struct daemon_config *config, bool listen)
{
    if (listen && config->listen_tls)
        return fail(
            VIR_ERR_CONFIG_UNSUPPORTED,
            "%slisten_tls = 1%s: this build has no TLS; set listen_tls = 0, and listen_tcp = 1 for plain TCP, or "
            "start without --listen",
            where(config, "listen_tls").text, where(config, "listen_tls").text[0] ? "" : " (the default)");
    if (listen && config->listen_tcp && check_auth(config, "auth_tcp", config->auth_tcp) < 0)
        return -1;
    if (check_auth(config, "auth_unix_rw", config->auth_unix_rw) < 0)
        return -1;
    if (config->privileged && check_auth(config, "auth_unix_ro", config->auth_unix_ro) < 0)
        return -1;
    for (size_t i = 0; i < config->access_drivers.count; i++)
        if (!str_equal(config->access_drivers.items[i], "none"))
            return fail(
                VIR_ERR_CONFIG_UNSUPPORTED,
                "%saccess_drivers: Cannot find security driver '%s': this build has no access control by polkit "
                "and will not serve without it; remove it to let every authenticated user do everything",
                where(config, "access_drivers").text, config->access_drivers.items[i]);
    if (config->audit_level > 1 || config->audit_logging)
        return fail(VIR_ERR_CONFIG_UNSUPPORTED,
                    "%s%s: this build writes no audit messages; remove the key to run without",
                    where(config, config->audit_logging ? "audit_logging" : "audit_level").text,
                    config->audit_logging ? "audit_logging = 1" : "audit_level = 2");
    return 0;
}
