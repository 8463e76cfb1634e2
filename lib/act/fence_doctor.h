/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Programs that fence agents call and that are not there: agents notice that late, and say so badly.
 * What hosts need whose power is managed is an error, what only could be needed is for information.
 */
#pragma once

#include "act/fence_catalogue.h"
#include "edge/db.h"
#include "model/finding.h"
#include "model/host.h"

/*
 * On this machine, and for the agents of all hosts on each of PROXIES, through the remote shell. A proxy
 * that is not reached is a finding.
 */
int vdc_fence_doctor(struct vdc_db *db, const struct vdc_host *const *proxies, size_t n,
		     struct vdc_findings *findings, struct vdc_err *err);
