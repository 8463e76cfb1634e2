/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random walks: paths to storage break and are mended, storages go away, hosts fall silent, the manager's
 * role moves, and nobody looks for a while. A checker, which has seen every look, holds what is decided
 * against the rules. Then each rule is taken out, and the checker has to find that out.
 */
#include <string.h>

#include "dice.h"
#include "unit.h"

static int removed; /* a rule that is not there */
#define RULE(rule, holds) (removed == (rule) ? 0 : (holds))
#include "plan/storage_health.c"
#include "plan/storage_judge.c"

#define S INT64_C(1000000)
enum { HOSTS = 3, DOMAINS = 4, STEPS = 400, WALKS = 400, NEVER = 0 };

static const struct vdc_storage_figures figures = {
	.slow = 5 * S,
	.failure = 300 * S,
	.retry = 200 * S,
};

/* What a host saw of a domain, all of it that counts. */
struct looks {
	bool good, bad;	   /* in this pass; neither: it was not asked, or silent */
	bool asked;	   /* in this pass */
	int64_t bad_since; /* every look since then was bad, without a gap; NEVER */
	int64_t last;	   /* when it was asked last */
};

static struct world {
	struct vdc_arena *arena;
	bool storage_away[DOMAINS], path_broken[HOSTS][DOMAINS], silent[HOSTS];
	struct vdc_host hosts[HOSTS];
	struct vdc_storage_domain domains[DOMAINS];
	struct vdc_domain_reach *rows[HOSTS * DOMAINS];
	struct looks looks[HOSTS][DOMAINS];
	int64_t now;
	const char *broken; /* the first rule that was */
	/* How often it came to that, so that no walk is idle. */
	int hosts_failed, hosts_waited, hosts_returned, domains_failed, domains_back;
} world;

static void break_rule(const char *rule)
{
	if (!world.broken)
		world.broken = rule;
}

static struct vdc_storage_answer look(int host, int domain)
{
	struct vdc_storage_answer answer = { .latency = VDC_UNSET };

	if (world.silent[host])
		answer.silence = "silent";
	else if (world.storage_away[domain] || world.path_broken[host][domain])
		answer.problem = "Input/output error";
	else if (!one_in(50)) /* else it says nothing about it */
		answer.latency = one_in(5) ? 7 * S : S / 1000;
	return answer;
}

static void remember(int host, int domain, const struct vdc_storage_answer *answer)
{
	struct looks *looks = &world.looks[host][domain];
	bool gap = world.now - looks->last > 3 * figures.failure;

	looks->asked = true;
	looks->good = !answer->silence && !answer->problem && answer->latency != VDC_UNSET;
	looks->bad = !answer->silence && answer->problem;
	if (!looks->bad)
		looks->bad_since = NEVER;
	else if (looks->bad_since == NEVER || gap)
		looks->bad_since = world.now;
	looks->last = world.now;
}

static void ask(int host, int domain)
{
	const struct vdc_storage_answer answer = look(host, domain);
	struct vdc_domain_reach **row = &world.rows[host * DOMAINS + domain];

	*row = vdc_storage_judge(&world.hosts[host], &world.domains[domain], *row, &answer,
				 world.now, &figures, world.arena);
	remember(host, domain, &answer);
}

static bool bad_for_long(int host, int domain)
{
	const struct looks *looks = &world.looks[host][domain];

	return looks->asked && looks->bad && world.now - looks->bad_since >= figures.failure;
}

static bool up(int host)
{
	return world.hosts[host].status == VDC_HOST_UP;
}

static bool out(int host)
{
	return world.hosts[host].status == VDC_HOST_NON_OPERATIONAL;
}

/* After the steps were taken. */
static bool needed(int domain)
{
	return world.domains[domain].type == VDC_STORAGE_DOMAIN_DATA &&
	       world.domains[domain].status == VDC_STORAGE_DOMAIN_ACTIVE;
}

static bool another_reads(int host, int domain)
{
	for (int h = 0; h < HOSTS; h++)
		if (h != host && up(h) && world.looks[h][domain].good)
			return true;
	return false;
}

static bool is_at_fault_by_looks(int host)
{
	for (int d = 0; d < DOMAINS; d++)
		if (needed(d) && bad_for_long(host, d) && another_reads(host, d))
			return true;
	return false;
}

static void check_failed_domain(int domain)
{
	bool any = false;

	world.domains_failed++;
	for (int h = 0; h < HOSTS; h++) {
		const struct looks *looks = &world.looks[h][domain];

		if (!up(h) && !out(h))
			continue;
		if (!looks->asked)
			break_rule("a domain fails and a host was not asked");
		if (looks->good)
			break_rule("a domain fails that a host reads");
		if (looks->bad && !bad_for_long(h, domain))
			break_rule("a domain fails too early");
		any = any || looks->bad;
	}
	if (!any)
		break_rule("a domain fails that nobody has lost");
}

