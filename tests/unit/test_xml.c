/* SPDX-License-Identifier: MIT
 * Documents without a peer: limits, hostile input, overflow, absent optional elements, copies, metadata, the scalar
 * types. What stock answers is compared in tests/xml.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "xml/document.h"
#include "xml/domain.h"
#include "xml/value.h"

#undef fail /* cmocka has its own */
#include <cmocka.h>

#define UUID "<uuid>7c1a1a94-3a0b-4d6b-9a52-0d5d1f3f1c01</uuid>"
#define OPEN "<domain type='test'><name>guest</name>" UUID "<memory>8192</memory><os><type>hvm</type></os>"
#define CLOSE "</domain>"

static struct domain_def *parse(const char *xml)
{
    error_reset();
    return domain_def_parse(xml, DOMAIN_PARSE_DEFINE);
}

static void assert_refused(const char *xml, int code, const char *text)
{
    auto_with(domain_def_free) struct domain_def *def = parse(xml);
    assert_null(def);
    assert_int_equal(error_slot()->code, code);
    if (text)
        assert_non_null(strstr(error_slot()->detail, text));
    error_reset();
}

static void assert_same_again(const struct domain_def *def)
{
    auto_free char *once = domain_def_format(def, -1, VIR_DOMAIN_XML_SECURE);
    assert_non_null(once);
    auto_with(domain_def_free) struct domain_def *again = parse(once);
    assert_non_null(again);
    auto_free char *twice = domain_def_format(again, -1, VIR_DOMAIN_XML_SECURE);
    assert_string_equal(once, twice);
}

/* `count` times `unit` between head and tail. */
static char *repeat(const char *head, const char *unit, size_t count, const char *tail)
{
    struct buf text = BUF_INIT;
    buf_adds(&text, head);
    for (size_t i = 0; i < count; i++)
        buf_adds(&text, unit);
    buf_adds(&text, tail);
    char *result = buf_take(&text);
    assert_non_null(result);
    return result;
}

/* ---- fields ---- */

static void test_fields(void **state)
{
    (void)state;
    auto_with(domain_def_free) struct domain_def *def = parse(
        "<domain type='kvm' id='7'><name>guest</name>" UUID "<memory unit='MiB'>2</memory>"
        "<currentMemory>1024</currentMemory><vcpu current='2'>4</vcpu><title>t</title><description>d</description>"
        "<os><type arch='x86_64' machine='q35'>hvm</type></os><on_crash>coredump-restart</on_crash></domain>");
    assert_non_null(def);
    assert_string_equal(def->name, "guest");
    assert_int_equal(def->uuid[0], 0x7c);
    assert_int_equal(def->id, -1);
    assert_string_equal(def->virt_type, "kvm");
    assert_string_equal(def->os_type, "hvm");
    assert_string_equal(def->arch, "x86_64");
    assert_string_equal(def->machine, "q35");
    assert_string_equal(def->title, "t");
    assert_string_equal(def->description, "d");
    assert_int_equal(def->max_memory_kib, 2048);
    assert_int_equal(def->memory_kib, 1024);
    assert_int_equal(def->max_vcpus, 4);
    assert_int_equal(def->vcpus, 2);
    assert_int_equal(def->on_poweroff, DOMAIN_ACTION_DESTROY);
    assert_int_equal(def->on_reboot, DOMAIN_ACTION_RESTART);
    assert_int_equal(def->on_crash, DOMAIN_ACTION_COREDUMP_RESTART);
    assert_same_again(def);
}

