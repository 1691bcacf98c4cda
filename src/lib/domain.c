/* SPDX-License-Identifier: MIT
 * Functions of a domain whose arguments or results no table describes: ids that change, maps, fixed buffers.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "lib/convert.h"
#include "lib/stub.h"
#include "wire/messages.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

int virDomainCreate(virDomainPtr domain)
{
    struct stub stub;
    int result = -1;
    if (stub_begin(&stub, __func__, ERROR_DOMAIN, PROC_DOMAIN_CREATE, HANDLE_DOMAIN, domain) == 0) {
        struct domain_create_args args;
        struct domain_lookup_by_uuid_args lookup;
        struct domain_lookup_by_uuid_ret found;
        domain_to_wire(domain, &args.dom);
        memcpy(lookup.uuid, args.dom.uuid, sizeof lookup.uuid);
        result = stub_call(&stub, &args, NULL);
        /* The reply does not tell the new id. */
        if (result == 0)
            result = stub_call_other(&stub, PROC_DOMAIN_LOOKUP_BY_UUID, &lookup, &found);
        if (result == 0)
            handle_set_id(domain, found.dom.id);
    }
    stub_end(&stub);
    return result;
}

int virDomainCreateWithFlags(virDomainPtr domain, unsigned int flags)
{
    struct stub stub;
    int result = -1;
    if (stub_begin(&stub, __func__, ERROR_DOMAIN, PROC_DOMAIN_CREATE_WITH_FLAGS, HANDLE_DOMAIN, domain) == 0) {
        struct domain_create_with_flags_args args = { .flags = flags };
        struct domain_create_with_flags_ret ret;
        domain_to_wire(domain, &args.dom);
        result = stub_call(&stub, &args, &ret);
        if (result == 0)
            handle_set_id(domain, ret.dom.id);
    }
    stub_end(&stub);
    return result;
}

virDomainPtr virDomainCreateLinux(virConnectPtr conn, const char *xmlDesc, unsigned int flags)
{
    return virDomainCreateXML(conn, xmlDesc, flags);
}

/* Refuses a reply whose rows do not fit what the caller asked for. */
static int check_map(uint32_t rows, uint32_t max_rows, uint32_t bytes, uint32_t max_bytes)
{
    if (rows <= max_rows && bytes <= max_bytes)
        return 0;
    return error_set(VIR_FROM_RPC, VIR_ERR_RPC, 0,
                     "the peer sent %u rows and %u bytes of CPU maps where %u and %u were asked for", rows, bytes,
                     max_rows, max_bytes);
}

/* Refuses a map whose size in bytes is no int. */
static int check_size(int rows, int maplen)
{
    if (maplen <= 0 || rows <= INT_MAX / maplen)
        return 0;
    return fail(VIR_ERR_OVERFLOW, "input too large: %d * %d", rows, maplen);
}

static int check_vcpus_args(const struct stub *stub, virVcpuInfoPtr info, int maxinfo, unsigned char *cpumaps,
                            int maplen)
{
    if (stub_nonnull(stub, info, "info") < 0 || stub_positive(stub, maxinfo > 0, "maxinfo") < 0)
        return -1;
    if (cpumaps)
        return stub_positive(stub, maplen > 0, "maplen");
    /* Stock's words for "must be zero without cpumaps". */
    return stub_nonzero(stub, maplen == 0, "maplen");
}

