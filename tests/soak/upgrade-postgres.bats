# time limit: 900 s
# An upgrade whose database goes away in its midst and comes back.
# shellcheck disable=SC2154 # stderr
load ../lib/common
load ../lib/own-postgres
load ../lib/lab
load ../lib/lab-guests
load ../lib/lab-upgrade

setup_file() {
	begin_server 900
	lab_begin postgres
}

teardown_file() {
	lab_end
	end_server
}

# A server that a test starts ends with that test's process.
setup() {
	cd "$BATS_TEST_TMPDIR"
	"$VDC_TEST_PG_BIN/pg_isready" -q -h "$VDC_TEST_PG_SOCKET" -U vdc || start_server
	upgrade_setup
}

teardown() {
	upgrade_teardown
	stop_server
}

# cut_off SECONDS: the server goes away for so long while a host is updated; ends with the run's code
cut_off() {
	local pid status=0

	guest 1 1
	inventory sync --all >/dev/null
	cluster-upgrade run c --hosts host1,host2 --accept-no-reserve --accept-high-load --yes \
		--command 'sleep 3' --json >out 2>err 3>&- &
	pid=$!
	soon 60 grep -q '"action":"update","status":"started"' out
	stop_server
	sleep "$1"
	start_server
	wait $pid || status=$?
	echo "# the run ended with $status: $(cat err)" >&3
	return $status
}

all_well() {
	upgraded host1 host2
	unhurt 1
	[ "$(job status)" = finished ]
	[ "$(field cluster c scheduling_policy)" = none ]
	[ "$(field cluster c upgrade_in_progress)" = false ]
}

@test "the database goes away while a host is updated: the run goes on, or says how" {
	if ! cut_off 3; then
		contains "$(cat err)" "cut off" "cluster-upgrade resume"
		run_ok cluster-upgrade resume c
	fi
	all_well
}

@test "the database stays away: the run ends and says what goes on with it, and that does" {
	local status=0

	cut_off 45 || status=$?
	[ "$status" = 6 ] || fail "exit $status"
	contains "$(cat err)" "cluster-upgrade resume"
	run_ok cluster-upgrade resume c
	all_well
}
