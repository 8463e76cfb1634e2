/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/extend_disk.h"

#include "base/time.h"
#include "plan/extend_part.h"

const struct vdc_extend_figures vdc_extend_preset = {
	.every = 2 * VDC_SECOND,
	.blind = VDC_SECOND / 50,
	.idle = 10 * VDC_SECOND,
	.answer = 2 * VDC_SECOND,
	.destination = 5 * VDC_SECOND,
	.back_off = VDC_SECOND,
	.longest = 30 * VDC_SECOND,
};

void vdc_extend_disk_begin(struct vdc_extend_disk *disk, const struct vdc_extend_rules *rules)
{
	*disk = (struct vdc_extend_disk){
		.rules = *rules,
		.volume = { .latency = VDC_EXTEND_LATENCY_PRESET },
	};
}

/* A request that is under way may be about a layer that is no longer written to. */
static void change(struct vdc_extend_disk *disk)
{
	disk->look_at = disk->armed = disk->wanted = disk->granted = disk->since = 0;
	disk->not_until = 0;
	disk->refusals = 0;
	disk->seen = false;
}

void vdc_extend_disk_event(struct vdc_extend_disk *disk, enum vdc_extend_event event)
{
	switch (event) {
	case VDC_EXTEND_NO_SPACE:
		disk->paused = true;
		disk->look_at = disk->armed = 0;
		break;
	case VDC_EXTEND_CHANGED:
		change(disk);
		break;
	case VDC_EXTEND_ARRIVED:
		change(disk);
		disk->granted = 1;
		disk->granted_at = 0; /* it runs here alone */
		break;
	case VDC_EXTEND_AGAIN:
		disk->look_at = disk->armed = disk->looked = 0;
		break;
	case VDC_EXTEND_MIGRATION_BEGINS:
		disk->migrating = true;
		break;
	case VDC_EXTEND_MIGRATION_ENDS:
		disk->migrating = false;
		disk->look_at = disk->armed = 0;
		break;
	}
}

/* A request that is needed no more stays for a while: its answer may be on its way. */
static void settle(struct vdc_extend_disk *disk, const struct vdc_extend_figures *figures,
		   int64_t now)
{
	enum vdc_extend_verdict verdict = vdc_extend_judge(&disk->rules, &disk->volume);

	if (verdict == VDC_EXTEND_IMPROBABLE)
		return;
	if (disk->wanted && disk->volume.size >= disk->wanted) {
		if (disk->since)
			disk->volume.latency = vdc_extend_latency(
				disk->volume.latency, now - disk->since - disk->volume.wait);
		disk->wanted = 0;
	}
	if (verdict != VDC_EXTEND_DUE && now >= disk->asked + figures->answer)
		disk->wanted = 0;
	if (verdict != VDC_EXTEND_DUE)
		disk->since = 0;
	else if (!disk->since || !disk->wanted)
		disk->since = now;
}

/* Told before the first look it is of a threshold that somebody else had set. */
void vdc_extend_disk_passed(struct vdc_extend_disk *disk, const struct vdc_extend_figures *figures,
			    int64_t now, int64_t highest)
{
	if (!disk->armed)
		return;
	disk->armed = 0;
	if (highest > disk->volume.highest)
		disk->volume.highest = highest; /* some time ago: it says nothing about the rate */
	settle(disk, figures, now);
}

static int64_t doubled(int64_t first, unsigned times, int64_t longest)
{
	int64_t ret = first;

	while (--times > 0 && ret < longest)
		ret *= 2;
	return ret < longest ? ret : longest;
}

void vdc_extend_disk_answer(struct vdc_extend_disk *disk, const struct vdc_extend_figures *figures,
			    int64_t now, int64_t size)
{
	if (size > 0) {
		disk->refusals = 0;
		if (size > disk->granted) {
			disk->granted = size;
			disk->granted_at = now;
			disk->look_at = 0;
		}
		return;
	}
	if (!disk->wanted)
		return; /* of a request that matters no more */
	disk->refusals++;
	disk->wanted = 0;
	disk->not_until = now + doubled(figures->back_off, disk->refusals, figures->longest);
}

void vdc_extend_disk_look(struct vdc_extend_disk *disk, const struct vdc_extend_figures *figures,
			  int64_t now, const struct vdc_extend_volume *seen)
{
	disk->look_at = now + figures->every;
	disk->volume.capacity = seen->capacity;
	disk->volume.size = seen->size;
	disk->volume.replicating = seen->replicating;
	disk->seen = true;
	disk->volume.highest = seen->highest;
	disk->volume.wait = disk->migrating ? figures->destination : 0;
	disk->looked = now;
	disk->blind = 0;
	if (vdc_extend_judge(&disk->rules, &disk->volume) != VDC_EXTEND_IMPROBABLE)
		vdc_extend_rate_look(&disk->rate, now, seen->highest);
	disk->volume.rate = disk->rate.rate;
	settle(disk, figures, now);
	if (disk->armed && !disk->volume.rate && !disk->since)
		disk->look_at = now + figures->idle;
}

static struct vdc_extend_decision decide(enum vdc_extend_do what, int64_t size)
{
	return (struct vdc_extend_decision){ .what = what, .size = size };
}

static struct vdc_extend_decision wait(const struct vdc_extend_disk *disk, int64_t until)
{
	struct vdc_extend_decision ret = decide(VDC_EXTEND_DO_WAIT, 0);

	ret.until = until < disk->look_at ? until : disk->look_at;
	return ret;
}

