/* SPDX-License-Identifier: MIT
 * The session in the server's role: splitting of any chunking, the length word, keepalive answers, pausing,
 * bytes that stand for descriptors, and how much memory a peer can make it hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "rpc/session.h"
#include "wire/calls.h"

#undef fail /* cmocka has its own */
#include <cmocka.h>

enum { PING = 1, PONG = 2, OTHER = 3 };

static const unsigned char pong[28] = { 0, 0, 0, 28, 'k', 'e', 'e', 'p', 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2 };

struct peer {
    struct session session; /* first: the callbacks cast */
    char log[4096];         /* "serial:length " of each message handed out */
    int pause_at;           /* serial after which it pauses; -1 = never */
    int close_at;
    bool pause_always;
};

static enum session_verdict take(struct session *session, const struct frame_header *header,
                                 const unsigned char *payload, size_t length)
{
    struct peer *peer = (struct peer *)session;
    size_t used = strlen(peer->log);
    for (size_t i = 0; i < length && header->type == FRAME_CALL; i++)
        assert_int_equal(payload[i], (unsigned char)(header->serial + i));
    snprintf(peer->log + used, sizeof peer->log - used, "%u:%zu ", header->serial, length);
    if (peer->close_at == (int)header->serial)
        return SESSION_CLOSE;
    return peer->pause_always || peer->pause_at == (int)header->serial ? SESSION_PAUSE : SESSION_GO_ON;
}

static const struct session_ops ops = { take, FRAME_CALL_WITH_FDS };

static void peer_init(struct peer *peer)
{
    error_reset();
    *peer = (struct peer){ .pause_at = -1, .close_at = -1 };
    session_init(&peer->session, &ops, FRAME_MAX);
}

static void add_message(struct buf *out, uint32_t program, int32_t proc, uint32_t type, uint32_t serial,
                        uint32_t length)
{
    struct frame_header header = { FRAME_HEADER_SIZE + length, program, 1, proc, type, serial, 0 };
    frame_format((unsigned char *)buf_reserve(out, FRAME_HEADER_SIZE), &header);
    out->end += FRAME_HEADER_SIZE;
    for (uint32_t i = 0; i < length; i++)
        assert_int_equal(buf_addc(out, (char)(serial + i)), 0);
}

static void add_call(struct buf *out, uint32_t serial, uint32_t length)
{
    add_message(out, PROGRAM_REMOTE, 3, FRAME_CALL, serial, length);
}

static void add_keepalive(struct buf *out, int32_t proc)
{
    add_message(out, PROGRAM_KEEPALIVE, proc, FRAME_MESSAGE, 0, 0);
}

static void add_with_fds(struct buf *out, uint32_t serial, uint32_t fds)
{
    add_message(out, PROGRAM_REMOTE, 3, FRAME_CALL_WITH_FDS, serial, 4);
    xdr_put_u32(out->data + out->end - 4, fds);
    for (uint32_t i = 0; i < fds && i <= FRAME_MAX_FDS; i++)
        assert_int_equal(buf_addc(out, 0), 0);
}

static size_t pongs(const struct peer *peer)
{
    const struct buf *out = &peer->session.out;
    assert_int_equal(buf_length(out) % sizeof pong, 0);
    for (size_t at = 0; at < buf_length(out); at += sizeof pong)
        assert_memory_equal(buf_bytes(out) + at, pong, sizeof pong);
    return buf_length(out) / sizeof pong;
}

/* Feeds a copy of exactly these bytes, so that reading behind them is noticed. */
static int feed(struct peer *peer, const char *data, size_t length)
{
    char *copy = malloc(length ? length : 1);
    memcpy(copy, data, length);
    int result = session_feed(&peer->session, copy, length);
    free(copy);
    return result;
}

static void conversation(struct buf *out)
{
    add_keepalive(out, PING);
    add_call(out, 1, 0);
    add_call(out, 2, 1);
    add_keepalive(out, PING);
    add_keepalive(out, PONG);
    add_call(out, 3, 4);
    add_with_fds(out, 4, 2);
    add_keepalive(out, OTHER);
    add_message(out, PROGRAM_KEEPALIVE, PING, FRAME_CALL, 5, 0);
    add_call(out, 6, 37);
    add_message(out, PROGRAM_REMOTE, 3, FRAME_REPLY_WITH_FDS, 7, 4); /* not of this role: no bytes behind it */
    add_keepalive(out, PING);
}
#define CONVERSATION_LOG "1:0 2:1 3:4 4:4 5:0 6:37 7:4 "
#define CONVERSATION_PONGS 3

