/* SPDX-License-Identifier: MIT
 * Runs parsed commands one after the other: connects when one needs it, reports its failure, prints the line between.
 */
#include <time.h>

#include "virsh/arguments.h"

static double elapsed_ms(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) * 1e3 + (double)(now.tv_nsec - start->tv_nsec) / 1e6;
}

int invocation_run(struct shell *shell, const struct invocation *first)
{
    int result = 0;
    for (const struct invocation *invocation = first; invocation; invocation = invocation->next) {
        const struct command *command = invocation->command;
        struct timespec start;

        clock_gettime(CLOCK_MONOTONIC, &start);
        library_error_reset();
        result = command->flags & COMMAND_OFFLINE ? 0 : session_ensure(shell);
        if (result == 0)
            result = command->run(shell, invocation);
        if (result < 0)
            library_error_report(shell);
        if (shell->leaving)
            return result;
        if (shell->timing)
            shell_print(shell, "\n(Time: %.3f ms)\n\n", elapsed_ms(&start));
        else
            shell_extra(shell, "\n");
    }
    return result;
}
