/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is done about one thin disk of a VM that runs, from what is told about it: its hypervisor says
 * that a threshold was passed or that there is no space left, the manager answers, volumes are looked at.
 * Nothing is lost for ever: an event that never came is made up for by the next look, a request or a
 * reply by the request sent again with the same size or a larger one, a threshold that was passed before
 * it was set by the look after that.
 *
 *	vdc_extend_disk_begin()
 *	vdc_extend_disk_event(), _answer(), _look() .......... as they come
 *	what = vdc_extend_disk_next(); (carried out); vdc_extend_disk_did()
 *
 * A VM that moves away: what QEMU writes here beyond the size that the destination sees, QEMU there takes
 * for zeros. Whoever watches there refreshes its volumes when it comes and every second from then on
 * (act/extend_watch_loop.c), and this host, which cannot ask it, goes second:
 *
 *	- a larger size is used here only right after a look that is younger than the manager's answer. If that
 *	  finds no migration, one that begins later finds the new size where it begins.
 *	- if it finds one, the size waits until `destination` has passed since the answer; a guest that comes
 *	  to its end meanwhile is paused for want of space, which costs time and no data.
 *
 * Pure: NOW is passed in, monotonic microseconds above 0.
 */
#pragma once

#include "plan/extend.h"

struct vdc_extend_figures {
	int64_t every; /* 2 s: between looks, vm_watermark_interval */
	/* 20 ms after a look that saw nothing, twice as long after each further one: libvirt has no
	 * figures of a VM that somebody else asks it about */
	int64_t blind;
	int64_t idle;	     /* 10 s: of one that is not written to and whose threshold is set */
	int64_t answer;	     /* 2 s: after that a request is sent again, thinp:extend_timeout */
	int64_t destination; /* 5 s: of a migration, until it sees what the manager granted */
	int64_t back_off; /* 1 s after an answer that said no, twice as long after each further one */
	int64_t longest; /* 30 s */
};
extern const struct vdc_extend_figures vdc_extend_preset;

struct vdc_extend_disk {
	struct vdc_extend_rules rules;
	struct vdc_extend_volume volume; /* as it was seen last */
	struct vdc_extend_rate rate;
	bool seen;	 /* since it changed: `volume` may be relied on */
	int64_t look_at; /* when to look next; 0: something happened, at once */
	int64_t armed;	 /* the threshold that is set; 0: none */
	int64_t since;	 /* when it came to be due; 0: it is not */
	int64_t wanted;	 /* the size that was asked for; 0: no request is under way */
	int64_t asked;	 /* when, last */
	int64_t granted; /* what the manager said, and this host does not see yet; 0: nothing */
	int64_t granted_at;
	int64_t looked;	   /* when it was last seen whether the VM is on its way */
	int64_t not_until; /* nothing that failed is tried again before */
	unsigned refusals; /* in a row */
	unsigned blind;	   /* looks in a row that saw nothing */
	bool paused;	   /* the VM, for want of space */
	bool migrating;	   /* away */
};

void vdc_extend_disk_begin(struct vdc_extend_disk *disk, const struct vdc_extend_rules *rules);

enum vdc_extend_event {
	VDC_EXTEND_NO_SPACE = 1, /* the VM was paused */
	VDC_EXTEND_CHANGED,	 /* started, another layer on top, or resized */
	VDC_EXTEND_ARRIVED,	 /* moved here: its volume may have grown where it was */
	VDC_EXTEND_AGAIN,	 /* something happened that may have touched its threshold */
	VDC_EXTEND_MIGRATION_BEGINS,
	VDC_EXTEND_MIGRATION_ENDS, /* and the VM is still here */
};
void vdc_extend_disk_event(struct vdc_extend_disk *disk, enum vdc_extend_event event);

/* HIGHEST: the threshold that was passed, and by how much, in sum. */
void vdc_extend_disk_passed(struct vdc_extend_disk *disk, const struct vdc_extend_figures *figures,
			    int64_t now, int64_t highest);

/* The manager's; SIZE 0: it refused. */
void vdc_extend_disk_answer(struct vdc_extend_disk *disk, const struct vdc_extend_figures *figures,
			    int64_t now, int64_t size);

/* SEEN: capacity, highest offset and size as this host sees them, and whether it replicates. */
void vdc_extend_disk_look(struct vdc_extend_disk *disk, const struct vdc_extend_figures *figures,
			  int64_t now, const struct vdc_extend_volume *seen);

enum vdc_extend_do {
	VDC_EXTEND_DO_WAIT = 1, /* for whatever comes, at most until `until` */
	VDC_EXTEND_DO_LOOK,
	VDC_EXTEND_DO_ARM,     /* set the threshold at `size` */
	VDC_EXTEND_DO_ASK,     /* the manager for `size` */
	VDC_EXTEND_DO_REFRESH, /* this host */
	VDC_EXTEND_DO_RESUME,  /* the VM */
};
struct vdc_extend_decision {
	enum vdc_extend_do what;
	enum vdc_extend_verdict
		verdict; /* FULL and IMPROBABLE want to be told; 0: not looked yet */
	int64_t size;
	int64_t until;
};

struct vdc_extend_decision vdc_extend_disk_next(const struct vdc_extend_disk *disk,
						const struct vdc_extend_figures *figures,
						int64_t now);

/*
 * Which of the decisions about many disks is carried out first, where they wait for one another: the lowest.
 * What has waited for long comes before all, so that the others cannot keep it from its turn.
 */
enum vdc_extend_rank {
	VDC_EXTEND_RANK_LATE = 1,
	VDC_EXTEND_RANK_SPACE, /* a guest is short of space, and the way to it is this */
	VDC_EXTEND_RANK_LIMIT, /* so that it is told the next time */
	VDC_EXTEND_RANK_FIGURES,
};
enum vdc_extend_rank vdc_extend_rank(const struct vdc_extend_disk *disk,
				     const struct vdc_extend_decision *decision, int64_t now);

/* It was carried out, or could not be. Of a look only that it failed; else vdc_extend_disk_look(). */
void vdc_extend_disk_did(struct vdc_extend_disk *disk, const struct vdc_extend_figures *figures,
			 const struct vdc_extend_decision *decision, bool done, int64_t now);
