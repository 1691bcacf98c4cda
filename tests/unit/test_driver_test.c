/* SPDX-License-Identifier: MIT
 * The test driver through the chokepoint: every call goes through invoke() on a connection made by conn_open(), as a
 * local or remote client's would. Expected values and texts are what stock libvirt 9.0 answers to the same calls.
 */
#include "driver_client.h"

const struct driver *const drivers[] = { &test_driver, NULL };

#define DOMAIN_XML(name, uuid, more)                                                                            \
    "<domain type='test'><name>" name "</name><uuid>" uuid "</uuid><memory>8192</memory>"                      \
    "<currentMemory>4096</currentMemory><os><type>hvm</type></os>" more "</domain>"
#define UUID_A "11111111-2222-3333-4444-555555555555"
#define UUID_B "11111111-2222-3333-4444-666666666666"

#define EVENT(name_, id_, event_, detail_) { .name = name_, .id = id_, .event = event_, .detail = detail_ }
#define ASSERT_EVENTS(client, ...)                              \
    do {                                                        \
        static const struct seen expected[] = { __VA_ARGS__ };  \
        assert_events(client, expected, array_size(expected));  \
    } while (0)

/* ---- connections ---- */

static void test_open(void **state)
{
    static const char *const no_path[] = { "test:///", "test://", "test:" };
    struct client client;
    (void)state;
    for (size_t i = 0; i < array_size(no_path); i++) {
        assert_int_equal(client_try_open(&client, no_path[i], 0), -1);
        assert_error(&client, VIR_ERR_INVALID_ARG, VIR_FROM_TEST,
                     "invalid argument: testOpen: supply a path or use test:///default");
        client_close(&client);
    }
    assert_int_equal(client_try_open(&client, "test:///nope", 0), -1);
    assert_int_equal(error_slot()->code, VIR_ERR_XML_ERROR);
    assert_non_null(strstr(error_slot()->detail, "failed to parse xml document '/nope'"));
    client_close(&client);
    assert_int_equal(client_try_open(&client, "test:///default?x=1", 0), 0);
    client_close(&client);
}

