/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fence status, on, off, reboot */
#include <errno.h>
#include <string.h>

#include "base/time.h"
#include "cli/list.h"
#include "cli/named.h"
#include "fence.h"
#include "power.h"

/* FenceQuietTimeBetweenOperationsInSec of ovirt-engine: a script does not switch to and fro. */
#define QUIET (180 * VDC_SECOND)

/* "cluster,dc" and "cluster dc" are the same. */
static const char *proxies_of(struct vdc_call *call)
{
	const char *text = vdc_text_option(call, "proxy");
	char *words = vdc_arena_strdup(vdc_call_arena(call), text);

	for (char *p = words; p && (p = strchr(p, ','));)
		*p = ' ';
	return words;
}

void fence_power_options(struct vdc_call *call, struct vdc_fence_power_options *ret)
{
	*ret = vdc_fence_power_options();
	ret->jobs = (unsigned)vdc_int_option(call, "jobs", ret->jobs);
	ret->proxies = proxies_of(call);
	ret->tolerance_us = vdc_int_option(call, "tolerance", 0);
	ret->reason = vdc_text_option(call, "reason");
}

static bool takes_a_document(struct vdc_call *call)
{
	const char *const *names;
	int n = vdc_call_operands(call, &names);

	for (int i = 0; i < n; i++)
		if (strcmp(names[i], "-") == 0)
			return true;
	return false;
}

static int read_call(struct vdc_call *call, struct fence_power *what, struct vdc_err *err)
{
	vdc_autobuf hosts = { 0 };
	int r = vdc_named_objects(call, &vdc_host_kind, &hosts, err);

	*what = (struct fence_power){
		.n = hosts.len / sizeof(void *),
		.action = (enum vdc_fence_action)vdc_enum_find(&vdc_fence_action_values,
							       vdc_call_verb(call)->name),
	};
	what->hosts = vdc_arena_alloc(vdc_call_arena(call), hosts.len + sizeof(void *));
	if (what->n)
		memcpy(what->hosts, hosts.data, hosts.len);
	fence_power_options(call, &what->options);
	if (takes_a_document(call))
		what->options.opposite_us = QUIET;
	return r;
}

static int preview(struct vdc_call *call, const struct fence_power *what, struct vdc_err *err)
{
	struct vdc_fence_wish *wishes = fence_power_wishes(call, what);
	int r = 0;

	for (size_t i = 0; i < what->n && !r; i++) {
		const char *text = NULL, *refusal = NULL;

		r = vdc_fence_preview(vdc_call_db(call), &what->options, &wishes[i],
				      vdc_call_arena(call), &text, &refusal, err);
		wishes[i].power = (enum vdc_power_status)what->hosts[i]->power_status;
		wishes[i].ha_vms = VDC_UNSET;
		wishes[i].result = VDC_FENCE_SKIPPED;
		wishes[i].reason = refusal ?: text;
		wishes[i].code = refusal ? -EPERM : -EALREADY;
	}
	if (!r)
		r = fence_power_print(call, wishes, what->n, NULL, err);
	return r ? r : (int)fence_power_code(call, wishes, what->n);
}

int fence_status(struct vdc_call *call, struct vdc_err *err)
{
	struct fence_power what;
	struct vdc_fence_wish *wishes;
	struct vdc_work_watch watch;
	int r = read_call(call, &what, err);

	if (r || !what.n)
		return r;
	wishes = fence_power_wishes(call, &what);
	vdc_work_begin(&watch, 0);
	what.options.told = vdc_work_told;
	what.options.ctx = &watch;
	what.options.stop_fd = watch.signals;
	r = vdc_fence_power(vdc_call_db(call), NULL, &what.options, wishes, what.n,
			    vdc_call_arena(call), err);
	vdc_work_end(&watch);
	if (!r)
		r = fence_power_print(call, wishes, what.n, NULL, err);
	return r ? r : (int)fence_power_code(call, wishes, what.n);
}

int fence_switch(struct vdc_call *call, struct vdc_err *err)
{
	struct fence_power what;
	int r = read_call(call, &what, err);

	if (!r && what.n && what.action != VDC_FENCE_ON)
		r = fence_power_consent(call, &what, err);
	if (r || !what.n)
		return r;
	if (vdc_given(call, "dry-run"))
		return preview(call, &what, err);
	return fence_power_do(call, &what, err);
}
