/* SPDX-License-Identifier: MIT
 * Inner face of the domain family: its tables and the steps of domain_def_parse. Used only within xml/domain_*.c.
 */
#pragma once
#include "xml/domain.h"
#include "xml/rule.h"

/* The tables, one file each. */
extern const struct rule domain_rule;
extern const struct rule domain_os_rule, domain_features_rule, domain_clock_rule, domain_cpu_rule;
extern const struct rule domain_blkiotune_rule, domain_memtune_rule, domain_memory_backing_rule,
    domain_iothread_ids_rule, domain_cputune_rule, domain_numatune_rule;
extern const struct rule domain_sysinfo_rule, domain_seclabel_rule, domain_perf_rule, domain_pm_rule,
    domain_keywrap_rule, domain_launch_security_rule, domain_idmap_rule, domain_resource_rule;
extern const struct rule domain_devices_rule;
extern const struct rule disk_rule, controller_rule, interface_rule, filesystem_rule, hostdev_rule, graphics_rule,
    video_rule, serial_rule, parallel_rule, console_rule, channel_rule, smartcard_rule, redirdev_rule, rng_rule;
extern const struct rule device_address_rule, device_alias_rule, device_boot_rule, device_driver_virtio_rule,
    device_acpi_rule;

/* What every device may carry at its end, in this order. */
#define DEVICE_INFO &device_boot_rule, &device_alias_rule, &device_address_rule
/* Rows of chardev: attributes and children that serial, console, redirdev, rng and smartcard share. */
extern const struct rule chardev_protocol_rule, chardev_log_rule, chardev_source_rule;

/* Auto-filled parts that need the whole document: controllers, addresses, consoles, video, names of interfaces. */
int domain_fill(struct rule_context *context, struct node *domain);
int domain_fill_disks(struct rule_context *context, struct node *devices);
int domain_fill_controllers(struct rule_context *context, struct node *devices);
/* Refusals that need the whole document. */
int domain_check(const struct domain_def *def);

/* Metadata of the <metadata> element source. */
int domain_metadata_take(struct domain_def *def, const xmlNode *source);
int domain_metadata_copy(struct domain_def *copy, const struct domain_def *def);
void domain_metadata_clear(struct domain_def *def);
void domain_metadata_format(const struct domain_def *def, struct buf *out);
