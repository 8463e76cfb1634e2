/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random walks: hosts of a cluster lose their network, hang, are switched off and come back; monitors
 * and treatments die at any moment. A checker, which knows the truth, holds what the treatments decide
 * against the rules that keep hosts and disks from harm. Then each rule is taken out of the machine, and
 * the checker has to find that out.
 */
#include <string.h>

#include "dice.h"
#include "unit.h"

static int removed; /* a rule that is not there */
#define RULE(rule, holds) (removed == (rule) ? 0 : (holds))
#define vdc_fence_phase_values walked_phase_values
#include "plan/fence_did.c"
#include "plan/fence_flow.c"
#include "plan/fence_policy.c" /* and is_lost() */

#define S INT64_C(1000000)
enum { HOSTS = 5, STEPS = 600, WALKS = 150 };

static const struct vdc_fence_times times = {
	.grace = { .base = 60 * S, .attempts = 2, .reboot = 600 * S, .settle = 300 * S },
	.look = 10 * S,
	.refresh = 3 * S,
	.delay = 30 * S,
	.soft = 20 * S,
	.kdump = 30 * S,
	.comes_back = 300 * S,
	.repeat = 60 * S,
	.repeat_most = 240 * S,
};

/* A host: the truth, what the database has of it, and the process that treats it. */
struct machine {
	bool on, cut, hung, device_broken, lease_alive, dumps;
	bool vms_run;	 /* those that the database knows there */
	bool taken_down; /* they were set down since it was switched off */
	bool told_on;	 /* it was told to switch on since */
	bool shot;	 /* it was switched off, and its device has answered since */
	int64_t boots_until;
	struct vdc_host host;
	char *job; /* what a crash leaves */
	struct vdc_fence_flow flow;
	struct vdc_fence_sight sight;
	/* What the checker saw. */
	bool soft_fenced; /* in this round */
	int64_t shot_in;  /* which cut of all of them */
};

static struct world {
	struct vdc_arena *arena;
	struct machine machines[HOSTS];
	int n;
	struct vdc_cluster cluster;
	int64_t now, quiet_until;
	int64_t shots[64]; /* when */
	int n_shots;
	int64_t cuts; /* of all hosts at once, so far */
	bool all_cut;
	const char *broken; /* the first rule that was */
	/* How often it came to that, so that no walk is idle. */
	int offs, downs, frees, ons, dumps, ups, held, died;
} world;

static void break_rule(const char *rule)
{
	if (!world.broken)
		world.broken = rule;
}

static bool answers(const struct machine *m)
{
	return m->on && !m->cut && !m->hung && world.now >= m->boots_until;
}

static void judge(struct machine *m, bool answered, enum vdc_host_treatment treatment)
{
	const struct vdc_host_look look = {
		.now = world.now,
		.answered = answered,
		.failure = answered ? NULL : "silence",
		.ready = true,
		.treatment = treatment,
	};
	struct vdc_host_verdict verdict = vdc_host_judge(&m->host, &look, &times.grace);

	if (verdict.status != (enum vdc_host_status)m->host.status)
		m->host.status_since = world.now;
	m->host.status = verdict.status;
	m->host.failures = verdict.failures;
	if (answered)
		m->host.seen = world.now;
}

static void look_at(struct machine *m)
{
	bool answered = answers(m);

	if (!answered)
		world.now += roll(2) * times.look / 2;
	judge(m, answered, VDC_HOST_TREATED);
	m->sight.look = answered ? VDC_FENCE_LOOK_ANSWERED : VDC_FENCE_LOOK_SILENT;
	if (one_in(20))
		m->sight.look = VDC_FENCE_LOOK_UNCLEAR;
	m->sight.looked = world.now;
}

static void count(struct vdc_fence_sight *sight)
{
	const struct vdc_host *hosts[HOSTS];

	for (int i = 0; i < world.n; i++)
		hosts[i] = &world.machines[i].host;
	vdc_fence_count(hosts, (size_t)world.n, sight);
}

static int64_t shots_within_an_hour(void)
{
	int64_t n = 0;

	for (int i = 0; i < world.n_shots; i++)
		n += world.shots[i] > world.now - 3600 * S;
	return n;
}

