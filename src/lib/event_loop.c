/* SPDX-License-Identifier: MIT
 * Descriptors and timers in one list of sources. The lock is never held while a callback runs; a removed source stays
 * in the list until the loop's own thread, between callbacks, frees it: its free function may take any lock.
 */
#include "lib/event_loop.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

#define ERROR_DOMAIN VIR_FROM_EVENT
#define OFF (-1)

struct source {
    struct source *next;
    int id;
    bool is_timer;
    bool removed;
    int fd;
    int events;     /* virEventHandleType bits that are waited for */
    int timeout_ms; /* OFF = never */
    int64_t due_ms; /* when timeout_ms is not OFF */
    virEventHandleCallback on_handle;
    virEventTimeoutCallback on_timeout;
    void *opaque;
    virFreeCallback free_opaque;
};

/* What one round found ready. */
struct ready {
    int id;
    bool is_timer;
    int events;
};

static struct {
    pthread_mutex_t lock;   /* guards all below */
    struct source *sources; /* in order of creation */
    size_t count;
    int next_watch, next_timer;
    int wakeup; /* eventfd; -1 until event_loop_init() */
} loop = { .lock = PTHREAD_MUTEX_INITIALIZER, .next_watch = 1, .next_timer = 1, .wakeup = -1 };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int event_loop_init(void)
{
    pthread_mutex_lock(&loop.lock);
    if (loop.wakeup < 0)
        loop.wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int failed = loop.wakeup < 0 ? errno : 0;
    pthread_mutex_unlock(&loop.lock);
    return failed ? fail_errno(failed, "Unable to set up the event loop") : 0;
}

/* Ends a wait in progress, so that it sees a change. Called with the lock held. */
static void wake(void)
{
    const uint64_t one = 1;
    if (loop.wakeup >= 0 && write(loop.wakeup, &one, sizeof one) < 0)
        return; /* the counter is full: the loop will wake up anyway */
}

static struct source *find(bool is_timer, int id)
{
    for (struct source *source = loop.sources; source; source = source->next) {
        if (source->is_timer == is_timer && source->id == id && !source->removed)
            return source;
    }
    return NULL;
}

static int add(const struct source *wanted)
{
    struct source *source = malloc(sizeof *source);
    if (!source)
        return -1;
    *source = *wanted;
    pthread_mutex_lock(&loop.lock);
    source->id = source->is_timer ? loop.next_timer++ : loop.next_watch++;
    int id = source->id;
    struct source **end = &loop.sources;
    while (*end)
        end = &(*end)->next;
    *end = source;
    loop.count++;
    wake();
    pthread_mutex_unlock(&loop.lock);
    return id;
}

static int remove_source(bool is_timer, int id)
{
    pthread_mutex_lock(&loop.lock);
    struct source *source = find(is_timer, id);
    if (source)
        source->removed = true;
    wake();
    pthread_mutex_unlock(&loop.lock);
    return source ? 0 : -1;
}

int event_loop_add_handle(int fd, int events, virEventHandleCallback callback, void *opaque,
                          virFreeCallback free_opaque)
{
    const struct source wanted = { .fd = fd,
                                   .events = events,
                                   .timeout_ms = OFF,
                                   .on_handle = callback,
                                   .opaque = opaque,
                                   .free_opaque = free_opaque };
    return add(&wanted);
}

void event_loop_update_handle(int watch, int events)
{
    pthread_mutex_lock(&loop.lock);
    struct source *source = find(false, watch);
    if (source)
        source->events = events;
    wake();
    pthread_mutex_unlock(&loop.lock);
}

int event_loop_remove_handle(int watch)
{
    return remove_source(false, watch);
}

static void set_timeout(struct source *source, int timeout_ms)
{
    source->timeout_ms = timeout_ms < 0 ? OFF : timeout_ms;
    source->due_ms = timeout_ms < 0 ? 0 : now_ms() + timeout_ms;
}

int event_loop_add_timeout(int timeout_ms, virEventTimeoutCallback callback, void *opaque, virFreeCallback free_opaque)
{
    struct source wanted = {
        .is_timer = true, .fd = -1, .on_timeout = callback, .opaque = opaque, .free_opaque = free_opaque
    };
    set_timeout(&wanted, timeout_ms);
    return add(&wanted);
}

void event_loop_update_timeout(int timer, int timeout_ms)
{
    pthread_mutex_lock(&loop.lock);
    struct source *source = find(true, timer);
    if (source)
        set_timeout(source, timeout_ms);
    wake();
    pthread_mutex_unlock(&loop.lock);
}

int event_loop_remove_timeout(int timer)
{
    return remove_source(true, timer);
}

static short to_poll(int events)
{
    return (short)((events & VIR_EVENT_HANDLE_READABLE ? POLLIN : 0) |
                   (events & VIR_EVENT_HANDLE_WRITABLE ? POLLOUT : 0));
}

