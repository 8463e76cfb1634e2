/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Leases of virtual machines where they lie: the index and what is in each place that it has. */
#pragma once

#include "doc/image_dump.h"

struct vdc_image_vm_leases {
	void *ctx;
	/* LEN bytes, a multiple of 4096, at OFFSET of "xleases". -ENODATA: it ends before. */
	int (*read)(void *ctx, int64_t offset, void *data, size_t len, struct vdc_err *err);
	int64_t size; /* of "xleases" */
};

/* All for SINK; what SELF says of them is filled in. No index at all is no error. */
int vdc_image_vm_leases_read(const struct vdc_image_vm_leases *from,
			     const struct vdc_image_dump_sink *sink, struct vdc_storage_self *self,
			     struct vdc_err *err);