static void observe(struct machine *m)
{
	m->sight.now = world.now;
	m->sight.host = &m->host;
	m->sight.cluster = &world.cluster;
	m->sight.has_agents = true;
	m->sight.quiet_until = world.quiet_until;
	m->sight.fences = shots_within_an_hour();
	count(&m->sight);
}

/* Nobody who is silent by the database may be shot without all of these. */
static void check_shot(struct machine *m)
{
	const struct vdc_cluster *cluster = &world.cluster;
	const struct vdc_fence_sight *sight = &m->sight;
	int64_t fresh = world.now - times.look - VDC_FENCE_FRESH;
	struct vdc_fence_sight truth = { 0 };

	count(&truth);
	if (m->host.status != VDC_HOST_NON_RESPONSIVE)
		break_rule("only what is non_responsive is fenced");
	if (world.now < world.quiet_until)
		break_rule("nobody is fenced in quiet time");
	if (!vdc_is_true(cluster->fencing_enabled))
		break_rule("nobody is fenced where fencing is disabled");
	if (vdc_is_true(cluster->skip_fencing_if_connectivity_broken) &&
	    truth.lost * 100 > cluster->connectivity_broken_threshold * truth.hosts)
		break_rule("nobody is fenced while many are lost");
	if (world.all_cut && world.n == 2 && m->shot_in != world.cuts)
		for (int i = 0; i < world.n; i++)
			if (world.machines[i].shot_in == world.cuts &&
			    vdc_is_true(cluster->skip_fencing_if_connectivity_broken))
				break_rule("of two that lost their network at most one is shot");
	if (cluster->max_fences_per_hour != VDC_UNSET &&
	    shots_within_an_hour() >= cluster->max_fences_per_hour)
		break_rule("so many are fenced in an hour");
	if (vdc_is_true(cluster->skip_fencing_if_lease_alive) && m->lease_alive)
		break_rule("whoever renews a lease is not fenced");
	if (sight->look != VDC_FENCE_LOOK_SILENT || sight->looked < fresh)
		break_rule("it was silent just now");
	if (sight->counted < fresh)
		break_rule("all others were looked at just now");
	if (!m->soft_fenced && vdc_is_true(cluster->fencing_enabled))
		break_rule("soft fencing comes first");
	if (world.now < m->host.status_since + times.delay)
		break_rule("it had its time");
}

static void check_treated(const struct machine *m)
{
	if (m->host.status == VDC_HOST_MAINTENANCE)
		break_rule("nobody in maintenance is treated");
}

static void store(struct machine *m)
{
	m->job = vdc_fence_flow_text(&m->flow, world.arena);
}

/* Whoever comes next knows what was stored, and looks anew. */
static void die(struct machine *m)
{
	m->flow = vdc_fence_flow_parse(m->job, world.now);
	m->sight = (struct vdc_fence_sight){ 0 };
	world.died++;
}

static enum vdc_fence_outcome switch_off(struct machine *m)
{
	world.offs++;
	check_shot(m);
	m->shot_in = world.all_cut ? world.cuts : m->shot_in;
	if (world.n_shots < 64)
		world.shots[world.n_shots++] = world.now;
	world.now += roll(10) * S;
	if (m->device_broken)
		return VDC_FENCE_DID_NOT;
	m->on = m->lease_alive = m->hung = m->vms_run = m->taken_down = m->told_on = false;
	m->shot = true;
	m->host.status = VDC_HOST_DOWN;
	m->host.status_since = world.now;
	return VDC_FENCE_DID;
}

static enum vdc_fence_outcome set_down(struct machine *m)
{
	world.downs++;
	if (m->vms_run)
		break_rule("VMs start elsewhere when their host is proven down");
	m->taken_down = true;
	if (m->on)
		m->host.status = VDC_HOST_KDUMPING;
	else
		m->host.status = VDC_HOST_DOWN;
	m->host.status_since = world.now;
	return VDC_FENCE_DID;
}

/* Whether it works is nobody's guess. */
static enum vdc_fence_outcome free_leases(struct machine *m)
{
	world.frees++;
	if (m->on)
		break_rule("leases are freed while their host is proven off");
	if (m->told_on)
		break_rule("leases are freed before their host is switched on");
	if (!m->taken_down)
		break_rule("VMs are set down before the leases of their host are freed");
	world.now += roll(60) * S;
	return one_in(3) ? VDC_FENCE_DID_NOT : VDC_FENCE_DID;
}

