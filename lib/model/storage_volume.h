/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the storage itself says: a domain, the volumes on it and its leases, as a dump of it or its
 * own files tell. There may be a million volumes and no command edits one, so these are plain numbers
 * without a table of fields; the words are those of the database's side (model/volume.h,
 * model/disk.h), and 0 is no value in each of them.
 */
#pragma once

#include <stdbool.h>

#include "base/uuid.h"
#include "model/kind.h"

/* As who looked at the metadata found it. */
enum vdc_storage_volume_status {
	VDC_STORAGE_VOLUME_OK = 1,
	VDC_STORAGE_VOLUME_INVALID, /* metadata or size cannot be read, or are not whole */
	VDC_STORAGE_VOLUME_REMOVED, /* renamed for its removal */
};

enum vdc_storage_volume_flags {
	VDC_STORAGE_VOLUME_HAS_IMAGE = 1 << 0,
	VDC_STORAGE_VOLUME_HAS_PARENT = 1 << 1, /* a blank one counts: it is a base */
	VDC_STORAGE_VOLUME_ODD = 1 << 2,	/* a value was none that is known here */
	VDC_STORAGE_VOLUME_COPY = 1 << 3,	/* told among the volumes of an image not its own */
	VDC_STORAGE_VOLUME_FOREIGN = 1 << 4,	/* its metadata names another domain */
	VDC_STORAGE_VOLUME_HAS_SEQUENCE = 1 << 5,
	VDC_STORAGE_VOLUME_NO_METADATA = 1 << 6, /* there is none at all */
	VDC_STORAGE_VOLUME_NO_DATA = 1 << 7,	 /* there is nothing but metadata */
	VDC_STORAGE_VOLUME_CREATING = 1 << 8,	 /* its creation began and did not end */
	VDC_STORAGE_VOLUME_STALE = 1 << 9,	 /* its metadata is older than it is */
};

/* What an image says of itself, in front of its data. */
struct vdc_storage_header {
	const char *backing; /* name of the volume below; NULL: none */
	int64_t capacity;    /* bytes that the guest sees */
	uint8_t format;	     /* enum vdc_disk_format; 0: it claims to be qcow2 and cannot be */
	uint8_t compat;	     /* enum vdc_qcow_version; 0: raw */
	bool corrupt;	     /* QEMU found damage */
	bool dirty;	     /* it was not closed, and its counts are not to be trusted */
	bool cut;	     /* its tables lie behind its end */
	bool stale_bitmaps;  /* somebody wrote who does not know of them */
	bool bitmaps_in_use; /* one of them: it was not written back yet */
	uint32_t bitmaps_size; /* bytes of the directory of its bitmaps, 0: there is none */
	int64_t bitmaps_at;    /* offset of that */
};

/* What the tags of a logical volume say where the metadata says something else. */
struct vdc_storage_tags {
	struct vdc_uuid image, parent; /* those of the metadata unless they differ */
};

struct vdc_storage_volume {
	struct vdc_uuid id, image, parent;
	int64_t capacity;	 /* bytes that the guest sees; VDC_UNSET */
	int64_t apparent_size;	 /* bytes of the file or logical volume; VDC_UNSET */
	int64_t true_size;	 /* bytes that it takes; VDC_UNSET */
	int64_t created;	 /* seconds since 1970; VDC_UNSET */
	int64_t slot;		 /* of its metadata and lease, block domains; VDC_UNSET */
	const char *description; /* NULL: none */
	const struct vdc_storage_header *header; /* NULL: nobody looked */
	const struct vdc_storage_tags *tags;	 /* NULL: they say the same, or there are none */
	uint32_t sequence;			 /* grows to the leaf; 0 where nobody counted */
	uint16_t generation;			 /* 0 to 999 */
	uint16_t flags;				 /* enum vdc_storage_volume_flags */
	uint8_t status;				 /* enum vdc_storage_volume_status */
	uint8_t format;				 /* enum vdc_disk_format */
	uint8_t allocation;			 /* enum vdc_allocation */
	uint8_t voltype;			 /* enum vdc_voltype */
	uint8_t legality;			 /* enum vdc_legality */
	uint8_t content_type;			 /* enum vdc_disk_content_type */
};

