/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The manager's token for structural work that is not done on the manager's own host: `spm-elect work`
 * runs there meanwhile, so that the manager does not give up its lease under the work, and says right
 * before each write whether it still has it, with the version that the work began with.
 */
#pragma once

#include "edge/db.h"
#include "model/host.h"

struct vdc_spm_token;

/*
 * For work on the storage of HOST's data centre. *RET is NULL where no storage has a manager: no data
 * centre, or one without a master domain. -EPERM: it has one and nobody is it, or who should be says
 * otherwise; -EHOSTUNREACH, ... : it is not reached.
 */
int vdc_spm_token_take(struct vdc_db *db, const struct vdc_host *host, struct vdc_arena *arena,
		       struct vdc_spm_token **ret, struct vdc_err *err);
/* 0 also for NULL. -EPERM: the lease is not what it was. */
int vdc_spm_token_check(struct vdc_spm_token *token, struct vdc_err *err);
void vdc_spm_token_give(struct vdc_spm_token *token); /* NULL is fine */
