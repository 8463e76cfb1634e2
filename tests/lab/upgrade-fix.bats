#!/usr/bin/env bats
# time limit: 900 s
# What cluster-upgrade check --fix does to real hosts and guests, also when it is killed meanwhile.
# shellcheck disable=SC2154 # status, output: set by bats' run
load ../lib/common
load ../lib/lab
load ../lib/lab-guests
load ../lib/lab-upgrade

setup_file() { lab_begin fix; }

teardown_file() { lab_end; }

setup() { upgrade_setup; }

teardown() { upgrade_teardown; }

# fix HOST [QUESTION ANSWER]...: as it stands on the terminal
fix() {
	run "$VDC_TEST_SRC/tests/lib/on-terminal" "${@:2}" -- cluster-upgrade check c --hosts "$1" \
		--os-major --accept-unknown --fix
	[[ $status = [01] && $output != *"never said"* ]] || fail "exit $status: $output"
}

suspend() { # GUEST HOST-NUMBER
	virsh -q -c "$(uri "$2")" define "$1.xml"
	virsh -q -c "$(uri "$2")" managedsave "$1"
	inventory sync "host$2" >/dev/null
	[ "$(field vm "$1" status)" = suspended ]
}

# bats test_tags=long
@test "check --fix: a suspended guest goes on, one in the way moves, a host comes back" {
	begin_guest 1 1
	begin_guest 2 2
	await_guest 1
	await_guest 2
	inventory sync --all >/dev/null
	before=$(boots 1 2)
	run_ok host-maintenance enter host3
	suspend guest2 2
	inventory set vm guest1 eviction_strategy=external >/dev/null
	fix host1 "activate host host3?" $'y\n' "resume vm guest2?" $'y\n' \
		"eviction_strategy of vm guest1" $'n\n' "migrate vm guest1 to host host2 instead?" $'y\n'
	contains "$output" "done: activate host host3" "done: resume vm guest2" \
		"done: migrate vm guest1 to host host2"
	[[ $output != *"could not"* && $output != *"shut down vm"* ]] || fail "$output"
	runs_on guest1 host2
	runs_on guest2 host2
	[ "$(field host host3 status)" = up ]
	[ "$(boots 1 2)" = "$before" ]
	unhurt 1 2
}

# bats test_tags=long
@test "check --fix: what blocks, or is suspended, is shut down; what somebody may want so is left" {
	begin_guest 1 1
	guest 2 2
	inventory sync --all >/dev/null
	inventory set vm guest1 eviction_strategy=external >/dev/null
	fix host1 "eviction_strategy of vm guest1" $'n\n' "migrate vm guest1" $'n\n' \
		"shut down vm guest1 instead?" $'y\n'
	contains "$output" "done: shut down vm guest1"
	[ -z "$(where guest1)" ]
	[ "$(field vm guest1 status)" = down ]
	suspend guest2 2
	fix host1 "resume vm guest2?" $'n\n' "resume and shut down vm guest2 instead?" $'y\n'
	contains "$output" "done: resume and shut down vm guest2"
	[ -z "$(where guest2)" ]
	[ "$(field vm guest2 status)" = down ]
	run_ok host-maintenance enter host3
	inventory set storage-domain shared --observed status=inactive >/dev/null
	run cluster-upgrade check c --hosts host1 --fix --yes
	contains "$output" "done: have hosts read storage-domain shared anew"
	[ "$(field storage-domain shared status)" = active ]
	[ "$(field host host3 status)" = maintenance ]
}

finds() { # CODES VM OPTION...: what check says of it
	local found

	found=$(cluster-upgrade check c --all --accept-unknown --json "${@:3}" |
		jq -r ".findings[]? | select(.object == \"$2\") | .code" | sort | xargs)
	[ "$found" = "$1" ] || fail "of $2 it finds '$found', not '$1'"
}

# definition GUEST HOST-NUMBER: what its next start uses
definition() { virsh -c "$(uri "$2")" dumpxml --inactive "$1"; }

