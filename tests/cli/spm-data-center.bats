# The storage pool manager of a data centre, on hosts whose spm-elect is a script: what bad input, hosts
# that are away or say nonsense, and a command that is killed in the midst come to. Real leases:
# tests/lab/spm-data-center.bats.
# shellcheck shell=bash disable=SC2154
load ../lib/common
load ../lib/fake-host
load ../lib/fake-spm

setup() {
	local number

	common_setup
	new_database
	seed_cluster >/dev/null
	fake_shell
	DOMAIN=$(fake_domain data)
	for number in 1 2 3; do
		fake_spm h$number.invalid $number "$DOMAIN"
		inventory set host h$number spm_id=$number rsh_address=h$number.invalid \
			libvirt_uri=test:///default >/dev/null
	done
}

teardown() {
	common_teardown
}

is_manager() { # NUMBER LVER
	echo "$2 $1 1" >fake/lease
	echo SPM >"fake/h$1.invalid/role"
	echo "$2" >"fake/h$1.invalid/held"
}

row() { # NAME FIELD: of status --json in $output
	jq -r --arg name "$1" ".spm_views[] | select(.name == \$name) | .$2" <<<"$output"
}

@test "three ways and the record beside each other" {
	is_manager 2 7
	run_fail 1 spm-elect status dc --json
	[ "$(row data owner)" = h2 ]
	[ "$(row data liveness)" = live ]
	[ "$(row h2 role)" = SPM ]
	[ "$(row h2 lver)" = 7 ]
	[ "$(row h1 role)" = Free ]
	contains "$(row data findings)" SPM_RECORD_DIFFERS
	inventory set host h2 --observed spm_status=spm >/dev/null
	run_ok spm-elect status
	run_ok spm-elect status dc --xml
	contains "$output" "<role>SPM</role>"
	# one that says so, too
	echo SPM >fake/h1.invalid/role
	echo 6 >fake/h1.invalid/held
	run_fail 1 spm-elect status dc --json
	contains "$(row h1 problem)" "the owner of the lease is host id 2"
	# and the owner does not know of it
	echo Free >fake/h2.invalid/role
	run_fail 1 spm-elect status dc --json
	contains "$(row h2 findings)" SPM_LEASE_ORPHANED
}

@test "what nobody can say is said to be unknown" {
	run_fail 3 spm-elect status nowhere
	rm -r fake/h1.invalid
	run_fail 1 spm-elect status --json
	contains "$(row h1 problem)" "No route to host"
	[ "$(row data owner)" = nobody ]
	rm -r fake/h2.invalid fake/h3.invalid
	run_fail 1 spm-elect status --json
	[ "$(row data owner)" = null ]
	contains "$(row data problem)" "No route to host"
	inventory set storage-domain data master=false >/dev/null
	run_fail 1 spm-elect status dc
	contains "$output" "has no master domain"
	run_fail 2 spm-elect status --local dc
}

@test "what hosts say is looked at before it is believed" {
	is_manager 1 7
	inventory set host h1 --observed spm_status=spm >/dev/null
	echo '{"lockspaces":[' >fake/h2.invalid/says
	head -c 100000 /dev/urandom >fake/h3.invalid/says
	run_fail 1 spm-elect status --json
	[ "$(row data owner)" = h1 ]
	[ "$(row h2 role)" = null ]
	contains "$(row h3 problem)" "what it says"
	# another version than the others read: it is looked at again, and then nothing is believed
	FAKE_HOST=$PWD/fake/h2.invalid
	rm fake/h2.invalid/says fake/h3.invalid/says
	FAKE_HOST=$FAKE_HOST fake/h2.invalid/spm-elect status | sed 's/"lver":7/"lver":8/' >says
	mv says fake/h2.invalid/says
	run_fail 1 spm-elect status --json
	contains "$(row data problem)" "version 7" "version 8"
	[ "$(row data owner)" = null ]
	[ "$(grep -c status fake/h3.invalid/log)" -ge 5 ]
	sed -i 's/"lver":[0-9]*/"lver":-8/' fake/h2.invalid/says
	run_fail 1 spm-elect status --json
	contains "$(row h2 problem)" "version below 0"
	[ "$(row data owner)" = h1 ]
}