static void test_fields_win_over_the_document(void **state)
{
    (void)state;
    auto_with(domain_def_free) struct domain_def *def = parse(OPEN "<vcpu>4</vcpu>" CLOSE);
    assert_non_null(def);
    def->memory_kib = 77;
    def->max_memory_kib = 88;
    def->vcpus = 3;
    def->on_reboot = DOMAIN_ACTION_PRESERVE;
    auto_free char *text = domain_def_format(def, 5, 0);
    assert_non_null(strstr(text, "<domain type='test' id='5'>"));
    assert_non_null(strstr(text, "<memory unit='KiB'>88</memory>"));
    assert_non_null(strstr(text, "<currentMemory unit='KiB'>77</currentMemory>"));
    assert_non_null(strstr(text, "<vcpu placement='static' current='3'>4</vcpu>"));
    assert_non_null(strstr(text, "<on_reboot>preserve</on_reboot>"));
    auto_free char *inactive = domain_def_format(def, 5, VIR_DOMAIN_XML_INACTIVE);
    assert_null(strstr(inactive, "id='5'"));
}

static void test_id_of_live_documents(void **state)
{
    (void)state;
    static const char xml[] = "<domain type='test' id='12'><name>guest</name><memory>1</memory>"
                              "<os><type>hvm</type></os></domain>";
    error_reset();
    auto_with(domain_def_free) struct domain_def *live = domain_def_parse(xml, DOMAIN_PARSE_LIVE);
    auto_with(domain_def_free) struct domain_def *inactive = domain_def_parse(xml, 0);
    assert_non_null(live);
    assert_non_null(inactive);
    assert_int_equal(live->id, 12);
    assert_int_equal(inactive->id, -1);
}

static void test_random_parts_differ(void **state)
{
    (void)state;
    static const char xml[] = "<domain type='test'><name>guest</name><memory>1</memory>"
                              "<os><type>hvm</type></os></domain>";
    auto_with(domain_def_free) struct domain_def *one = parse(xml);
    auto_with(domain_def_free) struct domain_def *two = parse(xml);
    assert_non_null(one);
    assert_non_null(two);
    assert_memory_not_equal(one->uuid, two->uuid, UUID_LENGTH);
}

/* ---- every optional element alone, and what is missing ---- */

static void test_each_optional_element_alone(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "", "<title>t</title>", "<description>d</description>", "<metadata><a xmlns='urn:a'/></metadata>",
        "<currentMemory>1</currentMemory>", "<maxMemory slots='1'>9000</maxMemory>", "<vcpu>2</vcpu>",
        "<iothreads>1</iothreads>", "<cputune><shares>100</shares></cputune>", "<features><acpi/></features>",
        "<memtune><hard_limit>1</hard_limit></memtune>", "<blkiotune><weight>500</weight></blkiotune>",
        "<numatune><memory nodeset='0'/></numatune>", "<memoryBacking><locked/></memoryBacking>",
        "<resource><partition>/a</partition></resource>", "<bootloader>/b</bootloader>",
        "<cpu mode='host-model'/>", "<clock offset='localtime'/>", "<on_poweroff>restart</on_poweroff>",
        "<on_lockfailure>pause</on_lockfailure>", "<pm><suspend-to-mem enabled='yes'/></pm>",
        "<perf><event name='cmt' enabled='no'/></perf>", "<seclabel type='none'/>",
        "<sysinfo type='smbios'/>", "<keywrap><cipher name='aes' state='on'/></keywrap>",
        "<devices><emulator>/e</emulator></devices>", "<devices><memballoon model='virtio'/></devices>",
        "<devices><disk><source file='/a'/><target dev='vda'/></disk></devices>",
        "<devices><serial/></devices>", "<devices><graphics type='vnc'/></devices>",
    };
    for (size_t i = 0; i < array_size(parts); i++) {
        auto_free char *xml = repeat(OPEN, parts[i], 1, CLOSE);
        auto_with(domain_def_free) struct domain_def *def = parse(xml);
        if (!def)
            print_error("%s: %s\n", parts[i], error_slot()->detail);
        assert_non_null(def);
        assert_same_again(def);
    }
}

