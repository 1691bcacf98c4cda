/* SPDX-License-Identifier: MIT
 * The command list.
 */
#include <stdlib.h>
#include <string.h>

#include "virsh/commands.h"
#include "virsh/domain.h"
#include "virsh/table.h"

static const struct { const char *option; unsigned int flag; } filters[] = {
    { "transient", VIR_CONNECT_LIST_DOMAINS_TRANSIENT },
    { "persistent", VIR_CONNECT_LIST_DOMAINS_PERSISTENT },
    { "with-snapshot", VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT },
    { "without-snapshot", VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT },
    { "with-checkpoint", VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT },
    { "without-checkpoint", VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT },
    { "state-running", VIR_CONNECT_LIST_DOMAINS_RUNNING },
    { "state-paused", VIR_CONNECT_LIST_DOMAINS_PAUSED },
    { "state-shutoff", VIR_CONNECT_LIST_DOMAINS_SHUTOFF },
    { "state-other", VIR_CONNECT_LIST_DOMAINS_OTHER },
    { "autostart", VIR_CONNECT_LIST_DOMAINS_AUTOSTART },
    { "no-autostart", VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART },
    { "with-managed-save", VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE },
    { "without-managed-save", VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE },
};

static unsigned int list_flags(const struct invocation *invocation)
{
    unsigned int flags = VIR_CONNECT_LIST_DOMAINS_ACTIVE;
    if (argument_given(invocation, "inactive") || argument_given(invocation, "state-shutoff"))
        flags = VIR_CONNECT_LIST_DOMAINS_INACTIVE;
    if (argument_given(invocation, "all"))
        flags = VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE;
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        if (argument_given(invocation, filters[i].option))
            flags |= filters[i].flag;
    }
    return flags;
}

/* Running domains by ID, then the others by name. */
static int domain_compare(const void *a, const void *b)
{
    virDomainPtr first = *(const virDomainPtr *)a, second = *(const virDomainPtr *)b;
    unsigned int first_id = virDomainGetID(first), second_id = virDomainGetID(second);
    if (first_id != second_id)
        return first_id < second_id ? -1 : 1; /* no ID is (unsigned)-1: behind all */
    return strcasecmp(virDomainGetName(first), virDomainGetName(second));
}

static void print_names(struct shell *shell, const struct invocation *invocation, virDomainPtr domain)
{
    bool uuids = argument_given(invocation, "uuid"), names = argument_given(invocation, "name");
    unsigned int id = virDomainGetID(domain);
    const char *gap = "";

    if (argument_given(invocation, "id") && !uuids && !names && id == (unsigned int)-1)
        return;
    if (uuids) {
        char uuid[VIR_UUID_STRING_BUFLEN];
        if (virDomainGetUUIDString(domain, uuid) < 0) {
            shell_error(shell, "Failed to get domain's UUID");
            return;
        }
        shell_print(shell, "%s", uuid);
        gap = " ";
    }
    if (argument_given(invocation, "id")) {
        if (id == (unsigned int)-1)
            shell_print(shell, "%s-", gap);
        else
            shell_print(shell, "%s%u", gap, id);
        gap = " ";
    }
    if (names)
        shell_print(shell, "%s%s", gap, virDomainGetName(domain));
    shell_print(shell, "\n");
}

static void add_row(const struct invocation *invocation, virDomainPtr domain, struct table *table)
{
    unsigned int id = virDomainGetID(domain);
    auto_free char *id_text = id == (unsigned int)-1 ? copy_text("-") : format_text("%u", id);
    int state = VIR_DOMAIN_NOSTATE, reason;
    const char *state_text;

    if (virDomainGetState(domain, &state, &reason, 0) < 0)
        state = VIR_DOMAIN_NOSTATE;
    state_text = domain_state_text(state);
    if (id == (unsigned int)-1 && argument_given(invocation, "managed-save") &&
        virDomainHasManagedSaveImage(domain, 0) > 0)
        state_text = "saved";
    table_add(table, id_text);
    table_add(table, virDomainGetName(domain));
    table_add(table, state_text);
    if (argument_given(invocation, "title")) {
        auto_free char *title = virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_TITLE, NULL, 0);
        table_add(table, title ? title : "");
    }
}

static int run_list(struct shell *shell, const struct invocation *invocation)
{
    virDomainPtr *domains = NULL;
    struct table table;

    if (arguments_exclusive(shell, invocation, "table", "name") < 0 ||
        arguments_exclusive(shell, invocation, "table", "uuid") < 0 ||
        arguments_exclusive(shell, invocation, "table", "id") < 0)
        return -1;
    bool as_table = !argument_given(invocation, "name") && !argument_given(invocation, "uuid") &&
                    !argument_given(invocation, "id");
    int count = virConnectListAllDomains(shell->connection, &domains, list_flags(invocation));
    if (count < 0)
        return shell_error(shell, "Failed to list domains");
    qsort(domains, (size_t)count, sizeof *domains, domain_compare);
    if (argument_given(invocation, "title"))
        table_init(&table, "Id", "Name", "State", "Title", NULL);
    else
        table_init(&table, "Id", "Name", "State", NULL);
    for (int i = 0; i < count; i++) {
        if (as_table)
            add_row(invocation, domains[i], &table);
        else
            print_names(shell, invocation, domains[i]);
        virDomainFree(domains[i]);
    }
    free(domains);
    if (as_table)
        table_print(shell, &table);
    table_clear(&table);
    return 0;
}

const struct command command_list = {
    "list", 0, run_list, "list domains", "Returns list of domains.",
    (const struct option_row[]){
        { "inactive", OPTION_BOOL, 0, "list inactive domains", NULL },
        { "all", OPTION_BOOL, 0, "list inactive & active domains", NULL },
        { "transient", OPTION_BOOL, 0, "list transient domains", NULL },
        { "persistent", OPTION_BOOL, 0, "list persistent domains", NULL },
        { "with-snapshot", OPTION_BOOL, 0, "list domains with existing snapshot", NULL },
        { "without-snapshot", OPTION_BOOL, 0, "list domains without a snapshot", NULL },
        { "with-checkpoint", OPTION_BOOL, 0, "list domains with existing checkpoint", NULL },
        { "without-checkpoint", OPTION_BOOL, 0, "list domains without a checkpoint", NULL },
        { "state-running", OPTION_BOOL, 0, "list domains in running state", NULL },
        { "state-paused", OPTION_BOOL, 0, "list domains in paused state", NULL },
        { "state-shutoff", OPTION_BOOL, 0, "list domains in shutoff state", NULL },
        { "state-other", OPTION_BOOL, 0, "list domains in other states", NULL },
        { "autostart", OPTION_BOOL, 0, "list domains with autostart enabled", NULL },
        { "no-autostart", OPTION_BOOL, 0, "list domains with autostart disabled", NULL },
        { "with-managed-save", OPTION_BOOL, 0, "list domains with managed save state", NULL },
        { "without-managed-save", OPTION_BOOL, 0, "list domains without managed save", NULL },
        { "uuid", OPTION_BOOL, 0, "list uuid's only", NULL },
        { "name", OPTION_BOOL, 0, "list domain names only", NULL },
        { "id", OPTION_BOOL, 0, "list domain IDs only", NULL },
        { "table", OPTION_BOOL, 0, "list table (default)", NULL },
        { "managed-save", OPTION_BOOL, 0, "mark inactive domains with managed save state", NULL },
        { "title", OPTION_BOOL, 0, "show domain title", NULL },
        { 0 },
    },
};
