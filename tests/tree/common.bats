# The helpers that all bats files trust.
load ../lib/common

setup() {
	common_setup
}

@test "run_fail tells an exit code from another" {
	run_fail 3 sh -c 'exit 3'
	run ! run_fail 3 sh -c 'exit 4'
	contains "$output" "exit code 4, 3 was expected"
}

@test "run_fail tells a signal from an exit code" {
	run ! run_fail 1 sh -c 'kill -SEGV $$'
	contains "$output" "died of SIGSEGV"
}

@test "run_fail stops what hangs" {
	VDC_TEST_COMMAND_LIMIT=0.2
	run ! run_fail 1 sleep 10
	contains "$output" "was stopped after 0.2 s"
}

@test "a sanitizer's finding is a signal, not an exit code" {
	printf 'int main(int c, char **v) { (void)v; char b[2]; return b[c + 1]; }\n' >bad.c
	gcc -fsanitize=address -o bad bad.c 2>/dev/null || skip "gcc has no ASan here"
	run ! run_fail 1 ./bad
	contains "$output" "died of SIGABRT"
}

@test "the environment of the caller is gone" {
	export VDC_DB=x PGHOST=x VDC_RSH=x
	common_setup
	run_fail 1 printenv VDC_DB PGHOST VDC_RSH
	output_is ""
}
