/* SPDX-License-Identifier: MIT
 * Commands that make domains from XML files: define and create; and domrename.
 */
#include <string.h>

#include "virsh/commands.h"
#include "virsh/complete.h"
#include "virsh/domain.h"
#include "virsh/numbers.h"
#include "virsh/start.h"

unsigned int start_flags(const struct invocation *invocation)
{
    return (argument_given(invocation, "paused") ? VIR_DOMAIN_START_PAUSED : 0u) |
           (argument_given(invocation, "autodestroy") ? VIR_DOMAIN_START_AUTODESTROY : 0u) |
           (argument_given(invocation, "reset-nvram") ? VIR_DOMAIN_START_RESET_NVRAM : 0u);
}

int start_refuse_unsupported(struct shell *shell, const struct invocation *invocation)
{
    const struct argument *fds = argument_find(invocation, "pass-fds");
    if (fds && *fds->value) {
        auto_free char *copy = copy_text(fds->value);
        char *rest = copy;
        int fd;
        for (char *word; (word = strsep(&rest, ","));) {
            if (number_int(word, &fd) < 0)
                return shell_error(shell, "Unable to parse FD number '%s'", word);
        }
        return shell_error(shell, "option --pass-fds is not supported by this virsh");
    }
    if (argument_given(invocation, "console"))
        return shell_error(shell, "option --console is not supported by this virsh: attach to the console with "
                                  "another program after the start");
    return 0;
}

#define FILE_OPTION { "file", OPTION_DATA, OPTION_REQUIRED, "file containing an XML domain description", NULL }
#define VALIDATE_OPTION { "validate", OPTION_BOOL, 0, "validate the XML against the schema", NULL }

static int run_define(struct shell *shell, const struct invocation *invocation)
{
    unsigned int flags = argument_given(invocation, "validate") ? VIR_DOMAIN_DEFINE_VALIDATE : 0;
    const char *path;
    auto_free char *xml = NULL;
    if (xml_file_read(shell, invocation, &path, &xml) < 0)
        return -1;
    auto_domain virDomainPtr domain = flags ? virDomainDefineXMLFlags(shell->connection, xml, flags)
                                            : virDomainDefineXML(shell->connection, xml);
    if (!domain)
        return shell_error(shell, "Failed to define domain from %s", path);
    shell_extra(shell, "Domain '%s' defined from %s\n", virDomainGetName(domain), path);
    return 0;
}

const struct command command_define = {
    "define", 0, run_define, "define (but don't start) a domain from an XML file", "Define a domain.",
    (const struct option_row[]){ FILE_OPTION, VALIDATE_OPTION, { 0 } },
};

static int run_create(struct shell *shell, const struct invocation *invocation)
{
    unsigned int flags = start_flags(invocation);
    const char *path;
    auto_free char *xml = NULL;
    if (xml_file_read(shell, invocation, &path, &xml) < 0 || start_refuse_unsupported(shell, invocation) < 0)
        return -1;
    if (argument_given(invocation, "validate"))
        flags |= VIR_DOMAIN_START_VALIDATE;
    auto_domain virDomainPtr domain = virDomainCreateXML(shell->connection, xml, flags);
    if (!domain)
        return shell_error(shell, "Failed to create domain from %s", path);
    shell_extra(shell, "Domain '%s' created from %s\n", virDomainGetName(domain), path);
    return 0;
}

const struct command command_create = {
    "create", 0, run_create, "create a domain from an XML file", "Create a domain.",
    (const struct option_row[]){
        FILE_OPTION,
        START_CONSOLE_OPTIONS,
        START_FDS_OPTION,
        VALIDATE_OPTION,
        START_NVRAM_OPTION,
        { 0 },
    },
};

static int run_domrename(struct shell *shell, const struct invocation *invocation)
{
    const char *name = NULL;
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_NAME | LOOKUP_UUID);
    if (!domain || argument_string(shell, invocation, "new-name", &name) < 0)
        return -1;
    if (virDomainRename(domain, name, 0) < 0)
        return -1;
    shell_extra(shell, "Domain successfully renamed\n");
    return 0;
}

const struct command command_domrename = {
    "domrename", 0, run_domrename, "rename a domain", "Rename an inactive domain.",
    (const struct option_row[]){
        DOMAIN_OPTION("domain name or uuid", complete_domain_inactive),
        { "new-name", OPTION_DATA, OPTION_REQUIRED, "new domain name", NULL },
        { 0 },
    },
};
