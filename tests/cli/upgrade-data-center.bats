# cluster-upgrade run of a data centre as far as it goes without hosts that can be upgraded: what is
# refused, a cluster that fails, clusters with nothing to do, and runs that nobody carries out.
# shellcheck shell=bash disable=SC2154 # stderr
load ../lib/common
load ../lib/upgrade

setup() {
	common_setup
	new_database
	{
		seed_cluster
		inventory add cluster b data_center=dc
		add_host k1 b
		add_host k2 b
		empty_hosts h1 h2 h3 k1 k2
		inventory set cluster c level_family= version=
	} >/dev/null
	printf 'connect-timeout = 2s\njob-lease = 4s\n' >vdc.conf
	export VDC_CONF=$PWD/vdc.conf
}

teardown() {
	common_teardown
}

accept="--accept-no-reserve --accept-high-load --accept-unknown"

# begin OPTION...: a run of the data centre; no host has a remote shell, so that the first one fails
begin() {
	cluster-upgrade run dc $accept --no-reboot --command true --yes "$@"
}

# jobs ACTION FIELDS: a line for each, the oldest first
jobs() {
	database_sql "SELECT $2 FROM jobs WHERE action = '$1' ORDER BY start_time"
}

parent() { jobs data-center-upgrade "$1"; }
children() { jobs cluster-upgrade "$1"; }

# turns: "OBJECT STATUS" of each step of the data centre's
turns() {
	database_sql "SELECT object_name || ' ' || status FROM steps WHERE job_id = '$(parent id)'
		ORDER BY number" | paste -sd,
}

nothing_begun() {
	[ -z "$(parent id)$(children id)" ] || fail "$(cluster-upgrade list; cluster-upgrade history)"
}

# without_update HOST...
without_update() {
	local host

	for host; do inventory set host "$host" update_available=false >/dev/null; done
}

@test "run: what is neither a cluster nor a data centre is named as both" {
	run_fail 3 cluster-upgrade run nosuch --yes
	contains "$stderr" "there is no cluster 'nosuch'" "there is no data-center 'nosuch'"
	run_fail 3 cluster-upgrade status nosuch
	contains "$stderr" "there is no cluster 'nosuch'" "there is no data-center 'nosuch'"
	run_fail 3 cluster-upgrade resume dc
	contains "$stderr" "no upgrade of data-center dc has been run"
	nothing_begun
}

@test "run: of equal names the cluster's wins" {
	inventory add data-center c >/dev/null
	run_ok cluster-upgrade run c --dry-run $accept
	contains "$output" "cluster c: 3 hosts"
	inventory remove cluster b --cascade --yes >/dev/null
	inventory add cluster dc data_center=dc >/dev/null
	run_fail 2 cluster-upgrade run dc --dry-run $accept
	contains "$stderr" "no host of cluster dc is known to have an update"
}

@test "run: a data centre without clusters, without hosts, without updates" {
	inventory add data-center empty >/dev/null
	run_fail 2 cluster-upgrade run empty --yes
	contains "$stderr" "data-center empty has no cluster"
	inventory add cluster e data_center=empty >/dev/null
	run_fail 2 cluster-upgrade run empty --yes
	contains "$output" "cluster e: nothing to upgrade: it has no host"
	contains "$stderr" "data-center empty has no host"
	without_update h1 h2 h3 k1 k2
	run_fail 2 begin
	contains "$output" "cluster b: nothing to upgrade: no host of it is known to have an update"
	contains "$stderr" "no host of data-center dc is known to have an update" --all
	nothing_begun
}

@test "run --dry-run: all clusters in short; one of which nothing is named has nothing to do" {
	run_ok cluster-upgrade run dc --dry-run $accept
	[ "$(cut -d';' -f1 <<<"$output")" = $'cluster b: 2 hosts in 2 waves\ncluster c: 3 hosts in 3 waves' ]
	run_ok cluster-upgrade run dc --dry-run $accept --hosts h1,h3
	contains "$output" "cluster b: nothing to upgrade: none of the hosts" "cluster c: 2 hosts"
	inventory add data-center far >/dev/null
	inventory add cluster away data_center=far >/dev/null
	add_host far1 away >/dev/null
	run_fail 3 cluster-upgrade run dc --dry-run $accept --hosts h1,far1
	contains "$stderr" "data-center dc has no host far1"
	run_fail 3 cluster-upgrade run dc --dry-run $accept --hosts h9
	run_fail 2 cluster-upgrade run dc --dry-run $accept --hosts ,
	nothing_begun
}

