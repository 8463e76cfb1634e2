/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/fields.h"
#include "model/vm.h"

const struct vdc_enum vdc_vm_status_values = {
	.name = "VM status",
	VDC_WORD_LIST("unassigned", "down", "up", "powering_up", "paused", "migrating", "unknown",
		      "not_responding", "wait_for_launch", "reboot_in_progress", "saving_state",
		      "restoring_state", "suspended", "image_locked", "image_illegal",
		      "powering_down"),
	VDC_ALIASES("migrating_from=migrating", "migrating_to=migrating"),
};

const struct vdc_enum vdc_vm_exit_values = {
	.name = "exit status",
	VDC_WORD_LIST("normal", "error", "unknown"),
};

const struct vdc_enum vdc_vm_type_values = {
	.name = "VM type",
	VDC_WORD_LIST("desktop", "server", "high_performance"),
};

const struct vdc_enum vdc_vm_affinity_values = {
	.name = "placement affinity",
	VDC_WORD_LIST("migratable", "user_migratable", "pinned"),
	VDC_ALIASES("implicitly_non_migratable=user_migratable", "pinned_to_host=pinned"),
};

const struct vdc_enum vdc_cpu_pinning_policy_values = {
	.name = "CPU pinning policy",
	VDC_WORD_LIST("none", "manual", "resize_and_pin_numa", "dedicated", "isolate_threads"),
};

const struct vdc_enum vdc_eviction_strategy_values = {
	.name = "eviction strategy",
	VDC_WORD_LIST("live_migrate", "live_migrate_if_possible", "none", "external"),
};

const struct vdc_enum vdc_run_strategy_values = {
	.name = "run strategy",
	VDC_WORD_LIST("always", "rerun_on_failure", "manual", "halted", "once"),
};

const struct vdc_enum vdc_resume_behaviour_values = {
	.name = "behaviour after a storage error",
	VDC_WORD_LIST("auto_resume", "leave_paused", "kill"),
};
