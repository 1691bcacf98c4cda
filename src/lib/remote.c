/* SPDX-License-Identifier: MIT
 * The remote seam: finds the daemon that a URI means, connects, authenticates, opens. After that every call is
 * pump_call().
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "lib/pump.h"
#include "lib/seam.h"
#include "transport/socket.h"
#include "wire/messages.h"

#define ERROR_DOMAIN VIR_FROM_REMOTE

enum { FEATURE_KEEPALIVE = 10, FEATURE_EVENT_CALLBACK = 14 };
enum { AUTH_NONE = 0, AUTH_POLKIT = 2 };

struct remote {
    struct seam seam; /* first, so that a seam is its remote */
    struct pump pump;
    struct seam_owner *owner;
    bool local_socket;
    bool has_keepalive;
    bool attached; /* an event loop pumps, so keepalive can work */
};

static struct remote *of_pump(struct pump *pump)
{
    return (struct remote *)((char *)pump - offsetof(struct remote, pump));
}

static int remote_call(struct seam *seam, enum proc proc, const void *args, void *ret, struct arena *arena)
{
    return pump_call(&((struct remote *)seam)->pump, proc, args, ret, arena);
}

static void remote_close(struct seam *seam)
{
    struct remote *remote = (struct remote *)seam;
    struct arena arena;
    arena_init(&arena, 0);
    if (pump_is_alive(&remote->pump))
        pump_call(&remote->pump, PROC_CONNECT_CLOSE, NULL, NULL, &arena);
    error_reset();
    arena_clear(&arena);
    pump_close(&remote->pump);
}

static int remote_is_alive(struct seam *seam)
{
    return pump_is_alive(&((struct remote *)seam)->pump);
}

static int remote_is_secure(struct seam *seam)
{
    return ((struct remote *)seam)->local_socket;
}

static int remote_is_encrypted(struct seam *seam)
{
    (void)seam;
    return 0; /* neither transport of this build encrypts */
}

static int remote_set_keepalive(struct seam *seam, int interval_s, unsigned int count)
{
    struct remote *remote = (struct remote *)seam;
    if (!remote->attached)
        return fail(VIR_ERR_INTERNAL_ERROR,
                    "the caller doesn't support keepalive protocol; perhaps it's missing event loop "
                    "implementation");
    if (!remote->has_keepalive)
        return 1;
    pump_set_keepalive(&remote->pump, interval_s, count);
    return 0;
}

static const struct seam_ops remote_ops = {
    .call = remote_call,
    .close = remote_close,
    .is_alive = remote_is_alive,
    .is_secure = remote_is_secure,
    .is_encrypted = remote_is_encrypted,
    .set_keepalive = remote_set_keepalive,
};

static void on_event(struct pump *pump, enum proc proc, const void *msg)
{
    struct event_sink *sink = &of_pump(pump)->owner->sink;
    sink->deliver(sink, proc, msg);
}

static void on_closed(struct pump *pump, int reason)
{
    struct seam_owner *owner = of_pump(pump)->owner;
    owner->closed(owner, reason);
}

static void destroy(struct pump *pump)
{
    free(of_pump(pump));
}

/* Parameters that mean something to some transport: never part of the name that the daemon opens. */
static const char *const own_params[] = {
    "name",     "auth",        "authfile",  "socket",       "mode",        "proxy",               "command", "netcat",
    "keyfile",  "no_verify",   "no_tty",    "no_sanity",    "pkipath",     "tls_priority",        "sshauth",
    "known_hosts", "known_hosts_verify",
};

/* The name for CONNECT_OPEN: the URI without all that told the way to the daemon. The caller frees it. */
static char *open_name(struct uri *uri)
{
    const char *literal = uri_param(uri, "name");
    if (literal)
        return strdup(literal);
    for (size_t i = 0; i < array_size(own_params); i++)
        uri_param(uri, own_params[i]);
    struct uri plain = *uri;
    plain.user = plain.server = NULL;
    plain.port = 0;
    return uri_format(&plain);
}

