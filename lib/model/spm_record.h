/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The history of elections: who was made storage pool manager, why, and until when. */
#pragma once

#include "model/kind.h"

enum vdc_spm_result {
	VDC_SPM_RESULT_ELECTED = 1,
	VDC_SPM_RESULT_FAILED,
	VDC_SPM_RESULT_REFUSED, /* the former one could not be proven dead */
	VDC_SPM_RESULT_RELEASED,
	VDC_SPM_RESULT_LOST,
};

struct vdc_spm_record {
	char *id;
	struct vdc_ref data_center;
	int64_t start_time;
	int64_t end_time;
	char *host_id;
	char *host_name;
	int64_t spm_id;
	int64_t lver;
	char *master_domain_id;
	int64_t result; /* enum vdc_spm_result */
	char *reason;
	int64_t seed;
	char *actor;
	char *correlation_id;
};

extern const struct vdc_kind vdc_spm_record_kind;
extern const struct vdc_enum vdc_spm_result_values;
