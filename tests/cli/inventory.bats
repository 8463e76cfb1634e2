# inventory: objects come, change and go; bad input changes nothing.
load ../lib/common

setup() {
	common_setup
	new_database
	inventory init >/dev/null
}

teardown() { common_teardown; }

small_cluster() {
	inventory add data-center dc1
	inventory add cluster prod data_center=dc1 version=4.7
	inventory add host h1 cluster=prod address=10.0.0.1
	inventory add host h2 cluster=prod address=10.0.0.2
	inventory add vm web1 cluster=prod memory=4G
	inventory add vm db1 cluster=prod memory=16G high_availability=true
} >/dev/null

# The database as a document without its log: what must be the same when nothing was to change.
dump() { inventory export data-center cluster host fence-agent vm; }

@test "init twice is harmless" {
	small_cluster
	run_ok inventory init
	run_ok inventory list hosts --noheadings --output name
	output_is $'h1\nh2'
}

@test "a database that is not there: says how to make one" {
	[ "$VDC_TEST_DB" = sqlite ] || skip "a server is there or is not"
	VDC_DB=$PWD/none/inventory.db run_fail 3 inventory list hosts
	contains "$stderr" none/inventory.db "inventory init"
}

@test "add: what was given is there, the rest has its presets" {
	small_cluster
	run_ok inventory list vms --noheadings --output name,cluster,memory,high_availability
	[ "${#lines[@]}" -eq 2 ]
	contains "${lines[0]}" db1 prod "16 GiB" true
	contains "${lines[1]}" web1 "4 GiB"
	run_ok inventory show cluster prod
	contains "$output" dc1 4.7
}

@test "add refuses a name that is taken, an unknown field, a bad value, a missing reference" {
	small_cluster
	dump >before
	run_fail 2 inventory add host h1 cluster=prod
	contains "$stderr" h1
	run_fail 2 inventory add host h3 cluster=prod colour=red
	contains "$stderr" colour "--output help"
	run_fail 2 inventory add vm v memory=much cluster=prod
	contains "$stderr" memory much
	run_fail 2 inventory add vm v status=sleeping cluster=prod
	contains "$stderr" sleeping paused
	run_fail 3 inventory add vm v cluster=nowhere
	contains "$stderr" nowhere
	run_fail 2 inventory add vm v
	contains "$stderr" cluster
	run_fail 2 inventory add spaceship s1
	contains "$stderr" spaceship storage-domain
	run_fail 2 inventory add host
	run_fail 2 inventory add vm v cluster=prod cluster=prod
	contains "$stderr" twice
	dump | cmp - before
}

@test "a name is given once, in front or as a field" {
	small_cluster
	run_ok inventory add vm name=web2 cluster=prod
	output_is "added vm web2"
	run_fail 2 inventory add vm web3 name=web4 cluster=prod
	contains "$stderr" "field name is given twice"
	run_fail 2 inventory add vm cluster=prod
	contains "$stderr" "which name"
	run_fail 2 inventory add fence-agent a1 host=h1
	contains "$stderr" "has no name"
}

@test "an error is one line, whatever stands in it" {
	small_cluster
	run_fail 2 inventory add host $'a\nb\e[31m' cluster=prod
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr != *$'\e'* ]]
	run_fail 2 inventory list hosts --db ""
	contains "$stderr" empty
}

@test "set changes what it is told and nothing else" {
	small_cluster
	run_ok inventory set vm web1 memory=8G description="front end"
	run_ok inventory list vms --noheadings --output name,memory,description --select name=web1
	contains "$output" web1 "8 GiB" "front end"
	run_ok inventory set vm web1 description=
	run_ok inventory list vms --noheadings --output description --select name=web1
	output_is -
}

@test "set refuses ids, what sync reads, and the removal of what must be there" {
	small_cluster
	dump >before
	run_fail 4 inventory set host h1 id=5a7d10b2-6e8f-4f0c-9a65-6c62a7a0a001
	run_fail 4 inventory set host h1 boot_id=5a7d10b2-6e8f-4f0c-9a65-6c62a7a0a001
	contains "$stderr" sync --observed
	run_fail 2 inventory set host h1 name=
	run_fail 3 inventory set host h9 comment=x
	contains "$stderr" h9
	run_fail 2 inventory set vm web1 memory=8G name=db1
	[ "$stderr" = "inventory: vm db1: another row has the same cluster_id, name" ]
	run_fail 3 inventory set vm web1 cluster=nowhere
	contains "$stderr" "vm web1: cluster: there is no cluster 'nowhere'"
	dump | cmp - before
	run_ok inventory set --observed host h1 boot_id=5a7d10b2-6e8f-4f0c-9a65-6c62a7a0a001
}

