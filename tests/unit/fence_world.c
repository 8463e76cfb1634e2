/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fence_world.h"

#include "dice.h"
#include "plan/host_status.h"
#include "unit.h"

struct world world;

const struct vdc_fence_times walk_times = {
	.grace = { .base = 60 * S, .attempts = 2, .reboot = 600 * S, .settle = 300 * S },
	WORLD_TIMES,
	.soft = 20 * S,
	.comes_back = 300 * S,
	.repeat_most = 240 * S,
};

unsigned walk_roll(unsigned sides)
{
	return roll(sides);
}

void walk_break_rule(const char *rule)
{
	if (!world.broken)
		world.broken = rule;
}

bool walk_answers(const struct machine *m)
{
	return m->on && !m->cut && !m->hung && world.now >= m->boots_until;
}

void walk_judge(struct machine *m, bool answered, enum vdc_host_treatment treatment)
{
	const struct vdc_host_look look = {
		.now = world.now,
		.answered = answered,
		.failure = answered ? NULL : "silence",
		.ready = true,
		.treatment = treatment,
	};
	struct vdc_host_verdict verdict = vdc_host_judge(&m->host, &look, &walk_times.grace);

	if (verdict.status != (enum vdc_host_status)m->host.status)
		m->host.status_since = world.now;
	m->host.status = verdict.status;
	m->host.failures = verdict.failures;
	if (answered)
		m->host.seen = world.now;
}

static void look_at(struct machine *m)
{
	bool answered = walk_answers(m);

	if (!answered)
		world.now += roll(2) * walk_times.look / 2;
	walk_judge(m, answered, VDC_HOST_TREATED);
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

void walk_observe(struct machine *m)
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
	int64_t fresh = world.now - walk_times.look - VDC_FENCE_FRESH;
	struct vdc_fence_sight truth = { 0 };

	count(&truth);
	if (m->host.status != VDC_HOST_NON_RESPONSIVE)
		walk_break_rule("only what is non_responsive is fenced");
	if (world.now < world.quiet_until)
		walk_break_rule("nobody is fenced in quiet time");
	if (!vdc_is_true(cluster->fencing_enabled))
		walk_break_rule("nobody is fenced where fencing is disabled");
	if (vdc_is_true(cluster->skip_fencing_if_connectivity_broken) &&
	    truth.lost * 100 > cluster->connectivity_broken_threshold * truth.hosts)
		walk_break_rule("nobody is fenced while many are lost");
	if (world.all_cut && world.n == 2 && m->shot_in != world.cuts)
		for (int i = 0; i < world.n; i++)
			if (world.machines[i].shot_in == world.cuts &&
			    vdc_is_true(cluster->skip_fencing_if_connectivity_broken))
				walk_break_rule(
					"of two that lost their network at most one is shot");
	if (cluster->max_fences_per_hour != VDC_UNSET &&
	    shots_within_an_hour() >= cluster->max_fences_per_hour)
		walk_break_rule("so many are fenced in an hour");
	if (vdc_is_true(cluster->skip_fencing_if_lease_alive) && m->lease_alive)
		walk_break_rule("whoever renews a lease is not fenced");
	if (sight->look != VDC_FENCE_LOOK_SILENT || sight->looked < fresh)
		walk_break_rule("it was silent just now");
	if (sight->counted < fresh)
		walk_break_rule("all others were looked at just now");
	if (!m->soft_fenced && vdc_is_true(cluster->fencing_enabled))
		walk_break_rule("soft fencing comes first");
	if (world.now < m->host.status_since + walk_times.delay)
		walk_break_rule("it had its time");
}

static void check_treated(const struct machine *m)
{
	if (m->host.status == VDC_HOST_MAINTENANCE)
		walk_break_rule("nobody in maintenance is treated");
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
	m->host.status_since = m->host.proven_down = world.now;
	m->host.power_status = VDC_POWER_OFF;
	return VDC_FENCE_DID;
}

static enum vdc_fence_outcome set_down(struct machine *m)
{
	world.downs++;
	if (m->vms_run)
		walk_break_rule("VMs start elsewhere when their host is proven down");
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
		walk_break_rule("leases are freed while their host is proven off");
	if (m->told_on)
		walk_break_rule("leases are freed before their host is switched on");
	if (!m->taken_down)
		walk_break_rule("VMs are set down before the leases of their host are freed");
	world.now += roll(60) * S;
	return one_in(3) ? VDC_FENCE_DID_NOT : VDC_FENCE_DID;
}

static enum vdc_fence_outcome switch_on(struct machine *m)
{
	world.ons++;
	if (!m->on && !m->taken_down)
		walk_break_rule("VMs are set down before their host comes back");
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
	if (!walk_answers(m))
		world.now += roll(20) * S;
	return walk_answers(m) ? VDC_FENCE_DID : VDC_FENCE_DID_NOT;
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

enum vdc_fence_outcome walk_carry_out(struct machine *m, enum vdc_fence_do what)
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
		walk_judge(m, false, VDC_HOST_GIVEN_UP);
		return VDC_FENCE_DID;
	case VDC_FENCE_DO_ASK_LEASE:
		vdc_fence_flow_lease(&m->flow,
				     m->lease_alive ? VDC_FENCE_LEASE_ALIVE : VDC_FENCE_LEASE_DEAD,
				     world.now);
		return VDC_FENCE_DID;
	case VDC_FENCE_DO_KDUMP:
		return await_dump(m);
	case VDC_FENCE_DO_ASK_POWER:
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
		return walk_answers(m) ? VDC_FENCE_DID : VDC_FENCE_DID_NOT;
	default:
		return VDC_FENCE_DID;
	}
}

void walk_cut_all(bool cut)
{
	world.cuts += cut && !world.all_cut;
	world.all_cut = cut;
	for (int i = 0; i < world.n; i++)
		world.machines[i].cut = cut;
}

static void maintain(struct machine *m)
{
	if (m->host.status == VDC_HOST_MAINTENANCE)
		m->host.status = walk_answers(m) ? VDC_HOST_UP : VDC_HOST_CONNECTING;
	else
		m->host.status = VDC_HOST_MAINTENANCE;
	m->host.status_since = world.now;
}

/* What happens in the world meanwhile. */
void walk_happen(void)
{
	struct machine *m = &world.machines[roll((unsigned)world.n)];

	switch (roll(40)) {
	case 0:
		walk_cut_all(!world.all_cut);
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
		m->lease_alive = m->on && (m->lease_alive || walk_answers(m));
		break;
	default:
		break;
	}
}

void walk_begin(uint64_t seed)
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
