/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/buf.h"
#include "base/fnv.h"
#include "plan/spm_election_part.h"

enum unfit {
	FIT,
	NOT_UP,
	SILENT,
	NO_VIRT,
	NEVER,
	NO_ID,
	OUTSIDE,
	FAILED,
	UNFIT_END,
};

static const char *const unfit_words[UNFIT_END] = {
	[NOT_UP] = "not up",
	[SILENT] = "without an answer",
	[NO_VIRT] = "in a cluster without virt_service",
	[NEVER] = "with spm_priority -1",
	[NO_ID] = "without a host id",
	[OUTSIDE] = "not in the lockspace of the master domain",
	[FAILED] = "failed in this round",
};

/* ovirt-engine gives a host without a priority its preset. */
static int64_t priority(const struct vdc_host *host)
{
	return host->spm_priority == VDC_UNSET ? 5 : host->spm_priority;
}

static enum unfit judge(const struct vdc_spm_candidate *one)
{
	const struct vdc_host *host = one->host;

	if (host->status != VDC_HOST_UP)
		return NOT_UP;
	if (one->answer == VDC_SPM_ANSWER_NONE)
		return SILENT;
	if (one->no_virt)
		return NO_VIRT;
	if (priority(host) < 0)
		return NEVER;
	if (host->spm_id == VDC_UNSET || host->spm_id < 1)
		return NO_ID;
	if (one->outside)
		return OUTSIDE;
	return one->failed ? FAILED : FIT;
}

const char *spm_unfit(const struct vdc_spm_candidate *one, struct vdc_arena *arena)
{
	const struct vdc_host *host = one->host;

	switch (judge(one)) {
	case NOT_UP:
		return vdc_arena_format(arena, "host %s is %s", host->name,
					vdc_enum_word(&vdc_host_status_values, host->status)
						?: "not up");
	case SILENT:
		return vdc_arena_format(arena, "host %s does not answer", host->name);
	case NO_VIRT:
		return vdc_arena_format(arena,
					"the cluster of host %s has virt_service=false: its hosts "
					"serve storage alone",
					host->name);
	case NEVER:
		return vdc_arena_format(arena, "host %s has spm_priority -1", host->name);
	case NO_ID:
		return vdc_arena_format(
			arena, "host %s has no host id: spm-elect join gives it one", host->name);
	case OUTSIDE:
		return vdc_arena_format(arena,
					"host %s is not in the lockspace of the master domain: "
					"spm-elect join brings it in",
					host->name);
	case FAILED:
		return vdc_arena_format(arena, "host %s failed in this round", host->name);
	default:
		return NULL;
	}
}

/* A number for each host that nobody can foresee without the seed (splitmix64 over its id). */
static uint64_t lot(uint64_t seed, const char *id)
{
	uint64_t x = vdc_fnv(seed, id, strlen(id));

	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static bool comes_before(const struct vdc_spm_input *input, const struct vdc_spm_candidate *a,
			 const struct vdc_spm_candidate *b)
{
	bool a_wished = input->prefer && strcmp(a->host->id, input->prefer) == 0;
	bool b_wished = input->prefer && strcmp(b->host->id, input->prefer) == 0;
	uint64_t a_lot, b_lot;

	if (a_wished != b_wished)
		return a_wished;
	if (a->former != b->former)
		return b->former;
	if (priority(a->host) != priority(b->host))
		return priority(a->host) > priority(b->host);
	a_lot = lot(input->seed, a->host->id);
	b_lot = lot(input->seed, b->host->id);
	return a_lot != b_lot ? a_lot > b_lot : strcmp(a->host->id, b->host->id) < 0;
}

const struct vdc_spm_candidate *spm_pick(const struct vdc_spm_input *input,
					 const struct vdc_spm_candidate *leaving)
{
	const struct vdc_spm_candidate *best = NULL;

	for (size_t i = 0; i < input->n; i++) {
		const struct vdc_spm_candidate *one = &input->hosts[i];

		if (one != leaving && judge(one) == FIT &&
		    (!best || comes_before(input, one, best)))
			best = one;
	}
	return best;
}

const char *spm_nobody(const struct vdc_spm_input *input, const struct vdc_spm_candidate *leaving,
		       struct vdc_arena *arena)
{
	size_t counts[UNFIT_END] = { 0 };
	vdc_autobuf text = { 0 };

	for (size_t i = 0; i < input->n; i++)
		if (&input->hosts[i] != leaving)
			counts[judge(&input->hosts[i])]++;
	for (int why = FIT + 1; why < UNFIT_END; why++)
		if (counts[why])
			vdc_buf_printf(&text, "%s%zu %s", text.len ? ", " : "", counts[why],
				       unfit_words[why]);
	return vdc_arena_format(arena, "no %shost of data center %s can be its manager: %s",
				leaving ? "other " : "", input->data_center->name,
				text.len ? text.data : "it has none");
}