static void check_domain_back(int domain, bool recover)
{
	bool any = false;

	world.domains_back++;
	for (int h = 0; h < HOSTS; h++)
		any = any || ((up(h) || out(h)) && world.looks[h][domain].good);
	if (!any)
		break_rule("a domain is back that nobody reads");
	if (world.domains[domain].status != VDC_STORAGE_DOMAIN_UNKNOWN && !recover)
		break_rule("a domain is back unasked");
}

static void check_return(int host, bool recover)
{
	world.hosts_returned++;
	if (!recover || !out(host))
		break_rule("a host returns unasked");
	if (world.now - world.hosts[host].status_since < figures.retry)
		break_rule("a host returns too early");
	for (int d = 0; d < DOMAINS; d++)
		if (needed(d) && !world.looks[host][d].good)
			break_rule("a host returns and does not read all");
}

static void set_host(int host, enum vdc_host_status status, int64_t reason)
{
	world.hosts[host].status = status;
	world.hosts[host].reason = reason;
	world.hosts[host].status_since = world.now;
}

static void apply_domains(const struct vdc_storage_verdict *verdict, bool recover)
{
	for (int d = 0; d < DOMAINS; d++) {
		if (verdict->domains[d] == VDC_STORAGE_DOMAIN_FAILS) {
			check_failed_domain(d);
			world.domains[d].status = VDC_STORAGE_DOMAIN_INACTIVE;
		} else if (verdict->domains[d] == VDC_STORAGE_DOMAIN_IS_BACK) {
			check_domain_back(d, recover);
			world.domains[d].status = VDC_STORAGE_DOMAIN_ACTIVE;
		}
	}
}

static void apply_hosts(const struct vdc_storage_verdict *verdict, bool recover)
{
	bool any_up = false;
	int failed = 0;

	for (int h = 0; h < HOSTS; h++) {
		if (verdict->hosts[h] == VDC_STORAGE_HOST_WAITS)
			world.hosts_waited++;
		if (verdict->hosts[h] != VDC_STORAGE_HOST_FAILS)
			continue;
		failed++;
		if (world.hosts[h].spm_status == VDC_SPM_SPM)
			break_rule("the manager fails");
		set_host(h, VDC_HOST_NON_OPERATIONAL, VDC_REASON_STORAGE_DOMAIN_UNREACHABLE);
	}
	world.hosts_failed += failed;
	for (int h = 0; h < HOSTS; h++) {
		if (verdict->hosts[h] == VDC_STORAGE_HOST_FAILS && !is_at_fault_by_looks(h))
			break_rule("a host fails that is not alone at fault, or too early");
		any_up = any_up || up(h);
	}
	if (failed && !any_up)
		break_rule("all hosts failed");
	for (int h = 0; h < HOSTS; h++)
		if (up(h) && world.hosts[h].spm_status != VDC_SPM_SPM && is_at_fault_by_looks(h))
			break_rule("a host that is at fault stays");
	for (int h = 0; h < HOSTS; h++)
		if (verdict->hosts[h] == VDC_STORAGE_HOST_MAY_RETURN) {
			check_return(h, recover);
			set_host(h, VDC_HOST_UP, 0);
		}
}

/* Now and then of one host, or of one domain, only. */
static void pass(void)
{
	const struct vdc_storage_domain *domains[DOMAINS];
	const struct vdc_host *hosts[HOSTS];
	int only_host = one_in(6) ? (int)roll(HOSTS) : -1;
	int only_domain = one_in(6) ? (int)roll(DOMAINS) : -1;
	bool recover = !one_in(3);
	const struct vdc_storage_scene scene = { domains, DOMAINS, hosts, HOSTS,
						 (const void *)world.rows };
	const struct vdc_storage_question question = { &scene, world.now, world.now, recover,
						       figures };
	struct vdc_storage_verdict verdict;

	for (int h = 0; h < HOSTS; h++) {
		hosts[h] = &world.hosts[h];
		for (int d = 0; d < DOMAINS; d++) {
			domains[d] = &world.domains[d];
			world.looks[h][d].asked = world.looks[h][d].good = world.looks[h][d].bad =
				false;
			if ((only_host < 0 || only_host == h) &&
			    (only_domain < 0 || only_domain == d) && (up(h) || out(h)))
				ask(h, d);
		}
	}
	vdc_storage_decide(&question, world.arena, &verdict);
	apply_domains(&verdict, recover);
	apply_hosts(&verdict, recover);
}

