#!/usr/bin/env bats
# time limit: 500 s
# Two package generations side by side, and a guest that says what became of it.
# shellcheck disable=SC2154 # status, output: set by bats' run
bats_require_minimum_version 1.5.0

setup_file()
{
	LAB_DIR=$(dirname "$(readlink -f "$BATS_TEST_FILENAME")")
	export LAB_DIR PATH=$LAB_DIR:$LAB_DIR/guest:/usr/sbin:/sbin:$PATH VDC_LAB=g$$
	unset VDC_LAB_STATE
	local status=0
	images next tick >&2 || status=$?
	((status != 77)) || skip "the package generation can not be built here"
	((status == 0)) || return "$status"
	lab up 2 --image 2=next >&2
	eval "$(lab env)"
	export GUEST=${VDC_LAB_HOST1%.*}.201
	start_guest
}

teardown_file() { lab down; }

start_guest()
{
	truncate -s 64M "$VDC_LAB_SHARED/tick.raw"
	domain tick --ip "$GUEST/24" --disk /shared/tick.raw --journal 20 >"$VDC_LAB_SHARED/tick.xml"
	lab rsh 1 'virsh -q create /shared/tick.xml'
	local i
	for ((i = 0; i < 60; i++)); do
		ASK_TIMEOUT=1 ask "$GUEST" ping >/dev/null 2>&1 && return
		sleep 0.5
	done
	return 1
}

# field NAME REQUEST…: one value of the guest's answer
field() { ask "$GUEST" "${@:2}" | tr ' ' '\n' | sed -n "s/^$1=//p"; }

# migrate FROM TO: live, and the guest neither starts anew, nor stands long, nor loses a write
migrate()
{
	local ticks acked stopped
	ticks=$(field ticks ticks) acked=$(field acked journal) stopped=$(field stopped_ms ticks)
	lab rsh "$1" "virsh -q migrate --live --p2p tick qemu+tcp://host$2/system"
	sleep 2
	(($(field ticks ticks) > ticks))
	(($(field acked journal) > acked))
	(($(field stopped_ms ticks) - stopped < 5000))
	ask "$GUEST" verify
	[[ $(lab rsh "$2" 'virsh -q list --name') == tick* ]]
}

@test "a guest migrates live to the newer generation and back, and loses nothing" {
	migrate 1 2
	migrate 2 1
}

@test "an upgrade in place under a running guest: new packages, old daemon until its restart" {
	local ticks
	ticks=$(field ticks ticks)
	lab upgrade 1 --in-place
	run -0 lab rsh 1 'dpkg-query -W -f "\${Version}\n" libvirt-daemon
		dpkg --audit
		. /etc/os-release; echo "$VARIANT_ID"
		virsh -q version --daemon | tail -n 1'
	[[ $output == 11.*backports*"daemon: 9."* ]]
	lab rsh 1 'systemctl restart libvirtd'
	lab wait 1
	run -0 lab rsh 1 'virsh -q version --daemon | tail -n 1; virsh -q list --name'
	[[ $output == *"daemon: 11."*tick* ]]
	(($(field ticks ticks) > ticks))
	ask "$GUEST" verify
}

@test "from the host upgraded in place it migrates on" {
	migrate 1 2
}
