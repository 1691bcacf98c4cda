/* SPDX-License-Identifier: MIT
 * The local seam: a driver of this process, through the same invoke() as in the daemon.
 */
#include <libvirt/virterror.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "lib/seam.h"

#define ERROR_DOMAIN VIR_FROM_NONE
#define LIBRARY_DOMAIN VIR_FROM_DOMAIN /* of errors that public functions of connections raise */

struct local_seam {
    struct seam seam;
    struct conn conn;
};

static int local_call(struct seam *seam, enum proc proc, const void *args, void *ret, struct arena *arena)
{
    return invoke(&((struct local_seam *)seam)->conn, proc, args, ret, arena);
}

static void local_close(struct seam *seam)
{
    struct local_seam *local = (struct local_seam *)seam;
    conn_close(&local->conn);
    free(local);
}

static int always(struct seam *seam)
{
    (void)seam;
    return 1;
}

static int never(struct seam *seam)
{
    (void)seam;
    return 0;
}

static int no_keepalive(struct seam *seam, int interval_s, unsigned int count)
{
    (void)seam;
    (void)interval_s;
    (void)count;
    return error_set(LIBRARY_DOMAIN, VIR_ERR_NO_SUPPORT, 0, "virConnectSetKeepAlive");
}

static const struct seam_ops local_ops = {
    .call = local_call,
    .close = local_close,
    .is_alive = always,
    .is_secure = always,
    .is_encrypted = never,
    .set_keepalive = no_keepalive,
};

struct seam *seam_open_local(const struct uri *uri, unsigned int flags, struct seam_owner *owner)
{
    auto_free char *text = uri_format(uri);
    struct local_seam *local = text ? calloc(1, sizeof *local) : NULL;
    if (!local) {
        fail_no_memory();
        return NULL;
    }
    local->seam = (struct seam) { .ops = &local_ops, .events_enabled = true };
    local->conn.sink = &owner->sink;
    if (conn_open(&local->conn, text, flags) < 0) {
        local_close(&local->seam);
        return NULL;
    }
    return &local->seam;
}
