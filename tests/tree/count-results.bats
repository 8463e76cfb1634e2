# The last line of ./bootstrap check, over what automake's driver really writes.
load ../lib/common

setup() {
	common_setup
	count=$VDC_TEST_SRC/tools/count-results
	mkdir notes
}

# test_file NAME EXIT_CODE LINE...: a test that says these lines, run as make runs it.
test_file() {
	local name=$1 status=$2
	shift 2

	printf '%s\n' "$@" >"$name.tap"
	run_ok "$VDC_TEST_SRC/build-aux/tap-driver.sh" --test-name "$name" \
		--log-file "notes/$name.log" --trs-file "notes/$name.trs" --color-tests no \
		--enable-hard-errors yes --expect-failure no -- \
		sh -c "cat $name.tap; exit $status"
}

@test "passed and skipped tests are counted" {
	test_file a 0 1..3 "ok 1 one" "ok 2 two" "ok 3 three # SKIP needs root"
	test_file b 0 "1..0 # SKIP no lab"
	run_ok "$count" notes
	output_is "2 passed, 0 failed, 2 skipped"
}

@test "a failed test counts once, though its file is an error too" {
	test_file a 1 1..2 "ok 1 one" "not ok 2 two"
	run_fail 1 "$count" notes
	output_is "1 passed, 1 failed, 0 skipped"
}

@test "a file that ends badly without a failed test counts" {
	test_file a 23 1..1 "ok 1 one"
	test_file b 0 1..1 "not ok 1 one"
	run_fail 1 "$count" notes
	output_is "1 passed, 2 failed, 0 skipped"
}

@test "a file that was cut off counts" {
	test_file a 124 1..5 "not ok 1 one"
	run_fail 1 "$count" notes
	output_is "0 passed, 2 failed, 0 skipped"
}

@test "a failure outside of the tests is a failure" {
	test_file a 0 1..1 "ok 1 one"
	run_fail 1 "$count" notes 1
	output_is "1 passed, 1 failed, 0 skipped"
}

@test "no results are counted as none" {
	run_ok "$count" notes
	output_is "0 passed, 0 failed, 0 skipped"
}
