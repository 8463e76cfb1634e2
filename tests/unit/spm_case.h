/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was seen of a data centre of three hosts, h1 to h3, in one row: for tests of plan/spm_election.h. */
#pragma once

#include "plan/spm_election.h"

#define GENERATION 4
#define LVER 7
#define DC(x) VDC_DATA_CENTER_##x

enum { HOSTS = 3 };

/* Answers of a host; by default one answers that it is free. */
enum { FREE, SPM, CONTENDS, SILENT };

enum {
	CONFIRMED = 1,
	OFF = 2,
	NO_POWER = 4, /* no power management */
	NOT_FENCED = 8,
	FAILED = 16,
	FORMER = 32,
	NEVER = 64, /* priority -1 */
	DOWN = 128,
	CONNECTING = 256,
	NO_ID = 512,
	OLD_LVER = 1024,
	HIGH = 2048, /* priority 9 */
	OUTSIDE = 4096,
	NO_VIRT = 8192,
};

struct spm_setting {
	int answer;
	unsigned flags;
};

/* PREFER counts from 1; 0: any. */
struct spm_row {
	const char *name;
	struct vdc_spm_lease lease;
	struct spm_setting hosts[HOSTS];
	int prefer;
	bool force, leave, wait_lease;
	size_t tasks;
	int64_t status; /* of the data centre; 0: up */
	int64_t last_lver;
	enum vdc_spm_step step;
	int host;	  /* from 1; 0: none */
	const char *says; /* part of the reason; NULL: anything */
};

#define OWNED(id, how)                                                         \
	{                                                                      \
		true, id, GENERATION, LVER, VDC_SPM_LIVENESS_##how, GENERATION \
	}
#define NOBODYS                                               \
	{                                                     \
		true, 0, 0, LVER, VDC_SPM_LIVENESS_UNKNOWN, 0 \
	}
#define REJOINED(id)                                                              \
	{                                                                         \
		true, id, GENERATION, LVER, VDC_SPM_LIVENESS_LIVE, GENERATION + 1 \
	}
/* Seen by somebody who does not know of its latest join. */
#define STALE(id, how)                                                             \
	{                                                                          \
		true, id, GENERATION, LVER, VDC_SPM_LIVENESS_##how, GENERATION - 1 \
	}
#define H(answer, flags)      \
	{                     \
		answer, flags \
	}
#define DO(step_, host_) .step = VDC_SPM_##step_, .host = (host_)

struct spm_case {
	struct vdc_host hosts[HOSTS];
	struct vdc_spm_candidate candidates[HOSTS];
	struct vdc_data_center data_center;
	struct vdc_spm_input input;
};

/* What vdc_spm_next() is given; all that it points to is C's, or static. */
void spm_case_set(struct spm_case *c, const struct spm_row *row);
