/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "upgrade_case.h"

#include <string.h>

#include "unit.h"

int upgrade_case_begin(void **state)
{
	struct vdc_arena *arena = vdc_arena_new();
	struct upgrade_case *c = vdc_arena_alloc(arena, sizeof(*c));

	c->arena = arena;
	c->w = small_world_new(arena);
	c->findings.arena = arena;
	c->question = (struct vdc_upgrade_question){
		.world = c->w.world,
		.snapshot = &c->last,
		.accept_unknown = true,
	};
	for (int i = 0; i < 3; i++)
		c->samples[i] =
			(struct vdc_load_sample){ .host_id = c->w.hosts[i]->id, .cpu = 2000 };
	*state = c;
	return 0;
}

int upgrade_case_end(void **state)
{
	struct upgrade_case *c = *state;

	vdc_upgrade_snapshot_free(&c->last);
	vdc_arena_free(c->arena);
	return 0;
}

struct vdc_upgrade_snapshot upgrade_case_snapshot(struct upgrade_case *c,
						  const struct vdc_upgrade_choice *choice)
{
	static const struct vdc_catalogue none;
	struct vdc_upgrade_choice own = choice ? *choice : vdc_upgrade_choice_default;
	struct vdc_upgrade_snapshot snapshot;
	struct vdc_err err = { 0 };

	own.cluster_id = c->w.cluster->id;
	own.accept_unknown = true;
	own.samples = c->samples;
	own.n_samples = 3;
	if (vdc_upgrade_snapshot(c->question.world, c->question.catalogue ?: &none, &own, c->arena,
				 &snapshot, &err))
		fail_msg("%s", vdc_err_text(&err));
	return snapshot;
}

void upgrade_check_with(struct upgrade_case *c, const struct vdc_upgrade_choice *choice)
{
	vdc_upgrade_snapshot_free(&c->last);
	c->last = upgrade_case_snapshot(c, choice);
	c->findings.n = 0;
	vdc_plan_upgrade_check(&c->question, &c->findings);
}

void upgrade_check(struct upgrade_case *c, bool os_major)
{
	c->question.os_major = os_major;
	upgrade_check_with(c, NULL);
}

bool upgrade_found(const struct upgrade_case *c, const char *code, const char *object)
{
	for (size_t i = 0; i < c->findings.n; i++)
		if (strcmp(c->findings.items[i]->code, code) == 0 &&
		    strcmp(c->findings.items[i]->object, object) == 0)
			return true;
	return false;
}

void upgrade_found_only(const struct upgrade_case *c, const char *code, const char *object)
{
	if (!upgrade_found(c, code, object))
		fail_msg("no %s of %s", code, object);
	assert_int_equal(c->findings.n, 1);
}
