/* SPDX-License-Identifier: MIT
 * The calls that the test driver answers, by the file that answers them. Each checks its flags first, then finds and
 * locks the domain, and returns 0 or -1 with the error set.
 */
#pragma once
#include "dispatch/driver.h"
#include "wire/messages.h"

/* node.c */
int test_connect_get_type(struct call *call, const void *args, struct connect_get_type_ret *ret);
int test_connect_get_version(struct call *call, const void *args, struct connect_get_version_ret *ret);
int test_connect_get_max_vcpus(struct call *call, const struct connect_get_max_vcpus_args *args,
                               struct connect_get_max_vcpus_ret *ret);
int test_connect_get_capabilities(struct call *call, const void *args, struct connect_get_capabilities_ret *ret);
int test_connect_get_sysinfo(struct call *call, const struct connect_get_sysinfo_args *args,
                             struct connect_get_sysinfo_ret *ret);
int test_connect_is_secure(struct call *call, const void *args, struct connect_is_secure_ret *ret);
int test_node_get_info(struct call *call, const void *args, struct node_get_info_ret *ret);
int test_node_get_cells_free_memory(struct call *call, const struct node_get_cells_free_memory_args *args,
                                    struct node_get_cells_free_memory_ret *ret);
int test_node_get_free_memory(struct call *call, const void *args, struct node_get_free_memory_ret *ret);
int test_node_get_security_model(struct call *call, const void *args, struct node_get_security_model_ret *ret);
int test_node_get_cpu_stats(struct call *call, const struct node_get_cpu_stats_args *args,
                            struct node_get_cpu_stats_ret *ret);
int test_node_get_cpu_map(struct call *call, const struct node_get_cpu_map_args *args,
                          struct node_get_cpu_map_ret *ret);
int test_node_get_free_pages(struct call *call, const struct node_get_free_pages_args *args,
                             struct node_get_free_pages_ret *ret);

/* list.c */
int test_connect_num_of_domains(struct call *call, const void *args, struct connect_num_of_domains_ret *ret);
int test_connect_list_domains(struct call *call, const struct connect_list_domains_args *args,
                              struct connect_list_domains_ret *ret);
int test_connect_num_of_defined_domains(struct call *call, const void *args,
                                        struct connect_num_of_defined_domains_ret *ret);
int test_connect_list_defined_domains(struct call *call, const struct connect_list_defined_domains_args *args,
                                      struct connect_list_defined_domains_ret *ret);
int test_connect_list_all_domains(struct call *call, const struct connect_list_all_domains_args *args,
                                  struct connect_list_all_domains_ret *ret);
int test_domain_lookup_by_id(struct call *call, const struct domain_lookup_by_id_args *args,
                             struct domain_lookup_by_id_ret *ret);
int test_domain_lookup_by_name(struct call *call, const struct domain_lookup_by_name_args *args,
                               struct domain_lookup_by_name_ret *ret);
int test_domain_lookup_by_uuid(struct call *call, const struct domain_lookup_by_uuid_args *args,
                               struct domain_lookup_by_uuid_ret *ret);
int test_connect_get_all_domain_stats(struct call *call, const struct connect_get_all_domain_stats_args *args,
                                      struct connect_get_all_domain_stats_ret *ret);

/* config.c */
int test_domain_define_xml(struct call *call, const struct domain_define_xml_args *args,
                           struct domain_define_xml_ret *ret);
int test_domain_define_xml_flags(struct call *call, const struct domain_define_xml_flags_args *args,
                                 struct domain_define_xml_flags_ret *ret);
int test_domain_undefine(struct call *call, const struct domain_undefine_args *args, void *ret);
int test_domain_undefine_flags(struct call *call, const struct domain_undefine_flags_args *args, void *ret);
int test_domain_rename(struct call *call, const struct domain_rename_args *args, struct domain_rename_ret *ret);
int test_domain_managed_save(struct call *call, const struct domain_managed_save_args *args, void *ret);
int test_domain_has_managed_save_image(struct call *call, const struct domain_has_managed_save_image_args *args,
                                       struct domain_has_managed_save_image_ret *ret);
int test_domain_managed_save_remove(struct call *call, const struct domain_managed_save_remove_args *args, void *ret);
int test_domain_get_autostart(struct call *call, const struct domain_get_autostart_args *args,
                              struct domain_get_autostart_ret *ret);
int test_domain_set_autostart(struct call *call, const struct domain_set_autostart_args *args, void *ret);

/* life.c */
int test_domain_create(struct call *call, const struct domain_create_args *args, void *ret);
int test_domain_create_with_flags(struct call *call, const struct domain_create_with_flags_args *args,
                                  struct domain_create_with_flags_ret *ret);
int test_domain_create_xml(struct call *call, const struct domain_create_xml_args *args,
                           struct domain_create_xml_ret *ret);
int test_domain_suspend(struct call *call, const struct domain_suspend_args *args, void *ret);
int test_domain_resume(struct call *call, const struct domain_resume_args *args, void *ret);
int test_domain_shutdown(struct call *call, const struct domain_shutdown_args *args, void *ret);
int test_domain_shutdown_flags(struct call *call, const struct domain_shutdown_flags_args *args, void *ret);
int test_domain_reboot(struct call *call, const struct domain_reboot_args *args, void *ret);
int test_domain_reset(struct call *call, const struct domain_reset_args *args, void *ret);
int test_domain_destroy(struct call *call, const struct domain_destroy_args *args, void *ret);
int test_domain_destroy_flags(struct call *call, const struct domain_destroy_flags_args *args, void *ret);
int test_domain_inject_nmi(struct call *call, const struct domain_inject_nmi_args *args, void *ret);

