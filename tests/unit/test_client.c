/* SPDX-License-Identifier: MIT
 * The client's side of calls: replies in any order and any chunking, events between them, error replies, replies that
 * nobody waits for or that are not what they should be, and the end of the connection.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/virterror.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "golden.h"
#include "rpc/client.h"
#include "rpc/server.h"
#include "wire/calls.h"
#include "wire/messages.h"

#undef fail /* cmocka has its own */
#include <cmocka.h>

#define CALLS 4

struct talk {
    struct client client; /* first: the callbacks cast */
    struct arena arena;
    struct pending pending[CALLS];
    struct connect_get_type_ret ret[CALLS];
    char log[256]; /* what became done and what events came, in order */
};

static void on_event(struct client *client, enum proc proc, const void *msg)
{
    struct talk *talk = (struct talk *)client;
    const struct domain_event_callback_lifecycle_msg *lifecycle = msg;
    size_t used = strlen(talk->log);
    assert_int_equal(proc, PROC_DOMAIN_EVENT_CALLBACK_LIFECYCLE);
    snprintf(talk->log + used, sizeof talk->log - used, "event %s ", lifecycle->msg.dom.name);
}

static void on_done(struct client *client, struct pending *pending)
{
    struct talk *talk = (struct talk *)client;
    size_t used = strlen(talk->log);
    assert_true(pending->done);
    snprintf(talk->log + used, sizeof talk->log - used, "%s %td ", pending->failed ? "failed" : "done",
             pending - talk->pending);
}

static void talk_init(struct talk *talk)
{
    *talk = (struct talk){ 0 };
    error_reset();
    client_init(&talk->client);
    talk->client.event = on_event;
    talk->client.done = on_done;
    arena_init(&talk->arena, 0);
    for (int i = 0; i < CALLS; i++)
        assert_int_equal(
            client_begin(&talk->client, &talk->pending[i], PROC_CONNECT_GET_TYPE, NULL, &talk->ret[i], &talk->arena),
            0);
}

static void talk_clear(struct talk *talk)
{
    for (int i = 0; i < CALLS; i++)
        error_clear(&talk->pending[i].error);
    client_clear(&talk->client);
    arena_clear(&talk->arena);
    error_reset();
}

static int feed(struct talk *talk, const struct buf *bytes)
{
    return session_feed(&talk->client.session, buf_bytes(bytes), buf_length(bytes));
}

static void add_reply(struct buf *out, uint32_t serial, const char *type)
{
    struct frame_header call = { 28, PROGRAM_REMOTE, 1, 3, FRAME_CALL, serial, 0 };
    struct connect_get_type_ret ret = { (char *)type };
    assert_int_equal(server_reply(out, &call, &call_rows[PROC_CONNECT_GET_TYPE], &ret), 0);
}

static void add_event(struct buf *out, const char *name)
{
    struct domain_event_callback_lifecycle_msg msg = { .msg = { .dom = { .name = (char *)name } } };
    assert_int_equal(server_event(out, &call_rows[PROC_DOMAIN_EVENT_CALLBACK_LIFECYCLE], &msg), 0);
}

static void test_serials(void **unused)
{
    struct talk talk;
    (void)unused;
    talk_init(&talk);
    const unsigned char *out = (unsigned char *)buf_bytes(&talk.client.session.out);
    assert_int_equal(buf_length(&talk.client.session.out), CALLS * FRAME_HEADER_SIZE);
    for (uint32_t i = 0; i < CALLS; i++) {
        struct frame_header header = frame_parse(out + i * FRAME_HEADER_SIZE);
        assert_int_equal(header.serial, i);
        assert_int_equal(header.type, FRAME_CALL);
        assert_int_equal(header.status, FRAME_OK);
        assert_int_equal(header.program, PROGRAM_REMOTE);
        assert_int_equal(header.version, 1);
        assert_int_equal(header.proc, 3);
    }
    talk_clear(&talk);
}

static void test_any_order_and_chunking(void **unused)
{
    auto_buf struct buf bytes = BUF_INIT;
    struct talk talk;
    (void)unused;
    add_reply(&bytes, 2, "two");
    add_event(&bytes, "first");
    add_reply(&bytes, 0, "zero");
    add_reply(&bytes, 3, "three");
    add_event(&bytes, "second");
    add_reply(&bytes, 1, "one");
    for (size_t chunk = 1; chunk <= buf_length(&bytes); chunk++) {
        talk_init(&talk);
        for (size_t at = 0; at < buf_length(&bytes); at += chunk) {
            size_t left = buf_length(&bytes) - at;
            assert_int_equal(session_feed(&talk.client.session, buf_bytes(&bytes) + at, chunk < left ? chunk : left),
                             0);
        }
        assert_string_equal(talk.log, "done 2 event first done 0 done 3 event second done 1 ");
        assert_string_equal(talk.ret[0].type, "zero");
        assert_string_equal(talk.ret[1].type, "one");
        assert_string_equal(talk.ret[2].type, "two");
        assert_string_equal(talk.ret[3].type, "three");
        assert_null(talk.client.pending);
        talk_clear(&talk);
    }
}

