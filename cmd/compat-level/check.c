/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compat-level check: all that stands against a level, at once */
#include <errno.h>

#include "base/release.h"
#include "cli/exit_code.h"
#include "cli/findings.h"
#include "compat.h"
#include "plan/level_check.h"

static int level_to_check(const struct compat *compat, const struct compat_target *target,
			  struct vdc_level *ret, struct vdc_err *err)
{
	const char *text = vdc_text_option(compat->call, "to");

	if (text)
		return vdc_level_parse(text, ret, err);
	*ret = target->cluster ? target->cluster->version : target->data_center->version;
	if (!vdc_given(compat->call, "qemu"))
		return vdc_err_set(err, -EINVAL,
				   "which level? Give --to LEVEL, or --qemu VERSION "
				   "for the level that it has");
	return ret->major >= 0 ? 0 : vdc_err_set(err, -EINVAL, "it has no level; give --to LEVEL");
}

static int ask(const struct compat *compat, const char *name, struct vdc_level_question *ret,
	       struct vdc_err *err)
{
	const char *qemu = vdc_text_option(compat->call, "qemu");
	struct vdc_level_question question = {
		.catalogue = compat->catalogue,
		.world = compat->world,
		.qemu = vdc_release_typed(qemu),
	};
	struct compat_target target;
	int r = compat_target(compat, name, &target, err);

	if (!r && qemu && !question.qemu)
		r = vdc_err_set(err, -EINVAL, "--qemu: '%.60s' is not a version such as 10.1",
				qemu);
	if (!r)
		r = level_to_check(compat, &target, &question.to, err);
	if (r)
		return r;
	question.cluster = target.cluster;
	question.data_center = target.data_center;
	*ret = question;
	return 0;
}

int compat_check(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_findings findings = { .arena = vdc_call_arena(call) };
	struct vdc_level_question question;
	const char *const *words;
	struct compat compat;
	int r = compat_open_world(&compat, call, vdc_level_check_kinds, err);

	vdc_call_operands(call, &words);
	if (!r)
		r = ask(&compat, words[0], &question, err);
	if (!r)
		r = vdc_plan_level_check(&question, &findings, err);
	if (!r && question.data_center)
		r = vdc_find_images(call, compat.world, question.data_center->id, &findings, err);
	if (!r)
		r = vdc_print_findings(call, &findings, err);
	return r ? r : vdc_findings_block(&findings) ? VDC_EXIT_FINDINGS : 0;
}
