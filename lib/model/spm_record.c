/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/spm_record.h"

#include "model/data_center.h"
#include "model/fields.h"

const struct vdc_enum vdc_spm_result_values = {
	.name = "result of an election",
	VDC_WORD_LIST("elected", "failed", "refused", "released", "lost"),
};

#define NOUN struct vdc_spm_record
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(data_center, vdc_data_center_kind, VDC_REQUIRED | VDC_LISTED | VDC_PART,
		  .help = "data centre of the election"),
	VDC_F_TIME(start_time, VDC_REQUIRED | VDC_LISTED, .help = "when the election began"),
	VDC_F_TIME(end_time, VDC_LISTED, .help = "when the host ceased to be the manager"),
	VDC_F_UUID(host_id, 0, .path = "host@id", .help = "host that was the candidate"),
	VDC_F_TEXT(host_name, VDC_LISTED, .path = "host/name", .title = "HOST", .help = "its name"),
	VDC_F_INT(spm_id, 0, .path = "spm/id", .help = "its number in the data centre"),
	VDC_F_INT(lver, VDC_LISTED, .help = "version of the lease, which grows with every owner"),
	VDC_F_UUID(master_domain_id, 0, .path = "storage_domain@id",
		   .help = "storage domain with the lease"),
	VDC_F_ENUM(result, vdc_spm_result_values, VDC_LISTED, .help = "what came of it"),
	VDC_F_TEXT(reason, VDC_LISTED, .help = "why there was an election"),
	VDC_F_INT(seed, 0, .help = "number from which the order among equals was drawn"),
	VDC_F_TEXT(actor, 0, .path = "user/name", .help = "who asked for it"),
	VDC_F_TEXT(correlation_id, 0, .help = "common to all that belongs to one command"),
};

const struct vdc_kind vdc_spm_record_kind =
	VDC_KIND("spm_record", "spm_history", "spm-record", "an election of a pool manager");
