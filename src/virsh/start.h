/* SPDX-License-Identifier: MIT
 * Options that start and create share.
 */
#pragma once
#include "virsh/arguments.h"

#define START_CONSOLE_OPTIONS                                                   \
    { "console", OPTION_BOOL, 0, "attach to console after creation", NULL },    \
    { "paused", OPTION_BOOL, 0, "leave the guest paused after creation", NULL }, \
    { "autodestroy", OPTION_BOOL, 0, "automatically destroy the guest when virsh disconnects", NULL }
#define START_FDS_OPTION \
    { "pass-fds", OPTION_STRING, OPTION_EMPTY_OK, "pass file descriptors N,M,... to the guest", NULL }
#define START_NVRAM_OPTION \
    { "reset-nvram", OPTION_BOOL, 0, "re-initialize NVRAM from its pristine template", NULL }

/* The VIR_DOMAIN_START_* flags of --paused, --autodestroy and --reset-nvram. */
unsigned int start_flags(const struct invocation *invocation);
/* -1 with a message when --console or --pass-fds is given: they need calls that this virsh does not have. */
int start_refuse_unsupported(struct shell *shell, const struct invocation *invocation);
