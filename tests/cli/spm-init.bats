# spm-elect init by the database, at hosts whose spm-elect is a script: what is refused before anybody is
# asked, what a host is told, and that what fails there leaves no trace here. Real storage:
# tests/lab/spm-init.bats.
# shellcheck shell=bash disable=SC2154
load ../lib/common
load ../lib/fake-host

DOMAIN=c277ad93-0973-43d9-a0ca-22199bc8e801

setup() {
	common_setup
	new_database
	fake_shell
	{
		inventory init
		inventory add data-center dc
		inventory add cluster c data_center=dc
		inventory add host h1 cluster=c rsh_address=h1.invalid libvirt_uri=test:///default
		inventory add storage-domain data id=$DOMAIN data_center=dc type=data storage_type=fcp \
			storage_format=v5 volume_group=group1 io_timeout=5 status=uninitialized
		inventory set host h1 --observed status=up
	} >/dev/null
	fake_program h1.invalid spm-elect <<-'END'
		#!/bin/sh
		echo "$*" >>"$FAKE_HOST/log"
		cat >"$FAKE_HOST/document"
		cat "$FAKE_HOST/complaint" >&2 2>/dev/null
		exit "$(cat "$FAKE_HOST/exit" 2>/dev/null || echo 0)"
	END
}

teardown() {
	common_teardown
}

domain() { # FIELD
	inventory list storage-domain --noheadings --output "$1" | tr -s ' '
}

nobody_was_asked() { [ ! -e fake/h1.invalid/log ]; }

told() { jq -r ".lockspaces[0] | $1" fake/h1.invalid/document; }

@test "what does not go is refused before a host is asked" {
	run_fail 2 spm-elect init
	contains "$stderr" "a storage domain"
	run_fail 2 spm-elect init data --local --from x
	run_fail 3 spm-elect init nothing
	run_fail 2 spm-elect init data --sector 1024
	run_fail 2 spm-elect init data --hosts 2001
	inventory set storage-domain data storage_type=nfs mount_point=/mnt >/dev/null
	run_fail 2 spm-elect init data --sector 4096
	contains "$stderr" "nfs always has sectors of 512 bytes"
	inventory set storage-domain data storage_format=v2 >/dev/null
	run_fail 2 spm-elect init data
	contains "$stderr" "format v2 is for iscsi and fcp"
	inventory set storage-domain data storage_format=v4 storage_type=posixfs >/dev/null
	run_fail 2 spm-elect init data --sector 4096
	contains "$stderr" "need format v5"
	inventory set storage-domain data type=iso >/dev/null
	run_fail 2 spm-elect init data
	contains "$stderr" "leases are on data domains"
	inventory set storage-domain data type=data >/dev/null
	run_fail 3 spm-elect init data --host nobody
	nobody_was_asked
}

@test "the host is told all, and the inventory says what came of it" {
	run_ok spm-elect init data --master --sector 4096 --hosts 600 --dry-run
	contains "$output" "would be made ready, by host h1"
	nobody_was_asked
	run_ok spm-elect init data --master --sector 4096 --hosts 600
	[ "$(cat fake/h1.invalid/log)" = "init --local --from - --timeout=180s" ]
	[ "$(told '"\(.id) \(.storage_format) \(.block_size) \(.alignment) \(.io_timeout) \(.master)"')" = \
		"$DOMAIN v5 4096 4194304 5 true" ]
	[ "$(told '.place | "\(.ids) \(.leases) \(.volume_group)"')" = "/dev/group1/ids /dev/group1/leases group1" ]
	[ "$(domain block_size,alignment,master,status)" = "4096 4MiB true unknown" ] ||
		[ "$(domain block_size,alignment,master,status)" = "4096 4 MiB true unknown" ]
	run_ok events list --select type=storage_domain_initialized --noheadings
	contains "$output" "data" "areas of 4 MiB"
	# done again nothing is new but the event
	run_ok spm-elect init data
	[ "$(told .alignment)" = 4194304 ]
	[ "$(inventory list data-center --noheadings --output master_version | tr -d ' ')" = 1 ]
}

@test "of a domain there is one at a time" {
	printf 'job-lease = 2s\n' >vdc.conf
	export VDC_CONF=$PWD/vdc.conf
	fake_program h1.invalid spm-elect <<-'END'
		#!/bin/sh
		: >"$FAKE_HOST/here"
		while [ ! -e "$FAKE_HOST/go" ]; do sleep 0.05; done
	END
	spm-elect init data >first 2>&1 &
	soon 10 [ -e fake/h1.invalid/here ]
	run_fail 5 spm-elect init data
	contains "$stderr" "storage domain data is made ready by another one" "pid"
	: >fake/h1.invalid/go
	wait $!
	contains "$(cat first)" "is ready"
	# one that was killed is in nobody's way for long
	rm fake/h1.invalid/go fake/h1.invalid/here
	spm-elect init data >first 2>&1 &
	soon 10 [ -e fake/h1.invalid/here ]
	kill -KILL $!
	wait $! || true
	: >fake/h1.invalid/go
	soon 20 spm-elect init data
	[ "$(inventory list job --noheadings --output status | tr -d ' ' | sort | uniq -c | tr -s ' \n' ' ')" = " 2 finished " ]
	# nor does a host do it twice at once
	printf 'spm-directory = %s/run\n' "$PWD" >>vdc.conf
	mkdir run files
	printf '{"lockspaces":[{"id":"%s","name":"data","host_id":1,"block_size":512,"alignment":1048576,
		"io_timeout":2,"master":true,"place":{"ids":"%s/files/ids","leases":"%s/files/leases"}}]}' \
		$DOMAIN "$PWD" "$PWD" >space.json
	: >run/$DOMAIN.init
	flock run/$DOMAIN.init sh -c ': >held; while [ ! -e go ]; do sleep 0.05; done' &
	soon 10 [ -e held ]
	run_fail 5 spm-elect init --local --from space.json
	contains "$stderr" "domain data is made ready by another process"
	: >go
	wait $!
	[ -z "$(ls files)" ]
}

@test "there is one master" {
	spm-elect init data --master >/dev/null
	inventory add storage-domain other data_center=dc type=data storage_type=posixfs storage_format=v5 \
		mount_point=/mnt >/dev/null
	rm fake/h1.invalid/log
	run_fail 4 spm-elect init other --master
	contains "$stderr" "storage domain data is the master"
	nobody_was_asked
	run_ok spm-elect init other
	[ "$(told .master)" = false ]
}

@test "what fails there leaves no trace here" {
	local code

	echo "spm-elect: domain data: it is in use" >fake/h1.invalid/complaint
	for code in 1 2 3 4 5 6 7; do
		echo $code >fake/h1.invalid/exit
		run_fail $code spm-elect init data --master
		contains "$stderr" "host h1: domain data: it is in use"
	done
	fake_program h1.invalid spm-elect <<<'exit 127'
	run_fail 3 spm-elect init data
	: >fake/h1.invalid/denied
	run_fail 7 spm-elect init data
	rm -r fake/h1.invalid
	run_fail 6 spm-elect init data
	inventory set host h1 --observed status=maintenance >/dev/null
	run_fail 6 spm-elect init data
	contains "$stderr" "no host of the data centre" "--host"
	[ "$(domain master,status)" = "false uninitialized" ]
	run_ok events list --select type=storage_domain_initialized --noheadings
	output_is ""
}