static enum vdc_fence_outcome switch_on(struct machine *m)
{
	world.ons++;
	if (!m->on && !m->taken_down)
		break_rule("VMs are set down before their host comes back");
	m->told_on = true;
	if (m->device_broken || one_in(6))
		return VDC_FENCE_DID_NOT;
	if (!m->on)
		m->boots_until = world.now + roll(400) * S;
	m->on = true;
	m->host.status = VDC_HOST_REBOOT;
	m->host.status_since = world.now;
	return VDC_FENCE_DID;
}

static enum vdc_fence_outcome restart_daemon(struct machine *m)
{
	check_treated(m);
	m->soft_fenced = true;
	if (m->on && !m->cut && m->hung && one_in(2))
		m->hung = false;
	if (!answers(m))
		world.now += roll(20) * S;
	return answers(m) ? VDC_FENCE_DID : VDC_FENCE_DID_NOT;
}

static enum vdc_fence_outcome await_dump(struct machine *m)
{
	world.now += roll(30) * S;
	if (m->flow.phase == VDC_FENCE_PHASE_DUMP)
		return VDC_FENCE_DID;
	if (!m->on || !m->dumps)
		return VDC_FENCE_DID_NOT;
	world.dumps++;
	m->vms_run = false;
	m->boots_until = world.now + roll(200) * S;
	m->hung = m->dumps = false;
	return VDC_FENCE_DID;
}

static void count_all(struct machine *m)
{
	for (int i = 0; i < world.n; i++)
		look_at(&world.machines[i]);
	m->sight.counted = world.now;
}

static enum vdc_fence_outcome carry_out(struct machine *m, enum vdc_fence_do what)
{
	switch (what) {
	case VDC_FENCE_DO_LOOK:
		look_at(m);
		return VDC_FENCE_DID;
	case VDC_FENCE_DO_COUNT:
		count_all(m);
		return VDC_FENCE_DID;
	case VDC_FENCE_DO_SOFT:
		return restart_daemon(m);
	case VDC_FENCE_DO_NON_RESPONSIVE:
		check_treated(m);
		judge(m, false, VDC_HOST_GIVEN_UP);
		return VDC_FENCE_DID;
	case VDC_FENCE_DO_ASK_LEASE:
		vdc_fence_flow_lease(&m->flow,
				     m->lease_alive ? VDC_FENCE_LEASE_ALIVE : VDC_FENCE_LEASE_DEAD,
				     world.now);
		return VDC_FENCE_DID;
	case VDC_FENCE_DO_KDUMP:
		return await_dump(m);
	case VDC_FENCE_DO_ASK_POWER:
		m->shot = m->shot && !m->device_broken;
		return m->on || m->device_broken ? VDC_FENCE_DID_NOT : VDC_FENCE_DID;
	case VDC_FENCE_DO_OFF:
		return switch_off(m);
	case VDC_FENCE_DO_DOWN:
		return set_down(m);
	case VDC_FENCE_DO_FREE:
		check_treated(m);
		return free_leases(m);
	case VDC_FENCE_DO_ON:
		check_treated(m);
		return switch_on(m);
	case VDC_FENCE_DO_SET_UP:
		world.ups++;
		return answers(m) ? VDC_FENCE_DID : VDC_FENCE_DID_NOT;
	default:
		return VDC_FENCE_DID;
	}
}

static void begin_again(struct machine *m)
{
	m->flow = (struct vdc_fence_flow){ .phase = VDC_FENCE_PHASE_GRACE, .since = world.now };
	m->sight = (struct vdc_fence_sight){ 0 };
	m->soft_fenced = m->shot = false;
	store(m);
}

