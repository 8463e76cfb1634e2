#!/usr/bin/env bats
# time limit: 1200 s
# host-maintenance on real hosts: VMs that move, that are started elsewhere, that wait; what stands
# against it; runs that are killed and interrupted; hosts that come back and those that do not.
# shellcheck disable=SC2154 # status, output, lines: set by bats' run
load ../lib/common
load ../lib/lab
load ../lib/lab-guests

setup_file() { lab_begin drain; }

teardown_file() { lab_end; }

setup() {
	common_setup
	lab_setup
}

teardown() {
	local number name

	lab heal 1 >/dev/null 2>&1 || true
	for number in 1 2 3; do
		lab rsh $number 'chmod a+x /usr/bin/qemu-system-x86_64' || true
		lab rsh $number 'systemctl start libvirtd' >/dev/null 2>&1 || true
		for name in guest1 guest2 guest; do
			lab rsh $number "virsh -q destroy $name; virsh -q undefine $name" \
				>/dev/null 2>&1 || true
		done
	done
	common_teardown
}

status() { field host "$1" status; }

# homeless: how many VMs have no other home than where they are
homeless() { inventory export vm --json | jq '[.vms[] | select(.home_host == null)] | length'; }

# defined GUEST: the hosts that know it
defined() {
	local number

	for number in 1 2 3; do
		! virsh -c "$(uri $number)" list --all --name | grep -qx "$1" || echo "host$number"
	done
}

@test "a host is drained: guests move, and come home when it is back" {
	local guest

	two_guests 1
	inventory sync --all >/dev/null
	strategies guest1 live_migrate always
	strategies guest2 live_migrate always
	run_ok host-maintenance enter --dry-run host1 --json
	[ "$(jq -r '[.evictions[].action] | unique | join(",")' <<<"$output")" = migrate ]
	[ "$(status host1)" = up ]
	run_ok host-maintenance enter host1 --reason "new memory" --json
	[ "$(jq -r '.hosts_away[0] | "\(.result) \(.status) \(.away)"' <<<"$output")" = \
		"done maintenance 2" ]
	[ -z "$(virsh -c "$(uri 1)" list --all --name)" ]
	for guest in 1 2; do
		runs_on guest$guest "$(where guest$guest)"
		[ "$(field vm guest$guest home_host)" = host1 ]
		run_ok answer $guest verify
		contains "$output" "lost=0" "bad=0"
	done
	run_ok host-maintenance list
	contains "$output" "host1" "maintenance" "new memory"
	[ "$(told host_maintenance)" = 1 ]
	# A look at it changes nothing.
	inventory sync --all >/dev/null
	[ "$(status host1)" = maintenance ]
	run_ok host-maintenance enter host1
	contains "$stderr" "host host1 is in maintenance already"
	run_ok host-maintenance leave host1 --restore --json
	[ "$(jq -r '.hosts_away[0] | "\(.result) \(.status) \(.returned)"' <<<"$output")" = \
		"done up 2" ]
	runs_on guest1 host1
	runs_on guest2 host1
	[ "$(homeless)" = 2 ]
}

@test "without a strategy: one is started elsewhere at once, one when its host is back" {
	two_guests 1
	inventory sync --all >/dev/null
	strategies guest1 none always
	strategies guest2 none rerun_on_failure
	run_ok host-maintenance enter host1 --json
	[ "$(jq -r '.hosts_away[0] | "\(.result) \(.off) \(.away)"' <<<"$output")" = "done 1 1" ]
	[ "$(where guest1)" != host1 ]
	runs_on guest1 "$(where guest1)"
	[ "$(defined guest1)" = "$(where guest1)" ]
	answer 1 ping >/dev/null
	[ -z "$(where guest2)" ]
	[ "$(defined guest2)" = host1 ]
	[ "$(field vm guest2 status,starts_with_home | tr -s ' ')" = "down true" ]
	[ "$(told vm_restarted) $(told vm_stopped)" = "1 1" ]
	run_ok host-maintenance leave host1 --json
	[ "$(jq -r '.hosts_away[0] | "\(.result) \(.started)"' <<<"$output")" = "done 1" ]
	runs_on guest2 host1
	runs_on guest1 "$(where guest1)"
	[ "$(homeless)" = 2 ]
}

