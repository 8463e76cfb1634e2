/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* storage-health --local: what the other machine starts here over the remote shell. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "act/storage_read.h"
#include "cli/exit_code.h"
#include "cli/list.h"
#include "storage_health.h"

static int load(struct vdc_call *call, struct vdc_domain_readings *ret, struct vdc_err *err)
{
	const char *from = vdc_text_option(call, "from");
	struct vdc_arena *arena = vdc_call_arena(call);
	FILE *in;
	int r;

	if (strcmp(from, "-") == 0)
		return vdc_domain_readings_load(stdin, "standard input", arena, ret, err);
	in = fopen(from, "re");
	if (!in)
		return vdc_err_set(err, -errno, "%s: %m", from);
	r = vdc_domain_readings_load(in, from, arena, ret, err);
	fclose(in);
	return r;
}

int storage_health_local(struct vdc_call *call, struct vdc_err *err)
{
	int64_t limit = vdc_int_option(call, "timeout", vdc_storage_options().read_us);
	struct vdc_domain_readings readings = { 0 };
	struct vdc_list *list;
	bool problem = false;
	const char *const *names;
	int r;

	if (vdc_call_operands(call, &names))
		return vdc_err_set(err, -EINVAL,
				   "--local reads what the document names, and nothing else: %s",
				   names[0]);
	r = load(call, &readings, err);
	if (!r)
		r = vdc_storage_read(&readings, limit, vdc_call_arena(call), err);
	if (!r)
		r = vdc_list_new(call, &vdc_domain_reading_kind, &list, err);
	for (size_t i = 0; i < readings.n && !r; i++) {
		problem = problem || readings.all[i]->problem;
		r = vdc_list_add(list, readings.all[i], err);
	}
	if (!r)
		r = vdc_list_end(list, err);
	return r ? r : problem ? VDC_EXIT_FINDINGS : VDC_EXIT_OK;
}
