/* SPDX-License-Identifier: MIT
 * The clock of keepalives, which is an argument: when pings are sent and when the peer is dead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "rpc/session.h"

#include <cmocka.h>

static enum session_verdict take(struct session *session, const struct frame_header *header,
                                 const unsigned char *payload, size_t length)
{
    (void)session;
    (void)header;
    (void)payload;
    (void)length;
    return SESSION_GO_ON;
}

static void begin(struct session *session)
{
    static const struct session_ops ops = { take, FRAME_CALL_WITH_FDS };
    session_init(session, &ops, FRAME_MAX);
}

/* count pings, one an interval, and the peer is dead one interval after the last: interval * (count + 1) of silence. */
static void test_keepalive_clock(void **unused)
{
    static const struct {
        int interval;
        unsigned int count;
    } rows[] = { { 5000, 5 }, { 1000, 1 }, { 1, 3 }, { 700, 0 } };
    (void)unused;
    for (size_t i = 0; i < array_size(rows); i++) {
        struct session session;
        uint64_t start = 1000000, interval = (uint64_t)rows[i].interval;
        begin(&session);
        session_set_keepalive(&session, rows[i].interval, rows[i].count, start);
        assert_int_equal(session_tick(&session, start), interval);
        for (unsigned int ping = 1; ping <= rows[i].count; ping++) {
            assert_int_equal(session_tick(&session, start + interval * ping - 1), 1);
            assert_int_equal(buf_length(&session.out), (ping - 1) * FRAME_HEADER_SIZE);
            assert_int_equal(session_tick(&session, start + interval * ping), interval);
            assert_int_equal(buf_length(&session.out), ping * FRAME_HEADER_SIZE);
            assert_int_equal(buf_bytes(&session.out)[15], 1 /* ping */);
        }
        assert_int_equal(session_tick(&session, start + interval * (rows[i].count + 1) - 1), 1);
        assert_int_equal(session_tick(&session, start + interval * (rows[i].count + 1)), -2);
        session_clear(&session);
    }
}

static void test_keepalive_reset_by_bytes(void **unused)
{
    struct session session;
    (void)unused;
    begin(&session);
    assert_int_equal(session_tick(&session, 5), -1);
    session_set_keepalive(&session, 1000, 2, 0);
    assert_int_equal(session_tick(&session, 1000), 1000);
    assert_int_equal(session_tick(&session, 2000), 1000);
    assert_int_equal(session.keepalive.sent, 2);
    assert_int_equal(session_feed(&session, "", 1), 0); /* any byte is a sign of life */
    assert_int_equal(session_tick(&session, 2999), 1000);
    assert_int_equal(session.keepalive.sent, 0);
    assert_int_equal(session_tick(&session, 3998), 1);
    assert_int_equal(buf_length(&session.out), 2 * FRAME_HEADER_SIZE);
    session_set_keepalive(&session, 0, 2, 4000);
    assert_int_equal(session_tick(&session, 99999), -1);
    session_clear(&session);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keepalive_clock), cmocka_unit_test(test_keepalive_reset_by_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
