# The generator of damages notices each class of findings, and each place that makes one, when it is away.
# shellcheck disable=SC2154 # output
load ../lib/common

setup() {
	common_setup
}

teardown() {
	common_teardown
}

# bats test_tags=long
@test "no class of findings can be taken away unseen" {
	VDC_TEST_COMMAND_LIMIT=900 run_ok "$VDC_TEST_SRC/tests/helpers/image-mutants"
	contains "$output" " mutants, 0 alive"
}
