/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who serves as proxy for a host. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "act/fence_power_part.h"
#include "act/look.h"
#include "model/cluster.h"
#include "plan/fence_proxy.h"
#include "store/world.h"

const char *fence_boot_id(struct vdc_arena *arena)
{
	char text[64] = "";
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return vdc_arena_strdup(arena, text);
}

static int read_world(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	static const struct vdc_kind *const kinds[] = { &vdc_cluster_kind, &vdc_host_kind, NULL };
	struct fence_run *run = ctx;

	run->world = vdc_world_new(run->arena);
	return vdc_store_world(db, kinds, NULL, run->world, err);
}

/* Without a remote shell a host is of no use, unless it is this machine. */
static int keep_reachable(const struct vdc_host *const *found, int n, struct vdc_arena *arena,
			  const struct vdc_host ***ret)
{
	const struct vdc_host **kept = vdc_arena_alloc(arena, ((size_t)n + 1) * sizeof(*kept));
	int left = 0;

	for (int i = 0; i < n; i++) {
		struct vdc_target target = { .local = true };

		if (found[i])
			target = vdc_target_of(found[i], 0, arena);
		if (target.shell || target.local)
			kept[left++] = found[i];
	}
	*ret = kept;
	return left;
}

static int find(struct fence_host *host, const char *sources, struct vdc_err *err)
{
	struct fence_run *run = host->run;
	const struct vdc_fence_proxy_question question = {
		.world = run->world,
		.victim = host->host,
		.sources = sources,
		.is_here = run->boot_id && host->host->boot_id &&
			   strcmp(run->boot_id, host->host->boot_id) == 0,
	};
	const struct vdc_host *const *found;
	const struct vdc_host **kept;
	int n = vdc_fence_proxies(&question, run->arena, &found, err);

	if (n < 0)
		return n;
	host->n_proxies = keep_reachable(found, n, run->arena, &kept);
	host->proxies = kept;
	host->proxy = 0;
	return 0;
}

int fence_find_proxies(struct fence_host *host, struct vdc_err *err)
{
	struct fence_run *run = host->run;
	const char *asked = run->options->proxies;
	const char *sources = asked ?: host->host->pm_proxies ?: VDC_FENCE_PROXIES;
	int r = 0;

	if (!run->world || host->proxy_waits)
		r = vdc_db_snapshot(run->db, read_world, run, err);
	if (!r)
		r = find(host, sources, err);
	/* What a host prefers is no order: this machine can always try. */
	if (!r && !host->n_proxies && !asked)
		r = find(host, "direct", err);
	return r;
}
