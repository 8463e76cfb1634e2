/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/host_fit.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/words.h"
#include "plan/level_host.h"

static struct vdc_fit no(enum vdc_host_reason reason, const char *detail)
{
	return (struct vdc_fit){ .reason = reason, .detail = detail };
}

/* The API writes an architecture of its own for what libvirt calls ppc64le and s390x. */
static bool same_architecture(const char *cluster, const char *host)
{
	return strcasecmp(cluster, host) == 0 ||
	       (strcasecmp(cluster, "ppc64") == 0 && strcasecmp(host, "ppc64le") == 0);
}

/* A name of libvirt's; the API's own names for CPU types have blanks and are judged by levels. */
static bool lacks_cpu(const struct vdc_cluster *cluster, const struct vdc_host *host)
{
	return cluster->cpu_type && host->cpu_models && !strchr(cluster->cpu_type, ' ') &&
	       !vdc_words_have(host->cpu_models, cluster->cpu_type);
}

/* By what it runs, whatever its status was before it was read. */
static struct vdc_fit judge_level(const struct vdc_fit_input *input, struct vdc_arena *arena)
{
	const struct vdc_level_family *family = input->family;
	struct vdc_level level = input->cluster->version, most;
	int wanted = family ? vdc_family_level(family, level) : -1;
	struct vdc_host_levels levels;

	if (wanted < 0)
		return (struct vdc_fit){ 0 };
	levels = vdc_plan_host_levels(vdc_level_judge_new(family, arena), input->host);
	if (!levels.can)
		return no(VDC_REASON_VERSION,
			  vdc_arena_format(arena, "what it runs reaches no level of family %s",
					   family->name));
	if (levels.can >> wanted & 1)
		return (struct vdc_fit){ 0 };
	most = family->levels[levels.newest].level;
	return no(VDC_REASON_CLUSTER_VERSION,
		  vdc_arena_format(
			  arena, "it does not run level %d.%d of its cluster; %d.%d is its highest",
			  level.major, level.minor, most.major, most.minor));
}

struct vdc_fit vdc_host_fits(const struct vdc_fit_input *input, struct vdc_arena *arena)
{
	const struct vdc_host *host = input->host;
	const struct vdc_cluster *cluster = input->cluster;

	if (cluster->cpu_architecture && host->architecture &&
	    !same_architecture(cluster->cpu_architecture, host->architecture))
		return no(VDC_REASON_ARCHITECTURE,
			  vdc_arena_format(arena, "its architecture is %s, that of the cluster %s",
					   host->architecture, cluster->cpu_architecture));
	if (lacks_cpu(cluster, host))
		return no(VDC_REASON_CPU_TYPE,
			  vdc_arena_format(arena, "it cannot give its VMs the cluster's CPU %s",
					   cluster->cpu_type));
	if (input->missing_networks && *input->missing_networks)
		return no(VDC_REASON_NETWORK_UNREACHABLE,
			  vdc_arena_format(arena, "it has no network %s, which is required",
					   input->missing_networks));
	if (!input->is_up && input->other_os_major != VDC_UNSET && host->os_major != VDC_UNSET &&
	    input->other_os_major != host->os_major)
		return no(VDC_REASON_MIXED_OS,
			  vdc_arena_format(
				  arena,
				  "its operating system is version %" PRId64 ", that of %s %" PRId64
				  "; only an upgrade of the cluster may mix them",
				  host->os_major, input->other_name, input->other_os_major));
	return judge_level(input, arena);
}
