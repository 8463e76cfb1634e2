#!/usr/bin/env bats
# time limit: 1200 s
# vm-migrate between real hosts: with guests that count, over an address of its own, killed half-way,
# with guests that write too fast, and with destinations that fail.
# shellcheck disable=SC2154 # status, output, lines: set by bats' run
load ../lib/common
load ../lib/lab-guests

setup_file() { lab_begin migrate; }

teardown_file() { lab_end; }

setup() {
	common_setup
	lab_setup
}

teardown() {
	local number

	for number in 1 2 3; do
		lab rsh $number 'systemctl start libvirtd' >/dev/null 2>&1 || true
		lab rsh $number 'virsh -q destroy guest1' 2>/dev/null || true
		lab rsh $number 'virsh -q destroy guest2' 2>/dev/null || true
		lab rsh $number 'virsh -q destroy guest3' 2>/dev/null || true
	done
	common_teardown
}

# clock GUEST: its ticks and its uptime in milliseconds
clock() { answer "$1" ticks | sed 's/ticks=\([0-9]*\) uptime_ms=\([0-9]*\).*/\1 \2/'; }

@test "guests move off a host, each once, and lose nothing" {
	local before after ticks ms guest

	two_guests 1
	inventory sync --all >/dev/null
	run_ok vm-migrate --explain guest1
	contains "$output" "the VM runs there"
	[ "$(grep -c true <<<"$output")" = 2 ]
	before=$(clock 1)
	run_ok vm-migrate --from host1 --json
	[ "$(jq -r '[.migrations[].result] | unique | join(",")' <<<"$output")" = "done" ]
	[ "$(jq '[.migrations[].downtime] | max < 2000' <<<"$output")" = true ]
	[ -z "$(virsh -c "$(uri 1)" list --name)" ]
	runs_on guest1 "$(where guest1)"
	runs_on guest2 "$(where guest2)"
	[ "$(told vm_migrated)" = 2 ]
	for guest in 1 2; do
		run_ok answer $guest verify
		contains "$output" "lost=0" "bad=0"
	done
	# Ten ticks a second of its own clock, but for what a busy machine leaves out.
	after=$(clock 1)
	ticks=$((${after% *} - ${before% *})) ms=$((${after#* } - ${before#* }))
	((ticks * 100 + 2500 >= ms)) || fail "$ticks ticks in $ms ms"
}

@test "over a migration address" {
	lab rsh 2 "ip address add $NET.152/24 dev br0"
	guest 1 1
	inventory set host host2 migration_address="$NET.152" >/dev/null
	inventory sync --all >/dev/null
	vm-migrate guest1 --to host2 --bandwidth 8M >out 2>&1 3>&- &
	soon 30 moves guest1 1
	soon 10 bash -c "'$LAB_DIR/lab' rsh 1 'ss -Htn state established' | grep -q '$NET.152:'"
	wait $!
	runs_on guest1 host2
	lab rsh 2 "ip address del $NET.152/24 dev br0"
}

@test "killed half-way: resume adopts what runs, and one host has the guest" {
	local pid

	two_guests 1
	inventory sync --all >/dev/null
	vm-migrate guest1 guest2 --to host2 --outgoing 1 --bandwidth 3M >out 2>&1 3>&- &
	pid=$!
	soon 30 bash -c "$(declare -f uri moves); moves guest1 1 || moves guest2 1"
	kill -9 $pid
	wait $pid || true
	# Whoever is about to move it finds that, too.
	sleep 1
	run_ok vm-migrate resume
	runs_on guest1 host2
	runs_on guest2 host2
	[ "$(told vm_migrated)" = 2 ]
	[ "$(inventory list job --noheadings --output status | tr -d ' ')" = finished ]
	run_ok vm-migrate resume
	output_is ""
}

# bats test_tags=long
@test "stopped past its lease: another goes on, and the first one does nothing more" {
	local pid status=0

	two_guests 1
	inventory sync --all >/dev/null
	vm-migrate guest1 guest2 --to host2 --outgoing 1 --bandwidth 4M >out 2>&1 3>&- &
	pid=$!
	soon 30 bash -c "$(declare -f uri moves); moves guest1 1 || moves guest2 1"
	kill -STOP $pid
	run_ok vm-migrate resume
	runs_on guest1 host2
	runs_on guest2 host2
	kill -CONT $pid
	wait $pid || status=$?
	[ "$status" = 5 ] || fail "exit $status: $(cat out)"
	contains "$(cat out)" "no longer ours"
	runs_on guest1 host2
	runs_on guest2 host2
	[ "$(told vm_migrated)" = 2 ]
	[ "$(told vm_migration_begun)" = 2 ]
}

@test "a migration that somebody else began is adopted, not doubled" {
	guest 1 1
	inventory sync --all >/dev/null
	virsh -q -c "$(uri 1)" migrate --live --p2p --bandwidth 6 guest1 "$(uri 3)" \
		--migrateuri "tcp://$VDC_LAB_HOST3" 3>&- &
	soon 20 moves guest1 1
	run_ok vm-migrate guest1 --to host2
	wait
	runs_on guest1 host3
	[ "$(told vm_migration_begun)" = 0 ]
}

@test "two at once: the second is told who has it" {
	guest 1 1
	inventory sync --all >/dev/null
	vm-migrate guest1 --to host2 --bandwidth 5M >out 2>&1 3>&- &
	soon 30 moves guest1 1
	run_fail 5 vm-migrate guest1 --to host3
	contains "$output" "busy" "moves it already" "pid"
	wait
	runs_on guest1 host2
	[ "$(told vm_migration_begun)" = 1 ]
}

@test "a guest that writes too fast stays where it was, and runs" {
	guest 1 1
	inventory sync --all >/dev/null
	answer 1 dirty 16 >/dev/null
	run_fail 1 vm-migrate guest1 --to host2 --bandwidth 8M --timeout-per-gib 15s
	contains "$output" "stayed" "not done within its 15 s"
	runs_on guest1 host1
	run_ok events list vm guest1
	contains "$output" "VM guest1 was not moved from host host1 to host host2: aborted"
	run_fail 1 vm-migrate guest1 --to host2 --bandwidth 8M --stall-timeout 6s
	contains "$output" "stayed" "no progress for 6 s"
	runs_on guest1 host1
}

# most_at_once: migrations, by what the events say
most_at_once() {
	events list --noheadings --output type | awk '
		/^vm_migration_begun/ { n++; if (n > most) most = n }
		/^vm_migrated/ { n-- }
		END { print most + 0 }'
}

# bats test_tags=long
@test "as many at once as hosts may, and those with the least CPU use first" {
	local most=2

	two_guests 1
	guest 3 1
	answer 1 dirty 1 >/dev/null
	inventory sync --all >/dev/null
	sleep 3
	inventory sync --all >/dev/null
	run_ok vm-migrate guest1 guest2 guest3 --to host2 --outgoing 1 --bandwidth 20M
	[ "$(most_at_once)" = 1 ]
	contains "$(events list --noheadings --output description --select type=vm_migration_begun |
		tail -1)" "VM guest1 "
	new_inventory
	run_ok vm-migrate guest1 guest2 guest3 --to host1 --incoming 1 --bandwidth 20M
	[ "$(most_at_once)" = 1 ]
	new_inventory
	[ "$(nproc)" -gt 1 ] || most=1
	run_ok vm-migrate guest1 guest2 guest3 --to host2 --bandwidth 10M
	[ "$(most_at_once)" = $most ]
}

# new_inventory: without events
new_inventory() {
	new_database
	lab_inventory
	inventory sync --all >/dev/null
}

@test "interrupted twice: what runs is aborted, the rest is not begun" {
	local pid

	two_guests 1
	inventory sync --all >/dev/null
	vm-migrate guest1 guest2 --to host2 --outgoing 1 --bandwidth 3M >out 2>&1 3>&- &
	pid=$!
	soon 30 bash -c "$(declare -f uri moves); moves guest1 1 || moves guest2 1"
	kill -INT $pid
	sleep 1
	kill -INT $pid
	wait $pid && fail "it ended well" || [ $? = 1 ]
	contains "$(cat out)" "skipped" "aborted: somebody asked for it"
	runs_on guest1 host1
	runs_on guest2 host1
}

@test "a destination whose libvirtd is gone: another host is chosen; a given one is not" {
	guest 1 1
	inventory sync --all >/dev/null
	lab rsh 2 'systemctl stop libvirtd'
	run_fail 1 vm-migrate guest1 --to host2
	contains "$output" "stayed" "host2"
	runs_on guest1 host1
	run_ok vm-migrate guest1
	runs_on guest1 host3
	lab rsh 2 'systemctl start libvirtd'
}

# bats test_tags=long
@test "a destination that loses its power half-way: the guest runs where it was" {
	guest 1 1
	inventory sync --all >/dev/null
	vm-migrate guest1 --to host2 --bandwidth 3M >out 2>&1 3>&- &
	soon 30 moves guest1 1
	lab off 2
	wait $! && fail "it ended well" || [ $? = 1 ]
	lab on 2
	contains "$(cat out)" "stayed"
	runs_on guest1 host1
	run_ok answer 1 verify
	contains "$output" "lost=0"
}

# Between hosts of the newer generation: QEMU 7.2 loses memory that an emulated guest changes while
# it is moved.
@test "a guest that writes too fast is moved by post-copy, and loses nothing" {
	"$LAB_DIR/images" next >&2 || skip "the newer package generation can not be built here"
	lab upgrade 1 --image next
	lab upgrade 2 --image next
	guest 1 1
	inventory sync --all >/dev/null
	answer 1 dirty 16 >/dev/null
	run_ok vm-migrate guest1 --to host2 --bandwidth 8M --timeout-per-gib 12s --post-copy yes
	runs_on guest1 host2
	answer 1 dirty 0 >/dev/null
	run_ok answer 1 verify
	contains "$output" "lost=0" "bad=0"
}
