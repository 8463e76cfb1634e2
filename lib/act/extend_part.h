/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/extend_*.c. */
#pragma once

#include "act/extend_ask.h"
#include "base/aide.h"
#include "edge/lvm_refresh.h"
#include "edge/lvm_volume.h"

/* Lives of the aide of a handle, one for each transport: requests come in through FD, answers go out. */
void extend_mailbox_life(void *options, int fd);
void extend_database_life(void *options, int fd);

/* extend_ask.c: -EINVAL: it serves one machine. */
int extend_check_database(const struct vdc_db *db, struct vdc_err *err);

/* extend_database.c: KNOWN once more, for this process alone, if it is not open. */
int extend_open_database(const struct vdc_db *known, struct vdc_db **db, struct vdc_err *err);
/* Waits for FD or a change of the database, which may be NULL; true: there was one of these. */
bool extend_changed(struct vdc_db *db, int fd, int64_t limit_us, struct vdc_err *err);

/*
 * The processes of a server: clerks take requests of a transport and send them, as struct
 * vdc_extend_request, to the dispatcher (extend_serve.c), which hands them to the process that grows the
 * volumes of their domain; what became of them comes back as struct extend_outcome, to all clerks.
 */
struct extend_office {
	const struct vdc_lockspace *master;
	const struct vdc_lockspace *space; /* whose volumes it grows */
	int64_t lver;			   /* of the lease that all of this is done under */
	const struct vdc_lockspaces *spaces;
	const struct vdc_db *db; /* NULL: requests come by mailbox alone */
};
void extend_clerk_life(void *office, int fd);
void extend_desk_life(void *office, int fd); /* of the database */
void extend_grow_life(void *office, int fd);

struct extend_outcome {
	char domain[VDC_UUID_LEN + 1];
	char volume[VDC_UUID_LEN + 1]; /* "": about the domain or, without one, the transport */
	int64_t asked;		       /* requests for so much, and for less, are answered by it */
	int64_t old_size, new_size;    /* VDC_UNSET: not known */
	int64_t space, free;	       /* of the volume group; VDC_UNSET */
	int code;		       /* -EPERM without a volume: the lease is lost */
	char text[VDC_EXTEND_TEXT];
};
bool extend_settles(const struct extend_outcome *outcome, const struct vdc_extend_request *request);
struct extend_outcome extend_outcome(const char *domain, const char *volume);
/* Where WHY is an error: its code and text. To the other end, as long as that listens. */
void extend_report(int fd, struct extend_outcome *outcome, const struct vdc_err *why);

/* What an aide says about its way: nothing if it said the same before. */
struct extend_way {
	int fd;
	char said[VDC_EXTEND_TEXT];
};
void extend_way_is(struct extend_way *way, const char *trouble); /* to who asks */
/* To the dispatcher; WHY has code 0 when it works. */
void extend_way_failed(struct extend_way *way, const struct vdc_err *why);

/* extend_space.c: where the space of its domain is another by the limits of the inventory, that, and an
 * event. -ENOENT: the inventory has no such domain. */
int extend_note_space(struct vdc_db *db, const struct extend_outcome *outcome, struct vdc_err *err);

/* extend_limit.c: what the storage itself says about a volume. */
struct extend_volume {
	int64_t size;
	int64_t capacity; /* VDC_UNSET: its metadata cannot be read here */
	bool preallocated;
	struct vdc_extend_asked asked;
};
int extend_look(struct vdc_lvm *lvm, const struct vdc_lockspace *space, const char *volume,
		struct extend_volume *ret, struct vdc_err *err);

struct vdc_spm_work;

/* extend_luns.c: { 0 } at the start. */
struct extend_luns {
	struct vdc_lvm_refresh run;
	bool runs, failed;
	int64_t begun;
	int64_t taken; /* sizes of all devices when nothing of them was left over, in sum */
};
/* To be called again and again for as long as space is wanted. */
int extend_luns_look(struct extend_luns *luns, struct vdc_err *err);
/* Under the lease; DOUBT: nothing was tried, for the lease is not sure. */
int extend_luns_take(struct extend_luns *luns, struct vdc_lvm *lvm, const char *group,
		     int64_t extent, struct vdc_spm_work *work, bool *doubt, struct vdc_err *err);

/* Puts what came through FD into QUEUE, until LIMIT_US passed or something came. False: the end. */
bool extend_take_requests(int fd, int64_t limit_us, struct vdc_extend_queue *queue);
