/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/plan/storage_news.c and storage_findings.c. */
#pragma once

#include "plan/storage_news.h"

bool storage_is_read(const struct vdc_domain_reach *reach); /* NULL: it is not */

/* Somebody lost it, and no host of those that count reads it. */
bool storage_is_dark(const struct vdc_storage_scene *scene, size_t domain);

/* The domains of a host for which CHOSEN says yes, and why the first one is not read. */
struct storage_names {
	const char *names; /* "a, b"; NULL: none */
	size_t n;
	const char *detail; /* ""; or ": why" */
};
typedef bool storage_chosen_fn(const struct vdc_storage_change *change, size_t host, size_t domain);
struct storage_names storage_names_of(const struct vdc_storage_change *change, size_t host,
				      storage_chosen_fn *chosen, struct vdc_arena *arena);
