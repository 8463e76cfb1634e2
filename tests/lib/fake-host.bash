# A host without a hypervisor, for faults that no real one can be made to show: the remote shell runs the
# command here, with the programs of ./fake/ADDRESS before those of this machine.
# shellcheck shell=bash

# fake_shell: $VDC_RSH. ADDRESS needs a folder fake/ADDRESS; without one there is no way to it.
fake_shell() {
	mkdir -p fake
	cat >rsh <<-'END'
		#!/bin/sh
		here=$(dirname "$0")/fake/$1
		[ -d "$here" ] || { echo "ssh: connect to host $1: No route to host" >&2; exit 255; }
		[ ! -e "$here/denied" ] || { echo "$1: Permission denied (publickey)." >&2; exit 255; }
		export FAKE_HOST=$here PATH=$here:$PATH
		exec sh -c "$2"
	END
	chmod +x rsh
	export VDC_RSH=$PWD/rsh
}

# fake_program ADDRESS NAME: a script, from standard input
fake_program() {
	mkdir -p "fake/$1"
	cat >"fake/$1/$2"
	chmod +x "fake/$1/$2"
}

# fake_systemd ADDRESS: units are files in fake/ADDRESS/units, which hold their state; enabled ones have
# a file NAME.enabled beside it. A restart is noted in fake/ADDRESS/log and makes the host's libvirt
# answer, unless there is a file "broken"; with a file "hangs" it does not end.
fake_systemd() {
	mkdir -p "fake/$1/units"
	fake_program "$1" systemctl <<-'END'
		#!/bin/bash
		cd "$FAKE_HOST/units" || exit
		words=()
		for word; do [[ $word == -* ]] || words+=("$word"); done
		echo "$*" >>../log
		case ${words[0]} in
		is-active)
			rc=3
			for unit in "${words[@]:1}"; do
				state=$(cat "$unit" 2>/dev/null || echo inactive)
				[[ $* == *-q* ]] || echo "$state"
				[[ $state != active ]] || rc=0
			done
			exit $rc
			;;
		is-enabled)
			for unit in "${words[@]:1}"; do
				[ -e "$unit.enabled" ] && echo enabled || echo disabled
			done
			;;
		restart | start)
			[ ! -e ../broken ] || { echo "Job for ${words[1]} failed." >&2; exit 1; }
			if [ -e ../hangs ] && [ "${words[0]}" = restart ]; then
				echo deactivating >"${words[1]}"
				exit 124
			fi
			for unit in "${words[@]:1}"; do echo active >"$unit"; done
			cp "$VDC_TEST_SRC/tests/data/libvirt/node.xml" ../node.xml
			;;
		esac
	END
	# Nothing here hangs for real.
	fake_program "$1" timeout <<-'END'
		#!/bin/sh
		shift
		exec "$@"
	END
}

# fake_sanlock ADDRESS FILE: says what tests/data/sanlock/FILE has
fake_sanlock() {
	cp "$VDC_TEST_SRC/tests/data/sanlock/$2" fake/sanlock.says 2>/dev/null || return
	mkdir -p "fake/$1"
	mv fake/sanlock.says "fake/$1/sanlock.says"
	fake_program "$1" sanlock <<-'END'
		#!/bin/sh
		case "$2" in
		status) part=status ;;
		gets) part=gets ;;
		host_status) part=hosts ;;
		esac
		awk -v part="$part" '/^== / { inside = $2 == part; next } inside' "$FAKE_HOST/sanlock.says"
	END
}
