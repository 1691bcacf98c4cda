/* SPDX-License-Identifier: MIT
 * Snapshots and checkpoints: this driver cannot make any, so no domain has one. Listing them is answered all the same,
 * because clients ask before they undefine or migrate.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "base/error.h"
#include "drivers/test/calls.h"
#include "drivers/test/objects.h"

#define ERROR_DOMAIN VIR_FROM_TEST

#define SNAPSHOT_LIST_FLAGS                                                                       \
    (VIR_DOMAIN_SNAPSHOT_LIST_ROOTS | VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL |                      \
     VIR_DOMAIN_SNAPSHOT_LIST_METADATA | VIR_DOMAIN_SNAPSHOT_LIST_NO_METADATA |                   \
     VIR_DOMAIN_SNAPSHOT_LIST_LEAVES | VIR_DOMAIN_SNAPSHOT_LIST_NO_LEAVES |                       \
     VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE | VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE |                        \
     VIR_DOMAIN_SNAPSHOT_LIST_DISK_ONLY | VIR_DOMAIN_SNAPSHOT_LIST_INTERNAL |                     \
     VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL)
#define CHECKPOINT_LIST_FLAGS                                                                     \
    (VIR_DOMAIN_CHECKPOINT_LIST_ROOTS | VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL |                  \
     VIR_DOMAIN_CHECKPOINT_LIST_LEAVES | VIR_DOMAIN_CHECKPOINT_LIST_NO_LEAVES)

/* Results of no snapshots are zeros, as invoke() has made them. What is left to check is that the domain exists. */
static int check_domain(const struct call *call, const struct wire_domain *handle, unsigned int flags,
                        unsigned int known_flags)
{
    if (call_check_flags(call, flags, known_flags) < 0)
        return -1;
    auto_domain *domain = test_domain_acquire(call, handle);
    return domain ? 0 : -1;
}

int test_domain_snapshot_num(struct call *call, const struct domain_snapshot_num_args *args,
                             struct domain_snapshot_num_ret *ret)
{
    (void)ret;
    return check_domain(call, &args->dom, args->flags, SNAPSHOT_LIST_FLAGS);
}

int test_domain_snapshot_list_names(struct call *call, const struct domain_snapshot_list_names_args *args,
                                    struct domain_snapshot_list_names_ret *ret)
{
    (void)ret;
    return check_domain(call, &args->dom, args->flags, SNAPSHOT_LIST_FLAGS);
}

int test_domain_list_all_snapshots(struct call *call, const struct domain_list_all_snapshots_args *args,
                                   struct domain_list_all_snapshots_ret *ret)
{
    (void)ret;
    return check_domain(call, &args->dom, args->flags, SNAPSHOT_LIST_FLAGS);
}

int test_domain_has_current_snapshot(struct call *call, const struct domain_has_current_snapshot_args *args,
                                     struct domain_has_current_snapshot_ret *ret)
{
    (void)ret;
    return check_domain(call, &args->dom, args->flags, 0);
}

int test_domain_snapshot_current(struct call *call, const struct domain_snapshot_current_args *args,
                                 struct domain_snapshot_current_ret *ret)
{
    (void)ret;
    if (check_domain(call, &args->dom, args->flags, 0) < 0)
        return -1;
    return fail(VIR_ERR_NO_DOMAIN_SNAPSHOT, "the domain does not have a current snapshot");
}

int test_domain_snapshot_lookup_by_name(struct call *call, const struct domain_snapshot_lookup_by_name_args *args,
                                        struct domain_snapshot_lookup_by_name_ret *ret)
{
    (void)ret;
    if (check_domain(call, &args->dom, args->flags, 0) < 0)
        return -1;
    return fail(VIR_ERR_NO_DOMAIN_SNAPSHOT, "no domain snapshot with matching name '%s'", args->name);
}

int test_domain_list_all_checkpoints(struct call *call, const struct domain_list_all_checkpoints_args *args,
                                     struct domain_list_all_checkpoints_ret *ret)
{
    (void)ret;
    return check_domain(call, &args->dom, args->flags, CHECKPOINT_LIST_FLAGS);
}