static void test_missing_parts(void **state)
{
    (void)state;
    assert_refused("<domain type='test'><memory>1</memory><os><type>hvm</type></os></domain>", VIR_ERR_NO_NAME, NULL);
    assert_refused("<domain><name>a</name><memory>1</memory><os><type>hvm</type></os></domain>",
                   VIR_ERR_INTERNAL_ERROR, "missing domain type attribute");
    assert_refused("<domain type='test'><name>a</name><memory>1</memory></domain>", VIR_ERR_XML_ERROR, "os <type>");
    assert_refused("<domain type='test'><name>a</name><os><type>hvm</type></os></domain>", VIR_ERR_XML_ERROR,
                   "Memory size must be specified");
}

static void test_not_modelled_is_kept_in_place(void **state)
{
    (void)state;
    auto_with(domain_def_free) struct domain_def *def = parse(
        OPEN "<cputune><cachetune vcpus='0'><cache id=\"0\" note='&lt;&apos;'/>\n<monitor/></cachetune></cputune>"
        CLOSE);
    assert_non_null(def);
    auto_free char *text = domain_def_format(def, -1, 0);
    assert_non_null(strstr(text, "    <cachetune vcpus='0'>\n      <cache id='0' note='&lt;&apos;'/>\n"
                                 "      <monitor/>\n"
                                 "    </cachetune>\n"));
}

/* ---- limits ---- */

static void test_depth(void **state)
{
    (void)state;
    auto_free char *fine = repeat(OPEN, "<a>", DOCUMENT_MAX_DEPTH - 1, "");
    auto_free char *fine_end = repeat(fine, "</a>", DOCUMENT_MAX_DEPTH - 1, CLOSE);
    auto_with(domain_def_free) struct domain_def *def = parse(fine_end);
    assert_non_null(def);
    auto_free char *deep = repeat(OPEN, "<a>", DOCUMENT_MAX_DEPTH, "");
    auto_free char *deep_end = repeat(deep, "</a>", DOCUMENT_MAX_DEPTH, CLOSE);
    assert_refused(deep_end, VIR_ERR_XML_ERROR, "nested deeper than 128");
    auto_free char *abyss = repeat(OPEN, "<a>", 10000, "");
    assert_refused(abyss, VIR_ERR_XML_ERROR, "nested deeper than 128");
}

static void test_size(void **state)
{
    (void)state;
    auto_free char *blanks = repeat(OPEN, "          ", DOCUMENT_MAX_BYTES / 10, CLOSE);
    assert_refused(blanks, VIR_ERR_XML_ERROR, "longer than 4194304 bytes");
    auto_free char *elements = repeat(OPEN, "<a/>", DOCUMENT_MAX_ELEMENTS, CLOSE);
    assert_refused(elements, VIR_ERR_XML_ERROR, "more than 65536 elements");
}

static void test_siblings(void **state)
{
    (void)state;
    auto_free char *fine = repeat(OPEN "<devices>", "<controller/>", 4096, "</devices>" CLOSE);
    auto_with(domain_def_free) struct domain_def *def = parse(fine);
    assert_non_null(def);
    auto_free char *many = repeat(OPEN "<devices>", "<controller/>", 4097, "</devices>" CLOSE);
    assert_refused(many, VIR_ERR_XML_ERROR, "more than 4096 elements 'controller' in 'devices'");
}

static void test_attributes(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    buf_adds(&text, "<domain");
    for (int i = 0; i < DOCUMENT_MAX_ATTRIBUTES + 1; i++)
        buf_addf(&text, " a%d='x > y = z'", i);
    buf_adds(&text, "/>");
    auto_free char *xml = buf_take(&text);
    assert_refused(xml, VIR_ERR_XML_ERROR, "more than 256 attributes");
    auto_free char *namespaces = repeat(OPEN, "<a xmlns:x='u'/>", DOCUMENT_MAX_NAMESPACES + 1, CLOSE);
    assert_refused(namespaces, VIR_ERR_XML_ERROR, "namespace declarations");
    auto_free char *comment = repeat(OPEN "<!-- <a ", "x=1 ", 1000, "-->" CLOSE);
    auto_with(domain_def_free) struct domain_def *def = parse(comment);
    assert_non_null(def);
}

