/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/level.h"

#include "model/data_center.h"
#include "model/storage_domain.h"
#include "model/vm.h"
#include "store/events.h"

static const char *level_text(struct vdc_level level, struct vdc_arena *arena)
{
	return level.major < 0 ? "none"
			       : vdc_arena_format(arena, "%d.%d", level.major, level.minor);
}

static int note(struct vdc_db *db, const struct vdc_kind *kind, const void *object,
		struct vdc_level from, struct vdc_level to, struct vdc_arena *arena,
		struct vdc_err *err)
{
	bool raised = vdc_level_compare(from, to) < 0;
	const char *type =
		vdc_arena_format(arena, "%s_level_%s", kind->name, raised ? "raised" : "lowered");

	return vdc_event_note(db, VDC_SEVERITY_NORMAL, type, kind, object, err,
			      "the level of %s %s was %s from %s to %s", kind->word,
			      vdc_object_name(kind, object), raised ? "raised" : "lowered",
			      level_text(from, arena), level_text(to, arena));
}

static bool changes(const struct vdc_vm *after)
{
	for (size_t i = 1; i < vdc_vm_kind.n_fields; i++) {
		if (vdc_value_is_set(&vdc_vm_kind.fields[i], after))
			return true;
	}
	return false;
}

/* An event for what is out of the ordinary: who reads the log knows the others by the cluster's. */
static int note_vm(struct vdc_db *db, const struct vdc_vm_level_change *change, struct vdc_err *err)
{
	static const char *const what[] = {
		[VDC_LEVEL_NOW] = "has changed with its cluster's level",
		[VDC_LEVEL_PENDING] = "keeps its old level until its next cold boot",
		[VDC_LEVEL_OWN] = "keeps its own level",
		[VDC_LEVEL_REFUSED] = "cannot follow its cluster's level",
	};
	bool refused = change->effect == VDC_LEVEL_REFUSED;

	if (!change->text && change->effect != VDC_LEVEL_PENDING)
		return 0;
	return vdc_event_note(db, refused ? VDC_SEVERITY_WARNING : VDC_SEVERITY_NORMAL,
			      refused				    ? "vm_level_refused"
			      : change->effect == VDC_LEVEL_PENDING ? "vm_level_pending"
								    : "vm_level_changed",
			      &vdc_vm_kind, change->vm, err, "VM %s %s%s%s", change->vm->name,
			      what[change->effect], change->text ? ": " : "",
			      change->text ? change->text : "");
}

static int apply_vm(struct vdc_db *db, const struct vdc_vm_level_change *change,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	int r = 0;

	if (changes(change->after))
		r = vdc_store_put(db, &vdc_vm_kind, change->after, arena, err);
	return r ? r : note_vm(db, change, err);
}

static int apply_cluster(struct vdc_db *db, const struct vdc_level_change *change,
			 struct vdc_arena *arena, struct vdc_err *err)
{
	int r = vdc_store_put(db, &vdc_cluster_kind, change->cluster, arena, err);

	for (size_t i = 0; i < change->n_vms && !r; i++)
		r = apply_vm(db, &change->vms[i], arena, err);
	return r;
}

static int apply_data_center(struct vdc_db *db, const struct vdc_level_change *change,
			     struct vdc_arena *arena, struct vdc_err *err)
{
	int r = vdc_store_put(db, &vdc_data_center_kind, change->data_center, arena, err);

	for (size_t i = 0; i < change->n_domains && !r; i++)
		r = vdc_store_put(db, &vdc_storage_domain_kind, change->domains[i], arena, err);
	return r;
}

int vdc_level_apply(struct vdc_db *db, const struct vdc_level_change *change, struct vdc_level from,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	bool of_cluster = change->cluster;
	const struct vdc_kind *kind = of_cluster ? &vdc_cluster_kind : &vdc_data_center_kind;
	const char *id = of_cluster ? change->cluster->id : change->data_center->id;
	struct vdc_level to = of_cluster ? change->cluster->version : change->data_center->version;
	void *object;
	int r = of_cluster ? apply_cluster(db, change, arena, err)
			   : apply_data_center(db, change, arena, err);

	if (!r)
		r = vdc_store_get(db, kind, id, 0, arena, &object, err);
	return r ? r : note(db, kind, object, from, to, arena, err);
}
