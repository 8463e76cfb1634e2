/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/image_sweep.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "act/image_read.h"
#include "act/storage_ask.h"
#include "act/storage_read.h"
#include "base/setting.h"
#include "base/time.h"
#include "plan/domain_place.h"

#define RECENT 600 /* seconds: a new volume is being worked on for so long */
#define PAUSE (2 * VDC_SECOND)

struct sweep {
	struct vdc_db *db;
	struct vdc_arena *arena;
	const struct vdc_storage_domain **domains;
	struct vdc_domain_reading **readings; /* of those; NULL: none is possible */
	size_t n;
};

/* One reading of all. */
struct pass {
	struct vdc_image_check *check;
	struct vdc_image_result result;
	struct vdc_image_unread *unread;
	size_t n_unread;
};

static void find_domains(struct sweep *sweep, const struct vdc_world *world,
			 const char *data_center)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_storage_domain_kind, &all);

	sweep->domains = vdc_arena_alloc(sweep->arena, (n + 1) * sizeof(*sweep->domains));
	sweep->readings = vdc_arena_alloc(sweep->arena, (n + 1) * sizeof(*sweep->readings));
	for (size_t i = 0; i < n; i++)
		if (vdc_storage_domain_matters(all[i], data_center))
			sweep->domains[sweep->n++] = all[i];
}

/* Which of them answer at all. */
static int knock(struct sweep *sweep, struct vdc_err *err)
{
	struct vdc_domain_readings readings = {
		.all = vdc_arena_alloc(sweep->arena, (sweep->n + 1) * sizeof(*readings.all)),
	};

	for (size_t i = 0; i < sweep->n; i++) {
		sweep->readings[i] = vdc_storage_question(sweep->domains[i], sweep->arena);
		if (sweep->readings[i])
			readings.all[readings.n++] = sweep->readings[i];
	}
	return vdc_storage_read(&readings, vdc_setting_number(VDC_SETTING_STORAGE_READ_TIMEOUT),
				sweep->arena, err);
}

static struct vdc_image_check *new_check(struct vdc_arena *arena)
{
	struct vdc_image_check_options options = {
		.now = vdc_time_now() / VDC_SECOND,
		.recent = RECENT,
		.database = true,
	};

	if (getrandom(&options.secret, sizeof(options.secret), GRND_NONBLOCK) < 0)
		options.secret = (uint64_t)vdc_time_monotonic();
	return vdc_image_check_new(arena, &options);
}

/* The operand that means the domain: "ID=FOLDER"; NULL when it cannot be read in place. */
static const char *source_of(const struct vdc_storage_domain *domain, struct vdc_arena *arena)
{
	static const char tail[] = "/dom_md/metadata";
	char *metadata;

	if (vdc_storage_domain_place(domain, "metadata", arena, &metadata, NULL) ||
	    strlen(metadata) < sizeof(tail) ||
	    strcmp(metadata + strlen(metadata) - strlen(tail), tail) != 0)
		return NULL;
	metadata[strlen(metadata) - strlen(tail)] = '\0';
	return vdc_arena_format(arena, "%s=%s", domain->id, metadata);
}

/* Why it could not be read; NULL: it was. */
static const char *read_domain(const struct sweep *sweep, struct pass *pass, size_t i)
{
	const struct vdc_domain_reading *reading = sweep->readings[i];
	const char *word = source_of(sweep->domains[i], sweep->arena);
	struct vdc_image_source *source;
	struct vdc_err why = { 0 };
	int r;

	if (!reading)
		return "its mount_point or volume_group is not known";
	if (reading->problem)
		return vdc_arena_format(sweep->arena, "this machine cannot read it: %s",
					reading->problem);
	if (!word)
		return "it is no file domain";
	r = vdc_image_sources(&word, 1, vdc_setting_number(VDC_SETTING_STORAGE_READ_TIMEOUT),
			      sweep->arena, &source, &why);
	if (!r)
		r = vdc_image_read_source(pass->check, source, &why);
	return r ? vdc_arena_strdup(sweep->arena, vdc_err_text(&why)) : NULL;
}

static int run_pass(const struct sweep *sweep, struct pass *pass, struct vdc_err *err)
{
	int r = 0;

	pass->check = new_check(sweep->arena);
	pass->unread = vdc_arena_alloc(sweep->arena, (sweep->n + 1) * sizeof(*pass->unread));
	for (size_t i = 0; i < sweep->n; i++) {
		const char *why = read_domain(sweep, pass, i);

		if (why)
			pass->unread[pass->n_unread++] =
				(struct vdc_image_unread){ sweep->domains[i], why };
	}
	if (pass->n_unread < sweep->n)
		r = vdc_image_read_database(sweep->db, pass->check, sweep->arena, &pass->result,
					    err);
	vdc_image_check_free(pass->check);
	return r;
}

int vdc_image_sweep(struct vdc_db *db, const struct vdc_world *world, const char *data_center,
		    struct vdc_findings *findings, struct vdc_err *err)
{
	struct sweep sweep = { .db = db, .arena = findings->arena };
	struct pass first = { 0 }, second = { 0 }, *last = &first;
	int r;

	find_domains(&sweep, world, data_center);
	if (!sweep.n)
		return 0;
	r = knock(&sweep, err);
	if (!r)
		r = run_pass(&sweep, &first, err);
	if (!r && vdc_image_blocks(&first.result)) {
		vdc_sleep(PAUSE);
		r = run_pass(&sweep, &second, err);
		vdc_image_confirm(&first.result, &second.result);
		last = &second;
	}
	if (!r)
		vdc_image_findings(world, &last->result, last->unread, last->n_unread, findings);
	return r;
}
