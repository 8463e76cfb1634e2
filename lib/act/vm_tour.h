/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A VM that is shut down where it runs, and started on another host or on none, and runs once: what
 * one errand (act/errand.h) does with connections of its own to all hosts that matter. Its definition,
 * with its secrets, is never anywhere but in the memory of that process and on the hosts.
 *
 * Carried out again after a crash at any point it ends with the VM on one host.
 */
#pragma once

#include "act/vm_power.h"
#include "model/host.h"

struct vdc_tour_host {
	const char *id, *name, *uri;
};

struct vdc_tour {
	struct vdc_power power;
	const struct vdc_tour_host *from; /* where it runs, or ran; NULL: it is off */
	const struct vdc_tour_host *to;	  /* another, where it is to run; NULL: it stays off */
	/* Hosts that must answer that they do not run it before it is started. */
	const struct vdc_tour_host *others;
	size_t n_others;
	bool tells_start; /* it tells once more, when it has just started: struct vdc_tour_end, settles */
	bool redefine; /* FROM NULL: TO gets power.definition, whatever it has */
};

/* Where it runs in the end, as ENDED's process told it. */
struct vdc_tour_end {
	char host_id[40]; /* "": it is off */
	/* Of a tour that fails: what it said last. 0: nothing was started by it. */
	enum {
		VDC_TOUR_STARTING = 1, /* at TO: nobody knows whether it runs there */
		VDC_TOUR_NOT_THERE,    /* it is known not to run there */
	} of_failure;
	bool settles; /* it has just started, and may end again: this is not the end */
};

/* Of the errand: where it connects to first, and the time that all of it may take. */
const struct vdc_tour_host *vdc_tour_first(const struct vdc_tour *tour);
int64_t vdc_tour_limit(const struct vdc_tour *tour);

/* In the child. -EIO: it does not start there and is off; -ENOLCK: so it is, because somebody holds its
 * lease; whatever else: ask again. */
int vdc_tour_make(const struct vdc_tour *tour, struct vdc_errand *errand, struct vdc_virt *virt,
		  struct vdc_err *err);
/* In the parent: the message of the child. */
int vdc_tour_take(const char *data, size_t len, struct vdc_tour_end *ret, struct vdc_err *err);

struct vdc_tour_host vdc_tour_host_of(const struct vdc_host *host, struct vdc_arena *arena);
