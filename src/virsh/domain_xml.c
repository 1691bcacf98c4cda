/* SPDX-License-Identifier: MIT
 * Commands that show or edit a domain's XML: dumpxml and edit.
 */
#include "base/str.h"
#include "virsh/commands.h"
#include "virsh/complete.h"
#include "virsh/domain.h"
#include "virsh/editor.h"

static int run_dumpxml(struct shell *shell, const struct invocation *invocation)
{
    const char *xpath;
    unsigned int flags = (argument_given(invocation, "inactive") ? VIR_DOMAIN_XML_INACTIVE : 0u) |
                         (argument_given(invocation, "security-info") ? VIR_DOMAIN_XML_SECURE : 0u) |
                         (argument_given(invocation, "update-cpu") ? VIR_DOMAIN_XML_UPDATE_CPU : 0u) |
                         (argument_given(invocation, "migratable") ? VIR_DOMAIN_XML_MIGRATABLE : 0u);
    if (argument_string(shell, invocation, "xpath", &xpath) < 0)
        return -1;
    if (argument_given(invocation, "xpath"))
        return shell_error(shell, "option --xpath is not supported by this virsh: filter the output with xmllint or "
                                  "another program");
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain)
        return -1;
    auto_free char *xml = virDomainGetXMLDesc(domain, flags);
    if (!xml)
        return -1;
    shell_print(shell, "%s", xml);
    return 0;
}

const struct command command_dumpxml = {
    "dumpxml", 0, run_dumpxml, "domain information in XML",
    "Output the domain information as an XML dump to stdout.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        { "inactive", OPTION_BOOL, 0, "show inactive defined XML", NULL },
        { "security-info", OPTION_BOOL, 0, "include security sensitive information in XML dump", NULL },
        { "update-cpu", OPTION_BOOL, 0, "update guest CPU according to host CPU", NULL },
        { "migratable", OPTION_BOOL, 0, "provide XML suitable for migrations", NULL },
        { "xpath", OPTION_STRING, OPTION_NAMED_ONLY | OPTION_EMPTY_OK,
          "xpath expression to filter the XML document", NULL },
        { "wrap", OPTION_BOOL, 0, "wrap xpath results in an common root element", NULL },
        { 0 },
    },
};

#define EDIT_XML_FLAGS (VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_MIGRATABLE)

/* The XML to edit; a driver that does not know MIGRATABLE is asked without it. */
static char *editable_xml(virDomainPtr domain)
{
    char *xml = virDomainGetXMLDesc(domain, EDIT_XML_FLAGS);
    if (!xml && library_error_code() == VIR_ERR_INVALID_ARG) {
        library_error_reset();
        xml = virDomainGetXMLDesc(domain, EDIT_XML_FLAGS & ~(unsigned int)VIR_DOMAIN_XML_MIGRATABLE);
    }
    return xml;
}

/* Edits until the result is accepted, unchanged or given up. */
static int edit_domain(struct shell *shell, virDomainPtr domain, unsigned int flags, const char *before,
                       struct edited *edited)
{
    const char *name = virDomainGetName(domain);
    bool edit = true;
    auto_free char *after = NULL;
    for (;;) {
        if (edit) {
            free(steal(after));
            if (edited_run(shell, edited, &after) < 0)
                return -1;
        }
        if (str_equal(before, after)) {
            shell_extra(shell, "Domain '%s' XML configuration not changed.\n", name);
            return 0;
        }
        auto_free char *now = editable_xml(domain);
        if (!now)
            return -1;
        if (!str_equal(before, now)) {
            shell_error(shell, "ERROR: the XML configuration was changed by another user");
        } else {
            auto_domain virDomainPtr defined = virDomainDefineXMLFlags(shell->connection, after, flags);
            if (defined) {
                shell_extra(shell, "Domain '%s' XML configuration edited.\n", virDomainGetName(defined));
                return 0;
            }
        }
        if (!isatty(STDIN_FILENO))
            return shell_error(shell, "Failed.");
        library_error_report(shell);
        int answer = ask_again(shell, flags & VIR_DOMAIN_DEFINE_VALIDATE);
        if (answer < 0 || answer == 'n')
            return -1;
        if (answer == 'i')
            flags &= ~(unsigned int)VIR_DOMAIN_DEFINE_VALIDATE;
        edit = answer == 'y';
    }
}

static int run_edit(struct shell *shell, const struct invocation *invocation)
{
    unsigned int flags = argument_given(invocation, "skip-validate") ? 0 : VIR_DOMAIN_DEFINE_VALIDATE;
    struct edited edited;
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain)
        return -1;
    auto_free char *before = editable_xml(domain);
    if (!before || edited_init(shell, before, &edited) < 0)
        return -1;
    int result = edit_domain(shell, domain, flags, before, &edited);
    edited_clear(&edited);
    return result;
}

const struct command command_edit = {
    "edit", 0, run_edit, "edit XML configuration for a domain", "Edit the XML configuration for a domain.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        { "skip-validate", OPTION_BOOL, 0, "skip validation of the XML against the schema", NULL },
        { 0 },
    },
};
