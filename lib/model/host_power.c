/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/host_power.h"

#include "model/fields.h"

#define NOUN struct vdc_host_power
static const struct vdc_field fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED, .path = "@id", .help = "id of the host"),
	VDC_F_TEXT(host, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .path = "host/name",
		   .help = "its name"),
	VDC_F_ENUM(action, vdc_fence_action_values, VDC_LISTED, .help = "what was to be done"),
	VDC_F_ENUM(result, vdc_fence_result_values, VDC_LISTED, .help = "what came of it"),
	VDC_F_ENUM(power, vdc_power_status_values, VDC_LISTED, .help = "its power, as proven"),
	VDC_F_ENUM(status, vdc_host_status_values, VDC_LISTED, .help = "its status"),
	VDC_F_INT(ha_vms, 0, .title = "HA VMS",
		  .help = "VMs that ran there and are to start elsewhere"),
	VDC_F_TEXT(evidence, VDC_LISTED, .help = "what proves it"),
	VDC_F_TEXT(reason, VDC_LISTED, .help = "why it failed or was not done"),
	VDC_F_UUID(job, 0, .path = "job@id", .help = "job that did it"),
};
#undef NOUN

const struct vdc_kind vdc_host_power_kind = {
	.name = "host_power",
	.plural = "host_powers",
	.word = "host-power",
	.help = "the power of a host, and what was done to it",
	.size = sizeof(struct vdc_host_power),
	.fields = fields,
	.n_fields = VDC_COUNT(fields),
};

#define NOUN struct vdc_power_test
static const struct vdc_field test_fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED, .path = "@id", .help = "id of the fence agent"),
	VDC_F_TEXT(host, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .path = "host/name",
		   .help = "host whose power it switches"),
	VDC_F_INT(order, VDC_LISTED, .help = "when it is tried"),
	VDC_F_TEXT(agent, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .help = "type and address"),
	VDC_F_TEXT(proxy, VDC_REQUIRED | VDC_KEY | VDC_LISTED,
		   .help = "host through which it was asked; \"-\" is this machine"),
	VDC_F_ENUM(power, vdc_power_status_values, VDC_LISTED, .help = "what it said"),
	VDC_F_TEXT(message, VDC_LISTED, .help = "why it said nothing"),
	VDC_F_TEXT(problem, 0, .help = "what its host's power management cannot do"),
};
#undef NOUN

const struct vdc_kind vdc_power_test_kind = {
	.name = "power_test",
	.plural = "power_tests",
	.word = "power-test",
	.help = "a fence agent asked through a proxy",
	.size = sizeof(struct vdc_power_test),
	.fields = test_fields,
	.n_fields = VDC_COUNT(test_fields),
};
