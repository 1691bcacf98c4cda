/* SPDX-License-Identifier: MIT
 * The server's side of a call: which messages are calls that may be dispatched, and how they are answered.
 */
#pragma once
#include "wire/calls.h"
#include "wire/frame.h"

enum server_judgement {
    SERVER_DISPATCH, /* a call; *ret_row is set */
    SERVER_IGNORE,   /* not a call, no answer is due */
    SERVER_REFUSE,   /* a call that gets an error reply; the thread's error is set */
};

/* Judges a message by its header alone. */
enum server_judgement server_judge(const struct frame_header *header, const struct call_row **ret_row);

/* Decodes the arguments of a call into arena. -1 with the error set. args is NULL for void. */
int server_decode(const struct call_row *row, const unsigned char *payload, size_t length, struct arena *arena,
                  void **ret_args);

/* Appends the reply to the call whose header is given. A result that cannot be encoded becomes an error reply.
 * -1 when not even that is possible (out of memory): close the connection. */
int server_reply(struct buf *out, const struct frame_header *call, const struct call_row *row, const void *ret);
/* The same for the thread's error, which is taken. */
int server_reply_error(struct buf *out, const struct frame_header *call);
/* Appends an event. -1 when it cannot be encoded. */
int server_event(struct buf *out, const struct call_row *row, const void *msg);
