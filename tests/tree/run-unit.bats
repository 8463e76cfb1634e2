# How unit tests are run.
load ../lib/common

setup() {
	common_setup
	run=$VDC_TEST_SRC/tests/lib/run-unit
}

@test "a test that skips itself is no failure" {
	run_ok "$run" printf '1..2\nok 1 - one\nnot ok 2 # SKIP two\n'
	output_is "1..2
ok 1 - one
ok 2 # SKIP two"
}

@test "a failure stays one, with its exit code" {
	run_fail 1 "$run" sh -c 'echo "not ok 1 - one"; exit 1'
	output_is "not ok 1 - one"
}

@test "death by a signal is passed on" {
	run_fail 134 "$run" sh -c 'kill -ABRT $$'
}

@test "what hangs is stopped" {
	VDC_TEST_LIMIT=0.2 run_fail 124 "$run" sleep 20
}
