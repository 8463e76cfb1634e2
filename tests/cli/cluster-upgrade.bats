# cluster-upgrade as far as it goes without hosts: what stands against it, the plan, the policy.
# shellcheck shell=bash disable=SC2154
load ../lib/common
load ../lib/upgrade

setup() {
	common_setup
	new_database
	seed_vms >/dev/null
}

teardown() {
	common_teardown
}

set_host() { inventory set host "$1" --observed "${@:2}" >/dev/null; }
set_vm() { inventory set vm "$1" --observed "${@:2}" >/dev/null; }

# What no test without hosts can know: how busy they are. Nor has it storage.
measured() { cluster-upgrade check c --select code!=CPU_UNKNOWN --skip-images "$@"; }

codes() { measured --json "$@" | jq -r '.findings[]?.code' | sort -u | paste -sd,; }

@test "check: silent when nothing is in the way" {
	run_ok measured --ha-reserve 0
	output_is ""
	run_ok cluster-upgrade check c --ha-reserve 0 --os-major --raise-level
	contains "$output" CPU_UNKNOWN "load of 3 hosts, h1 first"
}

@test "check: a warning is shown and fails nothing" {
	set_vm a eviction_strategy=none
	run_ok cluster-upgrade check c --ha-reserve 0
	contains "$output" VM_STOPPED_BY_DRAIN warning "VM a is shut down"
	[ "$(codes --ha-reserve 0)" = VM_STOPPED_BY_DRAIN ]
}

@test "check: everything at once, exit 1 for an error" {
	set_host h3 status=non_responsive
	set_vm a affinity=pinned
	set_vm b status=suspended cpu_pinning="0=1"
	set_vm d host_devices=pci_0000_01_00_0
	run_fail 1 cluster-upgrade check c --os-major --json
	[ -z "$stderr" ]
	[ "$(jq -r '.findings[].code' <<<"$output" | sort -u | grep -c \
		-e HOST_NON_RESPONSIVE -e VM_BLOCKS_DRAIN -e VM_SUSPENDED -e VM_CPU_PINNED \
		-e VM_PCI_PASSTHROUGH -e VM_NOT_MIGRATABLE)" -eq 6 ]
	[ "$(codes)" = HOST_NON_RESPONSIVE,NO_RESERVE,VM_BLOCKS_DRAIN ]
}

@test "check: storage that is not there, a level that is none" {
	inventory add storage-domain s1 data_center=dc type=data storage/type=nfs >/dev/null ||
		inventory add storage-domain s1 data_center=dc type=data >/dev/null
	inventory set storage-domain s1 --observed status=inactive >/dev/null
	inventory add domain-reach host=h2 storage_domain=s1 status=lost >/dev/null
	run_fail 1 cluster-upgrade check c
	contains "$output" STORAGE_DOMAIN_NOT_ACTIVE "s1 is inactive" STORAGE_DOMAIN_NOT_REACHED \
		"host h2 does not reach s1"
	inventory set storage-domain s1 --observed status=active >/dev/null
	set_host h2 status=maintenance
	set_vm b status=down host=
	[ "$(codes --ha-reserve 0)" = HOST_AWAY ]
	inventory set cluster c version=9.9 >/dev/null
	[ "$(codes --ha-reserve 0)" = HOST_AWAY,LEVEL_UNKNOWN ]
	set_host h3 agent_version=4.20
	inventory set cluster c version=4.7 >/dev/null
	[ "$(codes --ha-reserve 0)" = HOST_AWAY,HOST_LEVEL_TOO_LOW ]
}

vm_of() { inventory show vm "$1" --json | jq -r ".vms[0] | $2"; }

@test "check --fix: without a terminal only with --yes" {
	set_vm a affinity=pinned
	run_fail 4 cluster-upgrade check c --fix --hosts h1,h2 </dev/null
	contains "$stderr" "VM a blocks the drain" "set affinity of vm a to migratable" --yes
	[ "$(vm_of a .placement_policy.affinity)" = pinned ]
	run_fail 2 cluster-upgrade check c --yes
	run_fail 2 cluster-upgrade check c --dry-run
}

