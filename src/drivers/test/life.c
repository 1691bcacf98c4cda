/* SPDX-License-Identifier: MIT
 * The states of a domain:
 *
 *   (defined) SHUTOFF --create--> RUNNING <--resume/suspend--> PAUSED
 *                ^                   |                           |
 *                +--- shutdown, destroy, managed save, reboot ---+     a transient domain is gone instead
 */
#include "drivers/test/life.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "base/error.h"
#include "drivers/test/calls.h"
#include "drivers/test/definition.h"
#include "drivers/test/objects.h"

#define ERROR_DOMAIN VIR_FROM_TEST

static void set_state(struct test_domain *domain, int state, int reason)
{
    domain->state = state;
    domain->reason = reason;
}

static void start(struct test_domain *domain)
{
    set_state(domain, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED);
    domain->managed_save = false;
    test_domain_set_running(domain, true);
    test_domain_raise(domain, domain->id, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED);
}

void test_life_stop(struct test_domain *domain, int reason, int detail)
{
    int event_id = domain->next_def ? -1 : domain->id; /* as stock: what was never defined keeps its id to the end */
    set_state(domain, VIR_DOMAIN_SHUTOFF, reason);
    test_domain_set_running(domain, false);
    if (domain->next_def) {
        domain_def_free(domain->def);
        domain->def = steal(domain->next_def);
    }
    if (!domain->persistent)
        test_domain_remove(domain);
    test_domain_raise(domain, event_id, VIR_DOMAIN_EVENT_STOPPED, detail);
}

/* ---- start ---- */

static int create(const struct call *call, const struct wire_domain *handle, int *ret_id)
{
    auto_domain *domain = test_domain_acquire(call, handle);
    if (!domain)
        return -1;
    if (domain->state != VIR_DOMAIN_SHUTOFF)
        return fail(VIR_ERR_INTERNAL_ERROR, "Domain '%s' is already running", handle->name);
    domain->next_def = domain_def_copy(domain->def);
    if (!domain->next_def)
        return -1;
    start(domain);
    *ret_id = domain->id;
    return 0;
}

int test_domain_create(struct call *call, const struct domain_create_args *args, void *ret)
{
    int id;
    (void)ret;
    return create(call, &args->dom, &id);
}

/* The answer is the caller's own handle with the new id, even if the domain has another name by now. */
int test_domain_create_with_flags(struct call *call, const struct domain_create_with_flags_args *args,
                                  struct domain_create_with_flags_ret *ret)
{
    int id;
    if (call_check_flags(call, args->flags, 0) < 0 || create(call, &args->dom, &id) < 0 ||
        call_out_string(call, args->dom.name, &ret->dom.name) < 0)
        return -1;
    memcpy(ret->dom.uuid, args->dom.uuid, UUID_LENGTH);
    ret->dom.id = id;
    return 0;
}

int test_domain_create_xml(struct call *call, const struct domain_create_xml_args *args,
                           struct domain_create_xml_ret *ret)
{
    bool existed;
    if (call_check_flags(call, args->flags, VIR_DOMAIN_START_VALIDATE) < 0)
        return -1;
    unsigned int parse_flags = args->flags & VIR_DOMAIN_START_VALIDATE ? DOMAIN_PARSE_VALIDATE : 0;
    auto_with(domain_def_free) struct domain_def *def = test_definition_parse(args->xml_desc, parse_flags);
    auto_domain *domain = def ? test_domain_define(test_host_of(call), &def, &existed) : NULL;
    if (!domain)
        return -1;
    if (test_domain_active(domain))
        return error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, 0, "domain '%s' is already active", domain->name);
    if (existed) { /* runs this document once, then its own again */
        domain->next_def = domain->def;
        domain->def = steal(def);
    }
    start(domain);
    return test_domain_out(call, domain, &ret->dom);
}

/* ---- pause ---- */

