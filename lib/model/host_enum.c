/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/fields.h"
#include "model/host.h"

const struct vdc_enum vdc_host_status_values = {
	.name = "host status",
	VDC_WORD_LIST("unassigned", "down", "maintenance", "up", "non_responsive", "error",
		      "installing", "install_failed", "reboot", "preparing_for_maintenance",
		      "non_operational", "pending_approval", "initializing", "connecting",
		      "installing_os", "kdumping"),
	VDC_ALIASES("problematic=non_operational"),
};

const struct vdc_enum vdc_host_reason_values = {
	.name = "reason for non_operational",
	VDC_WORD_LIST("general", "cpu_type_incompatible_with_cluster", "storage_domain_unreachable",
		      "network_unreachable", "version_incompatible_with_cluster", "kvm_not_running",
		      "timeout_recovering_from_crash", "vm_network_is_bridgeless",
		      "emulated_machines_incompatible_with_cluster", "untrusted", "uninitialized",
		      "cluster_version_incompatible_with_cluster",
		      "architecture_incompatible_with_cluster", "network_interface_is_down",
		      "rng_sources_incompatible_with_cluster",
		      "emulated_machines_incompatible_with_cluster_level",
		      "mixing_rhel_versions_in_cluster", "host_features_incompatible_with_cluster",
		      "libvirt_secrets_registration_failure", "he_host_in_non_he_cluster",
		      "fips_incompatible_with_cluster",
		      "cpu_type_unsupported_in_this_cluster_version"),
	VDC_ALIASES("mixed_os=mixing_rhel_versions_in_cluster",
		    "host_features_incompatibile_with_cluster="
		    "host_features_incompatible_with_cluster"),
};

const struct vdc_enum vdc_external_status_values = {
	.name = "external status",
	VDC_WORD_LIST("ok", "info", "warning", "error", "failure"),
};

const struct vdc_enum vdc_spm_status_values = {
	.name = "SPM status",
	VDC_WORD_LIST("none", "contending", "spm"),
	VDC_ALIASES("contend=contending", "free=none", "true=spm", "false=none"),
};

const struct vdc_enum vdc_power_status_values = {
	.name = "power status",
	VDC_WORD_LIST("on", "off", "unknown"),
};

const struct vdc_enum vdc_kdump_status_values = {
	.name = "kdump status",
	VDC_WORD_LIST("unknown", "disabled", "enabled"),
};