int virDomainGetVcpus(virDomainPtr domain, virVcpuInfoPtr info, int maxinfo, unsigned char *cpumaps, int maplen)
{
    struct stub stub;
    int result = -1;
    if (stub_begin(&stub, __func__, ERROR_DOMAIN, PROC_DOMAIN_GET_VCPUS, HANDLE_DOMAIN, domain) < 0 ||
        check_vcpus_args(&stub, info, maxinfo, cpumaps, maplen) < 0 || check_size(maxinfo, maplen) < 0)
        goto end;
    struct domain_get_vcpus_args args = { .maxinfo = maxinfo, .maplen = maplen };
    struct domain_get_vcpus_ret ret;
    domain_to_wire(domain, &args.dom);
    if (stub_call(&stub, &args, &ret) < 0 ||
        check_map(ret.info.length, (uint32_t)maxinfo, ret.cpumaps.length, (uint32_t)maxinfo * (uint32_t)maplen) < 0)
        goto end;
    memset(info, 0, (size_t)maxinfo * sizeof *info);
    for (uint32_t i = 0; i < ret.info.length; i++) {
        info[i].number = ret.info.items[i].number;
        info[i].state = ret.info.items[i].state;
        info[i].cpuTime = ret.info.items[i].cpu_time;
        info[i].cpu = ret.info.items[i].cpu;
    }
    if (cpumaps) {
        memset(cpumaps, 0, (size_t)maxinfo * (size_t)maplen);
        memcpy(cpumaps, ret.cpumaps.items, ret.cpumaps.length);
    }
    result = (int)ret.info.length;
end:
    stub_end(&stub);
    return result;
}

int virDomainGetVcpuPinInfo(virDomainPtr domain, int ncpumaps, unsigned char *cpumaps, int maplen, unsigned int flags)
{
    struct stub stub;
    int result = -1;
    if (stub_begin(&stub, __func__, ERROR_DOMAIN, PROC_DOMAIN_GET_VCPU_PIN_INFO, HANDLE_DOMAIN, domain) < 0 ||
        stub_nonnull(&stub, cpumaps, "cpumaps") < 0 || stub_positive(&stub, ncpumaps > 0, "ncpumaps") < 0 ||
        stub_positive(&stub, maplen > 0, "maplen") < 0 || check_size(ncpumaps, maplen) < 0 ||
        stub_exclusive(&stub, flags, VIR_DOMAIN_AFFECT_LIVE, "VIR_DOMAIN_AFFECT_LIVE", VIR_DOMAIN_AFFECT_CONFIG,
                       "VIR_DOMAIN_AFFECT_CONFIG") < 0)
        goto end;
    struct domain_get_vcpu_pin_info_args args = { .ncpumaps = ncpumaps, .maplen = maplen, .flags = flags };
    struct domain_get_vcpu_pin_info_ret ret;
    domain_to_wire(domain, &args.dom);
    if (stub_call(&stub, &args, &ret) < 0 ||
        check_map((uint32_t)ret.num, (uint32_t)ncpumaps, ret.cpumaps.length, (uint32_t)ncpumaps * (uint32_t)maplen) < 0)
        goto end;
    memset(cpumaps, 0, (size_t)ncpumaps * (size_t)maplen);
    memcpy(cpumaps, ret.cpumaps.items, ret.cpumaps.length);
    result = ret.num;
end:
    stub_end(&stub);
    return result;
}

int virDomainGetEmulatorPinInfo(virDomainPtr domain, unsigned char *cpumap, int maplen, unsigned int flags)
{
    struct stub stub;
    int result = -1;
    if (stub_begin(&stub, __func__, ERROR_DOMAIN, PROC_DOMAIN_GET_EMULATOR_PIN_INFO, HANDLE_DOMAIN, domain) < 0 ||
        stub_nonnull(&stub, cpumap, "cpumap") < 0 || stub_positive(&stub, maplen > 0, "maplen") < 0 ||
        stub_exclusive(&stub, flags, VIR_DOMAIN_AFFECT_LIVE, "VIR_DOMAIN_AFFECT_LIVE", VIR_DOMAIN_AFFECT_CONFIG,
                       "VIR_DOMAIN_AFFECT_CONFIG") < 0)
        goto end;
    struct domain_get_emulator_pin_info_args args = { .maplen = maplen, .flags = flags };
    struct domain_get_emulator_pin_info_ret ret;
    domain_to_wire(domain, &args.dom);
    if (stub_call(&stub, &args, &ret) < 0 || check_map(1, 1, ret.cpumaps.length, (uint32_t)maplen) < 0)
        goto end;
    memset(cpumap, 0, (size_t)maplen);
    memcpy(cpumap, ret.cpumaps.items, ret.cpumaps.length);
    result = ret.ret;
end:
    stub_end(&stub);
    return result;
}

