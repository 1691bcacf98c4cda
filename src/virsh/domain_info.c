/* SPDX-License-Identifier: MIT
 * Commands that only look at one domain: dominfo, domstate, domcontrol, domid, domname, domuuid.
 */
#include <string.h>

#include "base/str.h"
#include "virsh/commands.h"
#include "virsh/complete.h"
#include "virsh/domain.h"

static void print_field(struct shell *shell, const char *name, const char *value)
{
    shell_print(shell, "%-15s %s\n", name, value);
}

static void print_security_label(struct shell *shell, const virSecurityLabel *label)
{
    if (*label->label)
        shell_print(shell, "%-15s %s (%s)\n", "Security label:", label->label,
                    label->enforcing ? "enforcing" : "permissive");
}

/* -1 when the model is known and its label is not. */
static int print_security(struct shell *shell, virDomainPtr domain)
{
    virSecurityModel model;
    if (virNodeGetSecurityModel(shell->connection, &model) < 0) {
        int code = library_error_code();
        library_error_reset();
        return code == VIR_ERR_NO_SUPPORT ? 0 : -1;
    }
    if (!*model.model)
        return 0;
    print_field(shell, "Security model:", model.model);
    print_field(shell, "Security DOI:", model.doi);

    auto_free virSecurityLabelPtr single = keep(calloc(1, sizeof *single));
    if (virDomainGetSecurityLabel(domain, single) == 0) {
        print_security_label(shell, single);
        return 0;
    }
    auto_free virSecurityLabelPtr labels = NULL;
    int count = virDomainGetSecurityLabelList(domain, &labels);
    if (count < 0)
        return -1;
    for (int i = 0; i < count; i++)
        print_security_label(shell, &labels[i]);
    return 0;
}

static void print_messages(struct shell *shell, virDomainPtr domain)
{
    char **messages = NULL;
    int count = virDomainGetMessages(domain, &messages, 0);
    for (int i = 0; i < count; i++) {
        if (i == 0)
            shell_print(shell, "%-15s %s\n", "Messages:", messages[i]);
        else
            shell_print(shell, "%-15s %s\n", "", messages[i]);
        free(messages[i]);
    }
    if (count >= 0)
        free(messages);
    else
        library_error_reset();
}

static void print_identity(struct shell *shell, virDomainPtr domain)
{
    char uuid[VIR_UUID_STRING_BUFLEN];
    unsigned int id = virDomainGetID(domain);
    if (id == (unsigned int)-1)
        print_field(shell, "Id:", "-");
    else
        shell_print(shell, "%-15s %d\n", "Id:", id);
    print_field(shell, "Name:", virDomainGetName(domain));
    if (virDomainGetUUIDString(domain, uuid) == 0)
        print_field(shell, "UUID:", uuid);
    auto_free char *type = virDomainGetOSType(domain);
    if (type)
        print_field(shell, "OS Type:", type);
}

static void print_resources(struct shell *shell, const virDomainInfo *info)
{
    print_field(shell, "State:", domain_state_text(info->state));
    shell_print(shell, "%-15s %d\n", "CPU(s):", info->nrVirtCpu);
    if (info->cpuTime)
        shell_print(shell, "%-15s %.1lfs\n", "CPU time:", (double)info->cpuTime / 1e9);
    if (info->maxMem == UINT32_MAX)
        print_field(shell, "Max memory:", "no limit");
    else
        shell_print(shell, "%-15s %lu KiB\n", "Max memory:", info->maxMem);
    shell_print(shell, "%-15s %lu KiB\n", "Used memory:", info->memory);
}

static int run_dominfo(struct shell *shell, const struct invocation *invocation)
{
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    virDomainInfo info;
    int autostart;
    if (!domain)
        return -1;
    print_identity(shell, domain);
    if (virDomainGetInfo(domain, &info) < 0)
        return -1;
    print_resources(shell, &info);

    int persistent = virDomainIsPersistent(domain);
    shell_debug(shell, DEBUG_DEBUG, "Domain persistent flag value: %d\n", persistent);
    print_field(shell, "Persistent:", persistent < 0 ? "unknown" : persistent ? "yes" : "no");
    if (virDomainGetAutostart(domain, &autostart) == 0)
        print_field(shell, "Autostart:", autostart ? "enable" : "disable");
    int saved = virDomainHasManagedSaveImage(domain, 0);
    print_field(shell, "Managed save:", saved < 0 ? "unknown" : saved ? "yes" : "no");
    if (print_security(shell, domain) < 0)
        return -1;
    print_messages(shell, domain);
    return 0;
}

