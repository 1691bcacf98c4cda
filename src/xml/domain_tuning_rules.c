/* SPDX-License-Identifier: MIT
 * Tables of the tuning elements: block I/O, memory, CPU, NUMA, I/O threads.
 */
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/document.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

#define NUMBER(variable, element, value_type, complaint) \
    static const struct rule variable = { .name = element, .flags = RULE_DROP_EMPTY, .text = value_type, \
        .text_invalid = complaint }
#define SIZE(variable, element) \
    static const struct rule variable = { .name = element, .flags = RULE_DROP_EMPTY, .text = VALUE_SIZE_KIB, \
        .attributes = ATTRIBUTES({ .name = "unit", .type = VALUE_UNIT_KIB }) }

/* ---- <blkiotune> ---- */

/* A weight that is no number counts as none. */
static int finish_weight(struct rule_context *context, const xmlNode *source, struct node *node)
{
    bool bad = true;
    (void)source;
    if (node->text)
        node->text = value_canonical(context->arena, VALUE_UINT, NULL, node->text, &bad);
    return bad ? FINISH_DROP : node->text ? FINISH_KEEP : fail_no_memory();
}

static const struct rule weight_rule = { .name = "weight", .flags = RULE_DROP_EMPTY, .text = VALUE_TEXT,
    .finish = finish_weight };
static const struct rule path_rule = { .name = "path", .text = VALUE_TEXT, .missing = "U:missing per-device path" };
NUMBER(read_iops_rule, "read_iops_sec", VALUE_UINT, "U:could not parse read iops sec %s");
NUMBER(write_iops_rule, "write_iops_sec", VALUE_UINT, "U:could not parse write iops sec %s");
NUMBER(read_bytes_rule, "read_bytes_sec", VALUE_UINT64, "U:could not parse read bytes sec %s");
NUMBER(write_bytes_rule, "write_bytes_sec", VALUE_UINT64, "U:could not parse write bytes sec %s");
static const struct rule blkio_device_rule = { .name = "device", .flags = RULE_MANY,
    .children = CHILDREN(&path_rule, &weight_rule, &read_iops_rule, &write_iops_rule, &read_bytes_rule,
        &write_bytes_rule) };
const struct rule domain_blkiotune_rule = { .name = "blkiotune", .flags = RULE_DROP_EMPTY,
    .children = CHILDREN(&weight_rule, &blkio_device_rule) };

/* ---- <memtune>, <memoryBacking> ---- */

SIZE(hard_limit_rule, "hard_limit");
SIZE(soft_limit_rule, "soft_limit");
SIZE(min_guarantee_rule, "min_guarantee");
SIZE(swap_hard_limit_rule, "swap_hard_limit");
const struct rule domain_memtune_rule = { .name = "memtune", .flags = RULE_DROP_EMPTY,
    .children = CHILDREN(&hard_limit_rule, &soft_limit_rule, &min_guarantee_rule, &swap_hard_limit_rule) };

static const struct rule page_rule = { .name = "page", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "size", .type = VALUE_SIZE_KIB, .flags = ATTRIBUTE_REQUIRED,
                               .missing = "x:missing element or attribute './@size'" },
                             { .name = "unit", .type = VALUE_UNIT_KIB },
                             { .name = "nodeset", .type = VALUE_CPUSET }) };
static const struct rule hugepages_rule = { .name = "hugepages", .children = CHILDREN(&page_rule) };
static const struct rule nosharepages_rule = { .name = "nosharepages" };
static const struct rule locked_rule = { .name = "locked" };
static const struct rule discard_rule = { .name = "discard" };
static const struct rule backing_source_rule = { .name = "source", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "file|anonymous|memfd",
                               .invalid = "U:unknown memoryBacking/source/type '%s'" }) };
static const struct rule access_rule = { .name = "access", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "mode", .type = VALUE_ENUM, .values = "shared|private" }) };
static const struct rule allocation_rule = { .name = "allocation", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "mode", .type = VALUE_ENUM, .values = "immediate|ondemand" },
                             { .name = "threads", .type = VALUE_POSITIVE }) };
const struct rule domain_memory_backing_rule = { .name = "memoryBacking", .flags = RULE_DROP_EMPTY,
    .children = CHILDREN(&hugepages_rule, &nosharepages_rule, &locked_rule, &backing_source_rule, &access_rule,
        &allocation_rule, &discard_rule) };