/* Modular daemons of drivers that have one: their socket is tried first. */
static const struct { const char *scheme, *daemon;
} modular[] = {
    { "qemu", "virtqemud" },         { "xen", "virtxend" },
    { "lxc", "virtlxcd" },           { "ch", "virtchd" },
    { "vbox", "virtvboxd" },         { "vz", "virtvzd" },
    { "bhyve", "virtbhyved" },       { "test", "virttestd" },
    { "network", "virtnetworkd" },   { "storage", "virtstoraged" },
    { "secret", "virtsecretd" },     { "nodedev", "virtnodedevd" },
    { "nwfilter", "virtnwfilterd" }, { "interface", "virtinterfaced" },
};

/* True when the URI means the daemon of the user's session, not that of the system. */
static bool is_session(const struct uri *uri)
{
    return geteuid() != 0 && (str_equal(uri->scheme, "test") || str_equal(uri->path, "/session"));
}

/* Directory of the daemon's sockets, which the caller frees. */
static char *socket_dir(bool session)
{
    char *dir = NULL;
    const char *runtime = getenv("XDG_RUNTIME_DIR"), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    const char *base = runtime && *runtime ? runtime : cache;
    int result = !session        ? asprintf(&dir, "/var/run/libvirt")
                 : base && *base ? asprintf(&dir, "%s/libvirt", base)
                                 : asprintf(&dir, "%s/.cache/libvirt", home ? home : "");
    return result < 0 ? NULL : dir;
}

static char *socket_path(struct uri *uri, bool read_only)
{
    const char *given = uri_param(uri, "socket"), *mode = uri_param(uri, "mode");
    if (given)
        return strdup(given);
    if (mode && !str_equal(mode, "auto") && !str_equal(mode, "direct") && !str_equal(mode, "legacy")) {
        fail(VIR_ERR_INVALID_ARG, "Unknown remote mode '%s'; it is auto, direct or legacy", mode);
        return NULL;
    }
    bool session = is_session(uri);
    auto_free char *dir = socket_dir(session);
    const char *suffix = read_only && !session ? "-ro" : ""; /* a session has one socket */
    char *path = NULL;
    if (!dir)
        return NULL;
    for (size_t i = 0; i < array_size(modular) && !str_equal(mode, "legacy"); i++) {
        if (!str_equal(modular[i].scheme, uri->scheme))
            continue;
        if (asprintf(&path, "%s/%s-sock%s", dir, modular[i].daemon, suffix) < 0)
            return NULL;
        if (str_equal(mode, "direct") || access(path, R_OK | W_OK) == 0)
            return path;
        free(steal(path));
    }
    return asprintf(&path, "%s/libvirt-sock%s", dir, suffix) < 0 ? NULL : path;
}

static int connect_unix(const struct remote_target *target)
{
    if (target->uri->server)
        return fail(VIR_ERR_INVALID_ARG, "using unix socket and remote server '%s' is not supported.",
                    target->uri->server);
    auto_free char *path = socket_path(target->uri, target->flags & VIR_CONNECT_RO);
    if (!path)
        return fail_no_memory();
    return socket_connect_unix(path);
}

static int connect_tcp(const struct remote_target *target)
{
    char port[16] = "16509";
    if (target->uri->port)
        snprintf(port, sizeof port, "%d", target->uri->port);
    return socket_connect_tcp(target->uri->server ? target->uri->server : "localhost", port);
}

/* The transports by name. connect NULL: known, but not in this build. */
static const struct transport {
    const char *name;
    int (*connect)(const struct remote_target *target);
    bool local;
} transports[] = {
    { "unix", connect_unix, true }, { "tcp", connect_tcp, false }, { "tls", NULL, false },    { "ssh", NULL, false },
    { "ext", NULL, false },         { "libssh", NULL, false },     { "libssh2", NULL, false },
};

