/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which host has the VM: one that is suspended is nowhere in the database. */
#include <errno.h>
#include <string.h>

#include "act/upgrade_fix_part.h"
#include "base/setting.h"
#include "base/time.h"

#define PAUSE (VDC_SECOND / 2)

enum { AT_ONCE = 32 };

static bool is_asked(const struct vdc_vm *vm, const struct vdc_host *host)
{
	return host->status == VDC_HOST_UP && host->cluster.id && vm->cluster.id &&
	       strcmp(host->cluster.id, vm->cluster.id) == 0;
}

int fix_open_vm(const struct fixing *fixing, struct fix_vm *ret, struct vdc_err *err)
{
	void *const *hosts;
	size_t n;
	int r = vdc_scene_open(fixing->db, &ret->scene, err);

	ret->fixing = fixing;
	if (r)
		return r;
	ret->vm =
		vdc_world_find(ret->scene.world, &vdc_vm_kind, vdc_object_id(fixing->fix->object));
	if (!ret->vm)
		return vdc_err_set(err, -ENOENT, "it is gone");
	n = vdc_world_all(ret->scene.world, &vdc_host_kind, &hosts);
	ret->hosts = vdc_arena_alloc(fixing->arena, (n + 1) * sizeof(*ret->hosts));
	for (size_t i = 0; i < n; i++)
		if (is_asked(ret->vm, hosts[i]))
			ret->hosts[ret->n++] = (struct fix_host){
				.work = ret,
				.host = hosts[i],
				.at = vdc_tour_host_of(hosts[i], fixing->arena),
			};
	return 0;
}

static int look(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt, struct vdc_err *err)
{
	const struct fix_host *host = ctx;
	struct vdc_virt_now now;
	int r = vdc_virt_now(virt, host->work->vm->id, &now, err);
	bool seen[3];

	if (r)
		return r;
	seen[0] = now.known && now.managed_save;
	seen[1] = now.known && vdc_virt_is_active(now.state);
	seen[2] = seen[1] && now.state == VDC_VIRT_PAUSED && now.reason &&
		  strcmp(now.reason, "starting_up") == 0;
	return vdc_errand_tell(errand, seen, sizeof(seen), err);
}

static int looked(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct fix_host *host = ctx;

	if (len == 3 * sizeof(bool)) {
		host->has_memory = data[0];
		host->runs = data[1];
		host->starts = data[2];
	}
	return 0;
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	((struct fix_host *)ctx)->failure = *failure;
	return 0;
}

struct vdc_errand_call fix_call(struct fix_vm *work, const struct vdc_tour_host *at)
{
	return (struct vdc_errand_call){
		.host = at->name,
		.uri = at->uri,
		.connect_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
		.limit_us = vdc_setting_number(VDC_SETTING_SYNC_TIMEOUT),
		.db = work->fixing->db,
		.lease = work->fixing->lease,
	};
}

int fix_ask_hosts(struct fix_vm *work, fix_errand_fn *run, fix_told_fn *told, struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(AT_ONCE);
	int r = vdc_virt_load(err);

	for (size_t i = 0; i < work->n && !r; i++) {
		struct fix_host *host = &work->hosts[i];

		host->call = fix_call(work, &host->at);
		host->call.ctx = host;
		host->call.run = run;
		host->call.told = told;
		r = vdc_errand_add(pool, &host->call, ended, work->fixing->arena, err);
	}
	return r ? r : vdc_pool_run(pool, -1, err);
}

static int find_memory(struct fix_vm *work, const struct fix_host **ret, struct vdc_err *err)
{
	const struct fix_host *found = NULL, *failed = NULL;
	int r = fix_ask_hosts(work, look, looked, err);

	for (size_t i = 0; i < work->n && !r; i++) {
		const struct fix_host *host = &work->hosts[i];

		if (host->runs || (host->has_memory && !found))
			found = host;
		if (host->failure.code)
			failed = host;
	}
	if (!r && found)
		*ret = found;
	else if (!r && failed)
		r = vdc_err_set(err, failed->failure.code, "%s", vdc_err_text(&failed->failure));
	else if (!r)
		r = vdc_err_set(err, -ENOENT,
				"no host of its cluster that is up has the memory of VM %s: bring "
				"the host back on which it was suspended",
				work->vm->name);
	return r;
}

int fix_find_memory(struct fix_vm *work, const struct fix_host **ret, struct vdc_err *err)
{
	int64_t until = vdc_time_monotonic() + vdc_setting_number(VDC_SETTING_SYNC_TIMEOUT);
	int r = find_memory(work, ret, err);

	while (!r && (*ret)->starts && vdc_time_monotonic() < until) {
		vdc_sleep(PAUSE);
		r = find_memory(work, ret, err);
	}
	return r;
}
