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

static bool is_named(const struct vdc_lockspace *space, const char *name)
{
	return strcmp(space->name, name) == 0 || strcmp(space->id, name) == 0;
}

int spm_elect_master(struct vdc_call *call, struct vdc_lockspace **ret, struct vdc_err *err)
{
	const char *const *names;
	const char *name = vdc_call_operands(call, &names) ? names[0] : NULL;
	struct vdc_lockspace *found = NULL;
	struct vdc_lockspaces spaces;
	size_t n = 0;
	int r = spm_elect_load(call, &spaces, err);

	for (size_t i = 0; i < spaces.n && !r; i++) {
		struct vdc_lockspace *space = spaces.all[i];

		if (name ? is_named(space, name) : vdc_is_true(space->master)) {
			found = space;
			n++;
		}
	}
	if (r)
		return r;
	if (!found)
		return vdc_err_set(
			err, -ENOENT,
			name ? "this host knows no storage domain %s; spm-elect status "
			       "--local lists those it knows"
			     : "this host knows no master domain; spm-elect join tells it",
			name);
	if (n > 1)
		return vdc_err_set(err, -EINVAL, "this host knows %zu master domains: name one", n);
	if (!vdc_is_true(found->master))
		return vdc_err_set(err, -EINVAL,
				   "storage domain %s is no master: the lease of the manager is on "
				   "the master domain",
				   found->name);
	*ret = found;
	return 0;
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
