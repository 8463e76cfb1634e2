#!/usr/bin/env bats
# time limit: 1200 s
# compat-level vm upgrade: a guest comes running from the older generation of hosts, and leaves
# compatibility mode on the newer one, or stays what it was.
# shellcheck disable=SC2030,SC2031,SC2154 # UPGRADE is of each test; status, ...: set by bats' run
load ../lib/common

setup_file() {
	((EUID == 0)) || skip "a lab takes root"
	LAB_DIR=$(dirname "$(readlink -f "$BATS_TEST_FILENAME")")
	export LAB_DIR LAB_NAME=u$$ PATH=$LAB_DIR:$LAB_DIR/guest:/usr/sbin:/sbin:$PATH VDC_LAB=u$$
	local status=0

	images next tick >&2 || status=$?
	((status != 77)) || skip "the newer package generation can not be built here"
	((status == 0)) || return "$status"
	lab up 2 --image 2=next >&2
	eval "$(lab env)"
	export GUEST=${VDC_LAB_HOST1%.*}.203 SHARED=$VDC_LAB_SHARED
	write_emulator
}

teardown_file() {
	[ -z "${LAB_NAME:-}" ] || VDC_LAB=$LAB_NAME lab down
}

setup() {
	local number address

	common_setup
	export PATH=$PATH:$LAB_DIR:$LAB_DIR/guest:/usr/sbin:/sbin VDC_LAB=$LAB_NAME
	eval "$(lab env 2>/dev/null)"
	new_database
	(umask 077 && echo "sesame open" >password)
	{
		inventory init
		inventory passwd --password-file password
		inventory add data-center dc
		inventory add storage-domain shared data_center=dc type=data storage_type=posixfs \
			mount_point=/shared
		inventory add cluster old data_center=dc level_family=qemu version=7.2
		inventory add cluster new data_center=dc level_family=qemu version=10.0
		for number in 1 2; do
			address=VDC_LAB_HOST$number
			inventory add host host$number "cluster=$( ((number == 1)) && echo old || echo new)" \
				address="${!address}" rsh_address=host$number \
				libvirt_uri="qemu+tcp://${!address}/system"
		done
	} >/dev/null
}

teardown() {
	[ -z "${UPGRADE:-}" ] || kill -KILL "$UPGRADE" 2>/dev/null || true
	forget_guest
	common_teardown
}

# A QEMU that refuses the newer machine type while /shared/picky is there.
write_emulator() {
	cat >"$SHARED/emulator" <<-'END'
		#!/bin/sh
		case "$*" in
		*"-machine pc-q35-10.0,"*) [ ! -e /shared/picky ] || { echo "not this one" >&2; exit 1; } ;;
		esac
		exec /usr/bin/qemu-system-x86_64 "$@"
	END
	chmod +x "$SHARED/emulator"
}

forget_guest() {
	local host

	rm -f "$SHARED/picky"
	for host in 1 2; do
		lab rsh $host 'virsh -q destroy tick; virsh -q undefine tick --snapshots-metadata' \
			>/dev/null 2>&1 || true
	done
}

# it starts on the older host
new_guest() {
	forget_guest
	rm -f "$SHARED/tick.qcow2"
	qemu-img create -q -f qcow2 "$SHARED/tick.qcow2" 64M
	domain tick --ip "$GUEST/24" --disk /shared/tick.qcow2 --format qcow2 --journal 20 |
		sed 's|/usr/bin/qemu-system-x86_64|/shared/emulator|' >"$SHARED/tick.xml"
	lab rsh 1 'virsh -q create /shared/tick.xml'
	guest_answers
}

guest_answers() {
	local until=$((SECONDS + 60))

	until ASK_TIMEOUT=1 ask "$GUEST" ping >/dev/null 2>&1; do
		((SECONDS < until)) || fail "the guest does not answer"
		sleep 0.3
	done
}

field() { # FIELD
	inventory list vm --select name=tick --noheadings --output "$1" | sed 's/ *$//'
}

state_is() { # "STATUS,COMPATIBILITY_MODE"
	[ "$(field status,compatibility_mode | tr -s ' ')" = "$1" ] ||
		fail "$(inventory list vm --noheadings --output name,status,compatibility_mode)"
}

# it runs on the newer host, in compatibility mode
migrated_guest() {
	new_guest
	inventory sync --all >/dev/null
	lab rsh 1 'virsh -q migrate --live --p2p tick qemu+tcp://host2/system'
	inventory sync --all >/dev/null
	state_is "up true"
}

# machine: the type that it is defined with; running_machine: that it runs with
machine() { lab rsh 2 'virsh dumpxml --inactive tick' | sed -n "s/.*machine='\([^']*\)'.*/\1/p"; }
running_machine() { lab rsh 2 'virsh dumpxml tick' | sed -n "s/.*machine='\([^']*\)'.*/\1/p"; }
runs() { lab rsh 2 'virsh -q list --name' | grep -qx tick; }

UPGRADE_OPTIONS=(--yes --irreversible --as admin@internal --password-file password)