/* ---- entities and files ---- */

static void test_entities(void **state)
{
    (void)state;
    assert_refused("<!DOCTYPE domain [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>"
                   "<domain type='test'><name>&c;</name></domain>", VIR_ERR_XML_ERROR, "DOCTYPE");
    assert_refused("<!DOCTYPE domain [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><domain type='test'><name>&a;</name>"
                   "</domain>", VIR_ERR_XML_ERROR, "DOCTYPE");
    assert_refused("<!DOCTYPE domain [<!ENTITY % a SYSTEM 'http://127.0.0.1:1/x'> %a;]><domain/>", VIR_ERR_XML_ERROR,
                   "DOCTYPE");
    assert_refused("<!DOCTYPE domain [<!ATTLIST domain type CDATA 'test'>]><domain/>", VIR_ERR_XML_ERROR, "DOCTYPE");
    assert_refused("<!DOCTYPE domain [<!ELEMENT domain ANY>]><domain/>", VIR_ERR_XML_ERROR, "DOCTYPE");
    assert_refused("<!DOCTYPE domain [<!NOTATION n SYSTEM 'x'>]><domain/>", VIR_ERR_XML_ERROR, "DOCTYPE");
    /* an external subset is named but never opened */
    auto_with(domain_def_free) struct domain_def *def =
        parse("<!DOCTYPE domain SYSTEM 'file:///nonexistent.dtd'>" OPEN CLOSE);
    assert_non_null(def);
    assert_refused(OPEN "<title>&nosuch;</title>" CLOSE, VIR_ERR_XML_DETAIL, "Entity 'nosuch' not defined");
}

static void test_every_cut(void **state)
{
    (void)state;
    static const char xml[] = "<?xml version='1.0'?><!-- c -->"
        OPEN "<metadata><a:x xmlns:a='urn:a' b='&lt;'/></metadata>"
        "<devices><disk><source file='/a'/><target dev='vda'/></disk><graphics type='vnc' passwd='p'/></devices>" CLOSE;
    for (size_t length = 0; length < sizeof xml - 1; length++) {
        auto_free char *cut = strndup(xml, length);
        assert_refused(cut, VIR_ERR_XML_DETAIL, "(domain_definition):1: ");
    }
}

static void test_every_changed_byte(void **state)
{
    (void)state;
    static const char xml[] = OPEN "<vcpu cpuset='0-3'>4</vcpu><cpu><numa><cell cpus='0-3' memory='5'/></numa></cpu>"
        "<devices><disk><source file='/a'/><target dev='sda'/><address type='drive' unit='3'/></disk>"
        "<interface type='user'/><console/></devices>" CLOSE;
    static const char bytes[] = "\x01\x80\xff<>&'=/-9Z";
    for (size_t at = 0; at < sizeof xml - 1; at++)
        for (size_t i = 0; i < sizeof bytes - 1; i++) {
            auto_free char *changed = strdup(xml);
            changed[at] = bytes[i];
            auto_with(domain_def_free) struct domain_def *def = parse(changed);
            if (def)
                assert_same_again(def);
            else
                assert_int_not_equal(error_slot()->code, 0);
        }
}

/* ---- numbers ---- */

