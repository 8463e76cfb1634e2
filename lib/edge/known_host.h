/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ssh keys by which hosts are known to this machine: the file is the first UserKnownHostsFile that
 * the remote shell's ssh uses for that address (ssh -G). Only for the template "ssh ..." (edge/shell.h).
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* The keys that ADDRESS shows now, as lines of a known_hosts file; -EHOSTUNREACH: it shows none. */
int vdc_known_host_scan(const char *address, struct vdc_buf *lines, struct vdc_err *err);

/* Whether one of LINES has that fingerprint ("SHA256:..."). */
int vdc_known_host_has(const struct vdc_buf *lines, const char *fingerprint, bool *ret,
		       struct vdc_err *err);

/* The fingerprint of the first of LINES, in ARENA. */
int vdc_known_host_fingerprint(const struct vdc_buf *lines, struct vdc_arena *arena, char **ret,
			       struct vdc_err *err);

/* From now on ADDRESS is known by LINES, and by no other key but one that it shares with other hosts. */
int vdc_known_host_replace(const char *address, const struct vdc_buf *lines, struct vdc_err *err);
