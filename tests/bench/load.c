/* SPDX-License-Identifier: MIT
 * The load generator: N connections, each with D calls under way, for a time or a number of calls; closed loop, epoll,
 * one read and one write a wakeup. Checks every reply and prints one line of JSON. Exits 1 when a reply is wrong,
 * an error, or lost: a figure of a server that answers wrongly is no figure. Raw bytes and checks of them: client.c.
 */
#include "client.h"
#include "histogram.h"
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define INPUT_SIZE 65536u
#define PONGS_MAX 16u /* pongs that may wait beside the requests */
#define SILENCE_MS 30000
#define SECOND_NS 1000000000ull

struct slot {
    uint32_t serial; /* the slot's number modulo the depth */
    bool busy;
    uint64_t sent_ns;
};

struct connection {
    int fd;
    bool wants_output;
    struct request request;
    struct slot *slots;
    uint8_t *output;
    uint32_t output_start, output_end, output_size;
    uint32_t input_end;
    uint8_t input[INPUT_SIZE];
};

struct worker {
    pthread_t thread;
    int epoll_fd;
    struct connection **connections; /* a part of the whole array */
    unsigned connection_count;
    uint64_t budget;      /* calls that may still be sent */
    uint64_t outstanding; /* calls without a reply */
    uint64_t deadline_ns;
    uint64_t errors;
    uint8_t *first_reply; /* what the replies of a constant call are compared with */
    uint32_t reply_length;
    struct histogram latencies;
};

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    return clock_gettime(clock, &now) < 0 ? 0 : (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

/* CPU time of the server's processes so far, all threads, in ns. */
static uint64_t servers_cpu_ns(void)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < options.server_count; i++) {
        clockid_t clock;
        if (clock_getcpuclockid(options.servers[i], &clock) == 0)
            sum += clock_ns(clock);
    }
    return sum;
}

static int connection_watch(struct worker *worker, struct connection *connection, int operation)
{
    struct epoll_event event = {.events = EPOLLIN | (connection->wants_output ? EPOLLOUT : 0), .data.ptr = connection};
    return epoll_ctl(worker->epoll_fd, operation, connection->fd, &event);
}

static int connection_flush(struct worker *worker, struct connection *connection)
{
    while (connection->output_start < connection->output_end) {
        ssize_t done = send(connection->fd, connection->output + connection->output_start,
                            connection->output_end - connection->output_start, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0 && errno == EAGAIN)
            break;
        if (done < 0) {
            perror("load: write");
            return -1;
        }
        connection->output_start += (uint32_t)done;
    }
    bool pending = connection->output_start < connection->output_end;
    if (!pending)
        connection->output_start = connection->output_end = 0;
    if (pending == connection->wants_output)
        return 0;
    connection->wants_output = pending;
    return connection_watch(worker, connection, EPOLL_CTL_MOD);
}

static uint8_t *connection_reserve(struct connection *connection, uint32_t length)
{
    if (connection->output_size - connection->output_end < length) {
        memmove(connection->output, connection->output + connection->output_start,
                connection->output_end - connection->output_start);
        connection->output_end -= connection->output_start;
        connection->output_start = 0;
    }
    if (connection->output_size - connection->output_end < length) {
        fprintf(stderr, "load: more pings than can be answered\n");
        return NULL;
    }
    connection->output_end += length;
    return connection->output + connection->output_end - length;
}

/* Queues the slot's next call, unless the run is over. */
static int slot_issue(struct worker *worker, struct connection *connection, struct slot *slot, uint64_t now_ns)
{
    if (worker->budget == 0 || now_ns >= worker->deadline_ns)
        return 0;
    uint8_t *place = connection_reserve(connection, connection->request.length);
    if (!place)
        return -1;
    memcpy(place, connection->request.bytes, connection->request.length);
    slot->serial += options.depth;
    put_u32(place + AT_SERIAL, slot->serial);
    slot->sent_ns = now_ns;
    slot->busy = true;
    worker->budget--;
    worker->outstanding++;
    return 0;
}

