# shellcheck shell=bash disable=SC2154
# compat-level: levels of hosts, clusters, data centres and VMs.
load ../lib/common

setup() {
	common_setup
	new_database
	inventory init >/dev/null
}

teardown() {
	common_teardown
}

agent_of() {
	case $1 in
	3.4) echo "agent_version=vdsm-4.14.11-5.el6ev agent_major=4 agent_minor=14 \
		agent_build=11 agent_revision=0" ;;
	3.5) echo "agent_version=vdsm-4.16.7.4-1.el6ev agent_major=4 agent_minor=16 \
		agent_build=7 agent_revision=4" ;;
	4.4) echo "agent_version=4.40.35-1.el8 libvirt_version=6.0.0" ;;
	4.5) echo "agent_version=4.40.35-1.el8 libvirt_version=6.6.0" ;;
	4.7) echo "agent_version=4.50.0-1.el8 libvirt_version=8.0.0" ;;
	esac
}

# host_runs HOST LEVEL: upgrades the host to what has that level.
host_runs() {
	# shellcheck disable=SC2046
	inventory set --observed host "$1" $(agent_of "$2") >/dev/null
}

# site LEVEL: a data centre, a cluster and two hosts of that level.
site() {
	inventory add data-center dc1 version="$1" status=up
	inventory add cluster prod data_center=dc1 version="$1" level_family=rhv
	inventory add host h1 cluster=prod status=up
	inventory add host h2 cluster=prod status=up
	host_runs h1 "$1"
	host_runs h2 "$1"
} >/dev/null

# levels OPERAND...: NAME LEVEL OFFERED without decoration.
levels() {
	compat-level show --noheadings "$@" | awk '{ print $1, $3 }'
}

# xml_of ELEMENT of what show prints, without ids and what follows from them.
xml_of() {
	compat-level show --xml | xmllint --noblanks --xpath "//$1" - |
		sed 's/ id="[^"]*"//g'
}

dump() {
	inventory export --xml
	events list --noheadings
}

# refused CODE PART -- COMMAND...: with that exit code, saying so, and nothing is changed.
refused() {
	local code=$1 part=$2
	shift 3
	dump >before
	run_fail "$code" "$@"
	contains "$stderr" "$part"
	dump | diff before -
}

@test "the three states of an upgrade from 3.4 to 3.5" {
	site 3.4
	contains "$(xml_of 'host[1]/version')" \
		'full_version="vdsm-4.14.11-5.el6ev" major="4" minor="14" build="11" revision="0"'
	[ "$(xml_of 'cluster/version')" = '<version major="3" minor="4"/>' ]
	[ "$(xml_of 'clusters/cluster/supported_versions')" = '<supported_versions/>' ]
	[ "$(xml_of 'data_centers/data_center/supported_versions')" = '<supported_versions/>' ]

	host_runs h1 3.5
	[ "$(xml_of 'clusters/cluster/supported_versions')" = '<supported_versions/>' ]
	host_runs h2 3.5
	contains "$(xml_of 'host[1]/version')" 'major="4" minor="16" build="7" revision="4"'
	[ "$(xml_of 'host[1]/level')" = '<level major="3" minor="5"/>' ]
	[ "$(xml_of 'cluster/version')" = '<version major="3" minor="4"/>' ]
	[ "$(xml_of 'clusters/cluster/supported_versions' | tr -d ' \n')" = \
		'<supported_versions><versionmajor="3"minor="5"/></supported_versions>' ]
	[ "$(xml_of 'data_centers/data_center/supported_versions')" = '<supported_versions/>' ]

	run_ok compat-level raise prod --yes
	contains "$output" "raised cluster prod from 3.4 to 3.5"
	[ "$(xml_of 'clusters/cluster/version')" = '<version major="3" minor="5"/>' ]
	[ "$(xml_of 'clusters/cluster/supported_versions')" = '<supported_versions/>' ]
	[ "$(xml_of 'data_centers/data_center/version')" = '<version major="3" minor="4"/>' ]
	[ "$(xml_of 'data_centers/data_center/supported_versions' | tr -d ' \n')" = \
		'<supported_versions><versionmajor="3"minor="5"/></supported_versions>' ]

	run_ok compat-level raise dc1 --to 3.5 --yes
	[ "$(xml_of 'data_centers/data_center/supported_versions')" = '<supported_versions/>' ]
	run_ok inventory show data-center dc1
	contains "$output" "v3"
}

