/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The job that starts highly available VMs elsewhere: one about each host that failed, with a step for
 * each VM. A step that is queued waits for its turn; one that is started may be running there, whoever
 * owns the job. What a step remembers is lines in its state, see struct vdc_ha_memory.
 */
#pragma once

#include "act/host_down.h"
#include "model/vm.h"

#define VDC_HA_STEP "ha_start"

struct vdc_ha_memory {
	int64_t since;	  /* when it was queued, wall clock */
	int64_t next;	  /* not before that; VDC_UNSET: at once */
	const char *to;	  /* id of the host where it was last begun; NULL: nowhere */
	int64_t failures; /* tries that came to nothing, but for those that a lease held up */
	bool moving;	  /* it was about to leave its host when that failed */
};

char *vdc_ha_memory_write(const struct vdc_ha_memory *memory, struct vdc_arena *arena);
struct vdc_ha_memory vdc_ha_memory_read(const char *state, struct vdc_arena *arena);

/* Putting VMs into the job of HOST: the open one, or a new one with the first of them. */
struct vdc_ha_list {
	const struct vdc_host *host;
	struct vdc_arena *arena;
	char *job;	   /* its id; NULL: there is none */
	size_t open;	   /* VMs that wait, or are begun */
	int64_t now, next; /* number of the next step */
	void **steps;
	size_t n_steps;
};

/* All in one transaction of the caller. */
int vdc_ha_list_begin(struct vdc_db *db, const struct vdc_host *host, struct vdc_arena *arena,
		      struct vdc_ha_list *ret, struct vdc_err *err);
/* One that is in the job already is not queued twice. */
int vdc_ha_list_add(struct vdc_db *db, struct vdc_ha_list *list, const struct vdc_vm *vm,
		    struct vdc_err *err);
