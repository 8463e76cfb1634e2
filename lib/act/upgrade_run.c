/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wave after wave, phase after phase: the hosts of a wave go through each phase together. */
#include "act/upgrade_run.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/upgrade_work.h"
#include "base/buf.h"
#include "base/time.h"
#include "store/store.h"

static upgrade_phase_fn *const phases[VDC_UPGRADE_N_PHASES] = {
	[VDC_UPGRADE_CHECK] = upgrade_check,	   [VDC_UPGRADE_DRAIN] = upgrade_drain,
	[VDC_UPGRADE_UPDATE] = upgrade_update,	   [VDC_UPGRADE_REBOOT] = upgrade_reboot,
	[VDC_UPGRADE_RETURN] = upgrade_return,	   [VDC_UPGRADE_ENROL] = upgrade_enrol,
	[VDC_UPGRADE_ACTIVATE] = upgrade_activate,
};

/* Whether a phase is nothing to this host. */
static bool passes_over(const struct upgrade_host *host, enum vdc_upgrade_phase phase)
{
	bool no_reboot = host->run->options.no_reboot;

	switch (phase) {
	case VDC_UPGRADE_DRAIN:
	case VDC_UPGRADE_ACTIVATE:
		return no_reboot;
	case VDC_UPGRADE_ENROL:
		return !host->image;
	default:
		return false;
	}
}

static bool may_go_on(const struct upgrade_run *run)
{
	return !run->ending && (!run->stop || run->closing);
}

static int64_t count_failed(const struct upgrade_run *run)
{
	int64_t n = 0;

	for (size_t i = 0; i < run->n_hosts; i++)
		n += run->hosts[i].settled && run->hosts[i].failed;
	return n;
}

/* After its image did not come up: what was there before, and the host as it was. */
static int go_back(struct upgrade_host *host, const char **outcome, struct vdc_err *err)
{
	struct upgrade_run *run = host->run;
	const char *failure = host->failure;
	int r = upgrade_begin_phase(host, VDC_UPGRADE_ROLL_BACK, err);

	*outcome = failure;
	host->failure = NULL;
	if (!r)
		r = upgrade_roll_back(run, &host, 1, err);
	host->rolling_back = true;
	if (!r && !host->failure)
		r = upgrade_return(run, &host, 1, err);
	if (!r && !host->failure && host->returned)
		r = upgrade_enrol(run, &host, 1, err);
	if (!r && !host->failure && host->returned)
		r = upgrade_activate(run, &host, 1, err);
	host->rolling_back = false;
	if (r)
		return r;
	*outcome = host->failure ? vdc_arena_format(run->arena,
						    "%s; rolling back did not work either: %s",
						    failure, host->failure)
				 : vdc_arena_format(run->arena, "%s; it was rolled back", failure);
	return upgrade_end_phase(host, VDC_UPGRADE_ROLL_BACK,
				 host->failure ? VDC_JOB_FAILED : VDC_JOB_FINISHED, host->failure,
				 err);
}

static bool can_go_back(const struct upgrade_host *host, enum vdc_upgrade_phase phase)
{
	return host->image && host->run->options.rollback_command && host->host &&
	       phase >= VDC_UPGRADE_UPDATE;
}

/* It has failed for good. One whose update began is not fit to run VMs. */
static int fail(struct upgrade_host *host, enum vdc_upgrade_phase phase, struct vdc_err *err)
{
	const char *outcome = vdc_arena_format(host->run->arena, "%s: %s",
					       vdc_upgrade_phases[phase], host->failure);
	bool rolled_back = false;
	int r = 0;

	if (can_go_back(host, phase)) {
		host->failure = outcome;
		r = go_back(host, &outcome, err);
		rolled_back = !host->failure;
	}
	if (!r && !rolled_back && phase >= VDC_UPGRADE_UPDATE && host->host &&
	    !host->run->options.no_reboot && host->host->status == VDC_HOST_INSTALLING)
		r = upgrade_set_status(host, VDC_HOST_INSTALL_FAILED, outcome, err);
	return r ? r : upgrade_settle(host, outcome, err);
}

/* Where a host begins that is tried again. What a host lacks after its return, its update must give. */
static enum vdc_upgrade_phase again_from(enum vdc_upgrade_phase phase)
{
	return phase == VDC_UPGRADE_RETURN || phase == VDC_UPGRADE_REBOOT ? VDC_UPGRADE_UPDATE
									  : phase;
}

static int after_failure(struct upgrade_host *host, enum vdc_upgrade_phase phase,
			 struct vdc_err *err)
{
	struct upgrade_run *run = host->run;
	const struct vdc_upgrade_failed failed = {
		.action = run->options.failure,
		.retries = run->options.retries,
		.tolerated = run->options.tolerated,
		.tries = host->steps[phase].tries,
		.failed = count_failed(run),
		.lasting = host->lasting,
	};
	const enum vdc_upgrade_sequel sequel = vdc_upgrade_after_failure(&failed);
	int r = upgrade_end_phase(host, phase, VDC_JOB_FAILED, host->failure, err);

