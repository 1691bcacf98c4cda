/* SPDX-License-Identifier: MIT
 * Layout of the help texts.
 */
#include "virsh/help.h"

#include "base/cleanup.h"

static const char *value_word(const struct option_row *row)
{
    return row->kind == OPTION_INT ? "number" : "string";
}

static char *synopsis_of(const struct option_row *row)
{
    switch (row->kind) {
    case OPTION_BOOL:
        return format_text("[--%s]", row->name);
    case OPTION_INT:
    case OPTION_STRING:
        if (row->flags & OPTION_REQUIRED)
            return format_text("<%s>", row->name);
        return format_text("[--%s <%s>]", row->name, value_word(row));
    case OPTION_DATA:
        return format_text("<%s>", row->name);
    case OPTION_ARGV:
        return format_text(row->flags & OPTION_BARE ? "[<%s>]..." : "[[--%s] <string>]...", row->name);
    default:
        return NULL;
    }
}

static char *heading_of(const struct option_row *row)
{
    switch (row->kind) {
    case OPTION_BOOL:
        return format_text("--%s", row->name);
    case OPTION_INT:
    case OPTION_STRING:
        return format_text(row->flags & OPTION_REQUIRED ? "[--%s] <%s>" : "--%s <%s>", row->name, value_word(row));
    case OPTION_DATA:
        return format_text("[--%s] <string>", row->name);
    case OPTION_ARGV:
        return format_text(row->flags & OPTION_BARE ? "<%s>" : "[--%s] <string>", row->name);
    default:
        return NULL;
    }
}

void help_command(struct shell *shell, const struct command *command)
{
    shell_print(shell, "  NAME\n    %s - %s\n\n  SYNOPSIS\n    %s", command->name, command->summary, command->name);
    for (const struct option_row *row = command->options; row && row->name; row++) {
        auto_free char *synopsis = synopsis_of(row);
        if (synopsis)
            shell_print(shell, " %s", synopsis);
    }
    shell_print(shell, "\n");
    if (*command->description)
        shell_print(shell, "\n  DESCRIPTION\n    %s\n", command->description);
    if (command->options && command->options->name) {
        shell_print(shell, "\n  OPTIONS\n");
        for (const struct option_row *row = command->options; row->name; row++) {
            auto_free char *heading = heading_of(row);
            if (heading)
                shell_print(shell, "    %-15s  %s\n", heading, row->help);
        }
    }
    shell_print(shell, "\n");
}

void help_group(struct shell *shell, const struct command_group *group, const char *mark)
{
    shell_print(shell, " %s (help keyword '%s')%s\n", group->title, group->keyword, mark);
    for (const struct command *const *each = group->commands; *each; each++) {
        if (!((*each)->flags & COMMAND_HIDDEN))
            shell_print(shell, "    %-30s %s\n", (*each)->name, (*each)->summary);
    }
}

void help_everything(struct shell *shell)
{
    shell_print(shell, "Grouped commands:\n\n");
    for (const struct command_group *group = command_groups; group->title; group++) {
        help_group(shell, group, ":");
        shell_print(shell, "\n");
    }
}

void help_usage(struct shell *shell)
{
    shell_print(shell,
                "\nvirsh [options]... [<command_string>]"
                "\nvirsh [options]... <command> [args...]\n\n"
                "  options:\n"
                "    -c | --connect=URI      hypervisor connection URI\n"
                "    -d | --debug=NUM        debug level [0-4]\n"
                "    -e | --escape <char>    set escape sequence for console\n"
                "    -h | --help             this help\n"
                "    -k | --keepalive-interval=NUM\n"
                "                            keepalive interval in seconds, 0 for disable\n"
                "    -K | --keepalive-count=NUM\n"
                "                            number of possible missed keepalive messages\n"
                "    -l | --log=FILE         output logging to file\n"
                "    -q | --quiet            quiet mode\n"
                "    -r | --readonly         connect readonly\n"
                "    -t | --timing           print timing information\n"
                "    -v                      short version\n"
                "    -V                      long version\n"
                "         --version[=TYPE]   version, TYPE is short or long (default short)\n"
                "  commands (non interactive mode):\n\n");
    for (const struct command_group *group = command_groups; group->title; group++) {
        help_group(shell, group, "");
        shell_print(shell, "\n");
    }
    shell_print(shell, "\n  (specify help <group> for details about the commands in the group)\n"
                       "\n  (specify help <command> for details about the command)\n\n");
}