static void test_host_is_shared_until_last_close(void **state)
{
    struct client first, second;
    (void)state;
    client_open(&first);
    client_open(&second);
    struct wire_domain dom = look_up(&first, "test");
    act(&first, PROC_DOMAIN_SUSPEND, &dom);
    assert_state(&second, &dom, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
    client_close(&first);
    assert_state(&second, &dom, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
    client_close(&second);
    client_open(&first);
    assert_state(&first, &dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNKNOWN);
    client_close(&first);
}

static void test_read_only(void **state)
{
    struct client client;
    (void)state;
    assert_int_equal(client_try_open(&client, "test:///default", VIR_CONNECT_RO), 0);
    struct wire_domain dom = look_up(&client, "test");
    act_fails(&client, PROC_DOMAIN_SUSPEND, &dom, 0, VIR_ERR_OPERATION_DENIED, VIR_FROM_DOMAIN,
              "operation forbidden: read only access prevents virDomainSuspend");
    act_fails(&client, PROC_DOMAIN_GET_XML_DESC, &dom, VIR_DOMAIN_XML_SECURE, VIR_ERR_OPERATION_DENIED, VIR_FROM_DOMAIN,
              "operation forbidden: virDomainGetXMLDesc with secure flag");
    assert_non_null(xml_of(&client, &dom, 0));
    assert_state(&client, &dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNKNOWN);
    client_close(&client);
}

/* ---- the host ---- */

static void test_host(void **state)
{
    struct client client;
    struct node_get_info_ret info;
    struct connect_get_capabilities_ret capabilities;
    struct connect_get_version_ret version;
    struct node_get_security_model_ret model;
    (void)state;
    client_open(&client);
    call_ok(&client, PROC_NODE_GET_INFO, NULL, &info);
    assert_string_equal(info.model, "i686");
    assert_int_equal(info.memory, 3145728);
    assert_int_equal(info.cpus, 16);
    assert_int_equal(info.mhz, 1400);
    call_ok(&client, PROC_CONNECT_GET_VERSION, NULL, &version);
    assert_int_equal(version.hv_ver, 2);
    call_ok(&client, PROC_CONNECT_GET_CAPABILITIES, NULL, &capabilities);
    assert_non_null(strstr(capabilities.capabilities,
                           "<cpu id='15' socket_id='1' die_id='0' core_id='7' siblings='15'/>"));
    call_ok(&client, PROC_NODE_GET_SECURITY_MODEL, NULL, &model);
    assert_int_equal(model.model.length, sizeof "testSecurity");
    assert_string_equal(model.model.items, "testSecurity");
    assert_int_equal(model.doi.length, 1);
    client_close(&client);
}

static void test_cells(void **state)
{
    struct client client;
    struct node_get_cells_free_memory_args args = { .startCell = 1, .maxcells = 5 };
    struct node_get_cells_free_memory_ret ret;
    (void)state;
    client_open(&client);
    call_ok(&client, PROC_NODE_GET_CELLS_FREE_MEMORY, &args, &ret);
    assert_int_equal(ret.cells.length, 1);
    assert_int_equal(ret.cells.items[0], 4194304);
    args.startCell = 2;
    call_fails(&client, PROC_NODE_GET_CELLS_FREE_MEMORY, &args, VIR_ERR_INVALID_ARG, VIR_FROM_TEST,
               "invalid argument: Range exceeds available cells");
    client_close(&client);
}

static void test_default_domain(void **state)
{
    struct client client;
    struct domain_lookup_by_id_args by_id = { .id = 1 };
    struct domain_lookup_by_id_ret ret;
    struct domain_get_info_ret info;
    char uuid[UUID_STRING_SIZE];
    (void)state;
    client_open(&client);
    call_ok(&client, PROC_DOMAIN_LOOKUP_BY_ID, &by_id, &ret);
    uuid_format(ret.dom.uuid, uuid);
    assert_string_equal(ret.dom.name, "test");
    assert_string_equal(uuid, "6695eb01-f6a4-8304-79aa-97f2502e193f");
    struct domain_get_info_args args = { .dom = ret.dom };
    call_ok(&client, PROC_DOMAIN_GET_INFO, &args, &info);
    assert_int_equal(info.state, VIR_DOMAIN_RUNNING);
    assert_int_equal(info.maxMem, 8388608);
    assert_int_equal(info.memory, 2097152);
    assert_int_equal(info.nrVirtCpu, 2);
    const char *xml = xml_of(&client, &ret.dom, 0);
    assert_non_null(strstr(xml, "<domain type='test' id='1'>\n  <name>test</name>\n"));
    assert_non_null(strstr(xml, "      <target dev='testnet0'/>\n"));
    assert_non_null(strstr(xml_of(&client, &ret.dom, VIR_DOMAIN_XML_INACTIVE), "<domain type='test'>\n"));
    client_close(&client);
}

/* ---- life cycle ---- */

static void test_persistent_life(void **state)
{
    struct client client;
    (void)state;
    client_open(&client);
    watch(&client, VIR_DOMAIN_EVENT_ID_LIFECYCLE);
    struct wire_domain dom = define(&client, DOMAIN_XML("a", UUID_A, ""));
    assert_state(&client, &dom, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_UNKNOWN);
    act(&client, PROC_DOMAIN_CREATE, &dom);
    act_fails(&client, PROC_DOMAIN_CREATE, &dom, 0, VIR_ERR_INTERNAL_ERROR, VIR_FROM_TEST,
              "internal error: Domain 'a' is already running");
    act(&client, PROC_DOMAIN_SUSPEND, &dom);
    act_fails(&client, PROC_DOMAIN_SUSPEND, &dom, 0, VIR_ERR_INTERNAL_ERROR, VIR_FROM_TEST,
              "internal error: domain 'a' not running");
    act(&client, PROC_DOMAIN_RESUME, &dom);
    assert_state(&client, &dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED);
    act(&client, PROC_DOMAIN_REBOOT, &dom);
    assert_state(&client, &dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED);
    act(&client, PROC_DOMAIN_SHUTDOWN, &dom);
    assert_state(&client, &dom, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SHUTDOWN);
    act_fails(&client, PROC_DOMAIN_DESTROY, &dom, 0, VIR_ERR_OPERATION_INVALID, VIR_FROM_DOMAIN,
              "Requested operation is not valid: domain is not running");
    act(&client, PROC_DOMAIN_CREATE, &dom);
    act(&client, PROC_DOMAIN_UNDEFINE, &dom);
    act(&client, PROC_DOMAIN_DESTROY, &dom);
    act_fails(&client, PROC_DOMAIN_GET_STATE, &dom, 0, VIR_ERR_NO_DOMAIN, VIR_FROM_TEST,
              "Domain not found: no domain with matching uuid '" UUID_A "' (a)");
    ASSERT_EVENTS(&client, EVENT("a", -1, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_ADDED),
                  EVENT("a", 2, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED),
                  EVENT("a", 2, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED),
                  EVENT("a", 2, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED),
                  EVENT("a", -1, VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN),
                  EVENT("a", 3, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED),
                  EVENT("a", 3, VIR_DOMAIN_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED_REMOVED),
                  EVENT("a", -1, VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED));
    client_close(&client);
}

static void test_transient_life(void **state)
{
    struct client client;
    struct domain_create_xml_args args = { .xml_desc = (char *)DOMAIN_XML("t", UUID_A, "") };
    struct domain_create_xml_ret ret;
    (void)state;
    client_open(&client);
    watch(&client, VIR_DOMAIN_EVENT_ID_LIFECYCLE);
    call_ok(&client, PROC_DOMAIN_CREATE_XML, &args, &ret);
    assert_int_equal(ret.dom.id, 2);
    call_fails(&client, PROC_DOMAIN_CREATE_XML, &args, VIR_ERR_OPERATION_INVALID, VIR_FROM_DOMAIN,
               "Requested operation is not valid: domain 't' is already active");
    act_fails(&client, PROC_DOMAIN_MANAGED_SAVE, &ret.dom, 0, VIR_ERR_OPERATION_INVALID, VIR_FROM_TEST,
              "Requested operation is not valid: cannot do managed save for transient domain");
    act_fails(&client, PROC_DOMAIN_GET_VCPUS_FLAGS, &ret.dom, VIR_DOMAIN_AFFECT_CONFIG, VIR_ERR_OPERATION_INVALID,
              VIR_FROM_DOMAIN, "Requested operation is not valid: transient domains do not have any persistent config");
    act(&client, PROC_DOMAIN_DESTROY, &ret.dom);
    ASSERT_EVENTS(&client, EVENT("t", 2, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED),
                  EVENT("t", 2, VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED));
    client_close(&client);
}

static void test_define_over_transient(void **state)
{
    struct client client;
    struct domain_create_xml_args args = { .xml_desc = (char *)DOMAIN_XML("t", UUID_A, "") };
    struct domain_create_xml_ret ret;
    (void)state;
    client_open(&client);
    call_ok(&client, PROC_DOMAIN_CREATE_XML, &args, &ret);
    watch(&client, VIR_DOMAIN_EVENT_ID_LIFECYCLE);
    define(&client, args.xml_desc);
    define(&client, args.xml_desc);
    act(&client, PROC_DOMAIN_DESTROY, &ret.dom);
    assert_state(&client, &ret.dom, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_DESTROYED);
    ASSERT_EVENTS(&client, EVENT("t", 2, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_ADDED),
                  EVENT("t", 2, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_UPDATED),
                  EVENT("t", -1, VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED));
    client_close(&client);
}

static void test_redefine_running(void **state)
{
    struct client client;
    (void)state;
    client_open(&client);
    struct wire_domain dom = define(&client, DOMAIN_XML("a", UUID_A, ""));
    act(&client, PROC_DOMAIN_CREATE, &dom);
    watch(&client, VIR_DOMAIN_EVENT_ID_LIFECYCLE);
    define(&client, DOMAIN_XML("a", UUID_A, "<title>new</title>"));
    assert_null(strstr(xml_of(&client, &dom, 0), "<title>"));
    assert_non_null(strstr(xml_of(&client, &dom, VIR_DOMAIN_XML_INACTIVE), "<title>new</title>"));
    act(&client, PROC_DOMAIN_DESTROY, &dom);
    assert_non_null(strstr(xml_of(&client, &dom, 0), "<title>new</title>"));
    ASSERT_EVENTS(&client, EVENT("a", 2, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_UPDATED),
                  EVENT("a", -1, VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED));
    client_close(&client);
}

static void test_life_cycle_actions(void **state)
{
    struct client client;
    (void)state;
    client_open(&client);
    struct wire_domain dom =
        define(&client, DOMAIN_XML("a", UUID_A, "<on_poweroff>restart</on_poweroff><on_reboot>destroy</on_reboot>"));
    act(&client, PROC_DOMAIN_CREATE, &dom);
    act(&client, PROC_DOMAIN_SHUTDOWN, &dom);
    assert_state(&client, &dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED);
    act(&client, PROC_DOMAIN_REBOOT, &dom);
    assert_state(&client, &dom, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SHUTDOWN);
    client_close(&client);
}

static void test_managed_save(void **state)
{
    struct client client;
    struct domain_has_managed_save_image_args args;
    struct domain_has_managed_save_image_ret ret;
    (void)state;
    client_open(&client);
    args = (struct domain_has_managed_save_image_args){ .dom = look_up(&client, "test") };
    watch(&client, VIR_DOMAIN_EVENT_ID_LIFECYCLE);
    act(&client, PROC_DOMAIN_MANAGED_SAVE, &args.dom);
    assert_state(&client, &args.dom, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SAVED);
    call_ok(&client, PROC_DOMAIN_HAS_MANAGED_SAVE_IMAGE, &args, &ret);
    assert_int_equal(ret.result, 1);
    act_fails(&client, PROC_DOMAIN_UNDEFINE, &args.dom, 0, VIR_ERR_OPERATION_INVALID, VIR_FROM_TEST,
              "Requested operation is not valid: Refusing to undefine while domain managed save image exists");
    act(&client, PROC_DOMAIN_CREATE, &args.dom);
    call_ok(&client, PROC_DOMAIN_HAS_MANAGED_SAVE_IMAGE, &args, &ret);
    assert_int_equal(ret.result, 0);
    ASSERT_EVENTS(&client, EVENT("test", -1, VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_SAVED),
                  EVENT("test", 2, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED));
    client_close(&client);
}

static void test_rename(void **state)
{
    struct client client;
    struct domain_rename_args args = { .new_name = (char *)"test" };
    struct domain_rename_ret ret;
    (void)state;
    client_open(&client);
    args.dom = define(&client, DOMAIN_XML("a", UUID_A, ""));
    watch(&client, VIR_DOMAIN_EVENT_ID_LIFECYCLE);
    call_fails(&client, PROC_DOMAIN_RENAME, &args, VIR_ERR_OPERATION_INVALID, VIR_FROM_DOMAIN,
               "Requested operation is not valid: domain with name 'test' already exists");
    args.new_name = (char *)"a";
    call_fails(&client, PROC_DOMAIN_RENAME, &args, VIR_ERR_OPERATION_INVALID, VIR_FROM_DOMAIN,
               "Requested operation is not valid: Can't rename domain to itself");
    args.new_name = (char *)"x/y";
    call_fails(&client, PROC_DOMAIN_RENAME, &args, VIR_ERR_XML_ERROR, VIR_FROM_TEST,
               "XML error: name x/y cannot contain '/'");
    args.new_name = (char *)"b";
    call_ok(&client, PROC_DOMAIN_RENAME, &args, &ret);
    assert_non_null(strstr(xml_of(&client, &args.dom, 0), "<name>b</name>"));
    assert_memory_equal(look_up(&client, "b").uuid, args.dom.uuid, UUID_LENGTH);
    struct domain_lookup_by_name_args old = { .name = (char *)"a" };
    call_fails(&client, PROC_DOMAIN_LOOKUP_BY_NAME, &old, VIR_ERR_NO_DOMAIN, VIR_FROM_TEST, "Domain not found");
    ASSERT_EVENTS(&client, EVENT("a", -1, VIR_DOMAIN_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED_RENAMED),
                  EVENT("b", -1, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_RENAMED));
    client_close(&client);
}

static void test_define_conflicts(void **state)
{
    struct client client;
    struct domain_define_xml_args args = { .xml = (char *)DOMAIN_XML("b", UUID_A, "") };
    (void)state;
    client_open(&client);
    define(&client, DOMAIN_XML("a", UUID_A, ""));
    call_fails(&client, PROC_DOMAIN_DEFINE_XML, &args, VIR_ERR_OPERATION_FAILED, VIR_FROM_DOMAIN,
               "operation failed: domain 'a' is already defined with uuid " UUID_A);
    args.xml = (char *)DOMAIN_XML("a", UUID_B, "");
    call_fails(&client, PROC_DOMAIN_DEFINE_XML, &args, VIR_ERR_OPERATION_FAILED, VIR_FROM_DOMAIN,
               "operation failed: domain 'a' already exists with uuid " UUID_A);
    client_close(&client);
}

/* ---- flags and lists ---- */

static void test_unknown_flags(void **state)
{
    struct client client;
    (void)state;
    client_open(&client);
    struct wire_domain dom = look_up(&client, "test");
    act_fails(&client, PROC_DOMAIN_GET_STATE, &dom, 1, VIR_ERR_INVALID_ARG, VIR_FROM_TEST,
              "unsupported flags (0x1) in function testDomainGetState");
    act_fails(&client, PROC_DOMAIN_GET_XML_DESC, &dom, 4, VIR_ERR_INVALID_ARG, VIR_FROM_TEST,
              "unsupported flags (0x4) in function testDomainGetXMLDesc");
    act_fails(&client, PROC_DOMAIN_UNDEFINE_FLAGS, &dom, 999, VIR_ERR_INVALID_ARG, VIR_FROM_TEST,
              "unsupported flags (0x3e4) in function testDomainUndefineFlags");
    act_fails(&client, PROC_DOMAIN_CREATE_WITH_FLAGS, &dom, VIR_DOMAIN_START_PAUSED, VIR_ERR_INVALID_ARG, VIR_FROM_TEST,
              "unsupported flags (0x1) in function testDomainCreateWithFlags");
    client_close(&client);
}

static unsigned int count_domains(struct client *client, unsigned int flags)
{
    struct connect_list_all_domains_args args = { .need_results = 1, .flags = flags };
    struct connect_list_all_domains_ret ret;
    call_ok(client, PROC_CONNECT_LIST_ALL_DOMAINS, &args, &ret);
    assert_int_equal(ret.domains.length, ret.ret);
    args.need_results = 0;
    call_ok(client, PROC_CONNECT_LIST_ALL_DOMAINS, &args, &ret);
    assert_int_equal(ret.domains.length, 0);
    return ret.ret;
}

static void test_lists(void **state)
{
    struct client client;
    struct connect_num_of_domains_ret active;
    struct connect_num_of_defined_domains_ret inactive;
    struct connect_list_defined_domains_args args = { .maxnames = 10 };
    struct connect_list_defined_domains_ret names;
    (void)state;
    client_open(&client);
    struct wire_domain dom = look_up(&client, "test");
    struct domain_set_autostart_args autostart = { .dom = dom, .autostart = 5 };
    define(&client, DOMAIN_XML("a", UUID_A, ""));
    act(&client, PROC_DOMAIN_SUSPEND, &dom);
    call_ok(&client, PROC_DOMAIN_SET_AUTOSTART, &autostart, NULL);
    call_ok(&client, PROC_CONNECT_NUM_OF_DOMAINS, NULL, &active);
    call_ok(&client, PROC_CONNECT_NUM_OF_DEFINED_DOMAINS, NULL, &inactive);
    call_ok(&client, PROC_CONNECT_LIST_DEFINED_DOMAINS, &args, &names);
    assert_int_equal(active.num, 1);
    assert_int_equal(inactive.num, 1);
    assert_int_equal(names.names.length, 1);
    assert_string_equal(names.names.items[0], "a");
    assert_int_equal(count_domains(&client, 0), 2);
    assert_int_equal(count_domains(&client, VIR_CONNECT_LIST_DOMAINS_ACTIVE), 1);
    assert_int_equal(count_domains(&client, VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE), 2);
    assert_int_equal(count_domains(&client, VIR_CONNECT_LIST_DOMAINS_RUNNING), 0);
    assert_int_equal(count_domains(&client, VIR_CONNECT_LIST_DOMAINS_PAUSED), 1);
    assert_int_equal(count_domains(&client, VIR_CONNECT_LIST_DOMAINS_PAUSED | VIR_CONNECT_LIST_DOMAINS_SHUTOFF), 2);
    assert_int_equal(count_domains(&client, VIR_CONNECT_LIST_DOMAINS_TRANSIENT), 0);
    assert_int_equal(count_domains(&client, VIR_CONNECT_LIST_DOMAINS_AUTOSTART), 1);
    assert_int_equal(count_domains(&client, VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE), 2);
    assert_int_equal(count_domains(&client, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT), 0);
    client_close(&client);
}

/* ---- virtual CPUs, memory, pinning, metadata ---- */

static void test_vcpus(void **state)
{
    struct client client;
    (void)state;
    client_open(&client);
    struct wire_domain dom = define(&client, DOMAIN_XML("a", UUID_A, "<vcpu current='2'>4</vcpu>"));
    struct domain_set_vcpus_flags_args args = { .dom = dom, .nvcpus = 5 };
    call_fails(&client, PROC_DOMAIN_SET_VCPUS_FLAGS, &args, VIR_ERR_INVALID_ARG, VIR_FROM_TEST,
               "invalid argument: requested cpu amount exceeds maximum (5 > 4)");
    args.nvcpus = 33;
    call_fails(&client, PROC_DOMAIN_SET_VCPUS_FLAGS, &args, VIR_ERR_INVALID_ARG, VIR_FROM_TEST,
               "invalid argument: requested cpu amount exceeds maximum supported amount (33 > 32)");
    act(&client, PROC_DOMAIN_CREATE, &dom);
    args.nvcpus = 3;
    call_ok(&client, PROC_DOMAIN_SET_VCPUS_FLAGS, &args, NULL);
    assert_non_null(strstr(xml_of(&client, &dom, 0), "<vcpu placement='static' current='3'>4</vcpu>"));
    assert_non_null(strstr(xml_of(&client, &dom, VIR_DOMAIN_XML_INACTIVE), "current='2'>4</vcpu>"));
    args.nvcpus = 1;
    args.flags = VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_VCPU_MAXIMUM;
    call_ok(&client, PROC_DOMAIN_SET_VCPUS_FLAGS, &args, NULL);
    assert_non_null(strstr(xml_of(&client, &dom, VIR_DOMAIN_XML_INACTIVE), "<vcpu placement='static'>1</vcpu>"));
    client_close(&client);
}

static void test_memory(void **state)
{
    struct client client;
    (void)state;
    client_open(&client);
    struct wire_domain dom = define(&client, DOMAIN_XML("a", UUID_A, ""));
    struct domain_set_memory_flags_args args = { .dom = dom, .memory = 9000 };
    call_fails(&client, PROC_DOMAIN_SET_MEMORY_FLAGS, &args, VIR_ERR_INVALID_ARG, VIR_FROM_TEST,
               "invalid argument: cannot set memory higher than max memory");
    args.memory = 2048;
    args.flags = VIR_DOMAIN_MEM_MAXIMUM;
    call_ok(&client, PROC_DOMAIN_SET_MEMORY_FLAGS, &args, NULL);
    assert_non_null(strstr(xml_of(&client, &dom, 0), "<currentMemory unit='KiB'>2048</currentMemory>"));
    act(&client, PROC_DOMAIN_CREATE, &dom);
    call_fails(&client, PROC_DOMAIN_SET_MEMORY_FLAGS, &args, VIR_ERR_OPERATION_INVALID, VIR_FROM_TEST,
               "Requested operation is not valid: cannot resize the maximum memory on an active domain");
    args.flags = VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG;
    call_fails(&client, PROC_DOMAIN_SET_MEMORY_FLAGS, &args, VIR_ERR_INVALID_ARG, VIR_FROM_DOMAIN,
               "Flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive");
    client_close(&client);
}

static void test_pinning(void **state)
{
    struct client client;
    unsigned char map[] = { 0x02, 0x80, 0xff };
    (void)state;
    client_open(&client);
    struct wire_domain dom = look_up(&client, "test");
    struct domain_pin_vcpu_args args = { .dom = dom, .vcpu = 1, .cpumap = { sizeof map, map } };
    struct domain_get_vcpu_pin_info_args get = { .dom = dom, .ncpumaps = 3, .maplen = 4 };
    struct domain_get_vcpu_pin_info_ret pins;
    struct domain_get_vcpus_args list = { .dom = dom, .maxinfo = 2, .maplen = 1 };
    struct domain_get_vcpus_ret vcpus;
    static const unsigned char expected[] = { 0xff, 0xff, 0, 0, 0x02, 0x80, 0xff, 0, 0, 0, 0, 0 };
    call_ok(&client, PROC_DOMAIN_PIN_VCPU, &args, NULL);
    args.vcpu = 0;
    args.cpumap.length = 1;
    call_ok(&client, PROC_DOMAIN_PIN_VCPU, &args, NULL);
    assert_non_null(strstr(xml_of(&client, &dom, 0), "  <cputune>\n    <vcpupin vcpu='0' cpuset='1'/>\n"
                                                     "    <vcpupin vcpu='1' cpuset='1,15-23'/>\n  </cputune>\n"));
    map[0] = 0xff;
    map[1] = 0xff;
    args.cpumap.length = 2;
    call_ok(&client, PROC_DOMAIN_PIN_VCPU, &args, NULL);
    call_ok(&client, PROC_DOMAIN_GET_VCPU_PIN_INFO, &get, &pins);
    assert_int_equal(pins.num, 2);
    assert_int_equal(pins.cpumaps.length, sizeof expected);
    assert_memory_equal(pins.cpumaps.items, expected, sizeof expected);
    call_ok(&client, PROC_DOMAIN_GET_VCPUS, &list, &vcpus);
    assert_int_equal(vcpus.info.length, 2);
    assert_int_equal(vcpus.info.items[1].cpu, 23);
    args.vcpu = 2;
    call_fails(&client, PROC_DOMAIN_PIN_VCPU, &args, VIR_ERR_INVALID_ARG, VIR_FROM_TEST,
               "invalid argument: requested vcpu '2' is not present in the domain");
    client_close(&client);
}

static void test_metadata(void **state)
{
    struct client client;
    struct domain_get_metadata_ret got;
    (void)state;
    client_open(&client);
    struct wire_domain dom = look_up(&client, "test");
    struct domain_set_metadata_args args = { .dom = dom, .type = VIR_DOMAIN_METADATA_ELEMENT, .key = (char *)"k",
                                             .metadata = (char *)"<x a='1'/>", .uri = (char *)"http://x" };
    struct domain_get_metadata_args get = { .dom = dom, .type = VIR_DOMAIN_METADATA_ELEMENT,
                                            .uri = (char *)"http://x" };
    watch(&client, VIR_DOMAIN_EVENT_ID_METADATA_CHANGE);
    call_fails(&client, PROC_DOMAIN_GET_METADATA, &get, VIR_ERR_NO_DOMAIN_METADATA, VIR_FROM_DOMAIN,
               "metadata not found: Requested metadata element is not present");
    call_ok(&client, PROC_DOMAIN_SET_METADATA, &args, NULL);
    call_ok(&client, PROC_DOMAIN_GET_METADATA, &get, &got);
    assert_string_equal(got.metadata, "<x a=\"1\"/>");
    assert_int_equal(client.seen_count, 1);
    assert_int_equal(client.seen[0].proc, PROC_DOMAIN_EVENT_CALLBACK_METADATA_CHANGE);
    assert_string_equal(client.seen[0].name, "http://x");
    get.flags = VIR_DOMAIN_AFFECT_CONFIG;
    assert_int_equal(try_call(&client, PROC_DOMAIN_GET_METADATA, &get, &got), -1); /* only the running one has it */
    args = (struct domain_set_metadata_args){ .dom = dom, .type = VIR_DOMAIN_METADATA_TITLE,
                                              .metadata = (char *)"two\nlines" };
    call_fails(&client, PROC_DOMAIN_SET_METADATA, &args, VIR_ERR_INVALID_ARG, VIR_FROM_DOMAIN,
               "metadata title can't contain newlines");
    client_close(&client);
}

static void test_statistics(void **state)
{
    struct client client;
    struct domain_memory_stats_ret memory;
    struct domain_block_stats_ret block;
    struct domain_get_cpu_stats_ret cpus;
    (void)state;
    client_open(&client);
    struct wire_domain dom = look_up(&client, "test");
    struct domain_memory_stats_args memory_args = { .dom = dom, .maxStats = 1000 };
    struct domain_block_stats_args block_args = { .dom = dom, .path = (char *)"vda" };
    struct domain_get_cpu_stats_args cpu_args = { .dom = dom, .nparams = 2, .start_cpu = 1, .ncpus = 5 };
    call_ok(&client, PROC_DOMAIN_MEMORY_STATS, &memory_args, &memory);
    assert_int_equal(memory.stats.length, 13);
    assert_int_equal(memory.stats.items[0].tag, VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON);
    assert_int_equal(memory.stats.items[0].val, 2097152);
    call_ok(&client, PROC_DOMAIN_BLOCK_STATS, &block_args, &block);
    assert_int_equal(block.rd_req / 2, block.rd_bytes);
    block_args.path = (char *)"zz";
    call_fails(&client, PROC_DOMAIN_BLOCK_STATS, &block_args, VIR_ERR_INVALID_ARG, VIR_FROM_TEST,
               "invalid argument: invalid path: zz");
    call_ok(&client, PROC_DOMAIN_GET_CPU_STATS, &cpu_args, &cpus);
    assert_int_equal(cpus.params.length, 2);
    assert_string_equal(cpus.params.items[1].field, "vcpu_time");
    assert_true(cpus.params.items[1].value.ul == 23151740628);
    cpu_args.start_cpu = 2;
    call_fails(&client, PROC_DOMAIN_GET_CPU_STATS, &cpu_args, VIR_ERR_INVALID_ARG, VIR_FROM_TEST,
               "invalid argument: start_cpu 2 larger than maximum of 1");
    client_close(&client);
}

static void test_network_targets(void **state)
{
    struct client client;
    (void)state;
    client_open(&client);
    struct wire_domain dom = define(&client, DOMAIN_XML("a", UUID_A, "<devices><interface type='user'/>"
                                                                     "<interface type='user'><target dev='testnet0'/>"
                                                                     "</interface></devices>"));
    const char *first = strstr(xml_of(&client, &dom, 0), "<target dev='testnet1'/>");
    assert_non_null(first);
    assert_non_null(strstr(first, "<target dev='testnet0'/>"));
    client_close(&client);
}

/* ---- many threads: run it under a race detector ---- */

#define THREADS 8
#define ROUNDS 60

static void *hammer(void *data)
{
    static const enum proc procs[] = { PROC_DOMAIN_CREATE,       PROC_DOMAIN_SUSPEND, PROC_DOMAIN_RESUME,
                                       PROC_DOMAIN_GET_INFO,     PROC_DOMAIN_GET_XML_DESC,
                                       PROC_DOMAIN_DESTROY,      PROC_DOMAIN_UNDEFINE };
    struct client *shared = data;
    struct arena arena;
    char ret[512];
    struct domain_define_xml_ret defined;
    struct domain_define_xml_args define_args = { .xml = (char *)DOMAIN_XML("a", UUID_A, "") };
    struct connect_list_all_domains_args list_args = { .need_results = 1 };
    struct client own;
    client_open(&own);
    arena_init(&arena, 0);
    for (int round = 0; round < ROUNDS; round++) {
        error_reset();
        if (invoke(&shared->conn, PROC_DOMAIN_DEFINE_XML, &define_args, &defined, &arena) == 0) {
            struct flagged args = { .dom = defined.dom };
            for (size_t i = 0; i < array_size(procs); i++) {
                error_reset(); /* any of these may come too late: another thread was faster */
                invoke(i % 2 ? &shared->conn : &own.conn, procs[i], &args, ret, &arena);
            }
        }
        error_reset();
        invoke(&own.conn, PROC_CONNECT_LIST_ALL_DOMAINS, &list_args, ret, &arena);
        invoke(&own.conn, PROC_CONNECT_NUM_OF_DOMAINS, NULL, ret, &arena);
        arena_reset(&arena, 0);
    }
    arena_clear(&arena);
    client_close(&own);
    return NULL;
}

static void test_threads(void **state)
{
    struct client client;
    pthread_t threads[THREADS];
    (void)state;
    client_open(&client);
    watch(&client, VIR_DOMAIN_EVENT_ID_LIFECYCLE);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, &client), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    /* each definition was followed by an undefine of its own, the last of which came after all definitions */
    assert_int_equal(count_domains(&client, VIR_CONNECT_LIST_DOMAINS_PERSISTENT), 1);
    assert_true(client.seen_count >= 2 * ROUNDS);
    client_close(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_host_is_shared_until_last_close),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_host),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_default_domain),
        cmocka_unit_test(test_persistent_life),
        cmocka_unit_test(test_transient_life),
        cmocka_unit_test(test_define_over_transient),
        cmocka_unit_test(test_redefine_running),
        cmocka_unit_test(test_life_cycle_actions),
        cmocka_unit_test(test_managed_save),
        cmocka_unit_test(test_rename),
        cmocka_unit_test(test_define_conflicts),
        cmocka_unit_test(test_unknown_flags),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_vcpus),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_pinning),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_statistics),
        cmocka_unit_test(test_network_targets),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