@test "remove asks, and without a terminal needs --yes" {
	small_cluster
	run_fail 4 inventory remove vm web1
	contains "$stderr" --yes
	run_ok inventory remove --yes vm web1
	run_ok inventory list vms --noheadings --output name
	output_is db1
	run_fail 3 inventory remove --yes vm web1
}

@test "what others depend on stays, unless --cascade takes them too" {
	small_cluster
	dump >before
	run_fail 4 inventory remove --yes cluster prod
	contains "$stderr" h1 h2 web1 --cascade
	dump | cmp - before
	run_ok inventory remove --yes --cascade cluster prod
	contains "$output" h1 h2 web1 db1 prod
	run_ok inventory list --noheadings hosts
	output_is ""
}

@test "several are removed or none" {
	small_cluster
	dump >before
	run_fail 3 inventory remove --yes vm web1 nowhere
	dump | cmp - before
}

@test "--dry-run says what it would do and does nothing" {
	small_cluster
	dump >before
	run_ok inventory add --dry-run vm v3 cluster=prod
	contains "$output" v3
	run_ok inventory set --dry-run vm web1 memory=1G
	run_ok inventory remove --dry-run --cascade cluster prod
	contains "$output" web1
	dump | cmp - before
	run_fail 2 inventory add --dry-run vm web1 cluster=prod
}

@test "an id does as well as a name, and every change is an event" {
	small_cluster
	id=$(inventory list vms --select name=web1 --noheadings --output id)
	run_ok inventory set vm "$id" comment=seen
	run_ok inventory list events --noheadings --output description
	contains "${lines[0]}" dc1
	contains "${lines[-1]}" web1 changed
	contains "$output" web1 h1 prod
}

@test "list: select, sort, columns" {
	small_cluster
	run_ok inventory list vms --noheadings --output name --select 'memory>8G'
	output_is db1
	run_ok inventory list vms --noheadings --output name --sort memory
	output_is $'web1\ndb1'
	run_ok inventory list vms --noheadings --output name --sort -memory
	output_is $'db1\nweb1'
	run_ok inventory list vms --noheadings --output name --select 'cluster=prod && !(name~"^web")'
	output_is db1
	inventory set vm web1 comment=seen
	run_ok inventory list vms --noheadings --select comment=seen # no column of the table
	contains "$output" web1
	run_fail 2 inventory list vms --select 'memory>'
	run_fail 2 inventory list vms --output nothing
	contains "$stderr" nothing
	run_ok inventory list
	contains "$output" host vm storage-domain
}

@test "the same in a pipe and into a file" {
	small_cluster
	inventory list hosts >file
	inventory list hosts | cat >pipe
	cmp file pipe
}

@test "json and xml are documents that are read again" {
	small_cluster
	inventory list vms --json >vms.json
	jq -e '.vms | length == 2' vms.json
	jq -e '.vms[0].memory == 17179869184' vms.json
	inventory list vms --xml >vms.xml
	xmllint --noout vms.xml
	dump >before
	run_ok inventory import vms.json
	run_ok inventory import vms.xml
	dump | cmp - before
}

@test "export, import into an empty database, export: the same bytes" {
	small_cluster
	inventory export --xml >one.xml
	inventory export --json >one.json
	new_database
	inventory init
	inventory import - <one.xml
	inventory export --xml | cmp - one.xml
	inventory export --json | cmp - one.json
	new_database
	inventory init
	inventory import <one.json
	inventory export --xml | cmp - one.xml
}

@test "show: every part of it, several at once, or none" {
	small_cluster
	inventory add fence-agent host=h1 type=ipmilan address=10.0.1.1 username=admin \
		password=file:/etc/vdc/secrets/h1
	run_ok inventory show host h1
	contains "$output" h1 10.0.0.1 fence-agent ipmilan
	run_ok inventory show host h1 h2 --json
	jq -e '(.hosts | length == 2) and (.agents // .fence_agents | length == 1)' <<<"$output"
	run_fail 3 inventory show host h1 h9
	output_is ""
}

@test "check: silent when all is well, codes when not" {
	small_cluster
	run_ok inventory check
	output_is ""
	inventory set --observed vm web1 status=up
	run_fail 1 inventory check
	contains "$output" VM_WITHOUT_HOST web1
	run_fail 1 script -qec "stty cols 60; inventory check --noheadings" /dev/null
	contains "$output" "VM_WITHOUT_HOST " # codes are never cut
	run_fail 1 inventory check --json
	jq -e '.findings[0].code == "VM_WITHOUT_HOST"' <<<"$output"
}

@test "a full disk on standard output is an error" {
	small_cluster
	for verb in list "list hosts" "list hosts --json" export "export --json" "show host h1"; do
		# shellcheck disable=SC2086
		run_fail 1 bash -c "exec inventory $verb >/dev/full"
		[ "$stderr" = "inventory: standard output: No space left on device" ]
	done
}
