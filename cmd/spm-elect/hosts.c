/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect hosts, priority */
#include <errno.h>
#include <string.h>

#include "act/spm_hosts.h"
#include "cli/change.h"
#include "cli/exit_code.h"
#include "cli/list.h"
#include "cli/named.h"
#include "model/lockspace_host.h"
#include "spm_elect.h"
#include "store/events.h"

static int print(struct vdc_call *call, const struct vdc_buf *rows, struct vdc_err *err)
{
	struct vdc_lockspace_host *const *all = (const void *)rows->data;
	bool problem = false;
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_lockspace_host_kind, &list, err);

	for (size_t i = 0; i < rows->len / sizeof(void *) && !r; i++) {
		problem = problem || all[i]->problem;
		r = vdc_list_add(list, all[i], err);
	}
	if (!r)
		r = vdc_list_end(list, err);
	return r ? r : problem ? VDC_EXIT_FINDINGS : VDC_EXIT_OK;
}

static int of_data_centers(struct vdc_call *call, struct vdc_buf *rows, struct vdc_err *err)
{
	vdc_autobuf found = { 0 };
	const struct vdc_data_center *const *all;
	int r = vdc_call_open_db(call, VDC_NEEDS_DB_READ, err);

	if (!r)
		r = vdc_named_objects(call, &vdc_data_center_kind, &found, err);
	all = (const void *)found.data;
	for (size_t i = 0; i < found.len / sizeof(void *) && !r; i++)
		r = vdc_spm_hosts_of(vdc_call_db(call), all[i]->id, vdc_given(call, "all"),
				     vdc_call_arena(call), rows, err);
	return r;
}

int spm_elect_hosts(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *names;
	bool named = vdc_call_operands(call, &names) > 0;
	struct vdc_lockspaces spaces;
	vdc_autobuf rows = { 0 };
	int r;

	if (named == vdc_given(call, "local"))
		return vdc_err_set(err, -EINVAL, "hosts of what? Name data centres, or --local");
	if (named) {
		r = of_data_centers(call, &rows, err);
	} else {
		r = spm_elect_load(call, &spaces, err);
		if (!r)
			r = vdc_spm_hosts_here(&spaces, vdc_given(call, "all"),
					       vdc_call_arena(call), &rows, err);
	}
	return r ? r : print(call, &rows, err);
}

static int set_priority(struct vdc_db *db, struct vdc_change *change, struct vdc_err *err)
{
	const struct vdc_field *field = vdc_kind_field(&vdc_host_kind, "spm_priority");
	struct vdc_arena *arena = vdc_call_arena(change->call);
	const char *const *words = change->ctx;
	struct vdc_host *host;
	int64_t before;
	void *found;
	int r = vdc_store_get(db, &vdc_host_kind, words[0], 0, arena, &found, err);

	if (r)
		return r;
	host = found;
	before = host->spm_priority;
	r = vdc_value_parse(field, strcmp(words[1], "never") == 0 ? "-1" : words[1], host, arena,
			    err);
	if (!r && host->spm_priority != before)
		r = vdc_store_set(db, &vdc_host_kind, host->id, field, host, err);
	if (r || host->spm_priority == before)
		return r;
	vdc_change_say(change, "changed", "priority of host %s from %lld to %lld", host->name,
		       (long long)before, (long long)host->spm_priority);
	return vdc_event_note(db, VDC_SEVERITY_NORMAL, "spm_priority_changed", &vdc_host_kind, host,
			      err, "Host %s: its priority in elections is %lld, it was %lld%s",
			      host->name, (long long)host->spm_priority, (long long)before,
			      host->spm_priority < 0 ? "; it will never be the manager" : "");
}

int spm_elect_priority(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *words;
	struct vdc_change change = { .call = call, .kind = &vdc_host_kind, .apply = set_priority };

	vdc_call_operands(call, &words);
	change.ctx = (void *)(uintptr_t)words;
	return vdc_change_run(&change, err);
}
