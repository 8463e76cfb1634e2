/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Joining and leaving, and what stands in the way. */
#include "act/lockspace_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/proc.h"
#include "base/time.h"
#include "doc/lease_record.h"
#include "edge/direct.h"
#include "plan/lease_geometry.h"

enum { AT_ONCE = 16 };

#define PAUSE (VDC_SECOND / 10)
#define PROGRAM_TIME (10 * VDC_SECOND)

struct vdc_sanlock_space vdc_lockspace_place(const struct vdc_lockspace *space)
{
	return (struct vdc_sanlock_space){
		.name = space->id,
		.host_id = space->host_id,
		.place = { .path = space->ids,
			   .sector = space->block_size,
			   .alignment = space->alignment },
	};
}

struct vdc_sanlock_lease vdc_lockspace_spm_lease(const struct vdc_lockspace *space)
{
	return (struct vdc_sanlock_lease){
		.space = space->id,
		.name = VDC_SPM_LEASE,
		.place = { .path = space->leases,
			   .offset = VDC_SPM_LEASE_SLOT * space->alignment,
			   .sector = space->block_size,
			   .alignment = space->alignment },
	};
}

static int does_not_run(const struct vdc_lockspace *space, struct vdc_err *err)
{
	if (!space->sanlock_name)
		return vdc_err_set(err, -ECONNREFUSED,
				   "sanlock does not run on this machine; systemctl start sanlock");
	return vdc_err_set(err, -ECONNREFUSED,
			   "sanlock does not run on this machine: put \"our_host_name = %s\" into "
			   "/etc/sanlock/sanlock.conf, then systemctl start sanlock",
			   space->sanlock_name);
}

int vdc_lockspace_check_name(const struct vdc_lockspace *space, const char *name,
			     struct vdc_err *err)
{
	if (!space->sanlock_name || strcmp(name, space->sanlock_name) == 0)
		return 0;
	return vdc_err_set(
		err, -EPERM,
		"sanlock runs under the name %.60s and must run as %s, the host's UUID: "
		"put \"our_host_name = %s\" into /etc/sanlock/sanlock.conf, then, while no "
		"lease is held here, spm-elect leave --local, systemctl restart sanlock, "
		"spm-elect join --local",
		name, space->sanlock_name, space->sanlock_name);
}

/* Its first line is "daemon NAME"; the library has no word for it. */
static int check_name(const struct vdc_lockspace *space, struct vdc_err *err)
{
	const char *const argv[] = { "sanlock", "client", "status", NULL };
	const struct vdc_proc proc = { .argv = argv, .limit_us = PROGRAM_TIME };
	vdc_autoend end = { 0 };
	char *line, *rest;
	int r = vdc_proc_run(&proc, &end, err);

	if (r)
		return vdc_err_prefix(err, "asking sanlock for its name: "), r;
	line = strtok_r(end.out.data, "\n", &rest);
	if (end.status || !line || strncmp(line, "daemon ", 7) != 0)
		return does_not_run(space, err);
	return vdc_lockspace_check_name(space, line + 7, err);
}

/* The records of all hosts. */
int vdc_lockspace_read_area(const struct vdc_lockspace *space, void **ret, struct vdc_err *err)
{
	const size_t size = (size_t)space->alignment;
	struct vdc_direct *direct;
	int64_t there;
	char *data;
	int r = vdc_direct_open(space->ids, 0, &direct, err);

	if (r)
		return r;
	data = vdc_alloc(size);
	memset(data, 0, size);
	there = vdc_direct_size(direct) / VDC_DIRECT_UNIT * VDC_DIRECT_UNIT;
	r = vdc_direct_read(direct, 0, data, there < space->alignment ? (size_t)there : size, err);
	vdc_direct_close(direct);
	if (r)
		free(data);
	else
		*ret = data;
	return r;
}

int vdc_lockspace_read_host(const struct vdc_lockspace *space, int64_t host_id,
			    struct vdc_lease_record *ret, struct vdc_err *err)
{
	int64_t at = (host_id - 1) * space->block_size;
	int64_t unit = at / VDC_DIRECT_UNIT * VDC_DIRECT_UNIT;
	char data[VDC_DIRECT_UNIT];
	struct vdc_direct *direct;
	int r;

	if (at < 0 || at >= space->alignment)
		return vdc_err_set(err, -ERANGE, "the lockspace of domain %s has no host id %lld",
				   space->name, (long long)host_id);
	r = vdc_direct_open(space->ids, 0, &direct, err);
	if (r)
		return r;
	r = vdc_direct_read(direct, unit, data, sizeof(data), err);
	vdc_direct_close(direct);
	if (r)
		return r;
	vdc_lease_record_read(data + (at - unit), VDC_LEASE_RECORD_SIZE, ret);
	if (ret->kind == VDC_LEASE_RECORD_HOST && strcmp(ret->space, space->id) != 0)
		return vdc_err_set(err, -EBADMSG, "%s holds the lockspace %s", space->ids,
				   ret->space);
	return 0;
}

