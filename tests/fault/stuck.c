/* SPDX-License-Identifier: MIT
 * Preloaded into the daemon: a call that needs 16 random bytes (a new UUID) hangs while the file $OIRASE_STUCK exists.
 * It stands for any driver call that does not come back: a dead disk, a hung monitor.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

ssize_t getrandom(void *buffer, size_t length, unsigned int flags);

ssize_t getrandom(void *buffer, size_t length, unsigned int flags)
{
    static ssize_t (*real)(void *, size_t, unsigned int);
    const char *path = getenv("OIRASE_STUCK");
    if (!real)
        real = (ssize_t (*)(void *, size_t, unsigned int))dlsym(RTLD_NEXT, "getrandom");
    while (length == 16 && path && access(path, F_OK) == 0)
        nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
    return real(buffer, length, flags);
}
