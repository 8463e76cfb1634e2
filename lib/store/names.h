/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of all objects of a kind, in memory. */
#pragma once

#include "store/find.h"

struct vdc_names;

/* What the database has. */
int vdc_names_load(struct vdc_db *db, const struct vdc_kind *kind, struct vdc_names **ret,
		   struct vdc_err *err);
void vdc_names_free(struct vdc_names *names); /* NULL is fine */

/* SCOPE may be NULL. */
void vdc_names_add(struct vdc_names *names, const char *name, const char *scope, const char *id);

/* As vdc_finder.lookup; SCOPE NULL looks in all. The id lives as long as NAMES. */
struct vdc_found vdc_names_find(const struct vdc_names *names, const char *name, const char *scope);
void vdc_names_suggest(const struct vdc_names *names, struct vdc_similar *similar);
