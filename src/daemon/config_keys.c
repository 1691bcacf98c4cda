/* SPDX-License-Identifier: MIT
 * Rows of the table of configuration keys and the checks that only one key needs. To add a key: a member of its name in
 * struct daemon_config and a row here.
 */
#include "daemon/config_keys.h"

#include <limits.h>
#include <string.h>

#include <libvirt/virterror.h>

#include "base/error.h"
#include "base/str.h"
#include "daemon/logging.h"

#define ERROR_DOMAIN VIR_FROM_CONF

static int check_port(const char *text)
{
    unsigned int port;
    if (text[0] && !text[strspn(text, "0123456789")]) {
        if (str_to_uint(text, &port) == 0 && port <= 65535)
            return 0;
        return fail(VIR_ERR_INVALID_ARG, "invalid port '%.40s': use 0 to 65535 (0 = any free port)", text);
    }
    if (text[0] && strlen(text) <= 63 && !strpbrk(text, " \t\n/:"))
        return 0;
    return fail(VIR_ERR_INVALID_ARG, "invalid port '%.40s': use a number from 0 to 65535 or the name of a service",
                text);
}

static int check_absolute(const char *text)
{
    if (text[0] == '/')
        return 0;
    return fail(VIR_ERR_INVALID_ARG, "'%.200s' is not an absolute path: begin it with '/'", text);
}

static int check_access_driver(const char *text)
{
    if (str_equal(text, "polkit") || str_equal(text, "none"))
        return 0;
    return fail(VIR_ERR_INTERNAL_ERROR, "Cannot find security driver '%.40s': use \"polkit\" or \"none\"", text);
}

static int check_host_uuid(const char *text)
{
    unsigned char uuid[UUID_LENGTH];
    bool same = true;
    if (uuid_parse(text, uuid) < 0)
        return fail(VIR_ERR_INVALID_ARG,
                    "invalid host UUID: %.60s: write 32 hex digits, e.g. 6695eb01-f6a4-8304-79aa-97f2502e193f", text);
    for (int i = 1; i < UUID_LENGTH; i++)
        same = same && uuid[i] == uuid[0];
    if (same && uuid[0] >> 4 == (uuid[0] & 15))
        return fail(
            VIR_ERR_INVALID_ARG,
            "invalid host UUID: %.60s: all its digits are the same, so it identifies no host; use the output of "
            "uuidgen",
            text);
    return 0;
}

static int check_name(const char *text)
{
    return *text ? 0 : fail(VIR_ERR_INVALID_ARG, "an empty name matches nothing: write the name or remove the key");
}

#define AT(member) .offset = offsetof(struct daemon_config, member)
#define AUTH_LOCAL "none sasl polkit"
#define AUTH_REMOTE "none sasl"

