/* SPDX-License-Identifier: MIT
 * Unix and TCP sockets.
 */
#include "transport/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <libvirt/virterror.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "base/error.h"

#define ERROR_DOMAIN VIR_FROM_RPC

static int unix_address(const char *path, struct sockaddr_un *ret_address)
{
    *ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof ret_address->sun_path)
        return fail(VIR_ERR_SYSTEM_ERROR, "Path %s too long for unix socket: at most %zu bytes fit", path,
                    sizeof ret_address->sun_path - 1);
    strcpy(ret_address->sun_path, path);
    return 0;
}

int socket_connect_unix(const char *path)
{
    struct sockaddr_un address;
    if (unix_address(path, &address) < 0)
        return -1;
    auto_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail_errno(errno, "Failed to create socket");
    int result;
    do
        result = connect(fd, (struct sockaddr *)&address, sizeof address);
    while (result < 0 && errno == EINTR);
    if (result < 0)
        return fail_errno(errno, "Failed to connect socket to '%s'", path);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return steal_fd(&fd);
}

/* Small replies must not wait for the peer's acknowledgement of the one before. */
static void no_delay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static int connect_one(const struct addrinfo *address)
{
    auto_fd int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int result;
    do
        result = connect(fd, address->ai_addr, address->ai_addrlen);
    while (result < 0 && errno == EINTR);
    if (result < 0)
        return -1;
    no_delay(fd);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return steal_fd(&fd);
}

int socket_connect_tcp(const char *host, const char *service)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
    int result = getaddrinfo(host, service, &hints, &found);
    if (result != 0)
        return fail(VIR_ERR_SYSTEM_ERROR, "Unable to resolve address '%s' service '%s': %s", host, service,
                    gai_strerror(result));
    int fd = -1, saved = 0;
    for (struct addrinfo *address = found; address && fd < 0; address = address->ai_next) {
        fd = connect_one(address);
        saved = fd < 0 ? errno : 0;
    }
    freeaddrinfo(found);
    if (fd < 0)
        return fail_errno(saved, "unable to connect to server at '%s:%s'", host, service);
    return fd;
}

/* True when something accepts connections at the address. */
static bool is_live(const struct sockaddr_un *address)
{
    auto_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return fd >= 0 && (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN);
}

int socket_listen_unix(const char *path, mode_t mode, gid_t group, int backlog)
{
    struct sockaddr_un address;
    if (unix_address(path, &address) < 0)
        return -1;
    auto_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail_errno(errno, "Failed to create socket");
    if (is_live(&address))
        return fail(VIR_ERR_SYSTEM_ERROR,
                    "Failed to bind socket to '%s': another daemon listens there; stop it, or set "
                    "unix_sock_dir to another directory",
                    path);
    unlink(path);
    mode_t before = umask(0177);
    int bound = bind(fd, (struct sockaddr *)&address, sizeof address);
    int saved = errno;
    umask(before);
    if (bound < 0)
        return fail_errno(saved, "Failed to bind socket to '%s'", path);
    if ((group != getegid() && chown(path, (uid_t)-1, group) < 0) || listen(fd, backlog) < 0 || chmod(path, mode) < 0) {
        saved = errno;
        unlink(path);
        return fail_errno(saved, "Cannot set up socket '%s'", path);
    }
    return steal_fd(&fd);
}

static int listen_one(const struct addrinfo *address, int backlog)
{
    int on = 1;
    auto_fd int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, address->ai_addr, address->ai_addrlen) < 0 || listen(fd, backlog) < 0)
        return -1;
    return steal_fd(&fd);
}

int socket_listen_tcp(const char *addr, const char *service, int backlog, int ret_fds[SOCKET_MAX_LISTENERS])
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found;
    int result = getaddrinfo(addr, service, &hints, &found);
    if (result != 0)
        return fail(VIR_ERR_SYSTEM_ERROR, "Unable to resolve address '%s' service '%s': %s", addr ? addr : "*", service,
                    gai_strerror(result));
    int count = 0, saved = 0;
    bool family_missing = false;
    for (struct addrinfo *address = found; address && count < SOCKET_MAX_LISTENERS; address = address->ai_next) {
        int fd = listen_one(address, backlog);
        if (fd >= 0) {
            ret_fds[count++] = fd;
        } else if (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL) {
            family_missing = true; /* a host without IPv6, say */
            saved = saved ? saved : errno;
        } else {
            saved = errno;
            family_missing = false;
            break;
        }
    }
    bool refused = saved && !family_missing;
    freeaddrinfo(found);
    if (count > 0 && !refused)
        return count;
    while (count > 0)
        close(ret_fds[--count]);
    if (saved == EADDRINUSE)
        return fail_errno(saved,
                          "Unable to bind to port %s of %s; stop the program that listens there or choose another "
                          "port",
                          service, addr ? addr : "this host");
    return fail_errno(saved, "Unable to bind to port %s of %s", service, addr ? addr : "this host");
}

static void describe_local(int fd, struct peer *peer)
{
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    peer->local = true;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0)
        credentials = (struct ucred){ .pid = 0, .uid = (uid_t)-1, .gid = (gid_t)-1 };
    peer->uid = credentials.uid;
    peer->gid = credentials.gid;
    peer->pid = credentials.pid;
    snprintf(peer->text, sizeof peer->text, "uid %u pid %d", (unsigned)peer->uid, (int)peer->pid);
}

int socket_accept(int listener, struct peer *ret_peer)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int fd = accept4(listener, (struct sockaddr *)&address, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return -1;
    *ret_peer = (struct peer){ .uid = (uid_t)-1, .gid = (gid_t)-1 };
    if (address.ss_family == AF_UNIX) {
        describe_local(fd, ret_peer);
        return fd;
    }
    char host[NI_MAXHOST], port[NI_MAXSERV];
    no_delay(fd);
    if (getnameinfo((struct sockaddr *)&address, length, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) == 0)
        snprintf(ret_peer->text, sizeof ret_peer->text, "%.50s;%.10s", host, port);
    return fd;
}

ssize_t socket_receive(int fd, void *data, size_t length, int *fds, unsigned int *count, unsigned int max)
{
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(int) * 253)]; /* the most that the kernel passes in one message */
    } control;
    struct iovec part = { data, length };
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
    };
    ssize_t got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    if (got < 0 || message.msg_controllen == 0)
        return got;
    for (struct cmsghdr *item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item)) {
        if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t at = CMSG_LEN(0); at + sizeof(int) <= item->cmsg_len; at += sizeof(int)) {
            int passed;
            memcpy(&passed, (char *)item + at, sizeof passed);
            if (*count < max)
                fds[(*count)++] = passed;
            else
                close(passed);
        }
    }
    return got;
}
