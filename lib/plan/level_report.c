/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/level_report.h"

#include "model/cluster.h"
#include "model/data_center.h"
#include "model/fields.h"
#include "model/host.h"
#include "model/vm.h"
#include "plan/level_vm.h"

static const struct vdc_enum effect_values = {
	.name = "effect on a VM",
	VDC_WORD_LIST("now", "pending", "own_level", "refused"),
};

static const struct vdc_enum type_values = {
	.name = "type of what a level brings",
	VDC_WORD_LIST("feature", "limit", "machine_type", "storage_format"),
};

static const struct vdc_enum state_values = {
	.name = "state of what a level brings",
	VDC_WORD_LIST("new", "kept", "changed", "gone", "open", "closed"),
};

#define ID_AND_NAME                                                    \
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "its id"), \
		VDC_F_TEXT(name, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .help = "its name")

#define REPORT(name_, plural_, word_, rows, help_)                                      \
	{                                                                               \
		.name = (name_), .plural = (plural_), .word = (word_), .help = (help_), \
		.size = sizeof(NOUN), .fields = (rows), .n_fields = VDC_COUNT(rows)     \
	}

#define NOUN struct vdc_host_report
static const struct vdc_field host_fields[] = {
	ID_AND_NAME,
	VDC_F_REF(cluster, vdc_cluster_kind, VDC_LISTED, .help = "its cluster"),
	VDC_F_ENUM(status, vdc_host_status_values, VDC_LISTED, .help = "what it is doing"),
	VDC_F_TEXT(agent_version, 0, .path = "version@full_version",
		   .help = "full version of its agent"),
	VDC_F_INT(agent_major, 0, .path = "version@major", .help = "first number of it"),
	VDC_F_INT(agent_minor, 0, .path = "version@minor", .help = "second number"),
	VDC_F_INT(agent_build, 0, .path = "version@build", .help = "third number"),
	VDC_F_INT(agent_revision, 0, .path = "version@revision", .help = "fourth number"),
	VDC_F_TEXT(libvirt_version, 0, .path = "libvirt_version@full_version",
		   .help = "version of libvirt"),
	VDC_F_TEXT(qemu_version, 0, .path = "qemu_version@full_version", .help = "version of QEMU"),
	VDC_F_TEXT(level_family, 0, .help = "family of its levels"),
	VDC_F_LEVEL(level, VDC_LISTED, .help = "highest level that it runs"),
	VDC_F_LEVELS(levels, "level", 0, .path = "supported_levels",
		     .help = "all levels that it runs"),
	VDC_F_TEXT(reason, 0, .path = "level_detail", .help = "why it counts for no level"),
};
const struct vdc_kind vdc_host_report_kind =
	REPORT("host", "hosts", "host", host_fields, "the levels of a host");

#undef NOUN
#define NOUN struct vdc_cluster_report
static const struct vdc_field cluster_fields[] = {
	ID_AND_NAME,
	VDC_F_REF(data_center, vdc_data_center_kind, 0, .help = "its data centre"),
	VDC_F_LEVEL(version, VDC_LISTED, .help = "its level"),
	VDC_F_LEVELS(supported_versions, "version", VDC_LISTED,
		     .help = "levels above that all its hosts run"),
	VDC_F_TEXT(level_family, 0, .help = "family of its levels"),
	VDC_F_REF(least_host, vdc_host_kind, 0, .path = "least_capable_host",
		  .help = "host that bounds it"),
	VDC_F_TEXT(reason, 0, .path = "level_detail", .help = "why it is offered no more"),
};
const struct vdc_kind vdc_cluster_report_kind =
	REPORT("cluster", "clusters", "cluster", cluster_fields, "the levels of a cluster");

#undef NOUN
#define NOUN struct vdc_data_center_report
static const struct vdc_field data_center_fields[] = {
	ID_AND_NAME,
	VDC_F_LEVEL(version, VDC_LISTED, .help = "its level"),
	VDC_F_LEVELS(supported_versions, "version", VDC_LISTED,
		     .help = "levels above that all its clusters have"),
	VDC_F_TEXT(level_family, 0, .help = "family of its levels"),
	VDC_F_TEXT(reason, 0, .path = "level_detail", .help = "why it is offered no more"),
};
const struct vdc_kind vdc_data_center_report_kind =
	REPORT("data_center", "data_centers", "data-center", data_center_fields,
	       "the levels of a data centre");

#undef NOUN
#define NOUN struct vdc_level_row
static const struct vdc_field row_fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "its id"),
	VDC_F_TEXT(kind, VDC_LISTED, .help = "data-center, cluster or host"),
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .help = "its name"),
	VDC_F_LEVEL(level, VDC_LISTED, .help = "its level; of a host the highest that it runs"),
	VDC_F_TEXT(family, VDC_LISTED, .help = "family of levels"),
	VDC_F_TEXT(supported, VDC_LISTED,
		   .help = "levels above that it is offered; of a host all that it runs"),
	VDC_F_TEXT(reason, VDC_LISTED, .help = "why not more"),
};
const struct vdc_kind vdc_level_row_kind =
	REPORT("level_row", "level_rows", "level-row", row_fields,
	       "the levels of a host, a cluster or a data centre");