@test "check --fix --dry-run: says what, and does nothing" {
	set_vm a affinity=pinned
	set_vm b eviction_strategy=none
	run_fail 1 cluster-upgrade check c --fix --dry-run
	contains "$output" "would set affinity of vm a to migratable" \
		"would set eviction_strategy of vm b to live_migrate" "would read host h1 anew" \
		"or would shut down vm a" VM_BLOCKS_DRAIN
	inventory set vm d --observed status=suspended >/dev/null
	run_fail 1 cluster-upgrade check c --fix --dry-run --os-major
	contains "$output" "would resume vm d" "or would resume and shut down vm d"
	[ "$(vm_of a .placement_policy.affinity)" = pinned ]
}

@test "check --fix --yes: what can be done is done, the rest is left" {
	set_vm a affinity=pinned cpu_pinning="0=1"
	set_vm b eviction_strategy=none
	set_vm d status=suspended
	run_fail 1 cluster-upgrade check c --fix --yes --os-major --ha-reserve 0
	contains "$output" "done: set affinity of vm a to migratable" \
		"done: remove cpu_pinning of vm a" \
		"done: set eviction_strategy of vm b to live_migrate" VM_SUSPENDED
	contains "$stderr" "could not read host h1 anew" "could not resume vm d: host h"
	# What is done instead of that, or may be meant so, is asked for only.
	[[ $stderr != *"shut down vm"* && $output != *"shut down vm"* ]]
	[[ $output != *VM_NOT_MIGRATABLE* && $output != *VM_CPU_PINNED* ]]
	[ "$(vm_of a .placement_policy.affinity)" = migratable ]
	[ "$(vm_of a .cpu.cpu_tune)" = null ]
	run_ok events list --noheadings --output description
	contains "$output" "affinity of vm a was set to migratable for an upgrade; it was pinned" \
		"cpu_pinning of vm a was set to nothing for an upgrade; it was 0=1"
}

@test "check --fix: where no host has an update they are looked for" {
	local name

	for name in h1 h2 h3; do set_host $name update_available=false; done
	[ "$(codes --ha-reserve 0)" = NO_HOST_TO_UPGRADE ]
	run_fail 1 cluster-upgrade check c --fix --yes --ha-reserve 0
	contains "$stderr" "could not look for updates of the hosts of cluster c: host h"
}

@test "check and plan refuse bad input" {
	local verb

	for verb in check plan; do
		run_fail 3 cluster-upgrade $verb C2
		contains "$stderr" C2
		run_fail 3 cluster-upgrade $verb c --hosts h1,h33
		contains "$stderr" "cluster c has no host h33; did you mean h3?"
		run_fail 2 cluster-upgrade $verb c --hosts ,
		run_fail 2 cluster-upgrade $verb c --hosts h1 --all
		run_fail 2 cluster-upgrade $verb c --max-unavailable 0
		run_fail 2 cluster-upgrade $verb c --max-unavailable 101%
		run_fail 2 cluster-upgrade $verb c --max-unavailable many
		contains "$stderr" many "1% to 100%"
		run_fail 2 cluster-upgrade $verb c --memory-ceiling 0%
		run_fail 2 cluster-upgrade $verb c --memory-ceiling 101
		run_fail 2 cluster-upgrade $verb c --memory-ceiling ''
		run_fail 2 cluster-upgrade $verb c --ha-reserve -1
		run_fail 2 cluster-upgrade $verb c --qemu 10x
		contains "$stderr" "'10x' is not a version"
		run_fail 2 cluster-upgrade $verb c --qemu new
		contains "$stderr" "'new'"
	done
	run_fail 2 cluster-upgrade plan
	contains "$stderr" "which cluster" --verify
}

