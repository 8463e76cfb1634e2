/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Volumes that are made to show their new size here, several at once. */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "act/extend_watch_part.h"
#include "base/time.h"

#define RESCAN_PAUSE (30 * VDC_SECOND)
#define LIMIT (60 * VDC_SECOND) /* vdsm's thinp:refresh_timeout */

static bool is_same(const struct vdc_extend_place *a, const struct vdc_extend_place *b)
{
	return strcmp(a->volume, b->volume) == 0 && strcmp(a->group, b->group) == 0;
}

bool extend_watch_refresh(struct extend_watch *watch, const struct vdc_extend_place *place,
			  struct vdc_err *err)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct watch_refresh *slot = NULL;

	for (size_t i = 0; i < WATCH_REFRESHES; i++) {
		struct watch_refresh *one = &watch->refreshes[i];

		if (is_same(&one->place, place))
			return false; /* it may have begun before the volume grew */
		if (!*one->place.volume)
			slot = one;
	}
	if (!slot || vdc_lvm_refresh_begin(place->group, place->volume, LIMIT, &slot->run, err))
		return false;
	slot->place = *place;
	epoll_ctl(watch->wakes, EPOLL_CTL_ADD, slot->run.pidfd, &event);
	return true;
}

static int finish(struct extend_watch *watch, struct watch_refresh *slot,
		  const struct vdc_err *failure, struct vdc_err *err)
{
	const struct vdc_extend_place place = slot->place;
	int r = 0;

	slot->place = (struct vdc_extend_place){ "", "" };
	for (struct watched_guest *guest = watch->guests; guest && !r; guest = guest->next)
		for (size_t i = 0; i < guest->n && !r; i++)
			if (guest->disks[i].refreshes.what &&
			    is_same(&guest->disks[i].place, &place))
				r = extend_watch_did_refresh(watch, &guest->disks[i], failure, err);
	return r;
}

/* Closing its descriptor takes it out of what is waited for. */
int extend_watch_refreshed(struct extend_watch *watch, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < WATCH_REFRESHES && !r; i++) {
		struct watch_refresh *slot = &watch->refreshes[i];
		struct vdc_err failure = { 0 };

		if (*slot->place.volume && vdc_lvm_refresh_end(&slot->run, &failure) <= 0)
			r = finish(watch, slot, &failure, err);
	}
	return r;
}

static int rescanned(struct extend_watch *watch, const struct vdc_err *why, struct vdc_err *err)
{
	struct watch_rescan *rescan = &watch->rescan;
	vdc_autofree char *text = NULL;
	bool told = rescan->failed;

	rescan->failed = why->code != 0;
	if (told || !rescan->failed)
		return 0;
	text = vdc_format("LUNs are not looked for, see rescan.command of vdc.conf: %s",
			  vdc_err_text(why));
	return extend_watch_tell(watch, VDC_THIN_NEWS_FAILED, NULL, NULL,
				 &(struct vdc_thin_news){ .text = text }, err);
}

/* Its end is seen like that of a refresh: something becomes readable. */
int extend_watch_rescan(struct extend_watch *watch, int64_t *next, struct vdc_err *err)
{
	struct watch_rescan *rescan = &watch->rescan;
	struct epoll_event event = { .events = EPOLLIN };
	const int64_t now = vdc_time_monotonic();
	struct vdc_err why = { 0 };
	int r;

	if (rescan->runs) {
		r = vdc_lvm_refresh_end(&rescan->run, &why);
		rescan->runs = r > 0;
		if (r > 0)
			*next = rescan->run.until < *next ? rescan->run.until : *next;
		return r > 0 ? 0 : rescanned(watch, &why, err);
	}
	if (!rescan->wanted)
		return 0;
	if (now < rescan->not_before) {
		*next = rescan->not_before < *next ? rescan->not_before : *next;
		return 0;
	}
	rescan->wanted = false;
	rescan->not_before = now + RESCAN_PAUSE;
	if (vdc_lvm_rescan_begin(&rescan->run, &why))
		return rescanned(watch, &why, err);
	rescan->runs = true;
	epoll_ctl(watch->wakes, EPOLL_CTL_ADD, rescan->run.pidfd, &event);
	return 0;
}
