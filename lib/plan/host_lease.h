/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What sanlock on one host says about the leases of another. Each host in a lockspace renews its own
 * lease there and watches those of the others; all times are of the clock of the daemon that is asked,
 * because a timestamp in a lease is of its writer's clock (sanlock(8)).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

enum vdc_lease_flag { /* as sanlock judges it */
		      VDC_LEASE_FLAG_NONE,
		      VDC_LEASE_FLAG_FREE, /* given up */
		      VDC_LEASE_FLAG_LIVE,
		      VDC_LEASE_FLAG_FAIL, /* not renewed for 8 I/O time-outs: it lost its storage, or died */
		      VDC_LEASE_FLAG_DEAD, /* nor for the time that its watchdog needs: others may take what it had */
		      VDC_LEASE_FLAG_UNKNOWN, /* not watched for long enough */
};

/* A host in a lockspace. Numbers are -1 where the daemon does not say. */
struct vdc_lease_peer {
	const char *lockspace;
	int64_t host_id, generation;
	const char *name;	       /* under which it renews; NULL: not known */
	int64_t timestamp;	       /* 0: the lease is free */
	int64_t last_check, last_live; /* seconds of the daemon's clock; 0: never */
	int64_t io_timeout;	       /* seconds */
	enum vdc_lease_flag flag;
};

/* A lockspace that the daemon itself is in. Numbers are -1 where it does not say. */
struct vdc_lease_space {
	const char *lockspace;
	int64_t host_id, generation;
	int64_t io_timeout; /* seconds */
	int64_t renewed;    /* seconds of the daemon's clock; 0: never */
	int64_t latency_us; /* of the slowest of its last renewals: one read and one write */
	int64_t timeouts;   /* of its I/O, since that */
};

struct vdc_lease_report {
	int64_t now;	  /* seconds of the daemon's clock; -1: not known */
	const char *name; /* under which it renews; NULL: it does not say */
	const struct vdc_lease_peer *peers;
	size_t n;
	const struct vdc_lease_space *spaces;
	size_t n_spaces;
	int64_t watchdog; /* 1: it has wdmd reset the host when it cannot renew; -1: not known */
};

/* Its number was given back. sanlock has a flag only for numbers that are held, and tells of others in
 * the details alone. */
bool vdc_lease_is_given_up(const struct vdc_lease_peer *peer);

/* The same in words of ours: enum vdc_host_liveness. */
int64_t vdc_lease_liveness(const struct vdc_lease_peer *peer);

/* The one of that name; NULL: the daemon is not in it. */
const struct vdc_lease_space *vdc_lease_space_named(const struct vdc_lease_report *report,
						    const char *lockspace);

/* One sentence in ARENA when it renews too slowly, with figures, else NULL. */
const char *vdc_lease_space_slow(const struct vdc_lease_report *report,
				 const struct vdc_lease_space *space, struct vdc_arena *arena);

/* What edge/host_sanlock.h brings, in ARENA. -ENOENT: there is no sanlock, or it does not run; -EBADMSG. */
int vdc_lease_report_parse(const char *text, struct vdc_arena *arena, struct vdc_lease_report *ret,
			   struct vdc_err *err);

enum vdc_lease_verdict {
	VDC_LEASE_ALIVE = 1, /* renewed lately, in one lockspace at least */
	VDC_LEASE_LATE,	     /* not renewed lately, and not for long enough to be sure */
	VDC_LEASE_EXPIRED, /* in all lockspaces that it was in: whoever wants may take its leases */
	VDC_LEASE_UNKNOWN, /* nobody can say */
};

struct vdc_lease_victim {
	int64_t host_id;	  /* its number in all lockspaces; VDC_UNSET: not known */
	const char *const *names; /* under which it may renew */
	size_t n_names;
	bool certain_name;	       /* NAMES is what it is known to use, not a guess */
	const char *const *lockspaces; /* that it is known to have joined */
	size_t n_lockspaces;
};

struct vdc_lease_witness {
	const char *host;		       /* name */
	const struct vdc_lease_report *report; /* NULL: it gave none */
	const char *failure;		       /* why */
};

struct vdc_lease_finding {
	enum vdc_lease_verdict verdict;
	const char *evidence; /* one line, never NULL */
	int64_t age;	      /* seconds since the last renewal that was seen; -1: unknown */
	int64_t renews;	      /* seconds from one renewal to the next; -1: unknown */
};

/*
 * ALIVE_AGE: a lease that was renewed so many seconds ago at most, and that sanlock calls live, is alive.
 * last_live alone does not tell: a daemon that has just joined sets it to when it first saw a lease. One
 * that is alive anywhere is alive. Expired is only what sanlock itself calls dead, while the witness reads the
 * lockspace, and what surely is the victim's: by number and name.
 */
struct vdc_lease_finding vdc_plan_host_lease(const struct vdc_lease_victim *victim,
					     const struct vdc_lease_witness *witnesses, size_t n,
					     int64_t alive_age, struct vdc_arena *arena);
