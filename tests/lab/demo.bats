# time limit: 600 s
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

# fact TEXT: the number that the demonstration printed after it
fact() { sed -n "s/^ *$1: \([0-9]*\).*/\1/p" <<<"$output"; }

all_upgraded() {
	[ "$(grep -cE '^host[123] +up +11\..* 10\.' <<<"$output")" = 3 ]
	contains "$output" "boot ids unchanged: 9 of 9"
	[ "$(fact 'ticks lost')" = 0 ]
	[ "$(fact 'writes lost')" = 0 ]
	# All leave their host, and those of the first wave leave the next one as well.
	[ "$(fact 'live migrations')" -ge 11 ]
	[ "$(fact waves)" = 3 ]
	[ -n "$(fact 'the longest time without an answer to a ping')" ]
}

# bats test_tags=long
@test "three hosts seen from two machines, upgraded under nine guests; then nothing" {
	run_ok "$VDC_TEST_SRC/tests/lab/demo"
	contains "$output" "VM guest1 moved from host host1 to host host2" "imported 9 vms"
	# host1's own view over the network, through PostgreSQL
	[ "$(grep -cE '^host[123] +prod +.* up +9\.' <<<"$output")" = 3 ]
	contains "$output" "Next" "demo --down"
	[[ $output == *"cannot be had"* ]] || all_upgraded
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
