# time limit: 3600 s
# An upgrade that is killed wherever something begins or ends: every host is upgraded in the end,
# and every guest runs once and has lost nothing.
# shellcheck disable=SC2154 # kills
load ../lib/common
load ../lib/lab
load ../lib/lab-guests
load ../lib/lab-upgrade

setup_file() { lab_begin kill; }

teardown_file() { lab_end; }

setup() { upgrade_setup; }

teardown() { upgrade_teardown; }

@test "kill -9 at every boundary of an upgrade of three hosts" {
	local boots

	guest 1 1
	guest 2 2
	boots=$(boots 1 2)
	inventory sync --all >/dev/null
	inventory set cluster c scheduling_policy=evenly_distributed >/dev/null
	run_and_kill 1 c --all --accept-no-reserve --accept-high-load --yes --command true --json
	echo "# $kills kills, $(told vm_migrated) moves, in $SECONDS s" >&3
	# Each host has six phases, and each phase a beginning and an end.
	((kills > 36)) || fail "killed $kills times only"
	upgraded host1 host2 host3
	unhurt 1 2
	[ "$(boots 1 2)" = "$boots" ]
	[ "$(job status,percent,exit_code)" = "finished 100 0" ]
	[ "$(field cluster c scheduling_policy)" = evenly_distributed ]
	[ "$(field cluster c upgrade_in_progress)" = false ]
	[ "$(inventory list host --noheadings --output status | sort -u | tr -d ' ')" = up ]
}

@test "kill -9 at every boundary of an upgrade of a data centre" {
	guest 1 1
	guest 2 2
	two_clusters
	inventory sync --all >/dev/null
	run_and_kill 1 dc --all --accept-no-reserve --accept-high-load --yes --command true --json \
		--raise-level
	echo "# $kills kills, $(told vm_migrated) moves, in $SECONDS s" >&3
	((kills > 40)) || fail "killed $kills times only"
	upgraded host1 host2 host3
	unhurt 1 2
	[ "$(levels cluster) $(levels data-center)" = "7.2 7.2" ]
	contains "$(steps)" "c cluster-upgrade finished" "d cluster-upgrade finished" \
		"e cluster-upgrade skipped it has no host" "dc raise_level finished"
}
