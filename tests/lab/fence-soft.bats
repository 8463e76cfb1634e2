#!/usr/bin/env bats
# time limit: 500 s
# fence soft and fence confirm on real hosts: daemons that are stopped and frozen under guests that go on,
# and hosts that are down by the word of sanlock, of their BMC, and of nobody.
# shellcheck disable=SC2016,SC2154 # run by lab rsh; status, output, stderr: set by bats' run
load ../lib/common
load ../lib/lab

GUEST=7b1c0c1e-1111-4222-8333-444455556667
CHECKED=--i-have-checked-that-it-is-powered-off

in_lab() { VDC_LAB=$LAB_NAME "$LAB_DIR/lab" "$@"; }

setup_file() {
	((EUID == 0)) || skip "a lab takes root"
	LAB_DIR=$(dirname "$(readlink -f "$BATS_TEST_FILENAME")")
	export LAB_DIR LAB_NAME=f$$
	in_lab up 3 2>"$BATS_FILE_TMPDIR/up.err" ||
		{ cat "$BATS_FILE_TMPDIR/up.err" >&2; return 1; }
	lab_guest "/var/tmp/vdc-lab/$LAB_NAME/storage/shared" "$GUEST"
	join_lockspace
	for host in 1 2 3; do
		in_lab rsh $host 'sanlock client status' | sed -n 's/^daemon //p' \
			>"$BATS_FILE_TMPDIR/name$host"
	done
	# What takes longest, its lease expires meanwhile: 8 x 2 + 60 s.
	in_lab off 3
}

# All hosts, with an I/O time-out of 2 s.
join_lockspace() {
	truncate -s 1M "/var/tmp/vdc-lab/$LAB_NAME/storage/shared/lockspace"
	in_lab rsh 1 'sanlock direct init -s LS:0:/shared/lockspace:0 -o 2'
	for host in 1 2 3; do
		in_lab rsh $host "sanlock client add_lockspace -s LS:$host:/shared/lockspace:0 -o 2" 3>&- &
	done
	wait
} >&2

teardown_file() {
	[ -z "${LAB_NAME:-}" ] || in_lab down
}

setup() {
	common_setup
	export PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH VDC_LAB=$LAB_NAME
	eval "$(lab env 2>/dev/null)"
	export VDC_CONF=$PWD/vdc.conf
	printf '%s\n' 'host-grace = 0' 'host-grace-per-vm = 0' 'host-attempts = 0' \
		'connect-timeout = 3s' 'host-refresh = 1s' >"$VDC_CONF"
	own_ha_restart
	new_database
	new_inventory
}

teardown() {
	for host in 1 2; do
		lab heal $host
		lab rsh $host 'virsh -q destroy guest 2>/dev/null; systemctl start libvirtd' || true
	done
	common_teardown
}

new_inventory() {
	local number address

	inventory init
	inventory add data-center dc
	inventory add cluster c data_center=dc
	for number in 1 2 3; do
		address=VDC_LAB_HOST$number
		inventory add host host$number cluster=c address="${!address}" spm_id=$number \
			rsh_address=host$number libvirt_uri="qemu+tcp://${!address}/system"
		inventory set host host$number --observed \
			sanlock_name="$(cat "$BATS_FILE_TMPDIR/name$number")"
	done
	inventory sync host1 host2 >&2 # says which does not answer
	inventory set host host3 --observed status=non_responsive
} >/dev/null

field() { # KIND NAME FIELD
	inventory list "$1" --select "name=$2" --noheadings --output "$3" | sed 's/ *$//'
}

host_is() { [ "$(field host "$1" status)" = "$2" ]; }
start_guest() { lab rsh "$1" 'virsh -q create /shared/guest.xml'; }
guest_pid() { lab rsh "$1" 'pgrep -f "^/usr/bin/qemu-system-x86_64 -name guest=guest"'; }

lose() { # HOST: the inventory learns that it does not answer
	run inventory sync "$1"
	host_is "$1" non_responsive || host_is "$1" connecting
}

