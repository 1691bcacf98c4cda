/* SPDX-License-Identifier: MIT
 * Commands that change whether a domain runs: start, suspend, resume, shutdown, reboot, reset, destroy, autostart.
 */
#include <string.h>

#include "base/str.h"
#include "virsh/commands.h"
#include "virsh/complete.h"
#include "virsh/domain.h"
#include "virsh/start.h"

/* "Domain 'x' DONE" or "Failed to VERB domain 'x'". */
static int conclude(struct shell *shell, virDomainPtr domain, int result, const char *done, const char *verb)
{
    const char *name = virDomainGetName(domain);
    if (result < 0)
        return shell_error(shell, "Failed to %s domain '%s'", verb, name);
    shell_extra(shell, "Domain '%s' %s\n", name, done);
    return 0;
}

static int run_suspend(struct shell *shell, const struct invocation *invocation)
{
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    return domain ? conclude(shell, domain, virDomainSuspend(domain), "suspended", "suspend") : -1;
}

const struct command command_suspend = {
    "suspend", 0, run_suspend, "suspend a domain", "Suspend a running domain.",
    (const struct option_row[]){ DOMAIN_OPTION_ANY(complete_domain_active), { 0 } },
};

static int run_resume(struct shell *shell, const struct invocation *invocation)
{
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    return domain ? conclude(shell, domain, virDomainResume(domain), "resumed", "resume") : -1;
}

const struct command command_resume = {
    "resume", 0, run_resume, "resume a domain", "Resume a previously suspended domain.",
    (const struct option_row[]){ DOMAIN_OPTION_ANY(complete_domain_active), { 0 } },
};

struct mode { const char *name; unsigned int flag; };

/* Flags of --mode, a comma-separated list. last_word joins the last mode in the message. */
static int argument_mode(struct shell *shell, const struct invocation *invocation, const struct mode *modes,
                         size_t count, const char *last_word, unsigned int *ret_flags)
{
    const char *text = NULL;
    int given = argument_string(shell, invocation, "mode", &text);
    if (given <= 0)
        return given;
    auto_free char *copy = copy_text(text);
    char *rest = copy;
    unsigned int flags = 0;
    for (char *word; (word = strsep(&rest, ","));) {
        size_t i = 0;
        while (i < count && !str_equal(modes[i].name, word))
            i++;
        if (i == count)
            return shell_error(shell, "Unknown mode %s value, expecting 'acpi', 'agent', 'initctl', 'signal'%s"
                                      "'paravirt'", word, last_word);
        flags |= modes[i].flag;
    }
    *ret_flags = flags;
    return 0;
}

static int run_shutdown(struct shell *shell, const struct invocation *invocation)
{
    static const struct mode modes[] = {
        { "acpi", VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN }, { "agent", VIR_DOMAIN_SHUTDOWN_GUEST_AGENT },
        { "initctl", VIR_DOMAIN_SHUTDOWN_INITCTL },     { "signal", VIR_DOMAIN_SHUTDOWN_SIGNAL },
        { "paravirt", VIR_DOMAIN_SHUTDOWN_PARAVIRT },
    };
    unsigned int flags = 0;
    if (argument_mode(shell, invocation, modes, array_size(modes), ", or ", &flags) < 0)
        return -1;
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain)
        return -1;
    int result = flags ? virDomainShutdownFlags(domain, flags) : virDomainShutdown(domain);
    return conclude(shell, domain, result, "is being shutdown", "shutdown");
}

const struct command command_shutdown = {
    "shutdown", 0, run_shutdown, "gracefully shutdown a domain", "Run shutdown in the target domain.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain_active),
        { "mode", OPTION_STRING, 0, "shutdown mode: acpi|agent|initctl|signal|paravirt", complete_mode },
        { 0 },
    },
};

static int run_reboot(struct shell *shell, const struct invocation *invocation)
{
    static const struct mode modes[] = {
        { "acpi", VIR_DOMAIN_REBOOT_ACPI_POWER_BTN }, { "agent", VIR_DOMAIN_REBOOT_GUEST_AGENT },
        { "initctl", VIR_DOMAIN_REBOOT_INITCTL },     { "signal", VIR_DOMAIN_REBOOT_SIGNAL },
        { "paravirt", VIR_DOMAIN_REBOOT_PARAVIRT },
    };
    unsigned int flags = 0;
    if (argument_mode(shell, invocation, modes, array_size(modes), " or ", &flags) < 0)
        return -1;
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    return domain ? conclude(shell, domain, virDomainReboot(domain, flags), "is being rebooted", "reboot") : -1;
}

