/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is switched for a run, and what is done when its hosts are through. */
#include <errno.h>
#include <string.h>

#include "act/level.h"
#include "act/upgrade_policy.h"
#include "act/upgrade_work.h"
#include "base/buf.h"
#include "base/release.h"
#include "base/time.h"
#include "plan/vm_status.h"
#include "store/store.h"

struct switching {
	struct upgrade_run *run;
	vdc_upgrade_policy_fn *fn;
	struct vdc_upgrade_policy policy;
};

static int switch_policy(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct switching *switching = ctx;

	switching->policy = (struct vdc_upgrade_policy){ .cluster = switching->run->cluster->id };
	return switching->fn(db, switching->run->lease, &switching->policy, switching->run->arena,
			     err);
}

static const char *name_findings(const struct switching *switching)
{
	const struct vdc_findings *against = &switching->policy.against;
	vdc_autobuf text = { 0 };

	for (size_t i = 0; i < against->n; i++)
		vdc_buf_printf(&text, "%s%s", i ? "; " : ": ", against->items[i]->text);
	return vdc_arena_strdup(switching->run->arena, vdc_buf_str(&text));
}

/* *REFUSED, in the arena: what stands against it; NULL: it was done. */
static int switch_to(struct upgrade_run *run, vdc_upgrade_policy_fn *fn, const char **refused,
		     struct vdc_err *err)
{
	struct switching switching = { .run = run, .fn = fn };
	struct vdc_err failure = { 0 };
	int r = vdc_db_transaction(run->db, switch_policy, &switching, &failure);

	if (r && r != -EPERM)
		return vdc_err_set(err, r, "%s", vdc_err_text(&failure));
	*refused = r ? vdc_arena_format(run->arena, "%s%s", vdc_err_text(&failure),
					name_findings(&switching))
		     : NULL;
	return 0;
}

/* What stands against the policy ends the run before anything is done. */
int upgrade_switch(struct upgrade_run *run, struct vdc_err *err)
{
	int r = upgrade_begin_step(run, UPGRADE_POLICY, err);

	if (!r)
		r = switch_to(run,
			      run->options.os_major ? vdc_upgrade_policy_set
						    : vdc_upgrade_policy_maintain,
			      &run->ending, err);
	return r ? r : upgrade_end_step(run, UPGRADE_POLICY, run->ending, err);
}

void upgrade_leave(struct upgrade_run *run, const char *what)
{
	run->left_behind = run->left_behind
				   ? vdc_arena_format(run->arena, "%s; %s", run->left_behind, what)
				   : what;
}

/* Majors that are mixed still keep the policy; that is said, and no failure of the run. */
int upgrade_restore(struct upgrade_run *run, struct vdc_err *err)
{
	const char *refused = NULL;
	int r = upgrade_begin_step(run, UPGRADE_POLICY_RESET, err);

	if (!r)
		r = switch_to(run, vdc_upgrade_policy_restore, &refused, err);
	if (!r && refused)
		run->left_behind = vdc_arena_format(run->arena, "the policy stays: %s", refused);
	return r ? r : upgrade_end_step(run, UPGRADE_POLICY_RESET, run->left_behind, err);
}

struct old_vms {
	struct upgrade_run *run;
	int64_t next;	      /* number of a step */
	struct vdc_buf moves; /* struct vdc_move */
};

static const struct upgrade_host *host_of(const struct upgrade_run *run, const struct vdc_vm *vm)
{
	for (size_t i = 0; i < run->n_hosts; i++)
		if (vm->host.id && strcmp(run->hosts[i].row->id, vm->host.id) == 0)
			return &run->hosts[i];
	return NULL;
}

static int add_old(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		   struct vdc_err *err vdc_unused)
{
	struct old_vms *old = ctx;
	struct vdc_arena *arena = old->run->arena;
	const struct vdc_vm *vm = object;
	const struct upgrade_host *host = host_of(old->run, vm);
	struct vdc_move move = { .number = old->next };

	if (!host || !host->host || !vdc_vm_is_active(vm->status) ||
	    vdc_release_parse(vm->running_qemu_version) >=
		    vdc_release_parse(host->host->qemu_version))
		return 0;
	move.vm_id = vdc_arena_strdup(arena, vm->id);
	move.vm_name = vdc_arena_strdup(arena, vm->name);
	move.qemu_from = host->host->qemu_version;
	vdc_buf_add(&old->moves, &move, sizeof(move));
	old->next++;
	return 0;
}

static int refresh(struct upgrade_run *run, struct vdc_move *moves, size_t n, const char **failure,
		   struct vdc_err *err)
{
	switch (run->options.refresh) {
	case VDC_UPGRADE_LIVE_MIGRATE:
		return upgrade_move_vms(run, moves, n, failure, err);
	case VDC_UPGRADE_RESTART_VMS:
		return upgrade_restart_vms(run, moves, n, failure, err);
	default:
		upgrade_say(run, NULL, "VMs that still run the old QEMU: %s",
			    upgrade_name_vms(moves, n, run->arena));
		return 0;
	}
}

int upgrade_refresh(struct upgrade_run *run, struct vdc_err *err)
{
	struct old_vms old = { .run = run };
	const char *failure = NULL;
	size_t n;
	int r = upgrade_adopt_moves(run, UPGRADE_MOVES, &old.next, err);

	for (size_t i = 0; i < run->n_hosts && !r; i++)
		r = upgrade_reload(&run->hosts[i], err);
	if (!r)
		r = vdc_store_each_of(run->db, &vdc_vm_kind,
				      vdc_kind_field(&vdc_vm_kind, "cluster"), run->cluster->id, 0,
				      NULL, add_old, &old, err);
	n = old.moves.len / sizeof(struct vdc_move);
	if (!r && n) {
		r = upgrade_begin_step(run, UPGRADE_REFRESH, err);
		if (!r)
			r = refresh(run, (void *)old.moves.data, n, &failure, err);
		if (!r && failure)
			upgrade_leave(run, failure);
		if (!r)
			r = upgrade_end_step(run, UPGRADE_REFRESH, failure, err);
	}
	vdc_buf_free(&old.moves);
	return r;
}

int upgrade_raise(struct upgrade_run *run, struct vdc_err *err)
{
	struct vdc_level_raise raise = {
		.lease = run->lease,
		.kind = &vdc_cluster_kind,
		.id = run->cluster->id,
		.step = &run->steps[UPGRADE_RAISE],
		.ends = VDC_JOB_FINISHED,
	};
	int r;

	if (!run->options.raise_level || run->steps[UPGRADE_RAISE].status == VDC_JOB_FINISHED)
		return 0;
	r = upgrade_begin_step(run, UPGRADE_RAISE, err);
	if (!r)
		r = vdc_level_raise_offered(run->db, &raise, run->arena, err);
	if (r)
		return r;
	if (raise.stays)
		upgrade_leave(run, raise.stays);
	return upgrade_end_step(run, UPGRADE_RAISE, raise.stays, err);
}
