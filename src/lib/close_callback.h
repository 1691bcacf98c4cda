/* SPDX-License-Identifier: MIT
 * The close callback of a connection (virConnectRegisterCloseCallback).
 */
#pragma once
#include <libvirt/libvirt.h>

/* Calls the callback, if there is one, and drops it: a connection closes once. On the event loop's thread. */
void close_callback_deliver(virConnectPtr conn, int reason);
