/* SPDX-License-Identifier: MIT
 * The maps of the pretend host and the lives of its domains.
 */
#include "drivers/test/objects.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdlib.h>

#include "base/error.h"
#include "drivers/test/defaults.h"

#define ERROR_DOMAIN VIR_FROM_TEST

static struct test_domain *domain_new(struct test_host *host, struct domain_def *def)
{
    struct test_domain *domain = calloc(1, sizeof *domain);
    char *name = strdup(def->name);
    if (!domain || !name) {
        free(domain);
        free(name);
        fail_no_memory();
        return NULL;
    }
    *domain = (struct test_domain){ .references = 1, .host = host, .name = name, .id = -1, .def = def,
                                    .state = VIR_DOMAIN_SHUTOFF };
    memcpy(domain->uuid, def->uuid, UUID_LENGTH);
    pthread_mutex_init(&domain->lock, NULL);
    return domain;
}

void test_domain_unref(struct test_domain *domain)
{
    if (!domain || __atomic_sub_fetch(&domain->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    test_domain_changed(domain);
    domain_def_free(domain->def);
    domain_def_free(domain->next_def);
    pthread_mutex_destroy(&domain->lock);
    free(domain->name);
    free(domain);
}

static void domain_ref(struct test_domain *domain)
{
    __atomic_add_fetch(&domain->references, 1, __ATOMIC_RELAXED);
}

/* The maps keep one reference. Under the host's lock. */
static void insert(struct test_host *host, struct test_domain *domain)
{
    domain_ref(domain);
    HASH_ADD(by_uuid_hook, host->by_uuid, uuid, UUID_LENGTH, domain);
    HASH_ADD_KEYPTR(by_name_hook, host->by_name, domain->name, strlen(domain->name), domain);
}

struct test_host *test_host_new(void)
{
    struct test_host *host = calloc(1, sizeof *host);
    struct domain_def *def = domain_def_parse(test_default_domain, 0);
    struct test_domain *domain = host && def ? domain_new(host, def) : NULL;
    if (!domain)
        goto fail;
    def = NULL;
    domain->next_def = domain_def_copy(domain->def);
    host->events = event_hub_new();
    if (!host->events || !domain->next_def)
        goto fail;
    pthread_mutex_init(&host->lock, NULL);
    host->next_id = 1;
    insert(host, domain);
    domain->persistent = true;
    domain->state = VIR_DOMAIN_RUNNING;
    domain->reason = VIR_DOMAIN_RUNNING_UNKNOWN;
    test_domain_set_running(domain, true);
    test_domain_unref(domain);
    return host;
fail:
    fail_no_memory(); /* only without an earlier error */
    test_domain_unref(domain);
    domain_def_free(def);
    if (host)
        event_hub_free(host->events);
    free(host);
    return NULL;
}

void test_host_free(struct test_host *host)
{
    struct test_domain *domain, *next;
    if (!host)
        return;
    HASH_CLEAR(by_id_hook, host->by_id);
    HASH_CLEAR(by_name_hook, host->by_name);
    HASH_ITER(by_uuid_hook, host->by_uuid, domain, next) {
        HASH_DELETE(by_uuid_hook, host->by_uuid, domain);
        test_domain_unref(domain);
    }
    event_hub_free(host->events);
    pthread_mutex_destroy(&host->lock);
    free(host);
}

/* ---- finding ---- */

struct test_domain *test_host_get(struct test_host *host, const unsigned char *uuid)
{
    struct test_domain *domain;
    pthread_mutex_lock(&host->lock);
    HASH_FIND(by_uuid_hook, host->by_uuid, uuid, UUID_LENGTH, domain);
    if (domain)
        domain_ref(domain);
    pthread_mutex_unlock(&host->lock);
    return domain;
}

struct test_domain *test_domain_acquire(const struct call *call, const struct wire_domain *handle)
{
    struct test_domain *domain = test_host_get(test_host_of(call), handle->uuid);
    if (domain) {
        pthread_mutex_lock(&domain->lock);
        if (!domain->removed)
            return domain;
        test_domain_release(domain);
    }
    char uuid[UUID_STRING_SIZE];
    uuid_format(handle->uuid, uuid);
    fail(VIR_ERR_NO_DOMAIN, "no domain with matching uuid '%s' (%s)", uuid, handle->name);
    return NULL;
}

struct test_domain *test_domain_acquire_active(const struct call *call, const struct wire_domain *handle)
{
    auto_domain *domain = test_domain_acquire(call, handle);
    if (domain && !test_domain_active(domain)) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, 0, "domain is not running");
        return NULL;
    }
    return steal(domain);
}

