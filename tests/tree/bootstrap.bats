# The first command that a newcomer types.
load ../lib/common

setup() {
	common_setup
	bootstrap=$VDC_TEST_SRC/bootstrap
}

@test "help names every verb" {
	run_ok "$bootstrap" help
	contains "$output" deps build check demo "demo --down"
	run_ok "$bootstrap"
	contains "$output" "Usage: ./bootstrap VERB"
}

@test "an unknown verb or argument is a usage error" {
	local arguments

	for arguments in frobnicate "check now" "demo --up"; do
		# shellcheck disable=SC2086
		run_fail 2 "$bootstrap" $arguments
		contains "$stderr" "Usage: ./bootstrap VERB"
		output_is ""
	done
}

@test "deps is quick when nothing is missing" {
	mkdir -p tree/tools
	cp "$VDC_TEST_SRC"/bootstrap tree/
	cp "$VDC_TEST_SRC"/tools/packages tree/tools/
	printf 'build bash\n' >tree/packages
	command -v dpkg-query >/dev/null || skip "no Debian"
	run_ok timeout 3 tree/bootstrap deps
	output_is ""
}