const struct command command_dominfo = {
    "dominfo", 0, run_dominfo, "domain information", "Returns basic information about the domain.",
    (const struct option_row[]){ DOMAIN_OPTION_ANY(complete_domain), { 0 } },
};

static int run_domstate(struct shell *shell, const struct invocation *invocation)
{
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    int state, reason;
    if (!domain || virDomainGetState(domain, &state, &reason, 0) < 0)
        return -1;
    if (argument_given(invocation, "reason"))
        shell_print(shell, "%s (%s)\n", domain_state_text(state), domain_reason_text(state, reason));
    else
        shell_print(shell, "%s\n", domain_state_text(state));
    return 0;
}

const struct command command_domstate = {
    "domstate", 0, run_domstate, "domain state", "Returns state about a domain.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        { "reason", OPTION_BOOL, 0, "also print reason for the state", NULL },
        { 0 },
    },
};

static const char *control_state_text(unsigned int state)
{
    static const char *const texts[] = {
        [VIR_DOMAIN_CONTROL_OK] = "ok",
        [VIR_DOMAIN_CONTROL_JOB] = "background job",
        [VIR_DOMAIN_CONTROL_OCCUPIED] = "occupied",
        [VIR_DOMAIN_CONTROL_ERROR] = "error",
    };
    return state < array_size(texts) ? texts[state] : "unknown";
}

static const char *control_error_text(unsigned int details)
{
    static const char *const texts[] = {
        [VIR_DOMAIN_CONTROL_ERROR_REASON_NONE] = "",
        [VIR_DOMAIN_CONTROL_ERROR_REASON_UNKNOWN] = "unknown",
        [VIR_DOMAIN_CONTROL_ERROR_REASON_MONITOR] = "monitor failure",
        [VIR_DOMAIN_CONTROL_ERROR_REASON_INTERNAL] = "internal (locking) error",
    };
    return details < array_size(texts) ? texts[details] : "unknown";
}

static int run_domcontrol(struct shell *shell, const struct invocation *invocation)
{
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    virDomainControlInfo info;
    if (!domain || virDomainGetControlInfo(domain, &info, 0) < 0)
        return -1;
    if (info.state == VIR_DOMAIN_CONTROL_OK)
        shell_print(shell, "%s\n", control_state_text(info.state));
    else if (info.state == VIR_DOMAIN_CONTROL_ERROR)
        shell_print(shell, "%s: %s\n", control_state_text(info.state), control_error_text(info.details));
    else
        shell_print(shell, "%s (%0.3fs)\n", control_state_text(info.state), (double)info.stateTime / 1000.0);
    return 0;
}

const struct command command_domcontrol = {
    "domcontrol", 0, run_domcontrol, "domain control interface state",
    "Returns state of a control interface to the domain.",
    (const struct option_row[]){ DOMAIN_OPTION_ANY(complete_domain), { 0 } },
};

static int run_domid(struct shell *shell, const struct invocation *invocation)
{
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_NAME | LOOKUP_UUID);
    if (!domain)
        return -1;
    unsigned int id = virDomainGetID(domain);
    if (id == (unsigned int)-1)
        shell_print(shell, "-\n");
    else
        shell_print(shell, "%d\n", id);
    return 0;
}

const struct command command_domid = {
    "domid", 0, run_domid, "convert a domain name or UUID to domain id", "",
    (const struct option_row[]){ DOMAIN_OPTION("domain name or uuid", complete_domain_active), { 0 } },
};

static int run_domname(struct shell *shell, const struct invocation *invocation)
{
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ID | LOOKUP_UUID);
    if (!domain)
        return -1;
    shell_print(shell, "%s\n", virDomainGetName(domain));
    return 0;
}

const struct command command_domname = {
    "domname", 0, run_domname, "convert a domain id or UUID to domain name", "",
    (const struct option_row[]){ DOMAIN_OPTION("domain id or uuid", NULL), { 0 } },
};

static int run_domuuid(struct shell *shell, const struct invocation *invocation)
{
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ID | LOOKUP_NAME);
    char uuid[VIR_UUID_STRING_BUFLEN];
    if (!domain)
        return -1;
    if (virDomainGetUUIDString(domain, uuid) < 0)
        return shell_error(shell, "failed to get domain UUID");
    shell_print(shell, "%s\n", uuid);
    return 0;
}

const struct command command_domuuid = {
    "domuuid", 0, run_domuuid, "convert a domain name or id to domain UUID", "",
    (const struct option_row[]){ DOMAIN_OPTION("domain id or name", complete_domain), { 0 } },
};
