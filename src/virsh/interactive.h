/* SPDX-License-Identifier: MIT
 * The interactive shell.
 */
#pragma once
#include "virsh/shell.h"

/* Reads and runs lines until quit or the end of input. The shell itself never fails because a command did. */
int interactive_run(struct shell *shell);
