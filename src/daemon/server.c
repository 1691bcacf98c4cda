/* SPDX-License-Identifier: MIT
 * Start, listeners and end of the daemon. The main thread accepts and hands each connection to a shard in turn; it
 * serves none itself.
 */
#include "daemon/server.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <uv.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "base/str.h"
#include "daemon/config.h"
#include "daemon/paths.h"
#include "daemon/shard.h"
#include "transport/socket.h"

#define ERROR_DOMAIN VIR_FROM_RPC

#define MAX_SHARDS 8
#define LISTENERS_MAX (2 + SOCKET_MAX_LISTENERS)
#define ACCEPT_BURST 64      /* connections taken before other work gets its turn */
#define ACCEPT_PAUSE_MS 100  /* after running out of descriptors */
#define STUCK_MS 3000        /* how long the end waits for calls in progress */

struct listener {
    struct daemon *daemon;
    uv_poll_t poll;
    int fd;
    bool read_only;
    char *path; /* of a unix socket, removed at the end */
};

struct daemon {
    struct server server;
    uv_loop_t loop;
    uv_signal_t signals[3];
    uv_timer_t pause; /* listeners rest while descriptors are short */
    uv_timer_t idle;  /* the --timeout */
    uv_async_t gone;  /* a connection ended */
    struct listener listeners[LISTENERS_MAX];
    unsigned int listener_count;
    unsigned int next_shard;
    int timeout_s;
    bool accepting;
};

bool server_over_budget(struct server *server, enum peer_class peer_class)
{
    static const size_t limits[PEER_CLASSES] = {
        [PEER_UNAUTHENTICATED] = RECEIVE_UNAUTHENTICATED_MAX,
        [PEER_READ_ONLY] = RECEIVE_READ_ONLY_MAX,
        [PEER_READ_WRITE] = RECEIVE_TOTAL_MAX,
    };
    size_t total = 0;
    for (int i = 0; i < PEER_CLASSES; i++)
        total += atomic_load_explicit(&server->receive_bytes[i], memory_order_relaxed);
    return total > RECEIVE_TOTAL_MAX || atomic_load(&server->receive_bytes[peer_class]) > limits[peer_class];
}

static void on_connect(uv_poll_t *poll, int status, int events);

static void set_accepting(struct daemon *daemon, bool accepting)
{
    if (daemon->accepting == accepting)
        return;
    daemon->accepting = accepting;
    for (unsigned int i = 0; i < daemon->listener_count; i++) {
        if (accepting)
            uv_poll_start(&daemon->listeners[i].poll, UV_READABLE, on_connect);
        else
            uv_poll_stop(&daemon->listeners[i].poll);
    }
}

static void end_pause(uv_timer_t *timer)
{
    set_accepting(timer->data, true);
}

static void rest(struct daemon *daemon)
{
    set_accepting(daemon, false);
    uv_timer_start(&daemon->pause, end_pause, ACCEPT_PAUSE_MS, 0);
}

static void accept_one(struct listener *listener, int fd, const struct peer *peer)
{
    struct daemon *daemon = listener->daemon;
    struct shard *shard = &daemon->server.shards[daemon->next_shard];
    daemon->next_shard = (daemon->next_shard + 1) % daemon->server.shard_count;
    if (shard_adopt(shard, fd, peer, listener->read_only) < 0) {
        log_warning("a connection of %s is refused: out of memory", peer->text);
        error_reset();
        close(fd);
    }
}

static void on_connect(uv_poll_t *poll, int status, int events)
{
    struct listener *listener = poll->data;
    struct daemon *daemon = listener->daemon;
    (void)events;
    if (status < 0)
        return;
    uv_timer_stop(&daemon->idle);
    for (int i = 0; i < ACCEPT_BURST && daemon->accepting; i++) {
        struct peer peer;
        if (atomic_load(&daemon->server.clients) >= daemon->server.max_clients) {
            log_warning("%u clients are connected, as many as max_clients allows; others wait",
                        daemon->server.max_clients);
            set_accepting(daemon, false);
            return;
        }
        int fd = socket_accept(listener->fd, &peer);
        if (fd >= 0) {
            accept_one(listener, fd, &peer);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            log_warning("new clients wait: the daemon is out of file descriptors or memory; raise LimitNOFILE");
            rest(daemon);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        }
    }
}

static void on_idle(uv_timer_t *timer)
{
    struct daemon *daemon = timer->data;
    if (atomic_load(&daemon->server.clients) > 0)
        return;
    log_info("no client for %d seconds: the daemon ends", daemon->timeout_s);
    uv_stop(&daemon->loop);
}

static void watch_idle(struct daemon *daemon)
{
    if (daemon->timeout_s > 0 && atomic_load(&daemon->server.clients) == 0)
        uv_timer_start(&daemon->idle, on_idle, (uint64_t)daemon->timeout_s * 1000, 0);
}

static void on_gone(uv_async_t *async)
{
    struct daemon *daemon = async->data;
    if (!uv_is_active((uv_handle_t *)&daemon->pause))
        set_accepting(daemon, true);
    watch_idle(daemon);
}

/* On a shard's thread. */
static void client_gone(struct server *server)
{
    struct daemon *daemon = (struct daemon *)((char *)server - offsetof(struct daemon, server));
    uv_async_send(&daemon->gone);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct daemon *daemon = handle->data;
    if (number == SIGHUP) {
        log_info("SIGHUP: nothing of this configuration can change while the daemon runs");
        return;
    }
    log_info("the daemon ends on signal %d", number);
    uv_stop(&daemon->loop);
}

