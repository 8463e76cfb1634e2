/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "act/storage_part.h"
#include "act/storage_scene.h"
#include "base/setting.h"
#include "base/time.h"
#include "store/store.h"

#define ACTION "storage-health"

struct vdc_storage_options vdc_storage_options(void)
{
	return (struct vdc_storage_options){
		.read_us = vdc_setting_number(VDC_SETTING_STORAGE_READ_TIMEOUT),
		.figures = {
			.slow = vdc_setting_number(VDC_SETTING_STORAGE_READ_SLOW),
			.failure = vdc_setting_number(VDC_SETTING_STORAGE_FAILURE_TIMEOUT),
			.retry = vdc_setting_number(VDC_SETTING_STORAGE_RETRY),
		},
	};
}

struct finding_job {
	struct vdc_arena *arena;
	char *id;
};

static int find_or_make(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct finding_job *f = ctx;
	struct vdc_job *job;
	char **ids;
	size_t n;
	int r = vdc_job_open_all(db, ACTION, f->arena, &ids, &n, err);

	if (r || n) {
		f->id = r ? NULL : ids[0];
		return r;
	}
	job = vdc_job_new(ACTION, NULL, f->arena);
	job->description = vdc_arena_strdup(f->arena, "looks at the storage of data centres");
	r = vdc_store_put(db, &vdc_job_kind, job, f->arena, err);
	f->id = job->id;
	return r;
}

int vdc_storage_begin(struct vdc_db *db, struct vdc_job_lease **ret, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct finding_job finding = { .arena = arena };
	int r = vdc_db_transaction(db, find_or_make, &finding, err);

	return r ? r : vdc_job_acquire(db, finding.id, VDC_JOB_TTL, ret, err);
}

int vdc_storage_end(struct vdc_db *db, struct vdc_job_lease *lease, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, arena);

	job->status = VDC_JOB_PAUSED;
	return vdc_job_update(lease, db, job, arena, err);
}

static bool is_named(const char *const *ids, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(ids[i], id) == 0)
			return true;
	return !n;
}

static void choose(struct storage_pass *pass, const struct vdc_storage_scene *scene)
{
	const struct vdc_storage_part *part = pass->part;
	struct vdc_arena *arena = pass->arena;

	pass->questions = vdc_arena_alloc(arena, (scene->n_domains + 1) * sizeof(void *));
	pass->asked = vdc_arena_alloc(arena, (scene->n_hosts + 1) * sizeof(*pass->asked));
	for (size_t i = 0; i < scene->n_domains; i++) {
		const struct vdc_storage_domain *domain = scene->domains[i];
		const struct vdc_domain_reading *question =
			vdc_storage_is_watched(domain) &&
					is_named(part->domains, part->n_domains, domain->id)
				? vdc_storage_question(domain, arena)
				: NULL;

		if (question)
			pass->questions[pass->n_questions++] = question;
	}
	for (size_t i = 0; i < scene->n_hosts && pass->n_questions; i++)
		if (vdc_storage_host_counts(scene->hosts[i]) &&
		    is_named(part->hosts, part->n_hosts, scene->hosts[i]->id))
			pass->asked[pass->n_asked++].host = scene->hosts[i];
}

struct reading_scene {
	const char *data_center_id;
	struct vdc_arena *arena;
	struct vdc_storage_scene scene;
};

static int read_scene(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct reading_scene *reading = ctx;

	return vdc_storage_scene(db, reading->data_center_id, reading->arena, &reading->scene, err);
}

static void add_rows(struct vdc_storage_health *health, const struct storage_written *written,
		     struct vdc_arena *arena)
{
	size_t n = health->n_rows + written->n_rows;
	const struct vdc_domain_reach **rows = vdc_arena_alloc(arena, (n + 1) * sizeof(*rows));

	for (size_t i = 0; i < n; i++)
		rows[i] = i < health->n_rows ? health->rows[i] : written->rows[i - health->n_rows];
	health->rows = rows;
	health->n_rows = n;
}

static void add_tales(struct vdc_storage_health *health, const struct storage_written *written,
		      struct vdc_arena *arena)
{
	size_t n = health->tales.n + written->tales.n;
	struct vdc_storage_tale *tales = vdc_arena_alloc(arena, (n + 1) * sizeof(*tales));

	for (size_t i = 0; i < n; i++)
		tales[i] = i < health->tales.n ? health->tales.tales[i]
					       : written->tales.tales[i - health->tales.n];
	health->tales = (struct vdc_storage_tales){ tales, n, n };
}

int vdc_storage_check(struct vdc_db *db, struct vdc_job_lease *lease,
		      const struct vdc_storage_options *options,
		      const struct vdc_storage_part *part, struct vdc_arena *arena,
		      struct vdc_storage_health *ret, struct vdc_err *err)
{
	struct reading_scene reading = { .data_center_id = part->data_center_id, .arena = arena };
	struct storage_pass pass = {
		.db = db,
		.lease = lease,
		.options = options,
		.part = part,
		.arena = arena,
		.began = vdc_time_now(),
	};
	struct storage_written written;
	int r = vdc_db_snapshot(db, read_scene, &reading, err);

	if (r)
		return r;
	choose(&pass, &reading.scene);
	r = vdc_storage_ask(pass.asked, pass.n_asked, pass.questions, pass.n_questions,
			    options->read_us, arena, err);
	if (!r)
		r = storage_write(&pass, &written, err);
	if (r)
		return r;
	ret->findings.arena = arena;
	vdc_storage_find(&(struct vdc_storage_change){ &written.before, &written.after,
						       &written.verdict, written.spaces,
						       pass.began },
			 &ret->findings);
	add_rows(ret, &written, arena);
	add_tales(ret, &written, arena);
	return options->recover ? storage_return(&pass, err) : 0;
}
