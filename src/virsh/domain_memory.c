/* SPDX-License-Identifier: MIT
 * Commands setmem and setmaxmem.
 */
#include "virsh/commands.h"
#include "virsh/complete.h"
#include "virsh/domain.h"

static int run_setmem(struct shell *shell, const struct invocation *invocation)
{
    unsigned int flags;
    unsigned long long kib;
    if (argument_affect(shell, invocation, &flags) < 0)
        return -1;
    if (!argument_affect_given(invocation))
        flags = VIR_DOMAIN_AFFECT_LIVE;
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain || argument_kib(shell, invocation, "size", &kib) < 0)
        return -1;
    return virDomainSetMemoryFlags(domain, (unsigned long)kib, flags);
}

const struct command command_setmem = {
    "setmem", 0, run_setmem, "change memory allocation",
    "Change the current memory allocation in the guest domain.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        { "kilobytes", OPTION_ALIAS, 0, "size", NULL },
        { "size", OPTION_INT, OPTION_REQUIRED, "new memory size, as scaled integer (default KiB)", NULL },
        AFFECT_OPTIONS,
        { 0 },
    },
};

static int run_setmaxmem(struct shell *shell, const struct invocation *invocation)
{
    unsigned int flags;
    unsigned long long kib;
    if (argument_affect(shell, invocation, &flags) < 0)
        return -1;
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain || argument_kib(shell, invocation, "size", &kib) < 0)
        return -1;
    if (virDomainSetMemoryFlags(domain, (unsigned long)kib, flags | VIR_DOMAIN_MEM_MAXIMUM) < 0)
        return shell_error(shell, "Unable to change MaxMemorySize");
    return 0;
}

const struct command command_setmaxmem = {
    "setmaxmem", 0, run_setmaxmem, "change maximum memory limit",
    "Change the maximum memory allocation limit in the guest domain.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        { "kilobytes", OPTION_ALIAS, 0, "size", NULL },
        { "size", OPTION_INT, OPTION_REQUIRED, "new maximum memory size, as scaled integer (default KiB)", NULL },
        AFFECT_OPTIONS,
        { 0 },
    },
};
