/* SPDX-License-Identifier: MIT
 * Message splitting and keepalive. Messages are handed out from the caller's own buffer when they are complete in it;
 * only what is incomplete is copied, so memory follows the bytes received, never the length announced.
 */
#include "rpc/session.h"

#include <libvirt/virterror.h>
#include <string.h>
#include <sys/types.h>

#include "base/error.h"
#include "wire/calls.h"

#define ERROR_DOMAIN VIR_FROM_RPC

enum { KEEPALIVE_PING = 1, KEEPALIVE_PONG = 2 };

#define LOOKAHEAD_MAX 65536 /* bytes that are taken in behind a message that has to wait */

void session_init(struct session *session, const struct session_ops *ops, uint32_t max_message)
{
    *session = (struct session){ .ops = ops, .max_message = max_message };
}

void session_clear(struct session *session)
{
    buf_clear(&session->in);
    buf_clear(&session->out);
}

static int send_keepalive(struct session *session, int32_t proc)
{
    struct frame_header header = { .program = PROGRAM_KEEPALIVE, .version = PROGRAM_VERSION, .proc = proc,
                                   .type = FRAME_MESSAGE, .status = FRAME_OK };
    return session_send(session, &header, NULL, NULL);
}

/* True for a well-formed keepalive, which is answered here. */
static bool take_keepalive(struct session *session, const struct frame_header *header)
{
    if (header->program != PROGRAM_KEEPALIVE || header->type != FRAME_MESSAGE)
        return false;
    if (header->version == PROGRAM_VERSION && header->proc == KEEPALIVE_PING)
        send_keepalive(session, KEEPALIVE_PONG);
    return true;
}

/* What a wrong length word most likely is, for the person who has to find out. */
static const char *guess_peer(uint32_t length)
{
    static const struct { const char text[5]; const char *meaning; } known[] = {
        { "GET ", "an HTTP client" }, { "POST", "an HTTP client" }, { "HEAD", "an HTTP client" },
        { "OPTI", "an HTTP client" }, { "HTTP", "an HTTP server" }, { "SSH-", "an SSH peer" },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (length == xdr_get_u32(known[i].text))
            return known[i].meaning;
    }
    return length >> 16 == 0x1603 ? "a TLS client; this port speaks plain TCP" : NULL;
}

static int refuse_length(uint32_t length, uint32_t max)
{
    const char *peer = guess_peer(length);
    if (length < FRAME_HEADER_SIZE)
        return fail(VIR_ERR_RPC, "packet %u bytes received is too small, want at least %u", length, FRAME_HEADER_SIZE);
    if (peer)
        return fail(VIR_ERR_RPC, "packet %u bytes received is too large, want %u: the bytes look like %s", length, max,
                    peer);
    return fail(VIR_ERR_RPC, "packet %u bytes received is too large, want %u", length, max);
}

/* The number of descriptors that follow a message, one byte each. */
static int count_fds(const unsigned char *payload, size_t length, uint32_t *ret_count)
{
    uint32_t count = length < 4 ? UINT32_MAX : xdr_get_u32(payload);
    if (count > FRAME_MAX_FDS)
        return fail(VIR_ERR_RPC, "%u file descriptors with one message, at most %u are allowed", count, FRAME_MAX_FDS);
    *ret_count = count;
    return 0;
}

/* Bytes of the message at data, the bytes of its descriptors included. 0 when some are missing, -1 when it is none. */
static ssize_t whole_size(const struct session *session, const unsigned char *data, size_t left)
{
    uint32_t fds = 0;
    if (left < 4)
        return 0;
    uint32_t size = xdr_get_u32(data);
    if (size < FRAME_HEADER_SIZE || size > session->max_message)
        return refuse_length(size, session->max_message);
    if (left < size)
        return 0;
    struct frame_header header = frame_parse(data);
    bool with_fds = session->ops->with_fds && header.type == session->ops->with_fds;
    if (with_fds && count_fds(data + FRAME_HEADER_SIZE, size - FRAME_HEADER_SIZE, &fds) < 0)
        return -1;
    return left - size < fds ? 0 : (ssize_t)size + fds;
}

