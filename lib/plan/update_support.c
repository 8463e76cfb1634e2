/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the versions in a cluster go together. */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/release.h"
#include "plan/update_channel.h"
#include "plan/update_state.h"
#include "plan/upgrade_policy.h"

struct support {
	const struct vdc_world *world;
	const struct vdc_cluster *cluster;
	struct vdc_arena *arena;
	struct vdc_channel platform, virtualization;
	struct vdc_buf reasons;
	struct vdc_buf unknown; /* names of hosts */
};

static void reason(struct support *s, const char *text)
{
	vdc_buf_printf(&s->reasons, "%s%s", s->reasons.len ? "; " : "", text);
}

#define SAY(s, ...) vdc_arena_format((s)->arena, __VA_ARGS__)

static bool is_of(const struct support *s, const struct vdc_host *host)
{
	return host->cluster.id && strcmp(host->cluster.id, s->cluster->id) == 0;
}

static void check_channel(struct support *s, const struct vdc_channel *channel)
{
	struct vdc_findings findings = { .arena = s->arena };

	vdc_plan_channel_check(channel, &findings);
	if (findings.n)
		reason(s, findings.items[0]->text);
}

static void check_known(struct support *s, const struct vdc_host *host,
			const struct vdc_channel *channel, const char *version)
{
	if (channel->n && version && !vdc_channel_knows(channel, version))
		reason(s, SAY(s, "channel %s does not know %s %s of host %s", channel->name,
			      vdc_enum_word(&vdc_component_values, channel->component), version,
			      host->name));
}

/* The virtualization packages are ahead of the platform that they need. */
static void check_step(struct support *s, const struct vdc_host *host)
{
	const struct vdc_channel_release *release =
		vdc_channel_find(&s->virtualization, host->qemu_version);

	if (release && release->platform && host->os_version &&
	    vdc_release_parse(host->os_version) < vdc_release_parse(release->platform))
		reason(s,
		       SAY(s,
			   "host %s is out of step: virtualization %s needs platform %s, and it has %s",
			   host->name, host->qemu_version, release->platform, host->os_version));
}

static void check_host(struct support *s, const struct vdc_host *host)
{
	const struct vdc_os os = vdc_os_of_host(host);

	if (!vdc_os_readable(&os) || (s->virtualization.n && !host->qemu_version))
		vdc_buf_printf(&s->unknown, "%s%s", s->unknown.len ? ", " : "", host->name);
	check_known(s, host, &s->platform, host->os_version);
	check_known(s, host, &s->virtualization, host->qemu_version);
	check_step(s, host);
}

/* All hosts have one operating system of one major version, or the first two that differ. */
static void check_majors(struct support *s, void *const *hosts, size_t n)
{
	const struct vdc_host *first = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = hosts[i];
		const struct vdc_os os = vdc_os_of_host(host);
		struct vdc_os other;

		if (!is_of(s, host) || !vdc_os_readable(&os))
			continue;
		first = first ? first : host;
		other = vdc_os_of_host(first);
		if (vdc_os_compare(&os, &other) == VDC_OS_SAME)
			continue;
		reason(s, SAY(s,
			      "its hosts are out of step: host %s has %s %" PRId64
			      ", host %s %s %" PRId64,
			      first->name, other.family, other.platform, host->name, os.family,
			      os.platform));
		return;
	}
}

static void judge(struct support *s, struct vdc_cluster_update *row)
{
	void *const *hosts;
	size_t n = vdc_world_all(s->world, &vdc_host_kind, &hosts);

	check_channel(s, &s->platform);
	check_channel(s, &s->virtualization);
	check_majors(s, hosts, n);
	for (size_t i = 0; i < n; i++)
		if (is_of(s, hosts[i]))
			check_host(s, hosts[i]);
	row->support = s->reasons.len	? VDC_UNSUPPORTED
		       : s->unknown.len ? VDC_SUPPORT_UNKNOWN
					: VDC_SUPPORTED;
	if (s->reasons.len)
		row->reason = vdc_arena_strdup(s->arena, vdc_buf_str(&s->reasons));
	else if (s->unknown.len)
		row->reason = vdc_arena_format(s->arena,
					       "nobody knows what runs on %s: inventory sync reads "
					       "it",
					       vdc_buf_str(&s->unknown));
}

static void count(struct vdc_cluster_update *row, const struct vdc_update_state *states, size_t n)
{
	row->pending = row->approved = row->running = row->failed = 0;
	for (size_t i = 0; i < n; i++) {
		int64_t status = states[i].update->status;

		if (strcmp(states[i].cluster->id, row->id) != 0)
			continue;
		row->pending += status == VDC_UPDATE_PENDING;
		row->approved += status == VDC_UPDATE_APPROVED;
		row->running += status == VDC_UPDATE_RUNNING;
		row->failed += status == VDC_UPDATE_FAILED;
	}
}

struct vdc_cluster_update *vdc_plan_cluster_update(const struct vdc_world *world,
						   const struct vdc_cluster *cluster,
						   const struct vdc_update_state *states, size_t n,
						   struct vdc_arena *arena)
{
	struct vdc_cluster_update *row = vdc_object_new(&vdc_cluster_update_kind, arena);
	struct support s = {
		.world = world,
		.cluster = cluster,
		.arena = arena,
		.platform = vdc_channel_of(world, cluster->update_channel, VDC_COMPONENT_PLATFORM,
					   arena),
		.virtualization = vdc_channel_of(world, cluster->update_channel,
						 VDC_COMPONENT_VIRTUALIZATION, arena),
	};

	row->id = vdc_arena_strdup(arena, cluster->id);
	row->name = vdc_arena_strdup(arena, cluster->name);
	row->approval = cluster->update_approval;
	row->channel = vdc_arena_strdup(arena, cluster->update_channel);
	judge(&s, row);
	count(row, states, n);
	vdc_buf_free(&s.reasons);
	vdc_buf_free(&s.unknown);
	return row;
}
