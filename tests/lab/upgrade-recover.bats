#!/usr/bin/env bats
# time limit: 1200 s
# cluster-upgrade: what was begun and does not come to its end is taken back, or gone on with.
# shellcheck disable=SC2154 # status, output, lines, accept: set elsewhere
# shellcheck disable=SC2086 # $accept is two words
load ../lib/common
load ../lib/lab
load ../lib/lab-guests
load ../lib/lab-upgrade

setup_file() { lab_begin recover; }

teardown_file() { lab_end; }

setup() { upgrade_setup; }

teardown() { upgrade_teardown; }

# aborted: by whoever asks, when nobody has it any more
aborted() {
	cluster-upgrade abort c >out 2>&1
	[ "$(job status)" = aborted ]
}

@test "a wave that ends while it is drained: what was shut down for it runs again" {
	guest 1 1
	deaf_guest 2
	inventory sync --all >/dev/null
	strategies guest1 none manual
	strategies guest none manual
	run_fail 1 cluster-upgrade run c --hosts host1,host2 --max-unavailable 2 $accept --yes \
		--command true --shutdown-timeout 5s
	contains "$(reason host2)" "VM guest did not shut down within 5s"
	contains "$(reason host1)" "the run ended before its turn"
	[ "$(told vm_stopped)" = 1 ]
	runs_on guest1 host1
	runs_on guest host2
	[ "$(field host host1 status) $(field host host2 status)" = "up up" ]
	[ "$(field cluster c scheduling_policy)" = none ]
}

@test "killed while it drains, then aborted: the host takes VMs again, and what was off runs" {
	guest 1 1
	deaf_guest 1
	inventory sync --all >/dev/null
	strategies guest1 none halted
	strategies guest none always
	cluster-upgrade run c --hosts host1 $accept --yes --command true --shutdown-timeout 10s \
		>out 2>&1 3>&- &
	soon 30 waits_for_deaf
	kill -9 $!
	wait $! || true
	[ "$(field host host1 status)" = preparing_for_maintenance ]
	soon 20 aborted
	runs_on guest1 host1
	runs_on guest host1
	[ "$(field host host1 status)" = up ]
	[ "$(field cluster c scheduling_policy)" = none ]
	[ "$(field cluster c upgrade_in_progress)" = false ]
}

# Where guest1 is being started, the host that is to be emptied aside.
elsewhere() { [[ $(where guest1) == host[23] ]]; }

# A guest that may run on a host that does not answer is not started on another one.
# bats test_tags=long
@test "a destination loses its power as a guest starts on it: it is waited for, and started once" {
	local to

	guest 1 1
	inventory sync --all >/dev/null
	strategies guest1 none always
	cluster-upgrade run c --hosts host1 $accept --yes --command true >out 2>&1 3>&- &
	soon 30 elsewhere
	to=$(where guest1)
	lab off "${to#host}"
	wait $! && fail "it did not notice: $(cat out)"
	contains "$(reason host1)" "guest1" "$to"
	[ "$(field vm guest1 status,host | tr -s ' ')" = "unknown $to" ]
	[ -z "$(where guest1)" ]
	[ "$(field host host1 status)" = up ]
	# It may still run there.
	run_fail 1 cluster-upgrade resume c
	[ -z "$(where guest1)" ]
	lab on "${to#host}"
	run_ok cluster-upgrade resume c
	upgraded host1
	runs_on guest1 "$to"
	await_guest 1
	run_ok answer 1 verify
	contains "$output" "bad=0"
}
