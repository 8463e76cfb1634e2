# fence soft on hosts that are none: what is restarted, what is left alone, how it fails.
# shellcheck shell=bash disable=SC2154,SC2016
load ../lib/common
load ../lib/fake-host

setup() {
	common_setup
	new_database
	export VDC_CONF=$PWD/vdc.conf VDC_TEST_SRC
	printf '%s\n' 'fence.soft-timeout = 1s' 'host-refresh = 1s' 'connect-timeout = 20s' >vdc.conf
	seed_cluster >/dev/null
	fake_shell
	for host in h1 h2; do
		fake_systemd $host.invalid
		hang $host
	done
}

teardown() {
	common_teardown
}

# hang HOST: its libvirt does not answer, until somebody restarts what it thinks it has
hang() {
	rm -f "fake/$1.invalid/node.xml"
	inventory set host "$1" libvirt_uri="test://$PWD/fake/$1.invalid/node.xml" \
		rsh_address="$1.invalid" >/dev/null
}

units() { # HOST NAME=STATE...
	local host=$1 one
	shift

	rm -f "fake/$host.invalid/units"/*
	for one; do
		case ${one#*=} in
		enabled) : >"fake/$host.invalid/units/${one%=*}.enabled" ;;
		*) echo "${one#*=}" >"fake/$host.invalid/units/${one%=*}" ;;
		esac
	done
}

restarts_are() { # HOST TEXT
	[ "$(fence soft --dry-run "$1" --noheadings --output agent 2>/dev/null | sed 's/ *$//')" = "$2" ]
}

no_restart() {
	! grep -qsh restart fake/*/log || fail "something was restarted"
}

@test "what runs there is restarted, and nothing else" {
	units h1
	restarts_are h1 libvirtd
	units h1 libvirtd.service=active virtqemud.service=inactive virtqemud.socket=inactive
	restarts_are h1 libvirtd
	units h1 libvirtd.socket=active
	restarts_are h1 libvirtd
	units h1 virtqemud.socket=active virtproxyd.service=inactive virtproxyd.socket=active
	restarts_are h1 virtqemud
	units h1 virtqemud.service=active virtproxyd.service=active virtsecretd.service=failed \
		virtlogd.service=active
	restarts_are h1 "virtqemud virtproxyd virtsecretd virtsecretd.socket"
	units h1 virtqemud.socket=enabled
	restarts_are h1 virtqemud
	units h1 libvirtd.service=enabled virtqemud.socket=enabled
	restarts_are h1 libvirtd
	units h1 libvirtd.service=active vdsmd.service=failed
	restarts_are h1 libvirtd
	units h1 libvirtd.service=active vdsmd.service=failed vdsmd.service=enabled
	restarts_are h1 "libvirtd vdsmd"
	no_restart
	run_ok inventory list job --noheadings
	output_is ""
	run_ok fence history --noheadings
	output_is ""
}

@test "a host that hangs answers again" {
	run_ok fence soft h1 h2 --reason "it hung"
	contains "$output" "h1 " "h2 " soft success libvirtd
	run_ok grep -c "^restart libvirtd.service" fake/h1.invalid/log
	output_is 1
	run_ok fence history h1 --json
	[ "$(jq -r '.fence_history[0] | [.fence_type, .result, .agent, .reason, .host.name] | join(" ")' \
		<<<"$output")" = "soft success libvirtd it hung h1" ]
	run_ok events list --json
	[ "$(jq '[.events[] | select(.type == "host_soft_fenced")] | length' <<<"$output")" -eq 2 ]
	run_ok inventory list job --noheadings --output action,status
	contains "$output" "fence-soft finished"
}

@test "one that answers is left alone, unless --yes says otherwise" {
	cp "$VDC_TEST_SRC/tests/data/libvirt/node.xml" fake/h1.invalid/
	run_fail 4 fence soft h1
	contains "$output" "skipped" "it answers"
	run_fail 4 fence soft --dry-run h1
	no_restart
	run_fail 8 fence soft h1 h2
	run_ok fence soft --yes h1
	run_ok grep -c "^restart" fake/h1.invalid/log
	output_is 1
}

@test "one that does not end is killed, alone" {
	: >fake/h1.invalid/hangs
	run_ok fence soft h1
	run_ok grep -v is- fake/h1.invalid/log
	output_is "reset-failed libvirtd.service
restart libvirtd.service
kill -s KILL --kill-who=main libvirtd.service
start libvirtd.service"
}

@test "how it fails" {
	: >fake/h1.invalid/broken
	run_fail 1 fence soft h1
	contains "$output" failed "libvirtd cannot be restarted: Job for libvirtd.service failed."
	run_ok events list --json
	[ "$(jq -r '.events[-1].type' <<<"$output")" = host_soft_fence_failed ]

	fake_program h2.invalid systemctl <<<'true'
	run_fail 1 fence soft h2 --json
	[ "$(jq -r '.fence_history[0].result' <<<"$output")" = failed ]
	contains "$output" "was restarted, and it does not answer"

	: >fake/h2.invalid/denied
	run_fail 7 fence soft h2
	contains "$output" "Permission denied"
	rm -r fake/h2.invalid
	run_fail 6 fence soft h2
	contains "$output" "No route to host"
	run_fail 3 fence soft h9
	run_fail 2 fence soft
	run_ok fence soft - <<<'{"hosts": []}'
	inventory set host h2 rsh_address= >/dev/null
	run_fail 1 fence soft h2
	contains "$output" "it has no remote shell"
}

@test "an answer that is none" {
	fake_program h1.invalid systemctl <<<'echo "unit ; rm -rf /"; head -c 100000 /dev/zero; exit 1'
	run_fail 1 fence soft h1
	contains "$output" failed
	fake_program h1.invalid sh <<<'echo "unit libvirtd"'
	run_fail 1 fence soft h1
	contains "$output" "not complete"
	fake_program h1.invalid sh <<<'yes'
	run_fail 1 fence soft h1
}

@test "what a dead process left behind is closed" {
	fake_program h1.invalid systemctl <<<'[ "$1" != restart ] || { : >"$FAKE_HOST/begun"; exec sleep 60; }'
	fence soft h1 >/dev/null 2>&1 3>&- &
	until [ -e fake/h1.invalid/begun ]; do sleep 0.1; done
	run_fail 8 fence soft h1 h2
	contains "$output" skipped "does that already"
	kill -KILL $!
	wait $! || :
	export VDC_CONF=$PWD/short.conf
	printf 'job-lease = 2s\n' | cat vdc.conf - >short.conf
	fake_systemd h1.invalid
	run_ok eventually fence soft h1
	run_ok fence history h1 --noheadings --output result
	contains "$output" unknown success
}

# eventually COMMAND...: until the lease of the dead one is over
eventually() {
	local n

	for ((n = 0; n < 60; n++)); do
		"$@" && return
		sleep 0.5
	done
	return 1
}
