/* SPDX-License-Identifier: MIT
 * The command event. Callbacks print on the event thread while the main thread waits for enough events, the timeout,
 * an interrupt or the end of the connection.
 */
#include "virsh/events.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <time.h>

#include "base/str.h"
#include "virsh/commands.h"
#include "virsh/complete.h"
#include "virsh/domain.h"

struct waiter {
    struct shell *shell;
    bool loop;
    bool timestamp;
    atomic_int received;
    int done_fd; /* eventfd: an event came and no more are wanted, or the user interrupted */
};

struct registration {
    struct event_sink sink; /* first: callbacks cast back */
    struct waiter *waiter;
    int id;                 /* of the callback; -1 = not registered */
};

static int interrupt_fd = -1; /* a signal handler takes no context */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
    int saved = errno;
    (void)signal;
    interrupted = 1;
    eventfd_write(interrupt_fd, 1);
    errno = saved;
}

static void event_came(struct event_sink *sink, const char *text)
{
    struct waiter *waiter = ((struct registration *)sink)->waiter;
    if (atomic_fetch_add(&waiter->received, 1) > 0 && !waiter->loop) {
        atomic_fetch_sub(&waiter->received, 1);
        return;
    }
    if (waiter->timestamp) {
        struct timespec now;
        struct tm parts;
        char stamp[32];
        clock_gettime(CLOCK_REALTIME, &now);
        gmtime_r(&now.tv_sec, &parts);
        strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &parts);
        shell_print(waiter->shell, "%s.%03d+0000: %s", stamp, (int)(now.tv_nsec / 1000000), text);
    } else {
        shell_print(waiter->shell, "%s", text);
    }
    fflush(stdout);
    if (!waiter->loop)
        eventfd_write(waiter->done_fd, 1);
}

/* timeout_ms -1 = none. */
static void wait_for_events(struct shell *shell, struct waiter *waiter, int timeout_ms)
{
    struct sigaction action = { .sa_handler = on_interrupt }, before;
    struct pollfd fds[] = { { .fd = waiter->done_fd, .events = POLLIN }, { .fd = shell->lost_fd, .events = POLLIN } };
    struct timespec start, now;
    int left_ms = timeout_ms, ready;

    interrupted = 0;
    interrupt_fd = waiter->done_fd;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &before);
    clock_gettime(CLOCK_MONOTONIC, &start);
    while ((ready = poll(fds, array_size(fds), left_ms)) < 0 && errno == EINTR) {
        if (timeout_ms < 0)
            continue;
        clock_gettime(CLOCK_MONOTONIC, &now);
        long passed_ms = (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000;
        left_ms = passed_ms >= timeout_ms ? 0 : timeout_ms - (int)passed_ms;
    }
    sigaction(SIGINT, &before, NULL);
    if (interrupted)
        shell_print(shell, "event loop interrupted\n");
    else if (ready == 0)
        shell_print(shell, "event loop timed out\n");
}

static const struct event_type *event_type_find(const char *name)
{
    for (size_t i = 0; i < event_type_count; i++) {
        if (str_equal(event_types[i].name, name))
            return &event_types[i];
    }
    return NULL;
}

/* Registers for one type, or for all that the driver has. */
static int register_events(struct shell *shell, virDomainPtr domain, const struct event_type *only,
                           struct waiter *waiter, struct registration *registrations)
{
    int registered = 0;
    for (size_t i = 0; i < event_type_count; i++)
        registrations[i] = (struct registration){ { event_came, &event_types[i] }, waiter, -1 };
    for (size_t i = 0; i < event_type_count; i++) {
        struct registration *registration = &registrations[i];
        const struct event_type *type = &event_types[i];
        if (only && only != type)
            continue;
        registration->id = virConnectDomainEventRegisterAny(shell->connection, domain, type->id, type->callback,
                                                            registration, NULL);
        if (registration->id >= 0)
            registered++;
        else if (only || (library_error_code() != VIR_ERR_NO_SUPPORT && library_error_code() != VIR_ERR_INVALID_ARG))
            return -1;
    }
    if (registered > 0)
        library_error_reset();
    return registered > 0 ? 0 : -1;
}

static int watch(struct shell *shell, const struct invocation *invocation, const struct event_type *only,
                 unsigned int timeout_s)
{
    struct registration registrations[64];
    struct waiter waiter = { .shell = shell, .loop = argument_given(invocation, "loop"),
                             .timestamp = argument_given(invocation, "timestamp") };
    auto_domain virDomainPtr domain = NULL;
    auto_fd int done_fd = eventfd(0, EFD_CLOEXEC);

    if (done_fd < 0 || event_type_count > array_size(registrations))
        return shell_error(shell, "Failed to prepare for events");
    waiter.done_fd = done_fd;
    if (argument_given(invocation, "domain") && !(domain = domain_find(shell, invocation, LOOKUP_ANY)))
        return -1;
    int result = register_events(shell, domain, only, &waiter, registrations);
    if (result == 0) {
        wait_for_events(shell, &waiter, timeout_s ? (int)timeout_s * 1000 : -1);
        shell_print(shell, "events received: %d\n", atomic_load(&waiter.received));
        if (atomic_load(&waiter.received) == 0)
            result = -1;
    }
    for (size_t i = 0; i < event_type_count; i++) {
        if (registrations[i].id >= 0)
            virConnectDomainEventDeregisterAny(shell->connection, registrations[i].id);
    }
    return result;
}

static int run_event(struct shell *shell, const struct invocation *invocation)
{
    const char *name = NULL;
    unsigned int timeout_s = 0;
    const struct event_type *only = NULL;

    if (arguments_exclusive(shell, invocation, "all", "event") < 0 ||
        arguments_exclusive(shell, invocation, "list", "all") < 0 ||
        arguments_exclusive(shell, invocation, "list", "event") < 0)
        return -1;
    if (argument_given(invocation, "list")) {
        for (size_t i = 0; i < event_type_count; i++)
            shell_print(shell, "%s\n", event_types[i].name);
        return 0;
    }
    if (argument_string(shell, invocation, "event", &name) < 0)
        return -1;
    if (name && !(only = event_type_find(name)))
        return shell_error(shell, "unknown event type %s", name);
    if (!name && !argument_given(invocation, "all"))
        return shell_error(shell, "one of --list, --all, or --event <type> is required");
    int given = argument_uint(shell, invocation, "timeout", &timeout_s);
    if (given < 0)
        return -1;
    if (given && (timeout_s == 0 || timeout_s > INT_MAX / 1000))
        return shell_error(shell, "Numeric value '%s' for <timeout> option is malformed or out of range",
                           argument_find(invocation, "timeout")->value);
    return watch(shell, invocation, only, timeout_s);
}

const struct command command_event = {
    "event", 0, run_event, "Domain Events", "List event types, or wait for domain events to occur",
    (const struct option_row[]){
        { "domain", OPTION_STRING, 0, "filter by domain name, id or uuid", complete_domain },
        { "event", OPTION_STRING, 0, "which event type to wait for", complete_event },
        { "all", OPTION_BOOL, 0, "wait for all events instead of just one type", NULL },
        { "loop", OPTION_BOOL, 0, "loop until timeout or interrupt, rather than one-shot", NULL },
        { "timeout", OPTION_INT, 0, "timeout seconds", NULL },
        { "list", OPTION_BOOL, 0, "list valid event types", NULL },
        { "timestamp", OPTION_BOOL, 0, "show timestamp for each printed event", NULL },
        { 0 },
    },
};
