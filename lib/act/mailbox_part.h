/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by what reads and writes mailboxes. */
#pragma once

#include "act/lockspace.h"
#include "doc/mailbox.h"
#include "edge/direct.h"
#include "model/mailbox_slot.h"
#include "plan/lease_geometry.h"

/* The event block, and a page for each host. */
enum { MAILBOX_PAGES = VDC_MAILBOX_HOSTS, MAILBOX_SIZE = MAILBOX_PAGES * VDC_MAILBOX_PAGE };

/* mailbox_box.c: one of the two volumes. -ENODATA: it is too small for a mailbox. */
int mailbox_open(const struct vdc_lockspace *space, enum vdc_mailbox_box box, int writable,
		 struct vdc_direct **ret, struct vdc_err *err);
