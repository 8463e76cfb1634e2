/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/thin_*.c. */
#pragma once

#include "act/apply.h"
#include "act/errand.h"
#include "act/thin_look.h"
#include "doc/domain.h"
#include "model/storage_domain.h"
#include "model/vm.h"
#include "plan/extend.h"

/* A disk as its host has it; texts of the message that it came in. */
struct thin_row {
	const char *vm_id, *vm, *target, *path;
	bool paused;
	int64_t armed;
	struct vdc_extend_volume volume;
};

/* Whether its volume grows as it is written: qcow2 on a block device. */
bool thin_is_disk(const struct vdc_domain_disk *disk);
/* Its top layer as VIRT has it, without a rate; what is not told is -1: nothing to rely on. */
struct vdc_extend_volume thin_volume(const struct vdc_virt_domain *virt, const char *target,
				     int64_t layer, bool copied);

struct thin_look;

/* thin_read.c: asks one host. CTX of the errand is a struct thin_host. */
struct thin_host {
	struct thin_look *look;
	const struct vdc_host *host;
	struct vdc_target target;
	struct vdc_errand_call call;
};
int thin_read(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt, struct vdc_err *err);
int thin_told(void *ctx, const char *data, size_t len, struct vdc_err *err);

/* thin_look.c: takes what was told. */
void thin_take(const struct thin_host *host, const struct thin_row *row);
int64_t thin_over(const struct thin_host *host);

/* thin_choose.c: which objects names mean. */
struct thin_choice {
	struct vdc_objects hosts, vms, domains; /* all there are */
	struct vdc_buf chosen;			/* pointers to those of them that are named */
	bool all;				/* none was */
};
int thin_choose(struct vdc_db *db, const struct vdc_thin_options *options, struct vdc_arena *arena,
		struct thin_choice *ret, struct vdc_err *err);
bool thin_is_chosen(const struct thin_choice *choice, const void *object);
/* A host that must be asked: its own VMs, or those of a domain, may be meant. */
bool thin_asks(const struct thin_choice *choice, const struct vdc_host *host);
const struct vdc_storage_domain *thin_domain_of(const struct thin_choice *choice, const char *path);
