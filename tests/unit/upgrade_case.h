/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The check of an upgrade, of a cluster that nothing is wrong with, to be spoiled. */
#pragma once

#include "../helpers/small_world.h"
#include "plan/upgrade_check.h"

struct upgrade_case {
	struct vdc_arena *arena;
	struct small_world w;
	struct vdc_findings findings; /* of the latest check */
	struct vdc_load_sample samples[3];
	struct vdc_upgrade_snapshot last; /* of that check */
	struct vdc_upgrade_question question;
};

/* For cmocka: STATE becomes a fresh case, and it goes. */
int upgrade_case_begin(void **state);
int upgrade_case_end(void **state);

/* CHOICE may be NULL; its cluster and samples are the case's. */
struct vdc_upgrade_snapshot upgrade_case_snapshot(struct upgrade_case *c,
						  const struct vdc_upgrade_choice *choice);

void upgrade_check(struct upgrade_case *c, bool os_major);
void upgrade_check_with(struct upgrade_case *c, const struct vdc_upgrade_choice *choice);

bool upgrade_found(const struct upgrade_case *c, const char *code, const char *object);
/* That, and nothing else. */
void upgrade_found_only(const struct upgrade_case *c, const char *code, const char *object);
