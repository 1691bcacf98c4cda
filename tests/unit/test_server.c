/* SPDX-License-Identifier: MIT
 * The server's side of calls: which messages are calls, what is refused and how, replies, events; and that every
 * refusal of the recorded conversations has the bytes of the stock daemon's.
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
#include "rpc/server.h"
#include "wire/calls.h"
#include "wire/messages.h"

#undef fail /* cmocka has its own */
#include <cmocka.h>

static void test_judgement(void **unused)
{
    static const struct {
        struct frame_header header;
        enum server_judgement judgement;
        const char *detail;
        enum proc proc;
    } rows[] = {
        { { 28, PROGRAM_REMOTE, 1, 3, FRAME_CALL, 0, 0 }, SERVER_DISPATCH, NULL, PROC_CONNECT_GET_TYPE },
        { { 28, PROGRAM_REMOTE, 1, 3, FRAME_CALL, 0xffffffff, 0 }, SERVER_DISPATCH, NULL, PROC_CONNECT_GET_TYPE },
        { { 28, PROGRAM_REMOTE, 1, 3, FRAME_CALL_WITH_FDS, 0, 0 }, SERVER_DISPATCH, NULL, PROC_CONNECT_GET_TYPE },
        { { 28, PROGRAM_QEMU, 1, 1, FRAME_CALL, 0, 0 }, SERVER_DISPATCH, NULL, PROC_QEMU_DOMAIN_MONITOR_COMMAND },
        { { 28, PROGRAM_LXC, 1, 1, FRAME_CALL, 0, 0 }, SERVER_DISPATCH, NULL, PROC_LXC_DOMAIN_OPEN_NAMESPACE },
        { { 28, PROGRAM_ADMIN, 1, 1, FRAME_CALL, 0, 0 }, SERVER_REFUSE, "Cannot find program 110102160 version 1" },
        { { 28, PROGRAM_KEEPALIVE, 1, 1, FRAME_CALL, 0, 0 },
          SERVER_REFUSE,
          "Cannot find program 1801807216 version 1" },
        { { 28, PROGRAM_REMOTE, 0, 3, FRAME_CALL, 0, 0 }, SERVER_REFUSE, "Cannot find program 536903814 version 0" },
        { { 28, PROGRAM_REMOTE, 2, 3, FRAME_CALL, 0, 0 }, SERVER_REFUSE, "Cannot find program 536903814 version 2" },
        { { 28, 0xffffffff, 0xffffffff, 3, FRAME_CALL, 0, 0 }, SERVER_REFUSE, "Cannot find program -1 version -1" },
        { { 28, PROGRAM_REMOTE, 1, 3, FRAME_CALL, 0, FRAME_ERROR }, SERVER_REFUSE, "Unexpected message status 1" },
        { { 28, PROGRAM_REMOTE, 1, 3, FRAME_CALL, 0, FRAME_CONTINUE }, SERVER_REFUSE, "Unexpected message status 2" },
        { { 28, PROGRAM_REMOTE, 1, 0, FRAME_CALL, 0, 0 }, SERVER_REFUSE, "unknown procedure: 0" },
        { { 28, PROGRAM_REMOTE, 1, -1, FRAME_CALL, 0, 0 }, SERVER_REFUSE, "unknown procedure: -1" },
        { { 28, PROGRAM_REMOTE, 1, INT32_MIN, FRAME_CALL, 0, 0 }, SERVER_REFUSE, "unknown procedure: -2147483648" },
        { { 28, PROGRAM_REMOTE, 1, INT32_MAX, FRAME_CALL, 0, 0 }, SERVER_REFUSE, "unknown procedure: 2147483647" },
        { { 28, PROGRAM_REMOTE, 1, 9999, FRAME_CALL, 0, 0 }, SERVER_REFUSE, "unknown procedure: 9999" },
        { { 28, PROGRAM_REMOTE, 1, 107, FRAME_CALL, 0, 0 }, SERVER_REFUSE, "unknown procedure: 107" }, /* an event */
        { { 28, PROGRAM_REMOTE, 1, 3, FRAME_REPLY, 0, 0 }, SERVER_IGNORE },
        { { 28, PROGRAM_REMOTE, 1, 107, FRAME_MESSAGE, 0, 0 }, SERVER_IGNORE },
        { { 28, PROGRAM_REMOTE, 1, 3, FRAME_STREAM, 0, FRAME_CONTINUE }, SERVER_IGNORE },
        { { 28, PROGRAM_REMOTE, 1, 3, FRAME_REPLY_WITH_FDS, 0, 0 }, SERVER_IGNORE },
        { { 28, PROGRAM_REMOTE, 1, 3, FRAME_STREAM_HOLE, 0, FRAME_CONTINUE }, SERVER_IGNORE },
        { { 28, PROGRAM_REMOTE, 1, 3, 9, 0, 0 }, SERVER_IGNORE },
        { { 28, 7, 7, 3, 0xffffffff, 0, 0 }, SERVER_IGNORE },
    };
    (void)unused;
    for (size_t i = 0; i < array_size(rows); i++) {
        const struct call_row *row = NULL;
        error_reset();
        enum server_judgement judgement = server_judge(&rows[i].header, &row);
        if (judgement != rows[i].judgement)
            fail_msg("row %zu is judged %d", i, judgement);
        assert_int_equal(error_is_set(), rows[i].detail != NULL);
        if (rows[i].detail) {
            assert_string_equal(error_slot()->detail, rows[i].detail);
            assert_int_equal(error_slot()->code, VIR_ERR_RPC);
            assert_int_equal(error_slot()->domain, VIR_FROM_RPC);
        }
        assert_ptr_equal(row, judgement == SERVER_DISPATCH ? &call_rows[rows[i].proc] : NULL);
    }
}

