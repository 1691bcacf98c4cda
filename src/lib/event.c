/* SPDX-License-Identifier: MIT
 * The event loop interface of the public API: the program's own loop, or ours (event_loop.c). Set once, before use.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdbool.h>

#include "base/error.h"
#include "lib/errors.h"
#include "lib/event_loop.h"

#define ERROR_DOMAIN VIR_FROM_EVENT

struct event_impl {
    virEventAddHandleFunc add_handle;
    virEventUpdateHandleFunc update_handle;
    virEventRemoveHandleFunc remove_handle;
    virEventAddTimeoutFunc add_timeout;
    virEventUpdateTimeoutFunc update_timeout;
    virEventRemoveTimeoutFunc remove_timeout;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct event_impl impl; /* all NULL until one is registered */

static struct event_impl current(void)
{
    pthread_mutex_lock(&lock);
    struct event_impl copy = impl;
    pthread_mutex_unlock(&lock);
    return copy;
}

void virEventRegisterImpl(virEventAddHandleFunc addHandle, virEventUpdateHandleFunc updateHandle,
                          virEventRemoveHandleFunc removeHandle, virEventAddTimeoutFunc addTimeout,
                          virEventUpdateTimeoutFunc updateTimeout, virEventRemoveTimeoutFunc removeTimeout)
{
    pthread_mutex_lock(&lock);
    if (!impl.add_handle)
        impl = (struct event_impl) { addHandle, updateHandle, removeHandle, addTimeout, updateTimeout, removeTimeout };
    pthread_mutex_unlock(&lock);
}

int virEventRegisterDefaultImpl(void)
{
    errors_reset();
    if (event_loop_init() < 0) {
        errors_dispatch(NULL);
        return -1;
    }
    virEventRegisterImpl(event_loop_add_handle, event_loop_update_handle, event_loop_remove_handle,
                         event_loop_add_timeout, event_loop_update_timeout, event_loop_remove_timeout);
    return 0;
}

int virEventRunDefaultImpl(void)
{
    errors_reset();
    if (event_loop_run() == 0)
        return 0;
    errors_dispatch(NULL);
    return -1;
}

int virEventAddHandle(int fd, int events, virEventHandleCallback cb, void *opaque, virFreeCallback ff)
{
    struct event_impl use = current();
    return use.add_handle ? use.add_handle(fd, events, cb, opaque, ff) : -1;
}

void virEventUpdateHandle(int watch, int events)
{
    struct event_impl use = current();
    if (use.update_handle)
        use.update_handle(watch, events);
}

int virEventRemoveHandle(int watch)
{
    struct event_impl use = current();
    return use.remove_handle ? use.remove_handle(watch) : -1;
}

int virEventAddTimeout(int timeout, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff)
{
    struct event_impl use = current();
    return use.add_timeout ? use.add_timeout(timeout, cb, opaque, ff) : -1;
}

void virEventUpdateTimeout(int timer, int timeout)
{
    struct event_impl use = current();
    if (use.update_timeout)
        use.update_timeout(timer, timeout);
}

int virEventRemoveTimeout(int timer)
{
    struct event_impl use = current();
    return use.remove_timeout ? use.remove_timeout(timer) : -1;
}
