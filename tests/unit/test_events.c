/* SPDX-License-Identifier: MIT
 * The event hub: who gets which message in which form, once a registration; duplicates, filters, the older ids,
 * removal, and registering while events are raised.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VIR_ENUM_SENTINELS
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "dispatch/driver.h"
#include "dispatch/events.h"

#undef fail /* cmocka has its own */
#include <cmocka.h>

const struct driver *const drivers[] = { NULL };

struct listener {
    struct event_sink sink; /* first: deliver() casts */
    struct conn conn;
    char log[512];
};

static void deliver(struct event_sink *sink, enum proc proc, const void *msg)
{
    struct listener *listener = (struct listener *)sink;
    const struct domain_event_callback_lifecycle_msg *modern = msg;
    const struct domain_event_lifecycle_msg *legacy = msg;
    size_t used = strlen(listener->log), room = sizeof listener->log - used;
    char *place = listener->log + used;
    if (proc == PROC_DOMAIN_EVENT_CALLBACK_LIFECYCLE)
        snprintf(place, room, "#%d %s %d/%d; ", modern->callbackID, modern->msg.dom.name, modern->msg.event,
                 modern->msg.detail);
    else if (proc == PROC_DOMAIN_EVENT_LIFECYCLE)
        snprintf(place, room, "old %s %d/%d; ", legacy->dom.name, legacy->event, legacy->detail);
    else
        snprintf(place, room, "%s; ", call_rows[proc].name);
}

static void listener_init(struct listener *listener)
{
    *listener = (struct listener){ .sink.deliver = deliver };
    listener->conn.sink = &listener->sink;
    error_reset();
}

static struct wire_domain domain_of(const char *name)
{
    struct wire_domain dom = { .name = (char *)name, .id = 1 };
    memset(dom.uuid, name[0], sizeof dom.uuid);
    return dom;
}

static int add(struct event_hub *hub, struct listener *listener, int event_id, const char *only, bool legacy)
{
    struct wire_domain dom = domain_of(only ? only : "x");
    int id = -1;
    assert_int_equal(event_register(hub, &listener->conn, event_id, only ? dom.uuid : NULL, legacy, &id), 0);
    return id;
}

static void raise(struct event_hub *hub, const char *name, int event, int detail)
{
    struct wire_domain dom = domain_of(name);
    event_raise_lifecycle(hub, &dom, event, detail);
}

static void expect_error(int code, int domain, const char *detail)
{
    assert_int_equal(error_slot()->code, code);
    assert_int_equal(error_slot()->domain, domain);
    assert_string_equal(error_slot()->detail, detail);
    error_reset();
}

static void test_delivery(void **unused)
{
    struct event_hub *hub = event_hub_new();
    struct listener a, b, mute;
    char expected[512];
    (void)unused;
    listener_init(&a);
    listener_init(&b);
    listener_init(&mute);
    mute.conn.sink = NULL;
    int all = add(hub, &a, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL, false);
    int only = add(hub, &a, VIR_DOMAIN_EVENT_ID_LIFECYCLE, "one", false);
    add(hub, &a, VIR_DOMAIN_EVENT_ID_REBOOT, NULL, false);
    int other = add(hub, &b, VIR_DOMAIN_EVENT_ID_LIFECYCLE, "two", false);
    add(hub, &mute, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL, false);
    assert_true(all != only && only != other && all != other);
    raise(hub, "one", 2, 3);
    raise(hub, "two", 4, 5);
    snprintf(expected, sizeof expected, "#%d one 2/3; #%d one 2/3; #%d two 4/5; ", all, only,
             all); /* once a registration */
    assert_string_equal(a.log, expected);
    snprintf(expected, sizeof expected, "#%d two 4/5; ", other);
    assert_string_equal(b.log, expected);
    event_forget(hub, &a.conn);
    a.log[0] = '\0';
    raise(hub, "one", 1, 1);
    raise(hub, "two", 1, 1);
    assert_string_equal(a.log, "");
    snprintf(expected, sizeof expected, "#%d two 4/5; #%d two 1/1; ", other, other);
    assert_string_equal(b.log, expected);
    event_hub_free(hub);
}

static void test_duplicates(void **unused)
{
    struct event_hub *hub = event_hub_new();
    struct listener a, b;
    struct wire_domain one = domain_of("one");
    int id = 77;
    (void)unused;
    listener_init(&a);
    listener_init(&b);
    int first = add(hub, &a, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL, false);
    assert_int_equal(event_register(hub, &a.conn, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL, false, &id), -1);
    assert_int_equal(id, 77);
    expect_error(VIR_ERR_INVALID_ARG, VIR_FROM_NONE, "event callback already tracked");
    add(hub, &a, VIR_DOMAIN_EVENT_ID_LIFECYCLE, "one", false);
    assert_int_equal(event_register(hub, &a.conn, VIR_DOMAIN_EVENT_ID_LIFECYCLE, one.uuid, false, &id), -1);
    expect_error(VIR_ERR_INVALID_ARG, VIR_FROM_NONE, "event callback already tracked");
    add(hub, &a, VIR_DOMAIN_EVENT_ID_LIFECYCLE, "two", false);
    add(hub, &a, VIR_DOMAIN_EVENT_ID_REBOOT, NULL, false);
    add(hub, &b, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL, false);
    assert_int_equal(event_deregister(hub, &a.conn, first), 0);
    add(hub, &a, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL, false);
    event_hub_free(hub);
}

