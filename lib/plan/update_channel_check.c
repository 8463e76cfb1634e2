/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be wrong with a channel. */
#include <stdlib.h>
#include <string.h>

#include "base/release.h"
#include "plan/update_channel.h"

enum code {
	CHANNEL_NO_VERSION,
	CHANNEL_VERSION_TWICE,
	CHANNEL_REPLACES_NOTHING,
	CHANNEL_BACKWARDS,
	CHANNEL_CYCLE,
	CHANNEL_TWO_SUCCESSORS,
	CHANNEL_TWO_ENDS,
};

#define CODE(name, severity_, advice_) \
	[name] = { .code = #name, .severity = VDC_FINDING_##severity_, .advice = (advice_) }

static const struct vdc_finding_code codes[] = {
	CODE(CHANNEL_NO_VERSION, ERROR, "write versions as 10.1"),
	CODE(CHANNEL_VERSION_TWICE, ERROR, "remove one of the two channel-releases"),
	CODE(CHANNEL_REPLACES_NOTHING, ERROR, "add the release that is replaced, or name another"),
	CODE(CHANNEL_BACKWARDS, ERROR, "a release replaces an older one"),
	CODE(CHANNEL_CYCLE, ERROR, "one of them must replace an older one"),
	CODE(CHANNEL_TWO_SUCCESSORS, ERROR, "one of the two has to skip or to replace the other"),
	CODE(CHANNEL_TWO_ENDS, ERROR, "let a release replace or skip each version but the newest"),
};

struct check {
	const struct vdc_channel *channel;
	struct vdc_findings *findings;
};

/* TEXT: what is wrong, after the name of the channel. */
static void add(const struct check *check, enum code code,
		const struct vdc_channel_release *release, const char *text)
{
	vdc_findings_add(check->findings, &codes[code], &vdc_channel_release_kind, release,
			 "channel %s: %s", check->channel->name, text);
}

#define SAY(check, ...) vdc_arena_format((check)->findings->arena, __VA_ARGS__)

static const struct vdc_channel_release *exactly(const struct vdc_channel *channel,
						 const char *version)
{
	for (size_t i = 0; i < channel->n; i++)
		if (vdc_channel_same(channel->releases[i]->version, version))
			return channel->releases[i];
	return NULL;
}

static void check_number(const struct check *check, const struct vdc_channel_release *release,
			 const char *version)
{
	if (version && !vdc_release_numbers(version))
		add(check, CHANNEL_NO_VERSION, release,
		    SAY(check, "'%.60s' of %s is not a version", version, release->name));
}

static void check_twice(const struct check *check, const struct vdc_channel_release *release)
{
	const struct vdc_channel_release *first = exactly(check->channel, release->version);

	if (first && first != release)
		add(check, CHANNEL_VERSION_TWICE, release,
		    SAY(check, "%s and %s are the same version %.60s", first->name, release->name,
			release->version));
}

/* The way back from RELEASE leads to it again. */
static bool in_cycle(const struct vdc_channel *channel, const struct vdc_channel_release *release)
{
	const struct vdc_channel_release *at = release;

	for (size_t i = 0; i < channel->n && at; i++) {
		at = at->replaces ? exactly(channel, at->replaces) : NULL;
		if (at == release)
			return true;
	}
	return false;
}

static void check_replaced(const struct check *check, const struct vdc_channel_release *release)
{
	if (!release->replaces)
		return;
	if (!exactly(check->channel, release->replaces))
		add(check, CHANNEL_REPLACES_NOTHING, release,
		    SAY(check, "%.60s replaces %.60s, which the channel does not have",
			release->version, release->replaces));
	else if (in_cycle(check->channel, release))
		add(check, CHANNEL_CYCLE, release,
		    SAY(check, "%.60s replaces what comes after it", release->version));
	else if (vdc_release_parse(release->version) <= vdc_release_parse(release->replaces))
		add(check, CHANNEL_BACKWARDS, release,
		    SAY(check, "%.60s replaces %.60s, which is not older", release->version,
			release->replaces));
}

static void check_followers(const struct check *check, const struct vdc_channel_release *release,
			    const char *version)
{
	const struct vdc_channel_release *next[2];

	if (vdc_channel_successors(check->channel, version, next) == 2)
		add(check, CHANNEL_TWO_SUCCESSORS, release,
		    SAY(check, "both %.60s and %.60s follow %.60s", next[0]->version,
			next[1]->version, version));
}

/* It may be a release no more, and there are hosts that have it. */
static void check_skipped(const struct check *check, const struct vdc_channel_release *release)
{
	const char *words = release->skips;
	char *skipped;

	while ((skipped = vdc_channel_skip(&words))) {
		check_number(check, release, skipped);
		if (!exactly(check->channel, skipped))
			check_followers(check, release, skipped);
		free(skipped);
	}
}

static void check_ends(const struct check *check)
{
	const struct vdc_channel_release *end = NULL, *next[2];

	for (size_t i = 0; i < check->channel->n; i++) {
		const struct vdc_channel_release *release = check->channel->releases[i];

		if (vdc_channel_successors(check->channel, release->version, next))
			continue;
		if (end)
			add(check, CHANNEL_TWO_ENDS, release,
			    SAY(check, "nothing follows %.60s, nor %.60s", end->version,
				release->version));
		end = end ? end : release;
	}
}

void vdc_plan_channel_check(const struct vdc_channel *channel, struct vdc_findings *findings)
{
	const struct check check = { channel, findings };

	for (size_t i = 0; i < channel->n; i++) {
		const struct vdc_channel_release *release = channel->releases[i];

		check_number(&check, release, release->version);
		check_number(&check, release, release->replaces);
		check_number(&check, release, release->platform);
		check_twice(&check, release);
		check_replaced(&check, release);
		check_followers(&check, release, release->version);
		check_skipped(&check, release);
	}
	check_ends(&check);
}

/* Whether it is the first of its channel and component. */
static bool is_first(void *const *all, size_t i)
{
	const struct vdc_channel_release *release = all[i];

	for (size_t k = 0; k < i; k++) {
		const struct vdc_channel_release *other = all[k];

		if (other->component == release->component &&
		    strcmp(other->channel, release->channel) == 0)
			return false;
	}
	return true;
}

void vdc_plan_channels_check(const struct vdc_world *world, struct vdc_findings *findings)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_channel_release_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_channel_release *release = all[i];
		const struct vdc_channel channel = vdc_channel_of(
			world, release->channel, release->component, findings->arena);

		if (is_first(all, i))
			vdc_plan_channel_check(&channel, findings);
	}
}
