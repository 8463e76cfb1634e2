/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policies of a cluster for the time of its upgrade, and back, also after a crash. */
#include "act/upgrade_policy.h"

#include "scratch_store.h"

struct attempt {
	vdc_upgrade_policy_fn *fn;
	const struct vdc_job_lease *lease;
	struct vdc_upgrade_policy *policy;
};

static int in_transaction(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct attempt *a = ctx;

	return a->fn(db, a->lease, a->policy, arena, err);
}

static int try(struct scratch *s, vdc_upgrade_policy_fn *fn, const struct vdc_job_lease *lease,
	       struct vdc_upgrade_policy *policy)
{
	struct attempt attempt = { fn, lease, policy };

	policy->cluster = "c1";
	return vdc_db_transaction(s->db, in_transaction, &attempt, NULL);
}

/* Done, whether there was anything to change, and what the cluster has then. */
static void does(struct scratch *s, vdc_upgrade_policy_fn *fn, const struct vdc_job_lease *lease,
		 bool changed, const char *policy, const char *saved)
{
	struct vdc_upgrade_policy change = { 0 };
	const struct vdc_cluster *cluster;

	assert_int_equal(try(s, fn, lease, &change), 0);
	assert_int_equal(change.changed, changed);
	assert_string_equal(change.is->scheduling_policy, policy);
	cluster = get(s->db, &vdc_cluster_kind, "c1");
	assert_string_equal(cluster->scheduling_policy, policy);
	if (saved)
		assert_string_equal(cluster->saved_scheduling_policy, saved);
	else
		assert_null(cluster->saved_scheduling_policy);
}

static void refuses(struct scratch *s, vdc_upgrade_policy_fn *fn, const struct vdc_job_lease *lease,
		    size_t findings)
{
	struct vdc_upgrade_policy change = { 0 };

	assert_int_equal(try(s, fn, lease, &change), -EPERM);
	assert_false(change.changed);
	assert_int_equal(change.against.n, findings);
}

static void set(struct scratch *s, const struct vdc_kind *kind, const char *name, const char *field,
		const char *value)
{
	put(s->db, kind, OBJECT(kind, "name", name, field, value));
}

static void a_cluster(struct scratch *s, struct vdc_job_lease **lease)
{
	struct vdc_err err = { 0 };
	const char *id;

	populate(s->db);
	for (const char *const *host = (const char *const[]){ "h1", "h2", NULL }; *host; host++)
		put(s->db, &vdc_host_kind,
		    OBJECT(&vdc_host_kind, "name", *host, "os_type", "Debian", "os_major", "12"));
	set(s, &vdc_cluster_kind, "c1", "scheduling_policy", "evenly_distributed");
	set(s, &vdc_cluster_kind, "c1", "scheduling_properties", "HighUtilization=70");
	id = put(s->db, &vdc_job_kind, OBJECT(&vdc_job_kind, "action", "cluster-upgrade"));
	must(vdc_job_acquire(s->db, id, VDC_JOB_TTL, lease, &err), &err);
}

static void maintenance_and_back(void **state)
{
	const struct vdc_cluster *cluster;
	struct vdc_job_lease *lease;
	SCRATCH(s);

	a_cluster(s, &lease);
	does(s, vdc_upgrade_policy_maintain, lease, true, "cluster_maintenance",
	     "evenly_distributed");
	cluster = get(s->db, &vdc_cluster_kind, "c1");
	assert_null(cluster->scheduling_properties);
	does(s, vdc_upgrade_policy_maintain, lease, false, "cluster_maintenance",
	     "evenly_distributed");
	does(s, vdc_upgrade_policy_restore, lease, true, "evenly_distributed", NULL);
	cluster = get(s->db, &vdc_cluster_kind, "c1");
	assert_non_null(strstr(cluster->scheduling_properties, "70"));
	assert_null(cluster->saved_scheduling_properties);
	does(s, vdc_upgrade_policy_restore, lease, false, "evenly_distributed", NULL);
	vdc_job_release(lease, s->db);
}

