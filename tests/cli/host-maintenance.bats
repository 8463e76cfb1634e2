# host-maintenance as far as it goes without a hypervisor: what would become of VMs, what is refused, and
# hosts of libvirt's test driver, which have no VMs.
# shellcheck shell=bash disable=SC2154
load ../lib/common

setup() {
	common_setup
	new_database
	{
		seed_cluster
		add_vm web h1
		add_vm db h1
		inventory set vm web eviction_strategy=live_migrate
		inventory set vm db eviction_strategy=none run_strategy=always
	} >/dev/null
}

teardown() {
	common_teardown
}

# empty HOST: its libvirt is the test driver's, without a VM, and of no level
empty() {
	inventory set cluster c level_family= version=
	sed '/<domain/,/<\/domain>/d' "$VDC_TEST_SRC/tests/data/libvirt/node.xml" >"$PWD/node.xml"
	inventory set host "$1" libvirt_uri="test://$PWD/node.xml"
} >/dev/null

status() { inventory list host --select "name=$1" --noheadings --output status | tr -d ' '; }

@test "what would become of every VM, and nothing is done" {
	run_ok host-maintenance enter --dry-run h1
	contains "$output" "VM  FROM ACTION  TO" "db  h1   restart" "web h1   migrate" \
		"no eviction strategy"
	run_ok host-maintenance enter --dry-run h1 --json
	[ "$(jq -r '[.evictions[] | .vm.name + " " + .action] | join(",")' <<<"$output")" = \
		"db restart,web migrate" ]
	run_ok host-maintenance enter --dry-run h1 --xml
	contains "$output" "<evictions>" "<action>restart</action>"
	inventory set vm web eviction_strategy=external >/dev/null
	inventory set vm db run_strategy=halted >/dev/null
	run_fail 4 host-maintenance enter --dry-run h1
	contains "$output" "web h1   blocked" "db  h1   stop"
	contains "$stderr" "VM web blocks the drain of host h1"
	run_ok inventory list job --noheadings
	output_is ""
	[ "$(status h1)" = up ]
}

@test "all that stands against it is named at once" {
	inventory set vm web eviction_strategy=external >/dev/null
	inventory set vm db memory=15G >/dev/null
	inventory set host h2 --observed memory=8G >/dev/null
	inventory set host h3 --observed memory=8G >/dev/null
	inventory set host h1 --observed spm_status=contending >/dev/null
	run_fail 4 refused_is "SPM_CONTENDING h1" "VM_BLOCKS_DRAIN web" "VM_WITHOUT_DESTINATION db"
	run_fail 4 host-maintenance enter h1 --json
	[ "$(jq -r '.findings[0].severity' <<<"$output")" = error ]
	[ "$(status h1)" = up ]
}

# refused_is TEXT...: exactly these, in this order
refused_is() {
	host-maintenance enter h1 --noheadings --output code,object >out
	local code=$?

	diff -u <(printf '%s\n' "$@") <(tr -s ' ' <out | sed 's/ $//') >&2 || return 99
	return $code
}

@test "a storage pool manager needs an heir that stays" {
	inventory set host h1 --observed spm_status=spm >/dev/null
	run_ok host-maintenance enter --dry-run h1
	inventory set host h2 spm_priority=-1 >/dev/null
	run_ok host-maintenance enter --dry-run h1
	inventory set host h3 --observed status=non_operational >/dev/null
	run_fail 4 refused_is "SPM_CANNOT_MOVE h1"
	inventory set host h2 spm_priority=3 >/dev/null
	run_ok host-maintenance enter --dry-run h1
	run_fail 4 host-maintenance enter --dry-run h1 h2
}

@test "highly available VMs keep a host that could take them, or somebody accepts it" {
	inventory set vm web high_availability=true >/dev/null
	run_ok host-maintenance enter --dry-run h1
	run_fail 4 host-maintenance enter --dry-run h1 h2
	contains "$stderr" "VM web is highly available, and no host could take it if host h3 failed"
	run_ok host-maintenance enter --dry-run h1 h2 --no-reserve
}

@test "a status that leaves nothing to do, or does not answer" {
	inventory set host h1 --observed status=maintenance >/dev/null
	run_fail 4 refused_is "HOST_IN_MAINTENANCE h1" # by hand, with VMs
	inventory set host h1 --observed status=non_responsive >/dev/null
	run_fail 4 refused_is "HOST_DOES_NOT_ANSWER h1"
	inventory set host h1 --observed status=installing >/dev/null
	run_fail 4 refused_is "HOST_IS_BUSY h1"
}

