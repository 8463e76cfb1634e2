/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the module vdc-libvirt exports: edge/libvirt.h as a table of functions. */
#pragma once

#include "edge/libvirt_control.h"
#include "edge/libvirt_migrate.h"

struct vdc_virt_ops {
	int (*load)(struct vdc_err *err);
	int (*open)(const char *uri, unsigned flags, struct vdc_virt **ret, struct vdc_err *err);
	void (*close)(struct vdc_virt *virt);
	int (*host)(struct vdc_virt *virt, struct vdc_arena *arena, struct vdc_virt_host *ret,
		    struct vdc_err *err);
	int (*domains)(struct vdc_virt *virt, vdc_virt_domain_fn *fn, void *ctx,
		       struct vdc_err *err);
	int (*domain)(struct vdc_virt *virt, const char *uuid, vdc_virt_domain_fn *fn, void *ctx,
		      struct vdc_err *err);
	int (*disks)(struct vdc_virt *virt, const char *uuid, vdc_virt_domain_fn *fn, void *ctx,
		     struct vdc_err *err);
	int (*cpu_times)(struct vdc_virt *virt, struct vdc_arena *arena,
			 struct vdc_virt_cpu_times *ret, struct vdc_err *err);
	int (*follow)(struct vdc_virt *virt, struct vdc_err *err);
	int (*wait)(struct vdc_virt *virt, int64_t limit_us, vdc_virt_event_fn *fn, void *ctx,
		    struct vdc_err *err);
	int (*wake)(struct vdc_virt *virt, int fd, struct vdc_err *err);
	const struct vdc_virt_control_ops *control;
	const struct vdc_virt_migration_ops *migration;
};

vdc_public extern const struct vdc_virt_ops vdc_libvirt_ops;
