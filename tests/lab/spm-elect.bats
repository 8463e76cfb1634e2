#!/usr/bin/env bats
# time limit: 500 s
# The lease of the storage pool manager on real hosts with real sanlock, I/O time-out 2 s: joining, one
# holder at a time, a version that grows, and what becomes of holder and work when one of them, or
# sanlock, is killed or stopped.
# shellcheck disable=SC2154 # status, output, lines: set by bats' run
load ../lib/common
load ../lib/lab
load ../lib/lab-spm

AREA=/shared/$DOMAIN/dom_md

setup_file() {
	((EUID == 0)) || skip "a lab takes root"
	LAB_DIR=$(dirname "$(readlink -f "$BATS_TEST_FILENAME")")
	export LAB_DIR LAB_NAME=e$$ VDC_LAB=e$$
	"$LAB_DIR/lab" up 2 2>"$BATS_FILE_TMPDIR/up.err" ||
		{ cat "$BATS_FILE_TMPDIR/up.err" >&2; return 1; }
	PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH
	eval "$(lab env 2>/dev/null)"
	lab_install 1 2
	: >"$VDC_LAB_SHARED/witness"
	write_document 1 >"$VDC_LAB_SHARED/host1.json"
	write_document 2 >"$VDC_LAB_SHARED/host2.json"
	lab rsh 1 spm-elect init --local --from /shared/host1.json
	lab rsh 2 spm-elect join --local --from /shared/host2.json >/dev/null &
	lab rsh 1 spm-elect join --local --from /shared/host1.json >/dev/null
	wait $!
}

teardown_file() {
	[ -z "${LAB_NAME:-}" ] || VDC_LAB=$LAB_NAME "$LAB_DIR/lab" down
}

setup() {
	common_setup
	export PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH VDC_LAB=$LAB_NAME
	eval "$(lab env 2>/dev/null)"
}

teardown() {
	lab rsh 1 'pkill -CONT -x sanlock; spm-elect stop --local' >/dev/null 2>&1 || true
	lab rsh 2 'pkill -CONT -x sanlock; spm-elect stop --local' >/dev/null 2>&1 || true
	common_teardown
}

# holder HOST-NUMBER: its process
holder() { lab rsh "$1" "sed -n 's/^pid=//p' /run/vdc/spm/$DOMAIN"; }

field() { # HOST-NUMBER FIELD
	lab rsh "$1" spm-elect status --local --noheadings --output "$2" | tr -d ' '
}

is() { [ "$(field "$1" "$2")" = "$3" ]; } # HOST-NUMBER FIELD VALUE

# Of all lines that were written by whoever was the manager: no version after a higher one.
witness_is_in_order() {
	awk '$2 < last { print "after " last ": " $0; bad = 1 } { last = $2 } END { exit bad }' \
		"$VDC_LAB_SHARED/witness"
}

@test "an area in use is never made anew, nor is anything else written over" {
	run_ok lab rsh 1 spm-elect init --local --from /shared/host1.json
	lab rsh 1 spm-elect start --local >/dev/null
	before=$(lab rsh 1 "sha256sum <$AREA/leases")
	run_ok lab rsh 2 spm-elect init --local --from /shared/host2.json
	[ "$(lab rsh 1 "sha256sum <$AREA/leases")" = "$before" ]
	sed "s/$DOMAIN\"/aaaaaaaa-0973-43d9-a0ca-22199bc8e801\"/" "$VDC_LAB_SHARED/host1.json" \
		>"$VDC_LAB_SHARED/other.json"
	run_fail 4 lab rsh 1 spm-elect init --local --from /shared/other.json
	contains "$stderr" "the lockspace of $DOMAIN" "begin with version 0"
	mkdir -p "$VDC_LAB_SHARED/foreign"
	head -c 2M /dev/urandom >"$VDC_LAB_SHARED/foreign/ids"
	sed "s|$AREA|/shared/foreign|g" "$VDC_LAB_SHARED/host1.json" >"$VDC_LAB_SHARED/foreign.json"
	before=$(sha256sum <"$VDC_LAB_SHARED/foreign/ids")
	run_fail 2 lab rsh 1 spm-elect init --local --from /shared/foreign.json
	contains "$stderr" "something that is no lease"
	[ "$(sha256sum <"$VDC_LAB_SHARED/foreign/ids")" = "$before" ]
}

@test "who joins has its own number and name" {
	write_document 2 1 >"$VDC_LAB_SHARED/taken.json"
	lab rsh 2 spm-elect leave --local >/dev/null
	run_fail 4 lab rsh 2 spm-elect join --local --from /shared/taken.json
	contains "$output" "host id 1 of domain data is taken by $(sanlock_name 1)"
	write_document 2 2 "$(sanlock_name 1)" >"$VDC_LAB_SHARED/name.json"
	run_fail 4 lab rsh 2 spm-elect join --local --from /shared/name.json
	contains "$output" "must run as $(sanlock_name 1)"
	run_ok lab rsh 2 spm-elect join --local --from /shared/host2.json
	run_ok lab rsh 2 spm-elect status --local --json
	[ "$(jq -r '.lockspaces[0] | .state + " " + .spm.role' <<<"$output")" = "joined Free" ]
}