@test "plan: what must be between VMs is kept, but for the in-cluster policy" {
	local to='[.upgrade_moves[] | select(.wave == 1) | .to.name] | unique | join(" ")'

	add_vm x h1
	add_vm y h1
	inventory add affinity-group g cluster=c vms_enabled=true vms_positive=true \
		vms_enforcing=true >/dev/null
	for vm in a x y; do
		inventory set vm $vm memory=2G >/dev/null
		set_vm $vm host=h1
		inventory add affinity-vm affinity_group=g vm=$vm >/dev/null
	done
	run_ok cluster-upgrade plan c --hosts h1 --ha-reserve 0 --json
	[[ $(jq -r "$to" <<<"$output") =~ ^h[23]$ ]] || fail "$output"
	run_ok cluster-upgrade plan c --hosts h1 --ha-reserve 0 --os-major --json
	[ "$(jq -r "$to" <<<"$output")" = "h2 h3" ] || fail "$output"
	# Nowhere is room for all of them.
	for vm in a x y; do inventory set vm $vm memory=4G >/dev/null; done
	run_fail 1 cluster-upgrade plan c --hosts h1 --ha-reserve 0
	contains "$stderr" "12288 MiB" "VM a and those that must be with it"
	run_ok cluster-upgrade plan c --hosts h1 --ha-reserve 0 --os-major
}

@test "plan: hosts by wave and moves, the same again" {
	run_ok cluster-upgrade plan c
	contains "${lines[0]}" "cluster c: 3 hosts in 3 waves; 4 live migrations" "1 of them"
	contains "$output" "NAME WAVE RESERVE" "WAVE VM ACTION" migrate
	cp <(echo "$output") first
	run_ok cluster-upgrade plan c
	output_is "$(cat first)"
	run_ok cluster-upgrade plan c --json
	[ "$(jq -r '.upgrades[0] | "\(.hosts) \(.waves) \(.moves) \(.second_moves)"' \
		<<<"$output")" = "3 3 4 1" ]
}

@test "plan: only the hosts that were asked for, or that have an update" {
	waves() {
		cluster-upgrade plan c --json "$@" |
			jq -r '[.upgrade_hosts[] | select(.wave) | .name] | sort | join(",")'
	}

	[ "$(waves --hosts h1,h3)" = h1,h3 ]
	[ "$(waves --hosts h3 --hosts h2)" = h2,h3 ]
	inventory set host h2 update_available=false >/dev/null
	[ "$(waves)" = h1,h3 ]
	[ "$(waves --all)" = h1,h2,h3 ]
	inventory set host h1 update_available=false >/dev/null
	inventory set host h3 update_available=false >/dev/null
	run_fail 2 cluster-upgrade plan c
	contains "$stderr" --hosts --all
}

@test "plan: without reserve it says so" {
	run_ok cluster-upgrade plan c --ha-reserve 2
	contains "$output" "without reserve: meanwhile no more host can be lost"
	run_fail 1 cluster-upgrade plan c --memory-ceiling 40%
	contains "$stderr" VM
}

@test "plan: one host alone is refused" {
	set_host h2 status=maintenance
	set_host h3 status=maintenance
	set_vm b status=down host=
	set_vm d status=down host=
	run_fail 4 cluster-upgrade plan c --hosts h1
	contains "$stderr" "h1 is alone"
}

@test "plan: a VM that blocks the drain is named" {
	set_vm a affinity=pinned
	run_fail 4 cluster-upgrade plan c
	contains "$stderr" "VM a blocks the drain of host h1" pinned
	run_ok cluster-upgrade plan c --hosts h2,h3
}

@test "plan: what is unknown does not pass silently" {
	set_host h2 architecture=
	set_host h3 architecture=
	run_fail 1 cluster-upgrade plan c --hosts h1
	run_ok cluster-upgrade plan c --hosts h1 --accept-unknown
}

