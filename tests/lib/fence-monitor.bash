# Hosts that stop answering, and a monitor beside them.
# shellcheck shell=bash

# Three hosts: h1, h2 with the VM db1, h3. Each has a power device: stub/HOST.power.
monitor_setup() {
	local name

	common_setup
	export VDC_CONF=$PWD/vdc.conf VDC_RSH=false
	mkdir stub
	ln -s "$VDC_TEST_SRC/tests/lib/fence_stub" stub/fence_stub
	cat >"$VDC_CONF" <<-END
		connect-timeout = 5s
		host-refresh = 1s
		host-attempts = 0
		host-grace = 0
		host-grace-per-vm = 0
		job-lease = 3s
		fence.agent-directory = $PWD/stub
		fence.quiet-time = 0
		fence.delay = 0
		fence.soft-timeout = 1s
		fence.status-delay = 0
		fence.status-interval = 100ms
		fence.status-tries = 3
		fence.kdump-timeout = 1s
		fence.return-timeout = 1h
		fence.repeat = 1s
		fence.repeat-most = 1s
		fence.proxy-interval = 0
	END
	new_database
	{
		inventory init
		inventory add data-center dc
		inventory add cluster c data_center=dc
		for name in h1 h2 h3; do
			inventory add host $name cluster=c address=$name.invalid pm_enabled=true \
				pm_proxies=direct
			revive $name
			inventory add fence-agent host=$name type=stub address=$name
			echo on >stub/$name.power
		done
		inventory sync --all
	} >/dev/null
}

monitor_teardown() {
	end_monitors
	common_teardown
}

end_monitors() {
	tail -n 30 monitor.out monitor.err fence.log 2>/dev/null || true
	[ -z "${monitor:-}" ] || kill -KILL "$monitor" 2>/dev/null || true
	end_treatments
}

# Of all processes, while a treatment goes on: without a program for each, which takes seconds under load.
is_treatment() { # PID
	local words=()

	mapfile -d '' -n 2 -t words 2>/dev/null <"/proc/$1/cmdline" || true
	[ "${words[*]}" = "fence treat" ]
}

parent_of() { sed -n 's/^PPid:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null; }

# Processes of this test alone: their environment names its folder. The children of a treatment, which look
# at hosts, have its command line.
treatments() {
	local pid

	for pid in /proc/[0-9]*; do
		pid=${pid#/proc/}
		if is_treatment "$pid" && ! is_treatment "$(parent_of "$pid")" &&
			tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | grep -qxF "VDC_CONF=$VDC_CONF"; then
			echo "$pid"
		fi
	done
}

end_treatments() {
	local pid

	for pid in $(treatments); do
		kill -KILL "$pid" 2>/dev/null || true
	done
	# Their leases run out.
	until [ "$(database_sql "SELECT count(*) FROM job_leases WHERE owner IS NOT NULL AND expires > \
		$(date +%s)000000")" -eq 0 ]; do
		sleep 0.2
	done
}

setting() { # NAME VALUE
	sed -i "s|^$1 = .*|$1 = $2|" "$VDC_CONF"
}

# Nothing listens on the discard port.
silence() { inventory set host "$1" libvirt_uri=qemu+tcp://127.0.0.1:9/system >/dev/null; }

revive() {
	local uri=test:///default

	[ "$1" != h2 ] || uri=test://$VDC_TEST_SRC/tests/data/libvirt/node.xml
	inventory set host "$1" libvirt_uri="$uri" >/dev/null
}

# begin_monitor OPTION...: $monitor is its process
begin_monitor() {
	fence monitor "$@" >monitor.out 2>monitor.err 3>&- &
	monitor=$!
	soon 20 passed
}

passed() { [ -n "$(watch_state last)" ] && [ "$(database_sql "SELECT count(*) FROM jobs \
	WHERE action = 'fence-monitor' AND status = 'started'")" -ge 1 ]; }

end_monitor() {
	kill -TERM "$monitor"
	wait "$monitor" || fail "the monitor ended with $?: $(<monitor.err)"
	monitor=
}

jobs_of() { database_sql "SELECT count(*) FROM jobs WHERE action = '$1'"; }

job_value() { # ACTION SELECT NAME
	database_sql "SELECT state FROM jobs WHERE action = '$1' AND status <> 'finished' $2" |
		sed -n "s/^[[:space:]]*$3=//p" | tail -n 1
}

watch_state() { job_value fence-monitor "" "$1"; }
treat_state() { job_value fence-treatment "AND object_name = '$1'" "$2"; }
phase_is() { [ "$(treat_state "$1" phase)" = "$2" ]; }
round_is() { [ "$(treat_state "$1" rounds)" = "$2" ]; }
any_pause() { phase_is h1 pause || phase_is h2 pause; }

message_is() {
	[ "$(database_sql "SELECT message FROM jobs WHERE action = 'fence-treatment' \
		AND object_name = '$1' AND status <> 'finished'")" = "$2" ]
}

no_treatment() {
	[ "$(database_sql "SELECT count(*) FROM jobs WHERE action = 'fence-treatment' \
		AND object_name = '$1' AND status <> 'finished'")" -eq 0 ]
}
