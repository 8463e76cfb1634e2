# Hosts whose spm-elect is a script, for what no real sanlock can be made to show: a host that is
# killed, lies, or changes its mind between two looks. The lease is the file fake/lease: LVER OWNER
# GENERATION. To be loaded after fake-host.bash.
# shellcheck shell=bash

# fake_spm ADDRESS HOST-ID DOMAIN-ID: files beside it change what it does:
#	slow	seconds before it answers	fails	exit code of start
#	says	what it prints instead		stuck	it does not stop
#	watchdog	true or false
fake_spm() {
	[ -e fake/lease ] || echo "0 0 0" >fake/lease
	mkdir -p "fake/$1"
	echo "$2" >"fake/$1/id"
	echo "$3" >"fake/$1/domain"
	echo Free >"fake/$1/role"
	fake_program "$1" spm-elect <<-'END'
		#!/bin/bash
		cd "$FAKE_HOST" || exit
		echo "$*" >>log
		read -r id <id; read -r domain <domain
		value() { # OPTION ARG…
			local name=$1
			while shift && (($#)); do [ "$1" != "--$name" ] || echo "$2"; done
		}
		say() {
			local role lver owner generation state=live held= watchdog=
			read -r role <role
			read -r lver owner generation <../lease
			[ "$owner" != 0 ] || state=free
			[ ! -e ../dead ] || state=dead
			[ ! -e ../failing ] || state=fail
			[ "$role" != SPM ] || held="\"held\":$(cat held),"
			[ ! -e watchdog ] || printf -v watchdog '"watchdog":%s,' "$(cat watchdog)"
			printf '{"lockspaces":[{"id":"%s","name":"data","host_id":%d,"sanlock_name":"x",' "$domain" "$id"
			printf '"place":{"ids":"/d/ids","leases":"/d/leases"},"block_size":512,'
			printf '"alignment":1048576,"io_timeout":2,"master":true,"state":"joined","hosts_live":3,%s' "$watchdog"
			printf '"spm":{"role":"%s",%s"lver":%d,"owner":{"host_id":%d,"generation":%d,"state":"%s","generation_now":%d}}}]}\n' \
				"$role" "$held" "$lver" "$owner" "$generation" "$state" "$generation"
		}
		case $1 in
		status)
			[ ! -e slow ] || sleep "$(cat slow)"
			[ ! -e says ] || { cat says; exit; }
			say
			;;
		start)
			[ ! -e fails ] || { echo "storage is away" >&2; exit "$(cat fails)"; }
			exec 9>../lock; flock 9
			read -r lver owner generation <../lease
			expected=$(value lver "$@")
			[ "${expected:-$lver}" = "$lver" ] || { echo "somebody was faster" >&2; exit 5; }
			[ "$owner" = 0 ] || [ "$owner" = "$id" ] || [ -e ../dead ] || { echo "it is held" >&2; exit 5; }
			echo "$((lver + 1)) $id 1" >../lease
			rm -f ../dead
			echo $((lver + 1)) >held; echo SPM >role
			say
			;;
		stop)
			[ ! -e stuck ] || { echo "work under the lease has not ended" >&2; exit 5; }
			exec 9>../lock; flock 9
			read -r lver owner generation <../lease
			[ "$owner" != "$id" ] || echo "$lver 0 0" >../lease
			echo Free >role
			say
			;;
		esac
	END
}

# fake_domain NAME: the master domain of data centre dc; prints its id
fake_domain() {
	inventory add storage-domain "$1" data_center=dc type=data storage_type=nfs master=true \
		storage_address=nfs.invalid storage_path=/d storage_format=v5 status=active \
		io_timeout=2 >/dev/null
	inventory list storage-domain --noheadings --output id --select "name=$1" | tr -d ' '
}

# fake_managers: a new database with seed_cluster, of which each host is such a one. Sets $DOMAIN.
fake_managers() {
	local number

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

is_manager() { # NUMBER LVER
	echo "$2 $1 1" >fake/lease
	echo SPM >"fake/h$1.invalid/role"
	echo "$2" >"fake/h$1.invalid/held"
}
