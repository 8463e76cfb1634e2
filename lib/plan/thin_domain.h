/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a storage domain may come to need against what it has. Storage that is thin by itself is the better
 * place to be thin: volumes on it are best preallocated, and what matters is then what it has itself. Pure.
 */
#pragma once

#include "model/disk.h"
#include "model/storage_domain.h"
#include "model/thin_disk.h"
#include "model/thin_domain.h"

/*
 * DISKS: those of the inventory, THIN: those that VMs write to now; of any domain. A thin disk that the
 * inventory does not know counts as well. Texts of RET lie in ARENA.
 */
struct vdc_thin_domain *vdc_thin_domain_of(const struct vdc_storage_domain *domain,
					   const struct vdc_disk *const *disks, size_t n_disks,
					   const struct vdc_thin_disk *const *thin, size_t n_thin,
					   const struct vdc_thin_pools *pools,
					   struct vdc_arena *arena);