@test "run: what stands against any of the clusters is said of all, before anything is done" {
	sed '/<disk/,/<\/disk>/d' "$VDC_TEST_SRC/tests/data/libvirt/node.xml" >node.xml
	for host in k2 h2 h3; do inventory remove host $host --yes; done >/dev/null
	run_fail 4 begin
	contains "$stderr" "cluster b: " "cluster c: " alone "2 of 2 clusters of data-center dc"
	nothing_begun
}

@test "run: one question for all of them" {
	run_fail 4 cluster-upgrade run dc $accept --raise-level </dev/null
	contains "$stderr" "Upgrade 5 hosts of 2 clusters of data-center dc, one cluster after another?" \
		"cannot be lowered" --yes
	[ "$(grep -c Upgrade <<<"$stderr")" = 1 ]
	nothing_begun
}

@test "run: a cluster that fails ends it; resume tries it again" {
	run_fail 1 begin
	contains "$output" "upgrade of data-center dc: run $(parent id)" \
		"cluster b: run $(children id)" "host k1: check: failed" "cluster b: failed: 0 of 2 hosts" \
		"failed: 0 of 2 clusters upgraded; cluster b: " "cluster-upgrade resume $(parent id) goes on"
	[ "$(turns)" = "b failed,c queued" ]
	[ "$(children parent)" = "$(parent id)" ]
	[ "$(parent status,exit_code | tr '|' ' ')" = "failed 1" ]
	run_ok cluster-upgrade status dc
	contains "$output" "upgrade of data-center dc, run $(parent id): failed" "1 failed"
	run_fail 1 cluster-upgrade resume dc
	contains "$output" "cluster b: run $(children id)"
	[ "$(children id | wc -l)" = 1 ] || fail "begun anew: $(children id)"
	[ "$(database_sql "SELECT tries FROM steps WHERE job_id = '$(parent id)' AND number = 1")" = 2 ]
	run_ok events list --noheadings --output type --select 'type~data_center_upgrade'
	[ "$(sort -u <<<"$output" | paste -sd,)" = data_center_upgrade_begun,data_center_upgrade_failed ]
}

@test "a stream of JSON whose lines say which cluster they are of, and fit their schema" {
	run_fail 1 begin --json
	head -1 <<<"$output" | jq -e '.data_center == "dc" and .version == 1'
	[ "$(jq -r 'select(.event == "cluster") | .cluster + " " + .status' <<<"$output" |
		paste -sd,)" = "b started,b started,b failed" ]
	[ "$(jq -r 'select(.event == "step").cluster' <<<"$output" | sort -u)" = b ]
	tail -1 <<<"$output" | jq -e '.event == "end" and .status == "failed" and .exit_code == 1'
	cluster-upgrade status dc --json >status.json
	[ "$(jq -r '.upgrade_runs[] | .data_center.name // (.cluster.name + " " + .parent.id)' \
		status.json | paste -sd,)" = "dc,b $(parent id)" ]
	python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
	"$VDC_TEST_SRC/tests/helpers/check_json_schema" "$VDC_TEST_SRC/schemas/vdc.schema.json" \
		status.json
	split -l 1 - line. <<<"$output"
	"$VDC_TEST_SRC/tests/helpers/check_json_schema" \
		"$VDC_TEST_SRC/schemas/upgrade-events.schema.json" line.*
}

# b_is_upgraded: the run of cluster b, as if somebody had gone on with it to its end
b_is_upgraded() {
	database_sql "UPDATE jobs SET status = 'finished', exit_code = 0,
		message = '2 of 2 hosts upgraded' WHERE id = '$(children id | head -1)'"
}

@test "resume: a cluster that is done is left alone, one with nothing to do is passed over" {
	run_fail 1 begin
	b_is_upgraded
	without_update h1 h2 h3
	run_ok cluster-upgrade resume dc
	contains "$output" "cluster b: finished: 2 of 2 hosts upgraded" \
		"cluster c: skipped: no host of it is known to have an update" \
		"finished: 1 of 2 clusters upgraded, 1 had nothing to upgrade"
	[ "$(turns)" = "b finished,c skipped" ]
	[ "$(parent status,percent | tr '|' ' ')" = "finished 100" ]
	run_fail 2 cluster-upgrade resume dc
	contains "$stderr" "is over: finished"
	run_ok cluster-upgrade history dc --noheadings --output data_center,status
	output_is "dc finished"
}