static void test_replies_for_nobody(void **unused)
{
    auto_buf struct buf bytes = BUF_INIT;
    struct talk talk;
    (void)unused;
    talk_init(&talk);
    add_reply(&bytes, 99, "never asked");
    add_reply(&bytes, 1, "one");
    add_reply(&bytes, 1, "again");
    client_forget(&talk.client, &talk.pending[3]);
    add_reply(&bytes, 3, "given up");
    assert_int_equal(feed(&talk, &bytes), 0);
    assert_string_equal(talk.log, "done 1 ");
    assert_string_equal(talk.ret[1].type, "one");
    assert_null(talk.ret[3].type);
    talk_clear(&talk);
}

/* One wrong reply fails its call and no other; the connection goes on. */
static void test_wrong_replies(void **unused)
{
    static const struct {
        struct frame_header header;
        const char *payload;
        size_t length;
        const char *detail;
    } rows[] = {
        { { 0, PROGRAM_REMOTE, 1, 4, FRAME_REPLY, 1, 0 }, "", 0, "is to procedure 4, the call was CONNECT_GET_TYPE" },
        { { 0, PROGRAM_QEMU, 1, 3, FRAME_REPLY, 1, 0 }, "", 0, "the peer mixes replies up" },
        { { 0, PROGRAM_REMOTE, 1, 3, FRAME_REPLY, 1, 0 }, "\0\0", 2, "Unable to decode message payload" },
        { { 0, PROGRAM_REMOTE, 1, 3, FRAME_REPLY, 1, 0 }, "\0\0\0\1", 4, "Unable to decode message payload" },
        { { 0, PROGRAM_REMOTE, 1, 3, FRAME_REPLY, 1, 0 }, "\x7f\xff\xff\xff", 4, "Unable to decode message payload" },
        { { 0, PROGRAM_REMOTE, 1, 3, FRAME_REPLY, 1, FRAME_CONTINUE },
          "\0\0\0\0",
          4,
          "Unable to decode message payload" },
        { { 0, PROGRAM_REMOTE, 1, 3, FRAME_REPLY, 1, 9 }, "\0\0\0\0", 4, "Unable to decode message payload" },
        { { 0, PROGRAM_REMOTE, 1, 3, FRAME_REPLY, 1, FRAME_ERROR },
          "\0\0\0\1",
          4,
          "Unable to decode the error reply to CONNECT_GET_TYPE" },
        { { 0, PROGRAM_REMOTE, 1, 3, FRAME_REPLY, 1, FRAME_ERROR },
          "",
          0,
          "Unable to decode the error reply to CONNECT_GET_TYPE" },
    };
    (void)unused;
    for (size_t i = 0; i < array_size(rows); i++) {
        auto_buf struct buf bytes = BUF_INIT;
        struct talk talk;
        struct frame_header header = rows[i].header;
        talk_init(&talk);
        header.length = (uint32_t)(FRAME_HEADER_SIZE + rows[i].length);
        frame_format((unsigned char *)buf_reserve(&bytes, FRAME_HEADER_SIZE), &header);
        bytes.end += FRAME_HEADER_SIZE;
        buf_add(&bytes, rows[i].payload, rows[i].length);
        add_reply(&bytes, 2, "two");
        assert_int_equal(feed(&talk, &bytes), 0);
        assert_string_equal(talk.log, "failed 1 done 2 ");
        assert_int_equal(talk.pending[1].error.code, VIR_ERR_RPC);
        assert_int_equal(talk.pending[1].error.domain, VIR_FROM_RPC);
        if (!strstr(talk.pending[1].error.detail, rows[i].detail))
            fail_msg("row %zu: %s", i, talk.pending[1].error.detail);
        assert_false(error_is_set());
        talk_clear(&talk);
    }
}

/* What is neither a reply nor an event of ours changes nothing. */
static void test_ignored(void **unused)
{
    static const struct frame_header rows[] = {
        { 28, PROGRAM_REMOTE, 1, 3, FRAME_CALL, 1, 0 }, { 28, PROGRAM_REMOTE, 1, 3, FRAME_MESSAGE, 1, 0 },
        { 28, PROGRAM_REMOTE, 1, 9999, FRAME_MESSAGE, 1, 0 }, { 28, 5, 1, 3, FRAME_MESSAGE, 1, 0 },
        { 28, PROGRAM_REMOTE, 1, 318, FRAME_MESSAGE, 1, 0 }, /* an event without its struct */
        { 28, PROGRAM_REMOTE, 1, 3, FRAME_STREAM, 1, 0 }, { 28, PROGRAM_REMOTE, 1, 3, 77, 1, 0 },
        { 28, PROGRAM_KEEPALIVE, 1, 2, FRAME_MESSAGE, 0, 0 },
    };
    auto_buf struct buf bytes = BUF_INIT;
    struct talk talk;
    (void)unused;
    talk_init(&talk);
    size_t sent = buf_length(&talk.client.session.out);
    for (size_t i = 0; i < array_size(rows); i++) {
        frame_format((unsigned char *)buf_reserve(&bytes, FRAME_HEADER_SIZE), &rows[i]);
        bytes.end += FRAME_HEADER_SIZE;
    }
    assert_int_equal(feed(&talk, &bytes), 0);
    assert_string_equal(talk.log, "");
    assert_int_equal(buf_length(&talk.client.session.out), sent);
    talk_clear(&talk);
}

