/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/fence_watch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "act/apply.h"
#include "act/treat.h"
#include "base/number.h"
#include "base/time.h"
#include "base/words.h"

/* What such a job remembers. */
struct watch {
	const struct vdc_job *job;
	const char *clusters; /* ids; "": all */
	int64_t started, last;
};

static int64_t number(const char *state, const char *name, struct vdc_arena *arena)
{
	const char *value = vdc_line_value(state, name, arena);
	int64_t ret;

	return value && vdc_int_parse(value, &ret, NULL) == 0 ? ret : 0;
}

static int read_watch(struct vdc_db *db, const char *id, struct vdc_arena *arena, struct watch *ret,
		      struct vdc_err *err)
{
	void *found;
	int r = vdc_store_get(db, &vdc_job_kind, id, VDC_WITH_LONG, arena, &found, err);
	const char *clusters;

	if (r)
		return r;
	ret->job = found;
	clusters = vdc_line_value(ret->job->plan, "clusters", arena);
	ret->clusters = clusters ? clusters : "";
	ret->started = number(ret->job->state, "started", arena);
	ret->last = number(ret->job->state, "last", arena);
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The same set is the same text. */
static char *words_of(const char *const *clusters, size_t n, struct vdc_arena *arena)
{
	const char **sorted = vdc_arena_alloc(arena, (n + 1) * sizeof(*sorted));
	vdc_autobuf out = { 0 };

	for (size_t i = 0; i < n; i++)
		sorted[i] = clusters[i];
	qsort(sorted, n, sizeof(*sorted), compare);
	for (size_t i = 0; i < n; i++)
		if (!i || strcmp(sorted[i], sorted[i - 1]) != 0)
			vdc_buf_printf(&out, "%s%s", i ? " " : "", sorted[i]);
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

struct finding {
	const char *clusters;
	struct vdc_arena *arena;
	char *id;
};

static int make(struct vdc_db *db, struct finding *f, struct vdc_err *err)
{
	const char *plan = vdc_arena_format(f->arena, "clusters=%s\n", f->clusters);
	struct vdc_job *job = vdc_job_new(VDC_FENCE_MONITOR_ACTION, plan, f->arena);
	int r;

	job->description = vdc_arena_strdup(f->arena, "watch over hosts that may stop answering");
	r = vdc_store_put(db, &vdc_job_kind, job, f->arena, err);
	f->id = job->id;
	return r;
}

static int find_or_make(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct finding *f = ctx;
	char **ids;
	size_t n;
	int r = vdc_job_open_all(db, VDC_FENCE_MONITOR_ACTION, f->arena, &ids, &n, err);

	f->id = NULL;
	for (size_t i = 0; i < n && !r && !f->id; i++) {
		struct watch watch;

		r = read_watch(db, ids[i], f->arena, &watch, err);
		if (!r && strcmp(watch.clusters, f->clusters) == 0)
			f->id = ids[i];
	}
	return r || f->id ? r : make(db, f, err);
}

int vdc_fence_watch_find(struct vdc_db *db, const char *const *clusters, size_t n,
			 struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	struct finding finding = { .clusters = words_of(clusters, n, arena), .arena = arena };
	int r = vdc_db_transaction(db, find_or_make, &finding, err);

	if (!r)
		*ret = finding.id;
	return r;
}

static bool covers(const struct watch *watch, const char *cluster)
{
	return !watch->clusters[0] || vdc_words_have(watch->clusters, cluster);
}

static bool overlap(const struct watch *a, const struct watch *b, struct vdc_arena *arena)
{
	const char *words = a->clusters, *word;
	size_t len;

	if (!words[0])
		return true;
	while ((word = vdc_word_next(&words, &len)))
		if (covers(b, vdc_arena_strndup(arena, word, len)))
			return true;
	return false;
}

int vdc_fence_watch_alone(struct vdc_db *db, const char *job, struct vdc_arena *arena,
			  struct vdc_err *err)
{
	struct watch ours, other;
	char **ids, *owner = NULL;
	size_t n;
	int r = read_watch(db, job, arena, &ours, err);

	if (!r)
		r = vdc_job_open_all(db, VDC_FENCE_MONITOR_ACTION, arena, &ids, &n, err);
	for (size_t i = 0; !r && i < n; i++) {
		if (strcmp(ids[i], job) == 0)
			continue;
		r = read_watch(db, ids[i], arena, &other, err);
		if (!r)
			r = vdc_job_owner(db, ids[i], arena, &owner, err);
		if (!r && owner && overlap(&ours, &other, arena))
			r = vdc_err_set(err, -EBUSY, "fence monitor is being run by %s", owner);
	}
	return r;
}

struct noting {
	struct vdc_job_lease *lease;
	int64_t quiet;
};

static int note_pass(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct noting *noting = ctx;
	vdc_autoarena *arena = vdc_arena_new();
	const char *id = vdc_job_lease_id(noting->lease);
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, arena);
	int64_t now = vdc_time_now();
	struct watch watch;
	int r = vdc_job_guard(noting->lease, db, err);

	if (!r)
		r = read_watch(db, id, arena, &watch, err);
	if (r)
		return r;
	job->id = vdc_arena_strdup(arena, id);
	job->action = vdc_arena_strdup(arena, VDC_FENCE_MONITOR_ACTION);
	job->status = VDC_JOB_STARTED;
	job->last_updated = now;
	job->state = vdc_arena_format(
		arena, "started=%" PRId64 "\nlast=%" PRId64 "\n",
		vdc_fence_monitored_since(watch.started, watch.last, now, noting->quiet), now);
	return vdc_store_put(db, &vdc_job_kind, job, arena, err);
}

int vdc_fence_watch_pass(struct vdc_db *db, struct vdc_job_lease *lease, int64_t quiet,
			 struct vdc_err *err)
{
	struct noting noting = { lease, quiet };

	return vdc_db_transaction(db, note_pass, &noting, err);
}

int vdc_fence_watch_end(struct vdc_db *db, struct vdc_job_lease *lease, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, arena);

	job->status = VDC_JOB_PAUSED;
	return vdc_job_update(lease, db, job, arena, err);
}

/* Of several jobs that had this cluster the one that looked last counts. */
int vdc_fence_watched_since(struct vdc_db *db, const char *cluster, int64_t begun, int64_t quiet,
			    struct vdc_arena *arena, int64_t *ret, struct vdc_err *err)
{
	struct watch best = { 0 }, watch;
	char **ids;
	size_t n;
	int r = vdc_job_open_all(db, VDC_FENCE_MONITOR_ACTION, arena, &ids, &n, err);

	for (size_t i = 0; !r && i < n; i++) {
		r = read_watch(db, ids[i], arena, &watch, err);
		if (!r && covers(&watch, cluster) && watch.last > best.last)
			best = watch;
	}
	if (!r)
		*ret = best.last >= begun
			       ? best.started
			       : vdc_fence_monitored_since(best.started, best.last, begun, quiet);
	return r;
}
