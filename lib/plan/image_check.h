/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What storage holds against what the database says. Pure: it is fed with what others read, in this
 * order, and then says what it found:
 *
 *	check = vdc_image_check_new(arena, &options);
 *	for each source: vdc_image_check_begin(), _volume() ..., _lease() ..., _self()
 *	vdc_image_check_domain(), _disk() and _row() for what the database has
 *	vdc_image_check_end()
 *
 * Volumes are kept in 160 bytes each and their descriptions, rows are compared and forgotten; time
 * and memory grow with their number and nothing else (chains are walked once). What it looks for is
 * in plan/image_codes.h.
 */
#pragma once

#include "model/data_center.h"
#include "model/discrepancy.h"
#include "model/disk.h"
#include "model/disk_attachment.h"
#include "model/snapshot.h"
#include "model/storage_domain.h"
#include "model/storage_volume.h"
#include "model/volume.h"
#include "plan/image_codes.h"

struct vdc_image_check_options {
	int64_t now;	    /* seconds since 1970; VDC_UNSET: times are not judged */
	int64_t recent;	    /* seconds for which a new volume counts as being worked on */
	uint64_t secret;    /* random, so that nobody can choose ids that collide */
	bool database;	    /* there is one to compare with */
	bool engine;	    /* it is an engine's: descriptions are made of names of disks */
	bool work_known; /* ... and disks that nobody works on are not locked by vdc_disk.status */
	bool stamps;	    /* there will be a second reading: vdc_image_confirm() */
	bool all_domains;   /* also compare domains of exports and ISO images */
	const char *wanted; /* a disk or virtual machine, by id or name, for its trees; NULL */
};

/* A look into an image that nobody has open for writing. */
struct vdc_image_look {
	int64_t damaged; /* errors of its tables */
	int64_t leaked;	 /* clusters that nothing refers to */
	bool stale_bitmaps, bitmaps_in_use;
};

struct vdc_image_check;

struct vdc_image_check *vdc_image_check_new(struct vdc_arena *arena,
					    const struct vdc_image_check_options *options);
void vdc_image_check_free(struct vdc_image_check *check); /* NULL is fine */

/* A source of one domain begins. LABEL, for messages, must live as long as the check. */
void vdc_image_check_begin(struct vdc_image_check *check, const char *label);
/* Of that domain. What these point to is copied. */
void vdc_image_check_volume(struct vdc_image_check *check, const struct vdc_storage_volume *volume);
void vdc_image_check_lease(struct vdc_image_check *check, const struct vdc_storage_lease *lease);
void vdc_image_check_vm_lease(struct vdc_image_check *check,
			      const struct vdc_storage_vm_lease *lease);
void vdc_image_check_file(struct vdc_image_check *check, const struct vdc_storage_file *file);
/* Ends the source. -EINVAL: it has no id, or another source is of the same domain. */
int vdc_image_check_self(struct vdc_image_check *check, const struct vdc_storage_self *self,
			 struct vdc_err *err);
/*
 * After that: the volumes of the source whose images can be checked, one after the other; AT begins
 * with 0. Their images and ids; and what a look into one of them found, which nobody had open.
 */
bool vdc_image_check_next_cow(const struct vdc_image_check *check, uint32_t *at);
void vdc_image_check_volume_at(const struct vdc_image_check *check, uint32_t at,
			       char image[VDC_UUID_LEN + 1], char volume[VDC_UUID_LEN + 1]);
void vdc_image_check_verdict(struct vdc_image_check *check, uint32_t at,
			     const struct vdc_image_look *look);
/* Forgets the source that began last: it could not be read to its end. */
void vdc_image_check_drop(struct vdc_image_check *check);

void vdc_image_check_data_center(struct vdc_image_check *check,
				 const struct vdc_data_center *data_center);
/* The database's side. DOMAIN must live as long as the check. */
void vdc_image_check_domain(struct vdc_image_check *check, const struct vdc_storage_domain *domain);
void vdc_image_check_disk(struct vdc_image_check *check, const struct vdc_disk *disk);
/* Only where trees are wanted; with the name of its machine. */
void vdc_image_check_attachment(struct vdc_image_check *check,
				const struct vdc_disk_attachment *attachment);
/* Whether trees are wanted. */
bool vdc_image_check_wants(const struct vdc_image_check *check);
/* The disks they are wanted of, in no order. */
const struct vdc_uuid *vdc_image_check_wanted(const struct vdc_image_check *check, size_t *n);
/* A virtual machine that has its lease on the domain DOMAIN; both are ids. */
void vdc_image_check_vm(struct vdc_image_check *check, const char *vm, const char *domain);
/* In front of the rows of its volumes, or behind them. */
void vdc_image_check_snapshot(struct vdc_image_check *check, const struct vdc_snapshot *snapshot);
void vdc_image_check_row(struct vdc_image_check *check, const struct vdc_volume *row);

/* A domain that was looked at. */
struct vdc_image_domain {
	const char *label;
	const char *id;
	const char *name;   /* NULL: nobody knows it */
	const char *passed; /* why nothing was looked for: "an ISO domain"; NULL */
	bool compared;	    /* with the database */
	size_t volumes;
	size_t first, n; /* of the findings */
};

struct vdc_image_result {
	/* By domain, group, image, volume, code; what is on no domain comes last. */
	struct vdc_discrepancy **items;
	uint64_t *stamps;		/* of the image of each, what the database says of it */
	size_t n;
	struct vdc_image_domain *domains; /* in the order of the sources */
	size_t n_domains;
	size_t first_loose, n_loose; /* of the findings: those of the database alone */
	size_t unread;		     /* domains of the database that no source was given for */
};

/* The result lives in the arena of the check. */
void vdc_image_check_end(struct vdc_image_check *check, struct vdc_image_result *ret);

/*
 * Of two readings of the same, with stamps: each of SECOND is confirmed if FIRST had it, too. What only
 * SECOND has is no news yet, but in work, and what is of an image that the database changed meanwhile is
 * marked as being worked on.
 */
void vdc_image_confirm(const struct vdc_image_result *first, struct vdc_image_result *second);

/* The domain with this id is one of those that were read. */
bool vdc_image_check_has(const struct vdc_image_check *check, const char *id);
