/* SPDX-License-Identifier: MIT
 * The default event loop: poll(2) over watched descriptors and timers. One thread runs it, any thread changes it.
 */
#pragma once
#include <libvirt/libvirt.h>

/* Makes the loop ready for use; may be called again. -1 with the error set. */
int event_loop_init(void);
/* Waits for something and calls what is due: one round. -1 with the error set. */
int event_loop_run(void);

/* The functions of virEventRegisterImpl(). Ids count from 1. -1 when there is no such id. */
int event_loop_add_handle(int fd, int events, virEventHandleCallback callback, void *opaque,
                          virFreeCallback free_opaque);
void event_loop_update_handle(int watch, int events);
int event_loop_remove_handle(int watch);
/* timeout_ms -1 = off, 0 = in every round. */
int event_loop_add_timeout(int timeout_ms, virEventTimeoutCallback callback, void *opaque, virFreeCallback free_opaque);
void event_loop_update_timeout(int timer, int timeout_ms);
int event_loop_remove_timeout(int timer);
