/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/spm_election.h"

#include <inttypes.h>
#include <string.h>

#include "plan/spm_election_part.h"

/* What a decision is made with: every step is said through it. */
struct election {
	const struct vdc_spm_input *input;
	struct vdc_arena *arena;
	struct vdc_spm_next *ret;
};

#define DECIDE(e, step_, host_, ...)               \
	((void)(*(e)->ret = (struct vdc_spm_next){ \
			.step = (step_),           \
			.host = (host_),           \
			.reason = vdc_arena_format((e)->arena, __VA_ARGS__) }))

/* False: the lease cannot be trusted, and that was said. */
static bool lease_is_sound(const struct election *e)
{
	const struct vdc_spm_lease *lease = &e->input->lease;
	const char *data_center = e->input->data_center->name;

	if (!lease->known) {
		DECIDE(e, VDC_SPM_BLIND, NULL,
		       "the lease on the master domain of data center %s cannot be read: who is the "
		       "manager is unknown",
		       data_center);
		return false;
	}
	if (spm_lver_went_back(e->input)) {
		DECIDE(e, VDC_SPM_REFUSE, NULL,
		       "the lease of data center %s has version %" PRId64 ", and %" PRId64
		       " was read before: it was written anew or comes from a copy, and older "
		       "versions guard nothing",
		       data_center, lease->lver, e->input->last_lver);
		return false;
	}
	if (lease->owner_id > 0 && spm_id_count(e->input, lease->owner_id) > 1) {
		DECIDE(e, VDC_SPM_REFUSE, NULL,
		       "host id %" PRId64 " owns the lease and is that of more than one host: have "
		       "all but one leave and join again",
		       lease->owner_id);
		return false;
	}
	return true;
}

/* A host that believes that it is the manager and is not: nobody is started beside it. */
static bool stop_pretender(const struct election *e)
{
	for (size_t i = 0; i < e->input->n; i++) {
		const struct vdc_spm_candidate *one = &e->input->hosts[i];

		if (one->answer != VDC_SPM_ANSWER_SPM || spm_is_manager(e->input, one))
			continue;
		DECIDE(e, VDC_SPM_STOP, one->host,
		       "host %s says that it is the manager, and the lease says that it is not",
		       one->host->name);
		return true;
	}
	return false;
}

static bool wait_for_contender(const struct election *e)
{
	for (size_t i = 0; i < e->input->n; i++) {
		const struct vdc_spm_candidate *one = &e->input->hosts[i];

		if (one->answer != VDC_SPM_ANSWER_CONTEND)
			continue;
		DECIDE(e, VDC_SPM_WAIT, one->host, "host %s contends", one->host->name);
		return true;
	}
	return false;
}

static const struct vdc_spm_candidate *preferred(const struct vdc_spm_input *input)
{
	for (size_t i = 0; input->prefer && i < input->n; i++)
		if (strcmp(input->hosts[i].host->id, input->prefer) == 0)
			return &input->hosts[i];
	return NULL;
}

/* The checks of ForceSelectSPM; NULL: none is failed. */
static const char *unfit_for_force(const struct election *e)
{
	const struct vdc_spm_input *input = e->input;
	const struct vdc_spm_candidate *wished = preferred(input);

	if (!wished)
		return vdc_arena_format(e->arena, "host %s is none of data center %s",
					input->prefer ?: "(none)", input->data_center->name);
	return spm_unfit(wished, e->arena);
}

static const char *may_not_be_forced(const struct election *e)
{
	const struct vdc_data_center *data_center = e->input->data_center;

	if (data_center->status != VDC_DATA_CENTER_UP)
		return vdc_arena_format(
			e->arena, "data center %s is %s", data_center->name,
			vdc_enum_word(&vdc_data_center_status_values, data_center->status)
				?: "not up");
	if (e->input->tasks)
		return vdc_arena_format(e->arena,
					"%zu structural changes of data center %s are under way",
					e->input->tasks, data_center->name);
	return NULL;
}

/* It answers and has the lease. It is asked to give it up only when somebody can take it. */
static void keep_or_move(const struct election *e, const struct vdc_spm_candidate *manager)
{
	const struct vdc_spm_input *input = e->input;
	const struct vdc_host *host = manager->host;
	const char *against = NULL;

	if ((input->force && preferred(input) == manager) || (!input->force && !input->leave)) {
		DECIDE(e, VDC_SPM_KEEP, host, "host %s is the manager", host->name);
		return;
	}
	if (input->force) {
		against = unfit_for_force(e);
		against = against ? against : may_not_be_forced(e);
	} else if (!spm_pick(input, manager)) {
		against = spm_nobody(input, manager, e->arena);
	}
	if (against)
		DECIDE(e, VDC_SPM_REFUSE, host, "%s; host %s stays the manager", against,
		       host->name);
	else
		DECIDE(e, VDC_SPM_STOP, host, "host %s hands over", host->name);
}

/* Somebody else looks after it, and its time there is limited (plan/host_status.h). */
static bool is_between(const struct vdc_host *host)
{
	return host->status == VDC_HOST_INITIALIZING || host->status == VDC_HOST_CONNECTING ||
	       host->status == VDC_HOST_REBOOT || host->status == VDC_HOST_KDUMPING;
}

