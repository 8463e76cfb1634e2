/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's word, the lease and the database: what does not fit together. */
#include <inttypes.h>
#include <string.h>

#include "plan/spm_election_part.h"

enum code {
	SPM_WITHOUT_LEASE,
	SPM_TWICE,
	SPM_LEASE_ORPHANED,
	SPM_LEASE_STRANGER,
	SPM_LVER_BACK,
	SPM_LVER_DIFFERS,
	SPM_ID_TWICE,
	SPM_RECORD_DIFFERS,
};

#define CODE(name, severity_, advice_) \
	[name] = { .code = #name, .severity = VDC_FINDING_##severity_, .advice = (advice_) }

const struct vdc_finding_code vdc_spm_codes[] = {
	CODE(SPM_WITHOUT_LEASE, DATA_LOSS_RISK,
	     "stop it there with spm-elect stop; if it does not end, fence the host"),
	CODE(SPM_TWICE, DATA_LOSS_RISK,
	     "spm-elect elect stops those that have no lease; fence a host that does not end"),
	CODE(SPM_LEASE_ORPHANED, WARNING,
	     "wait for its sanlock to let go; see sanlock client status on that host"),
	CODE(SPM_LEASE_STRANGER, ERROR,
	     "find the machine that has that host id and end sanlock there, or add it as a host"),
	CODE(SPM_LVER_BACK, DATA_LOSS_RISK,
	     "find out who wrote the lease area anew or put a copy in place; stop all structural "
	     "work until then"),
	CODE(SPM_LVER_DIFFERS, WARNING, "look again; if it stays so, stop it with spm-elect stop"),
	CODE(SPM_ID_TWICE, DATA_LOSS_RISK, "have all but one of them leave and join again"),
	CODE(SPM_RECORD_DIFFERS, WARNING,
	     "the lease is right; spm-elect elect brings the database up to it"),
	{ 0 },
};

#define FOUND(findings, code, kind, object, ...) \
	vdc_findings_add(findings, &vdc_spm_codes[code], &(kind), object, __VA_ARGS__)

static void check_claims(const struct vdc_spm_input *input, struct vdc_findings *findings)
{
	const struct vdc_host *first = NULL;

	for (size_t i = 0; i < input->n; i++) {
		const struct vdc_spm_candidate *one = &input->hosts[i];
		const struct vdc_host *host = one->host;
		bool owner = spm_owner(input) == one;

		if (one->answer != VDC_SPM_ANSWER_SPM)
			continue;
		if (first)
			FOUND(findings, SPM_TWICE, vdc_host_kind, host,
			      "host %s and host %s both say that they are the manager", first->name,
			      host->name);
		first = first ? first : host;
		if (!input->lease.known || spm_is_manager(input, one))
			continue;
		if (!owner)
			FOUND(findings, SPM_WITHOUT_LEASE, vdc_host_kind, host,
			      "host %s says that it is the manager, and the owner of the lease is "
			      "host id %" PRId64,
			      host->name, input->lease.owner_id);
		else if (spm_expired(&input->lease) || spm_released(&input->lease))
			FOUND(findings, SPM_WITHOUT_LEASE, vdc_host_kind, host,
			      "host %s says that it is the manager, and its lease is no longer held",
			      host->name);
		else
			FOUND(findings, SPM_LVER_DIFFERS, vdc_host_kind, host,
			      "host %s is the manager with version %" PRId64
			      ", and the lease has %" PRId64,
			      host->name, one->lver, input->lease.lver);
	}
}

static void check_owner(const struct vdc_spm_input *input, struct vdc_findings *findings)
{
	const struct vdc_spm_lease *lease = &input->lease;
	const struct vdc_spm_candidate *owner = spm_owner(input);

	if (spm_released(lease) || spm_expired(lease))
		return;
	if (owner && owner->answer == VDC_SPM_ANSWER_FREE)
		FOUND(findings, SPM_LEASE_ORPHANED, vdc_host_kind, owner->host,
		      "host %s owns the lease and says that it is not the manager",
		      owner->host->name);
	if (spm_id_count(input, lease->owner_id) == 0)
		FOUND(findings, SPM_LEASE_STRANGER, vdc_data_center_kind, input->data_center,
		      "host id %" PRId64 " owns the lease and is no host of data center %s",
		      lease->owner_id, input->data_center->name);
}

static void check_ids(const struct vdc_spm_input *input, struct vdc_findings *findings)
{
	for (size_t i = 0; i < input->n; i++) {
		const struct vdc_host *host = input->hosts[i].host;

		if (host->spm_id > 0 && spm_id_count(input, host->spm_id) > 1)
			FOUND(findings, SPM_ID_TWICE, vdc_host_kind, host,
			      "host %s has host id %" PRId64 ", and another host has it, too",
			      host->name, host->spm_id);
	}
}

/* The one that has the lease as far as anybody can tell. */
static const char *manager_id(const struct vdc_spm_input *input)
{
	const struct vdc_spm_candidate *owner = spm_owner(input);

	return owner && !spm_released(&input->lease) ? owner->host->id : NULL;
}

static const char *name_of(const struct vdc_spm_input *input, const char *id)
{
	for (size_t i = 0; id && i < input->n; i++)
		if (strcmp(input->hosts[i].host->id, id) == 0)
			return input->hosts[i].host->name;
	return id ? id : "nobody";
}

static void check_record(const struct vdc_spm_input *input, struct vdc_findings *findings)
{
	const char *manager = manager_id(input);

	if (manager && input->recorded ? strcmp(manager, input->recorded) == 0
				       : !manager && !input->recorded)
		return;
	FOUND(findings, SPM_RECORD_DIFFERS, vdc_data_center_kind, input->data_center,
	      "the database has %s as the manager of data center %s, and the lease has %s",
	      name_of(input, input->recorded), input->data_center->name, name_of(input, manager));
}

void vdc_spm_disagreements(const struct vdc_spm_input *input, struct vdc_findings *findings)
{
	check_ids(input, findings);
	check_claims(input, findings);
	if (!input->lease.known)
		return;
	check_owner(input, findings);
	if (spm_lver_went_back(input))
		FOUND(findings, SPM_LVER_BACK, vdc_data_center_kind, input->data_center,
		      "the lease of data center %s has version %" PRId64 ", and %" PRId64
		      " was read before",
		      input->data_center->name, input->lease.lver, input->last_lver);
	check_record(input, findings);
}
