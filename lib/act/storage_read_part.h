/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/storage_read*.c; what a child finds, without pointers. */
#pragma once

#include "model/domain_reading.h"

struct storage_sight {
	int64_t latency;
	int64_t available, used; /* VDC_UNSET: not known */
};

/* storage_read_at.c. All hang as long as the storage does. */
int storage_read_files(const struct vdc_domain_reading *reading, struct vdc_err *err);
/* LOCK: path, for programs that are started. */
int storage_read_block(const struct vdc_domain_reading *reading, const char *lock,
		       struct vdc_err *err);
void storage_space_files(const struct vdc_domain_reading *reading, struct storage_sight *sight);
void storage_space_block(const struct vdc_domain_reading *reading, const char *lock,
			 struct storage_sight *sight);
bool storage_is_group(const char *name); /* as lvm(8) allows */