/* ---- <iothreadids> ---- */

static const struct rule iothread_rule = { .name = "iothread", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "id", .type = VALUE_POSITIVE, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "thread_pool_min", .type = VALUE_INT },
                             { .name = "thread_pool_max", .type = VALUE_INT }) };
const struct rule domain_iothread_ids_rule = { .name = "iothreadids", .flags = RULE_DROP_EMPTY,
    .children = CHILDREN(&iothread_rule) };

/* ---- <cputune> ---- */

struct number_range {
    const char *name;
    int64_t min, max;
};

static int finish_ranged(struct rule_context *context, const xmlNode *source, struct node *node)
{
    static const struct number_range ranges[] = {
        { "shares", 2, 262144 },
        { "period", 1000, 1000000 },
        { "global_period", 1000, 1000000 },
        { "emulator_period", 1000, 1000000 },
        { "iothread_period", 1000, 1000000 },
        { "quota", 1000, 17592186044415 },
        { "global_quota", 1000, 17592186044415 },
        { "emulator_quota", 1000, 17592186044415 },
        { "iothread_quota", 1000, 17592186044415 },
    };
    int64_t value;
    (void)context, (void)source;
    if (!node->text || str_to_int64(node->text, 10, &value) < 0)
        return FINISH_KEEP;
    for (size_t i = 0; i < array_size(ranges); i++)
        if (str_equal(ranges[i].name, node->name) && value > 0 && (value < ranges[i].min || value > ranges[i].max))
            return fail(VIR_ERR_CONFIG_UNSUPPORTED, "Value of cputune '%s' must be in range [%lld, %lld]", node->name,
                        (long long)ranges[i].min, (long long)ranges[i].max);
    return FINISH_KEEP;
}

#define TUNE(variable, element, value_type, what) \
    static const struct rule variable = { .name = element, .flags = RULE_DROP_EMPTY, .text = value_type, \
        .text_invalid = "X:can't parse cputune " what " value", .finish = finish_ranged }

TUNE(shares_rule, "shares", VALUE_UINT64, "shares");
TUNE(period_rule, "period", VALUE_UINT64, "period");
TUNE(quota_rule, "quota", VALUE_INT64, "quota");
TUNE(global_period_rule, "global_period", VALUE_UINT64, "global period");
TUNE(global_quota_rule, "global_quota", VALUE_INT64, "global quota");
TUNE(emulator_period_rule, "emulator_period", VALUE_UINT64, "emulator period");
TUNE(emulator_quota_rule, "emulator_quota", VALUE_INT64, "emulator quota");
TUNE(iothread_period_rule, "iothread_period", VALUE_UINT64, "iothread period");
TUNE(iothread_quota_rule, "iothread_quota", VALUE_INT64, "iothread quota");

static const struct rule vcpupin_rule = { .name = "vcpupin", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "vcpu", .type = VALUE_UINT, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "cpuset", .type = VALUE_CPUSET, .flags = ATTRIBUTE_REQUIRED,
                               .missing = "I:missing cpuset for vcpupin" }) };
static const struct rule emulatorpin_rule = { .name = "emulatorpin",
    .attributes = ATTRIBUTES({ .name = "cpuset", .type = VALUE_CPUSET, .flags = ATTRIBUTE_REQUIRED,
                               .missing = "I:missing cpuset for emulatorpin" }) };
static const struct rule iothreadpin_rule = { .name = "iothreadpin", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "iothread", .type = VALUE_POSITIVE, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "cpuset", .type = VALUE_CPUSET, .flags = ATTRIBUTE_REQUIRED,
                               .missing = "I:missing cpuset for iothreadpin" }) };
#define SCHEDULER_ATTRIBUTES \
    { .name = "scheduler", .type = VALUE_ENUM, .values = "batch|idle|fifo|rr", .flags = ATTRIBUTE_REQUIRED }, \
    { .name = "priority", .type = VALUE_INT, .when = "scheduler=fifo|rr", .flags = ATTRIBUTE_REQUIRED }
static const struct rule vcpusched_rule = { .name = "vcpusched", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "vcpus", .type = VALUE_CPUSET, .flags = ATTRIBUTE_REQUIRED },
                             SCHEDULER_ATTRIBUTES) };