/* Every number of every program has the row that says so, and no other number has one. */
static void test_call_table(void **unused)
{
    static const uint32_t programs[] = {
        PROGRAM_REMOTE, PROGRAM_QEMU, PROGRAM_LXC, PROGRAM_ADMIN, PROGRAM_KEEPALIVE, 0
    };
    int found = 0;
    (void)unused;
    for (size_t i = 0; i < array_size(programs); i++) {
        for (int32_t number = -3; number < 2000; number++) {
            const struct call_row *row = call_row_find(programs[i], number);
            if (!row)
                continue;
            found++;
            assert_int_equal(row->program, programs[i]);
            assert_int_equal(row->number, number);
            assert_ptr_equal(&call_rows[call_row_proc(row)], row);
        }
    }
    assert_int_equal(found, PROC_COUNT);
}

static void test_decode(void **unused)
{
    const struct call_row *row = &call_rows[PROC_CONNECT_SUPPORTS_FEATURE];
    static const unsigned char bytes[] = { 0, 0, 0, 14, 'm', 'o', 'r', 'e' };
    struct arena arena;
    void *args = NULL;
    (void)unused;
    error_reset();
    arena_init(&arena, 0);
    assert_int_equal(server_decode(row, bytes, sizeof bytes, &arena, &args), 0);
    assert_int_equal(((struct connect_supports_feature_args *)args)->feature, 14);
    args = &arena;
    assert_int_equal(server_decode(row, bytes, 3, &arena, &args), -1);
    assert_ptr_equal(args, &arena);
    assert_string_equal(error_slot()->detail, "Unable to decode message payload");
    assert_int_equal(server_decode(&call_rows[PROC_CONNECT_GET_TYPE], bytes, sizeof bytes, &arena, &args), 0);
    assert_null(args);
    arena_clear(&arena);
    error_reset();
}

