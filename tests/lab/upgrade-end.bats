#!/usr/bin/env bats
# time limit: 1200 s
# cluster-upgrade: what is done when all hosts are through: affinity holds again, VMs run the new
# QEMU, the level is raised.
# shellcheck disable=SC2154 # status, output, lines, accept: set elsewhere
# shellcheck disable=SC2086 # $accept is two words
load ../lib/common
load ../lib/lab
load ../lib/lab-guests
load ../lib/lab-upgrade

setup_file() { upgrade_begin next; }

teardown_file() { lab_end; }

setup() { upgrade_setup; }

teardown() { upgrade_teardown; }

# belongs GUEST HOST: as a wish
belongs() {
	inventory add affinity-group "$1" cluster=c hosts_enabled=true hosts_positive=true
	inventory add affinity-vm affinity_group="$1" vm="$1"
	inventory add affinity-host affinity_group="$1" host="$2"
} >/dev/null

@test "a guest that had to leave the host of its affinity group goes back to it" {
	guest 1 1
	inventory sync --all >/dev/null
	belongs guest1 host1
	run_ok cluster-upgrade run c --hosts host1 $accept --yes --command true
	contains "$(steps)" "c affinity finished"
	[ "$(told vm_migrated)" = 2 ]
	runs_on guest1 host1
	unhurt 1
}

# Each has to wait until the other one has left: nobody may go where somebody still leaves.
# bats test_tags=long
@test "killed while two guests change places: both arrive, one after the other" {
	guest 1 2
	guest 2 1
	inventory sync --all >/dev/null
	belongs guest1 host1
	belongs guest2 host2
	inventory set cluster c migration_bandwidth=4M >/dev/null
	cluster-upgrade run c --hosts host3 $accept --yes --command true >out 2>&1 3>&- &
	soon 60 moves guest1 2
	kill -9 $!
	wait $! || true
	contains "$(steps)" "c affinity started"
	run_ok cluster-upgrade resume c
	contains "$(steps)" "c affinity finished" "guest1 migrate finished" "guest2 migrate finished"
	[ "$(steps | grep -c migrate)" = 2 ] || fail "$(steps)"
	[ "$(told vm_migrated)" = 2 ]
	runs_on guest1 host1
	runs_on guest2 host2
	[ "$(jq -r '[.steps[] | select(.type == "migrate")] | sort_by(.start_time) |
		.[0].end_time <= .[1].start_time' <<<"$(inventory export step --json)")" = true ]
	unhurt 1 2
}

# qemu_of GUEST HOST: by its own word
qemu_of() {
	lab rsh "${2#host}" "virsh qemu-monitor-command $1 '{\"execute\":\"query-version\"}'" |
		jq -r '.return.qemu | "\(.major).\(.minor).\(.micro)"'
}

# In place, as a package manager does it: what runs goes on with the QEMU that it was started with.
# bats test_tags=long
@test "in place without a reboot: VMs on the old QEMU are named, moved, restarted; a new level" {
	local before boots install="bash /shared/install-debs /shared/debs"

	mkdir -p "/var/tmp/vdc-lab/$LAB_NAME/storage/shared/debs"
	cp "$LAB_DIR/install-debs" "/var/tmp/vdc-lab/$LAB_NAME/storage/shared/"
	cp "${VDC_LAB_CACHE:-/var/cache/vdc-lab}"/debs/next/* \
		"/var/tmp/vdc-lab/$LAB_NAME/storage/shared/debs/"
	guest 1 1
	guest 2 2
	inventory sync --all >/dev/null
	inventory set cluster c level_family=qemu version=7.2 >/dev/null
	before=$(lab rsh 1 'pgrep qemu')
	boots=$(boots 2)
	run_ok cluster-upgrade run c --hosts host1 $accept --yes --no-reboot --qemu 10.0 \
		--command "$install"
	contains "$output" "VMs that still run the old QEMU: guest1"
	# No other host has the new one yet.
	run_ok cluster-upgrade run c --hosts host1 $accept --yes --no-reboot --command true \
		--refresh live-migrate --raise-level
	contains "$(job message)" "guest1 could not be moved" "its QEMU is older" "the level stays"
	[ "$(lab rsh 1 'pgrep qemu')" = "$before" ]
	runs_on guest1 host1
	unhurt 1
	run_ok cluster-upgrade run c --hosts host1 $accept --yes --no-reboot --command true \
		--refresh restart
	[ "$(lab rsh 1 'pgrep qemu')" != "$before" ]
	[ "$(qemu_of guest1 host1)" = 10.0.2 ]
	[ "$(field vm guest1 running_qemu_version)" = 10.0.2 ]
	answer 1 ping
	run_ok cluster-upgrade run c --hosts host2,host3 $accept --yes --no-reboot \
		--command "$install" --qemu 10.0 --refresh live-migrate --raise-level
	[ "$(told vm_migrated)" = 1 ] || fail "$output"
	before=$(where guest2)
	[ "$before" != host2 ]
	[ "$(qemu_of guest2 "$before")" = 10.0.2 ]
	[ "$(field vm guest2 running_qemu_version)" = 10.0.2 ]
	runs_on guest2 "$before"
	[ "$(boots 2)" = "$boots" ]
	unhurt 2
	[ "$(field cluster c version)" = 10.0 ]
}
