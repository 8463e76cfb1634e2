#!/usr/bin/env bats
# time limit: 500 s
# The holder of the manager's lease on a machine of its own with a hardware watchdog (softdog, wdmd), I/O
# time-out 2 s: what is left to the watchdog when what should end the holder is stopped itself. In the
# guest's fast clock.
# shellcheck disable=SC2154 # status, output, stderr: set by bats' run
load ../lib/common

setup_file() {
	GUEST=$(dirname "$(readlink -f "$BATS_TEST_FILENAME")")/guest
	export GUEST PROGRAMS=$BATS_FILE_TMPDIR/programs.tar
	local status=0

	"$GUEST/../images" dm >&2 || status=$?
	((status != 77)) || skip "the guest can not be built here"
	((status == 0)) || return "$status"
	pack_programs
}

setup() { common_setup; }

teardown() { common_teardown; }

# Ours and the libraries that they need, as a disk of the guest.
pack_programs() {
	local tree=$BATS_FILE_TMPDIR/tree file

	mkdir -p "$tree/opt/vdc"
	cp "$VDC_TEST_BUILD/bin/.libs/spm-elect" "$VDC_TEST_BUILD"/lib/.libs/*.so* "$tree/opt/vdc"
	for file in "$tree"/opt/vdc/*; do ldd "$file" | grep -o '/[^ ]*'; done | sort -u |
		while read -r file; do
			[ ! -e "$file" ] || install -D -m 755 "$file" "$tree$file"
		done
	tar -C "$tree" -cf "$PROGRAMS" .
	truncate -s %4096 "$PROGRAMS"
}

# in_guest: a host that is the manager, whose storage is /dev/mapper/ids and leases; then standard input
in_guest() {
	{
		cat <<-'END'
			tar -xf /dev/vda -C / 2>/dev/null
			export LD_LIBRARY_PATH=/opt/vdc:/lib/x86_64-linux-gnu
			mkdir -p /var/lib
			elect() { /opt/vdc/spm-elect "$@" --local; }
			now() { cut -d. -f1 /proc/uptime; }
			for area in ids leases; do
				truncate -s 8M /tmp/$area
				loop=$(losetup -f)
				losetup $loop /tmp/$area
				echo "0 16384 linear $loop 0" | dmsetup create $area
			done
			dmsetup mknodes
			name=11111111-2222-4333-8444-555555555555
			modprobe softdog
			wdmd -D -H 0 >/dev/null 2>&1 &
			sleep 1
			sanlock daemon -D -w 1 -U root -G root -e $name >/dev/null 2>&1 &
			sleep 1
			cat >/tmp/host.json <<-JSON
			{"lockspaces":[{"id":"c277ad93-0973-43d9-a0ca-22199bc8e801","name":"data",
			"host_id":1,"sanlock_name":"$name","place":{"ids":"/dev/mapper/ids",
			"leases":"/dev/mapper/leases"},"block_size":512,
			"alignment":1048576,"io_timeout":2,"master":true}]}
			JSON
			{ elect init --from /tmp/host.json && elect join --from /tmp/host.json &&
				elect start; } >/dev/null || exit 99
			holder=$(sed -n s/^pid=//p /run/vdc/spm/*)
			alive() { kill -0 $holder 2>/dev/null; }
			# the state of renewals must be the usual one
			sleep 30
			alive && echo "it holds"
		END
		cat
	} >"$BATS_TEST_TMPDIR/script"
	run -"$1" --separate-stderr "$GUEST/dm-run" --timeout 200 --fast-clock --memory 768 \
		"$BATS_TEST_TMPDIR/script" "$PROGRAMS"
}

@test "sanlock is frozen: the dead-man ends the holder at 6 time-outs, the watchdog the host" {
	in_guest 125 <<-'END'
		kill -STOP $(pidof sanlock)
		begun=$(now)
		while alive; do sleep 1; done
		echo "after $(($(now) - begun)) s"
		sleep 300
		echo survived
	END
	echo "# $output" >&3
	[[ $output == "it holds"*"after "* && $output != *survived* ]]
	[[ $output =~ after\ ([0-9]+)\ s ]]
	# the last renewal was up to 2 time-outs before
	((BASH_REMATCH[1] >= 7 && BASH_REMATCH[1] <= 14))
	contains "$stderr" "softdog: Initiating system reboot"
}

@test "sanlock, dead-man and holder are frozen: the watchdog resets the host" {
	in_guest 125 <<-'END'
		kill -STOP $(pidof sanlock) $(pidof spm-elect)
		sleep 60
		alive && echo "nobody ends it"
		sleep 240
		echo survived
	END
	[[ $output == "it holds"*"nobody ends it"* && $output != *survived* ]]
	contains "$stderr" "softdog: Initiating system reboot"
}

@test "the storage fails under a frozen holder and dead-man: sanlock ends it, the host lives" {
	in_guest 0 <<-'END'
		kill -STOP $(pidof spm-elect)
		for area in ids leases; do
			dmsetup suspend --noflush $area
			echo "0 16384 error" | dmsetup load $area
			dmsetup resume $area
		done
		begun=$(now)
		while alive; do sleep 1; done
		echo "after $(($(now) - begun)) s"
		sleep 200
		kill -CONT $(pidof spm-elect)
		sleep 5
		pidof spm-elect || echo "nobody is left"
		echo survived
	END
	echo "# $output" >&3
	[[ $output == "it holds"*"nobody is left"*survived* ]]
	[[ $output =~ after\ ([0-9]+)\ s ]]
	((BASH_REMATCH[1] <= 30))
}
