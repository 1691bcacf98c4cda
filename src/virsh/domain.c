/* SPDX-License-Identifier: MIT
 * Finding domains and naming their states.
 */
#include "virsh/domain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "virsh/complete.h"
#include "virsh/numbers.h"

void domain_unref(virDomainPtr domain)
{
    if (domain)
        virDomainFree(domain);
}

virDomainPtr domain_find(struct shell *shell, const struct invocation *invocation, unsigned int by)
{
    const char *command = invocation->command->name;
    const char *name = NULL;
    virDomainPtr domain = NULL;
    int id;

    if (argument_string(shell, invocation, "domain", &name) <= 0)
        return NULL;
    shell_debug(shell, DEBUG_INFO, "%s: found option <domain>: %s\n", command, name);
    if ((by & LOOKUP_ID) && number_int(name, &id) == 0 && id >= 0) {
        shell_debug(shell, DEBUG_DEBUG, "%s: <domain> looks like ID\n", command);
        domain = virDomainLookupByID(shell->connection, id);
    }
    if (!domain && (by & LOOKUP_UUID) && strlen(name) == VIR_UUID_STRING_BUFLEN - 1) {
        shell_debug(shell, DEBUG_DEBUG, "%s: <domain> trying as domain UUID\n", command);
        domain = virDomainLookupByUUIDString(shell->connection, name);
    }
    if (!domain && (by & LOOKUP_NAME)) {
        shell_debug(shell, DEBUG_DEBUG, "%s: <domain> trying as domain NAME\n", command);
        domain = virDomainLookupByName(shell->connection, name);
    }
    library_error_reset();
    if (!domain)
        shell_error(shell, "failed to get domain '%s'", name);
    return domain;
}

const char *domain_state_text(int state)
{
    static const char *const texts[] = {
        [VIR_DOMAIN_NOSTATE] = "no state",     [VIR_DOMAIN_RUNNING] = "running",
        [VIR_DOMAIN_BLOCKED] = "idle",         [VIR_DOMAIN_PAUSED] = "paused",
        [VIR_DOMAIN_SHUTDOWN] = "in shutdown", [VIR_DOMAIN_SHUTOFF] = "shut off",
        [VIR_DOMAIN_CRASHED] = "crashed",      [VIR_DOMAIN_PMSUSPENDED] = "pmsuspended",
    };
    return state >= 0 && (size_t)state < array_size(texts) ? texts[state] : "no state";
}

const char *domain_reason_text(int state, int reason)
{
    static const char *const running[] = {
        [VIR_DOMAIN_RUNNING_BOOTED] = "booted",
        [VIR_DOMAIN_RUNNING_MIGRATED] = "migrated",
        [VIR_DOMAIN_RUNNING_RESTORED] = "restored",
        [VIR_DOMAIN_RUNNING_FROM_SNAPSHOT] = "from snapshot",
        [VIR_DOMAIN_RUNNING_UNPAUSED] = "unpaused",
        [VIR_DOMAIN_RUNNING_MIGRATION_CANCELED] = "migration canceled",
        [VIR_DOMAIN_RUNNING_SAVE_CANCELED] = "save canceled",
        [VIR_DOMAIN_RUNNING_WAKEUP] = "event wakeup",
        [VIR_DOMAIN_RUNNING_CRASHED] = "crashed",
        [VIR_DOMAIN_RUNNING_POSTCOPY] = "post-copy",
        [VIR_DOMAIN_RUNNING_POSTCOPY_FAILED] = "post-copy failed",
    };
    static const char *const paused[] = {
        [VIR_DOMAIN_PAUSED_USER] = "user",
        [VIR_DOMAIN_PAUSED_MIGRATION] = "migrating",
        [VIR_DOMAIN_PAUSED_SAVE] = "saving",
        [VIR_DOMAIN_PAUSED_DUMP] = "dumping",
        [VIR_DOMAIN_PAUSED_IOERROR] = "I/O error",
        [VIR_DOMAIN_PAUSED_WATCHDOG] = "watchdog",
        [VIR_DOMAIN_PAUSED_FROM_SNAPSHOT] = "from snapshot",
        [VIR_DOMAIN_PAUSED_SHUTTING_DOWN] = "shutting down",
        [VIR_DOMAIN_PAUSED_SNAPSHOT] = "creating snapshot",
        [VIR_DOMAIN_PAUSED_CRASHED] = "crashed",
        [VIR_DOMAIN_PAUSED_STARTING_UP] = "starting up",
        [VIR_DOMAIN_PAUSED_POSTCOPY] = "post-copy",
        [VIR_DOMAIN_PAUSED_POSTCOPY_FAILED] = "post-copy failed",
    };
    static const char *const shutdown[] = { [VIR_DOMAIN_SHUTDOWN_USER] = "user" };
    static const char *const shutoff[] = {
        [VIR_DOMAIN_SHUTOFF_SHUTDOWN] = "shutdown",
        [VIR_DOMAIN_SHUTOFF_DESTROYED] = "destroyed",
        [VIR_DOMAIN_SHUTOFF_CRASHED] = "crashed",
        [VIR_DOMAIN_SHUTOFF_MIGRATED] = "migrated",
        [VIR_DOMAIN_SHUTOFF_SAVED] = "saved",
        [VIR_DOMAIN_SHUTOFF_FAILED] = "failed",
        [VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT] = "from snapshot",
        [VIR_DOMAIN_SHUTOFF_DAEMON] = "daemon",
    };
    static const char *const crashed[] = { [VIR_DOMAIN_CRASHED_PANICKED] = "panicked" };
    static const struct { const char *const *texts; size_t count; } reasons[] = {
        [VIR_DOMAIN_RUNNING] = { running, array_size(running) },
        [VIR_DOMAIN_PAUSED] = { paused, array_size(paused) },
        [VIR_DOMAIN_SHUTDOWN] = { shutdown, array_size(shutdown) },
        [VIR_DOMAIN_SHUTOFF] = { shutoff, array_size(shutoff) },
        [VIR_DOMAIN_CRASHED] = { crashed, array_size(crashed) },
    };
    const char *text = NULL;
    if (state >= 0 && (size_t)state < array_size(reasons) && reason >= 0 && (size_t)reason < reasons[state].count)
        text = reasons[state].texts[reason];
    return text ? text : "unknown";
}

const char *vcpu_state_text(int state)
{
    static const char *const texts[] = {
        [VIR_VCPU_OFFLINE] = "offline",
        [VIR_VCPU_RUNNING] = "running",
        [VIR_VCPU_BLOCKED] = "idle",
    };
    return state >= 0 && (size_t)state < array_size(texts) ? texts[state] : "no state";
}

int xml_file_read(struct shell *shell, const struct invocation *invocation, const char **ret_path, char **ret_xml)
{
    const char *path = NULL;
    if (argument_string(shell, invocation, "file", &path) <= 0)
        return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return shell_error(shell, "Failed to open file '%s': %s", path, strerror(errno));
    close(fd);
    if (file_read(path, XML_FILE_MAX, ret_xml, NULL) < 0)
        return shell_error(shell, "Failed to read file '%s': %s", path,
                           strerror(errno == EFBIG ? EOVERFLOW : errno));
    *ret_path = path;
    return 0;
}
