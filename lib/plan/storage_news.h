/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is told about the storage of a data centre: what changed in a pass, once, for events and mail;
 * and what is wrong now, as findings. What befalls all hosts is told of the domain, what befalls some
 * of each of them, so that a storage that goes away is one line and not one for each host. Pure.
 */
#pragma once

#include "model/event.h"
#include "model/finding.h"
#include "plan/storage_health.h"

struct vdc_storage_change {
	const struct vdc_storage_scene *before, *after; /* of the same hosts and domains */
	const struct vdc_storage_verdict *verdict;
	const int64_t *spaces; /* enum vdc_storage_space of each domain, after */
	int64_t began;	       /* of this pass */
};

struct vdc_storage_tale {
	enum vdc_severity severity;
	const char *type; /* of the event */
	const struct vdc_kind *kind;
	const void *object;
	const char *text;
};

struct vdc_storage_tales {
	struct vdc_storage_tale *tales;
	size_t n, room;
};

/* That the space of DOMAIN, as it was before, is SPACE now. False: that is nothing to tell. */
bool vdc_storage_space_tell(const struct vdc_storage_domain *domain, int64_t space,
			    struct vdc_arena *arena, struct vdc_storage_tale *ret);

void vdc_storage_tell(const struct vdc_storage_change *change, struct vdc_arena *arena,
		      struct vdc_storage_tales *ret);

/* About the rows of this pass. */
void vdc_storage_find(const struct vdc_storage_change *change, struct vdc_findings *findings);

extern const struct vdc_finding_code vdc_storage_codes[];
