/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A storage pool manager that is drained hands the role over, before any of its VMs leaves. */
#include <errno.h>
#include <string.h>

#include "act/drain_part.h"
#include "act/spm_elect.h"
#include "base/time.h"

/* Another election is a matter of seconds; it may bring the role to another host by itself. */
#define BUSY_TIME (30 * VDC_SECOND)
#define PAUSE (VDC_SECOND / 2)

static int begin(struct drain_host *host, const char *data_center, struct vdc_job_lease **ret,
		 struct vdc_err *err)
{
	const int64_t until = vdc_time_monotonic() + BUSY_TIME;
	int r;

	while ((r = vdc_spm_elect_begin(host->run->db, data_center, host->run->arena, ret, err)) ==
		       -EBUSY &&
	       vdc_time_monotonic() < until && !drain_stops(host->run))
		vdc_sleep(PAUSE);
	return r;
}

static void judge(struct drain_host *host, const struct vdc_spm_election *election)
{
	if (election->end != VDC_SPM_KEEP)
		drain_fail(host, "%s", election->text);
	else if (strcmp(election->host->id, host->host->id) == 0)
		drain_fail(host, "it stays the storage pool manager");
	else
		drain_say(host, "host %s is the storage pool manager now", election->host->name);
}

static int elect(struct drain_host *host, const char *data_center, struct vdc_err *err)
{
	const struct drain_run *run = host->run;
	struct vdc_spm_elect_options options = vdc_spm_elect_options();
	struct vdc_spm_election election = {
		.data_center = data_center,
		.leave = true,
		.reason = run->options->reason ?: "its host is prepared for maintenance",
	};
	struct vdc_job_lease *lease = NULL;
	struct vdc_err why = { 0 };
	int r = begin(host, data_center, &lease, &why);

	options.told = run->options->told;
	options.ctx = run->options->ctx;
	if (r == -EBUSY) {
		drain_fail(host, "it is the storage pool manager: %s", vdc_err_text(&why));
		return 0;
	}
	if (r)
		return vdc_err_set(err, r, "%s", vdc_err_text(&why));
	r = vdc_spm_elect(run->db, lease, &options, &election, run->arena, err);
	vdc_job_release(lease, r == -EBUSY ? NULL : run->db);
	if (!r)
		judge(host, &election);
	return r;
}

/* Without a master domain there is no lease, whatever the database has. */
static int hand_over(struct drain_host *host, struct vdc_err *err)
{
	const struct drain_run *run = host->run;
	struct vdc_spm_storage storage;
	const char *data_center;
	int r = vdc_spm_data_center(run->db, host->host, run->arena, &data_center, err);

	if (r)
		return r == -ENOENT ? 0 : r;
	r = vdc_spm_storage(run->db, data_center, run->arena, &storage, err);
	return r || !storage.master ? r : elect(host, data_center, err);
}

int drain_roles(struct drain_run *run, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < run->n && !r; i++) {
		struct drain_host *host = &run->hosts[i];

		if (host->over || host->reasons.n || run->options->give_up || host->unread ||
		    host->host->spm_status != VDC_SPM_SPM)
			continue;
		r = hand_over(host, err);
	}
	return r;
}
