/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process that works: what happens is waited for, and every disk has its turn. */
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "act/extend_watch_part.h"
#include "base/time.h"

#define BEAT (5 * VDC_SECOND)
#define INCOMING VDC_SECOND /* between two refreshes of what is on its way here */

static int on_event(void *ctx, const struct vdc_virt_event *event, struct vdc_err *err)
{
	return extend_watch_event(ctx, event, err);
}

/* Its volumes grow where it still runs, and it finds here what was seen last. */
static void receive(struct extend_watch *watch, struct watched_guest *guest, int64_t *next)
{
	int64_t now = vdc_time_monotonic();

	if (now >= guest->refresh_at) {
		for (size_t i = 0; i < guest->n; i++)
			extend_watch_refresh(watch, &guest->disks[i].place, NULL);
		guest->refresh_at = now + INCOMING;
		guest->stale = true;
	}
	*next = guest->refresh_at < *next ? guest->refresh_at : *next;
}

/* The disk whose turn it is to wait for the hypervisor, and what for. */
struct pick {
	struct watched_disk *disk;
	struct vdc_extend_decision what;
	enum vdc_extend_rank rank;
};

static int offer(struct extend_watch *watch, struct watched_disk *disk, struct pick *pick,
		 int64_t *next, struct vdc_err *err)
{
	struct vdc_extend_decision decision;
	enum vdc_extend_rank rank;
	int r = extend_watch_hurry(watch, disk, next, &decision, err);

	if (r || decision.what == VDC_EXTEND_DO_WAIT)
		return r;
	rank = vdc_extend_rank(&disk->plan, &decision, vdc_time_monotonic());
	if (!pick->disk || rank < pick->rank)
		*pick = (struct pick){ disk, decision, rank };
	return 0;
}

/* What can be done at once of all disks, and of what waits for the hypervisor the one thing that matters
 * most: what comes meanwhile is heard before the next one. */
static int turn(struct extend_watch *watch, int64_t *next, struct vdc_err *err)
{
	struct pick pick = { 0 };
	int r = extend_watch_read(watch, err);

	for (struct watched_guest *guest = watch->guests; guest && !r; guest = guest->next) {
		if (guest->incoming)
			receive(watch, guest, next);
		for (size_t i = 0; i < guest->n && !r && !guest->incoming; i++)
			if (!guest->disks[i].refreshes.what)
				r = offer(watch, &guest->disks[i], &pick, next, err);
	}
	if (r || !pick.disk)
		return r;
	*next = 0;
	return extend_watch_do(watch, pick.disk, &pick.what, err);
}

static int beat(struct extend_watch *watch, int64_t *next, struct vdc_err *err)
{
	int64_t now = vdc_time_monotonic();
	int r = 0;

	if (now >= watch->beat_at) {
		watch->beat_at = now + BEAT;
		r = vdc_errand_tell(watch->errand, NULL, 0, err);
	}
	*next = watch->beat_at < *next ? watch->beat_at : *next;
	return r;
}

static int begin(struct extend_watch *watch, struct vdc_err *err)
{
	struct vdc_thin_news news = { 0 };
	int r;

	watch->wakes = epoll_create1(EPOLL_CLOEXEC);
	if (watch->wakes < 0)
		return vdc_err_set(err, -errno, "epoll: %m");
	epoll_ctl(watch->wakes, EPOLL_CTL_ADD, watch->figures_fd,
		  &(struct epoll_event){ .events = EPOLLIN });
	r = extend_watch_ways_begin(watch, err);
	if (!r)
		r = vdc_virt_wake(watch->virt, watch->wakes, err);
	if (!r) /* events first, so that nothing happens unseen while it is read */
		r = vdc_virt_follow(watch->virt, err);
	watch->all_stale = true;
	if (!r)
		r = extend_watch_read(watch, err);
	for (const struct watched_guest *guest = watch->guests; guest; guest = guest->next)
		news.to += (int64_t)guest->n;
	return r ? r : extend_watch_tell(watch, VDC_THIN_NEWS_BEGUN, NULL, NULL, &news, err);
}

int extend_watch_run(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt,
		     struct vdc_err *err)
{
	struct extend_watch watch = {
		.errand = errand,
		.virt = virt,
		.known = extend_watch_known(ctx),
		.figures_fd = extend_watch_figures_fd(ctx),
	};
	int r = begin(&watch, err);

	while (!r) {
		int64_t next = INT64_MAX, left;

		r = turn(&watch, &next, err);
		if (!r)
			r = extend_watch_rescan(&watch, &next, err);
		if (!r)
			r = beat(&watch, &next, err);
		left = next - vdc_time_monotonic();
		if (!r)
			r = vdc_virt_wait(virt, left > 0 ? left + 1000 : 0, on_event, &watch, err);
		extend_watch_figures(&watch);
		if (!r)
			r = extend_watch_answers(&watch, err);
		if (!r)
			r = extend_watch_refreshed(&watch, err);
	}
	extend_watch_ways_end(&watch);
	vdc_buf_free(&watch.figures);
	close(watch.wakes);
	return r;
}
