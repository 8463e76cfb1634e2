/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chains. */
#include "image_damage_part.h"

DAMAGE(loop)
{
	image_set_parent(w, i, 0, VOLUME(TOP).id);
}

DAMAGE(own_parent)
{
	image_set_parent(w, i, 0, VOLUME(0).id);
}

DAMAGE(forked)
{
	image_set_parent(w, i, 2, VOLUME(0).id);
}

DAMAGE(parent_lost)
{
	image_set_parent(w, i, TOP, image_random_id(w));
}

/* The other one is of the same domain, and no template. */
DAMAGE(parent_elsewhere)
{
	int other = i >= 4 ? i - 2 : i + 2;

	image_set_parent(w, i, 0, w->images[other].volumes[w->images[other].n - 1].id);
}

DAMAGE(pieces)
{
	image_set_parent(w, i, 1, (struct vdc_uuid){ 0 });
}

static void set_voltype(struct image_world *w, int i, int v, int voltype)
{
	VOLUME(v).voltype = (uint8_t)voltype;
	ROW(v).voltype = voltype;
}

DAMAGE(no_leaf)
{
	set_voltype(w, i, TOP, VDC_VOLTYPE_INTERNAL);
}

DAMAGE(two_leaves)
{
	set_voltype(w, i, 0, VDC_VOLTYPE_LEAF);
}

DAMAGE(template_with_parent)
{
	image_set_parent(w, i, 0, image_random_id(w));
}

DAMAGE(raw_child)
{
	VOLUME(TOP).format = VDC_DISK_RAW;
	ROW(TOP).format = VDC_DISK_RAW;
}

DAMAGE(smaller_child)
{
	VOLUME(TOP).capacity -= MIB;
	ROW(TOP).capacity -= MIB;
}

DAMAGE(same_sequence)
{
	VOLUME(1).sequence = VOLUME(0).sequence;
	ROW(1).sequence = ROW(0).sequence;
}

static const struct damage damages[] = {
	{ loop, NEEDS_PLAIN | NEEDS_TWO | NEEDS_OWN_BASE,
	  "CHAIN_LOOP LEAF_WITH_CHILD CHILD_NOT_COW SEQUENCE_NOT_GROWING", "", false },
	{ own_parent, NEEDS_PLAIN | NEEDS_ONE | NEEDS_OWN_BASE,
	  "CHAIN_LOOP LEAF_WITH_CHILD CHILD_NOT_COW SEQUENCE_NOT_GROWING", "", false },
	{ forked, NEEDS_PLAIN | NEEDS_THREE, "CHAIN_FORK INTERNAL_WITHOUT_CHILD", "", false },
	{ parent_lost, NEEDS_PLAIN, "PARENT_MISSING", "INTERNAL_WITHOUT_CHILD CHILD_NOT_COW",
	  false },
	{ parent_elsewhere, NEEDS_PLAIN, "PARENT_OF_OTHER_IMAGE LEAF_WITH_CHILD", "CHILD_NOT_COW",
	  true },
	{ pieces, NEEDS_PLAIN | NEEDS_TWO, "CHAIN_IN_PIECES INTERNAL_WITHOUT_CHILD", "", false },
	{ no_leaf, NEEDS_PLAIN, "NO_LEAF INTERNAL_WITHOUT_CHILD", "", false },
	{ two_leaves, NEEDS_PLAIN | NEEDS_TWO, "SEVERAL_LEAVES LEAF_WITH_CHILD", "", false },
	{ template_with_parent, NEEDS_TEMPLATE, "SHARED_WITH_PARENT PARENT_MISSING CHILD_NOT_COW",
	  "", true },
	{ raw_child, NEEDS_PLAIN | NEEDS_TWO, "CHILD_NOT_COW TRUNCATED", "RAW_SPARSE_ON_BLOCK",
	  false },
	{ smaller_child, NEEDS_PLAIN | NEEDS_TWO, "CAPACITY_BELOW_PARENT", "", false },
	{ same_sequence, NEEDS_PLAIN | NEEDS_TWO, "SEQUENCE_NOT_GROWING", "", false },
};

const struct damage_topic damage_chain = { damages, VDC_COUNT(damages) };
