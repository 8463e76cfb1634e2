#!/usr/bin/env bats
# time limit: 1200 s
# fence monitor on real hosts, whose power is switched by real BMCs: daemons that are stopped, networks
# that are cut, monitors and treatments that are killed, stopped, or lose their database.
# shellcheck disable=SC2154 # status, output, lines: set by bats' run
load ../lib/common
load ../lib/lab
load ../lib/lab-guests
load ../lib/fence-monitor
load ../lib/own-postgres

setup_file() { lab_begin fence; }
teardown_file() { lab_end; }

setup() {
	common_setup
	lab_setup
	quick_settings
	add_devices
	inventory sync --all >/dev/null
}

teardown() {
	local number

	end_monitors
	for number in 1 2 3; do
		lab heal $number
		lab on $number
		lab rsh $number 'systemctl is-active libvirtd || systemctl restart libvirtd
			for guest in $(virsh -q list --name); do virsh -q destroy $guest; done'
	done >/dev/null 2>&1
	end_server
	common_teardown
}

quick_settings() {
	cat >"$VDC_CONF" <<-END
		connect-timeout = 3s
		host-refresh = 1s
		host-attempts = 1
		host-grace = 6s
		host-grace-per-vm = 0
		job-lease = 4s
		fence.quiet-time = 0
		fence.delay = 2s
		fence.soft-timeout = 20s
		fence.status-delay = 0
		fence.status-interval = 500ms
		fence.return-timeout = 2m
		fence.repeat = 5s
		fence.repeat-most = 5s
		fence.proxy-interval = 1s
		ha.retry = 2s
	END
}

# The lab's folder has one BMC for each host; the agent is fence_ipmilan.
add_devices() {
	local number bmc

	for number in 1 2 3; do
		bmc=VDC_LAB_BMC$number
		inventory set host host$number pm_enabled=true pm_proxies=direct
		inventory add fence-agent host=host$number type=ipmilan address="${!bmc}" \
			username="$VDC_LAB_BMC_USER" password="file:$VDC_LAB_BMC_SECRET" \
			options=$'lanplus=1\ncipher=3'
	done
} >/dev/null

boot_of() { lab rsh "$1" cat /proc/sys/kernel/random/boot_id; }
same_boot() { [ "$(boot_of "$1")" = "$2" ]; }
other_boot() { [ -n "$(boot_of "$1")" ] && ! same_boot "$@"; }
status_is() { [ "$(field host "host$1" status)" = "$2" ]; }
shots() { fence history "host$1" --noheadings --select action=off --output result | wc -l; }

@test "a stopped libvirtd is started again, and the guest goes on" {
	local boot

	guest 1 2
	inventory sync --all >/dev/null
	boot=$(boot_of 2)
	begin_monitor
	lab rsh 2 systemctl stop libvirtd
	soon 60 status_is 2 connecting
	soon 60 status_is 2 up
	soon 30 no_treatment host2
	end_monitor
	same_boot 2 "$boot"
	[ "$(shots 2)" -eq 0 ]
	[ "$(told host_non_responsive)" -eq 0 ]
	answer 1 ping >/dev/null
	runs_on guest1 host2
}

@test "a host whose network is cut is switched off and on, and its HA guest runs elsewhere" {
	local boot

	[ -x "$VDC_TEST_BUILD/bin/ha-restart" ] || skip "ha-restart is not there"
	guest 1 2
	inventory sync --all >/dev/null
	inventory set vm guest1 high_availability=true >/dev/null
	boot=$(boot_of 2)
	begin_monitor
	lab cut 2 net
	soon 90 elsewhere guest1
	[ "$(shots 2)" -eq 1 ]
	answer 1 ping >/dev/null
	lab heal 2
	soon 120 no_treatment host2
	soon 30 said "it was fenced, and is up again"
	end_monitor
	status_is 2 up
	other_boot 2 "$boot"
	[ "$(where guest1 | wc -l)" -eq 1 ]
	[ "$(shots 2)" -eq 1 ]
}

# said TEXT: by the monitor, which follows what treatments write
said() { grep -qF "$1" monitor.out; }

elsewhere() { [ -n "$(where "$1")" ] && [ "$(where "$1")" != host2 ]; }

# dumps HOST-NUMBER: its management is gone, and fence_kdump_send tells what its crash kernel would
dumps() {
	lab rsh "$1" "systemctl stop sshd; systemctl stop libvirtd
		setsid /usr/libexec/fence-agents/fence_kdump_send -i 1 -c 15 $NET.1 \
			>/dev/null 2>&1 </dev/null &"
}

# bats test_tags=long
@test "a host that writes a kernel dump is down and is not shot, and comes back by itself" {
	local boot

	[ -x /usr/libexec/fence-agents/fence_kdump_send ] || skip "fence_kdump_send is not installed"
	echo "fence.kdump-timeout = 10s" >>"$VDC_CONF"
	inventory set host host2 pm_kdump_detection=true >/dev/null
	inventory set host host2 --observed kdump_status=enabled >/dev/null
	boot=$(boot_of 2)
	begin_monitor
	dumps 2
	soon 60 status_is 2 kdumping
	[ "$(told host_known_down)" -eq 1 ]
	# a minute without a message
	soon 100 told_of host_kdump_finished
	lab rsh 2 'systemctl start libvirtd; systemctl start sshd'
	soon 60 no_treatment host2
	end_monitor
	status_is 2 up
	same_boot 2 "$boot"
	[ "$(shots 2)" -eq 0 ]
}

