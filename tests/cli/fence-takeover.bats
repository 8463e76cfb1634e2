# time limit: 1200 s
# Treatments that are killed, stopped, or lose their job or their database: whoever comes next goes on,
# and nobody shoots who has no right to.
load ../lib/common
load ../lib/fence-monitor

setup() { monitor_setup; }
teardown() { monitor_teardown; }

# begin_treatment: of h2, $treatment is its process
begin_treatment() {
	fence treat h2 >treat.out 2>>treat.err 3>&- &
	treatment=$!
}

offs() { grep -c '^h2 off$' stub/log 2>/dev/null || true; }

kill_treatment() {
	kill -KILL "$treatment"
	wait "$treatment" || true
}

# killed_in PHASE: h2 falls silent, and its treatment is killed there
killed_in() {
	treated_until "$1"
	kill_treatment
}

treated_until() { # PHASE
	silence h2
	inventory sync h2 >/dev/null || true
	begin_treatment
	soon 30 phase_is h2 "$1"
}

# the_power_is WORD: of h2, whose device works, and was asked nothing so far
the_power_is() {
	rm stub/h2.fault
	echo "$1" >stub/h2.power
	: >stub/log
}

# Goes on with whatever was left, when the lease of its last owner is over.
go_on() {
	soon 20 nobody_treats
	begin_treatment
}

nobody_treats() {
	[ "$(database_sql "SELECT count(*) FROM job_leases l JOIN jobs j ON j.id = l.job_id \
		WHERE j.action = 'fence-treatment' AND l.owner IS NOT NULL \
		AND l.expires > $(date +%s)000000")" -eq 0 ]
}

came_back() {
	revive h2
	soon 30 no_treatment h2
	wait "$treatment"
	[ "$(field host h2 status)" = up ]
}

@test "killed in every phase, and taken over" {
	local phase

	setting fence.delay 2s
	silence h2
	inventory sync h2 >/dev/null || true
	for phase in held return; do
		begin_treatment
		soon 30 phase_is h2 "$phase"
		kill_treatment
		soon 20 nobody_treats
	done
	go_on
	came_back
	[ "$(offs)" -eq 1 ]
	contains "$(<treat.err)" "its treatment goes on"
}

# hit CALL NUMBER SIGNAL: a treatment of h2 in the background, which gets SIGNAL in its so many-th system call
# of that name. LeakSanitizer cannot work under strace.
hit() {
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -qq -o trace -e trace="$1" \
		-e inject="$1:signal=$3:when=$2" fence treat h2 >treat.out 2>>treat.err 3>&- &
	treatment=$!
}

is_over() { ! kill -0 "$treatment" 2>/dev/null; }
returns_or_over() { phase_is h2 return || is_over; }

begin_again() {
	rm -f stub/log
	silence h2
	inventory sync h2 >/dev/null || true
}

shot_once() {
	[ "$(offs)" -eq 1 ] || fail "switched off $(offs) times: $(<stub/log)"
	[ "$(grep -c '^h2 on$' stub/log)" -le 2 ] || fail "$(<stub/log)"
	[ "$(field vm db1 status)" = down ] || fail "db1 is $(field vm db1 status)"
}

# bats test_tags=long
@test "killed in whatever it writes down, and taken over" {
	local n

	command -v strace >/dev/null || skip "strace is not installed"
	[ "$VDC_TEST_DB" = sqlite ] || skip "a server writes for it"
	for ((n = 1; ; n++)); do
		begin_again
		hit fdatasync $n KILL
		soon 60 returns_or_over
		is_over || break
		go_on
		soon 60 phase_is h2 return
		shot_once
		came_back
	done
	((n > 30)) || fail "killed $n times only"
}

# bats test_tags=long
@test "stopped whenever it begins something, past its lease, and continued" {
	local n first pid

	command -v strace >/dev/null || skip "strace is not installed"
	for ((n = 1; ; n++)); do
		begin_again
		hit clone $n STOP
		first=$treatment
		soon 60 returns_or_stopped
		! phase_is h2 return || break
		pid=$(treatments)
		go_on
		soon 60 phase_is h2 return
		kill -CONT "$pid"
		wait "$first" && fail "it did not notice" || [ $? -eq 5 ]
		shot_once
		came_back
	done
	((n > 5)) || fail "stopped $n times only"
}

returns_or_stopped() { phase_is h2 return || grep -q '^--- stopped by SIGSTOP' trace; }

