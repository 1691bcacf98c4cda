/* SPDX-License-Identifier: MIT
 * Calls that find or list domains. They hold the host's lock for the length of a map walk and no domain's lock then.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdlib.h>

#include "base/error.h"
#include "drivers/test/calls.h"
#include "drivers/test/objects.h"

#define ERROR_DOMAIN VIR_FROM_TEST

#define LIST_FLAGS                                                                                          \
    (VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE | VIR_CONNECT_LIST_DOMAINS_PERSISTENT | \
     VIR_CONNECT_LIST_DOMAINS_TRANSIENT | STATE_FLAGS | VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE |              \
     VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE | VIR_CONNECT_LIST_DOMAINS_AUTOSTART |                         \
     VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART | VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT |                        \
     VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT | VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT |                       \
     VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT)
#define STATE_FLAGS                                                               \
    (VIR_CONNECT_LIST_DOMAINS_RUNNING | VIR_CONNECT_LIST_DOMAINS_PAUSED |         \
     VIR_CONNECT_LIST_DOMAINS_SHUTOFF | VIR_CONNECT_LIST_DOMAINS_OTHER)

/* ---- numbers and names ---- */

int test_connect_num_of_domains(struct call *call, const void *args, struct connect_num_of_domains_ret *ret)
{
    struct test_host *host = test_host_of(call);
    (void)args;
    pthread_mutex_lock(&host->lock);
    ret->num = (int)HASH_CNT(by_id_hook, host->by_id);
    pthread_mutex_unlock(&host->lock);
    return 0;
}

int test_connect_num_of_defined_domains(struct call *call, const void *args,
                                        struct connect_num_of_defined_domains_ret *ret)
{
    struct test_host *host = test_host_of(call);
    (void)args;
    pthread_mutex_lock(&host->lock);
    ret->num = (int)(HASH_CNT(by_uuid_hook, host->by_uuid) - HASH_CNT(by_id_hook, host->by_id));
    pthread_mutex_unlock(&host->lock);
    return 0;
}

/* The guard has bounded `max` by what an answer may carry. */
static uint32_t list_room(int max, unsigned int count)
{
    return (unsigned int)max < count ? (uint32_t)max : count;
}

int test_connect_list_domains(struct call *call, const struct connect_list_domains_args *args,
                              struct connect_list_domains_ret *ret)
{
    struct test_host *host = test_host_of(call);
    uint32_t count = 0;
    pthread_mutex_lock(&host->lock);
    uint32_t room = list_room(args->maxids, HASH_CNT(by_id_hook, host->by_id));
    ret->ids.items = arena_array(call->arena, room, sizeof ret->ids.items[0]);
    for (struct test_domain *at = host->by_id; at && ret->ids.items && count < room; at = at->by_id_hook.next)
        ret->ids.items[count++] = at->id;
    pthread_mutex_unlock(&host->lock);
    ret->ids.length = count;
    return ret->ids.items ? 0 : fail_no_memory();
}

int test_connect_list_defined_domains(struct call *call, const struct connect_list_defined_domains_args *args,
                                      struct connect_list_defined_domains_ret *ret)
{
    struct test_host *host = test_host_of(call);
    uint32_t count = 0;
    int result = 0;
    pthread_mutex_lock(&host->lock);
    uint32_t room = list_room(args->maxnames, HASH_CNT(by_uuid_hook, host->by_uuid));
    ret->names.items = arena_array(call->arena, room, sizeof ret->names.items[0]);
    if (!ret->names.items)
        result = fail_no_memory();
    for (struct test_domain *at = host->by_uuid; at && result == 0 && count < room; at = at->by_uuid_hook.next) {
        if (!test_domain_active(at))
            result = call_out_string(call, at->name, &ret->names.items[count++]);
    }
    pthread_mutex_unlock(&host->lock);
    ret->names.length = count;
    return result;
}

/* ---- look up ---- */

/* *ret_handle for a domain found under the host's lock, which is let go. */
static int found(const struct call *call, struct test_domain *domain, struct wire_domain *ret_handle)
{
    int result = domain ? test_domain_out(call, domain, ret_handle) : 0;
    pthread_mutex_unlock(&test_host_of(call)->lock);
    return domain ? result : error_set(ERROR_DOMAIN, VIR_ERR_NO_DOMAIN, 0, NULL);
}

