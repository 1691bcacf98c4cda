/* SPDX-License-Identifier: MIT
 * Scope-bound ownership: auto_free and auto_fd release when the variable leaves its scope, steal() hands the value on.
 * Every project type with a destructor gets its own attribute through DEFINE_AUTO.
 */
#pragma once
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free(void *pointer)
{
    free(*(void **)pointer);
}

static inline void cleanup_fd(int *fd)
{
    if (*fd >= 0) {
        int saved = errno;
        close(*fd);
        errno = saved;
    }
}

#define auto_free __attribute__((cleanup(cleanup_free)))
#define auto_fd __attribute__((cleanup(cleanup_fd)))
#define auto_with(destroy) __attribute__((cleanup(auto_##destroy)))

/* Makes auto_with(destroy) usable for variables of type `type *`. destroy must accept NULL. */
#define DEFINE_AUTO(type, destroy)                       \
    static inline void auto_##destroy(type **pointer)    \
    {                                                    \
        destroy(*pointer);                               \
    }

/* The value of a pointer variable, which becomes NULL. */
#define steal(pointer)                       \
    ({                                       \
        __typeof__(pointer) stolen = (pointer); \
        (pointer) = NULL;                    \
        stolen;                              \
    })

static inline int steal_fd(int *fd)
{
    int stolen = *fd;
    *fd = -1;
    return stolen;
}