@test "a host that is down or unknown is the reason, not capable" {
	site 3.4
	host_runs h1 3.5
	host_runs h2 3.5
	inventory set host h2 status=down >/dev/null
	run_ok compat-level show prod --noheadings
	contains "${lines[0]}" "3.5: host h2: it is down"
	refused 4 h2 -- compat-level raise prod --yes
	inventory set host h2 status=maintenance >/dev/null
	run_ok compat-level raise prod --yes
}

@test "show takes hosts, clusters and data centres" {
	site 4.4
	inventory add cluster test data_center=dc1 version=4.4 level_family=rhv >/dev/null
	run_ok levels h2
	output_is "h2 4.4"
	run_ok levels prod
	output_is "prod 4.4"$'\n'"h1 4.4"$'\n'"h2 4.4"
	run_ok levels dc1
	[ "${#lines[@]}" -eq 5 ]
	run_ok compat-level show test --json
	[ "$(jq -r '.clusters[0].supported_versions.version[0] | "\(.major).\(.minor)"' \
		<<<"$output")" = 4.5 ]
	run_fail 3 compat-level show prd
	contains "$stderr" "no host, cluster or data centre 'prd'"
}

@test "show reads documents and needs no database for it" {
	site 4.5
	inventory export data-center cluster host >all.xml
	inventory export --json data-center cluster host >all.json
	compat-level show --xml >own.xml
	compat-level show --json >expected
	cat >api.xml <<-END
		<hosts><host id="5a7d10b2-6e8f-4f0c-9a65-6c62a7a0a001" href="/ovirt-engine/api/hosts/5a">
		<name>a1</name><status>up</status><type>rhel</type><libvirt_version full_version="libvirt-6.0.0-1"/>
		<version><major>4</major><minor>40</minor><full_version>vdsm-4.40.35-1.el8</full_version></version>
		<os><type>RHEL</type><version><full_version>8.6 - 1.el8</full_version></version></os>
		</host></hosts>
	END
	export VDC_DB=/nonexistent/x.db
	compat-level show --json - <all.xml | diff expected -
	compat-level show --json - <all.json | diff expected -
	compat-level show --json - <own.xml | diff expected -
	run_ok compat-level show - --noheadings <api.xml
	contains "$output" "a1" "host" "4.7" "rhv"
	run_ok compat-level show - --noheadings h2 <all.xml
	[ "${#lines[@]}" -eq 1 ]
	run_fail 2 compat-level show - <<<'<disks><disk><name>d</name></disk></disks>'
	contains "$stderr" "no host, cluster or data centre"
	run_fail 2 compat-level show - <<<'<levels/>'
	contains "$stderr" "standard input:1:1"
	run_fail 2 compat-level show - < <(head -c 700 all.xml)
	run_fail 2 compat-level show - </dev/null
}

@test "a document by hand refers by name" {
	run_ok compat-level show - --noheadings <<-END
		<vdc><data_centers><data_center><name>d</name><version major="4" minor="4"/></data_center></data_centers>
		<clusters><cluster><name>c</name><data_center><name>d</name></data_center>
		<version major="4" minor="5"/><level_family>rhv</level_family></cluster></clusters>
		<hosts><host><name>h</name><cluster><name>c</name></cluster><status>up</status>
		<version full_version="4.40.35"/><libvirt_version full_version="7.0.0"/></host></hosts></vdc>
	END
	contains "${lines[0]}" "d data-center 4.4 rhv 4.5"
	contains "${lines[1]}" "c cluster     4.5 rhv 4.6"
}

