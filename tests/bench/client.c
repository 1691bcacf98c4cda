/* SPDX-License-Identifier: MIT
 * Requests, the handshake and the check of replies. Everything here blocks; the measured loop is in load.c.
 */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define REPLY_TIMEOUT_S 30 /* generous: the server may run under valgrind */
#define FEATURE_ASKED 14   /* events with callback ids; 10 would make the server send pings */

enum {
    PROC_OPEN = 1,
    PROC_CLOSE = 2,
    PROC_XML = 14,
    PROC_INFO = 16,
    PROC_LOOKUP = 23,
    PROC_HOSTNAME = 59,
    PROC_FEATURE = 60,
    PROC_AUTH_LIST = 66,
    PROC_LIB_VERSION = 157,
};

static const struct call calls[] = {
    {"small", PROC_LIB_VERSION, ARGUMENTS_NONE, true},
    {"features", PROC_FEATURE, ARGUMENTS_FEATURE, true},
    {"hostname", PROC_HOSTNAME, ARGUMENTS_NONE, true},
    {"lookup", PROC_LOOKUP, ARGUMENTS_NAME, true},
    {"info", PROC_INFO, ARGUMENTS_DOMAIN, false}, /* carries the CPU time */
    {"xml", PROC_XML, ARGUMENTS_DOMAIN_FLAGS, true},
};

const struct call *call_find(const char *name)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (strcmp(calls[i].name, name) == 0)
            return &calls[i];
    return NULL;
}

static void header_set(uint8_t *bytes, uint32_t program, uint32_t procedure, uint32_t type)
{
    put_u32(bytes + AT_LENGTH, HEADER_SIZE);
    put_u32(bytes + AT_PROGRAM, program);
    put_u32(bytes + AT_VERSION, 1);
    put_u32(bytes + AT_PROCEDURE, procedure);
    put_u32(bytes + AT_TYPE, type);
    put_u32(bytes + AT_SERIAL, 0);
    put_u32(bytes + AT_STATUS, STATUS_OK);
}

void request_set_pong(uint8_t bytes[HEADER_SIZE])
{
    header_set(bytes, PROGRAM_KEEPALIVE, KEEPALIVE_PONG, TYPE_MESSAGE);
}

static void request_init(struct request *request, uint32_t procedure)
{
    memset(request, 0, sizeof(*request));
    header_set(request->bytes, PROGRAM_REMOTE, procedure, TYPE_CALL);
    request->length = HEADER_SIZE;
}

static void request_add(struct request *request, const void *bytes, uint32_t length)
{
    memcpy(request->bytes + request->length, bytes, length);
    request->length += (length + 3) & ~3u;
    put_u32(request->bytes + AT_LENGTH, request->length);
}

static void request_add_u32(struct request *request, uint32_t value)
{
    uint8_t bytes[4];
    put_u32(bytes, value);
    request_add(request, bytes, 4);
}

static void request_add_string(struct request *request, const char *text)
{
    request_add_u32(request, (uint32_t)strlen(text));
    request_add(request, text, (uint32_t)strlen(text));
}

int client_connect(const struct target *target)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in inet = {.sin_family = AF_INET, .sin_port = htons(target->tcp_port)};
    struct timeval timeout = {.tv_sec = REPLY_TIMEOUT_S};
    int on = 1;
    int fd = socket(target->unix_path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result;

    if (fd < 0) {
        perror("load: socket");
        return -1;
    }
    if (target->unix_path && strlen(target->unix_path) >= sizeof(local.sun_path)) {
        fprintf(stderr, "load: the path of the socket is too long\n");
        close(fd);
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    if (target->unix_path) {
        strcpy(local.sun_path, target->unix_path);
        result = connect(fd, (struct sockaddr *)&local, sizeof(local));
    } else {
        inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        result = connect(fd, (struct sockaddr *)&inet, sizeof(inet));
    }
    if (result < 0) {
        perror("load: connect");
        close(fd);
        return -1;
    }
    return fd;
}

static int write_all(int fd, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t done = send(fd, bytes, length, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0) {
            perror("load: write");
            return -1;
        }
        bytes += done;
        length -= (size_t)done;
    }
    return 0;
}

static int read_all(int fd, uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t done = recv(fd, bytes, length, 0);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            fprintf(stderr, "load: read: %s\n", done < 0 ? strerror(errno) : "the server closed the connection");
            return -1;
        }
        bytes += done;
        length -= (size_t)done;
    }
    return 0;
}

