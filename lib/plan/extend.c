/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/extend.h"

#include <ctype.h>
#include <string.h>

#include "base/time.h"
#include "plan/extend_part.h"

#define MIB (INT64_C(1) << 20)
#define LARGE (INT64_C(1) << 56) /* nothing is larger, and sums of some fit */
#define CHUNK_MOST (LARGE >> 8)
#define RATE_WINDOW (VDC_SECOND / 10)
#define RATE_HALF (10 * VDC_SECOND)
#define LATENCY_LEAST (VDC_SECOND / 100)
#define LATENCY_MOST (60 * VDC_SECOND)
enum { LATENCY_SHARE = 8 };

struct vdc_extend_rules vdc_extend_rules(const struct vdc_storage_domain *domain, int64_t extent)
{
	return (struct vdc_extend_rules){
		.chunk = domain ? domain->extend_chunk : VDC_EXTEND_CHUNK_PRESET,
		.percent = domain ? domain->extend_percent : VDC_EXTEND_PERCENT_PRESET,
		.extent = extent > 0 ? extent : MIB,
	};
}

static int64_t bounded(int64_t value, int64_t least, int64_t most)
{
	return value < least ? least : value > most ? most : value;
}

static int64_t round_up(int64_t value, int64_t unit)
{
	return (value + unit - 1) / unit * unit;
}

static int64_t chunk_of(const struct vdc_extend_rules *rules, const struct vdc_extend_volume *v)
{
	return bounded(rules->chunk, 0, CHUNK_MOST) * (v->replicating ? 2 : 1);
}

int64_t vdc_extend_reach(const struct vdc_extend_volume *volume)
{
	double time = (double)volume->latency + (double)volume->wait;
	double bytes = (double)volume->rate * time / VDC_SECOND;

	return RULE(VDC_EXTEND_RULE_REACH, bytes > 0)
		       ? bytes < (double)LARGE ? (int64_t)bytes : LARGE
		       : 0;
}

int64_t vdc_extend_room(const struct vdc_extend_rules *rules,
			const struct vdc_extend_volume *volume)
{
	return chunk_of(rules, volume) * (100 - rules->percent) / 100 + vdc_extend_reach(volume);
}

int64_t vdc_extend_threshold(const struct vdc_extend_rules *rules,
			     const struct vdc_extend_volume *volume)
{
	return bounded(volume->size - vdc_extend_room(rules, volume), 1, INT64_MAX);
}

int64_t vdc_extend_most(const struct vdc_extend_rules *rules, int64_t capacity)
{
	int64_t most = bounded(capacity, 0, LARGE);

	return round_up(round_up(most + most / 10 + (most % 10 > 0), MIB), rules->extent);
}

/* vdsm's check (its bug 998443): what lies beyond the next size was not written by this guest. */
static bool is_improbable(const struct vdc_extend_rules *rules, const struct vdc_extend_volume *v)
{
	int64_t next = v->size + chunk_of(rules, v), most = vdc_extend_most(rules, v->capacity);

	return v->capacity <= 0 || v->capacity > LARGE || v->highest < 0 || v->size < 0 ||
	       v->size > LARGE || v->highest > (next < most ? next : most);
}

enum vdc_extend_verdict vdc_extend_judge(const struct vdc_extend_rules *rules,
					 const struct vdc_extend_volume *volume)
{
	if (RULE(VDC_EXTEND_RULE_IMPROBABLE, is_improbable(rules, volume)))
		return VDC_EXTEND_IMPROBABLE;
	if (RULE(VDC_EXTEND_RULE_MOST, volume->size >= vdc_extend_most(rules, volume->capacity)))
		return VDC_EXTEND_FULL;
	return volume->size - volume->highest < vdc_extend_room(rules, volume) ? VDC_EXTEND_DUE
									       : VDC_EXTEND_FINE;
}

int64_t vdc_extend_size(const struct vdc_extend_rules *rules,
			const struct vdc_extend_volume *volume)
{
	int64_t from = RULE(VDC_EXTEND_RULE_HIGHEST, true) ? volume->highest : volume->size;
	int64_t size =
		round_up(from + chunk_of(rules, volume) + vdc_extend_reach(volume), rules->extent);
	int64_t most = vdc_extend_most(rules, volume->capacity);

	return RULE(VDC_EXTEND_RULE_MOST, size > most) ? most : size;
}

int64_t vdc_extend_time_left(const struct vdc_extend_volume *volume)
{
	int64_t left = bounded(volume->size - volume->highest, 0, LARGE);

	if (volume->rate <= 0)
		return -1;
	return (int64_t)((double)left / (double)volume->rate * VDC_SECOND);
}

static int64_t halved(int64_t value, int64_t us)
{
	int64_t halvings = us / RATE_HALF;

	value = halvings < 62 ? value >> halvings : 0;
	return value - (int64_t)((double)value * (double)(us % RATE_HALF) / (2 * RATE_HALF));
}

void vdc_extend_rate_look(struct vdc_extend_rate *rate, int64_t now, int64_t highest)
{
	int64_t us = now - rate->at, measured = 0;

	if (rate->at && us < RATE_WINDOW)
		return;
	if (rate->at && highest > rate->offset)
		measured = (int64_t)((double)(highest - rate->offset) * VDC_SECOND / (double)us);
	if (rate->at)
		rate->rate = halved(rate->rate, us);
	if (measured > rate->rate)
		rate->rate = bounded(measured, 0, LARGE);
	rate->at = now;
	rate->offset = highest;
}

int64_t vdc_extend_latency(int64_t before, int64_t measured)
{
	if (measured < before)
		measured = before - (before - measured) / LATENCY_SHARE;
	return bounded(measured, LATENCY_LEAST, LATENCY_MOST);
}

int64_t vdc_extend_layer(const char *device, char target[VDC_EXTEND_TARGET_LEN + 1])
{
	size_t len = strcspn(device, "[");
	const char *at = device + len + 1;
	int64_t layer = 0;

	if (!len || len > VDC_EXTEND_TARGET_LEN || !device[len] || !isdigit((unsigned char)*at))
		return -1;
	for (; isdigit((unsigned char)*at) && layer < INT32_MAX; at++)
		layer = layer * 10 + (*at - '0');
	if (strcmp(at, "]") != 0)
		return -1;
	memcpy(target, device, len);
	target[len] = '\0';
	return layer;
}