/* The owner does not answer and nothing proves that it is down. */
static void prove(const struct election *e, const struct vdc_spm_candidate *owner)
{
	const struct vdc_host *host = owner->host;

	if (is_between(host))
		DECIDE(e, VDC_SPM_WAIT, host, "host %s owns the lease and is %s", host->name,
		       vdc_enum_word(&vdc_host_status_values, host->status));
	else if (host->pm_enabled == 1 && !owner->fence_failed)
		DECIDE(e, VDC_SPM_FENCE, host,
		       "host %s owns the lease and does not answer: it must be fenced first",
		       host->name);
	else if (e->input->wait_lease)
		DECIDE(e, VDC_SPM_WAIT, host,
		       "host %s owns the lease and does not answer: its lease has not expired yet",
		       host->name);
	else
		DECIDE(e, VDC_SPM_CONFIRM, host,
		       "host %s owns the lease, does not answer and %s: see that it is down, then "
		       "run fence confirm %s, or accept the lease's expiry with --wait-lease",
		       host->name,
		       owner->fence_failed ? "could not be fenced" : "has no power management",
		       host->name);
}

static bool silent_owner_is_gone(const struct election *e, const struct vdc_spm_candidate *owner)
{
	const struct vdc_host *host = owner->host;
	bool expired = spm_expired(&e->input->lease);

	if (expired && (owner->proof || e->input->wait_lease))
		return true;
	if (owner->proof == VDC_SPM_PROOF_POWER_OFF)
		DECIDE(e, VDC_SPM_FREE_LEASES, host,
		       "the power of host %s is off: what it holds can be released", host->name);
	else if (owner->proof == VDC_SPM_PROOF_CONFIRMED)
		DECIDE(e, VDC_SPM_WAIT, host,
		       "host %s is confirmed to be down, and its lease has not expired yet",
		       host->name);
	else
		prove(e, owner);
	return false;
}

/*
 * Its number is renewed, so that nobody else gets the lease, ever: a holder that ended while the storage was
 * away could not release it, and sanlock does not try that again.
 */
static bool takes_it_again(const struct election *e, const struct vdc_spm_candidate *owner)
{
	const struct vdc_host *host = owner->host;

	if (owner->answer != VDC_SPM_ANSWER_FREE || owner->outside || owner->failed ||
	    host->status != VDC_HOST_UP)
		return false;
	DECIDE(e, VDC_SPM_START, host,
	       "host %s owns the lease and nobody holds it there: it takes it once more",
	       host->name);
	return true;
}

/* False: it is not, and what comes first was said. */
static bool owner_is_gone(const struct election *e)
{
	const struct vdc_spm_lease *lease = &e->input->lease;
	const struct vdc_spm_candidate *owner = spm_owner(e->input);
	bool expired = spm_expired(lease);

	if (spm_released(lease))
		return true;
	if (owner && owner->answer == VDC_SPM_ANSWER_NONE)
		return silent_owner_is_gone(e, owner);
	if (expired && (owner || e->input->wait_lease))
		return true;
	if (owner && takes_it_again(e, owner))
		return false;
	if (owner)
		DECIDE(e, VDC_SPM_WAIT, owner->host,
		       "host %s says that it is not the manager, and its lease has not expired yet",
		       owner->host->name);
	else if (e->input->wait_lease)
		DECIDE(e, VDC_SPM_WAIT, NULL,
		       "host id %" PRId64
		       ", no host of data center %s, owns the lease, which has not "
		       "expired yet",
		       lease->owner_id, e->input->data_center->name);
	else
		DECIDE(e, VDC_SPM_REFUSE, NULL,
		       "host id %" PRId64
		       " owns the lease and is no host of data center %s: end it "
		       "there, or accept the lease's expiry with --wait-lease",
		       lease->owner_id, e->input->data_center->name);
	return false;
}

static void start_somebody(const struct election *e)
{
	const struct vdc_spm_input *input = e->input;
	const struct vdc_spm_candidate *wished = preferred(input), *picked;
	const char *against = NULL;

	/* Once it failed in this round, any other is better than none. */
	if (input->force && !(wished && wished->failed))
		against = unfit_for_force(e);
	if (against) {
		DECIDE(e, VDC_SPM_REFUSE, NULL, "%s; nobody is the manager", against);
		return;
	}
	picked = spm_pick(input, NULL);
	if (picked)
		DECIDE(e, VDC_SPM_START, picked->host, "nobody is the manager: host %s is next",
		       picked->host->name);
	else
		DECIDE(e, VDC_SPM_NOBODY, NULL, "%s", spm_nobody(input, NULL, e->arena));
}

bool vdc_spm_ends_badly(enum vdc_spm_step step)
{
	return step == VDC_SPM_CONFIRM || step == VDC_SPM_NOBODY || step == VDC_SPM_REFUSE ||
	       step == VDC_SPM_BLIND;
}

void vdc_spm_next(const struct vdc_spm_input *input, struct vdc_arena *arena,
		  struct vdc_spm_next *ret)
{
	const struct election e = { .input = input, .arena = arena, .ret = ret };
	const struct vdc_spm_candidate *owner = spm_owner(input);

	if (!lease_is_sound(&e) || stop_pretender(&e) || wait_for_contender(&e))
		return;
	if (owner && spm_is_manager(input, owner))
		keep_or_move(&e, owner);
	else if (owner_is_gone(&e))
		start_somebody(&e);
}