bool reply_is_ok(const struct request *request, const uint8_t *packet, uint32_t length)
{
    uint32_t status = get_u32(packet + AT_STATUS);

    if (memcmp(packet + AT_PROGRAM, request->bytes + AT_PROGRAM, 12) == 0 &&
        get_u32(packet + AT_TYPE) == TYPE_REPLY && status == STATUS_OK)
        return true;

    fprintf(stderr, "load: unexpected packet: program %#x version %u procedure %u type %u serial %u status %u\n",
            get_u32(packet + AT_PROGRAM), get_u32(packet + AT_VERSION), get_u32(packet + AT_PROCEDURE),
            get_u32(packet + AT_TYPE), get_u32(packet + AT_SERIAL), status);
    /* An error's payload: code, domain, is there a message, the length of the message, the message. */
    if (status == STATUS_ERROR && length >= HEADER_SIZE + 16) {
        uint32_t text = get_u32(packet + HEADER_SIZE + 12);
        uint32_t room = length - HEADER_SIZE - 16;
        fprintf(stderr, "load: error %u of domain %u: %.*s\n", get_u32(packet + HEADER_SIZE),
                get_u32(packet + HEADER_SIZE + 4), (int)(text < room ? text : room),
                (const char *)packet + HEADER_SIZE + 16);
    }
    return false;
}

long client_call(int fd, const struct request *request, uint8_t *reply, size_t reply_size)
{
    uint8_t pong[HEADER_SIZE];

    if (write_all(fd, request->bytes, request->length) < 0)
        return -1;
    for (;;) {
        if (read_all(fd, reply, 4) < 0)
            return -1;
        uint32_t length = get_u32(reply);
        if (length < HEADER_SIZE || length > reply_size) {
            fprintf(stderr, "load: a packet of %u bytes\n", length);
            return -1;
        }
        if (read_all(fd, reply + 4, length - 4) < 0)
            return -1;
        if (is_ping(reply)) {
            request_set_pong(pong);
            if (write_all(fd, pong, sizeof(pong)) < 0)
                return -1;
            continue;
        }
        if (!reply_is_ok(request, reply, length))
            return -1;
        if (memcmp(reply + AT_SERIAL, request->bytes + AT_SERIAL, 4) != 0) {
            fprintf(stderr, "load: a reply with serial %u, not asked for\n", get_u32(reply + AT_SERIAL));
            return -1;
        }
        return length;
    }
}

int client_handshake(int fd)
{
    struct request request;
    uint8_t reply[4096];

    request_init(&request, PROC_AUTH_LIST);
    if (client_call(fd, &request, reply, sizeof(reply)) < 0)
        return -1;

    request_init(&request, PROC_OPEN);
    put_u32(request.bytes + AT_SERIAL, 1);
    request_add_u32(&request, 1); /* there is a name */
    request_add_string(&request, "test:///default");
    request_add_u32(&request, 0); /* flags: read and write */
    return client_call(fd, &request, reply, sizeof(reply)) < 0 ? -1 : 0;
}

int client_churn(const struct target *target)
{
    struct request request;
    uint8_t reply[4096];
    int fd = client_connect(target);

    if (fd < 0)
        return -1;
    request_init(&request, PROC_CLOSE);
    put_u32(request.bytes + AT_SERIAL, 2);
    int result = client_handshake(fd);
    if (result == 0 && client_call(fd, &request, reply, sizeof(reply)) < 0)
        result = -1;
    close(fd);
    return result;
}

int client_prepare(int fd, const struct target *target, const struct call *call, struct request *ret_request)
{
    struct request request;
    uint8_t reply[4096] = {0};
    long length = HEADER_SIZE + 28; /* what a lookup of "test" is answered with: name, uuid, id */

    if (call->arguments == ARGUMENTS_DOMAIN || call->arguments == ARGUMENTS_DOMAIN_FLAGS) {
        request_init(&request, PROC_LOOKUP);
        request_add_string(&request, "test");
        put_u32(request.bytes + AT_SERIAL, 2);
        if (!target->raw) {
            length = client_call(fd, &request, reply, sizeof(reply));
            if (length < 0)
                return -1;
            if (length != HEADER_SIZE + 28) {
                fprintf(stderr, "load: the lookup's reply has %ld bytes\n", length);
                return -1;
            }
        }
    }

    request_init(&request, call->procedure);
    switch (call->arguments) {
    case ARGUMENTS_NONE:
        break;
    case ARGUMENTS_FEATURE:
        request_add_u32(&request, FEATURE_ASKED);
        break;
    case ARGUMENTS_NAME:
        request_add_string(&request, "test");
        break;
    case ARGUMENTS_DOMAIN:
    case ARGUMENTS_DOMAIN_FLAGS:
        request_add(&request, reply + HEADER_SIZE, (uint32_t)length - HEADER_SIZE);
        if (call->arguments == ARGUMENTS_DOMAIN_FLAGS)
            request_add_u32(&request, 0);
        break;
    }
    *ret_request = request;
    return 0;
}
