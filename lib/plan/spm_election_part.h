/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/plan/spm_election*.c. */
#pragma once

#include "plan/spm_election.h"

/* The host whose id owns the lease; NULL: it is free, or the id is no host's or several hosts'. */
const struct vdc_spm_candidate *spm_owner(const struct vdc_spm_input *input);

/* How many hosts have that host id. */
size_t spm_id_count(const struct vdc_spm_input *input, int64_t spm_id);

/* Of the owner, in the life in which it took the lease. */
enum vdc_spm_liveness spm_liveness(const struct vdc_spm_lease *lease);

/* As far as the storage says: its owner gave it up, or has not renewed it for long enough. */
bool spm_released(const struct vdc_spm_lease *lease);
bool spm_expired(const struct vdc_spm_lease *lease);

/* Whether ONE says that it is the manager, and the lease does not say otherwise. */
bool spm_is_manager(const struct vdc_spm_input *input, const struct vdc_spm_candidate *one);

bool spm_lver_went_back(const struct vdc_spm_input *input);

/* spm_election_pick.c: NULL: nobody. LEAVING (may be NULL) is no candidate. */
const struct vdc_spm_candidate *spm_pick(const struct vdc_spm_input *input,
					 const struct vdc_spm_candidate *leaving);
/* Why ONE cannot become the manager, in ARENA; NULL: it can. */
const char *spm_unfit(const struct vdc_spm_candidate *one, struct vdc_arena *arena);
/* Why nobody can: how many hosts for each reason. */
const char *spm_nobody(const struct vdc_spm_input *input, const struct vdc_spm_candidate *leaving,
		       struct vdc_arena *arena);
