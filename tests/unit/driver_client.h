/* SPDX-License-Identifier: MIT
 * A client of a driver in this process, for tests: every call goes through invoke() on a connection made by
 * conn_open(). A failed expectation ends the test.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "base/error.h"
#include "base/str.h"
#include "dispatch/driver.h"
#include "drivers/test/test.h"
#include "wire/error_text.h"
#include "wire/messages.h"

#undef fail /* cmocka has its own */
#include <cmocka.h>

struct seen {
    enum proc proc;
    int callback_id;
    char name[32];
    int id;
    int event;
    int detail;
};

struct client {
    struct conn conn;
    struct event_sink sink;
    struct seen seen[64]; /* the hub's lock guards it and the next */
    size_t seen_count;
    struct arena arena;
};

/* All calls with nothing but a domain (and flags) as arguments have this layout. */
struct flagged {
    struct wire_domain dom;
    unsigned int flags;
};

int client_try_open(struct client *client, const char *uri, unsigned int flags);
void client_open(struct client *client);
void client_close(struct client *client);
int try_call(struct client *client, enum proc proc, const void *args, void *ret);
void call_ok(struct client *client, enum proc proc, const void *args, void *ret);
void assert_error(struct client *client, int code, int domain, const char *message);
void call_fails(struct client *client, enum proc proc, const void *args, int code, int domain, const char *message);
struct wire_domain look_up(struct client *client, const char *name);
struct wire_domain define(struct client *client, const char *xml);
const char *xml_of(struct client *client, const struct wire_domain *dom, unsigned int flags);
void assert_state(struct client *client, const struct wire_domain *dom, int state, int reason);
void act(struct client *client, enum proc proc, const struct wire_domain *dom);
void act_fails(struct client *client, enum proc proc, const struct wire_domain *dom, unsigned int flags, int code,
               int domain, const char *message);
int watch(struct client *client, int event_id);
void assert_events(struct client *client, const struct seen *expected, size_t count);
