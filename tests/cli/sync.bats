# inventory sync: hosts of libvirt's built-in test driver, and such as do not answer.
load ../lib/common

setup() {
	common_setup
	new_database
	{
		inventory init
		inventory add data-center dc
		inventory add cluster c data_center=dc
		inventory add host real cluster=c libvirt_uri="test://$VDC_TEST_SRC/tests/data/libvirt/node.xml"
	} >/dev/null
	export VDC_CONF=$PWD/vdc.conf
	printf 'host-grace = 0\nhost-grace-per-vm = 0\n' >"$VDC_CONF"
}

teardown() { common_teardown; }

# Nothing listens on the discard port.
add_dead() { inventory add host dead cluster=c libvirt_uri=qemu+tcp://127.0.0.1:9/system >/dev/null; }

status_of() { inventory list hosts --select "name=$1" --noheadings --output status; }

@test "a host by name: it is up, and its VMs are there" {
	run_ok inventory sync real
	contains "${lines[0]}" real: up "1 VM"
	run_ok inventory list vms --noheadings --output name,host,status --sort name
	[ "${#lines[@]}" -eq 2 ]
	contains "${lines[0]}" db1 real up
	contains "${lines[1]}" off1 down
	run_ok inventory check
}

@test "which hosts is never guessed" {
	run_fail 2 inventory sync
	contains "$stderr" --all --cluster
	run_fail 2 inventory sync real --all
	run_fail 2 inventory sync --all --cluster c
	run_fail 3 inventory sync nobody
	contains "$stderr" nobody
	run_fail 3 inventory sync --cluster nowhere
}

@test "by cluster and all" {
	inventory add cluster other data_center=dc >/dev/null
	inventory add host else cluster=other libvirt_uri=test:///default >/dev/null
	run_ok inventory sync --cluster other
	contains "$output" else: up
	[[ $output != *real* ]]
	run_ok inventory sync --all --jobs 1
	contains "$output" real: else:
}

@test "some answer, some do not: exit code 8; none: 6" {
	add_dead
	run_fail 8 inventory sync --all
	contains "$output" "real: up" "dead: connecting" "127.0.0.1:9"
	run_fail 6 inventory sync dead
}

@test "silence three times: non_responsive, and no complaint in maintenance" {
	add_dead
	for _ in 1 2 3; do inventory sync dead >/dev/null || true; done
	[ "$(status_of dead)" = non_responsive ]
	inventory set host dead status=maintenance >/dev/null
	run_ok inventory sync dead
	[ "$(status_of dead)" = maintenance ]
}

@test "a VM that was off and is undefined is noted as lost, and comes back" {
	cp "$VDC_TEST_SRC/tests/data/libvirt/node.xml" node.xml
	sed '/<domain[^>]*>/,/<\/domain>/{H;/<\/domain>/!d;x;/off1/d;}' node.xml >without.xml
	run -1 grep off1 without.xml
	inventory set host real libvirt_uri="test://$PWD/node.xml" >/dev/null
	inventory add vm planned cluster=c >/dev/null
	inventory sync real >/dev/null
	inventory set host real libvirt_uri="test://$PWD/without.xml" >/dev/null
	run_ok inventory sync real
	run_ok inventory list vms --select lost_since --noheadings --output name,status
	contains "$output" off1 down
	[ "${#lines[@]}" -eq 1 ]
	run_ok events list --select type=vm_gone --noheadings --output object_name
	output_is off1
	run_fail 1 inventory check
	contains "$output" VM_LOST off1
	run_ok inventory sync real
	run_ok events list --select type=vm_gone --noheadings --output object_name
	output_is off1
	inventory set host real libvirt_uri="test://$PWD/node.xml" >/dev/null
	run_ok inventory sync real
	run_ok inventory list vms --select lost_since --noheadings --output name
	output_is ""
}

@test "--quiet says nothing" {
	run_ok inventory sync real --quiet
	output_is ""
}

@test "a remote shell that answers nonsense is no reason to give a host up" {
	inventory set host real rsh_address=h1 >/dev/null
	VDC_RSH=echo run_ok inventory sync real
	[ "$(status_of real)" = up ]
	run_ok inventory show host real
	[[ $output != *nonsense* ]]
}

@test "facts come over the remote shell" {
	cat >rsh <<-'END'
		#!/bin/sh
		printf 'os ID=debian\nos VERSION_ID="12"\nboot_id %s\nbridge br0\n' 11111111-2222-3333-4444-555555555555
		printf 'package installed libvirt-daemon=9.0.0-4\nend\n'
	END
	chmod +x rsh
	inventory set host real rsh_address=h1 >/dev/null
	VDC_RSH=$PWD/rsh run_ok inventory sync real
	run_ok inventory list hosts --noheadings --output os_type,os_version,boot_id,packages
	contains "$output" Debian 12 11111111-2222-3333-4444-555555555555 libvirt-daemon=9.0.0-4
	run_ok inventory list networks --noheadings --output name --sort name
	output_is $'br0\ndefault'
}

@test "killed in the middle: the database is as before, and the next run goes on" {
	printf '#!/bin/sh\nexec sleep 30\n' >rsh
	chmod +x rsh
	inventory set host real rsh_address=h1 >/dev/null
	VDC_RSH=$PWD/rsh inventory sync real >/dev/null 3>&- &
	local pid=$!
	sleep 0.5
	kill -9 "$pid"
	wait "$pid" || true
	[ "$(status_of real)" = unassigned ]
	inventory set host real rsh_address= >/dev/null
	run_ok inventory sync real
	[ "$(status_of real)" = up ]
}

@test "--watch ends when it is interrupted" {
	inventory sync real --watch >out 3>&- &
	local pid=$!
	for _ in {1..50}; do
		[ ! -s out ] || break
		sleep 0.1
	done
	kill -INT "$pid"
	wait "$pid"
	contains "$(cat out)" "host real is up" "VM db1 runs on host real"
}

@test "a host that does not run the level of its cluster is non_operational" {
	inventory set cluster c version=4.5 level_family=rhv >/dev/null
	inventory set --observed host real agent_version=4.20.1 >/dev/null
	run_ok inventory sync real
	contains "$output" non_operational "level 4.5 of its cluster; 4.2 is its highest"
	run_ok inventory list hosts --noheadings --output reason
	output_is cluster_version_incompatible_with_cluster
	inventory set --observed host real agent_version=4.8 >/dev/null
	run_ok inventory sync real
	contains "$output" "no level of family rhv"
	run_ok inventory list hosts --noheadings --output reason
	output_is version_incompatible_with_cluster
	inventory set cluster c version=4.2 >/dev/null
	inventory set --observed host real agent_version=4.20.1 >/dev/null
	run_ok inventory sync real
	contains "$output" "real: up"
	VDC_LEVELS_DIR=/nonexistent run_ok inventory sync real
	contains "$output" "real: up"
	contains "$stderr" /nonexistent "levels of hosts are not judged"
}
