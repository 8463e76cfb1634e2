/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/pam.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/child.h"
#include "edge/module.h"
#include "edge/pam_ops.h"

static const struct vdc_pam_ops *ops;

int vdc_pam_load(struct vdc_err *err)
{
	const void *table = ops;
	int r = ops ? 0 : vdc_module_table("pam", "vdc_pam_ops", &table, err);

	ops = table;
	return r;
}

struct question {
	const char *user;
	const struct vdc_secret *password;
	struct vdc_err answer;
};

/* In the child. PAM copies the password about: a crash must not write it to a disk. */
static int ask(void *ctx, struct vdc_sender *sender vdc_unused, struct vdc_err *err)
{
	const struct question *question = ctx;
	const struct rlimit none = { 0 };

	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	return ops->check(question->user, question->password, err);
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	struct question *question = ctx;

	question->answer = *failure;
	return 0;
}

int vdc_pam_check(const char *user, const struct vdc_secret *password, int64_t limit_us,
		  struct vdc_err *err)
{
	struct question question = { .user = user, .password = password };
	const struct vdc_task task = {
		.ctx = &question, .work = ask, .ended = ended, .limit_us = limit_us
	};
	vdc_autopool *pool = NULL;
	int r = vdc_pam_load(err);

	if (r)
		return r;
	pool = vdc_pool_new(1);
	vdc_pool_add(pool, &task);
	r = vdc_pool_run(pool, -1, err);
	if (r || !question.answer.code)
		return r;
	if (question.answer.code == -EKEYREJECTED)
		return vdc_err_set(err, -EKEYREJECTED, "wrong password");
	return vdc_err_set(err, question.answer.code, "PAM, service %s, user %s: %s",
			   VDC_PAM_SERVICE, user, vdc_err_text(&question.answer));
}