/* Without any value but its id. */
static inline struct vdc_storage_volume vdc_storage_volume(struct vdc_uuid id)
{
	return (struct vdc_storage_volume){ .id = id,
					    .capacity = VDC_UNSET,
					    .apparent_size = VDC_UNSET,
					    .true_size = VDC_UNSET,
					    .created = VDC_UNSET,
					    .slot = VDC_UNSET };
}

enum vdc_storage_class {
	VDC_STORAGE_CLASS_DATA = 1,
	VDC_STORAGE_CLASS_ISO,
	VDC_STORAGE_CLASS_BACKUP
};

/* Of leases of virtual machines. */
enum vdc_vm_lease_index_state {
	VDC_VM_LEASE_INDEX_GOOD = 1,
	VDC_VM_LEASE_INDEX_BLANK,    /* nobody made one */
	VDC_VM_LEASE_INDEX_UPDATING, /* its rebuild began and did not end: hosts refuse it */
	VDC_VM_LEASE_INDEX_DAMAGED,
};

/* A domain as its own metadata describes it. */
struct vdc_storage_self {
	struct vdc_uuid id;
	const char *name;
	const char *pool;   /* id of the data centre that it says it belongs to; NULL */
	int64_t type;	    /* enum vdc_storage_type; 0 */
	int64_t class;	    /* enum vdc_storage_class; 0 */
	int64_t format;	    /* enum vdc_storage_format; 0 */
	int64_t block_size; /* VDC_UNSET */
	int64_t alignment;  /* of leases; VDC_UNSET */
	int64_t metadata_size, metadata_free; /* of LVM, bytes; 0: there is none */
	int64_t master_version;	/* as the master says; 0 */
	const char *pool_map;	/* the master's "DOMAIN:STATUS,..."; NULL */
	uint8_t vm_lease_index; /* enum vdc_vm_lease_index_state; 0: nobody looked, or there is none */
	bool areas_wrong;	/* LVM's metadata is not on just the device that hosts look at */
	bool has_id;
	bool block; /* its volumes are logical volumes */
	bool master;
	bool whole;	     /* leases of VMs were looked at, too */
	bool checksum_wrong; /* of its metadata */
	bool unwell;	     /* it says of itself that its state is not OK */
	bool nameless;	     /* its own metadata does not say which domain it is */
};

/* A sanlock lease of a volume, where it was found. */
struct vdc_storage_lease {
	int64_t offset;
	const char *lockspace, *resource;
};

/* An entry of the index of leases of virtual machines, or a lease that the index does not have. */
struct vdc_storage_vm_lease {
	const char *id;	      /* no UUID: the index does not have it */
	const char *resource; /* the name that the lease is in; "" or NULL: there is none */
	int64_t offset;
	bool updating; /* whoever changed it did not come to the end */
	bool damaged;  /* the entry is none */
	bool looked;   /* at the lease, too */
};

enum vdc_storage_file_problem {
	VDC_STORAGE_FILE_STRAY = 1,	 /* it is of no volume */
	VDC_STORAGE_FILE_OWNER,		 /* it belongs to another user or group than the domain */
	VDC_STORAGE_FILE_MODE,		 /* hosts may not do with it what they must, or anybody may */
	VDC_STORAGE_FILE_LEASE_MISSING,	 /* a volume without; only where others have theirs */
	VDC_STORAGE_FILE_LEASE_OF_OTHER, /* a lease in another name than the volume's */
	VDC_STORAGE_FILE_LEASE_ALONE,	 /* a lease whose volume is gone */
};

/* A file or folder below "images" of a file domain that is not as it should be. */
struct vdc_storage_file {
	const char *path;	       /* below "images" */
	const char *is, *should;       /* "0:0" and "36:36"; NULL: there is no such value */
	struct vdc_uuid image, volume; /* blank: of none */
	uint8_t problem;	       /* enum vdc_storage_file_problem */
};

extern const struct vdc_enum vdc_storage_file_problem_values;
extern const struct vdc_enum vdc_storage_volume_status_values;
extern const struct vdc_enum vdc_storage_class_values;

/* VERSION of a domain's metadata, "0" to "5", as enum vdc_storage_format; 0: it is none. */
int64_t vdc_storage_format_of(const char *version);
char vdc_storage_version_of(int64_t format); /* the reverse: '0' to '5', NUL */
