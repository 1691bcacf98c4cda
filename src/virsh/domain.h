/* SPDX-License-Identifier: MIT
 * What the domain commands share: finding the domain, words for its states, reading XML files.
 */
#pragma once
#include "base/cleanup.h"
#include "virsh/arguments.h"

enum lookup { LOOKUP_ID = 1, LOOKUP_UUID = 2, LOOKUP_NAME = 4, LOOKUP_ANY = 7 };

#define XML_FILE_MAX (10u << 20)

/* Frees a domain; NULL is fine. */
void domain_unref(virDomainPtr domain);

static inline void auto_domain_unref(virDomainPtr *domain)
{
    domain_unref(*domain);
}
#define auto_domain __attribute__((cleanup(auto_domain_unref)))

/* The domain that option --domain names, by the given kinds of name. NULL when the message is printed. */
virDomainPtr domain_find(struct shell *shell, const struct invocation *invocation, unsigned int by);
const char *domain_state_text(int state);
const char *domain_reason_text(int state, int reason);
const char *vcpu_state_text(int state);
/* The file that option --file names. *ret_path is borrowed, *ret_xml is the caller's. */
int xml_file_read(struct shell *shell, const struct invocation *invocation, const char **ret_path, char **ret_xml);
/* The option row of a domain argument. */
#define DOMAIN_OPTION(help, complete) { "domain", OPTION_DATA, OPTION_REQUIRED, help, complete }
#define DOMAIN_OPTION_ANY(complete) DOMAIN_OPTION("domain name, id or uuid", complete)
#define AFFECT_OPTIONS                                             \
    { "config", OPTION_BOOL, 0, "affect next boot", NULL },        \
    { "live", OPTION_BOOL, 0, "affect running domain", NULL },     \
    { "current", OPTION_BOOL, 0, "affect current domain", NULL }
