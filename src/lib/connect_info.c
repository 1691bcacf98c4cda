/* SPDX-License-Identifier: MIT
 * What a connection says of itself, and the version of the library.
 */
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "dispatch/generic.h"
#include "lib/connect.h"
#include "lib/stub.h"
#include "wire/messages.h"

#define ERROR_DOMAIN HOST_DOMAIN
#define HOST_DOMAIN VIR_FROM_DOMAIN /* of errors about arguments */

int virGetVersion(unsigned long *libVer, const char *type, unsigned long *typeVer)
{
    const struct stub stub = { .function = __func__, .domain = HOST_DOMAIN };
    (void)type;
    errors_reset();
    if (stub_nonnull(&stub, libVer, "libVer") < 0) {
        errors_dispatch(NULL);
        return -1;
    }
    *libVer = LIBVIRT_COMPATIBLE_VERSION;
    if (typeVer)
        *typeVer = LIBVIRT_COMPATIBLE_VERSION;
    return 0;
}

char *virConnectGetURI(virConnectPtr conn)
{
    struct stub stub;
    struct connect_get_uri_ret ret;
    char *uri = NULL;
    if (stub_begin(&stub, __func__, HOST_DOMAIN, PROC_CONNECT_GET_URI, HANDLE_CONNECT, conn) == 0) {
        if (conn->uri)
            uri = stub_string(&stub, conn->uri);
        else if (stub_call(&stub, NULL, &ret) == 0)
            uri = stub_string(&stub, ret.uri);
    }
    stub_end(&stub);
    return uri;
}

/* The type as the connection keeps it, so that the caller need not free it. Takes over `type` when there is none yet.
 */
static const char *keep_type(virConnectPtr conn, char *type)
{
    pthread_mutex_lock(&conn->lock);
    if (!conn->type)
        conn->type = steal(type);
    const char *kept = conn->type;
    pthread_mutex_unlock(&conn->lock);
    free(type);
    return kept;
}

const char *virConnectGetType(virConnectPtr conn)
{
    struct stub stub;
    struct connect_get_type_ret ret;
    const char *type = NULL;
    if (stub_begin(&stub, __func__, HOST_DOMAIN, PROC_CONNECT_GET_TYPE, HANDLE_CONNECT, conn) == 0) {
        type = keep_type(conn, NULL);
        if (!type && stub_call(&stub, NULL, &ret) == 0)
            type = keep_type(conn, stub_string(&stub, ret.type));
    }
    stub_end(&stub);
    return type;
}

/* The public functions that only ask the seam. */
static int ask_seam(const char *function, virConnectPtr conn, int (*ask)(struct seam *seam))
{
    int result = -1;
    if (ask)
        result = ask(conn->seam);
    else
        error_set(HOST_DOMAIN, VIR_ERR_NO_SUPPORT, 0, "%s", function);
    errors_dispatch(conn);
    return result;
}

static bool check_conn(const char *function, virConnectPtr conn)
{
    errors_reset();
    if (handle_check(function, HOST_DOMAIN, HANDLE_CONNECT, conn))
        return true;
    errors_dispatch(NULL);
    return false;
}

int virConnectIsAlive(virConnectPtr conn)
{
    return check_conn(__func__, conn) ? ask_seam(__func__, conn, conn->seam->ops->is_alive) : -1;
}

int virConnectIsSecure(virConnectPtr conn)
{
    return check_conn(__func__, conn) ? ask_seam(__func__, conn, conn->seam->ops->is_secure) : -1;
}

int virConnectIsEncrypted(virConnectPtr conn)
{
    return check_conn(__func__, conn) ? ask_seam(__func__, conn, conn->seam->ops->is_encrypted) : -1;
}

int virConnectSetKeepAlive(virConnectPtr conn, int interval, unsigned int count)
{
    if (!check_conn(__func__, conn))
        return -1;
    int result = conn->seam->ops->set_keepalive(conn->seam, interval, count);
    errors_dispatch(conn);
    return result;
}
