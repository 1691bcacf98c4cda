/* SPDX-License-Identifier: MIT
 * The client end of the libvirt wire protocol, as raw bytes, for the load generator: build a request, connect, do one
 * blocking call, judge a reply. Independent of src/wire on purpose, so that an error there cannot hide here.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HEADER_SIZE 28u
#define REQUEST_MAX 128u

#define PROGRAM_REMOTE 0x20008086u
#define PROGRAM_KEEPALIVE 0x6b656570u

enum { KEEPALIVE_PING = 1, KEEPALIVE_PONG = 2 };
enum { TYPE_CALL = 0, TYPE_REPLY = 1, TYPE_MESSAGE = 2 };
enum { STATUS_OK = 0, STATUS_ERROR = 1 };

/* Byte offsets of the header's words. */
enum { AT_LENGTH = 0, AT_PROGRAM = 4, AT_VERSION = 8, AT_PROCEDURE = 12, AT_TYPE = 16, AT_SERIAL = 20, AT_STATUS = 24 };

static inline void put_u32(uint8_t *at, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(at, &value, 4);
}

static inline uint32_t get_u32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, 4);
    return __builtin_bswap32(value);
}

struct target {
    const char *unix_path; /* or NULL: TCP to 127.0.0.1 */
    uint16_t tcp_port;
    bool raw; /* a server that knows no meaning: no handshake, no lookup */
};

struct request {
    uint32_t length;
    uint8_t bytes[REQUEST_MAX];
};

enum arguments { ARGUMENTS_NONE, ARGUMENTS_FEATURE, ARGUMENTS_NAME, ARGUMENTS_DOMAIN, ARGUMENTS_DOMAIN_FLAGS };

/* A call that can be measured. */
struct call {
    const char *name;
    uint32_t procedure;
    enum arguments arguments;
    bool constant; /* every reply has the payload of the first one */
};

/* The call of that name or NULL. */
const struct call *call_find(const char *name);

/* A blocking socket with a receive timeout, or -1 with the reason on stderr. */
int client_connect(const struct target *target);

/* Sends the request, answers keepalive pings, and reads the reply. Returns the reply's length or -1 with the reason
 * on stderr. Nothing else may be under way on the connection. */
long client_call(int fd, const struct request *request, uint8_t *reply, size_t reply_size);

/* AUTH_LIST and CONNECT_OPEN test:///default. */
int client_handshake(int fd);

/* Connect, handshake, CONNECT_CLOSE, and close the socket. */
int client_churn(const struct target *target);

/* Fills in the request; asks the server for the domain "test" where the call needs one. */
int client_prepare(int fd, const struct target *target, const struct call *call, struct request *ret_request);

void request_set_pong(uint8_t bytes[HEADER_SIZE]);

static inline bool is_ping(const uint8_t *packet)
{
    return get_u32(packet + AT_PROGRAM) == PROGRAM_KEEPALIVE && get_u32(packet + AT_PROCEDURE) == KEEPALIVE_PING;
}

/* Whether the packet is the successful reply to the request, the serial apart. If not, says on stderr what it is. */
bool reply_is_ok(const struct request *request, const uint8_t *packet, uint32_t length);
