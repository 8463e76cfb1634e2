/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade approve: somebody's word for updates, all that are named or none. */
#include <errno.h>
#include <stdio.h>

#include "act/updates.h"
#include "base/buf.h"
#include "cli/list.h"
#include "cluster_upgrade.h"

struct approval {
	struct vdc_call *call;
	struct vdc_buf report;	/* lines for people */
	struct vdc_buf updates; /* struct vdc_update * each */
};

static void report(struct approval *a, const struct vdc_update *update, bool changed)
{
	vdc_buf_printf(&a->report, "%s %s %s for host %s (update %s)\n",
		       !changed			       ? "approved before:"
		       : vdc_given(a->call, "dry-run") ? "would have approved"
						       : "approved",
		       vdc_enum_word(&vdc_component_values, update->component), update->version,
		       update->host.name, update->name);
	vdc_buf_add(&a->updates, &update, sizeof(update));
}

static int approve(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct approval *a = ctx;
	const char *const *words;
	int n = vdc_call_operands(a->call, &words), r = 0;

	vdc_buf_clear(&a->report);
	vdc_buf_clear(&a->updates);
	for (int i = 0; i < n && !r; i++) {
		struct vdc_update *update;
		bool changed;

		r = vdc_update_approve(db, words[i], vdc_call_arena(a->call), &update, &changed,
				       err);
		if (!r)
			report(a, update, changed);
	}
	/* A dry run does everything and then takes it back. */
	return !r && vdc_given(a->call, "dry-run") ? -ECANCELED : r;
}

static int print(struct approval *a, struct vdc_err *err)
{
	const struct vdc_update *const *updates = (const void *)a->updates.data;
	struct vdc_list *list;
	int r;

	if (vdc_given(a->call, "quiet"))
		return 0;
	if (vdc_call_output(a->call) == VDC_OUTPUT_TABLE) {
		fputs(vdc_buf_str(&a->report), stdout);
		return 0;
	}
	r = vdc_list_new(a->call, &vdc_update_kind, &list, err);
	for (size_t i = 0; i < a->updates.len / sizeof(*updates) && !r; i++)
		r = vdc_list_add(list, updates[i], err);
	return r ? r : vdc_list_end(list, err);
}

int cluster_upgrade_approve(struct vdc_call *call, struct vdc_err *err)
{
	struct approval a = { .call = call };
	int r = vdc_db_transaction(vdc_call_db(call), approve, &a, err);

	if (r == -ECANCELED && vdc_given(call, "dry-run"))
		r = 0;
	if (!r)
		r = print(&a, err);
	vdc_buf_free(&a.report);
	vdc_buf_free(&a.updates);
	return r;
}
