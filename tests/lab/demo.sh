# shellcheck shell=bash
# The parts of the demonstration; tests/lab/demo is the play. Sets nothing but what it says.
# shellcheck disable=SC2154,SC2016  # here, build, state: set by demo; $PATH is for the reader

lab_field() { # HOST-NUMBER FIELD
	"$here/lab" status --json | jq -r --argjson n "$1" --arg field "$2" \
		'.hosts[] | select(.number == $n)[$field]'
}

lab_gateway() {
	lab_field 1 address | sed 's/[0-9]*$/1/'
}

hosts_up() {
	note "the first time this builds the guest and a newer package generation (a minute or two)"
	"$here/images" tick
	"$here/images" next ||
		note "the newer generation cannot be had: the hosts will not be upgraded"
	"$here/lab" up 3
	eval "$("$here/lab" env)"
}

describe_cluster() {
	local n

	show inventory add data-center dc1
	show inventory add cluster prod data_center=dc1
	show inventory add storage-domain shared data_center=dc1 type=data storage_type=posixfs \
		mount_point=/shared
	for n in 1 2 3; do
		show inventory add host "host$n" cluster=prod "address=$(lab_field "$n" address)" \
			"rsh_address=host$n" "libvirt_uri=$(lab_field "$n" uri)"
	done
	inventory set storage-domain shared --observed --quiet status=active
	# The hosts share this machine's CPUs, and each is as busy as all of them together.
	inventory set cluster prod --quiet scheduling_properties=HighUtilization=1000
	write_env
}

describe_test_cluster() {
	show inventory add data-center dc1
	show inventory add cluster prod data_center=dc1
	show inventory add host host1 cluster=prod address=localhost libvirt_uri=test:///default
	write_env
}

# What a shell needs to go on by hand.
write_env() {
	{
		printf 'export PATH=%q:$PATH LD_LIBRARY_PATH=%q VDC_DB=%q VDC_LEVELS_DIR=%q VDC_LAB=%q\n' \
			"$build/bin/.libs" "$build/lib/.libs" "$VDC_DB" "$VDC_LEVELS_DIR" \
			"$VDC_LAB"
		[ "$(id -u)" -ne 0 ] || "$here/lab" env
	} >"$state/env"
}

guest_migrate() { # GUEST FROM TO
	local to

	to=$(lab_field "$3" address)
	printf '\n$ virsh migrate --live guest%s (host%s to host%s)\n' "$1" "$2" "$3"
	virsh -q -c "$(lab_field "$2" uri)" migrate --live --p2p "guest$1" "qemu+tcp://$to/system" \
		--migrateuri "tcp://$to"
}

# postgres_start [ADDRESS]: a server of our own in $state/postgres; on the network of the lab, whose
# members it trusts, or on a socket alone.
postgres_start() {
	local programs as=() dir=$state/postgres

	programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -1)
	[ -x "$programs/initdb" ] || return 1
	mkdir -p "$dir"
	if [ "$(id -u)" -eq 0 ]; then # PostgreSQL refuses root
		as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
		chown postgres: "$dir"
		chmod 755 "$state"
	fi
	(
		cd "$dir" || exit
		"${as[@]}" "$programs/initdb" -D data -U vdc -A trust -N -E UTF8 --locale=C.UTF-8 >initdb.log
		[ -z "${1:-}" ] || echo "host vdc vdc ${1%.*}.0/24 trust" >>data/pg_hba.conf
		"${as[@]}" "$programs/pg_ctl" -s -w -D data -l data/log \
			-o "-c listen_addresses='${1:-}' -c unix_socket_directories='$dir'" start \
			</dev/null >/dev/null
	)
	"$programs/psql" -qX -U vdc -h "$dir" -d postgres -c 'CREATE DATABASE vdc'
	postgres_url="postgresql://vdc@/vdc?host=$dir"
	[ -z "${1:-}" ] || postgres_url="postgresql://vdc@$1/vdc"
}

postgres_stop() {
	local programs as=()

	[ -e "$state/postgres/data/postmaster.pid" ] || return 0
	programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -1)
	[ "$(id -u)" -ne 0 ] || as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
	(cd / && "${as[@]}" "$programs/pg_ctl" -s -m fast -D "$state/postgres/data" stop)
}

move_to_postgres() {
	printf '\n$ inventory export | inventory --db %s import -\n' "$postgres_url"
	inventory --db "$postgres_url" init
	inventory export | inventory --db "$postgres_url" import -
	export VDC_DB=$postgres_url
	write_env
}

# The commands go to the storage that the hosts share; the host knows nothing else of us.
show_from_host1() {
	local place=$VDC_LAB_SHARED/vdc

	mkdir -p "$place/lib" "$place/bin"
	cp -L "$build"/lib/.libs/*.so "$place/lib/"
	cp "$build/bin/.libs/inventory" "$place/bin/"
	show "$here/lab" rsh host1 "hostname; LD_LIBRARY_PATH=/shared/vdc/lib VDC_DB='$VDC_DB' \
/shared/vdc/bin/inventory list hosts"
}

down_quietly() {
	postgres_stop
	[ "$(id -u)" -ne 0 ] || "$here/lab" down >/dev/null
	rm -rf "$state"
}

down() {
	down_quietly
	echo "the demonstration is gone"
}
