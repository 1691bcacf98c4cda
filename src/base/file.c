/* SPDX-License-Identifier: MIT
 * Bounded reads and durable replaces.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"

int file_read(const char *path, size_t max, char **ret_content, size_t *ret_length)
{
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
    auto_buf struct buf content = BUF_INIT;
    if (fd < 0)
        return -1;
    for (;;) {
        char *place = buf_reserve(&content, 16384);
        if (!place) {
            errno = ENOMEM;
            return -1;
        }
        ssize_t got = read(fd, place, 16384);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        content.end += (size_t)got;
        if (content.end > max) {
            errno = EFBIG;
            return -1;
        }
    }
    size_t length = buf_length(&content);
    char *text = buf_take(&content);
    if (!text) {
        errno = ENOMEM;
        return -1;
    }
    *ret_content = text;
    if (ret_length)
        *ret_length = length;
    return 0;
}

static int write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t wrote = write(fd, data, length);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return -1;
        data += wrote;
        length -= (size_t)wrote;
    }
    return 0;
}

static int sync_parent(const char *path)
{
    auto_free char *parent = strdup(path);
    if (!parent)
        return -1;
    char *slash = strrchr(parent, '/');
    if (slash == parent)
        slash[1] = '\0';
    else if (slash)
        *slash = '\0';
    auto_fd int fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -1 : fsync(fd);
}

int file_replace(const char *path, mode_t mode, const void *data, size_t length)
{
    auto_free char *temporary = NULL;
    if (asprintf(&temporary, "%s.XXXXXX.tmp", path) < 0) {
        temporary = NULL;
        errno = ENOMEM;
        return -1;
    }
    auto_fd int fd = mkostemps(temporary, 4, O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (fchmod(fd, mode) == 0 && write_all(fd, data, length) == 0 && fsync(fd) == 0 && rename(temporary, path) == 0)
        return sync_parent(path);
    int saved = errno;
    unlink(temporary);
    errno = saved;
    return -1;
}

int file_make_dirs(const char *path, mode_t mode)
{
    auto_free char *part = strdup(path);
    if (!part)
        return -1;
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, mode) < 0 && errno != EEXIST)
            return -1;
        *slash = '/';
    }
    return mkdir(part, mode) < 0 && errno != EEXIST ? -1 : 0;
}
