/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/extend_grow.c and extend_wait.c: one process grows the volumes of one domain. */
#pragma once

#include "act/extend_part.h"
#include "act/spm_state.h"
#include "base/map.h"
#include "plan/extend.h"

enum { MOST_WAITING = 500 };

struct wait {
	char volume[VDC_UUID_LEN + 1];
	int64_t wanted, last; /* when it was asked for last */
	bool unanswered;
};

struct grow {
	const struct extend_office *office;
	int fd;
	struct vdc_lvm *lvm;
	struct vdc_arena *arena;
	int64_t extent;
	int64_t chunk;	       /* what volumes of the domain grow by */
	struct vdc_map *known; /* name: struct extend_volume * */
	struct vdc_extend_queue queue;
	struct wait waiting[MOST_WAITING];
	size_t n_waiting;
	struct extend_luns luns;
	bool doubt; /* the last look at the lease failed: nothing was tried */
};

int grow_open_group(struct grow *grow, struct vdc_err *err);
/* As it is now (FRESH), or as it was last seen or left. */
int grow_volume_of(struct grow *grow, const char *name, bool fresh, struct extend_volume **ret,
		   struct vdc_err *err);
/* -EINVAL: it may not have SIZE. */
int grow_check(struct grow *grow, const char *name, int64_t size, bool fresh,
	       struct extend_volume **ret, struct vdc_err *err);
/* Under the lease, which is looked at less than a second before the metadata is written. */
int grow_extend(struct grow *grow, struct vdc_spm_work *work, const char *name, int64_t size,
		struct extend_volume *volume, struct vdc_err *err);
/* The group as it is now; the dispatcher is told. */
int grow_look_at_space(struct grow *grow, struct vdc_lvm_group *ret, struct vdc_err *err);
void grow_told_failure(const struct grow *grow, const struct vdc_err *why);

/* extend_wait.c: NAME found no space; what there is is handed out to those, by need. */
void grow_remember(struct grow *grow, const char *name, int64_t wanted);
int grow_hand_out(struct grow *grow, struct vdc_spm_work *work);