@test "plan --simulate: a line for each thing that happens" {
	run_ok cluster-upgrade plan c --simulate
	contains "${lines[0]}" "0:00:00  wave 1 begins: "
	[ "$(grep -c ' moves from ' <<<"$output")" -eq 4 ]
	[ "$(grep -c ' is back: ' <<<"$output")" -eq 3 ]
	contains "$output" "(again)" "% full"
}

@test "plan -o: a document that fits the cluster, by the name's end or the option" {
	run_ok cluster-upgrade plan c -o p.xml
	contains "$output" "3 waves"
	xmllint --noout --relaxng "$VDC_TEST_SRC/schemas/vdc.rng" p.xml
	run_ok cluster-upgrade plan c -q -o p.json
	output_is ""
	jq -e .upgrades p.json >/dev/null
	run_ok cluster-upgrade plan c -q --xml -o q.json
	contains "$(cat q.json)" "<upgrade "
	for document in p.xml p.json q.json; do
		run_ok cluster-upgrade plan --verify $document
		contains "$output" "the plan fits cluster c: 3 waves, 4 moves"
	done
	run_ok cluster-upgrade plan c --verify - <p.json
	run_ok cluster-upgrade plan --verify p.json --simulate
	contains "$output" "wave 1 begins"
	run_fail 2 cluster-upgrade plan c -o none/p.xml
	contains "$stderr" none/p.xml
	[ -z "$(find . -name '*.part*')" ]
}

@test "plan --verify: a cluster that changed since" {
	inventory add cluster other data_center=dc version=4.7 >/dev/null
	cluster-upgrade plan c -q -o p.json
	run_fail 4 cluster-upgrade plan other --verify p.json
	contains "$stderr" "another cluster"
	set_vm a host=h2
	run_fail 4 cluster-upgrade plan --verify p.json
	contains "$stderr" "has changed" "VM a is on h2"
	set_vm a status=down host=
	run_fail 4 cluster-upgrade plan --verify p.json
	contains "$stderr" "VM a does not run"
	set_vm a status=up host=h1
	run_ok cluster-upgrade plan --verify p.json
	set_vm b status=down host=
	set_vm b status=up host=h2 memory=5G
	run_fail 4 cluster-upgrade plan --verify p.json
	contains "$stderr" "sizes"
	set_vm b memory=4G
	set_host h3 status=maintenance
	run_fail 4 cluster-upgrade plan --verify p.json
	inventory remove vm d --yes >/dev/null
	inventory remove host h3 --yes >/dev/null
	run_fail 4 cluster-upgrade plan --verify p.json
	contains "$stderr" "host h3 is gone"
	inventory remove cluster c --cascade --yes >/dev/null
	run_fail 3 cluster-upgrade plan --verify p.json
}

# edited FILTER: the plan, changed by jq
edited() {
	jq "$1" p.json >edited.json
	! cmp -s p.json edited.json
}

@test "plan --verify: edited into something unsafe" {
	cluster-upgrade plan c -q -o p.json
	edited '.upgrade_moves[0].to = .upgrade_moves[0].from'
	run_fail 4 cluster-upgrade plan --verify edited.json
	contains "$stderr" "which is away"
	edited '.upgrade_hosts |= map(.wave = 1) | .upgrade_moves |= map(.wave = 1)'
	run_fail 4 cluster-upgrade plan --verify edited.json
	contains "$stderr" "are away"
	edited 'del(.upgrade_moves[-1])'
	run_fail 4 cluster-upgrade plan --verify edited.json
	contains "$stderr" "stays on host"
	edited '.upgrades[0].ceiling = 10'
	run_fail 4 cluster-upgrade plan --verify edited.json
	contains "$stderr" ceiling
	edited '.upgrade_moves[0].action = "stop"'
	run_fail 4 cluster-upgrade plan --verify edited.json
	contains "$stderr" "eviction strategy"
	edited '.upgrade_hosts += [.upgrade_hosts[0]] | .upgrade_hosts[-1].wave = 4'
	run_fail 4 cluster-upgrade plan --verify edited.json
}

