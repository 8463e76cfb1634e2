/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/domain_init.h"

#include <errno.h>
#include <string.h>

static int check_domain(const struct vdc_storage_domain *domain, struct vdc_err *err)
{
	if (domain->type != VDC_STORAGE_DOMAIN_DATA)
		return vdc_err_set(
			err, -EINVAL, "storage domain %s is of type %s; leases are on data domains",
			domain->name, vdc_enum_word(&vdc_storage_domain_type_values, domain->type));
	if (!domain->data_center.id)
		return vdc_err_set(
			err, -EINVAL,
			"storage domain %s is attached to no data centre, so that no host "
			"can be asked; inventory set storage-domain %s data_center=NAME",
			domain->name, domain->name);
	return 0;
}

static int check_master(const struct vdc_domain_init_question *question, struct vdc_err *err)
{
	const struct vdc_storage_domain *master = question->master;

	if (!question->make_master || !master || strcmp(master->id, question->domain->id) == 0)
		return 0;
	return vdc_err_set(
		err, -EPERM,
		"storage domain %s is the master of the data centre, and there is one; a "
		"second lease would make a second manager",
		master->name);
}

static int decide_geometry(const struct vdc_domain_init_question *question,
			   struct vdc_lease_geometry *ret, struct vdc_err *err)
{
	const struct vdc_storage_domain *domain = question->domain;
	int64_t sector = question->sector ?: domain->block_size;
	int r = vdc_lease_geometry(domain->storage_format, domain->storage_type, sector,
				   question->hosts, ret, err);

	if (r)
		vdc_err_prefix(err, "storage domain %s: ", domain->name);
	/* Areas larger than they must be are the administrator's choice. */
	return r || question->sector || question->hosts
		       ? r
		       : vdc_storage_domain_geometry(domain, ret, err);
}

int vdc_plan_domain_init(const struct vdc_domain_init_question *question, struct vdc_arena *arena,
			 struct vdc_storage_domain **ret, struct vdc_err *err)
{
	struct vdc_lease_geometry geometry;
	struct vdc_storage_domain *after;
	int r = check_domain(question->domain, err);

	r = r ?: check_master(question, err);
	r = r ?: decide_geometry(question, &geometry, err);
	if (r)
		return r;
	after = vdc_object_copy(&vdc_storage_domain_kind, question->domain, arena);
	after->block_size = geometry.sector;
	after->alignment = geometry.alignment;
	if (question->make_master)
		after->master = true;
	/* Hosts join the lockspaces of domains that are there. */
	if (after->status == VDC_STORAGE_DOMAIN_UNINITIALIZED)
		after->status = VDC_STORAGE_DOMAIN_UNKNOWN;
	*ret = after;
	return 0;
}