static const struct transport *find_transport(const struct remote_target *target)
{
    const char *name = target->transport ? target->transport : target->uri->server ? "tls" : "unix";
    for (size_t i = 0; i < array_size(transports); i++) {
        if (!str_equal(transports[i].name, name))
            continue;
        if (transports[i].connect)
            return &transports[i];
        error_set_argument(VIR_FROM_REMOTE, VIR_ERR_CONFIG_UNSUPPORTED, "virConnectOpen", "transport",
                           "transport '%s' is not supported by this build; use %s+unix:///... or %s+tcp://host/...",
                           name, target->uri->scheme, target->uri->scheme);
        return NULL;
    }
    fail(VIR_ERR_INVALID_ARG,
         "remote_open: transport in URL not recognised (should be tls|unix|ssh|ext|tcp|libssh2|libssh)");
    return NULL;
}

static int authenticate(struct remote *remote, struct arena *arena)
{
    struct auth_list_ret offered;
    if (pump_call(&remote->pump, PROC_AUTH_LIST, NULL, &offered, arena) < 0)
        return -1;
    int type = offered.types.length ? offered.types.items[0] : AUTH_NONE;
    if (type == AUTH_NONE)
        return 0;
    if (type == AUTH_POLKIT) {
        struct auth_polkit_ret ret;
        return pump_call(&remote->pump, PROC_AUTH_POLKIT, NULL, &ret, arena);
    }
    return fail(VIR_ERR_AUTH_FAILED,
                "unsupported authentication type %d: the server wants SASL, which this build does not "
                "have",
                type);
}

static bool supports(struct remote *remote, int feature, struct arena *arena)
{
    struct connect_supports_feature_args args = { .feature = feature };
    struct connect_supports_feature_ret ret = { 0 };
    if (pump_call(&remote->pump, PROC_CONNECT_SUPPORTS_FEATURE, &args, &ret, arena) < 0)
        error_reset(); /* an old daemon: no */
    return ret.supported;
}

static int handshake(struct remote *remote, const struct remote_target *target, struct arena *arena)
{
    auto_free char *derived = target->name ? strdup(target->name) : open_name(target->uri);
    if (!derived)
        return fail_no_memory();
    struct connect_open_args args = { .name = derived, .flags = target->flags };
    if (authenticate(remote, arena) < 0)
        return -1;
    remote->has_keepalive = supports(remote, FEATURE_KEEPALIVE, arena);
    if (pump_call(&remote->pump, PROC_CONNECT_OPEN, &args, NULL, arena) < 0)
        return -1;
    remote->seam.events_enabled = supports(remote, FEATURE_EVENT_CALLBACK, arena);
    return pump_is_alive(&remote->pump) ? 0 : fail(VIR_ERR_INTERNAL_ERROR, "client socket is closed");
}

struct seam *seam_open_remote(const struct remote_target *target, struct seam_owner *owner)
{
    const struct transport *transport = find_transport(target);
    int fd = transport ? transport->connect(target) : -1;
    if (fd < 0)
        return NULL;
    struct remote *remote = calloc(1, sizeof *remote);
    if (!remote || pump_init(&remote->pump, fd) < 0) {
        if (!remote)
            close(fd);
        free(remote);
        fail_no_memory();
        return NULL;
    }
    remote->seam.ops = &remote_ops;
    remote->owner = owner;
    remote->local_socket = transport->local;
    remote->pump.event = on_event;
    remote->pump.destroy = destroy;
    remote->attached = pump_attach(&remote->pump);
    struct arena arena;
    arena_init(&arena, 0);
    int result = handshake(remote, target, &arena);
    arena_clear(&arena);
    if (result < 0) {
        struct error error;
        error_take(&error);
        pump_close(&remote->pump);
        error_restore(&error);
        return NULL;
    }
    remote->pump.closed = on_closed;
    return &remote->seam;
}
