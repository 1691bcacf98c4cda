/* SPDX-License-Identifier: MIT
 * Words of a command: from one line with quotes, `;` and comments, or from the program's arguments.
 */
#pragma once
#include <stdbool.h>

enum token { TOKEN_END, TOKEN_WORD, TOKEN_SEPARATOR, TOKEN_ERROR };

struct tokens {
    const char *line;        /* borrowed; the rest to read, NULL when argv is read */
    char *const *argv;       /* borrowed; NULL-terminated */
    const char *error;       /* set with TOKEN_ERROR */
};

/* The next token. For TOKEN_WORD *ret_word is the word without its quotes, which the caller frees. */
enum token token_next(struct tokens *tokens, char **ret_word);
