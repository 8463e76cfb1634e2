/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/extend_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"

static bool is_about(const struct vdc_extend_request *a, const struct vdc_extend_request *b)
{
	return strcmp(a->volume, b->volume) == 0 && strcmp(a->domain, b->domain) == 0;
}

bool vdc_extend_queue_put(struct vdc_extend_queue *queue, const struct vdc_extend_request *request)
{
	for (size_t i = 0; i < queue->n; i++) {
		struct vdc_extend_request *there = &queue->requests[i];

		if (is_about(there, request)) {
			if (request->size > there->size)
				there->size = request->size;
			return true;
		}
	}
	if (queue->n == VDC_EXTEND_QUEUE_MOST)
		return false;
	queue->requests[queue->n++] = *request;
	return true;
}

bool vdc_extend_queue_take(struct vdc_extend_queue *queue, const char *domain,
			   struct vdc_extend_request *ret)
{
	size_t i = 0;

	while (i < queue->n && domain && strcmp(queue->requests[i].domain, domain) != 0)
		i++;
	if (i == queue->n)
		return false;
	*ret = queue->requests[i];
	queue->n--;
	memmove(&queue->requests[i], &queue->requests[i + 1],
		(queue->n - i) * sizeof(queue->requests[0]));
	return true;
}

void vdc_extend_asked_note(struct vdc_extend_asked *asked, int64_t wanted, int64_t now)
{
	const int64_t us = now - asked->at;

	if (wanted <= asked->wanted)
		return;
	if (asked->wanted && us > 0)
		asked->rate = (int64_t)((double)(wanted - asked->wanted) * VDC_SECOND / (double)us);
	asked->wanted = wanted;
	asked->at = now;
}

int64_t vdc_extend_asked_left(const struct vdc_extend_asked *asked, int64_t size, int64_t chunk,
			      int64_t now)
{
	const double since = (double)asked->rate * (double)(now - asked->at) / (double)VDC_SECOND;
	const double left = (double)size - ((double)asked->wanted - (double)chunk) - since;

	if (!asked->wanted)
		return -1;
	if (left <= 0)
		return 0;
	if (asked->rate <= 0)
		return -1;
	return (int64_t)(left / (double)asked->rate * VDC_SECOND);
}

bool vdc_extend_has_grown(int64_t device, int64_t start, int64_t size, int64_t extent)
{
	return extent > 0 && start >= 0 && size >= 0 && device > 0 &&
	       device - size >= 2 * start + extent;
}

/* What nobody writes to comes last; of equals the one that wants least. */
static int by_need(const void *left, const void *right)
{
	const struct vdc_extend_waiting *a = left, *b = right;
	int64_t a_left = a->time_left < 0 ? INT64_MAX : a->time_left;
	int64_t b_left = b->time_left < 0 ? INT64_MAX : b->time_left;
	int64_t a_lacks = a->wanted - a->size, b_lacks = b->wanted - b->size;

	if (a_left != b_left)
		return a_left < b_left ? -1 : 1;
	return (a_lacks > b_lacks) - (a_lacks < b_lacks);
}

/* Returns what is left of the FREE extents. */
static int64_t give(struct vdc_extend_waiting *to, int64_t extent, int64_t most, int64_t free)
{
	int64_t lacks = to->wanted - to->given;
	int64_t extents = lacks > 0 ? (lacks + extent - 1) / extent : 0;

	if (extents > most)
		extents = most;
	if (extents > free)
		extents = free;
	to->given += extents * extent;
	return free - extents;
}

void vdc_extend_share(struct vdc_extend_waiting *waiting, size_t n, int64_t extent, int64_t free)
{
	int64_t extents = free > 0 ? free / extent : 0;

	qsort(waiting, n, sizeof(*waiting), by_need);
	for (size_t i = 0; i < n; i++)
		waiting[i].given = waiting[i].size;
	for (size_t i = 0; i < n; i++)
		extents = give(&waiting[i], extent, 1, extents);
	for (size_t i = 0; i < n; i++)
		extents = give(&waiting[i], extent, INT64_MAX, extents);
}
