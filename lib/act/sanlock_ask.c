/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/sanlock_ask.h"

#include <errno.h>

#include "act/look.h"
#include "base/time.h"

/* A daemon that hangs takes three seconds for each thing that it is asked. */
#define SHELL_TIME (20 * VDC_SECOND)
#define MARGIN (5 * VDC_SECOND)

enum { AT_ONCE = 32 };

struct asking {
	struct vdc_buf text; /* what vdc_task_text gathers */
	struct vdc_sanlock_asked *asked;
	struct vdc_target target;
	unsigned parts;
	struct vdc_arena *arena;
};

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	const struct asking *asking = ctx;
	vdc_autobuf text = { 0 };
	int r;

	if (!asking->target.shell && !asking->target.local)
		return vdc_err_set(err, -EHOSTUNREACH, "it has no address for the remote shell");
	r = vdc_host_sanlock(asking->target.shell, asking->parts, asking->target.limit_us, &text,
			     err);
	return r ? r : vdc_send(sender, vdc_buf_str(&text), text.len);
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	struct asking *asking = ctx;
	struct vdc_sanlock_asked *asked = asking->asked;
	struct vdc_err why = *failure;

	asked->code = why.code;
	if (!asked->code)
		asked->code = vdc_lease_report_parse(vdc_buf_str(&asking->text), asking->arena,
						     &asked->report, &why);
	asked->failure = asked->code ? vdc_arena_strdup(asking->arena, vdc_err_text(&why)) : NULL;
	vdc_buf_free(&asking->text);
	return 0;
}

int vdc_sanlock_ask(struct vdc_sanlock_asked *asked, size_t n, unsigned parts, int64_t limit_us,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	struct asking *all = vdc_arena_alloc(arena, (n + 1) * sizeof(*all));
	vdc_autopool *pool = vdc_pool_new(AT_ONCE);

	limit_us = limit_us ?: SHELL_TIME;
	for (size_t i = 0; i < n; i++) {
		all[i] = (struct asking){
			.asked = &asked[i],
			.target = { .local = !asked[i].host, .limit_us = limit_us },
			.parts = parts,
			.arena = arena,
		};
		if (asked[i].host)
			all[i].target = vdc_target_of(asked[i].host, limit_us, arena);
		vdc_pool_add(pool, &(struct vdc_task){
					   .ctx = &all[i],
					   .work = work,
					   .got = vdc_task_text,
					   .ended = ended,
					   .limit_us = limit_us + MARGIN,
				   });
	}
	return vdc_pool_run(pool, -1, err);
}
