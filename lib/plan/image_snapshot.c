/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots of the database, and the volumes that are their states. */
#include <stdlib.h>

#include "plan/image_part.h"

static int compare_ids(const void *a, const void *b)
{
	return vdc_uuid_compare(((const struct snapshot *)a)->id, ((const struct snapshot *)b)->id);
}

static int compare_vms(const void *a, const void *b)
{
	const struct snapshot *x = a, *y = b;
	int r = vdc_uuid_compare(x->vm, y->vm);

	return r ? r : vdc_uuid_compare(x->id, y->id);
}

void vdc_image_check_snapshot(struct vdc_image_check *check, const struct vdc_snapshot *snapshot)
{
	struct snapshot one = { .whole = snapshot->type == VDC_SNAPSHOT_REGULAR &&
					 snapshot->status == VDC_SNAPSHOT_OK };

	if (!snapshot->id || !vdc_uuid_read(snapshot->id, &one.id))
		return;
	if (!snapshot->vm.id || !vdc_uuid_read(snapshot->vm.id, &one.vm))
		one.whole = false;
	check->snapshots = vdc_image_room(check->snapshots, check->n_snapshots,
					  &check->snapshots_room, sizeof(*check->snapshots));
	check->snapshots[check->n_snapshots++] = one;
}

static void sort(struct vdc_image_check *check)
{
	if (check->n_snapshots)
		qsort(check->snapshots, check->n_snapshots, sizeof(*check->snapshots), compare_ids);
	check->n_sorted = check->n_snapshots;
}

/* Among those that were sorted; NULL: it is not. */
static struct snapshot *find(const struct vdc_image_check *check, struct vdc_uuid id)
{
	const struct snapshot key = { .id = id };

	return check->n_sorted
		       ? bsearch(&key, check->snapshots, check->n_sorted, sizeof(key), compare_ids)
		       : NULL;
}

/* A template's volume names what was its snapshot's once, and is none's. */
void vdc_image_snapshot_row(struct vdc_image_check *check, const struct vdc_volume *row,
			    uint32_t domain)
{
	struct state state = { .domain = domain, .locked = row->status == VDC_DISK_LOCKED };
	struct snapshot *snapshot;

	if (!row->snapshot || row->voltype == VDC_VOLTYPE_SHARED ||
	    !vdc_uuid_read(row->snapshot, &state.snapshot) ||
	    !vdc_uuid_read(row->id, &state.volume))
		return;
	if (!check->n_sorted)
		sort(check);
	snapshot = find(check, state.snapshot);
	if (snapshot) {
		snapshot->used = true;
		return;
	}
	if (row->image ? !vdc_uuid_read(row->image, &state.image)
		       : !row->disk.id || !vdc_uuid_read(row->disk.id, &state.image))
		state.image = (struct vdc_uuid){ 0 };
	check->states = vdc_image_room(check->states, check->n_states, &check->states_room,
				       sizeof(*check->states));
	check->states[check->n_states++] = state;
}

static void check_state(struct vdc_image_check *check, const struct state *state)
{
	struct snapshot *snapshot = find(check, state->snapshot);
	struct vdc_discrepancy *found;
	char id[VDC_UUID_LEN + 1], volume[VDC_UUID_LEN + 1], image[VDC_UUID_LEN + 1];

	if (snapshot) {
		snapshot->used = true;
		return;
	}
	found = vdc_image_found(check, VDC_IMAGE_SNAPSHOT_UNKNOWN, state->domain, NULL,
				"volume %s is the state of snapshot %s, which the DB does not have",
				vdc_uuid_write(state->volume, volume),
				vdc_uuid_write(state->snapshot, id));
	vdc_image_volume(check, found, volume,
			 vdc_uuid_blank(state->image) ? NULL : vdc_uuid_write(state->image, image));
	vdc_image_values(check, found, NULL, id);
	found->in_flight = state->locked;
}

/* A VM whose disks are recorded without their snapshots has volumes in none of them. */
static void check_vm(struct vdc_image_check *check, const struct snapshot *all, size_t n)
{
	struct vdc_discrepancy *found;
	bool recorded = false;
	char id[VDC_UUID_LEN + 1], vm[VDC_UUID_LEN + 1];

	for (size_t i = 0; i < n; i++)
		recorded = recorded || all[i].used;
	for (size_t i = 0; recorded && i < n; i++) {
		if (!all[i].whole || all[i].used)
			continue;
		found = vdc_image_found(check, VDC_IMAGE_SNAPSHOT_WITHOUT_VOLUMES, NONE, NULL,
					"snapshot %s of VM %s has no volume in the DB",
					vdc_uuid_write(all[i].id, id),
					vdc_uuid_write(all[i].vm, vm));
		vdc_image_about(check, found, id);
	}
}

/* A database without any snapshot is one that nobody records them in. */
void vdc_image_check_snapshots(struct vdc_image_check *check)
{
	size_t n = check->n_snapshots;

	if (!n)
		return;
	if (check->n_sorted < n)
		sort(check);
	for (size_t i = 0; i < check->n_states; i++)
		check_state(check, &check->states[i]);
	qsort(check->snapshots, n, sizeof(*check->snapshots), compare_vms);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i;
		     end < n && vdc_uuid_equal(check->snapshots[i].vm, check->snapshots[end].vm);)
			end++;
		check_vm(check, check->snapshots + i, end - i);
	}
}
