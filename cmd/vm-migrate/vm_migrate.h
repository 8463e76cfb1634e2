/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of the command vm-migrate. */
#pragma once

#include "act/migrate.h"
#include "cli/command.h"

/* What was asked for: which VMs, where to. */
struct vm_migrate_request {
	struct vdc_move *moves;
	size_t n;
	struct vdc_migrate_options options;
};

int vm_migrate_run(struct vdc_call *call, struct vdc_err *err);
int vm_migrate_resume(struct vdc_call *call, struct vdc_err *err);

/* Reads operands and options. */
int vm_migrate_read(struct vdc_call *call, struct vm_migrate_request *ret, struct vdc_err *err);

/* --explain and --dry-run: nothing is written. */
int vm_migrate_explain(struct vdc_call *call, const struct vm_migrate_request *request,
		       struct vdc_err *err);
int vm_migrate_preview(struct vdc_call *call, const struct vm_migrate_request *request,
		       struct vdc_err *err);

/* What the job remembers of it, as text. */
char *vm_migrate_write_options(const struct vm_migrate_request *request, struct vdc_arena *arena);

/* Carries the job out, prints the result, returns the exit code. */
int vm_migrate_do_job(struct vdc_call *call, const char *job, struct vm_migrate_request *request,
		      struct vdc_err *err);

/* The exit code that these ends make. */
int vm_migrate_exit_code(const struct vdc_move *moves, size_t n, struct vdc_arena *arena);
