/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine type for a VM whose own is gone with the new QEMU: one that old and new hosts offer. */
#include <string.h>

#include "base/buf.h"
#include "base/words.h"
#include "plan/upgrade_fix_part.h"
#include "plan/vm_upgrade.h"

static bool is_removed(const struct fixing *fixing, const struct vdc_host *host,
		       const char *machine)
{
	const struct vdc_upgrade_question *q = fixing->question;
	const struct vdc_level_family *family =
		q->catalogue
			? vdc_catalogue_family(q->catalogue, q->snapshot->cluster->level_family)
			: NULL;

	return family && vdc_family_removal(family, host->architecture, machine, q->qemu);
}

/* Whether every host that said what it offers has it, and keeps it. */
static bool is_common(const struct fixing *fixing, const char *machine)
{
	const struct vdc_upgrade_snapshot *s = fixing->question->snapshot;

	for (uint32_t h = 0; h < s->input.n_hosts; h++)
		if ((s->hosts[h]->machine_types &&
		     !vdc_words_have(s->hosts[h]->machine_types, machine)) ||
		    is_removed(fixing, s->hosts[h], machine))
			return false;
	return true;
}

/* Of what the VM's host offers. */
static const char *common_types(const struct fixing *fixing, const struct vdc_host *host)
{
	const char *words = host->machine_types, *word;
	vdc_autobuf common = { 0 };
	size_t len;

	while (words && (word = vdc_word_next(&words, &len))) {
		const char *machine = vdc_arena_strndup(fixing->arena, word, len);

		if (is_common(fixing, machine))
			vdc_buf_printf(&common, "%s ", machine);
	}
	return vdc_arena_strdup(fixing->arena, vdc_buf_str(&common));
}

/* Only what it is defined with: what runs keeps its type. */
void fixing_machine(struct fixing *fixing, const struct vdc_finding *finding,
		    const struct vdc_vm *vm)
{
	const struct vdc_upgrade_snapshot *s = fixing->question->snapshot;
	struct fix_change newer = {
		.field = "machine_type",
		.means =
			"from its next cold boot on its guest finds newer devices; the event keeps "
			"what it had",
		.defines = true,
		.asks = true,
	};

	/* Pinned on purpose; or it may have to go back to an older cluster: `vm upgrade` asks more. */
	if (!vm->machine_type || vm->custom_emulated_machine || vdc_is_true(vm->compatibility_mode))
		return;
	if (s->input.n_hosts && !is_common(fixing, vm->machine_type))
		newer.value = vdc_machine_newest(common_types(fixing, s->hosts[0]),
						 vm->machine_type, NULL, fixing->arena);
	if (newer.value)
		fixing_change(fixing, finding, &vdc_vm_kind, vm, &newer, NULL);
}
