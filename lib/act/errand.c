/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/errand.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/time.h"

struct vdc_errand {
	struct vdc_errand_call *call;
	struct vdc_sender *sender; /* the child's */
	int answers[2];		   /* the parent says when it looked */
	vdc_errand_ended_fn *ended;
};

enum message { CONNECTED, QUESTION, NEWS };

static int send(struct vdc_errand *errand, enum message message, const void *data, size_t len,
		struct vdc_err *err)
{
	const char kind = (char)message;
	vdc_autobuf out = { 0 };
	int r;

	vdc_buf_add(&out, &kind, 1);
	if (len)
		vdc_buf_add(&out, data, len);
	r = vdc_send(errand->sender, out.data, out.len);
	return r ? vdc_err_set(err, r, "the process that asked is gone") : 0;
}

int vdc_errand_tell(struct vdc_errand *errand, const void *data, size_t len, struct vdc_err *err)
{
	return send(errand, NEWS, data, len, err);
}

int vdc_errand_may(struct vdc_errand *errand, struct vdc_err *err)
{
	int64_t looked;
	ssize_t n;
	int r = send(errand, QUESTION, NULL, 0, err);

	if (r)
		return r;
	do
		n = read(errand->answers[0], &looked, sizeof(looked));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(looked))
		return vdc_err_set(err, -EIO, "the process that asked gave no answer");
	if (vdc_time_monotonic() - looked >= VDC_SECOND)
		return vdc_err_set(err, -EAGAIN,
				   "it took more than a second to see whose job this is");
	return 0;
}

/* In the parent: the child wants to do something. */
static int answer(struct vdc_errand *errand, struct vdc_err *err)
{
	const struct vdc_errand_call *call = errand->call;
	int64_t looked = vdc_time_monotonic();
	int r = 0;

	if (call->lease && looked - vdc_job_looked(call->lease) < call->recent_us)
		looked = vdc_job_looked(call->lease);
	else if (call->lease)
		r = vdc_job_check(call->lease, call->db, err);
	if (!r && call->may)
		r = call->may(call->ctx, err);
	if (!r && write(errand->answers[1], &looked, sizeof(looked)) != sizeof(looked))
		r = vdc_err_set(err, -errno, "cannot write to the child: %m");
	return r;
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	struct vdc_errand *errand = ctx;

	if (len && *data == QUESTION)
		return answer(errand, err);
	if (len && *data == NEWS && errand->call->told)
		return errand->call->told(errand->call->ctx, data + 1, len - 1, err);
	return 0;
}

static void close_answers(struct vdc_errand *errand)
{
	close(errand->answers[0]);
	close(errand->answers[1]);
	errand->call->errand = NULL;
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct vdc_errand *errand = ctx;
	struct vdc_err named = { 0 };

	close_answers(errand);
	if (failure->code)
		vdc_err_set(&named, failure->code, "host %s: %s", errand->call->host,
			    vdc_err_text(failure));
	return errand->ended(errand->call->ctx, &named, err);
}

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct vdc_errand *errand = ctx;
	vdc_autovirt *virt = NULL;
	int r;

	errand->sender = sender;
	if (!errand->call->uri)
		return errand->call->run(errand->call->ctx, errand, NULL, err);
	r = vdc_virt_open(errand->call->uri, errand->call->flags, &virt, err);
	if (!r)
		r = send(errand, CONNECTED, NULL, 0, err);
	return r ? r : errand->call->run(errand->call->ctx, errand, virt, err);
}

int vdc_errand_add(struct vdc_pool *pool, struct vdc_errand_call *call, vdc_errand_ended_fn *on_end,
		   struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_errand *errand = vdc_arena_alloc(arena, sizeof(*errand));

	*errand = (struct vdc_errand){ .call = call, .ended = on_end };
	if (pipe2(errand->answers, O_CLOEXEC))
		return vdc_err_set(err, -errno, "cannot make a pipe: %m");
	call->errand = errand;
	vdc_pool_add(pool, &(struct vdc_task){
				   .ctx = errand,
				   .work = work,
				   .got = got,
				   .ended = ended,
				   .first_us = call->connect_us,
				   .limit_us = call->limit_us,
				   .quiet_us = call->quiet_us,
			   });
	return 0;
}

void vdc_errand_drop(struct vdc_pool *pool, struct vdc_errand_call *call)
{
	if (!call->errand)
		return;
	vdc_pool_drop(pool, call->errand);
	close_answers(call->errand);
}

/* The context of the only one of a pool, which has its caller's inside. */
struct alone {
	const struct vdc_errand_call *call;
	struct vdc_err failure;
};

static int run_alone(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt,
		     struct vdc_err *err)
{
	const struct alone *alone = ctx;

	return alone->call->run(alone->call->ctx, errand, virt, err);
}

static int alone_told(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	const struct alone *alone = ctx;

	return alone->call->told ? alone->call->told(alone->call->ctx, data, len, err) : 0;
}

static int alone_may(void *ctx, struct vdc_err *err)
{
	const struct alone *alone = ctx;

	return alone->call->may(alone->call->ctx, err);
}

static int alone_ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	((struct alone *)ctx)->failure = *failure;
	return 0;
}

int vdc_errand_run(const struct vdc_errand_call *call, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autopool *pool = vdc_pool_new(1);
	struct alone alone = { .call = call };
	struct vdc_errand_call inner = *call;
	int r = vdc_virt_load(err);

	inner.ctx = &alone;
	inner.run = run_alone;
	inner.told = alone_told;
	inner.may = call->may ? alone_may : NULL;
	if (!r)
		r = vdc_errand_add(pool, &inner, alone_ended, arena, err);
	if (!r)
		r = vdc_pool_run(pool, -1, err);
	if (r || !alone.failure.code)
		return r;
	return vdc_err_set(err, alone.failure.code, "%s", vdc_err_text(&alone.failure));
}
