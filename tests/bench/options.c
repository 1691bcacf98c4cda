/* SPDX-License-Identifier: MIT
 * The command line of the load generator.
 */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

struct options options = {.connections = 1, .depth = 1, .threads = 1, .seconds = 1};

static void usage(void)
{
    fprintf(stderr,
            "usage: load --unix PATH | --tcp PORT  [--connections N] [--depth D] [--threads T]\n"
            "            [--seconds S | --calls N] [--raw-open] [--server-pid PID]... [--hold]\n"
            "            --call small|features|hostname|lookup|info|xml|connect\n"
            "connect uses one thread a connection. --hold opens the connections, does one call on each, prints\n"
            "\"ready\", and waits for the end of its standard input.\n");
    exit(2);
}

void options_parse(int argc, char **argv)
{
    static const struct option known[] = {
        {"unix", 1, NULL, 'u'},     {"tcp", 1, NULL, 't'},  {"connections", 1, NULL, 'n'}, {"depth", 1, NULL, 'd'},
        {"threads", 1, NULL, 'T'},  {"call", 1, NULL, 'c'}, {"seconds", 1, NULL, 's'},     {"calls", 1, NULL, 'N'},
        {"raw-open", 0, NULL, 'r'}, {"hold", 0, NULL, 'h'}, {"server-pid", 1, NULL, 'p'},  {0},
    };
    const char *call = "";
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) >= 0) {
        switch (option) {
        case 'u': options.target.unix_path = optarg; break;
        case 't': options.target.tcp_port = (uint16_t)atoi(optarg); break;
        case 'n': options.connections = (unsigned)atoi(optarg); break;
        case 'd': options.depth = (unsigned)atoi(optarg); break;
        case 'T': options.threads = (unsigned)atoi(optarg); break;
        case 'c': call = optarg; break;
        case 's': options.seconds = atof(optarg); break;
        case 'N': options.calls = strtoull(optarg, NULL, 10); break;
        case 'r': options.target.raw = true; break;
        case 'h': options.hold = true; break;
        case 'p':
            if (options.server_count == SERVERS_MAX)
                usage();
            options.servers[options.server_count++] = atoi(optarg);
            break;
        default: usage();
        }
    }
    options.call = call_find(call);
    bool connect = strcmp(call, "connect") == 0;
    if (optind != argc || (!options.call && (!connect || options.hold)) || options.depth < 1 ||
        options.depth > DEPTH_MAX || options.connections < 1 || options.connections > CONNECTIONS_MAX ||
        options.threads < 1 || options.seconds <= 0 || (!options.target.unix_path) == (!options.target.tcp_port))
        usage();
    if (connect || options.threads > options.connections)
        options.threads = options.connections;
}
