/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What storage domains may come to need against what they have, by the inventory, by what VMs write now,
 * and by one host each that is asked what lies below their volume groups. */
#pragma once

#include "act/thin_look.h"
#include "model/thin_domain.h"

struct vdc_thin_domains {
	struct vdc_thin_domain **all; /* by name */
	size_t n;
	size_t unread; /* hosts without an answer */
};

/* NAMES of the options: of storage domains; none: all data domains. The rest as vdc_thin_look(). */
int vdc_thin_domains_look(struct vdc_db *db, const struct vdc_thin_options *options,
			  struct vdc_arena *arena, struct vdc_thin_domains *ret,
			  struct vdc_err *err);
