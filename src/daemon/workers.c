/* SPDX-License-Identifier: MIT
 * Threads and the queues of objects. A queue exists while it holds work; it is on one of the two ready lists while it
 * has work that no thread runs.
 *
 *   submit -> queue of the object -> ready list (high, normal) -> thread: first job -> back to the ready list, or gone
 */
#include "daemon/workers.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#define HASH_NONFATAL_OOM 1 /* else out of memory ends the process */
#include <uthash.h>

#include "base/cleanup.h"
#include "base/error.h"

#define ERROR_DOMAIN VIR_FROM_THREAD
#define IDLE_SECONDS 30
#define THREAD_STACK (512 * 1024)

struct queue {
    UT_hash_handle hh;
    unsigned char key[WORK_KEY_SIZE];
    bool hashed;
    struct work *first, **last;
    struct queue *next_ready;
};

struct ready_list {
    struct queue *first, **last;
};

struct workers {
    pthread_mutex_t lock; /* guards all below; never held while work runs */
    pthread_cond_t wake;  /* a queue became ready, or the pool stops */
    pthread_cond_t quiet; /* a thread ended */
    unsigned int min, max, extra;
    unsigned int threads, idle, busy;
    bool stopping;
    struct queue *queues; /* hash by key */
    struct ready_list high, normal;
    unsigned int ready; /* queues on both lists */
};

static void ready_add(struct workers *workers, struct queue *queue)
{
    struct ready_list *list = queue->first->high ? &workers->high : &workers->normal;
    queue->next_ready = NULL;
    *list->last = queue;
    list->last = &queue->next_ready;
    workers->ready++;
}

static struct queue *ready_take(struct ready_list *list)
{
    struct queue *queue = list->first;
    if (!queue)
        return NULL;
    list->first = queue->next_ready;
    if (!list->first)
        list->last = &list->first;
    return queue;
}

struct workers *workers_new(unsigned int min, unsigned int max, unsigned int extra)
{
    struct workers *workers = calloc(1, sizeof *workers);
    if (!workers) {
        fail_no_memory();
        return NULL;
    }
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->wake, &attributes);
    pthread_cond_init(&workers->quiet, &attributes);
    pthread_condattr_destroy(&attributes);
    workers->min = min;
    workers->max = max > 0 ? max : 1;
    workers->extra = extra;
    workers->high.last = &workers->high.first;
    workers->normal.last = &workers->normal.first;
    return workers;
}

static struct timespec after(long milliseconds)
{
    struct timespec when;
    clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_sec += milliseconds / 1000;
    when.tv_nsec += milliseconds % 1000 * 1000000;
    if (when.tv_nsec >= 1000000000) {
        when.tv_sec++;
        when.tv_nsec -= 1000000000;
    }
    return when;
}

/* The next queue this thread may serve. Normal work leaves the last `extra` threads free. */
static struct queue *next_queue(struct workers *workers)
{
    struct queue *queue = ready_take(&workers->high);
    if (!queue && workers->busy < workers->max)
        queue = ready_take(&workers->normal);
    workers->ready -= queue != NULL;
    return queue;
}

/* Runs the first job of queue, then puts the queue back or frees it. While it runs, `running` stands in its place, so
 * that later jobs of the object wait behind it though run() may free the job. Called and returns with the lock held. */
static void run_one(struct workers *workers, struct queue *queue)
{
    struct work *work = queue->first;
    struct work running = { .next = work->next };
    queue->first = &running;
    if (!running.next)
        queue->last = &running.next;
    workers->busy++;
    pthread_mutex_unlock(&workers->lock);
    work->run(work);
    error_reset();
    pthread_mutex_lock(&workers->lock);
    workers->busy--;
    queue->first = running.next;
    if (queue->first) {
        ready_add(workers, queue);
        pthread_cond_signal(&workers->wake);
        return;
    }
    if (queue->hashed)
        HASH_DEL(workers->queues, queue);
    free(queue);
}

static void *thread_main(void *opaque)
{
    struct workers *workers = opaque;
    pthread_mutex_lock(&workers->lock);
    for (;;) {
        struct queue *queue = next_queue(workers);
        if (queue) {
            run_one(workers, queue);
            continue;
        }
        if (workers->stopping)
            break;
        struct timespec until = after(IDLE_SECONDS * 1000);
        workers->idle++;
        int result = pthread_cond_timedwait(&workers->wake, &workers->lock, &until);
        workers->idle--;
        if (result == ETIMEDOUT && workers->threads > workers->min && workers->ready == 0)
            break;
    }
    workers->threads--;
    pthread_cond_broadcast(&workers->quiet);
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

static int add_thread(struct workers *workers)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, THREAD_STACK);
    int result = pthread_create(&thread, &attributes, thread_main, workers);
    pthread_attr_destroy(&attributes);
    if (result == 0)
        workers->threads++;
    return result;
}

/* The queue of the work's object, made when there is none. */
static struct queue *find_queue(struct workers *workers, const struct work *work)
{
    struct queue *queue = NULL;
    if (work->has_key)
        HASH_FIND(hh, workers->queues, work->key, WORK_KEY_SIZE, queue);
    if (queue)
        return queue;
    queue = calloc(1, sizeof *queue);
    if (!queue)
        return NULL;
    queue->last = &queue->first;
    if (work->has_key) {
        memcpy(queue->key, work->key, WORK_KEY_SIZE);
        queue->hashed = true;
        HASH_ADD(hh, workers->queues, key, WORK_KEY_SIZE, queue);
        if (!queue->hh.tbl) { /* out of memory: it was not added */
            free(queue);
            return NULL;
        }
    }
    return queue;
}

static int submit_locked(struct workers *workers, struct work *work)
{
    unsigned int limit = workers->max + (work->high ? workers->extra : 0);
    if (workers->stopping)
        return fail(VIR_ERR_OPERATION_FAILED, "the daemon is shutting down; connect again when it is back");
    if (workers->idle <= workers->ready && workers->threads < limit) {
        int result = add_thread(workers);
        if (result != 0 && workers->threads == 0)
            return fail_errno(result, "Failed to create thread");
    }
    struct queue *queue = find_queue(workers, work);
    if (!queue)
        return fail_no_memory();
    bool was_empty = queue->first == NULL;
    work->next = NULL;
    *queue->last = work;
    queue->last = &work->next;
    if (was_empty) {
        ready_add(workers, queue);
        pthread_cond_signal(&workers->wake);
    }
    return 0;
}

int workers_submit(struct workers *workers, struct work *work)
{
    pthread_mutex_lock(&workers->lock);
    int result = submit_locked(workers, work);
    pthread_mutex_unlock(&workers->lock);
    return result;
}

int workers_stop(struct workers *workers, int timeout_ms)
{
    struct timespec until = after(timeout_ms);
    int result = 0;
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->wake);
    while (workers->threads > 0 && result != ETIMEDOUT)
        result = pthread_cond_timedwait(&workers->quiet, &workers->lock, &until);
    bool stuck = workers->threads > 0;
    pthread_mutex_unlock(&workers->lock);
    if (stuck)
        return -1;
    pthread_cond_destroy(&workers->wake);
    pthread_cond_destroy(&workers->quiet);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
    return 0;
}
