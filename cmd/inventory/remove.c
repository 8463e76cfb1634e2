/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inventory remove */
#include <errno.h>

#include "cli/change.h"
#include "inventory.h"

struct removal {
	const char *const *names;
	int n;
};

static int note_one(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_err *err)
{
	struct vdc_change *change = ctx;

	return vdc_change_note(vdc_call_db(change->call), change, kind, object, "removed", err);
}

static int remove_one(struct vdc_db *db, struct vdc_change *change, const char *name,
		      struct vdc_err *err)
{
	void *object;
	int r = vdc_store_get(db, change->kind, name, 0, vdc_call_arena(change->call), &object,
			      err);

	if (r < 0)
		return r;
	return vdc_store_remove(db, change->kind, vdc_object_id(object),
				vdc_given(change->call, "cascade"), note_one, change, err);
}

static int remove_all(struct vdc_db *db, struct vdc_change *change, struct vdc_err *err)
{
	const struct removal *removal = change->ctx;
	int r = 0;

	for (int i = 0; i < removal->n && r == 0; i++)
		r = remove_one(db, change, removal->names[i], err);
	return r;
}

int inventory_remove(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *words;
	struct removal removal = { .n = vdc_call_operands(call, &words) - 1 };
	struct vdc_change change = { .call = call, .ctx = &removal, .apply = remove_all };
	int r = inventory_kind(words[0], &change.kind, err);

	if (r < 0)
		return r;
	removal.names = words + 1;
	if (!vdc_given(call, "dry-run")) {
		r = vdc_confirm(call, err, "Remove %d %s from the inventory?", removal.n,
				removal.n == 1 ? change.kind->word : change.kind->plural);
		if (r <= 0)
			return r < 0 ? r : vdc_err_set(err, -EPERM, "nothing was removed");
	}
	return vdc_change_run(&change, err);
}
