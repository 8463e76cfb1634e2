/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host-maintenance enter */
#include <string.h>

#include "base/log.h"
#include "cli/findings.h"
#include "cli/list.h"
#include "cli/migration_options.h"
#include "cli/named.h"
#include "host_maintenance.h"

/* As long as a guest with services of its own takes. */
#define SHUTDOWN (5 * 60 * VDC_SECOND)

int maintenance_read(struct vdc_call *call, bool leave, struct maintenance *ret,
		     struct vdc_err *err)
{
	vdc_autobuf hosts = { 0 };
	int r = vdc_named_objects(call, &vdc_host_kind, &hosts, err);

	*ret = (struct maintenance){
		.n = hosts.len / sizeof(void *),
		.leave = leave,
		.restore = leave && vdc_given(call, "restore"),
		.options = { .migrate = vdc_migration_options_read(call) },
	};
	ret->hosts = vdc_arena_alloc(vdc_call_arena(call), hosts.len + sizeof(void *));
	if (ret->n)
		memcpy(ret->hosts, hosts.data, hosts.len);
	ret->options.shutdown_us = SHUTDOWN;
	if (leave)
		return r;
	ret->options.shutdown_us = vdc_int_option(call, "shutdown-timeout", SHUTDOWN);
	ret->options.force_off = vdc_given(call, "force-off");
	ret->options.no_reserve = vdc_given(call, "no-reserve");
	ret->options.reason = vdc_text_option(call, "reason");
	return r;
}

static int print_vms(struct vdc_call *call, const struct vdc_maintenance *plan, struct vdc_err *err)
{
	static const enum vdc_eviction_action actions[] = {
		[0] = VDC_EVICTION_BLOCKED,
		[VDC_DRAIN_MOVE] = VDC_EVICTION_BY_MOVE,
		[VDC_DRAIN_RESTART] = VDC_EVICTION_BY_RESTART,
		[VDC_DRAIN_STOP] = VDC_EVICTION_BY_STOP,
	};
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_eviction_kind, &list, err);

	for (size_t i = 0; i < plan->n_vms && !r; i++) {
		const struct vdc_maintenance_vm *one = &plan->vms[i];
		struct vdc_eviction *row = vdc_object_new(&vdc_eviction_kind, arena);

		row->id = vdc_arena_strdup(arena, one->vm->id);
		row->vm = vdc_arena_strdup(arena, one->vm->name);
		row->from = vdc_arena_strdup(arena, one->host->name);
		row->to = one->to ? vdc_arena_strdup(arena, one->to->name) : NULL;
		row->action = actions[one->verdict.drain];
		row->reason = vdc_arena_strdup(arena, one->verdict.reason);
		r = vdc_list_add(list, row, err);
	}
	return r ? r : vdc_list_end(list, err);
}

static bool has(const struct vdc_findings *all, const struct vdc_finding *one)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->items[i]->id, one->id) == 0)
			return true;
	return false;
}

/* Of all hosts; what concerns several of them once. */
static struct vdc_findings refusals_of(const struct vdc_maintenance *plan, size_t n,
				       struct vdc_arena *arena)
{
	struct vdc_findings all = { .arena = arena };

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < plan->refusals[i].n; k++)
			if (!has(&all, plan->refusals[i].items[k]))
				vdc_findings_take(&all, plan->refusals[i].items[k]);
	return all;
}

/* Whatever another job is doing ends some day. */
static enum vdc_exit code_of(const struct vdc_findings *refusals)
{
	bool busy = true;

	for (size_t i = 0; i < refusals->n; i++)
		busy = busy && strcmp(refusals->items[i]->code, "JOB_RUNS") == 0;
	return !refusals->n ? VDC_EXIT_OK : busy ? VDC_EXIT_BUSY : VDC_EXIT_REFUSED;
}

/* Whoever runs it again finds it done. Those go to the end, and are as they were. */
static void set_aside(struct maintenance *what, const struct vdc_maintenance *plan,
		      struct vdc_arena *arena)
{
	const struct vdc_host **there = vdc_arena_alloc(arena, (what->n + 1) * sizeof(*there));
	size_t n = 0;

	for (size_t i = 0; i < what->n; i++)
		if (what->hosts[i]->status == VDC_HOST_MAINTENANCE && !plan->refusals[i].n) {
			vdc_log(VDC_LOG_NOTICE, "host %s is in maintenance already",
				what->hosts[i]->name);
			there[what->n_there++] = what->hosts[i];
		} else {
			what->hosts[n++] = what->hosts[i];
		}
	memcpy(&what->hosts[n], there, what->n_there * sizeof(*there));
	what->n = n;
}

/* What the database knows; the hosts themselves are asked right before anything is done. */
static int preview(struct vdc_call *call, struct maintenance *what, enum vdc_exit *code,
		   struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	const char **ids = vdc_arena_alloc(arena, (what->n + 1) * sizeof(*ids));
	struct vdc_scene scene = { 0 };
	struct vdc_maintenance plan;
	struct vdc_findings refusals;
	int r = vdc_scene_open(vdc_call_db(call), &scene, err);

	for (size_t i = 0; i < what->n; i++)
		ids[i] = what->hosts[i]->id;
	if (!r)
		r = vdc_drain_preview(vdc_call_db(call), &what->options, NULL, &scene, ids, what->n,
				      arena, &plan, err);
	if (!r) {
		refusals = refusals_of(&plan, what->n, arena);
		*code = code_of(&refusals);
		if (vdc_given(call, "dry-run"))
			r = print_vms(call, &plan, err);
		if (!r && refusals.n && !vdc_given(call, "dry-run"))
			r = vdc_print_findings(call, &refusals, err);
		for (size_t i = 0; i < refusals.n && !r && vdc_given(call, "dry-run"); i++)
			vdc_log(VDC_LOG_WARNING, "%s", refusals.items[i]->text);
		set_aside(what, &plan, arena);
	}
	vdc_scene_close(&scene);
	return r;
}

int host_maintenance_enter(struct vdc_call *call, struct vdc_err *err)
{
	enum vdc_exit code = VDC_EXIT_OK;
	struct maintenance what;
	char *job = NULL;
	int r = maintenance_read(call, false, &what, err);

	if (!r && what.n)
		r = preview(call, &what, &code, err);
	if (r || code)
		return r ? r : (int)code;
	if (!(what.n + what.n_there) || vdc_given(call, "dry-run"))
		return 0;
	if (what.n)
		r = maintenance_make_job(call, &what, &job, err);
	return r ? r : maintenance_do_job(call, job, &what, err);
}
