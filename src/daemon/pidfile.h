/* SPDX-License-Identifier: MIT
 * The pid file: created and locked at start, removed at a clean exit. The lock (fcntl, as stock's) is what says that
 * a daemon runs; the number in the file is for people.
 */
#pragma once

struct pidfile {
    char *path; /* NULL = none held */
    int fd;     /* holds the lock; closing any descriptor of this file in this process drops it */
};

#define PIDFILE_INIT { NULL, -1 }

/* Creates path (0644), locks it and writes this process' id. Fails at once when another process holds it. To be called
 * in the process that stays: a lock does not pass to a child. */
int pidfile_acquire(struct pidfile *pidfile, const char *path);
/* Removes the file and drops the lock. Harmless when nothing is held. */
void pidfile_release(struct pidfile *pidfile);
