/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/update_channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/release.h"
#include "base/words.h"

struct vdc_channel vdc_channel_of(const struct vdc_world *world, const char *name,
				  enum vdc_component component, struct vdc_arena *arena)
{
	struct vdc_channel channel = { .name = name, .component = component };
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_channel_release_kind, &all);

	channel.releases = vdc_arena_alloc(arena, (n + 1) * sizeof(*channel.releases));
	for (size_t i = 0; i < n; i++) {
		const struct vdc_channel_release *release = all[i];

		if (release->component == component && strcmp(release->channel, name) == 0)
			channel.releases[channel.n++] = release;
	}
	return channel;
}

bool vdc_channel_same(const char *a, const char *b)
{
	return a && b && vdc_release_parse(a) == vdc_release_parse(b);
}

char *vdc_channel_skip(const char **words)
{
	size_t len;
	const char *word = *words ? vdc_word_next(words, &len) : NULL;

	return word ? vdc_strndup(word, len) : NULL;
}

static bool skips(const struct vdc_channel_release *release, const char *version)
{
	const char *words = release->skips;
	char *skipped;
	bool found = false;

	while (!found && (skipped = vdc_channel_skip(&words))) {
		found = vdc_channel_same(skipped, version);
		free(skipped);
	}
	return found;
}

static bool is_skipped(const struct vdc_channel *channel, const char *version)
{
	for (size_t i = 0; i < channel->n; i++)
		if (skips(channel->releases[i], version))
			return true;
	return false;
}

const struct vdc_channel_release *vdc_channel_find(const struct vdc_channel *channel,
						   const char *version)
{
	const struct vdc_channel_release *found = NULL;
	int closest = 0;

	for (size_t i = 0; i < channel->n; i++) {
		const struct vdc_channel_release *release = channel->releases[i];
		int numbers = vdc_release_numbers(release->version);

		if (numbers > closest && vdc_release_covers(release->version, version)) {
			found = release;
			closest = numbers;
		}
	}
	return found;
}

bool vdc_channel_knows(const struct vdc_channel *channel, const char *version)
{
	return vdc_channel_find(channel, version) || is_skipped(channel, version);
}

size_t vdc_channel_successors(const struct vdc_channel *channel, const char *version,
			      const struct vdc_channel_release *ret[2])
{
	size_t n = 0;

	for (size_t i = 0; i < channel->n && n < 2; i++) {
		const struct vdc_channel_release *release = channel->releases[i];

		if ((vdc_channel_same(release->replaces, version) || skips(release, version)) &&
		    !is_skipped(channel, release->version))
			ret[n++] = release;
	}
	return n;
}

const struct vdc_channel_release *vdc_channel_next(const struct vdc_channel *channel,
						   const char *version)
{
	const struct vdc_channel_release *at = vdc_channel_find(channel, version), *next[2];

	return vdc_channel_successors(channel, at ? at->version : version, next) ? next[0] : NULL;
}

/* What of it is wrong, in a few words; NULL: nothing. */
static const char *first_fault(const struct vdc_channel *channel, struct vdc_arena *arena)
{
	struct vdc_findings findings = { .arena = arena };

	vdc_plan_channel_check(channel, &findings);
	return findings.n ? findings.items[0]->text : NULL;
}

static int refuse_step(const struct vdc_channel *channel, const char *installed,
		       const char *offered, struct vdc_err *err)
{
	const char *component = vdc_enum_word(&vdc_component_values, channel->component);
	const struct vdc_channel_release *next = vdc_channel_next(channel, installed);
	bool known = vdc_channel_find(channel, offered) != NULL;

	if (!next)
		return vdc_err_set(err, -EPERM,
				   "channel %s does not lead on from %s %.100s, and %.100s is "
				   "offered",
				   channel->name, component, installed, offered);
	return vdc_err_set(err, -EPERM, "channel %s leads from %s %.100s to %.100s; %.100s %s",
			   channel->name, component, installed, next->version, offered,
			   known ? "is another step" : "is not in it");
}

int vdc_plan_channel_allows(const struct vdc_channel *channel, const char *installed,
			    const char *offered, struct vdc_arena *arena, struct vdc_err *err)
{
	const char *component = vdc_enum_word(&vdc_component_values, channel->component);
	const char *fault = first_fault(channel, arena);
	const struct vdc_channel_release *to = vdc_channel_find(channel, offered);

	if (channel->n == 0)
		return 0;
	if (fault)
		return vdc_err_set(err, -EINVAL, "channel %s is not in order: %s", channel->name,
				   fault);
	if (!installed)
		return vdc_err_set(err, -EPERM,
				   "nobody knows which %s it has: inventory sync reads it",
				   component);
	if (!vdc_channel_knows(channel, installed))
		return vdc_err_set(err, -EPERM, "channel %s does not know %s %.100s, which it has",
				   channel->name, component, installed);
	/* What is built anew, or has only its last numbers changed, is no step. */
	if (to && (to == vdc_channel_find(channel, installed) ||
		   to == vdc_channel_next(channel, installed)))
		return 0;
	return refuse_step(channel, installed, offered, err);
}
