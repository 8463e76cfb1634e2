# lv-extend as far as it goes where no guest runs.
# shellcheck shell=bash disable=SC2154
load ../lib/common

setup() {
	common_setup
	new_database
	inventory init >/dev/null
	inventory add data-center dc >/dev/null
	inventory add cluster c data_center=dc >/dev/null
	inventory add host h cluster=c libvirt_uri=test:///default >/dev/null
}

teardown() {
	common_teardown
}

@test "where nothing is thin nothing is found" {
	inventory sync --all >/dev/null
	run_ok lv-extend check --over 100ms
	output_is ""
	run_ok lv-extend check h test --over 100ms --json
	output_is '{"vdc":{"version":1}}'
}

@test "what is no name, or too many, is refused" {
	run_fail 3 lv-extend check g
	contains "$stderr" "'g'"
	inventory add storage-domain h data_center=dc >/dev/null
	run_fail 2 lv-extend check h
	contains "$stderr" "several things"
	run_fail 2 lv-extend check --over 10ms
	contains "$stderr" "--over"
}
