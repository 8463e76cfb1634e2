/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What plan/extend_disk.h says is to be done about a disk. */
#include <errno.h>
#include <string.h>

#include "act/extend_watch_part.h"
#include "base/time.h"

enum { STEPS = 8 }; /* for one disk in a row: then others have their turn */

static void did(struct watched_disk *disk, const struct vdc_extend_decision *decision, bool done)
{
	vdc_extend_disk_did(&disk->plan, &vdc_extend_preset, decision, done, vdc_time_monotonic());
}

/* Told once, until it works again. */
static int failed(struct extend_watch *watch, struct watched_disk *disk, const char *what,
		  const struct vdc_err *why, struct vdc_err *err)
{
	vdc_autofree char *text = vdc_format("%s: %s", what, vdc_err_text(why));
	bool told = disk->failed;

	disk->failed = true;
	return told ? 0
		    : extend_watch_tell(watch, VDC_THIN_NEWS_FAILED, disk->guest, disk,
					&(struct vdc_thin_news){ .text = text }, err);
}

static int look(struct extend_watch *watch, struct watched_disk *disk,
		const struct vdc_extend_decision *decision, struct vdc_err *err)
{
	struct vdc_thin_news news = { .from = disk->from };
	struct vdc_err why = { 0 };
	int r = extend_watch_look(watch, disk->guest, &why);

	if (r == -ENOENT)
		disk->guest->stale = true;
	if (r) {
		did(disk, decision, false);
		return r == -ECONNRESET ? vdc_err_set(err, r, "%s", vdc_err_text(&why)) : 0;
	}
	if (!disk->plan.blind) {
		if (disk->plan.volume.size < disk->shown)
			watch->rescan.wanted = true; /* the LUN that it lies on may be larger */
		disk->shown = 0;
	}
	if (!disk->since || disk->plan.volume.size <= disk->from)
		return 0;
	news.to = disk->plan.volume.size;
	news.took = vdc_time_monotonic() - disk->since;
	disk->since = 0;
	return extend_watch_tell(watch, VDC_THIN_NEWS_EXTENDED, disk->guest, disk, &news, err);
}

static int arm(struct extend_watch *watch, struct watched_disk *disk,
	       const struct vdc_extend_decision *decision, struct vdc_err *err)
{
	vdc_autofree char *layer = vdc_format("%s[%lld]", disk->target, (long long)disk->layer);
	struct vdc_err why = { 0 };
	int r = vdc_virt_threshold(watch->virt, disk->guest->uuid, layer, decision->size, &why);

	did(disk, decision, !r);
	if (!r)
		disk->failed = false;
	return r && r != -ENOENT ? failed(watch, disk, "its threshold cannot be set", &why, err)
				 : 0;
}

static int unasked(struct extend_watch *watch, struct watched_disk *disk, struct vdc_err *err)
{
	const struct vdc_thin_news news = {
		.text = *disk->domain ? vdc_err_text(&watch->why_not[disk->way])
				      : "it is of no storage domain that is known",
	};
	bool told = disk->unasked;

	disk->unasked = true;
	return told ? 0
		    : extend_watch_tell(watch, VDC_THIN_NEWS_UNASKED, disk->guest, disk, &news,
					err);
}

static int ask(struct extend_watch *watch, struct watched_disk *disk,
	       const struct vdc_extend_decision *decision, struct vdc_err *err)
{
	struct vdc_extend_request request = { .size = decision->size };
	struct vdc_err why = { 0 };

	did(disk, decision, true);
	if (!disk->since) {
		disk->since = disk->plan.since ?: vdc_time_monotonic();
		disk->from = disk->plan.volume.size;
	}
	if (!disk->ask)
		return unasked(watch, disk, err);
	memcpy(request.domain, disk->domain, sizeof(request.domain));
	memcpy(request.volume, disk->place.volume, VDC_UUID_LEN + 1);
	if (vdc_extend_ask_send(disk->ask, &request, &why) && why.code != -EAGAIN)
		return failed(watch, disk, "the manager cannot be asked", &why, err);
	return 0;
}

/* 1: it goes on, or has to wait for a slot; the end of one wakes us. */
static int refresh(struct extend_watch *watch, struct watched_disk *disk,
		   const struct vdc_extend_decision *decision, struct vdc_err *err)
{
	struct vdc_err why = { 0 };

	if (extend_watch_refresh(watch, &disk->place, &why)) {
		disk->refreshes = *decision;
		return 1;
	}
	if (!why.code) { /* by then it may be on its way */
		vdc_extend_disk_event(&disk->plan, VDC_EXTEND_AGAIN);
		return 1;
	}
	did(disk, decision, false);
	return failed(watch, disk, "it cannot be refreshed", &why, err);
}