/* A label as it travels, its NUL included or not, into the fixed buffer of the public struct. */
static void copy_label(virSecurityLabelPtr to, const char *label, uint32_t length, int enforcing)
{
    memset(to, 0, sizeof *to);
    memcpy(to->label, label, length < sizeof to->label ? length : sizeof to->label - 1);
    to->enforcing = enforcing;
}

int virDomainGetSecurityLabel(virDomainPtr domain, virSecurityLabelPtr seclabel)
{
    struct stub stub;
    int result = -1;
    if (stub_begin(&stub, __func__, ERROR_DOMAIN, PROC_DOMAIN_GET_SECURITY_LABEL, HANDLE_DOMAIN, domain) == 0 &&
        stub_nonnull(&stub, seclabel, "seclabel") == 0) {
        struct domain_get_security_label_args args;
        struct domain_get_security_label_ret ret;
        domain_to_wire(domain, &args.dom);
        result = stub_call(&stub, &args, &ret);
        if (result == 0)
            copy_label(seclabel, ret.label.items, ret.label.length, ret.enforcing);
    }
    stub_end(&stub);
    return result;
}

int virDomainGetSecurityLabelList(virDomainPtr domain, virSecurityLabelPtr *seclabels)
{
    struct stub stub;
    int result = -1;
    if (stub_begin(&stub, __func__, ERROR_DOMAIN, PROC_DOMAIN_GET_SECURITY_LABEL_LIST, HANDLE_DOMAIN, domain) == 0 &&
        stub_nonnull(&stub, seclabels, "seclabels") == 0) {
        struct domain_get_security_label_list_args args;
        struct domain_get_security_label_list_ret ret;
        domain_to_wire(domain, &args.dom);
        result = stub_call(&stub, &args, &ret);
        if (result == 0 && ret.ret < 0)
            result = stub_fail_unknown();
        virSecurityLabelPtr labels = result == 0 ? calloc((size_t)ret.labels.length + 1, sizeof *labels) : NULL;
        if (result == 0 && !labels)
            result = fail_no_memory();
        for (uint32_t i = 0; labels && i < ret.labels.length; i++)
            copy_label(&labels[i], ret.labels.items[i].label.items, ret.labels.items[i].label.length,
                       ret.labels.items[i].enforcing);
        if (labels) {
            *seclabels = labels;
            result = ret.ret;
        }
    }
    stub_end(&stub);
    return result;
}

int virDomainGetMessages(virDomainPtr domain, char ***msgs, unsigned int flags)
{
    struct stub stub;
    int result = -1;
    if (stub_begin(&stub, __func__, ERROR_DOMAIN, PROC_DOMAIN_GET_MESSAGES, HANDLE_DOMAIN, domain) == 0 &&
        stub_nonnull(&stub, msgs, "msgs") == 0) {
        struct domain_get_messages_args args = { .flags = flags };
        struct domain_get_messages_ret ret;
        domain_to_wire(domain, &args.dom);
        char **texts = NULL;
        if (stub_call(&stub, &args, &ret) == 0) {
            texts = calloc((size_t)ret.msgs.length + 1, sizeof *texts);
            result = texts ? stub_names(&stub, ret.msgs.items, ret.msgs.length, texts, (int)ret.msgs.length)
                           : fail_no_memory();
        }
        if (result >= 0)
            *msgs = texts;
        else
            free(texts);
    }
    stub_end(&stub);
    return result;
}

char *virDomainGetSchedulerType(virDomainPtr domain, int *nparams)
{
    struct stub stub;
    struct domain_get_scheduler_type_args args;
    struct domain_get_scheduler_type_ret ret;
    char *type = NULL;
    if (stub_begin(&stub, __func__, ERROR_DOMAIN, PROC_DOMAIN_GET_SCHEDULER_TYPE, HANDLE_DOMAIN, domain) == 0) {
        domain_to_wire(domain, &args.dom);
        if (stub_call(&stub, &args, &ret) == 0)
            type = stub_string(&stub, ret.type);
        if (type && nparams)
            *nparams = ret.nparams;
    }
    stub_end(&stub);
    return type;
}
