/* SPDX-License-Identifier: MIT
 * System directories are fixed as stock's are; those of a session follow the XDG base directory rules.
 */
#include "daemon/paths.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <libvirt/virterror.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"

#define ERROR_DOMAIN VIR_FROM_NONE

static int join(char **ret_path, const char *format, const char *first, const char *second)
{
    char *path;
    if (asprintf(&path, format, first, second) < 0)
        return fail_no_memory();
    free(*ret_path);
    *ret_path = path;
    return 0;
}

static int find_home(char **ret_home)
{
    const char *home = getenv("HOME");
    char buffer[4096];
    struct passwd entry, *found = NULL;
    if (!home || home[0] != '/') {
        if (getpwuid_r(geteuid(), &entry, buffer, sizeof buffer, &found) != 0 || !found || found->pw_dir[0] != '/')
            return fail(VIR_ERR_OPERATION_FAILED,
                        "cannot find the home directory of uid %u: set HOME to an absolute path",
                        (unsigned int)geteuid());
        home = found->pw_dir;
    }
    char *copy = strdup(home);
    if (!copy)
        return fail_no_memory();
    *ret_home = copy;
    return 0;
}

/* <variable>/libvirt, or <home>/<otherwise>/libvirt when the variable holds no absolute path. */
static int find_xdg(const char *variable, const char *home, const char *otherwise, char **ret_dir)
{
    const char *base = getenv(variable);
    if (base && base[0] == '/')
        return join(ret_dir, "%s/%s", base, "libvirt");
    auto_free char *below = NULL;
    return join(&below, "%s/%s", home, otherwise) < 0 ? -1 : join(ret_dir, "%s/%s", below, "libvirt");
}

static int init_session(struct daemon_paths *paths)
{
    auto_free char *home = NULL, *config_dir = NULL;
    if (find_home(&home) < 0 || find_xdg("XDG_CONFIG_HOME", home, ".config", &config_dir) < 0 ||
        find_xdg("XDG_CACHE_HOME", home, ".cache", &paths->cache_dir) < 0)
        return -1;
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    int result = runtime && runtime[0] == '/' ? join(&paths->runtime_dir, "%s/%s", runtime, "libvirt")
                                              : join(&paths->runtime_dir, "%s%s", paths->cache_dir, "");
    if (result < 0 || join(&paths->config_file, "%s/%s", config_dir, "libvirtd.conf") < 0 ||
        join(&paths->log_file, "%s/%s", paths->cache_dir, "libvirtd.log") < 0 ||
        join(&paths->pid_file, "%s/%s", paths->runtime_dir, "libvirtd.pid") < 0)
        return -1;
    paths->state_dir = steal(config_dir);
    return 0;
}

static int init_system(struct daemon_paths *paths)
{
    if (join(&paths->config_file, "%s%s", "/etc/libvirt/libvirtd.conf", "") < 0 ||
        join(&paths->runtime_dir, "%s%s", "/run/libvirt", "") < 0 ||
        join(&paths->state_dir, "%s%s", "/var/lib/libvirt", "") < 0 ||
        join(&paths->cache_dir, "%s%s", "/var/cache/libvirt", "") < 0 ||
        join(&paths->log_file, "%s%s", "/var/log/libvirt/libvirtd.log", "") < 0)
        return -1;
    return join(&paths->pid_file, "%s%s", "/run/libvirtd.pid", "");
}

int paths_init(struct daemon_paths *paths, bool privileged)
{
    *paths = (struct daemon_paths){ 0 };
    if ((privileged ? init_system(paths) : init_session(paths)) == 0 &&
        paths_set_socket_dir(paths, paths->runtime_dir, privileged) == 0)
        return 0;
    paths_clear(paths);
    return -1;
}

void paths_clear(struct daemon_paths *paths)
{
    char *owned[] = { paths->config_file, paths->runtime_dir, paths->state_dir, paths->cache_dir, paths->log_file,
                      paths->pid_file,    paths->socket_dir,  paths->socket_rw, paths->socket_ro, paths->socket_admin };
    for (size_t i = 0; i < array_size(owned); i++)
        free(owned[i]);
    *paths = (struct daemon_paths){ 0 };
}

int paths_set_socket_dir(struct daemon_paths *paths, const char *dir, bool privileged)
{
    size_t longest = strlen(dir) + strlen("/libvirt-admin-sock");
    if (longest >= sizeof((struct sockaddr_un *)NULL)->sun_path)
        return fail(VIR_ERR_INVALID_ARG,
                    "the path of the socket '%s/libvirt-admin-sock' is too long (%zu bytes, at most %zu): set "
                    "unix_sock_dir%s to a shorter directory",
                    dir, longest, sizeof((struct sockaddr_un *)NULL)->sun_path - 1,
                    privileged ? "" : " or XDG_RUNTIME_DIR");
    auto_free char *copy = strdup(dir);
    if (!copy)
        return fail_no_memory();
    if (join(&paths->socket_rw, "%s/%s", copy, "libvirt-sock") < 0 ||
        join(&paths->socket_admin, "%s/%s", copy, "libvirt-admin-sock") < 0 ||
        (privileged && join(&paths->socket_ro, "%s/%s", copy, "libvirt-sock-ro") < 0))
        return -1;
    free(paths->socket_dir);
    paths->socket_dir = steal(copy);
    return 0;
}

static int make_dir(const char *path, mode_t mode)
{
    struct stat status;
    if (file_make_dirs(path, mode) < 0)
        return fail_errno(errno, "Failed to create directory '%s'", path);
    if (stat(path, &status) == 0 && !S_ISDIR(status.st_mode))
        return fail_errno(ENOTDIR, "Failed to create directory '%s'", path);
    return 0;
}

int paths_make_dirs(const struct daemon_paths *paths, bool privileged)
{
    mode_t mode = privileged ? 0755 : 0700;
    return make_dir(paths->runtime_dir, mode) < 0 ? -1 : make_dir(paths->socket_dir, mode);
}

int paths_find_group(const char *name, gid_t *ret_gid)
{
    unsigned int number;
    char buffer[16384];
    struct group entry, *found = NULL;
    if (!name) {
        *ret_gid = getegid();
        return 0;
    }
    if (getgrnam_r(name, &entry, buffer, sizeof buffer, &found) == 0 && found) {
        *ret_gid = entry.gr_gid;
        return 0;
    }
    if (str_to_uint(name, &number) == 0 && number != (unsigned int)-1) {
        *ret_gid = number;
        return 0;
    }
    return fail(VIR_ERR_INVALID_ARG,
                "Failed to parse group '%s': no such group; create it (groupadd) or correct unix_sock_group", name);
}
