/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A cluster of three hosts, and a VM on the first of them that is to be placed. */
#pragma once

#include "plan/placement.h"

#define GIB (INT64_C(1) << 30)
#define MINUTE INT64_C(60000000)
#define NOW (INT64_C(1000) * MINUTE)

struct placement_case {
	struct vdc_arena *arena;
	struct vdc_world *world;
	struct vdc_cluster *cluster;	 /* c, of level 4.7 */
	struct vdc_host *h1, *h2, *h3;	 /* all alike: 4 CPUs, 16 GiB, RHEL 8 */
	struct vdc_vm *vm;		 /* v1, on h1: 2 CPUs, 4 GiB */
	struct vdc_placement *placement; /* the latest */
	struct vdc_place_query query;	 /* about VM */
	struct vdc_place_result result;	 /* the latest */
	struct vdc_load_sample samples[8];
	size_t n_samples;
};

/* For cmocka: STATE becomes a fresh case, and it goes. */
int placement_case_begin(void **state);
int placement_case_end(void **state);

char *placement_text(const struct placement_case *c, const char *text);

/* With ID and the presets of its kind; it is in the world. */
void *placement_add(struct placement_case *c, const struct vdc_kind *kind, const char *id);

/* As the first one; HOST may be NULL: it is down. */
struct vdc_vm *placement_vm(struct placement_case *c, const char *name, struct vdc_host *host);

/* So many minutes ago HOST was so busy. */
void placement_measure(struct placement_case *c, const char *host, int64_t minutes_ago,
		       int64_t percent);

/* Places VM anew, with the world as it is now. */
void placement_ask(struct placement_case *c);

/* What became of HOST in the latest result. */
const struct vdc_place_choice *placement_choice(const struct placement_case *c,
						const struct vdc_host *host);

/* FILTER refuses HOST, with these words, the same when one pair is asked; NULL: none does. */
void placement_refused(struct placement_case *c, const struct vdc_host *host, const char *filter,
		       const char *words);
