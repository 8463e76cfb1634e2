#!/usr/bin/env bats
# time limit: 400 s
# inventory sync against real hosts: two generations, power cuts, frozen daemons, cut networks, and
# VMs that move behind its back.
# shellcheck disable=SC2154 # status, output, lines: set by bats' run
load ../lib/common
load ../lib/lab

GUEST=7b1c0c1e-1111-4222-8333-444455556666

setup_file() {
	((EUID == 0)) || skip "a lab takes root"
	LAB_DIR=$(dirname "$(readlink -f "$BATS_TEST_FILENAME")")
	export LAB_DIR LAB_NAME=s$$
	VDC_LAB=$LAB_NAME "$LAB_DIR/images" next >&2 || skip "no newer package generation here"
	VDC_LAB=$LAB_NAME "$LAB_DIR/lab" up 3 --image 3=next 2>"$BATS_FILE_TMPDIR/up.err" ||
		{ cat "$BATS_FILE_TMPDIR/up.err" >&2; return 1; }
	lab_guest "/var/tmp/vdc-lab/$LAB_NAME/storage/shared" "$GUEST"
}

teardown_file() {
	[ -z "${LAB_NAME:-}" ] || VDC_LAB=$LAB_NAME "$LAB_DIR/lab" down
}

setup() {
	common_setup
	export PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH VDC_LAB=$LAB_NAME
	eval "$(lab env 2>/dev/null)"
	export VDC_CONF=$PWD/vdc.conf
	printf '%s\n' 'host-grace = 2s' 'host-grace-per-vm = 0' 'connect-timeout = 5s' \
		'host-refresh = 1s' >"$VDC_CONF"
	new_database
	new_inventory
}

teardown() {
	[ -z "${WATCH:-}" ] || kill -TERM "$WATCH" || true
	[ -z "${FOLLOWER:-}" ] || kill -TERM "$FOLLOWER" || true
	for host in 1 2 3; do lab rsh $host 'virsh -q destroy guest 2>/dev/null' || true; done
	common_teardown
}

new_inventory() {
	local number address

	inventory init
	inventory add data-center dc
	inventory add cluster c data_center=dc
	for number in 1 2 3; do
		address=VDC_LAB_HOST$number
		inventory add host host$number cluster=c address="${!address}" \
			rsh_address=host$number libvirt_uri="qemu+tcp://${!address}/system"
	done
} >/dev/null

field() { # KIND NAME FIELD
	inventory list "$1" --select "name=$2" --noheadings --output "$3" | sed 's/ *$//'
}

host_is() { [ "$(field host "$1" status)" = "$2" ]; }
guest_is() { [ "$(field vm guest "status,host" | tr -s ' ')" = "$1" ]; }

# soon SECONDS COMMAND...: it comes true within that time
soon() {
	local until=$((SECONDS + $1))
	shift

	until "$@"; do
		((SECONDS < until)) || fail "not in time: $* ($(inventory list vm --noheadings) \
$(inventory list host --noheadings --output name,status))"
		sleep 0.2
	done
}

start_guest() { lab rsh "$1" 'virsh -q create /shared/guest.xml'; }

# events TYPE [NAME]: how many of them there are
events() { inventory export event --json | jq "[.events[]? | select(.type == \"$1\")] | length"; }

start_watch() {
	inventory sync --all --watch >watch.out 2>&1 3>&- &
	WATCH=$!
	soon 20 host_is host1 up
	soon 20 host_is host2 up
	soon 20 host_is host3 up
}

@test "libvirt over ssh, and a host whose ssh will not let us in" {
	local login="qemu+ssh://root@$VDC_LAB_HOST1/system?no_verify=1"

	inventory set host host1 libvirt_uri="$login&keyfile=$VDC_LAB_SSH_KEY" >/dev/null
	run_ok inventory sync host1
	host_is host1 up
	inventory set host host1 libvirt_uri="$login" >/dev/null
	run_fail 6 inventory sync host1
	contains "$output$stderr" "Permission denied"
	host_is host1 up
}

@test "three hosts of two generations, with all that they say of themselves" {
	start_guest 1
	run_ok inventory sync --all
	contains "$output" "host1: up, 1 VM" "host2: up, 0 VMs" "host3: up, 0 VMs"
	[[ $(field host host1 libvirt_version) == 9.* && $(field host host1 qemu_version) == 7.2* ]]
	[[ $(field host host3 libvirt_version) == 11.* && $(field host host3 qemu_version) == 10.* ]]
	[[ $(field host host1 packages) == *libvirt-daemon=9.* ]]
	[[ $(field host host3 packages) == *libvirt-daemon=11.* ]]
	[[ $(field host host1 machine_types) != *pc-q35-10.0* ]]
	[[ $(field host host3 machine_types) == *pc-q35-10.0* ]]
	[[ $(field host host3 os_description) == *backports* ]]
	[ "$(field host host1 boot_id)" != "$(field host host2 boot_id)" ]
	[ "$(field host host2 boot_id)" = "$(lab rsh 2 cat /proc/sys/kernel/random/boot_id)" ]
	[ "$(field host host2 sanlock_name)" = "$(lab rsh 2 sanlock client status | sed -n 's/^daemon //p')" ]
	[ "$(field host host1 architecture)" = x86_64 ]
	[ "$(field network br0 bridge)" = br0 ]
}

