# Runs of upgrades that are refused, that end before their first host, and those that nobody
# carries out. Hosts are of libvirt's test driver and have no remote shell.
# shellcheck shell=bash disable=SC2154 # stderr, run_id
load ../lib/common
load ../lib/upgrade

setup() {
	common_setup
	new_database
	seed_vms >/dev/null
	printf 'connect-timeout = 2s\n' >vdc.conf
	export VDC_CONF=$PWD/vdc.conf
}

teardown() {
	common_teardown
}

accept="--accept-no-reserve --accept-high-load --accept-unknown"

make_plan() { cluster-upgrade plan c --all --ha-reserve 0 --quiet -o plan.json; }

# edited FILTER: the plan, changed by jq
edited() {
	jq "$1" plan.json >edited.json
	! cmp -s plan.json edited.json
}

set_hosts_up() {
	local name

	for name in h1 h2 h3; do inventory set host $name --observed status=up >/dev/null; done
}

# nothing_begun: no job, and the cluster as it was
nothing_begun() {
	[ -z "$(inventory list job --select action=cluster-upgrade --noheadings --output id)" ]
	[ "$(cluster_of upgrade_in_progress)" != true ]
	[ "$(cluster_of scheduling_policy.name)" = none ]
}

cluster_of() { inventory show cluster c --json | jq -r ".clusters[0].$1"; }

job_of() { database_sql "SELECT $2 FROM jobs WHERE id = '$1'"; }

# without_vms: hosts that libvirt answers for, without VMs, and of no level
without_vms() {
	local name

	inventory set cluster c level_family= version=
	for name in a b d; do inventory remove vm $name --yes; done
	empty_hosts h1 h2 h3
} >/dev/null

# open_run STATUS: a run with its plan, which nobody carries out; the policy is the run's
open_run() {
	make_plan
	cp plan.json plan.xml
	add_run $run_id "$1" "$(date +%s)"
	inventory set cluster c scheduling_policy=cluster_maintenance
	inventory set cluster c --observed saved_scheduling_policy=power_saving \
		upgrade_in_progress=true
} >/dev/null

@test "run: what is not there" {
	run_fail 3 cluster-upgrade run nosuch --yes
	contains "$stderr" "there is no cluster 'nosuch'"
	run_fail 2 cluster-upgrade run ./nosuch.xml --yes
	contains "$stderr" "./nosuch.xml: No such file"
	run_fail 2 cluster-upgrade run
	run_fail 2 cluster-upgrade run c plan.xml
	run_fail 3 cluster-upgrade run c --hosts h1,h9 --yes
	contains "$stderr" h9
	nothing_begun
}

@test "run PLAN: of another state of the cluster, refused with what changed" {
	make_plan
	inventory set vm a --observed host=h2 >/dev/null
	run_fail 4 cluster-upgrade run plan.json --yes $accept
	contains "$stderr" "plan.json: " "has changed" "VM a is on h2"
	run_fail 4 cluster-upgrade run - --yes $accept <plan.json
	contains "$stderr" "standard input: " "VM a is on h2"
	inventory set vm a --observed host=h1 >/dev/null
	inventory set host h3 --observed status=maintenance >/dev/null
	run_fail 4 cluster-upgrade run plan.json --yes $accept
	contains "$stderr" "has changed" "host h3 is maintenance"
	nothing_begun
}

@test "run PLAN: the hosts are looked at, and what check calls an error refuses it" {
	make_plan
	run_fail 4 cluster-upgrade run plan.json --yes $accept
	contains "$stderr" "has changed since the plan was made: host h1 is connecting"
	set_hosts_up
	inventory add storage-domain s1 data_center=dc type=data >/dev/null
	inventory set storage-domain s1 --observed status=inactive >/dev/null
	run_fail 4 cluster-upgrade run plan.json --dry-run $accept
	contains "$stderr" "storage domain s1 is inactive" "cluster-upgrade check c"
	nothing_begun
}

@test "run PLAN: edited into something unsafe" {
	make_plan
	edited '.upgrade_moves[0].to = .upgrade_moves[0].from'
	run_fail 4 cluster-upgrade run ./edited.json --yes $accept
	contains "$stderr" "which is away"
	edited 'del(.upgrade_moves[-1])'
	run_fail 4 cluster-upgrade run ./edited.json --yes $accept
	contains "$stderr" "stays on host"
	edited '.upgrades[0].ceiling = 10'
	run_fail 4 cluster-upgrade run ./edited.json --yes $accept
	contains "$stderr" ceiling
	edited '.upgrade_hosts |= map(.wave = 1) | .upgrade_moves |= map(.wave = 1)'
	run_fail 4 cluster-upgrade run ./edited.json --yes $accept
	contains "$stderr" "are away"
	nothing_begun
}

