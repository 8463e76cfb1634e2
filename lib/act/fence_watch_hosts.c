/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts that are watched, and those of them that are to be treated. */
#include <string.h>

#include "act/apply.h"
#include "act/fence_watch.h"
#include "act/treat.h"

/* A host of the clusters, with its open treatment. */
struct watched {
	const struct vdc_host *host;
	bool open;  /* there is a treatment */
	bool lives; /* and somebody who carries it out */
};

struct watching {
	struct vdc_arena *arena;
	struct watched *hosts;
	size_t n;
};

bool vdc_fence_watch_has(const char *const *clusters, size_t n, const char *cluster)
{
	for (size_t i = 0; i < n; i++)
		if (cluster && strcmp(clusters[i], cluster) == 0)
			return true;
	return n == 0;
}

static int note_treatment(struct vdc_db *db, struct watching *w, const char *job,
			  struct vdc_err *err)
{
	char *owner = NULL;
	void *found;
	int r = vdc_store_get(db, &vdc_job_kind, job, 0, w->arena, &found, err);

	if (!r)
		r = vdc_job_owner(db, job, w->arena, &owner, err);
	for (size_t i = 0; i < w->n && !r; i++) {
		const char *about = ((const struct vdc_job *)found)->object_id;

		if (!about || strcmp(w->hosts[i].host->id, about) != 0)
			continue;
		w->hosts[i].open = true;
		w->hosts[i].lives = owner;
	}
	return r;
}

static int read_all(struct vdc_db *db, const char *const *clusters, size_t n_clusters,
		    struct vdc_arena *arena, struct watching *ret, struct vdc_err *err)
{
	struct vdc_objects hosts;
	struct watching w = { .arena = arena };
	char **jobs;
	size_t n;
	int r = vdc_gather(db, &vdc_host_kind, NULL, NULL, arena, &hosts, err);

	if (!r)
		r = vdc_job_open_all(db, VDC_TREAT_ACTION, arena, &jobs, &n, err);
	if (r)
		return r;
	w.hosts = vdc_arena_alloc(arena, (hosts.n + 1) * sizeof(*w.hosts));
	for (size_t i = 0; i < hosts.n; i++) {
		const struct vdc_host *host = hosts.objects[i];

		if (vdc_fence_watch_has(clusters, n_clusters, host->cluster.id))
			w.hosts[w.n++].host = host;
	}
	for (size_t i = 0; i < n && !r; i++)
		r = note_treatment(db, &w, jobs[i], err);
	if (!r)
		*ret = w;
	return r;
}

static bool is_silent(const struct vdc_host *host)
{
	return host->status == VDC_HOST_CONNECTING || host->status == VDC_HOST_NON_RESPONSIVE ||
	       (host->status == VDC_HOST_PREPARING_FOR_MAINTENANCE && host->failures != VDC_UNSET &&
		host->failures > 0);
}

static int choose(struct vdc_db *db, const char *const *clusters, size_t n, bool untreated,
		  struct vdc_arena *arena, const struct vdc_host ***ret, size_t *n_ret,
		  struct vdc_err *err)
{
	struct watching w;
	int r = read_all(db, clusters, n, arena, &w, err);

	if (r)
		return r;
	*n_ret = 0;
	*ret = vdc_arena_alloc(arena, (w.n + 1) * sizeof(**ret));
	for (size_t i = 0; i < w.n; i++) {
		const struct watched *one = &w.hosts[i];

		if (!one->lives && (!untreated || one->open || is_silent(one->host)))
			(*ret)[(*n_ret)++] = one->host;
	}
	return 0;
}

int vdc_fence_watch_untreated(struct vdc_db *db, const char *const *clusters, size_t n,
			      struct vdc_arena *arena, const struct vdc_host ***ret, size_t *n_ret,
			      struct vdc_err *err)
{
	return choose(db, clusters, n, true, arena, ret, n_ret, err);
}

int vdc_fence_watch_hosts(struct vdc_db *db, const char *const *clusters, size_t n,
			  struct vdc_arena *arena, const struct vdc_host ***ret, size_t *n_ret,
			  struct vdc_err *err)
{
	return choose(db, clusters, n, false, arena, ret, n_ret, err);
}