static void test_deregistration(void **unused)
{
    struct event_hub *hub = event_hub_new();
    struct listener a, b;
    char text[64];
    (void)unused;
    listener_init(&a);
    listener_init(&b);
    int id = add(hub, &a, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL, false);
    snprintf(text, sizeof text, "domain event callback %d not registered", id);
    assert_int_equal(event_deregister(hub, &b.conn, id), -1); /* of someone else */
    expect_error(VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, text);
    assert_int_equal(event_deregister(hub, &a.conn, id), 0);
    assert_int_equal(event_deregister(hub, &a.conn, id), -1);
    expect_error(VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, text);
    assert_int_equal(event_deregister(hub, &a.conn, -1), -1);
    error_reset();
    raise(hub, "one", 1, 1);
    assert_string_equal(a.log, "");
    event_forget(hub, &b.conn);
    event_hub_free(hub);
}

static void test_legacy(void **unused)
{
    struct event_hub *hub = event_hub_new();
    struct listener a, b;
    (void)unused;
    listener_init(&a);
    listener_init(&b);
    assert_int_equal(event_find_legacy(hub, &a.conn, VIR_DOMAIN_EVENT_ID_LIFECYCLE), -1);
    int id = add(hub, &a, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL, true);
    add(hub, &b, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL, false);
    assert_int_equal(event_find_legacy(hub, &a.conn, VIR_DOMAIN_EVENT_ID_LIFECYCLE), id);
    assert_int_equal(event_find_legacy(hub, &a.conn, VIR_DOMAIN_EVENT_ID_REBOOT), -1);
    assert_int_equal(event_find_legacy(hub, &b.conn, VIR_DOMAIN_EVENT_ID_LIFECYCLE), -1);
    raise(hub, "one", 2, 3);
    assert_string_equal(a.log, "old one 2/3; ");
    event_hub_free(hub);
}

/* The wire number of each event id, and of its older form, which the first sixteen have. */
static const int modern_numbers[] = { 318, 319, 320, 321, 322, 323, 324, 325, 326, 327, 328, 329, 330, 331,
                                      332, 333, 339, 346, 348, 354, 359, 363, 367, 379, 385, 423, 438 };
static const int legacy_numbers[] = { 107, 169, 170, 171, 172, 173, 195, 224, 241, 248, 268, 269, 270, 276, 292, 311 };

struct counter {
    struct event_sink sink; /* first: deliver_number() casts */
    int number, count;
};

static void deliver_number(struct event_sink *sink, enum proc proc, const void *msg)
{
    struct counter *counter = (struct counter *)sink;
    (void)msg;
    counter->number = call_rows[proc].number;
    counter->count++;
}

static void test_all_ids(void **unused)
{
    int known[] = { array_size(modern_numbers), array_size(legacy_numbers) };
    (void)unused;
    assert_int_equal(known[0], VIR_DOMAIN_EVENT_ID_LAST);
    for (int event_id = -2; event_id < VIR_DOMAIN_EVENT_ID_LAST + 3; event_id++) {
        for (int legacy = 0; legacy < 2; legacy++) {
            struct event_hub *hub = event_hub_new();
            struct counter counter = { .sink.deliver = deliver_number };
            struct conn conn = { .sink = &counter.sink };
            struct wire_domain one = domain_of("one");
            bool exists = event_id >= 0 && event_id < known[legacy];
            uint64_t msg[64] = { 0 };
            char text[64];
            int id = 77;
            error_reset();
            assert_int_equal(event_register(hub, &conn, event_id, NULL, legacy, &id), exists ? 0 : -1);
            if (exists) {
                event_raise(hub, event_id, &one, msg);
                assert_int_equal(counter.count, 1);
                assert_int_equal(counter.number, legacy ? legacy_numbers[event_id] : modern_numbers[event_id]);
            } else {
                snprintf(text, sizeof text, "unsupported event ID %d", event_id);
                expect_error(VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, text);
                assert_int_equal(id, 77);
            }
            event_hub_free(hub);
        }
    }
}

#define ROUNDS 300

static atomic_int delivered;

static void count(struct event_sink *sink, enum proc proc, const void *msg)
{
    (void)sink;
    (void)proc;
    (void)msg;
    atomic_fetch_add(&delivered, 1);
}

static void *churn(void *opaque)
{
    struct event_hub *hub = opaque;
    struct listener listener;
    listener_init(&listener);
    listener.sink.deliver = count;
    for (int i = 0; i < ROUNDS; i++) {
        int id;
        if (event_register(hub, &listener.conn, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL, false, &id) < 0 ||
            (i % 2 && event_deregister(hub, &listener.conn, id) < 0))
            return opaque;
        event_forget(hub, &listener.conn);
    }
    return NULL;
}

static void test_threads(void **unused)
{
    struct event_hub *hub = event_hub_new();
    pthread_t threads[3];
    struct listener steady;
    (void)unused;
    listener_init(&steady);
    steady.sink.deliver = count;
    add(hub, &steady, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL, false);
    for (size_t i = 0; i < array_size(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, churn, hub), 0);
    for (int i = 0; i < ROUNDS; i++)
        raise(hub, "one", i, i);
    for (size_t i = 0; i < array_size(threads); i++) {
        void *result;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_null(result);
    }
    assert_true(delivered >= ROUNDS);
    event_hub_free(hub);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delivery), cmocka_unit_test(test_duplicates), cmocka_unit_test(test_deregistration),
        cmocka_unit_test(test_legacy), cmocka_unit_test(test_all_ids), cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
