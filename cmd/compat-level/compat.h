/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the verbs of `compat-level` share. */
#pragma once

#include "cli/command.h"
#include "model/catalogue.h"
#include "model/cluster.h"
#include "model/data_center.h"
#include "model/world.h"
#include "plan/level_host.h"

int compat_show(struct vdc_call *call, struct vdc_err *err);
int compat_features(struct vdc_call *call, struct vdc_err *err);
int compat_check(struct vdc_call *call, struct vdc_err *err);
int compat_raise(struct vdc_call *call, struct vdc_err *err);
int compat_lower(struct vdc_call *call, struct vdc_err *err);
int compat_vm_list(struct vdc_call *call, struct vdc_err *err);
int compat_vm_set(struct vdc_call *call, struct vdc_err *err);
int compat_vm_upgrade(struct vdc_call *call, struct vdc_err *err);

extern const struct vdc_option compat_vm_upgrade_options[]; /* besides vdc_change_options */

/* The catalogue, and the part of the inventory that a verb decides by. All in the call's arena. */
struct compat {
	struct vdc_call *call;
	struct vdc_arena *arena;
	const struct vdc_catalogue *catalogue;
	const struct vdc_kind *const *kinds; /* that WORLD has */
	struct vdc_world *world;
};

/* Without a world. */
int compat_open(struct compat *compat, struct vdc_call *call, struct vdc_err *err);
/* A vdc_db_fn: a new world out of the database; CTX is the struct compat. */
int compat_read(struct vdc_db *db, void *ctx, struct vdc_err *err);
/* Both, in a snapshot. */
int compat_open_world(struct compat *compat, struct vdc_call *call,
		      const struct vdc_kind *const *kinds, struct vdc_err *err);

/* By id or name; NULL when there is none. */
void *compat_find(const struct compat *compat, const struct vdc_kind *kind, const char *name);

/* A cluster or a data centre; the other one is NULL. -EINVAL when both have that name. */
struct compat_target {
	const struct vdc_cluster *cluster;
	const struct vdc_data_center *data_center;
};
int compat_target(const struct compat *compat, const char *name, struct compat_target *ret,
		  struct vdc_err *err);

/* The offer for a cluster; NULL: it is not in the state. */
const struct vdc_cluster_offer *compat_cluster_offer(const struct vdc_level_state *state,
						     const struct vdc_cluster *cluster);

/* For documents "4.6 4.7 4.8", for people "4.6-4.8". */
char *compat_levels_text(const struct vdc_level_family *family, vdc_level_set set,
			 struct vdc_arena *arena);
char *compat_levels_span(const struct vdc_level_family *family, vdc_level_set set,
			 struct vdc_arena *arena);
/* The highest level of a set that is not empty. */
struct vdc_level compat_highest(const struct vdc_level_family *family, vdc_level_set set);
/* A reference for a report; OBJECT may be NULL. */
struct vdc_ref compat_ref(const struct vdc_kind *kind, const void *object);
