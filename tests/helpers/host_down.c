/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host_down HOST EVIDENCE: what is done when a host is proven down, without any power device. */
#include "act/host_down.h"

#include <stdio.h>

#include "cli/command.h"
#include "store/store.h"

struct making {
	struct vdc_job *job;
	struct vdc_arena *arena;
};

static int put_job(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct making *making = ctx;

	return vdc_store_put(db, &vdc_job_kind, making->job, making->arena, err);
}

static int set_down(struct vdc_call *call, struct vdc_job_lease *lease, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	const char *const *operands;
	struct vdc_host_down down = {
		.status = VDC_HOST_DOWN,
		.power_off = !vdc_given(call, "confirmed"),
	};
	void *host;
	int r;

	vdc_call_operands(call, &operands);
	r = vdc_store_get(vdc_call_db(call), &vdc_host_kind, operands[0], 0, arena, &host, err);
	if (r)
		return r;
	down.host_id = vdc_object_id(host);
	down.evidence = operands[1];
	r = vdc_host_down(vdc_call_db(call), lease, &down, arena, err);
	if (!r)
		printf("%zu %zu %s\n", down.vms, down.ha_vms, down.ha_job ?: "");
	if (!r && down.ha_job && vdc_given(call, "launch"))
		r = vdc_ha_launch(down.ha_job, err);
	return r;
}

static int run(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_job *job = vdc_job_new("fence", "", vdc_call_arena(call));
	struct making making = { job, vdc_call_arena(call) };
	struct vdc_job_lease *lease = NULL;
	int r = vdc_db_transaction(vdc_call_db(call), put_job, &making, err);

	if (!r)
		r = vdc_job_acquire(vdc_call_db(call), job->id, VDC_JOB_TTL, &lease, err);
	if (!r)
		r = set_down(call, lease, err);
	job->status = VDC_JOB_FINISHED;
	if (!r)
		r = vdc_job_update(lease, vdc_call_db(call), job, vdc_call_arena(call), err);
	vdc_job_release(lease, vdc_call_db(call));
	return r;
}

static const struct vdc_option options[] = {
	{ .name = "confirmed", .help = "somebody said so; else its power is off" },
	{ .name = "launch", .help = "and have its HA VMs started elsewhere" },
	{ 0 },
};

static const struct vdc_verb verbs[] = {
	{ .name = "",
	  .operands = "HOST EVIDENCE",
	  .min = 2,
	  .max = 2,
	  .needs = VDC_NEEDS_DB_WRITE,
	  .help = "sets a host down",
	  .run = run },
	{ 0 },
};

static const struct vdc_command command = {
	.name = "host_down",
	.help = "set a host down, for tests",
	.verbs = verbs,
	.options = options,
};

int main(int argc, char **argv)
{
	return vdc_command_main(&command, argc, argv);
}
