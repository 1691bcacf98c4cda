/* SPDX-License-Identifier: MIT
 * Where the daemon finds its files: configuration, sockets, pid file, log. The one place that knows the system
 * directories and the XDG rules of a session daemon. It names things; paths_make_dirs() alone creates directories.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct daemon_paths {
    char *config_file;  /* default of --config */
    char *runtime_dir;  /* system: /run/libvirt; session: $XDG_RUNTIME_DIR/libvirt, else ~/.cache/libvirt */
    char *state_dir;    /* objects that survive a restart: /var/lib/libvirt, session: $XDG_CONFIG_HOME/libvirt */
    char *cache_dir;    /* /var/cache/libvirt, session: $XDG_CACHE_HOME/libvirt */
    char *log_file;     /* of a daemon in the background without a journal */
    char *pid_file;     /* default of --pid-file */
    char *socket_dir;   /* runtime_dir unless paths_set_socket_dir() changed it */
    char *socket_rw;    /* <socket_dir>/libvirt-sock */
    char *socket_ro;    /* <socket_dir>/libvirt-sock-ro; NULL in a session daemon, which has none */
    char *socket_admin; /* <socket_dir>/libvirt-admin-sock */
};

/* Every path of a system (privileged, that is euid 0) or session daemon. Reads HOME and XDG_* of the environment. */
int paths_init(struct daemon_paths *paths, bool privileged);
void paths_clear(struct daemon_paths *paths);

/* Moves the sockets to dir (the key unix_sock_dir). Fails when a socket's path would not fit into a socket address. */
int paths_set_socket_dir(struct daemon_paths *paths, const char *dir, bool privileged);

/* Creates runtime_dir and socket_dir (0755 for the system, 0700 for a session). */
int paths_make_dirs(const struct daemon_paths *paths, bool privileged);

/* The group of the key unix_sock_group: a name or a number. NULL text gives the group of this process. */
int paths_find_group(const char *name, gid_t *ret_gid);
