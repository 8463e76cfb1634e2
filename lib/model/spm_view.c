/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/spm_view.h"

#include "model/fields.h"
#include "model/host.h"
#include "model/lockspace.h"

static const struct vdc_enum of_values = {
	.name = "what a row is about",
	VDC_WORD_LIST("lease", "host"),
};

#define NOUN struct vdc_spm_view
static const struct vdc_field fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED, .path = "@id", .help = "id of the master domain or host"),
	VDC_F_TEXT(data_center, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .path = "data_center/name",
		   .title = "DC", .help = "data centre"),
	VDC_F_ENUM(of, of_values, VDC_REQUIRED | VDC_LISTED, .title = "WHAT",
		   .help = "lease or host"),
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_KEY | VDC_LISTED,
		   .help = "name of the master domain or host"),
	VDC_F_ENUM(status, vdc_host_status_values, 0, .help = "status of the host"),
	VDC_F_ENUM(role, vdc_spm_role_values, VDC_LISTED, .title = "ANSWER",
		   .help = "the host's own answer: SPM, Contend, Free"),
	VDC_F_INT(lver, VDC_LISTED,
		  .help = "version of the lease; with which the host says that it has it"),
	VDC_F_INT(host_id, 0, .help = "number of the host, or of the lease's owner"),
	VDC_F_TEXT(owner, VDC_LISTED, .help = "owner of the lease"),
	VDC_F_ENUM(liveness, vdc_host_liveness_values, VDC_LISTED, .title = "ALIVE",
		   .help = "whether the owner's, or the host's number is renewed"),
	VDC_F_INT(age, VDC_LISTED, .help = "seconds since it was last renewed"),
	VDC_F_TEXT(seen_by, 0, .help = "host whose sanlock says so"),
	VDC_F_BOOL(watchdog, 0, .help = "a watchdog resets the host when its sanlock cannot renew"),
	VDC_F_TEXT(recorded, VDC_LISTED, .help = "what the database has"),
	VDC_F_WORDS(findings, "finding", 0, .help = "codes of what does not fit together"),
	VDC_F_TEXT(problem, VDC_LISTED, .help = "what does not fit together, or why it is unknown"),
};

const struct vdc_kind vdc_spm_view_kind =
	VDC_KIND("spm_view", "spm_views", "spm-view", "what is seen of a storage pool manager");
#undef NOUN

/* plan/spm_election.h, enum vdc_spm_step */
static const struct vdc_enum step_values = {
	.name = "step of an election",
	VDC_WORD_LIST("keep", "wait", "fence", "confirm", "free_leases", "stop", "start", "nobody",
		      "refuse", "unknown"),
};

#define NOUN struct vdc_spm_step_view
static const struct vdc_field step_fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED, .path = "@id", .help = "id of the data centre"),
	VDC_F_TEXT(data_center, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .path = "data_center/name",
		   .title = "DC", .help = "data centre"),
	VDC_F_ENUM(step, step_values, VDC_REQUIRED | VDC_LISTED, .help = "what would be done"),
	VDC_F_TEXT(host, VDC_LISTED, .path = "host/name", .help = "to which host"),
	VDC_F_TEXT(reason, VDC_LISTED, .help = "why"),
};
#undef NOUN

const struct vdc_kind vdc_spm_step_view_kind = {
	.name = "spm_step",
	.plural = "spm_steps",
	.word = "spm-step",
	.help = "what an election would do first",
	.size = sizeof(struct vdc_spm_step_view),
	.fields = step_fields,
	.n_fields = VDC_COUNT(step_fields),
};