/* One step of the process that treats it, which may die before the effect or behind it. */
static void treat(struct machine *m)
{
	struct vdc_fence_decision decision;
	enum vdc_fence_outcome outcome;

	observe(m);
	decision = vdc_fence_flow_next(&m->flow, &m->sight, &times, world.arena);
	if (decision.what == VDC_FENCE_DO_OFF) {
		vdc_fence_flow_begin_off(&m->flow, world.now);
		store(m);
	}
	if (one_in(40)) {
		die(m);
		return;
	}
	outcome = carry_out(m, decision.what);
	if (one_in(40)) {
		die(m);
		return;
	}
	vdc_fence_flow_did(&m->flow, decision.what, outcome, world.now, decision.reason);
	if (decision.what == VDC_FENCE_DO_SOFT)
		m->sight.looked = world.now;
	if (decision.what == VDC_FENCE_DO_GIVE_UP) {
		world.held++;
		m->soft_fenced = false;
	}
	store(m);
	if (m->flow.phase == VDC_FENCE_PHASE_OVER) {
		if (m->shot && !m->on && m->host.status == VDC_HOST_DOWN)
			break_rule("whoever was switched off is switched on again");
		m->vms_run = m->vms_run || answers(m);
		m->job = NULL;
	}
}

static void cut_all(bool cut)
{
	world.cuts += cut && !world.all_cut;
	world.all_cut = cut;
	for (int i = 0; i < world.n; i++)
		world.machines[i].cut = cut;
}

static void maintain(struct machine *m)
{
	if (m->host.status == VDC_HOST_MAINTENANCE)
		m->host.status = answers(m) ? VDC_HOST_UP : VDC_HOST_CONNECTING;
	else
		m->host.status = VDC_HOST_MAINTENANCE;
	m->host.status_since = world.now;
}

/* What happens in the world meanwhile. */
static void happen(void)
{
	struct machine *m = &world.machines[roll((unsigned)world.n)];

	switch (roll(40)) {
	case 0:
		cut_all(!world.all_cut);
		break;
	case 1:
		if (!world.all_cut)
			m->cut = !m->cut;
		break;
	case 2:
		m->hung = m->on;
		m->dumps = one_in(3);
		break;
	case 3:
		m->device_broken = !m->device_broken;
		break;
	case 4:
		maintain(m);
		break;
	case 5:
		world.quiet_until = world.now + 120 * S;
		break;
	case 6:
		world.cluster.fencing_enabled = !world.cluster.fencing_enabled;
		break;
	case 7: /* its lease lives on as long as its power does */
		m->lease_alive = m->on && (m->lease_alive || answers(m));
		break;
	default:
		break;
	}
}

/* A pass of the monitor: whoever is silent is treated. */
static void monitor(void)
{
	for (int i = 0; i < world.n; i++) {
		struct machine *m = &world.machines[i];

		if (!m->job) {
			judge(m, answers(m), VDC_HOST_UNTREATED);
			if (is_lost(&m->host))
				begin_again(m);
		}
	}
}

static void begin_world(uint64_t seed)
{
	dice = seed * 2654435761U + 1;
	vdc_arena_reset(world.arena);
	world = (struct world){ .arena = world.arena, .n = 2 + (int)roll(HOSTS - 1) };
	world.now = 1000000 * S;
	vdc_object_clear(&vdc_cluster_kind, &world.cluster);
	world.cluster.name = vdc_arena_strdup(world.arena, "c");
	world.cluster.fencing_enabled = 1;
	world.cluster.skip_fencing_if_connectivity_broken = !one_in(4);
	world.cluster.connectivity_broken_threshold = 50;
	world.cluster.skip_fencing_if_lease_alive = one_in(3);
	if (one_in(3))
		world.cluster.max_fences_per_hour = 1 + roll(2);
	for (int i = 0; i < world.n; i++) {
		struct machine *m = &world.machines[i];

		m->on = m->vms_run = true;
		m->lease_alive = one_in(2);
		vdc_object_clear(&vdc_host_kind, &m->host);
		m->host.name = vdc_arena_strdup(world.arena, "h");
		m->host.status = VDC_HOST_UP;
		m->host.seen = m->host.status_since = world.now;
		m->host.failures = 0;
		m->host.pm_enabled = 1;
		m->host.pm_kdump_detection = one_in(3);
		m->host.kdump_status = VDC_KDUMP_ENABLED;
	}
}

/* The rule that was broken; NULL: none. */
static const char *walk(uint64_t seed)
{
	begin_world(seed);
	for (int step = 0; step < STEPS && !world.broken; step++) {
		world.now += (1 + roll(8)) * S;
		happen();
		monitor();
		for (int i = 0; i < world.n; i++)
			for (int k = 0; k < 6 && world.machines[i].job; k++)
				treat(&world.machines[i]);
	}
	return world.broken;
}

