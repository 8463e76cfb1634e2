/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which host could take which VM some day (vdc_place_never), for planners that ask for millions of
 * pairs: VMs that are alike to the filters are one kin, and so are hosts, and each pair of kins is
 * asked for once. VMs and hosts are numbered by the caller.
 */
#pragma once

#include "plan/placement.h"

struct vdc_place_kin;

struct vdc_place_kin *vdc_place_kin_new(struct vdc_placement *placement,
					const struct vdc_vm *const *vms, size_t n_vms,
					const struct vdc_host *const *hosts, size_t n_hosts,
					bool accept_unknown, struct vdc_arena *arena);
bool vdc_place_kin_fits(struct vdc_place_kin *kin, uint32_t vm, uint32_t host);
