/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/errand.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/time.h"

struct vdc_errand {
	const struct vdc_errand_call *call;
	struct vdc_sender *sender; /* the child's */
	int answers[2];		   /* the parent says when it looked */
	struct vdc_err failure;
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
	int r = call->lease ? vdc_job_check(call->lease, call->db, err) : 0;

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

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	((struct vdc_errand *)ctx)->failure = *failure;
	return 0;
}

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct vdc_errand *errand = ctx;
	vdc_autovirt *virt = NULL;
	int r;

	errand->sender = sender;
	r = vdc_virt_open(errand->call->uri, 0, &virt, err);
	if (!r)
		r = send(errand, CONNECTED, NULL, 0, err);
	return r ? r : errand->call->run(errand->call->ctx, errand, virt, err);
}

static int run_child(struct vdc_errand *errand, struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(1);

	vdc_pool_add(pool, &(struct vdc_task){
				   .ctx = errand,
				   .work = work,
				   .got = got,
				   .ended = ended,
				   .first_us = errand->call->connect_us,
				   .limit_us = errand->call->limit_us,
			   });
	return vdc_pool_run(pool, -1, err);
}

int vdc_errand_run(const struct vdc_errand_call *call, struct vdc_err *err)
{
	struct vdc_errand errand = { .call = call };
	int r = vdc_virt_load(err);

	if (!r && pipe2(errand.answers, O_CLOEXEC))
		r = vdc_err_set(err, -errno, "cannot make a pipe: %m");
	if (r)
		return r;
	r = run_child(&errand, err);
	close(errand.answers[0]);
	close(errand.answers[1]);
	if (r || !errand.failure.code)
		return r;
	return vdc_err_set(err, errand.failure.code, "host %s: %s", call->host,
			   vdc_err_text(&errand.failure));
}