/* When this host may use a volume that has grown. */
static int64_t refresh_at(const struct vdc_extend_disk *disk,
			  const struct vdc_extend_figures *figures)
{
	int64_t at = RULE(VDC_EXTEND_RULE_DESTINATION, disk->migrating)
			     ? disk->granted_at + figures->destination
			     : 0;

	return at > disk->not_until ? at : disk->not_until;
}

static bool is_sure(const struct vdc_extend_disk *disk)
{
	int64_t since = disk->granted_at > disk->not_until ? disk->granted_at : disk->not_until;

	return disk->looked >= RULE(VDC_EXTEND_RULE_SURE, since);
}

/* The newest size wins, but is worth another request only when it is larger by what a volume grows. While
 * the VM moves there is one request at a time: a refresh would show what the next one brings. */
static struct vdc_extend_decision extend(const struct vdc_extend_disk *disk,
					 const struct vdc_extend_figures *figures, int64_t now)
{
	int64_t size = vdc_extend_size(&disk->rules, &disk->volume);
	int64_t again = disk->asked + figures->answer;

	if (disk->migrating && disk->granted)
		return wait(disk, INT64_MAX);
	if (disk->migrating && disk->wanted)
		size = disk->wanted;
	if (!disk->wanted)
		return now < disk->not_until ? wait(disk, disk->not_until)
					     : decide(VDC_EXTEND_DO_ASK, size);
	if (size >= disk->wanted + disk->rules.chunk)
		return decide(VDC_EXTEND_DO_ASK, size);
	if (RULE(VDC_EXTEND_RULE_ONCE, now < again))
		return wait(disk, again);
	if (!RULE(VDC_EXTEND_RULE_AGAIN, true))
		return wait(disk, INT64_MAX);
	return decide(VDC_EXTEND_DO_ASK, size > disk->wanted ? size : disk->wanted);
}

static bool may_resume(const struct vdc_extend_disk *disk, int64_t now)
{
	return RULE(VDC_EXTEND_RULE_RESUME, disk->paused) && now >= disk->not_until &&
	       disk->volume.highest < disk->volume.size;
}

/* One that was passed before it was set fires with the next write, and a rate that rose wants it lower;
 * one that is too low fires early, which costs a look. */
static struct vdc_extend_decision arm(const struct vdc_extend_disk *disk, int64_t now)
{
	int64_t threshold = vdc_extend_threshold(&disk->rules, &disk->volume);
	int64_t slack = vdc_extend_room(&disk->rules, &disk->volume) / 16;

	if (now < disk->not_until)
		return wait(disk, disk->not_until);
	if (RULE(VDC_EXTEND_RULE_ARM, !disk->armed || threshold < disk->armed - slack))
		return decide(VDC_EXTEND_DO_ARM, threshold);
	return wait(disk, INT64_MAX);
}

struct vdc_extend_decision vdc_extend_disk_next(const struct vdc_extend_disk *disk,
						const struct vdc_extend_figures *figures,
						int64_t now)
{
	struct vdc_extend_decision ret;
	enum vdc_extend_verdict verdict;

	if (disk->granted && is_sure(disk) && now >= refresh_at(disk, figures))
		return decide(VDC_EXTEND_DO_REFRESH, disk->granted);
	if (now >= disk->look_at ||
	    (disk->granted && !is_sure(disk) && !disk->blind && now >= disk->not_until))
		return decide(VDC_EXTEND_DO_LOOK, 0);
	if (!disk->seen)
		return wait(disk, INT64_MAX);
	verdict = vdc_extend_judge(&disk->rules, &disk->volume);
	if (verdict == VDC_EXTEND_DUE)
		ret = extend(disk, figures, now);
	else if (verdict != VDC_EXTEND_IMPROBABLE && may_resume(disk, now))
		ret = decide(VDC_EXTEND_DO_RESUME, 0);
	else if (verdict == VDC_EXTEND_FINE)
		ret = arm(disk, now);
	else
		ret = wait(disk, INT64_MAX);
	if (ret.what == VDC_EXTEND_DO_WAIT && disk->granted && refresh_at(disk, figures) > now &&
	    refresh_at(disk, figures) < ret.until)
		ret.until = refresh_at(disk, figures);
	ret.verdict = verdict;
	return ret;
}

void vdc_extend_disk_did(struct vdc_extend_disk *disk, const struct vdc_extend_figures *figures,
			 const struct vdc_extend_decision *decision, bool done, int64_t now)
{
	switch (decision->what) {
	case VDC_EXTEND_DO_WAIT:
		return;
	case VDC_EXTEND_DO_LOOK:
		if (!done)
			disk->look_at =
				now + doubled(figures->blind, ++disk->blind, figures->every);
		return;
	case VDC_EXTEND_DO_ARM: /* and look: it may have been passed meanwhile */
		if (done)
			disk->look_at = 0;
		disk->armed = done ? decision->size : 0;
		break;
	case VDC_EXTEND_DO_ASK: /* one that could not be sent is as good as lost */
		disk->wanted = decision->size;
		disk->asked = now;
		return;
	case VDC_EXTEND_DO_REFRESH: /* more may have been granted while it ran */
		if (done && disk->granted <= decision->size)
			disk->granted = 0;
		if (done)
			disk->look_at = disk->armed = 0;
		else
			disk->look_at = now + figures->back_off;
		break;
	case VDC_EXTEND_DO_RESUME: /* of a volume that cannot grow it may not help */
		disk->paused = !done;
		done = done && decision->verdict == VDC_EXTEND_FINE;
		break;
	}
	if (!done)
		disk->not_until = now + figures->back_off;
}
