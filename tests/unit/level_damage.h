/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A cluster that can be raised, and all single damages to it with what must be found then. */
#pragma once

#include "level_world.h"
#include "plan/level_check.h"

/* Cluster c of family rhv at 4.5 with two hosts that run 4.6, and a VM that is off. */
struct damage_fixture {
	struct test_world w;
	struct vdc_data_center *dc;
	struct vdc_cluster *c;
	struct vdc_host *h[2];
	struct vdc_vm *vm;
	struct vdc_storage_domain *domain;
	struct vdc_level_question question;
};

struct damage_fixture damage_fixture(void);
/* The question about its data centre: all clusters are there already. */
struct damage_fixture damage_fixture_of_data_center(void);
/* To its VM. */
void damage_add_nic(struct damage_fixture *f, const char *interface);
void damage_of_another_cluster(struct damage_fixture *f);
void damage_drop(struct damage_fixture *f);

struct damage {
	void (*damage)(struct damage_fixture *f);
	const char *codes; /* "CODE:object CODE:object", in the order found */
};

/* They end with a row of NULL. */
extern const struct damage cluster_damages[], data_center_damages[];