@test "hosts without an agent have the levels of their machine types" {
	inventory add cluster lab >/dev/null
	inventory add host k1 cluster=lab status=up >/dev/null
	inventory set --observed host k1 architecture=x86_64 qemu_version=7.2.22 \
		machine_types="pc-i440fx-7.1 pc-i440fx-7.2 pc pc-q35-7.2 q35 none" >/dev/null
	run_ok compat-level show k1 --noheadings
	output_is "k1 host 7.2 qemu 7.1 7.2 -"
}

@test "features: of a level, of two, of a cluster" {
	run_ok compat-level features 4.6 --noheadings -o name,state
	contains "$output" "tpm" "max_vcpus" "machine_type_q35" "storage_format"
	run_ok compat-level features 4.6 --select 'state=new' --noheadings -o name
	contains "$output" tpm bochs_display
	[[ $output != *incremental_backup* ]]
	run_ok compat-level features --diff 4.5 4.6 --noheadings -o name,state,value --select 'type=limit'
	contains "$output" "max_vcpus" "changed" "710"
	run_ok compat-level features --diff 4.4 4.3 --noheadings --select 'name=tsc_frequency' -o state
	output_is gone
	run_ok compat-level features 6.8 --family hci --noheadings --select type=feature -o name,state
	contains "$output" l3_cache disk_space_reclamation new
	site 4.5
	run_ok compat-level features --of prod --noheadings --select 'name=tpm || name=incremental_backup' \
		-o name,state --sort name
	output_is "incremental_backup open"$'\n'"tpm                closed"
	run_fail 2 compat-level features 4.1
	contains "$stderr" "rhv, qemu" --family
	run_fail 2 compat-level features 9.9
	run_fail 2 compat-level features 4.5 --family vmware
	run_fail 2 compat-level features --family vmware
	run_fail 2 compat-level features four
	run_fail 2 compat-level features --diff 4.5
	run_fail 3 compat-level features --of nowhere
}

@test "check says all at once, and blockers make exit code 1" {
	site 4.5
	host_runs h1 4.7
	inventory add vm web1 cluster=prod type=server bios_type=q35_ovmf >/dev/null
	inventory add nic nic1 vm=web1 interface=virtio >/dev/null
	inventory set --observed vm web1 status=up host=h1 running_machine_type=pc-q35-rhel8.3.0 \
		machine_type=pc-q35-rhel8.3.0 >/dev/null
	dump >before
	run_fail 1 compat-level check prod --to 4.6
	contains "$output" HOST_LEVEL_TOO_LOW h2 VM_PENDING VM_NIC_RENUMBERED VM_DISPLAY_BOCHS
	run_fail 1 compat-level check prod --to 4.6 --select severity=error --noheadings -o code,object
	output_is "HOST_LEVEL_TOO_LOW h2"
	host_runs h2 4.7
	run_ok compat-level check prod --to 4.6 --json
	[ "$(jq '[.findings[] | select(.severity == "error")] | length' <<<"$output")" -eq 0 ]
	inventory set vm web1 custom_emulated_machine=pc-q35-rhel8.3.0 >/dev/null
	run_ok compat-level check prod --to 4.6 --noheadings -o code
	[[ $output != *VM_NIC_RENUMBERED* ]]
}

