/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/catalogue.h"

#include <string.h>
#include <strings.h>

const struct vdc_level_family *vdc_catalogue_family(const struct vdc_catalogue *catalogue,
						    const char *name)
{
	for (size_t i = 0; name && i < catalogue->n_families; i++) {
		if (strcmp(catalogue->families[i].name, name) == 0)
			return &catalogue->families[i];
	}
	return NULL;
}

int vdc_family_level(const struct vdc_level_family *family, struct vdc_level level)
{
	for (size_t i = 0; i < family->n_levels; i++) {
		if (vdc_level_compare(family->levels[i].level, level) == 0)
			return (int)i;
	}
	return -1;
}

const struct vdc_level_feature *vdc_family_feature(const struct vdc_level_family *family,
						   const char *name)
{
	for (size_t i = 0; i < family->n_features; i++) {
		if (strcmp(family->features[i].name, name) == 0)
			return &family->features[i];
	}
	return NULL;
}

struct vdc_level_limits vdc_level_limits_of(const struct vdc_level_entry *entry,
					    const char *architecture)
{
	for (size_t i = 0; architecture && i < entry->n_limits; i++) {
		if (strcmp(entry->limits[i].architecture, architecture) == 0)
			return entry->limits[i].limits;
	}
	return (struct vdc_level_limits){ VDC_UNSET, VDC_UNSET, VDC_UNSET, VDC_UNSET, VDC_UNSET };
}

static bool is_of(const struct vdc_level_machine *machine, const char *architecture)
{
	return !architecture || strcmp(machine->architecture, architecture) == 0;
}

bool vdc_level_has_machine(const struct vdc_level_entry *entry, const char *architecture,
			   const char *machine)
{
	for (size_t i = 0; machine && i < entry->n_machines; i++) {
		if (is_of(&entry->machines[i], architecture) &&
		    strcmp(entry->machines[i].name, machine) == 0)
			return true;
	}
	return false;
}

int vdc_family_machine_level(const struct vdc_level_family *family, const char *architecture,
			     const char *machine)
{
	int i = (int)family->n_levels;

	while (--i >= 0 && !vdc_level_has_machine(&family->levels[i], architecture, machine))
		;
	return i;
}

const struct vdc_level_removal *vdc_family_removal(const struct vdc_level_family *family,
						   const char *architecture, const char *machine,
						   uint64_t qemu)
{
	for (size_t i = 0; i < family->n_removals; i++) {
		const struct vdc_level_removal *removal = &family->removals[i];

		if (removal->qemu <= qemu && strcmp(removal->machine, machine) == 0 &&
		    (!architecture || !removal->architecture ||
		     strcasecmp(removal->architecture, architecture) == 0))
			return removal;
	}
	return NULL;
}

const char *vdc_level_machine_of(const struct vdc_level_entry *entry, const char *architecture,
				 const char *chipset)
{
	for (size_t i = 0; i < entry->n_machines; i++) {
		if (is_of(&entry->machines[i], architecture) &&
		    (!chipset || strcmp(entry->machines[i].chipset, chipset) == 0))
			return entry->machines[i].name;
	}
	return NULL;
}
