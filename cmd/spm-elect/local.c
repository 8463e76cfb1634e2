/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lockspaces of this host, without a database. */
#include <errno.h>
#include <string.h>

#include "cli/exit_code.h"
#include "cli/list.h"
#include "spm_elect.h"

int spm_elect_load(struct vdc_call *call, struct vdc_lockspaces *ret, struct vdc_err *err)
{
	if (!vdc_given(call, "local"))
		return vdc_err_set(err, -EINVAL, "%s works on this host alone, and wants --local",
				   vdc_call_verb(call)->name);
	return vdc_lockspaces_load(vdc_call_arena(call), ret, err);
}

int spm_elect_master(struct vdc_call *call, struct vdc_lockspace **ret, struct vdc_err *err)
{
	const char *const *names;
	const char *name = vdc_call_operands(call, &names) ? names[0] : NULL;
	struct vdc_lockspaces spaces;
	int r = spm_elect_load(call, &spaces, err);

	return r ? r : vdc_lockspaces_master(&spaces, name, ret, err);
}

static int fill_role(struct vdc_call *call, struct vdc_lockspace *space, struct vdc_err *err)
{
	struct vdc_spm_state state;
	int r = vdc_spm_state_read(space->id, vdc_call_arena(call), &state, err);

	if (r || !vdc_is_true(space->master))
		return r;
	space->role = state.role;
	space->held = state.lver;
	if (state.role == VDC_SPM_ROLE_SPM && !space->problem &&
	    (space->owner_id != space->host_id || space->lver != state.lver))
		space->problem = vdc_arena_format(
			vdc_call_arena(call),
			"its holder (process %d) says lver %lld, and the lease says otherwise",
			state.pid, (long long)state.lver);
	return 0;
}

int spm_elect_print(struct vdc_call *call, const struct vdc_lockspaces *spaces, struct vdc_err *err)
{
	bool problem = false;
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_lockspace_kind, &list, err);

	for (size_t i = 0; i < spaces->n && !r; i++) {
		r = fill_role(call, spaces->all[i], err);
		problem = problem || spaces->all[i]->problem;
		if (!r)
			r = vdc_list_add(list, spaces->all[i], err);
	}
	if (!r)
		r = vdc_list_end(list, err);
	return r ? r : problem ? VDC_EXIT_FINDINGS : VDC_EXIT_OK;
}
