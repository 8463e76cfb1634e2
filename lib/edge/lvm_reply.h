/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What LVM's shell answers on LVM_REPORT_FD: for each command one JSON object with the members "report"
 * and "log", whose last line is the status of the command (lvmreport(7), with command_log_selection
 * "all"). It is believed no more than any other input.
 */
#pragma once

#include "base/node.h"

/* Finds the end of an object in bytes that arrive in pieces. { 0 } at the start. */
struct vdc_lvm_scan {
	size_t at; /* bytes looked at */
	unsigned depth;
	bool in_string, escaped, whole;
};

/* DATA holds what came so far; the object ends at SCAN->at when SCAN->whole. -EBADMSG: there is
 * something else in front of it. */
int vdc_lvm_scan(struct vdc_lvm_scan *scan, const char *data, size_t len, struct vdc_err *err);

/* Rows of a report, in its order; the texts of a row with vdc_node_text(). */
struct vdc_lvm_rows {
	const struct vdc_node **all;
	size_t n;
};

/*
 * A whole answer to COMMAND. Its failure is an error with LVM's own words: -ENOENT no such group or
 * volume; -ENOSPC the group has not that much left; -EEXIST a volume of that name is there; -EALREADY
 * it has that size or a larger one; -EBUSY another command holds the lock; -ENODEV physical volumes are
 * missing; -EIO anything else. -EBADMSG: this is no answer of LVM. ROWS lie in ARENA.
 */
int vdc_lvm_reply(const char *command, const char *text, size_t len, struct vdc_arena *arena,
		  struct vdc_lvm_rows *ret, struct vdc_err *err);
