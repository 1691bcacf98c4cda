/* SPDX-License-Identifier: MIT
 * From the thread's error slot to virError: the copy that virGetLastError() returns, the copy of the connection, and
 * the handlers. Public functions call errors_reset() first and errors_dispatch() when they fail.
 */
#pragma once
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>

/* The error state of one connection. */
struct conn_errors {
    pthread_mutex_t lock;
    virError last;
    virErrorFunc handler; /* NULL = the process-wide one */
    void *handler_data;
};

void conn_errors_init(struct conn_errors *errors);
void conn_errors_clear(struct conn_errors *errors);

/* Forgets the thread's error. */
void errors_reset(void);
/* Publishes the error in the slot: thread, connection (NULL = none), handler. Empties the slot. Does nothing when the
 * slot is empty. */
void errors_dispatch(virConnectPtr conn);