/* Hands out the complete messages at data. Bytes used, or -1. */
static ssize_t split(struct session *session, const unsigned char *data, size_t length)
{
    size_t used = 0;
    while (!session->paused && used < length) {
        const unsigned char *frame = data + used;
        ssize_t size = whole_size(session, frame, length - used);
        if (size < 0)
            return -1;
        if (size == 0)
            break;
        used += (size_t)size;
        struct frame_header header = frame_parse(frame);
        if (take_keepalive(session, &header))
            continue;
        enum session_verdict verdict =
            session->ops->message(session, &header, frame + FRAME_HEADER_SIZE, header.length - FRAME_HEADER_SIZE);
        if (verdict == SESSION_CLOSE)
            return -1;
        session->paused |= verdict == SESSION_PAUSE;
    }
    return (ssize_t)used;
}

/* While calls wait for their turn, the pings behind them do not: answers each once, by making it nobody's procedure. */
static int answer_ahead(struct session *session)
{
    while (session->scanned < buf_length(&session->in)) {
        unsigned char *frame = (unsigned char *)buf_bytes(&session->in) + session->scanned;
        ssize_t size = whole_size(session, frame, buf_length(&session->in) - session->scanned);
        if (size <= 0)
            return (int)size;
        struct frame_header header = frame_parse(frame);
        if (take_keepalive(session, &header)) {
            header.proc = 0;
            frame_format(frame, &header);
        }
        session->scanned += (size_t)size;
    }
    return 0;
}

bool session_wants_input(const struct session *session)
{
    return !session->paused || buf_length(&session->in) < LOOKAHEAD_MAX;
}

int session_feed(struct session *session, const void *data, size_t length)
{
    session->alive = true;
    if (session->paused)
        return buf_add(&session->in, data, length) < 0 ? fail_no_memory() : answer_ahead(session);
    if (buf_length(&session->in) == 0) {
        ssize_t used = split(session, data, length);
        if (used < 0)
            return -1;
        data = (const char *)data + used;
        length -= (size_t)used;
        if (length && buf_add(&session->in, data, length) < 0)
            return fail_no_memory();
        return session->paused ? answer_ahead(session) : 0;
    }
    if (buf_add(&session->in, data, length) < 0)
        return fail_no_memory();
    return session_resume(session);
}

int session_resume(struct session *session)
{
    session->paused = false;
    session->scanned = 0;
    ssize_t used = split(session, (const unsigned char *)buf_bytes(&session->in), buf_length(&session->in));
    if (used < 0)
        return -1;
    buf_consume(&session->in, (size_t)used);
    return session->paused ? answer_ahead(session) : 0;
}

int session_send(struct session *session, const struct frame_header *header, const struct xdr_type *type,
                 const void *value)
{
    return frame_append(&session->out, header, type, value);
}

void session_set_keepalive(struct session *session, int interval_ms, unsigned int count, uint64_t now_ms)
{
    session->keepalive = (struct keepalive){ .interval_ms = interval_ms, .count = count,
                                             .deadline_ms = now_ms + (uint64_t)(interval_ms > 0 ? interval_ms : 0) };
}

int64_t session_tick(struct session *session, uint64_t now_ms)
{
    struct keepalive *keepalive = &session->keepalive;
    if (keepalive->interval_ms <= 0)
        return -1;
    if (session->alive) {
        session->alive = false;
        keepalive->sent = 0;
        keepalive->deadline_ms = now_ms + (uint64_t)keepalive->interval_ms;
    }
    if (now_ms >= keepalive->deadline_ms) {
        if (keepalive->sent >= keepalive->count)
            return -2;
        keepalive->sent++;
        send_keepalive(session, KEEPALIVE_PING);
        keepalive->deadline_ms = now_ms + (uint64_t)keepalive->interval_ms;
    }
    return (int64_t)(keepalive->deadline_ms - now_ms);
}