# bats test_tags=long
@test "check --fix: devices of a host go from a definition; a host whose libvirtd is gone comes back" {
	begin_guest 1 1
	guest 2 1
	virsh -q -c "$(uri 1)" destroy guest2
	virsh -q -c "$(uri 1)" define guest2.xml
	inventory sync --all >/dev/null
	sed 's|</devices>|<hostdev mode="subsystem" type="pci" managed="yes"><source><address domain="0" bus="9" slot="0" function="0"/></source></hostdev>&|' \
		guest2.xml >device.xml
	virsh -q -c "$(uri 1)" define device.xml
	inventory sync --all >/dev/null
	finds VM_PCI_PASSTHROUGH guest2 --os-major
	lab rsh 2 'systemctl stop libvirtd'
	inventory set host host2 --observed status=non_responsive >/dev/null
	fix host1,host2 "read host host2 anew?" $'y\n' \
		"restart the libvirt daemons of host host2 instead?" $'y\n' \
		"remove host_devices of vm guest2?" $'y\n'
	contains "$output" "could not read host host2 anew" \
		"done: restart the libvirt daemons of host host2" "done: remove host_devices of vm guest2"
	[ "$(field host host2 status)" = up ]
	[[ $(definition guest2 1) != *hostdev* ]]
	inventory sync --all >/dev/null
	finds "" guest2 --os-major
	[ "$(jobs_of upgrade-fix)" = "host2 finished" ]
	runs_on guest1 host1
}

# jobs_of ACTION: "OBJECT STATUS" each
jobs_of() {
	inventory list job --select "action=$1" --noheadings --sort start_time --output object_name,status |
		tr -s ' ' | sed 's/ $//'
}

# bats test_tags=long
@test "check --fix: what binds a guest to its host goes from its definition, too" {
	local before

	begin_guest 1 1
	sed -e 's|<vcpu|<numatune><memory mode="preferred" nodeset="0"/></numatune>&|' \
		-e "s|<vcpu|<cputune><vcpupin vcpu='0' cpuset='0'/></cputune>&|" \
		guest1.xml >bound.xml
	virsh -q -c "$(uri 1)" define bound.xml
	inventory sync --all >/dev/null
	finds "VM_CPU_PINNED VM_NUMA_PINNED" guest1 --os-major
	before=$(definition guest1 1)
	contains "$before" "vcpupin" "numatune"
	run cluster-upgrade check c --all --accept-unknown --os-major --fix --yes
	contains "$output" "done: remove cpu_pinning of vm guest1" \
		"done: remove numa_pinning of vm guest1"
	[[ $stderr$output != *"could not"* ]] || fail "$output"
	finds "" guest1 --os-major
	# Nothing of it comes back when the host is read, and nothing else went.
	inventory sync --all >/dev/null
	finds "" guest1 --os-major
	[ "$(definition guest1 1)" = "$(sed '/<cputune>/,/<.cputune>/d; /<numatune>/,/<.numatune>/d' \
		<<<"$before")" ]
	runs_on guest1 host1
}

# bats test_tags=long
@test "vm set --machine: the definition has it, what runs stays, and so does the rest" {
	local before

	begin_guest 1 1
	virsh -q -c "$(uri 1)" define guest1.xml
	inventory sync --all >/dev/null
	inventory set cluster c level_family=qemu version=7.2 >/dev/null
	before=$(definition guest1 1)
	run_ok compat-level vm set guest1 --machine pc-q35-7.1
	contains "$output" "its definition in libvirt has it, too" "it keeps pc-q35-7.2 until"
	[ "$(definition guest1 1)" = "${before/pc-q35-7.2/pc-q35-7.1}" ]
	contains "$(virsh -c "$(uri 1)" dumpxml guest1)" "machine='pc-q35-7.2'"
	[ "$(field vm guest1 machine_type,running_machine_type | tr -s ' ')" = "pc-q35-7.1 pc-q35-7.2" ]
	runs_on guest1 host1
	run_ok compat-level vm set guest1 --machine current
	[ "$(definition guest1 1)" = "$before" ]
}

