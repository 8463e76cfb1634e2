# A PostgreSQL server that is stopped and started again under commands that go on for ever.
# shellcheck disable=SC2154  # stderr
load ../lib/common
load ../lib/own-postgres
load ../lib/upgrade

setup_file() { begin_server; }

teardown_file() { end_server; }

setup() {
	common_setup
	new_database
	{
		inventory init
		inventory add data-center dc
		inventory add cluster c data_center=dc
		inventory add host real cluster=c libvirt_uri="test://$VDC_TEST_SRC/tests/data/libvirt/node.xml"
		inventory add host dead cluster=c libvirt_uri=qemu+tcp://127.0.0.1:9/system
	} >/dev/null
}

teardown() {
	local pid

	for pid in ${background:-}; do kill "$pid" 2>/dev/null || :; done
	common_teardown
}

# wait_for FILE TEXT: until it stands there.
wait_for() {
	local i

	for ((i = 0; i < 300; i++)); do
		! grep -qF -- "$2" "$1" || return 0
		sleep 0.1
	done
	fail "$(printf 'not found: %s\n' "$2"; head -50 ./*.out ./*.err)"
}

# seed_upgrade: one that somebody carries out.
seed_upgrade() {
	database_sql "INSERT INTO jobs (id, action, status) VALUES ('$run_id', 'cluster-upgrade', 'started')"
	own_run "lab pid 42"
}

@test "sync --watch, events follow and status --follow of an upgrade go on when the server was away" {
	local started seen
	seed_upgrade
	cluster-upgrade status --follow >upgrade.out 2>upgrade.err 3>&- &
	background=$!
	inventory sync --all --watch >watch.out 2>watch.err 3>&- &
	background+=" $!"
	events follow -n -o description >follow.out 2>follow.err 3>&- &
	background+=" $!"
	wait_for watch.out "host real is up"
	wait_for follow.out "host real is up"
	wait_for upgrade.out "run $run_id"
	stop_server
	wait_for watch.err "waiting for database postgresql:///"
	wait_for follow.err "waiting for database postgresql:///"
	wait_for upgrade.err "waiting for database postgresql:///"
	started=$(date +%s%6N)
	start_server
	wait_for watch.err "is back, looking at all hosts again"
	end_run finished 0 "all hosts upgraded"
	wait_for upgrade.out "run $run_id: finished: all hosts upgraded"
	wait "${background%% *}"
	background=${background#* }
	events add "after the outage"
	wait_for follow.out "after the outage"
	for _ in {1..100}; do
		seen=$(database_sql "SELECT seen FROM hosts WHERE name = 'real'")
		[ "$seen" -le "$started" ] || break
		sleep 0.1
	done
	[ "$seen" -gt "$started" ]
	kill -INT "${background%% *}"
	wait "${background%% *}"
}
