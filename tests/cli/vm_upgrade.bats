# shellcheck shell=bash disable=SC2154
# compat-level vm upgrade: what it refuses, and who may. What it does is shown in the lab.
load ../lib/common

# A host of libvirt's test driver with its VM "test", which runs.
setup() {
	common_setup
	new_database
	(umask 077 && echo "sesame open" >right && echo "sesame shut" >wrong)
	{
		inventory init
		inventory passwd --password-file right
		inventory add data-center dc
		inventory add cluster new data_center=dc level_family=qemu version=10.0
		inventory add host h1 cluster=new libvirt_uri=test:///default
		inventory sync h1
		inventory set --observed host h1 "machine_types=pc-q35-7.2 pc-q35-10.0 pc-i440fx-10.0"
	} >/dev/null
}

teardown() {
	common_teardown
}

# as_if [MACHINE]: the VM came from an older cluster
as_if() {
	inventory set --observed vm test compatibility_mode=true migrated_from_cluster=old \
		migrated_from_level=7.2 machine_type="${1:-pc-q35-7.2}" \
		running_machine_type="${1:-pc-q35-7.2}" >/dev/null
}

upgrade() { compat-level vm upgrade test "$@"; }

@test "usage" {
	run_fail 2 compat-level vm upgrade
	run_fail 2 upgrade --snapshot --no-backup
	run_fail 2 upgrade --force-off
	run_fail 2 upgrade --chipset i440fx
	run_fail 3 compat-level vm upgrade tset
	contains "$stderr" tset
}

@test "one that never came from an older cluster, and everything else that is wrong with it" {
	run_fail 4 upgrade --power-off --yes --irreversible
	contains "$stderr" "not_migrated: VM test did not come from an older cluster"
	as_if
	run_fail 4 upgrade
	contains "$stderr" "not_off: VM test is up" "nothing was changed" \
		"no_backup: VM test: no snapshot or backup of all its disks"
	run_fail 4 upgrade --power-off --snapshot
	contains "$stderr" "not_qcow2: VM test: disk "
	inventory set vm test custom_emulated_machine=pc-q35-7.2 >/dev/null
	run_fail 4 upgrade --power-off
	contains "$stderr" "pinned: VM test is pinned to machine type pc-q35-7.2"
}

@test "a dry run says what would be done, and pc becomes q35 only when asked" {
	as_if
	run_ok upgrade --power-off --no-backup --dry-run
	output_is "would have upgraded VM test on host h1 from pc-q35-7.2 to pc-q35-10.0, shutting it down first"
	as_if pc-i440fx-7.2
	run_ok upgrade --power-off --no-backup --dry-run
	contains "$output" "from pc-i440fx-7.2 to pc-i440fx-10.0"
	run_ok upgrade --power-off --no-backup --dry-run --chipset q35
	contains "$output" "from pc-i440fx-7.2 to pc-q35-10.0"
}

@test "it asks, names the risk, and wants a password" {
	as_if
	run_fail 4 setsid -w "$VDC_TEST_BUILD/bin/.libs/compat-level" vm upgrade test --power-off --no-backup
	contains "$stderr" "irreversible" "source cluster old" "off-peak" "migrate it back first" "--yes"
	run_fail 4 upgrade --power-off --no-backup --yes
	contains "$stderr" "--yes alone does not answer this" "--irreversible"
	run_fail 7 upgrade --power-off --no-backup --yes --irreversible --as admin@internal --password-file wrong
	contains "$stderr" "wrong password"
	run_ok inventory list jobs --noheadings
	output_is ""
	run_ok inventory list events --noheadings --output description --select type=login_refused
	contains "$output" "upgrade of vm test"
}

@test "a host that does not answer, and a cluster without one" {
	as_if
	inventory set host h1 libvirt_uri=qemu+tcp://127.0.0.1:9/system >/dev/null
	run_fail 6 upgrade --power-off --no-backup
	contains "$stderr" "host h1 does not answer"
	inventory set --observed vm test host= status=down >/dev/null
	inventory set --observed host h1 status=maintenance >/dev/null
	run_fail 6 upgrade --no-backup
	contains "$stderr" "no host of cluster new is up"
	run_fail 3 upgrade --no-backup --host h9
	contains "$stderr" "cluster new has no host h9"
}

@test "another one of the cluster that is being upgraded is named" {
	as_if
	inventory add vm other cluster=new >/dev/null
	database_sql "INSERT INTO jobs (id, action, status, object_kind, object_id, object_name)
		SELECT '11111111-2222-4333-8444-555555555555', 'vm-upgrade', 'started', 'vm', id, name
		FROM vms WHERE name = 'other'"
	run_ok upgrade --power-off --no-backup --dry-run
	contains "$output" "would have ended the upgrade of VM other, which was cut off"
	database_sql "INSERT INTO job_leases (job_id, token, owner, heartbeat, expires)
		VALUES ('11111111-2222-4333-8444-555555555555', 1, 'h7 pid 12 since noon', 1,
		9000000000000000)"
	run_fail 5 upgrade --power-off --no-backup
	contains "$stderr" "upgrade_running: VM test: VM other (by h7 pid 12 since noon) of cluster new"
}
