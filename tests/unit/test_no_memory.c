/* SPDX-License-Identifier: MIT
 * Out of memory as an ordinary input: each operation is run with its first allocation failing, then its second, and so
 * on until it needs no more; each time it must say so or succeed, and leave nothing behind. The linker routes the
 * allocations of our code (not those of libraries) through here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/libvirt.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "base/uri.h"
#include "daemon/workers.h"
#include "dispatch/driver.h"
#include "random_value.h"
#include "rpc/client.h"
#include "rpc/server.h"
#include "wire/calls.h"
#include "wire/messages.h"

#undef fail /* cmocka has its own */
#include <cmocka.h>

#define SEED 0x6d656d6f7279u
#define LONG_MS 30000

static __thread long countdown = -1; /* allocations that still succeed; -1 = all */

static bool refuse(void)
{
    if (countdown < 0)
        return false;
    return countdown == 0 || countdown-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
char *__wrap_strdup(const char *text);

void *__wrap_malloc(size_t size)
{
    return refuse() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return refuse() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return refuse() ? NULL : __real_realloc(old, size);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
    return refuse() ? NULL : __real_reallocarray(old, count, size);
}

char *__wrap_strdup(const char *text)
{
    return refuse() ? NULL : __real_strdup(text);
}

static int open_never(struct conn *conn, const struct uri *uri)
{
    (void)uri;
    conn->state = conn;
    return 1;
}

static void close_nothing(struct conn *conn)
{
    (void)conn;
}

static const struct driver mini = {
    .scheme = "mini", .function_prefix = "mini", .open = open_never, .close = close_nothing
};
const struct driver *const drivers[] = { &mini, NULL };

/* Each operation returns 0, or -1 when memory ran out. What it does with memory to spare must end in 0. */

static int try_frame(void)
{
    struct frame_header header = { .program = PROGRAM_REMOTE, .version = 1, .proc = 1 };
    uint64_t state = SEED;
    struct arena arena;
    auto_buf struct buf out = BUF_INIT;
    long kept = countdown;
    countdown = -1;
    arena_init(&arena, 0);
    void *value = random_value(&state, &connect_list_all_domains_ret_type, RANDOM_TINY, &arena);
    countdown = kept;
    int result = frame_append(&out, &header, &connect_list_all_domains_ret_type, value);
    if (result < 0)
        assert_int_equal(buf_length(&out), 0);
    arena_clear(&arena);
    return result;
}

static int try_decode(void)
{
    const struct call_row *row = &call_rows[PROC_DOMAIN_MIGRATE_PREPARE3_PARAMS];
    uint64_t state = SEED;
    struct arena arena, received;
    auto_buf struct buf out = BUF_INIT;
    void *args;
    long kept = countdown;
    countdown = -1;
    arena_init(&arena, 0);
    arena_init(&received, 0);
    assert_int_equal(xdr_encode(row->args, random_value(&state, row->args, RANDOM_TINY, &arena), &out), 0);
    countdown = kept;
    int result = server_decode(row, (unsigned char *)buf_bytes(&out), buf_length(&out), &received, &args);
    arena_clear(&arena);
    arena_clear(&received);
    return result;
}

static enum session_verdict count_message(struct session *session, const struct frame_header *header,
                                          const unsigned char *payload, size_t length)
{
    (void)session;
    (void)header;
    (void)payload;
    return length == 100 ? SESSION_PAUSE : SESSION_GO_ON;
}

static int try_session(void)
{
    static const struct session_ops ops = { count_message, FRAME_CALL_WITH_FDS };
    unsigned char bytes[3 * FRAME_HEADER_SIZE + 100] = { 0 };
    struct frame_header call = { FRAME_HEADER_SIZE + 100, PROGRAM_REMOTE, 1, 3, FRAME_CALL, 1, 0 };
    struct frame_header ping = { FRAME_HEADER_SIZE, PROGRAM_KEEPALIVE, 1, 1, FRAME_MESSAGE, 0, 0 };
    struct session session;
    frame_format(bytes, &ping);
    frame_format(bytes + FRAME_HEADER_SIZE, &call);
    frame_format(bytes + sizeof bytes - FRAME_HEADER_SIZE, &ping);
    session_init(&session, &ops, FRAME_MAX);
    int result = 0;
    for (size_t at = 0; result == 0 && at < sizeof bytes; at += 23)
        result = session_feed(&session, bytes + at, sizeof bytes - at < 23 ? sizeof bytes - at : 23);
    if (result == 0 && session.paused)
        result = session_resume(&session);
    if (session.out.failed) /* an answer that could not be queued is found by whoever sends */
        result = -1;
    session_clear(&session);
    return result;
}

static void ignore_event(struct client *client, enum proc proc, const void *msg)
{
    (void)client;
    (void)proc;
    (void)msg;
}

static void ignore_done(struct client *client, struct pending *pending)
{
    (void)client;
    (void)pending;
}

static int try_client(bool as_error)
{
    struct frame_header call = { 28, PROGRAM_REMOTE, 1, 3, FRAME_CALL, 0, 0 };
    struct connect_get_type_ret sent = { (char *)"a type", }, ret = { NULL };
    struct client client;
    struct pending pending = { 0 };
    struct arena arena;
    auto_buf struct buf reply = BUF_INIT;
    client_init(&client);
    client.event = ignore_event;
    client.done = ignore_done;
    arena_init(&arena, 0);
    int result = client_begin(&client, &pending, PROC_CONNECT_GET_TYPE, NULL, &ret, &arena);
    if (result == 0) {
        long kept = countdown;
        countdown = -1;
        error_set(1, 1, 0, "wrong");
        if (as_error)
            assert_int_equal(server_reply_error(&reply, &call), 0);
        else
            assert_int_equal(server_reply(&reply, &call, &call_rows[PROC_CONNECT_GET_TYPE], &sent), 0);
        error_reset();
        countdown = kept;
        result = session_feed(&client.session, buf_bytes(&reply), buf_length(&reply));
        if (result == 0) {
            assert_true(pending.done); /* a call always ends */
            assert_true(pending.failed || ret.type);
            if (as_error)
                result = pending.failed && str_equal(pending.error.str2, "wrong") ? 0 : -1;
            else
                result = pending.failed ? -1 : 0;
        }
    }
    error_clear(&pending.error);
    client_clear(&client);
    arena_clear(&arena);
    return result;
}

static int try_reply(void)
{
    return try_client(false);
}

static int try_error_reply(void)
{
    return try_client(true);
}

static int try_send_error(void)
{
    struct frame_header call = { 28, PROGRAM_REMOTE, 1, 3, FRAME_CALL, 0, 0 };
    auto_buf struct buf reply = BUF_INIT;
    error_set_argument(1, 8, "function", "argument", "not good");
    int result = server_reply_error(&reply, &call);
    return result == 0 && buf_length(&reply) != 108 ? -1 : result; /* texts may be missing, the code never */
}

static int try_events(void)
{
    struct conn conn = { 0 };
    struct event_hub *hub = event_hub_new();
    int id, result = hub ? 0 : -1;
    for (int event = 0; event < 5 && result == 0; event++)
        result = event_register(hub, &conn, event, NULL, false, &id);
    event_hub_free(hub);
    return result;
}

static int try_open(void)
{
    struct conn conn = { 0 };
    int result = conn_open(&conn, "mini://user@host:1/path?a=b&c=d", 0);
    conn_close(&conn);
    assert_null(conn.uri);
    return result;
}

static int try_uri(void)
{
    struct uri *uri = uri_parse("mini://user@host:1/path?a=b&c=d#e");
    char *text = uri ? uri_format(uri) : NULL;
    if (text)
        assert_string_equal(text, "mini://user@host:1/path?a=b&c=d#e");
    uri_free(uri);
    free(text);
    return text ? 0 : -1;
}

static int try_file(void)
{
    char *content = NULL;
    int result = file_read("/proc/self/status", 100000, &content, NULL);
    assert_int_equal(result == 0, content != NULL);
    free(content);
    return result;
}

static void free_work(struct work *work)
{
    free(work);
}

static int try_workers(void)
{
    struct workers *workers = workers_new(0, 1, 0);
    struct work *work = workers ? calloc(1, sizeof *work) : NULL;
    int result = -1;
    if (work) {
        *work = (struct work){ .run = free_work, .key = { 1 }, .has_key = true };
        result = workers_submit(workers, work);
        if (result < 0)
            free(work);
    }
    if (workers)
        assert_int_equal(workers_stop(workers, LONG_MS), 0);
    return result;
}

static const struct {
    const char *name;
    int (*run)(void);
} operations[] = {
    { "frame", try_frame },
    { "decode", try_decode },
    { "session", try_session },
    { "reply", try_reply },
    { "error reply", try_error_reply },
    { "send error", try_send_error },
    { "events", try_events },
    { "open", try_open },
    { "uri", try_uri },
    { "file", try_file },
    { "workers", try_workers },
};

static void test_every_allocation_fails(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < array_size(operations); i++) {
        bool enough = false;
        for (long n = 0; !enough; n++) {
            if (n > 10000)
                fail_msg("%s never has enough memory", operations[i].name);
            error_reset();
            countdown = n;
            int result = operations[i].run();
            enough = countdown > 0;
            countdown = -1;
            if (enough && result < 0)
                fail_msg("%s fails with memory to spare: %s", operations[i].name, error_slot()->detail);
        }
    }
    error_reset();
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_allocation_fails) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
