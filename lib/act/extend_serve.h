/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The storage pool manager's work for volumes that have to grow: takes requests, has LVM extend what
 * they ask for, answers. It may run on every host, and waits until this one is the manager. Three kinds
 * of processes do it, each of which may hang without the others (base/aide.h): a clerk for each transport,
 * one for each domain that grows volumes, and this one, which hands over what they say. All that is
 * written is written under the manager's lease, by its version at the time when this host came to be it.
 */
#pragma once

#include "act/lockspace.h"
#include "edge/db.h"

enum vdc_extend_told {
	VDC_EXTEND_TOLD_MANAGER = 1, /* this host is the manager, and serves */
	VDC_EXTEND_TOLD_OVER,	     /* it is not any more */
	VDC_EXTEND_TOLD_GREW,
	VDC_EXTEND_TOLD_REFUSED, /* TEXT says why */
	VDC_EXTEND_TOLD_SPACE,	 /* the space of the domain is another by its limits: SPACE */
	VDC_EXTEND_TOLD_TROUBLE, /* with the domain, or a transport if there is none; TEXT says which */
	VDC_EXTEND_TOLD_WELL, /* and that it is over */
};

struct vdc_extend_served {
	enum vdc_extend_told what;
	const char *domain;	    /* its name; NULL */
	const char *volume;	    /* NULL: it is about none */
	int64_t old_size, new_size; /* of the volume, bytes */
	int64_t free, size;	    /* of the volume group, bytes */
	int64_t space;		    /* enum vdc_storage_space */
	const char *text;
};

struct vdc_extend_serve {
	const struct vdc_lockspaces *spaces; /* those with a volume group are served */
	const struct vdc_lockspace *master;  /* the one with the mailbox */
	const struct vdc_db *db; /* requests from there, too; NULL: from the mailbox alone */
	int stop_fd;		 /* readable: end */
	void (*told)(void *ctx, const struct vdc_extend_served *news);
	void *ctx;
};

/* Until it is to end. -EBUSY: another process of this host serves; -EINVAL: the database is SQLite.
 * Without threads. */
int vdc_extend_serve(const struct vdc_extend_serve *serve, struct vdc_err *err);