@test "resume: a cluster is planned when its turn comes, by the options that were given" {
	run_fail 1 begin --hosts k1,h2
	b_is_upgraded
	run_fail 8 cluster-upgrade resume dc
	contains "$output" "host h2: check: failed" "1 of 2 clusters upgraded"
	[[ $output != *"host h1"* && $output != *"host h3"* ]] || fail "$output"
	[ "$(turns)" = "b finished,c failed" ]
	# What was not there when the run began:
	inventory add host h4 cluster=c address=h4.invalid >/dev/null
	run_fail 8 cluster-upgrade resume dc
	[ "$(children id | wc -l)" = 2 ]
}

@test "--raise-level: the data centre's own at the end, or why it stays" {
	inventory set data-center dc version=4.6 >/dev/null
	run_fail 1 begin --raise-level
	[ "$(turns)" = "b failed,c queued,dc queued" ]
	b_is_upgraded
	without_update h1 h2 h3
	for name in b c; do inventory set cluster $name level_family=rhv version=4.7; done >/dev/null
	run_ok cluster-upgrade resume dc
	contains "$output" "cluster c: skipped: no host of it is known to have an update; the level stays" \
		"data-center dc: raise_level: finished"
	[ "$(turns)" = "b finished,c skipped,dc finished" ]
	[ "$(inventory list data-center --noheadings --output version)" = 4.7 ]
	run_ok events list --noheadings --output description --select type=data_center_level_raised
	contains "$output" "from 4.6 to 4.7"
}

@test "--raise-level: not over storage that lacks what the database has" {
	local id=c277ad93-0973-43d9-a0ca-22199bc8e801

	inventory set data-center dc version=4.6 >/dev/null
	run_fail 1 begin --raise-level
	b_is_upgraded
	without_update h1 h2 h3
	for name in b c; do inventory set cluster $name level_family=rhv version=4.7; done >/dev/null
	mkdir -p mnt/$id/dom_md mnt/$id/images
	printf '%s\n' SDUUID=$id VERSION=5 >mnt/$id/dom_md/metadata
	jq -n --arg id $id --arg mount "$PWD/mnt" '{storage_domains: [{id: $id, name: "s1", type: "data",
			status: "active", data_center: {name: "dc"},
			storage: {type: "nfs", mount_point: $mount}, storage_format: "v5"}],
		disks: [{name: "disk1", status: "ok"}],
		volumes: [{id: "aaaaaaaa-0000-4000-8000-000000000001", disk: {name: "disk1"},
			storage_domain: {id: $id}, active: true, status: "ok", capacity: 1048576,
			format: "raw", allocation: "sparse", voltype: "leaf"}]}' |
		inventory import - >/dev/null
	run_ok cluster-upgrade resume dc
	contains "$output" "data-center dc: raise_level: failed: the level stays: storage domain s1: "
	[ "$(inventory list data-center --noheadings --output version)" = 4.6 ]
}

@test "--raise-level: without a level to raise it says so, and has not failed" {
	run_fail 1 begin --raise-level
	b_is_upgraded
	without_update h1 h2 h3
	run_ok cluster-upgrade resume dc
	contains "$output" "data-center dc: raise_level: failed: the level stays: " \
		"finished: 1 of 2 clusters upgraded"
	[ "$(turns)" = "b finished,c skipped,dc failed" ]
}

# left_behind: the run is at cluster b, and nobody carries it out
left_behind() {
	run_fail 1 begin
	database_sql "UPDATE jobs SET status = 'started', exit_code = NULL, end_time = NULL"
	database_sql "UPDATE steps SET status = 'started' WHERE number = 1 AND job_id = '$(parent id)'"
	inventory set cluster b scheduling_policy=cluster_maintenance >/dev/null
	inventory set cluster b --observed saved_scheduling_policy=power_saving \
		upgrade_in_progress=true >/dev/null
}

@test "another one is open, of the data centre or of one of its clusters" {
	left_behind
	run_fail 5 begin
	contains "$stderr" "the upgrade of data-center dc by job $(parent id)" "resume" "abort"
	database_sql "UPDATE jobs SET status = 'failed' WHERE id = '$(parent id)'"
	run_fail 5 begin
	contains "$stderr" "the upgrade of cluster b by job $(children id)"
	run_ok cluster-upgrade list --noheadings --output cluster,status
	output_is "b started"
}

