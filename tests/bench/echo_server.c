/* SPDX-License-Identifier: MIT
 * The floor of the benchmark: answers every CALL with a reply of a fixed size, and knows nothing else. A thread a core,
 * each with its own epoll set; one read, and one write of all the replies to it. What a real server needs beyond this
 * is the price of meaning. Never ends by itself.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define HEADER_SIZE 28u
#define INPUT_SIZE 65536u
#define OUTPUT_SIZE 262144u
#define REPLY_MAX 65536u

struct client {
    int fd;
    bool blocked; /* replies wait for the client to read; its calls wait for them */
    uint32_t input_end;
    uint32_t output_start, output_end;
    uint8_t input[INPUT_SIZE];
    uint8_t output[OUTPUT_SIZE];
};

static uint32_t reply_length = HEADER_SIZE;
static int listeners[2], listener_count;

static uint32_t length_of(const uint8_t *packet)
{
    uint32_t value;
    memcpy(&value, packet, 4);
    return ntohl(value);
}

/* Appends the reply to the packet: its header with another length, type and status, and zeros. */
static void answer(struct client *client, const uint8_t *packet)
{
    static const uint8_t type_call[4] = {0, 0, 0, 0}, type_reply[4] = {0, 0, 0, 1};
    uint8_t *reply = client->output + client->output_end;
    uint32_t length = htonl(reply_length);

    if (memcmp(packet + 16, type_call, 4) != 0)
        return;
    memcpy(reply, &length, 4);
    memcpy(reply + 4, packet + 4, 12);
    memcpy(reply + 16, type_reply, 4);
    memcpy(reply + 20, packet + 20, 4);
    memset(reply + 24, 0, reply_length - 24);
    client->output_end += reply_length;
}

static int flush(struct client *client)
{
    while (client->output_start < client->output_end) {
        ssize_t done = send(client->fd, client->output + client->output_start,
                            client->output_end - client->output_start, MSG_NOSIGNAL);
        if (done < 0)
            return errno == EAGAIN ? 0 : -1;
        client->output_start += (uint32_t)done;
    }
    client->output_start = client->output_end = 0;
    return 0;
}

/* Answers what has been read, as long as the client takes the replies. -1 when the connection is over. */
static int answer_input(struct client *client)
{
    uint32_t start = 0, length;

    for (;;) {
        bool incomplete = false;
        while (!incomplete && OUTPUT_SIZE - client->output_end >= reply_length) {
            uint32_t have = client->input_end - start;
            length = have >= 4 ? length_of(client->input + start) : HEADER_SIZE;
            if (length < HEADER_SIZE || length > INPUT_SIZE)
                return -1;
            incomplete = have < length;
            if (!incomplete) {
                answer(client, client->input + start);
                start += length;
            }
        }
        if (flush(client) < 0)
            return -1;
        client->blocked = client->output_end > 0;
        if (incomplete || client->blocked)
            break;
    }
    client->input_end -= start;
    memmove(client->input, client->input + start, client->input_end);
    return 0;
}

static int serve(int epoll_fd, struct client *client)
{
    bool was_blocked = client->blocked;

    if (was_blocked) {
        if (flush(client) < 0)
            return -1;
        if (client->output_end > 0)
            return 0;
    } else {
        ssize_t done = recv(client->fd, client->input + client->input_end, INPUT_SIZE - client->input_end, 0);
        if (done < 0 && errno == EAGAIN)
            return 0;
        if (done <= 0)
            return -1;
        client->input_end += (uint32_t)done;
    }
    if (answer_input(client) < 0)
        return -1;
    if (client->blocked == was_blocked)
        return 0;
    struct epoll_event event = {.events = client->blocked ? EPOLLOUT : EPOLLIN, .data.ptr = client};
    return epoll_ctl(epoll_fd, EPOLL_CTL_MOD, client->fd, &event);
}

static void accept_client(int epoll_fd, int listener)
{
    int on = 1;
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct client *client = fd < 0 ? NULL : malloc(sizeof(*client));

    if (!client) {
        if (fd >= 0)
            close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* fails on a unix socket, which has no delay */
    client->fd = fd;
    client->blocked = false;
    client->input_end = client->output_start = client->output_end = 0;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static void *thread_run(void *unused)
{
    struct epoll_event events[64];
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);

    (void)unused;
    for (int i = 0; i < listener_count; i++) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = &listeners[i]};
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listeners[i], &event);
    }
    for (;;) {
        int count = epoll_wait(epoll_fd, events, 64, -1);
        for (int i = 0; i < count; i++) {
            int *listener = events[i].data.ptr;
            struct client *client = events[i].data.ptr;
            if (listener >= listeners && listener < listeners + listener_count) {
                accept_client(epoll_fd, *listener);
            } else if (serve(epoll_fd, client) < 0) {
                close(client->fd);
                free(client);
            }
        }
    }
    return NULL;
}

static void add_listener(const struct sockaddr *address, socklen_t length)
{
    int on = 1;
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (fd < 0 || bind(fd, address, length) < 0 || listen(fd, 1000) < 0) {
        perror("echo_server: listen");
        exit(1);
    }
    listeners[listener_count++] = fd;
}

int main(int argc, char **argv)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in inet = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    pthread_t thread;

    if (argc != 4 || (reply_length = (uint32_t)atoi(argv[3])) < HEADER_SIZE || reply_length > REPLY_MAX) {
        fprintf(stderr, "usage: echo_server SOCKET-PATH TCP-PORT REPLY-BYTES\n");
        return 2;
    }
    snprintf(local.sun_path, sizeof(local.sun_path), "%s", argv[1]);
    inet.sin_port = htons((uint16_t)atoi(argv[2]));
    add_listener((struct sockaddr *)&local, sizeof(local));
    add_listener((struct sockaddr *)&inet, sizeof(inet));

    for (long i = 1; i < sysconf(_SC_NPROCESSORS_ONLN); i++)
        if (pthread_create(&thread, NULL, thread_run, NULL) != 0)
            return 1;
    thread_run(NULL);
}
