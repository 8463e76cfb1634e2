/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of plan/image_check.h share. */
#pragma once

#include "base/map.h"
#include "plan/image_check.h"

#define NONE UINT32_MAX

enum entry_flags {
	ENTRY_SEEN = 1 << 0,	  /* the database has it here */
	ENTRY_ACTIVE = 1 << 1,	  /* ... and writes to it */
	ENTRY_LOCKED = 1 << 2,	  /* ... and works on it */
	ENTRY_GOOD = 1 << 3,	  /* ... and holds it for good */
	ENTRY_BUSY = 1 << 4,	  /* somebody works on its image */
	ENTRY_ELSEWHERE = 1 << 5, /* the database has it on another domain */
	ENTRY_TWICE = 1 << 6,	  /* its source told of it twice */
	ENTRY_CLOSED = 1 << 7,	  /* nobody had it open for writing */
};

struct entry {
	struct vdc_storage_volume volume;
	uint32_t domain;   /* index */
	uint32_t same;	   /* the same id on another domain; NONE */
	uint32_t up;	   /* its parent on the same domain; NONE */
	uint32_t children; /* that are based on it */
	uint32_t walk;	   /* which walk of the search for loops came along; 0: none */
	uint32_t stamp;	   /* what the database says of it */
	uint16_t flags;	   /* enum entry_flags */
};

struct lease {
	int64_t offset;
	struct vdc_uuid id; /* of the volume */
	bool odd;	    /* its name is no id */
};

struct vm_lease {
	struct vdc_uuid id;   /* blank: the index does not have it */
	const char *resource; /* "": there is no lease */
	int64_t offset;
	bool updating, damaged, looked;
	bool wanted; /* its VM is in the database, with its lease here */
};

struct domain {
	const char *label;
	struct vdc_storage_self self;
	const struct vdc_storage_domain *row; /* NULL: the database does not have it */
	uint32_t first, n;		      /* its entries */
	struct lease *leases;
	size_t n_leases, room;
	struct vm_lease *vm_leases; /* by id once the source has ended */
	size_t n_vm_leases, vm_room;
	struct vdc_storage_file *files; /* that are not as they should be */
	size_t n_files, files_room;
};

struct vm {
	struct vdc_uuid id;
	uint32_t domain;
};

/* What the database says of a data centre, and which domains are of it. */
struct center {
	struct vdc_uuid id;
	int64_t master_version;
};

struct member {
	struct vdc_uuid id, center;
};

/* What a look into an image found. */
struct verdict {
	uint32_t entry;
	struct vdc_image_look look;
};

/* A snapshot of the database. */
struct snapshot {
	struct vdc_uuid id, vm;
	bool whole; /* it may be missed: a regular one that nobody works on */
	bool used;  /* it has a volume */
};

/* A volume of the database that is the state of a snapshot which was not known then. */
struct state {
	struct vdc_uuid snapshot, volume, image;
	uint32_t domain; /* NONE */
	bool locked;
};

enum { CHUNK = 4096 };

/* The tag is another part of the id's hash, so that one who is not meant needs no look at its entry. */
struct index_slot {
	uint32_t entry; /* 0 is free, else 1 + an entry */
	uint32_t tag;
};

struct vdc_image_check {
	struct vdc_arena *arena; /* of the result */
	struct vdc_arena *own;	 /* of volumes, which nobody needs behind the end */
	struct vdc_image_check_options options;
	struct entry **chunks;
	uint32_t n, n_chunks;
	struct index_slot *slots; /* of the index */
	size_t n_slots;		  /* a power of two */
	struct domain *domains;
	uint32_t n_domains;
	size_t domains_room;
	struct vdc_map *stamps;	 /* image -> of what is said of it beside its volumes; NULL */
	struct vdc_uuid *locked; /* disks */
	size_t n_locked, locked_room;
	struct vm *vms; /* with leases */
	size_t n_vms, vms_room;
	/* Images with volumes that the database alone has: what is active of them is not known. */
	struct vdc_uuid *alone;
	size_t n_alone, alone_room;
	struct center *centers;
	size_t n_centers, centers_room;
	struct member *members;
	size_t n_members, members_room;
	struct verdict *verdicts;
	size_t n_verdicts, verdicts_room;
	struct snapshot *snapshots;
	size_t n_snapshots, snapshots_room;
	size_t n_sorted; /* of them: by id */
	struct state *states;
	size_t n_states, states_room;
	struct vdc_uuid *wanted; /* disks to draw */
	size_t n_wanted, wanted_room;
	size_t unread; /* domains of the database without a source */
	struct vdc_discrepancy **found;
	size_t n_found, found_room;
};

static inline struct entry *entry_at(const struct vdc_image_check *check, uint32_t i)
{
	return &check->chunks[i / CHUNK][i % CHUNK];
}

static inline bool entry_is_removed(const struct entry *entry)
{
	return entry->volume.status == VDC_STORAGE_VOLUME_REMOVED;
}

