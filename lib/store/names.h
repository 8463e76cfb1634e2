/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The names of all objects of a kind, in memory: anywhere, or within their scopes, where other kinds
 * have the other half of their key instead of a name.
 */
#pragma once

#include "store/find.h"

struct vdc_names;

/* What the database has. SCOPED: a name is looked up together with the id of its scope. */
int vdc_names_load(struct vdc_db *db, const struct vdc_kind *kind, bool scoped,
		   struct vdc_names **ret, struct vdc_err *err);
void vdc_names_free(struct vdc_names *names); /* NULL is fine */

void vdc_names_add(struct vdc_names *names, const char *name, const char *scope, const char *id);

/* As vdc_finder.lookup; the id lives as long as NAMES. */
struct vdc_found vdc_names_find(const struct vdc_names *names, const char *name, const char *scope);
void vdc_names_suggest(const struct vdc_names *names, struct vdc_similar *similar);
