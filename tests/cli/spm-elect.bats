# spm-elect as far as it goes where no sanlock runs: what it refuses, and what it says then.
# shellcheck shell=bash disable=SC2154
load ../lib/common

DOMAIN=c277ad93-0973-43d9-a0ca-22199bc8e801

setup() {
	common_setup
	export VDC_CONF=$PWD/vdc.conf
	printf '%s\n' "lockspaces = $PWD/state/lockspaces.json" "spm-directory = $PWD/run" >"$VDC_CONF"
	document >spaces.json
}

teardown() {
	common_teardown
}

# document [MEMBER]: with that in the place of what has the same name
document() {
	local all='"name":"data","host_id":1,"sanlock_name":"h","block_size":512,"alignment":1048576,"io_timeout":2,"master":true'

	printf '{"lockspaces":[{"id":"%s","place":{"ids":"%s/d/ids","leases":"%s/d/leases"},%s%s}]}\n' \
		"$DOMAIN" "$PWD" "$PWD" "$all" "${1:+,$1}"
}

@test "it works on this host alone, and says so" {
	run_fail 2 spm-elect join
	contains "$stderr" "or --local"
	run_fail 2 spm-elect init --local
	contains "$stderr" "--from"
	run_ok spm-elect status --local
	output_is ""
	run_ok spm-elect join --local
	contains "$stderr" "knows no lockspace"
}

@test "bad documents change nothing" {
	local member

	for member in '"block_size":1024' '"alignment":2097152' '"host_id":0' '"host_id":2001' \
		'"io_timeout":0' '"place":{"ids":"relative","leases":"/x"}'; do
		document | sed 's/"place":{[^}]*},//' >bad.json
		document "$member" >bad.json
		run_fail 2 spm-elect join --local --from bad.json
	done
	echo '{"lockspaces":[{"id":"x"}]}' >bad.json
	run_fail 2 spm-elect join --local --from bad.json
	document | head -c 40 >bad.json
	run_fail 2 spm-elect join --local --from bad.json
	run_fail 3 spm-elect join --local --from nothing.json
	[ ! -e state/lockspaces.json ]
}

@test "an area is made only where a storage domain has it" {
	document '"place":{"ids":"/x/ids","leases":"/x/others"}' | sed 's/"place":{[^}]*},//' >bad.json
	run_fail 2 spm-elect init --local --from bad.json
	contains "$stderr" "are not those of a storage domain"
	document '"place":{"ids":"/ids","leases":"/leases"}' | sed 's/"place":{[^}]*},//' >bad.json
	run_fail 2 spm-elect init --local --from bad.json
	document '"place":{"ids":"/dev/vg/ids","leases":"/dev/vg/leases","volume_group":"a b"},"storage_format":"v5"' |
		sed 's/"place":{[^}]*},//' >bad.json
	run_fail 2 spm-elect init --local --from bad.json
	contains "$stderr" "a name of LVM"
	run_fail 2 spm-elect init --local --dry-run --from spaces.json
	document '"place":{"ids":"/nowhere/x/dom_md/ids","leases":"/nowhere/x/dom_md/leases"}' |
		sed 's/"place":{[^}]*},//' >bad.json
	run_fail 3 spm-elect init --local --from bad.json
	contains "$stderr" "is storage domain data mounted here?"
}

@test "what a host is told it keeps, once" {
	run_ok spm-elect join --local --dry-run --from spaces.json
	[ ! -e state/lockspaces.json ]
	run spm-elect join --local --from spaces.json
	[ "$status" -ne 0 ]
	[ "$(jq -r '.lockspaces | length' state/lockspaces.json)" = 1 ]
	sed 's/"master":true/"master":false/' spaces.json >other.json
	run spm-elect join --local --from other.json
	[ "$(jq -r '.lockspaces | length' state/lockspaces.json)" = 1 ]
	[ "$(jq -r '.lockspaces[0].master' state/lockspaces.json)" = false ]
	run_fail 3 spm-elect start --local
	contains "$stderr" "knows no master domain"
	run_fail 3 spm-elect start --local nowhere
	run_fail 2 spm-elect start --local data
	contains "$stderr" "is no master"
}

@test "without sanlock it says how to start it" {
	[ ! -S /run/sanlock/sanlock.sock ] || skip "sanlock runs here"
	run_fail 6 spm-elect join --local --from spaces.json
	contains "$output" "systemctl start sanlock"
	run_fail 1 spm-elect status --local
	run_fail 6 spm-elect start --local
	contains "$stderr" "sanlock does not run"
	run_ok spm-elect stop --local
}
