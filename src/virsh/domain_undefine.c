/* SPDX-License-Identifier: MIT
 * Commands that remove what belongs to a domain: undefine and managedsave-remove.
 */
#include "virsh/commands.h"
#include "virsh/complete.h"
#include "virsh/domain.h"

static const struct { const char *option; unsigned int flag; } undefine_flags[] = {
    { "managed-save", VIR_DOMAIN_UNDEFINE_MANAGED_SAVE },
    { "snapshots-metadata", VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA },
    { "checkpoints-metadata", VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA },
    { "nvram", VIR_DOMAIN_UNDEFINE_NVRAM },
    { "keep-nvram", VIR_DOMAIN_UNDEFINE_KEEP_NVRAM },
    { "tpm", VIR_DOMAIN_UNDEFINE_TPM },
    { "keep-tpm", VIR_DOMAIN_UNDEFINE_KEEP_TPM },
};

static int check_options(struct shell *shell, const struct invocation *invocation)
{
    if (arguments_exclusive(shell, invocation, "nvram", "keep-nvram") < 0 ||
        arguments_exclusive(shell, invocation, "tpm", "keep-tpm") < 0 ||
        arguments_need(shell, invocation, "delete-storage-volume-snapshots", "remove-all-storage") < 0)
        return -1;
    if (argument_given(invocation, "wipe-storage") && !argument_given(invocation, "storage") &&
        !argument_given(invocation, "remove-all-storage"))
        return shell_error(shell, "'--wipe-storage' requires '--storage <string>' or '--remove-all-storage'");
    return 0;
}

static int refuse_storage(struct shell *shell, const struct invocation *invocation, int active)
{
    const struct argument *volumes = argument_find(invocation, "storage");
    if ((!volumes || !*volumes->value) && !argument_given(invocation, "remove-all-storage"))
        return 0;
    if (active)
        return shell_error(shell, "Storage volume deletion is supported only on stopped domains");
    return shell_error(shell, "removing storage volumes is not supported by this virsh: undefine without "
                              "--storage and --remove-all-storage and delete the volumes yourself");
}

/* Drops the flags that a stopped domain without saved state and snapshots does not need, as old drivers reject them. */
static int needed_flags(virDomainPtr domain, int active, unsigned int *flags)
{
    int saved = 0, snapshots = 0;
    if (!active) {
        saved = virDomainHasManagedSaveImage(domain, 0);
        snapshots = virDomainSnapshotNum(domain, 0);
        library_error_reset();
    }
    if (saved == 0)
        *flags &= ~(unsigned int)VIR_DOMAIN_UNDEFINE_MANAGED_SAVE;
    if (snapshots == 0)
        *flags &= ~(unsigned int)VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA;
    return saved > 0 || snapshots > 0;
}

static int run_undefine(struct shell *shell, const struct invocation *invocation)
{
    unsigned int flags = 0;
    if (check_options(shell, invocation) < 0)
        return -1;
    for (size_t i = 0; i < sizeof undefine_flags / sizeof undefine_flags[0]; i++) {
        if (argument_given(invocation, undefine_flags[i].option))
            flags |= undefine_flags[i].flag;
    }
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain)
        return -1;
    const char *name = virDomainGetName(domain);
    int active = virDomainIsActive(domain);
    if (active < 0 || refuse_storage(shell, invocation, active) < 0)
        return -1;

    int has_more = needed_flags(domain, active, &flags);
    int result = virDomainUndefineFlags(domain, flags);
    int code = result < 0 ? library_error_code() : 0;
    if ((code == VIR_ERR_NO_SUPPORT || code == VIR_ERR_INVALID_ARG) && !has_more &&
        !(flags & VIR_DOMAIN_UNDEFINE_NVRAM)) {
        library_error_reset();
        result = virDomainUndefine(domain);
    }
    if (result < 0)
        return shell_error(shell, "Failed to undefine domain '%s'", name);
    shell_extra(shell, "Domain '%s' has been undefined\n", name);
    return 0;
}

const struct command command_undefine = {
    "undefine", 0, run_undefine, "undefine a domain",
    "Undefine an inactive domain, or convert persistent to transient.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        { "managed-save", OPTION_BOOL, 0, "remove domain managed state file", NULL },
        { "storage", OPTION_STRING, OPTION_EMPTY_OK,
          "remove associated storage volumes (comma separated list of targets or source paths) (see domblklist)",
          NULL },
        { "remove-all-storage", OPTION_BOOL, 0, "remove all associated storage volumes (use with caution)", NULL },
        { "delete-storage-volume-snapshots", OPTION_BOOL, 0,
          "delete snapshots associated with volume(s), requires --remove-all-storage "
          "(must be supported by storage driver)", NULL },
        { "wipe-storage", OPTION_BOOL, 0, "wipe data on the removed volumes", NULL },
        { "snapshots-metadata", OPTION_BOOL, 0, "remove all domain snapshot metadata (vm must be inactive)", NULL },
        { "checkpoints-metadata", OPTION_BOOL, 0, "remove all domain checkpoint metadata (vm must be inactive)",
          NULL },
        { "nvram", OPTION_BOOL, 0, "remove nvram file", NULL },
        { "keep-nvram", OPTION_BOOL, 0, "keep nvram file", NULL },
        { "tpm", OPTION_BOOL, 0, "remove TPM state", NULL },
        { "keep-tpm", OPTION_BOOL, 0, "keep TPM state", NULL },
        { 0 },
    },
};

static int run_managedsave_remove(struct shell *shell, const struct invocation *invocation)
{
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain)
        return -1;
    const char *name = virDomainGetName(domain);
    int saved = virDomainHasManagedSaveImage(domain, 0);
    if (saved < 0)
        return shell_error(shell, "Failed to check for domain managed save image");
    if (saved == 0) {
        shell_extra(shell, "Domain '%s' has no manage save image; removal skipped", name);
        return 0;
    }
    if (virDomainManagedSaveRemove(domain, 0) < 0)
        return shell_error(shell, "Failed to remove managed save image for domain '%s'", name);
    shell_extra(shell, "Removed managedsave image for domain '%s'\n", name);
    return 0;
}

const struct command command_managedsave_remove = {
    "managedsave-remove", 0, run_managedsave_remove, "Remove managed save of a domain",
    "Remove an existing managed save state file from a domain",
    (const struct option_row[]){ DOMAIN_OPTION_ANY(complete_domain), { 0 } },
};
