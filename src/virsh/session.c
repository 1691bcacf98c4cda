/* SPDX-License-Identifier: MIT
 * The connection and the thread that runs the event loop: opening, keepalive, noticing that the peer is gone,
 * reconnecting before the next command.
 */
#include <pthread.h>
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>

#include "base/cleanup.h"
#include "virsh/shell.h"

static pthread_t event_thread;
static bool event_thread_runs;
static atomic_bool event_thread_ends;

static void *run_events(void *opaque)
{
    (void)opaque;
    while (!atomic_load(&event_thread_ends)) {
        if (virEventRunDefaultImpl() < 0)
            break;
    }
    return NULL;
}

static void wake_up(int timer, void *opaque)
{
    (void)opaque;
    virEventRemoveTimeout(timer);
}

int session_start(struct shell *shell)
{
    if (virInitialize() < 0) {
        shell_error(shell, "Failed to initialize libvirt");
        library_error_report(shell);
        return -1;
    }
    library_errors_capture();
    shell->lost_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (shell->lost_fd < 0)
        return shell_error(shell, "Failed to create an eventfd: %s", strerror(errno));
    if (virEventRegisterDefaultImpl() < 0)
        return shell_error(shell, "Failed to register the event loop");
    int code = pthread_create(&event_thread, NULL, run_events, NULL);
    if (code)
        return shell_error(shell, "Failed to start the event thread: %s", strerror(code));
    event_thread_runs = true;
    return 0;
}

static const char *close_reason(int reason)
{
    switch (reason) {
    case VIR_CONNECT_CLOSE_REASON_EOF:
        return "end of file";
    case VIR_CONNECT_CLOSE_REASON_KEEPALIVE:
        return "keepalive timeout";
    case VIR_CONNECT_CLOSE_REASON_CLIENT:
        return "client request";
    default:
        return "I/O error";
    }
}

/* On the event thread. The connection is closed by the next command, on the main thread. */
static void connection_lost(virConnectPtr connection, int reason, void *opaque)
{
    struct shell *shell = opaque;
    if (reason == VIR_CONNECT_CLOSE_REASON_CLIENT)
        return;
    auto_free char *uri = virConnectGetURI(connection);
    shell_error(shell, "Disconnected from %s due to %s", uri ? uri : "(unknown)", close_reason(reason));
    atomic_store(&shell->disconnected, true);
    eventfd_write(shell->lost_fd, 1);
}

static void session_close(struct shell *shell)
{
    virConnectPtr connection = steal(shell->connection);
    eventfd_t lost;
    if (!connection)
        return;
    virConnectUnregisterCloseCallback(connection, connection_lost);
    virConnectClose(connection);
    eventfd_read(shell->lost_fd, &lost);
}

static virConnectPtr session_open(struct shell *shell, const char *uri, bool read_only)
{
    virConnectPtr connection = virConnectOpenAuth(uri, virConnectAuthPtrDefault, read_only ? VIR_CONNECT_RO : 0);
    if (!connection)
        return NULL;
    if (shell->keepalive_interval_s > 0 &&
        virConnectSetKeepAlive(connection, shell->keepalive_interval_s, (unsigned int)shell->keepalive_count) != 0) {
        if (shell->keepalive_given) {
            shell_error(shell, "Cannot setup keepalive on connection as requested, disconnecting");
            virConnectClose(connection);
            return NULL;
        }
        shell_debug(shell, DEBUG_INFO, "Failed to setup keepalive on connection\n");
        library_error_reset();
    }
    if (virConnectRegisterCloseCallback(connection, connection_lost, shell, NULL) < 0) {
        shell_error(shell, "Unable to register disconnect callback");
        library_error_reset();
    }
    return connection;
}

int session_ensure(struct shell *shell)
{
    bool disconnected = atomic_load(&shell->disconnected);
    if (shell->connection && !disconnected)
        return 0;
    bool had_connection = shell->connection;
    session_close(shell);
    shell->connection = session_open(shell, shell->uri, shell->read_only);
    if (!shell->connection) {
        shell_error(shell, disconnected ? "Failed to reconnect to the hypervisor"
                                        : "failed to connect to the hypervisor");
        library_error_report(shell);
        return -1;
    }
    atomic_store(&shell->disconnected, false);
    if (had_connection)
        shell_error(shell, "Reconnected to the hypervisor");
    return 0;
}

int session_connect(struct shell *shell, const char *uri, bool read_only)
{
    session_close(shell);
    atomic_store(&shell->disconnected, false);
    shell->connection = session_open(shell, uri ? uri : shell->uri, read_only);
    if (!shell->connection) {
        shell_error(shell, "failed to connect to the hypervisor");
        return -1;
    }
    if (uri) {
        free(shell->uri);
        shell->uri = copy_text(uri);
    }
    shell->read_only = read_only;
    return 0;
}

void session_stop(struct shell *shell)
{
    session_close(shell);
    if (!event_thread_runs)
        return;
    atomic_store(&event_thread_ends, true);
    if (virEventAddTimeout(0, wake_up, NULL, NULL) >= 0)
        pthread_join(event_thread, NULL);
    close(shell->lost_fd);
}
