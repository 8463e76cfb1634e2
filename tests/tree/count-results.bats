# The last line of ./bootstrap check.
load ../lib/common

setup() {
	common_setup
	count=$VDC_TEST_SRC/tools/count-results
	mkdir notes
}

note() {
	printf ':test-result: %s\n' "${@:2}" >"notes/$1.trs"
}

@test "passed and skipped tests are counted" {
	note a "PASS 1 one" "PASS 2 two" "SKIP 3 three # SKIP needs root"
	note b "SKIP # SKIP no lab"
	run_ok "$count" notes
	output_is "2 passed, 0 failed, 2 skipped"
}

@test "a failed test counts once, though its file is an error too" {
	note a "PASS 1 one" "FAIL 2 two" "ERROR - exited with status 1"
	run_fail 1 "$count" notes
	output_is "1 passed, 1 failed, 0 skipped"
}

@test "a file that ends badly without a failed test counts" {
	note a "PASS 1 one" "ERROR - exited with status 23"
	note b "FAIL 1 one"
	run_fail 1 "$count" notes
	output_is "1 passed, 2 failed, 0 skipped"
}

@test "a file that was cut off counts" {
	note a "FAIL 1 one" "ERROR - too few tests run (expected 5, got 1)" \
		"ERROR - exited with status 124 (terminated by signal 15?)"
	run_fail 1 "$count" notes
	output_is "0 passed, 2 failed, 0 skipped"
}

@test "a failure outside of the tests is a failure" {
	note a "PASS 1 one"
	run_fail 1 "$count" notes 1
	output_is "1 passed, 1 failed, 0 skipped"
}