@test "pause and abort are passed on to the cluster whose turn it is" {
	left_behind
	run_fail 2 cluster-upgrade pause dc
	contains "$stderr" "nobody carries job $(parent id) out"
	run_id=$(parent id)
	own_run "lab pid 42"
	run_ok cluster-upgrade pause dc
	contains "$output" "lab pid 42 was asked to stop"
	[ "$(database_sql "SELECT request FROM jobs")" = $'pause\npause' ]
	run_ok cluster-upgrade pause --cancel
	[ "$(database_sql "SELECT request FROM jobs")" = $'cancel\ncancel' ]
	run_ok cluster-upgrade abort dc
	[ "$(database_sql "SELECT request FROM jobs")" = $'abort\nabort' ]
	run_ok cluster-upgrade status
	contains "$output" "upgrade of data-center dc, run $run_id: started" "carried out by lab pid 42" \
		"it was asked to abort" "upgrade of cluster b, run $(children id): started"
}

@test "abort: where nobody carries it out both are ended at once" {
	left_behind
	run_fail 1 cluster-upgrade abort dc
	contains "$output" "cluster b: failed: its upgrade was aborted" \
		"run $(parent id): aborted: 0 of 2 clusters upgraded"
	[ "$(parent status) $(children status)" = "aborted aborted" ]
	[ "$(turns)" = "b failed,c queued" ]
	[ "$(inventory show cluster b --json | jq -r '.clusters[0].scheduling_policy.name')" = power_saving ]
	run_fail 2 cluster-upgrade resume dc
	contains "$stderr" "is over: aborted"
}

@test "the run of a cluster that was aborted for itself: the data centre's can be gone on with" {
	left_behind
	run_fail 1 cluster-upgrade abort b
	[ "$(parent status) $(children status)" = "started aborted" ]
	run_fail 1 cluster-upgrade resume dc
	[ "$(children id | wc -l)" = 2 ] || fail "not planned anew: $(children id,status)"
	[ "$(turns)" = "b failed,c queued" ]
}

@test "a cluster that is gone when its turn comes is passed over" {
	run_fail 1 begin
	b_is_upgraded
	inventory remove cluster c --cascade --yes >/dev/null
	run_ok cluster-upgrade resume dc
	contains "$output" "cluster c: skipped: it is gone"
}

@test "follow: from elsewhere, by lines, with the exit code of the run" {
	run_fail 1 begin
	run_fail 1 cluster-upgrade status dc --follow
	contains "$output" "upgrade of data-center dc: run $(parent id)" "run $(parent id): failed"
	left=$(parent id)
	database_sql "UPDATE jobs SET status = 'paused', end_time = NULL, exit_code = NULL"
	database_sql "UPDATE steps SET status = 'started' WHERE number = 1 AND job_id = '$left'"
	run_fail 5 cluster-upgrade status dc --follow
	contains "$output" "cluster b: run $(children id)" \
		"run $left: paused: nobody carries it out; cluster-upgrade resume $left goes on"
}

@test "run --background: goes on by itself, and is followed from its start" {
	run_ok begin --background
	contains "$output" "job $(parent id) runs"
	for ((i = 0; i < 100; i++)); do
		[ "$(parent status)" = started ] || break
		sleep 0.1
	done
	[ "$(parent status)" = failed ]
	contains "$(cat cluster-upgrade.log)" "cluster b: failed"
}

@test "run on a terminal: a session of its own does it, and is followed" {
	run_fail 1 env TERM=xterm-256color "$VDC_TEST_SRC/tests/lib/on-terminal" -- \
		cluster-upgrade run dc $accept --no-reboot --command true --yes
	contains "$output" "cluster b: 2 hosts" "cluster b: run $(children id)" \
		"cluster b: failed: 0 of 2 hosts" "run $(parent id): failed"
	contains "$(cat cluster-upgrade.log)" "cluster b: failed"
}

@test "completion offers clusters and data centres" {
	run_ok cluster-upgrade --complete run ""
	[ "$(cut -f1 <<<"$output" | paste -sd' ')" = "b c dc" ]
	run_ok cluster-upgrade --complete resume d
	[ "$(cut -f1 <<<"$output")" = dc ]
}
