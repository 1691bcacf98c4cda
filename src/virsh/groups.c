/* SPDX-License-Identifier: MIT
 * The table of all commands: which group, in which order `help` lists them. The rows live with their functions.
 */
#include "virsh/commands.h"

#include "base/str.h"

static const struct command *const domain_group[] = {
    &command_autostart, &command_create,   &command_define,    &command_desc,        &command_destroy,
    &command_domid,     &command_domname,  &command_domrename, &command_domuuid,     &command_dumpxml,
    &command_edit,      &command_managedsave_remove,           &command_metadata,    &command_reboot,
    &command_reset,     &command_resume,   &command_setmaxmem, &command_setmem,      &command_setvcpus,
    &command_shutdown,  &command_start,    &command_suspend,   &command_undefine,    &command_vcpucount,
    &command_vcpuinfo,  &command_vcpupin,  &command_emulatorpin, NULL,
};

static const struct command *const monitor_group[] = {
    &command_domcontrol, &command_dominfo, &command_domstate, &command_list, NULL,
};

static const struct command *const event_group[] = { &command_event, NULL };

static const struct command *const host_group[] = {
    &command_capabilities, &command_freecell, &command_hostname,     &command_maxvcpus,
    &command_nodecpumap,   &command_nodecpustats, &command_nodeinfo, &command_nodememstats,
    &command_sysinfo,      &command_uri,      &command_version,      NULL,
};

static const struct command *const own_group[] = {
    &command_cd,  &command_echo, &command_exit,    &command_help,     &command_pwd,
    &command_quit, &command_connect, &command_complete, NULL,
};

const struct command_group command_groups[] = {
    { "Domain Management", "domain", domain_group },
    { "Domain Monitoring", "monitor", monitor_group },
    { "Domain Events", "events", event_group },
    { "Host and Hypervisor", "host", host_group },
    { "Virsh itself", "virsh", own_group },
    { NULL, NULL, NULL },
};

const struct command *command_find(const char *name)
{
    for (const struct command_group *group = command_groups; group->title; group++) {
        for (const struct command *const *each = group->commands; *each; each++) {
            if (str_equal((*each)->name, name))
                return *each;
        }
    }
    return NULL;
}

const struct command_group *command_group_find(const char *title_or_keyword)
{
    for (const struct command_group *group = command_groups; group->title; group++) {
        if (str_equal(group->title, title_or_keyword) || str_equal(group->keyword, title_or_keyword))
            return group;
    }
    return NULL;
}
