/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spm_case.h"

static char dc_name[] = "dc";
static char *const names[HOSTS] = { (char[]){ "h1" }, (char[]){ "h2" }, (char[]){ "h3" } };

static void set_host(struct spm_case *c, int i, const struct spm_setting *setting)
{
	static const enum vdc_spm_answer answers[] = {
		[FREE] = VDC_SPM_ANSWER_FREE,
		[SPM] = VDC_SPM_ANSWER_SPM,
		[CONTENDS] = VDC_SPM_ANSWER_CONTEND,
		[SILENT] = VDC_SPM_ANSWER_NONE,
	};
	unsigned flags = setting->flags;

	c->hosts[i] = (struct vdc_host){
		.id = names[i],
		.name = names[i],
		.status = flags & DOWN	       ? VDC_HOST_DOWN
			  : flags & CONNECTING ? VDC_HOST_CONNECTING
					       : VDC_HOST_UP,
		.spm_id = flags & NO_ID ? VDC_UNSET : i + 1,
		.spm_priority = flags & NEVER  ? -1
				: flags & HIGH ? 9
					       : VDC_UNSET,
		.pm_enabled = flags & NO_POWER ? 0 : 1,
	};
	c->candidates[i] = (struct vdc_spm_candidate){
		.host = &c->hosts[i],
		.answer = answers[setting->answer],
		.lver = setting->answer != SPM ? VDC_UNSET
			: flags & OLD_LVER     ? LVER - 1
					       : LVER,
		.proof = flags & OFF	     ? VDC_SPM_PROOF_POWER_OFF
			 : flags & CONFIRMED ? VDC_SPM_PROOF_CONFIRMED
					     : VDC_SPM_PROOF_NONE,
		.fence_failed = flags & NOT_FENCED,
		.outside = flags & OUTSIDE,
		.no_virt = flags & NO_VIRT,
		.failed = flags & FAILED,
		.former = flags & FORMER,
	};
}

void spm_case_set(struct spm_case *c, const struct spm_row *row)
{
	for (int i = 0; i < HOSTS; i++)
		set_host(c, i, &row->hosts[i]);
	c->data_center = (struct vdc_data_center){
		.id = dc_name,
		.name = dc_name,
		.status = row->status ? row->status : DC(UP),
	};
	c->input = (struct vdc_spm_input){
		.data_center = &c->data_center,
		.lease = row->lease,
		.hosts = c->candidates,
		.n = HOSTS,
		.last_lver = row->last_lver ? row->last_lver : VDC_UNSET,
		.prefer = row->prefer ? names[row->prefer - 1] : NULL,
		.force = row->force,
		.leave = row->leave,
		.wait_lease = row->wait_lease,
		.tasks = row->tasks,
		.seed = 1,
	};
}
