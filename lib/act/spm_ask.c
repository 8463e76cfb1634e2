/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What sanlock and the storage say about a holder, asked in a child with a time limit. */
#include <errno.h>
#include <string.h>

#include "act/spm_part.h"
#include "base/child.h"
#include "base/time.h"

struct asking {
	const struct vdc_lockspace *space;
	struct vdc_sanlock_lease lease;
	int holder;
	bool thorough;
	int64_t lver;
};

static int read_record(struct asking *asking, struct vdc_err *err)
{
	struct vdc_sanlock_owner owner;
	int r = vdc_sanlock_owner(&asking->lease, &owner, err);

	if (!r && (owner.host_id != asking->space->host_id || owner.lver != asking->lver))
		r = vdc_err_set(err, -ENOENT, "the lease is another's by now");
	return r;
}

static int ask(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct asking *asking = ctx;
	int r = vdc_sanlock_held(asking->holder, &asking->lease, &asking->lver, err);

	if (!r && asking->thorough)
		r = read_record(asking, err);
	return r ? r : vdc_send(sender, &asking->lver, sizeof(asking->lver));
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct asking *asking = ctx;

	if (len == sizeof(asking->lver))
		memcpy(&asking->lver, data, len);
	return 0;
}

static int ended(void *ctx vdc_unused, const struct vdc_err *failure, struct vdc_err *err)
{
	*(err ?: &(struct vdc_err){ 0 }) = *failure;
	return failure->code;
}

/* One that may hang for ever without harm to others waits itself: a process for each question would take
 * longer than the answer. */
static int ask_here(struct asking *asking, int64_t limit_us, int64_t *lver, struct vdc_err *err)
{
	const int64_t until = vdc_time_monotonic() + limit_us;
	int r = vdc_sanlock_held(asking->holder, &asking->lease, &asking->lver, err);

	if (!r && vdc_time_monotonic() > until)
		r = vdc_err_set(err, -ETIMEDOUT, "sanlock answered too late");
	if (!r)
		*lver = asking->lver;
	return r;
}

int spm_ask(const struct vdc_lockspace *space, int holder, bool thorough, int64_t limit_us,
	    int64_t *lver, struct vdc_err *err)
{
	struct asking asking = {
		.space = space,
		.lease = vdc_lockspace_spm_lease(space),
		.holder = holder,
		.thorough = thorough,
		.lver = VDC_UNSET,
	};
	const struct vdc_task task = {
		.ctx = &asking,
		.work = ask,
		.got = got,
		.ended = ended,
		.limit_us = limit_us,
	};
	vdc_autopool *pool = NULL;
	int r = vdc_sanlock_load(err);

	if (r)
		return r;
	if (vdc_is_child() && !thorough)
		return ask_here(&asking, limit_us, lver, err);
	pool = vdc_pool_new(1);
	vdc_pool_add(pool, &task);
	r = vdc_pool_run(pool, -1, err);
	if (!r)
		*lver = asking.lver;
	return r;
}
