/* SPDX-License-Identifier: MIT
 * Sockets of clients: connecting, listening, who is at the other end. Every descriptor is non-blocking and
 * close-on-exec.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The connected descriptor, or -1 with stock's error. */
int socket_connect_unix(const char *path);
/* Tries every address of host in the resolver's order; service is a number or a name. */
int socket_connect_tcp(const char *host, const char *service);

/* Creates a listening socket at path with exactly this mode and group (no moment with a wider mode); a dead socket in
 * its place is removed, a live one is an error. */
int socket_listen_unix(const char *path, mode_t mode, gid_t group, int backlog);

#define SOCKET_MAX_LISTENERS 16
/* Listens on every address of addr (NULL = all), one socket a family: v6 sockets are v6 only. Number of descriptors in
 * ret_fds, or -1. */
int socket_listen_tcp(const char *addr, const char *service, int backlog, int ret_fds[SOCKET_MAX_LISTENERS]);

/* Who is connected. */
struct peer {
    bool local;     /* a unix socket: uid, gid and pid are the kernel's word */
    uid_t uid;
    gid_t gid;
    pid_t pid;
    char text[72];  /* "127.0.0.1;45678" or "uid 1000 pid 4711", for logs */
};

/* The next connection of a listener with its peer; -1 with errno set (EAGAIN when there is none). */
int socket_accept(int listener, struct peer *ret_peer);

/* Receives up to length bytes, and the descriptors that came beside them: as many as max allows, behind fds[*count];
 * those beyond are closed. Returns as recv(). */
ssize_t socket_receive(int fd, void *data, size_t length, int *fds, unsigned int *count, unsigned int max);