@test "all that stands against it is named, and nothing is done" {
	two_guests 1
	inventory sync --all >/dev/null
	strategies guest1 external always
	strategies guest2 live_migrate always
	inventory set vm guest2 high_availability=true >/dev/null
	inventory set host host1 --observed spm_status=spm >/dev/null
	inventory set host host2 spm_priority=-1 >/dev/null
	inventory set host host3 spm_priority=-1 >/dev/null
	run_fail 4 host-maintenance enter host1 host2 --noheadings --output code,object
	contains "$(tr -s ' ' <<<"$output")" "VM_BLOCKS_DRAIN guest1" "SPM_CANNOT_MOVE host1" \
		"HA_WITHOUT_CAPACITY guest2"
	[ "$(status host1) $(status host2)" = "up up" ]
	[ "$(where guest2)" = host1 ]
	[ "$(inventory list job --noheadings | wc -l)" = 0 ]
	# What is named is what is in the way.
	inventory set host host3 spm_priority=5 >/dev/null
	strategies guest1 live_migrate always
	run_fail 4 host-maintenance enter host1 host2
	run_ok host-maintenance enter host1 host2 --no-reserve
	runs_on guest1 host3
	runs_on guest2 host3
}

# go_wrong SIGNAL…: an enter of host1 with two guests, the second after the first, that gets these
go_wrong() {
	two_guests 1
	inventory sync --all >/dev/null
	strategies guest1 live_migrate always
	strategies guest2 live_migrate always
	host-maintenance enter host1 --outgoing 1 --bandwidth 4M >out 2>&1 3>&- &
	pid=$!
	soon 30 bash -c "$(declare -f uri moves); moves guest1 1 || moves guest2 1"
	for signal in "$@"; do
		kill -"$signal" $pid
		sleep 0.7
	done
	code=0
	wait $pid || code=$?
}

@test "killed half-way: resume empties the host, each guest on one" {
	go_wrong KILL
	[ "$(status host1)" = preparing_for_maintenance ]
	run_fail 5 host-maintenance enter host1
	run_ok host-maintenance resume
	contains "$output" "done"
	[ "$(status host1)" = maintenance ]
	[ -z "$(virsh -c "$(uri 1)" list --name)" ]
	runs_on guest1 "$(where guest1)"
	runs_on guest2 "$(where guest2)"
	[ "$(told vm_migrated) $(told host_maintenance)" = "2 1" ]
	[ "$(inventory list job --select status=finished --noheadings | wc -l)" = 1 ]
}

@test "interrupted once: what moves arrives, the rest stays, the host is up again" {
	go_wrong INT
	[ "$code" = 1 ] || fail "exit $code: $(cat out)"
	contains "$(cat out)" "stopped"
	[ "$(status host1)" = up ]
	[ "$(told vm_migrated) $(told host_maintenance_cancelled)" = "1 1" ]
	[ "$(virsh -c "$(uri 1)" list --name | grep -c guest)" = 1 ]
	runs_on guest1 "$(where guest1)"
	runs_on guest2 "$(where guest2)"
}

@test "interrupted twice: what moves is aborted, and all is as it was" {
	go_wrong INT INT
	[ "$code" = 1 ] || fail "exit $code: $(cat out)"
	contains "$(cat out)" "stopped"
	[ "$(status host1)" = up ]
	[ "$(told vm_migrated)" = 0 ]
	runs_on guest1 host1
	runs_on guest2 host1
	[ "$(homeless)" = 2 ]
}

@test "killed while guests are shut down: resume starts them, each once" {
	two_guests 1
	inventory sync --all >/dev/null
	strategies guest1 none always
	strategies guest2 none always
	host-maintenance enter host1 >out 2>&1 3>&- &
	soon 30 bash -c "$(declare -f uri); ! virsh -c '$(uri 1)' list --name | grep -q guest"
	kill -9 $!
	wait $! || true
	run_ok host-maintenance resume
	[ "$(status host1)" = maintenance ]
	for guest in guest1 guest2; do
		runs_on $guest "$(where $guest)"
		[ "$(defined $guest)" = "$(where $guest)" ]
	done
}

@test "a destination that cannot start a guest: another is taken; none: it starts at home" {
	guest 1 1
	inventory sync --all >/dev/null
	strategies guest1 none always
	lab rsh 2 'chmod a-x /usr/bin/qemu-system-x86_64'
	lab rsh 3 'chmod a-x /usr/bin/qemu-system-x86_64'
	run_fail 1 host-maintenance enter host1
	contains "$output" "does not start on host host"
	[ "$(status host1)" = up ]
	runs_on guest1 host1
	[ "$(defined guest1)" = host1 ]
	lab rsh 3 'chmod a+x /usr/bin/qemu-system-x86_64'
	run_ok host-maintenance enter host1
	lab rsh 2 'chmod a+x /usr/bin/qemu-system-x86_64'
	runs_on guest1 host3
	[ "$(defined guest1)" = host3 ]
}