static int reply_check(struct worker *worker, const struct connection *connection, const uint8_t *packet,
                       uint32_t length)
{
    if (!reply_is_ok(&connection->request, packet, length))
        return -1;
    if (!worker->first_reply) {
        worker->first_reply = malloc(length);
        if (!worker->first_reply)
            return -1;
        memcpy(worker->first_reply, packet, length);
        worker->reply_length = length;
    }
    if (length != worker->reply_length || (options.call->constant && memcmp(packet + HEADER_SIZE,
                                           worker->first_reply + HEADER_SIZE, length - HEADER_SIZE) != 0)) {
        fprintf(stderr, "load: a reply of %u bytes differs from the first one of %u\n", length, worker->reply_length);
        return -1;
    }
    return 0;
}

static int packet_process(struct worker *worker, struct connection *connection, const uint8_t *packet, uint32_t length,
                          uint64_t now_ns)
{
    if (is_ping(packet)) {
        uint8_t *place = connection_reserve(connection, HEADER_SIZE);
        if (place)
            request_set_pong(place);
        return place ? 0 : -1;
    }
    if (reply_check(worker, connection, packet, length) < 0)
        return -1;
    uint32_t serial = get_u32(packet + AT_SERIAL);
    struct slot *slot = &connection->slots[serial % options.depth];
    if (!slot->busy || slot->serial != serial) {
        fprintf(stderr, "load: a reply with serial %u, not asked for\n", serial);
        return -1;
    }
    slot->busy = false;
    worker->outstanding--;
    histogram_add(&worker->latencies, now_ns - slot->sent_ns);
    return slot_issue(worker, connection, slot, now_ns);
}

static int connection_read(struct worker *worker, struct connection *connection)
{
    ssize_t done = recv(connection->fd, connection->input + connection->input_end,
                        INPUT_SIZE - connection->input_end, 0);
    if (done < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (done <= 0) {
        fprintf(stderr, "load: read: %s\n", done < 0 ? strerror(errno) : "the server closed the connection");
        return -1;
    }
    connection->input_end += (uint32_t)done;

    uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    uint32_t start = 0;
    while (connection->input_end - start >= 4) {
        uint32_t length = get_u32(connection->input + start);
        if (length < HEADER_SIZE || length > INPUT_SIZE) {
            fprintf(stderr, "load: a packet of %u bytes\n", length);
            return -1;
        }
        if (connection->input_end - start < length)
            break;
        if (packet_process(worker, connection, connection->input + start, length, now_ns) < 0)
            return -1;
        start += length;
    }
    connection->input_end -= start;
    memmove(connection->input, connection->input + start, connection->input_end);
    return connection_flush(worker, connection);
}

static int worker_loop(struct worker *worker)
{
    struct epoll_event events[64];

    for (unsigned i = 0; i < worker->connection_count; i++) {
        struct connection *connection = worker->connections[i];
        uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
        if (connection_watch(worker, connection, EPOLL_CTL_ADD) < 0)
            return -1;
        for (unsigned j = 0; j < options.depth; j++)
            if (slot_issue(worker, connection, &connection->slots[j], now_ns) < 0)
                return -1;
        if (connection_flush(worker, connection) < 0)
            return -1;
    }
    while (worker->outstanding > 0) {
        int count = epoll_wait(worker->epoll_fd, events, 64, SILENCE_MS);
        if (count == 0) {
            fprintf(stderr, "load: no reply for %d ms\n", SILENCE_MS);
            return -1;
        }
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if ((events[i].events & EPOLLOUT) && connection_flush(worker, connection) < 0)
                return -1;
            if ((events[i].events & ~(uint32_t)EPOLLOUT) && connection_read(worker, connection) < 0)
                return -1;
        }
    }
    return 0;
}

static void *worker_run(void *opaque)
{
    struct worker *worker = opaque;

    if (options.call) {
        if (worker_loop(worker) < 0)
            worker->errors++;
        return NULL;
    }
    while (worker->budget > 0 && worker->errors == 0) {
        uint64_t start_ns = clock_ns(CLOCK_MONOTONIC);
        if (start_ns >= worker->deadline_ns)
            break;
        worker->budget--;
        if (client_churn(&options.target) < 0)
            worker->errors++;
        else
            histogram_add(&worker->latencies, clock_ns(CLOCK_MONOTONIC) - start_ns);
    }
    return NULL;
}

