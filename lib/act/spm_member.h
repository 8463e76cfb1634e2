/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the database knows of the lockspaces of a data centre and of the hosts in them: from it follows
 * the document that a host is sent, after which it needs no database any more (act/lockspace.h).
 */
#pragma once

#include "act/lockspace.h"
#include "edge/db.h"
#include "model/data_center.h"
#include "model/host.h"
#include "model/storage_domain.h"

/* The storage of a data centre. In the arena of the call. */
struct vdc_spm_storage {
	const struct vdc_data_center *data_center;
	const struct vdc_storage_domain *const *domains; /* that hosts are to be in, by name */
	size_t n;
	const struct vdc_storage_domain *master; /* NULL: none of them is */
};

/* -EINVAL: two masters. Read in a transaction or snapshot where it must be of one moment. */
int vdc_spm_storage(struct vdc_db *db, const char *data_center_id, struct vdc_arena *arena,
		    struct vdc_spm_storage *ret, struct vdc_err *err);

/* Hosts of the data centre, of all its clusters, by cluster and name: struct vdc_host * each. */
int vdc_spm_hosts(struct vdc_db *db, const char *data_center_id, struct vdc_arena *arena,
		  const struct vdc_host *const **ret, size_t *n, struct vdc_err *err);

/* The data centre of a host; -ENOENT: its cluster belongs to none. */
int vdc_spm_data_center(struct vdc_db *db, const struct vdc_host *host, struct vdc_arena *arena,
			const char **ret, struct vdc_err *err);

/* Under which its sanlock must run: the UUID of its hardware, or the host's id; of two names that are
 * right the one that it uses. */
const char *vdc_spm_sanlock_name(const struct vdc_host *host);

/*
 * The lockspaces of STORAGE as HOST has them, its number being HOST_ID. -EINVAL names a domain that
 * lacks something.
 */
int vdc_spm_member_of(const struct vdc_spm_storage *storage, const struct vdc_host *host,
		      int64_t host_id, struct vdc_arena *arena, struct vdc_lockspaces *ret,
		      struct vdc_err *err);

/* The same for a host of the database with the number that it has. -ENODATA: it has none yet, spm-elect
 * join gives it one. */
int vdc_spm_member(struct vdc_db *db, const char *host_id, struct vdc_arena *arena,
		   struct vdc_lockspaces *ret, struct vdc_err *err);
