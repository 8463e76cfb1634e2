# An upgrade as it stands in the database, without anybody who carries it out.
# shellcheck shell=bash disable=SC2154

run_id=4f1c2a7b-0000-4000-8000-000000000001

# seed_vms: the cluster of seed_cluster with a VM on each host
seed_vms() {
	seed_cluster
	add_vm a h1
	add_vm b h2
	add_vm d h3
}

# seed_run: the cluster c of seed_cluster, and the plan of its upgrade as a job that was begun 100 s
# ago: h1 is upgraded, h2 is being drained, h3 waits. VM a moves, VM b could not.
seed_run() {
	seed_vms
	add_vm e h3
	cluster-upgrade plan c --all --ha-reserve 0 --quiet -o plan.xml
	now=$(date +%s)
	add_run "$run_id" started $((now - 100))
	{
		a_step 20000 upgrade finished host h1 $((now - 90)) $((now - 60))
		for phase in check drain update reboot return activate; do
			n=$((${n:-0} + 1))
			a_step $((20000 + n)) $phase finished host h1 $((now - 90 + n)) $((now - 89 + n))
		done
		a_step 20100 migrate finished vm a $((now - 88)) $((now - 86)) "$(ends h1 h3)"
		a_step 40000 upgrade started host h2 $((now - 50)) ""
		a_step 40001 check finished host h2 $((now - 50)) $((now - 49))
		a_step 40002 drain started host h2 $((now - 48)) ""
		a_step 40100 migrate started vm a $((now - 30)) "" \
			"$(ends h2 h1)\ndone=104857600\ntotal=419430400\nrate=20971520\neta=15000000"
		a_step 40101 migrate failed vm b $((now - 30)) $((now - 20)) "$(ends h2 h1)" "no room on h1"
	} | inventory import -
	own_run "lab pid 42"
}

# empty_hosts HOST...: libvirt's test driver answers for them, without VMs
empty_hosts() {
	local name

	sed '/<domain/,/<\/domain>/d' "$VDC_TEST_SRC/tests/data/libvirt/node.xml" >node.xml
	for name; do inventory set host "$name" libvirt_uri="test://$PWD/node.xml"; done
}

id_of() { database_sql "SELECT id FROM ${1}s WHERE name = '$2'"; }

ends() { printf 'from=%s\\nto=%s' "$(id_of host "$1")" "$(id_of host "$2")"; }

# add_run ID STATUS START [FIELD...]: START in seconds
add_run() {
	jq -n --arg id "$1" --arg status "$2" --arg start "$(iso "$3")" --arg c "$(id_of cluster c)" \
		--rawfile plan plan.xml '{jobs: [{id: $id, action: "cluster-upgrade",
		description: "upgrade cluster c", status: $status, owner: {name: "root"},
		object: {kind: "cluster", id: $c, name: "c"}, start_time: $start, plan: $plan}]}' |
		inventory import -
}

# a_step NUMBER ACTION STATUS KIND NAME START END [STATE] [MESSAGE]: a document; an END of "" is none.
a_step() {
	jq -n --arg job "$run_id" --argjson number "$1" --arg action "$2" --arg status "$3" \
		--arg kind "$4" --arg name "$5" --arg id "$(id_of "$4" "$5")" --arg start "$(iso "$6")" \
		--arg until "${7:+$(iso "$7")}" --arg state "$(printf '%b' "${8:-}")" \
		--arg message "${9:-}" '{steps: [{job: {id: $job}, number: $number, type: $action,
		status: $status, tries: 1, object: {kind: $kind, id: $id, name: $name},
		start_time: $start, end_time: $until, state: $state, message: $message}
		| with_entries(select(.value != ""))]}'
}

iso() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }

# own_run OWNER: "": nobody
own_run() {
	database_sql "DELETE FROM job_leases"
	[ -z "$1" ] || database_sql "INSERT INTO job_leases VALUES ('$run_id', 1, '$1',
		$(date +%s)000000, $(($(date +%s) + 3600))000000)"
}

# seed_turn: the run of seed_run is the turn of cluster c in $parent_id, the run of its data centre
parent_id=6f1c2a7b-0000-4000-8000-000000000001
seed_turn() {
	local soon=$(($(date +%s) + 3600))

	database_sql "INSERT INTO jobs (id, action, description, status, object_kind, object_id,
			object_name, start_time) VALUES ('$parent_id', 'data-center-upgrade', 'upgrade',
			'started', 'data_center', '$(id_of data_center dc)', 'dc', ${now}000000);
		INSERT INTO steps (id, job_id, number, action, status, object_kind, object_id,
			object_name, state) VALUES ('$parent_id', '$parent_id', 1, 'cluster-upgrade',
			'started', 'cluster', '$(id_of cluster c)', 'c', 'job=$run_id');
		UPDATE jobs SET parent = '$parent_id' WHERE id = '$run_id';
		INSERT INTO job_leases VALUES ('$parent_id', 1, 'lab pid 42', ${now}000000,
			${soon}000000)"
}

# end_run STATUS EXIT-CODE MESSAGE
end_run() {
	database_sql "UPDATE jobs SET status = '$1', exit_code = $2, message = '$3',
		end_time = $(date +%s)000000 WHERE id = '$run_id'"
}

# end_step NUMBER STATUS
end_step() {
	database_sql "UPDATE steps SET status = '$2', end_time = $(date +%s)000000 WHERE number = $1"
}
