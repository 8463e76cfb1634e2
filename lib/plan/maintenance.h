/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What draining hosts together would do to their VMs, and all that stands against it at once. Pure:
 * a world and a placement of it in, verdicts and findings out. The placement is afterwards as if the
 * hosts were drained.
 */
#pragma once

#include "model/finding.h"
#include "model/job.h"
#include "plan/drain.h"
#include "plan/placement.h"

struct vdc_drain_wish { /* where a plan wants a VM to go */
	const char *vm_id;
	const char *to_id; /* host; it is tried first, and the placement chooses when it refuses */
};

struct vdc_maintenance_input {
	struct vdc_world *world;
	struct vdc_placement *placement;
	const struct vdc_host *const *hosts; /* of the world: those that are drained */
	size_t n_hosts;
	const struct vdc_drain_wish *wishes;
	size_t n_wishes;
	const struct vdc_job *const *jobs; /* of others, that are not over */
	size_t n_jobs;
	bool accept_unknown, any_load; /* as vdc_place_query has them */
	bool no_reserve;	       /* HA VMs may be left without a host that could take them */
};

/* A VM that runs on one of them. */
struct vdc_maintenance_vm {
	const struct vdc_vm *vm;
	const struct vdc_host *host;
	struct vdc_drain_verdict verdict;
	const struct vdc_host *to; /* where the placement would have it; NULL: nowhere */
};

struct vdc_maintenance {
	struct vdc_maintenance_vm *vms; /* in the order of hosts and names */
	size_t n_vms;
	struct vdc_findings *refusals; /* of each host; it may be drained when it has none */
};

void vdc_plan_maintenance(const struct vdc_maintenance_input *input, struct vdc_arena *arena,
			  struct vdc_maintenance *ret);

extern const struct vdc_finding_code vdc_maintenance_codes[];
