/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Something that a check found: what every `check` verb prints. It is not stored. Its id is the
 * code and the object's id, so that two runs can be compared.
 */
#pragma once

#include "model/kind.h"

enum vdc_finding_severity {
	VDC_FINDING_INFO = 1,
	VDC_FINDING_WARNING,
	VDC_FINDING_ERROR,
	VDC_FINDING_DATA_LOSS_RISK,
};

struct vdc_finding {
	char *id;
	char *code;	  /* stable: "VM_WITHOUT_HOST" */
	int64_t severity; /* enum vdc_finding_severity */
	char *kind;	  /* word of the object's kind: "vm" */
	char *object;	  /* its name */
	char *object_id;
	char *text;   /* what is wrong, in one sentence */
	char *advice; /* what to do or look at */
};

extern const struct vdc_kind vdc_finding_kind;
extern const struct vdc_enum vdc_finding_severity_values;

/* What a check found, in the order in which it found it. Lives in ARENA. */
struct vdc_findings {
	struct vdc_arena *arena;
	struct vdc_finding **items;
	size_t n, room;
};

/* A code as data: a table of these is a check's documentation and its vocabulary. */
struct vdc_finding_code {
	const char *code;
	enum vdc_finding_severity severity;
	const char *advice;
};

void vdc_findings_add(struct vdc_findings *findings, const struct vdc_finding_code *code,
		      const struct vdc_kind *kind, const void *object, const char *fmt, ...)
	vdc_printf(5, 6);

/* One that another check found, whose arena lives as long. */
void vdc_findings_take(struct vdc_findings *findings, struct vdc_finding *finding);