@test "check --qemu finds machine types that are going to be removed" {
	local bad

	inventory add cluster lab version=7.2 level_family=qemu >/dev/null
	inventory add host k1 cluster=lab status=up >/dev/null
	inventory set --observed host k1 architecture=x86_64 qemu_version=7.2.22 \
		machine_types="pc-q35-7.2 pc-i440fx-7.2 pc-i440fx-2.12" >/dev/null
	inventory add vm old cluster=lab >/dev/null
	inventory set --observed vm old machine_type=pc-i440fx-2.12 >/dev/null
	run_ok compat-level check lab --qemu 9.2
	[[ $output != *VM_MACHINE_REMOVED* ]]
	run_fail 1 compat-level check lab --qemu 10.0
	contains "$output" VM_MACHINE_REMOVED old
	run_fail 1 compat-level check lab --qemu 1:10.0.2+ds-2~bpo12
	for bad in new 10x 10. qemu-10 10.0rc1 0; do
		run_fail 2 compat-level check lab --qemu "$bad"
		contains "$stderr" "'$bad' is not a version"
	done
	run_fail 2 compat-level check lab
	contains "$stderr" "--to LEVEL"
}

@test "raise: what is off has the level, what runs is pending, one transaction with its events" {
	site 4.4
	host_runs h1 4.5
	host_runs h2 4.5
	inventory add vm off cluster=prod >/dev/null
	inventory add vm own cluster=prod custom_compatibility_version=4.3 >/dev/null
	inventory add vm run cluster=prod >/dev/null
	inventory set --observed vm run status=up host=h1 machine_type=pc-q35-rhel8.1.0 \
		running_machine_type=pc-q35-rhel8.1.0 >/dev/null
	dump >before
	run_ok compat-level raise prod --dry-run
	contains "$output" "would have raised cluster prod from 4.4 to 4.5"
	dump | diff before -
	refused 4 "give --yes" -- compat-level raise prod
	run_ok compat-level raise prod --yes --json
	[ "$(jq -r '.vm_changes[] | "\(.name) \(.effect)"' <<<"$output" | sort | tr '\n' ';')" = \
		"off now;own own_level;run pending;" ]
	run_ok compat-level vm list --noheadings -o name,level,running_level,behind --sort name
	output_is "off 4.5 4.5 -"$'\n'"own 4.3 4.3 own_level"$'\n'"run 4.5 4.4 pending"
	run_ok compat-level vm list --pending --noheadings -o name
	output_is run
	run_ok compat-level vm list --count --noheadings
	contains "$output" "prod 4.5 3"
	run_ok events list --noheadings -o type
	contains "$output" cluster_level_raised vm_level_pending
	run_ok events list vm run --noheadings -o type
	contains "$output" vm_level_pending
	refused 2 "is not higher" -- compat-level raise prod --to 4.5 --yes
	refused 4 "no higher level" -- compat-level raise prod --yes
}

@test "lower: without hosts, and not below the data centre" {
	site 4.5
	refused 2 "below 4.5" -- compat-level lower prod --to 4.4
	compat-level lower dc1 --to 4.4 >/dev/null
	refused 4 hosts -- compat-level lower prod --to 4.4
	inventory remove --yes host h1 h2 >/dev/null
	run_ok compat-level lower prod --to 4.4 --dry-run
	run_ok compat-level lower prod --to 4.4
	output_is "lowered cluster prod from 4.5 to 4.4"
	run_ok events list --noheadings -o type
	contains "$output" data_center_level_lowered cluster_level_lowered
	refused 2 "--to" -- compat-level lower prod
}

