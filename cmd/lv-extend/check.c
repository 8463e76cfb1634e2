/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lv-extend check: room in the volumes of thin disks. */
#include "act/thin_look.h"
#include "base/log.h"
#include "base/setting.h"
#include "cli/exit_code.h"
#include "cli/list.h"
#include "lv_extend.h"

static void unread(void *ctx vdc_unused, const struct vdc_err *failure)
{
	vdc_log(VDC_LOG_ERROR, "%s", vdc_err_text(failure));
}

static bool is_finding(const struct vdc_thin_disk *disk)
{
	bool good = disk->state == VDC_THIN_DISK_FINE || disk->state == VDC_THIN_DISK_FULL;

	return !good || vdc_is_true(disk->paused);
}

static int print(struct vdc_call *call, const struct vdc_thin_disks *disks, struct vdc_err *err)
{
	bool found = false;
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_thin_disk_kind, &list, err);

	for (size_t i = 0; i < disks->n && !r; i++) {
		if (vdc_list_takes(list, disks->all[i]))
			found = found || is_finding(disks->all[i]);
		r = vdc_list_add(list, disks->all[i], err);
	}
	if (!r)
		r = vdc_list_end(list, err);
	if (r)
		return r;
	return found ? VDC_EXIT_FINDINGS : disks->unread ? VDC_EXIT_PARTLY : VDC_EXIT_OK;
}

int lv_extend_check(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_thin_options options = {
		.over_us = vdc_int_option(call, "over", VDC_SECOND),
		.limit_us = vdc_setting_number(VDC_SETTING_SYNC_TIMEOUT),
		.jobs = (unsigned)vdc_setting_number(VDC_SETTING_SYNC_JOBS),
		.unread = unread,
	};
	struct vdc_thin_disks disks;
	int r;

	options.n = (size_t)vdc_call_operands(call, &options.names);
	r = vdc_thin_look(vdc_call_db(call), &options, vdc_call_arena(call), &disks, err);
	return r ? r : print(call, &disks, err);
}
