# vm-migrate as far as it goes without a hypervisor: what is chosen and why, and what is refused.
# shellcheck shell=bash disable=SC2154
load ../lib/common

setup() {
	common_setup
	new_database
	{
		seed_cluster
		add_vm web h1
		add_vm db h1
	} >/dev/null
}

teardown() {
	common_teardown
}

explain() { vm-migrate --explain --json "$@" | jq -r ".destinations[] | $filter"; }

@test "every host is shown with its score or the reason against it" {
	inventory set host h3 --observed status=maintenance >/dev/null
	run_ok vm-migrate --explain web
	contains "$output" "VM  HOST FITS  SCORE FILTER REASON" "here   the VM runs there" \
		"status it is maintenance" "its load was not measured lately"
	filter='[.vm.name, .host.name, .fits, .filter // "-"] | join(" ")'
	run_ok explain web
	output_is "web h2 true -"$'\n'"web h1 false here"$'\n'"web h3 false status"
	run_ok vm-migrate --explain --xml web
	contains "$output" "<destinations>" "<filter>status</filter>"
	run_ok vm-migrate --explain web --select fits=true --noheadings --output host
	output_is "h2"
}

@test "the filters see what the inventory says" {
	filter='select(.host.name == "h2") | .filter // "-"'
	[ "$(explain web)" = - ]
	inventory set host h2 --observed machine_types=pc-q35-9.0 >/dev/null
	[ "$(explain web)" = machine ]
	inventory set host h2 --observed machine_types=pc-q35-7.2 memory=2G >/dev/null
	[ "$(explain web)" = memory ]
	inventory set cluster c overcommit_percent=300 >/dev/null
	[ "$(explain web)" = - ]
	inventory set cluster c scheduling_policy=in_cluster_upgrade >/dev/null
	inventory set host h2 --observed os_major=11 >/dev/null
	[ "$(explain web)" = policy ]
	inventory set host h2 --observed os_major=13 architecture= >/dev/null
	[ "$(explain web)" = architecture ]
	[ "$(explain web --accept-unknown)" = - ]
}

reach() { # HOST STATUS: of the domain data, just now
	inventory import - >/dev/null <<-END
		{"domain_reaches":[{"host":{"name":"$1"},"storage_domain":{"name":"data"},"status":"$2",
		"checked":"$(date -u +%FT%TZ)"}]}
	END
}

@test "a host that does not reach the storage of a disk" {
	inventory add storage-domain data data_center=dc type=data storage_type=nfs >/dev/null
	inventory add disk d storage_domain=data >/dev/null
	inventory add disk-attachment vm=web \
		disk="$(inventory list disk --noheadings --output id | tr -d ' ')" >/dev/null
	reach h1 ok
	reach h2 lost
	filter='select(.host.name == "h2") | .filter // "-"'
	[ "$(explain web)" = reach ]
	[ "$(explain db)" = - ]
	run_ok vm-migrate --explain web
	contains "$output" "it does not reach storage domain data, where a disk of the VM lies" \
		"whether it reaches storage domain data, which others have lost, was not looked at lately"
	reach h2 slow
	[ "$(explain web)" = - ]
	reach h2 lost
	database_sql "UPDATE domain_reaches SET checked = 1000000"
	[ "$(explain web)" = - ]
}

@test "affinity groups: together, apart, on hosts" {
	inventory add affinity-group g cluster=c vms_enforcing=true >/dev/null
	for vm in web db; do inventory add affinity-vm affinity_group=g vm=$vm >/dev/null; done
	filter='select(.host.name == "h2") | .filter // "-"'
	[ "$(explain web)" = vm_affinity ]
	run_ok vm-migrate --explain web
	contains "$output" "the VMs of affinity group g run on h1"
	[ "$(explain web db)" = $'-\n-' ] # they move in one run
	run_ok vm-migrate --dry-run --noheadings --output vm,to,result web db
	[ "$(awk '{ print $2 }' <<<"$output" | sort -u | wc -l)" -eq 1 ]
	inventory set affinity-group g vms_positive=false >/dev/null
	[ "$(explain web)" = - ]
	inventory set vm db --observed host=h2 >/dev/null
	[ "$(explain web)" = vm_affinity ]
	inventory set affinity-group g vms_enabled=false hosts_enabled=true hosts_enforcing=true \
		>/dev/null
	inventory add affinity-host affinity_group=g host=h3 >/dev/null
	[ "$(explain web)" = host_affinity ]
	inventory set cluster c scheduling_policy=in_cluster_upgrade >/dev/null
	[ "$(explain web)" = - ]
}