@test "plan --verify: nonsense is named with its place" {
	cluster-upgrade plan c -q -o p.json
	run_fail 2 cluster-upgrade plan --verify none.xml
	contains "$stderr" none.xml
	run_fail 2 cluster-upgrade plan --verify - </dev/null
	echo '<vdc/>' >empty.xml
	run_fail 2 cluster-upgrade plan --verify empty.xml
	contains "$stderr" "no plan"
	inventory export >other.xml
	run_fail 2 cluster-upgrade plan --verify other.xml
	contains "$stderr" "no part of a plan"
	head -c 300 p.json >cut.json
	run_fail 2 cluster-upgrade plan --verify cut.json
	for filter in 'del(.upgrades[0].cluster)' '.upgrades += .upgrades' 'del(.upgrades)' \
		'.upgrades[0].max_away = 0' '.upgrades[0].ceiling = 1000' 'del(.upgrades[0].id)' \
		'del(.upgrade_moves[0].from)' '.upgrade_moves[0].vm = {"name": "a"}' \
		'.upgrade_hosts[0].wave = 99' '.upgrade_moves[0].begin_ms = 9223372036854775807' \
		'del(.upgrade_hosts)' '.upgrade_moves |= reverse' 'del(.upgrade_hosts[0].name)' \
		'.upgrade_moves[0].action = "fly"'; do
		edited "$filter"
		run_fail 2 cluster-upgrade plan --verify edited.json
		[ -n "$stderr" ]
	done
	run_fail 2 cluster-upgrade plan --verify p.json -o q.json
}

policy_of() { inventory show cluster c --json | jq -r ".clusters[0] | $1"; }

@test "policy show: the units with their ids" {
	run_ok cluster-upgrade policy show c
	contains "${lines[0]}" "cluster c has the policy none"
	run_ok cluster-upgrade policy show c --json
	[ "$(jq '.policy_units | length' <<<"$output")" -eq 27 ]
	[ "$(jq -r '[.policy_units[] | select(.use == "mandatory") | .id + " " + .uuid] | join(",")' \
		<<<"$output")" = "InClusterUpgradeFilter 84e6ddee-ab0d-42dd-82f0-c298889db567,\
InClusterUpgradeWeight 84e6ddee-ab0d-42dd-82f0-c298889db567" ]
	[ "$(jq -r '[.policy_units[] | select(.active)] | length' <<<"$output")" -eq 0 ]
	run_ok cluster-upgrade policy show c --select use=kept --output id --noheadings
	output_is $'EmulatedMachineFilter\nNetwork\nMigration\nMemory\nCPU\nCpuLevelFilter'
	run_fail 3 cluster-upgrade policy show nowhere
}

@test "policy set and reset: the old policy comes back, each time an event" {
	inventory set cluster c scheduling_policy=evenly_distributed \
		scheduling_properties=$'HighUtilization=70' >/dev/null
	run_ok cluster-upgrade policy set c --dry-run
	contains "$output" "would have set" "cluster c would have the policy in_cluster_upgrade"
	[ "$(policy_of .scheduling_policy.name)" = evenly_distributed ]
	run_ok cluster-upgrade policy set c
	contains "$output" "set the in-cluster upgrade policy" \
		"8d5d7bec-68de-4a67-b53e-0ac54686d586); before it had evenly_distributed"
	[ "$(policy_of .scheduling_policy.name)" = in_cluster_upgrade ]
	[ "$(policy_of .saved_scheduling_policy)" = evenly_distributed ]
	run_ok cluster-upgrade policy set c
	[[ $output != "set "* ]]
	[ "$(policy_of .saved_scheduling_policy)" = evenly_distributed ]
	run_ok cluster-upgrade policy show c --json
	[ "$(jq -r '[.policy_units[] | select(.active)] | length' <<<"$output")" -eq 8 ]
	run_ok cluster-upgrade policy reset c --dry-run
	[ "$(policy_of .scheduling_policy.name)" = in_cluster_upgrade ]
	run_ok cluster-upgrade policy reset c
	[ "$(policy_of .scheduling_policy.name)" = evenly_distributed ]
	[ "$(policy_of .custom_scheduling_policy_properties.property[0].value)" = 70 ]
	[ "$(policy_of .saved_scheduling_policy)" = null ]
	run_ok cluster-upgrade policy reset c
	[[ $output != "reset "* ]]
	run_ok events list --noheadings --output type --select 'type=upgrade_policy_set || type=upgrade_policy_reset'
	output_is $'upgrade_policy_set\nupgrade_policy_reset'
}

