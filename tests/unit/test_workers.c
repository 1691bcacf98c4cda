/* SPDX-License-Identifier: MIT
 * The worker pool: order and exclusion of jobs about one object, parallelism of others, what a stuck job holds up, the
 * threads kept for priority work, and stopping. Threads meet at conditions and barriers; nothing depends on time but
 * alarm(), which ends a test that hangs.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "daemon/workers.h"

#undef fail /* cmocka has its own */
#include <cmocka.h>

#define PATIENCE_S 60
#define LONG_MS 30000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the fields of struct job that both sides use */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

struct job {
    struct work work; /* first: run() casts */
    bool held;        /* run() waits until it is false */
    bool started, done;
};

static void run_job(struct work *work)
{
    struct job *job = (struct job *)work;
    pthread_mutex_lock(&lock);
    job->started = true;
    pthread_cond_broadcast(&changed);
    while (job->held)
        pthread_cond_wait(&changed, &lock);
    job->done = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

/* key 0: no key. */
static struct job job_of(int key, bool held)
{
    struct job job = { .work = { .run = run_job, .key = { (unsigned char)key }, .has_key = key != 0 }, .held = held };
    return job;
}

static void wait_for(const bool *flag)
{
    pthread_mutex_lock(&lock);
    while (!*flag)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

static void release(struct job *job)
{
    pthread_mutex_lock(&lock);
    job->held = false;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static bool has_started(const struct job *job)
{
    pthread_mutex_lock(&lock);
    bool started = job->started;
    pthread_mutex_unlock(&lock);
    return started;
}

static struct workers *new_workers(unsigned int max, unsigned int extra)
{
    struct workers *workers = workers_new(0, max, extra);
    assert_non_null(workers);
    return workers;
}

static void submit(struct workers *workers, struct job *job)
{
    assert_int_equal(workers_submit(workers, &job->work), 0);
}

static void submit_and_wait(struct workers *workers, struct job *job)
{
    submit(workers, job);
    wait_for(&job->done);
}

#define KEYS 5
#define JOBS_PER_KEY 100

struct ordered {
    struct work work;
    int number;
};
static atomic_int running[KEYS + 1], next_number[KEYS + 1], disorder;

static void run_ordered(struct work *work)
{
    struct ordered *job = (struct ordered *)work;
    int key = work->key[0];
    if (atomic_fetch_add(&running[key], 1) != 0 || atomic_load(&next_number[key]) != job->number)
        atomic_fetch_add(&disorder, 1);
    sched_yield();
    atomic_store(&next_number[key], job->number + 1);
    atomic_fetch_sub(&running[key], 1);
    free(job);
}

static void *submit_key(void *opaque)
{
    struct workers *workers = *(struct workers **)opaque;
    static atomic_int keys;
    int key = 1 + atomic_fetch_add(&keys, 1) % KEYS;
    for (int i = 0; i < JOBS_PER_KEY; i++) {
        struct ordered *job = calloc(1, sizeof *job);
        job->work =
            (struct work) { .run = run_ordered, .key = { (unsigned char)key }, .has_key = true, .high = i % 3 == 0 };
        job->number = i;
        if (workers_submit(workers, &job->work) < 0) {
            atomic_fetch_add(&disorder, 1);
            free(job);
        }
    }
    return NULL;
}

/* Jobs of one object run in the order of submission, one at a time, high or not; they may free themselves. */
static void test_order(void **unused)
{
    struct workers *workers = new_workers(4, 2);
    pthread_t threads[KEYS];
    (void)unused;
    for (int i = 0; i < KEYS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, submit_key, &workers), 0);
    for (int i = 0; i < KEYS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(workers_stop(workers, LONG_MS), 0); /* runs what is queued */
    assert_int_equal(disorder, 0);
    for (int key = 1; key <= KEYS; key++)
        assert_int_equal(next_number[key], JOBS_PER_KEY);
}

static pthread_barrier_t meeting;

static void run_meeting(struct work *work)
{
    (void)work;
    pthread_barrier_wait(&meeting);
}

/* As many jobs as there are threads all wait for each other: with one thread less this would hang. */
static void test_parallel(void **unused)
{
    (void)unused;
    for (int keyed = 0; keyed < 2; keyed++) {
        enum { THREADS = 6 };
        struct workers *workers = new_workers(THREADS, 0);
        struct work works[THREADS * 3] = { 0 };
        pthread_barrier_init(&meeting, NULL, THREADS);
        for (int i = 0; i < THREADS * 3; i++) {
            works[i] = (struct work){ .run = run_meeting, .key = { (unsigned char)i }, .has_key = keyed };
            assert_int_equal(workers_submit(workers, &works[i]), 0);
        }
        assert_int_equal(workers_stop(workers, LONG_MS), 0);
        pthread_barrier_destroy(&meeting);
    }
}

static void test_stuck_job_holds_its_object_only(void **unused)
{
    struct workers *workers = new_workers(2, 0);
    struct job stuck = job_of(1, true), behind = job_of(1, false);
    (void)unused;
    submit(workers, &stuck);
    wait_for(&stuck.started);
    submit(workers, &behind);
    for (int i = 0; i < 200; i++) {
        struct job other = job_of(i % 7 == 0 ? 0 : 2 + i % 5, false);
        submit_and_wait(workers, &other);
    }
    assert_false(has_started(&behind));
    release(&stuck);
    wait_for(&behind.done);
    assert_int_equal(workers_stop(workers, LONG_MS), 0);
}

/* With every thread for any work stuck, priority work still runs, and normal work still does not. */
static void test_extra_threads_are_for_high_work(void **unused)
{
    struct workers *workers = new_workers(2, 1);
    struct job stuck[2] = { job_of(1, true), job_of(2, true) };
    struct job normal = job_of(3, false), keyless = job_of(0, false);
    (void)unused;
    submit(workers, &stuck[0]);
    submit(workers, &stuck[1]);
    wait_for(&stuck[0].started);
    wait_for(&stuck[1].started);
    submit(workers, &normal);
    submit(workers, &keyless);
    for (int i = 0; i < 100; i++) {
        struct job high = job_of(4 + i % 3, false);
        high.work.high = true;
        submit_and_wait(workers, &high);
        assert_false(has_started(&normal));
        assert_false(has_started(&keyless));
    }
    release(&stuck[0]);
    wait_for(&normal.done);
    wait_for(&keyless.done);
    release(&stuck[1]);
    assert_int_equal(workers_stop(workers, LONG_MS), 0);
}

static void test_high_work_goes_first(void **unused)
{
    struct workers *workers = new_workers(1, 0);
    struct job stuck = job_of(1, true), normal = job_of(2, true), high = job_of(3, true);
    (void)unused;
    high.work.high = true;
    submit(workers, &stuck);
    wait_for(&stuck.started);
    submit(workers, &normal);
    submit(workers, &high);
    release(&stuck);
    wait_for(&high.started);
    assert_false(has_started(&normal));
    release(&high);
    release(&normal);
    assert_int_equal(workers_stop(workers, LONG_MS), 0);
    assert_true(normal.done);
}

static void test_stop_with_a_stuck_job(void **unused)
{
    struct workers *workers = new_workers(3, 0);
    struct job stuck = job_of(1, true), other = job_of(2, false), late = job_of(3, false);
    (void)unused;
    submit(workers, &stuck);
    wait_for(&stuck.started);
    submit(workers, &other);
    assert_int_equal(workers_stop(workers, 1), -1);
    error_reset();
    assert_int_equal(workers_submit(workers, &late.work), -1);
    assert_true(error_is_set());
    error_reset();
    release(&stuck);
    assert_int_equal(workers_stop(workers, LONG_MS), 0);
    assert_true(other.done);
    assert_true(stuck.done);
    assert_false(late.started);
}

static void test_idle(void **unused)
{
    (void)unused;
    assert_int_equal(workers_stop(new_workers(4, 2), 0), 0); /* no thread was ever needed */
    struct workers *workers = new_workers(0, 0); /* means one */
    for (int i = 0; i < 100; i++) {
        struct job job = job_of(i % 3, false);
        submit_and_wait(workers, &job);
    }
    assert_int_equal(workers_stop(workers, LONG_MS), 0);
}

/* A job's error does not leak into the next job of the thread. */
static void run_error(struct work *work)
{
    struct job *job = (struct job *)work;
    bool clean = !error_is_set();
    error_set(1, 1, 0, "of this job");
    pthread_mutex_lock(&lock);
    job->held = !clean;
    job->done = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void test_errors_stay_in_the_job(void **unused)
{
    struct workers *workers = new_workers(1, 0);
    (void)unused;
    for (int i = 0; i < 3; i++) {
        struct job job = job_of(0, false);
        job.work.run = run_error;
        submit_and_wait(workers, &job);
        assert_false(job.held);
    }
    assert_int_equal(workers_stop(workers, LONG_MS), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_parallel),
        cmocka_unit_test(test_stuck_job_holds_its_object_only),
        cmocka_unit_test(test_extra_threads_are_for_high_work),
        cmocka_unit_test(test_high_work_goes_first),
        cmocka_unit_test(test_stop_with_a_stuck_job),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_errors_stay_in_the_job),
    };
    alarm(PATIENCE_S);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