static void no_walk_breaks_a_rule(void **state)
{
	int offs = 0, downs = 0, frees = 0, ons = 0, dumps = 0, ups = 0, held = 0, died = 0;

	(void)state;
	removed = 0;
	for (uint64_t seed = 1; seed <= WALKS; seed++) {
		const char *broken = walk(seed);

		if (broken)
			fail_msg("seed %d: broken: %s", (int)seed, broken);
		offs += world.offs;
		downs += world.downs;
		frees += world.frees;
		ons += world.ons;
		dumps += world.dumps;
		ups += world.ups;
		held += world.held;
		died += world.died;
	}
	print_message("%d off, %d down, %d freed, %d on, %d dumps, %d set up, %d held, %d died\n",
		      offs, downs, frees, ons, dumps, ups, held, died);
	assert_true(offs > WALKS && downs > WALKS / 2 && ons > WALKS / 2 && dumps > 10);
	assert_true(frees > WALKS / 2);
	assert_true(ups > WALKS / 4 && held > WALKS && died > WALKS);
}

static void a_rule_that_is_missing_is_found_out(void **state)
{
	static const char *const found[VDC_FENCE_N_RULES] = {
		[VDC_FENCE_RULE_MAINTENANCE] = "nobody in maintenance is treated",
		[VDC_FENCE_RULE_QUIET] = "nobody is fenced in quiet time",
		[VDC_FENCE_RULE_DELAY] = "it had its time",
		[VDC_FENCE_RULE_UNCLEAR] = "it was silent just now",
		[VDC_FENCE_RULE_COUNT] = "all others were looked at just now",
		[VDC_FENCE_RULE_STORM] = "nobody is fenced while many are lost",
		[VDC_FENCE_RULE_HOUR] = "so many are fenced in an hour",
		[VDC_FENCE_RULE_ENABLED] = "nobody is fenced where fencing is disabled",
		[VDC_FENCE_RULE_LEASE] = "whoever renews a lease is not fenced",
		[VDC_FENCE_RULE_FREE] = "leases are freed while their host is proven off",
		[VDC_FENCE_RULE_OWN_SHOT] = "whoever was switched off is switched on again",
		[VDC_FENCE_RULE_FREE_ONCE] = "leases are freed before their host is switched on",
		[VDC_FENCE_RULE_PROOF] = "VMs start elsewhere when their host is proven down",
	};

	(void)state;
	for (removed = 1; removed < VDC_FENCE_N_RULES; removed++) {
		const char *broken = NULL;

		for (uint64_t seed = 1; seed <= WALKS && !broken; seed++)
			broken = walk(seed);
		if (!broken || strcmp(broken, found[removed]) != 0)
			fail_msg("rule %d taken away: %s", removed,
				 broken ? broken : "not found out");
	}
	removed = 0;
}

/* Without the guard both of two would be shot: the checker sees that too. */
static void two_that_lost_their_network_are_not_both_shot(void **state)
{
	int shot[2] = { 0, 0 };

	(void)state;
	for (int guard = 0; guard <= 1; guard++)
		for (uint64_t seed = 1; seed <= 40; seed++) {
			begin_world(seed);
			world.n = 2;
			world.cluster.skip_fencing_if_connectivity_broken = guard;
			world.cluster.skip_fencing_if_lease_alive = 0;
			world.cluster.max_fences_per_hour = VDC_UNSET;
			cut_all(true);
			for (int step = 0; step < STEPS; step++) {
				world.now += (1 + roll(8)) * S;
				monitor();
				for (int i = 0; i < 2; i++)
					if (world.machines[i].job)
						treat(&world.machines[i]);
			}
			shot[guard] += world.offs;
		}
	assert_true(shot[0] >= 80);
	assert_int_equal(shot[1], 0);
}

static int begin_all(void **state)
{
	(void)state;
	world.arena = vdc_arena_new();
	return 0;
}

static int end_all(void **state)
{
	(void)state;
	vdc_arena_free(world.arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_walk_breaks_a_rule),
		cmocka_unit_test(a_rule_that_is_missing_is_found_out),
		cmocka_unit_test(two_that_lost_their_network_are_not_both_shot),
	};

	return cmocka_run_group_tests(tests, begin_all, end_all);
}
