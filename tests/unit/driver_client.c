/* SPDX-License-Identifier: MIT
 * Calls, expectations and the events that a client saw.
 */
#include "driver_client.h"

static void record(struct event_sink *sink, enum proc proc, const void *msg)
{
    struct client *client = (struct client *)((char *)sink - offsetof(struct client, sink));
    struct seen *seen = &client->seen[client->seen_count++ % array_size(client->seen)];
    *seen = (struct seen){ .proc = proc, .callback_id = *(const int *)msg };
    if (proc == PROC_DOMAIN_EVENT_CALLBACK_LIFECYCLE) {
        const struct domain_event_callback_lifecycle_msg *event = msg;
        snprintf(seen->name, sizeof seen->name, "%s", event->msg.dom.name);
        seen->id = event->msg.dom.id;
        seen->event = event->msg.event;
        seen->detail = event->msg.detail;
    } else if (proc == PROC_DOMAIN_EVENT_CALLBACK_METADATA_CHANGE) {
        const struct domain_event_callback_metadata_change_msg *event = msg;
        snprintf(seen->name, sizeof seen->name, "%s", event->nsuri ? event->nsuri : "");
        seen->event = event->type;
    }
}

int client_try_open(struct client *client, const char *uri, unsigned int flags)
{
    *client = (struct client){ .sink.deliver = record };
    client->conn.sink = &client->sink;
    arena_init(&client->arena, 0);
    error_reset();
    return conn_open(&client->conn, uri, flags);
}

void client_open(struct client *client)
{
    if (client_try_open(client, "test:///default", 0) < 0)
        fail_msg("%s", error_slot()->detail);
}

void client_close(struct client *client)
{
    conn_close(&client->conn);
    arena_clear(&client->arena);
}

int try_call(struct client *client, enum proc proc, const void *args, void *ret)
{
    error_reset();
    return invoke(&client->conn, proc, args, ret, &client->arena);
}

void call_ok(struct client *client, enum proc proc, const void *args, void *ret)
{
    if (try_call(client, proc, args, ret) < 0)
        fail_msg("%s: %s", call_rows[proc].name, error_message(error_slot(), &client->arena));
}

void assert_error(struct client *client, int code, int domain, const char *message)
{
    assert_string_equal(error_message(error_slot(), &client->arena), message);
    assert_int_equal(error_slot()->code, code);
    assert_int_equal(error_slot()->domain, domain);
}

void call_fails(struct client *client, enum proc proc, const void *args, int code, int domain,
                       const char *message)
{
    char ret[512];
    assert_int_equal(try_call(client, proc, args, ret), -1);
    assert_error(client, code, domain, message);
}

struct wire_domain look_up(struct client *client, const char *name)
{
    struct domain_lookup_by_name_args args = { .name = (char *)name };
    struct domain_lookup_by_name_ret ret;
    call_ok(client, PROC_DOMAIN_LOOKUP_BY_NAME, &args, &ret);
    return ret.dom;
}

struct wire_domain define(struct client *client, const char *xml)
{
    struct domain_define_xml_args args = { .xml = (char *)xml };
    struct domain_define_xml_ret ret;
    call_ok(client, PROC_DOMAIN_DEFINE_XML, &args, &ret);
    return ret.dom;
}

const char *xml_of(struct client *client, const struct wire_domain *dom, unsigned int flags)
{
    struct domain_get_xml_desc_args args = { .dom = *dom, .flags = flags };
    struct domain_get_xml_desc_ret ret;
    call_ok(client, PROC_DOMAIN_GET_XML_DESC, &args, &ret);
    return ret.xml;
}

void assert_state(struct client *client, const struct wire_domain *dom, int state, int reason)
{
    struct domain_get_state_args args = { .dom = *dom };
    struct domain_get_state_ret ret;
    call_ok(client, PROC_DOMAIN_GET_STATE, &args, &ret);
    assert_int_equal(ret.state, state);
    assert_int_equal(ret.reason, reason);
}

void act(struct client *client, enum proc proc, const struct wire_domain *dom)
{
    struct flagged args = { .dom = *dom };
    char ret[512];
    call_ok(client, proc, &args, ret);
}

void act_fails(struct client *client, enum proc proc, const struct wire_domain *dom, unsigned int flags,
                      int code, int domain, const char *message)
{
    struct flagged args = { .dom = *dom, .flags = flags };
    call_fails(client, proc, &args, code, domain, message);
}

int watch(struct client *client, int event_id)
{
    struct connect_domain_event_callback_register_any_args args = { .eventID = event_id };
    struct connect_domain_event_callback_register_any_ret ret;
    call_ok(client, PROC_CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY, &args, &ret);
    return ret.callbackID;
}

/* Exactly these life-cycle events have come since the last look. */
void assert_events(struct client *client, const struct seen *expected, size_t count)
{
    assert_int_equal(client->seen_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(client->seen[i].proc, PROC_DOMAIN_EVENT_CALLBACK_LIFECYCLE);
        assert_string_equal(client->seen[i].name, expected[i].name);
        assert_int_equal(client->seen[i].id, expected[i].id);
        assert_int_equal(client->seen[i].event, expected[i].event);
        assert_int_equal(client->seen[i].detail, expected[i].detail);
    }
    client->seen_count = 0;
}