static void from_maintenance_to_another_major_version(void **state)
{
	struct vdc_job_lease *lease;
	SCRATCH(s);

	a_cluster(s, &lease);
	does(s, vdc_upgrade_policy_maintain, lease, true, "cluster_maintenance",
	     "evenly_distributed");
	refuses(s, vdc_upgrade_policy_set, NULL, 0);
	does(s, vdc_upgrade_policy_set, lease, true, "in_cluster_upgrade", "evenly_distributed");
	does(s, vdc_upgrade_policy_maintain, lease, false, "in_cluster_upgrade",
	     "evenly_distributed");
	does(s, vdc_upgrade_policy_restore, lease, true, "evenly_distributed", NULL);
	vdc_job_release(lease, s->db);
}

static void maintenance_by_hand_stays(void **state)
{
	struct vdc_job_lease *lease;
	SCRATCH(s);

	a_cluster(s, &lease);
	set(s, &vdc_cluster_kind, "c1", "scheduling_policy", "cluster_maintenance");
	does(s, vdc_upgrade_policy_maintain, lease, false, "cluster_maintenance", NULL);
	does(s, vdc_upgrade_policy_restore, lease, false, "cluster_maintenance", NULL);
	does(s, vdc_upgrade_policy_set, lease, true, "in_cluster_upgrade", "cluster_maintenance");
	does(s, vdc_upgrade_policy_restore, lease, true, "cluster_maintenance", NULL);
	vdc_job_release(lease, s->db);
}

static void a_policy_changed_by_hand_meanwhile_counts(void **state)
{
	struct vdc_job_lease *lease;
	SCRATCH(s);

	a_cluster(s, &lease);
	does(s, vdc_upgrade_policy_maintain, lease, true, "cluster_maintenance",
	     "evenly_distributed");
	set(s, &vdc_cluster_kind, "c1", "scheduling_policy", "power_saving");
	does(s, vdc_upgrade_policy_restore, lease, false, "power_saving", "evenly_distributed");
	does(s, vdc_upgrade_policy_set, lease, true, "in_cluster_upgrade", "power_saving");
	vdc_job_release(lease, s->db);
}

static void what_stands_against_it(void **state)
{
	struct vdc_upgrade_policy abandon = { .abandon = true };
	struct vdc_job_lease *lease;
	SCRATCH(s);

	a_cluster(s, &lease);
	script(s->db, "UPDATE vms SET status = 'suspended' WHERE name = 'w';"
		      "UPDATE hosts SET os_type = NULL WHERE name = 'h2'");
	refuses(s, vdc_upgrade_policy_set, lease, 2);
	script(s->db, "UPDATE vms SET status = 'up' WHERE name = 'w';"
		      "UPDATE hosts SET os_type = 'Debian' WHERE name = 'h2'");
	does(s, vdc_upgrade_policy_set, lease, true, "in_cluster_upgrade", "evenly_distributed");
	set(s, &vdc_host_kind, "h1", "os_major", "13");
	refuses(s, vdc_upgrade_policy_restore, lease, 1);
	assert_int_equal(try(s, vdc_upgrade_policy_restore, lease, &abandon), 0);
	assert_true(abandon.changed);
	assert_string_equal(abandon.is->scheduling_policy, "evenly_distributed");
	vdc_job_release(lease, s->db);
}

static void only_the_owner_of_a_running_upgrade(void **state)
{
	vdc_upgrade_policy_fn *const all[] = { vdc_upgrade_policy_set, vdc_upgrade_policy_maintain,
					       vdc_upgrade_policy_restore };
	struct vdc_upgrade_policy late = { 0 };
	struct vdc_job_lease *lease;
	SCRATCH(s);

	a_cluster(s, &lease);
	set(s, &vdc_cluster_kind, "c1", "upgrade_in_progress", "true");
	refuses(s, vdc_upgrade_policy_set, NULL, 0);
	refuses(s, vdc_upgrade_policy_maintain, NULL, 0);
	does(s, vdc_upgrade_policy_maintain, lease, true, "cluster_maintenance",
	     "evenly_distributed");
	refuses(s, vdc_upgrade_policy_restore, NULL, 0);
	script(s->db, "UPDATE job_leases SET token = token + 1");
	for (size_t i = 0; i < VDC_COUNT(all); i++)
		assert_int_equal(try(s, all[i], lease, &late), -EBUSY);
	vdc_job_release(lease, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(maintenance_and_back),
		on_sqlite(from_maintenance_to_another_major_version),
		on_sqlite(maintenance_by_hand_stays),
		on_sqlite(a_policy_changed_by_hand_meanwhile_counts),
		on_sqlite(what_stands_against_it),
		on_sqlite(only_the_owner_of_a_running_upgrade),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
