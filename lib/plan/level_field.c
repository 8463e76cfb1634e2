/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/level_field.h"

#include <string.h>

#include "model/cluster.h"
#include "model/vm.h"

enum { ANY = -1 };

static const struct use {
	const struct vdc_kind *kind;
	const char *field;
	int64_t value; /* of an enumeration; ANY: whatever it is */
	const char *feature;
} uses[] = {
	{ &vdc_cluster_kind, "bios_type", ANY, "bios_type" },
	{ &vdc_cluster_kind, "migration_encrypted", VDC_INHERITABLE_YES, "encrypted_migration" },
	{ &vdc_vm_kind, "bios_type", ANY, "bios_type" },
	{ &vdc_vm_kind, "cpu_pinning_policy", VDC_PINNING_DEDICATED, "dedicated_cpu_pinning" },
	{ &vdc_vm_kind, "cpu_pinning_policy", VDC_PINNING_ISOLATE_THREADS,
	  "dedicated_cpu_pinning" },
	{ &vdc_vm_kind, "lease_storage_domain", ANY, "vm_lease" },
	{ &vdc_vm_kind, "migration_encrypted", VDC_INHERITABLE_YES, "encrypted_migration" },
};

const char *vdc_plan_feature_of(const struct vdc_kind *kind, const struct vdc_field *field,
				const void *object)
{
	if (!vdc_value_is_set(field, object))
		return NULL;
	for (size_t i = 0; i < VDC_COUNT(uses); i++)
		if (uses[i].kind == kind && strcmp(uses[i].field, field->name) == 0 &&
		    (uses[i].value == ANY || *vdc_int_of(field, object) == uses[i].value))
			return uses[i].feature;
	return NULL;
}