	if (r)
		return r;
	if (sequel == VDC_UPGRADE_AGAIN) {
		host->at = again_from(phase);
		host->not_before = vdc_time_monotonic() + run->options.retry_delay_us;
		return 0;
	}
	r = fail(host, phase, err);
	if (!r && sequel == VDC_UPGRADE_END)
		run->ending = vdc_arena_format(run->arena, "host %s: %s", host->row->name,
					       host->steps[0].message);
	return r;
}

static int after_success(struct upgrade_host *host, enum vdc_upgrade_phase phase,
			 struct vdc_err *err)
{
	int r = upgrade_end_phase(host, phase, VDC_JOB_FINISHED, NULL, err);

	host->at = phase + 1;
	return r;
}

static int after_phase(struct upgrade_host *host, enum vdc_upgrade_phase phase, struct vdc_err *err)
{
	if (host->failure)
		return after_failure(host, phase, err);
	/* Its step stays begun: whoever resumes goes on with it. */
	return host->interrupted ? 0 : after_success(host, phase, err);
}

static int begin_phase(struct upgrade_host *host, enum vdc_upgrade_phase phase, struct vdc_err *err)
{
	host->failure = host->silence = NULL;
	host->lasting = host->interrupted = false;
	host->resumed = host->steps[phase].status == VDC_JOB_STARTED;
	return upgrade_begin_phase(host, phase, err);
}

static int pass_over(struct upgrade_host *host, enum vdc_upgrade_phase phase, struct vdc_err *err)
{
	host->at = phase + 1;
	return upgrade_skip_phase(host, phase, err);
}

static int do_phase(struct upgrade_run *run, struct upgrade_host **batch, size_t n_batch,
		    enum vdc_upgrade_phase phase, struct vdc_err *err)
{
	struct upgrade_host **hosts = vdc_arena_alloc(run->arena, (n_batch + 1) * sizeof(*hosts));
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < n_batch && !r; i++) {
		struct upgrade_host *host = batch[i];

		if (host->settled || host->at != phase || host->not_before > vdc_time_monotonic())
			continue;
		if (passes_over(host, phase))
			r = pass_over(host, phase, err);
		else if (!(r = begin_phase(host, phase, err)))
			hosts[n++] = host;
	}
	if (!r && n)
		r = phases[phase](run, hosts, n, err);
	for (size_t i = 0; i < n && !r; i++)
		r = after_phase(hosts[i], phase, err);
	return r ? r : upgrade_note_percent(run, err);
}

static int begin_hosts(struct upgrade_host **batch, size_t n, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		if (batch[i]->steps[0].status != VDC_JOB_STARTED)
			r = upgrade_begin_phase(batch[i], 0, err);
	return r;
}

static int do_batch(struct upgrade_run *run, struct upgrade_host **batch, size_t n,
		    struct vdc_err *err)
{
	int r = begin_hosts(batch, n, err);

	for (enum vdc_upgrade_phase phase = VDC_UPGRADE_CHECK;
	     phase < VDC_UPGRADE_ROLL_BACK && !r && may_go_on(run); phase++) {
		r = do_phase(run, batch, n, phase, err);
		if (!r)
			r = upgrade_poll(run, err);
	}
	for (size_t i = 0; i < n && !r; i++)
		if (!batch[i]->settled && batch[i]->at == VDC_UPGRADE_ROLL_BACK)
			r = upgrade_settle(batch[i], NULL, err);
	return r;
}

/* Hosts of the cluster that take no VMs now, but for those of the batch. */
struct counting {
	const struct upgrade_run *run;
	int64_t wave, away;
};

static int count_away(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		      struct vdc_err *err vdc_unused)
{
	const struct vdc_host *host = object;
	struct counting *counting = ctx;

	for (size_t i = 0; i < counting->run->n_hosts; i++) {
		const struct upgrade_host *one = &counting->run->hosts[i];

		if (one->row->wave == counting->wave && !one->settled &&
		    strcmp(one->row->id, host->id) == 0)
			return 0;
	}
	counting->away += host->status != VDC_HOST_UP;
	return 0;
}

/* How many hosts of the wave may go at once: at least one, as the planner has it. */
static int room(const struct upgrade_run *run, int64_t wave, size_t *ret, struct vdc_err *err)
{
	struct counting counting = { .run = run, .wave = wave };
	int64_t most = run->rows.upgrade->max_away;
	int r = vdc_store_each_of(run->db, &vdc_host_kind,
				  vdc_kind_field(&vdc_host_kind, "cluster"), run->cluster->id, 0,
				  NULL, count_away, &counting, err);

	*ret = most > counting.away ? (size_t)(most - counting.away) : 1;
	return r;
}

/* What was begun first goes on first. */
static size_t choose(struct upgrade_run *run, int64_t wave, size_t most,
		     struct upgrade_host **batch)
{
	size_t n = 0;

	for (int begun = 1; begun >= 0; begun--)
		for (size_t i = 0; i < run->n_hosts && n < most; i++) {
			struct upgrade_host *host = &run->hosts[i];

			if (host->row->wave == wave && !host->settled &&
			    (host->at > VDC_UPGRADE_CHECK) == begun)
				batch[n++] = host;
		}
	return n;
}

