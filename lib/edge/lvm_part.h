/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files lvm*.c. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/node.h"

/* lvm_conf.c: the folder with the configuration, made if it is not there; the caller frees it. */
int vdc_lvm_folder(const char *const *devices, char **ret, struct vdc_err *err);
/* devices { … }: only those, whatever the system says; for --config of a process, too. -EINVAL: a path
 * that cannot be written there. */
int vdc_lvm_only(const char *const *devices, struct vdc_buf *out, struct vdc_err *err);

/* lvm_volume.c: -EINVAL: NAME is none of a WHAT. */
int vdc_lvm_check_name(const char *what, const char *name, struct vdc_err *err);
/* A field of a row that is a number, 0 or more. -EBADMSG. */
int vdc_lvm_number(const struct vdc_node *row, const char *field, int64_t *ret,
		   struct vdc_err *err);
