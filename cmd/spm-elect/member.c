/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect join HOST, leave HOST: by the database. */
#include <errno.h>
#include <unistd.h>

#include "act/spm_join.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/list.h"
#include "cli/named.h"
#include "cli/work.h"
#include "model/lockspace_host.h"
#include "spm_elect.h"

/* As long as the verb on the host itself takes. */
#define JOIN_TIME (180 * VDC_SECOND)
#define LEAVE_TIME (60 * VDC_SECOND)

enum { AT_ONCE = 16 };

struct members {
	struct vdc_call *call;
	struct vdc_spm_member_host *all;
	size_t n;
	bool join;
};

static enum vdc_exit code_of(const struct members *members)
{
	enum vdc_exit *codes =
		vdc_arena_alloc(vdc_call_arena(members->call), (members->n + 1) * sizeof(*codes));

	for (size_t i = 0; i < members->n; i++)
		codes[i] = members->all[i].partly ? VDC_EXIT_PARTLY
			   : members->all[i].code ? vdc_exit_of(members->all[i].code)
						  : VDC_EXIT_OK;
	return vdc_work_exit(codes, members->n);
}

static int add_row(const struct members *members, const struct vdc_spm_member_host *member,
		   struct vdc_list *list, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(members->call);
	struct vdc_lockspace_host *row = vdc_object_new(&vdc_lockspace_host_kind, arena);
	bool done = !member->code && !vdc_given(members->call, "dry-run");

	row->id = vdc_arena_strdup(arena, member->host->id);
	row->host = vdc_arena_strdup(arena, member->host->name);
	row->host_id = member->spm_id;
	row->sanlock_name = vdc_arena_strdup(arena, vdc_spm_sanlock_name(member->host));
	row->priority = member->host->spm_priority;
	row->spm_status = member->host->spm_status;
	if (!done)
		row->state = member->spm_id == VDC_UNSET ? 0 : VDC_LIVENESS_UNKNOWN;
	else
		row->state = members->join ? VDC_LIVENESS_LIVE : VDC_LIVENESS_FREE;
	row->problem = vdc_arena_strdup(arena, member->problem);
	return vdc_list_add(list, row, err);
}

static int print(const struct members *members, struct vdc_err *err)
{
	struct vdc_list *list;
	int r = vdc_list_new(members->call, &vdc_lockspace_host_kind, &list, err);

	if (!r)
		vdc_list_usual(list, "host,host_id,priority,spm_status,state,problem");
	for (size_t i = 0; i < members->n && !r; i++)
		r = add_row(members, &members->all[i], list, err);
	return r ? r : vdc_list_end(list, err);
}

/* What the hosts would be sent; of one host it is a document for join --local --from. */
static int print_documents(const struct members *members, struct vdc_err *err)
{
	struct vdc_list *list;
	int r = vdc_list_new(members->call, &vdc_lockspace_kind, &list, err);

	for (size_t i = 0; i < members->n && !r; i++) {
		const struct vdc_spm_member_host *member = &members->all[i];

		if (member->code)
			vdc_log(VDC_LOG_ERROR, "host %s: %s", member->host->name, member->problem);
		for (size_t k = 0; k < member->spaces.n && !member->code && !r; k++)
			r = vdc_list_add(list, member->spaces.all[k], err);
	}
	return r ? r : vdc_list_end(list, err);
}

static int carry_out(struct members *members, struct vdc_err *err)
{
	struct vdc_call *call = members->call;
	bool join = members->join;
	const struct vdc_spm_join_options options = {
		.jobs = (unsigned)vdc_int_option(call, "jobs", AT_ONCE),
		.timeout_us = vdc_int_option(call, "timeout", join ? JOIN_TIME : LEAVE_TIME),
		.dead = vdc_given(call, "dead"),
		.dry_run = vdc_given(call, "dry-run"),
		.stop_fd = vdc_work_signals(),
	};
	int r = join ? vdc_spm_join(vdc_call_db(call), &options, members->all, members->n,
				    vdc_call_arena(call), err)
		     : vdc_spm_leave(vdc_call_db(call), &options, members->all, members->n,
				     vdc_call_arena(call), err);

	if (options.stop_fd >= 0)
		close(options.stop_fd);
	if (!r)
		r = options.dry_run && join ? print_documents(members, err) : print(members, err);
	return r ? r : (int)code_of(members);
}

static int by_database(struct vdc_call *call, bool join, struct vdc_err *err)
{
	struct members members = { .call = call, .join = join };
	const struct vdc_host *const *found;
	vdc_autobuf hosts = { 0 };
	int r;

	if (vdc_given(call, "local"))
		return vdc_err_set(err, -EINVAL, "--local is this host: it takes no name");
	r = vdc_call_open_db(call, VDC_NEEDS_DB_WRITE, err);
	if (!r)
		r = vdc_named_objects(call, &vdc_host_kind, &hosts, err);
	members.n = hosts.len / sizeof(void *);
	if (r || !members.n)
		return r;
	found = (const void *)hosts.data;
	members.all = vdc_arena_alloc(vdc_call_arena(call), members.n * sizeof(*members.all));
	for (size_t i = 0; i < members.n; i++)
		members.all[i].host = found[i];
	return carry_out(&members, err);
}

static int change(struct vdc_call *call, bool join, struct vdc_err *err)
{
	const char *const *names;

	if (vdc_call_operands(call, &names) > 0)
		return by_database(call, join, err);
	if (!vdc_given(call, "local"))
		return vdc_err_set(err, -EINVAL,
				   "%s wants the names of hosts, or --local for this one",
				   vdc_call_verb(call)->name);
	return join ? spm_elect_join_local(call, err) : spm_elect_leave_local(call, err);
}

int spm_elect_join(struct vdc_call *call, struct vdc_err *err)
{
	return change(call, true, err);
}

int spm_elect_leave(struct vdc_call *call, struct vdc_err *err)
{
	return change(call, false, err);
}
