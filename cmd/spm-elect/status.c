/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect status: of this host, or of data centres. */
#include <errno.h>
#include <string.h>

#include "act/apply.h"
#include "act/spm_view.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/exit_code.h"
#include "cli/list.h"
#include "cli/named.h"
#include "spm_elect.h"

#define LOOK_TIME (10 * VDC_SECOND)

/* What sanlock and the dead-man cannot help against: both stand still with the host. */
static void say_what_remains(const char *host, int64_t watchdog)
{
	if (vdc_is_true(watchdog))
		return;
	vdc_log(VDC_LOG_NOTICE,
		"%s %s: should it stand still as a whole and go on after another one became the "
		"manager, it can write for a moment",
		watchdog == VDC_UNSET ? "it is not known whether a watchdog (wdmd) guards"
				      : "no watchdog (wdmd) guards",
		host);
}

static void say_what_remains_here(const struct vdc_lockspaces *spaces)
{
	for (size_t i = 0; i < spaces->n; i++) {
		if (spaces->all[i]->role != VDC_SPM_ROLE_SPM)
			continue;
		say_what_remains("this host", spaces->all[i]->watchdog);
		return;
	}
}

static void say_what_remains_of(struct vdc_call *call, struct vdc_spm_view *const *views, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (views[i]->of == VDC_SPM_VIEW_HOST && views[i]->role == VDC_SPM_ROLE_SPM)
			say_what_remains(vdc_arena_format(vdc_call_arena(call),
							  "host %s, the manager of data center %s",
							  views[i]->name, views[i]->data_center),
					 views[i]->watchdog);
}

int spm_elect_status_local(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_lockspaces spaces;
	int r = spm_elect_load(call, &spaces, err);

	if (r)
		return r;
	vdc_lockspaces_look(&spaces, LOOK_TIME, vdc_call_arena(call));
	r = spm_elect_print(call, &spaces, err);
	if (r >= 0 && vdc_call_output(call) == VDC_OUTPUT_TABLE)
		say_what_remains_here(&spaces);
	return r;
}

/* All that have storage of their own, where none is named. */
static int of_data_center(struct vdc_call *call, const char *id, bool named, struct vdc_list *list,
			  bool *found, struct vdc_err *err)
{
	const struct vdc_spm_survey_options options = vdc_spm_survey_options();
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_spm_survey survey;
	struct vdc_spm_view **views;
	bool wrong;
	size_t n;
	int r = vdc_spm_survey(vdc_call_db(call), id, &options, arena, &survey, err);

	if (r || (!named && !survey.storage.n))
		return r;
	r = vdc_spm_view(&survey, options.limit_us, arena, &views, &n, &wrong, err);
	for (size_t i = 0; i < n && !r; i++)
		r = vdc_list_add(list, views[i], err);
	if (!r && vdc_call_output(call) == VDC_OUTPUT_TABLE)
		say_what_remains_of(call, views, n);
	*found = *found || (!r && wrong);
	return r;
}

int spm_elect_data_centers(struct vdc_call *call, struct vdc_objects *ret, struct vdc_err *err)
{
	const char *const *names;
	vdc_autobuf list = { 0 };
	int r;

	if (!vdc_call_operands(call, &names))
		return vdc_gather(vdc_call_db(call), &vdc_data_center_kind, NULL, NULL,
				  vdc_call_arena(call), ret, err);
	r = vdc_named_objects(call, &vdc_data_center_kind, &list, err);
	if (r)
		return r;
	ret->n = list.len / sizeof(void *);
	ret->objects = vdc_arena_alloc(vdc_call_arena(call), list.len + sizeof(void *));
	if (ret->n)
		memcpy(ret->objects, list.data, list.len);
	return 0;
}

static int of_data_centers(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *names;
	bool named = vdc_call_operands(call, &names) > 0, found = false;
	struct vdc_objects all = { 0 };
	struct vdc_list *list;
	int r = spm_elect_data_centers(call, &all, err);

	if (!r)
		r = vdc_list_new(call, &vdc_spm_view_kind, &list, err);
	for (size_t i = 0; i < all.n && !r; i++)
		r = of_data_center(call, vdc_object_id(all.objects[i]), named, list, &found, err);
	if (!r)
		r = vdc_list_end(list, err);
	return r ? r : found ? VDC_EXIT_FINDINGS : VDC_EXIT_OK;
}

int spm_elect_status(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *names;

	if (!vdc_given(call, "local"))
		return vdc_call_open_db(call, VDC_NEEDS_DB_READ, err) ?: of_data_centers(call, err);
	if (vdc_call_operands(call, &names))
		return vdc_err_set(err, -EINVAL, "status --local is of this host, not of %s",
				   names[0]);
	return spm_elect_status_local(call, err);
}
