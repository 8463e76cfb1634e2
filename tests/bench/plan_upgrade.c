/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plans the upgrade of made-up clusters in memory: 20 VMs a host, 56 % of the memory in use, a tenth
 * of the hosts away at most, ceiling 90 %. Each plan is replayed by the verifier of the tests.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "../helpers/upgrade_cluster.h"
#include "../helpers/upgrade_verify.h"

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int64_t highest_percent(const struct made_cluster *made, const struct vdc_upgrade_plan *plan)
{
	int64_t most = 0;

	for (uint32_t h = 0; h < made->in.n_hosts; h++) {
		int64_t percent = plan->peak[h] * 100 / made->hosts[h].memory;

		most = percent > most ? percent : most;
	}
	return most;
}

static int run(uint32_t hosts, double limit)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct made_cluster made = make_cluster(&(struct cluster_shape){ hosts, 20, 56, 0 }, arena);
	struct vdc_upgrade_plan plan;
	double begin = cpu_seconds(), took;
	const char *wrong;
	bool good;

	if (vdc_plan_upgrade(&made.in, arena, &plan, NULL))
		return 1;
	took = cpu_seconds() - begin;
	wrong = upgrade_verify(&made.in, &plan, hosts <= 100, arena);
	good = took <= limit && !wrong && plan.n_waves <= 20 &&
	       plan.second_moves <= 20 + plan.moves / 100;
	printf("%5" PRIu32 " hosts: %6.3f s (limit %.1f), %" PRIu32 " waves, %" PRIu32
	       " moves, %" PRIu32 " of them second ones, peak %" PRId64 " %%%s%s%s\n",
	       hosts, took, limit, plan.n_waves, plan.moves, plan.second_moves,
	       highest_percent(&made, &plan), good ? "" : " MISSED ", wrong ? ": " : "",
	       wrong ? wrong : "");
	return !good;
}

int main(void)
{
	return run(100, 0.3) | run(1000, 0.3) | run(4000, 0.3);
}