int test_domain_suspend(struct call *call, const struct domain_suspend_args *args, void *ret)
{
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    (void)ret;
    if (!domain)
        return -1;
    if (domain->state != VIR_DOMAIN_RUNNING)
        return fail(VIR_ERR_INTERNAL_ERROR, "domain '%s' not running", args->dom.name);
    set_state(domain, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
    test_domain_raise(domain, domain->id, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
    return 0;
}

int test_domain_resume(struct call *call, const struct domain_resume_args *args, void *ret)
{
    auto_domain *domain = test_domain_acquire(call, &args->dom);
    (void)ret;
    if (!domain)
        return -1;
    if (domain->state != VIR_DOMAIN_PAUSED)
        return fail(VIR_ERR_INTERNAL_ERROR, "domain '%s' not paused", args->dom.name);
    set_state(domain, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED);
    test_domain_raise(domain, domain->id, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
    return 0;
}

/* ---- stop ---- */

/* The guest has shut itself down, or wants a reboot: what follows is the definition's choice. */
static void finish(struct test_domain *domain, enum domain_action action)
{
    if (action == DOMAIN_ACTION_RESTART || action == DOMAIN_ACTION_RESTART_RENAME)
        set_state(domain, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED);
    else
        test_life_stop(domain, VIR_DOMAIN_SHUTOFF_SHUTDOWN, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN);
}

static int shut_down(struct call *call, const struct wire_domain *handle)
{
    auto_domain *domain = test_domain_acquire(call, handle);
    if (!domain)
        return -1;
    if (domain->state == VIR_DOMAIN_SHUTOFF)
        return fail(VIR_ERR_INTERNAL_ERROR, "domain '%s' not running", handle->name);
    finish(domain, domain->def->on_poweroff);
    return 0;
}

int test_domain_shutdown(struct call *call, const struct domain_shutdown_args *args, void *ret)
{
    (void)ret;
    return shut_down(call, &args->dom);
}

int test_domain_shutdown_flags(struct call *call, const struct domain_shutdown_flags_args *args, void *ret)
{
    (void)ret;
    return call_check_flags(call, args->flags, 0) < 0 ? -1 : shut_down(call, &args->dom);
}

int test_domain_reboot(struct call *call, const struct domain_reboot_args *args, void *ret)
{
    (void)ret;
    if (call_check_flags(call, args->flags,
                         VIR_DOMAIN_REBOOT_ACPI_POWER_BTN | VIR_DOMAIN_REBOOT_GUEST_AGENT | VIR_DOMAIN_REBOOT_INITCTL |
                             VIR_DOMAIN_REBOOT_SIGNAL | VIR_DOMAIN_REBOOT_PARAVIRT) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire_active(call, &args->dom);
    if (!domain)
        return -1;
    finish(domain, domain->def->on_reboot);
    return 0;
}

static int destroy(struct call *call, const struct wire_domain *handle)
{
    auto_domain *domain = test_domain_acquire_active(call, handle);
    if (!domain)
        return -1;
    test_life_stop(domain, VIR_DOMAIN_SHUTOFF_DESTROYED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED);
    return 0;
}

int test_domain_destroy(struct call *call, const struct domain_destroy_args *args, void *ret)
{
    (void)ret;
    return destroy(call, &args->dom);
}

int test_domain_destroy_flags(struct call *call, const struct domain_destroy_flags_args *args, void *ret)
{
    (void)ret;
    return call_check_flags(call, args->flags, VIR_DOMAIN_DESTROY_GRACEFUL) < 0 ? -1 : destroy(call, &args->dom);
}

/* ---- nudges without a visible effect ---- */

int test_domain_reset(struct call *call, const struct domain_reset_args *args, void *ret)
{
    (void)ret;
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire_active(call, &args->dom);
    return domain ? 0 : -1;
}

int test_domain_inject_nmi(struct call *call, const struct domain_inject_nmi_args *args, void *ret)
{
    (void)ret;
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire_active(call, &args->dom);
    return domain ? 0 : -1;
}
