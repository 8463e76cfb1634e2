/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `spm-elect VERB --local --json` at a host, over the remote shell; what it prints is lockspaces. */
#pragma once

#include "act/lockspace.h"
#include "act/look.h"
#include "base/buf.h"
#include "base/proc.h"

/*
 * In a child (base/child.h). INPUT (may be NULL) is its standard input, OUT what it printed. *STATUS is
 * its exit code when it printed anything: what went wrong stands there, by lockspace; NULL: only one that
 * did its work counts. -ENOENT: it is not
 * installed there; -EHOSTUNREACH, ... as edge/shell.h; what it complained about by its exit code.
 */
int vdc_spm_command(const struct vdc_target *target, const char *const *argv,
		    const struct vdc_buf *input, struct vdc_buf *out, int *status,
		    struct vdc_err *err);

/* What an exit code of vdc-utils(7) means: 0, or the negative errno; -EIO: some of it went well. */
int vdc_spm_command_code(int status);

/* The first line of what it complained about; never empty. */
const char *vdc_spm_complaint(struct vdc_proc_end *end);

/* What it printed. */
int vdc_spm_command_read(const struct vdc_buf *text, struct vdc_arena *arena,
			 struct vdc_lockspaces *ret, struct vdc_err *err);