/* info.c */
int test_domain_get_info(struct call *call, const struct domain_get_info_args *args, struct domain_get_info_ret *ret);
int test_domain_get_state(struct call *call, const struct domain_get_state_args *args,
                          struct domain_get_state_ret *ret);
int test_domain_get_control_info(struct call *call, const struct domain_get_control_info_args *args,
                                 struct domain_get_control_info_ret *ret);
int test_domain_get_xml_desc(struct call *call, const struct domain_get_xml_desc_args *args,
                             struct domain_get_xml_desc_ret *ret);
int test_domain_get_os_type(struct call *call, const struct domain_get_os_type_args *args,
                            struct domain_get_os_type_ret *ret);
int test_domain_is_active(struct call *call, const struct domain_is_active_args *args,
                          struct domain_is_active_ret *ret);
int test_domain_is_persistent(struct call *call, const struct domain_is_persistent_args *args,
                              struct domain_is_persistent_ret *ret);
int test_domain_is_updated(struct call *call, const struct domain_is_updated_args *args,
                           struct domain_is_updated_ret *ret);
int test_domain_get_security_label(struct call *call, const struct domain_get_security_label_args *args,
                                   struct domain_get_security_label_ret *ret);
int test_domain_get_messages(struct call *call, const struct domain_get_messages_args *args,
                             struct domain_get_messages_ret *ret);
int test_domain_get_hostname(struct call *call, const struct domain_get_hostname_args *args,
                             struct domain_get_hostname_ret *ret);

/* memory.c */
int test_domain_get_max_memory(struct call *call, const struct domain_get_max_memory_args *args,
                               struct domain_get_max_memory_ret *ret);
int test_domain_set_max_memory(struct call *call, const struct domain_set_max_memory_args *args, void *ret);
int test_domain_set_memory(struct call *call, const struct domain_set_memory_args *args, void *ret);
int test_domain_set_memory_flags(struct call *call, const struct domain_set_memory_flags_args *args, void *ret);

/* vcpu.c */
int test_domain_get_max_vcpus(struct call *call, const struct domain_get_max_vcpus_args *args,
                              struct domain_get_max_vcpus_ret *ret);
int test_domain_get_vcpus_flags(struct call *call, const struct domain_get_vcpus_flags_args *args,
                                struct domain_get_vcpus_flags_ret *ret);
int test_domain_set_vcpus(struct call *call, const struct domain_set_vcpus_args *args, void *ret);
int test_domain_set_vcpus_flags(struct call *call, const struct domain_set_vcpus_flags_args *args, void *ret);
int test_domain_get_vcpus(struct call *call, const struct domain_get_vcpus_args *args,
                          struct domain_get_vcpus_ret *ret);

/* pin.c */
int test_domain_get_vcpu_pin_info(struct call *call, const struct domain_get_vcpu_pin_info_args *args,
                                  struct domain_get_vcpu_pin_info_ret *ret);
int test_domain_pin_vcpu(struct call *call, const struct domain_pin_vcpu_args *args, void *ret);
int test_domain_pin_vcpu_flags(struct call *call, const struct domain_pin_vcpu_flags_args *args, void *ret);
int test_domain_get_emulator_pin_info(struct call *call, const struct domain_get_emulator_pin_info_args *args,
                                      struct domain_get_emulator_pin_info_ret *ret);
int test_domain_pin_emulator(struct call *call, const struct domain_pin_emulator_args *args, void *ret);

/* metadata.c */
int test_domain_get_metadata(struct call *call, const struct domain_get_metadata_args *args,
                             struct domain_get_metadata_ret *ret);
int test_domain_set_metadata(struct call *call, const struct domain_set_metadata_args *args, void *ret);

/* snapshot.c */
int test_domain_snapshot_num(struct call *call, const struct domain_snapshot_num_args *args,
                             struct domain_snapshot_num_ret *ret);
int test_domain_snapshot_list_names(struct call *call, const struct domain_snapshot_list_names_args *args,
                                    struct domain_snapshot_list_names_ret *ret);
int test_domain_list_all_snapshots(struct call *call, const struct domain_list_all_snapshots_args *args,
                                   struct domain_list_all_snapshots_ret *ret);
int test_domain_has_current_snapshot(struct call *call, const struct domain_has_current_snapshot_args *args,
                                     struct domain_has_current_snapshot_ret *ret);
int test_domain_snapshot_current(struct call *call, const struct domain_snapshot_current_args *args,
                                 struct domain_snapshot_current_ret *ret);
int test_domain_snapshot_lookup_by_name(struct call *call, const struct domain_snapshot_lookup_by_name_args *args,
                                        struct domain_snapshot_lookup_by_name_ret *ret);
int test_domain_list_all_checkpoints(struct call *call, const struct domain_list_all_checkpoints_args *args,
                                     struct domain_list_all_checkpoints_ret *ret);

/* cpu_models.c */
int test_connect_get_cpu_model_names(struct call *call, const struct connect_get_cpu_model_names_args *args,
                                     struct connect_get_cpu_model_names_ret *ret);

/* guest.c */
int test_domain_get_time(struct call *call, const struct domain_get_time_args *args, struct domain_get_time_ret *ret);
int test_domain_memory_stats(struct call *call, const struct domain_memory_stats_args *args,
                             struct domain_memory_stats_ret *ret);
int test_domain_block_stats(struct call *call, const struct domain_block_stats_args *args,
                            struct domain_block_stats_ret *ret);
int test_domain_interface_stats(struct call *call, const struct domain_interface_stats_args *args,
                                struct domain_interface_stats_ret *ret);
int test_domain_get_cpu_stats(struct call *call, const struct domain_get_cpu_stats_args *args,
                              struct domain_get_cpu_stats_ret *ret);