static void test_overflow(void **state)
{
    (void)state;
    assert_refused("<domain type='test'><name>a</name><memory>9007199254740992</memory>"
                   "<os><type>hvm</type></os></domain>",
                   VIR_ERR_OVERFLOW, "value too large: 9007199254740992");
    assert_refused("<domain type='test'><name>a</name><memory unit='EiB'>18446744073709551615</memory>"
                   "<os><type>hvm</type></os></domain>", VIR_ERR_OVERFLOW, "EiB");
    assert_refused(OPEN "<vcpu>4294967296</vcpu>" CLOSE, VIR_ERR_XML_ERROR, "must be an integer");
    assert_refused(OPEN "<vcpu>-1</vcpu>" CLOSE, VIR_ERR_XML_ERROR, "must be an integer");
    assert_refused(OPEN "<vcpu cpuset='0-4294967295'>1</vcpu>" CLOSE, VIR_ERR_INVALID_ARG, "bitmap");
    assert_refused(OPEN "<devices><disk><source file='/a'/><target dev='sda'/><address type='drive' "
                   "controller='4294967295'/></disk></devices>" CLOSE, VIR_ERR_XML_ERROR, NULL);
    assert_refused(OPEN "<devices><disk><source file='/a'/><target dev='sda'/><address type='drive' "
                   "controller='2000000000'/></disk></devices>" CLOSE, VIR_ERR_XML_ERROR, "beyond the limit");
    assert_refused(OPEN "<cpu><numa><cell cpus='0' memory='18446744073709551615'/></numa></cpu>" CLOSE,
                   VIR_ERR_OVERFLOW, NULL);
}

static void test_sizes(void **state)
{
    (void)state;
    static const struct { const char *number, *unit; uint64_t kib; } good[] = {
        { "1", NULL, 1 }, { "1", "", 1 }, { " +5", NULL, 5 }, { "1", "b", 1 }, { "1025", "bytes", 2 },
        { "7", "KB", 7 }, { "7", "MB", 6836 }, { "7", "mib", 7168 }, { "7", "E", 7881299347898368 },
    };
    static const char *const bad[] = { "", "x", "-1", "8 ", "8.5", "0x10", "99999999999999999999999" };
    uint64_t kib;
    for (size_t i = 0; i < array_size(good); i++) {
        assert_int_equal(value_size_kib(good[i].number, good[i].unit, 1024, "x", &kib), 0);
        assert_int_equal(kib, good[i].kib);
    }
    for (size_t i = 0; i < array_size(bad); i++) {
        error_reset();
        assert_int_equal(value_size_kib(bad[i], NULL, 1024, "x", &kib), -1);
    }
    error_reset();
}

static void test_cpusets(void **state)
{
    (void)state;
    static const char *const bad[] = { "", " ", ",", "1,", "5-2", "^1", "1,^1x", "1-", "-1", "128", "0-128", "a",
        "1 2" };
    unsigned char bitmap[16];
    assert_int_equal(value_cpuset("0-3,^2, 9", bitmap, 128), 0);
    assert_int_equal(bitmap[0], 0x0b);
    assert_int_equal(bitmap[1], 0x02);
    for (size_t i = 0; i < array_size(bad); i++)
        assert_int_equal(value_cpuset(bad[i], bitmap, 128), -1);
}

/* ---- copies, secrets, metadata ---- */

static void test_copy(void **state)
{
    (void)state;
    auto_with(domain_def_free) struct domain_def *def = parse(
        OPEN "<title>t</title><description>d</description><metadata><a xmlns='urn:a'/></metadata>"
        "<devices><graphics type='vnc' passwd='s3cret'/></devices>" CLOSE);
    assert_non_null(def);
    auto_with(domain_def_free) struct domain_def *copy = domain_def_copy(def);
    assert_non_null(copy);
    auto_free char *before = domain_def_format(def, 3, VIR_DOMAIN_XML_SECURE);
    domain_def_free(steal(def));
    auto_free char *after = domain_def_format(copy, 3, VIR_DOMAIN_XML_SECURE);
    assert_string_equal(before, after);
    assert_non_null(strstr(after, "s3cret"));
    auto_free char *shown = domain_def_format(copy, 3, 0);
    assert_null(strstr(shown, "s3cret"));
}