static void check_conversation(struct peer *peer)
{
    assert_string_equal(peer->log, CONVERSATION_LOG);
    assert_int_equal(pongs(peer), CONVERSATION_PONGS);
    assert_int_equal(buf_length(&peer->session.in), 0);
    session_clear(&peer->session);
}

static void test_chunking(void **unused)
{
    auto_buf struct buf bytes = BUF_INIT;
    struct peer peer;
    (void)unused;
    conversation(&bytes);
    size_t length = buf_length(&bytes);
    for (size_t chunk = 1; chunk <= length; chunk++) {
        peer_init(&peer);
        for (size_t at = 0; at < length; at += chunk)
            assert_int_equal(feed(&peer, buf_bytes(&bytes) + at, at + chunk <= length ? chunk : length - at), 0);
        check_conversation(&peer);
    }
    for (size_t first = 0; first <= length; first++) {
        for (size_t second = first; second <= length; second += 7) {
            peer_init(&peer);
            assert_int_equal(feed(&peer, buf_bytes(&bytes), first), 0);
            assert_int_equal(feed(&peer, buf_bytes(&bytes) + first, second - first), 0);
            assert_int_equal(feed(&peer, buf_bytes(&bytes) + second, length - second), 0);
            check_conversation(&peer);
        }
    }
}

/* Pausing behind every message, whatever the chunking, changes neither order nor answers: a ping that waits behind a
 * call is answered at once and once. */
static void test_pause_anywhere(void **unused)
{
    auto_buf struct buf bytes = BUF_INIT;
    struct peer peer;
    (void)unused;
    conversation(&bytes);
    for (size_t chunk = 1; chunk <= buf_length(&bytes); chunk++) {
        for (int resume_each = 0; resume_each < 2; resume_each++) {
            peer_init(&peer);
            peer.pause_always = true;
            for (size_t at = 0; at < buf_length(&bytes); at += chunk) {
                size_t left = buf_length(&bytes) - at;
                assert_int_equal(feed(&peer, buf_bytes(&bytes) + at, chunk < left ? chunk : left), 0);
                if (resume_each && peer.session.paused)
                    assert_int_equal(session_resume(&peer.session), 0);
            }
            for (int guard = 0; peer.session.paused && guard < 10; guard++)
                assert_int_equal(session_resume(&peer.session), 0);
            check_conversation(&peer);
        }
    }
}

static void test_pings_while_paused(void **unused)
{
    auto_buf struct buf bytes = BUF_INIT;
    struct peer peer;
    (void)unused;
    add_call(&bytes, 1, 8);
    add_keepalive(&bytes, PING);
    add_call(&bytes, 2, 0);
    add_keepalive(&bytes, PING);
    peer_init(&peer);
    peer.pause_always = true;
    assert_int_equal(feed(&peer, buf_bytes(&bytes), buf_length(&bytes)), 0);
    assert_string_equal(peer.log, "1:8 ");
    assert_int_equal(pongs(&peer), 2); /* at once, though call 2 waits */
    auto_buf struct buf more = BUF_INIT;
    add_keepalive(&more, PING);
    assert_int_equal(feed(&peer, buf_bytes(&more), 11), 0);
    assert_int_equal(pongs(&peer), 2);
    assert_int_equal(feed(&peer, buf_bytes(&more) + 11, buf_length(&more) - 11), 0);
    assert_int_equal(pongs(&peer), 3);
    assert_int_equal(session_resume(&peer.session), 0);
    assert_string_equal(peer.log, "1:8 2:0 ");
    assert_int_equal(session_resume(&peer.session), 0);
    assert_int_equal(pongs(&peer), 3); /* not a second time */
    assert_int_equal(buf_length(&peer.session.in), 0);
    session_clear(&peer.session);
}

