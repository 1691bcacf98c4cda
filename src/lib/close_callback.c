/* SPDX-License-Identifier: MIT
 * The one close callback of a connection: kept here, told by the seam or by the peer, called from the event loop.
 * A local connection accepts and ignores it: its driver cannot go away before the program does.
 */
#include "lib/close_callback.h"

#include <libvirt/virterror.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "lib/connect.h"
#include "lib/stub.h"
#include "wire/messages.h"

#define ERROR_DOMAIN VIR_FROM_REMOTE
#define FEATURE_CLOSE_CALLBACK 15
#define CONN_DOMAIN VIR_FROM_DOMAIN /* of errors about arguments */

/* Tells a peer that knows of such callbacks, so that it reports when the hypervisor behind it goes away. */
static int tell_peer(struct stub *stub, enum proc proc)
{
    const struct connect_supports_feature_args args = { .feature = FEATURE_CLOSE_CALLBACK };
    struct connect_supports_feature_ret ret;
    if (stub_call_other(stub, PROC_CONNECT_SUPPORTS_FEATURE, &args, &ret) < 0)
        return -1;
    return ret.supported ? stub_call_other(stub, proc, NULL, NULL) : 0;
}

/* Empties the slot if it holds function (NULL = whatever it holds) and returns what was there; its function is NULL
 * when it did not. */
static struct close_callback take(virConnectPtr conn, virConnectCloseFunc function)
{
    struct close_callback callback = { .function = NULL };
    pthread_mutex_lock(&conn->lock);
    if (!function || conn->close.function == function) {
        callback = conn->close;
        conn->close = (struct close_callback) { .function = NULL };
    }
    pthread_mutex_unlock(&conn->lock);
    return callback;
}

/* Gives up what a callback holds. The opaque data of one whose registration failed stays the caller's. */
static void release(virConnectPtr conn, const struct close_callback *callback, bool registered)
{
    if (callback->queued)
        deferred_stop(conn->queue);
    if (registered && callback->free_opaque)
        callback->free_opaque(callback->opaque);
    handle_unref(conn);
}

/* Puts callback into the empty slot. False when the slot is taken. */
static bool store(virConnectPtr conn, const struct close_callback *callback)
{
    pthread_mutex_lock(&conn->lock);
    bool empty = !conn->close.function;
    if (empty)
        conn->close = *callback;
    pthread_mutex_unlock(&conn->lock);
    return empty;
}

void close_callback_deliver(virConnectPtr conn, int reason)
{
    struct close_callback callback = take(conn, NULL);
    if (!callback.function)
        return;
    callback.function(conn, reason, callback.opaque);
    release(conn, &callback, true);
}

int virConnectRegisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb, void *opaque, virFreeCallback freecb)
{
    struct stub stub;
    struct close_callback callback = { .function = cb, .opaque = opaque, .free_opaque = freecb };
    int result = -1;
    if (stub_begin(&stub, __func__, CONN_DOMAIN, PROC_CONNECT_REGISTER_CLOSE_CALLBACK, HANDLE_CONNECT, conn) < 0 ||
        stub_nonnull(&stub, (const void *)cb, "cb") < 0)
        goto end;
    if (conn->local) {
        result = 0;
        goto end;
    }
    /* Without an event loop nobody could call it: stock accepts it all the same. */
    callback.queued = deferred_start(conn->queue) == 0;
    if (!callback.queued)
        error_reset();
    handle_ref(conn);
    if (!store(conn, &callback)) {
        fail(VIR_ERR_OPERATION_INVALID, "A close callback is already registered");
        release(conn, &callback, false);
        goto end;
    }
    result = tell_peer(&stub, PROC_CONNECT_REGISTER_CLOSE_CALLBACK);
    if (result < 0 && take(conn, cb).function)
        release(conn, &callback, false);
end:
    stub_end(&stub);
    return result;
}

int virConnectUnregisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb)
{
    struct stub stub;
    int result = -1;
    if (stub_begin(&stub, __func__, CONN_DOMAIN, PROC_CONNECT_UNREGISTER_CLOSE_CALLBACK, HANDLE_CONNECT, conn) < 0 ||
        stub_nonnull(&stub, (const void *)cb, "cb") < 0)
        goto end;
    struct close_callback callback = take(conn, cb);
    if (conn->local) {
        result = 0;
    } else if (callback.function) {
        result = tell_peer(&stub, PROC_CONNECT_UNREGISTER_CLOSE_CALLBACK);
        release(conn, &callback, true);
    } else {
        fail(VIR_ERR_OPERATION_INVALID, "A different callback was requested");
    }
end:
    stub_end(&stub);
    return result;
}