#undef NOUN
#define NOUN struct vdc_vm_report
static const struct vdc_field vm_fields[] = {
	ID_AND_NAME,
	VDC_F_REF(cluster, vdc_cluster_kind, VDC_LISTED, .help = "its cluster"),
	VDC_F_REF(host, vdc_host_kind, 0, .help = "host where it runs"),
	VDC_F_ENUM(status, vdc_vm_status_values, VDC_LISTED, .help = "what it is doing"),
	VDC_F_TEXT(machine_type, VDC_LISTED, .title = "MACHINE",
		   .help = "machine type that it runs with, else that of its definition"),
	VDC_F_LEVEL(level, VDC_LISTED, .help = "level that it is configured with"),
	VDC_F_LEVEL(running_level, VDC_LISTED, .title = "RUNS AT",
		    .help = "level that it really runs at"),
	VDC_F_ENUM(behind, vdc_behind_values, VDC_LISTED, .help = "why it is behind its cluster"),
	VDC_F_BOOL(pending, 0, .path = "next_run_configuration_exists",
		   .help = "a configuration waits for its next cold boot"),
	VDC_F_TEXT(custom_emulated_machine, 0, .help = "machine type that it is pinned to"),
	VDC_F_LEVEL(custom_compatibility_version, 0, .help = "its own level"),
	VDC_F_TEXT(migrated_from_cluster, 0, .help = "older cluster that it came from"),
};
const struct vdc_kind vdc_vm_report_kind =
	REPORT("vm", "vms", "vm", vm_fields, "the level of a VM");

#undef NOUN
#define NOUN struct vdc_vm_count
static const struct vdc_field count_fields[] = {
	ID_AND_NAME,
	VDC_F_LEVEL(version, VDC_LISTED, .title = "LEVEL", .help = "level of the cluster"),
	VDC_F_INT(vms, VDC_LISTED, .help = "its VMs"),
	VDC_F_INT(current, VDC_LISTED, .help = "VMs that are not behind"),
	VDC_F_INT(compatibility_mode, VDC_LISTED, .title = "COMPATIBILITY",
		  .help = "VMs that came from an older cluster and were not upgraded"),
	VDC_F_INT(pinned, VDC_LISTED, .help = "VMs behind by a machine type of their own"),
	VDC_F_INT(own_level, VDC_LISTED, .title = "OWN LEVEL",
		  .help = "VMs behind by a level of their own"),
	VDC_F_INT(pending, VDC_LISTED, .help = "VMs whose next cold boot brings them up"),
	VDC_F_INT(machine_type, VDC_LISTED, .title = "MACHINE",
		  .help = "VMs defined with an older machine type"),
};
const struct vdc_kind vdc_vm_count_kind = REPORT("vm_count", "vm_counts", "vm-count", count_fields,
						 "how many VMs of a cluster are behind");

#undef NOUN
#define NOUN struct vdc_vm_change
static const struct vdc_field change_fields[] = {
	ID_AND_NAME,
	VDC_F_REF(cluster, vdc_cluster_kind, 0, .help = "its cluster"),
	VDC_F_ENUM(effect, effect_values, VDC_LISTED,
		   .help = "when it follows: now, pending (at its next cold boot), own_level, "
			   "refused"),
	VDC_F_LEVEL(level, VDC_LISTED, .help = "level that it has then"),
	VDC_F_TEXT(machine_type, VDC_LISTED, .title = "MACHINE",
		   .help = "machine type that it gets"),
	VDC_F_TEXT(text, VDC_LISTED, .path = "description", .title = "NOTE",
		   .help = "what changes besides"),
};
const struct vdc_kind vdc_vm_change_kind = REPORT("vm_change", "vm_changes", "vm-change",
						  change_fields, "what another level does to a VM");

#undef NOUN
#define NOUN struct vdc_feature_report
static const struct vdc_field feature_fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "type, name and architecture"),
	VDC_F_ENUM(type, type_values, VDC_REQUIRED, .help = "what it is"),
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_LISTED, .help = "stable name"),
	VDC_F_LEVEL(since, VDC_LISTED, .help = "first level that has it"),
	VDC_F_ENUM(state, state_values, VDC_LISTED, .help = "what becomes of it"),
	VDC_F_TEXT(architectures, VDC_LISTED, .title = "ON", .help = "where; none: everywhere"),
	VDC_F_TEXT(value, VDC_LISTED, .help = "of a limit, a machine type, a format"),
	VDC_F_TEXT(title, VDC_LISTED, .path = "description", .title = "WHAT",
		   .help = "one line about it"),
};
const struct vdc_kind vdc_feature_report_kind =
	REPORT("feature", "features", "feature", feature_fields, "what a level brings");

const struct vdc_kind *const vdc_level_report_kinds[] = {
	&vdc_data_center_report_kind, &vdc_cluster_report_kind,
	&vdc_host_report_kind,	      &vdc_vm_report_kind,
	&vdc_vm_count_kind,	      &vdc_vm_change_kind,
	&vdc_feature_report_kind,     NULL,
};