const struct config_key config_keys[] = {
    { "listen_tls", KEY_BOOL, AT(listen_tls), .initial = "1", .heading = "Network listeners (used with --listen only)",
      .doc = "Accept TLS connections. Needs certificates, see the TLS keys below." },
    { "listen_tcp", KEY_BOOL, AT(listen_tcp), .initial = "0",
      .doc =
          "Accept plain TCP connections. Nothing is encrypted unless auth_tcp = \"sasl\" brings its own encryption." },
    { "tls_port", KEY_STRING, AT(tls_port), .initial = "\"16514\"", .check = check_port,
      .doc = "Port number or service name for TLS; \"0\" lets the system choose." },
    { "tcp_port", KEY_STRING, AT(tcp_port), .initial = "\"16509\"", .check = check_port,
      .doc = "Port number or service name for plain TCP; \"0\" lets the system choose." },
    { "listen_addr", KEY_STRING, AT(listen_addr), .example = "\"192.0.2.1\"",
      .doc = "Address or host name to listen on. Unset: every address, IPv4 and IPv6." },

    { "unix_sock_group", KEY_STRING, AT(unix_sock_group), .check = check_name, .example = "\"libvirt\"",
      .heading = "Unix sockets", .doc = "Group that owns the sockets: a name or a number. Unset: root." },
    { "unix_sock_ro_perms", KEY_MODE, AT(unix_sock_ro_perms), .initial = "\"0777\"",
      .doc = "Who may connect for reading (octal permissions of libvirt-sock-ro)." },
    { "unix_sock_rw_perms", KEY_MODE, AT(unix_sock_rw_perms), .initial = "\"0700\"",
      .doc = "Who may connect for full control, which equals being root (octal permissions of libvirt-sock)." },
    { "unix_sock_admin_perms", KEY_MODE, AT(unix_sock_admin_perms), .initial = "\"0700\"",
      .doc = "Who may manage the daemon itself (octal permissions of libvirt-admin-sock)." },
    { "unix_sock_dir", KEY_STRING, AT(unix_sock_dir), .check = check_absolute, .example = "\"/run/libvirt\"",
      .doc = "Directory of the sockets. Unset: /run/libvirt, in a session daemon $XDG_RUNTIME_DIR/libvirt." },

    { "auth_unix_ro", KEY_CHOICE, AT(auth_unix_ro), .initial = "\"none\"", .choices = AUTH_LOCAL,
      .heading = "Authentication",
      .doc = "Who may use libvirt-sock-ro: \"none\" (its permissions decide), \"sasl\" or \"polkit\"." },
    { "auth_unix_rw", KEY_CHOICE, AT(auth_unix_rw), .initial = "\"none\"", .choices = AUTH_LOCAL,
      .doc = "Who may use libvirt-sock: \"none\" (its permissions decide), \"sasl\" or \"polkit\"." },
    { "auth_tcp", KEY_CHOICE, AT(auth_tcp), .initial = "\"sasl\"", .choices = AUTH_REMOTE,
      .doc = "Authentication over plain TCP. \"none\" gives full control to everybody who reaches the port." },
    { "auth_tls", KEY_CHOICE, AT(auth_tls), .initial = "\"none\"", .choices = AUTH_REMOTE,
      .doc = "Authentication over TLS in addition to the client's certificate: \"none\" or \"sasl\"." },
    { "tcp_min_ssf", KEY_UINT, AT(tcp_min_ssf), .initial = "112", .min = 112, .max = UINT_MAX,
      .too_low = "minimum SSF levels lower than 112 are not supported",
      .doc = "Least strength (bits) of the encryption that SASL must bring on plain TCP." },
    { "access_drivers", KEY_LIST, AT(access_drivers), .check = check_access_driver, .example = "[ \"polkit\" ]",
      .doc = "Access control of each call and object. Unset or \"none\": whoever is authenticated may do everything." },

    { "key_file", KEY_STRING, AT(key_file), .example = "\"/etc/pki/libvirt/private/serverkey.pem\"", .heading = "TLS",
      .doc = "The server's private key (shown: its usual place)." },
    { "cert_file", KEY_STRING, AT(cert_file), .example = "\"/etc/pki/libvirt/servercert.pem\"",
      .doc = "The server's certificate (shown: its usual place)." },
    { "ca_file", KEY_STRING, AT(ca_file), .example = "\"/etc/pki/CA/cacert.pem\"",
      .doc = "The certificate of the authority that must have signed the clients' certificates (shown: its usual "
             "place)." },
    { "crl_file", KEY_STRING, AT(crl_file), .example = "\"/etc/pki/CA/crl.pem\"",
      .doc = "Revoked certificates (shown: its usual place). Unset: none are revoked." },
    { "tls_no_sanity_certificate", KEY_BOOL, AT(tls_no_sanity_certificate), .initial = "0",
      .doc = "1 starts even when the server's own certificate is expired, unfit or not signed by ca_file." },
    { "tls_no_verify_certificate", KEY_BOOL, AT(tls_no_verify_certificate), .initial = "0",
      .doc = "1 accepts clients without a valid certificate. Unsafe unless something else checks who they are." },
    { "tls_no_verify_address", KEY_BOOL, AT(tls_no_verify_address), .initial = "0",
      .doc = "1 ignores tls_allowed_ip_list. A key of the first releases (2007)." },
    { "tls_allowed_dn_list", KEY_LIST, AT(tls_allowed_dn_list), .check = check_name,
      .example = "[ \"C=GB,O=Example,L=London,CN=*\" ]",
      .doc = "Distinguished names (with wildcards) that may connect. Unset: all of ca_file's; empty: nobody." },
    { "tls_allowed_ip_list", KEY_LIST, AT(tls_allowed_ip_list), .check = check_name,
      .example = "[ \"192.0.2.*\", \"2001:db8::1\" ]",
      .doc = "Addresses (with wildcards) that may connect. Unset: all; empty: nobody. A key of the first releases "
             "(2007)." },
    { "tls_priority", KEY_STRING, AT(tls_priority), .example = "\"NORMAL\"",
      .doc = "GnuTLS priority string. Unset: the choice made when this daemon was built." },
    { "sasl_allowed_username_list", KEY_LIST, AT(sasl_allowed_username_list), .check = check_name,
      .example = "[ \"joe@EXAMPLE.COM\", \"*@ADMIN.EXAMPLE.COM\" ]",
      .doc = "SASL user names (with wildcards) that may connect. Unset: all that authenticate; empty: nobody." },

    { "max_clients", KEY_UINT, AT(max_clients), .initial = "5000", .max = UINT_MAX, .heading = "Limits",
      .doc = "Clients connected at once, all sockets together." },
    { "max_queued_clients", KEY_UINT, AT(max_queued_clients), .initial = "1000", .max = UINT_MAX,
      .doc = "Connections that may wait to be accepted (the backlog of listen)." },
    { "max_anonymous_clients", KEY_UINT, AT(max_anonymous_clients), .initial = "20", .max = UINT_MAX,
      .doc = "Clients that have not authenticated yet; 0 = no limit." },
    { "min_workers", KEY_UINT, AT(min_workers), .initial = "5", .max = UINT_MAX,
      .doc = "Threads for calls that take time: so many are kept." },
    { "max_workers", KEY_UINT, AT(max_workers), .initial = "20", .min = 1, .max = UINT_MAX,
      .too_low = "'max_workers' must be greater than 0", .doc = "Threads for calls that take time: at most so many." },
    { "prio_workers", KEY_UINT, AT(prio_workers), .initial = "5", .max = UINT_MAX,
      .doc = "Further threads for calls that must get through when all others are stuck." },
    { "max_client_requests", KEY_UINT, AT(max_client_requests), .initial = "5", .min = 1, .max = UINT_MAX,
      .doc = "Calls of one client that may be in progress at once; more wait." },
    { "admin_min_workers", KEY_UINT, AT(admin_min_workers), .initial = "1", .max = UINT_MAX,
      .doc = "As min_workers, for the admin socket; likewise the next four." },
    { "admin_max_workers", KEY_UINT, AT(admin_max_workers), .initial = "5", .max = UINT_MAX, .doc = "As max_workers." },
    { "admin_max_clients", KEY_UINT, AT(admin_max_clients), .initial = "5", .max = UINT_MAX, .doc = "As max_clients." },
    { "admin_max_queued_clients", KEY_UINT, AT(admin_max_queued_clients), .initial = "5", .max = UINT_MAX,
      .doc = "As max_queued_clients." },
    { "admin_max_client_requests", KEY_UINT, AT(admin_max_client_requests), .initial = "5", .min = 1, .max = UINT_MAX,
      .doc = "As max_client_requests." },

    { "log_level", KEY_UINT, AT(log_level), .initial = "3", .max = 4, .heading = "Logging",
      .doc = "Least important lines to write: 1 debug, 2 info, 3 warning, 4 error; 0 = the default." },
    { "log_filters", KEY_STRING, AT(log_filters), .check = logging_check_filters, .example = "\"1:rpc 4:drivers/test\"",
      .doc = "LEVEL:TEXT pairs, separated by blanks: another level for source files whose path contains TEXT." },
    { "log_outputs", KEY_STRING, AT(log_outputs), .check = logging_check_outputs,
      .example = "\"3:syslog:libvirtd 1:file:/var/log/libvirt/libvirtd.log\"",
      .doc = "LEVEL:stderr, LEVEL:journald, LEVEL:syslog:NAME, LEVEL:file:PATH, separated by blanks." },

    { "audit_level", KEY_UINT, AT(audit_level), .initial = "1", .max = 2, .heading = "Audit",
      .doc = "0 no audit, 1 audit when the system has it, 2 refuse to start without." },
    { "audit_logging", KEY_BOOL, AT(audit_logging), .initial = "0", .doc = "1 writes audit messages to the log too." },

    { "host_uuid", KEY_STRING, AT(host_uuid), .check = check_host_uuid, .heading = "Identity of this host",
      .example = "\"6695eb01-f6a4-8304-79aa-97f2502e193f\"",
      .doc = "UUID of this host, needed when the firmware's is missing or not unique. Must differ on every host." },
    { "host_uuid_source", KEY_CHOICE, AT(host_uuid_source), .initial = "\"smbios\"", .choices = "smbios machine-id",
      .doc =
          "Where the UUID comes from without host_uuid: \"smbios\" (firmware) or \"machine-id\" (/etc/machine-id)." },

    { "keepalive_interval", KEY_INT, AT(keepalive_interval), .initial = "5", .min = INT_MIN, .max = INT_MAX,
      .heading = "Detecting dead connections",
      .doc = "Seconds of silence before a client is asked whether it still lives; below 1 = never ask." },
    { "keepalive_count", KEY_UINT, AT(keepalive_count), .initial = "5", .max = UINT_MAX,
      .doc = "Unanswered questions before the connection is closed." },
    { "admin_keepalive_interval", KEY_INT, AT(admin_keepalive_interval), .initial = "5", .min = INT_MIN, .max = INT_MAX,
      .doc = "As keepalive_interval, for the admin socket." },
    { "admin_keepalive_count", KEY_UINT, AT(admin_keepalive_count), .initial = "5", .max = UINT_MAX,
      .doc = "As keepalive_count, for the admin socket." },

    { "ovs_timeout", KEY_UINT, AT(ovs_timeout), .initial = "5", .max = UINT_MAX, .heading = "Helpers",
      .doc = "Seconds to wait for an answer of Open vSwitch." },

    { "keepalive_required", KEY_RETIRED, .doc = "every client that can is asked" },
    { "admin_keepalive_required", KEY_RETIRED, .doc = "every client that can is asked" },
    { "mdns_adv", KEY_RETIRED, .doc = "the daemon no longer announces itself by mDNS" },
    { "mdns_name", KEY_RETIRED, .doc = "the daemon no longer announces itself by mDNS" },
    { "max_requests", KEY_RETIRED, .doc = "max_client_requests limits each client" },
    { "log_buffer_size", KEY_RETIRED, .doc = "there is no log buffer" },
};

const size_t config_key_count = array_size(config_keys);
_Static_assert(array_size(config_keys) <= CONFIG_MAX_KEYS, "raise CONFIG_MAX_KEYS");

const char *config_choice(const char *choices, int index, size_t *ret_length)
{
    for (const char *word = choices; *word; index--) {
        size_t length = strcspn(word, " ");
        if (index == 0) {
            *ret_length = length;
            return word;
        }
        word += length + strspn(word + length, " ");
    }
    return NULL;
}
