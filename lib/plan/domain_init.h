/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which shape the leases of a storage domain get, and whether it may become a master domain. */
#pragma once

#include "plan/domain_place.h"

struct vdc_domain_init_question {
	const struct vdc_storage_domain *domain;
	const struct vdc_storage_domain *master; /* of its data centre; NULL: it has none */
	int64_t sector, hosts;			 /* 0: nobody said, what the domain has counts */
	bool make_master;
};

/*
 * The domain as it will be, in ARENA. -EINVAL: it holds no leases, or has no such geometry; -EPERM:
 * another domain is the master, and there is one in each data centre.
 */
int vdc_plan_domain_init(const struct vdc_domain_init_question *question, struct vdc_arena *arena,
			 struct vdc_storage_domain **ret, struct vdc_err *err);
