/* SPDX-License-Identifier: MIT
 * The two settings that the library takes from libvirt.conf: uri_default and uri_aliases. Other keys are left alone.
 */
#pragma once
#include <stddef.h>

struct client_conf {
    char *uri_default; /* owned; NULL when not set */
    char **aliases;    /* owned "name=uri" strings */
    size_t alias_count;
};

/* Reads $XDG_CONFIG_HOME/libvirt/libvirt.conf, or for root /etc/libvirt/libvirt.conf; a missing file is an empty one.
 * -1 with the error set. */
int client_conf_load(struct client_conf *conf);
/* Adds what path says to *conf. -1 with the error set. */
int client_conf_read(const char *path, struct client_conf *conf);
void client_conf_clear(struct client_conf *conf);
/* What the alias stands for, borrowed; NULL when there is no such alias. */
const char *client_conf_alias(const struct client_conf *conf, const char *name);

#define auto_client_conf __attribute__((cleanup(client_conf_clear)))
