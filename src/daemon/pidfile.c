/* SPDX-License-Identifier: MIT
 * Open, lock, and check that the locked file is still the one at the path: its owner may have removed it in between.
 */
#include "daemon/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libvirt/virterror.h>

#include "base/cleanup.h"
#include "base/error.h"

#define ERROR_DOMAIN VIR_FROM_NONE

static int report_holder(int fd, const char *path, int errnum)
{
    char reason[256];
    struct flock held = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    const char *text = strerror_r(errnum, reason, sizeof reason);
    if ((errnum == EAGAIN || errnum == EACCES) && fcntl(fd, F_GETLK, &held) == 0 && held.l_type != F_UNLCK)
        return fail(
            VIR_ERR_SYSTEM_ERROR,
            "Failed to acquire pid file '%s': %s: process %d holds it; stop that daemon or choose another file with "
            "--pid-file",
            path, text, (int)held.l_pid);
    return fail(VIR_ERR_SYSTEM_ERROR, "Failed to acquire pid file '%s': %s", path, text);
}

/* 1 when the path no longer leads to the file behind fd. */
static int was_replaced(int fd, const char *path)
{
    struct stat ours, named;
    if (fstat(fd, &ours) < 0)
        return fail_errno(errno, "Failed to check status of pid file '%s'", path);
    return stat(path, &named) < 0 || ours.st_dev != named.st_dev || ours.st_ino != named.st_ino;
}

int pidfile_acquire(struct pidfile *pidfile, const char *path)
{
    auto_free char *copy = strdup(path);
    if (!copy)
        return fail_no_memory();
    for (;;) {
        auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644);
        if (fd < 0)
            return fail_errno(errno, "Failed to open pid file '%s'", path);
        struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
        if (fcntl(fd, F_SETLK, &whole) < 0)
            return report_holder(fd, path, errno);
        int replaced = was_replaced(fd, path);
        if (replaced < 0)
            return -1;
        if (replaced)
            continue;
        char text[16];
        int length = snprintf(text, sizeof text, "%d", (int)getpid());
        if (ftruncate(fd, 0) < 0 || write(fd, text, (size_t)length) != length)
            return fail_errno(errno, "Failed to write to pid file '%s'", path);
        *pidfile = (struct pidfile){ .path = steal(copy), .fd = steal_fd(&fd) };
        return 0;
    }
}

void pidfile_release(struct pidfile *pidfile)
{
    if (!pidfile->path)
        return;
    unlink(pidfile->path); /* while locked, so that no other daemon's file can be removed */
    close(pidfile->fd);
    free(pidfile->path);
    *pidfile = (struct pidfile)PIDFILE_INIT;
}