@test "an empty host goes and comes back, and tells why it is away" {
	empty h3
	run_ok host-maintenance enter h3 --reason "a new fan" --json
	[ "$(jq -r '.hosts_away[0] | "\(.result) \(.status)"' <<<"$output")" = "done maintenance" ]
	run_ok host-maintenance list
	contains "$output" "h3" "maintenance" "a new fan"
	run_ok host-maintenance list --json
	[ "$(jq -r '.hosts_away | length' <<<"$output")" = 1 ]
	# Once more: it is said, and nothing is done.
	run_ok host-maintenance enter h3 --json
	[ "$(jq -r '.hosts_away[0] | "\(.result) \(.status) \(.reason) \(.job)"' <<<"$output")" = \
		"done maintenance a new fan null" ]
	[ "$stderr" = "host-maintenance: host h3 is in maintenance already" ]
	run_ok host-maintenance enter --dry-run h3
	contains "$stderr" "host h3 is in maintenance already"
	[ "$(inventory list job --noheadings | wc -l)" = 1 ]
	inventory sync h3 >/dev/null
	[ "$(status h3)" = maintenance ]
	run_ok host-maintenance leave --dry-run h3
	[ "$(status h3)" = maintenance ]
	run_ok host-maintenance leave h3
	contains "$output" "done"
	[ "$(status h3)" = up ]
	run_ok host-maintenance list --noheadings
	output_is ""
	run_ok events list host h3
	contains "$output" "host h3 is prepared for maintenance: a new fan" \
		"host h3 is in maintenance: a new fan" "host h3 is up"
	run_ok host-maintenance resume
	output_is ""
}

@test "a host that cannot be reached is not drained, and does not come back" {
	inventory set host h2 libvirt_uri="test:///nowhere.xml" >/dev/null
	run_fail 4 host-maintenance enter h2
	contains "$output" "refused" "it cannot be read"
	[ "$(status h2)" = up ]
	inventory set host h2 libvirt_uri="qemu+tcp://127.0.0.1:1/system" >/dev/null
	run_fail 4 host-maintenance enter h2
	[ "$(grep -o 'Connection refused' <<<"$output" | wc -l)" = 1 ] # why, and once
	inventory set host h2 libvirt_uri="test:///nowhere.xml" >/dev/null
	inventory set host h2 --observed status=maintenance >/dev/null
	run_fail 6 host-maintenance leave h2
	contains "$output" "no_answer"
	[ "$(status h2)" = maintenance ]
}

@test "some go and some do not: exit code 8" {
	empty h3
	inventory set host h2 libvirt_uri="test:///nowhere.xml" >/dev/null
	run_fail 8 host-maintenance enter h2 h3
	[ "$(status h2) $(status h3)" = "up maintenance" ]
	run_fail 8 host-maintenance enter h3 h2 --json
	[ "$(jq -r '[.hosts_away[] | .host.name + " " + .result] | join(",")' <<<"$output")" = \
		"h2 refused,h3 done" ]
}

@test "a system of another major version comes back only under the upgrade policy" {
	empty h3
	inventory set host h3 --observed os_major=13 >/dev/null
	host-maintenance enter h3 >/dev/null
	run_fail 1 host-maintenance leave h3
	contains "$output" "unfit" "its operating system is version 13, that of h"
	[ "$(status h3)" = non_operational ]
	inventory sync h3 >/dev/null || true
	[ "$(status h3)" = non_operational ]
	inventory set cluster c scheduling_policy=in_cluster_upgrade >/dev/null
	run_ok host-maintenance leave h3
	[ "$(status h3)" = up ]
}

@test "a document names hosts" {
	inventory list host --select name=h1 --json | host-maintenance enter --dry-run --json - >out
	[ "$(jq -r '.evictions | length' out)" = 2 ]
	run_fail 2 host-maintenance enter - <<<'<hosts><host>'
	run_fail 3 host-maintenance enter - <<<'{"hosts":[{"name":"nosuch"}]}'
}

@test "bad input is refused" {
	run_fail 2 host-maintenance
	run_fail 2 host-maintenance enter
	run_fail 2 host-maintenance leave
	run_fail 3 host-maintenance enter nosuch
	run_fail 3 host-maintenance leave h1 nosuch
	run_fail 3 host-maintenance resume 11111111-2222-4333-8444-555555555555
	run_fail 2 host-maintenance leave h1 --restore --no-restore
	run_fail 2 host-maintenance enter h1 --restore
	run_fail 2 host-maintenance enter h1 --shutdown-timeout 0s
	run_fail 2 host-maintenance list --force-off
}
