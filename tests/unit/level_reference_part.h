/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two files of the reference share. */
#pragma once

#include "level_reference.h"

#define EACH(type, var, w, kind, n_, all_)                       \
	void *const *all_;                                       \
	size_t n_ = vdc_world_all((w)->world, &(kind), &(all_)); \
	const struct type *var;                                  \
	for (size_t i_##var = 0; i_##var < (n_) && ((var) = (all_)[i_##var], true); i_##var++)

bool ref_same(const char *a, const char *b);
bool ref_has_level(const struct vdc_level_family *family, struct vdc_level level);
bool ref_all_hosts_run(const struct test_world *w, const struct vdc_cluster *cluster, size_t level);
long ref_value(struct vdc_level level);
const struct vdc_level_entry *ref_entry_of(const struct vdc_level_family *family,
					   struct vdc_level level);
const struct vdc_host *ref_host_without(const struct test_world *w,
					const struct vdc_cluster *cluster, const char *machine);
const char *ref_machine_for(const struct test_world *w, const struct vdc_cluster *cluster,
			    const struct vdc_level_entry *entry, const char *chipset);
bool ref_is_held(const struct vdc_vm *vm);
bool ref_feature(const struct vdc_level_family *family, const struct vdc_level_entry *entry,
		 const char *name, const struct vdc_cluster *cluster);
bool ref_is_uefi(const struct vdc_cluster *cluster, const struct vdc_vm *vm);
bool ref_has_word(const char *words, const char *word);
