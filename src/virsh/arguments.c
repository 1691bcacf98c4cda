/* SPDX-License-Identifier: MIT
 * Values of options, checked, with the messages for wrong ones.
 */
#include "virsh/arguments.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "virsh/numbers.h"

const struct argument *argument_find(const struct invocation *invocation, const char *name)
{
    for (const struct argument *argument = invocation->arguments; argument; argument = argument->next) {
        if (str_equal(argument->option->name, name))
            return argument;
    }
    return NULL;
}

bool argument_given(const struct invocation *invocation, const char *name)
{
    return argument_find(invocation, name);
}

int argument_string(struct shell *shell, const struct invocation *invocation, const char *name, const char **ret_value)
{
    const struct argument *argument = argument_find(invocation, name);
    if (!argument)
        return 0;
    if (!*argument->value && !(argument->option->flags & OPTION_EMPTY_OK))
        return shell_error(shell, "Failed to get option '%s': Option argument is empty", name);
    *ret_value = argument->value;
    return 1;
}

static int number_wrong(struct shell *shell, const struct argument *argument)
{
    return shell_error(shell, "Numeric value '%s' for <%s> option is malformed or out of range", argument->value,
                       argument->option->name);
}

int argument_int(struct shell *shell, const struct invocation *invocation, const char *name, int *ret_value)
{
    const struct argument *argument = argument_find(invocation, name);
    if (!argument)
        return 0;
    return number_int(argument->value, ret_value) < 0 ? number_wrong(shell, argument) : 1;
}

int argument_uint(struct shell *shell, const struct invocation *invocation, const char *name, unsigned int *ret_value)
{
    const struct argument *argument = argument_find(invocation, name);
    if (!argument)
        return 0;
    return number_uint(argument->value, ret_value) < 0 ? number_wrong(shell, argument) : 1;
}

int argument_kib(struct shell *shell, const struct invocation *invocation, const char *name,
                 unsigned long long *ret_kib)
{
    const struct argument *argument = argument_find(invocation, name);
    auto_free char *reason = NULL;
    unsigned long long bytes;
    if (!argument)
        return 0;
    if (number_scaled(argument->value, 1024, &bytes, &reason) < 0) {
        shell_error(shell, "Scaled numeric value '%s' for <%s> option is malformed or out of range", argument->value,
                    name);
        return reason ? shell_error(shell, "%s", reason) : -1;
    }
    *ret_kib = bytes / 1024 + (bytes % 1024 != 0);
    return 1;
}

char *argument_rest(const struct invocation *invocation, const char *name)
{
    auto_buf struct buf text = BUF_INIT;
    bool found = false;
    for (const struct argument *argument = invocation->arguments; argument; argument = argument->next) {
        if (!str_equal(argument->option->name, name))
            continue;
        if (found)
            buf_addc(&text, ' ');
        buf_adds(&text, argument->value);
        found = true;
    }
    return found ? keep(buf_take(&text)) : NULL;
}

int arguments_exclusive(struct shell *shell, const struct invocation *invocation, const char *first,
                        const char *second)
{
    if (argument_given(invocation, first) && argument_given(invocation, second))
        return shell_error(shell, "Options --%s and --%s are mutually exclusive", first, second);
    return 0;
}

int arguments_need(struct shell *shell, const struct invocation *invocation, const char *name, const char *needed)
{
    if (argument_given(invocation, name) && !argument_given(invocation, needed))
        return shell_error(shell, "Option --%s is required by option --%s", needed, name);
    return 0;
}

bool argument_affect_given(const struct invocation *invocation)
{
    return argument_given(invocation, "live") || argument_given(invocation, "config") ||
           argument_given(invocation, "current");
}

int argument_affect(struct shell *shell, const struct invocation *invocation, unsigned int *ret_flags)
{
    if (arguments_exclusive(shell, invocation, "current", "live") < 0 ||
        arguments_exclusive(shell, invocation, "current", "config") < 0)
        return -1;
    *ret_flags = (argument_given(invocation, "live") ? VIR_DOMAIN_AFFECT_LIVE : 0u) |
                 (argument_given(invocation, "config") ? VIR_DOMAIN_AFFECT_CONFIG : 0u);
    return 0;
}
