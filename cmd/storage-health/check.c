/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* storage-health: asks hosts, and prints what they reach. */
#include "base/log.h"
#include "cli/exit_code.h"
#include "cli/findings.h"
#include "cli/list.h"
#include "model/domain_reach.h"
#include "storage_health.h"

static int print_rows(struct vdc_call *call, const struct vdc_storage_health *health,
		      struct vdc_err *err)
{
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_domain_reach_kind, &list, err);

	if (!r && !health->n_rows && vdc_call_output(call) == VDC_OUTPUT_TABLE)
		return 0;
	for (size_t i = 0; i < health->n_rows && !r; i++)
		r = vdc_list_add(list, health->rows[i], err);
	return r ? r : vdc_list_end(list, err);
}

/* A quiet one says what changed since the last time: once when it breaks, once when it works again. */
static void say(struct vdc_call *call, const struct vdc_storage_health *health)
{
	if (vdc_given(call, "quiet"))
		for (size_t i = 0; i < health->tales.n; i++)
			vdc_log(VDC_LOG_ERROR, "%s", health->tales.tales[i].text);
	else if (!vdc_given(call, "findings"))
		for (size_t i = 0; i < health->findings.n; i++)
			vdc_log(VDC_LOG_WARNING, "%s", health->findings.items[i]->text);
}

static int report(struct vdc_call *call, const struct vdc_storage_health *health,
		  struct vdc_err *err)
{
	bool silent = vdc_given(call, "quiet") && vdc_call_output(call) == VDC_OUTPUT_TABLE;
	int r = 0;

	if (!silent)
		r = vdc_given(call, "findings") ? vdc_print_findings(call, &health->findings, err)
						: print_rows(call, health, err);
	say(call, health);
	return r ? r : health->findings.n ? VDC_EXIT_FINDINGS : VDC_EXIT_OK;
}

int storage_health_check(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_storage_options options = vdc_storage_options();
	struct vdc_storage_health health = { 0 };
	struct vdc_job_lease *lease = NULL;
	struct vdc_storage_part *parts;
	struct vdc_db *db;
	size_t n = 0;
	int r, code = VDC_EXIT_OK;

	if (vdc_given(call, "local"))
		return storage_health_local(call, err);
	options.recover = vdc_given(call, "recover");
	options.read_us = vdc_int_option(call, "timeout", options.read_us);
	r = vdc_call_open_db(call, VDC_NEEDS_DB_WRITE, err);
	if (r)
		return r;
	db = vdc_call_db(call);
	r = storage_health_parts(call, &parts, &n, err);
	if (!r)
		r = vdc_storage_begin(db, &lease, err);
	for (size_t i = 0; i < n && !r; i++)
		r = vdc_storage_check(db, lease, &options, &parts[i], vdc_call_arena(call), &health,
				      err);
	if (!r) {
		code = report(call, &health, err);
		r = code < 0 ? code : vdc_storage_end(db, lease, err);
	}
	vdc_job_release(lease, vdc_db_is_away(r) ? NULL : db);
	return r ? r : code;
}
