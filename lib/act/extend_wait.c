/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Volumes that found no space: what there is, and what comes, is handed out to them by need. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "act/extend_grow_part.h"
#include "base/size.h"
#include "base/time.h"

/* Who waits for space asks again every 30 s. */
#define FORGET (120 * VDC_SECOND)

void grow_remember(struct grow *grow, const char *name, int64_t wanted)
{
	struct wait *wait = NULL;

	for (size_t i = 0; i < grow->n_waiting; i++)
		if (strcmp(grow->waiting[i].volume, name) == 0)
			wait = &grow->waiting[i];
	if (!wait && grow->n_waiting < MOST_WAITING) {
		wait = &grow->waiting[grow->n_waiting++];
		*wait = (struct wait){ 0 };
		snprintf(wait->volume, sizeof(wait->volume), "%s", name);
	}
	if (!wait)
		return;
	if (wanted > wait->wanted)
		wait->wanted = wanted;
	wait->last = vdc_time_monotonic();
	wait->unanswered = true;
}

static void forget(struct grow *grow, size_t i)
{
	grow->waiting[i] = grow->waiting[--grow->n_waiting];
}

/* Who waits, as sizes are now, for as long as it is asked for. */
static size_t gather(struct grow *grow, struct vdc_extend_waiting *all)
{
	const int64_t now = vdc_time_monotonic();
	size_t n = 0;

	for (size_t i = 0; i < grow->n_waiting;) {
		struct wait *wait = &grow->waiting[i];
		struct extend_volume *volume;

		if (!wait->unanswered && (now - wait->last > FORGET ||
					  grow_volume_of(grow, wait->volume, true, &volume, NULL) ||
					  volume->size >= wait->wanted)) {
			forget(grow, i);
			continue;
		}
		if (wait->unanswered && grow_volume_of(grow, wait->volume, true, &volume, NULL))
			volume->size = 0; /* the attempt says why */
		all[n++] = (struct vdc_extend_waiting){
			.size = volume->size,
			.wanted = wait->wanted,
			.time_left = vdc_extend_asked_left(&volume->asked, volume->size,
							   grow->chunk, now),
			.which = i++,
		};
	}
	return n;
}

/* What one gets, however much that is. Its code: of the lease alone. */
static int give(struct grow *grow, struct vdc_spm_work *work, const struct vdc_extend_waiting *to,
		int64_t free)
{
	struct wait *wait = &grow->waiting[to->which];
	struct extend_outcome outcome = extend_outcome(grow->office->space->id, wait->volume);
	const char *group = grow->office->space->volume_group;
	struct extend_volume *volume;
	char left[VDC_SIZE_LEN + 1];
	struct vdc_err why = { 0 };
	int r;

	outcome.asked = wait->wanted;
	outcome.old_size = outcome.new_size = to->size;
	if (to->given > to->size) {
		r = grow_check(grow, wait->volume, to->given, false, &volume, &why);
		if (!r)
			r = grow_extend(grow, work, wait->volume, to->given, volume, &why);
		if (!r)
			outcome.new_size = volume->size;
	} else
		r = vdc_err_set(&why, -ENOSPC, "volume group %s has %s left", group,
				vdc_size_format(free, left));
	if (wait->unanswered || to->given > to->size)
		extend_report(grow->fd, &outcome, r ? &why : NULL);
	wait->unanswered = false;
	return to->given > to->size && r && grow->doubt ? r : 0;
}

/* Somebody waits for space. Its code: of the lease alone. */
static int look_for_luns(struct grow *grow, struct vdc_spm_work *work)
{
	struct vdc_err why = { 0 };
	int r;

	if (extend_luns_look(&grow->luns, &why))
		grow_told_failure(grow, &why);
	r = extend_luns_take(&grow->luns, grow->lvm, grow->office->space->volume_group,
			     grow->extent, work, &grow->doubt, &why);
	if (r && !grow->doubt)
		grow_told_failure(grow, &why);
	return r && grow->doubt ? r : 0;
}

int grow_hand_out(struct grow *grow, struct vdc_spm_work *work)
{
	static struct vdc_extend_waiting all[MOST_WAITING];
	struct vdc_lvm_group group = { 0 };
	size_t n;
	int r = grow_open_group(grow, NULL) ? 0 : look_for_luns(grow, work);

	if (r)
		return r;
	if (grow_look_at_space(grow, &group, NULL) || !grow->lvm)
		group.free = 0;
	if (grow_open_group(grow, NULL))
		return 0;
	n = gather(grow, all);
	vdc_extend_share(all, n, grow->extent, group.free);
	for (size_t i = 0; i < n && !r && grow->lvm; i++)
		r = give(grow, work, &all[i], group.free);
	return r;
}