# bats test_tags=long
@test "check --fix: a machine type that the new QEMU lacks is changed for the next start" {
	mkdir levels
	sed 's|\(<removal architecture="x86_64" machine="pc-\)i440fx-2.0" qemu="9.0"|\1q35-7.1" qemu="10.0"|' \
		"$VDC_TEST_SRC/levels/80-qemu.xml" >levels/80-qemu.xml
	export VDC_LEVELS_DIR=$PWD/levels
	begin_guest 1 1
	await_guest 1
	virsh -q -c "$(uri 1)" destroy guest1
	sed -i 's/pc-q35-7.2/pc-q35-7.1/' guest1.xml
	virsh -q -c "$(uri 1)" define guest1.xml
	virsh -q -c "$(uri 1)" start guest1
	await_guest 1
	inventory sync --all >/dev/null
	inventory set cluster c level_family=qemu version=7.2 >/dev/null
	finds "VM_MACHINE_REMOVED" guest1 --qemu 10.0
	run "$VDC_TEST_SRC/tests/lib/on-terminal" "set machine_type of vm guest1 to pc-q35-7.2?" $'y\n' \
		"shut down vm guest1?" $'y\n' -- cluster-upgrade check c --all --qemu 10.0 --fix
	contains "$output" "done: set machine_type of vm guest1 to pc-q35-7.2" "done: shut down vm guest1"
	contains "$(definition guest1 1)" "machine='pc-q35-7.2'"
	virsh -q -c "$(uri 1)" start guest1
	await_guest 1
	inventory sync --all >/dev/null
	finds "" guest1 --qemu 10.0
	unhurt 1
}

# bats test_tags=long
@test "check --fix: killed while a guest is resumed, the next one ends it" {
	local before wait

	guest 2 2
	inventory sync --all >/dev/null
	before=$(boots 2)
	for wait in 0.2 0.6 1.2 2; do
		suspend guest2 2
		cluster-upgrade check c --hosts host1 --os-major --accept-unknown --fix --yes \
			>out 2>&1 3>&- &
		sleep $wait
		kill -9 $! 2>/dev/null || true
		wait $! 2>/dev/null || true
		sleep 4.5 # the lease of its job
		run cluster-upgrade check c --hosts host1 --os-major --accept-unknown --fix --yes
		[[ $output != *VM_SUSPENDED* && $output != *"could not"* ]] || fail "$output"
		runs_on guest2 host2
		[ "$(boots 2)" = "$before" ]
		unhurt 2
	done
	[ "$(jobs_of upgrade-fix | sort -u)" = "guest2 finished" ]
}

# bats test_tags=long
@test "check --fix: killed while a guest is asked to shut down, the next one finds what became of it" {
	deaf_guest 1
	inventory sync --all >/dev/null
	inventory set vm guest eviction_strategy=external >/dev/null
	run "$VDC_TEST_SRC/tests/lib/on-terminal" "eviction_strategy of vm guest" $'n\n' \
		"migrate vm guest" $'n\n' "shut down vm guest instead?" $'y\n' \
		"been asked to shut down" SIGKILL -- \
		cluster-upgrade check c --hosts host1 --os-major --accept-unknown --fix
	[[ $status = 137 && $output != *"never said"* ]] || fail "exit $status: $output"
	[ "$(where guest)" = host1 ]
	[ "$(jobs_of upgrade-fix)" = "guest started" ]
	virsh -q -c "$(uri 1)" destroy guest
	fix host1 "eviction_strategy of vm guest" $'n\n' "migrate vm guest" $'n\n' \
		"shut down vm guest instead?" $'y\n'
	contains "$output" "could not shut down vm guest" "is being done by" # as far as anybody knows
	[ "$(jobs_of upgrade-fix)" = "guest started" ]
	sleep 4.5
	fix host1 "eviction_strategy of vm guest" $'n\n' "migrate vm guest" $'n\n' \
		"shut down vm guest instead?" $'y\n'
	contains "$output" "done: shut down vm guest"
	[ "$(field vm guest status)" = down ]
	[ "$(jobs_of upgrade-fix)" = "guest finished" ]
}
