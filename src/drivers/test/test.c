/* SPDX-License-Identifier: MIT
 * The driver's face: which URIs it opens, the one shared host behind them, and the table of calls.
 */
#include "drivers/test/test.h"

#include <libvirt/virterror.h>
#include <pthread.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "drivers/test/calls.h"
#include "drivers/test/objects.h"

#define ERROR_DOMAIN VIR_FROM_TEST

static pthread_mutex_t shared_lock = PTHREAD_MUTEX_INITIALIZER;
static struct test_host *shared; /* NULL without connections; guarded by shared_lock, as is users */
static unsigned int users;       /* connections to shared */

static int open_default(struct conn *conn)
{
    int result = -1;
    pthread_mutex_lock(&shared_lock);
    if (!shared)
        shared = test_host_new();
    if (shared) {
        users++;
        conn->state = shared;
        conn->events = shared->events;
        result = 1;
    }
    pthread_mutex_unlock(&shared_lock);
    return result;
}

static int test_open(struct conn *conn, const struct uri *uri)
{
    if (uri->server)
        return 0;
    if (!uri->path || !*uri->path || str_equal(uri->path, "/"))
        return fail(VIR_ERR_INVALID_ARG, "testOpen: supply a path or use test:///default");
    if (str_equal(uri->path, "/default"))
        return open_default(conn);
    if (access(uri->path, F_OK) < 0)
        return fail(VIR_ERR_XML_ERROR, "failed to parse xml document '%s'", uri->path);
    return fail(VIR_ERR_XML_ERROR,
                "failed to parse xml document '%s': this build reads no test hosts from files, use test:///default",
                uri->path);
}

static void test_close(struct conn *conn)
{
    struct test_host *unused = NULL;
    pthread_mutex_lock(&shared_lock);
    if (--users == 0)
        unused = steal(shared);
    pthread_mutex_unlock(&shared_lock);
    conn->state = NULL;
    test_host_free(unused);
}

const struct driver test_driver = {
    .scheme = "test",
    .function_prefix = "test",
    .error_domain = VIR_FROM_TEST,
    .open = test_open,
    .close = test_close,
    .calls = {
        .connect_get_type = test_connect_get_type,
        .connect_get_version = test_connect_get_version,
        .connect_get_max_vcpus = test_connect_get_max_vcpus,
        .connect_get_capabilities = test_connect_get_capabilities,
        .connect_get_sysinfo = test_connect_get_sysinfo,
        .connect_is_secure = test_connect_is_secure,
        .connect_get_cpu_model_names = test_connect_get_cpu_model_names,
        .node_get_info = test_node_get_info,
        .node_get_cells_free_memory = test_node_get_cells_free_memory,
        .node_get_free_memory = test_node_get_free_memory,
        .node_get_security_model = test_node_get_security_model,
        .node_get_cpu_stats = test_node_get_cpu_stats,
        .node_get_cpu_map = test_node_get_cpu_map,
        .node_get_free_pages = test_node_get_free_pages,
        .connect_num_of_domains = test_connect_num_of_domains,
        .connect_list_domains = test_connect_list_domains,
        .connect_num_of_defined_domains = test_connect_num_of_defined_domains,
        .connect_list_defined_domains = test_connect_list_defined_domains,
        .connect_list_all_domains = test_connect_list_all_domains,
        .domain_lookup_by_id = test_domain_lookup_by_id,
        .domain_lookup_by_name = test_domain_lookup_by_name,
        .domain_lookup_by_uuid = test_domain_lookup_by_uuid,
        .connect_get_all_domain_stats = test_connect_get_all_domain_stats,
        .domain_define_xml = test_domain_define_xml,
        .domain_define_xml_flags = test_domain_define_xml_flags,
        .domain_undefine = test_domain_undefine,
        .domain_undefine_flags = test_domain_undefine_flags,
        .domain_rename = test_domain_rename,
        .domain_managed_save = test_domain_managed_save,
        .domain_has_managed_save_image = test_domain_has_managed_save_image,
        .domain_managed_save_remove = test_domain_managed_save_remove,
        .domain_get_autostart = test_domain_get_autostart,
        .domain_set_autostart = test_domain_set_autostart,
        .domain_create = test_domain_create,
        .domain_create_with_flags = test_domain_create_with_flags,
        .domain_create_xml = test_domain_create_xml,
        .domain_suspend = test_domain_suspend,
        .domain_resume = test_domain_resume,
        .domain_shutdown = test_domain_shutdown,
        .domain_shutdown_flags = test_domain_shutdown_flags,
        .domain_reboot = test_domain_reboot,
        .domain_reset = test_domain_reset,
        .domain_destroy = test_domain_destroy,
        .domain_destroy_flags = test_domain_destroy_flags,
        .domain_inject_nmi = test_domain_inject_nmi,
        .domain_get_info = test_domain_get_info,
        .domain_get_state = test_domain_get_state,
        .domain_get_control_info = test_domain_get_control_info,
        .domain_get_xml_desc = test_domain_get_xml_desc,
        .domain_get_os_type = test_domain_get_os_type,
        .domain_is_active = test_domain_is_active,
        .domain_is_persistent = test_domain_is_persistent,
        .domain_is_updated = test_domain_is_updated,
        .domain_get_security_label = test_domain_get_security_label,
        .domain_get_messages = test_domain_get_messages,
        .domain_get_hostname = test_domain_get_hostname,
        .domain_get_max_memory = test_domain_get_max_memory,
        .domain_set_max_memory = test_domain_set_max_memory,
        .domain_set_memory = test_domain_set_memory,
        .domain_set_memory_flags = test_domain_set_memory_flags,
        .domain_get_max_vcpus = test_domain_get_max_vcpus,
        .domain_get_vcpus_flags = test_domain_get_vcpus_flags,
        .domain_set_vcpus = test_domain_set_vcpus,
        .domain_set_vcpus_flags = test_domain_set_vcpus_flags,
        .domain_get_vcpus = test_domain_get_vcpus,
        .domain_get_vcpu_pin_info = test_domain_get_vcpu_pin_info,
        .domain_pin_vcpu = test_domain_pin_vcpu,
        .domain_pin_vcpu_flags = test_domain_pin_vcpu_flags,
        .domain_get_emulator_pin_info = test_domain_get_emulator_pin_info,
        .domain_pin_emulator = test_domain_pin_emulator,
        .domain_get_metadata = test_domain_get_metadata,
        .domain_set_metadata = test_domain_set_metadata,
        .domain_snapshot_num = test_domain_snapshot_num,
        .domain_snapshot_list_names = test_domain_snapshot_list_names,
        .domain_list_all_snapshots = test_domain_list_all_snapshots,
        .domain_has_current_snapshot = test_domain_has_current_snapshot,
        .domain_snapshot_current = test_domain_snapshot_current,
        .domain_snapshot_lookup_by_name = test_domain_snapshot_lookup_by_name,
        .domain_list_all_checkpoints = test_domain_list_all_checkpoints,
        .domain_get_time = test_domain_get_time,
        .domain_memory_stats = test_domain_memory_stats,
        .domain_block_stats = test_domain_block_stats,
        .domain_interface_stats = test_domain_interface_stats,
        .domain_get_cpu_stats = test_domain_get_cpu_stats,
    },
};
