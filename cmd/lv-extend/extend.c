/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lv-extend extend: volumes that an administrator, or what check found, wants larger. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act/extend_order.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/list.h"
#include "cli/work.h"
#include "doc/doc.h"
#include "lv_extend.h"

#define LIMIT (30 * VDC_SECOND)

struct extending {
	struct vdc_call *call;
	struct vdc_buf orders; /* struct vdc_extension * each */
	struct vdc_buf
		codes; /* enum vdc_exit each: of what was not asked for, then of the orders */
};

static struct vdc_extension **orders_of(const struct extending *e, size_t *n)
{
	*n = e->orders.len / sizeof(struct vdc_extension *);
	return (struct vdc_extension **)(void *)e->orders.data;
}

static void add_code(struct extending *e, enum vdc_exit code)
{
	vdc_buf_add(&e->codes, &code, sizeof(code));
}

/* One that cannot be does not keep others from being; that the database is away is another thing. */
static int took(struct extending *e, struct vdc_extension *order, int r, const struct vdc_err *why,
		struct vdc_err *err)
{
	if (vdc_db_is_away(r))
		return vdc_err_set(err, r, "%s", vdc_err_text(why));
	if (r) {
		vdc_log(VDC_LOG_ERROR, "%s", vdc_err_text(why));
		add_code(e, vdc_exit_of(r));
	} else if (order)
		vdc_buf_add(&e->orders, &order, sizeof(order));
	return 0;
}

static int take_names(struct extending *e, const char *const *names, size_t n, struct vdc_err *err)
{
	const struct vdc_extend_wanted wanted = {
		.to = vdc_int_option(e->call, "to", VDC_UNSET),
		.by = vdc_int_option(e->call, "by", VDC_UNSET),
		.below_critical = vdc_given(e->call, "below-critical"),
	};
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		struct vdc_extension *order = NULL;
		struct vdc_err why = { 0 };
		int code = vdc_extend_order(vdc_call_db(e->call), names[i], &wanted,
					    vdc_call_arena(e->call), &order, &why);

		r = took(e, order, code, &why, err);
	}
	return r;
}

static int whole(const void *object, struct vdc_err *err)
{
	const struct vdc_thin_disk *disk = object;

	return disk->vm && disk->target
		       ? 0
		       : vdc_err_set(err, -EINVAL, "a thin disk without its VM and target");
}

static int take_document(struct extending *e, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(e->call);
	struct vdc_thin_disk **disks;
	size_t n;
	int r = vdc_given(e->call, "to") || vdc_given(e->call, "by")
			? vdc_err_set(err, -EINVAL,
				      "the documents say how large volumes are to be: - goes with "
				      "neither --to nor --by")
			: vdc_doc_gather(stdin, "standard input", &vdc_thin_disk_kind, whole, arena,
					 &disks, &n, err);

	for (size_t i = 0; !r && i < n; i++) {
		struct vdc_extension *order = NULL;
		struct vdc_err why = { 0 };
		int code = vdc_extend_order_for(vdc_call_db(e->call), disks[i],
						vdc_given(e->call, "below-critical"), arena, &order,
						&why);

		r = took(e, order, code, &why, err);
	}
	return r;
}

/* The only master domain of this host, for its mailbox; it may have none. */
static const struct vdc_lockspace *master_of(struct vdc_call *call)
{
	struct vdc_lockspaces spaces;
	struct vdc_lockspace *master;

	if (vdc_lockspaces_load(vdc_call_arena(call), &spaces, NULL) ||
	    vdc_lockspaces_master(&spaces, NULL, &master, NULL))
		return NULL;
	return master;
}

static int carry_out(struct extending *e, struct vdc_err *err)
{
	size_t n;
	struct vdc_extension **orders = orders_of(e, &n);
	int signals = vdc_work_signals();
	int r = vdc_extend_carry_out(vdc_call_db(e->call), master_of(e->call), orders, n,
				     vdc_int_option(e->call, "timeout", LIMIT), signals,
				     vdc_call_arena(e->call), err);

	close(signals);
	for (size_t i = 0; i < n && !r; i++) {
		if (orders[i]->status == VDC_EXTENSION_DONE) {
			add_code(e, VDC_EXIT_OK);
			continue;
		}
		vdc_log(VDC_LOG_ERROR, "volume %s: %s", orders[i]->volume.id, orders[i]->message);
		add_code(e, orders[i]->status == VDC_EXTENSION_WAITING ? VDC_EXIT_UNREACHABLE
								       : VDC_EXIT_FINDINGS);
	}
	return r;
}

static int print(struct extending *e, struct vdc_err *err)
{
	size_t n;
	struct vdc_extension **orders = orders_of(e, &n);
	struct vdc_list *list;
	int r = vdc_list_new(e->call, &vdc_extension_kind, &list, err);

	for (size_t i = 0; i < n && !r; i++)
		r = vdc_list_add(list, orders[i], err);
	return r ? r : vdc_list_end(list, err);
}

static int extend(struct extending *e, struct vdc_err *err)
{
	const char *const *names;
	size_t n = (size_t)vdc_call_operands(e->call, &names);
	int r = n == 1 && strcmp(names[0], "-") == 0 ? take_document(e, err)
						     : take_names(e, names, n, err);

	if (!r && !vdc_given(e->call, "dry-run"))
		r = carry_out(e, err);
	else
		for (size_t i = 0; i < e->orders.len / sizeof(struct vdc_extension *); i++)
			add_code(e, VDC_EXIT_OK);
	if (!r)
		r = print(e, err);
	return r ? r
		 : (int)vdc_work_exit((const enum vdc_exit *)(const void *)e->codes.data,
				      e->codes.len / sizeof(enum vdc_exit));
}

int lv_extend_extend(struct vdc_call *call, struct vdc_err *err)
{
	struct extending e = { .call = call };
	int r = extend(&e, err);

	vdc_buf_free(&e.orders);
	vdc_buf_free(&e.codes);
	return r;
}