@test "policy set: every offender at once, and nothing is changed" {
	set_vm a status=suspended
	set_vm b cpu_pinning="0=1"
	set_vm d affinity=pinned
	set_host h2 os_type=
	run_fail 4 cluster-upgrade policy set c --json
	[ "$(jq -r '[.findings[].code] | sort | join(",")' <<<"$output")" = \
		HOST_OS_UNREADABLE,VM_CPU_PINNED,VM_NOT_MIGRATABLE,VM_SUSPENDED ]
	contains "$stderr" "4 findings"
	[ "$(policy_of .scheduling_policy.name)" = none ]
	run_fail 4 cluster-upgrade policy set c
	contains "$output" VM_SUSPENDED "VM a is suspended"
	run_fail 3 cluster-upgrade policy set nowhere
}

@test "policy reset: refused while major versions are mixed, unless it is abandoned" {
	cluster-upgrade policy set c >/dev/null
	set_host h1 os_major=13
	run_fail 4 cluster-upgrade policy reset c
	contains "$output" HOST_OS_OLDER "host h2" "host h3"
	contains "$stderr" "2 findings" --abandon
	[ "$(policy_of .scheduling_policy.name)" = in_cluster_upgrade ]
	run_ok cluster-upgrade policy reset c --abandon
	[ "$(policy_of .scheduling_policy.name)" = none ]
	run_ok events list --noheadings --output severity,type --select type=upgrade_policy_abandoned
	contains "$output" warning
	cluster-upgrade policy set c >/dev/null
	set_host h2 os_major=13
	set_host h3 os_major=13
	run_ok cluster-upgrade policy reset c
}

@test "policy set: meanwhile nothing is suspended or bound to a host" {
	cluster-upgrade policy set c >/dev/null
	run_fail 4 inventory set vm a --observed status=suspended
	contains "$stderr" VM_CANNOT_SUSPEND_CLUSTER_UPGRADING
	run_fail 4 inventory set vm a description=x affinity=pinned
	contains "$stderr" BOUND_TO_HOST_WHILE_UPGRADING_CLUSTER "VM a may not be migrated freely"
	run_fail 4 inventory add vm e cluster=c cpu_pinning="0=1"
	contains "$stderr" BOUND_TO_HOST_WHILE_UPGRADING_CLUSTER
	run_ok inventory set vm a description=x
	[ "$(vm_of a .placement_policy.affinity)" = migratable ]
	cluster-upgrade policy reset c >/dev/null
	run_ok inventory set vm a affinity=pinned
}

@test "policy: not while an upgrade runs" {
	inventory set cluster c scheduling_policy=cluster_maintenance >/dev/null
	run_fail 4 cluster-upgrade policy set c
	contains "$stderr" "under way"
}

@test "policy reset: the maintenance that an upgrade left behind" {
	inventory set cluster c scheduling_policy=cluster_maintenance >/dev/null
	run_ok cluster-upgrade policy reset c
	[ "$(policy_of .scheduling_policy.name)" = cluster_maintenance ]
	inventory set cluster c --observed saved_scheduling_policy=power_saving \
		upgrade_in_progress=true >/dev/null
	run_fail 4 cluster-upgrade policy reset c
	contains "$stderr" "under way" --abandon
	inventory set cluster c --observed upgrade_in_progress=false >/dev/null
	run_ok cluster-upgrade policy reset c
	contains "$output" "reset the policy" "cluster c has the policy power_saving"
}
