/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/upgrade_fix*.c. */
#pragma once

#include "act/upgrade_fix.h"
#include "act/vm_tour.h"

struct fixing {
	struct vdc_db *db;
	const struct vdc_upgrade_fix *fix;
	const struct vdc_upgrade_fix_options *options;
	struct vdc_arena *arena;
	struct vdc_job_lease *lease; /* NULL: it is no job of its own */
};
typedef int fix_fn(const struct fixing *fixing, struct vdc_err *err);

/* A host into the database, as it is now. */
int fix_read_host(const struct fixing *fixing, const char *id, struct vdc_err *err);

/* A field in the database, with an event. */
int fix_field(const struct fixing *fixing, struct vdc_err *err);
int fix_define(const struct fixing *fixing, struct vdc_err *err);

/* A VM, and the hosts of its cluster that could have it. */
struct fix_vm {
	const struct fixing *fixing;
	struct vdc_scene scene;
	const struct vdc_vm *vm;
	struct fix_host *hosts;
	size_t n;
	struct vdc_pool *pool;
};

/* A host that is asked for the VM. */
struct fix_host {
	struct fix_vm *work;
	const struct vdc_host *host;
	struct vdc_tour_host at;
	struct vdc_errand_call call;
	bool has_memory, runs, has_definition;
	bool starts; /* it is active and does not run yet */
	struct vdc_err failure;
};

/* upgrade_fix_ask.c. fix_open_vm: scene.world has all hosts; to be closed in any case. */
int fix_open_vm(const struct fixing *fixing, struct fix_vm *ret, struct vdc_err *err);
/* The host that has its memory, or runs it because somebody was faster: one that begins to run is waited
 * for, as one that was killed has begun it. */
int fix_find_memory(struct fix_vm *work, const struct fix_host **ret, struct vdc_err *err);
/* All of them at once, for each may keep us waiting: RUN and TOLD get a struct fix_host. What fails
 * stands in its failure. */
typedef int fix_errand_fn(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt,
			  struct vdc_err *err);
typedef int fix_told_fn(void *ctx, const char *data, size_t len, struct vdc_err *err);
int fix_ask_hosts(struct fix_vm *work, fix_errand_fn *run, fix_told_fn *told, struct vdc_err *err);
struct vdc_errand_call fix_call(struct fix_vm *work, const struct vdc_tour_host *at);

/* upgrade_fix_own.c: DO_IT as a job of its own, with its lease. WHAT: "to be shut down". */
int fix_as_job(const struct fixing *fixing, const char *what, fix_fn *do_it, struct vdc_err *err);
int fix_soft(const struct fixing *fixing, struct vdc_err *err);

/* upgrade_fix_job.c: what is left in a job when it ends. */
int fix_close_job(struct vdc_db *db, const struct vdc_job_lease *lease, enum vdc_job_status status,
		  const char *message, struct vdc_arena *arena, struct vdc_err *err);

int fix_resume(const struct fixing *fixing, struct vdc_err *err);
int fix_stop(const struct fixing *fixing, struct vdc_err *err);

int fix_move(const struct fixing *fixing, struct vdc_err *err);
int fix_activate(const struct fixing *fixing, struct vdc_err *err);
int fix_storage(const struct fixing *fixing, struct vdc_err *err);
int fix_updates(const struct fixing *fixing, struct vdc_err *err);