upgrade() { compat-level vm upgrade tick "${UPGRADE_OPTIONS[@]}" --watch 2s "$@"; }

# It is $UPGRADE, and no shell around it.
start_upgrade() { # OPTION...
	compat-level vm upgrade tick "${UPGRADE_OPTIONS[@]}" --power-off "$@" >upgrade.out 2>&1 3>&- &
	UPGRADE=$!
}

events() { inventory export event --json | jq "[.events[]? | select(.type == \"$1\")] | length"; }

@test "the levels of hosts are what they run, and bound their clusters" {
	run_ok inventory sync --all --quiet
	run_ok compat-level show host1 host2 --noheadings
	[[ $output =~ host1\ +host\ +7\.2\ +qemu && $output =~ host2\ +host\ +10\.0\ +qemu ]]
	run_fail 1 compat-level check old --to 10.0
	contains "$output" HOST_LEVEL_TOO_LOW host1
	inventory set cluster new version=8.0 >/dev/null
	run_ok compat-level show new --noheadings
	contains "$output" 10.0
	run_ok compat-level raise new --yes
	[ "$(inventory list clusters --noheadings --select name=new --output version)" = 10.0 ]
}

@test "a guest from the older cluster is in compatibility mode; the upgrade ends it for good" {
	migrated_guest
	[ "$(field migrated_from_cluster)" = old ]
	[ "$(field cluster)" = new ]
	[ "$(field running_machine_type)" = pc-q35-7.2 ]
	[ "$(events vm_compatibility_mode)" -eq 1 ]
	[ "$(compat-level vm list --outdated --noheadings --output name,behind | tr -s ' ')" = \
		"tick compatibility_mode" ]
	run_ok vm-migrate tick --cluster old --dry-run
	local devices
	guest_answers
	devices=$(ask "$GUEST" devices) || fail "no devices: $devices"
	contains "$devices" mac=52:54:00: pci=0000:00:00.0

	run_ok upgrade --power-off --snapshot
	output_is "VM tick: Upgrade successful"
	[ "$(running_machine)" = pc-q35-10.0 ]
	[ "$(machine)" = pc-q35-10.0 ]
	guest_answers
	[ "$(ask "$GUEST" devices)" = "$devices" ] || fail "$(ask "$GUEST" devices), was $devices"
	ask "$GUEST" verify
	state_is "up false"
	[ "$(field migration_barrier)" = 10.0 ]
	[ "$(field machine_type)" = pc-q35-10.0 ]
	[ "$(events vm_upgraded)" -eq 1 ]
	lab rsh 2 'virsh -q snapshot-list tick --name' | grep -q '^before-upgrade-'
	[ "$(inventory list snapshots --noheadings --output vm | sort -u)" = tick ]
	run_ok inventory list jobs --noheadings --output status
	output_is finished

	inventory sync --all >/dev/null
	state_is "up false"
	[ "$(compat-level vm list --outdated --noheadings)" = "" ]
	run_fail 4 upgrade --power-off --no-backup
	contains "$stderr" not_in_compatibility_mode "upgraded already"
	run_fail 4 vm-migrate tick --cluster old
	contains "$output" refused "no host of cluster old can take it"
}

@test "every rule that it breaks is said at once, and nothing is changed" {
	migrated_guest
	run_fail 4 upgrade
	contains "$stderr" "not_off: VM tick is up" "no_backup: VM tick"
	run_fail 4 compat-level vm upgrade tick --power-off --no-backup --yes
	contains "$stderr" "--yes alone does not answer this" "irreversible" "source cluster old"
	echo "sesame shut" >password
	run_fail 7 upgrade --power-off --no-backup
	contains "$stderr" "wrong password"
	run_ok compat-level vm upgrade tick --power-off --no-backup --dry-run
	output_is "would have upgraded VM tick on host host2 from pc-q35-7.2 to pc-q35-10.0, shutting it down first"
	[ "$(running_machine)" = pc-q35-7.2 ]
	state_is "up true"
	run_ok inventory list jobs --noheadings
	output_is ""
}

@test "a cold boot does not end compatibility mode, going back does" {
	migrated_guest
	lab rsh 2 'virsh -q dumpxml --inactive tick >/shared/cold.xml && virsh -q define /shared/cold.xml &&
		virsh -q destroy tick' >/dev/null
	inventory sync --all >/dev/null
	state_is "down true"
	lab rsh 2 'virsh -q start tick'
	inventory sync --all >/dev/null
	state_is "up true"
	guest_answers
	lab rsh 2 'virsh -q migrate --live --p2p tick qemu+tcp://host1/system'
	inventory sync --all >/dev/null
	state_is "up false"
	[ "$(field cluster)" = old ]
}

@test "one that does not start with the new type is put back and started" {
	migrated_guest
	touch "$SHARED/picky"
	run_fail 1 upgrade --power-off --no-backup
	contains "$stderr" "VM tick was not upgraded" "its old definition was put back and started"
	[ "$(running_machine)" = pc-q35-7.2 ]
	guest_answers
	inventory sync --all >/dev/null
	state_is "up true"
	[ "$(events vm_upgrade_failed)" -eq 1 ]
	rm "$SHARED/picky"
	run_ok upgrade --power-off --no-backup
	[ "$(running_machine)" = pc-q35-10.0 ]
}

