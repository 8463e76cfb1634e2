#!/usr/bin/env bats
# time limit: 900 s
# The power of real hosts, by BMCs that really cut it: what is proven, and what BMCs that err prove; agents
# on other hosts; commands that are killed.
# shellcheck disable=SC2154 # status, output, lines: set by bats' run
load ../lib/common
load ../lib/lab
load ../lib/lab-guests

setup_file() { lab_begin fencepower; }

teardown_file() { lab_end; }

setup() {
	common_setup
	lab_setup
	cat >>"$VDC_CONF" <<-END
		fence.status-delay = 200ms
		fence.status-interval = 500ms
		fence.status-tries = 4
		job-lease = 3s
	END
	for number in 1 2 3; do bmc $number; done >/dev/null
	inventory sync --all >/dev/null
}

teardown() {
	local number

	for number in 1 2 3; do
		lab heal $number >/dev/null 2>&1 || true
		lab is-on $number || lab on $number --no-wait >/dev/null 2>&1 || true
	done
	for number in 1 2 3; do lab wait $number >/dev/null 2>&1 || true; done
	common_teardown
}

# bmc HOST [OF [ORDER]]: the BMC of host OF as a device of HOST
bmc() {
	local address=VDC_LAB_BMC${2:-$1}

	inventory add fence-agent host="host$1" type=ipmilan address="${!address}" \
		agent_order="${3:-1}" username="$VDC_LAB_BMC_USER" password="file:$VDC_LAB_BMC_SECRET" \
		options="lanplus=1
cipher=3
power_wait=0
power_timeout=5"
	inventory set host "host$1" pm_enabled=true
}

away() { inventory set host "$1" --observed status=maintenance; } >/dev/null

# power HOST: of the device itself
power() { if lab is-on "$1"; then echo on; else echo off; fi; }

is() { [ "$(power "$1")" = "$2" ] || fail "host$1 is $(power "$1")"; }

@test "status, off, on and reboot of real hosts" {
	local boot

	run_ok fence status host1 host2 host3 --json
	[ "$(jq -r '[.host_powers[].power] | join(" ")' <<<"$output")" = "on on on" ]
	lab_guest "$VDC_LAB_SHARED" 11111111-2222-4333-8444-555555555555
	virsh -q -c "$(uri 1)" create "$VDC_LAB_SHARED/guest.xml"
	inventory sync --all >/dev/null
	run_fail 4 fence off host1
	contains "$stderr" "host host1 is up and runs 1 VM: guest"
	is 1 on
	run_ok fence off --yes host1
	is 1 off
	[ "$(field vm guest status)" = down ]
	[ "$(field host host1 status)" = down ]
	run_ok fence status host1
	contains "$output" "off"
	run_ok fence on host1
	is 1 on
	boot=$(field host host2 boot_id)
	away host2
	run_ok fence reboot host2
	is 2 on
	lab wait 2
	inventory sync --all >/dev/null
	[ "$(field host host2 boot_id)" != "$boot" ]
	[ "$(field host host2 status)" = maintenance ]
	run_ok fence test --all --proxy direct --quiet
}

@test "wrong password, and a BMC that is gone" {
	echo wrong >secret && chmod 600 secret
	inventory export fence-agent --json |
		jq -r --arg a "$VDC_LAB_BMC1" '.agents[] | select(.address == $a) | .id' >id
	inventory set fence-agent "$(cat id)" password="file:$PWD/secret" >/dev/null
	away host1
	run fence off host1
	[[ $status = [67] ]]
	is 1 on
	[ "$(field host host1 power_status)" = unknown ]
	run_fail 1 fence test host1 --proxy direct
	contains "$stderr" "it could not be stopped, nor started"
	away host2
	lab cut 2 bmc
	run_fail 6 fence off host2 --proxy direct
	is 2 on
	run ! grep -rF "$(cat "$VDC_LAB_BMC_SECRET")" "$PWD"
}

@test "a BMC that says on for ever, one that lies once, and a slow one" {
	away host1
	away host2
	lab bmc 1 on
	run_fail 1 fence off host1
	contains "$output" "does not switch it (ipmilan at $VDC_LAB_BMC1: " "Timed out waiting to power"
	is 1 off # and nobody could know
	[ "$(field host host1 power_status)" = on ]
	lab bmc 2 lie
	run_ok fence off host2
	is 2 off
	lab heal 2
	lab bmc 2 slow 1
	run_ok fence on host2
	is 2 on
}

@test "BMCs in turn, and BMCs together" {
	away host1
	lab cut 1 bmc
	bmc 1 2 2 >/dev/null # the second one is host2's, so that it can be seen
	away host2
	run_ok fence off host1 --proxy direct
	is 1 on
	is 2 off
	lab heal 1
	lab on 2
	inventory export fence-agent --json | jq -r '.agents[] | select(.order == 2) | .id' >id
	inventory set fence-agent "$(cat id)" agent_order=1 >/dev/null
	run_ok fence off host1
	is 1 off
	is 2 off
	# One of them says nothing: it is on when the other says so, and off is not proven.
	lab cut 2 bmc
	run_ok fence on host1 --proxy direct
	is 1 on
	run_fail 6 fence off host1 --proxy direct
}

@test "an agent runs on another host, and on the next one when that dies in the middle" {
	local first next began

	away host1
	run_ok fence status host1 --proxy host2
	run_ok fence off host1 --dry-run --proxy cluster
	first=$(sed -n 's/.*asked from host host\([23]\).*/\1/p' <<<"$output")
	next=$((5 - first))
	run_ok fence off host1 --proxy cluster
	contains "$(fence history host1)" " host"
	is 1 off
	lab bmc 1 slow 2
	fence on host1 --proxy cluster 3>&- >out 2>&1 &
	began=$!
	soon 20 lab rsh "$first" 'pgrep fence_ipmilan' >/dev/null
	lab off "$first"
	wait $began || fail "$(cat out)"
	contains "$(cat out)" "fails through host$first" "trying through host$next"
	is 1 on
}

@test "a reboot killed between off and on is gone on with" {
	local pid

	away host1
	lab bmc 1 slow 1
	fence reboot host1 3>&- >out 2>&1 &
	pid=$!
	soon 60 grep -q "fence_off: finished" out
	kill -9 $pid
	wait $pid || true
	lab heal 1
	sleep 2 # an agent that was at it has ended
	run_ok fence resume
	contains "$output" "reboot" "success"
	is 1 on
	[ "$(field host host1 power_status)" = on ]
}

@test "an upgrade fences a host that does not let itself be rebooted" {
	local boot

	inventory set storage-domain shared status=active >/dev/null
	boot=$(field host host1 boot_id)
	# shellcheck disable=SC2016 # the script expands it
	printf '#!/bin/bash\n[[ $* != *"systemctl reboot"* ]] || exit 1\nexec %s "$@"\n' "$VDC_RSH" >rsh
	chmod +x rsh
	VDC_RSH=$PWD/rsh run_ok cluster-upgrade run c --hosts host1 --accept-no-reserve \
		--accept-high-load --yes --command true
	contains "$output$stderr" "the remote shell cannot reboot it: " "fencing it"
	[ "$(fence history host1 --json | jq -r '[.fence_history[] | .fence_type + " " + .result] | join(",")')" = \
		"off success,on success" ]
	[ "$(field host host1 boot_id)" != "$boot" ]
	[ "$(field host host1 status,power_status | tr -s ' ')" = "up on" ]
}