@test "one host at a time, and the version grows" {
	run_ok lab rsh 1 spm-elect start --local
	first=$(field 1 lver)
	run_fail 5 lab rsh 2 spm-elect start --local --timeout 3s
	contains "$stderr" "held by another host"
	is 2 role Free
	is 2 owner_id 1
	run_ok lab rsh 1 spm-elect start --local
	is 1 lver "$first"
	run_ok lab rsh 1 spm-elect status --local
	contains "$stderr" "no watchdog (wdmd) guards this host"
	run_ok lab rsh 2 spm-elect status --local
	[ "$stderr" = "" ]
	run_fail 5 lab rsh 1 spm-elect leave --local
	run_ok lab rsh 1 spm-elect stop --local
	is 1 owner_state free
	run_ok lab rsh 2 spm-elect start --local
	is 2 lver $((first + 1))
	run_ok lab rsh 2 spm-elect stop --local
	run_fail 5 lab rsh 1 spm-elect start --local --lver "$first"
	contains "$stderr" "somebody was faster"
	run_fail 4 lab rsh 1 spm-elect start --local --least-lver 1000
	contains "$stderr" "somebody made it anew"
}

@test "of one host one process holds the lease, however many are started" {
	for _ in 1 2 3 4; do
		lab rsh 1 'spm-elect start --local; spm-elect start --local' >/dev/null 2>&1 &
	done
	wait
	is 1 role SPM
	is 1 owner_id 1
	is 1 held "$(field 1 lver)"
	run_ok lab rsh 1 spm-elect stop --local
	is 2 owner_id 0
}

@test "the lease is not released under work that runs" {
	lab rsh 1 spm-elect start --local --drain-timeout 1s >/dev/null
	lab rsh 1 spm_worker host1 /shared/witness 1000 20 >/dev/null 2>&1 &
	soon 10 grep -q host1 "$VDC_LAB_SHARED/witness"
	run_fail 5 lab rsh 1 spm-elect stop --local
	contains "$stderr" "work under the lease has not ended"
	is 1 role SPM
	lab rsh 1 'pkill -x spm_worker'
	wait $! || true
	run_ok lab rsh 1 spm-elect stop --local
	run_fail 1 lab rsh 1 spm_worker host1 /shared/witness 1
	contains "$stderr" "is not its storage pool manager"
}

# Its like is among the mishaps of spm-dead.bats.
# bats test_tags=long
@test "a holder that is killed or stopped, and sanlock that is stopped" {
	lab rsh 1 spm-elect start --local >/dev/null
	lab rsh 1 spm_worker host1 /shared/witness 100000 20 >/dev/null 2>&1 &
	worker=$!
	soon 10 lab rsh 1 'pgrep -x spm_worker >/dev/null'
	lab rsh 1 "kill -KILL $(holder 1)"
	soon 5 is 2 owner_state free
	wait $worker && fail "the worker ended well"
	run_ok lab rsh 2 spm-elect start --local
	lab rsh 2 spm_worker host2 /shared/witness 100000 20 >/dev/null 2>&1 &
	worker=$!
	soon 10 grep -q host2 "$VDC_LAB_SHARED/witness"
	# a stopped holder still has its lease: sanlock renews it
	pid=$(holder 2)
	lab rsh 2 "kill -STOP $pid"
	run_fail 5 lab rsh 1 spm-elect start --local --timeout 2s
	contains "$stderr" "its lease was not to be had in time"
	lab rsh 2 "kill -CONT $pid"
	is 2 role SPM
	# nobody renews: the dead-man asks, and kills within 6 time-outs, before others may take it
	lab rsh 2 'pkill -STOP -x sanlock'
	soon 20 lab rsh 2 "! kill -0 $pid 2>/dev/null"
	wait $worker && fail "the worker ended well"
	run_fail 1 lab rsh 2 'pgrep -x spm_worker'
	run_fail 5 lab rsh 1 spm-elect start --local --timeout 2s
	lab rsh 2 'pkill -CONT -x sanlock'
	run_ok lab rsh 1 spm-elect start --local --timeout 60s
	witness_is_in_order
}

# ends_with SIGNAL PROCESS: of ours, which ran a worker on a host
ends_with() {
	local status=0

	wait "$2" || status=$?
	[ $status = $((128 + $(kill -l "${1#SIG}"))) ] || fail "ended with $status"
}