@test "without its disk it starts with neither, and says so" {
	migrated_guest
	run_ok inventory sync --all
	ask "$GUEST" journal 0
	rm "$SHARED/tick.qcow2"
	run_fail 1 upgrade --power-off --no-backup
	contains "$stderr" "does not start with that either" "tick.qcow2"
	[ "$(machine)" = pc-q35-7.2 ]
	state_is "up true" # until the next look
}

@test "one that does not shut down is left alone, or has its plug pulled" {
	# Without a system there is nobody to hear the button.
	new_guest
	lab rsh 1 'virsh -q destroy tick'
	domain tick --disk /shared/tick.qcow2 --format qcow2 --bios >"$SHARED/tick.xml"
	lab rsh 1 'virsh -q create /shared/tick.xml'
	inventory sync --all >/dev/null
	lab rsh 1 'virsh -q migrate --live --p2p tick qemu+tcp://host2/system'
	inventory sync --all >/dev/null
	run_fail 1 upgrade --power-off --no-backup --timeout 2s
	contains "$stderr" "did not shut down within 2s" "nothing was changed"
	[ "$(running_machine)" = pc-q35-7.2 ]
	run_ok upgrade --power-off --force-off --no-backup --timeout 2s
	[ "$(running_machine)" = pc-q35-10.0 ]
}

# steps: how many were begun so far
steps() { inventory list steps --noheadings | wc -l; }

# kill_at N: the upgrade is killed as soon as its Nth step was begun. The lease of one that was
# killed lasts for a while yet: that is another process for all that anybody knows.
kill_at() {
	local code

	while :; do
		start_upgrade --snapshot --watch 2s
		while kill -0 "$UPGRADE" 2>/dev/null; do
			if (($(steps) >= $1)); then
				kill -KILL "$UPGRADE" || true # it is quick at the end
				wait "$UPGRADE" || true
				return
			fi
			sleep 0.02
		done
		code=0
		wait "$UPGRADE" || code=$?
		# The last one may be over before anybody sees it.
		if ((code == 0 && $(steps) >= $1)); then return; fi
		((code == 5)) || fail "step $1 was never seen: $code: $(cat upgrade.out)"
		sleep 1
	done
}

# bats test_tags=long
@test "killed at each step, one run after the other, it ends upgraded all the same" {
	local n

	migrated_guest
	for n in 1 3 4 5 6 7 8 9; do
		kill_at $n
	done
	until run upgrade --power-off --snapshot && ((status != 5)); do sleep 1; done
	# It was done with if the last step was written before it was killed.
	((status == 0)) || contains "$output" "upgraded already"
	[ "$(running_machine)" = pc-q35-10.0 ]
	guest_answers
	state_is "up false"
	(($(lab rsh 2 'virsh -q snapshot-list tick --name' | grep -c before-upgrade) == 1))
	run_ok inventory list jobs --noheadings --output status
	output_is finished
	(($(events vm_upgraded) == 1))
}

@test "killed while it goes back, it is as it was in the end" {
	local n

	migrated_guest
	touch "$SHARED/picky"
	for n in 8 9; do # restore and restart; there was nothing to watch and to record
		kill_at $n
	done
	until run upgrade --power-off --snapshot && ((status != 5)); do sleep 1; done
	((status == 1)) || fail "$status: $output"
	contains "$output" "its old definition was put back and started"
	[ "$(running_machine)" = pc-q35-7.2 ]
	guest_answers
	inventory sync --all >/dev/null
	state_is "up true"
}

@test "one VM of a cluster at a time" {
	migrated_guest
	start_upgrade --no-backup --watch 6s
	until (($(steps) > 3)); do
		kill -0 "$UPGRADE" || fail "$(cat upgrade.out)"
		sleep 0.1
	done
	run_fail 5 upgrade --power-off --no-backup
	contains "$stderr" "upgrade_running" "VM tick" "pid $UPGRADE"
	wait "$UPGRADE"
	UPGRADE=
	contains "$(cat upgrade.out)" "VM tick: Upgrade successful"
}

@test "an owner that slept past its lease finds that it is nobody's any more" {
	migrated_guest
	start_upgrade --no-backup --watch 2s
	until (($(steps) > 3)); do
		kill -0 "$UPGRADE" || fail "$(cat upgrade.out)"
		sleep 0.1
	done
	kill -STOP "$UPGRADE"
	until run upgrade --power-off --no-backup && ((status != 5)); do sleep 1; done
	((status == 0)) || fail "$output"
	[ "$(running_machine)" = pc-q35-10.0 ]
	guest_answers
	ask "$GUEST" reset
	kill -CONT "$UPGRADE"
	status=0
	wait "$UPGRADE" || status=$?
	UPGRADE=
	((status == 5)) || fail "$status: $(cat upgrade.out)"
	contains "$(cat upgrade.out)" "no longer ours"
	guest_answers
	(($(events vm_upgraded) == 1))
}
