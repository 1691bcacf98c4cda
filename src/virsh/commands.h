/* SPDX-License-Identifier: MIT
 * The rows of all commands, for the table in groups.c.
 */
#pragma once
#include "virsh/command.h"

extern const struct command command_autostart;
extern const struct command command_capabilities;
extern const struct command command_cd;
extern const struct command command_complete;
extern const struct command command_connect;
extern const struct command command_create;
extern const struct command command_define;
extern const struct command command_desc;
extern const struct command command_destroy;
extern const struct command command_domcontrol;
extern const struct command command_domid;
extern const struct command command_dominfo;
extern const struct command command_domname;
extern const struct command command_domrename;
extern const struct command command_domstate;
extern const struct command command_domuuid;
extern const struct command command_dumpxml;
extern const struct command command_echo;
extern const struct command command_edit;
extern const struct command command_emulatorpin;
extern const struct command command_event;
extern const struct command command_exit;
extern const struct command command_freecell;
extern const struct command command_help;
extern const struct command command_hostname;
extern const struct command command_list;
extern const struct command command_managedsave_remove;
extern const struct command command_maxvcpus;
extern const struct command command_metadata;
extern const struct command command_nodecpumap;
extern const struct command command_nodecpustats;
extern const struct command command_nodeinfo;
extern const struct command command_nodememstats;
extern const struct command command_pwd;
extern const struct command command_quit;
extern const struct command command_reboot;
extern const struct command command_reset;
extern const struct command command_resume;
extern const struct command command_setmaxmem;
extern const struct command command_setmem;
extern const struct command command_setvcpus;
extern const struct command command_shutdown;
extern const struct command command_start;
extern const struct command command_suspend;
extern const struct command command_sysinfo;
extern const struct command command_undefine;
extern const struct command command_uri;
extern const struct command command_vcpucount;
extern const struct command command_vcpuinfo;
extern const struct command command_vcpupin;
extern const struct command command_version;
