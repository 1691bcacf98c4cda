/* SPDX-License-Identifier: MIT
 * Commands about what users write on a domain: desc (description and title) and metadata.
 */
#include <string.h>

#include "base/str.h"
#include "virsh/commands.h"
#include "virsh/complete.h"
#include "virsh/domain.h"
#include "virsh/editor.h"

#define VIEW_OPTIONS                                                        \
    { "live", OPTION_BOOL, 0, "modify/get running state", NULL },           \
    { "config", OPTION_BOOL, 0, "modify/get persistent configuration", NULL }, \
    { "current", OPTION_BOOL, 0, "modify/get current state configuration", NULL }

/* What the user's editor makes of the text; the caller frees *ret_text. */
static int edit_text(struct shell *shell, const char *before, char **ret_text)
{
    struct edited edited;
    auto_free char *after = NULL;
    if (edited_init(shell, before, &edited) < 0)
        return -1;
    int result = edited_run(shell, &edited, &after);
    edited_clear(&edited);
    if (result < 0)
        return -1;
    *ret_text = steal(after);
    return 0;
}

static int run_desc(struct shell *shell, const struct invocation *invocation)
{
    bool title = argument_given(invocation, "title"), edit = argument_given(invocation, "edit");
    int type = title ? VIR_DOMAIN_METADATA_TITLE : VIR_DOMAIN_METADATA_DESCRIPTION;
    const char *what = title ? "title" : "description";
    unsigned int flags;

    if (argument_affect(shell, invocation, &flags) < 0)
        return -1;
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain)
        return -1;
    auto_free char *new_text = argument_rest(invocation, "new-desc");
    /* The text of a running domain is asked without --live, which a stopped one would refuse. */
    auto_free char *old_text = virDomainGetMetadata(domain, type, NULL, flags & ~(unsigned int)VIR_DOMAIN_AFFECT_LIVE);
    if (!old_text && library_error_code() != VIR_ERR_NO_DOMAIN_METADATA)
        return -1;
    library_error_reset();
    if (!new_text && !edit) {
        if (old_text)
            shell_print(shell, "%s", old_text);
        else
            shell_extra(shell, "No %s for domain: %s", what, virDomainGetName(domain));
        return 0;
    }
    if (edit) {
        auto_free char *edited = NULL;
        const char *before = old_text ? old_text : "";
        if (edit_text(shell, new_text ? new_text : before, &edited) < 0)
            return -1;
        size_t length = strlen(edited);
        if (title && length > 0 && edited[length - 1] == '\n')
            edited[length - 1] = '\0'; /* an editor ends the line; a title must not */
        if (str_equal(before, edited)) {
            shell_extra(shell, "Domain %s not changed\n", what);
            return 0;
        }
        free(new_text);
        new_text = steal(edited);
    }
    if (virDomainSetMetadata(domain, type, new_text, NULL, NULL, flags) < 0)
        return shell_error(shell, "Failed to set new domain %s", what);
    shell_extra(shell, "Domain %s updated successfully", what);
    return 0;
}

const struct command command_desc = {
    "desc", 0, run_desc, "show or set domain's description or title",
    "Allows setting or modifying the description or title of a domain.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        VIEW_OPTIONS,
        { "title", OPTION_BOOL, 0, "modify/get the title instead of description", NULL },
        { "edit", OPTION_BOOL, 0, "open an editor to modify the description", NULL },
        { "new-desc", OPTION_ARGV, OPTION_EMPTY_OK, "message", NULL },
        { 0 },
    },
};

static int edit_metadata(struct shell *shell, virDomainPtr domain, const char *uri, const char *key,
                         unsigned int flags)
{
    auto_free char *old_text = virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, uri, flags);
    auto_free char *new_text = NULL;
    if (!old_text && library_error_code() != VIR_ERR_NO_DOMAIN_METADATA)
        return -1;
    library_error_reset();
    if (edit_text(shell, old_text ? old_text : "", &new_text) < 0)
        return -1;
    if (str_equal(old_text ? old_text : "", new_text)) {
        shell_extra(shell, "Metadata not changed");
        return 0;
    }
    if (virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, new_text, key, uri, flags) < 0)
        return shell_error(shell, "Failed.");
    shell_extra(shell, "Metadata modified\n");
    return 0;
}

static int run_metadata(struct shell *shell, const struct invocation *invocation)
{
    const char *uri = NULL, *key = NULL, *set = NULL;
    bool edit = argument_given(invocation, "edit"), remove = argument_given(invocation, "remove");
    unsigned int flags;

    if (argument_affect(shell, invocation, &flags) < 0 ||
        arguments_exclusive(shell, invocation, "edit", "set") < 0 ||
        arguments_exclusive(shell, invocation, "remove", "set") < 0 ||
        arguments_exclusive(shell, invocation, "remove", "edit") < 0)
        return -1;
    auto_domain virDomainPtr domain = domain_find(shell, invocation, LOOKUP_ANY);
    if (!domain || argument_string(shell, invocation, "uri", &uri) < 0 ||
        argument_string(shell, invocation, "key", &key) < 0 || argument_string(shell, invocation, "set", &set) < 0)
        return -1;
    if ((set || edit) && !key)
        return shell_error(shell, "namespace key is required when modifying metadata");
    if (set || remove) {
        if (virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, set, key, uri, flags) < 0)
            return -1;
        shell_extra(shell, remove ? "Metadata removed\n" : "Metadata modified\n");
        return 0;
    }
    if (edit)
        return edit_metadata(shell, domain, uri, key, flags);
    auto_free char *text = virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, uri, flags);
    if (!text)
        return -1;
    shell_print(shell, "%s\n", text);
    return 0;
}

const struct command command_metadata = {
    "metadata", 0, run_metadata, "show or set domain's custom XML metadata",
    "Shows or modifies the XML metadata of a domain.",
    (const struct option_row[]){
        DOMAIN_OPTION_ANY(complete_domain),
        { "uri", OPTION_DATA, OPTION_REQUIRED, "URI of the namespace", NULL },
        VIEW_OPTIONS,
        { "edit", OPTION_BOOL, 0, "use an editor to change the metadata", NULL },
        { "key", OPTION_STRING, 0, "key to be used as a namespace identifier", NULL },
        { "set", OPTION_STRING, 0, "new metadata to set", NULL },
        { "remove", OPTION_BOOL, 0, "remove the metadata corresponding to an uri", NULL },
        { 0 },
    },
};
