/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Machine types of a level: which ones its VMs get, and what is known of those that they have. */
#include <string.h>

#include "base/words.h"
#include "plan/level_check_part.h"

bool level_host_lacks(const struct vdc_host *host, const char *machine)
{
	return host->machine_types && !vdc_words_have(host->machine_types, machine);
}

static const struct vdc_host *first_lacking(const struct level_case *c, const char *machine)
{
	for (size_t i = 0; i < c->state.n_hosts; i++) {
		if (level_host_lacks(c->state.hosts[i].host, machine))
			return c->state.hosts[i].host;
	}
	return NULL;
}

static struct level_chipset *add_chipset(struct level_case *c, const struct vdc_level_machine *m)
{
	for (size_t i = 0; i < c->n_chipsets; i++)
		if (strcmp(c->chipsets[i].name, m->chipset) == 0)
			return &c->chipsets[i];
	c->chipsets[c->n_chipsets] =
		(struct level_chipset){ .name = m->chipset, .machine = m->name };
	return &c->chipsets[c->n_chipsets++];
}

static bool is_default_chipset(const struct vdc_cluster *cluster, const char *chipset)
{
	switch (cluster->bios_type) {
	case VDC_BIOS_I440FX_SEA_BIOS:
		return strcmp(chipset, "i440fx") == 0;
	case VDC_BIOS_Q35_SEA_BIOS:
	case VDC_BIOS_Q35_OVMF:
	case VDC_BIOS_Q35_SECURE_BOOT:
		return strcmp(chipset, "q35") == 0;
	default:
		return false;
	}
}

/* The first machine type of each that all hosts offer, else the level's own. */
void level_choose_machines(struct level_case *c)
{
	const struct vdc_level_entry *entry = &c->family->levels[c->to];

	c->machines = vdc_map_new();
	c->chipsets = vdc_arena_alloc(c->arena, (entry->n_machines + 1) * sizeof(*c->chipsets));
	for (size_t i = 0; i < entry->n_machines; i++) {
		const struct vdc_level_machine *m = &entry->machines[i];
		struct level_chipset *chipset;

		if (!level_same_architecture(m->architecture, c->architecture))
			continue;
		chipset = add_chipset(c, m);
		chipset->used = is_default_chipset(c->cluster, m->chipset);
		if (!chipset->common && !first_lacking(c, m->name)) {
			chipset->common = true;
			chipset->machine = m->name;
		}
	}
}

static const struct vdc_level_machine *find_machine(const struct level_case *c, int level,
						    const char *machine)
{
	const struct vdc_level_entry *entry = &c->family->levels[level];

	for (size_t i = 0; i < entry->n_machines; i++)
		if (level_same_architecture(entry->machines[i].architecture, c->architecture) &&
		    strcmp(entry->machines[i].name, machine) == 0)
			return &entry->machines[i];
	return NULL;
}

static struct level_chipset *same_chipset(const struct level_case *c, int level,
					  const char *machine)
{
	const struct vdc_level_machine *m = find_machine(c, level, machine);

	for (size_t i = 0; m && i < c->n_chipsets; i++)
		if (strcmp(c->chipsets[i].name, m->chipset) == 0)
			return &c->chipsets[i];
	return NULL;
}

const struct level_machine_fact *level_machine_fact(const struct level_case *c, const char *machine)
{
	uint64_t *known = vdc_map_add(c->machines, machine, strlen(machine));
	struct level_machine_fact *fact = (void *)(uintptr_t)*known;

	if (fact)
		return fact;
	fact = vdc_arena_alloc(c->arena, sizeof(*fact));
	fact->level = vdc_family_machine_level(c->family, c->architecture, machine);
	fact->stays = vdc_level_has_machine(&c->family->levels[c->to], c->architecture, machine);
	if (fact->level >= 0)
		fact->chipset = same_chipset(c, fact->level, machine);
	fact->lacking = first_lacking(c, machine);
	fact->removal = vdc_family_removal(c->family, c->architecture, machine, c->question->qemu);
	*known = (uintptr_t)fact;
	return fact;
}