@test "run PLAN: nonsense is named with its place" {
	make_plan
	echo "not a plan" >garbage
	run_fail 2 cluster-upgrade run ./garbage --yes
	contains "$stderr" "./garbage"
	: >empty.xml
	run_fail 2 cluster-upgrade run ./empty.xml --yes
	contains "$stderr" "./empty.xml"
	run_fail 2 cluster-upgrade run - --yes </dev/null
	contains "$stderr" "standard input"
	run_fail 2 cluster-upgrade run . --yes
	head -c 300 plan.json >cut.json
	run_fail 2 cluster-upgrade run ./cut.json --yes
	inventory export >export.xml
	run_fail 2 cluster-upgrade run ./export.xml --yes
	contains "$stderr" "no part of a plan"
	nothing_begun
}

@test "run PLAN: what a plan has is not asked for again" {
	make_plan
	for option in --all --hosts=h1 --os-major --qemu=10.0 --ha-reserve=1 \
		--max-unavailable=1 --memory-ceiling=80%; do
		run_fail 2 cluster-upgrade run plan.json --yes $accept "$option"
		contains "$stderr" "${option%%=*}" "plan.json"
	done
	nothing_begun
}

@test "run: no second host" {
	without_vms
	sed '/<disk/,/<\/disk>/d' "$VDC_TEST_SRC/tests/data/libvirt/node.xml" >node.xml
	inventory remove host h2 --yes >/dev/null
	inventory remove host h3 --yes >/dev/null
	run_fail 4 cluster-upgrade run c --all --yes $accept
	contains "$stderr" "h1" "alone"
	nothing_begun
}

@test "run: waves without reserve" {
	cluster-upgrade plan c --all --ha-reserve 2 --quiet -o plan.json
	run_fail 4 cluster-upgrade run plan.json --yes
	contains "$stderr" "waves no more host of cluster c can be lost" --accept-no-reserve
	run_fail 4 cluster-upgrade run plan.json --dry-run
	contains "$output" "cluster c: 3 hosts"
	contains "$stderr" --accept-no-reserve
	nothing_begun
}

@test "run: without a terminal only with --yes" {
	without_vms
	inventory sync --all >/dev/null
	make_plan
	run_fail 4 cluster-upgrade run plan.json $accept </dev/null
	contains "$stderr" "Upgrade 3 hosts of cluster c" --yes
	nothing_begun
}

@test "run: options that make no sense" {
	make_plan
	plan() { cluster-upgrade run plan.json --yes $accept "$@"; }
	run_fail 2 plan --image h1
	contains "$stderr" --image-command upgrade.image-command
	run_fail 3 plan --image h9 --image-command true
	contains "$stderr" h9
	run_fail 2 plan --image , --image-command true
	run_fail 2 plan --image-command true
	contains "$stderr" --image
	run_fail 2 plan --image h1 --image-command true --no-reboot
	contains "$stderr" --no-reboot
	for tolerate in nonsense 0 101% -1 ''; do
		run_fail 2 plan --on-failure skip --tolerate "$tolerate"
		contains "$stderr" --tolerate
	done
	run_fail 2 plan --tolerate 1
	contains "$stderr" --on-failure
	run_fail 2 plan --retries 3
	contains "$stderr" --on-failure
	run_fail 2 plan --retry-delay 3s
	run_fail 2 plan --on-failure sometimes
	contains "$stderr" "stop"
	run_fail 2 plan --batch 3
	contains "$stderr" --refresh
	run_fail 2 plan --refresh restart --batch 0
	run_fail 2 plan --timeout 0s
	run_fail 2 plan --here --background
	nothing_begun
}

@test "run --dry-run: writes nothing, and takes no nonsense either" {
	without_vms
	inventory export >before.xml
	run_ok cluster-upgrade run c --all --dry-run $accept
	contains "$output" "cluster c: 3 hosts in 3 waves"
	run_fail 2 cluster-upgrade run c --all --dry-run $accept --image h1
	run_fail 3 cluster-upgrade run c --all --dry-run $accept --image h9 --image-command true
	make_plan
	run_ok cluster-upgrade run plan.json --dry-run $accept
	inventory export >after.xml
	cmp before.xml after.xml
}

