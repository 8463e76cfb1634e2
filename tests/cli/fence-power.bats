# fence status, on, off, reboot, resume and test, with devices that are files: tests/lib/fence_stub.
# shellcheck shell=bash disable=SC2154,SC2016
load ../lib/common

setup() {
	common_setup
	new_database
	mkdir agents
	cp "$VDC_TEST_SRC/tests/lib/fence_stub" agents
	{
		seed_cluster
		device h1 a
		device h2 b
		device h3 c
	} >/dev/null
	cat >vdc.conf <<-END
		fence.agent-directory = $PWD/agents
		fence.status-delay = 0s
		fence.status-interval = 50ms
		fence.status-tries = 3
		fence.agent-timeout = 5s
		fence.proxy-interval = 100ms
		job-lease = 2s
		rsh = $PWD/rsh
	END
	export VDC_CONF=$PWD/vdc.conf
	# A host that is gone says nothing; the others are this machine.
	cat >rsh <<-'END'
		#!/bin/sh
		echo "$1" >>"${0%/*}/rsh.log"
		if [ -e "${0%/*}/$1.gone" ]; then
			echo "ssh: connect to host $1 port 22: Connection refused" >&2
			exit 255
		fi
		exec sh -c "$2"
	END
	chmod +x rsh
}

teardown() {
	rm -f agents/*.held
	common_teardown
}

# device HOST NAME [ORDER]
device() {
	inventory add fence-agent host="$1" type=stub address="$2" agent_order="${3:-1}"
	inventory set host "$1" pm_enabled=true
	echo on >"agents/$2.power"
}

field() { inventory export host --json | jq -r --arg h "$1" ".hosts[] | select(.name == \$h) | $2"; }
status() { field "$1" .status; }
log() { tr '\n' ';' <agents/log; }
fault() { echo "${*:2}" >"agents/$1.fault"; }
maintenance() { inventory set host "$1" --observed status=maintenance; } >/dev/null
told() { events list --json | jq "[.events[] | select(.type == \"$1\")] | length"; }

@test "status says what devices say, and nothing else" {
	echo off >agents/b.power
	fault c gone
	run_fail 8 fence status h1 h2 h3 --json
	[ "$(jq -r '.host_powers[] | "\(.host.name) \(.power) \(.result)"' <<<"$output")" = \
		"h1 on success"$'\n'"h2 off success"$'\n'"h3 unknown failed" ]
	[ "$(status h2)" = up ]
	run_fail 6 fence status h3
	contains "$output" "does not say what the power is (stub at c: " "Connection timed out"
	fault c password
	run_fail 7 fence status h3
	fault c mumbles
	run_fail 1 fence status h3
	fault c closes
	run_ok fence status h1
	run_fail 1 fence status h3
	fault c flood
	run_fail 1 fence status h3
	fault c slow 60
	sed -i 's/^fence.agent-timeout.*/fence.agent-timeout = 1s/' vdc.conf
	run_fail 6 fence status h3
	contains "$output" "killed, as it did not end within 1s"
	run_fail 3 fence status nowhere
	run_ok fence status - <<<'<hosts><host><name>h1</name></host></hosts>'
	run_ok fence history --noheadings
	output_is ""
}

@test "hosts without power management, or without its agent" {
	inventory add host h4 cluster=c address=h4.invalid >/dev/null
	run_fail 2 fence status h4
	contains "$output" "it has no power management"
	inventory set host h1 pm_enabled=false >/dev/null
	maintenance h1
	run_fail 4 fence off h1
	contains "$output" "its power management is disabled"
	# Its devices are still asked.
	run_ok fence status h1
	run_ok fence test h1 --proxy direct
	contains "$output" "h1"
	run_ok fence test --all --proxy direct --noheadings --output host
	[[ $output != *h1* ]]
	rm agents/fence_stub
	maintenance h2
	run_fail 2 fence off h2
	contains "$output" "there is no $PWD/agents/fence_stub"
	run_fail 2 fence status h2 --proxy nowhere
	contains "$output" '"nowhere" is none of cluster, dc, other_dc, direct, nor a host'
}