comes_back() { # HOST: soft fencing, under the guest that runs there
	local pid

	start_guest "${1#host}"
	pid=$(guest_pid "${1#host}")
	[ -n "$pid" ]
	"${@:2}"
	lose "$1"
	run_ok fence soft "$1"
	contains "$output" "success libvirtd"
	host_is "$1" up
	[ "$(guest_pid "${1#host}")" = "$pid" ]
	[ "$(lab rsh "${1#host}" 'virsh domstate guest' | head -n 1)" = running ]
	run_ok fence history "$1" --noheadings --output result,agent
	[ "$(tr -s ' ' <<<"$output" | sed 's/ $//')" = "success libvirtd" ]
}

@test "a stopped libvirtd comes back, and its guest goes on" {
	comes_back host1 lab rsh 1 'systemctl stop libvirtd'
}

@test "a frozen libvirtd comes back, and its guest goes on" {
	comes_back host2 lab rsh 2 'kill -STOP $(pgrep -o -x libvirtd)'
}

@test "two at once, one of which is off" {
	lab rsh 1 'kill -STOP $(pgrep -o -x libvirtd)'
	run_fail 8 fence soft host1 host3
	contains "$output" "host1" success "host3" failed
	run_fail 6 fence soft host3
	host_is host1 up
	host_is host3 non_responsive
}

@test "a host that answers is left alone" {
	local pid
	pid=$(lab rsh 1 'pgrep -o -x libvirtd')

	run_fail 4 fence soft host1
	run_ok fence soft --dry-run --yes host1
	contains "$output" "would be restarted"
	[ "$(lab rsh 1 'pgrep -o -x libvirtd')" = "$pid" ]
	run_ok fence soft --yes host1
	[ "$(lab rsh 1 'pgrep -o -x libvirtd')" != "$pid" ]
}

@test "a host without its libvirtd is not down, whatever is typed" {
	start_guest 1
	inventory sync host1 >/dev/null
	lab rsh 1 'systemctl stop libvirtd'
	lose host1
	run_fail 4 fence confirm host1 --yes $CHECKED host1
	contains "$output" "host host1 is not down: its remote shell answers"
	[ "$(field vm guest status)" != down ]
	[ ! -e ha-restart.log ]
}

@test "a host without a network that renews its lease is not down, whatever is typed" {
	lab cut 1 net
	lose host1
	run_fail 4 fence confirm host1 --yes
	contains "$output" "lockspace LS: host id 1 renewed"
	run_fail 4 fence confirm host1 --yes $CHECKED host1
	contains "$output" "host host1 is not down: it renews its leases"
	[ "$(field host host1 status)" != down ]
}

# confirmed OPTION...: host3, on which the inventory has two VMs
confirmed() {
	inventory add vm web cluster=c >/dev/null
	inventory add vm db cluster=c high_availability=true >/dev/null
	inventory set vm web --observed host=host3 status=up >/dev/null
	inventory set vm db --observed host=host3 status=up >/dev/null
	run_ok fence confirm host3 "$@"
	host_is host3 down
	[ "$(field vm web status) $(field vm db status)" = "down down" ]
	[ "$(wc -l <ha-restart.log)" -eq 1 ]
	evidence=$(inventory export fence-record --json | jq -r '.fence_history[] | select(.result == "success").evidence')
}

lease_expired() {
	fence confirm --dry-run host3 2>&1 | grep -q "host id 3 expired"
}

@test "leases that expired by the word of sanlock are evidence" {
	local until=$((SECONDS + 100))

	until lease_expired; do
		((SECONDS < until)) || fail "$(fence confirm --dry-run host3 2>&1)"
		sleep 1
	done
	confirmed --yes
	contains "$evidence" "lockspace LS: host id 3 expired, not renewed for" "says host"
}

@test "a BMC that says off is evidence, one that says on is none" {
	# The witnesses know nothing of another name.
	inventory set host host3 --observed sanlock_name=other >/dev/null
	run_fail 4 fence confirm host3 --yes
	inventory add fence-agent host=host3 type=ipmilan agent_order=1 address="$VDC_LAB_BMC3" \
		username="$VDC_LAB_BMC_USER" password="file:$VDC_LAB_BMC_SECRET" >/dev/null
	confirmed --yes
	[ "$evidence" = "ipmilan at $VDC_LAB_BMC3 says off" ]
	[ "$(field host host3 power_status)" = off ]
}

@test "a name that is typed in full takes the place of evidence" {
	inventory set host host3 --observed sanlock_name=other >/dev/null
	confirmed $CHECKED host3 --reason "rack 4"
	contains "$evidence" "has checked that it is powered off"
}
