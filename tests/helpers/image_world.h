/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A block domain and a file domain with images on them, and a database that agrees with them in all,
 * for tests to damage. It shares no code with the check.
 */
#pragma once

#include "plan/image_check.h"

enum { IMAGE_CHAIN = 6, IMAGE_MOST = 24, IMAGE_DOMAINS = 2 };

#define IMAGE_NOW INT64_C(1790000000)

/* Volume 0 is the base; each has the next one on top of it. */
struct image_of {
	int domain; /* 0 block, 1 file */
	int n;
	bool template; /* one volume, SHARED */
	int based_on;  /* image whose only volume the base is based on; -1 */
	struct vdc_storage_volume volumes[IMAGE_CHAIN];
	struct vdc_volume rows[IMAGE_CHAIN];
	bool headers_read;
	struct vdc_storage_header headers[IMAGE_CHAIN];
	struct vdc_image_look looks[IMAGE_CHAIN]; /* into the images */
	bool looked[IMAGE_CHAIN];
	bool gone[IMAGE_CHAIN];	       /* from the storage */
	bool no_row[IMAGE_CHAIN];      /* from the database */
	bool twice;		       /* its volumes are told of twice */
	int64_t lease_at[IMAGE_CHAIN]; /* offset, 0: none */
	char lease_of[IMAGE_CHAIN][VDC_UUID_LEN + 1];
};

struct image_world {
	struct vdc_arena *arena;
	uint64_t random;
	struct vdc_storage_self self[IMAGE_DOMAINS];
	struct vdc_storage_domain rows[IMAGE_DOMAINS];
	bool no_row[IMAGE_DOMAINS];
	struct image_of images[IMAGE_MOST];
	int n;
	struct vdc_storage_vm_lease vm_lease; /* on domain 0 */
	struct vdc_storage_vm_lease other_vm_lease; /* besides; id NULL: there is none */
	bool no_vm_lease, no_vm;
	struct vdc_data_center center;
	struct vdc_storage_file files[4]; /* that are not as they should be, on domain 1 */
	int n_files;
	struct vdc_disk locked; /* a disk that is; id NULL: none */
	/* Of the VM: what it writes now, one that its other volumes are the state of, and one more, id NULL. */
	struct vdc_snapshot snapshots[3];
	bool work_known;
};

void image_world_make(struct image_world *world, struct vdc_arena *arena, uint64_t seed,
		      int images);
uint64_t image_random(struct image_world *world);
struct vdc_uuid image_random_id(struct image_world *world);
char *image_id_text(struct image_world *world, struct vdc_uuid id);
/* Both sides say that this is the parent. */
void image_set_parent(struct image_world *world, int image, int volume, struct vdc_uuid parent);

/* What the check finds, in the arena of the world. */
void image_world_check(struct image_world *world, struct vdc_image_result *ret);