# loses HOST-NUMBER: what sanlock runs when the holder is to end
loses() { lab rsh "$1" "spm-elect stop --local --timeout 2s --lost $(holder "$1")"; }

# dead_man HOST-NUMBER: its process, in a session of its own
dead_man() {
	lab rsh "$1" "ps -o pid= -o sid= --ppid $(holder "$1") | awk '\$1 == \$2 { print \$1 }'"
}

@test "a lease that is about to be lost: work is asked to end, and then killed" {
	lab rsh 1 'spm-elect join --local && spm-elect start --local' >/dev/null
	lab rsh 1 spm_worker host1 /shared/witness 100000 20000 >/dev/null 2>&1 &
	worker=$!
	soon 10 lab rsh 1 'pgrep -x spm_worker >/dev/null'
	loses 1
	ends_with SIGTERM $worker
	is 1 role Free
	is 2 owner_state free
	# who is stopped does not hear, be it who works or who holds
	lab rsh 1 spm-elect start --local >/dev/null
	lab rsh 1 'setsid spm_worker host1 /shared/witness 100000 20 >/dev/null 2>&1 </dev/null &'
	soon 10 lab rsh 1 'pkill -STOP -x spm_worker'
	lab rsh 1 "kill -STOP $(holder 1)"
	loses 1
	soon 10 lab rsh 1 '! pgrep -x spm_worker >/dev/null'
	soon 5 is 2 owner_state free
	# nobody would end it in time: it gives up by itself
	lab rsh 1 spm-elect start --local >/dev/null
	lab rsh 1 spm_worker host1 /shared/witness 100000 20000 >/dev/null 2>&1 &
	worker=$!
	soon 10 lab rsh 1 'pgrep -x spm_worker >/dev/null'
	lab rsh 1 "kill -KILL $(dead_man 1)"
	soon 10 lab rsh 1 '! pgrep -x spm_worker >/dev/null'
	wait $worker && fail "the worker ended well"
	soon 5 is 2 owner_state free
	run_fail 2 lab rsh 1 spm-elect stop --local --lost 1
	contains "$stderr" "process 1 is no holder of a lease"
	run_ok lab rsh 1 spm-elect stop --local --lost 4194303
}

# loses_storage HOST-NUMBER: its work is asked to end, and its holder is gone soon after
loses_storage() {
	local worker pid

	pid=$(holder "$1")
	lab rsh "$1" spm_worker "host$1" /shared/witness 100000 60000 >/dev/null 2>&1 &
	worker=$!
	soon 10 lab rsh "$1" 'pgrep -x spm_worker >/dev/null'
	lab cut "$1" storage
	soon 40 lab rsh "$1" '! pgrep -x spm_worker >/dev/null'
	ends_with SIGTERM $worker
	soon 10 lab rsh "$1" "! kill -0 $pid 2>/dev/null"
}

# bats test_tags=long
@test "storage is lost: the dead-man, and then sanlock, has the holder end its work first" {
	lab rsh 1 'spm-elect join --local && spm-elect start --local' >/dev/null
	loses_storage 1
	run ! lab rsh 1 'sanlock client log_dump | grep "kill.* sig"'
	lab heal 1
	soon 60 lab rsh 1 'spm-elect join --local && spm-elect start --local' >/dev/null
	lab rsh 1 "kill -STOP $(dead_man 1)"
	loses_storage 1
	run_ok lab rsh 1 'sanlock client log_dump | grep "kill.* sig 100"'
	lab heal 1
	lab rsh 1 'pkill -CONT -x spm-elect' || true
	soon 60 lab rsh 1 spm-elect join --local >/dev/null
	is 2 owner_state free
}

@test "work that is stopped while the lease becomes another's does nothing any more" {
	local dead_man

	lab rsh 1 spm-elect start --local >/dev/null
	lab rsh 1 spm_worker host1 /shared/witness 3
	# of process 1: nsenter stops with what it started
	lab rsh 1 'setsid spm_worker host1 /shared/witness 100000 3000 >/dev/null 2>&1 </dev/null &'
	soon 10 lab rsh 1 'pkill -STOP -x spm_worker'
	# so that nothing but its own look at the lease is left to keep it from writing
	dead_man=$(lab rsh 1 "pgrep -o -P $(holder 1)")
	lab rsh 1 "kill -STOP $dead_man; kill -KILL $(holder 1)"
	# its sanlock may have seen, in the test before, that it was too late
	soon 60 lab rsh 2 'spm-elect join --local && spm-elect start --local' >/dev/null
	lab rsh 2 spm_worker host2 /shared/witness 3
	lab rsh 1 'pkill -CONT -x spm_worker'
	soon 20 lab rsh 1 '! pgrep -x spm_worker >/dev/null'
	lab rsh 1 "kill -CONT $dead_man"
	witness_is_in_order
}