void test_domain_release(struct test_domain *domain)
{
    if (!domain)
        return;
    pthread_mutex_unlock(&domain->lock);
    test_domain_unref(domain);
}

/* ---- changing the maps ---- */

/* Refuses def when its UUID belongs to a domain of another name, or its name to a domain of another UUID. Under the
 * host's lock. *ret_domain: the domain with both, borrowed; NULL when def describes a new one. */
static int find_same(struct test_host *host, const struct domain_def *def, struct test_domain **ret_domain)
{
    struct test_domain *same_uuid, *same_name;
    char uuid[UUID_STRING_SIZE];
    HASH_FIND(by_uuid_hook, host->by_uuid, def->uuid, UUID_LENGTH, same_uuid);
    if (same_uuid && !str_equal(same_uuid->name, def->name)) {
        uuid_format(same_uuid->uuid, uuid);
        return error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_FAILED, 0, "domain '%s' is already defined with uuid %s",
                         same_uuid->name, uuid);
    }
    HASH_FIND(by_name_hook, host->by_name, def->name, strlen(def->name), same_name);
    if (same_name && same_name != same_uuid) {
        uuid_format(same_name->uuid, uuid);
        return error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_FAILED, 0, "domain '%s' already exists with uuid %s",
                         same_name->name, uuid);
    }
    *ret_domain = same_uuid;
    return 0;
}

struct test_domain *test_domain_define(struct test_host *host, struct domain_def **def, bool *ret_existed)
{
    struct test_domain *fresh = domain_new(host, *def);
    if (!fresh)
        return NULL;
    for (;;) {
        struct test_domain *same = NULL;
        pthread_mutex_lock(&fresh->lock); /* before others can find it */
        pthread_mutex_lock(&host->lock);
        int result = find_same(host, *def, &same);
        if (result == 0 && same)
            domain_ref(same);
        else if (result == 0)
            insert(host, fresh);
        pthread_mutex_unlock(&host->lock);
        if (result == 0 && !same) {
            *def = NULL;
            *ret_existed = false;
            return fresh;
        }
        pthread_mutex_unlock(&fresh->lock);
        if (same) {
            pthread_mutex_lock(&same->lock);
            if (same->removed || !str_equal(same->name, (*def)->name)) { /* changed in between: look again */
                test_domain_release(same);
                continue;
            }
        }
        fresh->def = NULL;
        test_domain_unref(fresh);
        *ret_existed = true;
        return same;
    }
}

void test_domain_remove(struct test_domain *domain)
{
    struct test_host *host = domain->host;
    pthread_mutex_lock(&host->lock);
    domain->removed = true;
    HASH_DELETE(by_uuid_hook, host->by_uuid, domain);
    HASH_DELETE(by_name_hook, host->by_name, domain);
    if (domain->id >= 0)
        HASH_DELETE(by_id_hook, host->by_id, domain);
    pthread_mutex_unlock(&host->lock);
    test_domain_unref(domain); /* never the last: the caller has one */
}

