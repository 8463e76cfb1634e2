/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/extend_watch*.c. */
#pragma once

#include "act/errand.h"
#include "act/extend_watch.h"
#include "base/wire.h"
#include "edge/lvm_refresh.h"
#include "plan/extend_disk.h"
#include "plan/extend_watch.h"

struct watched_guest;

/* What the parent sends when it became another. */
struct extend_figures {
	char domain[VDC_UUID_LEN + 1];
	char group[VDC_EXTEND_NAME_LEN + 1];
	int64_t chunk, percent, transport;
	bool larger;
};

struct watched_disk {
	struct watched_guest *guest;
	char target[VDC_EXTEND_TARGET_LEN + 1];
	int64_t layer;
	bool copied;
	char *path;
	struct vdc_extend_place place;
	size_t way;
	struct vdc_extend_ask *ask;    /* NULL: nobody can be asked */
	char domain[VDC_UUID_LEN + 1]; /* id; "": none that is known */
	struct vdc_extend_disk plan;
	struct vdc_extend_decision refreshes; /* what is under way; 0: nothing */
	int64_t since, from;		      /* of an extension, for news; at 0: none */
	int64_t shown;			      /* what a refresh is to have shown; 0: none */
	enum vdc_extend_verdict verdict;      /* that was told last */
	bool unasked, failed;		      /* that was told */
};

struct watched_guest {
	struct watched_guest *next;
	char uuid[VDC_UUID_LEN + 1];
	char *name;
	bool stale;	    /* to be read again */
	bool fresh;	    /* its process is new */
	bool incoming;	    /* it is on its way here */
	int64_t refresh_at; /* while it is */
	struct watched_disk *disks;
	size_t n;
};

/* A volume may be the top layer of disks of several guests. */
enum { WATCH_REFRESHES = 8 };
struct watch_refresh {
	struct vdc_lvm_refresh run;
	struct vdc_extend_place place; /* volume "": the slot is free */
};

/* Of this host, for LUNs that are new or larger. */
struct watch_rescan {
	struct vdc_lvm_refresh run;
	bool runs, wanted, failed;
	int64_t not_before;
};

enum { WATCH_MAILBOX, WATCH_DATABASE, WATCH_WAYS };

struct extend_watch {
	struct vdc_errand *errand;
	struct vdc_virt *virt;
	const struct vdc_extend_known *known;
	struct vdc_extend_ask *asks[WATCH_WAYS];
	struct vdc_err why_not[WATCH_WAYS];
	int figures_fd;
	struct vdc_buf figures; /* struct extend_figures that came, the newest last */
	int wakes;		/* epoll: answers and ends of refreshes */
	struct watched_guest *guests;
	struct watch_refresh refreshes[WATCH_REFRESHES];
	struct watch_rescan rescan;
	bool all_stale;
	int64_t beat_at;
};

/* extend_watch.c */
const struct vdc_extend_known *extend_watch_known(const void *ctx);
int extend_watch_figures_fd(const void *ctx);

/* extend_watch_follow.c: in the parent, what is known is read again and again, and what became another is
 * told, and sent to the child. */
struct watch_follow {
	const struct vdc_extend_watch_options *options;
	struct vdc_extend_known known;
	struct vdc_arena *arena; /* of it; NULL: that of the options */
	struct vdc_pool *pool;
	int fds[2]; /* the parent's end, the child's */
};
int extend_watch_follow(struct watch_follow *follow, const struct vdc_extend_watch_options *options,
			struct vdc_pool *pool, struct vdc_err *err);
void extend_watch_follow_end(struct watch_follow *follow);

/* extend_watch_loop.c: in the child; CTX is known to extend_watch_known(). */
int extend_watch_run(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt,
		     struct vdc_err *err);

/* extend_watch_tell.c: news on their way to the parent. GUEST and DISK may be NULL. */
void extend_watch_wire(struct vdc_wire *wire, struct vdc_thin_news *news);
int extend_watch_tell(struct extend_watch *watch, enum vdc_thin_news_what what,
		      const struct watched_guest *guest, const struct watched_disk *disk,
		      const struct vdc_thin_news *news, struct vdc_err *err);

/* extend_watch_ask.c: which way goes to the manager, and what comes back. */
int extend_watch_ways_begin(struct extend_watch *watch, struct vdc_err *err);
void extend_watch_ways_end(struct extend_watch *watch);
void extend_watch_find_way(const struct extend_watch *watch, struct watched_disk *disk);
void extend_watch_figures(struct extend_watch *watch); /* those that came */
int extend_watch_answers(struct extend_watch *watch, struct vdc_err *err);

/* extend_watch_guest.c: what runs here. */
struct watched_guest *extend_watch_guest(const struct extend_watch *watch, const char *uuid);
int extend_watch_read(struct extend_watch *watch, struct vdc_err *err); /* what is stale */
void extend_watch_forget(struct extend_watch *watch, const char *uuid);
int extend_watch_look(struct extend_watch *watch, struct watched_guest *guest, struct vdc_err *err);
int extend_watch_event(struct extend_watch *watch, const struct vdc_virt_event *event,
		       struct vdc_err *err);

/* extend_watch_refresh.c */
bool extend_watch_refresh(
	struct extend_watch *watch, const struct vdc_extend_place *place,
	struct vdc_err *err); /* it begins; false: not now, or ERR says why never */
int extend_watch_refreshed(struct extend_watch *watch, struct vdc_err *err);
/* What is wanted or over; *NEXT as extend_watch_hurry(). */
int extend_watch_rescan(struct extend_watch *watch, int64_t *next, struct vdc_err *err);

/* extend_watch_do.c: what can be done about a disk without waiting for the hypervisor is done. RET: what is to
 * be done next, by extend_watch_do(), or WAIT; *NEXT: when to look again at the latest. */
int extend_watch_hurry(struct extend_watch *watch, struct watched_disk *disk, int64_t *next,
		       struct vdc_extend_decision *ret, struct vdc_err *err);
int extend_watch_do(struct extend_watch *watch, struct watched_disk *disk,
		    const struct vdc_extend_decision *decision, struct vdc_err *err);
int extend_watch_did_refresh(struct extend_watch *watch, struct watched_disk *disk,
			     const struct vdc_err *failure, struct vdc_err *err);
