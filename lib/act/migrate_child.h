/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The processes that a migration takes: one that looks, waits for a word and then sits in libvirt's
 * call until it is over; one that watches the job over a connection of its own and can abort it; one
 * that looks who has the VM in the end.
 */
#pragma once

#include "base/child.h"
#include "edge/libvirt.h"
#include "edge/libvirt_control.h"
#include "edge/libvirt_migrate.h"

/* A host of a migration, as all of its processes need it. */
struct vdc_migrate_host {
	const char *id, *name, *uri;
};

/* What the mover saw before anything was done. */
struct vdc_migrate_look {
	bool known, active; /* at the source */
	int64_t state;	    /* enum vdc_virt_state */
	const char *job;
	bool dest_active; /* it runs, or arrives, at the destination already */
	int64_t cpu;	  /* enum vdc_virt_cpu_answer */
	const char *cpu_text;
};

/* Words through the pipe from the parent. */
enum vdc_migrate_word {
	VDC_WORD_GO = 'g',
	VDC_WORD_QUIT = 'q',
	VDC_WORD_ABORT = 'a',
	VDC_WORD_POST_COPY = 'p',
};

struct vdc_migrate_task {
	struct vdc_migrate_host from, to;
	struct vdc_virt_migration migration;
	int pipe[2]; /* words, from the parent; made before the fork */
};

/* Works of the pool. */
int vdc_migrate_move(const struct vdc_migrate_task *task, struct vdc_sender *sender,
		     struct vdc_err *err);
int vdc_migrate_watch(const struct vdc_migrate_task *task, struct vdc_sender *sender,
		      struct vdc_err *err);

/* Who has it? All that were asked answer, or say why not. */
struct vdc_migrate_place {
	int64_t host;	/* its place among those that were asked */
	int64_t answer; /* 0, or the negative errno of the question */
	const char *failure;
	bool known, active, arrives;
	int64_t state; /* enum vdc_virt_state */
	int64_t downtime_ms;
	const char *reason;
};
int vdc_migrate_find(const struct vdc_migrate_host *hosts, size_t n, const char *uuid,
		     struct vdc_sender *sender, struct vdc_err *err);

/* Both sides: what a message says. */
int vdc_migrate_take_look(const char *data, size_t len, struct vdc_migrate_look *ret);
int vdc_migrate_take_job(const char *data, size_t len, struct vdc_virt_job *ret);
int vdc_migrate_take_place(const char *data, size_t len, struct vdc_migrate_place *ret);
