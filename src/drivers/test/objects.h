/* SPDX-License-Identifier: MIT
 * The pretend host and its domains: who finds them, who keeps them alive, who may write what.
 *
 * Lock order: a domain's lock, then its host's, then the event hub's. Nobody waits for a domain's lock while holding
 * the host's: finders take a reference under the host's lock, let go of it, and lock the domain then.
 */
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <uthash.h>

#include "base/str.h"
#include "dispatch/driver.h"
#include "wire/messages.h"
#include "xml/domain.h"

#define TEST_MAX_VCPUS 32
#define TEST_HOST_CPUS 16

/* The forms of a domain's document that a client can ask for; each is cached until the domain changes. */
enum test_xml_form { TEST_XML_SECURE = 1, TEST_XML_INACTIVE = 2, TEST_XML_FORMS = 4 };

struct test_host {
    pthread_mutex_t lock; /* guards the maps and next_id; with a domain's lock also that domain's name, id, removed */
    struct test_domain *by_uuid; /* in order of definition; holds one reference each */
    struct test_domain *by_name; /* the same domains */
    struct test_domain *by_id;   /* the running ones */
    int next_id;
    struct event_hub *events; /* owned */
};

struct test_domain {
    pthread_mutex_t lock; /* guards all below but what is said otherwise */
    unsigned int references; /* atomic */
    struct test_host *host;
    unsigned char uuid[UUID_LENGTH]; /* never changes */
    char *name;   /* owned; written under both locks, read under either; as are id and removed */
    int id;       /* -1 = inactive */
    bool removed; /* no longer in the host's maps: as good as gone */
    struct domain_def *def;      /* owned: what runs, or the configuration of an inactive domain */
    struct domain_def *next_def; /* owned: the configuration behind a running domain; NULL when it has none */
    int state;  /* virDomainState */
    int reason; /* of the state, e.g. virDomainRunningReason */
    bool persistent;
    bool autostart;
    bool managed_save;
    char *xml[TEST_XML_FORMS]; /* owned; NULL = not formatted since the last change */
    UT_hash_handle by_uuid_hook, by_name_hook, by_id_hook; /* guarded by the host's lock */
};

struct test_host *test_host_new(void);
/* Ends the host and its domains. No call is in progress. Takes NULL. */
void test_host_free(struct test_host *host);

static inline struct test_host *test_host_of(const struct call *call)
{
    return call->conn->state;
}

/* The domain of this UUID with one more reference, NULL when there is none. The caller unrefs it. */
struct test_domain *test_host_get(struct test_host *host, const unsigned char *uuid);
void test_domain_unref(struct test_domain *domain);

/* The domain that a handle names, locked and referenced; NULL with stock's error set. Ends with test_domain_release. */
struct test_domain *test_domain_acquire(const struct call *call, const struct wire_domain *handle);
/* As test_domain_acquire, but an inactive domain is an error as well. */
struct test_domain *test_domain_acquire_active(const struct call *call, const struct wire_domain *handle);
void test_domain_release(struct test_domain *domain);
DEFINE_AUTO(struct test_domain, test_domain_release)
#define auto_domain auto_with(test_domain_release) struct test_domain

/* The domain that def describes, locked and referenced: an existing one of the same name and UUID (*ret_existed true;
 * def stays the caller's) or a new inactive one that takes *def. NULL with the error set when the name or UUID is
 * another's. */
struct test_domain *test_domain_define(struct test_host *host, struct domain_def **def, bool *ret_existed);
/* Takes the domain out of the maps: it is no longer found. Under its lock. */
void test_domain_remove(struct test_domain *domain);
/* Gives the domain the next id (start true) or none. Under its lock. */
void test_domain_set_running(struct test_domain *domain, bool running);
/* Under its lock; -1 with stock's error when another domain has the name. The definition's name changes, too. */
int test_domain_set_name(struct test_domain *domain, const char *name);
/* What clients see is about to change or has changed: forget formatted documents. Under the domain's lock. */
void test_domain_changed(struct test_domain *domain);

static inline bool test_domain_active(const struct test_domain *domain)
{
    return domain->id >= 0;
}

/* Running domains with a configuration of their own, or inactive ones: the configuration. */
static inline struct domain_def *test_domain_config(struct test_domain *domain)
{
    return domain->next_def ? domain->next_def : domain->def;
}

/* The handle of a domain as results carry it, in the call's arena. Under the domain's lock. -1 when out of memory. */
int test_domain_out(const struct call *call, const struct test_domain *domain, struct wire_domain *ret_handle);
/* Raises a life-cycle event for the domain, with id as its id. Under the domain's lock. */
void test_domain_raise(struct test_domain *domain, int id, int event, int detail);

/* What a call with VIR_DOMAIN_AFFECT_* flags works on, each NULL when it does not. */
struct test_target {
    struct domain_def *live;
    struct domain_def *config;
};

/* Resolves the AFFECT flags (others in flags do not matter) for a domain under its lock. -1 with stock's error: not
 * running, or no configuration. */
int test_target_find(struct test_domain *domain, unsigned int flags, struct test_target *ret_target);
/* As test_target_find for calls that work on one definition only. NULL with the error set. */
struct domain_def *test_target_one(struct test_domain *domain, unsigned int flags);
/* For calls that read one definition: refuses both AFFECT flags at once. */
int test_check_exclusive(const struct call *call, unsigned int flags);
