/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans of made-up clusters, for tests; each is verified as it is made. */
#pragma once

#include "../helpers/upgrade_cluster.h"
#include "../helpers/upgrade_verify.h"
#include "plan/upgrade_plan.h"
#include "unit.h"

extern struct vdc_arena *arena; /* of one test */

int begin(void **state);
int finish(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

/* Equal hosts with so many VMs each, which take PERCENT of their memory; SEED not 0: not so equal. */
struct made_cluster made_of(uint32_t hosts, uint32_t vms, unsigned percent, uint64_t seed);
/* Fails the test if there is none, or if it keeps not what it has to. */
struct vdc_upgrade_plan plan_of(const struct made_cluster *made);
