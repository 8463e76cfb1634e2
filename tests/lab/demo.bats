# time limit: 500 s
# The demonstration of the README: it comes up, shows what it promises, and leaves nothing behind.
load ../lib/common

setup_file() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

setup() {
	common_setup
	export VDC_BUILD=$VDC_TEST_BUILD VDC_DEMO_LAB=demo-test
	export VDC_DEMO_STATE=/var/tmp/vdc-demo-test
	export VDC_TEST_COMMAND_LIMIT=400
}

teardown() {
	"$VDC_TEST_SRC/tests/lab/demo" --down >/dev/null
	common_teardown
}

# What a demonstration may leave: processes that name its folders, mounts, links, its folders.
traces() {
	grep -lazE 'demo-test' /proc/[0-9]*/environ 2>/dev/null | grep -v "/$$/" | grep -v /self/ || :
	grep demo-test /proc/mounts || :
	ls -d /var/tmp/vdc-demo-test /var/tmp/vdc-lab/demo-test 2>/dev/null || :
}

@test "three hosts, a VM that moves, the same inventory from two machines; then nothing" {
	run_ok "$VDC_TEST_SRC/tests/lab/demo"
	contains "$output" "VM guest1 moved from host host1 to host host2" "imported 4 vms"
	# The last table is host1's own view over the network, through PostgreSQL.
	[ "$(grep -cE '^host[123] +prod +.* up ' <<<"$output")" -ge 6 ]
	contains "$output" "Next" "demo --down"
	run_ok "$VDC_TEST_SRC/tests/lab/demo" --down
	unset VDC_DEMO_LAB VDC_DEMO_STATE
	run traces
	output_is ""
}

@test "without root: the test driver, and what it cannot show" {
	local home as_nobody

	home=$(mktemp -d /tmp/vdc-demo.XXXXXX)
	chown nobody "$home"
	as_nobody=(env HOME="$home" VDC_DEMO_STATE="$home/demo"
		setpriv --reuid=nobody --regid=nogroup --clear-groups)
	if ! "${as_nobody[@]}" test -r "$VDC_TEST_BUILD/lib/.libs/libvdc.so"; then
		rm -r "$home"
		skip "nobody may not read the build folder"
	fi
	run_ok "${as_nobody[@]}" "$VDC_TEST_SRC/tests/lab/demo"
	contains "$output" "test:///default" "Not shown without root" "./bootstrap demo --down"
	run_ok "${as_nobody[@]}" "$VDC_TEST_SRC/tests/lab/demo" --down
	[ ! -e "$home/demo" ]
	rm -r "$home"
}
