/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The storage of a data centre gets another format with its level: only where it is well. */
#include <string.h>

#include "act/data_center_part.h"
#include "act/image_sweep.h"
#include "plan/level_check.h"
#include "store/world.h"

struct looking {
	const struct data_center_run *run;
	struct vdc_world *world;
};

static int read_world(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct looking *looking = ctx;

	looking->world = vdc_world_new(looking->run->arena);
	return vdc_store_world(db, vdc_level_check_kinds, &vdc_host_kind, looking->world, err);
}

/* Among the options that the run was begun with, a line each. */
static bool is_skipped(const char *options)
{
	static const char skip[] = "--skip-images";

	for (const char *line = options; line && *line;) {
		size_t len = strcspn(line, "\n");

		if (len == strlen(skip) && strncmp(line, skip, len) == 0)
			return true;
		line += len + (line[len] == '\n');
	}
	return false;
}

int data_center_find_damage(const struct data_center_run *run, const char **ret,
			    struct vdc_err *err)
{
	struct vdc_findings findings = { .arena = run->arena };
	struct looking looking = { .run = run };
	int r;

	*ret = NULL;
	if (is_skipped(run->job->state))
		return 0;
	r = vdc_db_snapshot(run->db, read_world, &looking, err);
	if (!r)
		r = vdc_image_sweep(run->db, looking.world, run->job->object_id, &findings, err);
	for (size_t i = 0; i < findings.n && !r && !*ret; i++)
		if (findings.items[i]->severity >= VDC_FINDING_ERROR)
			*ret = vdc_arena_format(run->arena, "the level stays: %s",
						findings.items[i]->text);
	return r;
}