static void move_manager(void)
{
	int to = (int)roll(HOSTS);

	if (!up(to))
		return;
	for (int h = 0; h < HOSTS; h++)
		world.hosts[h].spm_status = h == to ? VDC_SPM_SPM : VDC_SPM_NONE;
}

static void happen(void)
{
	int h = (int)roll(HOSTS), d = (int)roll(DOMAINS);

	switch (roll(30)) {
	case 0:
		world.storage_away[d] = !world.storage_away[d];
		break;
	case 1:
	case 2:
		world.path_broken[h][d] = !world.path_broken[h][d];
		break;
	case 3:
		memset(world.path_broken[h], one_in(2), sizeof(world.path_broken[h]));
		break;
	case 4:
		world.silent[h] = !world.silent[h];
		break;
	case 5:
		memset(world.path_broken, 0, sizeof(world.path_broken));
		memset(world.storage_away, 0, sizeof(world.storage_away));
		memset(world.silent, 0, sizeof(world.silent));
		break;
	case 6:
		move_manager();
		break;
	case 7:
		world.now += roll(2000) * S;
		break;
	case 8: /* by somebody else */
		if (!out(h))
			set_host(h, up(h) ? VDC_HOST_MAINTENANCE : VDC_HOST_UP, 0);
		break;
	case 9:
		world.domains[d].status =
			one_in(2) ? VDC_STORAGE_DOMAIN_MAINTENANCE : VDC_STORAGE_DOMAIN_UNKNOWN;
		break;
	default:
		break;
	}
}

static void begin(uint64_t seed)
{
	static const char *const names[] = { "0", "1", "2", "3", "4" };

	dice = seed;
	memset(world.looks, 0, sizeof(world.looks));
	memset(world.rows, 0, sizeof(world.rows));
	memset(world.path_broken, 0, sizeof(world.path_broken));
	memset(world.storage_away, 0, sizeof(world.storage_away));
	memset(world.silent, 0, sizeof(world.silent));
	world.now = 1000000 * S;
	for (int h = 0; h < HOSTS; h++) {
		vdc_object_clear(&vdc_host_kind, &world.hosts[h]);
		world.hosts[h].id = world.hosts[h].name = (char *)(uintptr_t)names[h];
		world.hosts[h].spm_status = VDC_SPM_NONE;
		set_host(h, VDC_HOST_UP, 0);
	}
	for (int d = 0; d < DOMAINS; d++) {
		vdc_object_clear(&vdc_storage_domain_kind, &world.domains[d]);
		world.domains[d].id = world.domains[d].name = (char *)(uintptr_t)names[d];
		world.domains[d].type =
			d == DOMAINS - 1 ? VDC_STORAGE_DOMAIN_ISO : VDC_STORAGE_DOMAIN_DATA;
		world.domains[d].status = VDC_STORAGE_DOMAIN_UNKNOWN;
	}
	move_manager();
}

/* Returns the first rule that was broken. */
static const char *walk(uint64_t seed)
{
	world.arena = vdc_arena_new();
	world.broken = NULL;
	begin(seed);
	for (int i = 0; i < STEPS && !world.broken; i++) {
		world.now += (20 + roll(60)) * S;
		happen();
		pass();
	}
	vdc_arena_free(world.arena);
	return world.broken;
}

static void test_random_walks(void **state vdc_unused)
{
	removed = 0;
	memset(&world, 0, sizeof(world));
	for (uint64_t seed = 1; seed <= WALKS; seed++)
		if (walk(seed))
			fail_msg("walk %d: %s", (int)seed, world.broken);
	print_message("%d walks of %d passes: hosts failed %d, waited %d, returned %d; domains "
		      "failed %d, back %d\n",
		      WALKS, STEPS, world.hosts_failed, world.hosts_waited, world.hosts_returned,
		      world.domains_failed, world.domains_back);
	assert_true(world.hosts_failed > WALKS && world.hosts_waited > WALKS &&
		    world.hosts_returned > WALKS && world.domains_failed > WALKS &&
		    world.domains_back > WALKS);
}

static void test_mutants_are_caught(void **state vdc_unused)
{
	for (removed = 1; removed < VDC_STORAGE_N_RULES; removed++) {
		uint64_t seed = 1;

		while (seed <= WALKS && !walk(seed))
			seed++;
		if (seed > WALKS)
			fail_msg("nobody notices that rule %d is not there", removed);
		print_message("rule %d: walk %d: %s\n", removed, (int)seed, world.broken);
	}
	removed = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_walks),
		cmocka_unit_test(test_mutants_are_caught),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