static int check_record(const struct vdc_lockspace *space, int64_t id,
			const struct vdc_lease_record *record, struct vdc_err *err)
{
	bool ours = space->sanlock_name && strcmp(record->name, space->sanlock_name) == 0;

	if (id == 1 &&
	    (record->kind != VDC_LEASE_RECORD_HOST || strcmp(record->space, space->id) != 0))
		return vdc_err_set(err, -EBADMSG,
				   "%s holds no lockspace %s; spm-elect init makes one in an empty "
				   "area",
				   space->ids, space->id);
	if (!vdc_lease_record_is_held(record))
		return 0;
	if (id == space->host_id && space->sanlock_name && !ours)
		return vdc_err_set(err, -EEXIST,
				   "host id %lld of domain %s is taken by %s, which has not left; "
				   "give this host another one",
				   (long long)id, space->name, record->name);
	if (id != space->host_id && ours)
		return vdc_err_set(err, -EPERM,
				   "the name %s is used under host id %lld of domain %s, too: two "
				   "hosts with one name take each other's leases",
				   record->name, (long long)id, space->name);
	return 0;
}

static int check_area(const struct vdc_lockspace *space, struct vdc_err *err)
{
	const int64_t n = space->alignment / space->block_size;
	vdc_autofree void *data = NULL;
	int r = vdc_lockspace_read_area(space, &data, err);

	for (int64_t id = 1; id <= n && id <= VDC_LEASE_HOSTS && !r; id++) {
		struct vdc_lease_record record;
		const char *at = (const char *)data + (id - 1) * space->block_size;

		vdc_lease_record_read(at, VDC_LEASE_RECORD_SIZE, &record);
		r = check_record(space, id, &record, err);
	}
	return r;
}

static int wait_until(const struct vdc_lockspace *space, bool in, struct vdc_err *err)
{
	const struct vdc_sanlock_space place = vdc_lockspace_place(space);
	int r;

	/* Until the parent's limit. */
	while ((r = vdc_sanlock_in(&place, err)) == 0)
		usleep(PAUSE);
	if (r > 0 && !in)
		return vdc_err_set(err, -EAGAIN, "it is still in lockspace %s", space->name);
	if (r == -ENOENT && in)
		return vdc_err_set(err, -EIO,
				   "sanlock gave up joining lockspace %s; its log says why: "
				   "/var/log/sanlock.log",
				   space->name);
	return r > 0 || r == -ENOENT ? 0 : r;
}

static int join(const struct vdc_lockspace *space, struct vdc_err *err)
{
	const struct vdc_sanlock_space place = vdc_lockspace_place(space);
	int r;

	/* On the way in, or out: whoever began that ends it. */
	while ((r = vdc_sanlock_in(&place, err)) == 0)
		usleep(PAUSE);
	if (r > 0)
		return check_name(space, err);
	if (r == -ECONNREFUSED)
		return does_not_run(space, err);
	if (r != -ENOENT)
		return r;
	r = check_name(space, err) ?: vdc_lockspace_activate(space, err) ?: check_area(space, err);
	if (!r)
		r = vdc_sanlock_join(&place, (unsigned)space->io_timeout, err);
	return r ? r : wait_until(space, true, err);
}

static int leave(const struct vdc_lockspace *space, struct vdc_err *err)
{
	const struct vdc_sanlock_space place = vdc_lockspace_place(space);
	int r = vdc_sanlock_in(&place, err);

	if (r == -ENOENT)
		return 0;
	if (r >= 0)
		r = vdc_sanlock_leave(&place, err);
	return r ? r : wait_until(space, false, err);
}

struct doing {
	const struct vdc_lockspace *space;
	vdc_lockspace_work_fn *work;
	struct vdc_err *failure;
};

static int work(void *ctx, struct vdc_sender *sender vdc_unused, struct vdc_err *err)
{
	const struct doing *doing = ctx;

	return doing->work(doing->space, err);
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	struct doing *doing = ctx;

	*doing->failure = *failure;
	if (failure->code == -ETIMEDOUT)
		vdc_err_set(doing->failure, -ETIMEDOUT,
			    "lockspace of domain %s: sanlock is not done in time",
			    doing->space->name);
	return 0;
}

static int do_all(const struct vdc_lockspaces *spaces, vdc_lockspace_work_fn *fn, int64_t limit_us,
		  struct vdc_err *failures, struct vdc_err *err)
{
	vdc_autofree struct doing *doing = vdc_alloc((spaces->n + 1) * sizeof(*doing));
	vdc_autopool *pool = NULL;
	int r = vdc_sanlock_load(err);

	if (r)
		return r;
	pool = vdc_pool_new(AT_ONCE);
	for (size_t i = 0; i < spaces->n; i++) {
		doing[i] = (struct doing){ spaces->all[i], fn, &failures[i] };
		vdc_pool_add(pool, &(struct vdc_task){
					   .ctx = &doing[i],
					   .work = work,
					   .ended = ended,
					   .limit_us = limit_us,
				   });
	}
	return vdc_pool_run(pool, -1, err);
}

int vdc_lockspaces_join(const struct vdc_lockspaces *spaces, int64_t limit_us,
			struct vdc_err *failures, struct vdc_err *err)
{
	return do_all(spaces, join, limit_us, failures, err);
}

int vdc_lockspaces_leave(const struct vdc_lockspaces *spaces, int64_t limit_us,
			 struct vdc_err *failures, struct vdc_err *err)
{
	return do_all(spaces, leave, limit_us, failures, err);
}

int vdc_lockspace_do(const struct vdc_lockspace *space, vdc_lockspace_work_fn *fn, int64_t limit_us,
		     struct vdc_err *err)
{
	struct vdc_lockspace *one = (struct vdc_lockspace *)(uintptr_t)space;
	const struct vdc_lockspaces spaces = { &one, 1 };
	struct vdc_err failure = { 0 };
	int r = do_all(&spaces, fn, limit_us, &failure, err);

	if (!r && failure.code && err)
		*err = failure;
	return r ? r : failure.code;
}