told_of() { [ "$(told "$1")" -ge 1 ]; }

@test "two of three lose their network: neither is shot" {
	local boot1 boot2

	boot1=$(boot_of 1)
	boot2=$(boot_of 2)
	begin_monitor
	lab cut 1 net
	lab cut 2 net
	soon 60 phase_is host1 pause
	soon 60 phase_is host2 pause
	lab heal 1
	lab heal 2
	soon 60 no_treatment host1
	soon 60 no_treatment host2
	end_monitor
	same_boot 1 "$boot1"
	same_boot 2 "$boot2"
	[ "$(shots 1)$(shots 2)" = 00 ]
}

# bats test_tags=long
@test "killed in every phase, monitor and treatment, and taken over" {
	local boot phase

	boot=$(boot_of 2)
	setting fence.delay 6s
	setting host-grace 15s
	lab cut 2 net
	for phase in grace held off return; do
		begin_monitor_soon
		soon 90 killed_from "$phase"
		kill -KILL "$monitor"
		wait "$monitor" || true
		monitor=
	done
	lab heal 2
	begin_monitor_soon
	soon 120 no_treatment host2
	end_monitor
	status_is 2 up
	other_boot 2 "$boot"
	# The second time, if there was one, it was found to be off.
	[ "$(fence history host2 --noheadings --select 'action=on result=success' | wc -l)" -le 2 ]
}

# killed_from PHASE: a treatment that lives, in that phase or, where all is slow, behind it
killed_from() {
	local order='grace held off return ' now pids

	now=$(treat_state host2 phase)
	[[ -n $now && "$1${order#*"$1"}" == *"$now "* ]] || return 1
	pids=$(treatments)
	[ -n "$pids" ] && kill -KILL $pids
}

# After the one before was killed: when it does not count any more.
begin_monitor_soon() {
	soon 30 nobody_watches
	begin_monitor
}

# Nor does a treatment that the monitor had just begun.
nobody_watches() {
	local pids

	pids=$(treatments)
	[ -z "$pids" ] || kill -KILL $pids
	[ "$(database_sql "SELECT count(*) FROM job_leases WHERE owner IS NOT NULL \
		AND expires > $(date +%s)000000")" -eq 0 ]
}

# bats test_tags=long
@test "stopped past its lease, and continued: it shoots nothing" {
	local pid boot

	setting fence.delay 8s
	lab cut 2 net
	begin_monitor
	soon 60 phase_is host2 held
	pid=$(treatments)
	kill -STOP "$pid"
	soon 90 phase_is host2 return
	boot=$(boot_of 2)
	kill -CONT "$pid"
	soon 20 gone "$pid"
	lab heal 2
	soon 120 no_treatment host2
	end_monitor
	same_boot 2 "$boot"
	[ "$(shots 2)" -eq 1 ]
}

gone() { [ ! -e "/proc/$1" ]; }

# bats test_tags=long
@test "the database goes away: nothing is shot, and all goes on when it is back" {
	local boot

	begin_server 600
	new_database
	lab_inventory
	quick_settings
	add_devices
	inventory sync --all >/dev/null
	boot=$(boot_of 2)
	setting fence.delay 8s
	begin_monitor
	lab cut 2 net
	soon 60 phase_is host2 held
	stop_server
	soon 60 no_treatments
	sleep 10 # as long as it would have taken to shoot
	same_boot 2 "$boot"
	start_server
	soon 90 phase_is host2 return
	other_boot 2 "$boot"
	lab heal 2
	soon 120 no_treatment host2
	end_monitor
	[ "$(shots 2)" -eq 1 ]
}

no_treatments() { [ -z "$(treatments)" ]; }

@test "maintenance: nothing is done; --explain says so, and touches nothing" {
	local boot

	boot=$(boot_of 2)
	inventory set host host2 --observed status=maintenance >/dev/null
	lab cut 2 net
	begin_monitor
	soon 60 failed_twice
	run_ok fence monitor --explain host2
	contains "$output" done "its status is maintenance"
	[ "$(jobs_of fence-treatment)" -eq 0 ]
	end_monitor
	same_boot 2 "$boot"
	[ "$(shots 2)" -eq 0 ]
}

failed_twice() { inventory sync host2 >/dev/null; [ "$(field host host2 failures)" -ge 2 ]; }

# bats test_tags=long
@test "a host that renews its storage lease is not fenced where the policy says so" {
	local boot number

	lab rsh 1 "truncate -s 1M /shared/ids; sanlock direct init -s LS:0:/shared/ids:0 -o 2"
	for number in 1 2 3; do
		inventory set host host$number spm_id=$number >/dev/null
		lab rsh $number "sanlock client add_lockspace -s LS:$number:/shared/ids:0 -o 2"
	done
	inventory set cluster c skip_fencing_if_lease_alive=true >/dev/null
	boot=$(boot_of 2)
	begin_monitor
	lab cut 2 net
	soon 90 phase_is host2 pause
	contains "$(treat_state host2 reason)" "it renews its storage lease"
	same_boot 2 "$boot"
	# With its storage it loses the lease.
	lab cut 2 storage
	soon 240 phase_is host2 return
	end_monitor
	[ "$(shots 2)" -eq 1 ]
}