@test "what runs there is shown, and named hosts alone are switched off with consent" {
	add_vm web h1 >/dev/null
	add_vm db h1 >/dev/null
	inventory set host h1 --observed spm_status=spm >/dev/null
	run_fail 4 fence off h1
	contains "$stderr" "host h1 is up and runs 2 VMs: db, web; it is storage pool manager" \
		"give --yes"
	run_fail 4 fence off --yes - <<<'<hosts><host><name>h1</name></host></hosts>'
	contains "$stderr" "only by its name"
	run_fail 4 fence reboot h2
	contains "$stderr" "host h2 is up and runs no VM"
	[ ! -e agents/log ]
	run_ok fence off h1 --dry-run
	contains "$output" "stub at a; asked from this machine, then from host h"
	[ ! -e agents/log ]
	run_ok inventory list job --noheadings
	output_is ""
	run_ok fence off h1 --yes --reason "smoke" --json
	[ "$(jq -r '.host_powers[0] | "\(.result) \(.power) \(.status) \(.evidence)"' <<<"$output")" = \
		"success off down stub at a says off" ]
	[ "$(inventory list vm --select 'status=down' --noheadings | wc -l)" = 2 ]
	run_ok fence history --noheadings
	contains "$output" "h1" "off" "success" "stub at a" "smoke"
	run_ok fence on h1 --xml
	contains "$output" "<host_powers>" "<power>on</power>" "<status>reboot</status>"
}

@test "a host in maintenance is rebooted without a question, and stays in it" {
	maintenance h1
	run_ok fence reboot h1
	[ "$(log)" = "a status;a off;a status;a status;a on;a status;" ]
	[ "$(status h1)" = maintenance ]
	[ "$(field h1 .power_management.status)" = on ]
	run_ok fence reboot --tolerance 1m h1
	contains "$output" "skipped" "it was fenced"
	run_fail 4 fence off - <<<'<hosts><host><name>h1</name></host></hosts>'
	contains "$output" "it was switched on"
	run_ok fence off h1
	# As cluster-upgrade does.
	inventory set host h2 --observed status=installing >/dev/null
	run_ok fence reboot --yes h2
	[ "$(status h2)" = installing ]
}

@test "devices that err do not prove anything" {
	maintenance h1
	fault a deaf
	run_fail 1 fence off h1
	contains "$output" "says that it did, and the power did not follow"
	[ "$(told fence_failed)" = 1 ]
	rm agents/log
	fault a lies
	run_ok fence off h1
	[ "$(log)" = "a status;a status;a off;a status;" ]
	echo on >agents/a.power
	fault a dies
	run_fail 6 fence off h1
	[ "$(field h1 .power_management.status)" = unknown ]
	fault a slow 0.3
	run_ok fence reboot h1
}

@test "devices in turn, and devices together" {
	maintenance h1
	device h1 a2 2 >/dev/null
	fault a gone
	run_ok fence off h1
	contains "$output" "stub at a2 says off"
	rm agents/a.fault agents/log
	device h1 a3 2 >/dev/null
	echo off >agents/a.power
	fault a gone
	run_ok fence off h1
	contains "$output" "stub at a2 and stub at a3 say off"
	fault a3 gone
	echo on >agents/a2.power
	run_fail 6 fence off h1
	run_ok fence on h1
	contains "$output" "stub at a2 says on"
}

@test "an agent runs where it is told to, and elsewhere when that fails" {
	maintenance h1
	run_ok fence status h1 --proxy h2
	[ "$(sort -u rsh.log)" = h2.invalid ]
	rm rsh.log
	touch h2.invalid.gone h3.invalid.gone
	run_fail 6 fence status h1 --proxy cluster
	[ "$(wc -l <rsh.log)" = 2 ]
	rm h3.invalid.gone
	run_ok fence off h1 --proxy cluster
	[ "$(fence history --json | jq -r '.fence_history[0].proxy')" = h3 ]
	rm rsh.log
	inventory set host h2 --observed status=down >/dev/null
	inventory set host h3 --observed status=non_responsive >/dev/null
	run_fail 6 fence on h1 --proxy cluster,dc
	contains "$output" "there is no proxy"
	# What a host prefers is no order.
	inventory set host h1 pm_proxies="cluster dc" >/dev/null
	run_ok fence on h1
	[ ! -e rsh.log ]
	# A device that this machine does not reach.
	inventory set host h3 --observed status=up >/dev/null
	inventory set host h1 pm_proxies= >/dev/null
	fault a gone
	run_fail 6 fence status h1
	[ "$(cat rsh.log)" = h3.invalid ]
	run_fail 2 fence status h1 --proxy h1
	contains "$output" "cannot be its own proxy"
}

# held DEVICE: waits until its agent does
held() {
	local tries

	for ((tries = 0; tries < 200; tries++)); do
		[ ! -e "agents/$1.held" ] || return 0
		sleep 0.05
	done
	fail "nothing came to switch $1 on"
}