int extend_watch_did_refresh(struct extend_watch *watch, struct watched_disk *disk,
			     const struct vdc_err *failure, struct vdc_err *err)
{
	const struct vdc_extend_decision decision = disk->refreshes;

	disk->refreshes.what = 0;
	did(disk, &decision, !failure->code);
	disk->shown = failure->code ? 0 : decision.size;
	if (failure->code)
		watch->rescan.wanted = true;
	return failure->code ? failed(watch, disk, "it cannot be refreshed", failure, err) : 0;
}

/* Only what was paused for want of space: an administrator's pause is not ours to end. */
static int resume(struct extend_watch *watch, struct watched_disk *disk,
		  const struct vdc_extend_decision *decision, struct vdc_err *err)
{
	struct watched_guest *guest = disk->guest;
	struct vdc_virt_now now = { 0 };
	struct vdc_err why = { 0 };
	int r = vdc_virt_now(watch->virt, guest->uuid, &now, &why);
	bool waits = !r && now.state == VDC_VIRT_PAUSED && strcmp(now.reason, "enospc") == 0;

	if (waits)
		r = vdc_virt_resume(watch->virt, guest->uuid, &why);
	did(disk, decision, !r);
	if (r && r != -ENOENT)
		return failed(watch, disk, "the VM cannot be resumed", &why, err);
	return waits ? extend_watch_tell(watch, VDC_THIN_NEWS_RESUMED, guest, disk, NULL, err) : 0;
}

static int judge(struct extend_watch *watch, struct watched_disk *disk,
		 enum vdc_extend_verdict verdict, struct vdc_err *err)
{
	bool news = verdict == VDC_EXTEND_IMPROBABLE && disk->verdict != verdict;

	if (verdict)
		disk->verdict = verdict;
	return news ? extend_watch_tell(watch, VDC_THIN_NEWS_IMPROBABLE, disk->guest, disk,
					&(struct vdc_thin_news){ .from = disk->plan.volume.size,
								 .to = disk->plan.volume.highest },
					err)
		    : 0;
}

static int step(struct extend_watch *watch, struct watched_disk *disk,
		const struct vdc_extend_decision *decision, struct vdc_err *err)
{
	switch (decision->what) {
	case VDC_EXTEND_DO_LOOK:
		return look(watch, disk, decision, err);
	case VDC_EXTEND_DO_ARM:
		return arm(watch, disk, decision, err);
	case VDC_EXTEND_DO_ASK:
		return ask(watch, disk, decision, err);
	case VDC_EXTEND_DO_REFRESH:
		return refresh(watch, disk, decision, err);
	case VDC_EXTEND_DO_RESUME:
		return resume(watch, disk, decision, err);
	case VDC_EXTEND_DO_WAIT:
		break;
	}
	return 0;
}

/* A step that waits for the hypervisor holds up all other disks; one that does not is as good as free. */
static bool waits_for_none(enum vdc_extend_do what)
{
	return what == VDC_EXTEND_DO_ASK || what == VDC_EXTEND_DO_REFRESH;
}

int extend_watch_hurry(struct extend_watch *watch, struct watched_disk *disk, int64_t *next,
		       struct vdc_extend_decision *ret, struct vdc_err *err)
{
	int r = 0;

	*ret = (struct vdc_extend_decision){ .what = VDC_EXTEND_DO_WAIT };
	for (int i = 0; i < STEPS && !r; i++) {
		const struct vdc_extend_decision decision =
			vdc_extend_disk_next(&disk->plan, &vdc_extend_preset, vdc_time_monotonic());

		r = judge(watch, disk, decision.verdict, err);
		if (decision.what == VDC_EXTEND_DO_WAIT)
			*next = decision.until < *next ? decision.until : *next;
		if (r || !waits_for_none(decision.what)) {
			*ret = decision;
			return r;
		}
		r = step(watch, disk, &decision, err);
		if (r > 0) /* it goes on by itself */
			return 0;
	}
	*next = 0;
	return r;
}

int extend_watch_do(struct extend_watch *watch, struct watched_disk *disk,
		    const struct vdc_extend_decision *decision, struct vdc_err *err)
{
	int r = step(watch, disk, decision, err);

	return r < 0 ? r : 0;
}
