/* SPDX-License-Identifier: MIT
 * What the load generator was asked to do. Written by options_parse only, which ends the process with status 2 when
 * the command line makes no sense.
 */
#pragma once
#include "client.h"

#include <sys/types.h>

#define DEPTH_MAX 1024u
#define CONNECTIONS_MAX 10000u
#define SERVERS_MAX 16u

struct options {
    struct target target;
    const struct call *call; /* NULL: connect, open, close */
    unsigned connections, depth, threads;
    double seconds;
    uint64_t calls; /* 0: as many as the time allows */
    bool hold;
    pid_t servers[SERVERS_MAX]; /* processes whose CPU time is the server's */
    unsigned server_count;
};

extern struct options options;

void options_parse(int argc, char **argv);