@test "run: hosts without a remote shell fail, each with its reason, and all is put back" {
	without_vms
	run_fail 1 cluster-upgrade run c --all --no-reboot --command true --yes $accept
	contains "$output" \
		"host h1: check: failed: it has no address for the remote shell" "rsh_address" \
		"failed: 0 of 3 hosts upgraded, 1 failed"
	[ "$(cluster_of scheduling_policy.name)" = none ]
	[ "$(cluster_of upgrade_in_progress)" != true ]
	[ "$(inventory list host --noheadings --output status | sort -u | tr -d ' ')" = up ]
}

@test "run --image: not over the memory of a VM that is suspended on a host" {
	inventory set vm d --observed status=suspended host= >/dev/null
	run_ok cluster-upgrade run c --all --dry-run $accept
	run_fail 4 cluster-upgrade run c --all --dry-run $accept --image h1 --image-command true
	contains "$stderr" "VM d is suspended" "new image"
}

@test "run: another one is open" {
	make_plan
	open_run started
	run_fail 5 cluster-upgrade run plan.json --yes $accept
	contains "$stderr" "$run_id" "cluster-upgrade resume $run_id" "abort"
	run_fail 5 cluster-upgrade run c --all --yes $accept
	contains "$stderr" "$run_id" "cluster-upgrade resume $run_id" "abort"
	own_run "lab pid 42"
	run_fail 5 cluster-upgrade run c --all --yes $accept
	contains "$stderr" "is being upgraded by job $run_id: lab pid 42"
	[ "$(inventory list job --select action=cluster-upgrade --noheadings --output id | wc -l)" = 1 ]
}

@test "resume, pause and abort of nothing" {
	for verb in resume pause abort; do
		run_fail 3 cluster-upgrade $verb
		contains "$stderr" "no upgrade has been run"
		run_fail 3 cluster-upgrade $verb c
		contains "$stderr" "no upgrade of cluster c has been run"
		run_fail 3 cluster-upgrade $verb nosuch
		contains "$stderr" "there is no cluster 'nosuch'"
		run_fail 3 cluster-upgrade $verb $run_id
		contains "$stderr" "there is no run $run_id"
		run_fail 2 cluster-upgrade $verb one two
	done
}

@test "resume, pause and abort of what is over" {
	open_run started
	for end in finished aborted; do
		end_run $end 0 "3 of 3 hosts upgraded"
		for verb in resume pause abort; do
			run_fail 2 cluster-upgrade $verb c
			contains "$stderr" "job $run_id is over"
		done
		[ "$(job_of $run_id status)" = $end ]
	done
}

@test "pause: of what nobody carries out" {
	open_run started
	run_fail 2 cluster-upgrade pause c
	contains "$stderr" "nobody carries job $run_id out" "cluster-upgrade resume $run_id"
	database_sql "UPDATE jobs SET status = 'paused'"
	run_fail 2 cluster-upgrade pause c
	contains "$stderr" "job $run_id" "paused" "cluster-upgrade resume $run_id"
	[ -z "$(database_sql "SELECT request FROM jobs WHERE request IS NOT NULL")" ]
}

@test "pause: who carries it out is asked" {
	open_run started
	own_run "lab pid 42"
	run_ok cluster-upgrade pause c
	contains "$output" "lab pid 42 was asked to stop when what moves has moved"
	[ "$(database_sql "SELECT request FROM jobs")" = pause ]
	run_ok cluster-upgrade pause c --cancel
	contains "$output" "lab pid 42 was asked to stop and to cancel what moves"
	[ "$(database_sql "SELECT request FROM jobs")" = cancel ]
	run_ok cluster-upgrade abort c --quiet
	output_is ""
	[ "$(database_sql "SELECT request FROM jobs")" = abort ]
	run_fail 2 cluster-upgrade resume c --cancel
}

@test "abort: where nobody carries it out the policy is put back at once" {
	for state in started paused; do
		open_run $state
		run_fail 1 cluster-upgrade abort c
		contains "$output" "run $run_id: aborted: 0 of 3 hosts upgraded"
		run_ok events list --noheadings --output description --select type=cluster_upgrade_aborted
		contains "$output" "upgrade cluster c: aborted: 0 of 3 hosts upgraded (job $run_id)"
		[ "$(job_of $run_id status)" = aborted ]
		[ "$(cluster_of scheduling_policy.name)" = power_saving ]
		[ "$(cluster_of upgrade_in_progress)" = false ]
		run_fail 2 cluster-upgrade resume c
		contains "$stderr" "is over: aborted"
		database_sql "DELETE FROM steps; DELETE FROM jobs"
	done
}