static const struct rule iothreadsched_rule = { .name = "iothreadsched", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "iothreads", .type = VALUE_CPUSET, .flags = ATTRIBUTE_REQUIRED },
                             SCHEDULER_ATTRIBUTES) };
static const struct rule emulatorsched_rule = { .name = "emulatorsched",
    .attributes = ATTRIBUTES(SCHEDULER_ATTRIBUTES) };
static const struct rule cachetune_rule = { .name = "cachetune", .flags = RULE_MANY | RULE_KEEP };
static const struct rule memorytune_rule = { .name = "memorytune", .flags = RULE_MANY | RULE_KEEP };

static unsigned int pin_number(const struct node *pin)
{
    unsigned int number = 0;
    str_to_uint(node_get(pin, "vcpu"), &number);
    return number;
}

/* Pins print by virtual CPU; a pin of a CPU that the domain lacks is dropped. */
static int finish_cputune(struct rule_context *context, const xmlNode *source, struct node *node)
{
    const xmlNode *vcpu = document_child(source->parent, "vcpu");
    auto_with(xmlFree_) xmlChar *text = NULL;
    unsigned int count = 1;
    (void)context;
    if (vcpu && document_text(vcpu, &text) < 0)
        return -1;
    if (text)
        str_to_uint((const char *)text, &count);
    struct node *sorted = NULL, **end = &sorted, *pin;
    while ((pin = node_find(node, "vcpupin"))) {
        for (struct node *at = node_next(pin); at; at = node_next(at))
            if (pin_number(at) < pin_number(pin))
                pin = at;
        node_remove(pin);
        if (pin_number(pin) < count) {
            *end = pin;
            end = &pin->next;
        }
    }
    while ((pin = sorted)) {
        sorted = pin->next;
        pin->next = NULL;
        node_insert(node, pin);
    }
    return FINISH_KEEP;
}

const struct rule domain_cputune_rule = { .name = "cputune", .flags = RULE_DROP_EMPTY, .finish = finish_cputune,
    .children = CHILDREN(&shares_rule, &period_rule, &quota_rule, &global_period_rule, &global_quota_rule,
        &emulator_period_rule, &emulator_quota_rule, &iothread_period_rule, &iothread_quota_rule, &vcpupin_rule,
        &emulatorpin_rule, &iothreadpin_rule, &vcpusched_rule, &iothreadsched_rule, &emulatorsched_rule,
        &cachetune_rule, &memorytune_rule) };

/* ---- <numatune> ---- */

static int finish_numatune_memory(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)source;
    if (node_get(node, "nodeset"))
        node_unset(node, "placement");
    else if (!node_get(node, "placement"))
        return FINISH_DROP;
    else if (node_is(node, "placement", "static"))
        return rule_complain("U:nodeset for NUMA memory tuning must be set if 'placement' is 'static'", "");
    if (!node_get(node, "mode") && node_set(context->arena, node, "mode", "strict") < 0)
        return fail_no_memory();
    return FINISH_KEEP;
}

static const struct rule numatune_memory_rule = { .name = "memory", .finish = finish_numatune_memory,
    .attributes = ATTRIBUTES({ .name = "mode", .type = VALUE_ENUM, .values = "strict|preferred|interleave|restrictive",
                               .invalid = "U:Unsupported NUMA memory tuning mode '%s'" },
                             { .name = "nodeset", .type = VALUE_CPUSET },
                             { .name = "placement", .type = VALUE_ENUM, .values = "static|auto",
                               .invalid = "U:Unsupported NUMA memory placement mode '%s'" }) };
static const struct rule memnode_rule = { .name = "memnode", .flags = RULE_MANY,
    .attributes = ATTRIBUTES({ .name = "cellid", .type = VALUE_UINT, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "mode", .type = VALUE_ENUM, .values = "strict|preferred|interleave|restrictive",
                               .fallback = "strict" },
                             { .name = "nodeset", .type = VALUE_CPUSET, .flags = ATTRIBUTE_REQUIRED }) };
const struct rule domain_numatune_rule = { .name = "numatune", .flags = RULE_DROP_EMPTY,
    .children = CHILDREN(&numatune_memory_rule, &memnode_rule) };
