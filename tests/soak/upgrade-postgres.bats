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

setup() { upgrade_setup; }

teardown() { common_teardown; }

@test "the database goes away while a host is updated: the run goes on, or says how" {
	local pid status=0

	guest 1 1
	inventory sync --all >/dev/null
	cluster-upgrade run c --hosts host1,host2 --accept-no-reserve --accept-high-load --yes \
		--command 'sleep 3' --json >out 2>err 3>&- &
	pid=$!
	soon 60 grep -q '"action":"update","status":"started"' out
	stop_server
	sleep 3
	start_server
	wait $pid || status=$?
	echo "# the run ended with $status: $(cat err)" >&3
	if [ "$status" != 0 ]; then
		contains "$(cat err)" "cut off" "cluster-upgrade resume"
		run_ok cluster-upgrade resume c
	fi
	upgraded host1 host2
	unhurt 1
	[ "$(job status)" = finished ]
	[ "$(field cluster c scheduling_policy)" = none ]
	[ "$(field cluster c upgrade_in_progress)" = false ]
}