@test "a VM with its disk, its network card and its machine type" {
	inventory add storage-domain shared data_center=dc type=data storage_type=posixfs \
		mount_point=/shared >/dev/null
	start_guest 2
	run_ok inventory sync host2
	guest_is "up host2"
	[ "$(field vm guest id)" = "$GUEST" ]
	[ "$(field vm guest running_machine_type)" = pc-q35-7.2 ]
	[ "$(field vm guest local_storage)" = false ]
	[[ $(field vm guest running_qemu_version) == 7.2* ]]
	[ "$(field disk guest_vda storage_domain)" = shared ]
	[ "$(field disk guest_vda path)" = /shared/guest.img ]
	[ "$(field disk guest_vda provisioned_size)" = "16 MiB" ]
	[ "$(inventory list nic --noheadings --output vm,network | tr -s ' ')" = "guest br0" ]
}

@test "a power cut is seen within the grace, and the return" {
	start_guest 2
	run_ok inventory sync --all
	lab off 2
	local start=$SECONDS
	run_fail 8 inventory sync --all
	contains "$output" "host1: up" "host2: connecting" "host3: up"
	guest_is "up host2"
	until host_is host2 non_responsive; do
		((SECONDS - start < 40)) || fail "not non_responsive within 40 s"
		inventory sync host2 >/dev/null || true
	done
	guest_is "unknown host2"
	[ "$(events host_non_responsive)" -eq 1 ]
	[ "$(events vm_unknown)" -eq 1 ]

	lab on 2
	soon 30 inventory sync host2
	host_is host2 up
	[ "$(field host host2 failures)" = 0 ]
	# It died with its host; nobody but the host can say so, and it does not know it any more.
	[ "$(field vm guest status)" = unknown ]
	[ -n "$(field vm guest lost_since)" ]
	run_ok inventory sync --all
	[ "$(field vm guest status)" = down ]
	[ "$(events vm_gone)" -eq 1 ]
}

@test "a frozen libvirtd and a network that swallows everything hold up nobody" {
	run_ok inventory sync --all
	lab rsh 1 'kill -STOP $(pidof libvirtd)'
	lab cut 2 net
	local begun ms
	begun=$(date -u +%FT%T)
	ms=$(milliseconds run_fail 8 inventory sync --all)
	lab rsh 1 'kill -CONT $(pidof libvirtd)'
	lab heal 2
	((ms < 6500)) || fail "took $ms ms"
	host_is host1 connecting
	host_is host2 connecting
	host_is host3 up
	# host3 was read long before the others were given up
	run_ok inventory list hosts --noheadings --output name \
		--select "name=host3 && seen>$begun && seen<$(date -u -d "$begun UTC + 3 seconds" +%FT%T)"
	output_is host3
	soon 30 inventory sync --all
	host_is host1 up
	host_is host2 up
}

@test "a VM started, moved and stopped behind our back is followed" {
	start_watch
	command events follow >followed 2>&1 3>&- &
	FOLLOWER=$!
	start_guest 1
	soon 5 guest_is "up host1"
	lab rsh 1 'virsh -q migrate --live --p2p --unsafe guest qemu+tcp://host3/system'
	soon 5 guest_is "up host3"
	[[ $(field vm guest running_qemu_version) == 10.* ]]
	lab rsh 3 'virsh -q suspend guest'
	soon 5 guest_is "paused host3"
	lab rsh 3 'virsh -q resume guest'
	soon 5 guest_is "up host3"
	lab rsh 3 'virsh -q destroy guest'
	soon 5 guest_is "down -"
	[ "$(field vm guest exit_status)" = normal ]
	[ "$(events vm_started)" -eq 1 ]
	[ "$(events vm_migrated)" -eq 1 ]
	[ "$(events vm_lost)" -eq 0 ]
	kill -INT "$WATCH"
	wait "$WATCH"
	WATCH=
	contains "$(cat watch.out)" "VM guest moved from host host1 to host host3"
	# Whoever reads the log as it grows was told as well.
	soon 5 grep -q "VM guest stopped" followed
	contains "$(cat followed)" "VM guest moved from host host1 to host host3"
	kill -TERM "$FOLLOWER"
	wait "$FOLLOWER" || true
	FOLLOWER=
}

@test "while it watches a host goes and comes back" {
	start_watch
	start_guest 2
	soon 5 guest_is "up host2"
	lab off 2
	soon 60 host_is host2 non_responsive
	guest_is "unknown host2"
	host_is host1 up
	lab on 2
	soon 60 host_is host2 up
	start_guest 1
	soon 10 guest_is "up host1"
}

@test "an upgraded host says so" {
	run_ok inventory sync host2
	lab upgrade 2 --image next >/dev/null
	soon 30 inventory sync host2
	[[ $(field host host2 libvirt_version) == 11.* ]]
	run_ok inventory export event --json
	contains "$output" "libvirt was 9." "is 11."
}
