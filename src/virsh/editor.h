/* SPDX-License-Identifier: MIT
 * Text through the user's editor.
 */
#pragma once
#include "virsh/shell.h"

struct edited {
    char *path; /* owned; the temporary file, removed by edited_clear */
};

/* Puts text into a temporary file. */
int edited_init(struct shell *shell, const char *text, struct edited *ret_edited);
/* Lets the user edit the file; *ret_text is its content, which the caller frees. */
int edited_run(struct shell *shell, struct edited *edited, char **ret_text);
void edited_clear(struct edited *edited);

/* What to do after a change that was refused. 'y' edit again, 'n' give up, 'f' try again, 'i' try without validation.
 * -1 when there is no terminal to ask. */
int ask_again(struct shell *shell, bool can_relax);
