/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the treatments do, as lines. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "act/fence_watch.h"
#include "act/treat.h"
#include "base/time.h"
#include "monitor.h"
#include "store/store.h"

#define LAUNCHES (10 * VDC_SECOND) /* as long as a process may take until its job is its own */

void monitor_say(const struct monitor *m, const char *host, const char *text)
{
	char now[VDC_TIME_LEN + 1];

	if (vdc_given(m->call, "quiet"))
		return;
	printf("%s host %s: %s\n", vdc_time_format(vdc_time_now() / VDC_SECOND * VDC_SECOND, now),
	       host, text);
	fflush(stdout);
}

static struct monitor_treatment *find(struct monitor *m, const char *host_id)
{
	struct monitor_treatment *all = (void *)m->treated.data;

	for (size_t i = 0; i < m->treated.len / sizeof(*all); i++)
		if (strcmp(all[i].host_id, host_id) == 0)
			return &all[i];
	return NULL;
}

static struct monitor_treatment *add(struct monitor *m, const char *host_id, const char *host)
{
	struct monitor_treatment one = { 0 }, *known = find(m, host_id);

	if (known)
		return known;
	if (!m->names)
		m->names = vdc_arena_new();
	one.host_id = vdc_arena_strdup(m->names, host_id);
	one.host = vdc_arena_strdup(m->names, host);
	vdc_buf_add(&m->treated, &one, sizeof(one));
	return find(m, host_id);
}

bool monitor_is_launched(struct monitor *m, const char *host_id)
{
	const struct monitor_treatment *one = find(m, host_id);

	return one && one->launched && vdc_time_monotonic() - one->launched < LAUNCHES;
}

void monitor_note_launch(struct monitor *m, const char *host_id, const char *host)
{
	add(m, host_id, host)->launched = vdc_time_monotonic();
}

static void tell(const struct monitor *m, struct monitor_treatment *one, const char *message)
{
	if (!message || !*message || strcmp(one->said, message) == 0)
		return;
	snprintf(one->said, sizeof(one->said), "%s", message);
	monitor_say(m, one->host, message);
}

/* Whether the host is one of those that are watched; one that is gone is nobody's. */
static int is_ours(const struct monitor *m, const char *host_id, struct vdc_arena *arena, bool *ret,
		   struct vdc_err *err)
{
	const struct vdc_host *host;
	void *found;
	int r = vdc_store_get(m->db, &vdc_host_kind, host_id, 0, arena, &found, err);

	if (r && r != -ENOENT)
		return r;
	host = r ? NULL : found;
	*ret = host && vdc_fence_watch_has(m->clusters, m->n_clusters, host->cluster.id);
	return 0;
}

static int note_open(struct monitor *m, const char *id, struct vdc_arena *arena,
		     struct vdc_err *err)
{
	struct monitor_treatment *one;
	const struct vdc_job *job;
	bool ours = true;
	void *found;
	int r = vdc_store_get(m->db, &vdc_job_kind, id, VDC_WITH_LONG, arena, &found, err);

	if (r)
		return r;
	job = found;
	if (!job->object_id || !job->object_name)
		return 0;
	if (m->n_clusters && !find(m, job->object_id))
		r = is_ours(m, job->object_id, arena, &ours, err);
	if (r || !ours)
		return r;
	one = add(m, job->object_id, job->object_name);
	if (!one->job || strcmp(one->job, id) != 0)
		one->job = vdc_arena_strdup(m->names, id);
	one->open = true;
	tell(m, one, job->message);
	return 0;
}

/* It was open when it was looked at last. */
static int note_end(struct monitor *m, struct monitor_treatment *one, struct vdc_arena *arena,
		    struct vdc_err *err)
{
	void *found;
	int r = vdc_store_get(m->db, &vdc_job_kind, one->job, VDC_WITH_LONG, arena, &found, err);

	if (r)
		return r;
	tell(m, one,
	     vdc_arena_format(arena, "its treatment ended: %s",
			      ((const struct vdc_job *)found)->message));
	one->job = NULL;
	one->launched = 0;
	one->said[0] = '\0';
	return 0;
}

int monitor_follow(struct monitor *m, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct monitor_treatment *all;
	char **ids;
	size_t n;
	int r = vdc_job_open_all(m->db, VDC_TREAT_ACTION, arena, &ids, &n, err);

	for (size_t i = 0; i < m->treated.len / sizeof(*all); i++)
		((struct monitor_treatment *)(void *)m->treated.data)[i].open = false;
	for (size_t i = 0; i < n && !r; i++)
		r = note_open(m, ids[i], arena, err);
	all = (void *)m->treated.data;
	m->n_treated = 0;
	for (size_t i = 0; i < m->treated.len / sizeof(*all) && !r; i++) {
		m->n_treated += all[i].open || all[i].launched;
		if (all[i].job && !all[i].open)
			r = note_end(m, &all[i], arena, err);
	}
	return r;
}