@test "a reboot killed between off and on is gone on with" {
	local pid

	maintenance h1
	fault a holds
	fence reboot h1 3>&- >/dev/null 2>&1 &
	pid=$!
	held a
	[ "$(cat agents/a.power)" = off ]
	run_fail 5 fence reboot h1 --reason "two at once"
	contains "$output" "skipped"
	kill -9 $pid
	wait $pid || true
	rm agents/a.held agents/a.fault agents/log
	run_ok fence resume
	contains "$output" "reboot" "success" "on"
	[ "$(log)" = "a status;a on;a status;" ]
	[ "$(fence history --json | jq -r '[.fence_history[] | .fence_type + " " + .result] | join(",")')" = \
		"off success,on unknown,on success" ]
	run_ok fence resume
	output_is ""
}

# LeakSanitizer cannot work under strace.
# bats test_tags=long
@test "a reboot killed in whatever it writes down is gone on with" {
	local n status

	command -v strace >/dev/null || skip "strace is not installed"
	[ "$VDC_TEST_DB" = sqlite ] || skip "a server writes for it"
	for ((n = 1; ; n++)); do
		: >agents/log
		maintenance h1
		status=0
		ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -qq -o trace -e trace=fdatasync \
			-e inject=fdatasync:signal=KILL:when=$n fence reboot h1 >out 2>&1 || status=$?
		((status)) || break
		[ $status -eq 137 ] || fail "exit code $status: $(<out)"
		run_ok fence resume
		[ "$(cat agents/a.power)" = on ]
		[ "$(grep -c '^a off$' agents/log)" = "$(grep -c '^a on$' agents/log)" ] || fail "$(log)"
		[ "$(grep -c '^a off$' agents/log)" -le 1 ] || fail "$(log)"
		run_ok fence resume
		output_is ""
	done
	((n > 10)) || fail "killed $n times only"
}

@test "whoever switches the host of a job that died does not leave it to that" {
	local pid job

	maintenance h1
	fault a holds
	fence reboot h1 3>&- >/dev/null 2>&1 &
	pid=$!
	held a
	kill -9 $pid
	wait $pid || true
	rm agents/a.held agents/a.fault
	sleep 2.5
	run_ok fence off h1
	rm agents/log
	job=$(inventory export job --json | jq -r '.jobs[] | select(.status == "started") | .id')
	run_ok fence resume "$job"
	contains "$output" "skipped" "took over"
	[ ! -e agents/log ]
	[ "$(cat agents/a.power)" = off ]
}

# asked DEVICE: waits until its agent is
asked() {
	local tries

	for ((tries = 0; tries < 200; tries++)); do
		! grep -q "^$1 " agents/log 2>/dev/null || return 0
		sleep 0.05
	done
	fail "nobody asks $1"
}

@test "stopped past its lease: another switches the host, and the first one does nothing more" {
	local pid code=0

	maintenance h1
	fault a slow 1
	fence off h1 3>&- >/dev/null 2>err &
	pid=$!
	asked a
	kill -STOP $pid
	sleep 2.5
	rm agents/a.fault
	run_ok fence off h1
	run_ok fence on h1
	kill -CONT $pid
	wait $pid || code=$?
	[ "$code" = 5 ] || fail "$code: $(cat err)"
	[ "$(cat agents/a.power)" = on ]
	[ "$(grep -c "a off" agents/log)" = 1 ]
}

@test "somebody asks to stop: what was begun is ended, and nothing else begins" {
	local pid code=0

	maintenance h1
	maintenance h2
	fault a slow 0.3
	fence off --jobs 1 h1 h2 3>&- >out 2>&1 &
	pid=$!
	asked a
	kill -TERM $pid
	wait $pid || code=$?
	[ "$code" = 8 ] || fail "$code: $(cat out)"
	[ "$(cat agents/a.power) $(cat agents/b.power)" = "off on" ]
	contains "$(cat out)" "somebody asked to stop before it was begun"
}