static inline bool entry_is_begun(const struct entry *entry)
{
	return entry->volume.flags & VDC_STORAGE_VOLUME_CREATING;
}

static inline bool entry_is_shared(const struct entry *entry)
{
	return entry->volume.voltype == VDC_VOLTYPE_SHARED;
}

static inline bool entry_has_parent(const struct entry *entry)
{
	return entry->volume.flags & VDC_STORAGE_VOLUME_HAS_PARENT &&
	       !vdc_uuid_blank(entry->volume.parent);
}

static inline bool entry_same_image(const struct entry *a, const struct entry *b)
{
	return vdc_uuid_equal(a->volume.image, b->volume.image);
}

/* image_index.c */
/* NULL: the volume is there already, on the same domain. */
struct entry *vdc_image_index_add(struct vdc_image_check *check, struct vdc_uuid id);
/* NONE when it is on no domain; others with the same id follow by `same`. */
uint32_t vdc_image_index_first(const struct vdc_image_check *check, struct vdc_uuid id);
uint32_t vdc_image_index_find(const struct vdc_image_check *check, struct vdc_uuid id,
			      uint32_t domain);
/* Takes away all entries from FIRST on. */
void vdc_image_index_cut(struct vdc_image_check *check, uint32_t first);

/* An array of ITEMS that grows; SIZE is that of an item. */
void *vdc_image_room(void *items, size_t n, size_t *room, size_t size);

/* image_report.c */
/* ENTRY (may be NULL) says what it is about; DOMAIN is NONE for what is in the database alone. */
struct vdc_discrepancy *vdc_image_found(struct vdc_image_check *check, enum vdc_image_code_id id,
					uint32_t domain, const struct entry *entry, const char *fmt,
					...) vdc_printf(5, 6);
/* What tells it from others of its code on the same domain, where it is about no volume or image. */
void vdc_image_about(struct vdc_image_check *check, struct vdc_discrepancy *found,
		     const char *what);
/* The volume and its image (NULL) where there is no entry. */
void vdc_image_volume(struct vdc_image_check *check, struct vdc_discrepancy *found,
		      const char *volume, const char *image);
/* The values of a difference; they are copied. */
void vdc_image_values(struct vdc_image_check *check, struct vdc_discrepancy *found,
		      const char *storage, const char *database);
void vdc_image_sort(struct vdc_image_check *check, struct vdc_image_result *ret);
/* Whether volumes of this domain are compared with the database; else why not. */
const char *vdc_image_passed(const struct vdc_image_check *check, const struct domain *domain);

/* Whether one of the domains that were read has this id; NULL has none. */
bool vdc_image_domain_of(const struct vdc_image_check *check, const char *id, uint32_t *ret);

/* What the database said of disks and images, for others to be found among. */
void vdc_image_sort_database(struct vdc_image_check *check);

bool vdc_image_is_locked(const struct vdc_image_check *check, struct vdc_uuid disk);

/* Whether a volume is so new that somebody may work on it. */
bool vdc_image_is_new(const struct vdc_image_check *check, const struct entry *entry);

/* image_stamp.c */
uint32_t vdc_image_stamp_row(const struct vdc_image_check *check, const struct vdc_volume *row);
void vdc_image_stamp_disk(struct vdc_image_check *check, const struct vdc_disk *disk);
/* ROW has no volume on the storage. */
void vdc_image_stamp_alone(struct vdc_image_check *check, struct vdc_uuid image,
			   const struct vdc_volume *row);
/* Of the image of each item, for RET->stamps. */
void vdc_image_stamp_items(const struct vdc_image_check *check, struct vdc_image_result *ret);

/* image_snapshot.c: the volume ROW, which is on DOMAIN (NONE), is the state of a snapshot. */
void vdc_image_snapshot_row(struct vdc_image_check *check, const struct vdc_volume *row,
			    uint32_t domain);
void vdc_image_check_snapshots(struct vdc_image_check *check);

/* image_description.c: whether both are made of the same name and description of a disk. */
bool vdc_image_same_description(struct vdc_arena *arena, const char *storage, const char *database);

/* image_twins.c: disks with volumes on several domains. */
void vdc_image_check_twins(struct vdc_image_check *check);

/* The checks; each goes once over the entries of a domain. */
void vdc_image_check_chains(struct vdc_image_check *check, uint32_t domain);
void vdc_image_check_images(struct vdc_image_check *check, uint32_t domain);
void vdc_image_check_volumes(struct vdc_image_check *check, uint32_t domain);
void vdc_image_check_slots(struct vdc_image_check *check, uint32_t domain);
void vdc_image_check_vm_leases(struct vdc_image_check *check, uint32_t domain);
void vdc_image_check_files(struct vdc_image_check *check, uint32_t domain);
/* image_pool.c */
void vdc_image_know_domain(struct vdc_image_check *check, const struct vdc_storage_domain *row);
void vdc_image_check_pool(struct vdc_image_check *check, uint32_t domain);

void vdc_image_check_verdicts(struct vdc_image_check *check);
void vdc_image_check_domains(struct vdc_image_check *check);