@test "killed while its device is asked to switch it off: asked before it is done again" {
	echo slow 3 >stub/h2.fault
	killed_in off
	# Somebody, or the agent that went on alone, has switched it off.
	the_power_is off
	go_on
	soon 30 phase_is h2 return
	[ "$(offs)" -eq 0 ]
	[ "$(field vm db1 status)" = down ]
	came_back
}

@test "killed while its device is asked, and the shot did not arrive" {
	echo slow 3 >stub/h2.fault
	killed_in off
	the_power_is on
	go_on
	soon 30 phase_is h2 return
	[ "$(offs)" -eq 1 ]
	came_back
}

@test "killed behind its shot, and the device is gone: it is switched on when that answers again" {
	echo slow 3 >stub/h2.fault
	killed_in off
	the_power_is off
	# What is written down with the proof, and the last that was.
	database_sql "UPDATE hosts SET status = 'down', power_status = 'off',
		proven_down = $(($(date +%s) + 1))000000 WHERE name = 'h2'" >/dev/null
	echo gone >stub/h2.fault
	go_on
	soon 30 round_is h2 2
	contains "$(<treat.err)" "left alone for now: "
	[ "$(told host_not_fenced)" -ge 1 ]
	[ "$(field host h2 status)" = down ]
	rm stub/h2.fault
	soon 30 phase_is h2 return
	[ "$(<stub/h2.power)" = on ]
	[ "$(offs)" -eq 0 ]
	[ "$(field vm db1 status)" = down ]
	came_back
}

@test "killed behind its shot: others that ask its device take nothing of the proof" {
	local asker

	echo slow 3 >stub/h2.fault
	killed_in off
	the_power_is on
	# One asks before the host is off, and hears of it when the proof is written down.
	echo slow 2 >stub/h2.fault
	fence status h2 3>&- >/dev/null &
	asker=$!
	soon 10 grep -qx 'h2 status' stub/log
	database_sql "UPDATE hosts SET status = 'down', power_status = 'off',
		proven_down = $(($(date +%s) + 1))000000 WHERE name = 'h2'" >/dev/null
	wait "$asker"
	[ "$(field host h2 power_status)" = off ]
	# Another one finds the device gone.
	echo gone >stub/h2.fault
	run_fail 6 fence status h2
	[ "$(field host h2 power_status)" = off ]
	go_on
	soon 30 round_is h2 2
	[ "$(field host h2 status)" = down ]
	[ "$(field vm db1 status)" = down ]
	rm stub/h2.fault
	soon 30 phase_is h2 return
	[ "$(offs)" -eq 0 ]
	came_back
}

@test "killed after it was switched off, and the host answers: it is set up" {
	killed_in return
	revive h2
	go_on
	soon 30 no_treatment h2
	wait "$treatment"
	[ "$(field host h2 status)" = up ]
	[ "$(offs)" -eq 1 ]
}

@test "two at once: the second one goes away" {
	setting host-grace 1h
	treated_until grace
	run_fail 5 fence treat h2
	contains "$stderr" "pid $treatment"
	kill -TERM "$treatment"
	wait "$treatment"
	[ "$(treat_state h2 phase)" = grace ]
}

@test "stopped past its lease and continued: it shoots nothing" {
	local first

	setting fence.delay 2s
	treated_until held
	kill -STOP "$treatment"
	first=$treatment
	go_on
	soon 30 phase_is h2 return
	kill -CONT "$first"
	wait "$first" && fail "it did not notice" || [ $? -eq 5 ]
	[ "$(offs)" -eq 1 ]
	contains "$(<treat.err)" "no longer ours"
	came_back
}

@test "its job is gone: it ends, and shoots nothing" {
	setting fence.delay 4s
	treated_until held
	database_sql "DELETE FROM steps; DELETE FROM job_leases WHERE job_id IN
		(SELECT id FROM jobs WHERE action = 'fence-treatment');
		DELETE FROM jobs WHERE action = 'fence-treatment'" >/dev/null
	wait "$treatment" && fail "it did not notice" || true
	[ ! -e stub/log ]
}

another_treats() { # PID
	local now

	now=$(treatments)
	[ -n "$now" ] && [ "$now" != "$1" ]
}

@test "the monitor has another one go on with what was killed" {
	local pid

	setting fence.delay 5s
	silence h2
	begin_monitor
	soon 30 phase_is h2 held
	pid=$(treatments)
	kill -KILL "$pid"
	soon 60 another_treats "$pid"
	soon 60 phase_is h2 return
	[ "$(offs)" -eq 1 ]
	# Ended, it leaves the treatment alone.
	pid=$(treatments)
	end_monitor
	[ "$(treatments)" = "$pid" ]
	revive h2
	soon 30 no_treatment h2
}
