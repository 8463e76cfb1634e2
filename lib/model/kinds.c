/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/affinity.h"
#include "model/channel_release.h"
#include "model/cluster.h"
#include "model/cluster_update.h"
#include "model/data_center.h"
#include "model/dead_lease.h"
#include "model/discrepancy.h"
#include "model/disk.h"
#include "model/disk_attachment.h"
#include "model/domain_reach.h"
#include "model/domain_reading.h"
#include "model/event.h"
#include "model/extension.h"
#include "model/fence_agent.h"
#include "model/fence_device.h"
#include "model/fence_record.h"
#include "model/fence_treatment.h"
#include "model/finding.h"
#include "model/ha_start.h"
#include "model/host.h"
#include "model/host_network.h"
#include "model/host_power.h"
#include "model/job.h"
#include "model/lockspace.h"
#include "model/mailbox_slot.h"
#include "model/lockspace_host.h"
#include "model/maintenance.h"
#include "model/migration.h"
#include "model/network.h"
#include "model/policy_unit.h"
#include "model/snapshot.h"
#include "model/spm_record.h"
#include "model/spm_view.h"
#include "model/storage_domain.h"
#include "model/thin_disk.h"
#include "model/thin_domain.h"
#include "model/update.h"
#include "model/upgrade.h"
#include "model/upgrade_run.h"
#include "model/vm.h"
#include "model/vm_nic.h"
#include "model/volume.h"

/* A kind stands after all that it refers to: an import of what was written finds them there. */
const struct vdc_kind *const vdc_kinds[] = {
	&vdc_data_center_kind,
	&vdc_network_kind,
	&vdc_cluster_kind,
	&vdc_host_kind,
	&vdc_channel_release_kind,
	&vdc_update_kind,
	&vdc_fence_agent_kind,
	&vdc_host_network_kind,
	&vdc_storage_domain_kind,
	&vdc_domain_reach_kind,
	&vdc_vm_kind,
	&vdc_vm_nic_kind,
	&vdc_snapshot_kind,
	&vdc_disk_kind,
	&vdc_disk_attachment_kind,
	&vdc_volume_kind,
	&vdc_affinity_group_kind,
	&vdc_affinity_vm_kind,
	&vdc_affinity_host_kind,
	&vdc_extension_kind,
	&vdc_spm_record_kind,
	&vdc_fence_record_kind,
	&vdc_job_kind,
	&vdc_job_step_kind,
	&vdc_event_kind,
};

const size_t vdc_n_kinds = VDC_COUNT(vdc_kinds);

const struct vdc_kind *const vdc_document_kinds[] = {
	&vdc_finding_kind,
	&vdc_discrepancy_kind,
	&vdc_upgrade_kind,
	&vdc_upgrade_host_kind,
	&vdc_upgrade_move_kind,
	&vdc_upgrade_run_kind,
	&vdc_upgrade_run_host_kind,
	&vdc_upgrade_run_move_kind,
	&vdc_policy_unit_kind,
	&vdc_cluster_update_kind,
	&vdc_migration_kind,
	&vdc_destination_kind,
	&vdc_host_away_kind,
	&vdc_eviction_kind,
	&vdc_host_power_kind,
	&vdc_power_test_kind,
	&vdc_fence_step_kind,
	&vdc_fence_device_kind,
	&vdc_fence_option_kind,
	&vdc_lockspace_kind,
	&vdc_spm_view_kind,
	&vdc_spm_step_view_kind,
	&vdc_dead_lease_kind,
	&vdc_thin_disk_kind,
	&vdc_thin_domain_kind,
	&vdc_mailbox_slot_kind,
	&vdc_domain_reading_kind,
	&vdc_lockspace_host_kind,
	&vdc_ha_start_kind,
};

const size_t vdc_n_document_kinds = VDC_COUNT(vdc_document_kinds);
