/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/vm_tour*.c: the hosts of a tour, asked by the process that makes it. */
#pragma once

#include "act/vm_tour.h"

enum { TOUR_AT_ONCE = 32 }; /* hosts that are asked */

/* Its connections: of the child, and gone with it. */
struct trip {
	const struct vdc_tour *tour;
	struct vdc_errand *errand;
	struct vdc_virt *from, *to;
	struct vdc_virt **others;
};

/* VIRT: of the first one. */
int tour_open_all(struct trip *trip, struct vdc_virt *virt, struct vdc_err *err);
/* VIRT may be NULL: there is no such host, and it does not run there. */
int tour_runs_at(const struct trip *trip, struct vdc_virt *virt, const struct vdc_tour_host *host,
		 bool *ret, struct vdc_err *err);
/* The host other than where it left that runs it; NULL: none does. */
int tour_find(const struct trip *trip, const struct vdc_tour_host **ret, struct vdc_err *err);
/* R, with the name of the host in front of the message. */
int tour_named(const struct vdc_tour_host *host, int r, struct vdc_err *err);