@test "test says what could not be switched, once when it breaks and once when it works again" {
	device h1 a2 1 >/dev/null
	run_ok fence test --all --proxy direct
	contains "$output" "h1 " "stub at a2" "on"
	fault a2 gone
	run_fail 1 fence test --all --proxy direct --quiet
	output_is ""
	contains "$stderr" "host h1: it could not be stopped: stub at a2: "
	[ "$(field h1 .power_management.problem)" != null ]
	[ "$(events list --json | jq -r '.events[] | select(.severity == "alert") | .type')" = \
		power_test_failed ]
	run_fail 1 fence test --all --proxy direct --quiet
	[ -z "$stderr" ]
	[ "$(told power_test_failed)" = 1 ]
	rm agents/a2.fault
	run_ok fence test --all --proxy direct --quiet
	contains "$stderr" "host h1: its power management works again"
	[ "$(told power_test_passed)" = 1 ]
	[ "$(field h1 .power_management.problem)" = null ]
	run_ok fence test --all --proxy direct --quiet
	[ -z "$stderr$output" ]
	# It answers through one of them.
	touch h2.invalid.gone h3.invalid.gone
	run_ok fence test h1 --json
	[ "$(jq -r '[.power_tests[] | .power] | sort | unique | join(",")' <<<"$output")" = "on,unknown" ]
	run_fail 2 fence test
	run_fail 2 fence test h1 --all
}

# proxies HOST: of which the output says that a device of it was asked through
proxies() {
	jq -c --arg h "$1" '[.power_tests[] | select(.host.name == $h and .power == "on").proxy] | sort' <<<"$output"
}

@test "test asks every device through every proxy, or through so many as are wanted" {
	device h1 a2 1 >/dev/null
	echo "fence.proxy-tries = 1" >>"$VDC_CONF"
	for hosts in h1 --all; do
		run_ok fence test "$hosts" --json
		[ "$(proxies h1)" = '["-","-","h2","h2","h3","h3"]' ]
	done
	[ "$(proxies h2)" = '["-","h1","h3"]' ]
	run_ok fence test --all --jobs 2 --proxy-tries 2 --json
	[ "$(jq -c '[.power_tests[].host.name] | group_by(.) | map(length)' <<<"$output")" = '[4,2,2]' ]
	run_fail 2 fence test --all --proxy-tries 0
	# Both hosts through their first proxy, and then the time is over; nothing is made of that.
	inventory set host h2 --observed pm_problem=before >/dev/null
	echo "fence.test-time = 800ms" >>"$VDC_CONF"
	for device in a a2 b; do fault "$device" slow 1; done
	run_fail 1 fence test --all --jobs 2 --json
	[ "$(proxies h1)" = '["-","-"]' ]
	[ "$(proxies h2)" = '[]' ]
	contains "$output" "not asked any more: the test took longer than fence.test-time"
	contains "$stderr" "host h2: not all of its devices were asked within fence.test-time"
	[ "$(field h2 .power_management.problem)" = before ]
	[ "$(field h1 .power_management.problem)" = null ]
}

@test "two tests do not run at once, and one that died does not count" {
	local pid

	fault a slow 5
	fence test h1 --proxy direct 3>&- >/dev/null 2>&1 &
	pid=$!
	for ((tries = 0; tries < 100; tries++)); do
		[ ! -e agents/log ] || break
		sleep 0.05
	done
	run_fail 5 fence test --all
	contains "$stderr" "tests power management: " "pid $pid"
	run_fail 5 fence test --all --quiet
	[ -z "$stderr" ]
	kill -9 $pid
	wait $pid || true
	rm agents/a.fault
	sleep 2.5
	run_ok fence test --all --quiet --proxy direct
}

@test "the timer's service and the cron file call what there is, with nothing around them" {
	local service cron line

	service=$(sed -n 's|^ExecStart=/usr/bin/||p' "$VDC_TEST_SRC/contrib/systemd/vdc-fence-test.service")
	cron=$(sed -n 's|.*\troot\t||p' "$VDC_TEST_SRC/contrib/cron/vdc-fence-test")
	rm rsh && printf '#!/bin/sh\nexec sh -c "$2"\n' >rsh && chmod +x rsh
	for line in "$service" "$cron"; do
		run_ok setsid env -i PATH="$PATH" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" VDC_DB="$VDC_DB" \
			ASAN_OPTIONS="$ASAN_OPTIONS" VDC_CONF="$VDC_CONF" sh -c "$line" </dev/null
		output_is ""
		[ -z "$stderr" ]
	done
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	mkdir units
	cp "$VDC_TEST_SRC"/contrib/systemd/vdc-fence-test.* units
	sed -i "s|^ExecStart=/usr/bin/fence|ExecStart=$(command -v true)|" units/*.service
	run_ok systemd-analyze verify --man=no ./units/vdc-fence-test.service ./units/vdc-fence-test.timer
	[[ $stderr != *vdc-fence* ]]
}
