# A release is hardened where the compiler takes it; the developer's build has sanitizers instead.
load ../lib/common

setup() {
	common_setup
	! nm -D "$LD_LIBRARY_PATH/libvdc.so" | grep -q '__asan_init' || skip "built with sanitizers"
}

@test "relocations are read-only and bound at start, and no stack runs" {
	local file

	for file in "$LD_LIBRARY_PATH"/*.so "$VDC_TEST_BUILD"/bin/.libs/*; do
		[ -x "$file" ] || continue
		run_ok readelf -Wdl "$file"
		contains "$output" GNU_RELRO NOW
		run_fail 1 grep -E 'GNU_STACK.* RWE' <<<"$output"
	done
}

@test "programs load at any address" {
	local file

	for file in "$VDC_TEST_BUILD"/bin/.libs/*; do
		[ -x "$file" ] || continue
		run_ok readelf -h "$file"
		contains "$output" "DYN (Position-Independent Executable file)"
	done
}