void test_domain_set_running(struct test_domain *domain, bool running)
{
    struct test_host *host = domain->host;
    pthread_mutex_lock(&host->lock);
    if (domain->id >= 0)
        HASH_DELETE(by_id_hook, host->by_id, domain);
    domain->id = running ? host->next_id++ : -1;
    if (running)
        HASH_ADD(by_id_hook, host->by_id, id, sizeof domain->id, domain);
    pthread_mutex_unlock(&host->lock);
    test_domain_changed(domain);
}

int test_domain_set_name(struct test_domain *domain, const char *name)
{
    struct test_host *host = domain->host;
    auto_free char *key = strdup(name);
    auto_free char *def_name = strdup(name);
    struct test_domain *other;
    if (!key || !def_name)
        return fail_no_memory();
    pthread_mutex_lock(&host->lock);
    HASH_FIND(by_name_hook, host->by_name, name, strlen(name), other);
    if (!other) {
        HASH_DELETE(by_name_hook, host->by_name, domain);
        free(domain->name);
        free(domain->def->name);
        domain->name = steal(key);
        domain->def->name = steal(def_name);
        HASH_ADD_KEYPTR(by_name_hook, host->by_name, domain->name, strlen(domain->name), domain);
    }
    pthread_mutex_unlock(&host->lock);
    test_domain_changed(domain);
    if (!other)
        return 0;
    if (other == domain)
        return error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, 0, "Can't rename domain to itself");
    return error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, 0, "domain with name '%s' already exists", name);
}

void test_domain_changed(struct test_domain *domain)
{
    for (int i = 0; i < TEST_XML_FORMS; i++)
        free(steal(domain->xml[i]));
}

/* ---- handles, events, definitions ---- */

int test_domain_out(const struct call *call, const struct test_domain *domain, struct wire_domain *ret_handle)
{
    if (call_out_string(call, domain->name, &ret_handle->name) < 0)
        return -1;
    memcpy(ret_handle->uuid, domain->uuid, UUID_LENGTH);
    ret_handle->id = domain->id;
    return 0;
}

void test_domain_raise(struct test_domain *domain, int id, int event, int detail)
{
    struct wire_domain handle = { .name = domain->name, .id = id };
    memcpy(handle.uuid, domain->uuid, UUID_LENGTH);
    event_raise_lifecycle(domain->host->events, &handle, event, detail);
}

int test_target_find(struct test_domain *domain, unsigned int flags, struct test_target *ret_target)
{
    bool active = test_domain_active(domain);
    if (!(flags & (VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG)))
        flags = active ? VIR_DOMAIN_AFFECT_LIVE : VIR_DOMAIN_AFFECT_CONFIG;
    if (flags & VIR_DOMAIN_AFFECT_LIVE && !active)
        return error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, 0, "domain is not running");
    if (flags & VIR_DOMAIN_AFFECT_CONFIG && !domain->persistent)
        return error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, 0,
                         "transient domains do not have any persistent config");
    ret_target->live = flags & VIR_DOMAIN_AFFECT_LIVE ? domain->def : NULL;
    ret_target->config = flags & VIR_DOMAIN_AFFECT_CONFIG ? test_domain_config(domain) : NULL;
    return 0;
}

struct domain_def *test_target_one(struct test_domain *domain, unsigned int flags)
{
    struct test_target target;
    if ((flags & VIR_DOMAIN_AFFECT_LIVE) && (flags & VIR_DOMAIN_AFFECT_CONFIG)) {
        error_set_argument(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "virDomainObjGetOneDefState", "flags",
                           "Flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive");
        return NULL;
    }
    if (test_target_find(domain, flags, &target) < 0)
        return NULL;
    return target.live ? target.live : target.config;
}

int test_check_exclusive(const struct call *call, unsigned int flags)
{
    if (!(flags & VIR_DOMAIN_AFFECT_LIVE) || !(flags & VIR_DOMAIN_AFFECT_CONFIG))
        return 0;
    return error_set_argument(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, call->row->api, "ctl",
                              "Flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive");
}
