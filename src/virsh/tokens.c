/* SPDX-License-Identifier: MIT
 * The quoting rules: '...' keeps all, "..." and \x keep the next character, # starts a comment at the start of a word.
 */
#include "virsh/tokens.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "virsh/shell.h"

static enum token argv_next(struct tokens *tokens, char **ret_word)
{
    if (!*tokens->argv)
        return TOKEN_END;
    *ret_word = copy_text(*tokens->argv++);
    return TOKEN_WORD;
}

static enum token token_fail(struct tokens *tokens, const char *error)
{
    tokens->error = error;
    return TOKEN_ERROR;
}

enum token token_next(struct tokens *tokens, char **ret_word)
{
    if (!tokens->line)
        return argv_next(tokens, ret_word);

    const char *at = tokens->line;
    while (*at == ' ' || *at == '\t' || (at[0] == '\\' && at[1] == '\n'))
        at += *at == '\\' ? 2 : 1;
    if (*at == '#') {
        while (*at && *at != '\n')
            at++;
    }
    tokens->line = at;
    if (!*at)
        return TOKEN_END;
    if (*at == ';' || *at == '\n') {
        tokens->line++;
        return TOKEN_SEPARATOR;
    }

    auto_buf struct buf word = BUF_INIT;
    bool in_double = false, in_single = false;
    for (; *at; at++) {
        if (!in_double && !in_single && (*at == ' ' || *at == '\t' || *at == ';' || *at == '\n'))
            break;
        if (*at == '\'' && !in_double) {
            in_single = !in_single;
            continue;
        }
        if (*at == '"' && !in_single) {
            in_double = !in_double;
            continue;
        }
        if (*at == '\\' && !in_single) {
            at++;
            if (!*at)
                return token_fail(tokens, "dangling \\");
            if (*at == '\n')
                continue;
        }
        buf_addc(&word, *at);
    }
    if (in_double)
        return token_fail(tokens, "missing \"");
    tokens->line = at;
    *ret_word = keep(buf_take(&word));
    return TOKEN_WORD;
}
