/* SPDX-License-Identifier: MIT
 * The default event loop, and domain events from a local connection through it, also with several threads.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static atomic_int frees;

static void quiet(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

static void count_free(void *opaque)
{
    (void)opaque;
    atomic_fetch_add(&frees, 1);
}

/* Handles and timers. */

static void on_readable(int watch, int fd, int events, void *opaque)
{
    char byte;
    assert_int_equal(events, VIR_EVENT_HANDLE_READABLE);
    assert_int_equal(read(fd, &byte, 1), 1);
    *(char *)opaque = byte;
    virEventRemoveHandle(watch);
}

static void test_handle(void **state)
{
    int pipes[2];
    char got = 0;
    (void)state;
    atomic_store(&frees, 0);
    assert_int_equal(pipe(pipes), 0);
    int watch = virEventAddHandle(pipes[0], VIR_EVENT_HANDLE_READABLE, on_readable, &got, count_free);
    assert_true(watch > 0);
    assert_int_equal(write(pipes[1], "x", 1), 1);
    while (!got)
        assert_int_equal(virEventRunDefaultImpl(), 0);
    assert_int_equal(got, 'x');
    assert_int_equal(atomic_load(&frees), 1);
    assert_int_equal(virEventRemoveHandle(watch), -1);
    close(pipes[0]);
    close(pipes[1]);
}

static void on_timeout(int timer, void *opaque)
{
    if (++*(int *)opaque == 3)
        virEventUpdateTimeout(timer, -1);
}

static void test_timer(void **state)
{
    int calls = 0;
    (void)state;
    atomic_store(&frees, 0);
    int timer = virEventAddTimeout(0, on_timeout, &calls, count_free);
    while (calls < 3)
        assert_int_equal(virEventRunDefaultImpl(), 0);
    assert_int_equal(virEventRemoveTimeout(timer), 0);
    assert_int_equal(virEventRemoveTimeout(timer), -1);
    assert_int_equal(virEventRunDefaultImpl(), 0);
    assert_int_equal(atomic_load(&frees), 1);
    assert_int_equal(calls, 3);
}

static void *enable_timer(void *opaque)
{
    virEventUpdateTimeout(*(int *)opaque, 0);
    return NULL;
}

/* Without a wake-up from the other thread this would wait for ever. */
static void test_other_thread_wakes(void **state)
{
    int calls = 0;
    pthread_t thread;
    (void)state;
    int timer = virEventAddTimeout(-1, on_timeout, &calls, NULL);
    assert_int_equal(pthread_create(&thread, NULL, enable_timer, &timer), 0);
    while (!calls)
        assert_int_equal(virEventRunDefaultImpl(), 0);
    pthread_join(thread, NULL);
    virEventRemoveTimeout(timer);
}

/* Domain events. */

struct seen {
    atomic_int count;
    int event, detail;
    char name[32];
    int remove_id; /* deregistered from inside the callback when not -1 */
};

static int on_lifecycle(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque)
{
    struct seen *seen = opaque;
    seen->event = event;
    seen->detail = detail;
    strncpy(seen->name, virDomainGetName(dom), sizeof seen->name - 1);
    if (seen->remove_id >= 0)
        assert_int_equal(virConnectDomainEventDeregisterAny(conn, seen->remove_id), 0);
    seen->remove_id = -1;
    atomic_fetch_add(&seen->count, 1);
    return 0;
}

static int on_lifecycle_too(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque)
{
    return on_lifecycle(conn, dom, event, detail, opaque);
}

static int register_any(virConnectPtr conn, virDomainPtr dom, virConnectDomainEventCallback callback, struct seen *seen)
{
    return virConnectDomainEventRegisterAny(conn, dom, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                            VIR_DOMAIN_EVENT_CALLBACK(callback), seen, count_free);
}

