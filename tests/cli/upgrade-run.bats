# How an upgrade is seen from outside: status, list, history, and following it by lines. Nobody
# carries it out: its rows are written here.
# shellcheck shell=bash disable=SC2154
load ../lib/common
load ../lib/upgrade

setup() {
	common_setup
	new_database
	seed_run >/dev/null
}

teardown() {
	common_teardown
}

@test "status: how far the newest run is, hosts by wave, what moves, what failed" {
	run_ok cluster-upgrade status
	contains "$output" "cluster c, run $run_id: started" "1 of 3 hosts upgraded, 0 failed" \
		"1 of 5 VMs moved, 1 failed" "wave 2 of 3" "carried out by lab pid 42" \
		"waits for host h2: drain for " "VM a: migrate for " \
		"VM b: migrate failed: no room on h1" "100 MiB 400 MiB     20 MiB   15"
	[[ $output != *"asked to"* ]] || fail "$output"
	run_ok cluster-upgrade status --json
	[ "$(jq -r '.upgrade_run_hosts[] | "\(.name) \(.wave) \(.status) \(.phase // "-")"' \
		<<<"$output" | paste -sd,)" = \
		"h1 1 upgraded activate,h2 2 working drain,h3 3 waiting -" ]
	[ "$(jq -r '.upgrade_runs[] | "\(.percent) \(.hosts_done) \(.moves) \(.owner)"' \
		<<<"$output")" = "33 1 5 lab pid 42" ]
	[ "$(jq -r '.upgrade_run_moves[] |
		"\(.vm.name) \(.from.name) \(.to.name) \(.done) \(.left)"' <<<"$output")" = \
		"a h2 h1 104857600 15" ]
}

@test "status: what is written fits the schemas" {
	cluster-upgrade status --json >status.json
	cluster-upgrade status --xml >status.xml
	xmllint --noout --relaxng "$VDC_TEST_SRC/schemas/vdc.rng" status.xml
	python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
	"$VDC_TEST_SRC/tests/helpers/check_json_schema" "$VDC_TEST_SRC/schemas/vdc.schema.json" \
		status.json
}

@test "status: a run by cluster, by its id and the beginning of it" {
	add_run 5f1c2a7b-0000-4000-8000-000000000002 finished 1000
	for word in c $run_id ${run_id:0:8}; do
		run_ok cluster-upgrade status "$word"
		contains "$output" "run $run_id"
	done
	run_ok cluster-upgrade status 5f1c
	contains "$output" "5f1c2a7b-0000-4000-8000-000000000002: finished" "100 %"
	add_run 5f1c2a7b-0000-4000-8000-000000000003 finished 2000
	run_fail 2 cluster-upgrade status 5f1c
	contains "$stderr" "the ids of several runs begin with 5f1c"
}

@test "status: what is not there, and what is no upgrade" {
	run_fail 3 cluster-upgrade status nosuch
	contains "$stderr" "there is no cluster 'nosuch'"
	run_fail 3 cluster-upgrade status 00000000-0000-4000-8000-000000000009
	contains "$stderr" "there is no run 00000000-"
	run_fail 2 cluster-upgrade status 4f1c extra
	run_fail 2 cluster-upgrade status --no-view
	run_fail 2 cluster-upgrade status --follow --xml
	inventory add cluster other data_center=dc
	run_fail 3 cluster-upgrade status other
	contains "$stderr" "no upgrade of cluster other has been run"
	database_sql "UPDATE jobs SET action = 'vm-migrate'"
	run_fail 3 cluster-upgrade status
	contains "$stderr" "no upgrade has been run"
	run_fail 2 cluster-upgrade status $run_id
	contains "$stderr" "is no upgrade"
}

@test "status: nobody carries it out" {
	own_run ""
	run_ok cluster-upgrade status
	contains "$output" "nobody carries it out: cluster-upgrade resume $run_id goes on" interrupted
	[[ $output != *"carried out by"* ]] || fail "$output"
}

@test "status: hosts that failed, with the reason, and what was asked" {
	end_step 40002 failed
	end_step 40000 failed
	database_sql "UPDATE steps SET message = 'VM a could not leave' WHERE number IN (40000, 40002)"
	database_sql "UPDATE jobs SET request = 'pause'"
	run_ok cluster-upgrade status
	contains "$output" "1 of 3 hosts upgraded, 1 failed" "VM a could not leave" "it was asked to pause" \
		"waits for what runs to end before it stops"
}

@test "status: a plan that cannot be read hides nothing else" {
	database_sql "UPDATE jobs SET plan = 'rubbish'"
	run_ok cluster-upgrade status --json
	[ "$(jq -r '.upgrade_run_hosts[] | .name + " " + .status' <<<"$output" | paste -sd,)" = \
		"h1 upgraded,h2 working" ]
}

@test "list and history: what is not over, and what is" {
	run_ok cluster-upgrade list --noheadings --output id,cluster,status,owner
	output_is "$run_id c started lab pid 42"
	run_ok cluster-upgrade history
	output_is ""
	end_run failed 8 "host h2 failed"
	run_ok cluster-upgrade list
	output_is ""
	run_ok cluster-upgrade history c --noheadings --output status,exit_code,message
	output_is "failed 8 host h2 failed"
	run_ok cluster-upgrade history --select exit_code=0 --noheadings
	output_is ""
	run_ok cluster-upgrade history --json
	[ "$(jq -r '.upgrade_runs[].exit_code' <<<"$output")" = 8 ]
	run_fail 3 cluster-upgrade history nosuch
	run_fail 2 cluster-upgrade list c
}

# follow_run CODE OPTION... -- COMMAND...: what it prints until COMMAND, which runs when it has said
# that VM a moves, ends it.
follow_run() {
	local code=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	(
		until grep -q 'started\|begun' followed 2>/dev/null; do sleep 0.1; done
		"$@"
	) 3>&- &
	run_fail "$code" bash -c 'cluster-upgrade status --follow "$@" >followed' - "${options[@]}"
	wait $!
	followed=$(cat followed)
}

finish_run() {
	end_step 40100 finished
	end_step 40002 finished
	database_sql "INSERT INTO steps (id, job_id, number, action, status, object_kind, object_id,
		object_name) VALUES ('$run_id', '$run_id', 60007, 'activate', 'skipped', 'host',
		'$(id_of host h3)', 'h3')"
	end_run failed 8 "host h3 failed"
}

@test "follow: a line for each thing that happens, and the exit code of the run" {
	follow_run 8 -- finish_run
	contains "$followed" "upgrade of cluster c: run $run_id" "host h2: upgrade: started" \
		"VM a: h2 to h1: migration begun" "VM a: h2 to h1: done" \
		"host h2: drain: finished" "host h3: activate: skipped" \
		"run $run_id: failed: host h3 failed"
	[[ $followed != *"drain: started"* ]] || fail "a line at its end is enough: $followed"
	[[ $followed != *"h1: check"* ]] || fail "what was over when it began: $followed"
	run_fail 8 cluster-upgrade status --follow
	contains "$output" "run $run_id: failed: host h3 failed"
}

@test "follow: a stream of JSON whose lines fit their schema" {
	follow_run 8 --json -- finish_run
	head -1 followed | jq -e '.version == 1 and .cluster == "c" and .job == "'$run_id'"'
	[ "$(jq -r 'select(.event == "move") | .news + " " + (.result // "-")' followed |
		paste -sd,)" = "begun -,ended done" ]
	[ "$(jq -r 'select(.action == "drain" and .status == "started").time' followed)" = \
		"$(iso $((now - 48)))" ]
	tail -1 followed | jq -e '.event == "end" and .exit_code == 8'
	python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
	split -l 1 followed line.
	"$VDC_TEST_SRC/tests/helpers/check_json_schema" \
		"$VDC_TEST_SRC/schemas/upgrade-events.schema.json" line.*
	echo '{"event": "step", "status": "started"}' >bad
	run_fail 1 "$VDC_TEST_SRC/tests/helpers/check_json_schema" \
		"$VDC_TEST_SRC/schemas/upgrade-events.schema.json" bad
}

pause_run() {
	database_sql "UPDATE jobs SET status = 'paused'"
	own_run ""
}

@test "follow: a run that is paused, or that nobody goes on with" {
	follow_run 5 -- pause_run
	contains "$followed" "nobody carries it out any more" \
		"run $run_id: paused: nobody carries it out; cluster-upgrade resume $run_id goes on"
	database_sql "UPDATE jobs SET status = 'started'"
	run_fail 1 cluster-upgrade status --follow
	contains "$output" "run $run_id: started: nobody carries it out; cluster-upgrade resume"
}

@test "follow: what it waits for, when nothing happens" {
	(
		until grep -q waiting followed 2>/dev/null; do sleep 0.1; done
		finish_run
	) 3>&- &
	run_fail 8 bash -c 'cluster-upgrade status --follow >followed'
	wait $!
	grep 'waiting for host h2: drain for .*; VM a: migrate for .*1 of 3 hosts upgraded' followed
}

@test "follow: the reader goes away" {
	run_ok bash -c 'cluster-upgrade status --follow | head -1'
	contains "$output" "upgrade of cluster c"
}
