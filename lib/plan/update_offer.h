/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host is offered, from what a package manager or a command of the site printed. Pure. */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "model/update.h"

struct vdc_update_offer {
	enum vdc_component component;
	const char *installed; /* version; NULL: nobody said */
	const char *version;
	bool needs_reboot;
	const char *packages; /* lines "name=version"; NULL: nobody said */
	size_t n_packages;
	const char *libvirt_version, *qemu_version; /* that come with it; NULL: nobody said */
};

enum { VDC_OFFERS_MOST = 2 }; /* one of each component */

struct vdc_update_offers {
	struct vdc_update_offer items[VDC_OFFERS_MOST];
	size_t n;
	const char *remark; /* what somebody has to know before it is done; NULL: nothing */
};

/*
 * Lines "COMPONENT VERSION [reboot|no-reboot]"; without the last word an update of the platform needs
 * a reboot. Empty lines and what follows '#' are passed over. -EBADMSG names the line and what is
 * wrong with it.
 */
int vdc_plan_offers_of_command(const char *text, struct vdc_arena *arena,
			       struct vdc_update_offers *ret, struct vdc_err *err);

/* What the host has, for versions that its package manager does not tell. */
struct vdc_offer_host {
	const char *platform;
	const char *virtualization;
};

/*
 * Lines "apt LINE" as of `apt-get -s dist-upgrade`, "dnf LINE" as of `dnf check-update`, "stale WHY":
 * the lists of packages are old, "failed WHY"; others are passed over, and all that follows the line
 * "offers". -EBADMSG names a line that is cut off or garbled; -EIO: the package manager failed.
 */
int vdc_plan_offers_of_packages(const char *text, const struct vdc_offer_host *host,
				struct vdc_arena *arena, struct vdc_update_offers *ret,
				struct vdc_err *err);
