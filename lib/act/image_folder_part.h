/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files image_folder*.c. */
#pragma once

#include <sys/stat.h>

#include "act/image_folder.h"
#include "base/buf.h"
#include "model/storage_domain.h"

struct folder {
	const struct vdc_image_dump_sink *sink;
	struct vdc_uuid domain;
	struct vdc_arena *arena; /* of one volume */
	bool deep;
	uint32_t uid, gid; /* who owns the domain */
	bool leases;	   /* volumes of such a domain have one each */
	bool lease_seen;
	struct vdc_buf without; /* struct image_lost each: volumes that have none */
	struct vdc_err *err;
};

/* The image whose folder is open. */
struct image {
	int fd;
	const char *name;
	struct vdc_uuid id;
	bool known;   /* its name is an id */
	bool removed; /* it was renamed for its removal */
};

/* A regular file that is small; what it is short of is no error. The number of bytes, or an errno. */
ssize_t image_folder_read_small(int folder, const char *name, void *out, size_t size,
				struct stat *st);

/* What another one may have put there instead of a file, or taken away, is no error; else R is. */
int image_folder_unless_gone(const struct folder *folder, const struct image *image,
			     const char *name, ssize_t r);

/* image_folder_file.c */
/* NAME, in IMAGE or (NULL) beside images, is of no volume. */
int image_folder_stray(const struct folder *folder, const struct image *image, const char *name);
/* A lease; it may be that of a volume that is there. */
int image_folder_lease_alone(const struct folder *folder, const struct image *image,
			     struct vdc_uuid volume, const char *name);
/* What a volume's files are like, and its lease. A META without links was not read. */
int image_folder_beside(struct folder *folder, const struct image *image,
			const struct vdc_storage_volume *volume, const struct stat *data,
			const struct stat *meta);
/* dom_md/xleases of the folder FD, for the sink; what SELF says of it is filled in. */
int image_folder_vm_leases(int fd, const struct folder *folder, struct vdc_storage_self *self);
/* Tells of volumes without a lease, where others have one. */
int image_folder_leases_end(const struct folder *folder);
