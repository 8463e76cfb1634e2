/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ha-restart HOST...: which jobs that are, and what would become of them. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "cli/exit_code.h"
#include "cli/list.h"
#include "cli/named.h"
#include "ha_restart.h"
#include "model/host.h"
#include "plan/host_status.h"
#include "store/store.h"

struct request {
	struct vdc_call *call;
	const struct vdc_host **hosts;
	size_t n;
	bool by_name;
};

static int take_silent(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		       struct vdc_err *err vdc_unused)
{
	const struct vdc_host *host = object;

	if (host->status == VDC_HOST_NON_RESPONSIVE)
		vdc_buf_add(ctx, &object, sizeof(object));
	return 0;
}

static bool has(const struct vdc_buf *hosts, const char *id)
{
	for (size_t i = 0; i < hosts->len / sizeof(void *); i++)
		if (strcmp(((struct vdc_host *const *)(const void *)hosts->data)[i]->id, id) == 0)
			return true;
	return false;
}

/* Those that do not answer, whose VMs may have leases; and those that have a job. */
static int find_all(struct vdc_call *call, struct vdc_buf *hosts, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_db *db = vdc_call_db(call);
	vdc_autobuf ids = { 0 };
	int r = vdc_store_each(db, &vdc_host_kind, 0, arena, take_silent, hosts, err);

	if (!r)
		r = ha_restart_hosts(call, &ids, err);
	for (size_t i = 0; i < ids.len / sizeof(char *) && !r; i++) {
		const char *id = ((char *const *)(const void *)ids.data)[i];
		void *host;

		if (has(hosts, id))
			continue;
		r = vdc_store_get(db, &vdc_host_kind, id, 0, arena, &host, err);
		if (!r)
			vdc_buf_add(hosts, &host, sizeof(host));
		else if (r == -ENOENT)
			r = 0; /* `resume` ends the job of a host that was removed */
	}
	return r;
}

static int read_request(struct vdc_call *call, struct request *ret, struct vdc_err *err)
{
	vdc_autobuf hosts = { 0 };
	const char *const *names;
	int n = vdc_call_operands(call, &names), r;
	bool all = vdc_given(call, "all");

	if ((n > 0) == all)
		return vdc_err_set(err, -EINVAL,
				   all ? "--all names all hosts: leave the others out"
				       : "name hosts, or say --all");
	r = all ? find_all(call, &hosts, err)
		: vdc_named_objects(call, &vdc_host_kind, &hosts, err);
	*ret = (struct request){ .call = call, .n = hosts.len / sizeof(void *), .by_name = !all };
	ret->hosts = vdc_arena_alloc(vdc_call_arena(call), hosts.len + sizeof(void *));
	if (ret->n)
		memcpy(ret->hosts, hosts.data, hosts.len);
	return r;
}

static int refuse(const struct vdc_host *host)
{
	vdc_log(VDC_LOG_ERROR,
		"host %s is not known to be down, and its VMs may still run there: switch it off "
		"with fence off %s, or fence confirm %s if somebody has seen that it is",
		host->name, host->name, host->name);
	return VDC_EXIT_REFUSED;
}

static int preview(const struct request *request, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(request->call);
	const char **ids = vdc_arena_alloc(arena, (request->n + 1) * sizeof(*ids));
	const struct vdc_ha_options options = ha_restart_options(request->call);
	struct vdc_ha_rows rows = { 0 };
	int r, code = VDC_EXIT_OK;

	for (size_t i = 0; i < request->n; i++)
		ids[i] = request->hosts[i]->id;
	r = vdc_ha_preview(vdc_call_db(request->call), ids, request->n, true, &options, arena,
			   &rows, err);
	for (size_t i = 0; i < rows.n && !r; i++)
		if (rows.rows[i]->state == VDC_HA_REFUSED)
			code = VDC_EXIT_REFUSED;
	for (size_t i = 0; i < request->n && !r && !rows.n && request->by_name; i++)
		if (!vdc_host_is_known_down(request->hosts[i]))
			code = refuse(request->hosts[i]);
	if (!r)
		r = ha_restart_print(request->call, &rows, err);
	return r ? r : code;
}

/* Jobs that there are, and those that VMs with leases make now. */
static int find_jobs(const struct request *request, struct vdc_buf *jobs, struct vdc_err *err)
{
	struct vdc_db *db = vdc_call_db(request->call);
	struct vdc_arena *arena = vdc_call_arena(request->call);
	int code = VDC_EXIT_OK, r = 0;

	for (size_t i = 0; i < request->n && r >= 0; i++) {
		const struct vdc_host *host = request->hosts[i];
		char *job = NULL;

		r = vdc_ha_enlist_leased(db, host->id, arena, &job, err);
		if (!r && job)
			vdc_buf_add(jobs, &job, sizeof(job));
		else if (!r && request->by_name && !vdc_host_is_known_down(host))
			code = refuse(host);
	}
	return r ? r : code;
}

static int launch(const struct request *request, const char *const *jobs, size_t n,
		  struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		r = vdc_ha_launch(jobs[i], err);
		if (!r && request->by_name && !vdc_given(request->call, "quiet"))
			printf("job %s runs; ha-restart list shows it\n", jobs[i]);
	}
	return r;
}

int ha_restart_run(struct vdc_call *call, struct vdc_err *err)
{
	vdc_autobuf jobs = { 0 };
	struct request request;
	const char *const *ids;
	size_t n;
	int r = read_request(call, &request, err), refused;

	if (!r && vdc_given(call, "dry-run"))
		return preview(&request, err);
	if (r)
		return r;
	refused = find_jobs(&request, &jobs, err);
	if (refused < 0)
		return refused;
	ids = (const void *)jobs.data;
	n = jobs.len / sizeof(char *);
	if (n)
		r = vdc_given(call, "background")
			    ? launch(&request, ids, n, err)
			    : ha_restart_do(call, ids, n, request.by_name, err);
	if (r < 0 || !refused)
		return r;
	return n && r == VDC_EXIT_OK ? VDC_EXIT_PARTLY : r ?: refused;
}