static int wait_for_retry(struct upgrade_run *run, struct upgrade_host **batch, size_t n,
			  struct vdc_err *err)
{
	int64_t first = INT64_MAX, now = vdc_time_monotonic();

	for (size_t i = 0; i < n; i++)
		if (!batch[i]->settled && batch[i]->not_before < first)
			first = batch[i]->not_before;
	if (first == INT64_MAX || first <= now)
		return 0;
	upgrade_say(run, NULL, "trying again in %" PRId64 " s", (first - now) / VDC_SECOND + 1);
	return upgrade_pause(run, first - now, err);
}

static int do_wave(struct upgrade_run *run, int64_t wave, struct vdc_err *err)
{
	struct upgrade_host **batch =
		vdc_arena_alloc(run->arena, (run->n_hosts + 1) * sizeof(struct upgrade_host *));
	int r = 0;

	while (!r && may_go_on(run)) {
		size_t most, n;

		r = room(run, wave, &most, err);
		n = r ? 0 : choose(run, wave, most, batch);
		if (!n)
			break;
		r = do_batch(run, batch, n, err);
		if (!r && may_go_on(run))
			r = wait_for_retry(run, batch, n, err);
	}
	return r;
}

static int do_waves(struct upgrade_run *run, struct vdc_err *err)
{
	int64_t wave = 0;
	int r = 0;

	for (size_t i = 0; i < run->n_hosts && !r && may_go_on(run); i++) {
		if (run->hosts[i].row->wave == wave)
			continue;
		wave = run->hosts[i].row->wave;
		r = do_wave(run, wave, err);
	}
	return r;
}

/*
 * After an abort, or a failure that ended the run, no host is left in between: one whose update has
 * begun goes on to its end, one that was only emptied takes VMs again.
 */
static int tidy(struct upgrade_run *run, struct vdc_err *err)
{
	int r = 0;

	run->closing = true;
	for (size_t i = 0; i < run->n_hosts && !r; i++) {
		struct upgrade_host *host = &run->hosts[i];
		const char *ending = run->ending;

		if (host->settled || host->steps[0].status != VDC_JOB_STARTED)
			continue;
		run->ending = NULL;
		if (host->steps[VDC_UPGRADE_UPDATE].status &&
		    host->steps[VDC_UPGRADE_UPDATE].status != VDC_JOB_QUEUED) {
			host->not_before = 0;
			r = do_batch(run, &host, 1, err);
		} else if (host->at > VDC_UPGRADE_DRAIN && !run->options.no_reboot) {
			r = upgrade_activate(run, &host, 1, err);
		} else if (host->steps[VDC_UPGRADE_DRAIN].status == VDC_JOB_STARTED) {
			r = upgrade_drain(run, &host, 1, err);
		}
		run->ending = ending ? ending : run->ending;
		if (!r && !host->settled)
			r = upgrade_settle(host, "the run ended before its turn", err);
	}
	run->closing = false;
	return r;
}

static bool is_paused(const struct upgrade_run *run)
{
	return run->stop && !run->ending && run->request != VDC_JOB_ABORT;
}

static bool all_settled(const struct upgrade_run *run)
{
	for (size_t i = 0; i < run->n_hosts; i++)
		if (!run->hosts[i].settled)
			return false;
	return true;
}

static int carry_out(struct upgrade_run *run, struct vdc_err *err)
{
	int r = upgrade_switch(run, err);

	if (!r)
		r = do_waves(run, err);
	if (!r && is_paused(run) && !all_settled(run))
		return upgrade_close(run, VDC_JOB_PAUSED, err);
	if (!r && !all_settled(run))
		r = tidy(run, err);
	if (!r)
		r = upgrade_restore(run, err);
	if (!r && !run->ending && all_settled(run))
		r = upgrade_mend_affinity(run, err);
	if (!r && !run->ending && all_settled(run))
		r = upgrade_refresh(run, err);
	if (!r && !run->ending && all_settled(run) && !count_failed(run))
		r = upgrade_raise(run, err);
	if (r)
		return r;
	if (run->request == VDC_JOB_ABORT && run->stop)
		return upgrade_close(run, VDC_JOB_ABORTED, err);
	return upgrade_close(
		run, run->ending || count_failed(run) ? VDC_JOB_FAILED : VDC_JOB_FINISHED, err);
}

int vdc_upgrade_run(struct vdc_db *db, const char *job_id,
		    const struct vdc_upgrade_control *control, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct upgrade_run run = {
		.db = db,
		.arena = arena,
		.control = control,
		.wake = -1,
		.bell = -1,
	};
	int r = vdc_job_acquire(db, job_id, VDC_JOB_TTL, &run.lease, err);

	if (!r)
		r = upgrade_open(&run, err);
	if (!r)
		r = upgrade_control_open(&run, err);
	if (!r)
		r = carry_out(&run, err);
	upgrade_control_close(&run);
	/* Whose lease was lost must not give it up for its successor. */
	vdc_job_release(run.lease, r == -EBUSY ? NULL : db);
	return r;
}