static struct connection *connection_open(void)
{
    struct connection *connection = calloc(1, sizeof(*connection));
    if (!connection)
        return NULL;
    connection->slots = calloc(options.depth, sizeof(*connection->slots));
    connection->output_size = options.depth * REQUEST_MAX + PONGS_MAX * HEADER_SIZE;
    connection->output = malloc(connection->output_size);
    connection->fd = client_connect(&options.target);
    if (!connection->slots || !connection->output || connection->fd < 0)
        return NULL;
    for (unsigned i = 0; i < options.depth; i++)
        connection->slots[i].serial = i;
    if (!options.target.raw && client_handshake(connection->fd) < 0)
        return NULL;
    if (client_prepare(connection->fd, &options.target, options.call, &connection->request) < 0)
        return NULL;
    if (options.hold) {
        long length = client_call(connection->fd, &connection->request, connection->input, INPUT_SIZE);
        return length < 0 ? NULL : connection;
    }
    return fcntl(connection->fd, F_SETFL, O_NONBLOCK) < 0 ? NULL : connection;
}

/* The result, one line of JSON; the exit status. */
static int report(const struct worker *workers, uint64_t elapsed_ns, uint64_t server_ns, uint64_t client_ns)
{
    static struct histogram all;
    uint64_t errors = 0, lost = 0;

    for (unsigned i = 0; i < options.threads; i++) {
        histogram_merge(&all, &workers[i].latencies);
        errors += workers[i].errors;
        lost += workers[i].outstanding;
    }
    double calls = all.count > 0 ? (double)all.count : 1;
    printf("{\"calls\": %llu, \"seconds\": %.6f, \"calls_per_s\": %.1f, \"p50_us\": %.2f, \"p99_us\": %.2f, "
           "\"p999_us\": %.2f, \"server_cpu_us\": %.3f, \"client_cpu_us\": %.3f, \"reply_bytes\": %u, "
           "\"errors\": %llu, \"lost\": %llu}\n",
           (unsigned long long)all.count, (double)elapsed_ns / 1e9, (double)all.count * 1e9 / (double)elapsed_ns,
           (double)histogram_quantile(&all, 0.5) / 1e3, (double)histogram_quantile(&all, 0.99) / 1e3,
           (double)histogram_quantile(&all, 0.999) / 1e3, (double)server_ns / 1e3 / calls,
           (double)client_ns / 1e3 / calls, workers[0].reply_length, (unsigned long long)errors,
           (unsigned long long)lost);
    return errors > 0 || lost > 0 || all.count == 0;
}

int main(int argc, char **argv)
{
    options_parse(argc, argv);
    struct rlimit files = {.rlim_cur = CONNECTIONS_MAX + 64, .rlim_max = CONNECTIONS_MAX + 64};
    setrlimit(RLIMIT_NOFILE, &files);

    struct connection **connections = calloc(options.connections, sizeof(struct connection *));
    struct worker *workers = calloc(options.threads, sizeof(*workers));
    if (!connections || !workers)
        return 1;
    for (unsigned i = 0; options.call && i < options.connections; i++) {
        connections[i] = connection_open();
        if (!connections[i])
            return 1;
    }
    if (options.hold) {
        puts("ready");
        fflush(stdout);
        while (getchar() != EOF) {
        }
        return 0;
    }

    uint64_t server_ns = servers_cpu_ns(), client_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    uint64_t start_ns = clock_ns(CLOCK_MONOTONIC);
    for (unsigned i = 0, first = 0; i < options.threads; i++) {
        unsigned end = options.connections * (i + 1) / options.threads;
        workers[i].connections = connections + first;
        workers[i].connection_count = end - first;
        first = end;
        workers[i].budget = UINT64_MAX;
        workers[i].deadline_ns = start_ns + (uint64_t)(options.seconds * 1e9);
        if (options.calls > 0) {
            workers[i].budget = options.calls * (i + 1) / options.threads - options.calls * i / options.threads;
            workers[i].deadline_ns = UINT64_MAX;
        }
        workers[i].epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        if (workers[i].epoll_fd < 0 || pthread_create(&workers[i].thread, NULL, worker_run, &workers[i]) != 0)
            return 1;
    }
    for (unsigned i = 0; i < options.threads; i++)
        pthread_join(workers[i].thread, NULL);
    uint64_t elapsed_ns = clock_ns(CLOCK_MONOTONIC) - start_ns;
    return report(workers, elapsed_ns, servers_cpu_ns() - server_ns,
                  clock_ns(CLOCK_PROCESS_CPUTIME_ID) - client_ns);
}
