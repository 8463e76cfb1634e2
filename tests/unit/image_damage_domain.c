/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Leases, and domains as wholes. */
#include <stdio.h>

#include "image_damage_part.h"

DAMAGE(same_slot)
{
	VOLUME(1).slot = VOLUME(0).slot;
	IMAGE->lease_at[1] = 0;
}

DAMAGE(reserved_slot)
{
	VOLUME(0).slot = 0;
	IMAGE->lease_at[0] = 100 * MIB;
}

DAMAGE(high_slot)
{
	VOLUME(0).slot = 16256;
	IMAGE->lease_at[0] = 16356 * MIB;
}

DAMAGE(lease_lost)
{
	IMAGE->lease_at[any(w, i)] = 0;
}

DAMAGE(lease_of_other)
{
	memcpy(IMAGE->lease_of[1], IMAGE->lease_of[0], sizeof(IMAGE->lease_of[1]));
}

DAMAGE(lease_of_nobody)
{
	snprintf(IMAGE->lease_of[0], sizeof(IMAGE->lease_of[0]), "_MERGE");
}

DAMAGE(vm_lease_half)
{
	(void)i;
	w->vm_lease.updating = true;
}

DAMAGE(vm_lease_lost)
{
	(void)i;
	w->no_vm_lease = true;
}

DAMAGE(vm_lost)
{
	(void)i;
	w->no_vm = true;
}

DAMAGE(domain_unwell)
{
	w->self[IMAGE->domain].unwell = true;
}

DAMAGE(domain_unknown)
{
	w->no_row[IMAGE->domain] = true;
}

DAMAGE(other_domain_format)
{
	w->rows[IMAGE->domain].storage_format = VDC_STORAGE_V4;
}

DAMAGE(no_master)
{
	(void)i;
	w->self[0].master = false;
}

DAMAGE(two_masters)
{
	(void)i;
	w->self[1].master = true;
}

DAMAGE(other_master_version)
{
	(void)i;
	w->center.master_version++;
}

DAMAGE(map_without_domain)
{
	(void)i;
	w->self[0].pool_map =
		vdc_arena_format(w->arena, "%s:Active", image_id_text(w, w->self[0].id));
}

DAMAGE(map_with_strange_domain)
{
	(void)i;
	w->self[0].pool_map = vdc_arena_format(w->arena, "%s,%s:Active", w->self[0].pool_map,
					       image_id_text(w, image_random_id(w)));
}

static const struct damage damages[] = {
	{ same_slot, NEEDS_PLAIN | NEEDS_TWO | NEEDS_BLOCK, "SLOT_SHARED LEASE_OF_OTHER", "",
	  false },
	{ reserved_slot, NEEDS_PLAIN | NEEDS_BLOCK, "SLOT_OUT_OF_RANGE", "", false },
	{ high_slot, NEEDS_PLAIN | NEEDS_BLOCK, "SLOT_OUT_OF_RANGE", "", false },
	{ lease_lost, NEEDS_PLAIN | NEEDS_BLOCK, "LEASE_MISSING", "", false },
	{ lease_of_other, NEEDS_PLAIN | NEEDS_TWO | NEEDS_BLOCK, "LEASE_OF_OTHER", "", false },
	{ lease_of_nobody, NEEDS_PLAIN | NEEDS_BLOCK, "LEASE_OF_OTHER", "", false },
	{ vm_lease_half, 0, "VM_LEASE_UNFINISHED", "", true },
	{ vm_lease_lost, 0, "VM_LEASE_MISSING", "", true },
	{ vm_lost, 0, "VM_LEASE_LEFTOVER", "", true },
	{ domain_unwell, 0, "DOMAIN_UNWELL", "", true },
	{ domain_unknown, 0, "DOMAIN_NOT_IN_DATABASE", "POOL_MAP_DIFFERS", true },
	{ other_domain_format, 0, "DOMAIN_FORMAT_DIFFERS", "", true },
	{ no_master, 0, "MASTER_DIFFERS", "", true },
	{ other_master_version, 0, "MASTER_VERSION_DIFFERS", "", true },
	{ map_without_domain, 0, "POOL_MAP_DIFFERS", "", true },
	{ map_with_strange_domain, 0, "POOL_MAP_DIFFERS", "", true },
	{ two_masters, 0, "MASTER_DIFFERS SEVERAL_MASTERS", "", true },
};

const struct damage_topic damage_domain = { damages, VDC_COUNT(damages) };
