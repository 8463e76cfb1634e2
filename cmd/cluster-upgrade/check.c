/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade check */
#include <stdio.h>
#include <unistd.h>

#include "act/upgrade_fix.h"
#include "act/upgrade_run.h"
#include "cli/exit_code.h"
#include "cli/findings.h"
#include "cli/work.h"
#include "cluster_upgrade.h"

struct checking {
	struct upgrade_scene scene;
	struct vdc_upgrade_question question;
	struct vdc_findings findings;
};

void cluster_upgrade_question(const struct upgrade_scene *scene, struct vdc_upgrade_question *ret)
{
	*ret = (struct vdc_upgrade_question){
		.world = scene->world,
		.snapshot = &scene->snapshot,
		.catalogue = scene->catalogue,
		.qemu = scene->choice.qemu,
		.os_major = scene->choice.os_major,
		.raise_level = vdc_given(scene->call, "raise-level"),
		.accept_unknown = scene->choice.accept_unknown,
	};
}

static int look(struct checking *c, struct vdc_err *err)
{
	int r = cluster_upgrade_choice(&c->scene, err);

	if (!r)
		r = cluster_upgrade_read(&c->scene, err);
	if (!r)
		r = cluster_upgrade_snapshot(&c->scene, err);
	if (r)
		return r;
	cluster_upgrade_question(&c->scene, &c->question);
	c->findings = (struct vdc_findings){ .arena = c->scene.arena };
	vdc_plan_upgrade_check(&c->question, &c->findings);
	return vdc_find_images(c->scene.call, c->scene.world,
			       c->scene.snapshot.cluster->data_center.id, &c->findings, err);
}

static int open_check(struct vdc_call *call, struct checking *c, struct vdc_err *err)
{
	const char *const *words;

	vdc_call_operands(call, &words);
	*c = (struct checking){
		.scene = { .call = call,
			   .arena = vdc_call_arena(call),
			   .name = words[0],
			   .checks = true },
	};
	return look(c, err);
}

static void say(struct vdc_call *call, const char *how, const char *what)
{
	if (!vdc_given(call, "quiet") && vdc_call_output(call) == VDC_OUTPUT_TABLE)
		printf("%s%s\n", how, what);
}

static int carry_out(struct vdc_call *call, const struct vdc_upgrade_fix *fix, struct vdc_err *err)
{
	struct vdc_work_watch watch = {
		.progress = vdc_progress_new(0),
		.terminal = isatty(STDERR_FILENO),
		.signals = -1,
	};
	const struct vdc_upgrade_fix_options options = {
		.shutdown_us = vdc_upgrade_options_default.shutdown_us,
		.accept_unknown = vdc_given(call, "accept-unknown"),
		.told = vdc_work_told,
		.ctx = &watch,
	};
	int r;

	vdc_progress_step(watch.progress, "%s", fix->offer);
	r = vdc_upgrade_fix(vdc_call_db(call), fix, &options, vdc_call_arena(call), err);
	vdc_work_end(&watch);
	return r;
}

/* A fix that fails is no reason not to offer the others. */
static int offer(struct vdc_call *call, struct vdc_upgrade_fix *fix, struct vdc_err *err)
{
	struct vdc_err failure = { 0 };
	int r;

	if (vdc_given(call, "dry-run")) {
		say(call, fix->instead_of ? "or would " : "would ", fix->offer);
		return 0;
	}
	if (fix->asks && vdc_given(call, "yes"))
		return 0;
	r = vdc_confirm(call, err, "%s. Shall I %s%s? That means: %s.", fix->finding->text,
			fix->offer, fix->instead_of ? " instead" : "", fix->means);
	if (r <= 0)
		return r;
	if (carry_out(call, fix, &failure)) {
		fprintf(stderr, "could not %s: %s\n", fix->offer, vdc_err_text(&failure));
		return 0;
	}
	fix->done = true;
	say(call, "done: ", fix->offer);
	return 0;
}

/* How many were done. */
static int offer_all(struct checking *c, struct vdc_err *err)
{
	const struct vdc_upgrade_fixes fixes = vdc_plan_upgrade_fixes(&c->question, &c->findings);
	int done = 0, r = 0;

	for (size_t i = 0; i < fixes.n && r >= 0; i++) {
		if (!vdc_upgrade_fix_is_moot(&fixes, &fixes.items[i]))
			r = offer(c->scene.call, &fixes.items[i], err);
		done += fixes.items[i].done;
	}
	if (r >= 0 && !vdc_given(c->scene.call, "dry-run"))
		r = vdc_upgrade_fix_close(vdc_call_db(c->scene.call), c->scene.arena, err);
	return r < 0 ? r : done;
}

int cluster_upgrade_check(struct vdc_call *call, struct vdc_err *err)
{
	bool fix = vdc_given(call, "fix");
	struct checking c = { 0 };
	int r = vdc_call_open_db(
		call, fix && !vdc_given(call, "dry-run") ? VDC_NEEDS_DB_WRITE : VDC_NEEDS_DB_READ,
		err);

	if (!r)
		r = open_check(call, &c, err);
	if (!r && fix) {
		r = offer_all(&c, err);
		if (r > 0) { /* what is left then */
			cluster_upgrade_close(&c.scene);
			r = open_check(call, &c, err);
		}
	}
	if (!r)
		r = vdc_print_findings(call, &c.findings, err);
	if (!r)
		r = vdc_findings_block(&c.findings) ? VDC_EXIT_FINDINGS : 0;
	cluster_upgrade_close(&c.scene);
	return r;
}
