/* SPDX-License-Identifier: MIT
 * Looking objects up by the text form of their UUID: the same for every kind that has one.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "lib/convert.h"
#include "lib/stub.h"

/* Arguments of every lookup by UUID on a connection; the reply is the wire struct of the object. */
struct by_uuid {
    unsigned char uuid[UUID_LENGTH];
};
_Static_assert(sizeof(struct domain_lookup_by_uuid_args) == sizeof(struct by_uuid), "all lookups by UUID are alike");

union found {
    struct domain_lookup_by_uuid_ret domain;
    struct network_lookup_by_uuid_ret network;
    struct storage_pool_lookup_by_uuid_ret pool;
    struct secret_lookup_by_uuid_ret secret;
    struct nwfilter_lookup_by_uuid_ret nwfilter;
    struct network_port_lookup_by_uuid_ret port;
};

static int parse(const struct stub *stub, const char *text, const char *argument, unsigned char *ret_uuid)
{
    if (stub_nonnull(stub, text, argument) < 0)
        return -1;
    return uuid_parse(text, ret_uuid) == 0
               ? 0
               : error_set_argument(stub->domain, VIR_ERR_INVALID_ARG, stub->function, argument, "Invalid UUID");
}

static void *look_up(const char *function, int domain, virConnectPtr conn, enum proc proc, enum handle_kind kind,
                     const char *text)
{
    struct stub stub;
    struct by_uuid args;
    union found ret;
    void *object = NULL;
    if (stub_begin(&stub, function, domain, proc, HANDLE_CONNECT, conn) == 0 &&
        parse(&stub, text, "uuidstr", args.uuid) == 0 && stub_call(&stub, &args, &ret) == 0)
        object = object_from_wire(kind, conn, &ret);
    stub_end(&stub);
    return object;
}

virDomainPtr virDomainLookupByUUIDString(virConnectPtr conn, const char *uuidstr)
{
    return look_up(__func__, VIR_FROM_DOMAIN, conn, PROC_DOMAIN_LOOKUP_BY_UUID, HANDLE_DOMAIN, uuidstr);
}

virNetworkPtr virNetworkLookupByUUIDString(virConnectPtr conn, const char *uuidstr)
{
    return look_up(__func__, VIR_FROM_NETWORK, conn, PROC_NETWORK_LOOKUP_BY_UUID, HANDLE_NETWORK, uuidstr);
}

virStoragePoolPtr virStoragePoolLookupByUUIDString(virConnectPtr conn, const char *uuidstr)
{
    return look_up(__func__, VIR_FROM_STORAGE, conn, PROC_STORAGE_POOL_LOOKUP_BY_UUID, HANDLE_STORAGE_POOL, uuidstr);
}

virSecretPtr virSecretLookupByUUIDString(virConnectPtr conn, const char *uuidstr)
{
    return look_up(__func__, VIR_FROM_SECRET, conn, PROC_SECRET_LOOKUP_BY_UUID, HANDLE_SECRET, uuidstr);
}

virNWFilterPtr virNWFilterLookupByUUIDString(virConnectPtr conn, const char *uuidstr)
{
    return look_up(__func__, VIR_FROM_NWFILTER, conn, PROC_NWFILTER_LOOKUP_BY_UUID, HANDLE_NWFILTER, uuidstr);
}

virNetworkPortPtr virNetworkPortLookupByUUIDString(virNetworkPtr net, const char *uuidstr)
{
    struct stub stub;
    struct network_port_lookup_by_uuid_args args;
    struct network_port_lookup_by_uuid_ret ret;
    virNetworkPortPtr port = NULL;
    if (stub_begin(&stub, __func__, VIR_FROM_NETWORK, PROC_NETWORK_PORT_LOOKUP_BY_UUID, HANDLE_NETWORK, net) == 0 &&
        parse(&stub, uuidstr, "uuidstr", args.uuid) == 0) {
        object_to_wire(HANDLE_NETWORK, net, &args.network);
        if (stub_call(&stub, &args, &ret) == 0)
            port = object_from_wire(HANDLE_NETWORK_PORT, stub.conn, &ret.port);
    }
    stub_end(&stub);
    return port;
}