int test_domain_lookup_by_id(struct call *call, const struct domain_lookup_by_id_args *args,
                             struct domain_lookup_by_id_ret *ret)
{
    struct test_host *host = test_host_of(call);
    struct test_domain *domain;
    pthread_mutex_lock(&host->lock);
    HASH_FIND(by_id_hook, host->by_id, &args->id, sizeof args->id, domain);
    return found(call, domain, &ret->dom);
}

int test_domain_lookup_by_name(struct call *call, const struct domain_lookup_by_name_args *args,
                               struct domain_lookup_by_name_ret *ret)
{
    struct test_host *host = test_host_of(call);
    struct test_domain *domain;
    pthread_mutex_lock(&host->lock);
    HASH_FIND(by_name_hook, host->by_name, args->name, strlen(args->name), domain);
    return found(call, domain, &ret->dom);
}

int test_domain_lookup_by_uuid(struct call *call, const struct domain_lookup_by_uuid_args *args,
                               struct domain_lookup_by_uuid_ret *ret)
{
    struct test_host *host = test_host_of(call);
    struct test_domain *domain;
    pthread_mutex_lock(&host->lock);
    HASH_FIND(by_uuid_hook, host->by_uuid, args->uuid, UUID_LENGTH, domain);
    return found(call, domain, &ret->dom);
}

/* ---- filtered lists ---- */

/* True when no flag of the pair is set, or the one that is true of the domain. */
static bool pair_matches(unsigned int flags, unsigned int yes, unsigned int no, bool value)
{
    return !(flags & (yes | no)) || flags & (value ? yes : no);
}

static bool state_matches(unsigned int flags, int state)
{
    if (!(flags & STATE_FLAGS))
        return true;
    switch (state) {
    case VIR_DOMAIN_RUNNING:
        return flags & VIR_CONNECT_LIST_DOMAINS_RUNNING;
    case VIR_DOMAIN_PAUSED:
        return flags & VIR_CONNECT_LIST_DOMAINS_PAUSED;
    case VIR_DOMAIN_SHUTOFF:
        return flags & VIR_CONNECT_LIST_DOMAINS_SHUTOFF;
    }
    return flags & VIR_CONNECT_LIST_DOMAINS_OTHER;
}

/* Under the domain's lock. */
static bool domain_matches(const struct test_domain *domain, unsigned int flags)
{
    return !domain->removed && state_matches(flags, domain->state) &&
           pair_matches(flags, VIR_CONNECT_LIST_DOMAINS_ACTIVE, VIR_CONNECT_LIST_DOMAINS_INACTIVE,
                        test_domain_active(domain)) &&
           pair_matches(flags, VIR_CONNECT_LIST_DOMAINS_PERSISTENT, VIR_CONNECT_LIST_DOMAINS_TRANSIENT,
                        domain->persistent) &&
           pair_matches(flags, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE,
                        domain->managed_save) &&
           pair_matches(flags, VIR_CONNECT_LIST_DOMAINS_AUTOSTART, VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART,
                        domain->autostart) &&
           pair_matches(flags, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT, VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT, false) &&
           pair_matches(flags, VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT, VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT, false);
}

/* All domains with one more reference each, in an array of the call's arena that ends with NULL. NULL = no memory. */
static struct test_domain **get_all(const struct call *call)
{
    struct test_host *host = test_host_of(call);
    size_t count = 0;
    pthread_mutex_lock(&host->lock);
    struct test_domain **all =
        arena_array(call->arena, HASH_CNT(by_uuid_hook, host->by_uuid) + 1, sizeof *all);
    for (struct test_domain *at = host->by_uuid; at && all; at = at->by_uuid_hook.next) {
        __atomic_add_fetch(&at->references, 1, __ATOMIC_RELAXED);
        all[count++] = at;
    }
    pthread_mutex_unlock(&host->lock);
    if (!all)
        fail_no_memory();
    return all;
}