@test "vm set: a level and a machine type of its own" {
	site 4.5
	host_runs h1 4.7
	inventory add vm v cluster=prod >/dev/null
	inventory set --observed host h1 machine_types="pc-q35-rhel8.3.0 pc-q35-rhel8.6.0" >/dev/null
	inventory set --observed vm v status=up host=h1 machine_type=pc-q35-rhel8.3.0 \
		running_machine_type=pc-q35-rhel8.3.0 >/dev/null
	run_ok compat-level vm set v --level 4.6
	contains "$output" "v has level 4.6 of its own" "until its next cold boot"
	run_ok compat-level vm list --noheadings -o name,level,running_level,custom_compatibility_version
	output_is "v 4.6 4.5 4.6"
	run_ok compat-level vm set v --level none --machine current
	run_ok compat-level vm list --noheadings -o name,level,custom_emulated_machine
	output_is "v 4.5 pc-q35-rhel8.3.0"
	run_ok events list vm v --noheadings -o description --select type=vm_level_set
	contains "$output" "v is pinned to machine type pc-q35-rhel8.3.0"
	run_ok compat-level vm set v --machine none
	refused 4 "no host of cluster prod runs level 4.8" -- compat-level vm set v --level 4.8
	refused 4 "offers machine type pc-q35-rhel9.9.0" -- \
		compat-level vm set v --machine pc-q35-rhel9.9.0
	refused 2 "no level 9.9" -- compat-level vm set v --level 9.9
	refused 2 "what is to be set" -- compat-level vm set v
	refused 3 "x" -- compat-level vm set x --level 4.5
	dump >before
	run_ok compat-level vm set v --level 4.6 --dry-run
	dump | diff before -
}

@test "vm set --machine: what libvirt has is changed with it, or it says what is not" {
	local host

	site 4.5
	host_runs h1 4.7
	inventory add vm v cluster=prod >/dev/null
	inventory set --observed host h1 machine_types="pc-q35-rhel8.3.0 pc-q35-rhel8.6.0 pc-i440fx-rhel7.6.0" >/dev/null
	inventory set --observed vm v status=down machine_type=pc-q35-rhel8.3.0 \
		domain_xml="<domain/>" >/dev/null
	dump >before
	refused 4 "another chipset than pc-q35-rhel8.3.0" -- \
		compat-level vm set v --machine pc-i440fx-rhel7.6.0
	inventory set --observed vm v compatibility_mode=true >/dev/null
	refused 4 "compat-level vm upgrade" -- compat-level vm set v --machine pc-q35-rhel8.6.0
	inventory set --observed vm v compatibility_mode=false >/dev/null
	run_ok compat-level vm set v --machine pc-q35-rhel8.6.0 --dry-run
	contains "$output" "its definition in libvirt has it, too"
	for host in $(inventory list host --noheadings -o name); do
		inventory set host "$host" --observed status=non_responsive >/dev/null
	done
	run_fail 6 compat-level vm set v --machine pc-q35-rhel8.6.0
	contains "$stderr" "its definition in libvirt has not: no host of its cluster that is up"
	run_ok compat-level vm list --noheadings -o name,custom_emulated_machine
	output_is "v pc-q35-rhel8.6.0"
	run_ok compat-level vm set v --machine none
	contains "$output" "with pc-q35-rhel8.3.0 stays as it is"
}

@test "bad input: exit codes of the table, nothing changed" {
	site 4.5
	inventory add cluster odd version=1.0 level_family=acme >/dev/null
	refused 2 "acme" -- compat-level check odd --to 2.0
	refused 2 "acme" -- compat-level raise odd --to 2.0 --yes
	inventory remove --yes cluster odd >/dev/null
	refused 2 "no level 9.9" -- compat-level raise prod --to 9.9 --yes
	refused 2 "no level 9.9" -- compat-level check prod --to 9.9
	refused 2 "not a level" -- compat-level raise prod --to high --yes
	refused 2 "below" -- compat-level check prod --to 4.4
	refused 3 "'prdo'; did you mean prod?" -- compat-level raise prdo --yes
	refused 4 "" -- compat-level raise dc1 --to 4.6 --yes
}

@test "a cluster without hosts" {
	inventory add cluster empty version=4.4 level_family=rhv >/dev/null
	run_ok compat-level check empty --to 4.8
	contains "$output" CLUSTER_WITHOUT_HOSTS
	run_ok compat-level raise empty --to 4.8 --yes
}