/* A message with descriptors is one when the byte of each has come; pings behind it are found all the same. */
static void test_descriptor_bytes(void **unused)
{
    auto_buf struct buf bytes = BUF_INIT;
    struct peer peer;
    (void)unused;
    add_call(&bytes, 1, 0);
    add_with_fds(&bytes, 2, FRAME_MAX_FDS);
    add_keepalive(&bytes, PING);
    size_t whole = 2 * FRAME_HEADER_SIZE + 4 + FRAME_MAX_FDS;
    for (size_t first = 0; first <= buf_length(&bytes); first++) {
        peer_init(&peer);
        assert_int_equal(feed(&peer, buf_bytes(&bytes), first), 0);
        assert_string_equal(peer.log, first >= whole ? "1:0 2:4 " : first >= FRAME_HEADER_SIZE ? "1:0 " : "");
        session_clear(&peer.session);
        peer_init(&peer);
        peer.pause_always = true;
        assert_int_equal(feed(&peer, buf_bytes(&bytes), first), 0);
        assert_int_equal(feed(&peer, buf_bytes(&bytes) + first, buf_length(&bytes) - first), 0);
        assert_string_equal(peer.log, "1:0 ");
        assert_int_equal(pongs(&peer), 1);
        session_clear(&peer.session);
    }
}

static void test_too_many_descriptors(void **unused)
{
    static const uint32_t counts[] = { FRAME_MAX_FDS + 1, 0x7fffffff, 0xffffffff };
    (void)unused;
    for (size_t i = 0; i < 2 * array_size(counts) + 2; i++) {
        auto_buf struct buf bytes = BUF_INIT;
        struct peer peer;
        peer_init(&peer);
        peer.pause_always = i % 2;
        if (i % 2)
            add_call(&bytes, 1, 0);
        if (i / 2 < array_size(counts))
            add_with_fds(&bytes, 2, counts[i / 2]);
        else
            add_message(&bytes, PROGRAM_REMOTE, 3, FRAME_CALL_WITH_FDS, 2, 3); /* no room for a count */
        assert_int_equal(feed(&peer, buf_bytes(&bytes), buf_length(&bytes)), -1);
        assert_string_equal(peer.log, i % 2 ? "1:0 " : "");
        assert_non_null(strstr(error_slot()->detail, "file descriptors with one message, at most 32 are allowed"));
        session_clear(&peer.session);
    }
}

static void test_length_word(void **unused)
{
    static const struct { uint32_t max, length; const char *error;
    } rows[] = {
        { FRAME_MAX, 0, "packet 0 bytes received is too small, want at least 28" },
        { FRAME_MAX, 3, "packet 3 bytes received is too small, want at least 28" },
        { FRAME_MAX, 4, "packet 4 bytes received is too small, want at least 28" },
        { FRAME_MAX, 27, "packet 27 bytes received is too small, want at least 28" },
        { FRAME_MAX, 28, NULL },
        { FRAME_MAX, FRAME_MAX, NULL },
        { FRAME_MAX, FRAME_MAX + 1, "packet 33554437 bytes received is too large, want 33554436" },
        { FRAME_MAX, 0x80000000, "packet 2147483648 bytes received is too large, want 33554436" },
        { FRAME_MAX, 0xffffffff, "packet 4294967295 bytes received is too large, want 33554436" },
        { FRAME_PREAUTH_MAX, FRAME_PREAUTH_MAX, NULL },
        { FRAME_PREAUTH_MAX, FRAME_PREAUTH_MAX + 1, "packet 73729 bytes received is too large, want 73728" },
        { FRAME_MAX, 0x47455420,
          "packet 1195725856 bytes received is too large, want 33554436: the bytes look like an HTTP client" },
        { FRAME_MAX, 0x5353482d,
          "packet 1397966893 bytes received is too large, want 33554436: the bytes look like an SSH peer" },
        { FRAME_MAX, 0x16030100,
          "packet 369295616 bytes received is too large, want 33554436: the bytes look like a TLS client; this port "
          "speaks plain TCP" },
    };
    (void)unused;
    for (size_t i = 0; i < array_size(rows); i++) {
        for (int paused = 0; paused < 2; paused++) {
            auto_buf struct buf bytes = BUF_INIT;
            struct peer peer;
            peer_init(&peer);
            peer.session.max_message = rows[i].max;
            peer.pause_always = paused;
            if (paused)
                add_call(&bytes, 1, 0); /* the wrong length stands behind a call that waits */
            struct frame_header header = { rows[i].length, PROGRAM_REMOTE, 1, 3, FRAME_CALL, 2, 0 };
            frame_format((unsigned char *)buf_reserve(&bytes, FRAME_HEADER_SIZE), &header);
            bytes.end += FRAME_HEADER_SIZE;
            int result = feed(&peer, buf_bytes(&bytes), buf_length(&bytes));
            assert_int_equal(result, rows[i].error ? -1 : 0);
            if (rows[i].error) {
                assert_string_equal(error_slot()->detail, rows[i].error);
                assert_int_equal(error_slot()->code, 39);
                assert_int_equal(error_slot()->domain, 7);
            }
            session_clear(&peer.session);
        }
    }
}