@test "what would go where, and nothing is done" {
	run_ok vm-migrate --dry-run --json web db
	[ "$(jq -r '[.migrations[] | .vm.name + " " + .result] | join(",")' <<<"$output")" = \
		"web planned,db planned" ]
	run_ok inventory list job --noheadings
	output_is ""
	run_ok vm-migrate --dry-run --from h1 --to h2 --noheadings --output vm,to,result
	[ "$(tr -s ' ' <<<"$output" | sort)" = "db h2 planned"$'\n'"web h2 planned" ]
	run_ok vm-migrate --dry-run --to h1 web
	contains "$output" "it runs there already"
	run_fail 2 vm-migrate --dry-run --to h2 web --cluster c
}

@test "a machine that cannot go is refused by name, with the reason" {
	inventory set vm web affinity=pinned >/dev/null
	run_fail 4 vm-migrate web
	contains "$output" "refused" "it is pinned to its host"
	run_ok events list vm web
	contains "$output" "VM web was not moved: it is pinned to its host"
	inventory set vm db --observed status=down host= >/dev/null
	run_fail 4 vm-migrate db
	contains "$output" "it does not run"
	inventory set host h2 --observed status=down >/dev/null
	inventory set vm db --observed status=up host=h1 >/dev/null
	run_fail 4 vm-migrate db --to h2
	contains "$output" "host h2 cannot take it: it is down"
	run_ok inventory list job --noheadings --output status
	[ "$(sort -u <<<"$output" | tr -d ' ')" = failed ]
}

@test "one that is down is partly done beside one that is there" {
	inventory set vm db --observed status=down host= >/dev/null
	run_fail 8 vm-migrate web db --to h1
	contains "$output" "it runs there already" "it does not run"
}

@test "machines of a document, and documents that the schemas allow" {
	local schemas=$VDC_TEST_SRC/schemas

	inventory list vm --json | vm-migrate --dry-run --json - >plan.json
	[ "$(jq -r '[.migrations[].vm.name] | join(",")' plan.json)" = db,web ]
	"$VDC_TEST_SRC/tests/helpers/check_json_schema" "$schemas/vdc.schema.json" plan.json
	inventory export vm --xml | vm-migrate --explain --xml - >why.xml
	xmllint --noout --relaxng "$schemas/vdc.rng" why.xml
	[ "$(xmllint --xpath 'count(//destination)' why.xml)" = 6 ]
	run_fail 2 vm-migrate --dry-run - <<<'<vms><vm>'
	contains "$stderr" "standard input"
	run_fail 3 vm-migrate --dry-run - <<<'{"vms":[{"name":"nosuch"}]}'
}

@test "bad input" {
	run_fail 2 vm-migrate
	contains "$stderr" "which VMs?" "--from HOST"
	run_fail 3 vm-migrate nosuch
	run_fail 3 vm-migrate web --to nosuch
	run_fail 3 vm-migrate web --cluster nosuch
	run_fail 2 vm-migrate web --from h2
	contains "$stderr" "VM web does not run on host h2"
	run_fail 2 vm-migrate web --to h2 --cluster c
	run_fail 2 vm-migrate web --bandwidth much
	run_fail 2 vm-migrate web --outgoing 0
	run_fail 2 vm-migrate resume --explain
	contains "$stderr" "--explain does not go with resume, only with: vm-migrate"
}

@test "another cluster: only on a pair that the catalogue has" {
	inventory add cluster new data_center=dc version=4.8 level_family=rhv >/dev/null
	add_host h9 new >/dev/null
	filter='.filter // "-"'
	run_ok explain web --cluster new
	[ "$output" = level ] || [ "$output" = - ]
	inventory add cluster odd data_center=dc version=6.0 level_family=nosuch >/dev/null
	add_host h8 odd >/dev/null
	run_ok explain web --cluster odd
	output_is level
}

@test "resume: nothing to do, and jobs that are none of its own" {
	run_ok vm-migrate resume
	output_is ""
	run_fail 3 vm-migrate resume 00000000-0000-4000-8000-000000000000
	inventory set vm web affinity=pinned >/dev/null
	run_fail 4 vm-migrate web
	run_fail 2 vm-migrate resume "$(inventory list job --json | jq -r '.jobs[0].id')"
	contains "$stderr" "is over"
}

@test "hosts that cannot be reached: the machine is where it was, as far as anybody knows" {
	printf 'connect-timeout = 1s\n' >vdc.conf
	inventory set host h1 libvirt_uri=qemu+tcp://127.0.0.1:1/system >/dev/null
	inventory set host h2 libvirt_uri=qemu+tcp://127.0.0.1:1/system >/dev/null
	VDC_CONF=$PWD/vdc.conf run_fail 6 vm-migrate web --to h2
	contains "$output" "unknown" "does not answer"
	[ "$(inventory list vm --select name=web --noheadings --output host | tr -d ' ')" = h1 ]
}

@test "what the level of the cluster does not have is refused" {
	inventory add cluster old data_center=dc version=4.3 level_family=rhv >/dev/null
	inventory set vm web cluster=old >/dev/null
	run_fail 4 vm-migrate web --encrypted yes --to h2
	contains "$output$stderr" "encrypted_migration comes with level 4.4; cluster old is at 4.3"
}