const struct command command_reboot = {
    "reboot", 0, run_reboot, "reboot a domain", "Run a reboot command in the target domain.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain_active),
        { "mode", OPTION_STRING, 0, "shutdown mode: acpi|agent|initctl|signal|paravirt", complete_mode },
        { 0 },
    },
};

static int run_reset(struct shell *shell, const struct invocation *invocation)
{
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    return domain ? conclude(shell, domain, virDomainReset(domain, 0), "was reset", "reset") : -1;
}

const struct command command_reset = {
    "reset", 0, run_reset, "reset a domain", "Reset the target domain as if by power button",
    (const struct option_row[]){ DOMAIN_OPTION_ANY(complete_domain_active), { 0 } },
};

static int run_destroy(struct shell *shell, const struct invocation *invocation)
{
    unsigned int flags = (argument_given(invocation, "graceful") ? VIR_DOMAIN_DESTROY_GRACEFUL : 0u) |
                         (argument_given(invocation, "remove-logs") ? VIR_DOMAIN_DESTROY_REMOVE_LOGS : 0u);
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain)
        return -1;
    int result = flags ? virDomainDestroyFlags(domain, flags) : virDomainDestroy(domain);
    return conclude(shell, domain, result, "destroyed", "destroy");
}

const struct command command_destroy = {
    "destroy", 0, run_destroy, "destroy (stop) a domain",
    "Forcefully stop a given domain, but leave its resources intact.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain_active),
        { "graceful", OPTION_BOOL, 0, "terminate gracefully", NULL },
        { "remove-logs", OPTION_BOOL, 0, "remove domain logs", NULL },
        { 0 },
    },
};

static int run_autostart(struct shell *shell, const struct invocation *invocation)
{
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    bool disable = argument_given(invocation, "disable");
    if (!domain)
        return -1;
    int result = virDomainSetAutostart(domain, !disable);
    return conclude(shell, domain, result, disable ? "unmarked as autostarted" : "marked as autostarted",
                    disable ? "unmark as autostarted" : "mark as autostarted");
}

const struct command command_autostart = {
    "autostart", 0, run_autostart, "autostart a domain",
    "Configure a domain to be automatically started at boot.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        { "disable", OPTION_BOOL, 0, "disable autostarting", NULL },
        { 0 },
    },
};

/* Starts the domain without its saved state. A driver that does not know the flag gets the saved state removed. */
static int start_fresh(virDomainPtr domain, unsigned int flags)
{
    if (virDomainCreateWithFlags(domain, flags) == 0)
        return 0;
    if (library_error_code() != VIR_ERR_NO_SUPPORT && library_error_code() != VIR_ERR_INVALID_ARG)
        return -1;
    library_error_reset();
    int saved = virDomainHasManagedSaveImage(domain, 0);
    if (saved < 0)
        library_error_reset();
    else if (saved > 0 && virDomainManagedSaveRemove(domain, 0) < 0)
        return -1;
    flags &= ~(unsigned int)VIR_DOMAIN_START_FORCE_BOOT;
    return flags ? virDomainCreateWithFlags(domain, flags) : virDomainCreate(domain);
}

static int run_start(struct shell *shell, const struct invocation *invocation)
{
    unsigned int flags = start_flags(invocation);
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_NAME | LOOKUP_UUID);
    int result;

    if (!domain)
        return -1;
    if (virDomainGetID(domain) != (unsigned int)-1)
        return shell_error(shell, "Domain is already active");
    if (start_refuse_unsupported(shell, invocation) < 0)
        return -1;
    if (argument_given(invocation, "bypass-cache"))
        flags |= VIR_DOMAIN_START_BYPASS_CACHE;
    if (argument_given(invocation, "force-boot"))
        result = start_fresh(domain, flags | VIR_DOMAIN_START_FORCE_BOOT);
    else
        result = flags ? virDomainCreateWithFlags(domain, flags) : virDomainCreate(domain);
    return conclude(shell, domain, result, "started", "start");
}

const struct command command_start = {
    "start", 0, run_start, "start a (previously defined) inactive domain",
    "Start a domain, either from the last managedsave\n    state, or via a fresh boot if no managedsave state\n"
    "    is present.",
    (const struct option_row[]){
        DOMAIN_OPTION("name of the inactive domain", complete_domain_inactive),
        START_CONSOLE_OPTIONS,
        { "bypass-cache", OPTION_BOOL, 0, "avoid file system cache when loading", NULL },
        { "force-boot", OPTION_BOOL, 0, "force fresh boot by discarding any managed save", NULL },
        START_FDS_OPTION,
        START_NVRAM_OPTION,
        { 0 },
    },
};
