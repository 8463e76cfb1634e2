/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade updates --run: what the timer calls. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/proc.h"
#include "base/time.h"
#include "cli/exit_code.h"
#include "updates.h"

/* It plans and comes back; the upgrade itself goes on without it. */
#define LIMIT (600 * VDC_SECOND)

/* What may go in a cluster, host by host. */
struct going {
	const char **hosts; /* names */
	size_t n_hosts;
	bool needs_reboot; /* one of them */
};

static struct going what_goes(const struct updates_scene *scene, const struct vdc_cluster *cluster)
{
	struct going going = { .n_hosts = 0 };
	const struct vdc_host *last = NULL;

	going.hosts = vdc_arena_alloc(scene->arena, (scene->n_states + 1) * sizeof(*going.hosts));
	for (size_t i = 0; i < scene->n_states; i++) {
		const struct vdc_update_state *state = &scene->states[i];

		if (state->cluster != cluster || state->waits)
			continue;
		going.needs_reboot = going.needs_reboot || vdc_is_true(state->update->needs_reboot);
		if (state->host != last)
			going.hosts[going.n_hosts++] = state->host->name;
		last = state->host;
	}
	return going;
}

static int find_program(struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path));

	if (len < 0 || len == sizeof(path))
		return vdc_err_set(err, -EIO, "/proc/self/exe: nobody knows which program this is");
	*ret = vdc_arena_strndup(arena, path, (size_t)len);
	return 0;
}

static const char **arguments(const struct updates_scene *scene, const struct vdc_cluster *cluster,
			      const struct going *going, char *program)
{
	static const char *const handed_on[] = { "db", "config" };
	const char **argv =
		vdc_arena_alloc(scene->arena, (2 * going->n_hosts + 16) * sizeof(*argv));
	size_t n = 0;

	argv[n++] = program;
	argv[n++] = "run";
	argv[n++] = cluster->name;
	argv[n++] = "--background";
	argv[n++] = "--yes";
	if (!going->needs_reboot)
		argv[n++] = "--no-reboot";
	for (size_t i = 0; i < going->n_hosts; i++) {
		argv[n++] = "--hosts";
		argv[n++] = going->hosts[i];
	}
	for (size_t i = 0; i < VDC_COUNT(handed_on); i++) {
		const char *value = vdc_text_option(scene->call, handed_on[i]);

		if (value)
			argv[n++] = vdc_arena_format(scene->arena, "--%s=%s", handed_on[i], value);
	}
	return argv;
}

static int start(const struct updates_scene *scene, const struct vdc_cluster *cluster,
		 const struct going *going, struct vdc_err *err)
{
	struct vdc_proc proc = { .limit_us = LIMIT };
	vdc_autoend end = { 0 };
	char *program;
	int r = find_program(scene->arena, &program, err);

	if (r)
		return r;
	proc.argv = arguments(scene, cluster, going, program);
	r = vdc_proc_run(&proc, &end, err);
	if (!r && end.status != 0)
		r = vdc_err_set(err, -EIO, "%s", vdc_proc_complaint(&end));
	if (!r && !vdc_given(scene->call, "quiet"))
		fprintf(vdc_call_output(scene->call) == VDC_OUTPUT_TABLE ? stdout : stderr, "%s",
			vdc_buf_str(&end.out));
	return r ? vdc_err_prefix(err, "the upgrade of cluster %s did not begin: ", cluster->name)
		 : 0;
}

int cluster_upgrade_start(const struct updates_scene *scene, const struct vdc_cluster *cluster,
			  struct vdc_err *err)
{
	const struct going going = what_goes(scene, cluster);

	if (!going.n_hosts)
		return 0;
	if (vdc_is_true(cluster->upgrade_in_progress)) {
		vdc_log(VDC_LOG_NOTICE, "an upgrade of cluster %s is under way", cluster->name);
		return 0;
	}
	return start(scene, cluster, &going, err);
}

int cluster_upgrade_start_all(const struct updates_scene *scene)
{
	void *const *clusters;
	size_t n = vdc_world_all(scene->world, &vdc_cluster_kind, &clusters);
	int ret = 0;

	for (size_t i = 0; i < n; i++) {
		struct vdc_err err = { 0 };

		if (!cluster_upgrade_asked(scene, clusters[i]) ||
		    !cluster_upgrade_start(scene, clusters[i], &err))
			continue;
		vdc_log(VDC_LOG_ERROR, "%s", vdc_err_text(&err));
		ret = VDC_EXIT_FINDINGS;
	}
	return ret;
}
