/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade check */
#include "cli/exit_code.h"
#include "cli/findings.h"
#include "cluster_upgrade.h"
#include "plan/upgrade_check.h"

static int print(struct upgrade_scene *scene, struct vdc_err *err)
{
	const struct vdc_upgrade_question question = {
		.world = scene->world,
		.snapshot = &scene->snapshot,
		.os_major = vdc_given(scene->call, "os-major"),
	};
	struct vdc_findings findings = { .arena = scene->arena };
	int r;

	vdc_plan_upgrade_check(&question, &findings);
	r = vdc_print_findings(scene->call, &findings, err);
	return r ? r : vdc_findings_block(&findings) ? VDC_EXIT_FINDINGS : 0;
}

int cluster_upgrade_check(struct vdc_call *call, struct vdc_err *err)
{
	struct upgrade_scene scene = { .call = call, .arena = vdc_call_arena(call) };
	const char *const *words;
	int r;

	vdc_call_operands(call, &words);
	scene.name = words[0];
	r = cluster_upgrade_choice(&scene, err);
	if (!r)
		r = cluster_upgrade_read(&scene, err);
	if (!r)
		r = cluster_upgrade_snapshot(&scene, err);
	if (!r)
		r = print(&scene, err);
	cluster_upgrade_close(&scene);
	return r;
}
