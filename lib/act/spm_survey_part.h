/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/spm_survey*.c. */
#pragma once

#include "act/spm_survey.h"

/* Asks the hosts of SURVEY and fills in what they say. *SETTLED: all of it is of one moment. */
int spm_look(struct vdc_spm_survey *survey, const struct vdc_spm_survey_options *options,
	     struct vdc_arena *arena, bool *settled, struct vdc_err *err);
