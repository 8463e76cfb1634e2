/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands against the level of a data centre. */
#include "level_damage.h"

static void cluster_below(struct damage_fixture *f)
{
	test_cluster(&f->w, "low", f->dc, "rhv", "4.2");
}

static void cluster_without_level(struct damage_fixture *f)
{
	test_cluster(&f->w, "none", f->dc, "rhv", NULL);
}

static void cluster_of_another(struct damage_fixture *f)
{
	test_cluster(&f->w, "other", NULL, "nobody", "4.2");
}

static void suspended_below(struct damage_fixture *f)
{
	f->vm->status = VDC_VM_SUSPENDED;
	f->vm->machine_type = NULL;
	f->vm->running_level = test_level("4.2");
}

static void suspended_at_the_level(struct damage_fixture *f)
{
	f->vm->status = VDC_VM_SUSPENDED;
}

static void own_level_below(struct damage_fixture *f)
{
	f->vm->custom_compatibility_version = test_level("4.2");
}

static void own_level_at_it(struct damage_fixture *f)
{
	f->vm->custom_compatibility_version = test_level("4.5");
}

static void format_changes(struct damage_fixture *f)
{
	f->dc->storage_format = f->domain->storage_format = VDC_STORAGE_V4;
}

static void format_of_sleeping_domain(struct damage_fixture *f)
{
	f->domain->storage_format = VDC_STORAGE_V3;
	f->domain->status = VDC_STORAGE_DOMAIN_MAINTENANCE;
}

static void format_of_iso_domain(struct damage_fixture *f)
{
	f->domain->storage_format = VDC_STORAGE_V1;
	f->domain->type = VDC_STORAGE_DOMAIN_ISO;
}

static void format_of_another(struct damage_fixture *f)
{
	f->domain->storage_format = VDC_STORAGE_V1;
	f->domain->data_center.id = test_text("another");
}

static void format_too_new(struct damage_fixture *f)
{
	f->dc->version = test_level("3.4");
	f->question.to = test_level("4.2");
}

static void dead_host(struct damage_fixture *f)
{
	f->h[0]->status = VDC_HOST_DOWN;
}

const struct damage data_center_damages[] = {
	{ cluster_below, "CLUSTER_BELOW:low" },
	{ cluster_without_level, "CLUSTER_BELOW:none" },
	{ cluster_of_another, "" },
	{ suspended_below, "VM_SUSPENDED_BELOW:v" },
	{ suspended_at_the_level, "" },
	{ own_level_below, "VM_BELOW_DATA_CENTER:v" },
	{ own_level_at_it, "" },
	{ damage_of_another_cluster, "" },
	{ format_changes, "DC_STORAGE_FORMAT:dc DOMAIN_STORAGE_FORMAT:s" },
	{ format_of_sleeping_domain, "DOMAIN_STORAGE_FORMAT:s DOMAIN_NOT_ACTIVE:s" },
	{ format_of_iso_domain, "" },
	{ format_of_another, "" },
	{ format_too_new, "DOMAIN_FORMAT_TOO_NEW:s" },
	{ dead_host, "" },
	{ NULL, NULL },
};