@test "a catalogue with a slip stops everything, and says where" {
	site 4.5
	mkdir levels.d
	sed 's/storage_format="v5"/storage_fromat="v5"/' "$VDC_LEVELS_DIR/10-rhv.xml" >levels.d/rhv.xml
	export VDC_LEVELS_DIR=$PWD/levels.d
	refused 2 "levels.d/rhv.xml:" -- compat-level show
	contains "$stderr" "storage_fromat" "did you mean storage_format?"
	refused 2 "levels.d/rhv.xml:" -- compat-level raise prod --yes
	VDC_LEVELS_DIR=$PWD/nowhere
	refused 2 nowhere -- compat-level show
}

@test "a site adds a family" {
	mkdir levels.d
	cp "$VDC_LEVELS_DIR"/*.xml levels.d
	awk '/^[.]Ed/ { inside = 0 } inside; /^[.]Bd -literal/ { inside = 1 }' \
		"$VDC_TEST_SRC/man/vdc-levels.5" >levels.d/90-site.xml
	export VDC_LEVELS_DIR=$PWD/levels.d
	inventory add cluster c level_family=acme version=1.0 >/dev/null
	inventory add host h cluster=c status=up >/dev/null
	inventory set --observed host h agent_version=2.5 libvirt_version=10.1.0 >/dev/null
	run_ok compat-level show h --noheadings
	output_is "h host 2.0 acme 1.0 2.0 -"
	run_ok compat-level raise c --yes
	contains "$output" "from 1.0 to 2.0"
}

# Level 2.0 has no machine type for i440fx.
family_without_i440fx() {
	mkdir levels.d
	cat >levels.d/f.xml <<-END
		<levels version="1"><family name="f" title="F">
		<level version="1.0"><host agent_from="1"/>
		<machine architecture="x86_64" chipset="i440fx" name="pc-i440fx-7.2"/>
		<machine architecture="x86_64" chipset="q35" name="pc-q35-7.2"/></level>
		<level version="2.0"><host agent_from="2"/>
		<machine architecture="x86_64" chipset="q35" name="pc-q35-8.2"/></level>
		</family></levels>
	END
	export VDC_LEVELS_DIR=$PWD/levels.d
}

@test "a VM that cannot follow keeps the old level; with --strict nothing changes" {
	family_without_i440fx
	inventory add cluster c version=1.0 level_family=f cpu_architecture=x86_64 >/dev/null
	inventory add host h cluster=c status=up >/dev/null
	inventory set --observed host h agent_version=2.1 >/dev/null
	inventory add vm pc cluster=c >/dev/null
	inventory add vm q35 cluster=c >/dev/null
	inventory set --observed vm pc machine_type=pc-i440fx-7.2 >/dev/null
	inventory set --observed vm q35 machine_type=pc-q35-7.2 >/dev/null
	refused 4 "VM pc cannot follow" -- compat-level raise c --strict --yes
	run_ok compat-level raise c --yes
	contains "$output" "pc   refused" "q35  now" pc-q35-8.2
	run_ok compat-level vm list --noheadings -o name,level,behind
	output_is "pc  1.0 own_level"$'\n'"q35 2.0 -"
	run_ok events list vm pc --noheadings -o type
	contains "$output" vm_level_refused
}

@test "what a level does not have is refused with feature and level" {
	run_ok inventory add cluster old level_family=rhv version=4.3
	run_fail 4 inventory set cluster old migration_encrypted=yes
	[[ $stderr == *"encrypted_migration comes with level 4.4; cluster old is at 4.3"* ]]
	run_fail 4 inventory add vm v1 cluster=old cpu_pinning_policy=dedicated
	[[ $stderr == *"dedicated_cpu_pinning comes with level 4.7"* ]]
	run_fail 3 inventory show vm v1
	run_ok inventory add vm v1 cluster=old
	run_fail 4 inventory set vm v1 cpu_pinning_policy=dedicated
	run_ok inventory set vm v1 custom_compatibility_version=4.7
	run_ok inventory set vm v1 cpu_pinning_policy=dedicated
	run_ok inventory set cluster old migration_encrypted=no
	run_ok inventory set cluster old version=4.4
	run_ok inventory set cluster old migration_encrypted=yes
}