static void test_title_and_description(void **state)
{
    (void)state;
    auto_with(domain_def_free) struct domain_def *def = parse(OPEN CLOSE);
    error_reset();
    assert_int_equal(domain_def_set_title(def, "a & b"), 0);
    assert_int_equal(domain_def_set_description(def, "two\nlines"), 0);
    auto_free char *text = domain_def_format(def, -1, 0);
    assert_non_null(strstr(text, "  <title>a &amp; b</title>\n  <description>two\nlines</description>\n"));
    assert_int_equal(domain_def_set_title(def, "a\nb"), -1);
    assert_int_equal(error_slot()->code, VIR_ERR_INVALID_ARG);
    assert_string_equal(def->title, "a & b");
    error_reset();
    assert_int_equal(domain_def_set_title(def, ""), 0);
    assert_null(def->title);
}

static void test_metadata(void **state)
{
    (void)state;
    auto_with(domain_def_free) struct domain_def *def = parse(OPEN CLOSE);
    char *text = NULL;
    error_reset();
    assert_int_equal(domain_def_get_metadata(def, "urn:a", &text), -1);
    assert_int_equal(error_slot()->code, VIR_ERR_NO_DOMAIN_METADATA);
    error_reset();
    assert_int_equal(domain_def_set_metadata(def, "<x a='1'><y/>t</x>", "k", "urn:a"), 0);
    assert_int_equal(domain_def_set_metadata(def, "<p:x xmlns:p='urn:c'><p:y/><n xmlns='urn:d'/></p:x>", "q",
        "urn:c"), 0);
    auto_free char *shown = domain_def_format(def, -1, 0);
    assert_non_null(strstr(shown, "  <metadata>\n    <k:x xmlns:k=\"urn:a\" a=\"1\"><k:y/>t</k:x>\n"
                                  "    <p:x xmlns:p=\"urn:c\" xmlns:q=\"urn:c\">\n      <p:y/>\n"
                                  "      <n xmlns=\"urn:d\"/>\n"
                                  "    </p:x>\n  </metadata>\n"));
    assert_int_equal(domain_def_get_metadata(def, "urn:a", &text), 0);
    assert_string_equal(text, "<x a=\"1\"><y/>t</x>");
    free(text);
    assert_int_equal(domain_def_get_metadata(def, "urn:c", &text), 0);
    assert_string_equal(text, "<x xmlns:q=\"urn:c\">\n  <y/>\n  <n xmlns=\"urn:d\"/>\n</x>");
    free(text);
    assert_int_equal(domain_def_set_metadata(def, "<new>", "k", "urn:a"), -1);
    assert_int_equal(error_slot()->code, VIR_ERR_XML_DETAIL);
    error_reset();
    assert_same_again(def);
    assert_int_equal(domain_def_set_metadata(def, NULL, NULL, "urn:a"), 0);
    assert_int_equal(domain_def_set_metadata(def, NULL, NULL, "urn:c"), 0);
    auto_free char *empty = domain_def_format(def, -1, 0);
    assert_non_null(strstr(empty, "  <metadata/>\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields), cmocka_unit_test(test_fields_win_over_the_document),
        cmocka_unit_test(test_id_of_live_documents), cmocka_unit_test(test_random_parts_differ),
        cmocka_unit_test(test_each_optional_element_alone), cmocka_unit_test(test_missing_parts),
        cmocka_unit_test(test_not_modelled_is_kept_in_place), cmocka_unit_test(test_depth),
        cmocka_unit_test(test_size), cmocka_unit_test(test_siblings),
        cmocka_unit_test(test_attributes), cmocka_unit_test(test_entities),
        cmocka_unit_test(test_every_cut), cmocka_unit_test(test_every_changed_byte), cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_sizes), cmocka_unit_test(test_cpusets), cmocka_unit_test(test_copy),
        cmocka_unit_test(test_title_and_description), cmocka_unit_test(test_metadata),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
