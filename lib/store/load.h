/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How busy hosts and VMs were lately, by the samples that reading the hosts leaves (store/seen.h). */
#pragma once

#include "base/mem.h"
#include "edge/db.h"

/* ID: of a host or VM. CPU: thousandths of one CPU. */
typedef int vdc_store_load_fn(void *ctx, const char *id, int64_t time, int64_t cpu,
			      struct vdc_err *err);

/* Samples since then, in the order of id and time; FN must not use DB. */
int vdc_store_host_loads(struct vdc_db *db, int64_t since, vdc_store_load_fn *fn, void *ctx,
			 struct vdc_err *err);
int vdc_store_vm_loads(struct vdc_db *db, int64_t since, vdc_store_load_fn *fn, void *ctx,
		       struct vdc_err *err);