static void test_domain_events(void **state)
{
    struct seen all = { .remove_id = -1 }, one = { .remove_id = -1 }, old = { .remove_id = -1 },
                second = { .remove_id = -1 };
    virConnectPtr conn = virConnectOpen("test:///default");
    virDomainPtr dom = virDomainLookupByName(conn, "test");
    (void)state;
    atomic_store(&frees, 0);
    assert_int_equal(register_any(conn, NULL, on_lifecycle, &all), 0);
    assert_int_equal(register_any(conn, NULL, on_lifecycle, &all), -1);
    assert_string_equal(virGetLastErrorMessage(), "invalid argument: event callback already tracked");
    assert_int_equal(register_any(conn, dom, on_lifecycle, &one), 1);
    assert_int_equal(virConnectDomainEventRegister(conn, on_lifecycle, &old, count_free), 0);
    second.remove_id = register_any(conn, NULL, on_lifecycle_too, &second);
    assert_int_equal(second.remove_id, 3);
    assert_int_equal(virDomainSuspend(dom), 0);
    while (!atomic_load(&all.count) || !atomic_load(&one.count) || !atomic_load(&old.count) ||
           !atomic_load(&second.count))
        assert_int_equal(virEventRunDefaultImpl(), 0);
    assert_int_equal(all.event, VIR_DOMAIN_EVENT_SUSPENDED);
    assert_string_equal(one.name, "test");
    assert_int_equal(atomic_load(&frees), 1);
    assert_int_equal(virConnectDomainEventDeregister(conn, on_lifecycle), 0);
    assert_int_equal(virConnectDomainEventDeregisterAny(conn, 3), -1);
    assert_string_equal(virGetLastErrorMessage(), "invalid argument: could not find event callback 3 for deletion");
    assert_int_equal(virDomainResume(dom), 0);
    while (atomic_load(&all.count) < 2 || atomic_load(&one.count) < 2)
        assert_int_equal(virEventRunDefaultImpl(), 0);
    assert_int_equal(atomic_load(&old.count), 1);
    assert_int_equal(atomic_load(&second.count), 1);
    assert_int_equal(virConnectDomainEventDeregisterAny(conn, 0), 0);
    assert_int_equal(virConnectDomainEventDeregisterAny(conn, 1), 0);
    assert_int_equal(atomic_load(&frees), 4);
    virDomainFree(dom);
    assert_int_equal(virConnectClose(conn), 0);
}

/* A callback keeps its connection open, as in stock. */
static void test_callback_holds_connection(void **state)
{
    struct seen seen = { .remove_id = -1 };
    virConnectPtr conn = virConnectOpen("test:///default");
    (void)state;
    assert_int_equal(register_any(conn, NULL, on_lifecycle, &seen), 0);
    assert_int_equal(virConnectClose(conn), 1);
    assert_int_equal(virConnectDomainEventDeregisterAny(conn, 0), 0);
}

/* Threads make events and change callbacks while the loop delivers. */

struct worker {
    virConnectPtr conn;
    atomic_int *left;
};

static void *make_events(void *opaque)
{
    struct worker *worker = opaque;
    virDomainPtr dom = virDomainLookupByName(worker->conn, "test");
    for (int i = 0; i < 50; i++) {
        virDomainSuspend(dom); /* another thread may have been first */
        virDomainResume(dom);
    }
    virDomainFree(dom);
    atomic_fetch_sub(worker->left, 1);
    return NULL;
}

static void *change_callbacks(void *opaque)
{
    struct worker *worker = opaque;
    struct seen seen = { .remove_id = -1 };
    for (int i = 0; i < 50; i++) {
        int id = virConnectDomainEventRegisterAny(worker->conn, NULL, VIR_DOMAIN_EVENT_ID_REBOOT,
                                                  VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle), &seen, NULL);
        assert_true(id > 0);
        assert_int_equal(virConnectDomainEventDeregisterAny(worker->conn, id), 0);
    }
    atomic_fetch_sub(worker->left, 1);
    return NULL;
}

static void wake_only(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

static void test_threads(void **state)
{
    struct seen all = { .remove_id = -1 };
    atomic_int left = 4;
    pthread_t threads[4];
    virConnectPtr conn = virConnectOpen("test:///default");
    struct worker worker = { conn, &left };
    (void)state;
    assert_int_equal(register_any(conn, NULL, on_lifecycle, &all), 0);
    int tick = virEventAddTimeout(1, wake_only, NULL, NULL);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, i < 3 ? make_events : change_callbacks, &worker), 0);
    while (atomic_load(&left) > 0)
        assert_int_equal(virEventRunDefaultImpl(), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(virEventRunDefaultImpl(), 0);
    assert_true(atomic_load(&all.count) > 0);
    assert_int_equal(virConnectDomainEventDeregisterAny(conn, 0), 0);
    virEventRemoveTimeout(tick);
    assert_int_equal(virConnectClose(conn), 0);
}

static void test_without_loop(void **state)
{
    struct seen seen = { .remove_id = -1 };
    virConnectPtr conn = virConnectOpen("test:///default");
    (void)state;
    assert_int_equal(virEventAddTimeout(0, on_timeout, NULL, NULL), -1);
    assert_int_equal(virEventRunDefaultImpl(), -1);
    assert_int_equal(register_any(conn, NULL, on_lifecycle, &seen), -1);
    assert_string_equal(virGetLastErrorMessage(), "internal error: could not initialize domain event timer");
    assert_int_equal(virConnectClose(conn), 0);
    assert_int_equal(virEventRegisterDefaultImpl(), 0);
    assert_int_equal(virEventRegisterDefaultImpl(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_loop),  cmocka_unit_test(test_handle),
        cmocka_unit_test(test_timer),         cmocka_unit_test(test_other_thread_wakes),
        cmocka_unit_test(test_domain_events), cmocka_unit_test(test_callback_holds_connection),
        cmocka_unit_test(test_threads),
    };
    virSetErrorFunc(NULL, quiet);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