/* An announced length costs nothing; only bytes that came do, and those of a message that is done go back. */
static void test_memory_follows_bytes(void **unused)
{
    static char block[1000];
    struct peer peer;
    (void)unused;
    peer_init(&peer);
    struct frame_header header = { FRAME_MAX, PROGRAM_REMOTE, 1, 3, FRAME_STREAM, 2, 0 };
    frame_format((unsigned char *)block, &header);
    assert_int_equal(feed(&peer, block, FRAME_HEADER_SIZE), 0);
    assert_true(peer.session.in.size <= 1024);
    memset(block, 0, sizeof block);
    size_t got = FRAME_HEADER_SIZE;
    for (; got + sizeof block < 2000000; got += sizeof block) {
        assert_int_equal(feed(&peer, block, sizeof block), 0);
        assert_true(peer.session.in.size <= 2 * (got + sizeof block) + 1024);
    }
    for (; got + sizeof block <= FRAME_MAX; got += sizeof block)
        assert_int_equal(session_feed(&peer.session, block, sizeof block), 0);
    assert_string_equal(peer.log, "");
    assert_int_equal(feed(&peer, block, FRAME_MAX - got), 0);
    assert_string_equal(peer.log, "2:33554408 ");
    assert_int_equal(buf_length(&peer.session.in), 0);
    assert_true(peer.session.in.size <= 65536);
    session_clear(&peer.session);
}

static void test_wants_input(void **unused)
{
    static char block[65536];
    auto_buf struct buf bytes = BUF_INIT;
    struct peer peer;
    (void)unused;
    peer_init(&peer);
    assert_true(session_wants_input(&peer.session));
    peer.pause_at = 1;
    add_call(&bytes, 1, 0);
    assert_int_equal(feed(&peer, buf_bytes(&bytes), buf_length(&bytes)), 0);
    assert_true(peer.session.paused);
    assert_true(session_wants_input(&peer.session)); /* pings behind the call must be seen */
    struct frame_header header = { sizeof block, PROGRAM_REMOTE, 1, 3, FRAME_STREAM, 2, 0 };
    frame_format((unsigned char *)block, &header);
    assert_int_equal(feed(&peer, block, sizeof block), 0);
    assert_false(session_wants_input(&peer.session));
    assert_int_equal(session_resume(&peer.session), 0);
    assert_true(session_wants_input(&peer.session));
    session_clear(&peer.session);
}

static void test_close(void **unused)
{
    auto_buf struct buf bytes = BUF_INIT;
    struct peer peer;
    (void)unused;
    peer_init(&peer);
    peer.close_at = 2;
    add_call(&bytes, 1, 0);
    add_call(&bytes, 2, 0);
    add_call(&bytes, 3, 0);
    assert_int_equal(feed(&peer, buf_bytes(&bytes), buf_length(&bytes)), -1);
    assert_string_equal(peer.log, "1:0 2:0 ");
    assert_false(error_is_set());
    session_clear(&peer.session);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunking),
        cmocka_unit_test(test_pause_anywhere),
        cmocka_unit_test(test_pings_while_paused),
        cmocka_unit_test(test_descriptor_bytes),
        cmocka_unit_test(test_too_many_descriptors),
        cmocka_unit_test(test_length_word),
        cmocka_unit_test(test_memory_follows_bytes),
        cmocka_unit_test(test_wants_input),
        cmocka_unit_test(test_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
