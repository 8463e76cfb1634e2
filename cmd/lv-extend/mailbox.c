/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lv-extend mailbox: that of a master domain, on this host and without a database. */
#include <errno.h>

#include "act/mailbox_box.h"
#include "base/time.h"
#include "cli/exit_code.h"
#include "cli/list.h"
#include "lv_extend.h"

#define LIMIT (30 * VDC_SECOND)

int lv_extend_master(struct vdc_call *call, struct vdc_lockspaces *spaces,
		     struct vdc_lockspace **ret, struct vdc_err *err)
{
	const char *const *names;
	const char *name = vdc_call_operands(call, &names) ? names[0] : NULL;
	int r = vdc_lockspaces_load(vdc_call_arena(call), spaces, err);

	return r ? r : vdc_lockspaces_master(spaces, name, ret, err);
}

static int find_space(struct vdc_call *call, struct vdc_lockspace **ret, struct vdc_err *err)
{
	struct vdc_lockspaces spaces;

	return lv_extend_master(call, &spaces, ret, err);
}

int lv_extend_mailbox_show(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_mailbox_slots slots;
	struct vdc_lockspace *space;
	struct vdc_list *list;
	bool odd = false;
	int r = find_space(call, &space, err);

	if (!r)
		r = vdc_mailbox_look(space, LIMIT, vdc_call_arena(call), &slots, err);
	if (!r)
		r = vdc_list_new(call, &vdc_mailbox_slot_kind, &list, err);
	if (r)
		return r;
	for (size_t i = 0; i < slots.n && !r; i++) {
		odd = odd || slots.all[i]->what >= VDC_MAILBOX_WHAT_OTHER_VERSION;
		r = vdc_list_add(list, slots.all[i], err);
	}
	if (!r)
		r = vdc_list_end(list, err);
	return r ? r : odd ? VDC_EXIT_FINDINGS : VDC_EXIT_OK;
}

int lv_extend_mailbox_init(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_lockspace *space;
	int r = find_space(call, &space, err);

	return r ? r : vdc_mailbox_clear(space, 0, LIMIT, err);
}

int lv_extend_mailbox_clear(struct vdc_call *call, struct vdc_err *err)
{
	int64_t host_id = vdc_int_option(call, "host-id", 0);
	struct vdc_lockspace *space;
	int r;

	if (!host_id)
		return vdc_err_set(
			err, -EINVAL,
			"mailbox clear empties the pages of one host: --host-id; mailbox "
			"init empties all");
	r = find_space(call, &space, err);
	return r ? r : vdc_mailbox_clear(space, host_id, LIMIT, err);
}
