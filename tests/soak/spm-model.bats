# time limit: 14400 s
# The larger searches of tests/model/spm.pml, each in less than 1 GB of memory.
load ../lib/common

setup() {
	common_setup
	command -v spin >/dev/null || skip "spin is not installed"
	model=$VDC_TEST_SRC/tests/model/spm.pml
	export VDC_TEST_COMMAND_LIMIT=3600 VDC_SPIN_OPTIMIZE=2
}

explored() {
	run_ok "$VDC_TEST_SRC/tests/model/run-spin" "$model" "$@"
	echo "# $output" >&3
	contains "$output" " states, "
}

@test "two mishaps" {
	explored ELECTIONS=1 FAULTS=2 TAKES=3
}

@test "three hosts" {
	explored HOSTS=3 ELECTIONS=1 FAULTS=1
}

@test "two elections that look slowly, and one mishap" {
	explored ELECTIONS=2 FAULTS=1 SLOW_LOOK
}

@test "two elections, and two mishaps" {
	explored ELECTIONS=2 FAULTS=2
}

@test "three mishaps" {
	explored ELECTIONS=1 FAULTS=3
}

@test "two slow elections over hosts whose clocks stand still while they are frozen" {
	explored ELECTIONS=2 FAULTS=1 SLOW_LOOK STOPPED_CLOCKS
}
