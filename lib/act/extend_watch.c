/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process that watches over the one that works. */
#include "act/extend_watch.h"

#include <errno.h>

#include "act/extend_watch_part.h"
#include "base/time.h"

#define FIRST_PAUSE VDC_SECOND
#define LAST_PAUSE (30 * VDC_SECOND)
#define QUIET (60 * VDC_SECOND)

struct watching {
	const struct vdc_extend_watch_options *options;
	struct vdc_pool *pool;
	struct vdc_arena *arena; /* of the child that runs */
	struct vdc_errand_call call;
	struct watch_follow follow;
	int64_t pause;
};

static int begin(struct watching *watching, struct vdc_err *err);

static int again(void *ctx, const struct vdc_err *failure vdc_unused, struct vdc_err *err)
{
	return begin(ctx, err);
}

static void tell(const struct watching *watching, const struct vdc_thin_news *news)
{
	watching->options->told(watching->options->ctx, news);
}

static int told(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	struct watching *watching = ctx;
	struct vdc_wire wire = vdc_wire_reader(data, len);
	struct vdc_thin_news news = { 0 };

	if (!len) /* it lives */
		return 0;
	extend_watch_wire(&wire, &news);
	if (wire.bad || news.what < VDC_THIN_NEWS_BEGUN || news.what > VDC_THIN_NEWS_ENDED)
		return vdc_err_set(err, -EBADMSG, "the process that watches disks sent nonsense");
	if (news.what == VDC_THIN_NEWS_BEGUN)
		watching->pause = FIRST_PAUSE;
	tell(watching, &news);
	return 0;
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	struct watching *watching = ctx;

	tell(watching, &(struct vdc_thin_news){
			       .what = VDC_THIN_NEWS_ENDED,
			       .text = failure->code ? vdc_err_text(failure) : NULL,
			       .took = watching->pause,
		       });
	vdc_pool_later(watching->pool, watching, again, watching->pause);
	watching->pause = watching->pause * 2 < LAST_PAUSE ? watching->pause * 2 : LAST_PAUSE;
	return 0;
}

static int begin(struct watching *watching, struct vdc_err *err)
{
	vdc_arena_reset(watching->arena);
	watching->call = (struct vdc_errand_call){
		.host = watching->options->host,
		.uri = watching->options->uri,
		.flags = VDC_VIRT_EVENTS,
		.connect_us = watching->options->connect_us,
		.quiet_us = QUIET,
		.ctx = watching,
		.run = extend_watch_run,
		.told = told,
	};
	return vdc_errand_add(watching->pool, &watching->call, ended, watching->arena, err);
}

const struct vdc_extend_known *extend_watch_known(const void *ctx)
{
	return &((const struct watching *)ctx)->follow.known;
}

int extend_watch_figures_fd(const void *ctx)
{
	return ((const struct watching *)ctx)->follow.fds[1];
}

int vdc_extend_watch(const struct vdc_extend_watch_options *options, struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(2); /* the child, and a look at what is known */
	vdc_autoarena *arena = vdc_arena_new();
	struct watching watching = {
		.options = options,
		.pool = pool,
		.arena = arena,
		.pause = FIRST_PAUSE,
		.follow.fds = { -1, -1 },
	};
	int r = vdc_virt_load(err);

	if (!r)
		r = extend_watch_follow(&watching.follow, options, pool, err);
	if (!r)
		r = begin(&watching, err);
	if (!r)
		r = vdc_pool_run(pool, options->stop_fd, err);
	extend_watch_follow_end(&watching.follow);
	return r;
}