static int from_poll(short revents)
{
    return (revents & POLLIN ? VIR_EVENT_HANDLE_READABLE : 0) | (revents & POLLOUT ? VIR_EVENT_HANDLE_WRITABLE : 0) |
           (revents & (POLLERR | POLLNVAL) ? VIR_EVENT_HANDLE_ERROR : 0) |
           (revents & POLLHUP ? VIR_EVENT_HANDLE_HANGUP : 0);
}

/* Frees removed sources, each without the lock. */
static void free_removed(void)
{
    pthread_mutex_lock(&loop.lock);
    struct source **place = &loop.sources;
    while (*place) {
        struct source *source = *place;
        if (!source->removed) {
            place = &source->next;
            continue;
        }
        *place = source->next;
        loop.count--;
        pthread_mutex_unlock(&loop.lock);
        if (source->free_opaque)
            source->free_opaque(source->opaque);
        free(source);
        pthread_mutex_lock(&loop.lock);
        place = &loop.sources; /* the list may have changed meanwhile */
    }
    pthread_mutex_unlock(&loop.lock);
}

/* Calls one ready source, unless it was removed or changed since. */
static void call_source(const struct ready *ready)
{
    pthread_mutex_lock(&loop.lock);
    struct source *source = find(ready->is_timer, ready->id);
    bool call = source != NULL;
    if (source && source->is_timer) {
        call = source->timeout_ms != OFF && source->due_ms <= now_ms();
        if (call)
            source->due_ms = now_ms() + source->timeout_ms;
    }
    struct source copy = call ? *source : (struct source) { 0 };
    pthread_mutex_unlock(&loop.lock);
    if (!call)
        return;
    if (copy.is_timer)
        copy.on_timeout(copy.id, copy.opaque);
    else
        copy.on_handle(copy.id, copy.fd,
                       ready->events & (copy.events | VIR_EVENT_HANDLE_ERROR | VIR_EVENT_HANDLE_HANGUP), copy.opaque);
}

/* What to wait for: descriptors into fds[1..] and ids, the wait until the first timer. Called with the lock held. */
static size_t collect(struct pollfd *fds, int *ids, int *ret_wait_ms)
{
    size_t count = 0;
    int64_t due = INT64_MAX;
    fds[count] = (struct pollfd) { .fd = loop.wakeup, .events = POLLIN };
    ids[count++] = 0;
    for (struct source *source = loop.sources; source; source = source->next) {
        if (source->removed)
            continue;
        if (source->is_timer) {
            if (source->timeout_ms != OFF && source->due_ms < due)
                due = source->due_ms;
        } else if (source->events) {
            fds[count] = (struct pollfd) { .fd = source->fd, .events = to_poll(source->events) };
            ids[count++] = source->id;
        }
    }
    int64_t wait = due == INT64_MAX ? -1 : due - now_ms();
    *ret_wait_ms = due == INT64_MAX ? -1 : wait < 0 ? 0 : wait > INT_MAX ? INT_MAX : (int)wait;
    return count;
}

/* The timers that are due now. Called with the lock held. */
static size_t collect_due(struct ready *ready)
{
    size_t count = 0;
    int64_t now = now_ms();
    for (struct source *source = loop.sources; source; source = source->next) {
        if (source->is_timer && !source->removed && source->timeout_ms != OFF && source->due_ms <= now)
            ready[count++] = (struct ready) { .id = source->id, .is_timer = true };
    }
    return count;
}

static void drain_wakeup(void)
{
    uint64_t count;
    if (read(loop.wakeup, &count, sizeof count) < 0)
        return; /* nobody woke us */
}

int event_loop_run(void)
{
    free_removed();
    pthread_mutex_lock(&loop.lock);
    size_t room = loop.count + 1;
    auto_free struct pollfd *fds = loop.wakeup < 0 ? NULL : calloc(room, sizeof *fds);
    auto_free int *ids = calloc(room, sizeof *ids);
    int wait_ms = 0;
    size_t count = fds && ids ? collect(fds, ids, &wait_ms) : 0;
    bool ready_to_run = loop.wakeup >= 0;
    pthread_mutex_unlock(&loop.lock);
    if (!ready_to_run)
        return fail(VIR_ERR_INTERNAL_ERROR,
                    "the default event loop is not registered: call virEventRegisterDefaultImpl() first");
    if (!count)
        return fail_no_memory();
    int found = poll(fds, count, wait_ms);
    if (found < 0 && errno != EINTR)
        return fail_errno(errno, "Unable to poll on file handles");
    pthread_mutex_lock(&loop.lock);
    auto_free struct ready *ready = calloc(loop.count + 1, sizeof *ready);
    size_t due = ready ? collect_due(ready) : 0;
    pthread_mutex_unlock(&loop.lock);
    if (!ready)
        return fail_no_memory();
    for (size_t i = 0; i < due; i++)
        call_source(&ready[i]);
    if (found > 0 && fds[0].revents)
        drain_wakeup();
    for (size_t i = 1; i < count && found > 0; i++) {
        const struct ready handle = { .id = ids[i], .events = from_poll(fds[i].revents) };
        if (fds[i].revents)
            call_source(&handle);
    }
    free_removed();
    return 0;
}
