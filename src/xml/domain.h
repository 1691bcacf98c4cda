/* SPDX-License-Identifier: MIT
 * A domain's definition: what drivers ask for as fields, the whole document as a canonical tree. The fields are the
 * truth: domain_def_format prints them over the tree. Knows no driver and no running domain.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/str.h"

struct node;

enum domain_action { /* order of virDomainLifecycleAction */
    DOMAIN_ACTION_DESTROY,
    DOMAIN_ACTION_RESTART,
    DOMAIN_ACTION_RESTART_RENAME,
    DOMAIN_ACTION_PRESERVE,
    DOMAIN_ACTION_COREDUMP_DESTROY,
    DOMAIN_ACTION_COREDUMP_RESTART,
};

struct domain_metadata {
    struct domain_metadata *next;
    char *uri;  /* owned */
    char *text; /* owned; the element as it prints alone */
};

struct domain_def {
    char *name; /* owned */
    unsigned char uuid[UUID_LENGTH];
    int id;                 /* -1 = inactive; as the document says, only kept with DOMAIN_PARSE_LIVE */
    const char *virt_type;  /* "test", "kvm"; these four live in the arena */
    const char *os_type;    /* "hvm" */
    const char *arch;       /* "i686" */
    const char *machine;    /* NULL = none */
    char *title;            /* owned; NULL = none */
    char *description;      /* owned; NULL = none */
    uint64_t max_memory_kib; /* <memory> */
    uint64_t memory_kib;     /* <currentMemory> */
    uint64_t hotplug_memory_kib; /* <maxMemory>; 0 = none */
    unsigned int max_vcpus;
    unsigned int vcpus; /* online */
    enum domain_action on_poweroff, on_reboot, on_crash;
    bool has_metadata; /* prints <metadata/> even when the list is empty */
    struct domain_metadata *metadata;
    struct arena arena; /* of tree */
    struct node *tree;  /* the <domain> element */
};

enum domain_parse_flag {
    DOMAIN_PARSE_VALIDATE = 1, /* check against the RNG schema first, as VIR_DOMAIN_DEFINE_VALIDATE */
    DOMAIN_PARSE_LIVE = 2,     /* keep the id attribute */
    DOMAIN_PARSE_DEFINE = 4,   /* for virDomainDefineXML: a name that is kept on disk holds no newline */
};

/* NULL on failure with the error slot filled. */
struct domain_def *domain_def_parse(const char *xml, unsigned int flags);
/* The document, which the caller frees. id -1 prints none. flags: VIR_DOMAIN_XML_SECURE prints secrets,
 * VIR_DOMAIN_XML_INACTIVE leaves the id out; the others change nothing. NULL when out of memory. */
char *domain_def_format(const struct domain_def *def, int id, unsigned int flags);
/* NULL when out of memory (the error slot is filled). */
struct domain_def *domain_def_copy(const struct domain_def *def);
void domain_def_free(struct domain_def *def);
DEFINE_AUTO(struct domain_def, domain_def_free)

/* Texts as <title> and <description> print them; text NULL or "" removes. A title may hold no newline. */
int domain_def_set_title(struct domain_def *def, const char *text);
int domain_def_set_description(struct domain_def *def, const char *text);
/* The metadata element of a namespace; a copy that the caller frees. */
int domain_def_get_metadata(const struct domain_def *def, const char *uri, char **ret_text);
/* Replaces or removes (xml NULL) the element of namespace uri. xml is one element; key becomes its prefix. */
int domain_def_set_metadata(struct domain_def *def, const char *xml, const char *key, const char *uri);