# bats test_tags=long
@test "stopped past its lease: another goes on, and the first one does nothing more" {
	guest 1 1
	inventory sync --all >/dev/null
	strategies guest1 live_migrate always
	host-maintenance enter host1 --bandwidth 4M >out 2>&1 3>&- &
	pid=$!
	soon 30 moves guest1 1
	kill -STOP $pid
	run_ok host-maintenance resume
	[ "$(status host1)" = maintenance ]
	kill -CONT $pid
	code=0
	wait $pid || code=$?
	[ "$code" = 5 ] || fail "exit $code: $(cat out)"
	contains "$(cat out)" "no longer ours"
	[ "$(status host1)" = maintenance ]
	runs_on guest1 "$(where guest1)"
	[ "$(told vm_migrated) $(told host_maintenance)" = "1 1" ]
}

@test "a guest that does not shut down is waited for in vain, unless its plug is pulled" {
	deaf_guest 1
	inventory sync --all >/dev/null
	strategies guest none always
	run_fail 1 host-maintenance enter host1 --shutdown-timeout 12s
	contains "$output" "VM guest" "did not shut down within 12s" "--force-off"
	contains "$stderr" "VM guest: waiting: for 1" "asked to shut down"
	[ "$(status host1)" = up ]
	runs_on guest host1
	run_ok host-maintenance enter host1 --shutdown-timeout 2s --force-off
	[ "$(status host1)" = maintenance ]
	[ "$(where guest)" != host1 ]
	runs_on guest "$(where guest)"
}

# bats test_tags=long
@test "a drain that is taken back starts what it shut down, also what is started by hand" {
	guest 1 1
	deaf_guest 1
	inventory sync --all >/dev/null
	strategies guest1 none manual
	strategies guest none always
	# It fails,
	run_fail 1 host-maintenance enter host1 --shutdown-timeout 5s
	contains "$output" "VM guest did not shut down"
	[ "$(told vm_stopped)" = 1 ]
	contains "$(inventory export event --json)" "VM guest1 was started on host host1"
	runs_on guest1 host1
	await_guest 1
	# it is interrupted twice,
	host-maintenance enter host1 --shutdown-timeout 8s >out 2>&1 3>&- &
	pid=$!
	soon 30 waits_for_deaf
	kill -INT $pid
	sleep 0.7
	kill -INT $pid
	code=0
	wait $pid || code=$?
	[ "$code" = 1 ] || fail "exit $code: $(cat out)"
	runs_on guest1 host1
	await_guest 1
	# it is killed, and the host is to come back when nobody drains it any more.
	printf 'job-lease = 4s\n' >>"$VDC_CONF"
	host-maintenance enter host1 --shutdown-timeout 60s >out 2>&1 3>&- &
	pid=$!
	soon 30 waits_for_deaf
	kill -9 $pid
	wait $pid || true
	soon 30 eval "host-maintenance leave host1 --json 2>err >out"
	[ "$(jq -r '.hosts_away[0] | "\(.result) \(.status) \(.started)"' out)" = "done up 1" ]
	runs_on guest1 host1
	runs_on guest host1
	[ "$(homeless)" = 2 ]
	# When it was really away it is started by hand.
	run_ok host-maintenance enter host1 --shutdown-timeout 2s --force-off
	run_ok host-maintenance leave host1
	[ -z "$(where guest1)" ]
	[ "$(homeless)" = 2 ]
}

@test "a host that does not answer, or not its storage, does not come back, and says why" {
	inventory sync --all >/dev/null
	run_ok host-maintenance enter host1
	lab rsh 1 'systemctl stop libvirtd'
	run_fail 6 host-maintenance leave host1
	contains "$output" "no_answer"
	[ "$(status host1)" = maintenance ]
	lab rsh 1 'systemctl start libvirtd'
	lab cut 1 storage
	run_fail 1 host-maintenance leave host1
	contains "$output" "unfit" "does not reach storage domain shared"
	[ "$(status host1)" = non_operational ]
	inventory sync --all >/dev/null
	[ "$(status host1)" = non_operational ]
	lab heal 1
	run_ok host-maintenance leave host1
	[ "$(status host1)" = up ]
}

@test "a host that others set to up while it is drained is kept" {
	guest 1 1
	inventory sync --all >/dev/null
	strategies guest1 live_migrate always
	host-maintenance enter host1 --bandwidth 8M >out 2>&1 3>&- &
	soon 30 moves guest1 1
	inventory set host host1 --observed status=up >/dev/null
	wait $! || fail "$(cat out)"
	[ "$(status host1)" = maintenance ]
	[ "$(told host_maintenance_insisted)" = 1 ]
}
