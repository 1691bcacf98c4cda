/* SPDX-License-Identifier: MIT
 * One end of a conversation, without I/O: bytes in, messages out, and back. It splits the stream into messages, answers
 * and sends keepalives before any other rule applies, and holds what waits to be sent. The clock is an argument.
 *
 *   transport -> session_feed() -> ops->message()      session_send() -> session.out -> transport
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "wire/frame.h"

struct session;

enum session_verdict {
    SESSION_GO_ON = 0,
    SESSION_PAUSE = 1,  /* this message is taken; give no more until session_resume() */
    SESSION_CLOSE = -1, /* the connection is to be closed */
};

struct session_ops {
    /* One complete message that is not a keepalive. payload is valid during the call only. A message with descriptors
     * comes when the byte of each has arrived; the descriptors themselves came beside the bytes to who received them.
     */
    enum session_verdict (*message)(struct session *session, const struct frame_header *header,
                                    const unsigned char *payload, size_t length);
    uint32_t with_fds; /* the frame type that brings descriptors to this role; 0 = none does */
};

struct keepalive {
    int interval_ms;       /* of silence before a ping; <= 0 = never */
    unsigned int count;    /* unanswered pings before the peer is dead */
    unsigned int sent;     /* unanswered so far */
    uint64_t deadline_ms;  /* when the next step is due */
};

struct session {
    const struct session_ops *ops;
    struct buf in;        /* received, not yet a complete message */
    struct buf out;       /* to be sent */
    uint32_t max_message; /* largest length word that is accepted now */
    bool paused;
    size_t scanned;       /* while paused: bytes of `in` whose keepalives are answered already */
    bool alive;           /* bytes came since the last session_tick() */
    struct keepalive keepalive;
};

void session_init(struct session *session, const struct session_ops *ops, uint32_t max_message);
void session_clear(struct session *session);

/* Takes bytes as they came. -1 when the connection must be closed; then the thread's error says why, unless
 * ops->message() decided so. While paused the bytes are kept. */
int session_feed(struct session *session, const void *data, size_t length);
/* False while paused with enough read ahead: leave the bytes in the socket, so that the peer feels the limit. */
bool session_wants_input(const struct session *session);
/* Goes on after SESSION_PAUSE with what was kept. As session_feed(). */
int session_resume(struct session *session);

/* Queues one message. -1 when it cannot be encoded or out of memory; nothing is queued then. Sets no error. */
int session_send(struct session *session, const struct frame_header *header, const struct xdr_type *type,
                 const void *value);

/* Sends pings after interval_ms of silence, gives up after count of them and one more interval. interval_ms <= 0:
 * never. */
void session_set_keepalive(struct session *session, int interval_ms, unsigned int count, uint64_t now_ms);
/* Runs the keepalive clock. Milliseconds until the next call is due, -1 when none is, -2 when the peer is dead. */
int64_t session_tick(struct session *session, uint64_t now_ms);