static void test_replies(void **unused)
{
    static const struct frame_header call = { 28, PROGRAM_REMOTE, 1, 3, FRAME_CALL_WITH_FDS, 77, 0 };
    static const unsigned char good[] = { 0, 0, 0, 36, 0x20, 0,  0x80, 0x86, 0, 0, 0, 1, 0, 0, 0,   3,   0,   0,
                                          0, 1, 0, 0,  0,    77, 0,    0,    0, 0, 0, 0, 0, 4, 'Q', 'E', 'M', 'U' };
    struct connect_get_type_ret ret = { (char *)"QEMU" };
    auto_buf struct buf out = BUF_INIT;
    (void)unused;
    error_reset();
    assert_int_equal(server_reply(&out, &call, &call_rows[PROC_CONNECT_GET_TYPE], &ret), 0);
    assert_int_equal(buf_length(&out), sizeof good);
    assert_memory_equal(buf_bytes(&out), good, sizeof good);
    buf_clear(&out);
    ret.type = NULL; /* a driver's mistake becomes an error reply */
    assert_int_equal(server_reply(&out, &call, &call_rows[PROC_CONNECT_GET_TYPE], &ret), 0);
    struct frame_header header = frame_parse((unsigned char *)buf_bytes(&out));
    assert_int_equal(header.length, buf_length(&out));
    assert_int_equal(header.type, FRAME_REPLY);
    assert_int_equal(header.serial, 77);
    assert_int_equal(header.status, FRAME_ERROR);
    assert_int_equal(xdr_get_u32(buf_bytes(&out) + FRAME_HEADER_SIZE), VIR_ERR_RPC);
    assert_false(error_is_set());
}

static void test_event(void **unused)
{
    struct domain_event_callback_lifecycle_msg msg = { .callbackID = 5,
                                                       .msg = { .dom = { .name = (char *)"d" }, .event = 2 } };
    auto_buf struct buf out = BUF_INIT;
    (void)unused;
    assert_int_equal(server_event(&out, &call_rows[PROC_DOMAIN_EVENT_CALLBACK_LIFECYCLE], &msg), 0);
    struct frame_header header = frame_parse((unsigned char *)buf_bytes(&out));
    assert_int_equal(header.type, FRAME_MESSAGE);
    assert_int_equal(header.serial, 1);
    assert_int_equal(header.proc, 318);
    buf_clear(&out);
    msg.msg.dom.name = NULL;
    assert_int_equal(server_event(&out, &call_rows[PROC_DOMAIN_EVENT_CALLBACK_LIFECYCLE], &msg), -1);
    assert_int_equal(buf_length(&out), 0);
}

/* Our refusal of a recorded call, or an empty buffer when it is not refused before a driver sees it. */
static void refuse(const unsigned char *packet, size_t length, struct buf *out)
{
    struct frame_header header = frame_parse(packet);
    const struct call_row *row;
    struct arena arena;
    void *args;
    arena_init(&arena, 0);
    error_reset();
    enum server_judgement judgement = server_judge(&header, &row);
    if (judgement == SERVER_DISPATCH && header.type == FRAME_CALL)
        server_decode(row, packet + FRAME_HEADER_SIZE, length - FRAME_HEADER_SIZE, &arena, &args);
    if (error_is_set())
        assert_int_equal(server_reply_error(out, &header), 0);
    arena_clear(&arena);
}

/* In these the daemon refuses for another reason, before it looks at the arguments. */
static bool refused_earlier(const char *conversation)
{
    return str_prefix(conversation, "# calls before") || str_prefix(conversation, "# close before") ||
           str_prefix(conversation, "# ping before");
}

static void test_recorded_refusals(void **unused)
{
    FILE *file = golden_open("wire/conversations.txt");
    char *line = NULL, title[256] = "";
    size_t size = 0;
    unsigned int refusals = 0;
    auto_buf struct buf expected = BUF_INIT;
    (void)unused;
    while (getline(&line, &size, file) > 0) {
        size_t length;
        unsigned char *packet = golden_bytes(line + 2, &length);
        if (line[0] == '#')
            snprintf(title, sizeof title, "%s", line);
        if (line[0] == '<' && buf_length(&expected) > 0) {
            refusals++;
            if (length != buf_length(&expected) || memcmp(packet, buf_bytes(&expected), length) != 0)
                fail_msg("%s: the recorded refusal is\n%sours differs", title, line);
        }
        buf_clear(&expected);
        if (line[0] == '>' && length >= FRAME_HEADER_SIZE && xdr_get_u32(packet) == length && !refused_earlier(title))
            refuse(packet, length, &expected);
        free(packet);
    }
    free(line);
    fclose(file);
    assert_true(refusals >= 50);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judgement), cmocka_unit_test(test_call_table), cmocka_unit_test(test_decode),
        cmocka_unit_test(test_replies), cmocka_unit_test(test_event), cmocka_unit_test(test_recorded_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