static void compare_error(const struct error *error, const struct wire_error *wire)
{
    assert_int_equal(error->code, wire->code);
    assert_int_equal(error->domain, wire->domain);
    assert_int_equal(error->level, wire->level);
    assert_int_equal(error->int1, wire->int1);
    assert_int_equal(error->int2, wire->int2);
    assert_string_equal(error->message, wire->message);
    assert_true(str_equal(error->str1, wire->str1));
    assert_true(str_equal(error->str2, wire->str2));
    assert_true(str_equal(error->str3, wire->str3));
}

/* Every recorded error reply of the stock daemon fills the struct with what was sent, and goes out again as it came in.
 */
static void test_recorded_errors(void **unused)
{
    FILE *file = golden_open("wire/packets.tsv");
    char *line = NULL;
    size_t size = 0;
    unsigned int errors = 0;
    (void)unused;
    while (getline(&line, &size, file) > 0) {
        if (!strstr(line, "\tREPLY\tERROR\t"))
            continue;
        struct talk talk;
        size_t length;
        struct wire_error wire;
        auto_buf struct buf again = BUF_INIT;
        unsigned char *packet = golden_bytes(strrchr(line, '\t') + 1, &length);
        struct frame_header header = frame_parse(packet);
        talk_init(&talk);
        talk.pending[0].row = call_row_find(header.program, header.proc);
        talk.pending[0].serial = header.serial;
        talk.pending[1].serial = talk.pending[2].serial = talk.pending[3].serial = header.serial + 1;
        assert_int_equal(session_feed(&talk.client.session, packet, length), 0);
        assert_string_equal(talk.log, "failed 0 ");
        assert_int_equal(xdr_decode(&wire_error_type, packet + FRAME_HEADER_SIZE, length - FRAME_HEADER_SIZE,
                                    &talk.arena, &wire, NULL),
                         0);
        compare_error(&talk.pending[0].error, &wire);
        error_restore(&talk.pending[0].error);
        assert_int_equal(server_reply_error(&again, &header), 0);
        assert_int_equal(buf_length(&again), length);
        assert_memory_equal(buf_bytes(&again), packet, length);
        free(packet);
        talk_clear(&talk);
        errors++;
    }
    free(line);
    fclose(file);
    assert_true(errors > 50);
}

static void test_begin_fails(void **unused)
{
    struct domain_lookup_by_name_args args = { NULL };
    struct domain_lookup_by_name_ret ret;
    struct pending pending;
    struct talk talk;
    (void)unused;
    talk_init(&talk);
    size_t sent = buf_length(&talk.client.session.out);
    assert_int_equal(client_begin(&talk.client, &pending, PROC_DOMAIN_LOOKUP_BY_NAME, &args, &ret, &talk.arena), -1);
    assert_int_equal(error_slot()->code, VIR_ERR_RPC);
    assert_int_equal(buf_length(&talk.client.session.out), sent);
    assert_int_equal(talk.client.next_serial, CALLS);
    assert_ptr_equal(talk.client.pending, &talk.pending[CALLS - 1]);
    talk_clear(&talk);
}

static void test_fail_all(void **unused)
{
    auto_buf struct buf bytes = BUF_INIT;
    struct talk talk;
    (void)unused;
    talk_init(&talk);
    add_reply(&bytes, 2, "two");
    assert_int_equal(feed(&talk, &bytes), 0);
    error_set(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, 0, "the cable is cut");
    client_fail_all(&talk.client);
    assert_null(talk.client.pending);
    assert_false(error_is_set());
    for (int i = 0; i < CALLS; i++) {
        assert_true(talk.pending[i].done);
        assert_int_equal(talk.pending[i].failed, i != 2);
        if (i != 2) {
            assert_int_equal(talk.pending[i].error.code, VIR_ERR_INTERNAL_ERROR);
            assert_string_equal(talk.pending[i].error.detail, "the cable is cut");
        }
    }
    talk_clear(&talk);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_serials),
        cmocka_unit_test(test_any_order_and_chunking),
        cmocka_unit_test(test_replies_for_nobody),
        cmocka_unit_test(test_wrong_replies),
        cmocka_unit_test(test_ignored),
        cmocka_unit_test(test_recorded_errors),
        cmocka_unit_test(test_begin_fails),
        cmocka_unit_test(test_fail_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
