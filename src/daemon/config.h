/* SPDX-License-Identifier: MIT
 * The daemon's settings: struct daemon_config and the one table of all keys of libvirtd.conf (type, default, range,
 * meaning), from which checking, --show-config and the sample file derive.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CONFIG_MAX_KEYS 72

enum auth_scheme { AUTH_NONE, AUTH_SASL, AUTH_POLKIT };
enum uuid_source { UUID_SOURCE_SMBIOS, UUID_SOURCE_MACHINE_ID };

/* A list of names. Not set and empty differ: tls_allowed_dn_list unset lets everybody in, empty nobody. */
struct config_list {
    bool is_set;
    size_t count;
    char **items; /* owned, as the strings are */
};

enum config_origin_kind { FROM_DEFAULT, FROM_FILE, FROM_ENVIRONMENT, FROM_OPTION };

struct config_origin {
    enum config_origin_kind kind;
    int line;         /* FROM_FILE */
    const char *name; /* FROM_ENVIRONMENT, FROM_OPTION: e.g. "LIBVIRT_DEBUG", "--verbose"; static text */
};

/* One member a key, of the key's name; the table in config_keys.c says what each means. Strings are owned and NULL
 * when unset; times are in seconds as in the file. */
struct daemon_config {
    bool listen_tls, listen_tcp;
    char *tls_port, *tcp_port; /* number or service name */
    char *listen_addr;         /* NULL = every address */
    char *unix_sock_group;
    unsigned int unix_sock_ro_perms, unix_sock_rw_perms, unix_sock_admin_perms;
    char *unix_sock_dir; /* NULL = the default of paths.h */
    int auth_unix_ro, auth_unix_rw, auth_tcp, auth_tls; /* enum auth_scheme */
    unsigned int tcp_min_ssf;
    struct config_list access_drivers;
    char *key_file, *cert_file, *ca_file, *crl_file; /* NULL = the default location; crl_file: no list */
    bool tls_no_sanity_certificate, tls_no_verify_certificate, tls_no_verify_address;
    struct config_list tls_allowed_dn_list, tls_allowed_ip_list;
    char *tls_priority;
    struct config_list sasl_allowed_username_list;
    unsigned int max_clients, max_queued_clients, max_anonymous_clients; /* max_anonymous_clients 0 = no limit */
    unsigned int min_workers, max_workers, prio_workers, max_client_requests;
    unsigned int admin_min_workers, admin_max_workers;
    unsigned int admin_max_clients, admin_max_queued_clients, admin_max_client_requests;
    unsigned int log_level;           /* 1..4 */
    char *log_filters, *log_outputs;
    unsigned int audit_level;
    bool audit_logging;
    char *host_uuid;
    int host_uuid_source; /* enum uuid_source */
    int keepalive_interval, admin_keepalive_interval; /* seconds; below 1 = no keepalive messages are sent */
    unsigned int keepalive_count, admin_keepalive_count;
    unsigned int ovs_timeout; /* seconds */

    /* not keys */
    bool privileged;
    char *path;                                   /* the file that was read; NULL = none */
    struct config_origin origins[CONFIG_MAX_KEYS]; /* by row of the table */
};

/* Every key at its default for a system (privileged) or session daemon. */
int config_init(struct daemon_config *config, bool privileged);
void config_clear(struct daemon_config *config);

/* Reads path over the present values. Without must_exist a missing file is no error. Fails on the first thing that is
 * wrong with "path:line: what, why, what to do"; config is then only good for config_clear(). */
int config_load(struct daemon_config *config, const char *path, bool must_exist);
/* As config_load, from memory; name is what messages call the text. */
int config_load_text(struct daemon_config *config, const char *name, const char *text, size_t length);

/* LIBVIRT_DEBUG, LIBVIRT_LOG_FILTERS and LIBVIRT_LOG_OUTPUTS replace the file's values, verbose (-v) lowers the level
 * to info. To be called after config_load. */
int config_apply_environment(struct daemon_config *config, bool verbose);

/* Refuses what this build cannot honour and what would make the daemon less safe than the settings say: an
 * authentication, access control, TLS or audit that does not exist yet. listen = --listen was given. */
int config_check_supported(const struct daemon_config *config, bool listen);

/* Prints every key, its value and where it comes from. The text form is itself a valid libvirtd.conf that gives the
 * same values; json is an array with one object a key. -1 when out could not be written. */
int config_print(const struct daemon_config *config, FILE *out, bool json);
/* Prints the commented sample file docs/libvirtd.conf. */
int config_print_sample(FILE *out);
