/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sanlock: the daemon of this machine, which renews its host id in lockspaces and holds leases for
 * processes. libsanlock_client is behind it, a module that is opened at first use. Any call can hang
 * as long as the daemon does, or the storage: who must not hang calls in a child (base/child.h).
 *
 * Errors: -ECONNREFUSED the daemon does not run; -EAGAIN somebody else has it and may still live,
 * wait; -ENOENT not in that lockspace; -EBADMSG the area holds something else; -EBUSY in use;
 * -ETIMEDOUT storage too slow; -EEXIST the host id is another host's; -EIO.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

int vdc_sanlock_load(struct vdc_err *err);

/* An area on storage. SECTOR and ALIGNMENT in bytes, both 0: sanlock's own choice. */
struct vdc_sanlock_place {
	const char *path;
	int64_t offset;
	int64_t sector, alignment;
};

struct vdc_sanlock_space {
	const char *name;
	int64_t host_id; /* ours in it */
	struct vdc_sanlock_place place;
};

struct vdc_sanlock_lease {
	const char *space, *name;
	struct vdc_sanlock_place place;
};

/* Lockspaces that the daemon is in, or is on its way into or out of. Texts in ARENA. */
struct vdc_sanlock_joined {
	struct vdc_sanlock_space space;
	bool joining, leaving;
};
int vdc_sanlock_spaces(struct vdc_arena *arena, struct vdc_sanlock_joined **ret, size_t *n,
		       struct vdc_err *err);

/* Begins it; vdc_sanlock_in() says when it is done. IO_TIMEOUT in seconds, 0: the daemon's. */
int vdc_sanlock_join(const struct vdc_sanlock_space *space, unsigned io_timeout,
		     struct vdc_err *err);
/* 1: in it; 0: on the way; -ENOENT: neither. */
int vdc_sanlock_in(const struct vdc_sanlock_space *space, struct vdc_err *err);
/* Waits until it is out. -EBUSY: leases of it are held. */
int vdc_sanlock_leave(const struct vdc_sanlock_space *space, struct vdc_err *err);

enum vdc_sanlock_state {
	VDC_SANLOCK_UNKNOWN = 1,
	VDC_SANLOCK_FREE,
	VDC_SANLOCK_LIVE,
	VDC_SANLOCK_FAIL,
	VDC_SANLOCK_DEAD,
};

/* A host id of a lockspace, as this machine's daemon sees it. */
struct vdc_sanlock_host {
	int64_t host_id, generation;
	int64_t timestamp; /* of that host's own clock */
	unsigned io_timeout;
	enum vdc_sanlock_state state;
};
/* HOST_ID 0: all that were ever used. */
int vdc_sanlock_hosts(const char *space, int64_t host_id, struct vdc_arena *arena,
		      struct vdc_sanlock_host **ret, size_t *n, struct vdc_err *err);

/* Formats: over whatever is there. The caller has looked. */
int vdc_sanlock_write_space(const struct vdc_sanlock_space *space, unsigned io_timeout,
			    struct vdc_err *err);
int vdc_sanlock_write_lease(const struct vdc_sanlock_lease *lease, struct vdc_err *err);

/* What the lease's area says. */
struct vdc_sanlock_owner {
	int64_t lver;
	int64_t host_id, generation; /* 0: it is free */
};
int vdc_sanlock_owner(const struct vdc_sanlock_lease *lease, struct vdc_sanlock_owner *ret,
		      struct vdc_err *err);

/*
 * A holder. The connection is of the process that calls, and holds what it acquired until it is
 * closed or the process ends. When the lease is lost sanlock sends it SIGKILL, and no SIGTERM before,
 * which would not end a stopped process.
 */
int vdc_sanlock_register(int *ret, struct vdc_err *err);
/* For 40 s before that SIGKILL sanlock runs, as root, PROGRAM with the words ARGS and the number of the
 * holder, once a second. Each has less than 128 characters. */
int vdc_sanlock_killpath(int fd, const char *program, const char *args, struct vdc_err *err);
int vdc_sanlock_acquire(int fd, const struct vdc_sanlock_lease *lease, int64_t *lver,
			struct vdc_err *err);
/* Whether process PID holds it, by the daemon's word, and with which lver. -ENOENT: it does not. */
int vdc_sanlock_held(int pid, const struct vdc_sanlock_lease *lease, int64_t *lver,
		     struct vdc_err *err);
int vdc_sanlock_release(int fd, const struct vdc_sanlock_lease *lease, struct vdc_err *err);
