/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The thin disks of this host while its VMs write to them: thresholds are set at the hypervisor, the pool
 * manager is asked for larger volumes (act/extend_ask.h), this host is made to see that they grew, and
 * VMs that were paused for want of space go on. What is done when is decided by plan/extend_disk.h. It
 * works in a child that is killed when its hypervisor hangs, and begun again: all that it knows it can
 * read again.
 */
#pragma once

#include "act/extend_ask.h"
#include "plan/extend.h"

enum vdc_thin_news_what {
	VDC_THIN_NEWS_BEGUN = 1, /* all is read; TO: how many disks are watched */
	VDC_THIN_NEWS_EXTENDED,	 /* FROM one size TO another, TOOK so long */
	VDC_THIN_NEWS_PAUSED,	 /* the VM, for want of space */
	VDC_THIN_NEWS_RESUMED,
	VDC_THIN_NEWS_REFUSED,	  /* by the manager; TO: what it was asked for */
	VDC_THIN_NEWS_IMPROBABLE, /* figures that nothing is done by */
	VDC_THIN_NEWS_UNASKED,	  /* nobody can be asked for its volume: TEXT says why */
	VDC_THIN_NEWS_FAILED,	  /* something was tried at the VM or its volume */
	VDC_THIN_NEWS_WAY,	  /* to the manager: TEXT says why it fails, NULL: it works again */
	VDC_THIN_NEWS_SPACE, /* of storage domain TEXT: TO is its enum vdc_storage_space, FROM what is free */
	VDC_THIN_NEWS_ENDED, /* the child did; it is begun again */
};

/* Texts are NULL where it is about no VM, or about no disk. */
struct vdc_thin_news {
	int64_t what; /* enum vdc_thin_news_what */
	const char *vm_id, *vm, *target, *path, *text;
	int64_t from, to, took;
};

/* What this host is told of storage domains, and who is asked for volumes of them. */
struct vdc_extend_known {
	const struct vdc_storage_domain *const *domains; /* N of them */
	size_t n;
	const struct vdc_lockspace *master; /* NULL: no mailbox */
	const struct vdc_db *db;	    /* PostgreSQL; NULL: none */
	const char *host_id;		    /* in it */
};

struct vdc_extend_watch_options {
	const char *host; /* name, for messages */
	const char *uri;
	int64_t connect_us;
	struct vdc_extend_known known;
	/* What is known now, in ARENA: asked every 10 s. An error: what was known stays. NULL: it stays. */
	int (*read)(void *ctx, struct vdc_arena *arena, struct vdc_extend_known *ret,
		    struct vdc_err *err);
	void (*told)(void *ctx, const struct vdc_thin_news *news);
	void *ctx;
	int stop_fd; /* readable: end */
};

/* Until it is asked to stop: 0. */
int vdc_extend_watch(const struct vdc_extend_watch_options *options, struct vdc_err *err);