static int add_listener(struct daemon *daemon, int fd, const char *path, bool read_only)
{
    auto_fd int owned = fd;
    if (fd < 0)
        return -1;
    auto_free char *copy = path ? strdup(path) : NULL;
    if (path && !copy)
        return fail_no_memory();
    struct listener *listener = &daemon->listeners[daemon->listener_count];
    *listener = (struct listener){ .daemon = daemon, .fd = fd, .read_only = read_only };
    if (uv_poll_init(&daemon->loop, &listener->poll, fd) < 0)
        return fail(VIR_ERR_INTERNAL_ERROR, "cannot watch a listening socket");
    listener->path = steal(copy);
    listener->poll.data = listener;
    steal_fd(&owned);
    daemon->listener_count++;
    return 0;
}

static int listen_unix(struct daemon *daemon, const struct daemon_config *config, const struct daemon_paths *paths)
{
    gid_t group;
    int backlog = (int)config->max_queued_clients;
    if (paths_find_group(config->unix_sock_group, &group) < 0)
        return -1;
    if (add_listener(daemon, socket_listen_unix(paths->socket_rw, config->unix_sock_rw_perms, group, backlog),
                     paths->socket_rw, false) < 0)
        return -1;
    if (!paths->socket_ro)
        return 0;
    return add_listener(daemon, socket_listen_unix(paths->socket_ro, config->unix_sock_ro_perms, group, backlog),
                        paths->socket_ro, true);
}

static int listen_tcp(struct daemon *daemon, const struct daemon_config *config)
{
    int fds[SOCKET_MAX_LISTENERS];
    int count = socket_listen_tcp(config->listen_addr, config->tcp_port, (int)config->max_queued_clients, fds);
    if (count < 0)
        return -1;
    int result = 0;
    for (int i = 0; i < count; i++) {
        if (result == 0)
            result = add_listener(daemon, fds[i], NULL, false);
        else
            close(fds[i]);
    }
    return result;
}

static void close_handle(uv_handle_t *handle, void *opaque)
{
    (void)opaque;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void stop_listening(struct daemon *daemon)
{
    for (unsigned int i = 0; i < daemon->listener_count; i++) {
        struct listener *listener = &daemon->listeners[i];
        uv_close((uv_handle_t *)&listener->poll, NULL);
        close(listener->fd);
        if (listener->path)
            unlink(listener->path);
        free(steal(listener->path));
    }
    daemon->listener_count = 0;
}

static int start_shards(struct daemon *daemon)
{
    struct server *server = &daemon->server;
    unsigned int wanted = uv_available_parallelism();
    wanted = wanted > MAX_SHARDS ? MAX_SHARDS : wanted;
    server->shards = calloc(wanted, sizeof *server->shards);
    if (!server->shards)
        return fail_no_memory();
    while (server->shard_count < wanted) {
        if (shard_start(&server->shards[server->shard_count], server) < 0)
            return -1;
        server->shard_count++;
    }
    return 0;
}

/* Signals reach the main thread only: every other thread starts with them blocked. */
static int start(struct daemon *daemon, const struct daemon_config *config, const struct daemon_paths *paths,
                 bool listen)
{
    static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
    sigset_t all, before;
    signal(SIGPIPE, SIG_IGN);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = start_shards(daemon);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    daemon->gone.data = daemon->pause.data = daemon->idle.data = daemon;
    uv_async_init(&daemon->loop, &daemon->gone, on_gone);
    uv_timer_init(&daemon->loop, &daemon->pause);
    uv_timer_init(&daemon->loop, &daemon->idle);
    for (size_t i = 0; i < array_size(numbers); i++) {
        daemon->signals[i].data = daemon;
        uv_signal_init(&daemon->loop, &daemon->signals[i]);
        uv_signal_start(&daemon->signals[i], on_signal, numbers[i]);
    }
    if (result < 0 || listen_unix(daemon, config, paths) < 0)
        return -1;
    return listen && config->listen_tcp ? listen_tcp(daemon, config) : 0;
}

/* -1 when a call is stuck: threads still use the daemon's memory. */
static int stop(struct daemon *daemon)
{
    struct server *server = &daemon->server;
    stop_listening(daemon);
    if (server->workers && workers_stop(server->workers, STUCK_MS) < 0)
        return -1;
    for (unsigned int i = 0; i < server->shard_count; i++)
        shard_stop(&server->shards[i]);
    free(server->shards);
    uv_walk(&daemon->loop, close_handle, NULL);
    uv_run(&daemon->loop, UV_RUN_DEFAULT);
    uv_loop_close(&daemon->loop);
    return 0;
}

int server_run(const struct daemon_config *config, const struct daemon_paths *paths, bool listen, int timeout_s,
               int (*ready)(void *opaque), void (*stuck)(void *opaque), void *opaque)
{
    struct daemon daemon = { .timeout_s = timeout_s };
    struct server *server = &daemon.server;
    if (uv_loop_init(&daemon.loop) < 0)
        return fail_no_memory();
    server->max_clients = config->max_clients;
    server->max_client_requests = config->max_client_requests;
    server->keepalive_interval_s = config->keepalive_interval;
    server->keepalive_count = config->keepalive_count;
    server->client_gone = client_gone;
    server->workers = workers_new(config->min_workers, config->max_workers, config->prio_workers);
    int result = server->workers ? start(&daemon, config, paths, listen) : -1;
    if (result == 0)
        result = ready(opaque);
    if (result == 0) {
        set_accepting(&daemon, true);
        watch_idle(&daemon);
        uv_run(&daemon.loop, UV_RUN_DEFAULT);
    }
    struct error error;
    error_take(&error);
    if (stop(&daemon) < 0) {
        log_warning("a call did not end within %d ms; the daemon ends without it", STUCK_MS);
        stuck(opaque);
    }
    error_restore(&error);
    return result;
}
