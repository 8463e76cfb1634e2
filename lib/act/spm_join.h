/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hosts of the database put into the lockspaces of their data centre, and out of them again, over the
 * remote shell: several at once. Each is sent the document of its lockspaces (act/spm_member.h), and
 * says how it stands in them.
 *
 * A host that has no host id gets the lowest free one of its data centre, in a transaction: none that
 * another host has in the database or in a lockspace, by what the sanlock of hosts that are in them
 * says, and none that the host itself finds taken there. An id is given back when its host has left
 * every lockspace, and never before: a host that does not answer may still renew it.
 */
#pragma once

#include "act/spm_member.h"

/* One host. */
struct vdc_spm_member_host {
	const struct vdc_host *host; /* as the database has it */
	/* What came of it, in the arena of the call. */
	int64_t spm_id;		      /* VDC_UNSET: it has none */
	struct vdc_lockspaces spaces; /* with what the host says of them, or would be sent */
	int code; /* 0; a negative errno when nothing came of it; -EIO also: not all of them */
	const char *problem;
	bool partly; /* some of them went well */
};

struct vdc_spm_join_options {
	unsigned jobs;	    /* hosts at once */
	int64_t timeout_us; /* what the host may take; 0: as it likes */
	bool dead;	    /* for vdc_spm_leave(): the hosts never return, and are not asked */
	bool dry_run;	    /* nothing is written and no host told, but asked they are */
	int stop_fd;	    /* readable: begin nothing new; -1: never */
};

/* Errors are those of the database; that a host does not join is a result. */
int vdc_spm_join(struct vdc_db *db, const struct vdc_spm_join_options *options,
		 struct vdc_spm_member_host *hosts, size_t n, struct vdc_arena *arena,
		 struct vdc_err *err);

/*
 * -EPERM: the host is the manager, or runs VMs that have leases. -EBUSY: leases are held there. The host
 * forgets lockspaces that it left.
 *
 * DEAD: only the database is told. -EPERM: a host is up; or neither is its power proven off, nor does its
 * host id count as dead in every lockspace by what the sanlock of others says.
 */
int vdc_spm_leave(struct vdc_db *db, const struct vdc_spm_join_options *options,
		  struct vdc_spm_member_host *hosts, size_t n, struct vdc_arena *arena,
		  struct vdc_err *err);
