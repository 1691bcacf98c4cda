/* SPDX-License-Identifier: MIT
 * An elastic pool of threads for calls that may block. Jobs about the same object run one after the other, in order;
 * jobs about different objects never wait for each other but for a free thread.
 */
#pragma once
#include <stdbool.h>

#define WORK_KEY_SIZE 16

struct workers;

/* One piece of work, owned by whoever submits it; run() may free it. */
struct work {
    struct work *next;
    void (*run)(struct work *work);
    unsigned char key[WORK_KEY_SIZE]; /* the object: a UUID */
    bool has_key;                     /* false: waits for nobody */
    bool high;                        /* may use the threads kept for priority work */
};

/* min: threads that stay when idle; max: threads for any work; extra: more of them for high-priority work only. */
struct workers *workers_new(unsigned int min, unsigned int max, unsigned int extra);
/* Queues work. -1 with the error set when no thread can be had; work is then not taken. */
int workers_submit(struct workers *workers, struct work *work);
/* Takes no more work and waits up to timeout_ms for what is running and queued. 0 when all is done and the pool freed;
 * -1 when something is stuck: the pool stays, the caller is about to exit. */
int workers_stop(struct workers *workers, int timeout_ms);