int test_connect_list_all_domains(struct call *call, const struct connect_list_all_domains_args *args,
                                  struct connect_list_all_domains_ret *ret)
{
    if (call_check_flags(call, args->flags, LIST_FLAGS) < 0)
        return -1;
    struct test_domain **all = get_all(call);
    size_t total = 0, count = 0;
    int result = 0;
    if (!all)
        return -1;
    while (all[total])
        total++;
    struct wire_domain *items = args->need_results ? arena_array(call->arena, total, sizeof *items) : NULL;
    if (args->need_results && !items)
        result = fail_no_memory();
    for (size_t i = 0; i < total; i++) {
        auto_domain *domain = all[i];
        pthread_mutex_lock(&domain->lock);
        if (result < 0 || !domain_matches(domain, args->flags))
            continue;
        if (items)
            result = test_domain_out(call, domain, &items[count]);
        count++;
    }
    ret->domains.items = items;
    ret->domains.length = items ? (uint32_t)count : 0;
    ret->ret = (unsigned int)count;
    return result;
}

/* ---- statistics of many domains: the state is the one group that says something ---- */

#define KNOWN_STATS ((unsigned int)(VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_IOTHREAD))

static int add_stats(const struct call *call, struct test_domain *domain, unsigned int stats,
                     struct wire_domain_stats_record *ret_record)
{
    if (test_domain_out(call, domain, &ret_record->dom) < 0)
        return -1;
    if (!(stats & VIR_DOMAIN_STATS_STATE))
        return 0;
    struct typed_param *params = arena_array(call->arena, 2, sizeof *params);
    if (!params)
        return fail_no_memory();
    params[0] = (struct typed_param){ .type = VIR_TYPED_PARAM_INT, .value.i = domain->state };
    params[1] = (struct typed_param){ .type = VIR_TYPED_PARAM_INT, .value.i = domain->reason };
    ret_record->params.items = params;
    ret_record->params.length = 2;
    if (call_out_string(call, "state.state", &params[0].field) < 0)
        return -1;
    return call_out_string(call, "state.reason", &params[1].field);
}

/* The domains that handles name, referenced as get_all() does; those that are gone are left out. */
static struct test_domain **get_named(const struct call *call, const struct connect_get_all_domain_stats_args *args)
{
    struct test_domain **named = arena_array(call->arena, (size_t)args->doms.length + 1, sizeof *named);
    size_t count = 0;
    if (!named)
        fail_no_memory();
    for (uint32_t i = 0; named && i < args->doms.length; i++) {
        named[count] = test_host_get(test_host_of(call), args->doms.items[i].uuid);
        count += named[count] != NULL;
    }
    return named;
}

int test_connect_get_all_domain_stats(struct call *call, const struct connect_get_all_domain_stats_args *args,
                                      struct connect_get_all_domain_stats_ret *ret)
{
    const unsigned int list_flags = VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE |
                                    VIR_CONNECT_LIST_DOMAINS_PERSISTENT | VIR_CONNECT_LIST_DOMAINS_TRANSIENT |
                                    STATE_FLAGS;
    const unsigned int other_flags = VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT |
                                     VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING |
                                     VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS;
    unsigned int stats = args->stats ? args->stats : VIR_DOMAIN_STATS_STATE;
    if (call_check_flags(call, args->flags, list_flags | other_flags) < 0)
        return -1;
    if (args->flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS && stats & ~KNOWN_STATS)
        return fail(VIR_ERR_ARGUMENT_UNSUPPORTED, "Stats types bits 0x%x are not supported by this daemon",
                    stats & ~KNOWN_STATS);
    struct test_domain **all = args->doms.length ? get_named(call, args) : get_all(call);
    size_t total = 0, count = 0;
    if (!all)
        return -1;
    while (all[total])
        total++;
    struct wire_domain_stats_record *items = arena_array(call->arena, total, sizeof *items);
    int result = items ? 0 : fail_no_memory();
    for (size_t i = 0; i < total; i++) {
        auto_domain *domain = all[i];
        pthread_mutex_lock(&domain->lock);
        if (result == 0 && domain_matches(domain, args->flags & list_flags))
            result = add_stats(call, domain, stats, &items[count++]);
    }
    ret->retStats.items = items;
    ret->retStats.length = (uint32_t)count;
    return result;
}
