/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/spm_*.c. */
#pragma once

#include "act/spm_hold.h"

char *spm_path(const char *domain, const char *ending); /* the caller frees it */
int spm_make_folder(struct vdc_err *err);
int64_t spm_start_of(int pid); /* -1: there is no such process */

/* The lver with which process HOLDER has the lease, by sanlock's word. -ENOENT: it does not have it;
 * -ETIMEDOUT: no word in that time. */
int spm_ask_lver(const struct vdc_lockspace *space, int holder, int64_t limit_us, int64_t *ret,
		 struct vdc_err *err);

/*
 * Becomes the dead-man of HOLDER: kills its process group and all that works under its lease when
 * sanlock has not confirmed the lease for LIMIT_US, or when the holder is gone.
 */
_Noreturn void spm_be_dead_man(const struct vdc_lockspace *space, int holder, int64_t limit_us);
