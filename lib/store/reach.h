/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What hosts reach, written for all hosts and domains at once. */
#pragma once

#include "edge/db.h"
#include "model/domain_reach.h"

/*
 * In a transaction. Rows have ids; of a host and a domain that have a row, it is changed, and its
 * generation in the lockspace stays as it is.
 */
int vdc_store_reaches(struct vdc_db *db, const struct vdc_domain_reach *const *rows, size_t n,
		      struct vdc_err *err);
